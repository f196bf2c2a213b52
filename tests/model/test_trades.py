"""Trade lists as values: what is left over all accounts."""

from __future__ import annotations

from xl_rebal.model.trades import AccountOutcome, TradeList


def outcome(name: str, cash: float, drift: float, may_trade: bool = True) -> AccountOutcome:
    return AccountOutcome(
        account=name,
        may_trade=may_trade,
        value=1000.0,
        cash_before=0.0,
        new_cash=0.0,
        sells=0.0,
        buys=0.0,
        costs=0.0,
        cash_after=cash,
        buffer=0.0,
        residual_drift=drift,
        lines=(),
    )


def test_the_residual_drift_is_the_largest_of_the_accounts_that_may_trade() -> None:
    accounts = (outcome("A", 1.0, 0.01), outcome("B", 1.0, 0.03), outcome("C", 1.0, 0.2, False))
    assert TradeList((), accounts).residual_drift == 0.03
    assert TradeList((), (accounts[2],)).residual_drift == 0.0


def test_cash_adds_up_to_the_cent_over_all_accounts() -> None:
    accounts = (outcome("A", 0.1, 0.0), outcome("B", 0.2, 0.0), outcome("C", 5.0, 0.0, False))
    assert TradeList((), accounts).cash == 5.3
    assert TradeList((), ()).cash == 0
