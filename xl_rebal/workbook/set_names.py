"""The ``set_`` names of a book to settings; a name that leads nowhere is a problem, no default."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xl_rebal.cells import RawCell, is_blank
from xl_rebal.errors import Code, Problem
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import RawSetting, column_letters
from xl_rebal.workbook.cell_names import cell_named, leads_nowhere
from xl_rebal.workbook.found_tables import Sheets
from xl_rebal.workbook.layout import SETTINGS_BY_NAME

PREFIX = "set_"
_CANONICAL = {name.casefold(): name for name in SETTINGS_BY_NAME}


@dataclass(frozen=True)
class NameOf:
    """A defined name and what it is for; ``sheet`` is None where the whole workbook sees it."""

    name: str
    text: str
    sheet: str | None = None


@dataclass(frozen=True)
class _Place:
    """The cell of a setting; ``key`` has no ``set_`` and the capitals of our layout."""

    key: str
    sheet: str
    row: int
    column: int


def read_settings(
    names: Iterable[NameOf], sheets: Sheets
) -> tuple[dict[str, RawSetting], list[Problem]]:
    """Settings by name without ``set_``, and the names that cannot be followed."""
    titles = {title.casefold(): title for title in sheets.titles}
    ours = [name for name in names if name.name.casefold().startswith(PREFIX)]
    places: dict[str, _Place] = {}
    problems: list[Problem] = []
    for name in ours:
        if name.sheet is not None:
            if not any(_same_for_all(name, other) for other in ours):
                problems.append(_of_one_sheet(name))
            continue
        found = cell_named(name.text)
        title = titles.get(found[0].casefold()) if found else None
        if found is None or title is None:
            problems.append(leads_nowhere(name.name, name.text))
            continue
        places[_key(name)] = _Place(_key(name), title, *found[1:])
    strips = _strips(places.values(), sheets)
    settings = {
        place.key: RawSetting(
            strips[place.sheet, place.column].value(place.row), place.sheet,
            f"{column_letters(place.column)}{place.row}",
        )
        for place in places.values()
    }  # fmt: skip
    known = {_key(name) for name in ours}
    return settings, problems + _labels_without_name(places.values(), known, strips)


def _key(name: NameOf) -> str:
    key = name.name[len(PREFIX) :]
    return _CANONICAL.get(key.casefold(), key)


def _same_for_all(local: NameOf, other: NameOf) -> bool:
    """A copied sheet brings local copies of its names: they count for nothing beside the real one."""
    return other.sheet is None and other.name.casefold() == local.name.casefold()


def _of_one_sheet(name: NameOf) -> Problem:
    return Problem(
        Code.BROKEN_NAME, f"the name {name.name} for the sheet {name.sheet!r} only",
        "a name for the whole workbook", "Make it anew with the scope Workbook.",
        argument=name.name,
    )  # fmt: skip


@dataclass(frozen=True)
class _Strip:
    """A column from row 1 down with that to its left, which column A has not."""

    rows: Sequence[Sequence[RawCell]]

    def value(self, row: int) -> RawCell:
        return self.rows[row - 1][-1] if row <= len(self.rows) else None

    def label(self, row: int) -> RawCell:
        """What stands left of the cell."""
        return self.rows[row - 1][0] if row <= len(self.rows) and len(self.rows[0]) > 1 else None


def _strips(places: Iterable[_Place], sheets: Sheets) -> dict[tuple[str, int], _Strip]:
    """What stands in the columns of the settings, by sheet and column: each is read once."""
    return {
        (sheet, column): _Strip(
            list(sheets.rows(sheet, Area(1, max(1, column - 1), sheets.extent(sheet)[0], column)))
        )
        for sheet, column in sorted({(place.sheet, place.column) for place in places})
    }


def _labels_without_name(
    places: Iterable[_Place], known: set[str], strips: dict[tuple[str, int], _Strip]
) -> list[Problem]:
    """Settings whose label stands among the others while their name is gone.

    The column of labels is that left of the cells whose left neighbour says their name.
    """
    columns = {
        (place.sheet, place.column)
        for place in places
        if _says(strips[place.sheet, place.column].label(place.row), place.key)
    }
    return [
        Problem(
            Code.BROKEN_NAME, f"{name} beside a cell without the name {PREFIX}{name}",
            f"a cell named {PREFIX}{name}",
            "Name the cell so under Formulas, Define Name, or clear its label for the default.",
            sheet, f"{column_letters(column)}{row}",
        )
        for sheet, column in sorted(columns)
        for row in range(1, len(strips[sheet, column].rows) + 1)
        for name in SETTINGS_BY_NAME
        if name not in known and _says(strips[sheet, column].label(row), name)
    ]  # fmt: skip


def _says(cell: RawCell, name: str) -> bool:
    return (
        isinstance(cell, str) and not is_blank(cell) and cell.strip().casefold() == name.casefold()
    )
