"""The judge is judged: it calculates, changes, draws, and survives an office that fails."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from tests.judges.books import INPUTS, BookMaker
from tests.judges.libreoffice import (
    Calc,
    CalcError,
    NotInstalledError,
    Programs,
    find_programs,
    office,
    programs_or_skip,
)
from tests.judges.png import ink


def test_dependents_follow_a_changed_input(calc: Calc, made: BookMaker) -> None:
    path = made(INPUTS | {"A3": "note", "B1": "=A1+A2", "B2": '=IF(A3="","empty",A3)'}, {})

    again = calc.set_and_recalculate(
        path, {("Desk", "A1"): 0.3, ("Desk", "A2"): 1.2, ("Desk", "A3"): "=typed"}
    )
    emptied = calc.set_and_recalculate(path, {("Desk", "A3"): None})

    assert again.values == {("Desk", "B1"): 1.5, ("Desk", "B2"): "=typed"}
    assert emptied.values["Desk", "B2"] == "empty"
    assert emptied.values["Desk", "B1"] == pytest.approx(0.3)


def test_a_formula_is_no_input(calc: Calc, made: BookMaker) -> None:
    path = made(INPUTS | {"B1": "=A1+A2"}, {})

    with pytest.raises(CalcError, match=r"Desk!B1 holds a formula, expected an input cell"):
        calc.set_and_recalculate(path, {("Desk", "B1"): 0.3})


def furnished(path: Path) -> Path:
    """A book of two sheets with a chart, a table and names."""
    book = openpyxl.Workbook()
    desk = book.worksheets[0]
    desk.title = "The desk"
    for row in (["Asset", "Weight"], ["Bonds", 0.4], ["Shares", 0.6]):
        desk.append(row)
    desk.add_table(Table(displayName="tblDesk", ref="A1:B3"))
    book.defined_names["set_AsOf"] = DefinedName("set_AsOf", attr_text="'The desk'!$B$2")
    page = book.create_sheet("Page")
    page["A1"] = "=SUM(tblDesk[Weight])+set_AsOf"
    page.defined_names["here"] = DefinedName("here", attr_text="Page!$A$1")
    chart = BarChart()
    chart.add_data(Reference(desk, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    chart.width, chart.height = 10, 6  # cm: on the page
    page.add_chart(chart, "A3")
    book.save(path)
    return path


def test_sheets_charts_tables_and_names_are_counted(calc: Calc, tmp_path: Path) -> None:
    again = calc.recalculate(furnished(tmp_path / "furnished.xlsx"))

    assert again.sheets == ("The desk", "Page")
    assert again.charts == {"The desk": 0, "Page": 1}
    assert again.tables == ("tblDesk",)
    assert again.names == ("set_AsOf", "Page!here")
    assert again.values == {("Page", "A1"): pytest.approx(1.4)}


def test_pages_are_drawn_with_ink_on_them(calc: Calc, tmp_path: Path) -> None:
    pages = calc.render(furnished(tmp_path / "furnished.xlsx"), tmp_path / "pages")

    assert [page.name for page in pages] == ["furnished-1.png", "furnished-2.png"]
    assert all(page.parent == tmp_path / "pages" for page in pages)
    assert 0.0005 < ink(pages[0]) < 0.02, "a table of six cells"
    assert 0.02 < ink(pages[1]) < 0.5, "a chart"


def test_an_empty_page_has_no_ink(calc: Calc, made: BookMaker, tmp_path: Path) -> None:
    pages = calc.render(made({"A1": " "}, {}), tmp_path)

    assert [ink(page) for page in pages] == [0.0]


def test_a_book_is_saved_in_another_format(calc: Calc, made: BookMaker, tmp_path: Path) -> None:
    path = made(INPUTS | {"B1": "=A1+A2"}, {"B1": 0.5})
    out = tmp_path / "out.csv"

    assert calc.save_as(path, out, "Text - txt - csv (StarCalc)") == out
    assert out.read_text().splitlines() == ["0.1,0.5", "0.2,"], "the carried value, as opened"
    assert calc.to_pdf(path).read_bytes().startswith(b"%PDF")


def test_nothing_is_left_beside_the_book(calc: Calc, made: BookMaker, tmp_path: Path) -> None:
    path = made(INPUTS | {"B1": "=A1+A2"}, {})
    before = path.read_bytes()

    calc.set_and_recalculate(path, {("Desk", "A1"): 5.0})
    calc.to_pdf(path)

    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before


def test_what_is_not_a_spreadsheet_is_refused_and_calc_goes_on(
    calc: Calc, made: BookMaker, tmp_path: Path
) -> None:
    page = tmp_path / "page.odt"
    page.write_bytes(b"no spreadsheet at all")
    path = made(INPUTS | {"B1": "=A1"}, {})

    with pytest.raises(CalcError):
        calc.to_pdf(page)
    assert calc.recalculate(path).values == {("Desk", "B1"): 0.1}


@pytest.fixture
def own(calc: Calc) -> Iterator[Calc]:
    """A second office, to be maltreated; ``calc`` is asked for so that its skip rule holds."""
    with office(calc.programs) as second:
        yield second


def running(leader: int) -> list[int]:
    """The processes of a group, without those that have ended and wait to be collected."""
    asked = ["ps", "-A", "-o", "pgid=,pid=,stat="]
    rows = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
    columns = (row.split() for row in rows)
    return [int(pid) for pgid, pid, state in columns if int(pgid) == leader and state[0] != "Z"]


def all_end(leader: int) -> bool:
    """Whether a group empties within seconds: a killed process needs a moment to go."""
    deadline = time.monotonic() + 10
    while running(leader) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not running(leader)


def test_an_office_that_hangs_is_ended_and_replaced(own: Calc, made: BookMaker) -> None:
    path = made(INPUTS | {"B1": "=A1"}, {})
    own.recalculate(path)
    assert own.worker
    first, mark = own.worker.process.pid, own.worker.mark
    assert len(running(first)) >= 2
    os.killpg(first, signal.SIGSTOP)
    patience, own.request_seconds = own.request_seconds, 1

    with pytest.raises(CalcError, match="no answer within 1 s"):
        own.recalculate(path)
    own.request_seconds = patience

    assert all_end(first)
    assert not list(Path("/tmp").glob(f"OSL_PIPE_*{mark}"))
    assert own.recalculate(path).values == {("Desk", "B1"): 0.1}
    assert own.worker.process.pid != first


def test_an_office_that_dies_is_replaced(own: Calc, made: BookMaker) -> None:
    path = made(INPUTS | {"B1": "=A1"}, {})
    own.recalculate(path)
    assert own.worker
    leader = own.worker.process.pid
    for pid in running(leader):
        if pid != leader:
            os.kill(pid, signal.SIGKILL)

    with pytest.raises(CalcError):
        own.recalculate(path)
    assert own.recalculate(path).values == {("Desk", "B1"): 0.1}


def test_no_process_and_no_folder_outlives_the_office(calc: Calc, made: BookMaker) -> None:
    path = made(INPUTS | {"B1": "=A1"}, {})
    with office(calc.programs) as other:
        other.recalculate(path)
        folder, worker = other.folder, other.worker
        assert worker
        leader = worker.process.pid

    assert worker.process.returncode == 0, "ended by itself, when asked"
    assert not folder.exists()
    assert all_end(leader)


def test_without_calc_a_test_is_skipped_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(NotInstalledError, match="found no soffice, a Python"):
        find_programs()
    with pytest.raises(pytest.skip.Exception, match="LibreOffice Calc is not installed: "):
        programs_or_skip()


def test_without_calc_a_test_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="LibreOffice Calc is not installed: "):
        programs_or_skip()


def test_programs_are_found_where_calc_is(calc: Calc) -> None:
    found = calc.programs
    assert isinstance(found, Programs)
    assert all(place.exists() for place in (found.soffice, found.python, found.pdftoppm))
