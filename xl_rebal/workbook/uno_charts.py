"""Charts of an open Calc document that show the rows of tables.

Excel's charts follow a table that grows by themselves; Calc's show the cells that they were given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import column_letters

_CELLS = re.compile(r"\$?('(?:[^']|'')+'|[^'.$]+)\.(\$[A-Z]+\$\d+(?::\$[A-Z]+\$\d+)?)")


@dataclass(frozen=True)
class Moved:
    """A table that reached from ``before`` to ``after``, each with its header row."""

    sheet: str
    before: Area
    after: Area

    def back(self) -> Moved:
        return Moved(self.sheet, self.after, self.before)

    def now(self, shown: str) -> str | None:
        """Where cells that were all rows of one of its columns are now; None if they were not.

        >>> moved = Moved("Data", Area(3, 1, 4, 2), Area(3, 1, 9, 2))
        >>> moved.now("$Data.$B$4"), moved.now("$Data.$B$3"), moved.now("$Other.$B$4")
        ('$Data.$B$4:$B$9', None, None)
        """
        found = _CELLS.fullmatch(shown)
        area = Area.of(found[2]) if found else None
        if found is None or area is None or area.width > 1:
            return None
        title, before, after = found[1].strip("'").replace("''", "'"), self.before, self.after
        if title != self.sheet or (area.top, area.bottom) != (before.top + 1, before.bottom):
            return None
        if not before.left <= area.left <= before.right:
            return None
        column = f"${column_letters(area.left)}$"
        first, last = (f"{column}{row}" for row in (after.top + 1, after.bottom))
        return shown[: found.start(2)] + (first if first == last else f"{first}:{last}")


def follow(document: Any, moved: Sequence[Moved]) -> None:
    """Let charts that showed all rows of a table show all that it has now."""
    for chart, labelled, place in following(document, moved):
        made = chart.getDataProvider().createDataSequenceByRangeRepresentation(place)
        made.Role = labelled.getValues().Role
        labelled.setValues(made)


def following(document: Any, moved: Sequence[Moved]) -> list[tuple[Any, Any, str]]:
    """Charts that showed all rows of a table: what of each must be shown anew, and where it is now."""
    if not moved:
        return []
    return [
        (shown, labelled, place)
        for sheet in document.Sheets
        for chart in sheet.Charts
        for shown in [chart.EmbeddedObject]
        for labelled in _sequences(shown)
        if (values := labelled.getValues()) is not None
        for place in [_now(values.SourceRangeRepresentation, moved)]
        if place is not None
    ]


def _now(shown: str, moved: Sequence[Moved]) -> str | None:
    return next(filter(None, (each.now(shown) for each in moved)), None)


def _sequences(chart: Any) -> Iterator[Any]:
    """What a chart shows: its series with their error bars, its categories; an empty one nothing."""
    diagram = chart.getFirstDiagram() if chart is not None else None
    for system in diagram.getCoordinateSystems() if diagram is not None else ():
        categories = system.getAxisByDimension(0, 0).getScaleData().Categories
        if categories is not None:
            yield categories
        for kind in system.getChartTypes():
            for series in kind.getDataSeries():
                yield from series.getDataSequences()
                for bars in (series.ErrorBarX, series.ErrorBarY):
                    if bars is not None:
                        yield from bars.getDataSequences()
