"""The commands over a book that is open in a spreadsheet program, with what the user is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from xl_rebal.commands import COMMANDS, Summary
from xl_rebal.errors import Code, WriteError, XlRebalError
from xl_rebal.workbook.book import Book
from xl_rebal.workbook.layout import CHECKS
from xl_rebal.workbook.live.sheets import LiveSheets
from xl_rebal.workbook.render import render_checks

_SHOWN = 10
"""Problems that a box shows."""


class Macro(NamedTuple):
    """What a button needs to know: ``label`` on it, ``help`` as its one-sentence tip."""

    name: str
    label: str
    help: str


UNDO = "undo"
MACROS: dict[str, Macro] = {
    name: Macro(name, command.label, command.help) for name, command in COMMANDS.items()
} | {
    UNDO: Macro(UNDO, "Undo", "Put the result tables back as they stood before the last run."),
}
"""Everything that can be run over an open book, by name."""


class LiveBook(Book, Protocol):
    """A book that is open in a program."""

    @property
    def sheets(self) -> LiveSheets:
        """Its sheets, for writing."""

    @property
    def can_undo(self) -> bool:
        """Whether what the last ``write`` wrote over is kept."""

    def undo(self) -> str:
        """Put the results back that the last run wrote over; a sentence that says which."""

    def alert(self, message: str, title: str) -> None:
        """A box with one button."""


@dataclass(frozen=True)
class Told:
    """What the user was told; the ``summary`` of a command that was not refused."""

    text: str
    summary: Summary | None = None


def run_live(book: LiveBook, name: str) -> Told:
    """Run a command, or ``undo``, and tell the user what came of it in a box.

    What is wrong with the book goes to its sheet Checks, which is all that a refused run changes; what
    cannot be written is told alone. Our own bug is not caught: writing is all or nothing.
    """
    macro = MACROS[name]
    try:
        told = _told(book, name)
    finally:
        book.report("")
    book.alert(told.text, macro.label)
    return told


def _told(book: LiveBook, name: str) -> Told:
    try:
        if name == UNDO:
            return Told(book.undo())
        command = COMMANDS[name]
        summary = command.run(book, {})
    except WriteError as error:
        return Told(_words(error))
    except XlRebalError as error:
        is_listed = name != UNDO and _list_problems(book, error, is_done=name == "check")
        list_ = f"\nThe sheet {CHECKS.sheet} has the list, with a link to each cell."
        return Told(_words(error) + list_ * is_listed)
    lines = [summary.sentence]
    if command.writes and name != "check" and not book.can_undo:
        lines.append(
            "This run cannot be undone: the book takes no sheet for what stood there before."
        )
    return Told("\n".join(lines), summary)


def _words(error: XlRebalError) -> str:
    lines = [str(problem) for problem in error.problems[:_SHOWN]]
    if len(error.problems) > _SHOWN:
        lines.append(f"... and {len(error.problems) - _SHOWN} more.")
    return "\n".join(lines)


def _list_problems(book: LiveBook, error: XlRebalError, *, is_done: bool) -> bool:
    """Put the problems on the sheet Checks; whether they are there. ``check`` has done it itself.

    A book that is refused as a whole, such as one in Excel for Mac, is not written to either.
    """
    is_unsupported = any(each.code == Code.UNSUPPORTED_BOOK for each in error.problems)
    if is_unsupported or CHECKS.name not in book.sheets.tables():
        return False
    if not is_done:
        try:
            book.write(render_checks(error.problems))
        except WriteError:  # what is wrong with the book is what the user must know
            return False
    return True
