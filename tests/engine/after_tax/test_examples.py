"""After-tax backtests that can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from xl_rebal.engine.after_tax import AfterTax, AfterTaxRules, HarvestRules, TaxDue, after_tax
from xl_rebal.engine.backtest import Conventions, Reason
from xl_rebal.engine.policies import DatedTargets, buy_and_hold, calendar, tactical
from xl_rebal.engine.trade_log import trade_log
from xl_rebal.errors import InputError
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.tax.methods import LotMethod

FIRST = date(2021, 1, 1)
RULES = AfterTaxRules(short=0.40, long=0.20, ordinary=0.35)
ALL_IN_ONE = buy_and_hold(DatedTargets.fixed(np.array([1.0])))
HALF = DatedTargets.fixed(np.array([0.5, 0.5]))
MONEY = Conventions(capital=100_000.0)


def daily(last: date, *prices: Callable[[date], float]) -> Prices:
    """Every calendar day from the first of January 2021 on."""
    dates = tuple(FIRST + timedelta(days=n) for n in range((last - FIRST).days + 1))
    names = ("A", "B", "C")[: len(prices)]
    return Prices(dates, names, np.array([[price(day) for price in prices] for day in dates]))


def row_of(found: AfterTax, day: date) -> int:
    return found.run.dates.index(day)


def paid(found: AfterTax) -> dict[date, float]:
    return {found.run.dates[row]: found.payments[row] for row in np.flatnonzero(found.payments)}


@pytest.mark.parametrize(
    ("last", "tax"), [(date(2022, 1, 1), 0.4 * 50_000), (date(2022, 1, 2), 0.2 * 50_000)]
)
def test_who_sells_nothing_is_taxed_in_the_end_and_long_term_after_more_than_a_year(
    last: date, tax: float
) -> None:
    prices = daily(last, lambda day: 150.0 if day > FIRST else 100.0)

    found = after_tax(prices, ALL_IN_ONE, MONEY, RULES)

    assert not found.payments.any()
    assert found.value[-1] == pytest.approx(150_000)
    assert found.liquidation == pytest.approx(150_000 - tax)
    assert found.growth_rate == pytest.approx(
        (1.5 - tax / 1e5) ** (365.25 / (last - FIRST).days) - 1
    )


def test_a_loss_in_the_end_saves_the_rate_of_other_income_up_to_the_limit() -> None:
    prices = daily(date(2021, 6, 1), lambda day: 90.0 if day > FIRST else 100.0)

    with_credit = after_tax(prices, ALL_IN_ONE, MONEY, RULES)
    without = after_tax(prices, ALL_IN_ONE, MONEY, replace(RULES, credits=False))

    assert with_credit.liquidation == pytest.approx(90_000 + 0.35 * 3_000)
    assert without.liquidation == pytest.approx(90_000)
    assert with_credit.liquidated.netted.carried.short == pytest.approx(7_000)


def doubled(day: date) -> float:
    return 200.0 if day >= date(2021, 3, 1) else 100.0


MARCH = calendar(HALF, Schedule(Frequency.ANNUAL, day=-306))
"""On 1 March, the 306th row from the end of a year."""


def test_the_tax_of_a_year_is_paid_on_its_last_row_by_selling_pro_rata() -> None:
    prices = daily(date(2022, 2, 1), doubled, lambda day: 100.0)

    found = after_tax(prices, MARCH, MONEY, RULES)

    # 1 March: 100,000 + 50,000; a quarter of A, 25,000 with a basis of 12,500, goes into B.
    tax = 0.4 * 12_500
    assert found.run.dates[found.run.rows[0]] == date(2021, 3, 1)
    assert paid(found) == pytest.approx({date(2021, 12, 31): tax})
    assert found.run.reasons == (Reason.CALENDAR, Reason.TAX)
    assert found.value[row_of(found, date(2021, 12, 31))] == pytest.approx(150_000 - tax)
    assert found.value[row_of(found, date(2021, 12, 30))] == pytest.approx(150_000)
    # 2,500 of A were sold for it: short-term, half of it gain; first in, first out B's basis is its price
    assert found.years[0].realised.short == pytest.approx(12_500 + 1_250)
    assert found.owed == pytest.approx(0.4 * 1_250)
    # what is left of A: 72,500 with half of it gain, long-term since 2 January 2022
    assert found.liquidation == pytest.approx(145_000 - 0.4 * 1_250 - 0.2 * 36_250)


def test_the_tax_of_a_year_is_paid_on_15_april_out_of_cash_while_there_is_any() -> None:
    prices = daily(date(2022, 6, 1), doubled, lambda day: 100.0, lambda day: 1.0)
    prices = replace(prices, symbols=("A", "B", "CASH"))
    third = DatedTargets.fixed(np.array([0.48, 0.48, 0.04]))
    policy = replace(MARCH, targets=third)
    rules = replace(RULES, due=TaxDue.APRIL)

    found = after_tax(prices, policy, MONEY, rules)

    # 148,000 on 1 March: A from 96,000 to 71,040, half of what is sold is gain
    tax, cash = 0.4 * (96_000 - 71_040) / 2, 0.04 * 148_000
    day = date(2022, 4, 15)
    assert paid(found) == pytest.approx({day: tax})
    held = found.run.holdings[row_of(found, day)]
    assert tax < cash
    assert held == pytest.approx([71_040, 71_040, cash - tax])
    assert found.run.reasons == (Reason.CALENDAR, Reason.TAX)
    payment = trade_log(found.run)[-1]
    assert (payment.symbol, payment.reason, payment.cost) == ("CASH", Reason.TAX, 0.0)
    assert payment.value == pytest.approx(-tax)

    poor = after_tax(prices, policy, MONEY, replace(rules, short=0.6))

    tax = 0.6 * (96_000 - 71_040) / 2
    left = 71_040 - (tax - cash) / 2
    assert tax > cash
    assert poor.run.holdings[row_of(poor, day)] == pytest.approx([left, left, 0.0])
    assert poor.run.reasons == (Reason.CALENDAR, Reason.TAX)


def fell(day: date) -> float:
    """80 from 15 January on, 100 again from July on."""
    return 80.0 if date(2021, 1, 15) <= day < date(2021, 7, 1) else 100.0


def test_a_harvest_saves_now_what_the_lower_basis_costs_later() -> None:
    prices = daily(date(2022, 3, 1), fell)
    rules = replace(RULES, harvest=HarvestRules())

    found = after_tax(prices, ALL_IN_ONE, MONEY, rules)

    (only,) = found.harvests
    assert (only.day, only.sold, only.bought) == (date(2021, 1, 31), "A", "A (twin)")
    assert (only.quantity, only.value, only.loss, only.cost) == pytest.approx(
        (1000, 80_000, 20_000, 0)
    )
    assert paid(found) == pytest.approx({date(2021, 12, 31): -0.35 * 3_000})
    assert found.paid_by_year == pytest.approx({2021: -1_050, 2022: 0})
    assert found.years[0].netted.carried.short == pytest.approx(17_000)
    assert found.value[-1] == pytest.approx(101_050)
    # the twin's gain of 20,000 is long-term; 17,000 of it are offset
    assert found.liquidation == pytest.approx(101_050 - 0.2 * 3_000)


def test_a_harvest_pays_for_both_of_its_trades() -> None:
    prices = daily(date(2021, 3, 1), fell)
    made = replace(MONEY, rate=0.01, fee=100.0)

    found = after_tax(prices, ALL_IN_ONE, made, replace(RULES, harvest=HarvestRules()))

    (only,) = found.harvests
    left = (80_000 * 0.99 - 200) / 1.01
    assert only.cost == pytest.approx(80_000 - left)
    assert found.value[row_of(found, date(2021, 1, 31))] == pytest.approx(left)
    assert found.years[0].realised.short == pytest.approx(80_000 * 0.99 - 100 - 100_000)
    assert found.harvest_cost == only.cost
    assert len(found.run.rows) == 0


@pytest.mark.parametrize(("fraction", "amount", "count"), [
    (0.20, 20_000.0, 1), (0.201, 0.0, 0), (0.05, 20_001.0, 0),
])  # fmt: skip
def test_both_minimum_losses_must_be_reached_and_at_them_counts(
    fraction: float, amount: float, count: int
) -> None:
    prices = daily(date(2021, 3, 1), fell)
    rules = replace(
        RULES, harvest=HarvestRules(minimum_loss_fraction=fraction, minimum_loss=amount)
    )

    assert len(after_tax(prices, ALL_IN_ONE, MONEY, rules).harvests) == count


def slide(day: date) -> float:
    """One per cent lower on each day of a quarter."""
    return float(100.0 * 0.99 ** min((day - FIRST).days, 90))


def test_what_was_sold_at_a_loss_is_bought_back_31_days_later_at_the_earliest() -> None:
    prices = daily(date(2021, 5, 1), slide)
    rules = replace(RULES, harvest=HarvestRules(Schedule(every=1), 0.02))

    found = after_tax(prices, ALL_IN_ONE, MONEY, rules)

    days = [(each.day - FIRST).days for each in found.harvests]
    assert days == [3, 34, 65, 96][: len(days)]
    assert len(days) >= 3
    assert [each.sold for each in found.harvests][:3] == ["A", "A (twin)", "A"]
    assert found.disallowed == 0


def test_purchases_within_30_days_of_a_loss_go_to_the_twin() -> None:
    prices = daily(date(2021, 4, 1), fell, lambda day: 100.0)
    policy = calendar(HALF, Schedule(every=40))  # 10 February: A is bought

    with_twins = after_tax(prices, policy, MONEY, replace(RULES, harvest=HarvestRules()))
    bought = [row for row in with_twins.transactions if row.day == date(2021, 2, 10)]

    assert [row.symbol for row in bought if row.activity == "Buy"] == ["A (twin)"]
    assert with_twins.disallowed == 0


def test_a_loss_is_washed_by_a_purchase_of_the_next_year_and_the_tax_put_right_with_the_next_payment() -> (
    None
):
    """A falls and is sold on the last row of 2021; the policy buys it again on 20 January."""

    def other(day: date) -> float:
        return 70.0 if day >= date(2021, 12, 31) else 100.0

    def falls(day: date) -> float:
        if day >= date(2022, 1, 20):
            return 40.0
        return 90.0 if day >= date(2021, 12, 31) else 100.0

    prices = replace(
        daily(date(2023, 1, 10), falls, other, lambda day: 1.0), symbols=("A", "B", "CASH")
    )
    dates = (date(2021, 12, 31), date(2022, 1, 20))
    targets = DatedTargets(
        (None, *dates), np.array([[0.5, 0.5, 0.0], [0.25, 0.75, 0.0], [0.9, 0.1, 0.0]])
    )

    found = after_tax(prices, tactical(targets), MONEY, replace(RULES, loss_limit=50_000))

    # A: 45,000 of 80,000 become 20,000; 25,000 at 90 are sold with a loss of 10 a share
    loss = 25_000 / 90 * 10
    wealth = 20_000 / 90 * 40 + 60_000 + 0.35 * loss
    # B: the 500 shares of the first row are sold at 70, long-term; what stays was bought 20 days before
    other_loss = 500 * 30 - 0.1 * wealth / 70 * 30
    assert paid(found) == pytest.approx({
        date(2021, 12, 31): -0.35 * loss, date(2022, 12, 31): 0.35 * loss - 0.35 * other_loss,
    })  # fmt: skip
    assert found.years[0].realised.short == pytest.approx(0.0, abs=1e-6)
    assert found.years[1].realised.long == pytest.approx(-other_loss)
    assert found.disallowed == pytest.approx(loss + 500 * 30 - other_loss)


def test_a_loss_of_the_last_row_that_was_washed_before_saves_no_tax_on_it() -> None:
    days = (date(2021, 12, 10), date(2021, 12, 31))
    prices = daily(
        date(2022, 1, 10), lambda day: 90.0 if day >= days[1] else 100.0, lambda day: 100.0
    )
    targets = DatedTargets((None, *days), np.array([[0.5, 0.5], [0.7, 0.3], [0.6, 0.4]]))

    found = after_tax(prices, tactical(targets), MONEY, RULES)

    # 80 of the first 500 shares are sold; 200 were bought 21 days before
    (sale,) = [each for each in found.sales if each.symbol == "A"]
    assert sale.quantity == pytest.approx(80)
    assert (sale.disallowed, sale.recognised) == pytest.approx((800, 0))
    assert not found.payments.any()


def test_average_cost_harvests_all_of_a_security_or_nothing() -> None:
    prices = daily(date(2021, 6, 1), slide, lambda day: 100.0)
    policy = calendar(HALF, Schedule(every=20))
    rules = replace(RULES, method=LotMethod.AVERAGE, harvest=HarvestRules())

    found = after_tax(prices, policy, MONEY, rules)

    for each in found.harvests:
        rows = [
            row for row in found.transactions if row.symbol == each.sold and row.day <= each.day
        ]
        held = sum(row.quantity if row.activity == "Buy" else -row.quantity for row in rows)
        assert held == pytest.approx(0.0, abs=1e-9)


def test_taxes_that_cannot_be_raised_are_refused_in_words() -> None:
    prices = daily(date(2022, 2, 1), doubled)
    made = replace(MONEY, flows={date(2021, 6, 1): -199_990.0})

    with pytest.raises(InputError) as refused:
        after_tax(prices, ALL_IN_ONE, made, RULES)

    assert str(refused.value) == (
        "#XR301 flows: found taxes of 39,998.00 on 2021-12-31, more than can be raised, expected enough left "
        "to pay them. Withdraw less, or later."
    )


def test_a_credit_that_is_less_than_the_tickets_of_placing_it_waits() -> None:
    prices = daily(date(2022, 3, 1), fell)
    rules = replace(RULES, harvest=HarvestRules(), loss_limit=10.0)

    found = after_tax(prices, ALL_IN_ONE, replace(MONEY, fee=5.0), rules)

    assert not found.payments.any()
    assert found.owed == pytest.approx(-2 * 0.35 * 10)


@pytest.mark.parametrize(("wrong", "words"), [
    ({"method": LotMethod.SPECIFIC}, "names no lots"), ({"short": 1.0}, "rates"), ({"long": -0.1}, "rates"),
    ({"loss_limit": -1.0}, "0 or more"), ({"carry_long": -1.0}, "0 or more"),
])  # fmt: skip
def test_rules_that_cannot_be_are_refused(wrong: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(RULES, **wrong)  # type: ignore[arg-type]
