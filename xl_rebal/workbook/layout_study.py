"""The result tables of studies: what policies would have come to on past prices."""

from __future__ import annotations

from xl_rebal.model.policy_names import NAMES, NEVER_NAME
from xl_rebal.workbook.declared import Column, Kind, ResultCell, TableLayout

TRADING_NAMES = tuple(name for name in NAMES if name != NEVER_NAME)

BACKTEST = TableLayout(
    "tblBacktest",
    "Backtest",
    "A row a policy: what it would have come to on the sheet Prices, net of costs.",
    (
        Column("Policy", Kind.TEXT, "When it trades.", width=36),
        Column("This book", Kind.TEXT, "Marks the policy of the settings.", width=9),
        Column("CAGR", Kind.FRACTION, "Compound growth a year.", width=9),
        Column("Volatility", Kind.FRACTION, "Standard deviation a year.", width=10),
        Column("Sharpe", Kind.RATIO, "(Mean return less risk-free) / volatility.", width=8),
        Column("Sortino", Kind.RATIO, "The same over the downside deviation.", width=8),
        Column("Maximum drawdown", Kind.FRACTION, "Deepest fall from a peak.", width=11),
        Column("Peak", Kind.DATE, "Where that fall begins.", width=11),
        Column("Trough", Kind.DATE, "Where it is deepest.", width=11),
        Column("Turnover a year", Kind.FRACTION, "One-way: half of all changes of weight.",
               width=10),
        Column("Cost a year bp", Kind.RATIO, "Basis points of wealth.", width=9),
        Column("Rebalances", Kind.NUMBER, "Dates with a trade after the first purchase.", width=11),
        Column("Average drift", Kind.FRACTION, "Of the largest drift of any line, by row.",
               width=9),
        Column("Maximum drift", Kind.FRACTION, "Before the trades of a row.", width=10),
        Column("Tracking error", Kind.FRACTION,
               "A year, against a return to target on every row that costs nothing.", width=9),
        Column("Ahead of never", Kind.SIGNED_FRACTION,
               "Wealth at the end over that of never rebalancing, less 1.", width=9),
        Column("Excess growth", Kind.FRACTION, "Approximation, a year; no promised premium.",
               width=9),
        Column("Diversification return", Kind.SIGNED_FRACTION,
               "Growth less the weighted growth of the assets, a year.", width=14),
    ),
    result=True,
)  # fmt: skip

STUDY_TRADES = TableLayout(
    "tblStudyTrades",
    "Study trades",
    "What this book's policy would have traded, asset by asset, and why.",
    (
        Column("Date", Kind.DATE, "", width=12),
        Column("Asset", Kind.SYMBOL, "", width=12),
        Column("Change", Kind.SIGNED_FRACTION, "Of its weight; + bought, - sold.", width=11),
        Column("Value traded", Kind.SIGNED_MONEY, "+ bought, - sold.", width=15),
        Column("Cost", Kind.MONEY, "Its share of the cost of that date.", width=12),
        Column("Reason", Kind.TEXT, "", width=24),
    ),
    result=True,
)

STUDY_PATH = TableLayout(
    "tblStudyPath",
    "BacktestData",
    "Every row of prices: value, value ahead of never rebalancing, drawdown, drift.",
    (
        Column("Date", Kind.DATE, "", width=12),
        *(Column(name, Kind.MONEY, "Value after costs.", width=14) for name in NAMES),
        *(Column(f"{name}: ahead", Kind.SIGNED_FRACTION, "", width=12) for name in TRADING_NAMES),
        *(Column(f"{name}: drawdown", Kind.FRACTION, "", width=12) for name in NAMES),
        Column("Drift of band", Kind.FRACTION,
               "Drift of the line nearest to the edge of its band, as a share of that band; before "
               "the trades of the row. Blank: beyond a band of 0.", width=12),
        Column("Edge", Kind.FRACTION, "The edge of the band: 100 %.", width=12),
        Column("Traded", Kind.FRACTION, "The same where this book's policy trades.", width=12),
    ),
    result=True,
)  # fmt: skip

STUDY_YEARS = TableLayout(
    "tblStudyYears",
    "BacktestData",
    "One-way turnover by calendar year; the first and the last may be parts of one.",
    (
        Column("Year", Kind.NUMBER, "", width=12),
        *(Column(name, Kind.FRACTION, "", width=12) for name in TRADING_NAMES),
    ),
    result=True,
)

BANDS = TableLayout(
    "tblBands",
    "Bands",
    "A row a policy, by tracking error: bands of one width for all lines, looked at on these dates.",
    (
        Column("Policy", Kind.TEXT, "When it trades.", width=20),
        Column("Band", Kind.FRACTION, "The default band; blank: none is tested.", width=9),
        Column("Looked at", Kind.TEXT, "On which dates.", width=13),
        Column("Tracking error", Kind.FRACTION,
               "A year, against a return to target on every row that costs nothing.", width=9),
        Column("Cost a year bp", Kind.RATIO, "Basis points of wealth.", width=9),
        Column("Turnover a year", Kind.FRACTION, "One-way: half of all changes of weight.",
               width=10),
        Column("Rebalances", Kind.NUMBER, "Dates with a trade after the first purchase.", width=11),
        Column("CAGR", Kind.FRACTION, "Compound growth a year.", width=9),
        Column("Ahead of never", Kind.SIGNED_FRACTION,
               "Wealth at the end over that of never rebalancing, less 1.", width=10),
        Column("Maximum drift", Kind.FRACTION, "Before the trades of a row.", width=10),
        Column("Frontier", Kind.TEXT, "yes: no other policy is lower in both cost and tracking error.",
               width=9),
        Column("Mark", Kind.TEXT, "this book: its own bands and dates; chosen: see above.", width=19),
    ),
    result=True,
)  # fmt: skip

SUGGESTED = TableLayout(
    "tblSuggestedBands",
    "Bands",
    "Half-widths by two models that disagree; what is optimal is flat, so 25 % more or less hardly matters.",
    (
        Column("Line", Kind.TEXT, "", width=20),
        Column("Target", Kind.FRACTION, "", width=9),
        Column("Volatility against the rest", Kind.FRACTION, "A year, over the study.", width=12),
        Column("Small-cost model", Kind.FRACTION,
               "[3 / (2 g) x t^2 (1 - t)^2 x cost]^(1/3), g = RelativeRiskAversion.", width=11),
        Column("One-period model", Kind.FRACTION, "cost / (RiskAversion x volatility^2).", width=11),
    ),
    result=True,
)  # fmt: skip

FRONTIER = TableLayout(
    "tblFrontier",
    "BandsData",
    "Cost a year (bp) against tracking error, as the chart shows them.",
    (
        Column("Tracking error", Kind.FRACTION, "", width=12),
        Column("Policies", Kind.RATE_BP, "", width=12),
        Column("Frontier", Kind.RATE_BP, "", width=12),
        Column("This book", Kind.RATE_BP, "", width=12),
        Column("Chosen", Kind.RATE_BP, "", width=12),
    ),
    result=True,
)

TIMING = TableLayout(
    "tblTiming",
    "BandsData",
    "Growth a year by how many rows later the calendar dates fall.",
    (
        Column("Offset", Kind.NUMBER, "Rows later.", width=12),
        Column("CAGR", Kind.FRACTION, "", width=12),
        Column("Above the mean", Kind.SIGNED_FRACTION, "Of all offsets.", width=12),
    ),
    result=True,
)

STUDY_TABLES = (
    BACKTEST, STUDY_TRADES, STUDY_PATH, STUDY_YEARS, BANDS, SUGGESTED, FRONTIER, TIMING
)  # fmt: skip

STUDY_CELLS = (
    ResultCell("BacktestSummary", "In one line", Kind.SENTENCE, "Backtest"),
    ResultCell("BacktestConvention", "Convention", Kind.SENTENCE, "Backtest"),
    ResultCell("BacktestSource", "Prices", Kind.SENTENCE, "Backtest"),
    ResultCell("BacktestNotes", "Worth knowing", Kind.SENTENCE, "Backtest"),
    ResultCell("BandsSummary", "In one line", Kind.SENTENCE, "Bands"),
    ResultCell("BandsLuck", "Timing luck and break-even", Kind.SENTENCE, "Bands"),
    ResultCell("BandsConvention", "Convention", Kind.SENTENCE, "Bands"),
    ResultCell("BandsSource", "Prices", Kind.SENTENCE, "Bands"),
    ResultCell("BandsNotes", "Worth knowing", Kind.SENTENCE, "Bands"),
)
