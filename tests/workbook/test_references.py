"""What formulas refer to, against references worked out by hand."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from xl_rebal.workbook.package import read_package
from xl_rebal.workbook.package.references import References, Unknown


@pytest.fixture(scope="module")
def references() -> References:
    book = Workbook()
    prices = book.worksheets[0]
    prices.title = "Prices"
    for row in (("Date", "A", "B [x]"), (45000, 1, 2), (45001, 1, 2)):
        prices.append(row)
    prices.add_table(Table(displayName="tblPrices", ref="A1:C3"))
    book.create_sheet("My sheet's")
    book.defined_names["all_prices"] = DefinedName("all_prices", attr_text="Prices!$A$2:$C$3")
    book.defined_names["twice"] = DefinedName("twice", attr_text="all_prices*2")
    book.defined_names["loop"] = DefinedName("loop", attr_text="loop+Prices!$A$1")
    buffer = io.BytesIO()
    book.save(buffer)
    return References(read_package(buffer.getvalue()))


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("1+2", []),
        ('"A1"&B2', ["Home!B2"]),
        ("SUM(A1:$B$3, C4)", ["Home!A1:B3", "Home!C4"]),
        ("LOG10(A1)+ATAN2(1,2)", ["Home!A1"]),
        ("Prices!B2/prices!$B$3-1", ["Prices!B2", "Prices!B3"]),
        ("'My sheet''s'!A1", ["My sheet's!A1"]),
        ("[1]Prices!A1+'[Other.xlsx]Prices'!A1+Gone!A1", []),
        ("SUM(Prices!B:B)", ["Prices!B1:B1048576 (table)"]),
        ("SUM(2:3)", ["Home!A2:XFD3 (table)"]),
        ("tblPrices[A]", ["Prices!B1:B3 (table)"]),
        ("tblPrices[[#This Row],[A]]", ["Prices!B1:B3 (table)"]),
        ("tblPrices[[#Headers],[#Data]]", ["Prices!A1:C3 (table)"]),
        ("tblPrices[[Date]:[A]]", ["Prices!A1:B3 (table)"]),
        ("tblPrices[B '[x']]", ["Prices!C1:C3 (table)"]),
        ("tblPrices[Gone]", ["Prices!A1:C3 (table)"]),
        ("ROWS(tblPrices)+other[A]", ["Prices!A1:C3 (table)"]),
        ("SUM(All_Prices)", ["Prices!A2:C3"]),
        ("twice+TRUE", ["Prices!A2:C3"]),
    ],
)
def test_a_formula_reads_these_cells(
    references: References, formula: str, wanted: list[str]
) -> None:
    found = [
        f"{each.sheet}!{each.area.ref}" + ("" if each.by_address else " (table)")
        for each in references.of(formula, "Home")
    ]

    assert found == wanted


def test_a_name_that_names_itself_ends(references: References) -> None:
    assert {each.area.ref for each in references.of("loop", "Home")} == {"A1"}


@pytest.mark.parametrize(
    "formula",
    ['INDIRECT("Prices!A1")', "SUM(OFFSET(A1,1,0))", "SUM(A1:INDEX(B:B,3))", "'Jan:Mar'!A1"],
)
def test_a_formula_that_may_read_anything_says_so(references: References, formula: str) -> None:
    with pytest.raises(Unknown):
        list(references.of(formula, "Home"))
