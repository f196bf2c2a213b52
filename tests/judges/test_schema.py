"""The auditor is judged: it finds what openpyxl writes out of order, and passes a good book."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml.etree import fromstring

from tests.judges.good_book import edited, good_book
from tests.judges.lint.package import Package
from tests.judges.schema import place_among_siblings, schema_faults


def faults(tmp_path: Path, book: bytes) -> list[str]:
    path = tmp_path / "book.xlsx"
    path.write_bytes(book)
    return list(schema_faults(path))


def test_a_good_book_has_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, good_book()) == []


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        pytest.param(
            "xl/styles.xml",
            '<b val="1"/><sz val="11"/>',
            '<sz val="11"/><b val="1"/>',
            id="a font out of order",
        ),
        pytest.param(
            "xl/charts/chart2.xml",
            '<errDir val="y"/><errBarType val="both"/>',
            '<errBarType val="both"/><errDir val="y"/>',
            id="error bars out of order",
        ),
        pytest.param(
            "xl/worksheets/sheet1.xml",
            '<mergeCells count="2">',
            '<mergedCells/><mergeCells count="2">',
            id="an element that is none",
        ),
    ],
)
def test_what_the_schema_does_not_allow_is_reported(
    tmp_path: Path, part: str, old: str, new: str
) -> None:
    found = faults(tmp_path, edited(good_book(), {part: lambda text: text.replace(old, new, 1)}))

    assert found
    assert all(each.startswith(f"{part}: schema: ") for each in found)


def test_places_are_those_that_the_auditor_counts_by_itself() -> None:
    counted = 0
    for name, content in Package.read(good_book()).parts.items():
        for element in fromstring(content).iter() if name.endswith(".xml") else ():
            before = element.itersiblings(element.tag, preceding=True)
            assert place_among_siblings(element) == 1 + len(list(before))
            counted += 1
    assert counted > 100


def test_a_fault_is_reported_with_the_place_of_its_element(tmp_path: Path) -> None:
    part = "xl/worksheets/sheet1.xml"
    text = Package.read(good_book()).parts[part].decode()
    second = text.index(">", text.index("<row", text.index("<row") + 1)) + 1
    broken = f"{text[:second]}<none/>{text[second:]}"

    (found,) = faults(tmp_path, edited(good_book(), {part: lambda _: broken}))

    assert found.endswith(" at /worksheet[1]/sheetData[1]/row[2]")
