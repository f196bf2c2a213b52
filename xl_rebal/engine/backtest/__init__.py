"""A policy on past prices: self-financing, without look-ahead, every convention an argument.

On each row: returns first, then money that comes or goes, then the decision on that close, then the
trade at that close (``lag`` 0) or so many rows later. Between trades shares are held, so the engine goes
from event to event and never from row to row. Tables (T, n) lie in memory by asset, since nearly all that is
done with them runs along the rows.
"""

from xl_rebal.engine.backtest.conventions import Conventions, CostRule, per_asset_but_cash
from xl_rebal.engine.backtest.filled import filled_prices
from xl_rebal.engine.backtest.result import Backtest, Reason
from xl_rebal.engine.backtest.run import backtest

__all__ = [
    "Backtest",
    "Conventions",
    "CostRule",
    "Reason",
    "backtest",
    "filled_prices",
    "per_asset_but_cash",
]
