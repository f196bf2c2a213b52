"""Which style each cell of tblPrices has or gets: new cells look like their neighbours."""

from __future__ import annotations

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.package import Package
from xl_rebal.workbook.package.grid import SheetGrid
from xl_rebal.workbook.package.number_formats import shows_dates, with_date_style
from xl_rebal.workbook.price_layout import PriceLayout


class PriceLooks:
    """Styles by data row (-1 is the header) and column, both from 0.

    A row that is there and blank has its own; a new one looks like the last filled row, a new column
    like the last one of prices. ``package`` grows by a style where dates would show as numbers.
    """

    def __init__(self, layout: PriceLayout, grid: SheetGrid, package: Package, old: Area) -> None:
        self.package = package
        self._layout, self._grid = layout, grid
        filled = layout.before.values()
        count = old.bottom - old.top
        self._own = {-1, *range(count), *filled}
        self.model = max(filled, default=count - 1)
        self.spare = sorted(set(range(count)).difference(filled))
        width = len(layout.raw.header)
        places = {*layout.place.values(), *layout.headers}
        self._last = max((place for place in places if place < width), default=None)
        self._dates: dict[str | None, str | None] = {}

    def of(self, index: int, place: int) -> str | None:
        """The style of a cell that is written; None where there is no model."""
        if place >= len(self._layout.raw.header):
            if self._last is None:
                return None
            place = self._last
        row = self._layout.row(index if index in self._own else self.model)
        cell = self._grid.cells(row).get(self._layout.raw.column + place)
        return cell.style if cell else None

    def of_date(self, index: int) -> str | None:
        """The style of a date: one that shows it as such."""
        style = self.of(index, self._layout.date_place)
        if style not in self._dates:
            self._dates[style] = style
            if not shows_dates(self.package, style):
                self.package, self._dates[style] = with_date_style(self.package, style)
        return self._dates[style]
