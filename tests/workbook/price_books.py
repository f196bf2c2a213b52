"""A user's own book round a table of prices: formats, rules, notes and formulas that hang on it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

from openpyxl import Workbook, load_workbook
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo

from tests.workbook.package_books import edited, parts_of
from xl_rebal.imports.price_merge import merged
from xl_rebal.model.prices import Prices
from xl_rebal.workbook.file_book import read_source
from xl_rebal.workbook.parse_prices import parse_prices
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.with_prices import with_prices

SHEET = "My prices"
DAYS = (date(2025, 1, 6), date(2025, 1, 7), date(2025, 1, 8))
ROWS = ((100.5, 50.25), (101.5, None), (102.5, 50.75))
YELLOW = PatternFill("solid", fgColor="FFFFFF00")

Change = Callable[[Workbook], None]


def users_book(change: Change | None = None) -> bytes:
    """The table at B3:D6 in formats of the user's, a rule and a validation on its prices, wide columns,
    a note above and one far below; Holdings and Targets that are ours."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = SHEET
    sheet["A1"] = "from my bank"
    sheet["A1"].font = Font(italic=True)
    for column, header in zip("BCD", ("Date", "VTI", "bnd"), strict=True):
        sheet[f"{column}3"] = header
        sheet[f"{column}3"].font = Font(bold=True, color="FFAA0000")
        sheet.column_dimensions[column].width = 17
    for row, (day, prices) in enumerate(zip(DAYS, ROWS, strict=True), start=4):
        sheet[f"B{row}"] = day
        sheet[f"B{row}"].number_format = "dd/mm/yyyy"
        for column, price in zip("CD", prices, strict=True):
            sheet[f"{column}{row}"] = price
            sheet[f"{column}{row}"].number_format = "0.000"
        sheet.row_dimensions[row].height = 21
    sheet["C5"].fill = YELLOW
    sheet["B30"] = "a note far below"
    sheet["H2"] = "a note to the right"
    table = Table(displayName="tblPrices", ref="B3:D6")
    table.tableStyleInfo = TableStyleInfo("TableStyleMedium4", showRowStripes=True)
    sheet.add_table(table)
    rule = CellIsRule(operator="lessThan", formula=["1"], fill=YELLOW)  # type: ignore[no-untyped-call]
    sheet.conditional_formatting.add("C4:D6", rule)
    valid = DataValidation(type="decimal", operator="greaterThan", formula1="0")
    valid.add("C4:C6")
    sheet.add_data_validation(valid)
    held = book.create_sheet("Holdings")
    for cells in (
        ("Account", "Symbol", "Quantity", "Price"),
        ("Main", "VTI", 10, None), ("Main", "BND", 20, 50.0), ("Main", "CASH", 100, None),
    ):  # fmt: skip
        held.append(cells)
    held.add_table(Table(displayName="tblHoldings", ref="A1:D4"))
    targets = book.create_sheet("Targets")
    for line in (("Symbol", "Target"), ("VTI", 0.6), ("BND", 0.4)):
        targets.append(line)
    targets.add_table(Table(displayName="tblTargets", ref="A1:B3"))
    if change is not None:
        change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    asked = ' fullCalcOnLoad="1"'  # openpyxl always asks for a calculation; others do not
    return edited(buffer.getvalue(), {"xl/workbook.xml": lambda text: text.replace(asked, "")})


def held_in(book: bytes) -> Prices:
    problems = Problems()
    held = parse_prices(read_source(book).tables["tblPrices"], problems)
    assert held is not None, problems.found
    return held


def imported(book: bytes, file: Prices) -> tuple[bytes, list[str]]:
    """The book with the prices of a file, those of the file where both have one; and the notes."""
    from xl_rebal.imports.choices import Prefer

    after = merged(held_in(book), file).prices(Prefer.FILE)
    written, notes = with_prices(book, read_source(book), after, "book.xlsx")
    return written, [str(note) for note in notes]


def changed_parts(before: bytes, after: bytes) -> set[str]:
    """The names of the parts that are not byte for byte as they were."""
    one, other = parts_of(before), parts_of(after)
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def shown(book: bytes, area: str, title: str = SHEET) -> list[list[object]]:
    """The values of an area as openpyxl reads them, which shares no code with the product."""
    sheet = load_workbook(io.BytesIO(book), data_only=True)[title]
    return [
        [c.value.date() if hasattr(c.value, "date") else c.value for c in row]
        for row in sheet[area]
    ]
