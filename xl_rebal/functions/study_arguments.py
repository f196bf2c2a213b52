"""Arguments of the functions that study past prices: price ranges, targets over time, options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Annotated, TypeVar

import numpy as np

from xl_rebal import arguments, cells
from xl_rebal.arguments import Grid, Vector
from xl_rebal.cells import RawCell, Refusal, is_blank
from xl_rebal.engine.backtest import Conventions, CostRule
from xl_rebal.engine.estimates import VOLATILITY_WINDOW
from xl_rebal.engine.policies import DatedTargets
from xl_rebal.engine.tactical import Generator, generated
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.ranges import price_table
from xl_rebal.functions.shared import AMOUNT
from xl_rebal.model.plan import BandKind, Destination
from xl_rebal.model.portfolio import CASH
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.numerics.tolerance import TARGET_SUM_TOLERANCE
from xl_rebal.typing import FloatArray
from xl_rebal.wording import counted, did_you_mean, listed, percent, shown
from xl_rebal.workbook.parse_schedule import parse_frequency, parse_rows, parse_trading_day
from xl_rebal.worksheet import Arg

_T = TypeVar("_T")


def read_prices(raw: object, name: str) -> Prices:
    """A price range as it stands on the sheet Prices."""
    return price_table(arguments.block(raw, name), name)


PricesArg = Annotated[
    Prices,
    Arg("Header row with symbols, first column dates, prices below; a blank is a missing price.",
        read_prices, "total-return prices", "table"),
]  # fmt: skip


def read_day(raw: object, name: str) -> date:
    """One date: a date, a serial number or ISO text."""
    try:
        return cells.day(arguments.as_grid(raw)[0][0])
    except Refusal as refusal:
        raise InputError(refusal.at(argument=name)) from None


StudyTargets = Vector | Grid | Generator


def _generator(raw: object, name: str) -> Generator:
    return Generator(arguments.word(*(each.value for each in Generator))(raw, name))


def _is_word(cell: object) -> bool:
    return isinstance(cell, str) and any(letter.isalpha() for letter in cell)


def read_targets(raw: object, name: str) -> StudyTargets:
    """One set of weights as a vector, rows as they stand where they are dated, or a generator's word."""
    rows = arguments.table(raw, name)
    if len(rows) == 1 and len(rows[0]) == 1 and _is_word(rows[0][0]):
        return _generator(raw, name)
    return arguments.block(raw, name) if _is_dated(rows) else arguments.weights(raw, name)


def _is_dated(rows: Grid) -> bool:
    """Whether a table says so: the word Date above its first column, or a date in it beside numbers."""
    first = rows[0][0]
    has_word = isinstance(first, str) and first.strip().casefold() == "date"
    return len(rows[0]) > 1 and (has_word or any(_is_date(row[0]) for row in rows))


TargetsArg = Annotated[
    StudyTargets,
    Arg("Symbol and weight, adding to 1, or dates on the left and symbols above: the newest row up to a "
        "day holds. For tactical also \"inverse volatility\" or \"trend\" (from equal weights).",
        read_targets, "fractions", "row, column or table"),
]  # fmt: skip


_LEAST_SERIAL = 20_000
"""Numbers from here on (1954) are dates rather than weights or values."""


def _is_date(cell: object) -> bool:
    if isinstance(cell, (int, float)) and cell < _LEAST_SERIAL:
        return False
    try:
        cells.day(cell)
    except Refusal:
        return False
    return not is_blank(cell)


def aligned(prices: Prices, targets: StudyTargets) -> tuple[Prices, DatedTargets]:
    """The prices of what has a target, and the targets in their order; CASH needs no column."""
    if isinstance(targets, Generator):
        raise InputError(
            Problem(Code.CONFLICT, f"{targets.value!r}", "weights that add to 100 %",
                    "The word makes targets for the policy tactical.", argument="target")
        )  # fmt: skip
    if isinstance(targets, Vector):
        if targets.labels is None:
            if len(targets) != len(prices.symbols):
                raise InputError(
                    Problem(
                        Code.SHAPES_DIFFER,
                        f"{len(targets)} weights for {len(prices.symbols)} price columns",
                        "one each, in the order of the columns, or symbols beside the weights",
                        argument="target",
                    )
                )
            return prices, DatedTargets.fixed(targets.values)
        symbols = _known(targets.labels, prices)
        return prices.of(symbols), DatedTargets.fixed(targets.values)
    labels, dated = _dated(targets)
    return prices.of(_known(labels, prices)), dated


def _dated(rows: Grid) -> tuple[list[str], DatedTargets]:
    """Symbols and weights of a table: those of the columns with a symbol above; a blank weight is 0.

    Rows that are blank throughout are left out. InputError with every mistake.
    """
    top = next(place for place, row in enumerate(rows) if not all(is_blank(cell) for cell in row))
    if _is_date(rows[top][0]):
        raise InputError(
            Problem(Code.MISSING_CELL, "a date in the first row", "symbols above the weights",
                    "Put a row above: Date, then a symbol over each column.", argument="target")
        )  # fmt: skip
    columns = [place for place, cell in enumerate(rows[top]) if place and not is_blank(cell)]
    dates: list[date | None] = []
    weights = []
    problems: list[Problem] = []
    for number, row in enumerate(rows[top + 1 :], start=top + 2):
        if all(is_blank(cell) for cell in row):
            continue
        place = f"target, row {number}"
        try:
            dates.append(cells.day(row[0]))
            _refuse_beside(row, columns)
            given = [row[column] if column < len(row) else None for column in columns]
            line = np.array([0.0 if is_blank(cell) else cells.number(cell) for cell in given])
            weights.append(_normalised(line, place))
        except Refusal as refusal:
            problems.append(refusal.at(argument=place))
        except InputError as error:
            problems.extend(error.problems)
    if not problems and any(a >= b for a, b in pairwise(dates) if a and b):
        problems.append(
            Problem(Code.OUT_OF_RANGE, "dates that do not rise", "each date after the one above",
                    "Sort the rows.", argument="target")
        )  # fmt: skip
    if not problems and not weights:
        problems.append(
            Problem(Code.NOTHING_TO_READ, "no row below the symbols", "dates and weights",
                    argument="target")
        )  # fmt: skip
    if problems:
        raise InputError(problems)
    labels = [str(rows[top][column]).strip() for column in columns]
    return labels, DatedTargets(tuple(dates), np.array(weights))


def _refuse_beside(row: list[RawCell], columns: list[int]) -> None:
    """Raise Refusal where a weight stands in a column without a symbol."""
    for place, cell in enumerate(row):
        if place and place not in columns and not is_blank(cell):
            raise Refusal(Code.MISSING_CELL, f"{shown(cell)} in column {place + 1}, which has no symbol above",
                          "a symbol above each weight", "Name the column, or clear it.")  # fmt: skip


def for_tactical(
    prices: Prices, targets: StudyTargets, said: StudyOptions, schedule: Schedule
) -> tuple[Prices, DatedTargets]:
    """The dated table as it stands, or what a generator makes of base targets on ``schedule``.

    By its word alone a generator begins with equal weights of all columns but CASH. For the trend filter
    CASH comes last where it has no target.
    """
    word = targets if isinstance(targets, Generator) else said.generator
    if word is None:
        if isinstance(targets, Vector):
            raise InputError(
                Problem(Code.CONFLICT, "one set of weights for the policy tactical",
                        "a dated table, or base weights and the option generator",
                        "A generator is inverse volatility or trend.", argument="target")
            )  # fmt: skip
        return aligned(prices, targets)
    if said.generator not in (None, word) or isinstance(targets, list):
        given = f"{word.value!r}" if said.generator != word else "a dated table"
        raise InputError(
            Problem(Code.CONFLICT, f"{given} and the option generator", "one of the two",
                    "Leave one out, or give base weights.", argument="target")
        )  # fmt: skip
    if isinstance(targets, Generator):
        assets = [symbol for symbol in prices.symbols if symbol != CASH]
        targets = Vector(np.full(len(assets), 1 / max(1, len(assets))), tuple(assets))
    table, base = aligned(prices, targets)
    weights = base.weights[0]
    if word is Generator.TREND and CASH not in table.symbols:
        table = prices.of([*table.symbols, CASH])
        weights = np.append(weights, 0.0)
    return table, generated(word, table, weights, schedule, said.window)


def _normalised(weights: FloatArray, place: str) -> FloatArray:
    total = float(weights.sum())
    if np.any(weights < 0) or abs(total - 1) > TARGET_SUM_TOLERANCE:
        raise InputError(
            Problem(Code.WEIGHTS_SUM, f"weights adding to {percent(total, 2)}",
                    "weights of 0 or more that add to 100 %", argument=place)
        )  # fmt: skip
    return weights / total


def _known(labels: list[str] | tuple[str, ...], prices: Prices) -> list[str]:
    """The symbols as the prices spell them; every unknown one in one refusal."""
    spelt = {symbol.casefold(): symbol for symbol in prices.symbols}
    spelt.setdefault(CASH.casefold(), CASH)
    unknown = [label for label in labels if label.casefold() not in spelt]
    if unknown:
        hint = did_you_mean(unknown[0], prices.symbols)
        hint = f" {hint}" if hint else ""
        raise InputError(
            Problem(
                Code.UNKNOWN_SYMBOL,
                f"no prices of {listed(unknown, 'and')}",
                f"symbols that stand above prices ({listed(prices.symbols, 'and')})",
                f"Add the prices, or correct the symbol.{hint}",
                argument="target",
            )
        )
    found = [spelt[label.casefold()] for label in labels]
    if len(set(found)) != len(found):
        raise InputError(
            Problem(Code.DUPLICATE, "a symbol twice", "each symbol once", argument="target")
        )
    return found


def read_frequency(raw: object, name: str) -> Schedule:
    """A word, or every n rows."""
    return _read(parse_frequency, raw, name)


def _read(reader: Callable[[RawCell], _T], raw: object, name: str) -> _T:
    try:
        return reader(arguments.as_grid(raw)[0][0])
    except Refusal as refusal:
        raise InputError(refusal.at(argument=name)) from None


def read_frequencies(raw: object, name: str) -> tuple[Schedule, ...]:
    """Several of them."""
    filled = [cell for row in arguments.table(raw, name) for cell in row if not is_blank(cell)]
    return tuple(read_frequency(cell, name) for cell in filled)


def read_bands(raw: object, name: str) -> tuple[float | None, ...]:
    """Half-widths, each once; None where no band is tested: a blank among them, or the word none."""
    found: list[float | None] = []
    problems: list[Problem] = []
    for place, cell in enumerate((cell for row in arguments.as_grid(raw) for cell in row), start=1):
        is_none = is_blank(cell) or (isinstance(cell, str) and cell.strip().casefold() == "none")
        try:
            found.append(
                None if is_none else cells.number(cell, "a band from 0 to 1 (5 % is 0.05) or none",
                                                  least=0, greatest=1)
            )  # fmt: skip
        except Refusal as refusal:
            problems.append(refusal.at(argument=f"{name}, cell {place}"))
    if problems:
        raise InputError(problems)
    return tuple(dict.fromkeys(found))


FrequencyArg = Annotated[
    Schedule,
    Arg("quarterly (default), daily, weekly, monthly, semi-annual, annual, or every n rows; for the "
        "policies with a calendar, and the dates of a generator.",
        read_frequency, "word or number of rows"),
]  # fmt: skip
QUARTERLY = Schedule()


@dataclass(frozen=True)
class StudyOptions:
    """What the options say; ``offset`` and ``day`` belong to the schedule, ``generator`` to tactical.

    ``window`` None: what is usual for what is estimated.
    """

    fee: float = 0.0
    capital: float = 1.0
    lag: int = 0
    offset: int = 0
    day: int = -1
    cost_rule: CostRule = CostRule.EXACT
    first_purchase: bool = False
    cash_rate: float = 0.0
    risk_free: float = 0.0
    distance: float | None = None
    kind: BandKind | None = None
    generator: Generator | None = None
    window: int | None = None
    risk_aversion: float = 1.0

    def dated(self, schedule: Schedule) -> Schedule:
        """The schedule on the day within each period and so many rows later."""
        return replace(schedule, day=self.day, offset=self.offset)

    def destination(self, given: Destination) -> Destination:
        """A distance of its own holds instead of what is given."""
        return given if self.distance is None else Destination(distance=self.distance)

    def conventions(self, rate: FloatArray) -> Conventions:
        return Conventions(
            rate,
            self.fee,
            self.capital,
            self.lag,
            self.first_purchase,
            self.cost_rule,
            self.cash_rate,
            window=self.window or VOLATILITY_WINDOW,
        )


def whole(expected: str, least: int) -> Callable[[object, str], int]:
    """A reader of a whole number of at least so much."""

    def read(raw: object, name: str) -> int:
        found = arguments.number_between(expected, least=least)(raw, name)
        if not found.is_integer():
            raise InputError(Problem(Code.OUT_OF_RANGE, shown(found), expected, argument=name))
        return int(found)

    return read


_above = arguments.number_between("an amount above 0", above=0)
_rate = arguments.number_between("a rate a year between -0.5 and 1", least=-0.5, greatest=1)
_OPTIONS: Mapping[str, Callable[[object, str], object]] = {
    "fee": AMOUNT,
    "capital": _above,
    "lag": lambda raw, name: _read(parse_rows, raw, name),
    "offset": lambda raw, name: _read(parse_rows, raw, name),
    "day": lambda raw, name: _read(parse_trading_day, raw, name),
    "cost_rule": lambda raw, name: CostRule(
        arguments.word(*(rule.value for rule in CostRule))(raw, name)
    ),
    "first_purchase": arguments.flag,
    "cash_rate": _rate,
    "risk_free": _rate,
    "distance": arguments.number_between("a distance from 0 to 1", least=0, greatest=1),
    "kind": lambda raw, name: BandKind(
        arguments.word(*(kind.value for kind in BandKind))(raw, name)
    ),
    "generator": _generator,
    "window": whole("a whole number of rows from 2", 2),
    "risk_aversion": arguments.number_between("a risk aversion of 0 or more", least=0),
}


def read_options(raw: object, name: str) -> StudyOptions:
    """Two columns, name and value; every unknown name (with the nearest), doublet and bad value at once.

    A name without a value is one that is not given.
    """
    found: dict[str, object] = {}
    problems: list[Problem] = []
    for row in arguments.table(raw, name):
        if len(row) < 2 or any(not is_blank(cell) for cell in row[2:]):
            problems.append(
                Problem(Code.SHAPES_DIFFER, f"a row of {counted(len(row), 'cell')}",
                        "two: the name of an option and its value", argument=name)
            )  # fmt: skip
            continue
        key = "" if is_blank(row[0]) else str(row[0]).strip().casefold().replace(" ", "_")
        if key not in _OPTIONS:
            hint = did_you_mean(key, list(_OPTIONS))
            problems.append(
                Problem(Code.UNKNOWN_WORD, f"the option {shown(row[0])}",
                        f"one of {listed(list(_OPTIONS))}", hint.strip(), argument=name)
            )  # fmt: skip
        elif is_blank(row[1]):
            continue
        elif key in found:
            problems.append(
                Problem(Code.DUPLICATE, f"the option {key} twice", "each option once",
                        "Take one of them out.", argument=name)
            )  # fmt: skip
        else:
            try:
                found[key] = _OPTIONS[key](row[1], f"{name}, {key}")
            except InputError as error:
                problems.extend(error.problems)
                found[key] = None
    if problems:
        raise InputError(problems)
    return StudyOptions(**found)  # type: ignore[arg-type]


OptionsArg = Annotated[
    StudyOptions | None,
    Arg("Name, value: fee 0 (currency, an asset traded), capital 1, lag 0, offset 0 rows, day last, "
        "cost_rule exact, first_purchase FALSE, cash_rate and risk_free 0 a year, distance (as dest), kind, "
        "generator, window 252, trend 200, risk_aversion 1.", read_options, "", "two columns"),
]  # fmt: skip
