"""The judge of what cells show finds each kind of bad sight, and passes good ones."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from tests.judges.display import display_faults
from tests.judges.excel365 import desk
from tests.judges.lint.package import Package

FORMATS = {"A": "yyyy-mm-dd", "B": "#,##0.00??", "D": "0.00%", "E": "0.0", "F": "#,##0.####"}


def shown(
    tmp_path: Path, cells: dict[str, float | str] | None = None, width: float = 11.0
) -> list[str]:
    """The faults of a book with a table of prices, a setting D2 and free cells E and F.

    ``cells`` are values by address, and number formats by column; ``width`` is that of column B.
    """
    given = cells or {}
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Desk"
    sheet.append(["Date", "AAA"])
    sheet.append([datetime.date(2024, 1, 31), 1234.5, None, 0.05, 1.5, 2.5])
    sheet.append([datetime.date(2024, 2, 1), 99.0])
    for place, value in given.items():
        if len(place) > 1:
            sheet[place] = value
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            letter = cell.column_letter  # type: ignore[union-attr]
            cell.number_format = str(given.get(letter, FORMATS.get(letter, "General")))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 11.0, width
    whole = DifferentialStyle(numFmt=NumberFormat(numFmtId=164, formatCode="#,##0"))
    rule = Rule(type="expression", dxf=whole, formula=["F2=INT(F2)"])
    sheet.conditional_formatting.add("F2:F9", rule)
    sheet.add_table(Table(displayName="tblPrices", ref="A1:B3"))
    book.defined_names["set_DefaultBand"] = DefinedName("set_DefaultBand", attr_text="Desk!$D$2")
    buffer = io.BytesIO()
    book.save(buffer)
    path = tmp_path / "shown.xlsx"
    path.write_bytes(buffer.getvalue())
    with desk(path) as opened:
        return list(display_faults(opened, Package.read(buffer.getvalue())))


def test_what_fits_and_has_its_form_passes(tmp_path: Path) -> None:
    assert shown(tmp_path) == []


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        pytest.param(
            {"A": "General"},
            "Desk!A2: display: '45322' is shown for a date, expected '2024-01-31'",
            id="a date as a number",
        ),
        pytest.param(
            {"A": "0%"},
            "Desk!A2: display: '4532200%' is shown for a date, expected '2024-01-31'",
            id="a date as a per cent",
        ),
        pytest.param(
            {"D": "General"},
            "Desk!D2: display: '0.05' is shown for a fraction, expected '5.00%'",
            id="a setting without its form",
        ),
        pytest.param(
            {"E2": 1 / 3, "E": "General"},
            "Desk!E2: display: '0.333333333' is a long fraction",
            id="a long fraction",
        ),
        pytest.param(
            {"E2": -1.0, "E": "yyyy-mm-dd"},
            "Desk!E2: display: -1.0 shows '########'",
            id="a day before the first",
        ),
        pytest.param(
            {"E2": 92.0, "E": "#,##0.####"},
            "Desk!E2: display: '92.' ends with its decimal point",
            id="a decimal point that stands alone",
        ),
    ],
)
def test_a_bad_sight_is_reported(tmp_path: Path, cells: dict[str, float | str], fault: str) -> None:
    found = shown(tmp_path, cells)

    assert fault in found
    assert {each.split("!")[1][0] for each in found} == {fault.split("!")[1][0]}


def test_a_conditional_format_may_take_the_decimal_point_away(tmp_path: Path) -> None:
    assert shown(tmp_path, {"F2": 92.0}) == []


@pytest.mark.parametrize(
    ("width", "faults"),
    [(9.6, []), (8.0, ["'1,234.50  ' needs 7.9 digits, its column has 7.6: it would show ####"])],
)
def test_a_number_wider_than_its_column_is_reported(
    tmp_path: Path, width: float, faults: list[str]
) -> None:
    found = shown(tmp_path, width=width)

    assert found == [f"Desk!B2: display: {each}" for each in faults]
