"""Planned sales: lots by every method, gains and taxes by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from xl_rebal.model.portfolio import Lot
from xl_rebal.tax.disposal import disposed, soon_long
from xl_rebal.tax.methods import GainRates, LotMethod

DAY = date(2026, 3, 16)
RATES = GainRates(0.40, 0.20)
OLD = Lot("Joint", "VTI", "old", 10, date(2020, 1, 2), 50.0)
HIGH = Lot("Joint", "VTI", "high", 10, date(2025, 12, 1), 120.0)
NEW = Lot("Joint", "VTI", "new", 10, date(2026, 1, 5), 90.0)
LOTS = (NEW, OLD, HIGH)


@pytest.mark.parametrize(
    ("method", "names", "gains"),
    [
        # At 100 a share: gain a share of old 50 (long), high -20 and new 10 (short).
        (LotMethod.FIFO, ["old", "high"], [500.0, -100.0]),
        (LotMethod.LIFO, ["new", "high"], [100.0, -100.0]),
        (LotMethod.HIFO, ["high", "new"], [-200.0, 50.0]),
        # Tax a share: high -8, new 4, old 10.
        (LotMethod.LEAST_TAX, ["high", "new"], [-200.0, 50.0]),
        # (500 + 1200 + 900) / 30 = 86.667 a share.
        (LotMethod.AVERAGE, ["old", "high"], [133.3333333333, 66.6666666667]),
    ],
)
def test_each_method_takes_its_lots(
    method: LotMethod, names: list[str], gains: list[float]
) -> None:
    found = disposed(LOTS, 15, 1500.0, DAY, method, RATES)
    assert [each.lot.lot_id for each in found.sold] == names
    assert [each.gain for each in found.sold] == pytest.approx(gains)
    assert [each.quantity for each in found.sold] == [10, 5]
    assert found.missing == 0


def test_the_least_tax_is_not_always_the_highest_basis() -> None:
    # Short gain of 10 at 40 % is 4 a share; a long gain of 15 at 20 % is 3.
    short = Lot("Joint", "VTI", "short", 10, date(2026, 1, 5), 90.0)
    long = Lot("Joint", "VTI", "long", 10, date(2020, 1, 2), 85.0)
    found = {
        method: disposed((short, long), 10, 1000.0, DAY, method, RATES)
        for method in (LotMethod.HIFO, LotMethod.LEAST_TAX)
    }
    assert found[LotMethod.HIFO].tax(RATES) == pytest.approx(40.0)
    assert found[LotMethod.LEAST_TAX].tax(RATES) == pytest.approx(30.0)


def test_named_lots_come_first_and_specific_takes_no_others() -> None:
    found = disposed(LOTS, 12, 1200.0, DAY, LotMethod.HIFO, RATES, (OLD,))
    assert [(each.lot.lot_id, each.quantity) for each in found.sold] == [("old", 10), ("high", 2)]
    alone = disposed(LOTS, 12, 1200.0, DAY, LotMethod.SPECIFIC, RATES, (OLD,))
    assert alone.missing == pytest.approx(2)


def test_gains_are_after_costs_and_by_term() -> None:
    found = disposed(LOTS, 20, 1990.0, DAY, LotMethod.FIFO, RATES)  # 10 of costs, half a lot
    assert found.gain(long=True) == pytest.approx(995 - 500)
    assert found.gain(long=False) == pytest.approx(995 - 1200)
    assert found.tax(RATES) == pytest.approx(495 * 0.2 - 205 * 0.4)


def test_washed_days_and_losses_count() -> None:
    lot = Lot(
        "Joint",
        "VTI",
        "1",
        10,
        DAY - timedelta(days=300),
        100.0,
        wash_adjustment=50.0,
        added_days=70,
    )
    (sold,) = disposed((lot,), 10, 1200.0, DAY, LotMethod.FIFO, RATES).sold
    assert sold.gain == pytest.approx(150.0)
    assert sold.is_long


def test_an_unknown_cost_is_sold_last_and_is_no_gain() -> None:
    unknown = Lot("Joint", "VTI", "gift", 10, date(2021, 1, 4), None)
    found = disposed((unknown, NEW), 15, 1500.0, DAY, LotMethod.HIFO, RATES)
    assert [each.lot.lot_id for each in found.sold] == ["new", "gift"]
    assert not found.is_known
    assert found.sold[1].tax(RATES) is None
    assert found.tax(RATES) == pytest.approx(40.0)


def test_what_is_nearly_long_term_is_named() -> None:
    near = Lot("Joint", "VTI", "near", 10, date(2025, 3, 20), 50.0)  # long from 2026-03-21
    found = disposed((near,), 10, 1000.0, DAY, LotMethod.FIFO, RATES)
    assert [each.lot for each in soon_long(found, DAY, 5)] == [near]
    assert not soon_long(found, DAY, 4)
    loss = disposed((near,), 10, 400.0, DAY, LotMethod.FIFO, RATES)
    assert not soon_long(loss, DAY, 5)
