"""The trades by lot, what they cost and are taxed, and what proves them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xl_rebal.engine.optimal.answer import Status
from xl_rebal.engine.optimal.lots.problem import TaxedProblem
from xl_rebal.typing import FloatArray, IntArray


@dataclass(frozen=True)
class Tax:
    """Tax on the gains of short- and of long-term lots, and the saving of losses as the objective counts it;
    fractions of the whole value, each 0 or more."""

    short: float
    long: float
    benefit: float

    @property
    def total(self) -> float:
        """What is paid, less what is saved."""
        return self.short + self.long - self.benefit


@dataclass(frozen=True, eq=False)
class LotAnswer:
    """Sales by lot and buys by asset, fractions of the whole value before trading.

    weights: (n,), add to 1 within 1e-12. buys: (n,). sales: (L,) in the order of the lots given.
    relative_residual: of the KKT conditions of the convex problem with all directions fixed, to max(c, |q|);
    convex_bound: none of its plans is below. bound: no plan at all is below, whatever its directions.
    nodes: convex problems of the search over directions. binding: the rules that cost something, in words.
    """

    taxed: TaxedProblem
    weights: FloatArray
    sales: FloatArray
    relative_residual: float
    status: Status
    convex_bound: float
    bound: float
    nodes: int
    binding: tuple[str, ...]

    @cached_property
    def buys(self) -> FloatArray:
        """Bought of each asset, (n,): exactly 0 where it is not."""
        return np.maximum(self.weights - self.taxed.problem.current, 0.0)

    @property
    def trades(self) -> FloatArray:
        """w - w0, (n,)."""
        return np.asarray(self.weights - self.taxed.problem.current)

    @property
    def trade_count(self) -> int:
        """How many assets are traded."""
        return int(np.count_nonzero(self.trades))

    @property
    def sold_at_loss(self) -> IntArray:
        """The lots that are sold, in part at least, below their cost."""
        return np.flatnonzero((self.sales > 0) & self.taxed.is_loss)

    @cached_property
    def tax(self) -> Tax:
        taxed = self.taxed
        paid = self.sales * taxed.tax_rate
        is_long, is_loss = taxed.lots.is_long, taxed.is_loss
        return Tax(
            float(paid[~is_loss & ~is_long].sum()),
            float(paid[~is_loss & is_long].sum()),
            0.0 - float(paid[is_loss].sum()),
        )

    @property
    def tracking_variance(self) -> float:
        """(w - t)'S(w - t), of the horizon of the covariance."""
        return self.taxed.problem.tracking_variance(self.weights)

    @property
    def cost(self) -> float:
        """Costs of trading without tax, a fraction of the whole value."""
        return self.taxed.problem.linear_cost(self.weights)

    @property
    def objective(self) -> float:
        """gamma (w - t)'S(w - t) + costs + tax."""
        variance = self.taxed.problem.risk_aversion * self.tracking_variance
        return variance + self.cost + self.tax.total

    @property
    def gap(self) -> float:
        """No plan has an objective lower by more than this; a fraction of the whole value."""
        return max(0.0, self.objective - self.bound)

    @property
    def convex_gap(self) -> float:
        """No plan with these directions has one lower by more than this."""
        return max(0.0, self.objective - self.convex_bound)
