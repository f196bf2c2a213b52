"""Formula cells of sheets in every spelling, and values put into them."""

from __future__ import annotations

import io
import math
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from tests.workbook.package_books import MAIN, edited, parts_of, saved, users_book
from xl_rebal.errors import InputError
from xl_rebal.workbook.package import CachedValue, ErrorCell, Package, read_package, set_cached
from xl_rebal.workbook.package.cells import error_cells

SHEET = "xl/worksheets/sheet1.xml"


def book_with(sheet: str) -> bytes:
    book = Workbook()
    book.worksheets[0].title = "S"
    return edited(saved(book), {SHEET: sheet.encode()})


def rows(cells: str, prefix: str = "") -> str:
    """A sheet with one row of these cells, all elements with a prefix."""
    declared = f' xmlns:{prefix[:-1]}="{MAIN}"' if prefix else f' xmlns="{MAIN}"'
    text = f"<worksheet{declared}><cols/><sheetData><row>{cells}</row></sheetData></worksheet>"
    return (
        text.replace("</", "<\0").replace("<", f"<{prefix}").replace(f"<{prefix}\0", f"</{prefix}")
    )


def stored(data: bytes) -> dict[str, tuple[str, str | None]]:
    """{address: (type, text of <v>)} of the first sheet, read by another parser."""
    root = ElementTree.fromstring(parts_of(data)[SHEET])
    return {
        cell.get("r", ""): (cell.get("t", "n"), cell.findtext(f"{{{MAIN}}}v"))
        for cell in root.iter(f"{{{MAIN}}}c")
    }


CELLS = (
    '<c r="A1" s="1"><v>1</v></c>'
    '<c r="B1"/>'
    '<c r="C1"><f>A1</f></c>'
    '<c r="D1"><f>A1</f><v></v></c>'
    '<c r="E1"><f>A1</f><v/></c>'
    '<c r="F1"><f>A1</f><v>2</v></c>'
    '<c r="G1" t="str"><f>A1&amp;""</f><v></v></c>'
    '<c r="H1" t="str"><f>A1&gt;2</f></c>'
    '<c r="I1" s="2"><f t="shared" si="0"/></c>'
    '<c s="3" r="J1"><f t="array" ref="J1:J2">A1</f><v>5</v></c>'
    '<c r="K1" t="inlineStr"><f>A1</f><is><t>text</t></is></c>'
    '<c r="L1" t="e"><f>NA()</f><v>#N/A</v></c>'
    '<c r="M1" t="inlineStr"><is><t>no formula &lt;f&gt;</t></is></c>'
)
FORMULAS = set("CDEFGHIJKL")
UNCALCULATED = set("CDEHI")


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize(
    "spelling",
    [
        lambda text: text,
        lambda text: text.replace('"', "'"),
        lambda text: text.replace("><f", ">\r\n  <f").replace("</f><v", "</f>\n<v"),
        lambda text: text.replace("/>", " />").replace("</f>", "</f >"),
    ],
    ids=["plain", "single quotes", "white space", "spaces in tags"],
)
def test_formulas_and_those_never_calculated_are_told_apart(
    prefix: str, spelling: type[str]
) -> None:
    package = read_package(book_with(spelling(rows(CELLS, prefix))))

    assert package.formula_cells("S") == {f"{letter}1" for letter in FORMULAS}
    assert package.uncalculated("S") == {f"{letter}1" for letter in UNCALCULATED}


def test_comments_and_cdata_are_no_cells() -> None:
    cells = (
        '<!-- <c r="A1"><f>B1</f></c> --><c r="B1"><f><![CDATA[A1<2]]></f><v><![CDATA[1]]></v></c>'
    )
    package = read_package(book_with(rows(cells)))

    assert package.formula_cells("S") == {"B1"}
    assert package.uncalculated("S") == frozenset()


def test_cells_without_an_address_are_counted() -> None:
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row><c><v>1</v></c><c><f>A1</f></c></row>'
        '<row r="5"><c r="AA5"/><c><f>A1</f></c><c/><c><f>A1</f><v>1</v></c></row>'
        "<row><c><f>A1</f></c></row></sheetData></worksheet>"
    )
    package = read_package(book_with(sheet))

    assert package.formula_cells("S") == {"B1", "AB5", "AD5", "A6"}
    assert package.uncalculated("S") == {"B1", "AB5", "A6"}


def test_every_kind_of_value_is_stored_with_its_type() -> None:
    values: dict[str, CachedValue] = {
        "C1": 0.1 + 0.2,
        "D1": 7,
        "E1": True,
        "F1": "#N/A as text & <more>",
        "G1": ErrorCell("#DIV/0!"),
        "H1": "",
        "I1": -1e-300,
        "J1": 2**60,
        "K1": " bell\x07 _x0041_",
        "L1": -0.0,
    }
    data = set_cached(book_with(rows(CELLS)), {"S": values})

    cells = stored(data)
    assert {address: cells[address] for address in values} == {
        "C1": ("n", "0.30000000000000004"),
        "D1": ("n", "7"),
        "E1": ("b", "1"),
        "F1": ("str", "#N/A as text & <more>"),
        "G1": ("e", "#DIV/0!"),
        "H1": ("str", ""),
        "I1": ("n", "-1e-300"),
        "J1": ("n", "1.152921504606847e+18"),
        "K1": ("str", " bell_x0007_ _x005F_x0041_"),
        "L1": ("n", "0"),
    }
    assert read_package(data).uncalculated("S") == frozenset()


def test_only_the_value_and_the_type_of_the_cell_change() -> None:
    before = rows(CELLS, "x:").replace('"', "'")

    after = parts_of(set_cached(book_with(before), {"S": {"D1": 1.5, "L1": "ok"}}))[SHEET].decode()

    assert after == before.replace(
        "<x:c r='D1'><x:f>A1</x:f><x:v></x:v>", "<x:c r='D1'><x:f>A1</x:f><x:v>1.5</x:v>"
    ).replace(
        "<x:c r='L1' t='e'><x:f>NA()</x:f><x:v>#N/A</x:v>",
        "<x:c r='L1' t=\"str\"><x:f>NA()</x:f><x:v>ok</x:v>",
    )


def test_a_rich_value_is_let_go_when_the_value_changes_but_a_spill_stays_one() -> None:
    cells = '<c r="A1" s="4" vm="1" cm="1" t="e"><f t="array" ref="A1">B1:B2</f><v>#VALUE!</v></c>'

    after = parts_of(set_cached(book_with(rows(cells)), {"S": {"A1": 2}}))[SHEET].decode()

    assert '<c r="A1" s="4" cm="1"><f t="array" ref="A1">B1:B2</f><v>2</v></c>' in after


def test_all_other_parts_stay_as_they_are() -> None:
    base = users_book()

    after = set_cached(base, {"Prices": {"C2": 99.5}})

    assert {n for n, c in parts_of(base).items() if parts_of(after)[n] != c} == {SHEET}
    book = load_workbook(io.BytesIO(after), data_only=True)
    assert book["Prices"]["C2"].value == 99.5


def test_no_values_give_the_same_parts() -> None:
    base = users_book()

    assert parts_of(set_cached(base, {"Prices": {}})) == parts_of(base)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"Prices": {"A2": 1}}, "Prices!A2, where there is no formula"),
        ({"Prices": {"Z9": 1}}, "Prices!Z9, where there is no formula"),
        ({"Nowhere": {"A1": 1}}, "'Nowhere'], which is no sheet"),
        ({"Prices": {"C2": math.nan}}, "Prices!C2: nan is no finite number"),
        ({"Prices": {"C2": -math.inf}}, "Prices!C2: -inf is no finite number"),
        ({"Prices": {"C2": "x" * 32_768}}, "Prices!C2: a text of 32,768 characters"),
    ],
)
def test_values_that_cannot_be_stored_are_a_bug_with_an_address(
    values: dict[str, dict[str, CachedValue]], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence.replace("[", r"\[").replace("]", r"\]")):
        set_cached(users_book(), values)


def test_other_types_are_refused() -> None:
    with pytest.raises(TypeError, match=r"Prices!C2: None is no number"):
        set_cached(users_book(), {"Prices": {"C2": None}})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="is none of the errors"):
        ErrorCell("N/A")


def test_a_signed_book_is_not_touched() -> None:
    signed = edited(users_book(), {"_xmlsignatures/sig1.xml": b"<Signature/>"})

    with pytest.raises(InputError, match="a digitally signed workbook"):
        set_cached(signed, {"Prices": {"C2": 1.0}})


# Carriage returns are line ends to XML, and Excel's escapes are not undone by openpyxl.
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20).filter(
    lambda text: "_x" not in text
)
values_of_cells = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**53), 2**53),
    st.booleans(),
    texts,
    st.sampled_from(["#DIV/0!", "#N/A", "#VALUE!"]).map(ErrorCell),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(values_of_cells, min_size=1, max_size=12))
def test_cached_values_come_back_exactly_and_nothing_is_left_uncalculated(
    values: list[CachedValue],
) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for number in range(1, len(values) + 1):
        sheet[f"A{number}"] = number
        sheet[f"B{number}"] = f"=A{number}+1"
    base = saved(book)
    assert len(read_package(base).uncalculated("Sheet")) == len(values)

    data = set_cached(base, {"Sheet": {f"B{n}": v for n, v in enumerate(values, start=1)}})

    assert read_package(data).uncalculated("Sheet") == frozenset()
    read = load_workbook(io.BytesIO(data), data_only=True)["Sheet"]
    for number, value in enumerate(values, start=1):
        wanted = value.text if isinstance(value, ErrorCell) else value
        found = read[f"B{number}"].value
        if wanted == "":
            assert found is None
        else:
            assert found == wanted
            assert isinstance(found, bool) == isinstance(value, bool)


def test_the_scan_looks_at_the_sheet_that_is_asked_for() -> None:
    package: Package = read_package(users_book())

    assert package.formula_cells("Trades") == frozenset()
    assert package.formula_cells("Prices") == {"C2"}


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_error_cells_are_found_in_every_spelling(prefix: str) -> None:
    sheet = rows(
        '<c r="A1" t="e"><v>#N/A</v></c><c r="B1"><v>1</v></c>'
        "<c r='C1' s='3' t='e'><f>1/0</f><v>#DIV/0!</v></c>"
        '<c t="e"><v>#SPILL!</v></c><c t="s"><v>0</v></c>'
        '<c r="G1" t="str"><v>#N/A</v></c>',
        prefix,
    )

    assert list(error_cells(sheet)) == [("A1", "#N/A"), ("C1", "#DIV/0!"), ("D1", "#SPILL!")]


def test_an_error_cell_in_a_comment_is_none() -> None:
    assert list(error_cells(rows('<!-- <c r="A1" t="e"><v>#REF!</v></c> -->'))) == []
