"""Which symbol of a class takes the buys: the largest held, whatever the order of rows."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.accounts import ACCOUNT, changes
from xl_rebal.engine.lines import line_of
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.errors import InputError
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


NAMED = Securities(
    (Security("VTI", substitutes=("ITOT", "SCHB")), Security("ITOT"), Security("SCHB"))
)
SYMBOL = Plan((Targets((TargetLine("VTI", 1.0),)),))
QUOTES = {"VTI": 100.0, "ITOT": 50.0, "SCHB": 20.0}


def bought_named(
    rows: list[Position], barred: set[str], prices: dict[str, float] = QUOTES
) -> dict[str, float]:
    account = Account(ACCOUNT, do_not_buy=frozenset(barred))
    home = Household((account,), (*rows, Position(ACCOUNT, CASH, 1000.0, 1.0)))
    return changes(rebalance(home, NAMED, SYMBOL, prices))


def test_a_substitute_counts_as_its_symbol_and_is_not_sold_for_it() -> None:
    assert bought_named([Position(ACCOUNT, "ITOT", 100.0, 50.0)], set()) == {"ITOT": 20}


def test_a_substitute_that_is_not_held_takes_nothing_from_its_symbol() -> None:
    assert bought_named([], set()) == {"VTI": 10}
    with pytest.raises(InputError, match="no price for 'VTI'"):
        bought_named([], set(), {"ITOT": 50.0})


def test_what_must_not_be_bought_gives_way_to_its_first_substitute_that_may() -> None:
    assert bought_named([], {"VTI"}) == {"ITOT": 20}
    assert bought_named([], {"VTI", "ITOT"}) == {"SCHB": 50}
    assert bought_named([], {"VTI", "ITOT", "SCHB"}) == {}


def test_a_target_of_its_own_or_of_its_class_comes_before_being_a_substitute() -> None:
    both = Targets((TargetLine("VTI", 0.5), TargetLine("ITOT", 0.5)))
    assert line_of("ITOT", both, NAMED) == "ITOT"
    assert line_of("SCHB", both, NAMED) == "VTI"
