"""Good histories with one thing wrong, and the rows of which one must be named for it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from tests.tax.histories import Case
from xl_rebal.model.transactions import Activity, Transaction
from xl_rebal.tax.methods import LotMethod

Damaged = tuple[Case, set[int]]
Damage = Callable[[Case, random.Random], Damaged | None]
"""None where a history has nothing that could be broken in this way."""


def next_row(case: Case) -> int:
    return max((r.row for r in case.rows), default=-1) + 1


def last_day(case: Case) -> date:
    return max((r.day for r in case.rows), default=date(2024, 1, 1))


def one_of(case: Case, rng: random.Random, *activities: Activity) -> Transaction | None:
    rows = [r for r in case.rows if r.activity in activities]
    return rng.choice(rows) if rows else None


def with_changed(case: Case, row: Transaction) -> Case:
    return case.with_rows(tuple(row if r.row == row.row else r for r in case.rows))


def with_more(case: Case, *rows: Transaction) -> Damaged:
    first = next_row(case)
    numbered = tuple(replace(row, row=first + n) for n, row in enumerate(rows))
    return case.with_rows(case.rows + numbered), {row.row for row in numbered}


def a_sale_of_far_more_than_held(case: Case, rng: random.Random) -> Damaged | None:
    sale = one_of(case, rng, Activity.SELL)
    if sale is None:
        return None
    return with_changed(case, replace(sale, quantity=sale.quantity * 1e6)), {sale.row}


def a_sale_of_hardly_more_than_held(case: Case, rng: random.Random) -> Damaged | None:
    held: dict[tuple[str, str], float] = {}
    for share in case.judged().open_shares():
        at = share.account, share.purchase.row.symbol
        held[at] = held.get(at, 0.0) + float(share.size)
    if not held or case.method is LotMethod.SPECIFIC:
        return None
    (account, symbol), quantity = rng.choice(sorted(held.items()))
    day = last_day(case) + timedelta(days=1)
    more = quantity * (1 + 1e-6)
    return with_more(case, Transaction(0, account, day, Activity.SELL, symbol, more, 10.0 * more))


def a_sale_of_a_lot_that_is_not_there(case: Case, rng: random.Random) -> Damaged | None:
    sale = one_of(case, rng, Activity.SELL)
    if sale is None:
        return None
    return with_changed(case, replace(sale, lot_id="no such lot")), {sale.row}


def a_sale_of_what_was_never_bought(case: Case, rng: random.Random) -> Damaged | None:
    sale = Transaction(0, "A0", last_day(case), Activity.SELL, "ZZZ", 1.0, 10.0, "L1")
    return with_more(case, sale)


def a_sale_before_the_purchase(case: Case, rng: random.Random) -> Damaged | None:
    buy = Transaction(0, "A0", last_day(case), Activity.BUY, "ZZZ", 1.0, 10.0, "L1")
    sale = replace(buy, activity=Activity.SELL, day=buy.day - timedelta(days=1))
    broken, rows = with_more(case, buy, sale)
    return broken, {max(rows)}


def a_sale_of_a_named_lot_that_is_smaller(case: Case, rng: random.Random) -> Damaged | None:
    day = last_day(case)
    one = Transaction(0, "A0", day, Activity.BUY, "ZZZ", 2.0, 20.0, "one")
    other = replace(one, lot_id="other")
    sale = replace(one, activity=Activity.SELL, quantity=3.0, amount=30.0)
    broken, rows = with_more(case, one, other, sale)
    return broken, {max(rows)}


def a_transfer_that_does_not_arrive(case: Case, rng: random.Random) -> Damaged | None:
    rows = [r for r in case.rows if r.activity is Activity.TRANSFER and r.quantity > 0]
    if not rows:
        return None
    lost = rng.choice(rows)
    outs = {
        r.row for r in case.rows
        if r.activity is Activity.TRANSFER and r.quantity < 0
        and (r.day, r.symbol) == (lost.day, lost.symbol)
    }  # fmt: skip
    return case.without({lost.row}), outs


def a_transfer_from_nowhere(case: Case, rng: random.Random) -> Damaged | None:
    rows = [r for r in case.rows if r.activity is Activity.TRANSFER and r.quantity < 0]
    if not rows:
        return None
    lost = rng.choice(rows)
    ins = {
        r.row for r in case.rows
        if r.activity is Activity.TRANSFER and r.quantity > 0
        and (r.day, r.symbol) == (lost.day, lost.symbol)
    }  # fmt: skip
    return case.without({lost.row}), ins


def a_transfer_of_more_than_held(case: Case, rng: random.Random) -> Damaged | None:
    day = last_day(case)
    out = Transaction(0, "A0", day, Activity.TRANSFER, "AAA", -1e6)
    broken, rows = with_more(case, out, replace(out, account="A1", quantity=1e6))
    return broken, {min(rows)}


def a_purchase_before_an_opening_lot(case: Case, rng: random.Random) -> Damaged | None:
    lot = one_of(case, rng, Activity.OPENING)
    if lot is None:
        return None
    early = replace(
        lot, activity=Activity.BUY, day=lot.day - timedelta(days=1), amount=10.0, lot_id=""
    )
    return with_more(case, early)


def two_lots_of_one_name(case: Case, rng: random.Random) -> Damaged | None:
    buy = one_of(case, rng, Activity.BUY, Activity.REINVEST)
    if buy is None:
        return None
    one = replace(buy, lot_id="twin")
    return with_more(case, one, replace(one, day=last_day(case)))


def two_ratios_on_one_day(case: Case, rng: random.Random) -> Damaged | None:
    day = last_day(case) + timedelta(days=1)
    split = Transaction(0, "A0", day, Activity.SPLIT, "AAA", 2.0)
    return with_more(case, split, replace(split, account="A1", quantity=3.0))


def a_sale_that_names_no_lot(case: Case, rng: random.Random) -> Damaged | None:
    sale = one_of(case, rng, Activity.SELL)
    if sale is None or case.method is not LotMethod.SPECIFIC:
        return None
    return with_changed(case, replace(sale, lot_id="")), {sale.row}


def a_quantity_that_cannot_be(case: Case, rng: random.Random) -> Damaged | None:
    row = one_of(case, rng, Activity.BUY, Activity.SELL, Activity.REINVEST, Activity.OPENING)
    if row is None:
        return None
    wrong = rng.choice([math.nan, math.inf, -math.inf, -row.quantity])
    return with_changed(case, replace(row, quantity=wrong)), {row.row}


def an_amount_that_cannot_be(case: Case, rng: random.Random) -> Damaged | None:
    row = one_of(case, rng, Activity.BUY, Activity.SELL, Activity.REINVEST)
    if row is None:
        return None
    wrong = rng.choice([math.nan, math.inf, -math.inf, -abs(row.amount or 1.0), None])
    return with_changed(case, replace(row, amount=wrong)), {row.row}


def a_ratio_that_cannot_be(case: Case, rng: random.Random) -> Damaged | None:
    wrong = rng.choice([math.nan, math.inf, -2.0, 0.0])
    return with_more(case, Transaction(0, "A0", last_day(case), Activity.SPLIT, "AAA", wrong))


DAMAGES: tuple[Damage, ...] = (
    a_sale_of_far_more_than_held,
    a_sale_of_hardly_more_than_held,
    a_sale_of_a_lot_that_is_not_there,
    a_sale_of_what_was_never_bought,
    a_sale_before_the_purchase,
    a_sale_of_a_named_lot_that_is_smaller,
    a_transfer_that_does_not_arrive,
    a_transfer_from_nowhere,
    a_transfer_of_more_than_held,
    a_purchase_before_an_opening_lot,
    two_lots_of_one_name,
    two_ratios_on_one_day,
    a_sale_that_names_no_lot,
    a_quantity_that_cannot_be,
    an_amount_that_cannot_be,
    a_ratio_that_cannot_be,
)
