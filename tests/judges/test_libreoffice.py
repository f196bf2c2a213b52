"""The judge is judged: it must pass what is right and name each thing that is wrong."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from tests.judges.libreoffice import (
    Calc,
    CalcError,
    ErrorText,
    NotInstalledError,
    Programs,
    compare_cached,
    errors,
    find_programs,
    office,
    programs_or_skip,
)
from tests.judges.png import ink

Stored = float | str | bool | ErrorText | None
BookMaker = Callable[[dict[str, object], dict[str, Stored]], Path]


def stored_xml(value: Stored) -> tuple[str, str]:
    """The type attribute and the ``<v>`` element of a cell, spelled as a spreadsheet does."""
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return ' t="b"', f"<v>{int(value)}</v>"
    if isinstance(value, str):
        return f' t="{"e" if isinstance(value, ErrorText) else "str"}"', f"<v>{value}</v>"
    return "", f"<v>{value!r}</v>"


def with_values(path: Path, stored: dict[str, Stored]) -> None:
    """Write values into the first sheet's XML by hand, since openpyxl stores none."""
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    text = parts[part].decode()
    for address, value in stored.items():
        kind, element = stored_xml(value)
        text, changed = re.subn(
            rf'<c r="{address}"([^>]*)>(<f.*?</f>)<v ?/?>(?:</v>)?</c>',
            rf'<c r="{address}"\1{kind}>\2{element}</c>',
            text,
        )
        assert changed == 1, f"{address} is not a formula without a value"
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, text if name == part else content)


@pytest.fixture
def made(tmp_path: Path) -> BookMaker:
    """Makes a book with one sheet, "Desk": cells as openpyxl takes them, then cached values."""

    def make(cells: dict[str, object], stored: dict[str, Stored]) -> Path:
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.title = "Desk"
        for address, value in cells.items():
            sheet[address] = value  # type: ignore[assignment]
        path = tmp_path / "desk.xlsx"
        book.save(path)
        with_values(path, stored)
        return path

    return make


INPUTS: dict[str, object] = {"A1": 0.1, "A2": 0.2}


def test_right_cached_values_of_every_kind_pass(calc: Calc, made: BookMaker) -> None:
    formulas: dict[str, object] = {
        "B1": "=A1+A2",
        "B2": '=IF(A1<A2,"below","above")',
        "B3": "=A1<A2",
        "B4": '=""',
        "B5": "=DATE(2024,1,31)",
        "B6": ArrayFormula("B6:B7", "=A1:A2*2"),
        "B7": None,
        "B8": '="a < b & "" c"',
        "B9": "=A1+A2-0.3",
    }
    cached: dict[str, Stored] = {
        "B1": 0.30000000000000004,
        "B2": "below",
        "B3": True,
        "B4": "",
        "B5": 45322.0,
        "B6": 0.2,
        "B8": "a &lt; b &amp; &quot; c",
        "B9": 0.0,
    }
    path = made(INPUTS | formulas, cached)
    with_array_tail(path, "B7", 0.4)

    again = calc.recalculate(path)

    assert compare_cached(path, again) == []
    assert errors(again) == {}
    assert again.values["Desk", "B2"] == "below"
    assert again.values["Desk", "B5"] == 45322.0
    assert again.formulas["Desk", "B1"] == "=A1+A2"
    assert set(again.formulas) == {("Desk", f"B{row}") for row in range(1, 10)}


def with_array_tail(path: Path, address: str, value: float) -> None:
    """Add the second cell of an array formula, which has a value and no formula of its own."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    row = address[1:]
    text = parts["xl/worksheets/sheet1.xml"].decode()
    tail = f'<row r="{row}"><c r="{address}"><v>{value!r}</v></c></row>'
    text, changed = re.subn(rf'(?=<row r="{int(row) + 1}")', tail, text)
    assert changed == 1
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, text if name.endswith("sheet1.xml") else content)


@pytest.mark.parametrize(
    ("formula", "cached", "reason"),
    [
        pytest.param("=A1+A2", 0.31, "the values differ", id="a wrong number"),
        pytest.param("=A1+A2", 0.3 * (1 + 1e-8), "the values differ", id="a rounded number"),
        pytest.param("=A1+A2-0.3", 1e-11, "the values differ", id="a number that should be 0"),
        pytest.param('=IF(A1<A2,"x","y")', "y", "the values differ", id="a wrong text"),
        pytest.param("=A1+A2", "0.3", "the values differ", id="a text for a number"),
        pytest.param("=A1<A2", False, "the values differ", id="a wrong truth value"),
        pytest.param("=A1+A2", None, "no cached value", id="no value"),
        pytest.param("=1/0", 1.0, "an error in Calc", id="an error behind a number"),
        pytest.param("=1/0", ErrorText("#DIV/0!"), "an error is cached", id="an error"),
        pytest.param("=NOSUCH(A1)", 1.0, "an error in Calc", id="an unknown function"),
        pytest.param("=XR_COST(A1)", None, "no cached value", id="our function without a value"),
        pytest.param(
            "=XR_COST(A1)", ErrorText("#NAME?"), "an error is cached", id="our function's error"
        ),
    ],
)
def test_a_wrong_cached_value_is_reported(
    calc: Calc, made: BookMaker, formula: str, cached: Stored, reason: str
) -> None:
    path = made(INPUTS | {"B1": formula, "B2": "=A1*2"}, {"B1": cached, "B2": 0.2})

    found = compare_cached(path, calc.recalculate(path))

    assert [(each.sheet, each.cell) for each in found] == [("Desk", "B1")]
    assert found[0].reason.startswith(reason)
    assert found[0].formula == formula[1:]


def dated(made: BookMaker, number: float) -> Path:
    """A book whose formula ``=B1`` shows its number as a date and a time."""
    path = made({"B1": number}, {})
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["B2"] = "=B1"
    sheet["B2"].number_format = "yyyy-mm-dd hh:mm:ss"
    book.save(path)
    with_values(path, {"B2": number})
    return path


@pytest.mark.parametrize("number", [0.0, 1.0, 61.0, 45322.0, 45322.1234567, 0.75])
def test_dates_compare_as_serials(calc: Calc, made: BookMaker, number: float) -> None:
    path = dated(made, number)

    again = calc.recalculate(path)

    assert again.values == {("Desk", "B2"): number}
    assert compare_cached(path, again) == []


def test_a_cell_that_two_readers_read_differently_is_reported(calc: Calc, made: BookMaker) -> None:
    path = dated(made, 1e8)  # after the year 9999: no date for openpyxl, a number in the XML

    found = compare_cached(path, calc.recalculate(path))

    assert [(each.cell, each.reason) for each in found] == [("B2", "openpyxl reads '#VALUE!'")]


def test_a_value_within_the_tolerance_passes(calc: Calc, made: BookMaker) -> None:
    path = made(INPUTS | {"B1": "=A1+A2"}, {"B1": 0.3 * (1 + 1e-10)})

    again = calc.recalculate(path)

    assert compare_cached(path, again) == []
    assert len(compare_cached(path, again, relative=1e-12)) == 1


def test_a_value_that_is_no_number_cannot_pass(calc: Calc, made: BookMaker) -> None:
    path = made(INPUTS | {"B1": "=A1+A2"}, {"B1": float("nan")})

    with pytest.raises(ValueError, match="Unable to read workbook"):
        compare_cached(path, calc.recalculate(path))


def test_a_formula_that_one_side_does_not_have_is_reported(calc: Calc, made: BookMaker) -> None:
    path = made(INPUTS | {"B1": "=A1+A2"}, {"B1": 0.1 + 0.2})
    again = calc.recalculate(path)

    more = made(INPUTS | {"B1": "=A1+A2", "B2": "=A1"}, {"B1": 0.1 + 0.2, "B2": 0.1})
    found_more = compare_cached(more, again)
    fewer = made(INPUTS | {"B1": 0.3}, {})
    found_fewer = compare_cached(fewer, again)

    assert [(each.cell, each.reason) for each in found_more] == [
        ("B2", "a formula in the file only")
    ]
    assert [(each.cell, each.reason) for each in found_fewer] == [("B1", "a formula in Calc only")]


def test_error_cells_are_listed_with_what_they_show(calc: Calc, made: BookMaker) -> None:
    path = made({"A1": "=1/0", "A2": "=NA()", "A3": "=A1+1", "A4": '=IFERROR(A1,"mended")'}, {})

    again = calc.recalculate(path)

    assert errors(again) == {
        ("Desk", "A1"): "#DIV/0!",
        ("Desk", "A2"): "#N/A",
        ("Desk", "A3"): "#DIV/0!",
    }
    assert again.values["Desk", "A4"] == "mended"
    assert not isinstance(again.values["Desk", "A4"], ErrorText)


def test_our_function_is_uncalculated_and_not_an_error(calc: Calc, made: BookMaker) -> None:
    path = made(
        INPUTS | {"B1": 0.2, "B2": 0.1, "C1": "=XR_DRIFT(A1:A2,B1:B2)", "C2": '="XR_DRIFT(x)"'},
        {"C1": 0.1, "C2": "XR_DRIFT(x)"},
    )

    again = calc.recalculate(path)

    assert again.uncalculated_xr == (("Desk", "C1"),)
    assert again.values["Desk", "C1"] == ErrorText("#NAME?")
    assert errors(again) == {}
    assert compare_cached(path, again) == []


def test_what_depends_on_our_function_is_judged_at_its_cached_value(
    calc: Calc, made: BookMaker
) -> None:
    cells: dict[str, object] = {
        "C1": "=XR_DRIFT(A1:A2,A1:A2)",
        "C2": "=C1*2",
        "C3": '=IF(ISNUMBER(C1),"drifted","unknown")',
        "C4": '=IFERROR(XR_VERSION(),"no add-in")',
        "C5": "=C4&C3",
    }
    right: dict[str, Stored] = {
        "C1": 0.25, "C2": 0.5, "C3": "drifted", "C4": "1.0", "C5": "1.0drifted",
    }  # fmt: skip
    path = made(INPUTS | cells, right)
    again = calc.recalculate(path)

    wrong = made(INPUTS | cells, right | {"C2": 0.6, "C3": "unknown"})
    found = compare_cached(wrong, calc.recalculate(wrong))

    assert again.uncalculated_xr == (("Desk", "C1"), ("Desk", "C4"))
    assert errors(again) == {}
    assert [each.cell for each in found] == ["C2", "C3"]


def test_a_spill_of_our_function_keeps_its_cached_block(calc: Calc, made: BookMaker) -> None:
    array = ArrayFormula("C1:C2", "=XR_WEIGHTS(A1:A2,A1:A2)")
    path = made(INPUTS | {"C1": array, "C2": None, "C3": "=SUM(C1:C2)"}, {"C1": 0.25, "C3": 0.75})
    with_array_tail(path, "C2", 0.5)

    again = calc.recalculate(path)

    assert again.uncalculated_xr == (("Desk", "C1"), ("Desk", "C2"))
    assert again.values["Desk", "C3"] == 0.75


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
    assert isinstance(calc.programs, Programs)
    assert all(place.exists() for place in vars(calc.programs).values())
