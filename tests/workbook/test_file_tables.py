"""Areas of a sheet, and which rows belong to a table."""

from __future__ import annotations

import pytest

from xl_rebal.workbook.area import Area


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
