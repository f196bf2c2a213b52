"""The values a book carries in its file, read twice, against those a second engine calculates."""

from __future__ import annotations

import datetime
import io
import math
import posixpath
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils.cell import rows_from_range
from openpyxl.utils.datetime import to_excel

from tests.judges.recalculated import Cell, ErrorText, Recalculated, Value, calls_xr

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
NEAR_ZERO = 1e-12
TRUTH = ("=TRUE()", "=FALSE()")
"""How Calc spells a truth value that is no formula in the file."""
DATE_ROUNDING = 1e-8  # days; openpyxl gives dates to the microsecond


@dataclass(frozen=True)
class FileCells:
    """The cells of a file as its XML has them; a cell without a value is absent from ``values``.

    ``formulas`` has every formula cell, those inside an array formula's range too;
    ``blocks`` are the array ranges, ``("Sheet", "E1:F4")``.
    """

    values: Mapping[Cell, Value]
    formulas: Mapping[Cell, str]
    blocks: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Difference:
    """One cell where the file does not say what an engine calculates, and why it counts."""

    sheet: str
    cell: str
    reason: str
    cached: Value | None
    calculated: Value | None
    formula: str


def addresses(block: str) -> list[list[str]]:
    """The addresses of a range, row by row.

    >>> addresses("E1:F2")
    [['E1', 'F1'], ['E2', 'F2']]
    """
    return [list(row) for row in rows_from_range(block)]


def worksheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """``("Sheet", "xl/worksheets/sheet1.xml")`` for every sheet that has cells."""
    relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {entry.get("Id"): entry.get("Target", "") for entry in relations}
    book = ElementTree.fromstring(package.read("xl/workbook.xml"))
    for sheet in book.iter(f"{MAIN}sheet"):
        part = posixpath.join("/xl", targets[sheet.get(RELATION)])[1:]
        if "chartsheet" not in part:
            yield sheet.get("name", ""), part


def shared_texts(package: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in package.namelist():
        return []
    table = ElementTree.fromstring(package.read("xl/sharedStrings.xml"))
    return ["".join(text.text or "" for text in item.iter(f"{MAIN}t")) for item in table]


def stored_value(cell: ElementTree.Element, texts: list[str]) -> Value | None:
    """What ``<v>`` says; None if there is none. An empty ``<v/>`` is a value of a text only."""
    stored, kind = cell.find(f"{MAIN}v"), cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(f"{MAIN}t"))
    if stored is None:
        return None
    text = stored.text or ""
    if kind == "str":
        return text
    if not text:
        return None
    if kind == "s":
        return texts[int(text)]
    if kind == "e":
        return ErrorText(text)
    return float(text) if kind in ("n", "b") else text


def file_cells(path: Path) -> FileCells:
    """Read the XML of a book with the standard library alone, once for all judges of one book."""
    return _cells_of(path.read_bytes())


@lru_cache(maxsize=2)
def _cells_of(content: bytes) -> FileCells:
    values: dict[Cell, Value] = {}
    formulas: dict[Cell, str] = {}
    blocks: list[tuple[str, str]] = []
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        texts = shared_texts(package)
        for sheet, part in worksheet_parts(package):
            masters: dict[str | None, str] = {}
            for cell in ElementTree.fromstring(package.read(part)).iter(f"{MAIN}c"):
                address = cell.get("r", "")
                value, formula = stored_value(cell, texts), cell.find(f"{MAIN}f")
                if value is not None:
                    values[sheet, address] = value
                if formula is None:
                    continue
                text, shared = formula.text or "", formula.get("si")
                if text:
                    masters[shared] = text
                formulas[sheet, address] = text or masters[shared]
                if formula.get("t") == "array":
                    blocks.append((sheet, formula.get("ref", address)))
    for sheet, block in blocks:
        rows = addresses(block)
        formulas.update(
            {(sheet, each): formulas[sheet, rows[0][0]] for row in rows for each in row}
        )
    return FileCells(MappingProxyType(values), MappingProxyType(formulas), tuple(blocks))


def xr_blocks(cells: FileCells) -> Iterator[tuple[str, str]]:
    """Single cells and array ranges whose formula calls an ``XR_`` function."""
    in_arrays: set[Cell] = set()
    for sheet, block in cells.blocks:
        rows = addresses(block)
        in_arrays.update((sheet, each) for row in rows for each in row)
        if calls_xr(cells.formulas[sheet, rows[0][0]]):
            yield sheet, block
    for cell, formula in cells.formulas.items():
        if cell not in in_arrays and calls_xr(formula):
            yield cell


def openpyxl_values(path: Path) -> tuple[dict[Cell, Value], set[Cell]]:
    """The second reading, what a Python user sees: values, and which of them were read as dates."""
    values: dict[Cell, Value] = {}
    dates: set[Cell] = set()
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about extensions it does not read: no matter here
        book = openpyxl.load_workbook(file, data_only=True)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                value, place = cell.value, (sheet.title, cell.coordinate)
                if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
                    dates.add(place)
                    values[place] = float(to_excel(value, book.epoch))  # type: ignore[no-untyped-call]
                elif isinstance(value, str):
                    values[place] = ErrorText(value) if cell.data_type == "e" else value
                elif isinstance(value, int | float):
                    values[place] = float(value)
    return values, dates


def same(one: Value, other: Value, relative: float, absolute: float = NEAR_ZERO) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return type(one) is type(other) and one == other
    return math.isclose(one, other, rel_tol=relative, abs_tol=absolute)


def compare_cached(
    path: Path, recalculated: Recalculated, *, relative: float = 1e-9
) -> list[Difference]:
    """Every formula cell whose cached value is not what the engine calculates; none when all agree.

    A missing value, a number off by more than ``relative`` (1e-12 near zero), another text, an
    error and a cell that only one side holds for a formula are differences; so is a cell that
    openpyxl reads unlike the XML. Cells that call an ``XR_`` function have nothing to be compared
    with (``recalculated.uncalculated_xr`` lists them), but must carry a value, and no error.
    """
    cells = file_cells(path)
    seen, dates = openpyxl_values(path)

    def misread(cell: Cell, cached: Value) -> str:
        absolute = DATE_ROUNDING if cell in dates else NEAR_ZERO
        if same(cached, seen.get(cell, ""), relative, absolute):
            return ""
        return f"openpyxl reads {seen.get(cell)!r}"

    return differences(cells, recalculated, relative=relative, misread=misread)


def differences(
    cells: FileCells,
    recalculated: Recalculated,
    *,
    relative: float = 1e-9,
    misread: Callable[[Cell, Value], str] = lambda cell, cached: "",
) -> list[Difference]:
    """As compare_cached, without the second reading; ``misread`` says what is wrong with a value."""
    excused, engine = frozenset(recalculated.uncalculated_xr), recalculated.engine

    def reason(cell: Cell) -> str:
        cached, calculated = cells.values.get(cell), recalculated.values.get(cell)
        if cell not in cells.formulas:
            constant = recalculated.formulas[cell] in TRUTH and cached == calculated
            return "" if constant else f"a formula in {engine} only"
        if calculated is None:
            return "a formula in the file only"
        if cached is None:
            return "no cached value"
        if wrong := misread(cell, cached):
            return wrong
        if isinstance(cached, ErrorText):
            return "an error is cached"
        if cell in excused:
            return ""
        if isinstance(calculated, ErrorText):
            return f"an error in {engine}"
        return "" if same(cached, calculated, relative) else "the values differ"

    everywhere = dict.fromkeys([*cells.formulas, *recalculated.formulas])
    return [
        Difference(
            *cell,
            why,
            cells.values.get(cell),
            recalculated.values.get(cell),
            cells.formulas.get(cell) or recalculated.formulas[cell],
        )
        for cell in everywhere
        if (why := reason(cell))
    ]
