"""A choice that is made again in another year."""

from __future__ import annotations

from random import Random

import pytest

from tests.engine.taxes.households import drawn
from xl_rebal.engine.taxes.harvest_choice import Choice
from xl_rebal.engine.taxes.harvested import Harvested, harvested
from xl_rebal.tax.netting import Realised, YearRates
from xl_rebal.tax.year import YearSoFar

HOUSEHOLDS = 60


def found_in(seed: int) -> Harvested:
    """A year with few gains, so that what the list itself realises decides what is worth it."""
    pick = Random(seed)
    gains = Realised(pick.uniform(-3_000, 3_000), pick.uniform(-3_000, 3_000))
    return harvested(drawn(seed).book, YearSoFar(gains, rates=YearRates()))


def test_a_choice_of_another_year_is_the_one_made_from_the_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quick = [found_in(seed) for seed in range(HOUSEHOLDS)]
    monkeypatch.setattr(Choice, "_is_as_before", lambda self: False)
    slow = [found_in(seed) for seed in range(HOUSEHOLDS)]

    for one, other in zip(quick, slow, strict=True):
        assert one.found.candidates == other.found.candidates
        assert one.traded == other.traded
    assert sum(len(each.found.candidates) > len(each.found.chosen) > 0 for each in quick) > 5
