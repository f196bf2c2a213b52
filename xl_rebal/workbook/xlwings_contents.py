"""A workbook that is open in Excel as Contents, through the caller's xlwings objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xl_rebal.cells import RawCell
from xl_rebal.workbook.areas import CELLS_AT_ONCE, Area
from xl_rebal.workbook.doubts import Facts
from xl_rebal.workbook.excel_values import raw_cell
from xl_rebal.workbook.found_tables import FoundTable, TablePlace
from xl_rebal.workbook.set_names import PREFIX, NameOf
from xl_rebal.workbook.xlwings_facts import area_of, facts_in_excel


class ExcelContents:
    """``book`` is an ``xlwings.Book``. Cells are read as Value2: unrounded, dates as serials."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._sheets = {sheet.name: sheet for sheet in book.sheets}
        self._extents: dict[str, tuple[int, int]] = {}

    @property
    def titles(self) -> list[str]:
        return list(self._sheets)

    def extent(self, title: str) -> tuple[int, int]:
        """That of the used range, which may be larger than what is filled, never smaller."""
        if title not in self._extents:
            used = area_of(self._sheets[title].used_range)
            self._extents[title] = used.bottom, used.right
        return self._extents[title]

    def rows(self, title: str, area: Area) -> Iterator[tuple[RawCell, ...]]:
        for part in area.pieces(self.extent(title)[0], CELLS_AT_ONCE):
            value = self._sheets[title].range(part.ref).api.Value2
            for row in value if isinstance(value, (tuple, list)) else ((value,),):
                yield tuple(raw_cell(cell) for cell in row)

    def tables(self) -> list[TablePlace]:
        return [
            TablePlace(table.name, title, area_of(table.range), bool(table.show_totals))
            for title, sheet in self._sheets.items()
            for table in sheet.tables
        ]

    def names(self) -> list[NameOf]:
        known = [(name, *_title_and_name(name.name)) for name in self._book.names]
        return [
            NameOf(plain, name.refers_to, title)
            for name, title, plain in known
            if plain.casefold().startswith(PREFIX)
        ]

    def facts(self, table: FoundTable) -> Facts:
        return facts_in_excel(self._sheets[table.raw.sheet], table)


def _title_and_name(name: str) -> tuple[str | None, str]:
    """The sheet that alone sees a name, if one does, and the name without it.

    >>> _title_and_name("set_CostBp"), _title_and_name("'Ann''s book'!set_CostBp")
    ((None, 'set_CostBp'), ("Ann's book", 'set_CostBp'))
    """
    title, _, plain = name.rpartition("!")
    return title.strip("'").replace("''", "'") or None, plain
