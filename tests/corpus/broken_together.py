"""Several faults in one book: each is said as if it were alone, and nothing is said besides."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from tests.corpus import broken_cells, broken_settings
from tests.corpus.good_book import Case, Change, all_of, refused

BOOKS, FAULTS = 30, 9
_ABOUT_ONE_CELL = ("101", "104", "105", "107", "109")


def _single() -> list[tuple[str, Change]]:
    """Faults of one cell that the rest of the book does not hear of, with their problem."""
    cases: Iterable[Case] = [*broken_cells.CASES, *broken_settings.WORDS]
    return [
        (case.answer.problems[0], case.change)
        for case in cases
        if case.change is not None and case.rework is None and case.answer.status == 3
        if case.answer.drift == 3 and len(case.answer.problems) == 1
        if case.answer.problems[0].startswith(_ABOUT_ONE_CELL)
    ]


def _together(number: int) -> Case:
    chosen: dict[str, tuple[str, Change]] = {}
    for problem, change in Random(number).sample(_single(), 40):
        place = problem.partition(" ")[2]
        if len(chosen) < FAULTS and place not in chosen:
            chosen[place] = (problem, change)
    changes = [change for _, change in chosen.values()]
    return Case(
        f"together-{number}",
        refused(*(problem for problem, _ in chosen.values())),
        all_of(*changes),
    )


CASES = [_together(number) for number in range(1, BOOKS + 1)]
