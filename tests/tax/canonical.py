"""One form for the answers of the product and of the judge, and what is different between two of them.

Rows are named by their content, since equal rows may change places; what has equal keys and an equal basis a
share is added up. Money and quantities are floats.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tests.tax.share_by_share import Judge
from xl_rebal.model.transactions import Transaction
from xl_rebal.tax.results import Ledger

Row = tuple[date, str, str, str, float, float | None]
Amounts = tuple[float | None, ...]
"""The quantity first, then the basis, then whatever else adds up."""
Table = dict[tuple[object, ...], list[Amounts]]

NEAR = 1e-9


@dataclass(frozen=True)
class Answer:
    """sales: by row, lot, dates and term: quantity, basis, proceeds, disallowed, recognised, permanent.
    lots: by row, account, lot and dates: quantity, basis, cost. matches: by both rows: quantity, disallowed."""

    sales: Table
    lots: Table
    matches: Table


def named(row: Transaction) -> Row:
    return row.day, row.account, row.symbol, row.lot_id, row.quantity, row.amount


def of_product(answer: Ledger, rows: Iterable[Transaction]) -> Answer:
    name = {row.row: named(row) for row in rows}
    sales: Table = defaultdict(list)
    for s in answer.sales:
        key = (name[s.row], s.account, s.symbol, s.day, s.lot_id, s.acquired, s.adjusted,
               s.is_long, s.is_taxed)  # fmt: skip
        sales[key].append(
            (s.quantity, s.basis, s.proceeds, s.disallowed, s.recognised, s.permanent)
        )
    lots: Table = defaultdict(list)
    for lot in answer.lots:
        at = (name[lot.row], lot.account, lot.symbol, lot.lot_id, lot.acquired, lot.adjusted)
        lots[at].append((lot.quantity, lot.basis, lot.cost))
    matches: Table = defaultdict(list)
    for m in answer.matches:
        matches[name[m.sale], name[m.replacement], m.is_permanent].append(
            (m.quantity, 0.0, m.disallowed)
        )
    return Answer(added_up(sales), added_up(lots), added_up(matches))


def of_judge(judge: Judge) -> Answer:
    last = max((row.day for row in judge.rows), default=date.min)
    sales: Table = defaultdict(list)
    for s in judge.sold:
        row = s.sale
        key = (named(row), row.account, row.symbol, row.day, s.purchase.name, s.purchase.row.day,
               s.adjusted, s.is_long, s.is_taxed)  # fmt: skip
        money = (s.basis, s.price, s.disallowed, s.recognised)
        lost = float(s.size * (s.disallowed or 0)) if s.is_permanent else 0.0
        quantity = float(s.size / judge.worth(row.symbol, row.day))
        totals = tuple(None if each is None else float(each * s.size) for each in money)
        sales[key].append((quantity, *totals, lost))
    lots: Table = defaultdict(list)
    for share in judge.open_shares():
        bought = share.purchase.row
        at = (named(bought), share.account, bought.symbol, share.purchase.name, bought.day,
              share.adjusted)  # fmt: skip
        basis = None if share.basis is None else float(share.basis * share.size)
        cost = None if share.cost is None else float(share.cost * share.size)
        lots[at].append((float(share.size / judge.worth(bought.symbol, last)), basis, cost))
    matches: Table = defaultdict(list)
    for m in judge.replaced:
        matches[named(m.sale), named(m.replacement), m.is_permanent].append(
            (float(m.quantity), 0.0, float(m.disallowed))
        )
    return Answer(added_up(sales), added_up(lots), added_up(matches))


def added_up(table: Table) -> Table:
    """What has one basis a share is one."""
    return {key: merged(rows) for key, rows in table.items()}


def each(row: Amounts) -> float:
    """The basis a share; what is unknown sorts last."""
    quantity, basis = row[0], row[1]
    assert quantity is not None
    return math.inf if basis is None else basis / quantity


def merged(rows: list[Amounts]) -> list[Amounts]:
    done: list[Amounts] = []
    for row in sorted(rows, key=each):
        if done and near(each(done[-1]), each(row)):
            done[-1] = tuple(
                None if a is None or b is None else a + b
                for a, b in zip(done[-1], row, strict=True)
            )
        else:
            done.append(row)
    return done


def near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or abs(one - other) <= NEAR * max(1.0, abs(one), abs(other))


def differences(ours: Answer, theirs: Answer) -> list[str]:
    """Every key at which two answers are not the same, in words."""
    found = []
    for what in ("sales", "lots", "matches"):
        one: Table = getattr(ours, what)
        two: Table = getattr(theirs, what)
        for key in sorted({*one, *two}, key=repr):
            a, b = one.get(key, []), two.get(key, [])
            same = len(a) == len(b) and all(
                near(x, y) for m, n in zip(a, b, strict=True) for x, y in zip(m, n, strict=True)
            )
            if not same:
                found.append(f"{what} {words(key)}: product {a}, judge {b}")
    return found


def words(key: tuple[object, ...]) -> str:
    return " ".join(words(part) if isinstance(part, tuple) else str(part) for part in key)
