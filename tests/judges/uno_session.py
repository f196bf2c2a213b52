"""What the far end of the Calc judge does with one open document: commands of the menu, Undo, Redo.

Part of the program ``uno_worker.py``: standard library and UNO objects only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

PROTOCOL = "vnd.xlrebal:"


def session(
    document: Any,
    press: Callable[[Any, str], Any],
    change: Callable[..., None],
    steps: list[Any],
    look: Callable[[], dict[str, Any]],
) -> list[dict[str, Any]]:
    """Do one step after the other: "look", "undo", "redo", a command's name, or cells to type.

    What each said, and after a look what is there.
    """
    frame, manager = document.CurrentController.Frame, document.getUndoManager()
    found = []
    for step in steps:
        told: dict[str, Any] = {"done": True, "said": ""}
        if step == "look":
            told |= look()
        elif isinstance(step, list):
            for sheet, address, value in step:
                change(document, sheet, address, value)
        elif step in ("undo", "redo"):
            getattr(manager, step)()
        else:
            event = press(frame, PROTOCOL + step)
            told = {"done": bool(event.State), "said": event.Result}
        found.append(told | {"undo": list(manager.getAllUndoActionTitles())})
    return found


def seen(
    document: Any,
    tables: list[str],
    formulas: list[str],
    charts: list[str],
    digests: bool,
    results_of: Callable[[Any], dict[str, list[Any]]],
) -> dict[str, Any]:
    """What a document holds, as far as it is asked for: Calc is far away, and answers take time.

    ``tables`` are looked at row by row, of the sheets ``formulas`` their results, of the sheets
    ``charts`` what these show; ``digests`` are of all that is on each sheet.
    """
    names, sheet = document.NamedRanges, document.Sheets.getByName
    return {
        "tables": {name: table(document, name) for name in tables},
        "names": {
            name: cell.getDataArray()[0][0]
            for name in names.ElementNames
            if tables and name.startswith("res_")
            if (cell := names.getByName(name).getReferredCells()) is not None
        },
        "formulas": {
            title: {cell: value for cell, (_, value, _) in results_of(sheet(title)).items()}
            for title in formulas
        },
        "charts": {title: shown(sheet(title)) for title in charts},
        "digests": {each.Name: digest(document, each) for each in document.Sheets if digests},
    }


def table(document: Any, name: str) -> dict[str, Any]:
    """Where a table is, its rows with its header, the number format of its first and last, and from
    which row of the sheet to which it is shown."""
    area = document.DatabaseRanges.getByName(name).getDataArea()
    sheet = document.Sheets.getByIndex(area.Sheet)
    cells = sheet.getCellRangeByPosition(
        area.StartColumn, area.StartRow, area.EndColumn, area.EndRow
    )
    width, height = area.EndColumn - area.StartColumn + 1, area.EndRow - area.StartRow
    formats = [
        [cells.getCellByPosition(column, row).NumberFormat for column in range(width)]
        for row in (1, height)
    ]
    shown = [
        [each.StartRow + 1, each.EndRow + 1]
        for each in cells.queryVisibleCells().getRangeAddresses()
    ]
    return {
        "place": cells.AbsoluteName, "rows": cells.getDataArray(), "formats": formats, "shown": shown
    }  # fmt: skip


def digest(document: Any, sheet: Any) -> str:
    """Of all values and formulas of a sheet, and the extents of its tables."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(True)
    areas = [
        document.DatabaseRanges.getByName(name).getDataArea()
        for name in document.DatabaseRanges.ElementNames
    ]
    extents = [str(area) for area in areas if area.Sheet == sheet.RangeAddress.Sheet]
    everything = (cursor.AbsoluteName, cursor.getDataArray(), cursor.getFormulaArray())
    return hashlib.md5(repr((everything, extents)).encode()).hexdigest()


def shown(sheet: Any) -> list[str]:
    """The cells that the charts of a sheet show."""
    return [
        sequence.getValues().SourceRangeRepresentation
        for chart in sheet.Charts
        for system in chart.EmbeddedObject.getFirstDiagram().getCoordinateSystems()
        for kind in system.getChartTypes()
        for series in kind.getDataSeries()
        for sequence in series.getDataSequences()
    ]
