"""Our commands pressed inside a real Calc, on the open document: the cells of the command line."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.generated import USERS, new, rebalanced
from tests.judges.cached import file_cells
from tests.judges.libreoffice import Calc, Seen, Typed
from tests.workbook.package_books import edited, parts_of, sheet_part, zip_of
from xl_rebal.cells import is_blank, serial
from xl_rebal.commands import COMMANDS
from xl_rebal.errors import XlRebalError
from xl_rebal.workbook.file_book import FileBook, read_source
from xl_rebal.workbook.layout import RESULT_CELLS, RESULT_TABLES

EXAMPLES = ("stocks", "multi-asset")
RELATIVE = 1e-12
Edit = Callable[[dict[str, bytes]], tuple[str, Callable[[str], str]]]
TABLES = [layout.name for layout in RESULT_TABLES]
ORDER = ["rebalance", "harvest", "backtest", "bands", "aftertax", "drift", "check"]


HOLDINGS = "What we hold"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Somebody's own small book, in which a rebalance has been before: Calc opens it quickly."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(rebalanced(USERS))
    return path


def told(name: str, book: FileBook) -> tuple[bool, str]:
    """A command in this process: whether it was done, and what it says."""
    try:
        return True, COMMANDS[name].run(book, {}).sentence
    except XlRebalError as error:
        return False, "\n".join(map(str, error.problems))


def plain(value: object) -> object:
    """A cell of a file as Calc gives it."""
    if isinstance(value, date):
        return float(serial(value))
    return "" if is_blank(value) else value


def agree(ours: object, theirs: object) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=RELATIVE, abs_tol=0)
    return type(ours) is type(theirs) and ours == theirs


def table_differences(path: Path, seen: Seen) -> list[object]:
    """Cells and places of result tables that are not those of the file."""
    found: list[object] = []
    for name, table in read_source(path.read_bytes()).tables.items():
        if name not in seen.tables:
            continue
        body = table.rows or ((None,) * len(table.header),)
        rows = [[plain(cell) for cell in row] for row in (table.header, *body)]
        last = table.address(len(body) - 1, len(table.header) - 1)
        place = f"{table.sheet}!{table.address(-1, 0)}:{last}"
        if re.sub(r"[$']", "", seen.tables[name]["place"]).replace(".", "!") != place:
            found.append((name, place, seen.tables[name]["place"]))
            continue
        found += [
            (name, row, column, ours, theirs)
            for row, (line, other) in enumerate(zip(rows, seen.tables[name]["rows"], strict=True))
            for column, (ours, theirs) in enumerate(zip(line, other, strict=True))
            if not agree(ours, theirs)
        ]
    return found


def name_differences(path: Path, seen: Seen) -> list[object]:
    """Named results that are not those of the file."""
    values = file_cells(path).values
    book = parts_of(path.read_bytes())["xl/workbook.xml"].decode()
    places = re.findall(r'<definedName name="(res_\w+)"[^>]*>([^<]*)<', book)
    places = [(name, place) for name, place in places if name != "res_AddIn"]  # no result of a run
    assert {f"res_{cell.name}" for cell in RESULT_CELLS} == {name for name, _ in places}
    return [
        (name, ours, seen.names[name])
        for name, place in places
        for sheet, cell in [place.replace("$", "").replace("'", "").split("!")]
        for ours in [values.get((sheet, cell), "")]
        if not agree(ours, seen.names[name])
    ]


@pytest.mark.long
@pytest.mark.parametrize("name", EXAMPLES)
def test_all_commands_fill_the_cells_of_the_command_line(
    calc_xr: Calc, tmp_path: Path, name: str
) -> None:
    """On the example of stocks without After tax and Bands: they take long."""
    path, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    path.write_bytes(new(name))
    out.write_bytes(new(name))
    long = ("aftertax", "bands") if name == "stocks" else ()
    commands = [each for each in ORDER if each not in long]
    assert sorted(ORDER) == sorted(COMMANDS)

    *seen, last = calc_xr.run(path, *commands, "look", tables=TABLES, formulas=["Dashboard"])
    says = [told(each, FileBook(out, out, replace=True)) for each in commands]

    assert [(each.done, each.said) for each in seen] == says
    refused = [each for each, (done, _) in zip(commands, says, strict=True) if not done]
    assert refused == (["harvest"] if name == "stocks" else []), "the stocks have no lots"
    assert len(read_source(out.read_bytes()).tables.keys() & set(TABLES)) == len(TABLES)
    assert table_differences(out, last) == []
    assert name_differences(out, last) == []
    cells = file_cells(out)
    dashboard = {
        cell: cells.values.get((sheet, cell))
        for sheet, cell in cells.formulas
        if sheet == "Dashboard"
    }
    assert len(dashboard) > 50
    assert last.formulas["Dashboard"].keys() == dashboard.keys()
    assert [
        (cell, value, last.formulas["Dashboard"][cell])
        for cell, value in dashboard.items()
        if not agree(value, last.formulas["Dashboard"][cell])
    ] == []


def test_a_run_is_one_step_to_undo_and_to_redo(calc_xr: Calc, book: Path) -> None:
    """The first list of trades is as long as that in the file, the second one row longer."""
    fewer: Typed = {(HOLDINGS, "C3"): 5.0}
    another: Typed = {
        (HOLDINGS, "A5"): "Main", (HOLDINGS, "B5"): "CCC", (HOLDINGS, "C5"): 9.0, (HOLDINGS, "D5"): 100.0
    }  # fmt: skip
    seen = calc_xr.run(
        book, "look", fewer, "rebalance", "look", another, "look", "rebalance", "look",
        "undo", "look", *6 * ["undo"], "look", *6 * ["redo"], "look", "redo", "look",
        charts=["Dashboard"], digests=True, tables=["tblTrades"],
    )  # fmt: skip

    before, first, typed, second, *after = (each for each in seen if each.digests)
    lengths = [len(each.tables["tblTrades"]["rows"]) for each in (before, first, second)]
    assert lengths == [3, 3, 4]
    assert changed(before, first) == {HOLDINGS, "Trades (2)", "Outcome", "ChartData", "Dashboard"}
    assert changed(typed, second) >= {"Trades (2)", "Outcome", "ChartData", "Dashboard"}
    assert [replace(each, said="") for each in after] == [typed, before, typed, second]
    assert first.undo == ["Rebalance", "Input"]
    assert second.undo == ["Rebalance", *4 * ["Input"], *first.undo]


def changed(before: Seen, after: Seen) -> set[str]:
    """The sheets on which anything is not as it was, what formulas show included."""
    assert before.digests.keys() == after.digests.keys()
    return {title for title in before.digests if before.digests[title] != after.digests[title]}


def test_charts_and_looks_go_with_the_rows_that_a_table_has_now(
    calc_xr: Calc, tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(new("stocks"))
    asked = ["tblStudyPath", "tblStudyYears"]

    before, _, after, _, undone, _, redone = calc_xr.run(
        path, *("look", "backtest", "look", "undo", "look", "redo", "look"),
        tables=asked, charts=["Backtest"],
    )  # fmt: skip

    path_rows, years = (after.tables[name]["rows"] for name in asked)
    assert len(path_rows) > 2000
    assert "$BacktestData.$H$4" in before.charts["Backtest"]
    assert after.charts["Backtest"] == [
        f"{cell}:{column[:-1]}{2 + len(rows)}"
        for cell in before.charts["Backtest"]
        for column in [cell.split(".")[1]]
        for rows in [years if column >= "$X" or len(column) > 4 else path_rows]
    ]
    assert [undone.charts, undone.tables, redone.charts] == [
        before.charts, before.tables, after.charts
    ]  # fmt: skip
    assert after.tables["tblStudyPath"]["formats"][0] == after.tables["tblStudyPath"]["formats"][1]


BAD: dict[str, Typed] = {
    "text where a number belongs": {(HOLDINGS, "C2"): "58 pcs"},
    "two things at once": {("Plan", "B2"): 0.99, (HOLDINGS, "A3"): None},
    "nothing at all": {
        (HOLDINGS, f"{column}{row}"): None for column in "ABCD" for row in (2, 3, 4)
    },
}


@pytest.mark.parametrize("bad", BAD.values(), ids=list(BAD))
def test_a_bad_book_changes_nothing_but_checks(calc_xr: Calc, book: Path, bad: Typed) -> None:
    asked = [name for name in ORDER if name != "check"]

    _, before, *refused, after, check, checked = calc_xr.run(
        book, bad, "look", *asked, "look", "check", "look", digests=True, tables=["tblChecks"]
    )

    assert all(each.said.startswith("#XR") and not each.done for each in refused)
    assert changed(before, after) == changed(before, checked) == {"Checks"}
    assert (check.done, check.said) == (False, refused[0].said)
    labels = [COMMANDS[name].label for name in reversed([*asked, "check"])]
    assert checked.undo == [*labels, *before.undo]
    found = [line.removeprefix("#XR").split(" found ")[0] for line in check.said.splitlines()]
    listed = checked.tables["tblChecks"]["rows"][1:]
    assert [f"{code[3:]} {place}".replace("'", "").strip() for _, code, place, *_ in listed] == [
        where.removesuffix(":") for where in found
    ]


def test_text_stays_text_and_a_formula_as_text_none(calc_xr: Calc, book: Path) -> None:
    accounts = ("0700", "=1+1", "TRUE", "2024-01-01")
    typed: list[Typed] = [
        {(HOLDINGS, f"A{row}"): account for row in (2, 3, 4)} for account in accounts
    ]
    steps = [step for each in typed for step in (each, "rebalance", "look")]

    seen = calc_xr.run(book, *steps, tables=["tblTrades"])

    rows = [each.tables["tblTrades"]["rows"][1:] for each in seen if each.tables]
    assert [{row[1] for row in each} for each in rows] == [{account} for account in accounts]


def in_table(name: str, old: str, to: str) -> Edit:
    """An edit of the part of a table."""
    return lambda parts: (
        next(part for part, data in parts.items() if f'displayName="{name}"'.encode() in data),
        lambda text: text.replace(old, to),
    )


def in_workbook(pattern: str, to: str) -> Edit:
    return lambda _: ("xl/workbook.xml", lambda text: re.sub(pattern, to, text))


def in_sheet(title: str, pattern: str, to: str) -> Edit:
    return lambda parts: (
        sheet_part(zip_of(parts), title),
        lambda text: re.sub(pattern, to, text, count=1),
    )


REFUSED: dict[str, tuple[Edit | None, Typed, str]] = {
    "no table": (
        in_table("tblOutcomes", "tblOutcomes", "tblOther"), {},
        "#XR403 found no table tblOutcomes, expected a result table tblOutcomes.",
    ),
    "other columns": (
        in_table("tblOutcomes", 'ref="A6:J7"', 'ref="A6:I7"'), {},
        "#XR403 Outcome!A6: found a table tblOutcomes with 9 columns, expected the 10 columns",
    ),
    "a note below": (
        None, {(HOLDINGS, "A5"): "Main", (HOLDINGS, "B5"): "CCC", (HOLDINGS, "C5"): 1.0,
               (HOLDINGS, "D5"): 1.0, ("Trades (2)", "B9"): "mine"},
        "#XR403 Trades (2)!B9: found something in B9 below tblTrades, expected room for 3 rows.",
    ),
    "a protected sheet": (
        lambda parts: (
            sheet_part(zip_of(parts), "Outcome"),
            lambda text: text.replace("</sheetData>", '</sheetData><sheetProtection sheet="1"/>'),
        ),
        {}, "#XR403 Outcome: found a protected sheet, expected a sheet that can be written into.",
    ),
    "an array formula that is partly in a table": (
        in_sheet("Trades (2)", r'(?s)(<row r="7".*?)(<c r="R7"[^>]*(?:/>|>.*?</c>))?</row>',
                 r'\1<c r="R7"><f t="array" ref="R7:S7">A1:B1</f><v>0</v></c></row>'),
        {}, "#XR403 Trades (2)!R7: found an array formula in R7, expected a cell for a result.",
    ),
    "merged cells below": (
        in_sheet("Trades (2)", "</sheetData>",
                 '</sheetData><mergeCells count="1"><mergeCell ref="A9:D10"/></mergeCells>'),
        {(HOLDINGS, "A5"): "Main", (HOLDINGS, "B5"): "CCC", (HOLDINGS, "C5"): 1.0,
         (HOLDINGS, "D5"): 1.0},
        "#XR403 Trades (2)!A9: found merged cells in A9, where tblTrades is written, expected cells",
    ),
    "a result's cell deleted": (
        in_workbook(r'(name="res_Summary"[^>]*>)[^<]*', r"\1#REF!"),
        {}, "#XR114 res_Summary: found the name res_Summary of a cell that was deleted (#REF!)",
    ),
    "days from 1904": (
        in_workbook(r"<workbookPr\b", '<workbookPr date1904="1"'),
        {}, "#XR402 book.xlsx: found a book that counts its days from 1904-01-01, expected",
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_in_the_way_is_refused_before_anything_is_written(
    calc_xr: Calc, book: Path, why: str
) -> None:
    edit, typed, sentence = REFUSED[why]
    if edit is not None:
        part, change = edit(parts_of(book.read_bytes()))
        book.write_bytes(edited(book.read_bytes(), {part: change}))

    _, before, run, after = calc_xr.run(
        book, typed, "look", "rebalance", "look", digests=True, tables=["tblTrades"]
    )

    assert (run.done, run.said[: len(sentence)]) == (False, sentence)
    assert after == before


def test_a_run_that_breaks_half_way_leaves_everything_as_it_was(calc_xr: Calc, book: Path) -> None:
    """Cells, looks and a longer table are written when it breaks; the step before can be undone."""
    part, change = in_sheet(HOLDINGS, r"</row>", '<c r="Z1"><f>XR_FAULTY()</f></c></row>')(
        parts_of(book.read_bytes())
    )
    book.write_bytes(edited(book.read_bytes(), {part: change}))
    another: Typed = {
        (HOLDINGS, "A5"): "Main", (HOLDINGS, "B5"): "CCC", (HOLDINGS, "C5"): 9.0, (HOLDINGS, "D5"): 100.0
    }  # fmt: skip

    _, before, broken, after, again, _, undone, *_ = calc_xr.run(
        book, another, "look", "rebalance", "look", "rebalance", "undo", "look", "undo",
        charts=["Dashboard"], digests=True, tables=["tblTrades"],
    )  # fmt: skip

    assert not broken.done
    assert "IndexOutOfBounds" in broken.said
    assert after == before
    assert again.done
    assert undone == before


def test_a_filter_of_before_hides_no_new_row(calc_xr: Calc, book: Path) -> None:
    part, change = in_sheet("Trades (2)", r'<row r="8"', '<row r="8" hidden="1"')(
        parts_of(book.read_bytes())
    )
    book.write_bytes(edited(book.read_bytes(), {part: change}))

    before, _, after, _, undone, _, redone = calc_xr.run(
        book, *("look", "rebalance", "look", "undo", "look", "redo", "look"), tables=["tblTrades"]
    )

    shown = [each.tables["tblTrades"]["shown"] for each in (before, after, undone, redone)]
    assert shown == [[[6, 7]], [[6, 8]], [[6, 7]], [[6, 8]]]


def test_what_a_protected_sheet_keeps_from_binding_is_told(calc_xr: Calc, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    protected = in_sheet("Functions", "</sheetData>", '</sheetData><sheetProtection sheet="1"/>')
    part, change = protected(parts_of(new("empty")))
    path.write_bytes(edited(new("empty"), {part: change}))
    arrays = parts_of(path.read_bytes())[part].decode().count('t="array"')

    (told,) = calc_xr.run(path, "bind")

    assert arrays > 10
    assert told.said == (
        f"Formulas typed anew: 0. {arrays} array formulas on protected sheets could not be: lift "
        "the protection under Tools, Protect Sheet, and press this again."
    )


def test_a_book_without_the_table_of_checks_is_rebalanced_all_the_same(
    calc_xr: Calc, book: Path
) -> None:
    part, rename = in_table("tblChecks", "tblChecks", "tblOther")(parts_of(book.read_bytes()))
    book.write_bytes(edited(book.read_bytes(), {part: rename}))

    _, run, seen = calc_xr.run(
        book, {(HOLDINGS, "C3"): 5.0}, "rebalance", "look", tables=["tblTrades"]
    )

    assert run.done
    assert seen.tables["tblTrades"]["rows"][1][2:5] == ["Sell", "AAA", 26.0]


def test_the_menu_has_an_entry_for_every_command_in_their_order(calc_xr: Calc) -> None:
    (title, context), *entries = calc_xr.ask(do="menu")

    assert (title, context) == ("Rebalance", "com.sun.star.sheet.SpreadsheetDocument")
    assert entries == [
        *([command.label, f"vnd.xlrebal:{name}"] for name, command in COMMANDS.items()),
        [None, "private:separator"],
        ["Bind formulas", "vnd.xlrebal:bind"],
    ]
