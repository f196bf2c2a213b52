"""Arguments and answers that several worksheet functions share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, TypeVar

import numpy as np

from xl_rebal import arguments, cells
from xl_rebal.arguments import Grid, Pair, Risk, Vector
from xl_rebal.cells import RawCell, Refusal
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.model.band_rule import BandKind
from xl_rebal.model.destination import Destination
from xl_rebal.wording import shown
from xl_rebal.worksheet import Arg

_T = TypeVar("_T")

Current = Annotated[
    Vector,
    Arg("Values or weights held now; labels on the left are matched with those of target.",
        arguments.held, "currency or fractions", "row or column"),
]  # fmt: skip
Target = Annotated[
    Vector,
    Arg("Weights to hold, adding to 1.", arguments.weights, "fractions", "row or column"),
]
Band = Annotated[
    Vector,
    Arg("Half-width of the band, one for all or one an asset; 0.05 if left out.",
        arguments.vector, "fraction of the portfolio, of the target if relative",
        "one cell, row or column"),
]  # fmt: skip
Kind = Annotated[
    str,
    Arg("absolute (default), relative, 5/25 (band or 25 % of target, the smaller), volatility.",
        arguments.word(*(kind.value for kind in BandKind)), "word"),
]  # fmt: skip
RiskArg = Annotated[
    Risk | None,
    Arg("Annual volatilities, or an annual covariance.", arguments.risk, "a year",
        "row, column or square"),
]  # fmt: skip
Headers = Annotated[bool, Arg("TRUE (default) puts a header row on top.", arguments.flag, "")]
RateArg = Annotated[
    Vector,
    Arg("Cost of each buy and of each sale, one or one an asset (CASH has none); 0.001 where it may be left "
        "out.", arguments.vector,
        "fraction of the amount, per side", "one cell, row or column"),
]  # fmt: skip


def read_one(reader: Callable[[RawCell], _T], raw: object, name: str) -> _T:
    """What a reader makes of the first cell; its refusal becomes the argument's problem."""
    try:
        return reader(arguments.as_grid(raw)[0][0])
    except Refusal as refusal:
        raise InputError(refusal.at(argument=name)) from None


def read_day(raw: object, name: str) -> date:
    """One date: a date, a serial number or ISO text."""
    return read_one(cells.day, raw, name)


def read_destination(raw: object, name: str) -> Destination:
    """A word or a fraction of the band."""
    from xl_rebal.workbook.parse_destination import parse_destination

    return read_one(parse_destination, raw, name)


def whole(expected: str, least: int) -> Callable[[object, str], int]:
    """A reader of a whole number of at least so much."""

    def read(raw: object, name: str) -> int:
        found = arguments.number_between(expected, least=least)(raw, name)
        if not found.is_integer():
            raise InputError(Problem(Code.OUT_OF_RANGE, shown(found), expected, argument=name))
        return int(found)

    return read


Dest = Annotated[
    Destination,
    Arg("target (default), edge, half, or the fraction of the band at which to stop.",
        read_destination, "word or fraction"),
]  # fmt: skip

FIVE_PERCENT = Vector(np.array([0.05]), None)
TEN_BP = Vector(np.array([0.001]), None)
HELD: Grid = [["AAA", 58], ["BBB", 22], ["CCC", 20]]
WANTED: Grid = [["AAA", 0.5], ["BBB", 0.25], ["CCC", 0.25]]


AMOUNT = arguments.number_between("an amount of 0 or more", least=0)
RATE = arguments.number_between("a cost per side from 0 to 0.5 (10 bp is 0.001)", least=0,
                                 greatest=0.5)  # fmt: skip
WIDTH = arguments.number_between("a band from 0 to 1 (5 % is 0.05)", least=0, greatest=1)


def with_headers(
    header: list[RawCell], rows: list[list[RawCell]], headers: bool
) -> list[list[RawCell]]:
    shown_rows = [header, *rows] if headers else rows
    return shown_rows or [[""]]


def refuse_unlisted(pair: Pair, current: Vector) -> None:
    """A target of what ``current`` does not list would have no place in an answer shaped like it."""
    if len(pair.first) > len(current):
        missing = pair.shown[len(current)]
        raise InputError(
            Problem(Code.UNKNOWN_SYMBOL, f"a target for {missing}, which current does not list",
                    "each target's label in current", "Add it with 0.", argument="current")
        )  # fmt: skip


def shaped_like(current: Vector, found: list[float]) -> list[list[RawCell]]:
    """Numbers as a row or column like ``current``, its labels beside them."""
    if current.labels is None:
        return [list(found)] if current.across else [[each] for each in found]
    if current.across:
        return [list(current.labels), list(found)]
    return [[label, each] for label, each in zip(current.labels, found, strict=True)]
