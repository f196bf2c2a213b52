"""The best whole-share trades: what to buy and sell when only round lots can be traded.

**The measure.** With final quantities q, prices p and final cash c (cash to spend + sells - buys -
costs, all to the cent), wealth after costs is V1 = c + sum q_i p_i (a cash buffer is already taken
out), the weights are w_i = q_i p_i / V1 and w_cash = c / V1, and

    measure = sum_i (w_i - destination_i)^2 + (w_cash - destination_cash)^2,
    destination_cash = 1 - sum_i destination_i,

is minimised over all allowed trades with c >= 0. Costs count only through what they do to the
weights: a ticket fee is paid for any improvement, however small. Measures within
1e-12 x measure + 1e-18 of the least are equal; among them the fewest trades win, then the smallest
turnover, then the trades that give more (or take less) to the asset that comes first.

**Allowed trades** of an asset: nothing; a whole number of steps up or down that stays within
``lowest`` and ``highest``; or, where ``lowest`` is 0, everything that is held, be it a fraction or
no multiple of the step. A trade is at least ``minimum_cents``, and that holds for selling out too:
a position smaller than the minimum stays.

**The method** is exact branch and bound. Nothing has an order in which it can be starved: the
assets are settled from the coarsest (price x step) to the finest, each from its best quantity
outwards. With u = 1 / V1 the deviations x_i = v_i u - d_i of all assets and cash add to 0, so once
some are settled the others must add to T = -(their sum). For *any* number m the sum of squares of
the others is then at least

    2 m T + sum of the least of (x^2 - 2 m x) = 2 m T - (r + 1) m^2 + sum of the least (x - m)^2

over the r assets left and cash. The last sum holds the whole-share part: the distance from m to the
nearest allowed weight, squared (for cash: how far m is below -destination_cash). With m = T/(r + 1)
and no distances it is the plain bound that spreads T evenly. V1 is not known before the last asset
is settled, but it is V0 less the losses (cost and cents) of the trades, each within its least and
greatest; so u lies in an interval, in which the settled part is a quadratic of which the least
value is taken, while every distance is shortened by the most that its weight can shift within the
interval. A node is dropped only when this bound is above the best measure found, with tolerance.

**What was checked.** On 10,500 generated books of one to four assets (round lots, fractions, costs,
tickets, minimum trades, withdrawals, locked assets, senseless guesses) a search through all that is
affordable, in whole numbers and sharing no code with this module, gave the same measure, number of
trades and turnover each time; 200 and more such books are compared in every test run. Ten assets at
ordinary prices take milliseconds, and mostly so do fifty; what makes a proof long is many assets
with ticket fees or minimum trades, or a share of 1 beside one of 100,000.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR
from itertools import pairwise
from math import ceil, floor, fsum, inf, sqrt
from typing import NamedTuple

import numpy as np

from xl_rebal.errors import Code, InfeasibleError, Problem
from xl_rebal.numerics.money import amount_cents, currency, decimal_of, rate_cents
from xl_rebal.typing import FloatArray, IntArray

NODE_LIMIT = 200_000
"""Quantities tried before the search gives up proving."""

_GRID = 1024  # values of m for which the distances are tabulated
_PAIR_WORK = 40_000_000  # pairs of moves that the local search may look at
_PARTNERS = 601  # moves that each move is paired with: none and those of the 300 finest assets


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


@dataclass(frozen=True)
class WholeShares:
    """The trades chosen.

    change: shares bought (> 0) or sold (< 0), shape (n,).
    cash_cents: final cash, >= 0: cash to spend + sells - buys - costs.
    cost_cents: rates and fees of all trades.
    measure: as the module defines it; 0 where no wealth is left to weigh.
    proven: True when the search was complete, so that no better trades exist.
    """

    change: FloatArray
    cash_cents: int
    cost_cents: int
    measure: float
    proven: bool


def best_whole_shares(problem: RoundingProblem, node_limit: int = NODE_LIMIT) -> WholeShares:
    """The whole-share trades of least measure that leave cash at or above 0.

    At most ``node_limit`` quantities are tried; what is best by then is returned, with ``proven``
    False when something better may exist. The answer does not depend on the machine's speed.

    Raises InfeasibleError when no allowed sales bring cash to 0.

    >>> from xl_rebal.engine.rounding import RoundingProblem, best_whole_shares
    >>> def row(*values): return np.array(values, dtype=float)
    >>> book = RoundingProblem(
    ...     held=row(0, 0, 0), price=row(600, 110, 130), step=row(1, 1, 1),
    ...     lowest=row(0, 0, 0), highest=row(np.inf, np.inf, np.inf),
    ...     destination=row(0.4, 0.3, 0.3), cash_cents=1_000_00,
    ...     buy_rate=row(0, 0, 0), sell_rate=row(0, 0, 0), fee_cents=np.zeros(3, dtype=np.int64),
    ...     minimum_cents=0, guess=row(0.667, 2.727, 2.308))
    >>> best = best_whole_shares(book)
    >>> best.change.tolist(), best.cash_cents, best.proven
    ([1.0, 2.0, 1.0], 5000, True)
    """
    assets = _assets(problem)
    best = _Best(assets, problem.cash_cents)
    best.offer(_start(assets, best, problem.guess))
    _exchange(best)
    proven = best.wealth <= best.nothing or _search(best, node_limit)
    if not proven:
        _exchange(best)
    return best.result(proven)


# ---- one asset ---------------------------------------------------------------------------------


class _Trade(NamedTuple):
    """One allowed trade of one asset; money in cents."""

    change: float  # shares
    amount: int
    cost: int
    net: int  # change of cash
    value: float  # of the final position
    loss: float  # V0 - V1 due to this trade: the cost and the cents rounded away


@dataclass
class _Asset:
    """The allowed trades of an asset, numbered by ``k``: k steps up (> 0) or down (< 0).

    Allowed are 0, ``low``..``-least_sale`` and ``least_buy``..``high``. Where all can be sold but
    is no multiple of the step, ``low`` stands for selling it all.
    """

    index: int
    held: float
    price: float
    step: float
    buy_rate: float
    sell_rate: float
    fee: int
    destination: float
    low: int = 0
    high: int = 0
    least_sale: int = 1
    least_buy: int = 1
    sells_out: bool = False
    known: dict[int, _Trade] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.unit = float(decimal_of(self.step) * decimal_of(self.price) * 100)  # cents a step
        self.worth = self.held * self.price * 100  # cents held now

    def trade(self, k: int) -> _Trade:
        found = self.known.get(k)
        if found is None:
            found = self.known[k] = self._trade(k)
        return found

    def _trade(self, k: int) -> _Trade:
        all_of_it = self.sells_out and k == self.low
        change = -self.held if all_of_it else float(decimal_of(self.step) * k)
        amount = amount_cents(abs(change), self.price)
        rate = self.buy_rate if k > 0 else self.sell_rate
        cost = rate_cents(amount, rate) + self.fee if k else 0
        net = (-amount if k > 0 else amount) - cost
        value = (self.held + change) * self.price * 100
        return _Trade(change, amount, cost, net, value, self.worth - value - net)

    def at_most(self, k: int) -> int | None:
        """The greatest allowed trade number up to ``k``."""
        if k >= self.least_buy:
            return min(k, self.high)
        if k >= 0:
            return 0
        k = min(k, -self.least_sale)
        return k if k >= self.low else None

    def at_least(self, k: int) -> int | None:
        """The least allowed trade number from ``k`` on."""
        if k <= -self.least_sale:
            return max(k, self.low)
        if k <= 0:
            return 0
        k = max(k, self.least_buy)
        return k if k <= self.high else None

    def worth_at_most(self, value: float) -> int:
        """The greatest allowed trade number whose final value is about ``value`` cents or less."""
        k = floor((value - self.worth) / self.unit + 1e-9)
        found = self.at_most(max(self.low, min(k, self.high)))
        return self.low if found is None else found

    @property
    def richest(self) -> int:
        """The trade that leaves the most cash: all that may be sold, unless its fee eats that."""
        return max(0, self.low, key=lambda k: self.trade(k).net)

    @property
    def kind(self) -> tuple[float, ...]:
        """Two assets for which this is the same can change places without any effect."""
        size = (self.unit, self.price, self.held, self.destination)
        return (*size, self.buy_rate, self.sell_rate, self.fee, self.low, self.high, self.sells_out)


def _assets(problem: RoundingProblem) -> list[_Asset]:
    columns = (
        *(problem.held, problem.price, problem.step, problem.buy_rate, problem.sell_rate),
        *(problem.fee_cents, problem.destination),
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    assets = [_Asset(index, *row) for index, row in enumerate(rows)]
    wealth = problem.cash_cents + fsum(asset.worth for asset in assets)
    for asset in assets:
        _number_trades(asset, problem, wealth + len(assets))
    return assets


def _number_trades(asset: _Asset, problem: RoundingProblem, wealth: float) -> None:
    """Set the allowed range; no position can be worth more than ``wealth`` cents."""
    step, held = decimal_of(asset.step), decimal_of(asset.held)
    lowest = float(problem.lowest[asset.index])
    highest = float(problem.highest[asset.index])
    asset.high = max(0, ceil((wealth - asset.worth) / asset.unit) + 1)
    if highest < inf:
        room = ((decimal_of(highest) - held) / step).to_integral_value(ROUND_FLOOR)
        asset.high = max(0, min(asset.high, int(room)))
    room = ((decimal_of(max(lowest, 0.0)) - held) / step).to_integral_value(ROUND_CEILING)
    asset.low = min(0, int(room))
    if lowest <= 0 and held + asset.low * step > 0:
        asset.low, asset.sells_out = asset.low - 1, True

    least = max(1, floor((problem.minimum_cents - 1) / asset.unit))
    while amount_cents(float(step * least), asset.price) < problem.minimum_cents:
        least += 1
    asset.least_buy = asset.least_sale = least
    if least > asset.high:
        asset.high, asset.least_buy = 0, 1
    if asset.sells_out and least >= -asset.low:
        asset.least_sale = -asset.low
    if asset.least_sale > -asset.low or asset.trade(asset.low).amount < problem.minimum_cents:
        asset.low, asset.least_sale, asset.sells_out = 0, 1, False
        asset.known.clear()


# ---- the best so far ---------------------------------------------------------------------------


class _Best:
    """Measures trade lists (one number k an asset) and keeps the best."""

    def __init__(self, assets: Sequence[_Asset], cash_cents: int) -> None:
        self.assets = assets
        self.cash = cash_cents
        self.wealth = fsum([cash_cents, *(asset.worth for asset in assets)])  # V0
        self.nothing = max(0.5, self.wealth * 1e-9)  # V1 up to here has no meaningful weights
        self.cash_destination = 1 - fsum(asset.destination for asset in assets)
        # The least measure seen. None can be above this: the squares of weights add to 1 at most.
        squares = [asset.destination**2 for asset in assets]
        self.least = (1 + sqrt(fsum([*squares, self.cash_destination**2]))) ** 2
        self.measured = inf  # of the chosen list; inf where it leaves no wealth
        self.chosen: list[int] = []
        self.key: tuple[int, int, list[float]] = (0, 0, [])

    def trades(self, chosen: Sequence[int]) -> list[_Trade]:
        return [asset.trade(k) for asset, k in zip(self.assets, chosen, strict=True)]

    def left(self, chosen: Sequence[int]) -> int:
        """Final cash in cents."""
        return self.cash + sum(trade.net for trade in self.trades(chosen))

    def measure(self, chosen: Sequence[int]) -> float:
        """The measure; inf for a list that overdraws or leaves no wealth."""
        cash, values = self.left(chosen), [trade.value for trade in self.trades(chosen)]
        wealth = fsum([cash, *values])
        if cash < 0 or wealth <= self.nothing:
            return inf
        pairs = zip(values, self.assets, strict=True)
        squares = [(value / wealth - asset.destination) ** 2 for value, asset in pairs]
        return fsum([*squares, (cash / wealth - self.cash_destination) ** 2])

    def offer(self, chosen: Sequence[int]) -> None:
        """Keep a list that is better: by measure, then trades, turnover, first come."""
        measured = self.measure(chosen)
        self.least = min(self.least, measured)
        equal = self.least * (1 + 1e-12) + 1e-18
        if self.chosen and measured > equal:
            return
        trades = self.trades(chosen)
        turnover = sum(trade.amount for trade in trades)
        key = (sum(k != 0 for k in chosen), turnover, [-trade.change for trade in trades])
        if not self.chosen or self.measured > equal or key < self.key:
            self.measured, self.chosen, self.key = measured, list(chosen), key

    def result(self, proven: bool) -> WholeShares:
        trades = self.trades(self.chosen)
        return WholeShares(
            change=np.array([trade.change for trade in trades], dtype=np.float64),
            cash_cents=self.left(self.chosen),
            cost_cents=sum(trade.cost for trade in trades),
            measure=self.measured if self.measured < inf else 0.0,
            proven=proven,
        )


# ---- a start that never overdraws --------------------------------------------------------------


def _start(assets: Sequence[_Asset], best: _Best, guess: FloatArray) -> list[int]:
    """The guess rounded down, then as much sold (or not bought) as cash at 0 asks for."""
    raised = sum(asset.trade(asset.richest).net for asset in assets)
    if best.cash + raised < 0:
        raise InfeasibleError(_too_large(-best.cash, raised))
    ideal = (guess * 100).tolist()
    chosen = [asset.worth_at_most(ideal[asset.index] * asset.price) for asset in assets]
    while (short := -best.left(chosen)) > 0:
        options = []
        for asset, k in zip(assets, chosen, strict=True):
            lower = _covering(asset, k, short)
            gain = asset.trade(lower).net - asset.trade(k).net
            changed = [*chosen[: asset.index], lower, *chosen[asset.index + 1 :]]
            measured = best.measure(changed) if gain >= short else inf
            options.append((measured, -gain, asset.index, lower))
        _, _, index, lower = min(options)
        chosen[index] = lower
    return chosen


def _covering(asset: _Asset, k: int, short: int) -> int:
    """The next trade below ``k`` that brings ``short`` cents more, else the one that brings most."""
    wanted = asset.trade(k).net + short
    lower = asset.at_most(max(asset.low, k - ceil(short / asset.unit)))
    while lower is not None and asset.trade(lower).net < wanted:
        missing = wanted - asset.trade(lower).net
        lower = asset.at_most(min(lower - 1, lower - floor(missing / asset.unit)))
    return asset.richest if lower is None else lower


def _too_large(needed: int, raised: int) -> Problem:
    short = f"{currency(needed - raised):,.2f}"
    return Problem(
        Code.INFEASIBLE,
        f"a withdrawal that leaves cash {short} short",
        f"at most {currency(raised):,.2f} to be raised by sales",
        f"Withdraw {short} less, or let more be sold.",
    )


# ---- local search ------------------------------------------------------------------------------


def _exchange(best: _Best) -> None:
    """Make the best single move or exchange of two for as long as that lowers the measure.

    A move takes an asset to its next quantity up or down. All pairs are measured at once: with
    deviations y and weights w at the wealth V0 and delta = V0 / V1 - 1, the measure is
    sum (y + w delta)^2 + (sum y + delta sum w)^2, so that a move only adds to a few sums.
    """
    free = sorted((a for a in best.assets if a.low < a.high), key=lambda asset: asset.unit)
    if not free or best.measured == inf or best.wealth <= best.nothing:
        return
    owner = np.r_[-1, np.repeat(np.arange(len(free)), 2)]
    partner = owner[:_PARTNERS]
    together = (owner[:, None] != partner[None, :]) | (partner[None, :] == -1)
    # From a fair guess each asset moves a few times; from a poor one the search does better.
    for _ in range(min(4 * len(free) + 20, max(8, _PAIR_WORK // together.size))):
        pairs = zip(best.assets, best.chosen, strict=True)
        totals = np.array([_terms(asset, k, best) for asset, k in pairs]).sum(axis=0)
        nexts = [j for asset in free for j in _next(asset, best.chosen[asset.index])]
        moved = [_move(free[i], j, best) for i, j in zip(owner[1:], nexts, strict=True)]
        columns = np.array([[0.0] * 7, *moved]).T
        squares, cross, square_w, y, w, loss, net = (
            total + column[:, None] + column[None, :_PARTNERS]
            for total, column in zip(totals, columns, strict=True)
        )
        delta = loss / np.maximum(best.wealth - loss, best.nothing)
        measures = squares + delta * (2 * cross + delta * square_w) + (y + delta * w) ** 2
        allowed = together & (best.cash + net >= 0)
        places = divmod(int(np.where(allowed, measures, inf).argmin()), len(partner))
        trial, before = list(best.chosen), best.measured
        for place in set(places) - {0}:
            trial[free[owner[place]].index] = nexts[place - 1]
        best.offer(trial)
        if not best.measured < before:
            return


def _terms(asset: _Asset, k: int, best: _Best) -> list[float]:
    """What a trade adds to the sums: y^2, y w, w^2, y, w, its loss and its cash (cents)."""
    trade = asset.trade(k)
    w = trade.value / best.wealth
    y = w - asset.destination
    return [y * y, y * w, w * w, y, w, trade.loss, trade.net]


def _next(asset: _Asset, k: int) -> tuple[int, int]:
    """The next trade numbers up and down; k itself where there is none."""
    up, down = asset.at_least(k + 1), asset.at_most(k - 1)
    return k if up is None else up, k if down is None else down


def _move(asset: _Asset, k: int, best: _Best) -> list[float]:
    now = _terms(asset, best.chosen[asset.index], best)
    return [after - before for after, before in zip(_terms(asset, k, best), now, strict=True)]


# ---- branch and bound --------------------------------------------------------------------------


@dataclass
class _Tables:
    """What every node looks up; level l is the l-th asset from the coarsest, of L that may trade.

    Money is in cents. At a reference wealth an asset has the weight w = value / reference and the
    deviation y = w - destination; at V1 it deviates by y + w delta, delta = reference / V1 - 1.
    """

    order: list[_Asset]
    reference: float
    low: list[int]
    high: list[int]
    least_loss: list[float]  # of levels l.. together, length L + 1
    most_loss: list[float]
    most_net: list[float]
    settled: list[float]  # sums of y^2, y w, w^2, y, w over what cannot trade
    shift: list[float]  # the most that delta can move the weight of a level's asset
    grid: list[float]  # values of m
    turn: list[list[float]]  # by level: the T at which the next m of the grid becomes the better
    rest: list[list[float]]  # by level and m: the bound but for T and for the level's own distance


def _search(best: _Best, node_limit: int) -> bool:
    """Branch and bound from the best so far; True when the search was complete."""
    free = [asset for asset in best.assets if asset.low < asset.high]
    order = sorted(free, key=lambda asset: (-asset.unit, asset.kind, asset.index))
    left = node_limit
    while order and left > 0:
        used, complete = _descend(_tables(order, best), best, left)
        if complete:
            break
        left -= used  # a much better list was found: narrow everything and begin again
    return not order or left > 0


def _limit(best: _Best) -> float:
    """Wider than what counts as equal, so that rounding in the bound cannot drop an equal."""
    return best.least * (1 + 3e-12) + 3e-18


def _tables(order: list[_Asset], best: _Best) -> _Tables:
    reference, depth = best.wealth, len(order)
    if best.measured < inf:
        reference -= fsum(trade.loss for trade in best.trades(best.chosen))
    weights = [(a.worth / reference, a.destination) for a in best.assets if a.low == a.high]
    terms = [((w - d) ** 2, (w - d) * w, w * w, w - d, w) for w, d in weights]
    settled = [fsum(column) for column in zip(*terms, strict=True)] or [0.0] * 5
    low, high = [asset.low for asset in order], [asset.high for asset in order]
    width = inf
    while True:  # the trades bound V1, which with the best measure bounds the trades
        losses = [_losses(a, j, k, best) for a, j, k in zip(order, low, high, strict=True)]
        least = max(best.wealth - fsum(large for _, large in losses), best.nothing)
        most = max(best.wealth - fsum(small for small, _ in losses), least)
        deltas = reference / most - 1, reference / least - 1
        centre = -settled[3] / (depth + 1)
        if centre < -best.cash_destination:  # cash would be below 0: the assets share it all
            centre = (best.cash_destination - settled[3]) / depth
        plain = _settled_part(settled, centre, *deltas) - (depth + 1) * centre**2
        plain += max(0.0, -best.cash_destination - centre) ** 2
        radius = sqrt(max(_limit(best) - plain, 0.0))
        if most - least >= 0.9 * width:
            break
        width = most - least
        for level, asset in enumerate(order):
            bottom = max(asset.destination + centre - radius, 0.0) * least
            top = max(asset.destination + centre + radius, 0.0) * most + asset.unit
            low[level] = max(low[level], asset.worth_at_most(bottom))
            high[level] = min(high[level], asset.worth_at_most(top))
    # Beyond 0.71 radius an even spread over two or more is above the limit by itself.
    half = max(0.75 * radius, 1e-13)
    grid = np.linspace(centre - half, centre + half, min(_GRID, max(64, 400_000 // depth)))
    most_w = [a.trade(k).value / reference for a, k in zip(order, high, strict=True)]
    shift = [max(-deltas[0], deltas[1]) * w for w in most_w]
    turn, rest, after = [], [], np.zeros(grid.shape)
    for level in reversed(range(depth)):
        asset, left = order[level], depth - level
        values = (grid + asset.destination) * reference
        gap = _distance(asset, low[level], high[level], values) / reference - shift[level]
        bound = after - (left + 1) * grid**2
        bound += np.maximum(0, -best.cash_destination - grid) ** 2
        after = after + np.maximum(0, gap) ** 2
        rest.append(bound.tolist())
        turn.append((-np.diff(bound + np.maximum(0, gap) ** 2) / (2 * np.diff(grid))).tolist())
    nets = [_most_net(a, j, k) for a, j, k in zip(order, low, high, strict=True)]
    sums = [
        [fsum(column[level:]) for level in range(depth + 1)]
        for column in (*zip(*losses, strict=True), nets)
    ]
    shared = (order, reference, low, high, sums[0], sums[1], sums[2], settled, shift)
    return _Tables(*shared, grid.tolist(), turn[::-1], rest[::-1])


def _losses(asset: _Asset, low: int, high: int, best: _Best) -> tuple[float, float]:
    """Least and greatest loss (cents) of the trades ``low``..``high``; costs grow outwards."""
    if low == high == 0:
        return 0.0, 0.0
    whole_cents = asset.unit == int(asset.unit) and not asset.sells_out
    rounding = (0.0 if whole_cents else 0.5) + 1e-14 * (best.wealth + asset.worth)
    costs = asset.trade(low).cost, asset.trade(high).cost
    return (0 if low <= 0 <= high else min(costs)) - rounding, max(costs) + rounding


def _most_net(asset: _Asset, low: int, high: int) -> int:
    """The most cash (cents) from the trades ``low``..``high``."""
    return max(asset.trade(k).net for k in (low, 0 if low <= 0 <= high else low))


def _settled_part(sums: Sequence[float], m: float, least: float, most: float) -> float:
    """The least of the settled squares + 2 m T over delta from ``least`` to ``most``."""
    squares, cross, square_w, y, w = sums
    slope = cross - m * w
    if square_w > 0:
        delta = min(max(-slope / square_w, least), most)
    else:
        delta = least if slope > 0 else most
    return squares - 2 * m * y + delta * (2 * slope + delta * square_w)


def _distance(asset: _Asset, low: int, high: int, values: FloatArray) -> FloatArray:
    """From each value (cents) to the nearest final value among the trades ``low``..``high``."""
    first_sale = low + 1 if asset.sells_out and low == asset.low else low
    runs = [(low, low), (first_sale, min(high, -asset.least_sale)), (0, 0)]
    runs += [(max(low, asset.least_buy), high)]
    nearest = np.full(values.shape, inf)
    for first, last in runs:
        if low <= first <= last <= high:
            start = asset.trade(first).value
            steps = np.clip(np.rint((values - start) / asset.unit), 0, last - first)
            nearest = np.minimum(nearest, np.abs(values - start - steps * asset.unit))
    return nearest


def _descend(tables: _Tables, best: _Best, node_limit: int) -> tuple[int, bool]:
    """Depth first through all quantities that the bound allows: nodes used, and if complete.

    Stops early where the measure has fallen to half of what the tables were made for. One loop
    over levels with local names, because every quantity tried passes through it.
    """
    order, reference, grid = tables.order, tables.reference, tables.grid
    depth, wealth, nothing = len(order), best.wealth, best.nothing
    places = [asset.index for asset in order]
    twins = [False, *(one.kind == two.kind for one, two in pairwise(order))]
    seen: list[dict[int, tuple[float, float, float, int]]] = [{} for _ in order]
    sums = [tuple(tables.settled)] * (depth + 1)
    losses, cash = [0.0] * (depth + 1), [best.cash] * (depth + 1)
    base, centre, top = [0.0] * depth, [0.0] * depth, list(tables.high)
    up: list[int | None] = [None] * depth
    down: list[int | None] = [None] * depth
    chosen, before, limit = [0] * len(best.assets), best.least, _limit(best)

    def look(level: int, k: int) -> tuple[float, float, float, int]:
        trade = order[level].trade(k)
        w = trade.value / reference
        found = seen[level][k] = (w - order[level].destination, w, trade.loss, trade.net)
        return found

    def enter(level: int) -> bool:
        """Bound what is settled above ``level`` and find where its quantities begin."""
        most = wealth - losses[level] - tables.least_loss[level]
        least = wealth - losses[level] - tables.most_loss[level]
        if most <= nothing:
            return False
        deltas = reference / most - 1, reference / max(least, nothing) - 1
        total = -sums[level][3] - sums[level][4] * min(max(0.0, deltas[0]), deltas[1])
        place = bisect_left(tables.turn[level], total)
        m = centre[level] = grid[place]
        base[level] = _settled_part(sums[level], m, *deltas) + tables.rest[level][place]
        if base[level] > limit:
            return False
        asset, low = order[level], tables.low[level]
        if twins[level]:  # the first of equals gets the most
            top[level] = min(tables.high[level], chosen[places[level - 1]])
        k = min(asset.worth_at_most((m + asset.destination) * reference), top[level])
        down[level] = k if k >= low else None
        above = asset.at_least(max(k + 1, low))
        up[level] = above if above is not None and above <= top[level] else None
        return True

    nodes, level = 0, 0 if enter(0) else -1
    while level >= 0:
        lower, upper, m, asset = down[level], up[level], centre[level], order[level]
        under = None if lower is None else seen[level].get(lower) or look(level, lower)
        over = None if upper is None else seen[level].get(upper) or look(level, upper)
        if under and lower is not None and (not over or m - under[0] <= over[0] - m):
            k, (y, w, loss, net) = lower, under
            below = asset.at_most(k - 1)
            down[level] = below if below is not None and below >= tables.low[level] else None
        elif over and upper is not None:
            k, (y, w, loss, net) = upper, over
            above = asset.at_least(k + 1)
            up[level] = above if above is not None and above <= top[level] else None
        else:
            level -= 1
            continue
        distance = max(0.0, abs(y - m) - tables.shift[level])
        if base[level] + distance * distance > limit:
            level -= 1  # what is left on either side is further still
            continue
        if nodes >= node_limit:
            return nodes, False
        nodes += 1
        chosen[places[level]] = k
        after = level + 1
        cash[after] = cash[level] + net
        if cash[after] + tables.most_net[after] < 0:
            continue
        losses[after] = losses[level] + loss
        squares, cross, square_w, sum_y, sum_w = sums[level]
        squares, cross, square_w = squares + y * y, cross + y * w, square_w + w * w
        sums[after] = squares, cross, square_w, sum_y + y, sum_w + w
        if after < depth:
            level += enter(after)
            continue
        delta = reference / max(wealth - losses[after], nothing) - 1
        rough = squares + delta * (2 * cross + delta * square_w)
        rough += (sum_y + y + delta * (sum_w + w)) ** 2
        if rough <= limit * (1 + 1e-9) + 1e-16:  # worth measuring exactly
            best.offer(chosen)
            limit = _limit(best)
            if best.least < before / 2 - 1e-18:
                return nodes, False
    return nodes, True
