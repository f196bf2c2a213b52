"""Areas of a sheet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.workbook.areas import Area


@pytest.mark.parametrize("ref", ["", "#REF!", "A", "A1:B", "Sheet1!A1", "A1:B2:C3"])
def test_what_is_no_area_is_none(ref: str) -> None:
    assert Area.of(ref) is None


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("A1:B2", "B2:C3", True),
        ("A1:B2", "C1:C9", False),
        ("A1:B2", "A3:B4", False),
        ("A1:Z99", "C3", True),
    ],
)
def test_areas_meet_where_they_share_a_cell(one: str, other: str, meet: bool) -> None:
    first, second = Area.of(one), Area.of(other)
    assert first is not None
    assert second is not None

    assert first.meets(second) is meet
    assert second.meets(first) is meet


@st.composite
def areas(draw: st.DrawFn) -> Area:
    top, left = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    return Area(top, left, top + draw(st.integers(0, 5)), left + draw(st.integers(0, 5)))


def _cells(area: Area) -> set[tuple[int, int]]:
    return {
        (row, column)
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    }


@given(areas(), areas())
def test_areas_meet_and_hold_each_other_as_their_cells_do(one: Area, other: Area) -> None:
    assert one.meets(other) == bool(_cells(one) & _cells(other))
    assert one.holds(other) == (_cells(one) >= _cells(other))
    assert one.height * one.width == len(_cells(one))


@given(areas())
def test_two_halves_are_the_whole_and_share_no_cell(area: Area) -> None:
    for halves in ([area.by_rows()] if area.height > 1 else []) + (
        [area.by_columns()] if area.width > 1 else []
    ):
        first, second = map(_cells, halves)
        assert first | second == _cells(area)
        assert first
        assert second
        assert not first & second


@given(areas())
def test_a_reference_leads_back_to_its_area(area: Area) -> None:
    assert Area.of(area.ref) == area
    assert area.ref.startswith(area.corner)
