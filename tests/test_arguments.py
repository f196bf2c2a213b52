"""Ranges as vectors and matrices: what is read, and what is refused rather than guessed."""

from __future__ import annotations

from datetime import date

import pytest

from xl_rebal import arguments
from xl_rebal.errors import InputError
from xl_rebal.functions import FUNCTIONS

HALVES = [[0.5], [0.5]]
TWO_ROWS = (
    "found 2 x 2 numbers, expected one row or column, with labels beside it if you like. Numbers are "
    "no labels: give one row or column of them, or type the labels as text."
)


def refused(read: object, raw: object) -> str:
    assert callable(read)
    with pytest.raises(InputError) as caught:
        read(raw, "range")
    return str(caught.value)


@pytest.mark.parametrize(
    "raw",
    [
        [[2020, 2021], [60, 40]],
        [[2020, 60], [2021, 40]],
        [["Year", "Weight"], [2020, 0.6], [2021, 0.4]],
        [[date(2020, 1, 1), date(2021, 1, 1)], [60, 40]],
    ],
)
def test_numbers_and_dates_are_no_labels(raw: object) -> None:
    assert TWO_ROWS in refused(arguments.vector, raw)


def test_two_rows_of_three_numbers_are_refused() -> None:
    found = refused(arguments.vector, [[2020, 2021, 2022], [60, 30, 10]])

    assert found.startswith("#XR102 range: found 2 x 3 numbers")


def test_a_number_among_labels_is_refused_at_its_place() -> None:
    assert refused(arguments.vector, [["AAA", 60], [700, 40]]) == (
        "#XR104 range, label 2: found 700, expected a label as text. Type it as text, with an "
        "apostrophe before it."
    )
    assert arguments.vector([["AAA", 60], ["700", 40]], "range").labels == ("AAA", "700")


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("XR_DRIFT", ([[2020, 2021], [60, 40]], HALVES)),
        ("XR_SIGNAL", (HALVES, [[2020, 0.5], [2021, 0.5]])),
        ("XR_NEEDED", (HALVES, HALVES, [[2020, 0.05], [2021, 0.05]])),
        ("XR_WEIGHTS", ([[2020, 2021], [60, 40]], HALVES)),
        ("XR_COST", (HALVES, [[2020, 2021], [0.6, 0.4]], 1000)),
        ("XR_BAND", ([[2020, 2021], [0.6, 0.4]], 0.001, 3)),
        ("XR_DRIFT", (HALVES, HALVES, "volatility", [[2020, 0.1], [2021, 0.2], [2022, 0.2]])),
    ],
)
def test_no_function_takes_numbers_for_labels(name: str, cells: tuple[object, ...]) -> None:
    with pytest.raises(InputError, match="Numbers are no labels"):
        FUNCTIONS[name](*cells)


def test_blanks_below_a_column_are_left_out_and_between_numbers_refused() -> None:
    assert arguments.vector([[0.6], [0.4], [None], [""]], "range").values.tolist() == [0.6, 0.4]
    assert refused(arguments.vector, [[0.6], [None], [0.4]]).startswith(
        "#XR108 range, cell 2: found an empty cell"
    )


def test_a_label_above_no_number_is_refused_as_one_beside_no_number_is() -> None:
    for raw in ([["A", "B", "C"], [60, 40, None]], [["A", 60], ["B", 40], ["C", None]]):
        assert "range, cell 3: found an empty cell" in refused(arguments.vector, raw)


def test_the_rows_of_a_covariance_stand_in_the_order_of_its_columns() -> None:
    good = [["", "A", "B"], ["a", 0.04, 0.01], ["B", 0.01, 0.09]]
    assert arguments.risk(good, "risk").labels == ("A", "B")
    swapped = [["", "A", "B"], ["B", 0.04, 0.01], ["A", 0.01, 0.09]]
    assert "rows B and A under columns A and B" in refused(arguments.risk, swapped)
