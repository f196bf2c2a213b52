"""All problems of a book collected, so that a person sees them at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from xl_rebal.cells import Refusal
from xl_rebal.errors import Code, Problem


@dataclass
class Problems:
    """Collects every problem, so that a person sees all of them at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, refusal: Refusal, sheet: str, cell: str) -> None:
        self.found.append(refusal.at(sheet, cell))

    def say(
        self, code: Code, found: str, expected: str, fix: str, sheet: str = "", cell: str = ""
    ) -> None:
        self.found.append(Problem(code, found, expected, fix, sheet, cell))

    def about(self, argument: str) -> bool:
        """Whether anything has been said of an argument or setting."""
        return any(each.argument == argument for each in self.found)

    def advise(self, sheet: str, cell: str, fix: str) -> None:
        """Better advice for what was found at a cell, once more is known of its row."""
        self.found = [
            replace(each, fix=fix) if (each.sheet, each.cell) == (sheet, cell) else each
            for each in self.found
        ]
