"""The product and the judge beside each other, and the smallest history on which they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.tax.canonical import Answer, differences, of_judge, of_product
from tests.tax.histories import Case
from tests.tax.share_by_share import Judge, Refused
from xl_rebal.errors import InputError
from xl_rebal.model.transactions import Transaction
from xl_rebal.tax.ledger import ledger
from xl_rebal.tax.results import Ledger


def product(case: Case) -> Ledger:
    return ledger(case.history, case.as_of, case.method, case.scope, case.tacking, case.rates)


def answer(case: Case) -> Answer:
    return of_product(product(case), case.rows)


def judge_of(case: Case) -> Judge | Refused:
    try:
        return case.judged()
    except Refused as refused:
        return refused


def compared(case: Case) -> list[str]:
    """What is different between the product and the judge, in words; refusals too."""
    judge = judge_of(case)
    try:
        ours = answer(case)
    except InputError as error:
        if isinstance(judge, Judge):
            return [f"the product refuses: {error}"]
        if not judge.rows & named_rows(error):
            return [f"the product names other rows ({error}) than the judge ({judge})"]
        return []
    if isinstance(judge, Refused):
        return [f"only the judge refuses: {judge}"]
    return differences(ours, of_judge(judge))


def named_rows(error: InputError) -> set[int]:
    """The rows that the problems are about."""
    return {int(p.about[1]) for p in error.problems if p.about[:1] == ("transaction",)}


# ---- the smallest --------------------------------------------------------------------------------


def smallest(case: Case, differs: Callable[[Case], bool]) -> Case:
    """The case without all rows and odd numbers that it differs without."""
    is_done = False
    while not is_done:
        is_done = True
        for smaller in simpler(case):
            if differs(smaller):
                case, is_done = smaller, False
                break
    return case


def simpler(case: Case) -> Iterator[Case]:
    """One row less, or two that belong together, or a symbol or a day less."""
    rows = case.rows
    for row in rows:
        yield case.without({row.row})
    for n, one in enumerate(rows):
        for other in rows[n + 1 :]:
            if belong_together(one, other):
                yield case.without({one.row, other.row})
    if case.as_of is not None:
        later = {row.row for row in rows if row.day > case.as_of}
        if later:
            yield case.without(later)


def belong_together(one: Transaction, other: Transaction) -> bool:
    if one.symbol != other.symbol:
        return False
    if one.activity.acquires or other.activity.acquires:
        return one.activity.acquires is not other.activity.acquires
    return one.activity is other.activity and one.day == other.day
