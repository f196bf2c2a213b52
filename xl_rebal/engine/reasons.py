"""Why each trade is made, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from xl_rebal.engine.destination import Move
from xl_rebal.engine.lines import Lines
from xl_rebal.model.plan import Method, Plan
from xl_rebal.numerics.bands import is_breached
from xl_rebal.wording import money, percent, points


@dataclass(frozen=True)
class Reasons:
    """Writes the sentences of one account; ``flow`` is its new cash in currency."""

    lines: Lines
    move: Move
    plan: Plan
    flow: float

    def sentence(self, number: int, symbol: str, change: float) -> str:
        """Why ``symbol`` of line ``number`` is bought (change > 0) or sold.

        It states the drift of the line before trading, the band if it is out of it, and where
        the trade goes or what it pays for.
        """
        key = self.lines.keys[number]
        target = float(self.lines.target[number])
        drift = float(self.move.before[number]) - target
        subject = f"{key}: no target" if target == 0 else self._distance(key, drift, target)
        verb = "bought" if change > 0 else "sold"
        who = "" if key == symbol else f"{symbol} "
        return f"{subject}; {who}{verb} {self._purpose(number, change, drift)}."

    def _distance(self, key: str, drift: float, target: float) -> str:
        if abs(drift) < 5e-7:
            return f"{key}: at its {percent(target)} target"
        side = "over" if drift > 0 else "under"
        return f"{key}: {points(drift)} {side} its {percent(target)} target"

    def _is_out(self, number: int) -> bool:
        one = slice(number, number + 1)
        drift = self.move.after_flow[one] - self.lines.target[one]
        return bool(is_breached(drift, self.lines.lower[one], self.lines.upper[one])[0])

    def _purpose(self, number: int, change: float, drift: float) -> str:
        wanted = float(self.move.after[number] - self.move.before[number])
        if wanted * change < 0 or wanted == 0:
            return "so that the whole shares together come closest to the plan"
        if drift * change > 0 and self.move.triggered:
            return "so that the account as a whole comes closest to the plan"
        if not self.move.triggered:
            return self._flow_purpose(change)
        if self._is_out(number) and self.plan.method is Method.THRESHOLD:
            band = self.lines.upper[number] if drift > 0 else self.lines.lower[number]
            return f"{self.plan.destination.words}, as it is out of its ±{points(float(band))} band"
        if self.plan.destination.is_target:
            return "to its target"
        return "with the proceeds of the others" if change > 0 else "to pay for the others"

    def _flow_purpose(self, change: float) -> str:
        if change > 0:
            return f"with the new cash of {money(self.flow)}" if self.flow > 0 else "with idle cash"
        if self.flow < 0:
            return f"to raise the withdrawal of {money(-self.flow)}"
        return "to restore the minimum cash"
