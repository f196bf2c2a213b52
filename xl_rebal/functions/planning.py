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
from xl_rebal.wording import money, shown
from xl_rebal.worksheet import Answer, Arg, worksheet_function


@worksheet_function(
    returns="currency",
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
    if (rates < 0).any() or (rates > 0.5).any():
        raise InputError(
            Problem(Code.OUT_OF_RANGE, shown(float(rates.max())), "rates from 0 to 0.5 per side",
                    argument="rate")
        )  # fmt: skip
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
    returns="half-widths, shaped like target", example=(0.6, 0.001, 3), spills=False
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
    shape = target.values
    if (shape < 0).any() or (shape > 1).any():
        raise InputError(
            Problem(Code.OUT_OF_RANGE, shown(float(shape.max())), "targets from 0 to 1",
                    argument="target")
        )  # fmt: skip
    rates = per_asset(cost, target.labels, len(shape), "cost")
    if (rates < 0).any() or (rates > 0.5).any():
        raise InputError(
            Problem(Code.OUT_OF_RANGE, shown(float(rates.max())), "costs from 0 to 0.5 per side",
                    argument="cost")
        )  # fmt: skip
    if model == "small-cost":
        found = bands.small_cost_width(shape, rates, risk_aversion)
    else:
        if volatility is None:
            raise InputError(
                Problem(Code.MISSING_RISK, "no volatility", "an annual volatility above 0",
                        "The one-period model needs it.", argument="volatility")
            )  # fmt: skip
        spread = per_asset(volatility, target.labels, len(shape), "volatility")
        if (spread <= 0).any():
            raise InputError(
                Problem(Code.OUT_OF_RANGE, shown(float(spread.min())), "volatilities above 0",
                        argument="volatility")
            )  # fmt: skip
        found = bands.one_period_width(rates, risk_aversion, spread)
    values = [float(width) for width in found]
    if len(values) == 1 and target.labels is None:
        return values[0]
    if target.labels is not None:
        return [[label, width] for label, width in zip(target.labels, values, strict=True)]
    return [list(values)] if target.across else [[width] for width in values]
