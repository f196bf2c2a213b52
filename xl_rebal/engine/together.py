"""Policies that may share their paths: sorted into families that one walk serves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from xl_rebal.engine.backtest import Conventions, CostRule
from xl_rebal.engine.costed_paths import Costed, returns_to_target
from xl_rebal.engine.policies import Policy
from xl_rebal.engine.progress import Work
from xl_rebal.engine.shared_paths import Rules, shared_paths
from xl_rebal.model.plan import BandKind, BandRule
from xl_rebal.model.prices import Prices
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray, IntArray

_GROWTH_BYTES = 2**27  # of the growth factors that are held at once
_WIDEST = 2.0  # no weight is farther than 1 from its target
_SHAPE_DIGITS = 13


def can_share(prices: Prices, policy: Policy) -> bool:
    """Whether a policy trades to one target from the first row on, by bands that are known beforehand.

    Costs must be paid pro rata too, which the policy does not know.
    """
    dates, weights = policy.targets.dates, policy.targets.weights
    return (
        policy.worth is None
        and policy.to.is_target
        and len(prices.dates) > 1
        and len(dates) == 1
        and (dates[0] is None or dates[0] <= prices.dates[0])
        and weights.shape[1] == len(prices.symbols)
        and policy.bands.kind is not BandKind.VOLATILITY
        and policy.bands.is_symmetric
    )


def costed_together(
    prices: Prices,
    values: FloatArray,
    policies: Sequence[Policy],
    rates: FloatArray,
    conventions: Conventions,
    work: Work,
) -> Iterator[tuple[IntArray, Costed]]:
    """Places among ``policies`` with their paths, a part of them at a time.

    All share the target of the first. ``values`` (T, n) are the prices without gaps, ``rates`` (q, n) the
    cost levels.
    """
    target = policies[0].targets.weights[0]
    looks, schedule = _looks(prices, policies)
    bands = _bands(prices.symbols, target, policies)
    size = max(1, _GROWTH_BYTES // (8 * len(values)))
    is_pre_trade = conventions.cost_rule is CostRule.PRE_TRADE
    for family in bands:
        for at in range(0, len(family.places), size):
            part = slice(at, at + size)
            places = family.places[part]
            rules = Rules(looks, schedule[places], family.beyond[part], conventions.lag)
            paths = shared_paths(values, target, family.shape, rules, work)
            moved = returns_to_target(values, target, paths.since, paths.row, rates, is_pre_trade)
            yield places, Costed(
                paths.growth, paths.policy, paths.row, moved, paths.average_drift, paths.maximum_drift
            )  # fmt: skip


def _looks(prices: Prices, policies: Sequence[Policy]) -> tuple[BoolArray, IntArray]:
    """The rows on which each schedule looks, (k, T), and which of them is each policy's."""
    known: dict[object, int] = {}
    looks: list[BoolArray] = []
    which = np.empty(len(policies), dtype=np.int64)
    for place, policy in enumerate(policies):
        when = policy.when
        trades = when.on_breach or when.schedule is not None
        key = (when.schedule, trades)
        if key not in known:
            known[key] = len(looks)
            row = np.zeros(len(prices.dates), dtype=bool)
            row[when.rows(prices.days)] = trades
            looks.append(row)
        which[place] = known[key]
    return np.array(looks), which


@dataclass(frozen=True)
class _Family:
    """Policies whose bands are multiples of one shape; None: of the same width for every asset."""

    shape: FloatArray | None
    places: IntArray
    beyond: FloatArray


def _bands(
    symbols: tuple[str, ...], target: FloatArray, policies: Sequence[Policy]
) -> list[_Family]:
    """Families of policies; those that test no band, -inf, go with the first that do."""
    known: dict[int, tuple[bytes, float]] = {}
    shapes: dict[bytes, FloatArray | None] = {}
    members: dict[bytes, list[tuple[int, float]]] = {}
    plain = []
    for place, policy in enumerate(policies):
        if not policy.when.on_breach:
            plain.append((place, -np.inf))
            continue
        rule = policy.bands
        if id(rule) not in known:
            shape, band = _shape(rule, symbols, target)
            key = b"" if shape is None else shape.round(_SHAPE_DIGITS).tobytes()
            known[id(rule)] = key, band
            shapes.setdefault(key, shape)
        key, band = known[id(rule)]
        members.setdefault(key, []).append((place, band))
    if plain:
        key = next(iter(members), b"")
        shapes.setdefault(key, None)
        members.setdefault(key, []).extend(plain)
    return [
        _Family(shapes[key], np.array([place for place, _ in each]), np.array([b for _, b in each]))
        for key, each in members.items()
    ]


def _shape(
    rule: BandRule, symbols: tuple[str, ...], target: FloatArray
) -> tuple[FloatArray | None, float]:
    """The half-widths of a rule as a shape, 1 at its widest, and the reach beyond which it trades."""
    widths = np.minimum(rule.edges(symbols, target)[0], _WIDEST)
    widest = float(widths.max())
    if np.all(widths == widest):
        return None, widest + WEIGHT_TOLERANCE
    return widths / widest, widest
