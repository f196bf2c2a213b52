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

**What was checked.** On some thousands of generated books of one to four assets a search through
all affordable quantities in exact fractions, which shares no code with this module, gave the same
measure and the same number of trades each time.
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
_LEAST_WEALTH = 1e-9  # of V0: a trade list that leaves less has no meaningful weights


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
    best.offer(_start(assets, best, problem))
    _improve(assets, best)
    proven = _search(assets, best, node_limit)
    if not proven:
        _improve(assets, best)
    return best.result(proven)


# ---- one asset ---------------------------------------------------------------------------------


class _Trade(NamedTuple):
    """One allowed trade of one asset; money in cents, sizes as in ``RoundingProblem``."""

    change: float
    amount: int
    cost: int
    net: int  # change of cash
    value: float  # of the final position
    loss: float  # V0 - V1 due to this trade: the cost and the cents rounded away


@dataclass
class _Asset:
    """The allowed trades of an asset, numbered by ``k``: k steps up (> 0) or down (< 0).

    Allowed are 0, ``low``..``-least_sale`` and ``least_buy``..``high``. Where all can be sold and
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
    sells_out: bool = False
    low: int = 0
    high: int = 0
    least_sale: int = 1
    least_buy: int = 1
    unit: float = 0.0  # cents a step
    known: dict[int, _Trade] = field(default_factory=dict)

    def trade(self, k: int) -> _Trade:
        found = self.known.get(k)
        if found is None:
            found = self.known[k] = self._trade(k)
        return found

    def _trade(self, k: int) -> _Trade:
        sold_out = self.sells_out and k == self.low
        change = -self.held if sold_out else float(decimal_of(self.step) * k)
        amount = amount_cents(abs(change), self.price)
        rate = self.buy_rate if k > 0 else self.sell_rate
        cost = rate_cents(amount, rate) + self.fee if k else 0
        net = (-amount if k > 0 else amount) - cost
        value = (self.held + change) * self.price * 100
        return _Trade(change, amount, cost, net, value, self.held * self.price * 100 - value - net)

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

    def near(self, value: float) -> int:
        """The greatest allowed trade number with a final value of at most ``value`` cents."""
        k = floor((value - self.held * self.price * 100) / self.unit + 1e-9)
        found = self.at_most(max(self.low, min(k, self.high)))
        return self.low if found is None else found

    @property
    def twin(self) -> tuple[float, ...]:
        """Assets for which this is the same can be exchanged without any effect."""
        same = (self.unit, self.price, self.held, self.destination, self.buy_rate, self.sell_rate)
        return (*same, self.fee, self.low, self.high)


def _assets(problem: RoundingProblem) -> list[_Asset]:
    columns = (
        problem.held, problem.price, problem.step, problem.buy_rate, problem.sell_rate,
        problem.fee_cents, problem.destination,
    )  # fmt: skip
    rows = zip(*(column.tolist() for column in columns), strict=True)
    assets = [_Asset(index, *row) for index, row in enumerate(rows)]
    wealth = problem.cash_cents + fsum(asset.held * asset.price * 100 for asset in assets)
    for asset in assets:
        _set_range(asset, problem, wealth + len(assets))
    return assets


def _set_range(asset: _Asset, problem: RoundingProblem, wealth: float) -> None:
    """Number the allowed trades; no position can be worth more than ``wealth`` (cents)."""
    step, held = decimal_of(asset.step), decimal_of(asset.held)
    lowest = float(problem.lowest[asset.index])
    highest = float(problem.highest[asset.index])
    asset.unit = float(step * decimal_of(asset.price) * 100)
    asset.high = max(0, ceil((wealth - asset.held * asset.price * 100) / asset.unit) + 1)
    if highest < inf:
        room = (decimal_of(highest) - held) / step
        asset.high = max(0, min(asset.high, int(room.to_integral_value(ROUND_FLOOR))))
    room = (decimal_of(max(lowest, 0.0)) - held) / step
    asset.low = min(0, int(room.to_integral_value(ROUND_CEILING)))
    if lowest <= 0 and held + asset.low * step > 0:
        asset.low -= 1
        asset.sells_out = True
    least = _least_steps(asset, problem.minimum_cents)
    asset.least_buy = asset.least_sale = least
    if least > asset.high:
        asset.high, asset.least_buy = 0, 1
    if asset.sells_out and least > -asset.low - 1:
        asset.least_sale = -asset.low
    if asset.least_sale > -asset.low or asset.trade(asset.low).amount < problem.minimum_cents:
        asset.low, asset.least_sale, asset.sells_out = 0, 1, False
        asset.known.clear()


def _least_steps(asset: _Asset, minimum_cents: int) -> int:
    """The least number of steps, 1 or more, whose amount reaches the minimum."""
    steps = max(1, floor((minimum_cents - 1) / asset.unit))
    step = decimal_of(asset.step)
    while amount_cents(float(step * steps), asset.price) < minimum_cents:
        steps += 1
    return steps


# ---- the best so far ---------------------------------------------------------------------------


class _Best:
    """Measures trade lists and keeps the best; ``least`` is the least measure seen."""

    def __init__(self, assets: Sequence[_Asset], cash_cents: int) -> None:
        self.assets = assets
        self.cash = cash_cents
        self.wealth = fsum([cash_cents, *(asset.held * asset.price * 100 for asset in assets)])
        self.cash_destination = 1 - fsum(asset.destination for asset in assets)
        # No weights are further away than this: the squares of weights add to 1 at most.
        squares = [asset.destination**2 for asset in assets]
        self.least = (1 + sqrt(fsum([*squares, self.cash_destination**2]))) ** 2
        self.measured = inf
        self.chosen: list[int] = []
        self.key: tuple[int, int, list[float]] | None = None

    @property
    def limit(self) -> float:
        """Measures up to here count as equal to the least."""
        return self.least * (1 + 1e-12) + 1e-18

    def left(self, chosen: Sequence[int]) -> int:
        """Final cash in cents."""
        pairs = zip(self.assets, chosen, strict=True)
        return self.cash + sum(asset.trade(k).net for asset, k in pairs)

    def score(self, chosen: Sequence[int]) -> float:
        """The measure; inf for a list that overdraws or leaves no wealth."""
        cash = self.left(chosen)
        values = [asset.trade(k).value for asset, k in zip(self.assets, chosen, strict=True)]
        wealth = fsum([cash, *values])
        if cash < 0 or wealth <= self.wealth * _LEAST_WEALTH:
            return inf
        squares = [
            (value / wealth - asset.destination) ** 2
            for asset, value in zip(self.assets, values, strict=True)
        ]
        return fsum([*squares, (cash / wealth - self.cash_destination) ** 2])

    def offer(self, chosen: Sequence[int]) -> None:
        """Keep a trade list if it is better: by measure, then trades, turnover, first come."""
        measured = self.score(chosen)
        self.least = min(self.least, measured)
        if measured > self.limit and self.chosen:
            return
        trades = [asset.trade(k) for asset, k in zip(self.assets, chosen, strict=True)]
        key = (
            sum(1 for k in chosen if k),
            sum(trade.amount for trade in trades),
            [-trade.change for trade in trades],
        )
        if self.key is None or self.measured > self.limit or key < self.key:
            self.measured, self.chosen, self.key = measured, list(chosen), key

    def result(self, proven: bool) -> WholeShares:
        trades = [asset.trade(k) for asset, k in zip(self.assets, self.chosen, strict=True)]
        return WholeShares(
            change=np.array([trade.change for trade in trades], dtype=np.float64),
            cash_cents=self.left(self.chosen),
            cost_cents=sum(trade.cost for trade in trades),
            measure=self.measured if self.measured < inf else 0.0,
            proven=proven,
        )


# ---- a start that never overdraws --------------------------------------------------------------


def _start(assets: Sequence[_Asset], best: _Best, problem: RoundingProblem) -> list[int]:
    """The guess rounded down, then as much sold (or not bought) as cash at 0 asks for."""
    raised = sum(asset.trade(_richest(asset)).net for asset in assets)
    if problem.cash_cents + raised < 0:
        raise InfeasibleError(_too_large(-problem.cash_cents, raised))
    guess = problem.guess.tolist()
    chosen = [asset.near(guess[asset.index] * asset.price * 100) for asset in assets]
    while (short := -best.left(chosen)) > 0:
        options = []
        for asset, k in zip(assets, chosen, strict=True):
            lower = _covering(asset, k, short)
            gain = asset.trade(lower).net - asset.trade(k).net
            if gain > 0:
                changed = [*chosen[: asset.index], lower, *chosen[asset.index + 1 :]]
                options.append((best.score(changed), -gain, asset.index, lower))
        _, _, index, lower = min(options)
        chosen[index] = lower
    return chosen


def _richest(asset: _Asset) -> int:
    """The trade that leaves the most cash: all that may be sold, unless its fee eats that."""
    return max(0, asset.low, key=lambda k: asset.trade(k).net)


def _covering(asset: _Asset, k: int, short: int) -> int:
    """The trade next below ``k`` that brings ``short`` cents more, else the richest one."""
    wanted = asset.trade(k).net + short
    lower = asset.at_most(max(asset.low, k - ceil(short / asset.unit)))
    while lower is not None and asset.trade(lower).net < wanted:
        missing = wanted - asset.trade(lower).net
        lower = asset.at_most(min(lower - 1, lower - floor(missing / asset.unit)))
    return _richest(asset) if lower is None else lower


def _too_large(needed: int, raised: int) -> Problem:
    short = f"{currency(needed - raised):,.2f}"
    return Problem(
        Code.INFEASIBLE,
        f"a withdrawal that leaves cash {short} short",
        f"at most {currency(raised):,.2f} to be raised by sales",
        f"Withdraw {short} less, or let more be sold.",
    )


# ---- local search ------------------------------------------------------------------------------


def _improve(assets: Sequence[_Asset], best: _Best) -> None:
    """Move to the best single move or exchange of two for as long as that lowers the measure.

    A move takes an asset to the next quantity up or down. Every pair is measured at once: with
    deviations y and weights w at the reference wealth V0, the measure at V1 = V0 / (1 + delta) is
    sum (y + delta w)^2 + (sum y + delta sum w)^2, so each move only adds to five sums.
    """
    free = sorted((asset for asset in assets if asset.low < asset.high), key=lambda a: a.unit)
    if not free or best.measured == inf:
        return
    chosen = list(best.chosen)
    moves = np.array([_moves(asset, chosen[asset.index], best) for asset in free])
    owner = np.r_[-1, np.repeat(np.arange(len(free)), 2)]
    partner = owner[:_PARTNERS]
    together = (owner[:, None] != partner[None, :]) | (partner[None, :] == -1)
    for _ in range(max(8, _PAIR_WORK // together.size)):
        columns = np.vstack([np.zeros((1, 7)), moves.reshape(-1, 7)]).T
        squares, cross, square_w, y, w, loss, net = (
            total + column[:, None] + column[None, :_PARTNERS]
            for total, column in zip(_sums(assets, chosen, best), columns, strict=True)
        )
        with np.errstate(all="ignore"):
            delta = best.wealth / (best.wealth - loss) - 1
            measures = squares + delta * (2 * cross + delta * square_w) + (y + delta * w) ** 2
        allowed = together & (net >= 0) & (delta > -1) & np.isfinite(measures)
        pair = divmod(int(np.where(allowed, measures, inf).argmin()), len(partner))
        trial = list(chosen)
        for move in set(pair) - {0}:
            asset = free[owner[move]]
            k = trial[asset.index]
            found = asset.at_least(k + 1) if move % 2 else asset.at_most(k - 1)
            trial[asset.index] = k if found is None else found
        before = best.measured
        best.offer(trial)
        if best.chosen != trial or not best.measured < before:
            return
        chosen = trial
        for move in set(pair) - {0}:
            asset = free[owner[move]]
            moves[owner[move]] = _moves(asset, chosen[asset.index], best)


def _terms(asset: _Asset, k: int, best: _Best) -> FloatArray:
    """What one trade adds to the sums: y^2, y w, w^2, y, w, loss and cash (cents)."""
    trade = asset.trade(k)
    w = trade.value / best.wealth
    y = w - asset.destination
    return np.array([y * y, y * w, w * w, y, w, trade.loss, trade.net])


def _sums(assets: Sequence[_Asset], chosen: Sequence[int], best: _Best) -> list[float]:
    rows = [_terms(asset, k, best) for asset, k in zip(assets, chosen, strict=True)]
    totals = [fsum(column) for column in np.array(rows).T]
    # The deviation of cash is less that of all assets, to which losses must not be added again.
    totals[6] += best.cash
    return totals


def _moves(asset: _Asset, k: int, best: _Best) -> FloatArray:
    """What the next quantities up and down change in the sums, shape (2, 7); nan where none."""
    now = _terms(asset, k, best)
    nexts = (asset.at_least(k + 1), asset.at_most(k - 1))
    gone = np.full(7, np.nan)
    return np.array([gone if j is None else _terms(asset, j, best) - now for j in nexts])


# ---- branch and bound --------------------------------------------------------------------------


@dataclass
class _Tables:
    """What every node looks up; level l is the l-th asset from the coarsest, of L that may trade.

    Money is in cents. Deviations are y = value / reference - destination at the reference wealth;
    at V1 they are y + w delta with w = value / reference and delta = reference / V1 - 1.
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
    slope: list[list[float]]  # by level: T at which the next m of the grid becomes the better one
    rest: list[list[float]]  # by level: the bound without its part in T and this level's distance
    coarse: list[bool]  # by level: the grid is too coarse for its steps, try m = T / (r + 1) too


def _search(assets: Sequence[_Asset], best: _Best, node_limit: int) -> bool:
    """Branch and bound from the best so far; True when the search was complete."""
    free = [asset for asset in assets if asset.low < asset.high]
    if not free:
        return True
    order = sorted(free, key=lambda asset: (-asset.unit, asset.twin, asset.index))
    left = node_limit
    while left > 0:
        used, complete = _descend(_tables(order, assets, best), best, left)
        if complete:
            return True
        left -= used  # a much better measure was found: narrow everything and begin again
    return False


def _tables(order: list[_Asset], assets: Sequence[_Asset], best: _Best) -> _Tables:
    reference = best.wealth
    if best.measured < inf:
        reference -= sum(a.trade(k).loss for a, k in zip(assets, best.chosen, strict=True))
    floor_wealth = best.wealth * _LEAST_WEALTH
    fixed = [asset for asset in assets if asset.low == asset.high]
    rows = [(asset.trade(0).value / reference, asset.destination) for asset in fixed]
    terms = [((w - d) ** 2, (w - d) * w, w * w, w - d, w) for w, d in rows]
    settled = [fsum(column) for column in zip(*terms, strict=True)] or [0.0] * 5
    limit, count = _search_limit(best), len(order)
    low, high = [asset.low for asset in order], [asset.high for asset in order]
    width = inf
    while True:
        ranges = [
            _loss_range(a, down, up, best) for a, down, up in zip(order, low, high, strict=True)
        ]
        greatest = best.wealth - fsum(least for least, _ in ranges)
        least = max(best.wealth - fsum(most for _, most in ranges), floor_wealth)
        deltas = (reference / greatest - 1, reference / least - 1)
        total = -(settled[3] + settled[4] * (deltas[0] + deltas[1]) / 2)
        centre = _even_spread(total, count, best.cash_destination)
        known = _least_settled(settled, centre, deltas)
        slack = limit - known - _spread(centre, count, best.cash_destination)
        radius = sqrt(max(slack, 0.0))
        if greatest - least >= 0.9 * width:
            break
        width = greatest - least
        for level, asset in enumerate(order):
            bottom = max(asset.destination + centre - radius, 0.0) * least
            top = max(asset.destination + centre + radius, 0.0) * greatest
            low[level] = max(low[level], asset.near(bottom))
            high[level] = min(high[level], asset.near(top + asset.unit))
    size = min(_GRID, max(64, 400_000 // count))
    half = max(radius * 0.75, 1e-13)
    grid = np.linspace(centre - half, centre + half, size)
    shift = [
        max(-deltas[0], deltas[1], 0.0) * asset.trade(k).value / reference
        for asset, k in zip(order, high, strict=True)
    ]
    distances = [
        np.maximum(
            _distance(asset, down, up, (grid + asset.destination) * reference) / reference - e, 0
        )
        for asset, down, up, e in zip(order, low, high, shift, strict=True)
    ]
    after = np.zeros(size)
    slope, rest = [], []
    for left, distance in enumerate(reversed(distances), start=1):
        plain = -(left + 1) * grid**2 + np.maximum(0, -best.cash_destination - grid) ** 2
        rest.append((plain + after).tolist())
        after = after + distance**2
        slope.append((-np.diff(plain + after) / (2 * np.diff(grid))).tolist())
    finest, gap = order[-1].unit / reference, float(grid[1] - grid[0])
    return _Tables(
        order, reference, low, high,
        _suffix_sums([least for least, _ in ranges]),
        _suffix_sums([most for _, most in ranges]),
        _suffix_sums([
            max(a.trade(k).net for k in ((j, 0) if j <= 0 <= i else (j,)))
            for a, j, i in zip(order, low, high, strict=True)
        ]),
        settled, shift, grid.tolist(), slope[::-1], rest[::-1],
        [(count - level + 1) * gap**2 > 0.04 * finest**2 for level in range(count)],
    )  # fmt: skip


def _search_limit(best: _Best) -> float:
    """Twice the tolerance, so that rounding in the bound cannot drop an equal."""
    return best.least * (1 + 3e-12) + 3e-18


def _loss_range(asset: _Asset, low: int, high: int, best: _Best) -> tuple[float, float]:
    """Least and greatest loss (cents) of the trades from ``low`` to ``high``; costs grow outwards."""
    if low == high == 0:
        return 0.0, 0.0
    whole = asset.unit == int(asset.unit) and not asset.sells_out
    rounding = (0.0 if whole else 0.5) + 1e-14 * best.wealth
    costs = (asset.trade(low).cost, asset.trade(high).cost)
    return (0 if low <= 0 <= high else min(costs)) - rounding, max(costs) + rounding


def _even_spread(total: float, left: int, cash_destination: float) -> float:
    """The m of the best plain bound: T spread over the assets left and cash, which is >= 0."""
    m = total / (left + 1)
    return m if m >= -cash_destination else (total + cash_destination) / left


def _spread(m: float, left: int, cash_destination: float) -> float:
    """The plain bound without its parts in T: what the assets left and cash add at least."""
    return max(0.0, -cash_destination - m) ** 2 - (left + 1) * m * m


def _least_settled(sums: Sequence[float], m: float, deltas: tuple[float, float]) -> float:
    """The least over delta of the settled squares + 2 m T."""
    squares, cross, square_w, y, w = sums
    half_slope = cross - m * w
    start = -half_slope / square_w if square_w > 0 else -inf if half_slope > 0 else inf
    delta = min(max(start, deltas[0]), deltas[1])
    return squares - 2 * m * y + delta * (2 * half_slope + delta * square_w)


def _distance(asset: _Asset, low: int, high: int, values: FloatArray) -> FloatArray:
    """From each value (cents) to the nearest final value among the trades ``low``..``high``."""
    nearest = np.full(values.shape, inf)
    runs = [(0, 0), (max(low, asset.least_buy), high)]
    if asset.sells_out and low == asset.low:
        runs += [(low, low), (low + 1, min(high, -asset.least_sale))]
    else:
        runs += [(low, min(high, -asset.least_sale))]
    for first, last in runs:
        if low <= first <= last <= high:
            start = asset.trade(first).value
            steps = np.clip(np.rint((values - start) / asset.unit), 0, last - first)
            nearest = np.minimum(nearest, np.abs(values - (start + steps * asset.unit)))
    return nearest


def _suffix_sums(values: Sequence[float]) -> list[float]:
    return [sum(values[level:]) for level in range(len(values) + 1)]


def _descend(tables: _Tables, best: _Best, node_limit: int) -> tuple[int, bool]:
    """Depth first through all quantities that the bound allows; nodes used, and whether complete.

    Stops early where the measure has fallen to half of what the tables were made for. Written as
    one loop over levels, with local names, because every quantity tried passes through it.
    """
    order, reference, grid = tables.order, tables.reference, tables.grid
    depth, wealth, cash_destination = len(order), best.wealth, best.cash_destination
    floor_wealth, last_m = wealth * _LEAST_WEALTH, len(grid) - 1
    chosen, before = [0] * len(best.assets), best.least
    twins = [False, *(one.twin == two.twin for one, two in pairwise(order))]
    known: list[dict[int, tuple[float, float, float, int]]] = [{} for _ in order]
    sums = [tuple(tables.settled)] * (depth + 1)
    losses, cash = [0.0] * (depth + 1), [best.cash] * (depth + 1)
    base, centre = [0.0] * depth, [0.0] * depth
    up: list[int | None] = [None] * depth
    down: list[int | None] = [None] * depth
    limit = _search_limit(best)

    def look(level: int, k: int) -> tuple[float, float, float, int]:
        asset = order[level]
        trade = asset.trade(k)
        w = trade.value / reference
        found = known[level][k] = (w - asset.destination, w, trade.loss, trade.net)
        return found

    def enter(level: int) -> bool:
        """Bound what is settled above ``level`` and find where its quantities begin."""
        highest = wealth - losses[level] - tables.least_loss[level]
        lowest = wealth - losses[level] - tables.most_loss[level]
        if highest <= floor_wealth:
            return False
        deltas = (reference / highest - 1, reference / max(lowest, floor_wealth) - 1)
        state = sums[level]
        total = -(state[3] + state[4] * (deltas[0] + deltas[1]) / 2)
        place = min(bisect_left(tables.slope[level], total), last_m)
        m = grid[place]
        bound = _least_settled(state, m, deltas) + tables.rest[level][place]
        if tables.coarse[level]:
            other = _even_spread(total, depth - level, cash_destination)
            plain = _least_settled(state, other, deltas)
            plain += _spread(other, depth - level, cash_destination)
            if plain > bound:
                m, bound = other, plain
        if bound > limit:
            return False
        base[level], centre[level] = bound, m
        asset, low, high = order[level], tables.low[level], tables.high[level]
        if twins[level]:
            high = min(high, chosen[order[level - 1].index])  # the first of equals gets the most
        k: int | None = min(asset.near((m + asset.destination) * reference), high)
        if k is not None and k < low:
            k = None
        down[level] = k
        above = asset.at_least(low if k is None else k + 1)
        up[level] = above if above is not None and above <= high else None
        return True

    nodes, level = 0, 0 if enter(0) else -1
    while level >= 0:
        lower, upper = down[level], up[level]
        seen, m, asset = known[level], centre[level], order[level]
        if lower is not None:
            one = seen.get(lower) or look(level, lower)
        if upper is not None:
            two = seen.get(upper) or look(level, upper)
        if lower is None and upper is None:
            level -= 1
            continue
        if upper is None or (lower is not None and m - one[0] <= two[0] - m):
            assert lower is not None
            k, (y, w, loss, net) = lower, one
            below = asset.at_most(k - 1)
            down[level] = below if below is not None and below >= tables.low[level] else None
        else:
            k, (y, w, loss, net) = upper, two
            above = asset.at_least(k + 1)
            top = chosen[order[level - 1].index] if twins[level] else tables.high[level]
            up[level] = (
                above if above is not None and above <= min(top, tables.high[level]) else None
            )
        distance = abs(y - m) - tables.shift[level]
        if distance > 0 and base[level] + distance * distance > limit:
            level -= 1  # the other side is further still
            continue
        if nodes >= node_limit:
            return nodes, False
        nodes += 1
        chosen[asset.index] = k
        after = level + 1
        cash[after] = cash[level] + net
        if cash[after] + tables.most_net[after] < 0:
            continue
        losses[after] = losses[level] + loss
        squares, cross, square_w, total_y, total_w = sums[level]
        sums[after] = (
            squares + y * y, cross + y * w, square_w + w * w, total_y + y, total_w + w
        )  # fmt: skip
        if after < depth:
            if enter(after):
                level = after
            continue
        squares, cross, square_w, total_y, total_w = sums[after]
        delta = reference / (wealth - losses[after]) - 1 if wealth > losses[after] else 0.0
        quick = squares + delta * (2 * cross + delta * square_w) + (total_y + delta * total_w) ** 2
        if quick > limit * (1 + 1e-9) + 1e-16:
            continue
        best.offer(chosen)
        limit = _search_limit(best)
        if best.least < before / 2 - 1e-18:
            return nodes, False
    return nodes, True
