"""Why each trade is made, in one sentence, and why lines stay out of their bands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from xl_rebal.engine.destination import Move
from xl_rebal.engine.lines import Lines
from xl_rebal.model.plan import TO_EDGE, Method, Plan
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray
from xl_rebal.wording import money, percent, points

_SHOWN = 5e-4  # weights are shown to 0.1 pp
_NEAR = 5e-3


@dataclass(frozen=True)
class Reasons:
    """Writes the sentences of one account.

    ``before`` and ``after`` are the line weights that the trades show. ``flow`` is new cash and
    ``idle`` what could be spent besides, currency. ``sells`` and ``buys``: whether there are any.
    """

    lines: Lines
    move: Move
    plan: Plan
    is_whole: bool
    before: FloatArray
    after: FloatArray
    flow: float
    idle: float
    sells: bool
    buys: bool

    def sentence(self, number: int, symbol: str, change: float) -> str:
        """Why ``symbol`` of line ``number`` is bought (change > 0) or sold.

        It states the drift of the line before trading, the band if it is out of it, and where
        the trade goes or what it pays for.
        """
        key = self.lines.keys[number]
        target = float(self.lines.target[number])
        drift = float(self.before[number]) - target
        subject = f"{key}: no target" if target == 0 else self._distance(key, drift, target)
        verb = "bought" if change > 0 else "sold"
        who = "" if key == symbol else f"{symbol} "
        return f"{subject}; {who}{verb} {self._purpose(number, change)}."

    def _distance(self, key: str, drift: float, target: float) -> str:
        if abs(drift) < 5e-7:
            return f"{key}: at its {percent(target)} target"
        side = "over" if drift > 0 else "under"
        return f"{key}: {points(drift)} {side} its {percent(target)} target"

    @cached_property
    def _was_out(self) -> BoolArray:
        return self.lines.breached(self.move.after_flow)

    @cached_property
    def _is_out(self) -> BoolArray:
        return self.lines.breached(self.after)

    def _purpose(self, number: int, change: float) -> str:
        wanted = float(self.move.after[number] - self.move.before[number])
        drift = float(self.move.after_flow[number] - self.lines.target[number])
        whole = (
            "the whole shares together come" if self.is_whole else "the account as a whole comes"
        )
        if not self.move.triggered:
            against = self.flow > 0 > change or (self.flow < 0 < change)
            return f"so that {whole} closest to the plan" if against else self._flow_purpose(change)
        if self.plan.method is Method.OPTIMAL:
            return self._worth(number, change, drift)
        if self._was_out[number] and drift * change < 0:
            band = self.lines.upper[number] if drift > 0 else self.lines.lower[number]
            out = f", as it is out of its ±{points(float(band))} band"
            return self._goal(number, change) + out
        if wanted * change < 0 or wanted == 0:
            return f"so that {whole} closest to the plan"
        if self.plan.destination.is_target and drift * change < 0 and abs(drift) > WEIGHT_TOLERANCE:
            left = float(self.after[number] - self.lines.target[number])
            if abs(left) > max(abs(drift), _SHOWN):
                return f"so that {whole} closest to the plan"
            return self._goal(number, change)
        if change > 0:
            return "with the proceeds of the others" if self.sells else self._flow_purpose(change)
        return "to pay for the others" if self.buys else "to raise cash"

    def _worth(self, number: int, change: float, drift: float) -> str:
        """Why a trade is worth its cost, as it reads after "sold ..." or "bought ..."."""
        if self.lines.target[number] == 0 and self.after[number] <= 0:
            return "in full"
        was, ends = float(self.before[number]), float(self.after[number])
        left = ends - float(self.lines.target[number])
        if self.flow < 0 and change < 0 and (was <= self.lines.target[number] or ends > was):
            return self._flow_purpose(change)
        if abs(left) < _SHOWN and drift * change < 0:
            return "to its target"
        if drift * change >= 0 or drift * left < 0:  # away from its target, or past it
            return "since with the others that leaves less risk than it costs"
        return f"to {percent(ends)}, beyond which less risk is not worth its cost"

    def _goal(self, number: int, change: float) -> str:
        """Where the trade ends, as it reads after "sold ..." or "bought ..."."""
        left = float(self.after[number] - self.lines.target[number])
        if self.lines.target[number] == 0 and self.after[number] <= 0:
            return "in full"
        if self.plan.destination.is_target:
            if abs(left) < _SHOWN:
                return "to its target"
            if abs(left) < _NEAR:
                return "to about its target"
            return "past its target" if left * change > 0 else "towards its target"
        if self._is_out[number]:
            return "towards its band" if left * change < 0 else "past its band"
        if self.move.bounds is None or self.move.bands is None:
            return "into its band"
        side = 0 if change > 0 else 1
        ends = float(self.after[number])
        if abs(ends - float(self.move.bounds[side][number])) < _SHOWN:
            # A distance wider than the band is the band itself.
            is_edge = self.move.bounds[side][number] == self.move.bands[side][number]
            return TO_EDGE.words if is_edge else self.plan.destination.words
        return "into its band"

    def _flow_purpose(self, change: float) -> str:
        if change > 0:
            if self.flow <= 0:
                return "with idle cash"
            and_idle = " and idle cash" if self.idle > 0 else ""
            return f"with the new cash of {money(self.flow)}{and_idle}"
        if self.flow < 0:
            return f"to raise the withdrawal of {money(-self.flow)}"
        return "to restore the minimum cash"
