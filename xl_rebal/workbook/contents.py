"""What a book says, from what its host shows of it: one way for files and for live Excel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from xl_rebal.workbook.book import Source
from xl_rebal.workbook.doubts import Facts, noted, refused
from xl_rebal.workbook.found_tables import FoundTable, Sheets, TablePlace, find_tables
from xl_rebal.workbook.layout import TABLES
from xl_rebal.workbook.set_names import NameOf, read_settings


class Contents(Sheets, Protocol):
    """An open book: its cells, and what stands beside them."""

    def tables(self) -> Sequence[TablePlace]:
        """All Excel tables, sheet by sheet."""

    def names(self) -> Sequence[NameOf]:
        """The defined names that begin with ``set_``, maybe others; those of one sheet too."""

    def facts(self, table: FoundTable) -> Facts:
        """What is to be known of an input table beside its cells."""


def source_of(book: Contents) -> Source:
    """All tables of our layout and all ``set_`` cells, with every problem and note about them."""
    found = find_tables(book.tables(), book)
    settings, of_names = read_settings(book.names(), book)
    inputs = [table for name, table in found.ours.items() if not TABLES[name].result]
    seen = [(table, book.facts(table)) for table in inputs]
    return Source(
        {name: table.raw for name, table in found.ours.items()},
        settings,
        found.strangers,
        (*found.problems, *of_names, *refused(seen)),
        noted(seen),
    )
