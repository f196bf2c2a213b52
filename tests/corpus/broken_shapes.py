"""Tables and sheets in other shapes: renamed, moved, hidden, merged, longer, reordered."""

from __future__ import annotations

from datetime import date
from typing import Literal

from openpyxl import Workbook
from openpyxl.worksheet.table import Table

from tests.corpus.good_book import (
    HEADER_ROW,
    SETTING_ROWS,
    TABLES,
    Case,
    Change,
    all_of,
    as_before,
    columns,
    drop_sheet,
    drop_table,
    put,
    refused,
    rename_table,
    resize,
    retitle,
    rewrite,
    row,
    setting,
    write_table,
)

HOLDINGS = TABLES["Holdings"]
_BLANK = (None,) * 6


def _headers(title: str, *headers: str) -> Change:
    return row(title, HEADER_ROW, *headers)


def _onto_settings(title: str) -> Change:
    """A table moved to the sheet Settings, beside what stands there."""

    def change(book: Workbook) -> None:
        book.remove(book[title])
        write_table(book["Settings"], f"tbl{title}", TABLES[title], 5, 8)

    return change


def _with_total(book: Workbook) -> None:
    sheet = book["Targets"]
    sheet["B7"], sheet["C7"] = "Total", 1.0
    table: Table = sheet.tables["tblTargets"]
    table.ref, table.totalsRowCount = "A3:H7", 1


def _copied(book: Workbook) -> None:
    sheet = book.create_sheet("Accounts (2)")
    write_table(sheet, "tblAccounts_2", [*TABLES["Accounts"], ("Third",) + (None,) * 7])


def _below_each_other(book: Workbook) -> None:
    """tblAccounts directly under tblHoldings, without a row between them."""
    book.remove(book["Accounts"])
    write_table(book["Holdings"], "tblAccounts", TABLES["Accounts"], 10)


MISSING = [
    Case("sheet-Holdings-missing", refused("204 Holdings"), drop_sheet("Holdings")),
    Case("sheet-Targets-missing", refused("204 Targets"), drop_sheet("Targets")),
    Case("sheet-Lots-missing", as_before(), drop_sheet("Lots")),
    Case("sheet-Accounts-missing", as_before(), drop_sheet("Accounts")),
    Case("sheet-Securities-missing", as_before(), drop_sheet("Securities")),
    Case("sheet-Prices-missing", as_before(), drop_sheet("Prices")),
    *(
        Case(f"table-{title}-renamed", refused(f"204 {title}!A3"), rename_table(title, new))
        for title, new in (
            ("Holdings", "tblHolding"), ("Lots", "Table7"), ("Accounts", "Konten"),
            ("Securities", "Papiere"), ("Targets", "Ziele"), ("Prices", "Kurse"),
        )
    ),
    Case("table-renamed-on-another-sheet", refused("204 Depots!A3"),
         all_of(rename_table("Accounts", "Depots"), retitle("Accounts", "Depots"))),
    *(
        Case(f"table-{title}-made-a-range", refused(f"204 {title}!A3"), drop_table(title))
        for title in TABLES
    ),
    Case("table-copied-with-its-sheet", as_before(), _copied),
    Case("tables-on-one-sheet", as_before(), _onto_settings("Accounts")),
    Case("tables-directly-below-each-other", as_before(), _below_each_other),
    Case("table-in-small-letters", as_before(), rename_table("Holdings", "TBLHOLDINGS")),
]  # fmt: skip

HEADERS = [
    Case("column-Quantity-renamed", refused("205 Holdings!A3"), put("Holdings!C3", "Anzahl")),
    Case("column-Target-renamed", refused("205 Targets!A3"), put("Targets!C3", "Ziel")),
    Case("column-Acquired-renamed", refused("205 Lots!A3"), put("Lots!D3", "Since")),
    Case("column-Minimum-misspelt", refused("111 Targets!F3"), put("Targets!F3", "Minimun")),
    Case("column-New-cash-misspelt", refused("111 Accounts!F3"), put("Accounts!F3", "New csh")),
    Case("column-Do-not-sell-misspelt", refused("111 Lots!G3"), put("Lots!G3", "Do not sel")),
    Case("column-Price-in-the-plural", refused("111 Holdings!D3"), put("Holdings!D3", "Prices")),
    Case("column-Quantity-twice", refused("106 Holdings!F3"), put("Holdings!F3", "quantity")),
    Case("column-Quantity-ambiguous", refused("112 Holdings!F3"),
         all_of(put("Holdings!C3", "Qty"), put("Holdings!F3", "Shares"))),
    Case("column-header-blank", refused("205 Holdings!A3"), put("Holdings!C3", None)),
    Case("columns-reordered", as_before(),
         columns("Holdings", "Price", "Note", "Symbol", "Quantity", "Account", "Asset class")),
    Case("columns-left-out", as_before(), columns("Holdings", "Account", "Symbol", "Quantity")),
    Case("columns-by-synonyms", as_before(),
         all_of(_headers("Holdings", "Account Number", "Ticker", "Qty.", "Last Price ($)", "Class"),
                _headers("Targets", "Model", "Symbol", "Weight"))),
    Case("columns-in-capitals-with-blanks", as_before(),
         _headers("Holdings", " ACCOUNT ", "symbol  ", "QUANTITY", "Price\u00a0")),
    Case("column-Band-without-Band-absolute", as_before(), put("Targets!D3", "Band")),
    Case("column-Band-is-read", refused("105 Targets!D4"),
         all_of(put("Targets!D3", "Band"), put("Targets!D4", 7))),
    Case("columns-of-ones-own", as_before(),
         rewrite("Holdings", [(*cells, extra) for cells, extra in zip(
             HOLDINGS, ("Broker", "A", 1, None, "#N/A", 2.5, True), strict=True)])),
]  # fmt: skip


def _hide_row(number: int) -> Change:
    def change(book: Workbook) -> None:
        book["Holdings"].row_dimensions[number].hidden = True

    return change


def _filter(book: Workbook) -> None:
    """Only the rows of IRA are shown."""
    book["Holdings"].auto_filter.ref = "A3:F9"
    book["Holdings"].auto_filter.add_filter_column(0, ["IRA"])
    for number in (7, 8, 9):
        book["Holdings"].row_dimensions[number].hidden = True


def _hide_column(letter: str) -> Change:
    def change(book: Workbook) -> None:
        book["Holdings"].column_dimensions[letter].hidden = True

    return change


def _hide_sheet(state: Literal["hidden", "veryHidden"]) -> Change:
    def change(book: Workbook) -> None:
        book["Lots"].sheet_state = state

    return change


def _merge(ref: str) -> Change:
    return lambda book: book["Holdings"].merge_cells(ref)


HIDDEN = [
    Case("row-hidden", as_before("Row 7 of Holdings is hidden"), _hide_row(7)),
    Case("row-hidden-below", as_before(), _hide_row(20)),
    Case("rows-filtered-out", as_before("Rows 7, 8 and 9 of Holdings are hidden"), _filter),
    Case("row-hidden-and-twice", refused("106 Holdings!B10"),
         all_of(row("Holdings", 10, "IRA", "VTI", 5, 100), resize("Holdings", "A3:F10"),
                _hide_row(10))),
    Case("column-hidden", as_before("Column D of Holdings is hidden"), _hide_column("D")),
    Case("column-hidden-without-content", as_before(), _hide_column("F")),
    Case("sheet-hidden", as_before("The sheet Lots is hidden"), _hide_sheet("hidden")),
    Case("sheet-very-hidden", as_before("The sheet Lots is hidden"), _hide_sheet("veryHidden")),
    Case("cells-merged-in-a-table",
         refused("113 Holdings!A4", "108 Holdings!A5", "108 Holdings!A6"), _merge("A4:A6")),
    Case("cells-merged-in-a-header", refused("113 Holdings!E3"), _merge("E3:F3")),
    Case("cells-merged-above-a-table", as_before(), _merge("A1:D1")),
]  # fmt: skip

ROWS = [
    Case("row-directly-below-the-table", as_before(), resize("Holdings", "A3:F8")),
    Case("rows-all-below-the-table", as_before(), resize("Holdings", "A3:F4")),
    Case("row-apart-below-the-table", as_before("Row 12 of Holdings stands apart"),
         row("Holdings", 12, "IRA", "XYZ", 5, 10)),
    Case("note-apart-below-the-table", as_before(), row("Holdings", 12, "Typed by me")),
    Case("blank-rows-inside-the-table", as_before(),
         rewrite("Holdings", [*HOLDINGS[:3], _BLANK, _BLANK, *HOLDINGS[3:]])),
    Case("table-much-larger-than-its-data", as_before(), resize("Holdings", "A3:F1048576")),
    Case("tables-all-much-larger", as_before(),
         all_of(resize("Lots", "A3:G900000"), resize("Targets", "A3:H1000000"),
                resize("Prices", "A3:C1048576"))),
    Case("totals-row", as_before(), _with_total),
    Case("table-away-from-A1", as_before(), rewrite("Holdings", HOLDINGS, row=40, left=9)),
    Case("sheets-renamed", as_before(), all_of(*(retitle(t, f"{t} of Ann's") for t in TABLES))),
    Case("holdings-without-rows", refused("208 Holdings!A4"),
         rewrite("Holdings", [HOLDINGS[0], _BLANK])),
    Case("targets-without-rows", refused("208 Targets!A4"),
         rewrite("Targets", [TABLES["Targets"][0], (None,) * 8])),
]  # fmt: skip

SEVERAL = [
    Case("several-in-one-table",
         refused("105 Holdings!C4", "101 Holdings!D5", "109 Holdings!B7", "108 Holdings!C8"),
         all_of(put("Holdings!C4", -1), put("Holdings!D5", "35 pct"), put("Holdings!B7", "#N/A"),
                put("Holdings!C8", None))),
    Case("one-in-every-table",
         refused("101 Holdings!C4", "107 Lots!D4", "104 Accounts!D4", "101 Securities!D4",
                 "103 Targets!C4", "106 Prices!A5", f"104 Settings!B{SETTING_ROWS['Method']}"),
         all_of(put("Holdings!C4", "70 pcs"), put("Lots!D4", "1.4.2010"), put("Accounts!D4", "ISA"),
                put("Securities!D4", "2bp"), put("Targets!C4", 0.5),
                put("Prices!A5", date(2013, 2, 27)), setting("Method", "Yearly"))),
    Case("rows-with-a-lost-key-are-read-on",
         refused("109 Targets!B4", "105 Targets!C4", "109 Targets!A5", "105 Targets!C5"),
         all_of(put("Targets!B4", "#N/A"), put("Targets!F4", 0.7),
                put("Targets!A5", "#N/A"), put("Targets!G5", 0.2))),
    Case("prices-below-a-lost-symbol-are-read-on", refused("104 Prices!B3", "101 Prices!B5"),
         all_of(put("Prices!B3", 700), put("Prices!B5", "n/a"))),
    Case("names-tables-and-columns",
         refused(f"114 Settings!B{SETTING_ROWS['CostBp']}", "204 Accounts!A3", "111 Targets!F3",
                 "205 Holdings!A3"),
         all_of(lambda book: book.defined_names.pop("set_CostBp"),
                rename_table("Accounts", "Konten"), put("Targets!F3", "Minimun"),
                put("Holdings!C3", "Anzahl"))),
    Case("lots-and-targets-and-prices",
         refused("112 Lots!E6", "103 Targets!C4", "101 Prices!B5"),
         all_of(put("Lots!E6", 99), put("Targets!C6", 0.2), put("Prices!B5", "n/a"))),
    Case("hidden-row-merged-title-renamed-sheet",
         as_before("Row 7 of Mine is hidden"),
         all_of(_hide_row(7), _merge("A1:D1"), retitle("Holdings", "Mine"))),
    Case("error-and-duplicate-and-future",
         refused("109 Prices!B5", "106 Holdings!B10", "105 Lots!D6"),
         all_of(put("Prices!B5", "#DIV/0!"), row("Holdings", 10, "Joint", "BND", 1, 50),
                put("Lots!D6", date(2014, 1, 1)))),
]  # fmt: skip

CASES = [*MISSING, *HEADERS, *HIDDEN, *ROWS, *SEVERAL]
