"""The tables and settings that taxes are reckoned from: lots, the record of transactions, rates and rules."""

from __future__ import annotations

from xl_rebal.cells import FIRST_SERIAL
from xl_rebal.model.transactions import Activity
from xl_rebal.tax.methods import LotMethod, Tacking, WashScope
from xl_rebal.tax.netting import FilingStatus
from xl_rebal.tax.settings import TaxSettings
from xl_rebal.workbook.declared import (
    TAX_TYPES,
    YES_NO,
    Column,
    Kind,
    ResultCell,
    Setting,
    TableLayout,
)

_LOT = "tblLots[[#This Row],[{}]]".format

# One symbol has one price, so its holdings in any account tell it.
_SAME_SYMBOL = f"--(tblHoldings[Symbol]={_LOT('Symbol')})"
_VALUE = (
    f'=IF({_LOT("Symbol")}="","",IFERROR(N({_LOT("Quantity")})'
    f"*SUMPRODUCT({_SAME_SYMBOL},tblHoldings[Value])"
    f'/SUMPRODUCT({_SAME_SYMBOL},tblHoldings[Quantity]),""))'
)
_BASIS = f"({_LOT('Cost basis')}+N({_LOT('Wash adjustment')}))"
# An unknown cost is not 0, and a value of 0 is a price that nobody knows.
_GAIN = (
    f'=IF(OR(NOT(ISNUMBER({_LOT("Cost basis")})),N({_LOT("Value")})=0),"",{_LOT("Value")}-{_BASIS})'
)
_GAIN_SHARE = f'=IF({_LOT("Gain")}="","",IFERROR({_LOT("Gain")}/{_BASIS},""))'

# xl_rebal.tax.holding as a formula: DATE makes 1 March of a 29 February that is none.
_AS_OF = 'INT(N(IF(set_AsOf="",MAX(tblPrices[Date]),set_AsOf)))'
_BOUGHT = f"INT({_LOT('Acquired')}-N({_LOT('Wash days')}))"
_FIRST_LONG = f"DATE(YEAR({_BOUGHT}+1)+1,MONTH({_BOUGHT}+1),DAY({_BOUGHT}+1))"
_DAYS_TO_LONG = (
    f'=IF(NOT(ISNUMBER({_LOT("Acquired")})),"",IFERROR(IF(OR({_AS_OF}=0,{_BOUGHT}<{FIRST_SERIAL}),"",'
    f'MAX(0,{_FIRST_LONG}-{_AS_OF})),""))'
)
_TERM = f'=IF({_LOT("Days to long")}="","",IF({_LOT("Days to long")}=0,"long","short"))'

LOTS = TableLayout(
    "tblLots",
    "Lots",
    "Optional: the tax lots behind the holdings. They must add up to Holdings.",
    (
        Column("Account", Kind.TEXT, "As in Holdings.", True, ("account number",), width=14),
        Column("Symbol", Kind.SYMBOL, "As in Holdings.", True, ("ticker",), width=11),
        Column("Lot", Kind.TEXT, "A name for the lot; blank: its row number.", width=10),
        Column("Acquired", Kind.DATE, "Trade date of the purchase.", True,
               ("open date", "date acquired", "purchase date", "opendatetime"), width=12),
        Column("Quantity", Kind.QUANTITY, "Shares in the lot.", True, ("qty", "shares", "units"),
               width=12),
        Column("Cost basis", Kind.MONEY, "Total cost of the lot; blank means unknown.", False,
               ("cost basis total", "total cost", "cost"), width=14),
        Column("Wash adjustment", Kind.MONEY,
               "Losses disallowed by wash sales, to be added to Cost basis; blank if they are in it.",
               width=13),
        Column("Wash days", Kind.NUMBER, "Days that wash sales add to the holding period.",
               width=9),
        Column("Do not sell", Kind.FLAG, "Yes keeps the lot out of every sale.", choices=YES_NO,
               width=12),
        Column("Value", Kind.MONEY, "Quantity x the price in Holdings.", formula=_VALUE, width=14),
        Column("Gain", Kind.SIGNED_MONEY, "Value less Cost basis and Wash adjustment.",
               formula=_GAIN, width=14),
        Column("Gain in %", Kind.SIGNED_FRACTION, "Of Cost basis and Wash adjustment.",
               formula=_GAIN_SHARE, width=10),
        Column("Term", Kind.TEXT, "Of a sale on AsOf: long after more than a year, by months.",
               formula=_TERM, width=9),
        Column("Days to long", Kind.NUMBER, "From AsOf to the first long-term day; 0: it is.",
               formula=_DAYS_TO_LONG, width=9),
    ),
)  # fmt: skip

TRANSACTIONS = TableLayout(
    "tblTransactions",
    "Transactions",
    "Optional: what was bought and sold, in any order; wash sales are found in it. Opening: a lot "
    "from before the record, by its own date.",
    (
        Column("Date", Kind.DATE, "The trade date, not the day of settlement.", True,
               ("trade date", "tradedate", "run date", "activity date", "transaction date",
                "date acquired"), width=13),
        Column("Account", Kind.TEXT, "As in Accounts.", True,
               ("account number", "account name", "account name/number", "accountid",
                "clientaccountid"), width=14),
        Column("Action", Kind.CHOICE,
               "Buy, Sell, Reinvest (after AsOf: scheduled), Dividend, Opening, Transfer or Split.",
               True, ("transaction type", "transactiontype", "trans code", "activity", "buy/sell"),
               tuple(each.value for each in Activity), width=11),
        Column("Symbol", Kind.SYMBOL, "The ticker.", True,
               ("ticker", "instrument", "security id", "symbol/cusip", "cusip"), width=11),
        Column("Quantity", Kind.SIGNED_QUANTITY,
               "Shares, above 0. Transfer: + comes in, - goes out. Split: 2 for 2-for-1.", False,
               ("qty", "shares", "units"), width=12),
        Column("Price", Kind.PRICE, "Per share; used where Amount is blank.", False,
               ("share price", "price per share", "trade price", "tradeprice", "price paid"),
               width=12),
        Column("Amount", Kind.MONEY, "Total, above 0, fees included.", False,
               ("net amount", "total amount", "net cash", "netcash"), width=14),
        Column("Lot", Kind.TEXT, "A name for what is bought; the lot that is sold, if one is named.",
               False, ("lot id", "tax lot"), width=12),
        Column("Note", Kind.TEXT, "Yours.", width=40),
    ),
    common=True,
)  # fmt: skip

HARVEST = TableLayout(
    "tblHarvest",
    "Harvest",
    "Lots at a loss, those that are sold first. Nothing here is tax advice, and nothing is sent to a broker.",
    (
        Column("Account", Kind.TEXT, "", width=14),
        Column("Symbol", Kind.SYMBOL, "", width=11),
        Column("Lot", Kind.TEXT, "", width=12),
        Column("Acquired", Kind.DATE, "", width=12),
        Column("Quantity", Kind.QUANTITY, "Of the whole lot.", width=14),
        Column("Loss", Kind.MONEY, "Basis less market value.", width=13),
        Column("Gross tax saved", Kind.MONEY, "Loss x the rate of its term: an upper bound.", width=13),
        Column("Net benefit", Kind.SIGNED_MONEY,
               "Tax saved this year, less costs and what the lower basis is taxed later, in today's money.",
               width=13),
        Column("Term", Kind.TEXT, "", width=8),
        Column("Substitute", Kind.SYMBOL, "What takes its place.", width=11),
        Column("Correlation", Kind.RATIO, "Of returns, with the substitute.", width=11),
        Column("Same group?", Kind.FLAG, "Yes: it would itself be a replacement.", choices=YES_NO, width=9),
        Column("Wash status", Kind.TEXT, "What was or will be bought within 30 days.", width=46),
        Column("Earliest clear date", Kind.DATE, "On which nothing that is known would wash it.", width=13),
        Column("Take?", Kind.TEXT, "Yes, or why not.", width=40),
    ),
    result=True,
)  # fmt: skip

HARVEST_CHART = TableLayout(
    "tblHarvestChart",
    "HarvestData",
    "The net benefit of the first lots, as the chart shows it.",
    (
        Column("Lot", Kind.TEXT, "", width=30),
        Column("Taken", Kind.SIGNED_MONEY, "", width=13),
        Column("Not taken", Kind.SIGNED_MONEY, "", width=13),
    ),
    result=True,
)

HARVEST_CELLS = (
    ResultCell("HarvestSummary", "In one line", Kind.SENTENCE, "Harvest"),
    ResultCell("HarvestDoNotBuy", "Do not buy", Kind.SENTENCE, "Harvest"),
    ResultCell("HarvestConvention", "Convention", Kind.SENTENCE, "Harvest"),
    ResultCell("HarvestNotes", "Worth knowing", Kind.SENTENCE, "Harvest"),
    ResultCell("HarvestLoss", "Losses taken, against market value", Kind.MONEY, "Harvest"),
    ResultCell("HarvestGross", "Gross tax saved (an upper bound)", Kind.MONEY, "Harvest"),
    ResultCell("HarvestNow", "Tax of this year that they save", Kind.MONEY, "Harvest"),
    ResultCell("HarvestNet", "Net benefit, after later tax and costs", Kind.SIGNED_MONEY, "Harvest"),
    ResultCell("HarvestTaxBefore", "Tax of the year as it stands", Kind.SIGNED_MONEY, "Harvest"),
    ResultCell("HarvestTaxOther", "Tax of the year with the other sales alone", Kind.SIGNED_MONEY, "Harvest"),
    ResultCell("HarvestTaxAfter", "Tax of the year after all these trades", Kind.SIGNED_MONEY, "Harvest"),
    ResultCell("HarvestCarryShort", "Short-term loss carried forward", Kind.MONEY, "Harvest"),
    ResultCell("HarvestCarryLong", "Long-term loss carried forward", Kind.MONEY, "Harvest"),
)  # fmt: skip

OF_A_RANGE = (
    Column("Account type", Kind.CHOICE, "Taxable if blank.", False, ("tax type",), TAX_TYPES),
    Column("Owner", Kind.TEXT, "Blank: one for all."),
)
"""What a range of transactions says of its accounts; in a book the sheet Accounts does."""

_USUAL = TaxSettings()
AVOID, WARN = "avoid", "warn"
TAX_SETTINGS = (
    Setting("ShortRate", Kind.FRACTION, _USUAL.short, "fraction",
            "Federal tax on short-term gains; the highest bracket unless yours is typed."),
    Setting("LongRate", Kind.FRACTION, _USUAL.long, "fraction",
            "Federal tax on long-term gains; the highest bracket unless yours is typed."),
    Setting("StateRate", Kind.FRACTION, _USUAL.state, "fraction",
            "State tax on gains of either term, and on income; added to the federal rates."),
    Setting("OrdinaryRate", Kind.FRACTION, None, "fraction",
            "Federal tax on other income, which a net loss lowers. Blank: ShortRate."),
    Setting("FilingStatus", Kind.CHOICE, _USUAL.filing.value, "word",
            "A year's net loss counts against income up to 3,000; married filing separately: 1,500.",
            tuple(each.value for each in FilingStatus)),
    Setting("YearShort", Kind.SIGNED_MONEY, _USUAL.year_short, "currency",
            "Short-term gains of this year (a loss below 0) that are not in Transactions; added to theirs."),
    Setting("YearLong", Kind.SIGNED_MONEY, _USUAL.year_long, "currency",
            "Long-term ones, a fund's distributions too; where there are no Transactions, all of the year."),
    Setting("CarryShort", Kind.MONEY, _USUAL.carry_short, "currency",
            "Net short-term loss of earlier years not used yet, without a sign."),
    Setting("CarryLong", Kind.MONEY, _USUAL.carry_long, "currency",
            "Net long-term loss of earlier years not used yet, without a sign."),
    Setting("LotMethod", Kind.CHOICE, _USUAL.method.value, "word",
            "Which lots are sold where none is named. fifo is what holds unless the broker was told "
            "another.",
            tuple(each.value for each in LotMethod)),
    Setting("WashScope", Kind.CHOICE, _USUAL.scope.value, "word",
            "Whose purchases wash a loss: all accounts, all taxed ones, its owner's taxed ones, or its "
            "own account.",
            tuple(each.value for each in WashScope)),
    Setting("WashSales", Kind.CHOICE, AVOID, "word",
            "avoid: such lots are kept, nothing is bought that washes a loss; warn: the rows say so.",
            (AVOID, WARN)),
    Setting("Tacking", Kind.CHOICE, _USUAL.tacking.value, "word",
            "What a wash does to the holding period: days are added, or the date of the sold lot is kept.",
            tuple(each.value for each in Tacking)),
    Setting("HarvestMinLoss", Kind.MONEY, _USUAL.minimum_loss, "currency",
            "A loss below this is not worth harvesting."),
    Setting("HarvestMinPct", Kind.FRACTION, _USUAL.minimum_loss_fraction, "fraction",
            "Nor one below this part of its cost; both must hold."),
    Setting("MinCorrelation", Kind.FRACTION, _USUAL.least_correlation, "fraction",
            "A substitute's returns, of the last CovarianceWindow rows, correlate at least so much."),
    Setting("HarvestHorizon", Kind.NUMBER, _USUAL.horizon, "years",
            "Until the lower basis is taxed; the tax saved now is repaid then."),
    Setting("DiscountRate", Kind.FRACTION, _USUAL.discount, "fraction a year",
            "What the tax saved earns until then; at 0 a delay is worth nothing."),
)  # fmt: skip
