"""Lines, paragraphs and tables on standard output, as wide as it is."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from xl_rebal.columns import Column, Row, Span, Table, lay_out, paragraph, width_of
from xl_rebal.errors import Note


class Screen:
    """Where lines go, and how wide it is. Lines are laid out here, so rich breaks and cuts none."""

    def __init__(self) -> None:
        # No markup: an account may be called "IRA [old]".
        self._console = Console(highlight=False, markup=False, emoji=False)
        # The last column of an old Windows console breaks the line.
        width = width_of(sys.stdout)
        self.width = width and width - self._console.legacy_windows

    def line(self, *spans: Span) -> None:
        self._console.print(Text.assemble(*spans), soft_wrap=True)

    def say(self, text: str, style: str = "", *, first: str = "", then: str = "") -> None:
        """A paragraph."""
        for line in paragraph(text, self.width, first=first, then=then):
            self.line((line, style))

    def table(self, table: Table) -> None:
        for line in lay_out(table, self.width):
            self.line(*line)

    def notes(self, notes: Iterable[Note]) -> None:
        for note in notes:
            self.say(f"Note: {note}", "yellow", then="  ")


def row_of(*cells: str | Span, remark: str = "") -> Row:
    """Cells without a style, unless they come with one."""
    spans = tuple((cell, "") if isinstance(cell, str) else cell for cell in cells)
    return Row(spans, remark)


def numbers(*headers: str) -> tuple[Column, ...]:
    """Columns of numbers."""
    return tuple(Column(header, right=True) for header in headers)
