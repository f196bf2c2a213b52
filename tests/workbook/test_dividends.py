"""Dividends from a new book to the model, and what they leave alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tests.workbook.inputs import inputs_of
from xl_rebal.cells import RawCell
from xl_rebal.errors import InputError
from xl_rebal.model.dividends import Dividend
from xl_rebal.model.prices import Prices
from xl_rebal.workbook.content import Content
from xl_rebal.workbook.parse import Desk, parse

DAYS = tuple(date(2024, 1, number) for number in (2, 3, 4))


def read(*dividends: dict[str, RawCell], **settings: RawCell) -> Desk:
    content = Content(
        rows={
            "tblHoldings": ({"Account": "Main", "Symbol": "AAA", "Quantity": 10.0},),
            "tblTargets": ({"Asset class or Symbol": "AAA", "Target": 1.0},),
            "tblDividends": dividends,
        },
        prices=Prices(DAYS, ("AAA",), np.array([[50.0], [40.0], [60.0]])),
        settings=settings,
    )
    return parse(inputs_of(content))


PAID: dict[str, RawCell] = {"Date": DAYS[1], "Symbol": "aaa", "Amount": 10.0}


def test_a_study_gets_total_returns_and_a_trade_the_close() -> None:
    desk = read(PAID)
    assert desk.dividends.entries == (Dividend(DAYS[1], "AAA", 10.0),)
    assert desk.notes == ()
    assert desk.prices.values.ravel().tolist() == [50.0, 40.0, 60.0]
    assert desk.prices.source == "prices as given, taken as total-return prices"
    assert desk.quotes == {"AAA": 60.0}
    assert [position.price for position in desk.household.positions] == [60.0]

    study = desk.prices.total_return(desk.dividends)
    assert study.values.ravel().tolist() == [50.0, 50.0, 75.0]
    assert study.source == "total-return prices: closes with 1 dividend reinvested"


def test_a_book_without_dividends_has_none() -> None:
    desk = read()
    assert len(desk.dividends) == 0
    assert desk.prices.total_return(desk.dividends) is desk.prices


def test_dividends_that_fall_on_no_row_are_left_out_of_the_model_too() -> None:
    desk = read({**PAID, "Date": DAYS[0]}, PAID, {**PAID, "Date": date(2024, 1, 5)})
    assert desk.dividends.entries == (Dividend(DAYS[1], "AAA", 10.0),)
    assert [(note.sheet, note.cell) for note in desk.notes] == [
        ("Dividends", "A5"), ("Dividends", "A7"),
    ]  # fmt: skip


def test_every_problem_of_the_table_is_said_at_once() -> None:
    with pytest.raises(InputError) as refused:
        read(
            PAID, PAID, {**PAID, "Amount": 51.0}, {**PAID, "Symbol": "BBB"}, {**PAID, "Date": None}
        )
    assert [(int(p.code), p.cell) for p in refused.value.problems] == [
        (108, "A9"), (106, "C6"), (202, "B8"), (105, "C7"),
    ]  # fmt: skip
