"""A document that is open in LibreOffice Calc as Contents, through UNO objects handed in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from xl_rebal.cells import RawCell
from xl_rebal.workbook.areas import CELLS_AT_ONCE, Area
from xl_rebal.workbook.doubts import Facts
from xl_rebal.workbook.found_tables import FoundTable, TablePlace
from xl_rebal.workbook.set_names import PREFIX, NameOf
from xl_rebal.workbook.uno_cells import area_of, raw_rows, reference
from xl_rebal.workbook.uno_facts import facts_in_calc

_OTHER_FILE = re.compile(r"'file:[^']*?([^'/]+)'#")
_SHEET_OF = re.compile(r"\$?('(?:[^']|'')+'|\w+)\.(?=[$#])")


class CalcContents:
    """``document`` is a SpreadsheetDocument. An Excel table is one of its database ranges."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._titles: tuple[str, ...] = document.Sheets.ElementNames
        self._extents: dict[str, tuple[int, int]] = {}

    @property
    def titles(self) -> tuple[str, ...]:
        return self._titles

    def extent(self, title: str) -> tuple[int, int]:
        if title not in self._extents:
            cursor = self._sheet(title).createCursor()
            cursor.gotoEndOfUsedArea(False)
            used = area_of(cursor.RangeAddress)
            self._extents[title] = used.bottom, used.right
        return self._extents[title]

    def rows(self, title: str, area: Area) -> Iterator[tuple[RawCell, ...]]:
        for part in area.pieces(self.extent(title)[0], CELLS_AT_ONCE):
            yield from map(tuple, raw_rows(self._document, self._sheet(title), part))

    def tables(self) -> list[TablePlace]:
        """Sheet by sheet, and on each from its first cell on."""
        ranges = self._document.DatabaseRanges
        found = [(name, ranges.getByName(name)) for name in ranges.ElementNames]
        areas = [(name, named.getDataArea(), bool(named.TotalsRow)) for name, named in found]
        return [
            TablePlace(name, self._titles[address.Sheet], area_of(address), totals)
            for name, address, totals in sorted(
                areas, key=lambda each: (each[1].Sheet, area_of(each[1]))
            )
        ]

    def names(self) -> list[NameOf]:
        found: list[tuple[str | None, Any]] = [(None, self._document.NamedRanges)]
        found += [(title, self._sheet(title).NamedRanges) for title in self._titles]
        return [
            NameOf(name, self._target(ranges.getByName(name)), title)
            for title, ranges in found
            for name in ranges.ElementNames
            if name.casefold().startswith(PREFIX)
        ]

    def facts(self, table: FoundTable) -> Facts:
        return facts_in_calc(self._document, self._sheet(table.raw.sheet), table)

    def _sheet(self, title: str) -> Any:
        return self._document.Sheets.getByName(title)

    def _target(self, name: Any) -> str:
        """What a name is for, as Excel spells it."""
        cells = name.getReferredCells()
        if cells is None:
            return _as_in_excel(name.Content)
        address = cells.RangeAddress
        return reference(self._titles[address.Sheet], area_of(address))


def _as_in_excel(content: str) -> str:
    """A name's content that is no block of cells.

    >>> _as_in_excel("$'My sheet'.$A$1;$B.$B$3"), _as_in_excel("'file:///desk/Other.xlsx'#$A.$B$4")
    ("'My sheet'!$A$1,B!$B$3", '[Other.xlsx]A!$B$4')
    """
    own = _OTHER_FILE.sub(r"[\1]", content)
    return _SHEET_OF.sub(r"\1!", own).replace(";", ",")
