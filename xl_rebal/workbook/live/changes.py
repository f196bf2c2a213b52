"""Changes of an open book that are made all or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from xl_rebal.errors import Code, Problem, WriteError, XlRebalError
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.found_tables import TablePlace
from xl_rebal.workbook.live.held import Held
from xl_rebal.workbook.live.sheets import LiveSheets

_LONGEST = 200
"""Characters of a program's own words that are told on."""


@dataclass(frozen=True)
class Change:
    """One block of a sheet: what stands there and what will.

    It is the rows of a ``table``, which is ``resized``, or a cell that has a defined ``name``.
    """

    sheet: str
    area: Area
    before: Held
    after: Held
    table: TablePlace | None = None
    resized: Area | None = None
    name: str = ""

    def make(self, sheets: LiveSheets) -> None:
        """Contents first: a table grows over rows that are filled already."""
        if self.table is not None:
            sheets.show_all(self.table)
        sheets.put(self.sheet, self.area, self.after)
        if self.table is not None and self.resized is not None:
            sheets.resize(self.table, self.resized)

    def steps_back(self, sheets: LiveSheets) -> tuple[Callable[[], None], ...]:
        """What undoes it, size first: what stands below a table is none of its rows."""
        put = partial(sheets.put, self.sheet, self.area, self.before)
        if self.table is None or self.resized is None:
            return (put,)
        return partial(sheets.resize, self.table, self.table.area), put


@contextmanager
def made(sheets: LiveSheets, changes: Sequence[Change]) -> Iterator[None]:
    """Every change is made for the block of the ``with``; where one fails, or the block, none is.

    Those that were begun are taken back, the last one first. WriteError where the program refused. Any
    other error goes on as it is, with the book as it was.
    """
    begun: list[Change] = []
    try:
        for change in changes:
            begun.append(change)
            change.make(sheets)
        yield
    except BaseException as error:
        left = _take_back(sheets, begun)
        words = sheets.refusal(error)
        if words is None:
            if left:
                error.add_note(f"Not put back: {', '.join(left)}. Close the book without saving.")
            raise
        raise refused(sheets, words, begun[-1].sheet if begun else "", left) from error


def _take_back(sheets: LiveSheets, begun: Sequence[Change]) -> list[str]:
    """Put back what was begun, as much as can be; the sheets on which something could not.

    What fails here is told beside the error that led here, which is the one that is raised.
    """
    left: list[str] = []
    for change in reversed(begun):
        is_back = True
        for step in change.steps_back(sheets):
            try:
                step()
            except Exception:  # the rest must be put back all the same
                is_back = False
        if not is_back and not _stands(sheets, change) and change.sheet not in left:
            left.append(change.sheet)
    return left


def _stands(sheets: LiveSheets, change: Change) -> bool:
    """Whether nothing of a change was made: a protected sheet takes neither the new nor the old."""
    try:
        table = change.table
        same = table is None or sheets.tables()[table.name].area == table.area
        return same and sheets.held(change.sheet, change.area) == change.before
    except Exception:  # what cannot be looked at is not known to stand
        return False


@contextmanager
def told(sheets: LiveSheets) -> Iterator[None]:
    """What the program refuses before anything was changed is said in words."""
    try:
        yield
    except XlRebalError:
        raise
    except Exception as error:
        words = sheets.refusal(error)
        if words is None:
            raise
        raise refused(sheets, words) from error


def refused(
    sheets: LiveSheets, words: str, sheet: str = "", left: Sequence[str] = ()
) -> WriteError:
    """The program would not write, in its own words; sheets that are ``left`` half written are named."""
    words = " ".join(words.split()).rstrip(".")
    words = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 3]}..."
    fix = f"Nothing was changed: do what {sheets.program} says, and run it again."
    if left:
        fix = f"What stood on {', '.join(left)} could not be put back: close the book without saving it."
    return WriteError(
        Problem(Code.CANNOT_WRITE, f"a refusal by {sheets.program}: {words}",
                "a sheet that can be written", fix, sheet)
    )  # fmt: skip
