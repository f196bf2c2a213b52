"""What a problem and a covariance must be, and the linear systems of the covariance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.optimal.problems import random_problem
from xl_rebal.engine.optimal import DenseRisk, FactorRisk, GroupBound, Limits, normalised, solve
from xl_rebal.errors import Code, InputError
from xl_rebal.typing import FloatArray


@given(st.integers(0, 100_000), st.integers(2, 40))
def test_factors_multiply_and_solve_as_their_dense_covariance(seed: int, m: int) -> None:
    random = np.random.default_rng(seed)
    n, k = 50, int(random.integers(1, 8))
    specific = random.uniform(0.01, 0.1, n)
    specific[random.random(n) < 0.1] = 0.0
    factors = FactorRisk(random.normal(size=(n, k)) * 0.1, specific)
    dense = DenseRisk(factors.dense())
    places = random.choice(n, m, replace=False)
    x, wanted = random.normal(size=n), random.normal(size=m)

    assert factors.times(x) == pytest.approx(dense.times(x))
    assert factors.variances == pytest.approx(dense.variances)
    assert factors.change(places, x[:m]) == pytest.approx(dense.change(places, x[:m]))
    assert factors.block(places) == pytest.approx(dense.block(places))
    for risk in (factors, dense):
        step, nu = risk.step(places, wanted, 0.3, 2.5, 1e-6)
        block = 2.5 * dense.covariance[np.ix_(places, places)] + 1e-6 * np.eye(m)
        assert block @ step - nu == pytest.approx(wanted, abs=1e-8 * max(1, abs(nu)))
        assert step.sum() == pytest.approx(0.3, abs=1e-8 * max(1.0, np.abs(step).max()))


def test_a_covariance_with_a_negative_eigenvalue_is_refused_with_it() -> None:
    with pytest.raises(InputError, match=r"eigenvalue of -0\.01") as caught:
        DenseRisk(np.array([[0.02, 0.03], [0.03, 0.02]]))

    assert caught.value.problems[0].code == Code.NOT_PSD


def test_a_singular_covariance_is_one() -> None:
    assert DenseRisk(np.full((3, 3), 0.04)).size == 3
    assert DenseRisk(np.zeros((2, 2))).times(np.ones(2)).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("covariance", "words"),
    [
        (np.ones((2, 3)), "square"),
        (np.array([[1.0, 0.5], [0.4, 1.0]]), "symmetric"),
        (np.array([[1.0, np.nan], [np.nan, 1.0]]), "number"),
    ],
)
def test_what_is_no_covariance_is_refused(covariance: FloatArray, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        DenseRisk(covariance)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("current", np.array([0.5, 0.4, 0.1 + 1e-9]), "add to 1"),
        ("target", np.array([0.5, 0.4, 0.2]), "add to 1"),
        ("current", np.array([0.5, 0.5]), "3 assets"),
        ("buy_cost", np.array([-0.001, 0.0, 0.0]), "0 or more"),
        ("sell_cost", np.array([np.nan, 0.0, 0.0]), "numbers"),
        ("risk_aversion", -1.0, "risk aversion"),
        ("risk_aversion", np.nan, "risk aversion"),
        ("lower", np.array([np.nan, 0.0, 0.0]), "limits"),
        ("upper", np.array([-1.0, 1.0, 1.0]), "limits"),
    ],
)
def test_what_is_no_problem_is_refused(field: str, value: Any, words: str) -> None:
    problem = random_problem(1, 3)

    with pytest.raises(ValueError, match=words):
        replace(problem, **{field: value})


def test_weights_are_made_to_add_to_1_only_where_they_nearly_do() -> None:
    exact = np.array([0.25, 0.75])

    assert normalised(exact) is exact
    assert normalised(np.array([0.25004, 0.75])).sum() == pytest.approx(1, abs=1e-15)
    with pytest.raises(InputError, match=r"99\.00 %.*1\.0 pp are missing"):
        normalised(np.array([0.24, 0.75]))


def test_limits_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="turnover"):
        Limits(turnover=-0.1)
    with pytest.raises(ValueError, match="impact"):
        Limits(impact=np.array([-1.0]))
    with pytest.raises(ValueError, match="cash floor"):
        Limits(cash=0, cash_floor=np.nan)
    with pytest.raises(ValueError, match="3 assets"):
        solve(random_problem(1, 3), Limits(locked=np.array([True, False])))
    with pytest.raises(ValueError, match="bonds"):
        GroupBound("bonds", np.ones(2), lower=0.5, upper=0.4)
