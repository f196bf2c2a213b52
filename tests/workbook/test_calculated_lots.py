"""The calculated columns of Lots: the term of every day of 32 years, values and gains."""

from __future__ import annotations

import io
import random
from calendar import monthrange
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from tests.judges.libreoffice import Calc, compare_cached
from tests.workbook.inputs import inputs_of
from xl_rebal.cells import RawCell, serial
from xl_rebal.model.prices import Prices
from xl_rebal.tax.holding import first_long_day
from xl_rebal.workbook.calculated import calculated_values
from xl_rebal.workbook.calculated_lots import lot_columns
from xl_rebal.workbook.content import Content
from xl_rebal.workbook.layout import LOTS
from xl_rebal.workbook.template import new_book

FIRST = date(1999, 1, 1)
TOLD = date(1998, 1, 1)
DAYS = [FIRST + timedelta(days=i) for i in range((date(2030, 12, 31) - FIRST).days + 1)]


def by_months(acquired: date) -> date:
    """The day after the anniversary; of the last day of a month, the anniversary is the last day too."""
    _, days = monthrange(acquired.year, acquired.month)
    _, then = monthrange(acquired.year + 1, acquired.month)
    day = then if acquired.day == days else min(acquired.day, then)
    return date(acquired.year + 1, acquired.month, day) + timedelta(days=1)


def test_every_day_of_32_years_is_long_by_months() -> None:
    assert len(DAYS) == 11688
    assert [first_long_day(day) for day in DAYS] == [by_months(day) for day in DAYS]


def counting_book(wash_days: int) -> bytes:
    """The column Days to long alone, of a lot bought on each of the days, told on 1 January 1998."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Lots"
    formula = LOTS.column("Days to long").formula
    rows: list[tuple[Any, ...]] = [
        ("Acquired", "Wash days", "Days to long"),
        *((day, wash_days, formula) for day in DAYS),
    ]
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            sheet.cell(number, place).value = value
    sheet.add_table(Table(displayName="tblLots", ref=f"A1:C{len(rows)}"))
    sheet["E1"], sheet["E2"], sheet["G1"] = "Date", TOLD, TOLD
    sheet.add_table(Table(displayName="tblPrices", ref="E1:E2"))
    book.defined_names["set_AsOf"] = DefinedName("set_AsOf", attr_text="Lots!$G$1")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.calc
@pytest.mark.parametrize("days", [0, 59])
def test_the_sheet_counts_every_day_of_32_years_alike(
    tmp_path: Path, calc: Calc, days: int
) -> None:
    path = tmp_path / "lots.xlsx"
    path.write_bytes(counting_book(days))
    cells = calc.recalculate(path).values

    found = [cells["Lots", f"C{number}"] for number in range(2, len(DAYS) + 2)]
    first_days = [by_months(day - timedelta(days=days)) for day in DAYS]
    assert found == [(first - TOLD).days for first in first_days]


def shown(content: Content) -> dict[str, list[RawCell]]:
    """The stored values of the lots of a book."""
    values = calculated_values(inputs_of(content))["tblLots"]
    return {header: cells[: len(content.rows["tblLots"])] for header, cells in values.items()}


def book(*lots: dict[str, RawCell], **settings: RawCell) -> Content:
    """One holding of 10 AAA at 60, with these lots of it."""
    holding: dict[str, RawCell] = {"Symbol": "AAA", "Quantity": 10.0, "Price": 60.0}
    return Content(rows={"tblHoldings": (holding,), "tblLots": lots}, settings=settings)


def test_a_gain_is_measured_on_cost_and_wash_adjustment() -> None:
    found = shown(
        book(
            {"Symbol": "aaa", "Quantity": 4.0, "Cost basis": 180.0, "Wash adjustment": 20.0},
            {"Symbol": "AAA", "Quantity": 6.0, "Cost basis": 400.0},
        )
    )
    assert found["Value"] == [240.0, 360.0]
    assert found["Gain"] == [40.0, -40.0]
    assert found["Gain in %"] == pytest.approx([0.2, -0.1])


def test_an_unknown_cost_or_price_shows_no_gain() -> None:
    found = shown(
        book(
            {"Symbol": "AAA", "Quantity": 4.0},
            {"Symbol": "BBB", "Quantity": 4.0, "Cost basis": 100.0},
            {"Symbol": "AAA", "Quantity": 4.0, "Cost basis": "12 USD"},
        )
    )
    assert found["Value"] == [240.0, "", 240.0]
    assert found["Gain"] == ["", "", ""]
    assert found["Gain in %"] == ["", "", ""]


def test_a_term_is_that_of_a_sale_on_as_of() -> None:
    lots: list[dict[str, RawCell]] = [
        {"Symbol": "AAA", "Quantity": 1.0, "Acquired": date(2023, 3, 10)},
        {"Symbol": "AAA", "Quantity": 1.0, "Acquired": date(2023, 3, 10), "Wash days": 3.0},
        {"Symbol": "AAA", "Quantity": 1.0, "Acquired": date(2023, 3, 7)},
        {"Symbol": "AAA", "Quantity": 1.0, "Acquired": None},
    ]
    found = shown(book(*lots, AsOf=date(2024, 3, 8)))

    assert found["Days to long"] == [3.0, 0.0, 0.0, ""]
    assert found["Term"] == ["short", "long", "long", ""]
    assert shown(book(*lots))["Term"] == ["", "", "", ""]


def test_a_lot_bought_at_a_time_of_day_was_bought_on_that_day() -> None:
    at = datetime(2023, 3, 7, 23, 59)
    lots: list[dict[str, RawCell]] = [{"Acquired": at}, {"Acquired": at, "Wash days": 1.0}]

    assert lot_columns(lots, [], [], float(serial(date(2024, 3, 7))))["Days to long"] == [1.0, 0.0]


def random_content(seed: int) -> Content:
    """Whatever a person may type into Lots."""
    draw = random.Random(seed)

    def maybe(*values: RawCell) -> RawCell:
        return draw.choice((None, *values))

    days = (date(2016, 2, 29), date(2023, 2, 28), date(2023, 9, 30), date(2024, 3, 8))
    return Content(
        rows={
            "tblHoldings": tuple(
                {"Symbol": draw.choice(("AAA", "BBB", "<1Y", "aaa")), "Price": maybe(9.5, 20.0),
                 "Quantity": draw.choice((0.0, 3.0, 12.5, "ten"))}
                for _ in range(6)
            ),
            "tblLots": tuple(
                {"Account": "Main", "Symbol": draw.choice(("AAA", "bbb", "<1Y", "XXX", None)),
                 "Acquired": maybe(*days, "2023-05-05"), "Quantity": draw.choice((0.0, 2.0, 7.25)),
                 "Cost basis": maybe(0.0, 100.0, "known"), "Wash adjustment": maybe(5.0),
                 "Wash days": maybe(1.0, 400.0, 99999.0)}
                for _ in range(25)
            ),
        },
        prices=Prices(days, ("AAA", "BBB"), np.array([[1.0, 2.0]] * 4)) if seed % 3 else None,
        settings={"AsOf": maybe(date(2024, 3, 1))},
    )  # fmt: skip


@pytest.mark.calc
@pytest.mark.parametrize("seed", range(5))
def test_calc_agrees_with_the_stored_values_of_any_lots(
    tmp_path: Path, calc: Calc, seed: int
) -> None:
    path = tmp_path / f"{seed}.xlsx"
    path.write_bytes(new_book(random_content(seed)))

    assert compare_cached(path, calc.recalculate(path)) == []
