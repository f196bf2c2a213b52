"""The main job as a newcomer does it, and what the command line says and writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from tests.generated import new
from tests.judges.libreoffice import Calc, compare_cached
from xl_rebal.cli import app
from xl_rebal.commands import COMMANDS
from xl_rebal.examples import CONTENTS
from xl_rebal.generate import generate


def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "xl_rebal.cli", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )


def made(tmp_path: Path, name: str) -> Path:
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(new(name))
    return path


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    content = CONTENTS["stocks"]()
    assert generate(content) == generate(content)


def test_a_newcomer_fills_in_four_holdings_and_gets_trades(tmp_path: Path, calc: Calc) -> None:
    path = tmp_path / "mine.xlsx"
    assert run("new", str(path), folder=tmp_path).returncode == 0
    book = openpyxl.load_workbook(path)
    sheet = book["Holdings"]
    for row, cells in enumerate(
        [("VTI", 100, 250), ("BND", 100, 75), ("VXUS", 100, 60), ("CASH", 1500, None)], start=5
    ):
        for column, value in zip("BCD", cells, strict=True):
            sheet[f"{column}{row}"] = value
    for row, (key, weight) in enumerate((("VTI", 0.5), ("BND", 0.3), ("VXUS", 0.2)), start=5):
        book["Targets"][f"B{row}"], book["Targets"][f"C{row}"] = key, weight
    book.save(path)
    before = path.read_bytes()
    done = run("rebalance", str(path), "--json", folder=tmp_path)
    answer = json.loads(done.stdout)

    assert done.returncode == 0, done.stderr
    # 40,000 in all: 20,000 are 80 VTI, 12,000 are 160 BND, 8,000 are 133.33 VXUS.
    assert [(t["action"], t["symbol"], t["quantity"]) for t in answer["trades"]] == [
        ("Sell", "VTI", 20.0), ("Buy", "BND", 60.0), ("Buy", "VXUS", 33.0),
    ]  # fmt: skip
    assert path.read_bytes() == before
    out = Path(answer["out"])
    # openpyxl dropped every stored value; a run puts back all but those of the XR_ examples and of the sheets
    # that another command writes.
    differences = compare_cached(out, calc.recalculate(out))
    others = ("Functions", "Harvest trades")
    assert [found for found in differences if found.sheet not in others] == []


def test_a_second_run_on_the_result_keeps_the_book_and_its_size(tmp_path: Path) -> None:
    path = made(tmp_path, "stocks")
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    assert run("rebalance", str(path), "-o", str(first), folder=tmp_path).returncode == 0
    assert run("rebalance", str(first), "-o", str(second), folder=tmp_path).returncode == 0

    assert openpyxl.load_workbook(first).sheetnames == openpyxl.load_workbook(path).sheetnames
    assert abs(len(second.read_bytes()) - len(first.read_bytes())) < 200


def test_a_broken_book_names_every_cell_and_writes_nothing(tmp_path: Path) -> None:
    path = made(tmp_path, "stocks")
    book = openpyxl.load_workbook(path)
    book["Holdings"]["C5"] = -1
    book["Holdings"]["D6"] = "35 pct"
    book["Targets"]["C5"] = 0.27
    book.save(path)
    done = run("rebalance", str(path), folder=tmp_path)

    assert done.returncode == 3
    assert "#XR105 Holdings!C5" in done.stderr
    assert "#XR101 Holdings!D6" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "stocks-rebalanced.xlsx").exists()


def test_an_error_cell_in_the_input_is_never_read_as_blank(tmp_path: Path) -> None:
    path = made(tmp_path, "multi-asset")
    book = openpyxl.load_workbook(path)
    book["Holdings"]["D5"] = "#N/A"
    book.save(path)
    done = run("check", str(path), folder=tmp_path)

    assert done.returncode == 3
    assert "#XR109 Holdings!D5: found '#N/A', expected a price above 0" in done.stderr


def test_drift_ends_with_10_when_something_is_out(tmp_path: Path) -> None:
    path = made(tmp_path, "stocks")
    assert run("drift", str(path), "--exit-code", folder=tmp_path).returncode == 10
    wide = ("--set", "DefaultBand=60%")
    settings = run("drift", str(path), "--exit-code", *wide, "--json", folder=tmp_path)
    assert json.loads(settings.stdout)["status"] in ("in", "out")


def test_an_existing_output_is_not_replaced_without_force(tmp_path: Path) -> None:
    path = made(tmp_path, "stocks")
    out = tmp_path / "out.xlsx"
    out.write_text("mine")
    assert run("rebalance", str(path), "-o", str(out), folder=tmp_path).returncode == 6
    assert out.read_text() == "mine"
    forced = run("rebalance", str(path), "-o", str(out), "--force", folder=tmp_path)
    assert forced.returncode == 0


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (command, name)
        for command in ("rebalance", "check", "new")
        for name in ("out.csv", "out", "out.xls", "out.xlsm", "out.xlsx.bak")
        if (command, name) != ("new", "out.xlsm")  # one with macros, then
    ],
)
def test_an_output_that_ends_like_no_workbook_is_refused_before_anything_is_done(
    tmp_path: Path, command: str, name: str
) -> None:
    path = tmp_path / "stocks.xlsx"
    path.write_bytes(b"never read")
    words = ("new", name) if command == "new" else (command, path.name, "-o", name)
    done = run(*words, folder=tmp_path)
    where, stem = "path" if command == "new" else "-o", name.rsplit(".", 1)[0]

    assert done.returncode == 6
    assert done.stderr == (
        f"#XR403 {where}: found {name!r}, expected a name that ends in .xlsx. "
        f"Only workbooks are written; name it {stem}.xlsx.\n"
    )
    assert [file.name for file in tmp_path.iterdir()] == ["stocks.xlsx"]


def test_a_copy_of_a_book_with_macros_keeps_its_ending(tmp_path: Path) -> None:
    path = made(tmp_path, "stocks").rename(tmp_path / "macros.xlsm")
    refused = run("rebalance", str(path), "-o", "out.xlsx", folder=tmp_path)

    assert "found 'out.xlsx', expected a name that ends in .xlsm." in refused.stderr
    assert run("rebalance", str(path), folder=tmp_path).returncode == 0
    assert (tmp_path / "macros-rebalanced.xlsm").exists()


def test_a_book_under_another_name_gets_a_copy_that_excel_opens(tmp_path: Path) -> None:
    path = made(tmp_path, "stocks").rename(tmp_path / "book.bak")

    assert run("rebalance", str(path), folder=tmp_path).returncode == 0
    assert (tmp_path / "book-rebalanced.xlsx").exists()


def test_a_demo_needs_a_folder_that_is_there(tmp_path: Path) -> None:
    done = run("demo", "--folder", "x.csv", folder=tmp_path)

    assert done.returncode == 6
    assert done.stderr == (
        "#XR403 --folder: found 'x.csv', which is not there, expected a folder. "
        "Make it first, or name another.\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [("check", "missing.xlsx"), ("rebalance", "b.xlsx", "-o", "x.csv")]
)
def test_whatever_is_refused_is_said_in_json_too(tmp_path: Path, words: tuple[str, ...]) -> None:
    answer = json.loads(run(*words, "--json", folder=tmp_path).stdout)

    assert answer["status"] == "refused"
    assert len(answer["problems"]) == 1


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    path = made(tmp_path, "stocks")
    assert run("rebalance", str(path), "--dry-run", folder=tmp_path).returncode == 0
    assert [file.name for file in tmp_path.iterdir()] == ["stocks.xlsx"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("call", "XR_DRIFT", "[[[0.6],[0.4]], [[0.5],[0.5]]]"), 0),
        (("call", "XR_DRIFT", "[[[0.6],[0.4]], [[0.5],[0.4]]]"), 3),
        (("call", "XR_DRIFT", "nonsense"), 2),
        (("functions",), 0),
        (("doctor",), 0),
        (("check", "missing.xlsx"), 3),
        (("no-such-command",), 2),
    ],
)
def test_exit_statuses_are_as_documented(
    tmp_path: Path, words: tuple[str, ...], status: int
) -> None:
    done = run(*words, folder=tmp_path)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr


def test_every_command_has_its_one_definition() -> None:
    names = [
        command.name or command.callback.__name__
        for command in app.registered_commands
        if command.callback
    ]
    assert len(set(names)) == len(names)
    others = {"new", "demo", "functions", "call", "doctor", "addin", "form8949", "import"}
    assert set(names) == others | COMMANDS.keys()
