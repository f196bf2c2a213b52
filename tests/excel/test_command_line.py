"""`xl-rebal new` with macros and `xl-rebal addin`: what is written, said and refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from tests.excel.files import PROJECT, PYTHON, as_workbook, parts, xlam, xlsm
from xl_rebal import cli
from xl_rebal.errors import InputError, WriteError


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.app, words)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("words", [("mine.xlsm",), ("mine.xlsm", "--xlsm")])
def test_the_ending_alone_asks_for_macros(words: tuple[str, ...]) -> None:
    done = run("new", *words, "--example", "multi-asset", "--interpreter", PYTHON)

    assert done.exit_code == 0, done.output
    assert done.stdout == "mine.xlsm\n"
    assert Path("mine.xlsm").read_bytes() == xlsm()


def test_without_it_nothing_changes() -> None:
    run("new", "mine.xlsx")

    assert PROJECT not in parts(Path("mine.xlsx").read_bytes())


def test_the_next_steps_are_said_beside_the_name() -> None:
    done = run("new", "mine.xlsm", "--interpreter", PYTHON)

    assert done.stderr.splitlines() == [
        "In Excel: open it and press Enable Content; the tab Rebalance appears while it is in front.",
        "If Excel has blocked its macros: close it, right-click the file in Explorer > Properties > Unblock.",
        f"It starts {PYTHON}, where xl_rebal must be installed.",
        "Fill in Holdings and Targets, save, then run: xl-rebal rebalance mine.xlsm",
    ]


def test_the_add_in_is_written_under_a_name_of_its_own() -> None:
    done = run("addin", "--interpreter", PYTHON)

    assert done.exit_code == 0, done.output
    assert done.stdout == "xl_rebal.xlam\n"
    assert Path("xl_rebal.xlam").read_bytes() == xlam()
    assert "Excel Add-ins > Browse" in done.stderr


def test_an_add_in_is_replaced_only_by_force() -> None:
    Path("mine.xlam").write_text("mine")

    assert isinstance(run("addin", "mine.xlam").exception, WriteError)
    assert Path("mine.xlam").read_text() == "mine"
    assert run("addin", "mine.xlam", "--force").exit_code == 0
    assert zipfile.is_zipfile("mine.xlam")


def test_a_mac_is_told_what_it_needs() -> None:
    done = run("addin", "--interpreter", "/opt/python/bin/python3")

    assert "there commands refuse a book" in done.stderr
    conf = openpyxl.load_workbook(io.BytesIO(as_workbook(Path("xl_rebal.xlam").read_bytes())))[
        "xl_rebal.conf"
    ]
    assert [cell.value for cell in conf[1]][:2] == ["INTERPRETER_MAC", "/opt/python/bin/python3"]


def test_the_extension_for_calc_is_written() -> None:
    done = run("addin", "--libreoffice")

    assert done.stdout == "xl_rebal.oxt\n"
    assert "META-INF/manifest.xml" in parts(Path("xl_rebal.oxt").read_bytes())
    assert "Extension" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("addin", "a.xlsx"), "expected a name that ends in .xlam. Only add-ins are written here"),
        (("addin", "--libreoffice", "a.xlam"), "expected a name that ends in .oxt."),
        (("new", "a.xlsx", "--xlsm"), "expected a name that ends in .xlsm."),
    ],
)
def test_another_ending_is_refused(words: tuple[str, ...], said: str) -> None:
    refused = run(*words).exception

    assert isinstance(refused, WriteError)
    assert said in str(refused)
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    "path", ["python", r"C:\Py", r"C:python.exe", "bin/python", "/opt/bin/", ""]
)
def test_a_python_without_its_whole_path_is_refused(path: str) -> None:
    refused = run("addin", "--interpreter", path).exception

    assert isinstance(refused, InputError)
    assert f"--interpreter: found {path!r}" in str(refused)
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    "path",
    [r"C:\Py\python.exe", "D:/py/python.exe", r"\\server\share\Py\PYTHON.EXE", "/usr/bin/python3"],
)
def test_whole_paths_of_other_machines_are_taken(path: str) -> None:
    assert run("addin", "--interpreter", path).exit_code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("new", "a.xlsx", "--interpreter", PYTHON),
        ("addin", "--libreoffice", "--interpreter", PYTHON),
    ],
)
def test_an_interpreter_without_excel_is_refused(words: tuple[str, ...]) -> None:
    done = run(*words)

    assert done.exit_code == 2
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("words", [("new", "x.xlsm"), ("new", "x.xlsx"), ("addin", "x.xlam")])
def test_a_name_that_is_taken_is_refused_without_an_option_that_there_is_not(
    words: tuple[str, ...],
) -> None:
    Path(words[1]).write_bytes(b"mine")
    done = CliRunner().invoke(cli.app, words)

    assert str(done.exception).endswith("Choose another, or add --force to replace it.")
    assert Path(words[1]).read_bytes() == b"mine"


def test_a_path_with_slashes_is_named_with_backslashes_as_xlwings_cuts_it() -> None:
    run("new", "a.xlsm", "--interpreter", PYTHON)
    run("new", "b.xlsm", "--interpreter", PYTHON.replace("\\", "/"))

    assert PYTHON.replace("\\", "/") != PYTHON
    assert Path("a.xlsm").read_bytes() == Path("b.xlsm").read_bytes()
