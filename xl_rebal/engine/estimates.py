"""What is estimated from past prices while a policy runs: never from a later one."""

from __future__ import annotations

import numpy as np

from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.model.prices import Prices
from xl_rebal.numerics.rolling import last_known
from xl_rebal.typing import BoolArray, FloatArray
from xl_rebal.wording import counted

LEAST_VOLATILITY = 1e-12
"""A standard deviation of returns no larger than this is rounding: the price does not vary."""


def newest_volatilities(prices: Prices, window: int) -> FloatArray:
    """The volatility (a row, not a year) that is known of each asset on each row; (T, n).

    Of the last ``window`` returns. Where a price is missing among theirs, or does not vary, the newest
    estimate before holds; NaN until there is one.
    """
    found = prices.volatilities(window)
    return last_known(np.where(found > LEAST_VOLATILITY, found, np.nan))


def refuse_short(known: BoolArray, window: str) -> None:
    """Raise InputError where nothing is ``known`` (T,) on any row that may trade, all but the last.

    A policy that never sees a full window would pass for one that found nothing to do.
    """
    if not known[:-1].any():
        raise InputError(
            Problem(
                Code.TOO_FEW_PRICES, f"{len(known)} rows of prices without a full window before the last",
                f"more than {window} in a row", "Give more rows of prices, or a shorter window.",
                argument="prices",
            )
        )  # fmt: skip


def refuse_none_today(known: BoolArray, window: str) -> None:
    """Raise InputError where nothing is ``known`` (T,) on the last row."""
    if len(known) and known[-1]:
        return
    raise InputError(
        Problem(
            Code.TOO_FEW_PRICES, f"{counted(len(known), 'row')} of prices without a full window up to the last",
            f"at least {window} in a row", "Give more rows of prices, or a shorter window.",
            argument="prices",
        )
    )  # fmt: skip
