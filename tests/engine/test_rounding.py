"""Whole-share trades against a search through everything that can be afforded.

The judge below shares no code with the product: whole numbers of cents, thousandths of a share and
thousandths of a weight, its own rounding, its own measure as a fraction of whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import permutations, product
from math import inf

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from xl_rebal.engine.rounding import Bands, RoundingProblem, WholeShares, best_whole_shares
from xl_rebal.errors import Code, InfeasibleError


@dataclass(frozen=True)
class Line:
    """One asset in whole numbers; quantities in thousandths of a share."""

    held: int
    price_cents: int
    step: int = 1000
    sells: bool = True
    buys: bool = True
    per_mille: int = 0
    buy_bp: int = 0
    sell_bp: int = 0
    fee_cents: int = 0
    guess: float = 0.0


@dataclass(frozen=True)
class Limits:
    """Bands in thousandths of wealth, least and greatest: of each group, and of cash."""

    group: tuple[int, ...]
    bands: tuple[tuple[int, int], ...]
    cash: tuple[int, int] = (0, 1000)

    def problem(self) -> Bands:
        least, greatest = (np.array(column) / 1000 for column in zip(*self.bands, strict=True))
        low, high = (value / 1000 for value in self.cash)
        return Bands(np.array(self.group, dtype=np.int64), least, greatest, low, high)


@dataclass(frozen=True)
class Book:
    lines: tuple[Line, ...]
    cash_cents: int
    minimum_cents: int = 0
    limits: Limits | None = None

    def problem(self) -> RoundingProblem:
        def column(values: list[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
            return np.array(values, dtype=np.float64)

        return RoundingProblem(
            held=column([line.held / 1000 for line in self.lines]),
            price=column([line.price_cents / 100 for line in self.lines]),
            step=column([line.step / 1000 for line in self.lines]),
            lowest=column([0.0 if line.sells else line.held / 1000 for line in self.lines]),
            highest=column([inf if line.buys else line.held / 1000 for line in self.lines]),
            destination=column([line.per_mille / 1000 for line in self.lines]),
            cash_cents=self.cash_cents,
            buy_rate=column([line.buy_bp / 10_000 for line in self.lines]),
            sell_rate=column([line.sell_bp / 10_000 for line in self.lines]),
            fee_cents=np.array([line.fee_cents for line in self.lines], dtype=np.int64),
            minimum_cents=self.minimum_cents,
            guess=column([line.guess for line in self.lines]),
            bands=None if self.limits is None else self.limits.problem(),
        )

    @cached_property
    def mills(self) -> int:
        """What it is worth in thousandths of a cent."""
        return 1000 * self.cash_cents + sum(line.held * line.price_cents for line in self.lines)

    @cached_property
    def worth(self) -> Fraction:
        """Cents."""
        return Fraction(self.mills, 1000)


# ---- the judge ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    final: int  # thousandths of a share
    traded: bool
    amount: int
    cost: int
    net: int


@dataclass(frozen=True)
class Verdict:
    measure: float
    trades: int
    turnover: int
    distance: float = 0.0  # from the bands, where nothing is inside them: the least there may be
    at_most: float = 0.0


def half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def choice(line: Line, final: int) -> Choice:
    change = final - line.held
    amount = half_up(abs(change) * line.price_cents, 1000)
    rate = line.buy_bp if change > 0 else line.sell_bp
    cost = half_up(amount * rate, 10_000) + line.fee_cents if change else 0
    return Choice(final, change != 0, amount, cost, (-amount if change > 0 else amount) - cost)


@lru_cache(maxsize=8)
def choices(book: Book, line: Line) -> list[Choice]:
    """Everything from nothing held to all that the whole book's worth could buy."""
    finals = {line.held}
    if line.sells:
        finals |= set(range(line.held, -1, -line.step)) | {0}
    if line.buys:
        most = line.held + int(book.worth * 1000 / line.price_cents) + 2 * line.step
        finals |= set(range(line.held, most, line.step))
    found = [choice(line, final) for final in sorted(finals)]
    return [
        one
        for one in found
        if not one.traded or (one.amount >= book.minimum_cents and one.amount > one.cost)
    ]


def affordable(book: Book) -> Iterator[tuple[Choice, ...]]:
    for combination in product(*(choices(book, line) for line in book.lines)):
        if book.cash_cents + sum(one.net for one in combination) >= 0:
            yield combination


def measure(book: Book, combination: Sequence[Choice], wealth: Fraction) -> Fraction | None:
    """Squared deviations of weights of ``wealth`` (cents), and the squares of what trades cost.

    What is not in the assets counts as cash.
    """
    if min(book.worth, wealth) <= Fraction(1, 2):  # nothing is there to weigh
        return None
    # In thousandths of a cent, all of it times ``parts`` so that it is whole.
    parts, worth = wealth.denominator, 1000 * wealth.numerator
    values = [
        parts * one.final * line.price_cents
        for one, line in zip(combination, book.lines, strict=True)
    ]
    away = [
        1000 * value - line.per_mille * worth
        for value, line in zip(values, book.lines, strict=True)
    ]
    cash_per_mille = 1000 - sum(line.per_mille for line in book.lines)
    away.append(1000 * (worth - sum(values)) - cash_per_mille * worth)
    away += [1000 * 1000 * parts * one.cost for one in combination]
    return Fraction(sum(x * x for x in away), (1000 * worth) ** 2)


def outside(book: Book, combination: Sequence[Choice]) -> Fraction:
    """How much of the worth ends outside the bands of groups and cash."""
    if book.limits is None:
        return Fraction(0)
    cash = 1000 * (book.cash_cents + sum(one.net for one in combination))
    values = [
        one.final * line.price_cents for one, line in zip(combination, book.lines, strict=True)
    ]
    wealth = cash + sum(values)
    sums = [cash] + [
        sum(value for value, at in zip(values, book.limits.group, strict=True) if at == group)
        for group in range(len(book.limits.bands))
    ]
    beyond = sum(
        max(0, 1000 * total - high * wealth, low * wealth - 1000 * total)
        for total, (low, high) in zip(sums, (book.limits.cash, *book.limits.bands), strict=True)
    )
    return Fraction(beyond, 1000 * book.mills)


def distance(book: Book, combination: Sequence[Choice]) -> float:
    """What is outside, and twice what is paid in costs, of the worth."""
    cost = sum(one.cost for one in combination)
    return float(outside(book, combination) + Fraction(2000 * cost, book.mills))


def keeps_apart(book: Book, combination: Sequence[Choice], cents: int) -> bool:
    """Whether no line, nor cash, ends farther outside its band than it was, give or take some cents.

    Whole numbers: weights in thousandths of thousandths of a cent, all of it times ``SCALE``.
    """
    limits = book.limits
    assert limits is not None

    def sums(finals: Sequence[int], cash: int) -> list[int]:
        values = [final * line.price_cents for final, line in zip(finals, book.lines, strict=True)]
        groups = range(len(limits.bands))
        return [
            1000 * cash,
            *(sum(v for v, at in zip(values, limits.group, strict=True) if at == group)
              for group in groups),
        ]  # fmt: skip

    before = sums([line.held for line in book.lines], book.cash_cents)
    left = book.cash_cents + sum(one.net for one in combination)
    after = sums([one.final for one in combination], left)
    room = SCALE * book.mills // 10**4 + SCALE * 10**6 * cents  # a ten-millionth, and the cents
    for was, now, (low, high) in zip(before, after, (limits.cash, *limits.bands), strict=True):
        least, most = SCALE * low * book.mills, SCALE * high * book.mills
        at, to = SCALE * 1000 * was, SCALE * 1000 * now
        below, above = max(least - at, 0), max(at - most, 0)
        if cents < 0 and not below and not above:  # for the farthest: inside after costs too
            wealth = sum(after)
            least, most = max(least, SCALE * low * wealth), min(most, SCALE * high * wealth)
        # on the other side at most half as far out
        if not least - max(below, above // 2) - room <= to <= most + max(above, below // 2) + room:
            return False
    return True


SCALE = 2 * 10**4
"""Makes halves and ten-thousandths whole."""


def judge(book: Book, wealth: Fraction) -> Verdict | None:
    """The best of everything, None where nothing keeps cash at 0 or above."""
    measured = [(measure(book, one, wealth), one) for one in affordable(book)]
    known = [(value, one) for value, one in measured if value is not None]
    if not measured:
        return None
    if not known:
        return Verdict(0.0, *min(size(one) for _, one in measured))
    inside = [(value, one) for value, one in known if outside(book, one) == 0]
    if not inside:
        # The solver does not see single cents: with some room, and with none.
        closest, farthest = (
            min(
                distance(book, one)
                for _, one in known
                if book.cash_cents < 0
                or not any(x.traded for x in one)
                or keeps_apart(book, one, room)
            )
            for room in (2 * len(book.lines), -len(book.lines))
        )
        return Verdict(0.0, 0, 0, closest, farthest)
    known = inside
    least = min(value for value, _ in known)
    equals = [one for value, one in known if value <= float(least) * (1 + 1e-12) + 1e-18]
    return Verdict(float(least), *min(size(one) for one in equals))


def size(combination: Sequence[Choice]) -> tuple[int, int]:
    return sum(one.traded for one in combination), sum(one.amount for one in combination)


# ---- books -------------------------------------------------------------------------------------

PARTS = {1: 800, 2: 200, 3: 30, 4: 12}  # shares of one asset that a book may be worth


@st.composite
def books(draw: st.DrawFn, assets: int | None = None) -> Book:
    """Books small enough for the judge; drawn evenly, where Hypothesis leans to 0 and to equals."""
    pick = draw(st.randoms(use_true_random=True))
    count = pick.randint(1, 3) if assets is None else assets
    # In the smallest books the cents rounded away move the weights.
    worth = left = pick.choice([pick.randint(200, 3_000), *[pick.randint(5_000, 300_000)] * 3])
    lines = []
    for _ in range(count):
        few, many = pick.randint(1, 4), pick.randint(2, PARTS[count])
        parts = pick.choice([few, many, many, PARTS[count]])
        price = max(1, worth // parts) + pick.choice([0, 0, 1, 37, pick.randint(0, worth // 10)])
        step = pick.choice([1000, 1000, 1000, 1000, 500, 2000, 5000])
        held = int(pick.choice([0.0, pick.random(), pick.random()]) * 1000 * left / price)
        held = pick.choice([held, held // 1000 * 1000, held // 1000 * 1000, held // step * step])
        left -= held * price // 1000
        lines.append(
            Line(
                held,
                price,
                step,
                sells=pick.random() < 0.85,
                buys=pick.random() < 0.85,
                per_mille=pick.choice([0, 250, 333, 500, 1000, pick.randint(0, 1000)]),
                buy_bp=pick.choice([0, 0, 10, 50, 333, 2_500]),
                sell_bp=pick.choice([0, 0, 10, 50, 333, 2_500]),
                fee_cents=pick.choice([0, 0, 0, 100, 995, 5_000]),
                guess=pick.uniform(0, 2 * parts),  # where the search starts must not matter
            )
        )
    total = max(pick.choice([1, 1000]), sum(line.per_mille for line in lines))
    lines = [replace(line, per_mille=line.per_mille * 1000 // total) for line in lines]
    spent = pick.choice([0, 0, 0, left, left + worth // 4, worth, -worth // 10])
    minimum = pick.choice([0, 0, 0, worth // 20, worth // 5])
    return Book(tuple(lines), left - spent, minimum)


@st.composite
def banded_books(draw: st.DrawFn) -> Book:
    """The same with bands about the destinations, narrow and wide, some of groups of two."""
    book = draw(books())
    pick = draw(st.randoms(use_true_random=True))
    count = len(book.lines)
    group = list(range(count))
    if count > 1 and pick.random() < 0.4:
        group = [max(0, number - 1) for number in group]
    wide = [pick.choice([5, 20, 50, 200, 1000]) for _ in range(count)]
    totals = [
        sum(line.per_mille for line, at in zip(book.lines, group, strict=True) if at == number)
        for number in range(max(group) + 1)
    ]
    shift = pick.choice([0, 0, 10, -30])  # a destination at or beyond the edge of its band
    bands = tuple((t + shift - w, t + shift + w) for t, w in zip(totals, wide, strict=False))
    cash = 1000 - sum(totals)
    room = pick.choice([10, 100, 1000])
    return replace(book, limits=Limits(tuple(group), bands, (cash - room, cash + room)))


def outcome(book: Book, result: WholeShares) -> Verdict:
    """A result by the judge's rules; that it is allowed and its money adds up is asserted here."""
    combination = []
    for line, change in zip(book.lines, result.change.tolist(), strict=True):
        one = choice(line, round(line.held + 1000 * change))
        assert one in choices(book, line)
        combination.append(one)
    assert result.amounts.tolist() == [one.amount for one in combination]
    assert result.costs.tolist() == [one.cost for one in combination]
    assert result.cash_cents == book.cash_cents + sum(one.net for one in combination)
    assert result.cost_cents == sum(one.cost for one in combination)
    assert result.cash_cents >= 0
    found = float(measure(book, combination, Fraction(result.wealth_cents)) or 0.0)
    beyond = distance(book, combination) if book.worth > Fraction(1, 2) else 0.0
    return Verdict(found, *size(combination), beyond)


def check_against_the_judge(book: Book) -> None:
    if not any(True for _ in affordable(book)):
        event("infeasible")
        with pytest.raises(InfeasibleError):
            best_whole_shares(book.problem())
        return
    result = best_whole_shares(book.problem())
    expected = judge(book, Fraction(result.wealth_cents))
    assert expected is not None
    actual = outcome(book, result)
    if expected.distance:  # the solver's tolerance is 1e-6, and it does not see single cents
        event("nothing is inside")
        cents = 4 * len(book.lines) / float(book.worth)
        assert actual.distance >= expected.distance - 2e-6 - cents
        if book.cash_cents >= 0:
            assert actual.distance <= expected.at_most + 2e-6 + cents
        return

    assert result.proven
    assert result.measure == pytest.approx(expected.measure, rel=1e-9, abs=1e-15)
    assert actual.measure == pytest.approx(expected.measure, rel=1e-9, abs=1e-15)
    assert (actual.trades, actual.turnover) == (expected.trades, expected.turnover)


def best(*lines: Line, cash: int, minimum: int = 0) -> tuple[list[float], int]:
    """Changes in shares and final cash in cents, once the result has passed the judge's rules."""
    book = Book(lines, cash, minimum)
    result = best_whole_shares(book.problem())
    outcome(book, result)
    assert result.proven
    return result.change.tolist(), result.cash_cents


# ---- against everything that is affordable -----------------------------------------------------


@pytest.mark.long
@given(books())
@settings(max_examples=200, deadline=None)
def test_the_result_is_the_best_of_everything_affordable(book: Book) -> None:
    check_against_the_judge(book)


@pytest.mark.long
@given(banded_books())
@settings(max_examples=200, deadline=None)
def test_what_ends_inside_its_bands_comes_before_all_that_does_not(book: Book) -> None:
    check_against_the_judge(book)


@given(books(assets=4))
@settings(max_examples=40, deadline=None)
def test_the_result_is_the_best_for_four_assets_too(book: Book) -> None:
    check_against_the_judge(book)


@given(books(assets=3))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_assets_does_not_change_the_measure(book: Book) -> None:
    try:
        expected = outcome(book, best_whole_shares(book.problem()))
    except InfeasibleError:
        return
    for lines in permutations(book.lines):
        turned = replace(book, lines=lines)
        actual = outcome(turned, best_whole_shares(turned.problem()))

        assert actual.measure == pytest.approx(expected.measure, rel=1e-9, abs=1e-15)
        assert (actual.trades, actual.turnover) == (expected.trades, expected.turnover)


def ordinary_book(count: int, seed: int, fee_cents: int = 0, minimum: int = 0) -> Book:
    """About 100,000 in ``count`` assets at prices from 10 to 600, far from their destinations."""
    rng = np.random.default_rng(seed)
    prices = [int(price) for price in np.exp(rng.uniform(np.log(1_000), np.log(60_000), count))]
    weights, targets = rng.dirichlet(np.full(count, 5.0)), rng.dirichlet(np.full(count, 5.0))
    lines = tuple(
        Line(
            held=int(weight * 9.5e6 / price) * 1000,
            price_cents=price,
            per_mille=int(1000 * target),
            buy_bp=10,
            sell_bp=10,
            fee_cents=fee_cents,
            guess=target * 1e7 / price,
        )
        for price, weight, target in zip(prices, weights, targets, strict=True)
    )
    return Book(lines, 500_000, minimum)


def neighbours(book: Book, changes: Sequence[float]) -> Iterator[list[Choice]]:
    """One asset a share up or down, or two assets at once, by the judge's rules."""
    finals = [
        round(line.held + 1000 * change) for line, change in zip(book.lines, changes, strict=True)
    ]
    here = [choice(line, final) for line, final in zip(book.lines, finals, strict=True)]
    steps = [
        (place, choice(line, final + up))
        for place, (line, final) in enumerate(zip(book.lines, finals, strict=True))
        for up in (-1000, 1000)
        if final + up >= 0
    ]
    allowed = [(i, c) for i, c in steps if not c.traded or c.amount >= book.minimum_cents]
    for (i, one), (j, two) in product(allowed, allowed):
        if i <= j:
            moved = [*here]
            moved[j] = two
            moved[i] = one
            if book.cash_cents + sum(c.net for c in moved) >= 0:
                yield moved


@pytest.mark.parametrize(
    ("count", "fee_cents", "minimum"), [(8, 0, 0), (12, 500, 0), (20, 0, 20_000), (30, 0, 0)]
)
def test_no_exchange_of_two_assets_beats_a_proven_result(
    count: int, fee_cents: int, minimum: int
) -> None:
    book = ordinary_book(count, 7, fee_cents, minimum)
    result = best_whole_shares(book.problem())
    measured = outcome(book, result).measure
    wealth = Fraction(result.wealth_cents)
    moves = neighbours(book, result.change.tolist())
    around = [measure(book, moved, wealth) or inf for moved in moves]

    assert result.proven
    assert len(around) > count
    assert min(around) > measured * (1 - 1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_ten_assets_at_ordinary_prices_are_proven_in_a_small_part_of_the_node_limit(
    seed: int,
) -> None:
    problem = ordinary_book(10, seed, fee_cents=300, minimum=5_000).problem()

    assert best_whole_shares(problem, node_limit=20_000).proven


def test_a_search_that_is_cut_short_says_so_and_still_never_overdraws() -> None:
    book = ordinary_book(40, 1, fee_cents=700)
    quick = best_whole_shares(book.problem(), node_limit=0)
    longer = best_whole_shares(book.problem(), node_limit=5_000)

    assert not quick.proven
    assert longer.measure <= quick.measure
    assert outcome(book, quick).measure == pytest.approx(quick.measure)
    assert outcome(book, longer).measure == pytest.approx(longer.measure)


# ---- traps -------------------------------------------------------------------------------------


def test_where_rounding_to_nearest_overdraws_and_down_leaves_half_in_cash() -> None:
    # Ideal 0.667, 2.727, 2.308. To nearest 1, 3, 2 costs 1,190; down 0, 2, 2 leaves 480.
    changes, cash = best(
        Line(0, 60_000, per_mille=400),
        Line(0, 11_000, per_mille=300),
        Line(0, 13_000, per_mille=300),
        cash=100_000,
    )

    # Weights 0.60, 0.22, 0.13, cash 0.05: measure 0.0778.
    assert changes == [1, 2, 1]
    assert cash == 5_000


def test_the_rounding_error_of_an_expensive_share_is_spread_over_the_cheap_ones_and_cash() -> None:
    # Ideal 1.5, 75, 75. One expensive share leaves 500 too much: 166.67 for each of the other two
    # and cash. 920, 910 and cash 170 miss by 170, 160, 170; the tie with 910, 920 goes to the
    # first, the tie with 920, 920, 160 to the smaller turnover.
    changes, cash = best(
        Line(0, 100_000, per_mille=500),
        Line(0, 1_000, per_mille=250),
        Line(0, 1_000, per_mille=250),
        cash=300_000,
    )

    assert changes == [1, 92, 91]
    assert cash == 17_000


def test_the_last_of_many_buys_is_not_starved_by_the_first() -> None:
    lines = [Line(0, 9_700, per_mille=100) for _ in range(10)]
    changes, cash = best(*lines, cash=1_000_000)

    # 103 shares can be paid for; all get 10, the first three 11.
    assert changes == [11, 11, 11, 10, 10, 10, 10, 10, 10, 10]
    assert cash == 900


def test_of_equal_measures_the_one_without_trades_wins() -> None:
    changes, cash = best(
        Line(2_000, 10_000, per_mille=500), Line(1_000, 10_000, per_mille=500), cash=0
    )

    assert changes == [0, 0]
    assert cash == 0


def test_of_equal_trades_the_asset_that_comes_first_gets_more() -> None:
    line = Line(1_000, 10_000, per_mille=500)
    less, more = Line(1_000, 10_000, per_mille=375), Line(2_000, 10_000, per_mille=625)

    assert best(line, line, cash=10_000) == ([1, 0], 0)
    # Weights 0.5, 0.5 and 0.25, 0.75 are equally far from 0.375, 0.625.
    assert best(less, more, cash=10_000) == ([1, 0], 0)
    assert best(more, less, cash=10_000) == ([1, 0], 0)


def test_of_equal_measures_fewer_trades_win_over_a_smaller_turnover() -> None:
    # 180 must be raised from values 600, 140, 440 for destinations 500, 105, 385 and 10 in cash:
    # selling 200 of the first misses by -100, 35, 55, 10, selling 70 and 110 of the others by
    # 100, -35, -55, -10.
    changes, cash = best(
        Line(3_000, 20_000, per_mille=500),
        Line(2_000, 7_000, per_mille=105),
        Line(4_000, 11_000, per_mille=385),
        cash=-18_000,
    )

    assert changes == [-1, 0, 0]
    assert cash == 2_000


def test_cash_has_its_own_destination() -> None:
    changes, cash = best(Line(0, 10_000, per_mille=700), cash=100_000)

    assert changes == [7]
    assert cash == 30_000


# ---- what may be traded ------------------------------------------------------------------------


def test_a_destination_of_zero_sells_out_a_fractional_position() -> None:
    changes, cash = best(Line(12_345, 10_000, per_mille=0), cash=0)

    assert changes == [-12.345]
    assert cash == 123_450


def test_what_is_kept_of_a_fractional_position_changes_by_whole_shares() -> None:
    changes, cash = best(Line(12_345, 10_000, per_mille=500), cash=0)

    assert changes == [-6]
    assert cash == 60_000


def test_round_lots_are_bought_and_sold_whole() -> None:
    lot = Line(0, 1_000, step=100_000, per_mille=500)

    # 2,500 and 1,500 in cash: 1,500, 2,000 and 500 is nearer to 2,000 each than 2,500, 1,000, 500.
    assert best(replace(lot, held=250_000), lot, cash=150_000) == ([-100, 200], 50_000)


def test_a_position_smaller_than_its_lot_can_only_stay_or_go() -> None:
    small = Line(40_000, 1_000, step=100_000)

    assert best(replace(small, per_mille=0), cash=0) == ([-40.0], 40_000)
    assert best(replace(small, per_mille=600), cash=0) == ([0.0], 0)
    assert best(replace(small, per_mille=400), cash=0) == ([-40.0], 40_000)


def test_an_asset_that_may_not_be_sold_or_bought_is_left_alone() -> None:
    locked = Line(10_000, 10_000, sells=False, buys=False, per_mille=0)
    free = Line(0, 10_000, per_mille=1000)

    assert best(locked, free, cash=55_000) == ([0, 5], 5_000)


def test_lots_that_may_not_be_sold_bound_the_sale() -> None:
    problem = Book((Line(50_000, 1_000, per_mille=0),), 0).problem()
    result = best_whole_shares(replace(problem, lowest=np.array([29.5])))

    assert result.change.tolist() == [-20]
    assert result.cash_cents == 20_000


def test_a_greatest_quantity_bounds_the_purchase() -> None:
    problem = Book((Line(1_500, 1_000, per_mille=1000),), 100_000).problem()
    result = best_whole_shares(replace(problem, highest=np.array([7.4])))

    assert result.change.tolist() == [5]
    assert result.cash_cents == 95_000


def test_a_trade_may_be_exactly_the_minimum_but_not_less() -> None:
    line = Line(0, 10_000, per_mille=300)

    assert best(line, cash=100_000, minimum=30_000) == ([3], 70_000)
    assert best(line, cash=100_000, minimum=30_001) == ([4], 60_000)  # 4 is nearer than none
    assert best(replace(line, per_mille=150), cash=100_000, minimum=30_001) == ([0], 100_000)


def test_a_position_below_the_minimum_stays() -> None:
    crumb = Line(900, 10_000, per_mille=0)

    assert best(crumb, cash=0, minimum=9_001) == ([0], 0)
    assert best(crumb, cash=0, minimum=9_000) == ([-0.9], 9_000)


def test_quantities_of_four_decimals_are_steps_like_any_other() -> None:
    problem = Book((Line(0, 33_333, per_mille=1000),), 100_000).problem()
    result = best_whole_shares(replace(problem, step=np.array([0.0001])))

    assert result.change.tolist() == [3.0]  # 3.0 for 999.99; 3.0001 would be 1,000.02
    assert result.cash_cents == 1


# ---- cash and costs ----------------------------------------------------------------------------


def test_costs_and_the_ticket_fee_come_out_of_cash_to_the_cent() -> None:
    book = Book((Line(0, 3_333, per_mille=1000, buy_bp=15, fee_cents=495),), 100_000)
    result = best_whole_shares(book.problem())

    # 29 shares: 966.57 + 1.449855 -> 1.45 + 4.95; the thirtieth would need 999.90 + 1.50 + 4.95.
    assert result.change.tolist() == [29]
    assert result.cost_cents == 145 + 495
    assert result.cash_cents == 100_000 - 96_657 - 640


def test_a_fee_that_cannot_be_paid_prevents_the_trade() -> None:
    line = Line(0, 10_000, per_mille=1000, fee_cents=6_000)

    assert best(line, cash=15_999) == ([0], 15_999)
    assert best(line, cash=16_000) == ([1], 0)


def test_a_sale_pays_for_its_own_fee() -> None:
    line = Line(1_000, 10_000, per_mille=0, fee_cents=9_999)

    assert best(line, cash=0) == ([-1], 1)


def test_a_withdrawal_is_covered_by_sales_and_their_costs() -> None:
    line = Line(10_000, 10_000, per_mille=1000, sell_bp=10, fee_cents=100)

    # Three shares bring 300.00 - 0.30 - 1.00 = 298.70.
    assert best(line, cash=-29_870) == ([-3], 0)
    assert best(line, cash=-29_871) == ([-4], 9_989)


def test_a_withdrawal_of_everything_leaves_nothing_to_weigh() -> None:
    book = Book((Line(1_000, 10_000, per_mille=1000),), -10_000)
    result = best_whole_shares(book.problem())

    assert result == replace(result, cash_cents=0, cost_cents=0, measure=0.0, proven=True)
    assert result.change.tolist() == [-1]


def test_a_withdrawal_of_all_but_a_cent_that_the_cost_takes_ends() -> None:
    # 276 held, 275 to be raised, 1 of cost: whatever is traded, nothing is left to weigh.
    held = Line(3_000, 92, sell_bp=50, per_mille=1000)
    others = Line(0, 184, buy_bp=2_500), Line(0, 150, fee_cents=5_000)

    assert best(*others, held, cash=-275) == ([0, 0, -3], 0)


def test_a_book_without_value_may_gain_a_cent_by_rounding_and_is_answered() -> None:
    # Each 1.5 shares are worth 1.5 cents and are sold for 2.
    changes, cash = best(Line(1_500, 1, per_mille=500), Line(1_500, 1), cash=-3)

    assert cash >= 0
    assert min(changes) == -1.5


def test_a_withdrawal_that_sales_cannot_cover_says_by_how_much() -> None:
    lines = (
        Line(10_000, 10_000, per_mille=500, fee_cents=100),
        Line(10_000, 10_000, sells=False, per_mille=500),
        Line(1_000, 50, per_mille=0, fee_cents=100),  # its fee is more than it brings
    )
    with pytest.raises(InfeasibleError) as caught:
        best_whole_shares(Book(lines, -223_456).problem())

    assert caught.value.problems[0].code == Code.INFEASIBLE
    assert str(caught.value) == (
        "#XR301 found a withdrawal that leaves cash 1,235.56 short, expected at most 999.00 to be "
        "raised by sales. Withdraw 1,235.56 less, or let more be sold."
    )


# ---- edges -------------------------------------------------------------------------------------


def test_a_book_without_assets_keeps_its_cash() -> None:
    result = best_whole_shares(Book((), 12_345).problem())

    assert result.change.shape == (0,)
    assert (result.cash_cents, result.measure, result.proven) == (12_345, 0.0, True)


def test_a_book_of_nothing_stays_nothing() -> None:
    assert best(Line(0, 10_000, per_mille=1000), cash=0) == ([0], 0)


def test_a_share_above_the_whole_value_of_the_book_is_not_bought() -> None:
    dear, cheap = Line(0, 50_000_000, per_mille=500), Line(0, 1_000, per_mille=500)

    # The 500 that cannot be placed are shared by the other asset and cash.
    assert best(dear, cheap, cash=100_000) == ([0, 75], 25_000)


def test_a_book_of_locked_assets_only_is_answered_as_it_is() -> None:
    line = Line(3_000, 10_000, sells=False, buys=False, per_mille=500)
    result = best_whole_shares(Book((line, line), 40_000).problem())

    # Weights 0.3, 0.3 and cash 0.4 against 0.5, 0.5 and 0.
    assert result.measure == pytest.approx(0.04 + 0.04 + 0.16)
    assert result.change.tolist() == [0, 0]
    assert result.proven


def test_a_poor_guess_only_costs_time() -> None:
    lines = (Line(0, 700, per_mille=600), Line(90_000, 1_100, per_mille=400))
    expected = best(*lines, cash=50_000)
    for guess in (0.0, 1e6):
        assert best(*(replace(line, guess=guess) for line in lines), cash=50_000) == expected


def test_the_problem_comes_back_unchanged() -> None:
    problem = ordinary_book(6, 3).problem()
    before = [getattr(problem, name).copy() for name in ("held", "price", "destination", "guess")]
    best_whole_shares(problem)
    after = [problem.held, problem.price, problem.destination, problem.guess]

    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(new, old)
