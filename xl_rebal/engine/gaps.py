"""What is missing in a table of prices, and what a backtest makes of it, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xl_rebal.model.portfolio import CASH
from xl_rebal.model.prices import Prices
from xl_rebal.wording import counted


def about_gaps(prices: Prices) -> Iterator[str]:
    """A sentence on each late start, early end and hole, column by column; none on an empty column.

    A column for CASH may be empty: then it earns its rate.
    """
    for symbol in prices.symbols:
        known = np.flatnonzero(~np.isnan(prices.column(symbol)))
        if not known.size:
            continue
        is_cash = symbol == CASH
        begins, ends = prices.dates[int(known[0])], prices.dates[int(known[-1])]
        if known[0] > 0:
            then = "it earns the cash rate" if is_cash else "the others share its target"
            yield f"Prices of {symbol} begin on {begins}: until then {then}."
        if known[-1] < len(prices.dates) - 1:
            then = "it earns nothing" if is_cash else "it is held at its last price"
            yield f"Prices of {symbol} end on {ends}: from then on {then}."
        holes = int(known[-1] - known[0] + 1 - len(known))
        if holes:
            then = "" if is_cash else " and not traded there"
            yield (
                f"Between its first and last price {symbol} has none on {counted(holes, 'row')}: it is "
                f"held at its last price{then}."
            )
