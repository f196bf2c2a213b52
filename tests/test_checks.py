"""The Checks sheet: what the command line says, in the book, each with a link to its cell."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from tests.corpus.good_book import all_of, good_workbook, put, row, saved
from tests.generated import new, rebalanced
from tests.judges.libreoffice import Calc, errors
from tests.judges.verdict import findings
from xl_rebal import cli
from xl_rebal.commands import COMMANDS
from xl_rebal.errors import InputError
from xl_rebal.workbook.file_book import FileBook, read_source
from xl_rebal.workbook.package import read_package


def broken_book() -> bytes:
    """Three mistakes on three sheets, one of them with an apostrophe in its name."""
    book = good_workbook()
    all_of(
        put("Holdings!C4", "70 pcs"), put("Targets!C4", 0.57), put("Accounts!G4", "maybe")
    )(book)  # fmt: skip
    book["Accounts"].title = "Bob's accounts"
    return saved(book)


def checked(content: bytes, folder: Path) -> Path:
    """The copy that `check -o` writes."""
    book, out = folder / "book.xlsx", folder / "out.xlsx"
    book.write_bytes(content)
    with suppress(InputError):
        COMMANDS["check"].run(FileBook(book, out), {})
    assert book.read_bytes() == content
    return out


def test_every_problem_of_the_command_line_stands_on_the_sheet(tmp_path: Path) -> None:
    out = checked(broken_book(), tmp_path)
    said = CliRunner().invoke(cli.app, ["check", str(tmp_path / "book.xlsx"), "--json"])
    problems = json.loads(said.stdout)["problems"]
    rows = read_source(out.read_bytes()).tables["tblChecks"].rows

    assert [r[1] for r in rows] == [f"#XR{p['code']}" for p in problems]
    assert [r[3:6] for r in rows] == [(p["found"], p["expected"], p["fix"]) for p in problems]
    assert [r[2] for r in rows] == [
        "Holdings!C4", "'Bob''s accounts'!G4", "Targets!C4"
    ]  # fmt: skip
    assert {r[0] for r in rows} == {"problem"}


def test_each_place_is_a_link_to_its_cell(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(checked(broken_book(), tmp_path))
    links = [cell.value for cell in book["Checks"]["C"][6:9]]

    assert links == [
        '=HYPERLINK("#Holdings!C4","Holdings!C4")',
        "=HYPERLINK(\"#'Bob''s accounts'!G4\",\"'Bob''s accounts'!G4\")",
        '=HYPERLINK("#Targets!C4","Targets!C4")',
    ]


def test_a_check_leaves_every_other_sheet_and_result_as_it_was(tmp_path: Path) -> None:
    before = read_package(rebalanced("multi-asset"))
    after = read_package(checked(rebalanced("multi-asset"), tmp_path).read_bytes())
    ours = after.sheet("Checks").part_name

    same = [p for p in before.parts if p.startswith("xl/worksheets/sheet") and p != ours]
    assert len(same) > 10
    assert all(before.parts[part] == after.parts[part] for part in same)
    assert [s.title for s in before.sheets()] == [s.title for s in after.sheets()]


def test_a_book_without_a_fault_says_that_nothing_is_wrong(tmp_path: Path) -> None:
    out = checked(new("stocks"), tmp_path)
    (only,) = read_source(out.read_bytes()).tables["tblChecks"].rows

    assert only[3] == "Nothing is wrong and nothing needs saying."


def test_a_note_of_a_rebalance_stands_on_the_sheet_with_its_cell(tmp_path: Path) -> None:
    book = good_workbook()
    row("Holdings", 10, "IRA", "OLD", 3, 10)(book)
    book["Holdings"].row_dimensions[5].hidden = True
    path, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    path.write_bytes(saved(book))
    summary = COMMANDS["rebalance"].run(FileBook(path, out), {})
    rows = read_source(out.read_bytes()).tables["tblChecks"].rows

    assert [r[:4] for r in rows] == [
        ("note", "#XR501", "Holdings!A5",
         "Row 5 of Holdings is hidden or filtered out and read all the same."),
        ("note", "#XR504", "Holdings!B10", "IRA: OLD has no target; its target is 0 %."),
    ]  # fmt: skip
    assert [str(note) for note in summary.notes] == [str(r[3]) for r in rows]


def test_a_check_of_a_file_that_is_no_book_writes_nothing(tmp_path: Path) -> None:
    path, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    path.write_bytes(b"no book")
    with pytest.raises(InputError):
        COMMANDS["check"].run(FileBook(path, out), {})

    assert not out.exists()


def test_calc_shows_the_list_without_an_error_and_the_judges_find_no_fault(
    calc: Calc, tmp_path: Path
) -> None:
    content = new("multi-asset")
    out = checked(content, tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    listed = checked(broken_book(), broken)

    assert findings(out, calc) == []
    again = calc.recalculate(listed)
    assert errors(again) == {}
    assert [again.values["Checks", f"C{at}"] for at in (7, 8, 9)] == [
        "Holdings!C4", "'Bob''s accounts'!G4", "Targets!C4"
    ]  # fmt: skip
