"""The shipped files as packages: nothing lost on the way, no judge has a finding."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import fromstring

import openpyxl
import pytest
from formulon import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple

from tests.excel.files import (
    PROJECT,
    PYTHON,
    as_workbook,
    module_texts,
    parts,
    xlam,
    xlam_without_python,
    xlsm,
)
from tests.generated import new
from tests.judges.cached import file_cells, xr_blocks
from tests.judges.libreoffice import Calc
from tests.judges.lint.linter import lint
from tests.judges.lint.package import MAIN, RELATION, Package
from tests.judges.schema import schema_faults
from tests.judges.verdict import findings
from udfs.excel.configuration import Interpreter, this_interpreter
from udfs.excel.macro_book import BookType
from udfs.excel.ribbon import PART
from udfs.excel.shipped import workbook
from xl_rebal.commands import COMMANDS
from xl_rebal.functions import FUNCTIONS
from xl_rebal.workbook.file_book import FileBook

FILES = pytest.mark.parametrize("file", [xlsm, xlam])
EXTRA = {PROJECT, PART}


def test_the_book_is_the_generated_one_with_code_names_and_a_sheet_more() -> None:
    before, after = parts(new("multi-asset")), parts(xlsm())
    sheet = {f"xl/worksheets/sheet{len(Package(before).sheets) + 1}.xml"}
    tied = {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"}

    assert after.keys() - before.keys() == EXTRA | sheet
    assert not before.keys() - after.keys()
    for name in before.keys() - tied:
        text = re.sub(r' codeName="Sheet\d+"', "", after[name].decode())
        assert text == before[name].decode(), name


@FILES
def test_the_main_part_the_project_and_the_ribbon_have_their_types(
    file: Callable[[], bytes],
) -> None:
    package = Package(parts(file()))
    types = {
        each.get("PartName", ""): each.get("ContentType")
        for each in package.root("[Content_Types].xml")
    }
    defaults = {
        each.get("Extension", ""): each.get("ContentType")
        for each in package.root("[Content_Types].xml")
    }
    kind = "sheet" if file is xlsm else "addin"
    project = types.get(f"/{PROJECT}") or defaults["bin"]

    assert types["/xl/workbook.xml"] == f"application/vnd.ms-excel.{kind}.macroEnabled.main+xml"
    assert types["/xl/workbook.xml"] in list(BookType)
    assert project == "application/vnd.ms-office.vbaProject"
    listed = {
        each.get("Type"): each.get("Target")
        for name in ("_rels/.rels", "xl/_rels/workbook.xml.rels")
        for each in fromstring(package.parts[name])
    }
    microsoft = "http://schemas.microsoft.com/office/2006/relationships"
    assert listed[f"{microsoft}/ui/extensibility"] == PART
    assert listed[f"{microsoft}/vbaProject"] == "vbaProject.bin"


@FILES
def test_every_sheet_has_a_module_of_its_code_name_and_every_such_module_a_sheet(
    file: Callable[[], bytes],
) -> None:
    package = Package(parts(file()))
    names = [
        frame.get("codeName")
        for sheet in package.sheets
        for frame in package.root(sheet.part).iter(f"{MAIN}sheetPr")
    ]
    documents = {name for name, text in module_texts(file()).items() if "{00020820-" in text}
    properties = package.root(package.book).find(f"{MAIN}workbookPr")
    assert properties is not None

    assert len(names) == len(package.sheets)
    assert sorted(map(str, names)) == sorted(documents)
    assert properties.get("codeName") == "ThisWorkbook"


def test_the_book_has_no_finding(calc: Calc, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsm"
    path.write_bytes(xlsm("empty"))

    assert findings(path, calc) == []


@pytest.mark.parametrize("file", [xlam, xlam_without_python])
def test_the_add_in_has_no_finding(calc: Calc, tmp_path: Path, file: Callable[[], bytes]) -> None:
    path, twin = tmp_path / "xl_rebal.xlam", tmp_path / "twin.xlsm"
    path.write_bytes(file())
    twin.write_bytes(as_workbook(file()))

    assert lint(file()) == []
    assert list(schema_faults(path)) == []
    assert findings(twin, calc) == []


@FILES
def test_openpyxl_keeps_macros_and_ribbon(file: Callable[[], bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(file())), keep_vba=True)
    saved = io.BytesIO()
    book.save(saved)
    kept = parts(saved.getvalue())

    assert {name: kept[name] for name in EXTRA} == {name: parts(file())[name] for name in EXTRA}
    assert f'Target="{PART}"' in kept["_rels/.rels"].decode()
    assert book.sheetnames == [sheet.title for sheet in Package(parts(file())).sheets]


def test_what_spills_is_what_excel_365_would_spill(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsm"
    path.write_bytes(xlsm())
    blocks = list(xr_blocks(file_cells(path)))
    spilled = 0
    with Workbook.load(path.read_bytes()) as book:
        sheets = {book.sheet_name(number): number for number in range(book.sheet_count())}
        for sheet, block in blocks:
            anchor, _, _ = block.partition(":")
            row, column = coordinate_to_tuple(anchor)
            info = book.spill_info(sheets[sheet], row - 1, column - 1)
            if ":" not in block:
                assert not info.engaged
                continue
            spilled += 1
            last = f"{get_column_letter(column + info.cols - 1)}{row + info.rows - 1}"
            assert info.engaged
            assert f"{anchor}:{last}" == block
            name = str(book.get_formula(sheets[sheet], row - 1, column - 1))[1:].partition("(")[0]
            answer = FUNCTIONS[name](*FUNCTIONS[name].example)
            assert isinstance(answer, list)
            assert (info.rows, info.cols) == (len(answer), len(answer[0]))

    assert spilled == sum(isinstance(f(*f.example), list) for f in FUNCTIONS.values())


def settings(file: bytes, title: str) -> dict[object, object]:
    """What xlwings' GetConfigFromSheet finds: A1 down to the first empty cell, and beside it."""
    sheet = openpyxl.load_workbook(io.BytesIO(as_workbook(file)))[title]
    found: dict[object, object] = {}
    row = 1
    while (key := sheet.cell(row, 1).value) is not None:
        assert key == str(key).upper()
        assert key not in found
        found[key] = sheet.cell(row, 2).value
        row += 1
    return found


@pytest.mark.parametrize(("file", "title"), [(xlsm, "xlwings.conf"), (xlam, "xl_rebal.conf")])
def test_excel_is_told_which_python_and_which_module(file: Callable[[], bytes], title: str) -> None:
    assert settings(file(), title) == {
        "INTERPRETER_WIN": PYTHON,
        "UDF MODULES": "udfs.functions",
        "ADD_WORKBOOK_TO_PYTHONPATH": "false",
    }
    assert openpyxl.load_workbook(io.BytesIO(as_workbook(file())))[title].sheet_state == "hidden"


def test_an_unknown_python_is_no_setting_so_that_the_user_s_own_is_asked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(xlam_without_python())))
    sheet = book["xl_rebal.conf"]

    assert "INTERPRETER_WIN" not in settings(xlam_without_python(), "xl_rebal.conf")
    assert sheet.sheet_state == "visible"
    assert "INTERPRETER_WIN" in str([cell.value for cell in sheet["D"]])


@pytest.mark.parametrize(
    ("platform", "executable", "expected"),
    [
        ("win32", r"C:\Py\python.exe", {"INTERPRETER_WIN": r"C:\Py\python.exe"}),
        ("win32", "C:/msys/python.exe", {"INTERPRETER_WIN": r"C:\msys\python.exe"}),
        ("darwin", "/opt/py/bin/python", {"INTERPRETER_MAC": "/opt/py/bin/python"}),
        ("linux", "/usr/bin/python", {}),
    ],
)
def test_this_python_is_named_where_excel_can_be(
    platform: str, executable: str, expected: dict[str, str]
) -> None:
    python = this_interpreter(platform, executable)
    rows = dict(python.rows())

    assert {key: value for key, value in rows.items() if key.startswith("INTERPRETER")} == expected
    assert ("PYTHONPATH" in rows) == bool(expected)
    assert (Path(rows.get("PYTHONPATH", ".")) / "udfs").is_dir()
    assert not any("CONDA" in key for key in rows)


def test_the_same_book_and_python_give_the_same_bytes() -> None:
    book = new("empty")

    assert workbook(book, Interpreter()) == workbook(book, Interpreter())


@pytest.mark.parametrize("command", ["rebalance", "harvest", "check"])
def test_a_command_keeps_macros_ribbon_and_settings_byte_for_byte(
    tmp_path: Path, command: str
) -> None:
    path = tmp_path / "book.xlsm"
    path.write_bytes(xlsm())
    COMMANDS[command].run(FileBook(path, tmp_path / "out.xlsm"), {})
    before, after = parts(xlsm()), parts((tmp_path / "out.xlsm").read_bytes())
    package, written = Package(before), Package(after)
    conf = next(sheet.part for sheet in package.sheets if sheet.title == "xlwings.conf")

    for part in (PROJECT, PART, conf, "_rels/.rels"):
        assert after[part] == before[part], part
    assert lint((tmp_path / "out.xlsm").read_bytes()) == []
    assert list(schema_faults(tmp_path / "out.xlsm")) == []
    for sheet in package.sheets:
        now = next(each for each in written.sheets if each.title == sheet.title)
        old, new = (
            p.root(s.part).find(f"{MAIN}sheetPr") for p, s in ((package, sheet), (written, now))
        )
        assert old is not None
        assert new is not None
        assert new.get("codeName") == old.get("codeName")
        assert now.element.get(f"{RELATION}id") == sheet.element.get(f"{RELATION}id")
