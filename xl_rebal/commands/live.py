"""The commands over a book that is open in a spreadsheet program, and what its user is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from xl_rebal.commands import COMMANDS, Summary
from xl_rebal.commands.command import Button
from xl_rebal.errors import Code, WriteError, XlRebalError
from xl_rebal.workbook.book import Book
from xl_rebal.workbook.layout import CHECKS
from xl_rebal.workbook.render import render_checks

_SHOWN = 10
_LIST = f"The sheet {CHECKS.sheet} has the list, with a link to each cell."


class Macro(NamedTuple):
    """What can be run over an open book: ``label`` on its button, ``help`` as a one-sentence tip."""

    name: str
    label: str
    help: str
    button: Button | None = None


UNDO = Macro(
    "undo", "Undo", "Put the result tables back as they stood before the last run.",
    Button("Rebalance", "Undo", "U"),
)  # fmt: skip
MACROS: dict[str, Macro] = {
    name: Macro(name, command.label, command.help, command.button)
    for name, command in COMMANDS.items()
} | {UNDO.name: UNDO}
"""Everything that can be run over an open book, by name."""


class LiveBook(Book, Protocol):
    """A book that is open in a program."""

    def has_table(self, name: str) -> bool:
        """Whether a table of this name stands in the book."""


@dataclass(frozen=True)
class Told:
    """What the user is told: one line, or one a problem; ``summary`` where nothing was refused."""

    title: str
    lines: tuple[str, ...]
    more: str = ""
    summary: Summary | None = None

    @property
    def text(self) -> str:
        """What fits into a box: the first lines, how many more there are, and ``more``."""
        hidden = len(self.lines) - _SHOWN
        rest = [f"... and {hidden} more."] if hidden > 0 else []
        return "\n".join([*self.lines[:_SHOWN], *rest, *([self.more] if self.more else [])])


def run_live(book: LiveBook, name: str) -> Told:
    """Run a command. What is wrong with the book goes to its sheet Checks, and nothing else changes.

    What cannot be written is told alone. Our own bug is not caught: writing is all or nothing.
    """
    command = COMMANDS[name]

    def run() -> Told:
        summary = command.run(book, {})
        return Told(command.label, (summary.sentence,), summary=summary)

    return told(book, command.label, run, is_done=name == "check")


def told(book: LiveBook, title: str, run: Callable[[], Told], *, is_done: bool = False) -> Told:
    """What ``run`` tells, or what it was refused for; the status bar is given back.

    ``is_done`` says that it lists what is wrong by itself.
    """
    try:
        return run()
    except WriteError as error:
        return Told(title, tuple(map(str, error.problems)))
    except XlRebalError as error:
        is_listed = _list_problems(book, error, is_done=is_done)
        return Told(title, tuple(map(str, error.problems)), _LIST if is_listed else "")
    finally:
        book.report("")


def _list_problems(book: LiveBook, error: XlRebalError, *, is_done: bool) -> bool:
    """Put the problems on the sheet Checks, unless that is done; whether they are there.

    What is refused as a whole, such as a book in Excel for Mac, is not written to either; and that
    there is nothing to undo is nothing wrong with a book.
    """
    unlisted = (Code.UNSUPPORTED_BOOK, Code.NOTHING_TO_UNDO, Code.CHANGED_SINCE)
    if any(each.code in unlisted for each in error.problems) or not book.has_table(CHECKS.name):
        return False
    if not is_done:
        try:
            book.write(render_checks(error.problems))
        except WriteError:  # what is wrong with the book is what the user must know
            return False
    return True
