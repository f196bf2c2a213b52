"""Where the things that a problem can be about stand in the book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from xl_rebal.errors import Note, Problem
from xl_rebal.workbook.tables import TypedRow

About = tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A cell of a book."""

    sheet: str
    cell: str


@dataclass
class PlacesBuilder:
    """Collects places while a book is read; the first row that tells of a thing is its place."""

    found: dict[About, Place] = field(default_factory=dict)

    def note(self, about: About, row: TypedRow, header: str) -> None:
        self.found.setdefault(about, Place(row.table.sheet, row.cell(header)))

    def note_cell(self, about: About, sheet: str, cell: str) -> None:
        """The same for what stands in no table."""
        self.found.setdefault(about, Place(sheet, cell))


def placed(problems: Iterable[Problem], places: Mapping[About, Place]) -> tuple[Problem, ...]:
    """The problems with sheet and cell of what they are about, as far as that is known.

    What several accounts miss at one place (the price of a target) is one problem.
    """
    found: dict[tuple[object, ...], Problem] = {}
    for number, problem in enumerate(_placed(problem, places) for problem in problems):
        place = (problem.code, problem.sheet, problem.cell) if problem.cell else (number,)
        found.setdefault(place, problem)
    return tuple(found.values())


def placed_notes(notes: Iterable[Note], places: Mapping[About, Place]) -> tuple[Note, ...]:
    """The notes with sheet and cell of what they are about, as far as that is known."""
    return tuple(
        replace(note, sheet=place.sheet, cell=place.cell)
        if (place := places.get(note.about)) and not note.sheet
        else note
        for note in notes
    )


def _placed(problem: Problem, places: Mapping[About, Place]) -> Problem:
    place = places.get(problem.about)
    if place is None and problem.about[:1] == ("new cash",):
        place = places.get(("account", *problem.about[1:]))
    if place is None or problem.sheet:
        return problem
    return replace(problem, sheet=place.sheet, cell=place.cell, argument="")
