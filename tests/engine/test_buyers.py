"""Which symbol of a class takes the buys: the largest held, whatever the order of rows."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.accounts import ACCOUNT, changes
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.model.plan import Plan, TargetLine, Targets
from xl_rebal.model.portfolio import CASH, Account, Household, Position
from xl_rebal.model.securities import Securities, Security

STOCKS = Securities(tuple(Security(s, asset_class="Stocks") for s in ("MMM", "ZZZ", "AAA")))
ALL = Plan((Targets((TargetLine("Stocks", 1.0, is_class=True),)),))


def bought(rows: list[Position], prices: dict[str, float] | None = None) -> dict[str, float]:
    cash = Position(ACCOUNT, CASH, 1000.0, 1.0)
    home = Household((Account(ACCOUNT),), (*rows, cash))
    return changes(rebalance(home, STOCKS, ALL, prices))


def test_the_largest_held_takes_the_buys() -> None:
    rows = [Position(ACCOUNT, "AAA", 30.0, 100.0), Position(ACCOUNT, "ZZZ", 50.0, 100.0)]
    assert bought(rows) == {"ZZZ": 10}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_equals_the_first_in_the_securities_table_takes_them_in_any_order_of_rows(
    order: tuple[int, ...],
) -> None:
    rows = [Position(ACCOUNT, symbol, 20.0, 100.0) for symbol in ("AAA", "MMM", "ZZZ")]
    assert bought([rows[i] for i in order]) == {"MMM": 10}


def test_a_row_of_which_nothing_is_held_is_no_holding() -> None:
    # AAA stands in Holdings with its price only; MMM comes first in the securities table.
    rows = [Position(ACCOUNT, "AAA", 0.0, 100.0)]
    assert bought(rows, {"MMM": 50.0}) == {"MMM": 20}
    assert bought(rows) == {"AAA": 10}


@given(st.lists(st.integers(0, 3), min_size=3, max_size=3), st.permutations(range(3)))
def test_the_order_of_rows_never_decides(held: list[int], order: list[int]) -> None:
    rows = [
        Position(ACCOUNT, symbol, float(count), 100.0)
        for symbol, count in zip(("AAA", "MMM", "ZZZ"), held, strict=True)
    ]
    assert bought([rows[i] for i in order]) == bought(rows)
