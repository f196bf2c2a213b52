"""A command of the menu over the document of its window, and what there is to say of it."""

from __future__ import annotations

from dataclasses import dataclass

from xl_rebal.commands import COMMANDS
from xl_rebal.errors import XlRebalError
from xl_rebal.workbook.book import Book

_SHOWN = 10


@dataclass(frozen=True)
class Told:
    """What a command says: one line, or one a problem."""

    title: str
    lines: tuple[str, ...]
    done: bool = True

    @property
    def text(self) -> str:
        """What fits into a box."""
        more = len(self.lines) - _SHOWN
        return "\n".join([*self.lines[:_SHOWN], *([f"... and {more} more."] if more > 0 else [])])


def run(name: str, book: Book) -> Told:
    """Run a command; a user's mistake is told and changes nothing, our own bug is raised."""
    command = COMMANDS[name]
    try:
        summary = command.run(book, {})
    except XlRebalError as error:
        return Told(command.label, tuple(map(str, error.problems)), done=False)
    finally:
        book.report("")
    return Told(command.label, (summary.sentence,))
