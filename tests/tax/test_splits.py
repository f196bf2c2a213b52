"""Splits as factors, against multiplying on each day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.tax.records import written
from xl_rebal.tax.splits import Splits, differ

SPLITS = Splits(
    written(
        """
        2024-01-10 Main Split X 2
        2024-01-10 IRA Split X 2
        2024-03-10 Main Split X 0.1
        2024-02-10 Main Split Y 3
        2024-02-10 Main Buy X 5 100
        """
    ).transactions
)
FACTS = {date(2024, 1, 10): 2.0, date(2024, 3, 10): 0.1}


def test_shares_become_others_on_the_day_of_a_split_once_for_all_accounts() -> None:
    for start in range(0, 100, 7):
        day, shares = date(2024, 1, 1) + timedelta(days=start), 1.0
        for step in range(1, 100):
            later = day + timedelta(days=step)
            shares *= FACTS.get(later, 1.0)
            assert SPLITS.ratio("X", day, later) == pytest.approx(shares)
            assert SPLITS.ratio("X", later, day) == pytest.approx(1 / shares)


def test_a_symbol_without_splits_stays_as_it_is() -> None:
    assert SPLITS.ratio("Z", date(2000, 1, 1), date(2030, 1, 1)) == 1.0


def test_ratios_that_differ_by_a_float_alone_are_one_split() -> None:
    assert not differ(1.1, 1.1 + 1e-13)
    assert differ(2.0, 3.0)
