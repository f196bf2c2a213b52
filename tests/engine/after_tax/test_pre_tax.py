"""Without taxes an after-tax backtest is the backtest, whatever the policy."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.after_tax.cases import KINDS, conventions_of, policy_of, prices_of
from xl_rebal.engine.after_tax import AfterTaxRules, TaxDue, after_tax
from xl_rebal.engine.backtest import Backtest, backtest
from xl_rebal.engine.statistics import statistics
from xl_rebal.tax.methods import LotMethod


def no_taxes(pick: Random) -> AfterTaxRules:
    return AfterTaxRules(
        0.0, 0.0, 0.0, method=pick.choice([LotMethod.FIFO, LotMethod.HIFO]), due=pick.choice(list(TaxDue))
    )  # fmt: skip


def assert_same(found: Backtest, expected: Backtest) -> None:
    assert found.value == pytest.approx(expected.value, rel=1e-12)
    assert found.rows.tolist() == expected.rows.tolist()
    assert found.before == pytest.approx(expected.before, abs=1e-12)
    assert found.after == pytest.approx(expected.after, abs=1e-12)
    assert found.cost == pytest.approx(expected.cost, abs=1e-12 * expected.capital)
    assert found.reasons == expected.reasons
    assert found.notes == expected.notes


@pytest.mark.parametrize("kind", KINDS)
@given(pick=st.randoms(use_true_random=True))
@settings(max_examples=20, deadline=None)
def test_without_taxes_it_is_the_backtest(kind: str, pick: Random) -> None:
    assets = pick.randint(2, 4)
    cash, gaps = pick.random() < 0.3, kind not in ("none", "optimal") and pick.random() < 0.3
    prices = prices_of(pick, pick.randint(60, 400), assets, cash, gaps)
    policy, made = policy_of(pick, prices, kind), conventions_of(pick, prices)

    found = after_tax(prices, policy, made, no_taxes(pick))

    expected = backtest(prices, policy, made)
    assert_same(found.run, expected)
    assert not found.payments.any()
    assert found.liquidation == found.value[-1]
    assert found.growth_rate == pytest.approx(statistics(expected).growth_rate, abs=1e-12)


def test_the_first_year_of_prices_that_begin_on_its_last_row_is_no_tax_year() -> None:
    prices = prices_of(Random(3), 300, 2)
    first_end = next(i for i, day in enumerate(prices.dates) if day.year > prices.dates[0].year) - 1
    prices = prices.between(prices.dates[first_end], None)
    policy = policy_of(Random(1), prices, "none")

    found = after_tax(prices, policy, rules=AfterTaxRules(carry_short=5000.0))

    assert [year.year for year in found.years] == [prices.dates[1].year]
    assert np.count_nonzero(found.payments) == 0
