"""What a trade costs and how wide a band to give."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from xl_rebal import arguments
from xl_rebal.arguments import Vector, paired, per_asset
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.shared import AMOUNT, HELD, TEN_BP, WANTED, Current, RateArg
from xl_rebal.model.portfolio import CASH
from xl_rebal.numerics import bands
from xl_rebal.numerics.costs import self_financing_wealth
from xl_rebal.typing import BoolArray, FloatArray
from xl_rebal.wording import money, percent, shown
from xl_rebal.worksheet import Answer, Arg, worksheet_function


@worksheet_function(
    returns="the cost in currency",
    example=(HELD, WANTED, 100000, 0.001, 1),
)
def cost(
    current: Current,
    proposed: Annotated[
        Vector,
        Arg(
            "Weights after the trade, adding to 1.", arguments.weights, "fractions", "row or column"
        ),
    ],
    value: Annotated[
        float,
        Arg(
            "Value of the portfolio before the trade.",
            arguments.number_between("a value above 0", above=0),
            "currency",
        ),
    ],
    rate: RateArg = TEN_BP,
    fee: Annotated[
        float, Arg("Ticket fee of each trade; 0 if left out.", AMOUNT, "currency")
    ] = 0.0,
) -> Answer:
    """What a change of weights costs, paid from the portfolio itself (CASH is free)."""
    pair = paired(current, proposed, ("current", "proposed"))
    rates = per_asset(rate, pair.labels, len(pair.first), "rate")
    _refuse(rates, (rates < 0) | (rates > 0.5), "rate", "rates from 0 to 0.5 per side",
            "10 bp is 0.001.")  # fmt: skip
    is_cash = np.array([name == CASH for name in pair.names])
    rates = np.where(is_cash, 0.0, rates)
    fees = np.where(is_cash, 0.0, fee)
    left = self_financing_wealth(pair.first, pair.second, value, rates, rates, fees)
    if left <= 0:
        raise InputError(
            Problem(Code.OUT_OF_RANGE, f"costs above the value of {money(value)}",
                    "a value that can pay them", argument="value")
        )  # fmt: skip
    return value - left


@worksheet_function(
    returns="half-widths (fractions), shaped like target", example=(0.6, 0.001, 3), spills=False
)
def band(
    target: Annotated[
        Vector,
        Arg(
            "Target weight of the asset, one or several.",
            arguments.vector,
            "fraction",
            "one cell, row or column",
        ),
    ],
    cost: RateArg,
    risk_aversion: Annotated[
        float,
        Arg(
            "small-cost: relative risk aversion (2 to 6 is usual); one-period: as in XR_OPTIMAL.",
            arguments.number_between("a number above 0", above=0),
        ),
    ],
    model: Annotated[
        str,
        Arg(
            "small-cost (default): variance cancels; one-period: narrows with variance.",
            arguments.word("small-cost", "one-period"),
            "word",
        ),
    ] = "small-cost",
    volatility: Annotated[
        Vector | None,
        Arg(
            "Annual, of the asset against the rest; for one-period.",
            arguments.vector,
            "a year",
            "one cell, row or column",
        ),
    ] = None,
) -> Answer:
    """A suggested half-width of a band; the optimum is flat: 25 % more or less hardly matters."""
    wanted = target.values
    rates = per_asset(cost, target.labels, len(wanted), "cost")
    _refuse(rates, (rates <= 0) | (rates > 0.5), "cost", "costs above 0 and at most 0.5 per side",
            "10 bp is 0.001; leave out what costs nothing, it needs no band.")  # fmt: skip
    if model == "small-cost":
        _refuse(wanted, (wanted <= 0) | (wanted >= 1), "target", "targets above 0 and below 1",
                "At 0 and 1 there is no rest to weigh it against; leave it out.")  # fmt: skip
        found = bands.small_cost_width(wanted, rates, risk_aversion)
        _refuse_width(found, "risk_aversion", "2 to 6 is usual.")
    else:
        _refuse(wanted, (wanted < 0) | (wanted > 1), "target", "targets from 0 to 1")
        if volatility is None:
            raise InputError(
                Problem(Code.MISSING_RISK, "no volatility", "an annual volatility above 0",
                        "The one-period model needs it.", argument="volatility")
            )  # fmt: skip
        spread = per_asset(volatility, target.labels, len(wanted), "volatility")
        _refuse(spread, (spread <= 0) | (spread > 1), "volatility",
                "volatilities above 0 and at most 1", "20 % a year is 0.2.")  # fmt: skip
        with np.errstate(divide="ignore", over="ignore"):
            found = bands.one_period_width(rates, risk_aversion, spread)
        _refuse_width(found, "volatility", "It is of a year; or take a larger risk_aversion.")
    values = [float(width) for width in found]
    if len(values) == 1 and target.labels is None:
        return values[0]
    if target.labels is not None:
        return [[label, width] for label, width in zip(target.labels, values, strict=True)]
    return [list(values)] if target.across else [[width] for width in values]


def _refuse(
    values: FloatArray, wrong: BoolArray, argument: str, expected: str, fix: str = "Correct it."
) -> None:
    """Refuse the first of the values that is wrong, with its place where there are several."""
    if wrong.any():
        place = int(np.argmax(wrong))
        found = shown(float(values[place])) + _of(place, len(values))
        raise InputError(Problem(Code.OUT_OF_RANGE, found, expected, fix, argument=argument))


def _of(place: int, count: int) -> str:
    return f" for asset {place + 1}" if count > 1 else ""


def _refuse_width(widths: FloatArray, argument: str, fix: str) -> None:
    """A band is a part of the portfolio: whatever makes it wider, or none, is a mistake."""
    wrong = ~((widths > 0) & (widths <= 1))
    if wrong.any():
        place = int(np.argmax(wrong))
        width = percent(float(widths[place])) + _of(place, len(widths))
        raise InputError(
            Problem(Code.OUT_OF_RANGE, f"a value that makes a band of {width}",
                    "one that makes a band above 0 and at most 100 % of the portfolio", fix,
                    argument=argument)
        )  # fmt: skip
