"""XR_OPTIMAL: closed forms by hand, shapes, costs, limits and what is refused."""

from __future__ import annotations

import pytest

from xl_rebal.arguments import Grid
from xl_rebal.errors import InfeasibleError, InputError
from xl_rebal.registry import FUNCTIONS

TWO: Grid = [[0.04, 0.01], [0.01, 0.02]]
V = 0.04 + 0.02 - 2 * 0.01  # variance of one against the other


def call(*cells: object) -> object:
    return FUNCTIONS["XR_OPTIMAL"](*cells)


def test_two_assets_trade_to_the_edge_of_the_region_where_nothing_is_worth_its_cost() -> None:
    # method.md section 4: stay within c / (gamma v) of the target, else trade to the boundary
    edge = 0.001 / (2.0 * V)
    found = call([[0.6], [0.4]], [[0.5], [0.5]], TWO, 0.001, 2)
    assert found == [[pytest.approx(0.5 + edge, abs=1e-12)], [pytest.approx(0.5 - edge, abs=1e-12)]]
    inside = [[0.5 + 0.9 * edge], [0.5 - 0.9 * edge]]
    assert call(inside, [[0.5], [0.5]], TWO, 0.001, 2) == inside


def test_ten_basis_points_and_a_risk_aversion_of_one_where_nothing_is_given() -> None:
    edge = 0.001 / V
    assert call([[0.6, 0.4]], [[0.5, 0.5]], TWO) == [
        [pytest.approx(0.5 + edge), pytest.approx(0.5 - edge)]
    ]


def test_a_sale_may_cost_more_and_bears_the_tax_on_its_gain() -> None:
    # sold and bought: b = (c_sell + c_buy) / (2 gamma v)
    dear = call([[0.6], [0.4]], [[0.5], [0.5]], TWO, 0.001, 1, 0.003)
    assert dear == [[pytest.approx(0.5 + 0.004 / (2 * V))], [pytest.approx(0.5 - 0.004 / (2 * V))]]
    # 20 % of a gain of a tenth of the proceeds are 0.02; a loss brings nothing
    taxed = call([[0.9], [0.1]], [[0.5], [0.5]], TWO, 0.001, 1, None, 0.2, [[0.1], [-0.5]])
    assert taxed == [[pytest.approx(0.5 + 0.022 / (2 * V))], [pytest.approx(0.5 - 0.022 / (2 * V))]]
    lost = call([[0.6], [0.4]], [[0.5], [0.5]], TWO, 0.001, 1, None, 0.2, [[-0.1], [-0.5]])
    assert lost == call([[0.6], [0.4]], [[0.5], [0.5]], TWO)


def test_labels_match_in_any_order_and_stay() -> None:
    matrix: Grid = [[None, "B", "A"], ["B", 0.02, 0.01], ["A", 0.01, 0.04]]
    found = call([["A", 60], ["B", 40]], [["B", 0.5], ["A", 0.5]], matrix)
    edge = 0.001 / V
    assert found == [["A", pytest.approx(0.5 + edge)], ["B", pytest.approx(0.5 - edge)]]


def test_blank_cells_beside_a_covariance_and_a_single_labelled_one_are_read() -> None:
    wide: Grid = [*([*row, None] for row in TWO), [None, None, None]]
    assert call([[0.6], [0.4]], [[0.5], [0.5]], wide) == call([[0.6], [0.4]], [[0.5], [0.5]], TWO)
    one: Grid = [[None, "A"], ["A", 0.04]]
    assert call([["A", 5.0]], [["A", 1.0]], one) == [["A", 1.0]]


def test_cash_costs_nothing() -> None:
    risky: Grid = [[0.04, 0], [0, 0]]
    found = call([["A", 0.6], ["CASH", 0.4]], [["A", 0.5], ["CASH", 0.5]], risky, 0.001, 1)
    assert found == [
        ["A", pytest.approx(0.5 + 0.001 / 0.08)],
        ["CASH", pytest.approx(0.5 - 0.001 / 0.08)],
    ]


def test_turnover_and_weights_have_their_limits() -> None:
    args = ([[0.7], [0.3]], [[0.5], [0.5]], TWO, 0.0, 1, None, None, None)
    assert call(*args, 0.05) == [[pytest.approx(0.65, abs=1e-9)], [pytest.approx(0.35, abs=1e-9)]]
    assert call(*args, None, [[0.55], [0.0]]) == [[pytest.approx(0.55)], [pytest.approx(0.45)]]
    assert call(*args, None, None, 0.6) == [[pytest.approx(0.5)], [pytest.approx(0.5)]]


@pytest.mark.parametrize(
    ("cells", "error", "words"),
    [
        (([[0.6], [0.4]], [[0.5], [0.5]], [[0.04]]), InputError, "a covariance of 2 x 2"),
        (([[0.6], [0.4]], [[0.5], [0.5]], [[1, 2], [2, 1]]), InputError, "eigenvalue -1"),
        (([[0.6], [0.4]], [[0.5], [0.5]], TWO, 0.7), InputError, "from 0 to 0.5"),
        (([[1.2], [-0.2]], [[0.5], [0.5]], TWO), InputError, "weights of 0 or more"),
        (([[0.6], [0.4]], [[0.5], [0.6]], TWO), InputError, "add to 110"),
        (([["A", 1]], [["A", 0.5], ["B", 0.5]], TWO), InputError, "a target for B"),
        (([[0.6], [0.4]], [[0.5], [0.5]], TWO, 0, 1, None, None, None, None, 0.5, 0.4),
         InputError, "at least 0.5 and at most 0.4"),
        (([[0.6], [0.4]], [[0.5], [0.5]], TWO, 0, 1, None, None, None, None, None, 0.4),
         InfeasibleError, "allow 80.00 % in all at most"),
    ],
)  # fmt: skip
def test_what_has_no_answer_is_said(
    cells: tuple[object, ...], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        call(*cells)
