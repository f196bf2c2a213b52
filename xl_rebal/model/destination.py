"""Where a trade ends."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Destination:
    """Where a trade ends: a fraction of the band (0 = target, 1 = edge), or a distance of its own.

    ``distance`` is a fraction of the portfolio from the target; where given it holds instead.
    """

    fraction: float = 0.0
    distance: float | None = None

    @property
    def is_target(self) -> bool:
        """Whether every asset goes to its target, breached or not."""
        return self.distance is None and self.fraction == 0

    @property
    def words(self) -> str:
        """As it reads after "sold ..." or "bought ..."."""
        if self.distance is not None:
            return f"to {self.distance * 100:.4g} pp from its target"
        named = {0.0: "to its target", 1.0: "to the edge of its band", 0.5: "to half its band"}
        return named.get(self.fraction, f"to {self.fraction * 100:.4g} % of its band")


TO_TARGET = Destination(0.0)
TO_HALF = Destination(0.5)
TO_EDGE = Destination(1.0)
