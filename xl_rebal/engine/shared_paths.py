"""Policies that all trade to one target, walked through the same prices together.

Rows are taken in blocks. All portfolios that started on the same row are one portfolio (numerics:
from_target), however many policies hold it; a policy is the list of rows on which it started anew. Costs are
left out: paid pro rata they scale wealth and move no weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from xl_rebal.engine.progress import Work
from xl_rebal.numerics.from_target import FromTarget
from xl_rebal.typing import BoolArray, FloatArray, IntArray

_BLOCK = 32
"""Rows of a block: as many as a word has bits, since the rows to come are kept as words."""

_BLOCKS_AT_ONCE = 32
_COLUMNS = np.arange(_BLOCK)
_AFTER = np.triu(np.ones((_BLOCK, _BLOCK), dtype=bool), 1)

WALK_WORK = 4
"""How much longer a row of a path takes here than its figures do at one cost level."""


@dataclass(frozen=True)
class Rules:
    """When each of m policies trades.

    ``looks`` (k, T) are the rows on which each of k schedules looks, neither the first nor the last;
    ``schedule`` (m,) says which is a policy's. ``beyond`` (m,) is the reach beyond which it trades (numerics:
    from_target), -inf: at every look. A trade is made ``lag`` rows after its decision.
    """

    looks: BoolArray
    schedule: IntArray
    beyond: FloatArray
    lag: int


@dataclass(frozen=True)
class Paths:
    """What became of m policies before costs.

    ``growth`` (m, T - 1) is the factor of each row, ``average_drift`` and ``maximum_drift`` (m,) are before the
    trades. The returns to the target (K,), in the order of policies and rows, also those that find every weight
    on it: ``policy``, ``row``, and the row ``since`` which the portfolio was held.
    """

    growth: FloatArray
    average_drift: FloatArray
    maximum_drift: FloatArray
    policy: IntArray
    row: IntArray
    since: IntArray


def shared_paths(
    prices: FloatArray,
    target: FloatArray,
    shape: FloatArray | None,
    rules: Rules,
    work: Work,
) -> Paths:
    """Walk policies through prices (T, n), without gaps; bands are multiples of ``shape`` (n,)."""
    walk = _Walk(prices, target, shape, rules)
    for block in range(walk.blocks):
        walk.step(block)
        work.done(len(rules.beyond) * min(_BLOCK, walk.last - block * _BLOCK) * WALK_WORK)
    return walk.paths()


class _Within(NamedTuple):
    """What starts in a block, as ``Drifted``, and the growth of each row over the one before it."""

    growth: FloatArray
    drift: FloatArray
    reach: FloatArray
    ratio: FloatArray


class _Walk:
    """The state between two blocks: which portfolios there are, and who holds them."""

    def __init__(
        self, prices: FloatArray, target: FloatArray, shape: FloatArray | None, rules: Rules
    ) -> None:
        self.rows = len(prices)
        self.last = self.rows - 1
        self.blocks = -(-self.last // _BLOCK)
        padded = np.arange(1 + self.blocks * _BLOCK)
        at = np.minimum(padded, self.last)  # the last row again until its block is full
        self.market = FromTarget(np.ascontiguousarray(prices[at].T), target, shape)
        self.looks = rules.looks[:, at] & (padded < self.last)
        self.rules = rules
        self.never = len(padded)
        count = len(rules.beyond)
        self.starts = np.zeros(1, dtype=np.int64)
        self.grown = np.ones(1)  # of each portfolio up to the row before the block
        self.holds = np.zeros(count, dtype=np.int64)  # each policy's place in ``starts``
        self.due = np.full(count, self.never)  # the row of a trade that is on its way
        self.is_free = np.ones(count, dtype=bool)  # to decide
        self.growth = np.empty((count, self.blocks * _BLOCK))
        self.drift_sum, self.drift_most = np.zeros((2, count, _BLOCK))
        self.traded: list[tuple[IntArray, IntArray]] = []
        self.made_for = -1  # the first block that ``made`` is about
        self.made: _Within | None = None
        self.everyone = np.arange(count)

    def step(self, block: int) -> None:
        first = 1 + block * _BLOCK
        held = self.market.later(self.starts, first, first + _BLOCK)
        due = self._due(first, held.reach)
        acting = np.flatnonzero(due < min(first + _BLOCK, self.last))
        starts, ends = self.starts, held.growth[:, -1]
        ratio = _ratio(held.growth, self.grown)
        growth, drift = ratio.take(self.holds, axis=0), held.drift.take(self.holds, axis=0)
        if acting.size:
            within = self._within(block)
            into = self._pass_on(acting, due[acting] - first, within.reach, first)
            place = into[:, :-1] * _BLOCK + _COLUMNS
            growth[acting] = np.concatenate([ratio, within.ratio]).take(place)
            drift[acting] = np.concatenate([held.drift, within.drift]).take(place)
            starts = np.concatenate([starts, first + _COLUMNS])
            ends = np.concatenate([ends, within.growth[:, -1]])
        self._record(growth, drift, first)
        self._carry(starts, ends)

    def _due(self, first: int, reach: FloatArray) -> IntArray:
        """The row of each policy's next trade, as far as this block decides it; ``never`` if none."""
        look = self.looks[:, first : first + _BLOCK].take(self.rules.schedule, axis=0)
        out = (reach.take(self.holds, axis=0) > self.rules.beyond[:, None]) & look
        at = out.argmax(axis=1)
        decided = out[self.everyone, at] & self.is_free
        due = np.where(decided, first + at + self.rules.lag, self.due)
        waits = decided & (due >= min(first + _BLOCK, self.last))
        self.is_free[waits] = False
        self.due[waits] = np.where(due[waits] < self.last, due[waits], self.never)
        return due

    def _within(self, block: int) -> _Within:
        """What starts in this block; made for several blocks at once."""
        at = block % _BLOCKS_AT_ONCE
        if self.made is None or self.made_for != block - at:
            self.made_for = block - at
            blocks = min(_BLOCKS_AT_ONCE, self.blocks - self.made_for)
            made = self.market.within(1 + self.made_for * _BLOCK, blocks, _BLOCK)
            self.made = _Within(*made, _ratio(made.growth, np.ones(made.growth.shape[:-1])))
        return _Within(*(each[at] for each in self.made))

    def _pass_on(self, acting: IntArray, at: IntArray, reach: FloatArray, first: int) -> IntArray:
        """Each of ``acting`` to the portfolios of its trades; which it holds into each row, and after the last.

        Their places (acting, rows + 1) are among those of before the block, then those that start in it.
        """
        who, row = self._trade(acting, at, reach, first)
        self.traded.append((acting[who], first + row))
        into = np.zeros((len(acting), _BLOCK + 1), dtype=np.int64)
        into[:, 0] = self.holds[acting]
        into[who, row + 1] = len(self.starts) + row
        np.maximum.accumulate(into, axis=1, out=into)  # later portfolios have higher places
        self.holds[acting] = into[:, -1]
        return into

    def _trade(
        self, acting: IntArray, at: IntArray, reach: FloatArray, first: int
    ) -> tuple[IntArray, IntArray]:
        """The trades of this block: who of ``acting``, and on which of its rows; rising for each."""
        look = self.looks[self.rules.schedule[acting], first : first + _BLOCK]
        out = reach > self.rules.beyond[acting, None, None]
        out &= look[:, None, :] & _AFTER
        # bit c of word r: with a trade on row r the next decision could be on row c
        words = np.packbits(out, axis=2, bitorder="little").view(np.uint32).ravel().data
        end, lag = min(_BLOCK, self.last - first), self.rules.lag
        traders: list[int] = []
        rows: list[int] = []
        for who, (policy, row) in enumerate(zip(acting.tolist(), at.tolist(), strict=True)):
            while row < end:
                traders.append(who)
                rows.append(row)
                word = words[who * _BLOCK + row]
                if not word:
                    self.due[policy], self.is_free[policy] = self.never, True
                    break
                row = (word & -word).bit_length() - 1 + lag
            else:
                due = first + row
                self.due[policy] = due if due < self.last else self.never
                self.is_free[policy] = False
        return np.array(traders), np.array(rows)

    def _record(self, growth: FloatArray, drift: FloatArray, first: int) -> None:
        """What each policy's portfolio did on the rows of a block; (m, rows)."""
        self.growth[:, first - 1 : first - 1 + _BLOCK] = growth
        if first + _BLOCK > self.rows:
            drift[:, self.rows - first :] = 0.0
        self.drift_sum += drift
        np.maximum(self.drift_most, drift, out=self.drift_most)

    def _carry(self, starts: IntArray, ends: FloatArray) -> None:
        """Keep of the portfolios those that somebody still holds."""
        kept = np.flatnonzero(np.bincount(self.holds, minlength=len(starts)))
        place = np.zeros(len(starts), dtype=np.int64)
        place[kept] = np.arange(len(kept))
        self.starts, self.grown, self.holds = starts[kept], ends[kept], place[self.holds]

    def paths(self) -> Paths:
        none = np.zeros(0, dtype=np.int64)
        policy = np.concatenate([none, *(each for each, _ in self.traded)])
        row = np.concatenate([none, *(each for _, each in self.traded)])
        order = np.argsort(policy, kind="stable")
        policy, row = policy[order], row[order]
        since = np.zeros_like(row)
        since[1:] = np.where(policy[1:] == policy[:-1], row[:-1], 0)
        return Paths(
            self.growth[:, : self.last],
            self.drift_sum.sum(axis=1) / self.last,
            self.drift_most.max(axis=1),
            policy,
            row,
            since,
        )


def _ratio(growth: FloatArray, before: FloatArray) -> FloatArray:
    """Growth over that of the row before; (..., rows), on the first row over ``before`` (...)."""
    ratio = np.empty_like(growth)
    np.divide(growth[..., 1:], growth[..., :-1], out=ratio[..., 1:])
    np.divide(growth[..., 0], before, out=ratio[..., 0])
    return ratio
