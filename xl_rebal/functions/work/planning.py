"""What a trade costs and how wide a band to give."""

from __future__ import annotations

import numpy as np

from xl_rebal.arguments import Vector, paired, per_asset
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.model.cash import CASH
from xl_rebal.numerics import bands
from xl_rebal.numerics.costs import self_financing_wealth
from xl_rebal.typing import BoolArray, FloatArray
from xl_rebal.wording import money, percent, shown
from xl_rebal.worksheet import Answer


def cost_of(current: Vector, proposed: Vector, value: float, rate: Vector, fee: float) -> Answer:
    """Currency that is left less than ``value``."""
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


def half_widths(
    target: Vector, cost: Vector, risk_aversion: float, model: str, volatility: Vector | None
) -> Answer:
    """The width of a model for each target, shaped like ``target``."""
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
