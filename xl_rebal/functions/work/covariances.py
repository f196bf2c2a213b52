"""Covariances of past returns."""

from __future__ import annotations

import numpy as np

from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.model.prices import Prices
from xl_rebal.numerics.covariance import ewma_covariance, sample_covariance, shrunk_covariance
from xl_rebal.wording import counted
from xl_rebal.worksheet import Answer

_ESTIMATORS = {
    "sample": sample_covariance,
    "shrunk": shrunk_covariance,
    "ewma": ewma_covariance,
}


def covariance_of(prices: Prices, method: str, window: int | None) -> Answer:
    """The covariance (n, n) of the last returns, a year."""
    count = len(prices.dates) - 1 if window is None else window
    if count < 2 or count >= len(prices.dates):
        raise InputError(
            Problem(Code.TOO_FEW_PRICES, f"{counted(len(prices.dates), 'row')} of prices",
                    f"{max(count, 2) + 1} or more", argument="prices")
        )  # fmt: skip
    returns, years = prices.last_returns(count)
    has_gap = np.isnan(returns).any(axis=0)
    if has_gap.any():
        symbol = prices.symbols[int(has_gap.argmax())]
        raise InputError(
            Problem(Code.MISSING_PRICE, f"a missing price of {symbol} in the window",
                    "a price on every row", "Fill it, or take a shorter window.",
                    argument="prices")
        )  # fmt: skip
    found = _ESTIMATORS[method](returns, years)
    return [list(row) for row in found.tolist()]
