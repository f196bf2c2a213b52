"""A whole book to the model; every Problem collected with its cell, refused once.

Each table is read by the file that bears its name. What one table says of another is checked only
where the other could be read: one mistake is one problem, not a train of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.errors import Code, InputError, Note
from xl_rebal.model.dividends import Dividends
from xl_rebal.model.plan import BandKind, BandRule, Costs, Method, Plan
from xl_rebal.model.portfolio import Account, Household, Lot
from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities
from xl_rebal.model.study_settings import StudySettings
from xl_rebal.model.tactical import TABLE, Tactical, TargetChange
from xl_rebal.model.transactions import Activity, History, Transaction
from xl_rebal.tax.settings import TaxSettings
from xl_rebal.wording import listed, shown
from xl_rebal.workbook import layout
from xl_rebal.workbook.book import Source
from xl_rebal.workbook.parse_accounts import parse_accounts, with_models
from xl_rebal.workbook.parse_dated_targets import parse_dated_targets
from xl_rebal.workbook.parse_dividends import NO_DIVIDENDS, parse_dividends
from xl_rebal.workbook.parse_holdings import (
    Holdings,
    Quotes,
    parse_holdings,
    refuse_second_currency,
)
from xl_rebal.workbook.parse_lots import parse_lots
from xl_rebal.workbook.parse_prices import NO_PRICES, parse_prices
from xl_rebal.workbook.parse_securities import parse_securities
from xl_rebal.workbook.parse_settings import (
    chosen_destination,
    date_of,
    number_of,
    parse_settings,
    study_settings,
    tactical_settings,
)
from xl_rebal.workbook.parse_targets import known_words, parse_targets, with_volatility
from xl_rebal.workbook.parse_tax import history_of, tax_settings
from xl_rebal.workbook.parse_transactions import accounts_of_record, parse_transactions
from xl_rebal.workbook.places import About, Place, PlacesBuilder
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.renamed import likely_table, lookalike
from xl_rebal.workbook.tables import TypedRow, typed_rows

_STALE_DAYS = 7


@dataclass(frozen=True)
class Desk:
    """A book, understood: what the commands work on. ``as_of`` is the day of the prices used.

    ``prices`` are as the table has them: they price trades. A study takes
    ``prices.total_return(dividends)``. ``places`` tells where accounts, targets and transactions stand, for
    problems that are found later. ``history`` is the record of transactions, not worked out yet.
    """

    household: Household
    securities: Securities
    prices: Prices
    plan: Plan
    as_of: date | None
    currency: str
    quotes: dict[str, float]
    places: Mapping[About, Place]
    study: StudySettings = field(default_factory=StudySettings)
    notes: tuple[Note, ...] = ()
    dividends: Dividends = NO_DIVIDENDS
    history: History = field(default_factory=lambda: History(()))
    tax: TaxSettings = field(default_factory=TaxSettings)

    @cached_property
    def taxes(self) -> TaxQuestion | None:
        """What is asked of taxes on the day of the book, its record worked out once; None without a day."""
        return None if self.as_of is None else TaxQuestion(self.as_of, self.tax, self.history)


def parse(source: Source, for_study: bool = False) -> Desk:
    """Read a whole book; raises InputError with all problems of all sheets.

    ``for_study``: nobody asks for today's volatilities, since a study estimates those of each row.
    """
    problems = Problems(list(source.problems))
    tables_missing = _refuse_missing(source, problems)
    rows = {
        table.name: typed_rows(source.tables[table.name], table, problems)
        if table.name in source.tables
        else []
        for table in layout.INPUT_TABLES
        if not table.open_ended
    }
    holding_rows, target_rows = rows["tblHoldings"], rows["tblTargets"]
    settings = parse_settings(source, problems)
    set_as_of = date_of(settings, "AsOf")
    prices = parse_prices(source.tables.get("tblPrices"), problems)
    places = PlacesBuilder()
    securities = parse_securities(rows["tblSecurities"], holding_rows, problems)
    accounts = parse_accounts(rows["tblAccounts"], holding_rows, places, problems)
    study = settings["PriceKind"] == "study"
    quoting = Quotes(NO_PRICES if study else prices, set_as_of)
    holdings = parse_holdings(holding_rows, accounts, quoting, places, problems)
    refuse_second_currency(source.tables.get("tblHoldings"), str(settings["Currency"]), problems)
    if not holding_rows:  # one problem, not one more for each lot
        holdings = replace(holdings, complete=False)
    lots = parse_lots(rows["tblLots"], holdings, accounts, set_as_of, problems)
    record = rows["tblTransactions"]
    named = accounts_of_record(accounts, bool(rows["tblAccounts"]), holding_rows, record, problems)
    transactions = parse_transactions(record, named, set_as_of, places, problems)
    tax = tax_settings(settings, source, problems)
    dividends, left_out = parse_dividends(rows["tblDividends"], prices, study, problems)
    quotes = _quotes(holdings, quoting)
    known = known_words(
        securities,
        [
            *(symbol for row in holding_rows if (symbol := row.text("Symbol"))),
            *(prices.symbols if prices else ()),
        ],
        prices is not None and not tables_missing and _are_words_complete(rows),
    )
    targets = parse_targets(target_rows, known, places, problems)
    changes = parse_dated_targets(rows["tblDatedTargets"], target_rows, targets, places, problems)
    tactical, unused = _tactical(settings, changes, source, rows["tblDatedTargets"], problems)
    rule = BandRule(BandKind(str(settings["BandKind"])), number_of(settings, "DefaultBand"))
    if rule.kind is BandKind.VOLATILITY and not for_study:
        window = int(number_of(settings, "CovarianceWindow"))
        targets = with_volatility(targets, target_rows, prices, set_as_of, window, problems)
    for name, raw in source.settings.items():
        places.note_cell(("setting", name), raw.sheet, raw.cell)
    found_accounts = accounts.by_name
    if targets and not any(row.lost("Model") for row in target_rows):
        found_accounts = with_models(accounts, rows["tblAccounts"], targets, problems)
    _refuse_empty(source, rows, problems)
    if not problems.found:
        _refuse_worthless(source, holdings, accounts.by_name.values(), problems)
    if problems.found:
        raise InputError(problems.found)
    assert prices is not None  # a refused table is a problem
    row = prices.last_row(set_as_of)
    return Desk(
        household=Household(tuple(found_accounts.values()), holdings.positions, tuple(lots)),
        securities=securities,
        prices=prices,
        plan=Plan(
            targets=targets,
            bands=rule,
            method=Method(str(settings["Method"])),
            destination=chosen_destination(settings),
            costs=Costs(number_of(settings, "CostBp") / 1e4, number_of(settings, "TicketFee")),
            minimum_trade=number_of(settings, "MinTrade"),
            cash_buffer=number_of(settings, "CashBuffer"),
            whole_shares=bool(settings["WholeShares"]),
            fraction_digits=int(number_of(settings, "FractionDigits")),
            tactical=tactical,
            risk_aversion=number_of(settings, "RiskAversion"),
        ),
        as_of=set_as_of if set_as_of or row is None else prices.dates[row],
        currency=str(settings["Currency"]),
        quotes=quotes,
        places=places.found,
        study=study_settings(settings),
        notes=(
            *source.notes,
            *left_out,
            *unused,
            *_not_ours(source),
            *_doubts(prices, set_as_of, lots, transactions, study),
        ),
        dividends=dividends,
        history=history_of(transactions, found_accounts.values(), securities),
        tax=tax,
    )


def _tactical(
    settings: Mapping[str, object],
    changes: Mapping[str, tuple[TargetChange, ...]],
    source: Source,
    rows: Sequence[TypedRow],
    problems: Problems,
) -> tuple[Tactical | None, tuple[Note, ...]]:
    """Where tactical targets come from, if they do; and that a table of them is not used, if it is not."""
    found = tactical_settings(settings)
    if found is not None and found.generator is None:
        if not rows and not problems.about("setting TacticalTargets"):
            _say_no_dated_targets(source, problems)
        return replace(found, changes=changes), ()
    if not rows:
        return found, ()
    why = f"Method is {settings['Method']}"
    fix = "Set it to Tactical if they are meant."
    if found is not None:
        why = f"TacticalTargets is {found.source}"
        fix = f"Set it to {TABLE} if they are meant."
    text = f"The dated targets are not used: {why}."
    return found, (Note(Code.NOT_READ, text, fix, rows[0].table.sheet, rows[0].cell("Date")),)


def _say_no_dated_targets(source: Source, problems: Problems) -> None:
    raw = source.settings.get("Method")
    fix = "Type them, or set TacticalTargets to inverse volatility or trend."
    if (other := lookalike(source.strangers, layout.DATED_TARGETS)) is not None:
        what = f"the table {other.name}" if other.name else f"what stands on {other.sheet}"
        fix = f"Make {what} a table named {layout.DATED_TARGETS.name} if it is meant."
    problems.say(
        Code.NOTHING_TO_READ, f"the method {Method.TACTICAL.value} without dated targets",
        f"rows in {layout.DATED_TARGETS.sheet}", fix,
        raw.sheet if raw else layout.DATED_TARGETS.sheet, raw.cell if raw else "",
    )  # fmt: skip


def _refuse_missing(source: Source, problems: Problems) -> bool:
    """Say which tables are not there, or not under their names; False if there is none such."""
    before = len(problems.found)
    for table in layout.INPUT_TABLES:
        if table.name in source.tables or table.common:
            continue
        if (other := likely_table(source.strangers, table)) is not None:
            what = (
                f"its cells in {shown(other.name)}" if other.name else "its cells without a table"
            )
            fix = f"Name it {table.name} (Table Design, Table Name)."
            if not other.name:
                fix = f"Make them a table (Insert, Table) and name it {table.name}."
            problems.say(Code.MISSING_TABLE, f"no table named {table.name} and {what}",
                         f"an Excel table {table.name}", fix,
                         other.sheet, other.address(-1, 0))  # fmt: skip
        elif table.required:
            problems.say(
                Code.MISSING_TABLE,
                f"no table named {table.name}",
                f"an Excel table {table.name} with "
                f"{listed([c.header for c in table.columns if c.required], 'and')}",
                "Start from a book made by `xl-rebal new`, and keep the table's name.",
                table.sheet,
            )
    return len(problems.found) > before


def _not_ours(source: Source) -> tuple[Note, ...]:
    """Tables that may be meant as one of ours, or may just as well be somebody's own."""
    found = []
    for table in layout.INPUT_TABLES:
        other = lookalike(source.strangers, table) if table.common else None
        if other is not None and table.name not in source.tables:
            what = f"The table {other.name}" if other.name else f"What stands on {other.sheet}"
            found.append(
                Note(Code.NOT_READ, f"{what} is not read: it is not named {table.name}.",
                     "Make it a table of that name if it is meant as one.",
                     other.sheet, other.address(-1, 0))
            )  # fmt: skip
    return tuple(found)


def _refuse_empty(
    source: Source, rows: Mapping[str, Sequence[TypedRow]], problems: Problems
) -> None:
    for table, what, expected, fix in (
        (layout.HOLDINGS, "no holdings", "at least one row",
         "Type account, symbol, quantity and price; cash is a row with symbol CASH."),
        (layout.TARGETS, "no targets", "rows that add to 100 %",
         "Type a symbol or asset class and its weight."),
    ):  # fmt: skip
        raw = source.tables.get(table.name)
        if raw is not None and not rows[table.name]:
            problems.say(Code.NOTHING_TO_READ, what, expected, fix, raw.sheet, raw.address(0, 0))


def _refuse_worthless(
    source: Source, holdings: Holdings, accounts: Iterable[Account], problems: Problems
) -> None:
    """Zeros throughout would pass for a portfolio that needs no trade."""
    if any(p.value for p in holdings.positions) or any(a.new_cash > 0 for a in accounts):
        return
    raw = source.tables[layout.HOLDINGS.name]
    problems.say(Code.NO_VALUE, "holdings that are worth nothing in all", "a value above 0",
                 "Type the quantities, or New cash in Accounts.",
                 raw.sheet, raw.address(raw.filled()[0][0], 0))  # fmt: skip


def _are_words_complete(rows: Mapping[str, Sequence[TypedRow]]) -> bool:
    """Whether every symbol and class could be read: then an unknown one is a mistake."""
    tables = [rows[layout.HOLDINGS.name], rows[layout.SECURITIES.name]]
    return not any(row.lost("Symbol", "Asset class") for table in tables for row in table)


def _quotes(holdings: Holdings, quoting: Quotes) -> dict[str, float]:
    """The price of each symbol: that of Holdings, else the newest in Prices."""
    quotes = {p.symbol: p.price for p in holdings.positions}
    for symbol in quoting.prices.symbols if quoting.prices else ():
        quote = quoting.prices.price(symbol, quoting.as_of) if quoting.prices else None
        if quote is not None:
            quotes.setdefault(symbol, quote)
    return quotes


def _doubts(
    prices: Prices,
    set_as_of: date | None,
    lots: Sequence[Lot],
    transactions: Sequence[Transaction],
    study: bool,
) -> tuple[Note, ...]:
    """What is no mistake but should be known."""
    row = prices.last_row(set_as_of)
    if row is None:
        return ()
    newest, said = prices.dates[row], []
    if not study and set_as_of is not None and (set_as_of - newest).days > _STALE_DAYS:
        said.append(f"The newest prices are of {newest}, older than AsOf, {set_as_of}.")
    later = sum(lot.acquired > newest for lot in lots) if set_as_of is None else 0
    if later and not study:
        said.append(f"{later} lots were acquired after the newest prices, those of {newest}.")
    unplanned = [each for each in transactions if each.activity is not Activity.REINVEST]
    later = sum(each.day > newest for each in unplanned) if set_as_of is None else 0
    if later and not study:
        what = "1 transaction is" if later == 1 else f"{later} transactions are"
        said.append(f"{what} later than the newest prices, those of {newest}.")
    return tuple(
        Note(Code.OLD_PRICES, text, "Bring Prices up to date.", layout.PRICES.sheet)
        for text in said
    )
