from __future__ import annotations

import numpy as np
import pytest

from tests.engine.optimal.lots.books import Lot, problem, taxed
from xl_rebal.engine.optimal.lots import TaxRates
from xl_rebal.errors import InputError


def test_all_that_is_wrong_with_lots_and_rates_is_said_at_once() -> None:
    given = problem([0.6, 0.4], [0.5, 0.5])

    with pytest.raises(InputError) as caught:
        taxed(
            given,
            Lot(0, -0.1, 0.1),
            Lot(0, 0.3, 1.5),
            Lot(0, 0.4, float("nan")),
            rates=TaxRates(40.0, 0.2),
        )

    said = [str(each) for each in caught.value.problems]
    assert said == [
        "#XR105 rates: found a short-term rate of 4000.0 %, expected 0 % to 100 %."
        " Type the rate as a fraction of the gain or loss.",
        "#XR105 found a lot of A that is -10.0 % of the value, expected 0 % or more. Lots are held, not owed.",
        "#XR105 found a lot of A with a gain of 150.0 % of its proceeds, expected 100 % at most."
        " Divide the gain by the value, not by the cost.",
        "#XR203 found a lot of A that may be sold, its cost unknown, expected a known cost."
        " Give its cost, or lock the lot.",
    ]
    assert caught.value.problems[1].about == ("asset", "A")


def test_lots_that_are_not_all_of_their_asset_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        taxed(problem([0.6, 0.4], [0.5, 0.5]), Lot(0, 0.5, 0.1))

    assert str(caught.value) == (
        "#XR112 found lots that are 50.0000 % of the value in A, expected 60.0000 %, its weight."
        " List every lot of the asset, or none."
    )


def test_an_unknown_cost_may_be_held() -> None:
    given = taxed(problem([0.6, 0.4], [0.5, 0.5]), Lot(0, 0.6, float("nan"), locked=True))

    assert not given.may_sell.any()


def test_lots_are_sold_by_tax_and_then_by_gain() -> None:
    given = problem([1.0, 0.0], [0.5, 0.5])
    lots = [
        Lot(0, 0.2, 0.3, is_long=False),  # 0.12
        Lot(0, 0.2, 0.5, is_long=True),  # 0.10
        Lot(0, 0.2, -0.1, is_long=True),  # 0 or -0.02
        Lot(0, 0.1, -0.08, is_long=False),  # 0 or -0.032
        Lot(0, 0.2, -0.5, washed=True),
        Lot(0, 0.1, 0.0, locked=True),
    ]

    assert taxed(given, *lots).sold_first(0).tolist() == [2, 3, 1, 0]
    assert taxed(given, *lots, harvest=True).sold_first(0).tolist() == [3, 2, 1, 0]
    assert taxed(given, *lots).sold_first(0, losses=False).tolist() == [1, 0]


def test_a_washed_lot_may_be_sold_at_a_gain() -> None:
    given = taxed(
        problem([1.0, 0.0], [0.5, 0.5]), Lot(0, 0.5, 0.1, washed=True), Lot(0, 0.5, -0.1, washed=True)
    )  # fmt: skip

    assert given.may_sell.tolist() == [True, False]


def test_arrays_of_another_length_are_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="2 assets"):
        taxed(problem([1.0, 0.0], [0.5, 0.5]), groups=[0])
    with pytest.raises(ValueError, match="asset of the problem"):
        taxed(problem([1.0, 0.0], [0.5, 0.5]), Lot(2, 1.0, 0.0))


def test_lots_a_rounding_off_are_scaled_to_their_asset() -> None:
    given = taxed(problem([1.0, 0.0], [0.5, 0.5]), Lot(0, 0.5, 0.1), Lot(0, 0.5 - 5e-10, 0.2))

    assert given.sizes.sum() == pytest.approx(1.0, abs=1e-16)
    assert np.allclose(given.sizes, given.lots.weight, rtol=1e-9)
