"""LibreOffice as a second reader and a second VBA: what is wrong there is silent, so cells are asked.

xlwings' own modules are text to it: Calc's Basic does not compile them (nor those in xlwings' own
workbooks), and one such module keeps all others of a project from running. So ours run in a project
without them, with stand-ins for the two things that they call there: RunPython and MacroOptions.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.excel.files import module_texts, xlam, xlsm
from tests.generated import new
from tests.judges.libreoffice import Calc
from udfs.excel.help_module import help_module
from udfs.excel.macro_book import BookType, SettingsSheet, with_macros, with_settings_sheet
from udfs.excel.project import Module, ModuleKind
from udfs.excel.ribbon import SHEET_BUTTONS
from udfs.excel.ribbon_module import ribbon_module
from udfs.excel.vba_text import lines_of
from udfs.excel.wrappers import wrappers
from xl_rebal.commands.live import MACROS
from xl_rebal.registry import FUNCTIONS
from xl_rebal.workbook.package import read_package

LOG = "Log"
LATE_CALL = (
    "host.MacroOptions Macro:=macro, Description:=help, Category:=category, "
    "ArgumentDescriptions:=arguments"
)
STAND_INS = """\
Attribute VB_Name = "StandIns"
Public Sub RunPython(command As String)
    ThisWorkbook.Sheets("Log").Range("A1").Value = command
End Sub

Public Sub Note(macro, help, category, arguments)
    Dim row, place
    row = ThisWorkbook.Sheets("Log").Range("B1").Value + 1
    ThisWorkbook.Sheets("Log").Range("B1").Value = row
    ThisWorkbook.Sheets("Log").Cells(row + 1, 1).Value = macro
    ThisWorkbook.Sheets("Log").Cells(row + 1, 2).Value = help
    ThisWorkbook.Sheets("Log").Cells(row + 1, 3).Value = category
    If IsArray(arguments) Then
        For place = LBound(arguments) To UBound(arguments)
            ThisWorkbook.Sheets("Log").Cells(row + 1, 3 + place).Value = arguments(place)
        Next
    End If
End Sub
"""


def noted(module: Module) -> Module:
    """The module of help texts, telling the stand-in what it would tell Excel."""
    plain = "host.MacroOptions Macro:=macro, Description:=help, Category:=category\r\n"
    assert module.text.count(LATE_CALL) == 1
    text = module.text.replace(LATE_CALL, "Note macro, help, category, arguments")
    assert text.count(plain) == 1
    return Module(
        module.name, module.kind, text.replace(plain, "Note macro, help, category, Empty\r\n")
    )


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our modules alone, in a book that has been opened by somebody who trusts macros."""
    book = read_package(new("stocks"))
    book = with_settings_sheet(book, SettingsSheet(LOG, [("", "0")], (), hidden=False))
    modules = [
        noted(help_module(FUNCTIONS)),
        ribbon_module("Buttons", "Press", MACROS, SHEET_BUTTONS, add_in=True),
        wrappers(FUNCTIONS, "ThisWorkbook"),
        Module("StandIns", ModuleKind.STANDARD, lines_of(STAND_INS.splitlines())),
    ]
    path = tmp_path_factory.mktemp("ours") / "ours.xlsm"
    path.write_bytes(with_macros(book, BookType.WORKBOOK, "Ours", (), modules, "<x/>").to_bytes())
    return path


def test_plain_functions_of_ours_calculate_in_cells(calc: Calc, ours: Path) -> None:
    names = [*MACROS, *(each.id for each in SHEET_BUTTONS), "nonsense", "check'); import os; ('"]
    run = calc.run_vba(
        ours,
        formulas=[
            f'={function}("{name}")' for name in names for function in ("COMMANDOF", "SHEETOF")
        ],
        shown=LOG,
    )
    sheets = {each.id: each.sheet for each in SHEET_BUTTONS}
    expected = [(name if name in MACROS else "", sheets.get(name, "")) for name in names]

    assert run.values == [text for pair in expected for text in pair]


@pytest.mark.parametrize("command", list(MACROS))
def test_a_button_runs_its_command_in_python(calc: Calc, ours: Path, command: str) -> None:
    run = calc.run_vba(ours, calls=[("Ours.Buttons.PressButton", command)], shown=LOG)

    assert run.cells[0][0] == f"import udfs.macros; udfs.macros.run('{command}')"


def test_excel_is_told_the_help_of_every_function_and_argument(calc: Calc, ours: Path) -> None:
    run = calc.run_vba(ours, calls=[("Ours.xl_rebal_help.DescribeFunctions",)], shown=LOG)
    told = {str(row[0]).rpartition("!")[2]: row[1:] for row in run.cells[1:] if row[0]}

    assert told.keys() == FUNCTIONS.keys()
    for name, spec in FUNCTIONS.items():
        texts = [text for text in told[name] if text != ""]
        assert texts == [spec.help, spec.category, *(each.help for each in spec.parameters)]
        assert f"ours.xlsm'!{name}" in [row[0] for row in run.cells[1:]]


@pytest.mark.parametrize(("name", "make"), [("book.xlsm", xlsm), ("add-in.xlam", xlam)])
def test_calc_reads_the_text_of_every_module(
    calc: Calc, tmp_path: Path, name: str, make: object
) -> None:
    assert callable(make)
    path = tmp_path / name
    path.write_bytes(make())
    project = "xl_rebal_book" if name == "book.xlsm" else "xl_rebal_addin"
    conf = "xlwings.conf" if name == "book.xlsm" else "xl_rebal.conf"
    run = calc.run_vba(path, shown=conf)

    for module, text in module_texts(make()).items():
        read = run.modules.get(f"{project}.{module}", "")
        if module.startswith("Sheet"):
            continue
        for line in text.split("\r\n"):
            if not line.startswith("Attribute"):
                assert line in read, module
    assert run.cells[0][:2] == ["INTERPRETER_WIN", r"C:\Program Files\Python 3.11\python.exe"]
