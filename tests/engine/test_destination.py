"""Destinations and moves under locks: on the simplex, within limits, whatever the order of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.strategies import Case, cases, limits
from xl_rebal.engine.destination import Limits, Move, destination_weights, plan_move
from xl_rebal.model.plan import TO_EDGE, TO_HALF, TO_TARGET, Destination
from xl_rebal.numerics.bands import is_breached
from xl_rebal.typing import FloatArray

DESTINATIONS = st.sampled_from(
    [TO_TARGET, TO_EDGE, TO_HALF, Destination(0.25), Destination(distance=0.0175)]
)


@dataclass(frozen=True)
class Book:
    """A case with its limits, and for moves: where cash stands and the flow."""

    case: Case
    limits: Limits
    cash: int = 0
    flow: float = 0.0

    def permuted(self, order: list[int]) -> Book:
        held = Limits(self.limits.least[order], self.limits.greatest[order])
        return Book(self.case.permuted(order), held, order.index(self.cash), self.flow)

    def destination(self, to: Destination) -> FloatArray:
        case = self.case
        return destination_weights(
            case.current, case.target, case.lower, case.upper, to, self.limits
        )

    def move(self, to: Destination, always: bool = False) -> Move:
        case = self.case
        return plan_move(
            case.current, case.target, case.lower, case.upper, to,
            cash=self.cash, flow=self.flow, always=always, limits=self.limits,
        )  # fmt: skip


@st.composite
def locked_books(draw: st.DrawFn) -> Book:
    case = draw(cases())
    return Book(case, Limits(*draw(limits(case.current))))


@st.composite
def flow_books(draw: st.DrawFn) -> Book:
    """Cash takes in the flow and is free itself; it may be below zero after a withdrawal."""
    case = draw(cases(least=2))
    cash = draw(st.integers(0, len(case) - 1))
    flow = draw(st.sampled_from([-0.5, -0.05, 0.0, 0.05, 0.5]))
    before = case.current * (1 - flow)  # so that it adds to 1 with the flow
    before[cash] += flow
    least, greatest = draw(limits(before))
    least, greatest = np.maximum(least, 0.0), np.maximum(greatest, 0.0)
    least[cash], greatest[cash] = 0.0, np.inf
    after = Case(before, case.target, case.lower, case.upper)
    return Book(after, Limits(least, greatest), cash, flow)


def can_be_met(book: Book) -> bool:
    """Whether any weights within the limits add to 1."""
    return bool(book.limits.least.sum() <= 1 - 1e-9)


# --- destination_weights --------------------------------------------------------------------


@given(locked_books(), DESTINATIONS)
def test_a_destination_is_on_the_simplex_and_within_the_limits(book: Book, to: Destination) -> None:
    found = book.destination(to)

    assert found.sum() == pytest.approx(1.0, abs=1e-12)
    assert np.all(found >= np.maximum(book.limits.least, 0.0) - 1e-12)
    assert np.all(found <= book.limits.greatest + 1e-12)


@given(locked_books(), DESTINATIONS)
def test_a_locked_asset_never_moves_by_a_bit(book: Book, to: Destination) -> None:
    found = book.destination(to)
    locked = book.limits.least == book.limits.greatest

    assert found[locked].tolist() == book.case.current[locked].tolist()


@given(cases(), st.sampled_from([TO_EDGE, TO_HALF, Destination(distance=0.0175)]))
def test_without_locks_all_bands_hold_afterwards(case: Case, to: Destination) -> None:
    found = Book(case, Limits.free(len(case))).destination(to)

    assert np.all(found >= 0)
    assert not is_breached(found - case.target, case.lower, case.upper).any()


@given(cases())
def test_to_target_without_locks_is_the_target_itself(case: Case) -> None:
    found = Book(case, Limits.free(len(case))).destination(TO_TARGET)
    assert found.tolist() == case.target.tolist()
    found[0] = 9.0
    assert case.target[0] != 9.0


@given(locked_books(), DESTINATIONS, st.data())
def test_the_order_of_rows_changes_no_destination(
    book: Book, to: Destination, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(book.case))))
    turned = book.permuted(list(order)).destination(to)

    assert turned == pytest.approx(book.destination(to)[list(order)], abs=1e-11)


def test_where_locks_make_the_bands_impossible_nothing_is_moved_without_being_less_outside() -> (
    None
):
    # the first is locked at 0.8; what is left cannot bring the others into their bands
    target, band = np.array([0.5, 0.3, 0.2]), np.full(3, 0.01)
    case = Case(np.array([0.8, 0.05, 0.15]), target, band, band)
    held = Limits(np.array([0.8, 0.0, 0.0]), np.array([0.8, np.inf, np.inf]))

    # 0.2 for two whose targets add to 0.5: each 0.15 below is nearest to the target, but wherever
    # the 0.2 are, 0.28 are missing in the bands of both together.
    assert Book(case, held).destination(TO_TARGET) == pytest.approx([0.8, 0.15, 0.05], abs=1e-15)
    for to in (TO_EDGE, TO_HALF):
        assert Book(case, held).destination(to).tolist() == [0.8, 0.05, 0.15]


def test_an_asset_that_may_not_be_bought_stays_and_the_rest_takes_its_share() -> None:
    band = np.full(3, 0.02)
    case = Case(np.array([0.2, 0.5, 0.3]), np.array([0.4, 0.3, 0.3]), band, band)
    held = Limits(np.zeros(3), np.array([0.2, np.inf, np.inf]))

    found = Book(case, held).destination(TO_TARGET)
    assert found == pytest.approx([0.2, 0.4, 0.4], abs=1e-15)


def test_half_is_half_the_band_and_each_asset_has_its_own() -> None:
    own = np.array([0.10, 0.02, 0.05])
    case = Case(np.array([0.65, 0.20, 0.15]), np.array([0.5, 0.3, 0.2]), own, own)
    book = Book(case, Limits.free(3))

    # edge: 0.60 and at least 0.28; 0.08 is bought, 0.05 of it out of the first is not enough
    assert book.destination(TO_EDGE) == pytest.approx([0.57, 0.28, 0.15], abs=1e-15)
    # half: 0.55 and at least 0.29 (half of ITS 2 pp): 0.10 sold, 0.09 and 0.01 bought
    assert book.destination(TO_HALF) == pytest.approx([0.55, 0.29, 0.16], abs=1e-15)


def test_a_target_above_zero_never_leads_below_zero() -> None:
    # bands reach below zero where the target is smaller than the band
    band = np.full(3, 0.05)
    case = Case(np.array([0.63, 0.36, 0.01]), np.array([0.5, 0.49, 0.01]), band, band)
    found = Book(case, Limits.free(3)).destination(TO_EDGE)
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1.0, abs=1e-15)


def test_limits_that_no_weights_meet_leave_all_as_it_is() -> None:
    band = np.full(2, 0.01)
    case = Case(np.array([0.7, 0.3]), np.array([0.5, 0.5]), band, band)
    short = Limits(np.zeros(2), np.full(2, 0.4))
    for to in (TO_TARGET, TO_EDGE):
        assert Book(case, short).destination(to).tolist() == [0.7, 0.3]


def test_one_asset_alone_stays() -> None:
    one, band = np.array([1.0]), np.array([0.05])
    for to in (TO_TARGET, TO_EDGE, TO_HALF):
        assert Book(Case(one, one, band, band), Limits.free(1)).destination(to).tolist() == [1.0]


# --- plan_move ------------------------------------------------------------------------------


@given(flow_books(), DESTINATIONS, st.booleans())
def test_a_move_adds_to_one_and_stays_within_the_limits(
    book: Book, to: Destination, always: bool
) -> None:
    assume(can_be_met(book))
    move = book.move(to, always)

    for weights in (move.after_flow, move.after):
        assert weights.sum() == pytest.approx(1.0, abs=1e-12)
        assert np.all(weights >= book.limits.least - 1e-12)
        assert np.all(weights <= book.limits.greatest + 1e-12)
    assert move.before.tolist() == book.case.current.tolist()


@given(flow_books(), DESTINATIONS, st.booleans())
def test_locked_assets_stay_through_flow_and_move(
    book: Book, to: Destination, always: bool
) -> None:
    assume(can_be_met(book))
    move = book.move(to, always)
    locked = book.limits.least == book.limits.greatest

    for weights in (move.after_flow, move.after):
        assert weights[locked].tolist() == book.case.current[locked].tolist()


@given(flow_books(), DESTINATIONS, st.booleans())
def test_a_flow_is_placed_by_buys_only_or_raised_by_sells_only(
    book: Book, to: Destination, always: bool
) -> None:
    move = book.move(to, always)
    change = np.delete(move.after_flow - move.before, book.cash)

    if book.flow > 0 and book.case.current[book.cash] >= 0:
        assert change.min() >= -1e-15
    elif book.flow < 0 or book.case.current[book.cash] < 0:
        assert change.max() <= 1e-15
    else:
        assert move.after_flow.tolist() == move.before.tolist()


@given(flow_books(), DESTINATIONS)
def test_without_a_trigger_only_the_flow_is_traded(book: Book, to: Destination) -> None:
    move = book.move(to)
    if not move.triggered:
        assert move.after.tolist() == move.after_flow.tolist()


def least_outside(book: Book, weights: FloatArray) -> float:
    """A linear programme's least total of what is outside the bands within the limits."""
    n = len(book.case)
    target, lower, upper = book.case.target, book.case.lower, book.case.upper
    eye = np.eye(n)
    reach = zip(book.limits.least, book.limits.greatest, strict=True)
    found = linprog(
        np.r_[np.zeros(n), np.ones(n)],
        A_ub=np.block([[eye, -eye], [-eye, -eye]]),
        b_ub=np.r_[target + upper, lower - target],
        A_eq=np.r_[np.ones(n), np.zeros(n)][None, :],
        b_eq=[weights.sum()],
        bounds=[
            *((low, None if high == np.inf else high) for low, high in reach),
            *[(0, None)] * n,
        ],
    )
    return float(found.fun) if found.success else np.nan


@given(flow_books())
def test_a_breach_triggers_exactly_where_a_linear_programme_finds_less_outside(book: Book) -> None:
    move = book.move(TO_EDGE)
    least = least_outside(book, move.after_flow)
    if np.isnan(least):
        return
    target, lower, upper = book.case.target, book.case.lower, book.case.upper

    def outside(weights: FloatArray) -> float:
        drift = weights - target
        return float((np.maximum(drift - upper, 0) + np.maximum(-drift - lower, 0)).sum())

    assert outside(move.after) == pytest.approx(least, abs=1e-6)
    if outside(move.after_flow) > least + 1e-6:  # the solver's tolerance is 1e-7
        assert move.triggered
    elif outside(move.after_flow) == outside(move.after):
        assert not move.triggered


@given(flow_books(), DESTINATIONS, st.booleans(), st.data())
def test_the_order_of_rows_changes_no_move(
    book: Book, to: Destination, always: bool, data: st.DataObject
) -> None:
    order = list(data.draw(st.permutations(range(len(book.case)))))
    plain, turned = book.move(to, always), book.permuted(order).move(to, always)

    assert turned.after_flow == pytest.approx(plain.after_flow[order], abs=1e-11)
    widths = np.minimum(
        np.abs(np.abs(plain.after_flow - book.case.target) - book.case.lower),
        np.abs(np.abs(plain.after_flow - book.case.target) - book.case.upper),
    )
    assume(np.all(np.abs(widths - 1e-12) > 1e-14))  # no breach hangs on the order of a sum
    assert turned.triggered == plain.triggered
    assert turned.after == pytest.approx(plain.after[order], abs=1e-11)


def book_of(current: list[float], target: list[float], band: float, *, flow: float = 0.0) -> Book:
    """All free, cash last."""
    n = len(current)
    width = np.full(n, band)
    case = Case(np.array(current), np.array(target), width, width)
    return Book(case, Limits.free(n), n - 1, flow)


@pytest.mark.parametrize("to", [TO_TARGET, TO_EDGE, TO_HALF])
def test_exactly_at_the_band_nothing_is_traded(to: Destination) -> None:
    move = book_of([0.55, 0.45, 0.0], [0.50, 0.50, 0.0], 0.05).move(to)
    assert not move.triggered
    assert move.after.tolist() == [0.55, 0.45, 0.0]


def test_always_moves_to_target_without_a_breach_but_an_edge_move_is_no_move() -> None:
    book = book_of([0.52, 0.48, 0.0], [0.50, 0.50, 0.0], 0.05)
    assert book.move(TO_TARGET).after.tolist() == [0.52, 0.48, 0.0]
    assert book.move(TO_TARGET, always=True).after.tolist() == [0.50, 0.50, 0.0]
    assert book.move(TO_EDGE, always=True).after.tolist() == [0.52, 0.48, 0.0]


def test_a_contribution_that_heals_the_breach_leaves_nothing_to_sell() -> None:
    move = book_of([0.52, 0.28, 0.20], [0.60, 0.40, 0.0], 0.05, flow=0.20).move(TO_TARGET)
    assert not move.triggered
    assert move.after == pytest.approx([0.60, 0.40, 0.0], abs=1e-15)


def test_a_contribution_too_small_to_heal_is_followed_by_the_move() -> None:
    move = book_of([0.75, 0.20, 0.05], [0.60, 0.40, 0.0], 0.05, flow=0.05).move(TO_EDGE)
    assert move.after_flow == pytest.approx([0.75, 0.25, 0.0], abs=1e-15)
    assert move.triggered
    assert move.after == pytest.approx([0.65, 0.35, 0.0], abs=1e-15)


def test_cash_below_its_buffer_is_raised_like_a_withdrawal() -> None:
    move = book_of([0.63, 0.40, -0.03], [0.60, 0.40, 0.0], 0.05).move(TO_TARGET)
    assert not move.triggered
    assert move.after == pytest.approx([0.60, 0.40, 0.0], abs=1e-15)


def test_a_contribution_does_not_buy_beyond_a_limit() -> None:
    book = book_of([0.2, 0.5, 0.3], [0.5, 0.5, 0.0], 1.0, flow=0.3)
    held = Limits(np.zeros(3), np.array([0.3, np.inf, np.inf]))
    move = Book(book.case, held, 2, 0.3).move(TO_TARGET)
    assert move.after_flow == pytest.approx([0.3, 0.6, 0.1], abs=1e-15)


@pytest.mark.parametrize(
    ("current", "least", "greatest"),
    [
        (0.7, 0.7, np.inf),  # too heavy: may be bought, not sold
        (0.7, 0.7 - 2e-16, np.inf),  # a bit of rounding is no room to sell
        (0.5, 0.0, 0.5),  # too light: may be sold, not bought
    ],
)
def test_an_asset_that_cannot_move_back_to_its_band_does_not_trigger(
    current: float, least: float, greatest: float
) -> None:
    rest = 1 - current
    band = np.array([0.05, 0.5, 0.5, 0.05])
    case = Case(
        np.array([current, rest * 0.6, rest * 0.4, 0.0]), np.array([0.6, 0.2, 0.2, 0.0]), band, band
    )
    held = Limits(np.array([least, 0.0, 0.0, 0.0]), np.array([greatest, np.inf, np.inf, np.inf]))

    move = Book(case, held, 3).move(TO_TARGET)
    assert not move.triggered
    assert move.after.tolist() == case.current.tolist()
    assert Book(case, Limits.free(4), 3).move(TO_TARGET).triggered


def test_more_than_can_be_raised_leaves_cash_short_and_sells_all_that_may_be() -> None:
    case = book_of([0.9, 0.5, -0.4], [0.5, 0.5, 0.0], 0.05).case
    held = Limits(np.array([0.9, 0.2, 0.0]), np.full(3, np.inf))
    move = Book(case, held, 2, -0.4).move(TO_TARGET)

    assert move.after_flow == pytest.approx([0.9, 0.2, -0.1], abs=1e-15)
    assert move.after == pytest.approx([0.9, 0.2, -0.1], abs=1e-15)
