"""The ledger beside the judge that keeps every share, on random histories; and what holds on all of them.

300 histories; with ``HYPOTHESIS_PROFILE=thorough`` 5,000; ``python -m tests.tax`` makes as many as you like.
"""

from __future__ import annotations

import math
import os
import random
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from tests.tax.canonical import Answer, differences, of_product
from tests.tax.compare import answer, compared, named_rows, product
from tests.tax.damage import DAMAGES, Damage
from tests.tax.histories import Case, good_case, mended, random_case
from tests.tax.share_by_share import is_long_term
from xl_rebal.errors import InputError
from xl_rebal.model.transactions import Activity, History, TaxAccount, Transaction
from xl_rebal.tax.ledger import ledger
from xl_rebal.tax.methods import LotMethod

IS_THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
BLOCKS = range(10)
PER_BLOCK = 500 if IS_THOROUGH else 30
FEW = PER_BLOCK // 3
CENT = 1e-7  # currency: amounts are at most some thousands


@cache
def whole_case(seed: int) -> Case:
    """A good history of which nothing is too late to be known."""
    return mended(replace(good_case(seed), as_of=None))


def seeds(block: int, count: int = PER_BLOCK) -> range:
    return range(block * count, (block + 1) * count)


@pytest.mark.parametrize("block", BLOCKS)
def test_lots_sales_and_matches_are_those_of_shares_kept_one_by_one(block: int) -> None:
    for seed in seeds(block):
        case = good_case(seed)

        assert compared(case) == [], f"seed {seed}\n{case}"


@pytest.mark.parametrize("year", [2015, 2016, 2023])
def test_terms_are_those_counted_month_by_month(year: int) -> None:
    rows: list[Transaction] = []
    for n in range(366):
        bought = date(year, 1, 1) + timedelta(days=n)
        for days in (365, 366, 367):
            one = Transaction(len(rows), "A", bought, Activity.BUY, f"{bought} {days}", 1.0, 10.0)
            rows += [
                one,
                replace(
                    one,
                    row=one.row + 1,
                    day=bought + timedelta(days=days),
                    activity=Activity.SELL,
                    amount=11.0,
                ),
            ]

    sales = ledger(History(tuple(rows))).sales

    assert len(sales) == 3 * 366
    for sale in sales:
        assert sale.is_long is is_long_term(sale.acquired, sale.day), sale


@pytest.mark.parametrize("block", BLOCKS)
def test_what_the_judge_refuses_is_refused_with_a_row_of_his(block: int) -> None:
    for seed in seeds(block):
        case = random_case(seed)
        if case == good_case(seed):
            continue

        assert compared(case) == [], f"seed {seed}\n{case}"


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
def test_a_history_with_one_thing_wrong_is_refused_with_that_very_row(damage: Damage) -> None:
    seen = 0
    for seed in range(PER_BLOCK):
        case = whole_case(seed)
        broken = damage(case, random.Random(seed))
        if broken is None:
            continue
        wrong, rows = broken
        seen += 1

        with pytest.raises(InputError) as caught:
            product(wrong)

        assert named_rows(caught.value) & rows, f"seed {seed}: {rows}\n{caught.value}\n{wrong}"
        assert named_rows(caught.value) <= {row.row for row in wrong.rows}
    assert seen >= PER_BLOCK // 20


@pytest.mark.parametrize("block", BLOCKS)
def test_rows_in_another_order_give_the_same(block: int) -> None:
    for seed in seeds(block, FEW):
        case = good_case(seed)
        rows = list(case.rows)
        random.Random(seed).shuffle(rows)
        shuffled = case.with_rows(tuple(replace(row, row=n) for n, row in enumerate(rows)))

        assert differences(answer(case), answer(shuffled)) == [], f"seed {seed}\n{case}"


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("factor", [8.0, 0.25])
def test_more_shares_of_the_same_price_give_more_money_of_the_same_kind(
    factor: float, block: int
) -> None:
    for seed in seeds(block, FEW):
        case = good_case(seed)
        larger = case.with_rows(
            tuple(
                row if row.activity is Activity.SPLIT else replace(
                    row,
                    quantity=row.quantity * factor,
                    amount=None if row.amount is None else row.amount * factor,
                )
                for row in case.rows
            )
        )  # fmt: skip
        again = of_product(product(larger), case.rows)

        assert differences(scaled(answer(case), factor), again) == [], f"seed {seed}\n{case}"


def scaled(whole: Answer, factor: float) -> Answer:
    tables = (
        {
            key: [tuple(None if x is None else x * factor for x in row) for row in rows]
            for key, rows in table.items()
        }
        for table in (whole.sales, whole.lots, whole.matches)
    )
    return Answer(*tables)


@pytest.mark.parametrize("block", BLOCKS)
def test_only_losses_are_disallowed_and_never_more_than_they_are(block: int) -> None:
    for seed in seeds(block):
        for sale in product(good_case(seed)).sales:
            assert sale.permanent >= 0
            if not sale.is_taxed:
                assert sale.recognised == sale.disallowed == sale.permanent == 0
            elif sale.basis is None:
                assert sale.recognised is sale.disallowed is None
                assert sale.permanent == 0
            else:
                assert sale.disallowed is not None
                loss = sale.basis - sale.proceeds
                assert 0 <= sale.permanent <= sale.disallowed + CENT
                assert 0 <= sale.disallowed <= max(loss, 0.0) + CENT
                assert sale.recognised == pytest.approx(sale.disallowed - loss, abs=CENT)


@pytest.mark.parametrize("block", BLOCKS)
def test_no_share_replaces_twice_and_every_disallowed_loss_has_its_replacement(block: int) -> None:
    for seed in seeds(block):
        case = good_case(seed)
        result = product(case)
        bought = {row.row: row for row in case.rows}
        for row in {match.replacement for match in result.matches}:
            used = sum(m.quantity for m in result.matches if m.replacement == row)
            assert used <= bought[row].quantity * (1 + 1e-9), f"seed {seed}\n{case}"
        for row in {sale.row for sale in result.sales}:
            sales = [s for s in result.sales if s.row == row]
            matches = [m for m in result.matches if m.sale == row]
            assert math.fsum(s.disallowed or 0.0 for s in sales) == pytest.approx(
                math.fsum(m.disallowed for m in matches), abs=CENT
            )
            assert math.fsum(s.permanent for s in sales) == pytest.approx(
                math.fsum(m.disallowed for m in matches if m.is_permanent), abs=CENT
            )
            for match in matches:
                gap = bought[match.replacement].day - bought[row].day
                assert abs(gap.days) <= 30
                assert match.disallowed > 0
                assert match.quantity > 0


def all_taxed(case: Case) -> Case:
    """The same household with taxable accounts only, all costs known and nothing later."""
    accounts = {
        name: TaxAccount(name, "Taxable", account.owner)
        for name, account in case.history.accounts.items()
    }
    rows = tuple(
        replace(row, amount=11.0 * row.quantity)
        if row.activity is Activity.OPENING and row.amount is None
        else row
        for row in case.rows
    )
    history = replace(case.history, accounts=accounts, transactions=rows)
    return mended(replace(case, history=history, as_of=None))


@pytest.mark.parametrize("block", BLOCKS)
def test_recognised_and_unrealised_gains_are_the_economic_gain_on_every_day(block: int) -> None:
    for seed in seeds(block, FEW // 2):
        case = all_taxed(good_case(seed))
        for day in {row.day for row in case.rows}:
            known = [row for row in case.rows if row.day <= day]
            paid = math.fsum(row.amount or 0.0 for row in known if row.activity.acquires)
            got = math.fsum(row.amount or 0.0 for row in known if row.activity is Activity.SELL)

            result = product(replace(case, as_of=day))
            value = 10.0 * math.fsum(lot.quantity for lot in result.lots)
            recognised = math.fsum(sale.recognised or 0.0 for sale in result.sales)
            unrealised = value - math.fsum(lot.basis or 0.0 for lot in result.lots)

            assert recognised + unrealised == pytest.approx(got + value - paid, abs=CENT), (
                f"seed {seed} {day}\n{case}"
            )


@pytest.mark.parametrize("block", BLOCKS)
def test_sales_of_more_than_30_days_ago_are_not_changed_by_what_comes(block: int) -> None:
    for seed in seeds(block, FEW):
        case = whole_case(seed)
        whole = product(case)
        if not whole.sales:
            continue
        day = random.Random(seed).choice([sale.day for sale in whole.sales])
        until = day + timedelta(days=30)

        early = product(replace(case, as_of=until))

        names = [
            of_product(replace(one, sales=tuple(s for s in one.sales if s.day <= day), lots=(),
                               matches=()), case.rows)
            for one in (early, whole)
        ]  # fmt: skip
        assert differences(*names) == [], f"seed {seed}\n{case}"


@pytest.mark.parametrize("block", BLOCKS)
def test_sales_come_by_date_and_then_by_original_acquisition(block: int) -> None:
    for seed in seeds(block, FEW):
        order = [(sale.day, sale.acquired) for sale in product(good_case(seed)).sales]

        assert order == sorted(order)


@pytest.mark.parametrize("block", BLOCKS)
def test_selling_all_but_for_rounding_leaves_nothing(block: int) -> None:
    for seed in seeds(block, FEW):
        case = whole_case(seed)
        if case.method is LotMethod.SPECIFIC:
            continue
        last = max((row.day for row in case.rows), default=None)
        held: dict[tuple[str, str], float] = {}
        for lot in product(case).lots:
            at = lot.account, lot.symbol
            held[at] = held.get(at, 0.0) + lot.quantity
        if last is None or not held:
            continue
        (account, symbol), quantity = max(held.items())
        sold = next(
            replace(row, row=10_000, account=account, day=last + timedelta(days=1),
                    activity=Activity.SELL, quantity=quantity * (1 + 1e-12), amount=quantity,
                    lot_id="")
            for row in case.rows if row.symbol == symbol
        )  # fmt: skip

        after = product(case.with_rows((*case.rows, sold)))

        assert not [x for x in after.lots if (x.account, x.symbol) == (account, symbol)]
