"""The workbook, declared once: sheets, tables, columns, settings and result cells.

The reader, the template, the results, the help sheet and the tests all read this page. Tables are
found by name and columns by header or synonym, never by position.
"""

from __future__ import annotations

from xl_rebal.model.plan import BandKind, Method
from xl_rebal.model.tactical import TABLE, Generator
from xl_rebal.tax.methods import LotMethod
from xl_rebal.workbook.declared import AMBER as AMBER
from xl_rebal.workbook.declared import BLUE as BLUE
from xl_rebal.workbook.declared import GREY as GREY
from xl_rebal.workbook.declared import GRID as GRID
from xl_rebal.workbook.declared import INK as INK
from xl_rebal.workbook.declared import NAVY as NAVY
from xl_rebal.workbook.declared import NUMBER_FORMATS as NUMBER_FORMATS
from xl_rebal.workbook.declared import PALE_BLUE as PALE_BLUE
from xl_rebal.workbook.declared import QUANTITIES as QUANTITIES
from xl_rebal.workbook.declared import RED as RED
from xl_rebal.workbook.declared import TAX_TYPES as TAX_TYPES
from xl_rebal.workbook.declared import TEAL as TEAL
from xl_rebal.workbook.declared import YES_NO as YES_NO
from xl_rebal.workbook.declared import Column as Column
from xl_rebal.workbook.declared import Kind as Kind
from xl_rebal.workbook.declared import ResultCell as ResultCell
from xl_rebal.workbook.declared import Setting as Setting
from xl_rebal.workbook.declared import SheetLayout as SheetLayout
from xl_rebal.workbook.declared import TableLayout as TableLayout
from xl_rebal.workbook.layout_after_tax import AFTER_TAX_CELLS, AFTER_TAX_SETTINGS, AFTER_TAX_TABLES
from xl_rebal.workbook.layout_study import STUDY_CELLS, STUDY_TABLES
from xl_rebal.workbook.layout_tax import HARVEST, HARVEST_CELLS, HARVEST_CHART, TAX_SETTINGS
from xl_rebal.workbook.layout_tax import LOTS as LOTS
from xl_rebal.workbook.layout_tax import TRANSACTIONS as TRANSACTIONS

PRICE_KINDS = ("tradable", "study")
STATUS_WORDS = ("in", "near", "out")

_THIS = "tblHoldings[[#This Row],[{}]]".format
_LINE = "tblTargets[[#This Row],[{}]]".format
_ACCOUNT = "tblAccounts[[#This Row],[{}]]".format
_KEY = "tblTargets[Asset class or Symbol]"

# A blank setting means its default, in the sheet's formulas as in a run.
_DEFAULT_WIDTH = 0.05
_WIDTH = f'IF(set_DefaultBand="",{_DEFAULT_WIDTH},set_DefaultBand)'

# The model that counts: "all" where Targets name none, the first where an account names none.
_FIRST_MODEL = 'IFERROR(INDEX(tblTargets[Model],MATCH("?*",tblTargets[Model],0)),"all")'
_MODEL_USED = (
    f'=IF({_ACCOUNT("Account")}="","",IF(OR({_FIRST_MODEL}="all",{_ACCOUNT("Model")}=""),'
    f"{_FIRST_MODEL},{_ACCOUNT('Model')}))"
)
_CASH_KEPT = (
    f'=IF({_ACCOUNT("Account")}="","",'
    f'IF({_ACCOUNT("Minimum cash")}="",set_CashBuffer,{_ACCOUNT("Minimum cash")}))'
)
_HOLDING_MODEL = (
    f'=IF({_THIS("Symbol")}="","",IFERROR(INDEX(tblAccounts[Model used],'
    f"MATCH({_THIS('Account')},tblAccounts[Account],0)),{_FIRST_MODEL}))"
)

# A holding without a price of its own takes the newest row of Prices, unless they are for study.
# Calc knows neither [#Headers] nor a table's bare name, so header and data are named together.
_PRICE_GRID = "tblPrices[[#Headers],[#Data]]"
_LOOKED_UP = (
    f"IFERROR(INDEX({_PRICE_GRID},"
    '1+MATCH(IF(set_AsOf="",9.9E+307,set_AsOf),tblPrices[Date],1),'
    f"MATCH({_THIS('Symbol')},INDEX({_PRICE_GRID},1,0),0)),0)"
    '*OR(set_PriceKind="tradable",set_PriceKind="")'
)
_VALUE = (
    f'=IF({_THIS("Symbol")}="","",N({_THIS("Quantity")})*IF({_THIS("Symbol")}="CASH",1,'
    f"IF(N({_THIS('Price')})>0,{_THIS('Price')},{_LOOKED_UP})))"
)
_WEIGHT = f'=IF({_THIS("Symbol")}="","",IFERROR({_THIS("Value")}/SUM(tblHoldings[Value]),0))'

# A holding counts towards its symbol's line if there is one, else its asset class's.
_CLASS = (
    f'IF({_THIS("Asset class")}<>"",{_THIS("Asset class")},'
    f"IFERROR(INDEX(tblSecurities[Asset class],MATCH({_THIS('Symbol')},"
    'tblSecurities[Symbol],0))&"",""))'
)
# Without either, to the first security that has a target of its own and names it as a substitute
# (xl_rebal.engine.lines.line_of). SUMPRODUCT makes MATCH look at all rows in any program.
_SUBSTITUTES = 'SUBSTITUTE(SUBSTITUTE(UPPER(tblSecurities[Substitutes])," ",""),";",",")'
_NAMED = f'","&SUBSTITUTE(UPPER({_THIS("Symbol")})," ","")&","'
_SERVED = (
    f'IFERROR(INDEX(tblSecurities[Symbol],SUMPRODUCT(MATCH(1,--(tblSecurities[Symbol]<>"")'
    f'*ISNUMBER(FIND({_NAMED},","&{_SUBSTITUTES}&","))'
    f'*ISNUMBER(MATCH(tblSecurities[Symbol]&"",{_KEY},0)),0))),"no target")'
)
_TARGET_LINE = (
    f'=IF({_THIS("Symbol")}="","",IF(SUMPRODUCT(--({_KEY}={_THIS("Symbol")}))>0,'
    f'{_THIS("Symbol")},IF(SUMPRODUCT(--({_KEY}={_CLASS}),--({_KEY}<>""))>0,{_CLASS},'
    f"{_SERVED})))"
)

_LINE_MODEL = f'IF({_LINE("Model")}="","all",{_LINE("Model")})'
# SUMPRODUCT, not SUMIFS: a class may be named "<1Y", which SUMIFS would take for a condition.
_MODEL_VALUE = f"SUMPRODUCT(--(tblHoldings[Model]={_LINE_MODEL}),tblHoldings[Value])"
_BASE = (
    f'=IF({_LINE("Asset class or Symbol")}="","",{_MODEL_VALUE}'
    f"-SUMPRODUCT(--(tblAccounts[Model used]={_LINE_MODEL}),tblAccounts[Cash kept])"
    "-IF(COUNTA(tblAccounts[Account])=0,set_CashBuffer*MAX(1,SUMPRODUCT((tblHoldings[Account]<>"
    '"")/COUNTIF(tblHoldings[Account],tblHoldings[Account]&""))),0))'
)
_CURRENT = (
    f'=IF({_LINE("Asset class or Symbol")}="","",IFERROR((SUMPRODUCT('
    f"--(tblHoldings[Target line]={_LINE('Asset class or Symbol')}),"
    f"--(tblHoldings[Model]={_LINE_MODEL}),tblHoldings[Value])"
    f'-IF({_LINE("Asset class or Symbol")}="CASH",{_MODEL_VALUE}-{_LINE("Base")},0))'
    f"/{_LINE('Base')},0))"
)
# Tactical targets change with time, and what they are today only a run can tell.
_IS_TACTICAL = f'set_Method="{Method.TACTICAL.value}"'
_DRIFT = (
    f'=IF({_LINE("Asset class or Symbol")}="","",IF({_IS_TACTICAL},"see run",'
    f"{_LINE('Current')}-N({_LINE('Target')})))"
)
_TARGET = f"N({_LINE('Target')})"
_OF_MODEL = f'--(tblTargets[Model]={_LINE("Model")}&"")'
# A run estimates a missing volatility from Prices; the sheet can't, and says so (NA).
_VOLATILITY_BAND = (
    f'IF(SUMPRODUCT({_OF_MODEL},--({_KEY}<>""),--({_KEY}<>"CASH"),--(tblTargets[Volatility]=""))>0,'
    f"NA(),{_WIDTH}*N({_LINE('Volatility')})"
    f"/SUMPRODUCT({_OF_MODEL},tblTargets[Target],tblTargets[Volatility]))"
)
_DEFAULT_BAND = (
    f'IF(OR(AND({_LINE("Asset class or Symbol")}="CASH",OR({_TARGET}=0,AND('
    f'set_BandKind="volatility",N({_LINE("Volatility")})=0))),set_BandKind="absolute",'
    f'set_BandKind=""),{_WIDTH},IF(set_BandKind="relative",{_WIDTH}*{_TARGET},'
    f'IF(set_BandKind="5/25",MIN({_WIDTH},0.25*{_TARGET}),{_VOLATILITY_BAND})))'
)
_OWN_BAND = (
    f'MIN(IF({_LINE("Band absolute")}="",9,{_LINE("Band absolute")}),'
    f'IF({_LINE("Band relative")}="",9,{_LINE("Band relative")}*{_TARGET}))'
)
_BAND = (
    f'=IF({_LINE("Asset class or Symbol")}="","",IF({_IS_TACTICAL},"see run",IFERROR(MIN('
    f'IF(AND({_LINE("Band absolute")}="",{_LINE("Band relative")}=""),{_DEFAULT_BAND},{_OWN_BAND}),'
    f'IF({_LINE("Drift")}>=0,IF({_LINE("Maximum")}="",9,{_LINE("Maximum")}-{_TARGET}),'
    f'IF({_LINE("Minimum")}="",9,{_TARGET}-{_LINE("Minimum")}))),"see run")))'
)
_STATUS = (
    f'=IF({_LINE("Asset class or Symbol")}="","",IF(ISTEXT({_LINE("Band")}),"see run",'
    f'IF(ABS({_LINE("Drift")})>{_LINE("Band")}+1E-12,"out",'
    f'IF(ABS({_LINE("Drift")})>0.75*{_LINE("Band")}+1E-12,"near","in"))))'
)

HOLDINGS = TableLayout(
    "tblHoldings",
    "Holdings",
    "What each account holds. Cash is a row with the symbol CASH and the amount as quantity.",
    (
        Column("Account", Kind.TEXT, "The account's name or number, as in Accounts.", True,
               ("account number", "account name", "account name/number", "accountid",
                "clientaccountid"), width=14),
        Column("Symbol", Kind.SYMBOL, "The ticker; CASH for cash.", True,
               ("ticker", "instrument", "security id", "symbol/cusip", "cusip", "isin"), width=11),
        Column("Quantity", Kind.QUANTITY, "Shares held (0 or more); for CASH the amount.", True,
               ("qty", "shares", "units", "position"), width=13),
        Column("Price", Kind.PRICE,
               "The price on which trades are made. Blank: the newest row of Prices.", False,
               ("last price", "share price", "markprice", "close"), width=12),
        Column("Value", Kind.MONEY, "Quantity x price.", formula=_VALUE, width=15),
        Column("Cost basis", Kind.MONEY, "Total cost; blank means unknown, never 0.", False,
               ("cost basis total", "total cost", "costbasismoney", "cost"), width=14),
        Column("Asset class", Kind.TEXT, "Needed where targets are set by class.", False,
               ("class", "security type", "assetclass", "assetcategory"), width=19),
        Column("Weight", Kind.FRACTION, "Share of the value of all holdings.", formula=_WEIGHT,
               width=10),
        Column("Target line", Kind.TEXT, "The target that this holding counts towards.",
               formula=_TARGET_LINE, width=20),
        Column("Model", Kind.TEXT, "The model of the account.", formula=_HOLDING_MODEL, width=9),
        Column("Note", Kind.TEXT, "Yours.", width=30),
    ),
    required=True,
)  # fmt: skip

ACCOUNTS = TableLayout(
    "tblAccounts",
    "Accounts",
    "One row an account. Leave the table empty for a single account with the plain settings.",
    (
        Column("Account", Kind.TEXT, "As in Holdings.", True, ("account number", "accountid"),
               width=14),
        Column("Name", Kind.TEXT, "A name for people.", width=22),
        Column("Owner", Kind.TEXT, "Whose it is; of wash sales in the scope taxable.", width=12),
        Column("Model", Kind.TEXT, "The model in Targets; blank where there is one.", width=12),
        Column("Tax type", Kind.CHOICE, "Taxable if blank.", choices=TAX_TYPES, width=12),
        Column("Minimum cash", Kind.MONEY, "Cash that stays; blank: the setting CashBuffer.",
               width=14),
        Column("New cash", Kind.SIGNED_MONEY, "Contribution (+) or withdrawal (-) to place now.",
               width=14),
        Column("May trade", Kind.FLAG, "No: shown, but never traded. Yes if blank.",
               choices=YES_NO, width=11),
        Column("Whole shares", Kind.FLAG, "Blank: the setting WholeShares.", choices=YES_NO,
               width=13),
        Column("Lot method", Kind.CHOICE, "Of sales without a lot; blank: the setting LotMethod.",
               choices=tuple(each.value for each in LotMethod), width=12),
        Column("Cash kept", Kind.MONEY, "Minimum cash, else CashBuffer.", formula=_CASH_KEPT,
               width=13),
        Column("Model used", Kind.TEXT, "Its model, else the first.", formula=_MODEL_USED,
               width=12),
    ),
)  # fmt: skip

SECURITIES = TableLayout(
    "tblSecurities",
    "Securities",
    "Optional: what is known of each symbol. Needed where targets are set by asset class.",
    (
        Column("Symbol", Kind.SYMBOL, "The ticker.", True, ("ticker",), width=11),
        Column("Name", Kind.TEXT, "A name for people.", width=34),
        Column("Asset class", Kind.TEXT, "As in Targets.", False, ("class",), width=19),
        Column("Index", Kind.TEXT,
               "What it tracks: alike in two rows, one may wash a loss of the other.", False,
               ("identity group", "index tracked", "benchmark"), width=24),
        Column("Substitutes", Kind.TEXT, "Symbols to buy instead, with commas.", False,
               ("substitute",), width=18),
        Column("Spread bp", Kind.RATE_BP, "Full bid-ask spread; half of it is paid per side.",
               width=11),
        Column("Ticket fee", Kind.MONEY, "Per trade; blank: the setting TicketFee.", width=11),
        Column("Round lot", Kind.QUANTITY, "Shares are traded in multiples of this; 1 if blank.",
               width=11),
        Column("Exclude", Kind.FLAG, "Yes: never traded, but counted in the weights.",
               choices=YES_NO, width=10),
    ),
)  # fmt: skip

TARGETS = TableLayout(
    "tblTargets",
    "Targets",
    "The weights to hold; they add to 100 %. A row is a symbol or an asset class.",
    (
        Column("Model", Kind.TEXT, "Blank where there is one model.", width=10),
        Column("Asset class or Symbol", Kind.TEXT, "A symbol, an asset class, or CASH.", True,
               ("symbol", "asset class", "ticker", "class"), width=22),
        Column("Target", Kind.FRACTION, "Share of value less cash buffer; rows add to 100 %.", True,
               ("weight", "target weight", "target %", "allocation"), width=10),
        Column("Band absolute", Kind.FRACTION, "Half-width in points of the portfolio.", False,
               ("band",), width=14),
        Column("Band relative", Kind.FRACTION,
               "Half-width as a fraction of the target. With both, the smaller holds.", width=14),
        Column("Minimum", Kind.FRACTION, "Never below this weight.", False, ("min",), width=10),
        Column("Maximum", Kind.FRACTION, "Never above this weight.", False, ("max",), width=10),
        Column("Volatility", Kind.FRACTION,
               "A year; for volatility bands. Blank: estimated from Prices.", width=11),
        Column("Base", Kind.MONEY, "Value of the model's accounts less their cash buffers.",
               formula=_BASE, width=15),
        Column("Current", Kind.FRACTION, "Weight now, of all accounts of the model.",
               formula=_CURRENT, width=10),
        Column("Drift", Kind.SIGNED_FRACTION, "Current less target; of tactical targets a run tells it.",
               formula=_DRIFT, width=10),
        Column("Band", Kind.FRACTION, "The half-width that holds.", formula=_BAND, width=10),
        Column("Status", Kind.TEXT, "in, near (beyond three quarters of the band) or out.",
               formula=_STATUS, width=10),
    ),
    required=True,
)  # fmt: skip

DATED_TARGETS = TableLayout(
    "tblDatedTargets",
    "Dated targets",
    "Optional: targets that change with time, for the method Tactical. The newest up to AsOf hold.",
    (
        Column("Date", Kind.DATE, "The day from which the weights hold.", True,
               ("from", "since", "valid from", "effective date"), width=13),
        Column("Asset class or Symbol", Kind.TEXT,
               "As in Targets, where it has a row (0 % will do). What is not named on a date has 0 %.",
               True, ("symbol", "asset class", "ticker", "class"), width=22),
        Column("Weight", Kind.FRACTION, "The rows of a date (and model) add to 100 %.", True,
               ("target", "target weight", "target %", "allocation"), width=10),
        Column("Model", Kind.TEXT, "Blank where there is one model.", width=12),
    ),
    common=True,
)  # fmt: skip

NO_SYMBOL_YET = "Symbol 1"
"""The header of the column for prices in an empty book, until a symbol takes it."""

PRICES = TableLayout(
    "tblPrices",
    "Prices",
    "Optional: a date and one column a symbol, oldest first. Total-return prices for studies.",
    (Column("Date", Kind.DATE, "Trading day.", True, ("day",), width=12),),
    open_ended=True,
)

DIVIDENDS = TableLayout(
    "tblDividends",
    "Dividends",
    "Optional: dividends by ex-date, reinvested in studies. Leave it empty if Prices are adjusted closes.",
    (
        Column("Date", Kind.DATE, "The ex-date, not the day of payment.", True,
               ("ex-date", "ex date", "ex-dividend date", "ex dividend date"), width=13),
        Column("Symbol", Kind.SYMBOL, "A column of Prices.", True, ("ticker",), width=13),
        Column("Amount", Kind.PER_SHARE, "Currency per share, before tax.", True,
               ("amount per share", "dividend", "dividend per share", "per share"), width=13),
    ),
    common=True,
)  # fmt: skip

TRADES = TableLayout(
    "tblTrades",
    "Trades",
    "What to do, sells before buys. Nothing is sent to a broker.",
    (
        Column("#", Kind.NUMBER, "Order of execution.", width=5),
        Column("Account", Kind.TEXT, "", width=12),
        Column("Action", Kind.TEXT, "Sell or Buy.", width=8),
        Column("Symbol", Kind.SYMBOL, "", width=10),
        Column("Quantity", Kind.QUANTITY, "Shares.", width=11),
        Column("Price", Kind.PRICE, "", width=10),
        Column("Amount", Kind.MONEY, "Quantity x price, to the cent.", width=13),
        Column("Est. cost", Kind.MONEY, "Commission, half spread and ticket fee.", width=9),
        Column("Target line", Kind.TEXT, "The symbol, or the asset class that has the target.",
               width=17, wraps=True),
        Column("Weight before", Kind.FRACTION, "Of the target line in its account.", width=9),
        Column("Weight after", Kind.FRACTION, "Of the target line in its account.", width=9),
        Column("Target", Kind.FRACTION, "Of the target line.", width=9),
        Column("Reason", Kind.TEXT, "", width=46),
        Column("Lots", Kind.TEXT, "Which are sold.", width=19, wraps=True),
        Column("Short gain", Kind.SIGNED_MONEY, "After the sale's cost; blank: unknown or untaxed.",
               width=12),
        Column("Long gain", Kind.SIGNED_MONEY, "Of lots held more than a year.", width=12),
        Column("Est. tax", Kind.SIGNED_MONEY,
               "Gain x rate by term; below 0: saved where it offsets a gain.", width=11),
        Column("Warning", Kind.TEXT, "", width=28, wraps=True),
    ),
    result=True,
)  # fmt: skip

HARVEST_TRADES = TableLayout(
    "tblHarvestTrades",
    "Harvest trades",
    "Losers sold, substitutes bought, the rest brought to its targets: one list that balances cash. "
    "Nothing is sent to a broker.",
    TRADES.columns,
    result=True,
)

DRIFT = TableLayout(
    "tblDrift",
    "ChartData",
    "Every target line over all accounts, before and after the trades.",
    (
        Column("Line", Kind.TEXT, "", width=20),
        Column("Current", Kind.FRACTION, "", width=11),
        Column("Target", Kind.FRACTION, "", width=11),
        Column("Band below", Kind.FRACTION, "", width=11),
        Column("Band above", Kind.FRACTION, "", width=11),
        Column("After", Kind.FRACTION, "", width=11),
        Column("Drift", Kind.SIGNED_FRACTION, "", width=11),
        Column("Drift after", Kind.SIGNED_FRACTION, "", width=11),
        Column("Lower edge", Kind.SIGNED_FRACTION, "The band below, as a drift.", width=11),
        Column("Outside", Kind.SIGNED_FRACTION, "The drift where it is out of its band.", width=11),
        Column("Status", Kind.TEXT, "", width=9),
    ),
    result=True,
)

OUTCOMES = TableLayout(
    "tblOutcomes",
    "Outcome",
    "Each account to the cent: cash before + new cash + sells - buys - costs = cash after.",
    (
        Column("Account", Kind.TEXT, "", width=16),
        Column("Value", Kind.MONEY, "", width=14),
        Column("Cash before", Kind.MONEY, "", width=14),
        Column("New cash", Kind.SIGNED_MONEY, "", width=14),
        Column("Sells", Kind.MONEY, "", width=14),
        Column("Buys", Kind.MONEY, "", width=14),
        Column("Costs", Kind.MONEY, "", width=12),
        Column("Cash after", Kind.MONEY, "", width=14),
        Column("Drift left", Kind.FRACTION, "Largest that remains.", width=11),
        Column("Note", Kind.TEXT, "", width=44),
    ),
    result=True,
)

CHECKS = TableLayout(
    "tblChecks",
    "Checks",
    "Everything that is wrong with the book or worth knowing, each with its cell and what to do.",
    (
        Column("Kind", Kind.TEXT, "problem: nothing is calculated; note: read all the same.",
               width=10),
        Column("Code", Kind.TEXT, "Stays the same; texts may change.", width=10),
        Column("Where", Kind.LINK, "Click to go there.", width=22),
        Column("Found", Kind.TEXT, "", width=56),
        Column("Expected", Kind.TEXT, "", width=44),
        Column("What to do", Kind.TEXT, "", width=52),
    ),
    result=True,
)  # fmt: skip

INPUT_TABLES = (
    HOLDINGS, LOTS, ACCOUNTS, SECURITIES, TARGETS, DATED_TARGETS, PRICES, DIVIDENDS, TRANSACTIONS,
)  # fmt: skip
RESULT_TABLES = (
    TRADES, OUTCOMES, DRIFT, CHECKS, HARVEST, HARVEST_TRADES, HARVEST_CHART, *STUDY_TABLES,
    *AFTER_TAX_TABLES,
)  # fmt: skip
TABLES: dict[str, TableLayout] = {table.name: table for table in (*INPUT_TABLES, *RESULT_TABLES)}

SETTINGS = (
    Setting("AsOf", Kind.DATE, None, "date", "Prices up to this day. Blank: the newest in Prices."),
    Setting("Currency", Kind.TEXT, "USD", "code", "The one currency of the book."),
    Setting("Method", Kind.CHOICE, Method.THRESHOLD.value, "word",
            "When: out of band, always, both, to the day's targets (Tactical), or what is worth its cost "
            "(Optimal).",
            tuple(method.value for method in Method)),
    Setting("TacticalTargets", Kind.CHOICE, TABLE, "word",
            "Of Tactical: table (Dated targets), or made of past prices: inverse volatility, or trend "
            "(below average: into cash).",
            (TABLE, *(each.value for each in Generator))),
    Setting("TacticalWindow", Kind.NUMBER, None, "rows",
            "Rows that make them: returns, or closes of trend. Blank: CovarianceWindow, or 200 of trend."),
    Setting("DefaultBand", Kind.FRACTION, _DEFAULT_WIDTH, "fraction",
            "Half-width where Targets give none: of the portfolio, or of the target if relative."),
    Setting("BandKind", Kind.CHOICE, BandKind.ABSOLUTE.value, "word",
            "absolute; relative; 5/25 (DefaultBand or 25 % of target, the smaller); volatility.",
            tuple(kind.value for kind in BandKind)),
    Setting("RebalanceTo", Kind.TEXT, "target", "word or fraction",
            "target, edge, half, or the fraction of the band at which to stop."),
    Setting("Distance", Kind.FRACTION, None, "fraction",
            "Trade back to this far from target instead; blank: RebalanceTo holds."),
    Setting("CostBp", Kind.RATE_BP, 0, "bp per side",
            "Cost of each buy and of each sale in basis points of its amount."),
    Setting("TicketFee", Kind.MONEY, 0, "currency per trade", "Fixed fee of each trade."),
    Setting("MinTrade", Kind.MONEY, 0, "currency", "No trade smaller than this, unless a withdrawal needs it."),
    Setting("WholeShares", Kind.FLAG, "Yes", "Yes or No", "No allows fractions of shares.", YES_NO),
    Setting("FractionDigits", Kind.NUMBER, 4, "decimals", "Of a fractional quantity, 0 to 6."),
    Setting("CashBuffer", Kind.MONEY, 0, "currency per account",
            "Cash that stays; targets apply to the value less this."),
    Setting("CovarianceWindow", Kind.NUMBER, 252, "rows",
            "Rows of Prices behind an estimated volatility or covariance."),
    Setting("Frequency", Kind.TEXT, "quarterly", "word or rows",
            "Calendar dates of a study: daily, weekly, monthly, quarterly, semi-annual, annual, or "
            "every so many rows."),
    Setting("TradingDay", Kind.TEXT, "last", "word or row",
            "Which row of each period: last, first, or 5 for its fifth."),
    Setting("Offset", Kind.NUMBER, 0, "rows", "Moves every calendar date so many rows later."),
    Setting("Lag", Kind.NUMBER, 0, "rows",
            "A study trades at the close that decides (0) or so many rows later."),
    Setting("CostRule", Kind.CHOICE, "exact", "word",
            "exact: costs are paid as part of the trade; pre-trade: of the wealth before it.",
            ("exact", "pre-trade")),
    Setting("FirstPurchase", Kind.FLAG, "No", "Yes or No",
            "Yes: the first purchase of a study costs too.", YES_NO),
    Setting("CashRate", Kind.FRACTION, 0, "fraction a year",
            "What CASH earns in a study where Prices have no column for it."),
    Setting("RiskFree", Kind.FRACTION, 0, "fraction a year", "For Sharpe and Sortino."),
    Setting("RiskAversion", Kind.NUMBER, 1, "number",
            "Optimal, and the choice among bands: least cost + this x a year's tracking error squared."),
    Setting("RelativeRiskAversion", Kind.NUMBER, 3, "number",
            "Of the small-cost model that suggests a band; often 2 to 10."),
    Setting("StudyFrom", Kind.DATE, None, "date",
            "First day of Prices in a study; AsOf is the last. Blank: the first on which all have a price."),
    Setting("StudyModel", Kind.TEXT, None, "text",
            "The model that is studied where Targets have several. Blank: the first."),
    Setting("StudyBands", Kind.TEXT, "1% 2% 3% 4% 5% 7.5% 10% 15% 20%", "per cents",
            "The default bands that are compared, with a space between two."),
    Setting("PriceKind", Kind.CHOICE, "tradable", "word",
            "study: Prices are adjusted closes, never used to price a holding or a trade.",
            PRICE_KINDS),
    *TAX_SETTINGS,
    *AFTER_TAX_SETTINGS,
    Setting("Banner", Kind.TEXT, None, "text", "A note that stands on every result sheet."),
)  # fmt: skip
WORD_OR_NUMBER = frozenset({"RebalanceTo", "Frequency", "TradingDay", "HarvestFrequency"})
"""Settings of kind TEXT where a number is a number."""
SETTINGS_BY_NAME: dict[str, Setting] = {setting.name: setting for setting in SETTINGS}

RESULT_CELLS = (
    ResultCell("Status", "Status", Kind.TEXT),
    ResultCell("Summary", "In one line", Kind.TEXT),
    ResultCell("AsOf", "Prices as of", Kind.DATE),
    ResultCell("Value", "Portfolio value", Kind.MONEY),
    ResultCell("MaxDrift", "Largest drift", Kind.FRACTION),
    ResultCell("MaxDriftLine", "Largest drift in", Kind.TEXT),
    ResultCell("OutCount", "Lines out of band", Kind.NUMBER),
    ResultCell("Turnover", "One-way turnover", Kind.FRACTION),
    ResultCell("TradeCount", "Trades", Kind.NUMBER),
    ResultCell("Sells", "Sold", Kind.MONEY),
    ResultCell("Buys", "Bought", Kind.MONEY),
    ResultCell("Costs", "Cost of trading", Kind.MONEY),
    ResultCell("Cash", "Cash left", Kind.MONEY),
    ResultCell("ResidualDrift", "Drift left", Kind.FRACTION),
    ResultCell("NoteCount", "Notes on the sheet Checks", Kind.NUMBER),
    ResultCell("Policy", "Convention", Kind.TEXT),
    ResultCell("ShortGain", "Short-term gain of the sales", Kind.SIGNED_MONEY),
    ResultCell("LongGain", "Long-term gain of the sales", Kind.SIGNED_MONEY),
    ResultCell("Tax", "Estimated tax on the sales", Kind.SIGNED_MONEY),
    *STUDY_CELLS,
    *HARVEST_CELLS,
    *AFTER_TAX_CELLS,
)

SHEETS = (
    SheetLayout("Start", NAVY, "rebalance"),
    SheetLayout("Dashboard", NAVY, "rebalance"),
    SheetLayout("Holdings", AMBER),
    SheetLayout("Lots", AMBER),
    SheetLayout("Accounts", AMBER),
    SheetLayout("Securities", AMBER),
    SheetLayout("Targets", AMBER),
    SheetLayout("Dated targets", AMBER),
    SheetLayout("Prices", AMBER),
    SheetLayout("Dividends", AMBER),
    SheetLayout("Transactions", AMBER),
    SheetLayout("Settings", AMBER),
    SheetLayout("Trades", TEAL, "rebalance"),
    SheetLayout("Outcome", TEAL, "rebalance"),
    SheetLayout("Harvest", TEAL, "harvest"),
    SheetLayout("Harvest trades", TEAL, "harvest"),
    SheetLayout("Backtest", TEAL, "backtest"),
    SheetLayout("Study trades", TEAL, "backtest"),
    SheetLayout("Bands", TEAL, "bands"),
    SheetLayout("After tax", TEAL, "aftertax"),
    SheetLayout("Functions", GREY),
    SheetLayout("Checks", GREY, "rebalance"),
    SheetLayout("ChartData", GREY, "rebalance", hidden=True),
    SheetLayout("HarvestData", GREY, "harvest", hidden=True),
    SheetLayout("BacktestData", GREY, "backtest", hidden=True),
    SheetLayout("BandsData", GREY, "bands", hidden=True),
    SheetLayout("AfterTaxData", GREY, "aftertax", hidden=True),
)


def sheets_written_by(command: str) -> tuple[str, ...]:
    """The result sheets of a command, in the order of the book."""
    return tuple(sheet.kind for sheet in SHEETS if sheet.written_by == command)
