"""What is asked of whole shares, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass

from xl_rebal.typing import FloatArray, IntArray


@dataclass(frozen=True)
class Bands:
    """The weights (fractions of V1) between which groups of assets, and cash, are to end.

    group: the number of each asset's group, shape (n,).
    least, greatest: by group number, shape (m,); -inf and inf where there is no band.
    cash_least, cash_greatest: of cash.
    """

    group: IntArray
    least: FloatArray
    greatest: FloatArray
    cash_least: float
    cash_greatest: float


@dataclass(frozen=True)
class RoundingProblem:
    """What is held, what may be traded, where to go; all arrays have shape (n,), one book each.

    held: shares held now, >= 0, may be fractional.
    price: currency a share, > 0.
    step: the round lot in shares, > 0 (1, 10, 100; 0.0001 for four decimals).
    lowest, highest: least and greatest final quantity, lowest <= held <= highest; equal to held for
        an asset that may not be sold, or bought; highest may be inf.
    destination: weights (fractions of V1); that of cash is 1 - their sum.
    cash_cents: cash that may be spent: after a contribution or withdrawal, less the buffer. Negative
        when sales must cover it.
    buy_rate, sell_rate: cost per side, a fraction of the amount, in [0, 1).
    fee_cents: ticket fee of a trade.
    minimum_cents: a trade is nothing or at least this amount.
    guess: the ideal final quantities, fractional; only where the search starts from.
    bands: lists that end inside them come before all others; None where there are none to keep.
    """

    held: FloatArray
    price: FloatArray
    step: FloatArray
    lowest: FloatArray
    highest: FloatArray
    destination: FloatArray
    cash_cents: int
    buy_rate: FloatArray
    sell_rate: FloatArray
    fee_cents: IntArray
    minimum_cents: int
    guess: FloatArray
    bands: Bands | None = None


@dataclass(frozen=True)
class WholeShares:
    """The trades chosen.

    change: shares bought (> 0) or sold (< 0), shape (n,).
    amounts, costs: of each trade in cents, shape (n,), >= 0.
    cash_cents: final cash, >= 0: cash to spend + sells - buys - costs.
    cost_cents: rates and fees of all trades.
    measure: as the module defines it; 0 where no wealth is left to weigh.
    wealth_cents: the W of that measure.
    distance: what ends outside the bands, all groups and cash together, and where something does twice
        what was paid in costs, a fraction of the wealth before costs; 0 inside.
    proven: True when the search was complete, so that no better trades exist.
    """

    change: FloatArray
    amounts: IntArray
    costs: IntArray
    cash_cents: int
    cost_cents: int
    measure: float
    wealth_cents: float
    proven: bool
    distance: float = 0.0
