"""The xlwings adapter with real xlwings objects: those of its remote engine, which run everywhere.

That engine is not part of xlwings' BSD licence, so its tests are a choice of whoever runs them: they
want XL_REBAL_XLWINGS_REMOTE=1 and a key in XLWINGS_LICENSE_KEY. What they see: tables, names and sheets
as the adapter finds them, and every write (number formats, values, sizes of tables) as the command
line makes it. What they cannot see, as the engine has it not: ``Range.api.Value2``, ``HasFormula``,
``Formula``, a read of ``number_format``, hidden rows and merged cells, events; so neither reading a
book nor putting it back. The stand-ins show those.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from tests.generated import new
from tests.hosts.remote_client import Client, payload, table_rows
from xl_rebal.cells import serial
from xl_rebal.commands.rebalancing import propose
from xl_rebal.errors import InputError
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import Results
from xl_rebal.workbook.file_book import FileBook
from xl_rebal.workbook.live.held import Held
from xl_rebal.workbook.live.writing import write_results
from xl_rebal.workbook.render import render
from xl_rebal.workbook.xlwings_book import XlwingsBook
from xl_rebal.workbook.xlwings_contents import ExcelContents
from xl_rebal.workbook.xlwings_sheets import ExcelSheets

SWITCH, KEY = "XL_REBAL_XLWINGS_REMOTE", "XLWINGS_LICENSE_KEY"
remote = pytest.mark.skipif(
    not (os.environ.get(SWITCH) and os.environ.get(KEY)),
    reason=f"xlwings' remote engine is asked for with {SWITCH}=1 and its licence key in {KEY}",
)


class WithoutCom(ExcelSheets):
    """All of the adapter but what needs COM: a blank book before, no filters, nothing to keep."""

    def held(self, title: str, area: Area) -> Held:
        return Held(
            ((None,) * area.width,) * area.height,
            ((Area(1, 1, area.height, area.width), "General"),),
        )

    def show_all(self, table: Any) -> None:
        pass

    def keep(self, texts: Sequence[str]) -> None:
        pass

    @contextmanager
    def quietly(self) -> Iterator[None]:
        yield


@pytest.fixture(scope="module")
def content() -> bytes:
    return new("stocks")


@pytest.fixture
def book(content: bytes) -> Any:
    import xlwings as xw

    assert "remote" in [engine.name for engine in xw.engines], (
        "xlwings did not take the licence key"
    )
    return xw.Book(json=payload(content, xw.__version__))


def results_of(path: Path) -> Results:
    summary = propose(FileBook(path), {})
    assert summary.traded is not None
    assert summary.report is not None
    return render(summary.desk, summary.traded, summary.report, summary.notes)


def alike(value: Any, written: Any) -> bool:
    """A file keeps 16 digits, and its reader knows a date by its format."""
    if isinstance(written, datetime):
        return bool(value == serial(written.date()))
    if isinstance(written, (int, float)):
        return isinstance(value, float) and math.isclose(value, written, rel_tol=1e-14)
    return bool(value == (written or None))  # the file holds texts of no length


@remote
def test_tables_names_and_sheets_are_found_as_they_stand_in_the_file(
    book: Any, content: bytes
) -> None:
    written = openpyxl.load_workbook(io.BytesIO(content))
    tables = {
        table.displayName: (sheet.title, table.ref)
        for sheet in written.worksheets
        for table in sheet.tables.values()
    }
    contents = ExcelContents(book)
    cells = ExcelSheets(book).result_cells()

    assert {t.name: (t.sheet, t.area.ref) for t in ExcelSheets(book).tables().values()} == tables
    assert {t.name: (t.sheet, t.area.ref) for t in contents.tables()} == tables
    assert contents.titles == [sheet.title for sheet in written.worksheets]
    assert contents.extent("Prices") == (written["Prices"].max_row, written["Prices"].max_column)
    settings = {name.name: name.text.replace("'", "") for name in contents.names()}
    for name, defined in written.defined_names.items():
        ((title, address),) = defined.destinations
        if name.startswith("set_"):
            assert settings[name] == f"={title}!{address}"
        elif name.startswith("res_"):
            place = cells[name]
            assert place is not None
            assert (place.sheet, place.area.corner) == (title, address.replace("$", ""))


@remote
def test_a_rebalance_asks_for_the_cells_that_the_command_line_writes(
    book: Any, content: bytes, tmp_path: Path
) -> None:
    path, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    path.write_bytes(content)
    results = results_of(path)
    FileBook(path, out).write(results)
    write_results(WithoutCom(book), results)
    client = Client(content)
    client.run(book.json()["actions"])
    expected = openpyxl.load_workbook(out)

    for block in results.blocks:
        rows, wanted = client.rows(block.table), table_rows(expected, block.table)
        assert len(rows) == len(wanted), block.table
        for row, other in zip(rows, wanted, strict=True):
            assert [pair for pair in zip(row, other, strict=True) if not alike(*pair)] == []
    assert len(client.rows("tblTrades")) > 1
    assert [client.writes.count(title) for title in ("Trades", "Outcome", "Checks")] == [1, 1, 1]
    for name in results.values:
        ((title, address),) = expected.defined_names[f"res_{name}"].destinations
        value, other = (each[title][address].value for each in (client.book, expected))
        assert alike(value, other), name


@remote
def test_reading_a_book_that_xlwings_has_only_a_copy_of_is_refused(book: Any) -> None:
    with pytest.raises(InputError, match="a book that comes through xlwings Server"):
        XlwingsBook(book).read()


def test_a_book_without_excels_own_objects_is_refused_in_words() -> None:
    with pytest.raises(InputError) as refused:
        XlwingsBook(SimpleNamespace(api={"sheets": []}, name="Book.xlsx")).read()

    assert str(refused.value) == (
        "#XR402 Book.xlsx: found a book that comes through xlwings Server, expected a book that is open "
        "in Excel for Windows, or a file. Save it and run `xl-rebal` on the file."
    )
