"""Households: what is refused, what an account holds."""

from __future__ import annotations

from datetime import date

import pytest

from xl_rebal.model.portfolio import CASH, Account, Household, Lot, Position


def test_a_position_is_worth_quantity_times_price() -> None:
    assert Position("IRA", "VTI", 2.5, 200.0).value == 500.0


def test_cash_may_be_below_zero_and_shares_may_not() -> None:
    assert Position("IRA", CASH, -12.5, 1.0).value == -12.5
    with pytest.raises(ValueError, match="VTI: quantity -1 is negative"):
        Position("IRA", "VTI", -1, 100.0)


@pytest.mark.parametrize("price", [0.0, -3.0, float("nan")])
def test_a_price_that_is_not_above_zero_is_refused(price: float) -> None:
    with pytest.raises(ValueError, match="VTI: price"):
        Position("IRA", "VTI", 1, price)


def household() -> Household:
    return Household(
        (Account("IRA"), Account("Joint", new_cash=100.0)),
        (
            Position("Joint", "VTI", 3, 100.0),
            Position("IRA", "BND", 2, 50.0),
            Position("IRA", CASH, 25.0, 1.0),
            Position("IRA", "VTI", 1, 100.0),
        ),
        (
            Lot("IRA", "VTI", "1", 0.25, date(2020, 1, 2), do_not_sell=True),
            Lot("IRA", "VTI", "2", 0.5, date(2021, 1, 4), do_not_sell=True),
            Lot("IRA", "VTI", "3", 0.25, date(2022, 1, 3)),
            Lot("Joint", "VTI", "4", 3, date(2022, 1, 3), do_not_sell=True),
        ),
    )


def test_each_account_has_its_own_positions_in_their_order_without_cash() -> None:
    found = household().by_account
    assert [p.symbol for p in found["IRA"]] == ["BND", "VTI"]
    assert [p.symbol for p in found["Joint"]] == ["VTI"]


def test_cash_is_that_of_the_account_before_new_cash() -> None:
    assert household().cash("IRA") == 25.0
    assert household().cash("Joint") == 0.0


def test_locked_shares_add_up_over_the_lots_of_the_account_that_may_not_be_sold() -> None:
    assert household().locked("IRA") == {"VTI": 0.75}
    assert household().locked("Joint") == {"VTI": 3}


def test_a_household_is_worth_all_its_positions_with_cash() -> None:
    assert household().value == 300 + 100 + 25 + 100


def test_a_cost_that_is_not_known_is_none_and_not_zero() -> None:
    assert Lot("IRA", "VTI", "1", 1, date(2020, 1, 2)).cost_per_unit is None
    assert Position("IRA", "VTI", 1, 1.0).cost_basis is None


@pytest.mark.parametrize(
    ("accounts", "positions", "message"),
    [
        (("IRA", "IRA"), (), "same name"),
        (("IRA",), (("IRA", "VTI"), ("IRA", "VTI")), "same account and symbol"),
        (("IRA",), (("Roth", "VTI"),), "unknown accounts"),
    ],
)
def test_double_accounts_double_positions_and_strangers_are_refused(
    accounts: tuple[str, ...], positions: tuple[tuple[str, str], ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Household(
            tuple(Account(name) for name in accounts),
            tuple(Position(account, symbol, 1, 1.0) for account, symbol in positions),
        )


def test_the_same_symbol_in_two_accounts_is_no_double() -> None:
    found = Household(
        (Account("IRA"), Account("Roth")),
        (Position("IRA", "VTI", 1, 10.0), Position("Roth", "VTI", 2, 10.0)),
    )
    assert found.value == 30.0
