"""Ranges of holdings, targets, lots and prices, read as the tables of a book are.

Every function that takes such a range reads it here, so what XR_CHECK calls OK is what XR_TRADES
reads. Holdings and targets may stand without a header row, in the order of symbol, quantity, price
or symbol, weight, band; the others have one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from xl_rebal.arguments import Grid, is_header_word
from xl_rebal.cells import RawCell, is_blank
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.model.plan import Targets
from xl_rebal.model.portfolio import CASH, Account, Lot, Position
from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities
from xl_rebal.model.transactions import History
from xl_rebal.wording import listed, shown
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.headers import folded
from xl_rebal.workbook.layout import (
    HOLDINGS,
    LOTS,
    SECURITIES,
    TARGETS,
    TRANSACTIONS,
    Column,
    TableLayout,
)
from xl_rebal.workbook.layout_tax import OF_A_RANGE
from xl_rebal.workbook.parse_accounts import Accounts, parse_accounts
from xl_rebal.workbook.parse_holdings import Holdings, Quotes, parse_holdings
from xl_rebal.workbook.parse_lots import parse_lots
from xl_rebal.workbook.parse_prices import parse_prices
from xl_rebal.workbook.parse_securities import parse_securities
from xl_rebal.workbook.parse_targets import known_words, parse_targets
from xl_rebal.workbook.parse_tax import history_of
from xl_rebal.workbook.parse_transactions import described_accounts, parse_transactions
from xl_rebal.workbook.places import About, Place, PlacesBuilder, placed
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.tables import TypedRow, typed_rows

_KEY = "Asset class or Symbol"
_PLAIN: dict[str, tuple[str, ...]] = {
    "holdings": ("Symbol", "Quantity", "Price"),
    "targets": (_KEY, "Target", "Band absolute"),
}
"""The columns of a range without a header row."""


def _changed(layout: TableLayout, header: str, column: Column) -> TableLayout:
    columns = tuple(column if each.header == header else each for each in layout.columns)
    return replace(layout, columns=columns)


def _for_one_account(layout: TableLayout) -> TableLayout:
    """A range of one account needs no column Account."""
    return _changed(layout, "Account", replace(layout.column("Account"), required=False))


def _with_accounts(layout: TableLayout) -> TableLayout:
    """A range of transactions says itself what its accounts are: no table Accounts stands beside it."""
    return replace(layout, columns=(*layout.columns, *OF_A_RANGE))


_TARGET_KEY = TARGETS.column(_KEY)
_LAYOUTS: dict[str, TableLayout] = {
    "holdings": _for_one_account(HOLDINGS),
    "lots": _for_one_account(LOTS),
    "securities": SECURITIES,
    "transactions": _with_accounts(_for_one_account(TRANSACTIONS)),
    "targets": _changed(
        TARGETS, _KEY, replace(_TARGET_KEY, synonyms=(*_TARGET_KEY.synonyms, "asset", "name"))
    ),
}


def problems_of(rows: Grid, kind: str) -> tuple[Problem, ...]:
    """The problems of a range by itself; cells are counted from the range's own A1.

    What needs other tables (is the symbol known, do lots add up, what is the price of a holding
    without one) is checked on a whole book only.
    """
    problems = Problems()
    raw = _table(rows, kind, problems)
    if raw is None:
        return tuple(problems.found)
    if kind == "prices":
        parse_prices(raw, problems, dates_first=True)
        return tuple(problems.found)
    typed = _typed(raw, kind, problems)
    if kind == "holdings":
        _positions(typed, _accounts(typed, problems), problems)
    elif kind == "targets":
        _targets(typed, (), problems)
    elif kind == "lots":
        _lots(typed, problems)
    elif kind == "securities":
        parse_securities(typed, (), problems)
    else:
        _history(typed, Securities(), problems)
    return tuple(problems.found)


@dataclass(frozen=True)
class OneAccount:
    """The holdings of one account; ``quotes`` are the prices by symbol, that of CASH is 1."""

    account: Account
    positions: tuple[Position, ...]

    @property
    def quotes(self) -> dict[str, float]:
        return {position.symbol: position.price for position in self.positions}


def one_account(rows: Grid, found: list[Problem]) -> OneAccount | None:
    """The holdings of one account, each with its price; None where anything was refused."""
    problems = Problems()
    typed = _typed(_table(rows, "holdings", problems), "holdings", problems)
    accounts = _accounts(typed, problems)
    names = list(accounts.by_name)
    if len(names) > 1:
        problems.say(
            Code.CONFLICT, f"{len(names)} accounts, {listed(map(repr, names), 'and')}",
            "the holdings of one account",
            "Give the rows of one account at a time, or let the command Rebalance do all of them.",
        )  # fmt: skip
        positions: tuple[Position, ...] = ()
    else:
        positions = _positions(typed, accounts, problems)
        _refuse_overdrafts(typed, problems)
        _refuse_unpriced(typed, problems)
    found.extend(_in_argument(problems.found, "holdings"))
    return None if problems.found else OneAccount(accounts.by_name[names[0]], positions)


def one_model(rows: Grid, symbols: Sequence[str], found: list[Problem]) -> Targets | None:
    """The targets of one model, adding to 1; None where anything was refused."""
    problems = Problems()
    typed = _typed(_table(rows, "targets", problems), "targets", problems)
    targets = _targets(typed, symbols, problems)
    if len(targets) > 1:
        models = listed([repr(each.model) for each in targets if each.model], "and")
        problems.say(Code.CONFLICT, f"the targets of several models, {models}",
                     "those of one model", "Give the rows of one model at a time, or let the "
                     "command Rebalance do all of them.")  # fmt: skip
    found.extend(_in_argument(problems.found, "targets"))
    return None if problems.found else targets[0]


def _table(rows: Grid, kind: str, problems: Problems) -> RawTable | None:
    """The range as a table with a header row, its own or that of ``_PLAIN``; None without rows."""
    first = next(i for i, row in enumerate(rows) if not all(is_blank(cell) for cell in row))
    if kind in _PLAIN and not _is_header(rows[first], _LAYOUTS[kind]):
        width = max(len(row) for row in rows)
        header: list[RawCell] = [*_PLAIN[kind], *[None] * (width - len(_PLAIN[kind]))]
        body = rows[first:]
    else:
        header, body = rows[first], rows[first + 1 :]
        first += 1
    if all(is_blank(cell) for row in body for cell in row):
        problems.say(Code.NOTHING_TO_READ, "a header without rows", "rows below it", "")
        return None
    return RawTable(kind, "", tuple(header), tuple(tuple(row) for row in body), row=first)


def _typed(raw: RawTable | None, kind: str, problems: Problems) -> list[TypedRow]:
    """The rows as the layout reads them; none without a problem that says why."""
    typed = [] if raw is None else typed_rows(raw, _LAYOUTS[kind], problems)
    if not typed and not problems.found:
        problems.say(Code.NOTHING_TO_READ, f"no {kind} in the range", "at least one row",
                     "Fill in its columns.")  # fmt: skip
    return typed


def _is_header(row: Sequence[RawCell], layout: TableLayout) -> bool:
    """A row of words, one of which is the name of a column. A number typed as text is none."""
    if any(isinstance(cell, (int, float)) for cell in row):
        return False
    words = {folded(word) for c in layout.columns for word in (c.header, *c.synonyms)}
    return any(is_header_word(cell) or folded(cell) in words for cell in row if not is_blank(cell))


def _accounts(rows: Sequence[TypedRow], problems: Problems) -> Accounts:
    """The accounts of the rows; one that is refused is said once, not again at its holdings."""
    before = len(problems.found)
    accounts = parse_accounts([], rows, PlacesBuilder(), problems)
    return replace(accounts, complete=accounts.complete and len(problems.found) == before)


def _positions(
    rows: Sequence[TypedRow], accounts: Accounts, problems: Problems
) -> tuple[Position, ...]:
    prices_elsewhere = Quotes(None, None)
    found = parse_holdings(rows, accounts, prices_elsewhere, PlacesBuilder(), problems)
    return found.positions


def _targets(
    rows: Sequence[TypedRow], symbols: Sequence[str], problems: Problems
) -> tuple[Targets, ...]:
    known = known_words(Securities(), symbols, complete=False)
    return parse_targets(rows, known, PlacesBuilder(), problems)


def _lots(rows: Sequence[TypedRow], problems: Problems) -> tuple[Lot, ...]:
    """The lots; with what they should add up to is in no range."""
    nothing_held = Holdings((), {}, complete=False)
    return tuple(parse_lots(rows, nothing_held, _accounts(rows, problems), None, problems))


def _history(
    rows: Sequence[TypedRow],
    securities: Securities,
    problems: Problems,
    places: PlacesBuilder | None = None,
) -> History:
    """The record, its accounts taken from its own columns."""
    accounts = _accounts(rows, problems)
    described = described_accounts(rows, accounts, problems)
    transactions = parse_transactions(rows, accounts, None, places or PlacesBuilder(), problems)
    return history_of(transactions, described, securities)


def _refuse_overdrafts(rows: Sequence[TypedRow], problems: Problems) -> None:
    """The reader of a book points to its table Accounts; here the debt is an argument."""
    for row in rows:
        amount = row.raw("Quantity")
        if row.text("Symbol") == CASH and isinstance(amount, (int, float)) and amount < 0:
            fix = "For an overdraft type 0 here and give the debt as cash below 0."
            problems.advise(row.table.sheet, row.cell("Quantity"), fix)


def _refuse_unpriced(rows: Sequence[TypedRow], problems: Problems) -> None:
    """Nothing can be traded without a price, and there is no table Prices to take one from."""
    for row in rows:
        symbol = row.text("Symbol")
        if symbol in (None, CASH) or row.number("Price") is not None or row.lost("Price"):
            continue
        if "Price" not in row.columns:
            there = listed([shown(h) for h in row.table.header if not is_blank(h)], "and")
            problems.say(Code.MISSING_COLUMN, f"no column 'Price' in holdings (it has {there})",
                         "a column 'Price'", "Name one of its headers so.")  # fmt: skip
            return
        problems.say(Code.MISSING_PRICE, f"no price for {symbol}", "a price above 0",
                     "Type it.", row.table.sheet, row.cell("Price"))  # fmt: skip


def _in_argument(found: Iterable[Problem], name: str) -> list[Problem]:
    """The problems as an argument's own, each with the row of the range."""
    return [
        replace(problem, argument=f"{name}, row {number[0]}" if number else name)
        for problem in found
        for number in [re.findall(r"\d+$", problem.cell)]
    ]


def price_table(rows: Grid, name: str) -> Prices:
    """A price range: symbols above, dates in the first column; InputError with every mistake."""
    problems = Problems()
    raw = _table(rows, "prices", problems)
    found = parse_prices(raw, problems, dates_first=True) if raw is not None else None
    if problems.found or found is None:
        raise InputError(_in_argument(problems.found, name))
    return found


def lot_table(rows: Grid, name: str, found: list[Problem]) -> tuple[Lot, ...]:
    """A range of lots; none where anything was refused."""
    problems = Problems()
    lots = _lots(_typed(_table(rows, "lots", problems), "lots", problems), problems)
    found.extend(_in_argument(problems.found, name))
    return () if problems.found else lots


def security_table(rows: Grid | None, name: str, found: list[Problem]) -> Securities:
    """A range of securities; an empty one where there is none, or where anything was refused."""
    if rows is None:
        return Securities()
    problems = Problems()
    typed = _typed(_table(rows, "securities", problems), "securities", problems)
    securities = parse_securities(typed, (), problems)
    found.extend(_in_argument(problems.found, name))
    return Securities() if problems.found else securities


@dataclass(frozen=True)
class Record:
    """A range of transactions, and where each of them stands in it."""

    history: History
    name: str
    places: Mapping[About, Place]

    def problems(self, found: Iterable[Problem]) -> tuple[Problem, ...]:
        """What the ledger refuses, with the rows of the range."""
        return tuple(_in_argument(placed(found, self.places), self.name))


def record(rows: Grid, securities: Securities, name: str, found: list[Problem]) -> Record | None:
    """A range of transactions; None where anything was refused."""
    problems, places = Problems(), PlacesBuilder()
    typed = _typed(_table(rows, "transactions", problems), "transactions", problems)
    history = _history(typed, securities, problems, places)
    found.extend(_in_argument(problems.found, name))
    return None if problems.found else Record(history, name, places.found)
