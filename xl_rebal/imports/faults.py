"""Problems of a file, each with its line and cell, handed over in the order of the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from xl_rebal.cells import Refusal
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.imports.rows import Rows


@dataclass
class Faults:
    """Collects what is wrong with the rows of one file or sheet."""

    rows: Rows
    _found: list[tuple[tuple[int, int], Problem]] = field(default_factory=list)

    def say(
        self,
        code: Code,
        found: str,
        expected: str,
        fix: str,
        row: int | None = None,
        column: int | None = None,
    ) -> None:
        """A problem of a cell, of a line, or of the file as a whole."""
        place = self.rows.name if row is None else self.rows.place(row, column)
        self._add(Problem(code, found, expected, fix, argument=place), row, column)

    def refuse(self, refusal: Refusal, row: int, column: int) -> None:
        """A cell that could not be read."""
        self._add(refusal.at(argument=self.rows.place(row, column)), row, column)

    def option(self, name: str, found: str, expected: str, fix: str) -> None:
        """An option that does not go with the file."""
        self._add(Problem(Code.UNKNOWN_WORD, found, expected, fix, argument=name), None, None)

    def _add(self, problem: Problem, row: int | None, column: int | None) -> None:
        self._found.append(((-1 if row is None else row, column or 0), problem))

    def __bool__(self) -> bool:
        return bool(self._found)

    def raise_any(self) -> None:
        """InputError with all problems, if there are any."""
        raise_all([self])


def raise_all(several: Iterable[Faults]) -> None:
    """InputError with the problems of all, if there are any."""
    found = [
        problem
        for faults in several
        for _, problem in sorted(faults._found, key=lambda each: each[0])
    ]
    if found:
        raise InputError(found)
