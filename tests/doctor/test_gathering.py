"""What is gathered of files, of this machine, and of the interpreter that Excel would start."""

from __future__ import annotations

import io
import json
import os
import struct
import sys
from importlib import metadata
from pathlib import Path

import openpyxl
import pytest
import xlwings
from packaging.specifiers import SpecifierSet  # pytest brings it
from typer.testing import CliRunner

from tests.doctor.machines import BOOK, CONF
from tests.excel.files import PYTHON, xlam, xlsm
from tests.generated import new
from udfs.excel import shipped
from udfs.excel.configuration import Interpreter
from xl_rebal import cli
from xl_rebal.doctor import diagnose, gather, gathered_excel, probing
from xl_rebal.doctor.book_facts import read_book
from xl_rebal.doctor.conf import Layer, interpreter
from xl_rebal.doctor.gathered_excel import bits_of
from xl_rebal.doctor.gathered_office import add_in, linked_python
from xl_rebal.doctor.machine import BookFacts, CalcAddIn, Excel, System, layers_of
from xl_rebal.doctor.requirements import misfit, required
from xl_rebal.registry import FUNCTIONS

SHIPPED = Path(xlwings.__file__).parent


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A new book with a sheet of settings."""
    made = openpyxl.load_workbook(io.BytesIO(new("empty")))
    sheet = made.create_sheet("xlwings.conf")
    for row in (("Interpreter_Win", "C:\\py\\python.exe"), ("PYTHONPATH", None), (), ("LOST", 1)):
        sheet.append(row)
    path = tmp_path / "book.xlsx"
    made.save(path)
    return path


def test_a_new_book_calls_every_function_in_plain_words(book: Path) -> None:
    facts = read_book(book)

    assert facts.calls.names == set(FUNCTIONS)
    assert facts.calls.by_spelling == (("plain", len(FUNCTIONS) + 1),), "Start asks for the version"
    flags = (facts.has_vba, facts.macro_enabled, facts.has_ribbon, facts.from_internet)
    assert not any(flags)


def test_settings_are_read_from_the_sheet_and_beside_the_book(book: Path) -> None:
    (book.parent / "xlwings.conf").write_text('"UDF MODULES","mine"\n')
    facts = read_book(book)

    assert facts.conf == Layer(
        "the sheet xlwings.conf", (("Interpreter_Win", "C:\\py\\python.exe"), ("PYTHONPATH", ""))
    )
    assert facts.folder_conf is not None
    assert facts.folder_conf.get("UDF MODULES") == "mine"


def test_a_book_that_excel_saved_with_macros_is_read() -> None:
    facts = read_book(SHIPPED / "quickstart_standalone.xlsm")

    assert (facts.has_vba, facts.macro_enabled) == (True, True)
    assert facts.wrappers is not None
    assert facts.wrappers.xlwings == xlwings.__version__
    assert read_book(SHIPPED / "quickstart_addin_ribbon.xlam").has_ribbon


@pytest.mark.parametrize(
    ("windows", "pairs", "expected"),
    [
        (True, [("INTERPRETER_WIN", "a"), ("INTERPRETER", "b")], "a"),
        (True, [("INTERPRETER_WIN", ""), ("interpreter", "b")], "b"),
        (False, [("INTERPRETER_WIN", "a")], "python"),
        (True, [], "pythonw"),
    ],
)
def test_the_interpreter_is_taken_as_xlwings_takes_it(
    windows: bool, pairs: list[tuple[str, str]], expected: str
) -> None:
    assert interpreter(windows, [Layer("x", tuple(pairs))]).value == expected


def test_a_blank_key_of_the_book_hides_that_of_the_user() -> None:
    layers = [
        Layer("sheet", (("INTERPRETER_WIN", ""),)),
        Layer("user", (("INTERPRETER_WIN", "u"),)),
    ]
    assert interpreter(True, layers).value == "pythonw"


def test_our_own_interpreter_imports_what_excel_needs() -> None:
    found = probing.ask(sys.executable, sys.executable, [])

    assert found.failure == ""
    assert (found.is_ours, found.xlwings) == (True, xlwings.__version__)
    assert found.version == ".".join(map(str, sys.version_info[:3]))


def test_what_lies_beside_the_book_can_hide_ours_and_is_found(tmp_path: Path) -> None:
    (tmp_path / "udfs.py").write_text("")
    found = probing.ask(sys.executable, sys.executable, [str(tmp_path)])
    assert found.failure.startswith("ModuleNotFoundError: No module named 'udfs.functions'")


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands for a program")
def test_a_program_that_is_no_python_is_told_by_what_it_said(tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho nonsense >&2\n")
    program.chmod(0o755)

    assert probing.ask("python", str(program), []).failure == "nonsense"
    assert probing.ask("x", str(tmp_path / "none"), []).failure == "No such file or directory"


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands for a program")
def test_a_program_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexec sleep 30\n")
    program.chmod(0o755)
    monkeypatch.setattr(probing, "SECONDS", 0.2)

    assert probing.ask("python", str(program), []).failure == "no answer within 0.2 s"


@pytest.mark.parametrize(
    ("resolved", "from_internet", "why"),
    [
        ("C:/Python312/python.exe", False, ""),
        ("C:/Python312/pythonw3.12.exe", False, ""),
        ("C:/Python312/python.exe", True, "the book comes from the internet"),
        ("//host/share/python.exe", False, "it is on a network"),
        ("C:/windows/format.exe", False, "its name is not that of a Python"),
    ],
)
def test_an_interpreter_of_a_book_is_run_only_if_it_looks_safe(
    resolved: str, from_internet: bool, why: str
) -> None:
    book = BookFacts("/books/b.xlsm", True, CONF, from_internet=from_internet)
    assert probing.why_not(resolved, CONF.where, book) == why
    assert probing.why_not(resolved, "~/.xlwings/xlwings.conf", book) == "", "the user's own word"


def test_a_program_in_the_books_own_folder_is_not_run_but_ours_always_is(tmp_path: Path) -> None:
    book = BookFacts(str(tmp_path / "b.xlsm"), True, CONF, from_internet=True)
    planted = BookFacts(str(tmp_path / "b.xlsm"), True, CONF)

    assert probing.why_not(str(tmp_path / "venv/python.exe"), CONF.where, planted) == (
        "it lies in the book's own folder"
    )
    assert probing.why_not(sys.executable, CONF.where, book) == ""


def test_where_no_excel_runs_the_books_interpreter_is_never_run() -> None:
    assert probing.probe(System.LINUX, BOOK.layers, BOOK).interpreter == sys.executable


@pytest.mark.parametrize("limits", [">=1.26,<3", ">1.0", "<=2.0", "==1.5", "!=1.5", ""])
@pytest.mark.parametrize(
    "version", ["0.9", "1.0", "1.5", "1.5.0", "1.26", "1.26.1", "2.0", "2.10", "3"]
)
def test_versions_fit_as_packaging_says(version: str, limits: str) -> None:
    assert (misfit(version, limits) == "") is SpecifierSet(limits).contains(version)


def test_requirements_are_those_of_the_installed_metadata() -> None:
    found = {each.package: each for each in required("xl-rebal", "Linux")}

    assert found["numpy"].installed == metadata.version("numpy")
    assert "pytest" not in found, "belongs to an extra"
    assert "pywin32" not in found
    assert {each.package for each in required("xl-rebal", "Windows")} >= {"pywin32", "numpy"}


@pytest.mark.parametrize(("kind", "bits"), [(0x8664, 64), (0x14C, 32), (0xAA64, 64), (0, None)])
def test_the_bits_of_a_program_stand_in_its_header(
    tmp_path: Path, kind: int, bits: int | None
) -> None:
    program = tmp_path / "EXCEL.EXE"
    program.write_bytes(b"MZ".ljust(60, b"\0") + struct.pack("<I", 128) + b"\0" * 64 + b"PE\0\0"
                        + struct.pack("<H", kind))  # fmt: skip
    assert bits_of(program) == bits
    assert bits_of(tmp_path / "none.exe") is None


@pytest.mark.parametrize(
    ("name", "content"),
    [("libpyuno.so", b"..libpython3.12.so.1.0.."), ("pyuno.pyd", b"..python312.dll\0"),
     ("libpyuno.dylib", b"@loader/LibreOfficePython.framework/Versions/3.12/Lib")],
)  # fmt: skip
def test_the_python_of_an_office_is_that_of_its_bridge(
    tmp_path: Path, name: str, content: bytes
) -> None:
    assert linked_python(tmp_path) == ""
    (tmp_path / name).write_bytes(content)
    assert linked_python(tmp_path) == "3.12"


def test_our_extension_is_found_in_a_profile(tmp_path: Path) -> None:
    def install(name: str, identifier: str) -> Path:
        folder = tmp_path / f"uno_packages/cache/uno_packages/{name}_/{name}.oxt"
        folder.mkdir(parents=True)
        (folder / "description.xml").write_text(
            f'<description><identifier value="{identifier}"/><version value="0.1.0"/></description>'
        )
        return folder

    install("lu1", "org.other.tool")
    assert add_in(tmp_path) is None

    launcher = install("lu2", "xlrebal.addin") / "launcher.py"
    launcher.write_text(f"for folder in [{str(tmp_path)!r}, '/no/such/venv']:\n    print(folder)\n")
    assert add_in(tmp_path) == CalcAddIn("0.1.0", ("/no/such/venv",))


def test_the_command_says_a_page_or_json_with_a_status_for_scripts(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    page = CliRunner().invoke(cli.app, ["doctor", str(book)])
    answer = json.loads(CliRunner().invoke(cli.app, ["doctor", str(book), "--json"]).stdout)

    assert page.exit_code == 0, page.output
    assert len(page.stdout.splitlines()) <= 40
    assert page.stdout.endswith("All that is needed fits together.\n")
    assert (answer["schema"], answer["status"]) == (1, "ok")
    assert set(answer["findings"][0]) == {"group", "part", "state", "detail", "fix"}


def test_a_book_that_does_not_fit_is_exit_status_3(book: Path) -> None:
    wrong = book.rename(book.with_suffix(".xlsm"))
    done = CliRunner().invoke(cli.app, ["doctor", str(wrong)])

    assert done.exit_code == 3
    assert "Rename it to book.xlsx." in " ".join(done.stdout.split())


def test_a_look_at_a_book_changes_nothing(book: Path) -> None:
    before = {each: each.stat().st_mtime_ns for each in book.parent.iterdir()}
    gather(book)
    assert {each: each.stat().st_mtime_ns for each in book.parent.iterdir()} == before


def test_an_add_in_reads_the_settings_of_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "xl_rebal.xlam"
    path.write_bytes(xlam())
    (tmp_path / "xl_rebal.conf").write_text('"INTERPRETER_WIN","of the active book, not of this"\n')
    facts = read_book(path)

    assert facts.conf is not None
    assert (facts.conf.where, facts.conf.get("INTERPRETER_WIN")) == (
        "the sheet xl_rebal.conf",
        PYTHON,
    )
    assert (facts.is_add_in, facts.folder_conf, facts.project) == (True, None, "xl_rebal")


def test_a_workbook_with_macros_reads_those_of_xlwings(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsm"
    path.write_bytes(xlsm())
    facts = read_book(path, "xl_rebal")

    assert facts.conf is not None
    assert facts.conf.where == "the sheet xlwings.conf"
    assert (facts.is_add_in, facts.project) == (False, "xlwings")


def test_where_an_add_in_answers_its_settings_count_beside_a_book_without_macros(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order of the add-in's GetConfig: the active book's sheet, its own, the folder's, the user's."""
    registered = tmp_path / "add-ins" / "xl_rebal.xlam"
    registered.parent.mkdir()
    registered.write_bytes(xlam())
    (book.parent / "xl_rebal.conf").write_text('"PYTHONPATH","folder"\n')
    (tmp_path / ".xl_rebal").mkdir()
    (tmp_path / ".xl_rebal" / "xl_rebal.conf").write_text('"SHOW CONSOLE","False"\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(
        gathered_excel, "excel", lambda _system: Excel("EXCEL.EXE", add_ins=(str(registered),))
    )
    machine, facts = gather(book)
    layers = layers_of(facts, machine.add_in, machine.user_conf)

    assert [layer.where for layer in layers] == [
        "the sheet xl_rebal.conf of the add-in",
        str(book.parent / "xl_rebal.conf"),
        str(tmp_path / ".xl_rebal" / "xl_rebal.conf"),
    ]
    assert interpreter(True, layers).value == PYTHON, (
        "and not that of the book's sheet xlwings.conf"
    )


@pytest.mark.parametrize(
    ("python", "words"),
    [(PYTHON, f"Excel starts {PYTHON}, named in the sheet xl_rebal.conf"), ("", "names no Python")],
)
def test_what_excel_elsewhere_would_start_is_said_to_be_unchecked(
    tmp_path: Path, python: str, words: str
) -> None:
    path = tmp_path / "xl_rebal.xlam"
    path.write_bytes(shipped.add_in(Interpreter(windows=python)))
    machine, facts = gather(path)
    found = [each for each in diagnose(machine, facts) if each.part == "elsewhere"]

    if machine.system is System.LINUX:
        assert words in found[0].detail
    assert len(found) == (machine.system is System.LINUX)
