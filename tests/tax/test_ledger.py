"""Events in order: methods, transfers, splits; and what must hold of every record."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import astuple, replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tax.records import TAXED, histories, lot_of, sale_of, written
from xl_rebal.errors import InputError
from xl_rebal.model.transactions import Activity, History
from xl_rebal.tax.ledger import ledger
from xl_rebal.tax.methods import GainRates, LotMethod, Tacking, WashScope
from xl_rebal.tax.results import Ledger, Sale

METHODS = [method for method in LotMethod if method is not LotMethod.SPECIFIC]
WAYS = st.tuples(
    st.sampled_from(METHODS), st.sampled_from(list(WashScope)), st.sampled_from(list(Tacking))
)
Way = tuple[LotMethod, WashScope, Tacking]

THREE_LOTS = """
    2022-01-10 Main Buy X 10 500
    2023-02-10 Main Buy X 10 1200
    2024-01-10 Main Buy X 10 1100
    2024-06-10 Main Sell X 15 {}
    """


@pytest.mark.parametrize(
    ("method", "proceeds", "lots"),
    [
        (LotMethod.FIFO, 1500, [(2022, 10, 500), (2023, 5, 600)]),
        (LotMethod.LIFO, 1500, [(2023, 5, 600), (2024, 10, 1100)]),
        (LotMethod.HIFO, 1500, [(2023, 10, 1200), (2024, 5, 550)]),
        (LotMethod.AVERAGE, 1500, [(2022, 10, 2800 / 3), (2023, 5, 1400 / 3)]),
        # at 90: .37 x -20 comes before .2 x -30; at 140: .2 x 20 before .37 x 30
        (LotMethod.LEAST_TAX, 1350, [(2023, 5, 600), (2024, 10, 1100)]),
        (LotMethod.LEAST_TAX, 2100, [(2023, 10, 1200), (2024, 5, 550)]),
    ],
)
def test_a_sale_takes_lots_by_the_method(
    method: LotMethod, proceeds: float, lots: list[tuple[int, float, float]]
) -> None:
    found = ledger(written(THREE_LOTS.format(proceeds)), method=method)

    assert [(s.acquired.year, s.quantity) for s in found.sales] == [each[:2] for each in lots]
    assert [s.basis for s in found.sales] == pytest.approx([basis for *_, basis in lots])
    assert [s.proceeds for s in found.sales] == [
        pytest.approx(proceeds * quantity / 15) for _, quantity, _ in lots
    ]


def test_rates_decide_what_has_the_least_tax() -> None:
    record = written(THREE_LOTS.format(1500))
    found = ledger(record, method=LotMethod.LEAST_TAX, rates=GainRates(short=0.2, long=0.2))

    assert [(s.acquired.year, s.quantity) for s in found.sales] == [(2023, 10), (2024, 5)]


def test_a_named_lot_is_sold_whatever_the_method() -> None:
    for method in LotMethod:
        found = ledger(
            written(THREE_LOTS.format("1000 2023-02-10").replace("Sell X 15", "Sell X 8")),
            method=method,
        )
        assert (sale_of(found, 3).lot_id, sale_of(found, 3).basis) == ("2023-02-10", 960)


def test_the_average_is_of_all_lots_and_stays_with_what_is_left() -> None:
    found = ledger(written(THREE_LOTS.format(1500)), method=LotMethod.AVERAGE)

    assert [lot.basis for lot in found.lots] == [pytest.approx(1400 / 3), pytest.approx(2800 / 3)]
    assert [lot.cost for lot in found.lots] == [600, 1100]


def test_a_lot_that_is_named_is_sold_at_its_own_basis_and_averages_nothing() -> None:
    record = written(THREE_LOTS.format("1500 2023-02-10").replace("Sell X 15", "Sell X 10"))

    assert [lot.basis for lot in ledger(record, method=LotMethod.AVERAGE).lots] == [500, 1100]


def test_one_unknown_cost_makes_an_average_unknown() -> None:
    record = written(
        """
        2022-01-10 Main Opening X 10 500
        2022-01-10 Main Opening X 10 -
        2024-06-10 Main Sell X 5 500
        """
    )
    found = ledger(record, method=LotMethod.AVERAGE)

    assert sale_of(found, 2).recognised is None
    assert [lot.basis for lot in found.lots] == [None, None]


def test_average_cost_counts_the_loss_that_waits_in_a_lot() -> None:
    record = """
        2023-01-10 Main Buy X 10 1000
        2024-01-10 Main Sell X 10 900
        2024-01-20 Main Buy X 10 900
        2024-01-25 Main Buy X 10 800
        2024-06-10 Main Sell X 10 1200
        """
    found = ledger(written(record), method=LotMethod.AVERAGE)

    assert sale_of(found, 4).basis == pytest.approx((1000 + 800) / 2)
    assert sale_of(found, 4).adjusted < date(2024, 1, 20)


def test_transferred_shares_keep_name_dates_basis_and_use() -> None:
    record = written(
        """
        2023-01-10 Main Buy X 10 1000
        2024-01-10 Main Sell X 10 900
        2024-01-20 Main Buy X 20 1800 spring
        2024-03-01 Main Transfer X -15
        2024-03-01 His Transfer X 5
        2024-03-01 Second Transfer X 10
        """
    )
    found = ledger(record)

    assert [(lot.account, lot.lot_id, lot.quantity, lot.basis) for lot in found.lots] == [
        ("His", "spring", 5, 500),
        ("Main", "spring", 5, 450),
        ("Second", "spring", 5, 500),
        ("Second", "spring", 5, 450),
    ]
    assert {lot.acquired for lot in found.lots} == {date(2024, 1, 20)}
    assert found.lots[0].adjusted == found.lots[2].adjusted < date(2024, 1, 20)


def test_a_transfer_takes_the_oldest_whatever_the_method_or_the_lot_that_it_names() -> None:
    record = """
        2022-01-10 Main Buy X 10 500
        2023-02-10 Main Buy X 10 1200
        2024-03-01 Main Transfer X -10 {}
        2024-03-01 His Transfer X 10
        """

    assert lot_of(ledger(written(record.format("")), method=LotMethod.HIFO), 0).account == "His"
    assert lot_of(ledger(written(record.format("- 2023-02-10"))), 1).account == "His"


def test_a_lot_that_comes_back_in_parts_is_sold_by_its_name() -> None:
    record = written(
        """
        2022-01-10 Main Buy X 10 500
        2023-03-01 Main Transfer X -4
        2023-03-01 His Transfer X 4
        2023-04-01 His Transfer X -4
        2023-04-01 Main Transfer X 4
        2023-05-01 Main Sell X 9 900 2022-01-10
        """
    )

    assert sum(sale.quantity for sale in ledger(record).sales) == pytest.approx(9)


def test_a_split_changes_quantities_in_all_accounts_once_and_neither_basis_nor_dates() -> None:
    record = written(
        """
        2022-01-10 Main Buy X 10 500
        2022-01-10 IRA Buy X 4 300
        2023-03-01 Main Split X 3
        2023-03-01 IRA Split X 3
        2023-03-01 Main Buy X 1 20
        2023-03-01 Main Sell X 31 600
        """
    )
    found = ledger(record)

    assert [(s.quantity, s.basis) for s in found.sales] == [(30, 500), (1, 20)]
    assert (lot_of(found, 1).quantity, lot_of(found, 1).basis) == (12, 300)
    assert lot_of(found, 1).acquired == lot_of(found, 1).adjusted == date(2022, 1, 10)


def test_an_account_that_is_not_listed_is_taxed() -> None:
    record = written("2022-01-10 New Buy X 10 500\n2023-03-01 New Sell X 10 400")

    assert sale_of(ledger(record), 1).recognised == -100


def test_lots_that_add_up_but_for_a_float_are_sold_in_full() -> None:
    lines = [f"2024-01-{day:02} Main Reinvest X 0.1 1" for day in range(1, 31)]
    found = ledger(written("\n".join([*lines, "2024-06-01 Main Sell X 3 60"])))

    assert found.lots == ()
    assert sum(sale.proceeds for sale in found.sales) == pytest.approx(60)


def test_nothing_comes_of_nothing() -> None:
    assert ledger(History(())) == Ledger((), (), ())


def known_loss(sale: Sale) -> float:
    return max(0.0, (sale.basis or 0.0) - sale.proceeds)


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-7)


@settings(max_examples=150, deadline=None)
@given(histories(), WAYS)
def test_what_is_disallowed_is_part_of_a_loss_and_gains_never_change(
    history: History, way: Way
) -> None:
    for sale in ledger(history, None, *way).sales:
        assert sale.disallowed is not None
        assert sale.recognised is not None
        assert sale.basis is not None
        assert 0 <= sale.permanent <= sale.disallowed <= known_loss(sale) + 1e-12
        wanted = sale.proceeds - sale.basis + sale.disallowed if sale.is_taxed else 0.0
        assert sale.recognised == wanted


@settings(max_examples=150, deadline=None)
@given(histories(), WAYS)
def test_no_replacing_share_is_used_twice_and_matches_add_up(history: History, way: Way) -> None:
    found = ledger(history, None, *way)
    used, disallowed = defaultdict[int, float](float), defaultdict[int, float](float)
    for match in found.matches:
        used[match.replacement] += match.quantity
        disallowed[match.sale] += match.disallowed
    for row in history.transactions:
        if row.activity.acquires:
            assert used[row.row] <= row.quantity * (1 + 1e-9)
        elif row.activity is Activity.SELL:
            of_sale = math.fsum(s.disallowed or 0.0 for s in found.sales if s.row == row.row)
            assert disallowed[row.row] == near(of_sale)


@settings(max_examples=100, deadline=None)
@given(histories(), WAYS)
def test_matches_lie_in_the_window_the_group_and_another_purchase(
    history: History, way: Way
) -> None:
    rows = {row.row: row for row in history.transactions}
    found = ledger(history, None, *way)
    for match in found.matches:
        sale, bought = rows[match.sale], rows[match.replacement]
        assert abs(sale.day - bought.day) <= timedelta(days=30)
        assert history.group(sale.symbol) == history.group(bought.symbol)
        assert any(s.disallowed for s in found.sales if s.row == match.sale)


@settings(max_examples=100, deadline=None)
@given(histories(TAXED), WAYS)
def test_where_all_is_taxed_no_money_is_lost_on_any_day(history: History, way: Way) -> None:
    """Gains so far = what came in - what was paid + the basis of what is left."""
    for as_of in sorted({row.day for row in history.transactions}):
        found = ledger(history, as_of, *way)
        known = [row for row in history.transactions if row.day <= as_of]
        paid = math.fsum(row.amount or 0.0 for row in known if row.activity.acquires)
        received = math.fsum(row.amount or 0.0 for row in known if row.activity is Activity.SELL)
        gains = math.fsum(sale.recognised or 0.0 for sale in found.sales)
        assert gains == near(received - paid + math.fsum(lot.basis or 0.0 for lot in found.lots))


@settings(max_examples=100, deadline=None)
@given(histories(), WAYS)
def test_all_shares_are_sold_or_held(history: History, way: Way) -> None:
    found = ledger(history, None, *way)
    held: defaultdict[tuple[str, str], float] = defaultdict(float)
    for lot in found.lots:
        held[lot.account, lot.symbol] += lot.quantity
    wanted: defaultdict[tuple[str, str], float] = defaultdict(float)
    split: set[tuple[date, str]] = set()
    for row in history.transactions:  # the rows of a record made by chance are in order
        key = row.account, row.symbol
        if row.activity is Activity.SPLIT:
            for other in [k for k in wanted if k[1] == row.symbol]:
                wanted[other] *= row.quantity
            split.add((row.day, row.symbol))
        elif row.activity is not Activity.DIVIDEND:
            wanted[key] += row.quantity * (-1 if row.activity is Activity.SELL else 1)
    for key in {*held, *wanted}:
        assert held[key] == near(wanted[key])


@settings(max_examples=150, deadline=None)
@given(histories(), WAYS, st.sampled_from((0.5, 3.0, 1000.0)))
def test_money_scales_with_shares(history: History, way: Way, factor: float) -> None:
    rows = tuple(
        row
        if row.activity is Activity.SPLIT
        else replace(
            row,
            quantity=row.quantity * factor,
            amount=None if row.amount is None else row.amount * factor,
        )
        for row in history.transactions
    )
    one, many = ledger(history, None, *way), ledger(replace(history, transactions=rows), None, *way)

    assert len(many.sales) == len(one.sales)
    for small, large in zip(one.sales, many.sales, strict=True):
        assert (large.adjusted, large.is_long) == (small.adjusted, small.is_long)
        for name in ("quantity", "proceeds", "basis", "disallowed", "recognised", "permanent"):
            assert getattr(large, name) == near(getattr(small, name) * factor)
    for left, more in zip(one.lots, many.lots, strict=True):
        assert more.basis == near((left.basis or 0.0) * factor)


def without_rows(found: Ledger, names: dict[int, tuple[object, ...]]) -> tuple[object, ...]:
    """A ledger in which each row is what it says; truly equal rows are interchangeable."""
    lots = tuple((names[lot.row], *astuple(lot)[1:]) for lot in found.lots)
    sales = tuple((names[sale.row], *astuple(sale)[1:]) for sale in found.sales)
    matches = tuple((names[m.sale], names[m.replacement], *astuple(m)[2:]) for m in found.matches)
    return lots, sales, matches


@settings(max_examples=150, deadline=None)
@given(histories(), WAYS, st.integers(0, 10_000))
def test_the_order_of_rows_does_not_matter(history: History, way: Way, seed: int) -> None:
    mixed = list(history.transactions)
    Random(seed).shuffle(mixed)
    rows = tuple(replace(row, row=number) for number, row in enumerate(mixed))
    names = {row.row: astuple(row)[1:] for row in history.transactions}
    new_names = {row.row: astuple(row)[1:] for row in rows}

    assert without_rows(ledger(history, None, *way), names) == without_rows(
        ledger(replace(history, transactions=rows), None, *way), new_names
    )


@settings(max_examples=100, deadline=None)
@given(histories(("IRA", "Roth")), WAYS)
def test_an_untaxed_household_has_neither_gains_nor_matches(history: History, way: Way) -> None:
    found = ledger(history, None, *way)

    assert found.matches == ()
    assert all(sale.recognised == 0 == sale.disallowed for sale in found.sales)
    assert all(lot.adjusted == lot.acquired for lot in found.lots)


@settings(max_examples=100, deadline=None)
@given(histories(), st.sampled_from(METHODS))
def test_a_wider_scope_disallows_the_first_loss_no_less(
    history: History, method: LotMethod
) -> None:
    """Of later losses that need not hold: the first may use up what they would."""
    scopes = (WashScope.ACCOUNT, WashScope.TAXABLE, WashScope.HOUSEHOLD, WashScope.HOUSEHOLD_IRA)
    firsts = []
    for scope in scopes:
        losses = [
            s
            for s in ledger(history, None, method, scope).sales
            if s.is_taxed and known_loss(s) > 1e-6
        ]
        firsts.append(losses[0].disallowed or 0.0 if losses else 0.0)

    assert all(wide >= narrow - 1e-9 for narrow, wide in pairwise(firsts)), firsts


def test_what_names_its_lot_is_sold_before_what_takes_any() -> None:
    found = ledger(
        written(
            """
            2024-01-02 Main Buy X 10 100 old
            2024-01-03 Main Buy X 10 120 new
            2024-02-05 Main Sell X 10 130
            2024-02-05 Main Sell X 10 140 old
            """
        )
    )
    assert [(sale.row, sale.lot_id) for sale in found.sales] == [(3, "old"), (2, "new")]


def test_an_account_has_its_own_method_before_the_one_of_all() -> None:
    history = written(
        """
        2024-01-02 Main Buy X 10 100 old
        2024-01-03 Main Buy X 10 120 new
        2024-01-02 Second Buy X 10 100 old
        2024-01-03 Second Buy X 10 120 new
        2024-06-05 Main Sell X 10 130
        2024-06-05 Second Sell X 10 130
        """
    )
    own = replace(history.account("Second"), lot_method="lifo")
    found = ledger(replace(history, accounts={**history.accounts, "Second": own}))
    assert {sale.account: sale.lot_id for sale in found.sales} == {"Main": "old", "Second": "new"}


def test_one_days_transfers_of_taxed_accounts_and_of_iras_do_not_mix() -> None:
    history = written(
        """
        2024-01-02 Main Buy X 10 100 mine
        2024-01-02 IRA Buy X 10 200 retired
        2024-03-05 Main Transfer X -10
        2024-03-05 Roth Transfer X 10
        2024-03-05 IRA Transfer X -10
        2024-03-05 Second Transfer X 10
        """
    )
    held = {(lot.account, lot.lot_id) for lot in ledger(history).lots}
    assert held == {("Second", "mine"), ("Roth", "retired")}


def test_shares_that_leave_an_ira_in_kind_are_refused_as_a_transfer() -> None:
    history = written(
        """
        2024-01-02 IRA Buy X 10 200
        2024-03-05 IRA Transfer X -10
        2024-03-05 Main Transfer X 10
        """
    )
    with pytest.raises(InputError, match="between an account that is taxed and one that is not"):
        ledger(history)
