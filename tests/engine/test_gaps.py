"""Sentences on what is missing in prices."""

from __future__ import annotations

import numpy as np

from tests.engine.test_backtest import days, table
from xl_rebal.engine.backtest import backtest
from xl_rebal.engine.gaps import about_gaps
from xl_rebal.engine.policies import DatedTargets, buy_and_hold
from xl_rebal.model.prices import Prices

NAN = float("nan")


def test_each_late_start_end_and_hole_is_a_sentence_of_its_own() -> None:
    _, second, _, fourth, _ = days(5)
    column = [NAN, 1, NAN, 2, NAN]
    prices = Prices(days(5), ("A", "CASH"), np.array([column, column]).T)
    assert list(about_gaps(prices)) == [
        f"Prices of A begin on {second}: until then the others share its target.",
        f"Prices of A end on {fourth}: from then on it is held at its last price.",
        "Between its first and last price A has none on 1 row: it is held at its last price and not "
        "traded there.",
        f"Prices of CASH begin on {second}: until then it earns the cash rate.",
        f"Prices of CASH end on {fourth}: from then on it earns nothing.",
        "Between its first and last price CASH has none on 1 row: it is held at its last price.",
    ]
    empty = Prices(days(5), ("A", "CASH"), np.array([[1] * 5, [NAN] * 5]).T)
    assert list(about_gaps(empty)) == []


def test_a_backtest_tells_of_the_gaps_of_what_has_a_target_only() -> None:
    prices = table((1, NAN), (1, 1), (1, NAN), (1, 1))
    both = backtest(prices, buy_and_hold(DatedTargets.fixed(np.array([0.5, 0.5]))))
    assert both.notes[:2] == tuple(about_gaps(prices))
    assert both.notes[2] == "Never bought, since nothing is traded: B."
    assert both.waiting == ("B",)
    one = backtest(prices, buy_and_hold(DatedTargets.fixed(np.array([1.0, 0.0]))))
    assert (one.notes, one.waiting) == ((), ())
