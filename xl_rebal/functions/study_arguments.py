"""Arguments of the functions that study past prices: price ranges, targets over time, options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from xl_rebal import arguments, cells
from xl_rebal.cells import Refusal, is_blank
from xl_rebal.errors import InputError, Problem
from xl_rebal.functions.shared import read_one
from xl_rebal.model.schedule import Schedule
from xl_rebal.worksheet import Arg

if TYPE_CHECKING:
    from xl_rebal.functions.work.study_options import StudyOptions
    from xl_rebal.functions.work.study_targets import StudyTargets
    from xl_rebal.model.prices import Prices


def read_prices(raw: object, name: str) -> Prices:
    """A price range as it stands on the sheet Prices."""
    from xl_rebal.functions.work.ranges import price_table

    return price_table(arguments.block(raw, name), name)


PricesArg = Annotated[
    "Prices",
    Arg("Header row with symbols, first column dates, prices below; a blank is a missing price.",
        read_prices, "total-return prices", "table"),
]  # fmt: skip


def read_targets(raw: object, name: str) -> StudyTargets:
    """One set of weights as a vector, rows as they stand where they are dated, or a generator's word."""
    from xl_rebal.functions.work import study_targets

    return study_targets.read_targets(raw, name)


TargetsArg = Annotated[
    "StudyTargets",
    Arg("Symbol and weight, adding to 1, or dates on the left and symbols above: the newest row up to a "
        "day holds. For tactical also \"inverse volatility\" or \"trend\" (from equal weights).",
        read_targets, "fractions", "row, column or table"),
]  # fmt: skip


def read_frequency(raw: object, name: str) -> Schedule:
    """A word, or every n rows."""
    from xl_rebal.workbook.parse_schedule import parse_frequency

    return read_one(parse_frequency, raw, name)


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


def read_options(raw: object, name: str) -> StudyOptions:
    """Two columns, name and value."""
    from xl_rebal.functions.work import study_options

    return study_options.read_options(raw, name)


OptionsArg = Annotated[
    "StudyOptions | None",
    Arg("Name, value: fee 0 (currency, an asset traded), capital 1, lag 0, offset 0 rows, day last, "
        "cost_rule exact, first_purchase FALSE, cash_rate and risk_free 0 a year, distance (as dest), kind, "
        "generator, window 252, trend 200, risk_aversion 1.", read_options, "", "two columns"),
]  # fmt: skip
