"""A backtest from day to day in plain Python, written from the definitions.

Wealth after costs is found by halving an interval, and so is a projection; volatilities and means are
taken anew for every window, with the standard library's exact sums. No code is shared with the product.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from xl_rebal.model.plan import Destination
from xl_rebal.typing import FloatArray

Widths = list[list[float] | None]
"""Half-widths by row; None where they are not known."""


@dataclass
class Slow:
    values: list[float]
    trades: list[tuple[int, list[float], list[float], float]]  # row, before, after, cost


def root(function: Callable[[float], float], low: float, high: float) -> float:
    for _ in range(200):
        middle = (low + high) / 2
        if function(middle) > 0:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def filled(goal: list[float], low: list[float], high: list[float], budget: float) -> list[float]:
    """The nearest to ``goal`` between low and high that adds to the budget."""

    def at(shift: float) -> list[float]:
        return [min(max(g + shift, a), b) for g, a, b in zip(goal, low, high, strict=True)]

    shift = root(lambda m: sum(at(m)) - budget, -3.0, 3.0)
    return at(shift)


def destination(w: list[float], t: list[float], bands: list[float], to: Destination) -> list[float]:
    if to.is_target:
        return list(t)
    low, high = [], []
    for now, goal, band in zip(w, t, bands, strict=True):
        wide = band
        if abs(now - goal) > band + 1e-12:
            wide = to.fraction * band if to.distance is None else min(to.distance, band)
            low.append(goal - wide)
            high.append(goal + wide)
        else:
            low.append(min(goal - wide, now))
            high.append(max(goal + wide, now))
    moved = [min(max(x, a), b) for x, a, b in zip(w, low, high, strict=True)]
    if moved == w:
        return w
    if sum(moved) < 1:
        return filled(t, moved, high, 1.0)
    return filled(t, low, moved, 1.0)


def reachable(
    w: list[float], t: list[float], bands: list[float], to: Destination, priced: list[bool]
) -> list[float]:
    """The destination where only what has a price on the row can be traded (to the target only)."""
    if all(priced):
        return destination(w, t, bands, to)
    assert to.is_target
    low = [0.0 if can else now for now, can in zip(w, priced, strict=True)]
    high = [9.0 if can else now for now, can in zip(w, priced, strict=True)]
    return filled(t, low, high, 1.0) if any(priced) else list(w)


def outside(w: list[float], t: list[float], bands: list[float]) -> float:
    """What stands outside the bands, added up."""
    return sum(max(0.0, abs(a - b) - band) for a, b, band in zip(w, t, bands, strict=True))


def slow(prices: FloatArray, targets: Sequence[list[float]], *, looks: set[int], always: set[int],
         widths: Widths, to: Destination, rates: list[float], fees: list[float], lag: int,
         flows: dict[int, float], pre_trade: bool, charge_first: bool, capital: float,
         new: frozenset[int] = frozenset(), priced: list[list[bool]] | None = None) -> Slow:  # fmt: skip
    """``prices`` to value at; ``new`` rows of new targets that are traded; ``priced``: whether an asset has a
    price on a row. A flow falls on a row on which something that has a target has a price."""
    rows, n = len(prices), len(targets[0])

    def fixed_part(before: list[float], wealth: float, can: list[bool]) -> float:
        return sum(x * wealth for x, is_priced in zip(before, can, strict=True) if not is_priced)

    def after_costs(
        before: list[float], after: list[float], wealth: float, can: list[bool]
    ) -> float:
        """The f with which what has a price ends at f x its weight; the wealth itself where all have one."""
        traded = [abs(a - b) > 1e-12 for a, b in zip(after, before, strict=True)]
        paid = sum(fee for fee, is_traded in zip(fees, traded, strict=True) if is_traded)
        kept = fixed_part(before, wealth, can)
        share = sum(x for x, is_priced in zip(after, can, strict=True) if is_priced)
        if pre_trade:
            moved = sum(rate * abs(a - b) for rate, a, b in zip(rates, after, before, strict=True))
            return (wealth - wealth * moved - paid - kept) / (share if kept else 1.0)

        def left_over(f: float) -> float:
            return kept + f * (share if kept else 1.0) + paid - wealth + sum(
                rate * abs(a * f - b * wealth)
                for rate, a, b, is_traded in zip(rates, after, before, traded, strict=True) if is_traded
            )  # fmt: skip

        return root(left_over, 0.0, 2 * wealth)

    def held_after(
        before: list[float], after: list[float], wealth: float, can: list[bool]
    ) -> list[float]:
        f = after_costs(before, after, wealth, can)
        return [
            a * f if is_priced else b * wealth
            for a, b, is_priced in zip(after, before, can, strict=True)
        ]

    wealth = capital
    everything = [True] * n
    if charge_first:
        wealth = after_costs([0.0] * n, targets[0], capital, everything)
    held = [wealth * x / p for x, p in zip(targets[0], prices[0], strict=True)]
    found = Slow([wealth], [])
    pending, decided, missed = None, 0, False
    for row in range(1, rows):
        values = [x * p for x, p in zip(held, prices[row], strict=True)]
        wealth, t, width = sum(values), targets[row], widths[row]
        can = everything if priced is None else priced[row]
        if row < rows - 1:
            flow = flows.get(row, 0.0)
            if flow:
                # buys (or sells) only, nearest to the target
                whole = wealth + flow
                w = [x / whole for x in values]
                more = [9.0 if is_priced else x for x, is_priced in zip(w, can, strict=True)]
                less = [0.0 if is_priced else x for x, is_priced in zip(w, can, strict=True)]
                after = filled(t, w, more, 1.0) if flow > 0 else filled(t, less, w, 1.0)
                values = held_after(w, after, whole, can)
                wealth = sum(values)
                found.trades.append((row, w, after, whole - wealth))
            w = [x / wealth for x in values]
            is_out = width is not None and any(
                abs(a - b) > band + 1e-12 for a, b, band in zip(w, t, width, strict=True)
            )
            if is_out and width is not None and not all(can):
                there = reachable(w, t, width, to, can)
                is_out = outside(there, t, width) < outside(w, t, width) - 1e-12
            is_date = row in always or row in new or missed
            if pending is None:
                missed = False
                if is_date or (row in looks and is_out):
                    pending, decided = row + lag, row
            if pending == row:
                pending = None
                # targets that came while the trade was on its way: decided on on the next row
                missed = any(decided < came <= row for came in new)
                goal, bands = targets[decided], widths[decided]
                after = list(w)
                if to.is_target or bands is not None:
                    after = reachable(w, goal, bands or [], to, can)
                if any(abs(a - b) > 1e-12 for a, b in zip(after, w, strict=True)):
                    values = held_after(w, after, wealth, can)
                    found.trades.append((row, w, after, wealth - sum(values)))
        held = [x / p for x, p in zip(values, prices[row], strict=True)]
        found.values.append(sum(values))
    return found


# ---- estimates ---------------------------------------------------------------------------------------


def deviation(values: Sequence[float]) -> float:
    """Of a sample, its sums rounded once: as near as the standard library's, without its fractions.

    >>> deviation([2.0, 4.0, 9.0]) == statistics.stdev([2.0, 4.0, 9.0])
    True
    """
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((x - mean) ** 2 for x in values) / (len(values) - 1))


def volatility(closes: list[float], row: int, window: int) -> float | None:
    """Of the newest ``window`` returns without a gap that end on ``row`` or before, and vary."""
    for last in range(row, window - 1, -1):
        part = closes[last - window : last + 1]
        if not any(math.isnan(x) for x in part):
            found = deviation([b / a - 1 for a, b in pairwise(part)])
            if found > 1e-12:
                return found
    return None


def columns(prices: FloatArray) -> list[list[float]]:
    return [[float(x) for x in column] for column in prices.T]


def volatility_widths(
    prices: FloatArray, targets: Sequence[list[float]], band: float, window: int, cash: int | None
) -> Widths:
    """By the formula; CASH is taken to have no volatility and keeps the plain band."""
    found: Widths = []
    for row, t in enumerate(targets):
        spread = [volatility(closes, row, window) for closes in columns(prices)]
        if cash is not None:
            spread[cash] = 0.0
        if any(s is None and x > 0 for s, x in zip(spread, t, strict=True)):
            found.append(None)
            continue
        known = [s or 0.0 for s in spread]
        mean = sum(x * s for x, s in zip(t, known, strict=True))
        found.append([band if i == cash else band * s / mean for i, s in enumerate(known)])
    return found


def inverse_volatility(
    prices: FloatArray, base: list[float], row: int, window: int, cash: int | None
) -> list[float] | None:
    """The targets made on ``row``; None where nothing has an estimate."""
    weights, inverse = list(base), {}
    for i, closes in enumerate(columns(prices)):
        if base[i] > 0 and i != cash and (s := volatility(closes, row, window)) is not None:
            inverse[i] = 1 / s
    for i, part in inverse.items():
        weights[i] = sum(base[j] for j in inverse) * part / sum(inverse.values())
    return weights if inverse else None


def trend(
    prices: FloatArray, base: list[float], row: int, window: int, cash: int
) -> list[float] | None:
    """The targets made on ``row``; None where nothing has an estimate."""
    weights, has_any = list(base), False
    for i, closes in enumerate(columns(prices)):
        if base[i] == 0 or i == cash:
            continue
        for last in range(row, window - 2, -1):
            part = closes[last - window + 1 : last + 1]
            if any(math.isnan(x) for x in part):
                continue
            has_any = True
            if part[-1] < statistics.fmean(part) * (1 - 1e-12):
                weights[cash] += weights[i]
                weights[i] = 0.0
            break
    return weights if has_any else None
