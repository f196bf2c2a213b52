"""The security master: look-up by symbol and by class."""

from __future__ import annotations

from xl_rebal.model.securities import Securities, Security

MASTER = Securities(
    (
        Security("BBB", asset_class="Bonds", spread=0.0002),
        Security("AAA", asset_class="Equity"),
        Security("CCC", asset_class="Bonds", exclude=True),
    )
)


def test_a_symbol_that_the_table_has_not_is_a_plain_security() -> None:
    assert MASTER.get("BBB").spread == 0.0002
    stranger = MASTER.get("ZZZ")
    assert stranger == Security("ZZZ")
    assert (stranger.spread, stranger.ticket_fee, stranger.round_lot) == (0.0, None, 1.0)
    assert not stranger.exclude


def test_the_securities_of_a_class_keep_the_order_of_the_table() -> None:
    assert [s.symbol for s in MASTER.of_class("Bonds")] == ["BBB", "CCC"]
    assert MASTER.of_class("Gold") == ()
    assert [s.symbol for s in MASTER] == ["BBB", "AAA", "CCC"]
