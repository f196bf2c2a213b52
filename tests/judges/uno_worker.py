"""The far end of the Calc judge: runs one LibreOffice and does what the tests ask of it.

LibreOffice can be driven only by a Python that has its ``uno`` module, usually the system's and
not that of the tests. So this file is a program of its own (standard library and ``uno`` only) for
that Python: ``uno_worker.py SOFFICE FOLDER PIPE``. It reads one JSON request a line from stdin and
writes one JSON reply a line to stdout: first ``{"answer": null}`` when the office is up, then
``{"answer": ...}`` or ``{"error": ..., "ended": ...}`` for each request, until stdin is closed
or the office has ended.

The office is a child in the worker's own process group: ending that group ends exactly the two.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

RESTART_ME = 81  # exit status of the first start with a new profile: "start again"
PATIENCE = 90.0  # seconds until the office must accept a connection
CONSTANTS_AND_FORMULAS = 1 | 2 | 4 | 16  # CellFlags VALUE, DATETIME, STRING, FORMULA
FORMULAS = 16  # CellFlags.FORMULA
ERRORS = 4  # FormulaResult.ERROR


def start(soffice: str, folder: Path, name: str) -> tuple[subprocess.Popen[bytes], Any]:
    """Start the office with a profile in ``folder``; gives the process and its context."""
    pipe = f"pipe,name={name};urp;StarOffice.ComponentContext"
    command = [
        soffice,
        *("--headless", "--invisible", "--norestore", "--nologo", "--nodefault"),
        *("--nolockcheck", "--nofirststartwizard", f"--accept={pipe}"),
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
    ]
    uno = importlib.import_module("uno")
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", here
    )
    with (folder / "office.log").open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        starts, deadline = 1, time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            status = process.poll()
            if status is not None:
                if status != RESTART_ME or starts == 3:
                    raise RuntimeError(f"soffice ended with status {status}")
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )
                starts += 1
            try:
                return process, resolver.resolve(f"uno:{pipe}")
            except Exception:  # not listening yet; UNO's own exception class has no module here
                time.sleep(0.05)
    raise RuntimeError(f"soffice took no connection within {PATIENCE:.0f} s")


def service(context: Any, name: str) -> Any:
    return context.ServiceManager.createInstanceWithContext(name, context)


def stop(process: subprocess.Popen[bytes], desktop: Any) -> None:
    """Ask the office to end, so that it removes its pipes; the caller ends it if it will not."""
    with contextlib.suppress(Exception):  # the connection breaks while it answers: it is ending
        desktop.terminate()
    process.wait(10)


def answers(desktop: Any) -> bool:
    """Whether the office is still there; its launcher may outlive it by a moment."""
    try:
        desktop.getComponents()
    except Exception:
        return False
    return True


def properties(**values: Any) -> tuple[Any, ...]:
    uno = importlib.import_module("uno")
    made = []
    for name, value in values.items():
        item = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        item.Name, item.Value = name, value
        made.append(item)
    return tuple(made)


def opened(desktop: Any, path: str, *, macros: bool = False) -> Any:
    """The document at ``path``, hidden, with macros (unless asked for) and links to other files off.

    An .xlam needs its filter by name: Calc does not look for one that reads it.
    """
    values: dict[str, Any] = {"Hidden": True, "UpdateDocMode": 0}
    values["MacroExecutionMode"] = 4 if macros else 0
    if macros:
        values["FilterName"] = "Calc MS Excel 2007 VBA XML"
    wanted = properties(**values)
    document = desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, wanted)
    if document is None or not hasattr(document, "Sheets"):
        raise ValueError("LibreOffice does not open this file as a spreadsheet")
    return document


def column_letters(index: int) -> str:
    """Zero-based: 0 is A, 25 is Z, 26 is AA."""
    letters = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        letters = chr(ord("A") + rest) + letters
        index -= 1
    return letters


def formula_cells(sheet: Any) -> dict[str, list[Any]]:
    """``{"B2": [kind, value, formula]}``; kind is "value" (a number or a text) or "error"."""
    found: dict[str, list[Any]] = {}
    for block in sheet.queryContentCells(FORMULAS).getRangeAddresses():
        left, top, right, bottom = (
            block.StartColumn,
            block.StartRow,
            block.EndColumn,
            block.EndRow,
        )
        cells = sheet.getCellRangeByPosition(left, top, right, bottom)
        rows = zip(cells.getDataArray(), cells.getFormulaArray(), strict=True)
        for row, (values, formulas) in enumerate(rows, top):
            for column, (value, formula) in enumerate(zip(values, formulas, strict=True), left):
                found[f"{column_letters(column)}{row + 1}"] = ["value", value, formula]
    for block in sheet.queryFormulaCells(ERRORS).getRangeAddresses():
        for row in range(block.StartRow, block.EndRow + 1):
            for column in range(block.StartColumn, block.EndColumn + 1):
                entry = found[f"{column_letters(column)}{row + 1}"]
                entry[:2] = ["error", sheet.getCellByPosition(column, row).getString()]
    return found


def change_cell(document: Any, sheet: str, address: str, value: float | str | None) -> None:
    """Type a constant into a cell; a formula is refused: a test would overwrite what it tests."""
    cell = document.Sheets.getByName(sheet).getCellRangeByName(address)
    if cell.queryContentCells(FORMULAS).getCount():
        raise ValueError(f"{sheet}!{address} holds a formula, expected an input cell")
    if value is None:
        cell.clearContents(CONSTANTS_AND_FORMULAS)
    elif isinstance(value, str):
        cell.getCellByPosition(0, 0).setString(value)
    else:
        cell.getCellByPosition(0, 0).setValue(value)


def freeze(document: Any, sheet: str, block: str, rows: list[list[Any]]) -> None:
    """Replace formulas by constants; ``block`` is one cell or a whole array range."""
    cells = document.Sheets.getByName(sheet).getCellRangeByName(block)
    cells.clearContents(CONSTANTS_AND_FORMULAS)
    cells.setDataArray(tuple(tuple(row) for row in rows))


def bind(document: Any, sheet: str, block: str) -> None:
    """Type a formula anew as it stands; ``block`` is one cell or a whole array range.

    Calc 7.4 reads a name like XR_DRIFT from an .xlsx without asking its add-ins; typed, it binds.
    """
    cells = document.Sheets.getByName(sheet).getCellRangeByName(block)
    first = cells.getCellByPosition(0, 0)
    formula = first.getFormula()
    if formula.startswith("{"):
        cells.setArrayFormula(formula[1:-1])
    else:
        first.setFormula(formula)


def timed(desktop: Any, path: str, bound: list[list[str]], runs: int) -> list[float]:
    """Seconds of each of so many calculations of a whole book, after one that nobody counts."""
    document = opened(desktop, path)
    try:
        for sheet, block in bound:
            bind(document, sheet, block)
        document.calculateAll()
        seconds = []
        for _ in range(runs):
            start = time.perf_counter()
            document.calculateAll()
            seconds.append(time.perf_counter() - start)
        return seconds
    finally:
        document.close(True)


def recalculate(
    desktop: Any,
    path: str,
    changes: list[list[Any]],
    frozen: list[list[Any]],
) -> dict[str, Any]:
    """Load, change inputs, recalculate every formula; ``frozen`` formulas become constants.

    What is frozen is still reported as Calc calculated it, in its own first pass.
    """
    document = opened(desktop, path)
    try:
        for sheet, address, value in changes:
            change_cell(document, sheet, address, value)
        document.calculateAll()
        sheets = document.Sheets
        cells = {name: formula_cells(sheets.getByName(name)) for name in sheets.ElementNames}
        if frozen:
            for sheet, block, rows in frozen:
                freeze(document, sheet, block, rows)
            document.calculateAll()
            for name in sheets.ElementNames:
                cells[name].update(formula_cells(sheets.getByName(name)))
        local = {name: sheets.getByName(name).NamedRanges for name in sheets.ElementNames}
        return {
            "cells": cells,
            "charts": {name: sheets.getByName(name).Charts.getCount() for name in cells},
            "tables": list(document.DatabaseRanges.ElementNames),
            "names": [
                *document.NamedRanges.ElementNames,
                *(f"{sheet}!{name}" for sheet in local for name in local[sheet].ElementNames),
            ],
        }
    finally:
        document.close(True)


def run(
    desktop: Any,
    dispatcher: Any,
    path: str,
    steps: list[Any],
    **what: Any,
) -> list[dict[str, Any]]:
    """Load, type into inputs, and press entries of our menu; see ``uno_session``."""
    part, silent = importlib.import_module("uno_session"), properties(Silent=True)
    document = opened(desktop, path)
    try:
        found: list[dict[str, Any]] = part.session(
            document,
            lambda frame, entry: dispatcher.executeDispatch(frame, entry, "_self", 0, silent),
            change_cell,
            steps,
            partial(part.seen, document, results_of=formula_cells, **what),
        )
        return found
    finally:
        document.close(True)


def menu(context: Any) -> list[list[str]]:
    """Title and address of every entry of the menus that extensions add."""
    uno = importlib.import_module("uno")
    node = uno.createUnoStruct("com.sun.star.beans.NamedValue")
    node.Name, node.Value = "nodepath", "/org.openoffice.Office.Addons/AddonUI/OfficeMenuBar"
    menus = service(context, "com.sun.star.configuration.ConfigurationProvider")
    bar = menus.createInstanceWithArguments(
        "com.sun.star.configuration.ConfigurationAccess", (node,)
    )
    found = []
    for each in map(bar.getByName, sorted(bar.ElementNames)):
        found.append([each.getByName("Title"), each.getByName("Context")])
        entries = each.getByName("Submenu")
        found += [
            [entries.getByName(name).getByName("Title"), entries.getByName(name).getByName("URL")]
            for name in sorted(entries.ElementNames)
        ]
    return found


def save(desktop: Any, path: str, out: str, filter: str) -> None:  # noqa: A002 - UNO's own word
    """Write the book at ``path`` to ``out`` through an export filter, values as they were."""
    document = opened(desktop, path)
    try:
        document.storeToURL(Path(out).as_uri(), properties(FilterName=filter, Overwrite=True))
    finally:
        document.close(True)


def run_vba(
    desktop: Any, path: str, calls: list[list[Any]], formulas: list[str], shown: str
) -> dict[str, Any]:
    """Load a book with its macros on, call some, type formulas into a new sheet, look at cells.

    ``calls`` are ["library.module.macro", argument, ...]. What goes wrong in VBA is silent here: only
    cells tell. Gives the text of every module, what the formulas show, the cells of the sheet ``shown``.
    """
    document = opened(desktop, path, macros=True)
    try:
        libraries = document.BasicLibraries
        modules = {
            f"{library}.{name}": libraries.getByName(library).getByName(name)
            for library in libraries.ElementNames
            for name in libraries.getByName(library).ElementNames
        }
        for macro, *arguments in calls:
            uri = f"vnd.sun.star.script:{macro}?language=Basic&location=document"
            document.getScriptProvider().getScript(uri).invoke(tuple(arguments), (), ())
        document.Sheets.insertNewByName("of formulas", len(document.Sheets.ElementNames))
        sheet = document.Sheets.getByName("of formulas")
        for row, formula in enumerate(formulas):
            sheet.getCellByPosition(0, row).setFormula(formula)
        document.calculateAll()
        cursor = document.Sheets.getByName(shown).createCursor()
        cursor.gotoEndOfUsedArea(False)
        area = cursor.getRangeAddress()
        block = document.Sheets.getByName(shown).getCellRangeByPosition(
            0, 0, area.EndColumn, area.EndRow
        )
        return {
            "modules": modules,
            "values": [sheet.getCellByPosition(0, row).getString() for row in range(len(formulas))],
            "cells": [list(row) for row in block.getDataArray()],
        }
    finally:
        document.close(True)


def install(context: Any, path: str) -> None:
    """Add an extension for this profile, as the Extension Manager does (unopkg refuses root)."""
    uno, unohelper = importlib.import_module("uno"), importlib.import_module("unohelper")
    approval = uno.getTypeByName("com.sun.star.task.XInteractionApprove")

    class Consent(
        unohelper.Base,  # type: ignore[misc, name-defined]
        uno.getClass("com.sun.star.ucb.XCommandEnvironment"),  # type: ignore[misc]
        uno.getClass("com.sun.star.task.XInteractionHandler"),  # type: ignore[misc]
    ):
        """Says yes to what the Extension Manager asks."""

        def getInteractionHandler(self) -> Any:  # noqa: N802 - UNO's name, as the next
            return self

        def getProgressHandler(self) -> None:  # noqa: N802
            return None

        def handle(self, request: Any) -> None:
            for offered in request.getContinuations():
                if approve := offered.queryInterface(approval):
                    approve.select()

    manager = context.getByName("/singletons/com.sun.star.deployment.ExtensionManager")
    manager.addExtension(Path(path).as_uri(), (), "user", None, Consent())


def described(context: Any, prefix: str) -> dict[str, Any]:
    """What the Function Wizard shows: ``{"XR_DRIFT": [help, [[argument, help], ...]]}``."""
    catalogue = service(context, "com.sun.star.sheet.FunctionDescriptions")
    found: dict[str, Any] = {}
    for place in range(catalogue.getCount()):
        entry = {item.Name: item.Value for item in catalogue.getByIndex(place)}
        if entry["Name"].startswith(prefix):
            arguments = [[each.Name, each.Description] for each in entry["Arguments"] or ()]
            found[entry["Name"]] = [entry["Description"], arguments]
    return found


def say(reply: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()


def main(soffice: str, folder: str, pipe: str) -> None:
    process, context = start(soffice, Path(folder), pipe)
    desktop = service(context, "com.sun.star.frame.Desktop")
    say({"answer": None})
    actions: dict[str, Callable[..., Any]] = {
        "timed": partial(timed, desktop),
        "recalculate": partial(recalculate, desktop),
        "save": partial(save, desktop),
        "run_vba": partial(run_vba, desktop),
        "install": partial(install, context),
        "run": partial(run, desktop, service(context, "com.sun.star.frame.DispatchHelper")),
        "menu": partial(menu, context),
        "described": partial(described, context),
    }
    for line in sys.stdin:
        request = json.loads(line)
        try:
            say({"answer": actions[request.pop("do")](**request)})
        except Exception as error:  # whatever goes wrong is for the asking test to report
            ended = not answers(desktop)
            say({"error": f"{type(error).__name__}: {error}", "ended": ended})
            if ended:
                return
    stop(process, desktop)


if __name__ == "__main__":
    main(*sys.argv[1:])
