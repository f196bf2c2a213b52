"""Where the collector of garbage is paused there is none for it."""

from __future__ import annotations

import gc

import pytest

from bench.tax_ledger import record
from tests.engine.taxes.households import drawn
from xl_rebal.collector import paused
from xl_rebal.engine.taxes.harvested import harvested
from xl_rebal.tax.ledger import ledger
from xl_rebal.tax.netting import YearRates
from xl_rebal.tax.year import YearSoFar

PLENTY = YearSoFar.with_gains_to_offset(YearRates())


def test_the_collector_is_on_again_after_an_error_and_stays_off_where_it_was() -> None:
    with pytest.raises(ZeroDivisionError), paused():
        raise ZeroDivisionError
    assert gc.isenabled()
    gc.disable()
    try:
        with paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_harvest_leaves_next_to_nothing_in_circles() -> None:
    books = [drawn(seed).book for seed in range(20)]
    for book in books:
        assert book.question.ledger is not None
    harvested(books[0], PLENTY)  # caches, imports
    gc.collect()
    with paused():
        found = [harvested(book, PLENTY) for book in books[1:]]
        assert gc.collect() < 100
    assert sum(len(each.found.chosen) for each in found) > 20


def test_a_ledger_leaves_less_in_circles_than_it_has_rows() -> None:
    """A purchase and the pieces of it that are left know each other; what is sold is gone at once."""
    for rows in (3_000, 12_000):
        history = record(rows, accounts=10, symbols=20)
        gc.collect()
        with paused():
            found = ledger(history)
            assert gc.collect() < len(history.transactions)
        assert len(found.sales) + len(found.matches) > len(history.transactions) / 2
