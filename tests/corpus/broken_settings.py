"""Settings with wrong words and sizes, and names that lead nowhere."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from tests.corpus.good_book import (
    SETTING_ROWS,
    Case,
    Cell,
    Change,
    all_of,
    as_before,
    drop_sheet,
    name,
    put,
    refused,
    retitle,
    setting,
)


def _wrong(code: int, key: str, what: str, value: Cell) -> Case:
    place = f"{code} Settings!B{SETTING_ROWS[key]}"
    return Case(f"setting-{key}-{what}", refused(place), setting(key, value))


WORDS = [
    _wrong(104, "Method", "misspelt", "Threshhold"),
    _wrong(104, "BandKind", "unknown", "elastic"),
    _wrong(104, "RebalanceTo", "unknown", "middle"),
    _wrong(105, "RebalanceTo", "above-1", 2),
    _wrong(104, "WholeShares", "maybe", "maybe"),
    _wrong(104, "PriceKind", "unknown", "real"),
    _wrong(104, "Currency", "two", "USD/EUR"),
    _wrong(104, "Currency", "a-number", 1),
    _wrong(105, "DefaultBand", "5-for-5-percent", 5),
    _wrong(105, "DefaultBand", "negative", -0.05),
    _wrong(101, "DefaultBand", "text", "5 %"),
    _wrong(105, "Distance", "above-1", 1.75),
    _wrong(105, "CostBp", "negative", -1),
    _wrong(105, "CostBp", "too-large", 2000),
    _wrong(101, "CostBp", "in-words", "ten"),
    _wrong(105, "TicketFee", "negative", -5),
    _wrong(101, "MinTrade", "text", "100 USD"),
    _wrong(105, "CashBuffer", "negative", -100),
    _wrong(105, "FractionDigits", "no-whole-number", 2.5),
    _wrong(105, "FractionDigits", "too-many", 9),
    _wrong(105, "CovarianceWindow", "too-short", 1),
    _wrong(105, "CovarianceWindow", "no-whole-number", 20.5),
    _wrong(107, "AsOf", "in-words", "today"),
    _wrong(107, "AsOf", "a-year", 2013),
    _wrong(107, "AsOf", "other-order", "01/03/2013"),
    Case("setting-blank-takes-its-default", as_before(), setting("DefaultBand", None)),
    Case("setting-AsOf-as-iso-text", as_before(), setting("AsOf", "2013-03-01")),
]

COST_ROW = SETTING_ROWS["CostBp"]


def _without_name(key: str) -> Change:
    def change(book: Workbook) -> None:
        del book.defined_names[f"set_{key}"]

    return change


def _without_any_name(book: Workbook) -> None:
    for key in SETTING_ROWS:
        del book.defined_names[f"set_{key}"]


def _local(title: str, keep: bool) -> Change:
    """The name set_CostBp for one sheet only, beside that for the whole workbook or without it."""

    def change(book: Workbook) -> None:
        local = DefinedName("set_CostBp", attr_text=f"Settings!$B${COST_ROW}")
        book[title].defined_names["set_CostBp"] = local
        if not keep:
            del book.defined_names["set_CostBp"]

    return change


def _points(what: str, target: str) -> Case:
    return Case(
        f"name-of-{what}",
        refused("114 set_CostBp"),
        lambda book: name(book, "set_CostBp", target),
    )


NAMES = [
    Case("name-deleted", refused(f"114 Settings!B{COST_ROW}"), _without_name("CostBp")),
    Case("name-and-label-deleted", as_before(),
         all_of(_without_name("CostBp"), put(f"Settings!A{COST_ROW}", None))),
    _points("a-deleted-cell", "#REF!"),
    _points("a-deleted-cell-of-a-sheet", "Settings!#REF!"),
    _points("another-book", "[1]Settings!$B$4"),
    _points("another-book-by-its-path", "'C:\\desk\\[Other.xlsx]Settings'!$B$4"),
    _points("several-cells", "Settings!$B$4:$B$6"),
    _points("cells-here-and-there", "Settings!$B$4,Settings!$B$6"),
    _points("a-sheet-that-is-not-there", "Nowhere!$B$4"),
    _points("a-constant", "25"),
    _points("a-formula", "OFFSET(Settings!$A$1,1,1)"),
    Case("name-unknown", refused("104 Settings!D4"),
         lambda book: name(book, "set_CostPb", "Settings!$D$4")),
    Case("name-of-one-sheet-only", refused("114 set_CostBp"), _local("Settings", keep=False)),
    Case("name-copied-with-a-sheet", as_before(), _local("Holdings", keep=True)),
    Case("name-in-small-letters", as_before(),
         all_of(_without_name("CostBp"),
                lambda book: name(book, "set_costbp", f"Settings!$B${COST_ROW}"))),
    Case("name-of-a-range-of-one-cell", as_before(),
         lambda book: name(book, "set_CostBp", f"Settings!$B${COST_ROW}:$B${COST_ROW}")),
    Case("settings-sheet-renamed", as_before(), retitle("Settings", "Einstellungen (alt)")),
    Case("settings-sheet-missing",
         refused(*(f"114 set_{key}" for key in SETTING_ROWS)), drop_sheet("Settings")),
    Case("no-settings-at-all", as_before(), all_of(_without_any_name, drop_sheet("Settings"))),
]  # fmt: skip

CASES = [*WORDS, *NAMES]
