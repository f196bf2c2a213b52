"""What is done silently elsewhere: costs, lag, first purchase, cash, flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from xl_rebal.model.cash import CASH
from xl_rebal.model.study_settings import CostRule as CostRule
from xl_rebal.model.windows import VOLATILITY_WINDOW
from xl_rebal.typing import FloatArray


@dataclass(frozen=True)
class Conventions:
    """What is done silently elsewhere.

    ``rate``: cost per side, a fraction, one or one per asset (n,); ``fee``: currency a trade of an asset,
    one or one per asset (n,), where the portfolio begins with ``capital`` currency. CASH costs nothing.
    ``cash_rate``: what CASH earns a year until a column of prices for it has a number, compounded over
    days / 365.25. ``flows``: currency by date, + in, - out; on a date without a row it arrives on the next
    one, and so it does where nothing that has a target but CASH has a price on the row. ``window``: how
    many returns up to a row's close are behind the volatilities of bands that scale with them. Until every
    asset with a target has had so many without a gap, no band is tested and nothing trades into one; over
    a later gap its newest volatility holds.
    """

    rate: float | FloatArray = 0.0
    fee: float | FloatArray = 0.0
    capital: float = 1.0
    lag: int = 0
    charge_first_purchase: bool = False
    cost_rule: CostRule = CostRule.EXACT
    cash_rate: float = 0.0
    flows: Mapping[date, float] = field(default_factory=dict)
    window: int = VOLATILITY_WINDOW


def per_asset_but_cash(amount: float | FloatArray, symbols: tuple[str, ...]) -> FloatArray:
    """A rate or fee, one or one an asset, for each asset (n,); 0 for CASH, which costs nothing."""
    found = np.full(len(symbols), amount, dtype=np.float64)
    found[[symbol == CASH for symbol in symbols]] = 0.0
    return found
