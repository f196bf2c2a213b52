"""Problems of the engine get the sheet and cell of what they are about."""

from __future__ import annotations

from xl_rebal.errors import Code, Problem
from xl_rebal.workbook.places import About, Place, placed

PLACES: dict[About, Place] = {
    ("account", "IRA"): Place("Accounts", "A4"),
    ("new cash", "IRA"): Place("Accounts", "F4"),
    ("account", "Joint"): Place("Holdings", "A7"),
}


def problem(*about: str, found: str = "something") -> Problem:
    return Problem(Code.NO_VALUE, found, "more", "Mend it.", argument="holdings", about=about)


def test_a_problem_is_put_where_its_thing_stands() -> None:
    (found,) = placed([problem("new cash", "IRA")], PLACES)

    assert (found.sheet, found.cell, found.argument) == ("Accounts", "F4", "")
    assert str(found) == "#XR303 Accounts!F4: found something, expected more. Mend it."


def test_new_cash_that_nobody_typed_stands_at_its_account() -> None:
    (found,) = placed([problem("new cash", "Joint")], PLACES)

    assert (found.sheet, found.cell) == ("Holdings", "A7")


def test_a_problem_about_nothing_known_keeps_its_argument() -> None:
    assert placed([problem("account", "Roth"), problem()], PLACES) == (
        problem("account", "Roth"),
        problem(),
    )


def test_the_same_problem_at_the_same_cell_is_said_once() -> None:
    twice = [problem("account", "IRA"), problem("account", "IRA", found="something else")]

    assert len(placed(twice, PLACES)) == 1
