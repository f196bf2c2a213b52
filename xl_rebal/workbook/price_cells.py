"""The cells of tblPrices that change, as they are written into the text of its sheet."""

from __future__ import annotations

from datetime import date

import numpy as np

from xl_rebal.cells import is_blank, serial
from xl_rebal.workbook.package.grid import SheetGrid
from xl_rebal.workbook.price_layout import PriceLayout
from xl_rebal.workbook.price_looks import PriceLooks

Changes = dict[int, dict[int, str]]
"""Cells by row and column of the sheet."""


class PriceCells:
    """Writes the cells of a layout."""

    def __init__(self, layout: PriceLayout, grid: SheetGrid, looks: PriceLooks) -> None:
        self._layout, self._grid, self._looks = layout, grid, looks
        self._symbols = {place: symbol for symbol, place in layout.place.items()}
        self._columns = {symbol: n for n, symbol in enumerate(layout.prices.symbols)}
        self._days = {day: n for n, day in enumerate(layout.prices.dates)}
        self._width = len(layout.raw.header)

    def changes(self) -> Changes:
        """Every cell that is not as it was."""
        layout = self._layout
        found: Changes = {}
        if layout.headers:
            found[layout.row(-1)] = {
                layout.raw.column + place: self._grid.words(
                    layout.row(-1), layout.raw.column + place, header, self._looks.of(-1, place)
                )
                for place, header in layout.headers.items()
            }
        for day, index in layout.index.items():
            if cells := self._of_date(day, index):
                found[layout.row(index)] = cells
        taken = set(layout.index.values())
        for index in set(layout.before.values()) - taken:
            found[layout.row(index)] = self._blanks(index, 0)
        if layout.width > self._width:
            for index in self._looks.spare:
                if index not in taken:
                    found[layout.row(index)] = self._blanks(index, self._width)
        return found

    def touched(self) -> set[tuple[int, int]]:
        """Row and column of the cells there now that move or get another value."""
        layout, found = self._layout, set()
        for day, old in layout.before.items():
            for place in range(self._width):
                if layout.index[day] != old or self._differs(day, old, place):
                    found.add((layout.row(old), layout.raw.column + place))
        return found

    def _of_date(self, day: date, index: int) -> dict[int, str]:
        """The cells of a date that are to be written, by column of the sheet."""
        layout, old = self._layout, self._layout.before.get(day)
        cells = {}
        for place in range(layout.width):
            column = layout.raw.column + place
            stays = old is not None and place < self._width and not self._differs(day, old, place)
            if not stays:
                cells[column] = self._cell(day, index, place)
            elif old != index:
                cells[column] = self._moved(old, index, place)
        return cells

    def _moved(self, old: int | None, index: int, place: int) -> str:
        assert old is not None
        row, column = self._layout.row(index), self._layout.raw.column + place
        cell = self._grid.cells(self._layout.row(old)).get(column)
        if cell is None:
            return self._grid.blank(row, column, None)
        return self._grid.moved(cell, row, column)

    def _cell(self, day: date, index: int, place: int) -> str:
        row, column = self._layout.row(index), self._layout.raw.column + place
        if place == self._layout.date_place:
            return self._grid.number(row, column, serial(day), self._looks.of_date(index))
        price, look = self._price(day, place), self._looks.of(index, place)
        if np.isnan(price):
            return self._grid.blank(row, column, look)
        return self._grid.number(row, column, price, look)

    def _blanks(self, index: int, first: int) -> dict[int, str]:
        row, left = self._layout.row(index), self._layout.raw.column
        return {
            left + place: self._grid.blank(row, left + place, self._looks.of(index, place))
            for place in range(first, self._layout.width)
        }

    def _price(self, day: date, place: int) -> float:
        column = self._columns.get(self._symbols.get(place, ""))
        if column is None:
            return float("nan")
        return float(self._layout.prices.values[self._days[day], column])

    def _differs(self, day: date, old: int, place: int) -> bool:
        """Whether a cell is to hold another price; dates never change."""
        if place == self._layout.date_place or place not in self._symbols:
            return False
        raw, price = self._layout.raw.at(old, place), self._price(day, place)
        return not np.isnan(price) if is_blank(raw) else raw != price
