"""What a policy would have come to on past prices."""

from datetime import date
from typing import Annotated

from xl_rebal import arguments
from xl_rebal.arguments import Grid
from xl_rebal.functions.shared import (
    FIVE_PERCENT,
    TEN_BP,
    Band,
    Dest,
    Headers,
    Kind,
    RateArg,
    read_day,
    whole,
)
from xl_rebal.functions.study_arguments import (
    QUARTERLY,
    FrequencyArg,
    OptionsArg,
    PricesArg,
    TargetsArg,
    read_bands,
    read_frequencies,
)
from xl_rebal.model.destination import Destination
from xl_rebal.model.schedule import Schedule
from xl_rebal.worksheet import Answer, Arg, worksheet_function

EXAMPLE: Grid = [
    ["Date", "AAA", "BBB"],
    ["2024-01-31", 100, 50], ["2024-02-29", 112, 50], ["2024-03-28", 118, 49],
    ["2024-04-30", 108, 51], ["2024-05-31", 121, 50], ["2024-06-28", 130, 49],
    ["2024-07-31", 127, 52],
]  # fmt: skip
SIXTY_FORTY: Grid = [["AAA", 0.6], ["BBB", 0.4]]


@worksheet_function(
    returns="rows: figure, value (fractions; Cost in bp a year); with show a path (Value starts at 1), trades "
    "or weights (fractions)",
    example=(EXAMPLE, SIXTY_FORTY, "calendar+threshold", "monthly", 0.05),
    category="Study",
    spills=True,
)
def backtest_(
    prices: PricesArg,
    target: TargetsArg,
    policy: Annotated[
        str,
        Arg(
            "calendar (default), threshold (any row), calendar+threshold, none (bought on the first row, never "
            "traded), tactical (on new dated targets or a generator's), optimal (any row, what is worth its "
            "cost: option risk_aversion).",
            arguments.word(
                "calendar", "threshold", "calendar+threshold", "none", "tactical", "optimal"
            ),
            "word",
        ),
    ] = "calendar",
    frequency: FrequencyArg = QUARTERLY,
    band: Band = FIVE_PERCENT,
    kind: Kind = "absolute",
    dest: Dest = Destination(),  # noqa: B008  # frozen
    cost: RateArg = TEN_BP,
    show: Annotated[
        str,
        Arg(
            "stats (default), path (starts at 1 or capital, net of costs), trades, weights.",
            arguments.word("stats", "path", "trades", "weights"),
            "word",
        ),
    ] = "stats",
    options: OptionsArg = None,
) -> Answer:
    """A policy on past prices: first purchase free, trades at the close that decides them, bands strict."""
    from xl_rebal.functions.work import studies

    return studies.run_shown(
        prices, target, policy, frequency, band, kind, dest, cost, show, options
    )


@worksheet_function(
    returns="rows: Date, Drift (fraction)",
    example=(EXAMPLE, SIXTY_FORTY),
    category="Study",
    spills=True,
)
def driftpath(
    prices: PricesArg,
    target: TargetsArg,
    metric: Annotated[
        str,
        Arg(
            "max (default), turnover (one-way), sum or rms.",
            arguments.word("max", "turnover", "sum", "rms"),
            "word",
        ),
    ] = "max",
    start: Annotated[
        date | None,
        Arg("First date; the first of the prices if left out.", read_day, "date"),
    ] = None,
    headers: Headers = True,
) -> Answer:
    """How far a portfolio bought at target drifts without any trade."""
    from xl_rebal.functions.work import studies

    return studies.drift_path(prices, target, metric, start, headers)


@worksheet_function(
    returns="rows, the cheapest first: Policy, Band (fraction), Frequency, Cost a year bp, Tracking error, "
    "Turnover a year (fractions), Rebalances, CAGR (fraction)",
    example=(EXAMPLE, SIXTY_FORTY, [[0.02, 0.05]], [["monthly", "quarterly"]]),
    category="Study",
    spills=True,
)
def frontier(
    prices: PricesArg,
    target: TargetsArg,
    bands: Annotated[
        tuple[float | None, ...] | None,
        Arg(
            "Half-widths; 0.01 to 0.1 if left out. 0 trades on any drift; none or a blank among them tests "
            "no band: the plain calendar, or no trade where frequencies are left out.",
            read_bands,
            "fraction of the portfolio",
            "one cell, row or column",
        ),
    ] = None,
    frequencies: Annotated[
        tuple[Schedule, ...] | None,
        Arg(
            "When the bands are looked at: words or numbers of rows; every row if left out.",
            read_frequencies,
            "words or rows",
            "one cell, row or column",
        ),
    ] = None,
    cost: RateArg = TEN_BP,
    options: OptionsArg = None,
) -> Answer:
    """What each band and frequency would have cost a year against its tracking error to the targets."""
    from xl_rebal.functions.work import frontiers

    return frontiers.frontier_rows(prices, target, bands, frequencies, cost, options)


@worksheet_function(
    returns="covariances a year (of fractions: 0.04 is a volatility of 20 %), n x n",
    example=(EXAMPLE,),
    category="Study",
    spills=True,
)
def covariance(
    prices: PricesArg,
    method: Annotated[
        str,
        Arg(
            "sample (default): n - 1; shrunk: drawn towards equal variances without correlation, as Ledoit "
            "and Wolf estimate; ewma: newer returns count for more (0.94 a row of daily prices, else 0.97).",
            arguments.word("sample", "shrunk", "ewma"),
            "word",
        ),
    ] = "sample",
    window: Annotated[
        int | None,
        Arg(
            "How many of the last returns; all if left out.",
            whole("2 returns or more", 2),
            "rows",
        ),
    ] = None,
) -> Answer:
    """Annual covariance of simple returns, scaled by calendar time (rows a year of 365.25 days)."""
    from xl_rebal.functions.work import covariances

    return covariances.covariance_of(prices, method, window)
