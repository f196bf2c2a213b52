"""Random small problems beside the best of all directions, and what must hold of every answer."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.optimal.lots.cases import enumerated, objective, small_case
from xl_rebal.engine.optimal import Status
from xl_rebal.engine.optimal.lots import LotAnswer, TaxedProblem, lot_solve
from xl_rebal.errors import InfeasibleError

NEAR = 1e-9  # of the whole value


def check_rules(taxed: TaxedProblem, answer: LotAnswer) -> None:
    """Budget, limits, lots, and the rules of washes, by loops over lots and assets."""
    problem, lots = taxed.problem, taxed.lots
    assert abs(answer.weights.sum() - 1) <= 1e-12
    assert (answer.weights >= problem.lower).all()
    assert (answer.weights <= problem.upper).all()
    assert (answer.sales >= 0).all()
    assert (answer.sales <= lots.weight + 1e-15).all()
    for exact in (answer.weights, answer.buys, answer.sales, lots.weight - answer.sales):
        assert not ((np.abs(exact) > 0) & (np.abs(exact) < 1e-13)).any()
    has_loss_sale = set()
    for lot, sale in enumerate(answer.sales):
        if sale > 0:
            assert answer.buys[lots.asset[lot]] == 0
            assert not lots.is_locked[lot]
            if lots.gain[lot] < 0:
                assert not lots.in_wash_window[lot]
                has_loss_sale.add(int(lots.asset[lot]))
    for asset, bought in enumerate(answer.buys):
        if bought > 0:
            assert taxed.may_buy[asset]
            assert asset not in has_loss_sale
            group = taxed.identity[asset]
            assert group < 0 or all(taxed.identity[each] != group for each in has_loss_sale)
    for asset in set(lots.asset.tolist()):
        change = answer.buys[asset] - answer.sales[lots.asset == asset].sum()
        assert answer.weights[asset] == pytest.approx(problem.current[asset] + change, abs=1e-14)


def check(taxed: TaxedProblem) -> LotAnswer | None:
    verdict = enumerated(taxed)
    try:
        answer = lot_solve(taxed)
    except InfeasibleError:
        assert verdict is None
        return None
    assert verdict is not None
    ours = objective(taxed, answer.sales, answer.weights)

    check_rules(taxed, answer)
    assert answer.status is Status.OPTIMAL
    assert answer.relative_residual <= 1e-9
    assert ours == pytest.approx(answer.objective, rel=1e-9, abs=1e-14)
    assert ours == pytest.approx(verdict.most, abs=NEAR)
    assert ours <= verdict.most + NEAR * 0.01
    assert ours >= verdict.least - NEAR
    assert answer.gap <= 2e-10
    assert answer.convex_gap <= 1e-10
    return answer


@pytest.mark.parametrize("block", range(10))
def test_small_problems_are_solved_as_by_enumeration_of_directions(block: int) -> None:
    answers = [check(small_case(seed)) for seed in range(20 * block, 20 * block + 20)]

    found = [each for each in answers if each is not None]
    assert len(found) >= 10
    assert np.mean([each.trade_count > 0 for each in found]) > 0.3
