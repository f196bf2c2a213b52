"""The argument cost of a study."""

from __future__ import annotations

import numpy as np

from xl_rebal.arguments import Vector, per_asset
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.model.cash import CASH
from xl_rebal.typing import FloatArray
from xl_rebal.wording import shown


def rates_of(cost: Vector, symbols: tuple[str, ...]) -> FloatArray:
    """Cost per side of each symbol; CASH costs nothing and needs no number."""
    assets = tuple(symbol for symbol in symbols if symbol != CASH)
    if cost.keys is None and len(cost) == len(symbols):
        assets = symbols
    rates = np.zeros(len(symbols))
    rates[[symbols.index(each) for each in assets]] = per_asset(cost, assets, len(assets), "cost")
    wrong = (rates < 0) | (rates > 0.5)
    if wrong.any():
        raise InputError(
            Problem(Code.OUT_OF_RANGE, shown(float(rates[wrong][0])),
                    "costs from 0 to 0.5 per side", "10 bp is 0.001.", argument="cost")
        )  # fmt: skip
    return rates
