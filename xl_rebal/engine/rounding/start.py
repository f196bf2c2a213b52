"""A first trade list that never overdraws."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, inf

from xl_rebal.engine.rounding.asset import Asset
from xl_rebal.engine.rounding.best import Best
from xl_rebal.errors import Code, InfeasibleError, Problem
from xl_rebal.numerics.money import currency
from xl_rebal.typing import FloatArray


def start(assets: Sequence[Asset], best: Best, guess: FloatArray) -> list[int]:
    """The guess to the nearest as far as cash goes, or as much sold as cash at 0 asks for."""
    raised = sum(asset.trades[asset.richest].net for asset in assets)
    if best.cash + raised < 0:
        raise InfeasibleError(_too_large(-best.cash, raised))
    ideal = (guess * 100).tolist()
    chosen = [asset.worth_at_most(ideal[asset.index] * asset.price) for asset in assets]
    while (short := -best.left(best.trades(chosen))) > 0:
        options = []
        for asset, k in zip(assets, chosen, strict=True):
            lower = _covering(asset, k, short)
            gain = asset.trades[lower].net - asset.trades[k].net
            changed = [*chosen[: asset.index], lower, *chosen[asset.index + 1 :]]
            measured = best.measure(best.trades(changed)) if gain >= short else inf
            options.append((measured, -gain, asset.index, lower))
        _, _, index, lower = min(options)
        chosen[index] = lower
    _round_up(assets, best, chosen, ideal)
    return chosen


def _round_up(
    assets: Sequence[Asset], best: Best, chosen: list[int], ideal: Sequence[float]
) -> None:
    """Take the next quantity up where that is nearer, the largest remainders first, if cash allows."""
    left = best.left(best.trades(chosen))
    steps = []
    for asset in assets:
        now = asset.trades[chosen[asset.index]]
        above = asset.at_least(chosen[asset.index] + 1)
        if above is not None:
            remainder = (
                ideal[asset.index] * asset.price - (now.value + asset.trades[above].value) / 2
            )
            if remainder > 0:
                steps.append((-remainder / asset.unit, asset.index, above))
    for _, index, above in sorted(steps):
        dearer = assets[index].trades[chosen[index]].net - assets[index].trades[above].net
        if dearer <= left:
            chosen[index] = above
            left -= dearer


def _covering(asset: Asset, k: int, short: int) -> int:
    """The next trade below ``k`` that brings ``short`` cents more, else the one that brings most."""
    wanted = asset.trades[k].net + short
    lower = asset.at_most(max(asset.low, k - ceil(short / asset.unit)))
    while lower is not None and asset.trades[lower].net < wanted:
        missing = wanted - asset.trades[lower].net
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
