"""What is asked with tax: the convex problem, beside lots, rates, and what may be neither bought nor sold."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from xl_rebal.engine.optimal.problem import OptimalProblem
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.typing import BoolArray, FloatArray, IntArray
from xl_rebal.wording import percent

_SAME = 1e-9
"""Lots that add to the weight of their asset within this are scaled to it."""


@dataclass(frozen=True, eq=False)
class TaxRates:
    """Fractions of a gain that are paid as tax, and of a loss that are saved, by holding period.

    A loss has the rates of what it would offset.
    """

    short: float
    long: float
    short_loss: float = 0.0
    long_loss: float = 0.0


@dataclass(frozen=True, eq=False)
class Lots:
    """L lots, in any order; arrays (L,).

    asset: the place of its asset. weight: fraction of the whole value before trading.
    gain: (p - c) / p, a fraction of the proceeds, below 0 a loss; NaN where the cost is unknown.
    is_long: held long enough for the long-term rates.
    in_wash_window: bought or replaced too recently to be sold at a loss. is_locked: not sold at all.
    """

    asset: IntArray
    weight: FloatArray
    gain: FloatArray
    is_long: BoolArray
    in_wash_window: BoolArray
    is_locked: BoolArray

    @property
    def size(self) -> int:
        """L, the number of lots."""
        return len(self.asset)


@dataclass(frozen=True, eq=False)
class TaxedProblem:
    """Minimise gamma (w-t)'S(w-t) + costs + tax over sales by lot and buys by asset, sum w = 1.

    method.md section 4: tax and costs are in the objective only, as elsewhere in this package.

    problem: without tax; its lower limits are numbers.
    lots: those of an asset add to its current weight. An asset without lots (cash) is sold without tax.
    may_buy: assets (n,) that may be bought; by default all.
    identity: group (n,) of substantially identical assets; -1, the default, is like no other. Where a lot
        of a group is sold at a loss nothing of the group is bought.
    harvest: whether the saving of a loss counts in full; otherwise as 0, as in XR_OPTIMAL.

    Raises InputError with everything that is wrong.
    """

    problem: OptimalProblem
    lots: Lots
    rates: TaxRates
    may_buy: BoolArray = field(default_factory=lambda: np.empty(0, dtype=np.bool_))
    identity: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    harvest: bool = False

    def __post_init__(self) -> None:
        n, lots = self.problem.size, self.lots
        if not self.may_buy.size:
            object.__setattr__(self, "may_buy", np.ones(n, dtype=np.bool_))
        if not self.identity.size:
            object.__setattr__(self, "identity", np.full(n, -1, dtype=np.int64))
        arrays = lots.weight, lots.gain, lots.is_long, lots.in_wash_window, lots.is_locked
        if any(each.shape != lots.asset.shape for each in arrays):
            raise ValueError(f"lots: every array must have the {lots.size} lots")
        if self.may_buy.shape != (n,) or self.identity.shape != (n,):
            raise ValueError(f"lots: every array must have the {n} assets of the problem")
        if ((lots.asset < 0) | (lots.asset >= n)).any():
            raise ValueError("lots: every lot needs an asset of the problem")
        if not np.isfinite(self.problem.lower).all():
            raise ValueError("lots: lower limits must be numbers")
        found = [*self._wrong_rates(), *self._wrong_lots()]
        found = found or self._wrong_sums()
        if found:
            raise InputError(found)

    def _wrong_rates(self) -> list[Problem]:
        named = {
            "short-term": self.rates.short,
            "long-term": self.rates.long,
            "short-term loss": self.rates.short_loss,
            "long-term loss": self.rates.long_loss,
        }
        return [
            Problem(
                Code.OUT_OF_RANGE, f"a {name} rate of {percent(rate)}", "0 % to 100 %",
                "Type the rate as a fraction of the gain or loss.", argument="rates",
            )
            for name, rate in named.items()
            if not 0 <= rate <= 1
        ]  # fmt: skip

    def _wrong_lots(self) -> list[Problem]:
        lots, found = self.lots, []
        for each in range(lots.size):
            gain, weight = float(lots.gain[each]), float(lots.weight[each])
            name = self.problem.name(int(lots.asset[each]))
            about = ("asset", name)
            if not 0 <= weight < np.inf:
                found.append(
                    Problem(Code.OUT_OF_RANGE, f"a lot of {name} that is {percent(weight)} of the value",
                            "0 % or more", "Lots are held, not owed.", about=about)
                )  # fmt: skip
            if np.isnan(gain):
                if not lots.is_locked[each]:
                    found.append(
                        Problem(Code.UNKNOWN_COST, f"a lot of {name} that may be sold, its cost unknown",
                                "a known cost", "Give its cost, or lock the lot.", about=about)
                    )  # fmt: skip
            elif not -np.inf < gain <= 1:
                found.append(
                    Problem(Code.OUT_OF_RANGE,
                            f"a lot of {name} with a gain of {percent(gain)} of its proceeds",
                            "100 % at most", "Divide the gain by the value, not by the cost.", about=about)
                )  # fmt: skip
        return found

    def _wrong_sums(self) -> list[Problem]:
        held = np.bincount(self.lots.asset, self.lots.weight, self.problem.size)
        off = np.abs(held - self.problem.current) > _SAME
        return [
            Problem(
                Code.CONFLICT,
                f"lots that are {percent(held[i], 4)} of the value in {self.problem.name(i)}",
                f"{percent(self.problem.current[i], 4)}, its weight",
                "List every lot of the asset, or none.",
                about=("asset", self.problem.name(i)),
            )
            for i in np.flatnonzero(off & self.has_lots).tolist()
        ]

    @cached_property
    def has_lots(self) -> BoolArray:
        """Assets (n,) that have lots."""
        return np.bincount(self.lots.asset, minlength=self.problem.size) > 0

    @cached_property
    def groups(self) -> tuple[IntArray, ...]:
        """The places of each identity group; an asset like no other is one of its own."""
        given = self.identity
        alone = [np.array([i]) for i in np.flatnonzero(given < 0)]
        return (*alone, *(np.flatnonzero(given == each) for each in np.unique(given[given >= 0])))

    @cached_property
    def sizes(self) -> FloatArray:
        """Weights of the lots (L,), scaled so that those of an asset add to its weight."""
        asset, weight = self.lots.asset, self.lots.weight
        held = np.bincount(asset, weight, self.problem.size)
        apart = np.abs(held - self.problem.current) > 1e-14
        whole = np.divide(
            self.problem.current, held, out=np.ones_like(held), where=apart & (held > 0)
        )
        return np.asarray(weight * whole[asset])

    @cached_property
    def is_loss(self) -> BoolArray:
        """Lots (L,) below their cost."""
        return np.asarray(self.lots.gain < 0)

    @cached_property
    def may_sell(self) -> BoolArray:
        """Lots (L,) that may be sold: not locked, and no loss in a wash window."""
        lots = self.lots
        return np.asarray(
            ~lots.is_locked & ~(self.is_loss & lots.in_wash_window) & (self.sizes > 0)
        )

    @cached_property
    def rate(self) -> FloatArray:
        """What is paid of each lot's gain, or saved of its loss, fractions (L,), harvested or not."""
        rates, is_long = self.rates, self.lots.is_long
        on_gain = np.where(is_long, rates.long, rates.short)
        return np.where(self.is_loss, np.where(is_long, rates.long_loss, rates.short_loss), on_gain)

    @cached_property
    def tax_rate(self) -> FloatArray:
        """Tax by lot as the objective counts it, a fraction of the proceeds (L,); below 0 a saving."""
        tax = np.where(np.isnan(self.lots.gain), 0.0, self.lots.gain) * self.rate
        return tax if self.harvest else np.maximum(tax, 0.0)

    @cached_property
    def order(self) -> IntArray:
        """Lots (L,) by asset, and in the order in which they are sold: least tax first, then least gain."""
        return np.lexsort((self.lots.gain, self.tax_rate, self.lots.asset))

    def sold_first(self, asset: int, losses: bool = True) -> IntArray:
        """The lots of an asset that may be sold, in order; without those at a loss unless ``losses``."""
        order = self.order[self._first[asset] : self._first[asset + 1]]
        return order[self.may_sell[order] & (losses | ~self.is_loss[order])]

    @cached_property
    def _first(self) -> IntArray:
        counts = np.bincount(self.lots.asset, minlength=self.problem.size)
        return np.concatenate(([0], np.cumsum(counts)))
