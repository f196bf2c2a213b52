"""The options of a study: a range of names and values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from xl_rebal import arguments
from xl_rebal.cells import is_blank
from xl_rebal.engine.backtest import Conventions
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.shared import AMOUNT, read_one, whole
from xl_rebal.model.band_rule import BandKind
from xl_rebal.model.destination import Destination
from xl_rebal.model.schedule import Schedule
from xl_rebal.model.study_settings import CostRule
from xl_rebal.model.tactical import Generator
from xl_rebal.model.windows import VOLATILITY_WINDOW
from xl_rebal.typing import FloatArray
from xl_rebal.wording import counted, did_you_mean, listed, shown
from xl_rebal.workbook.parse_schedule import parse_rows, parse_trading_day


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


def read_generator(raw: object, name: str) -> Generator:
    """One of the words."""
    return Generator(arguments.word(*(each.value for each in Generator))(raw, name))


_above = arguments.number_between("an amount above 0", above=0)
_rate = arguments.number_between("a rate a year between -0.5 and 1", least=-0.5, greatest=1)
_OPTIONS: Mapping[str, Callable[[object, str], object]] = {
    "fee": AMOUNT,
    "capital": _above,
    "lag": lambda raw, name: read_one(parse_rows, raw, name),
    "offset": lambda raw, name: read_one(parse_rows, raw, name),
    "day": lambda raw, name: read_one(parse_trading_day, raw, name),
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
    "generator": read_generator,
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
