"""Substitutes are scored as pandas scores them, and what is substantially identical comes last."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities, Security
from xl_rebal.tax.substitutes import substitutes

DAYS = [date(2023, 1, 2) + timedelta(days=i) for i in range(300)]
SYMBOLS = ("VTI", "ITOT", "SCHB", "BND", "VV")


@pytest.fixture
def prices() -> Prices:
    """VTI, two near to it, one unlike it and one that is VTI half as large."""
    rng = np.random.default_rng(5)
    market, noise = rng.normal(0, 0.01, 299), rng.normal(0, 0.001, (299, 3))
    returns = np.column_stack(
        [market, market + noise[:, 0], market + 2 * noise[:, 1], rng.normal(0, 0.003, 299), 0.5 * market]
    )  # fmt: skip
    values = np.vstack([np.ones(5), np.cumprod(1 + returns, axis=0)]) * 100
    values[10, 1] = values[50:60, 2] = np.nan
    return Prices(tuple(DAYS), SYMBOLS, values)


def master(**groups: str) -> Securities:
    return Securities(
        tuple(
            Security(symbol, asset_class="US", identity_group=groups.get(symbol, ""))
            for symbol in SYMBOLS
        )
    )


def test_the_scores_are_those_of_pandas_over_the_rows_that_both_have(prices: Prices) -> None:
    frame = pd.DataFrame(prices.values, index=pd.DatetimeIndex(DAYS), columns=list(SYMBOLS))
    found = {each.symbol: each for each in substitutes("VTI", prices, master(), -1.0)}
    assert set(found) == {"ITOT", "SCHB", "BND", "VV"}
    for symbol, score in found.items():
        both = frame[["VTI", symbol]].dropna()
        returns = both.pct_change().dropna()
        years = (both.index[-1] - both.index[0]).days / 365.25
        assert score.returns == len(returns)
        assert score.correlation == pytest.approx(returns["VTI"].corr(returns[symbol]), abs=1e-12)
        beta = returns["VTI"].cov(returns[symbol]) / returns["VTI"].var()
        assert score.beta == pytest.approx(beta, abs=1e-12)
        error = (returns[symbol] - returns["VTI"]).std() * (len(returns) / years) ** 0.5
        assert score.tracking_error == pytest.approx(error, abs=1e-12)


def test_a_perfect_correlation_with_half_the_moves_comes_after_what_moves_alike(
    prices: Prices,
) -> None:
    found = substitutes("VTI", prices, master())
    assert [each.symbol for each in found] == ["ITOT", "SCHB", "VV"]
    assert found[-1].correlation == pytest.approx(1.0)
    assert found[-1].beta == pytest.approx(0.5)


def test_what_is_on_the_same_index_comes_last_and_says_so(prices: Prices) -> None:
    found = substitutes("VTI", prices, master(VTI="total US", ITOT="total US"))
    assert [(each.symbol, each.same_group) for each in found] == [
        ("SCHB", False),
        ("VV", False),
        ("ITOT", True),
    ]


def test_named_substitutes_come_first_and_need_not_share_the_class(prices: Prices) -> None:
    rows = [Security("VTI", asset_class="US", substitutes=("VV",)), Security("VV"),
            Security("ITOT", asset_class="US"), Security("SCHB", asset_class="US", exclude=True)]  # fmt: skip
    found = substitutes("VTI", prices, Securities(tuple(rows)))
    assert [(each.symbol, each.is_named) for each in found] == [("VV", True), ("ITOT", False)]
    assert found[0].reason.startswith("named as a substitute; correlation 1.000, beta 0.50")


def test_too_few_returns_in_common_are_no_score(prices: Prices) -> None:
    few = Prices(prices.dates[:21], prices.symbols, prices.values[:21])
    assert [each.symbol for each in substitutes("VTI", few, master())] == ["SCHB", "VV"]
    assert not substitutes("VTI", Prices(prices.dates[:20], SYMBOLS, prices.values[:20]), master())
    assert not substitutes("XYZ", prices, master())
