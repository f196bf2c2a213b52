"""A first list inside the bands: moved there from one outside, by small steps."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, inf

from xl_rebal.engine.rounding.asset import Asset
from xl_rebal.engine.rounding.best import Best
from xl_rebal.engine.rounding.problem import Bands
from xl_rebal.numerics.groups import group_sums

_ROUNDS = 40


def repair(best: Best, bands: Bands) -> None:
    """Offer lists in which each group that is out has been moved just inside.

    Cash takes up the difference; where that puts cash out, the group with the most room does. It may
    find no list inside although there is one.
    """
    chosen = list(best.chosen)
    members: dict[int, list[Asset]] = {}
    for asset in best.assets:
        if asset.low < asset.high:
            members.setdefault(int(bands.group[asset.index]), []).append(asset)
    for assets in members.values():
        assets.sort(key=lambda asset: asset.unit)
    for _ in range(_ROUNDS):
        best.offer(chosen)
        if best.measured < inf:
            return
        if not _step(best, bands, members, chosen):
            return


def _step(best: Best, bands: Bands, members: dict[int, list[Asset]], chosen: list[int]) -> bool:
    """Change ``chosen`` towards the bands; False where nothing can be moved."""
    trades = best.trades(chosen)
    cash, values = best.left(trades), [trade.value for trade in trades]
    wealth = fsum([cash, *values])
    if wealth <= 0 or not best.has_weights:
        return False
    sums = group_sums(values, bands.group, len(bands.least))
    least, greatest = bands.least * wealth, bands.greatest * wealth
    moved = False
    for group, assets in members.items():
        if sums[group] < least[group]:
            moved |= _shift(assets, chosen, least[group] - sums[group])
        elif sums[group] > greatest[group]:
            moved |= _shift(assets, chosen, greatest[group] - sums[group])
    if moved:
        return True
    low, high = max(0.0, bands.cash_least * wealth), bands.cash_greatest * wealth
    if cash < low:
        giver = max(members, key=lambda group: float(sums[group] - least[group]), default=None)
        return giver is not None and _shift(members[giver], chosen, cash - low)
    if cash > high:
        taker = max(members, key=lambda group: float(greatest[group] - sums[group]), default=None)
        return taker is not None and _shift(members[taker], chosen, cash - high)
    return False


def _shift(assets: Sequence[Asset], chosen: list[int], amount: float) -> bool:
    """Move the finest asset that can by ``amount`` cents or a little more; False if none can."""
    for asset in assets:
        now = chosen[asset.index]
        if amount > 0:
            found = asset.worth_at_least(asset.trades[now].value + amount)
            moved = asset.high if found is None else found
        else:
            moved = asset.worth_at_most(asset.trades[now].value + amount)
        if moved != now:
            chosen[asset.index] = moved
            return True
    return False
