"""Trade lists from ranges of holdings and targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from xl_rebal import arguments, cells
from xl_rebal.arguments import Grid, is_header_word
from xl_rebal.cells import RawCell, Refusal, is_blank
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.shared import AMOUNT, RATE, WIDTH, Dest, Headers, with_headers
from xl_rebal.model.plan import BandRule, Costs, Destination, Method, Plan, TargetLine, Targets
from xl_rebal.model.portfolio import CASH, Account, Household, Position
from xl_rebal.model.securities import Securities
from xl_rebal.model.trades import TradeList
from xl_rebal.numerics.tolerance import TARGET_SUM_TOLERANCE
from xl_rebal.wording import percent, points
from xl_rebal.workbook.headers import folded
from xl_rebal.workbook.layout import HOLDINGS, TARGETS, Column, TableLayout
from xl_rebal.worksheet import Answer, Arg, worksheet_function

_TRADE_HEADER: list[RawCell] = [
    "Action", "Symbol", "Quantity", "Price", "Amount", "Weight before", "Weight after", "Target",
    "Reason",
]  # fmt: skip
_HOLDINGS_EXAMPLE: Grid = [
    ["Symbol", "Quantity", "Price"], ["AAA", 60, 100], ["BBB", 30, 100], ["CASH", 1000, 1],
]  # fmt: skip
_TARGETS_EXAMPLE: Grid = [["AAA", 0.5], ["BBB", 0.5]]

HoldingsArg = Annotated[
    Grid,
    Arg("Symbol, quantity, price, in this order or under headers of these names; a row CASH holds "
        "the cash as quantity.", arguments.table, "", "three columns"),
]  # fmt: skip
TargetsArg = Annotated[
    Grid,
    Arg("Symbol, weight and, if you like, a band of its own.", arguments.table, "fractions",
        "two or three columns"),
]  # fmt: skip


@worksheet_function(
    returns="rows: Action, Symbol, Quantity, Price, Amount, Weight before, Weight after, Target, "
    "Reason",
    example=(_HOLDINGS_EXAMPLE, _TARGETS_EXAMPLE, 500, 0.05),
    spills=True,
)
def trades(
    holdings: HoldingsArg,
    targets: TargetsArg,
    cash: Annotated[
        float,
        Arg(
            "New money: + comes in, - goes out.", arguments.number_between("an amount"), "currency"
        ),
    ] = 0.0,
    band: Annotated[
        float | None,
        Arg(
            "Half-width of the bands: with it nothing is traded unless something is out.",
            WIDTH,
            "fraction of the portfolio",
        ),
    ] = None,
    dest: Dest = Destination(),  # noqa: B008  a frozen value
    cost: Annotated[
        float, Arg("Cost of each buy and sale; 0 if left out.", RATE, "fraction, per side")
    ] = 0.0,
    min_trade: Annotated[float, Arg("No trade smaller than this.", AMOUNT, "currency")] = 0.0,
    whole: Annotated[bool, Arg("TRUE (default): whole shares.", arguments.flag)] = True,
    headers: Headers = True,
) -> Answer:
    """The orders that bring holdings to their targets, sells first, each with its reason."""
    household, lines, quotes = _account(holdings, targets, cash)
    banded = band is not None or any(line.band_absolute is not None for line in lines)
    plan = Plan(
        targets=(Targets(lines),),
        bands=BandRule(width=0.05 if band is None else band),
        method=Method.THRESHOLD if banded else Method.CALENDAR,
        destination=dest,
        costs=Costs(cost),
        minimum_trade=min_trade,
        whole_shares=whole,
    )
    return _trade_rows(rebalance(household, Securities(), plan, quotes), headers)


@worksheet_function(
    returns="the columns of XR_TRADES, buys only or sells only",
    example=(_HOLDINGS_EXAMPLE, _TARGETS_EXAMPLE, 500),
    spills=True,
)
def cashflow(
    holdings: HoldingsArg,
    targets: TargetsArg,
    cash: Annotated[
        float,
        Arg(
            "New money: + buys what is underweight, - sells what is overweight.",
            arguments.number_between("an amount"),
            "currency",
        ),
    ],
    headers: Headers = True,
) -> Answer:
    """The buys that invest new money, or the sells that raise it, in whole shares."""
    household, lines, quotes = _account(holdings, targets, cash)
    plan = Plan(targets=(Targets(lines),))
    found = rebalance(household, Securities(), plan, quotes, flows_only=True)
    return _trade_rows(found, headers)


def _trade_rows(found: TradeList, headers: bool) -> list[list[RawCell]]:
    rows: list[list[RawCell]] = [
        [t.action.value, t.symbol, t.quantity, t.price, t.amount, t.weight_before, t.weight_after,
         t.target, t.reason]
        for t in found.trades
    ]  # fmt: skip
    return with_headers(_TRADE_HEADER, rows, headers)


def _account(
    holdings: Grid, targets: Grid, cash: float
) -> tuple[Household, tuple[TargetLine, ...], dict[str, float]]:
    """Ranges to one account called Main, its target lines and quotes."""
    problems: list[Problem] = []
    positions: list[Position] = []
    quotes: dict[str, float] = {}
    for place, row in _body(holdings, _HOLDING_COLUMNS, "holdings"):
        position = _position(row, place, problems)
        if position is None:
            continue
        if position.symbol in quotes or any(p.symbol == position.symbol for p in positions):
            problems.append(
                Problem(Code.DUPLICATE, f"{position.symbol} twice", "each symbol once",
                        "Add the rows up.", argument=f"holdings, row {place}")
            )  # fmt: skip
            continue
        positions.append(position)
        quotes[position.symbol] = position.price
    lines = _lines(targets, problems)
    if problems:
        raise InputError(problems)
    missing = [line.key for line in lines if line.weight > 0 and line.key not in {*quotes, CASH}]
    if missing:
        raise InputError(
            [
                Problem(Code.MISSING_PRICE, f"a target for {key}, which has no price",
                        "each target's symbol in holdings",
                        "Add it to holdings with quantity 0 and its price.", argument="targets")
                for key in missing
            ]
        )  # fmt: skip
    return (
        Household((Account("Main", new_cash=cash),), tuple(positions)),
        lines,
        quotes,
    )


def _body(rows: Grid, columns: Sequence[Column], name: str) -> list[tuple[int, list[RawCell]]]:
    """Rows with their number in the range, their cells in the order of ``columns``.

    Under a header row columns are found by name, whatever their order; without one they stand in
    the order of ``columns``. A first row with a number in it is no header.
    """
    numbered = list(enumerate(rows, start=1))
    header = rows[0]
    if len(rows) < 2 or not any(is_header_word(cell) for cell in header):
        return numbered
    if any(isinstance(cell, (int, float)) for cell in header):
        return numbered
    places = [_place(header, column) for column in columns]
    missing = [
        column.header
        for column, place in zip(columns, places, strict=True)
        if place is None and column.required
    ]
    if missing:
        raise InputError(
            [
                Problem(Code.MISSING_COLUMN, f"no column {word!r} among the headers",
                        f"a column {word!r}", "Name it so, or leave the header row out.",
                        argument=name)
                for word in missing
            ]
        )  # fmt: skip
    return [
        (number, [None if at is None or at >= len(row) else row[at] for at in places])
        for number, row in numbered[1:]
    ]


def _place(header: Sequence[RawCell], column: Column) -> int | None:
    """Where a column stands in a header row, by its own name first, then by a synonym."""
    names = ["" if is_blank(cell) else folded(cell) for cell in header]
    words = (column.header, *column.synonyms)
    return next((names.index(folded(word)) for word in words if folded(word) in names), None)


def _required(layout: TableLayout, header: str, *synonyms: str) -> Column:
    column = layout.column(header)
    return replace(column, required=True, synonyms=(*column.synonyms, *synonyms))


_HOLDING_COLUMNS = tuple(_required(HOLDINGS, word) for word in ("Symbol", "Quantity", "Price"))
_TARGET_COLUMNS = (
    _required(TARGETS, "Asset class or Symbol", "asset", "name"),
    _required(TARGETS, "Target"),
    TARGETS.column("Band absolute"),
)


def _position(row: list[RawCell], place: int, problems: list[Problem]) -> Position | None:
    padded = [*row, None, None, None]
    try:
        symbol = cells.symbol(padded[0])
        if symbol == CASH:
            if is_blank(padded[1]):  # an amount in the third column alone reads the same
                return Position("Main", CASH, cells.number(padded[2], "the amount of cash"), 1.0)
            if not is_blank(padded[2]):
                cells.number(padded[2], "no price, or 1, for CASH", least=1, greatest=1)
            return Position("Main", CASH, cells.number(padded[1], "the amount of cash"), 1.0)
        quantity = cells.number(padded[1], "a quantity of 0 or more", least=0)
        return Position(
            "Main", symbol, quantity, cells.number(padded[2], "a price above 0", above=0)
        )
    except Refusal as refusal:
        problems.append(refusal.at(argument=f"holdings, row {place}"))
        return None


def _lines(targets: Grid, problems: list[Problem]) -> tuple[TargetLine, ...]:
    lines: list[TargetLine] = []
    for place, row in _body(targets, _TARGET_COLUMNS, "targets"):
        padded = [*row, None, None]
        try:
            line = TargetLine(
                cells.symbol(padded[0]),
                cells.weight(padded[1]),
                band_absolute=None if is_blank(padded[2]) else cells.weight(padded[2], "a band"),
            )
        except Refusal as refusal:
            problems.append(refusal.at(argument=f"targets, row {place}"))
            continue
        if line.key in (other.key for other in lines):
            problems.append(
                Problem(Code.DUPLICATE, f"{line.key} twice", "each symbol once",
                        argument=f"targets, row {place}")
            )  # fmt: skip
            continue
        lines.append(line)
    total = sum(line.weight for line in lines)
    if abs(total - 1) > TARGET_SUM_TOLERANCE:
        if not problems:
            problems.append(
                Problem(Code.WEIGHTS_SUM, f"weights that add to {percent(total)}", "100 %",
                        f"{points(total - 1)} {'are missing' if total < 1 else 'are too much'}; "
                        "what stays in cash is a row CASH.", argument="targets")
            )  # fmt: skip
        return ()
    return tuple(
        TargetLine(line.key, line.weight / total, band_absolute=line.band_absolute)
        for line in lines
    )
