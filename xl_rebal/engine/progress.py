"""How far a long study is, told to whoever asked; a study is cancelled by raising from there."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called as progress(done, total) every few milliseconds of work; what it raises ends the study."""


class Work:
    """So much of ``total`` is done; the unit is the caller's."""

    def __init__(self, total: int, progress: Progress | None = None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def done(self, amount: int) -> None:
        """So much more."""
        self._done = min(self._done + amount, self._total)
        if self._progress is not None:
            self._progress(self._done, self._total)
