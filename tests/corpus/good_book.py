"""The unbroken book that every book of the corpus is made from, and the words to break it with.

Two accounts of 10,000 each, worked out by hand. The targets are VTI 60 %, BND 30 %, cash 10 %,
nothing costs anything, shares are whole:

- IRA holds VTI 7,000, BND 1,000, cash 2,000. Wanted are 6,000, 3,000 and 1,000: sell 10 VTI at 100,
  buy 40 BND at 50.
- Joint holds VTI 3,000, BND 5,000, cash 2,000. Wanted are the same: sell 40 BND, buy 30 VTI.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from tests.workbook.package_books import edited, sheet_part
from xl_rebal.workbook.area import Area
from xl_rebal.workbook.layout import SETTINGS

HEADER_ROW = 3

Cell = str | float | date | bool | None
Change = Callable[[Workbook], None]
Rework = Callable[[bytes], bytes]
Order = tuple[str, str, str, float]
"""Account, action, symbol, quantity."""

GOOD_TRADES: tuple[Order, ...] = (
    ("IRA", "Sell", "VTI", 10.0),
    ("IRA", "Buy", "BND", 40.0),
    ("Joint", "Sell", "BND", 40.0),
    ("Joint", "Buy", "VTI", 30.0),
)

TABLES: dict[str, tuple[tuple[Cell, ...], ...]] = {
    "Holdings": (
        ("Account", "Symbol", "Quantity", "Price", "Asset class", "Note"),
        ("IRA", "VTI", 70, 100, "US equity", None),
        ("IRA", "BND", 20, 50, "US bonds", None),
        ("IRA", "CASH", 2000, None, None, None),
        ("Joint", "VTI", 30, 100, "US equity", None),
        ("Joint", "BND", 100, 50, "US bonds", None),
        ("Joint", "CASH", 2000, None, None, None),
    ),
    "Lots": (
        ("Account", "Symbol", "Lot", "Acquired", "Quantity", "Cost basis", "Do not sell"),
        ("IRA", "VTI", "L1", date(2010, 1, 4), 40, 2000, "No"),
        ("IRA", "VTI", "L2", date(2012, 6, 1), 30, 2400, None),
        ("Joint", "BND", "L3", date(2011, 3, 1), 100, 4000, None),
    ),
    "Accounts": (
        ("Account", "Name", "Model", "Tax type", "Minimum cash", "New cash", "May trade",
         "Whole shares"),
        ("IRA", "Retirement", None, "Roth", None, None, "Yes", None),
        ("Joint", "Brokerage", None, "Taxable", None, None, "Yes", None),
    ),
    "Securities": (
        ("Symbol", "Name", "Asset class", "Spread bp", "Ticket fee", "Round lot", "Exclude"),
        ("VTI", "Total market", "US equity", None, None, None, None),
        ("BND", "Total bond", "US bonds", None, None, None, None),
    ),
    "Targets": (
        ("Model", "Asset class or Symbol", "Target", "Band absolute", "Band relative", "Minimum",
         "Maximum", "Volatility"),
        (None, "VTI", 0.6, None, None, None, None, None),
        (None, "BND", 0.3, None, None, None, None, None),
        (None, "CASH", 0.1, None, None, None, None, None),
    ),
    "Prices": (
        ("Date", "VTI", "BND"),
        (date(2013, 2, 27), 98, 49.5),
        (date(2013, 2, 28), 99, 49.75),
        (date(2013, 3, 1), 100, 50),
    ),
}  # fmt: skip

AS_OF = date(2013, 3, 1)
DEFAULTS: dict[str, Any] = {setting.name: setting.default for setting in SETTINGS}
SETTING_ROWS = {s.name: row for row, s in enumerate(SETTINGS, start=HEADER_ROW + 1)}


def good_workbook() -> Workbook:
    """The unbroken book, to be broken and saved."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in TABLES.items():
        sheet: Worksheet = book.create_sheet(title)
        sheet["A1"] = title
        write_table(sheet, f"tbl{title}", rows)
    sheet = book.create_sheet("Settings")
    for setting in SETTINGS:
        row = SETTING_ROWS[setting.name]
        sheet[f"A{row}"] = setting.name
        sheet[f"B{row}"].value = AS_OF if setting.name == "AsOf" else DEFAULTS[setting.name]
        name(book, setting.defined_name, f"Settings!$B${row}")
    return book


def write_table(
    sheet: Worksheet,
    name: str,
    rows: Sequence[Sequence[Cell]],
    row: int = HEADER_ROW,
    left: int = 1,
) -> None:
    """Rows with their header as an Excel table."""
    for down, cells in enumerate(rows):
        for right, value in enumerate(cells):
            sheet.cell(row + down, left + right).value = value
    first, last = get_column_letter(left), get_column_letter(left + len(rows[0]) - 1)
    sheet.add_table(Table(displayName=name, ref=f"{first}{row}:{last}{row + len(rows) - 1}"))


def name(book: Workbook, name: str, target: str) -> None:
    book.defined_names[name] = DefinedName(name, attr_text=target)


def saved(book: Workbook) -> bytes:
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            _name_columns(sheet, table)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _name_columns(sheet: Worksheet, table: Table) -> None:
    """Column names as the header cells have them, and unique, as Excel itself would write them."""
    table._initialise_columns()  # type: ignore[attr-defined]
    place = Area.of(table.ref)
    assert place is not None
    for number, column in enumerate(table.tableColumns, start=1):
        header = sheet.cell(place.top, place.left + number - 1).value
        column.name = header if isinstance(header, str) else f"Column{number}"
    table.autoFilter = None


# -- words to break it with ------------------------------------------------------------------------


def put(place: str, value: Cell, form: str = "") -> Change:
    """A value at "Holdings!C4"; text stays text."""

    def change(book: Workbook) -> None:
        title, _, address = place.partition("!")
        cell = book[title][address]
        cell.value = value
        if isinstance(value, str) and not value.startswith("#"):
            cell.data_type = "s"
        if form:
            cell.number_format = form

    return change


def setting(name: str, value: Cell) -> Change:
    return put(f"Settings!B{SETTING_ROWS[name]}", value)


def row(title: str, number: int, *cells: Cell) -> Change:
    """A whole row of a sheet, from column A."""

    def change(book: Workbook) -> None:
        for place, value in enumerate(cells, start=1):
            book[title].cell(number, place).value = value

    return change


def resize(title: str, ref: str) -> Change:
    """Another range for the table of a sheet."""

    def change(book: Workbook) -> None:
        next(iter(book[title].tables.values())).ref = ref

    return change


def retitle(title: str, new: str) -> Change:
    def change(book: Workbook) -> None:
        book[title].title = new
        for defined in book.defined_names.values():
            defined.attr_text = defined.attr_text.replace(f"{title}!", f"'{new}'!")

    return change


def rename_table(title: str, new: str) -> Change:
    def change(book: Workbook) -> None:
        sheet = book[title]
        table = sheet.tables.pop(f"tbl{title}")
        table.displayName = table.name = new
        sheet.tables[new] = table

    return change


def drop_table(title: str) -> Change:
    """The cells stay, the table goes: Convert to Range."""

    def change(book: Workbook) -> None:
        del book[title].tables[f"tbl{title}"]

    return change


def drop_sheet(title: str) -> Change:
    def change(book: Workbook) -> None:
        book.remove(book[title])

    return change


def rewrite(
    title: str, rows: Sequence[Sequence[Cell]], row: int = HEADER_ROW, left: int = 1
) -> Change:
    """The table of a sheet written anew with other rows, at another place if wanted."""

    def change(book: Workbook) -> None:
        at = book.sheetnames.index(title)
        book.remove(book[title])
        sheet: Worksheet = book.create_sheet(title, at)
        write_table(sheet, f"tbl{title}", rows, row, left)

    return change


def columns(title: str, *headers: str) -> Change:
    """The columns of a table in this order, those with these headers only."""
    rows = TABLES[title]
    places = [rows[0].index(header) for header in headers]
    return rewrite(title, [[cells[place] for place in places] for cells in rows])


def all_of(*changes: Change) -> Change:
    def change(book: Workbook) -> None:
        for each in changes:
            each(book)

    return change


def in_sheet(title: str, pattern: str, new: str) -> Rework:
    """A regular expression replaced in the XML of a sheet."""

    def rework(data: bytes) -> bytes:
        return edited(data, {sheet_part(data, title): lambda text: re.sub(pattern, new, text)})

    return rework


def in_workbook(pattern: str, new: str) -> Rework:
    return lambda data: edited(data, {"xl/workbook.xml": lambda text: re.sub(pattern, new, text)})


def formula(
    place: str, text: str, kind: str = "", value: str | None = None
) -> tuple[Change, Rework]:
    """A formula with the value that Excel would have stored, or with none."""
    title, _, address = place.partition("!")
    stored = "" if value is None else f"<v>{value}</v>"
    typed = f' t="{kind}"' if kind else ""
    cell = rf'<c r="{address}"((?: s="\d+")?)[^>]*>.*?</c>'
    new = rf'<c r="{address}"\1{typed}><f>{text}</f>{stored}</c>'
    return put(place, 1), in_sheet(title, cell, new)


# -- what is expected ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """``problems`` as "101 Holdings!C4", all of them; or, where there are none, the trades.

    ``notes`` are what warnings say, in part. ``drift`` is the status of the command drift, which
    needs no new cash and no price of what is not held. ``writes`` is False where only writing is
    refused, ``status`` the exit status of check and rebalance.
    """

    problems: tuple[str, ...] = ()
    trades: tuple[Order, ...] = ()
    notes: tuple[str, ...] = ()
    status: int = 0
    drift: int = 0
    only_writing: bool = False


@dataclass(frozen=True)
class Case:
    """One book: ``change`` before and ``rework`` after it is saved, or ``raw`` bytes of its own."""

    id: str
    answer: Answer
    change: Change | None = None
    rework: Rework | None = None
    raw: Callable[[], bytes] | None = None

    def content(self) -> bytes:
        if self.raw is not None:
            return self.raw()
        book = good_workbook()
        if self.change is not None:
            self.change(book)
        data = saved(book)
        return data if self.rework is None else self.rework(data)


def refused(*problems: str, status: int = 3, drift: int = 3) -> Answer:
    return Answer(problems, status=status, drift=drift)


def reads(*trades: Order, notes: tuple[str, ...] = ()) -> Answer:
    """Read with these trades."""
    return Answer((), trades, notes)


def as_before(*notes: str) -> Answer:
    """Read with the trades of the unbroken book."""
    return Answer((), GOOD_TRADES, notes)
