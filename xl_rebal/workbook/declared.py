"""What the layout of a workbook is declared with: kinds of columns, tables, settings, sheets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from xl_rebal.cells import RawCell


class Kind(StrEnum):
    """What a column holds, which decides how it is read, shown and checked."""

    TEXT = "text"
    SYMBOL = "symbol"
    QUANTITY = "quantity"
    SIGNED_QUANTITY = "signed quantity"
    PRICE = "price"
    PER_SHARE = "amount per share"
    MONEY = "money"
    SIGNED_MONEY = "signed money"
    FRACTION = "fraction"
    SIGNED_FRACTION = "signed fraction"
    RATE_BP = "basis points"
    NUMBER = "number"
    RATIO = "ratio"
    DATE = "date"
    FLAG = "yes or no"
    CHOICE = "choice"
    LINK = "link"
    SENTENCE = "sentence"


QUANTITIES = (Kind.QUANTITY, Kind.SIGNED_QUANTITY)

NUMBER_FORMATS: dict[Kind, str] = {
    Kind.TEXT: "@",
    Kind.SYMBOL: "@",
    Kind.QUANTITY: "#,##0.####",
    Kind.SIGNED_QUANTITY: "#,##0.####;-#,##0.####",
    Kind.PRICE: "#,##0.00??",
    Kind.PER_SHARE: "#,##0.00????",
    Kind.MONEY: "#,##0.00",
    Kind.SIGNED_MONEY: "#,##0.00;-#,##0.00",
    Kind.FRACTION: "0.00%",
    Kind.SIGNED_FRACTION: "+0.00%;-0.00%;0.00%",
    Kind.RATE_BP: "0.0",
    Kind.NUMBER: "General",
    Kind.RATIO: "0.00",
    Kind.DATE: "yyyy-mm-dd",
    Kind.FLAG: "@",
    Kind.CHOICE: "@",
    Kind.LINK: "General",
    Kind.SENTENCE: "General",  # as text, Excel shows no more than 255 characters
}


_WRAPPED = 40
"""Text columns wider than this wrap."""


@dataclass(frozen=True)
class Column:
    """One column. ``formula`` marks a calculated column: written by us, never read as input.

    Text of a column that ``wraps``, or is wide, takes more than one line.
    """

    header: str
    kind: Kind
    help: str
    required: bool = False
    synonyms: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    formula: str = ""
    width: float = 12
    wraps: bool = False

    @property
    def is_wrapped(self) -> bool:
        """Whether long text takes more than one line."""
        words = self.kind in (Kind.TEXT, Kind.SYMBOL, Kind.FLAG, Kind.CHOICE)
        return words and (self.wraps or self.width > _WRAPPED)


@dataclass(frozen=True)
class TableLayout:
    """One table on its sheet. Prices alone is ``open_ended``: any further column is a symbol.

    ``common``: people keep tables like it of their own, so one by another name is noted and not refused.
    """

    name: str
    sheet: str
    help: str
    columns: tuple[Column, ...]
    required: bool = False
    open_ended: bool = False
    result: bool = False
    common: bool = False

    def column(self, header: str) -> Column:
        return next(column for column in self.columns if column.header == header)

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(column.header for column in self.columns)


@dataclass(frozen=True)
class Setting:
    """A named cell ``set_<name>``."""

    name: str
    kind: Kind
    default: RawCell
    unit: str
    help: str
    choices: tuple[str, ...] = ()

    @property
    def defined_name(self) -> str:
        return f"set_{self.name}"


@dataclass(frozen=True)
class ResultCell:
    """A named result ``res_<name>`` of the last run, on the ``sheet`` of its results."""

    name: str
    label: str
    kind: Kind
    sheet: str = "ChartData"

    @property
    def defined_name(self) -> str:
        return f"res_{self.name}"


@dataclass(frozen=True)
class SheetLayout:
    """A sheet, its tab colour, and the command that writes it anew on every run, if any does."""

    kind: str
    tab: str
    written_by: str = ""
    hidden: bool = False

    @property
    def result(self) -> bool:
        """Whether it is ours to write anew."""
        return bool(self.written_by)


NAVY, BLUE, PALE_BLUE, TEAL = "1F3A5F", "2F6DB5", "9DBCE0", "2A9D8F"
AMBER, RED, GREY, GRID, INK = "E9A23B", "C8553D", "8A94A3", "E3E7ED", "2B3440"

TAX_TYPES = ("Taxable", "Traditional", "Roth", "HSA", "401k", "Trust")
YES_NO = ("Yes", "No")
