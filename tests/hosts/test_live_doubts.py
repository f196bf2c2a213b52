"""What is doubtful of a book: the same over live Excel as in the file that it was opened from."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from openpyxl import Workbook

from tests.corpus import (
    broken_dated_targets,
    broken_files,
    broken_settings,
    broken_shapes,
    broken_tables,
)
from tests.corpus.good_book import (
    SETTING_ROWS,
    TABLES,
    Cell,
    Change,
    Rework,
    all_of,
    formula,
    good_workbook,
    name,
    put,
    rewrite,
    row,
    saved,
    write_table,
)
from tests.hosts import com_range
from tests.hosts.com_types import ComObject
from tests.hosts.desktop import DesktopXlwings
from tests.hosts.open_file import open_file
from xl_rebal.errors import InputError
from xl_rebal.workbook import xlwings_contents
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import Source
from xl_rebal.workbook.file_book import read_source
from xl_rebal.workbook.xlwings_book import XlwingsBook
from xl_rebal.workbook.xlwings_facts import area_of

EURO, DOLLAR = "[$€-407] #,##0.00", '"$"#,##0.00'
LOTS = TABLES["Lots"]


@dataclass(frozen=True)
class Doubtful:
    """A book with its ``problems`` ("113 Holdings!E8") and ``notes``, which are worked out by hand."""

    id: str
    change: Change
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rework: Rework | None = None

    def content(self) -> bytes:
        book = good_workbook()
        self.change(book)
        data = saved(book)
        return data if self.rework is None else self.rework(data)


def _hide(title: str, *lines: int | str) -> Change:
    def change(book: Workbook) -> None:
        for line in lines:
            if isinstance(line, int):
                book[title].row_dimensions[line].hidden = True
            else:
                book[title].column_dimensions[line].hidden = True

    return change


def _hide_sheet(book: Workbook) -> None:
    book["Prices"].sheet_state = "veryHidden"


def _merge(title: str, *refs: str) -> Change:
    def change(book: Workbook) -> None:
        for ref in refs:
            book[title].merge_cells(ref)

    return change


def _shown(form: str, *places: str) -> Change:
    def change(book: Workbook) -> None:
        for place in places:
            title, _, address = place.partition("!")
            book[title][address].number_format = form

    return change


def _total_row(book: Workbook) -> None:
    """A totals row in row 7 of Targets, something that looks like data right below it."""
    broken_shapes._with_total(book)
    row("Targets", 8, None, "VXUS", 0.1)(book)


def _next_table(book: Workbook) -> None:
    """tblAccounts from row 14 of Holdings; row 12 stands between the two."""
    book.remove(book["Accounts"])
    write_table(book["Holdings"], "tblAccounts", TABLES["Accounts"], 14)
    row("Holdings", 12, "IRA", "XYZ", 5, 10)(book)


def _settings_in_two_places(book: Workbook) -> None:
    """MinTrade in column A of a sheet, where no label can be; TicketFee beside a label that is no
    name of it; CashBuffer with a label, below which another label stands without a name."""
    sheet = book.create_sheet("More")
    for key in ("MinTrade", "TicketFee", "CashBuffer", "CostBp"):
        del book.defined_names[f"set_{key}"]
        book["Settings"][f"A{SETTING_ROWS[key]}"].value = None
    cells: dict[str, Cell] = {
        "A1": 10, "D2": "Fee", "E2": 1, "G2": "CashBuffer", "H2": 0,
        "G30": " costbp ", "G31": "Comment", "D9": "CostBp",
    }  # fmt: skip
    for address, value in cells.items():
        sheet[address].value = value
    for key, address in (("MinTrade", "$A$1"), ("TicketFee", "$E$2"), ("CashBuffer", "$H$2")):
        name(book, f"set_{key}", f"More!{address}")


_VALUES: tuple[Cell, ...] = ("Value", 7000, 10, 2000, 3001, 4000, 9)
_VALUED = rewrite(
    "Holdings",
    [(*cells[:5], value) for cells, value in zip(TABLES["Holdings"], _VALUES, strict=True)],
)
_CALCULATED = formula("Holdings!F5", "C5*D5/100", value="10")

BOOKS = [
    Doubtful("rows-hidden-here-and-there", _hide("Holdings", 4, 7, 9, 11), (), (
        "Rows 4, 7 and 9 of Holdings are hidden or filtered out and read all the same.",)),
    Doubtful("rows-hidden-all", _hide("Holdings", *range(1, 20)), (), (
        "6 rows (4 first) of Holdings are hidden or filtered out and read all the same.",)),
    Doubtful("rows-hidden-of-which-one-is-blank",
             all_of(rewrite("Lots", [*LOTS, (None,) * 7, (" ",) * 7, LOTS[1]]),
                    _hide("Lots", 6, 7, 8)), (), (
        "Row 6 of Lots is hidden or filtered out and read all the same.",)),
    Doubtful("row-hidden-below-the-table-that-belongs-to-it",
             all_of(row("Holdings", 10, "IRA", "GLD", 1, 10), _hide("Holdings", 10, 11)), (), (
        "Row 10 of Holdings is hidden or filtered out and read all the same.",)),
    Doubtful("row-hidden-with-one-cell-in-it",
             all_of(put("Holdings!A10", "IRA"), _hide("Holdings", 10)), (), (
        "Row 10 of Holdings is hidden or filtered out and read all the same.",)),
    Doubtful("columns-hidden", all_of(_hide("Holdings", "A", "C", "D", "F", "K"), _hide("Prices", "B")),
             (), ("Columns A, C and D of Holdings are hidden and read all the same.",
                  "Column B of Prices is hidden and read all the same.")),
    Doubtful("columns-hidden-of-a-table-away-from-A1",
             all_of(rewrite("Holdings", TABLES["Holdings"], row=40, left=9),
                    _hide("Holdings", "C", "K")), (), (
        "Column K of Holdings is hidden and read all the same.",)),
    Doubtful("sheet-hidden", all_of(_hide_sheet, _hide("Prices", 5)), (), (
        "The sheet Prices is hidden; tblPrices on it is read like any other.",
        "Row 5 of Prices is hidden or filtered out and read all the same.")),
    Doubtful("merged-in-and-around-tables",
             all_of(put("Holdings!D10", 5), _merge("Holdings", "D10:H12", "E8:F8", "A1:C2"),
                    _merge("Targets", "C6:D6", "J4:K9")),
             ("113 Holdings!E8", "113 Holdings!D10", "113 Targets!C6")),
    Doubtful("merged-over-the-edge-of-a-table", _merge("Accounts", "H4:J5", "A5:B5"),
             ("113 Accounts!H4", "113 Accounts!A5")),
    Doubtful("merged-that-begin-above-a-table", _merge("Accounts", "B2:C3"), ("113 Accounts!B2",)),
    Doubtful("currencies-of-two-symbols",
             all_of(*(_shown(DOLLAR, f"Prices!B{r}", f"Holdings!D{r}") for r in (4, 5, 6)),
                    *(_shown(EURO, f"Prices!C{r}") for r in (4, 5, 6))),
             ("115 Prices!C4", "115 Prices!C5", "115 Prices!C6")),
    Doubtful("currencies-of-two-days",
             all_of(*(_shown(DOLLAR, f"Prices!B{r}", f"Prices!C{r}") for r in (4, 5)),
                    _shown(EURO, "Prices!A6", "Prices!B6", "Prices!C6")),
             ("115 Prices!B6", "115 Prices!C6")),
    Doubtful("currencies-in-two-tables",
             all_of(put("Accounts!F5", 1000, EURO), _shown(DOLLAR, "Holdings!D4", "Holdings!D5")),
             ("115 Accounts!F5",)),
    Doubtful("currencies-where-nothing-stands",
             all_of(_shown(DOLLAR, "Holdings!D4"), _shown(EURO, "Holdings!D6", "Holdings!C7"))),
    Doubtful("values-typed-and-calculated", all_of(_VALUED, _CALCULATED[0]), ("112 Holdings!F8",),
             (), _CALCULATED[1]),
    Doubtful("values-typed", _VALUED, ("112 Holdings!F5", "112 Holdings!F8")),
    Doubtful("rows-apart",
             all_of(row("Holdings", 30, None, "XYZ", 5), row("Targets", 9, "A total of", None, 1.0),
                    row("Lots", 9, "Read me", "and me"), put("Accounts!A9", 1)), (), (
        "Row 30 of Holdings stands apart below tblHoldings and was not read. "
        "Move it up to the table if it belongs there.",
        "Row 9 of Targets stands apart below tblTargets and was not read. "
        "Move it up to the table if it belongs there.")),
    Doubtful("row-apart-with-no-number-but-a-date", row("Lots", 9, "IRA", "VTI", None, LOTS[1][3]),
             (), ("Row 9 of Lots stands apart below tblLots and was not read. "
                  "Move it up to the table if it belongs there.",)),
    Doubtful("row-below-a-totals-row", _total_row, (), (
        "Row 8 of Targets stands apart below tblTargets and was not read. "
        "Move it up to the table if it belongs there.",)),
    Doubtful("row-apart-before-the-next-table", _next_table, (), (
        "Row 12 of Holdings stands apart below tblHoldings and was not read. "
        "Move it up to the table if it belongs there.",)),
    Doubtful("labels-without-a-name", _settings_in_two_places, ("114 More!H30",)),
    Doubtful("everything-at-once",
             all_of(put("Holdings!D10", 7), _merge("Holdings", "D10:E11"), _hide("Holdings", 5, "B"),
                    _shown(DOLLAR, "Holdings!D4", "Holdings!D5"), _shown(EURO, "Holdings!D8"),
                    lambda book: book.defined_names.pop("set_CostBp"), _hide_sheet,
                    row("Accounts", 9, "IRA", 5)),
             (f"114 Settings!B{SETTING_ROWS['CostBp']}", "113 Holdings!D10", "115 Holdings!D8"),
             ("Row 5 of Holdings is hidden or filtered out and read all the same.",
              "Column B of Holdings is hidden and read all the same.",
              "The sheet Prices is hidden; tblPrices on it is read like any other.",
              "Row 9 of Accounts stands apart below tblAccounts and was not read. "
              "Move it up to the table if it belongs there.")),
]  # fmt: skip
CORPUS = [
    *broken_shapes.CASES,
    *broken_settings.NAMES,
    *broken_tables.VALUES,
    *broken_tables.CURRENCIES,
    *broken_dated_targets.CASES[:8],
]


class Live:
    """Opens the book of a file in Excel and reads it there."""

    def __init__(self, desktop: DesktopXlwings) -> None:
        self._desktop = desktop

    def __call__(self, content: bytes, currency: str = "$") -> Source:
        """``currency`` is that of the machine."""
        self._desktop.screen.applications.clear()
        excel = self._desktop.screen.open_excel()
        excel._currency = currency
        open_file(excel, content)
        with self._desktop.active():
            return XlwingsBook(self._desktop.xw.books["book.xlsx"]).read()


@pytest.fixture
def live(desktop: DesktopXlwings) -> Live:
    return Live(desktop)


def _places(source: Source) -> list[str]:
    return [f"{int(problem.code)} {problem.where}" for problem in source.problems]


def _notes(source: Source) -> list[str]:
    return [str(note) for note in source.notes]


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.id)
def test_every_doubt_is_found_in_the_file_and_in_excel(book: Doubtful, live: Live) -> None:
    content = book.content()
    in_file, in_excel = read_source(content), live(content)

    assert (sorted(_places(in_file)), sorted(_notes(in_file))) == (
        sorted(book.problems), sorted(book.notes)
    )  # fmt: skip
    assert (in_excel.problems, in_excel.notes) == (in_file.problems, in_file.notes)


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.id)
def test_a_book_of_the_corpus_is_the_same_in_the_file_and_in_excel(case: Any, live: Live) -> None:
    content = case.content()
    in_file, in_excel = read_source(content), live(content)

    assert (in_excel.problems, in_excel.notes) == (in_file.problems, in_file.notes)
    assert in_excel.strangers == in_file.strangers
    assert _shapes(in_excel) == _shapes(in_file)
    assert {key: (s.sheet, s.cell) for key, s in in_excel.settings.items()} == {
        key: (s.sheet, s.cell) for key, s in in_file.settings.items()
    }


def _shapes(source: Source) -> dict[str, Any]:
    """Everything of the tables but their values: Excel gives a date as its number."""
    return {
        key: (t.name, t.sheet, t.row, t.column, t.header, [[c is None for c in r] for r in t.rows])
        for key, t in source.tables.items()
    }


def test_merged_cells_are_found_whatever_excel_answers_for_a_mixed_block(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = next(book for book in BOOKS if book.id == "merged-in-and-around-tables").content()
    monkeypatch.setattr(com_range, "MIXED", True)

    assert live(content).problems == read_source(content).problems


@pytest.mark.parametrize(("machine", "found"), [("$", ["115 Holdings!D8"]), ("€", []), ("kr", [])])
def test_a_bare_dollar_is_the_currency_of_the_machine(
    live: Live, machine: str, found: list[str]
) -> None:
    """Three amounts in euros, in brackets and by the author's machine, and one by this one's."""
    book = good_workbook()
    _shown(EURO, "Holdings!D4", "Holdings!D5")(book)
    _shown('#,##0.00 "€"', "Holdings!D7")(book)
    _shown("#,##0.00 $", "Holdings!D8")(book)

    assert _places(live(saved(book), machine)) == found


@contextmanager
def _questions() -> Iterator[Counter[str]]:
    """How often each property and method of Excel is asked for, the stand-ins among themselves too."""
    asked: Counter[str] = Counter()
    plain = ComObject.__getattribute__

    def counted(self: ComObject, word: str) -> Any:
        if word[0].isupper():
            asked[word] += 1
        return plain(self, word)

    with mock.patch.object(ComObject, "__getattribute__", counted):
        yield asked


def _asked(live: Live, prices: int, *changes: Change) -> int:
    """Questions for a book with so many rows of prices."""
    days = [(date(2000, 1, 1) + timedelta(days=n), 98.0, 49.5) for n in range(prices)]
    book = good_workbook()
    rewrite("Prices", [TABLES["Prices"][0], *days])(book)
    all_of(*changes)(book)
    with _questions() as asked:
        source = live(saved(book))
    assert len(source.tables["tblPrices"].rows) == prices
    return asked.total()


def test_a_longer_table_takes_no_more_questions(live: Live) -> None:
    assert _asked(live, 2000) == _asked(live, 4)


def test_hidden_rows_and_formats_that_differ_take_few_questions(live: Live) -> None:
    few = _asked(live, 4)
    euros = _shown("[$€-407] 0.00", *(f"Prices!C{r}" for r in range(4, 2004)))
    one_day = _shown("0.0000", "Prices!B77", "Prices!C77")

    assert few < _asked(live, 2000, _hide("Prices", *range(500, 1500))) < few + 300
    assert few < _asked(live, 2000, euros) < few + 30
    assert few < _asked(live, 2000, one_day) < few + 200


def test_whole_rows_and_columns_have_a_place_too(desktop: DesktopXlwings) -> None:
    desktop.screen.open_excel()._open("Book.xlsx", ["Data"])
    with desktop.active():
        data = desktop.xw.books["Book.xlsx"].sheets["Data"]
        rows, columns = data.range((2, 1), (5, 16_384)), data.range((1, 2), (1_048_576, 3))

        assert (rows.address, columns.address) == ("$2:$5", "$B:$C")
        assert area_of(rows) == Area(2, 1, 5, 16_384)
        assert area_of(columns) == Area(1, 2, 1_048_576, 3)


def test_a_large_sheet_is_read_piece_by_piece(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    content = next(book for book in BOOKS if book.id == "everything-at-once").content()
    whole = live(content)
    monkeypatch.setattr(xlwings_contents, "CELLS_AT_ONCE", 13)

    assert live(content) == whole


def test_days_from_1904_are_refused_as_in_a_file(live: Live) -> None:
    case = next(c for c in broken_files.CASES if c.id == "days-from-1904")
    with pytest.raises(InputError) as in_file:
        read_source(case.content(), "book.xlsx")
    with pytest.raises(InputError) as in_excel:
        live(case.content())

    assert in_excel.value.problems == in_file.value.problems


def test_excel_for_mac_is_refused_and_nothing_is_read(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = saved(good_workbook())
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(InputError, match=r"^#XR402 book\.xlsx: found .* in Excel for Mac"):
        live(content)
