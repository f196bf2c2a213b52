"""Purchases of a window, with those that are used up passed over, against a scan of all."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from xl_rebal.tax.stock import Piece, Purchase, Purchases, Stock

START = date(2024, 1, 1)


def purchase(rank: int, day: date, quantity: float = 10.0) -> Purchase:
    made = Purchase(rank, rank, day, "Main", "X", "X", str(rank))
    made.unused.append(Piece(made, "Main", quantity, 100.0, 100.0, day))
    return made


def test_a_window_holds_the_purchases_with_unused_shares_however_many_are_gone() -> None:
    random = Random(3)
    days = sorted(random.choices(range(80), k=200))
    all_of_them = [purchase(n, START + timedelta(days=day)) for n, day in enumerate(days)]
    index = Purchases(all_of_them)
    for _ in range(300):
        for gone in random.sample(all_of_them, 2):
            gone.unused.clear()
        first = START + timedelta(days=random.randrange(80))
        last = first + timedelta(days=random.randrange(40))
        wanted = [each for each in all_of_them if first <= each.day <= last and each.unused]
        assert list(index.between(first, last)) == wanted


def test_purchases_that_come_one_by_one_are_found_like_those_that_were_known() -> None:
    random = Random(4)
    stock, known = Stock([]), list[Purchase]()
    assert list(stock.bought_between("X", START, START)) == []
    day = START
    for rank in range(150):
        day += timedelta(days=random.randrange(3))
        known.append(purchase(rank, day))
        stock.add(known[-1])
        random.choice(known).unused.clear()
        first = day - timedelta(days=random.randrange(40))
        wanted = [each for each in known if first <= each.day <= day and each.unused]
        assert list(stock.bought_between("X", first, day)) == wanted


def test_what_is_taken_off_a_piece_has_its_part_of_cost_and_basis() -> None:
    made = purchase(0, START)
    stock = Stock([made])
    stock.buy(made)
    (piece,) = stock.held("Main", "X")
    taken = stock.take(piece, 4.0)

    assert (taken.quantity, taken.cost, taken.basis) == (4.0, 40.0, 40.0)
    assert (piece.quantity, piece.cost, piece.basis) == (6.0, 60.0, 60.0)
    assert stock.take(piece, 6.0 - 1e-10) is piece
    assert list(stock.all_pieces()) == []
    assert made.unused == []


def test_an_average_gives_every_share_the_same_basis() -> None:
    cheap, dear = purchase(0, START), purchase(1, START, quantity=30.0)
    stock = Stock([cheap, dear])
    stock.buy(cheap)
    stock.buy(dear)
    stock.average("Main", "X")

    assert [piece.basis for piece in stock.all_pieces()] == [pytest.approx(50), pytest.approx(150)]
