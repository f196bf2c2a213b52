"""The ``set_`` names of a file to settings; a name that leads nowhere is a problem, no default."""

from __future__ import annotations

from xl_rebal.cells import RawCell, is_blank
from xl_rebal.errors import Code, Problem
from xl_rebal.workbook.book import RawSetting, column_letters, column_number
from xl_rebal.workbook.cell_names import cell_named, leads_nowhere
from xl_rebal.workbook.file_tables import Grid, Sheets
from xl_rebal.workbook.layout import SETTINGS_BY_NAME
from xl_rebal.workbook.package import DefinedName, Package

PREFIX = "set_"


def read_settings(package: Package, sheets: Sheets) -> tuple[dict[str, RawSetting], list[Problem]]:
    """Settings by name without ``set_``, and the names that cannot be followed."""
    titles = {sheet.title.casefold(): sheet.title for sheet in package.sheets()}
    canonical = {name.casefold(): name for name in SETTINGS_BY_NAME}
    settings: dict[str, RawSetting] = {}
    problems: list[Problem] = []
    names = [n for n in package.defined_names() if n.name.casefold().startswith(PREFIX)]
    for defined in names:
        key = defined.name[len(PREFIX) :]
        key = canonical.get(key.casefold(), key)
        if defined.sheet_title is not None:
            if not any(_same_for_all(defined, other) for other in names):
                problems.append(_of_one_sheet(defined))
            continue
        found = cell_named(defined.text)
        title = titles.get(found[0].casefold()) if found else None
        if found is None or title is None:
            problems.append(leads_nowhere(defined.name, defined.text))
            continue
        _, row, column = found
        value = _at(sheets[title], row, column)
        settings[key] = RawSetting(value, title, f"{column_letters(column)}{row}")
    known = {canonical.get(n.name[len(PREFIX) :].casefold()) for n in names}
    return settings, problems + _labels_without_name(settings, known, sheets)


def _same_for_all(local: DefinedName, other: DefinedName) -> bool:
    """A copied sheet brings local copies of its names: they count for nothing beside the real one."""
    return other.sheet_title is None and other.name.casefold() == local.name.casefold()


def _at(grid: Grid, row: int, column: int) -> RawCell:
    return grid[row - 1][column - 1] if row <= len(grid) and column <= len(grid[row - 1]) else None


def _of_one_sheet(name: DefinedName) -> Problem:
    return Problem(
        Code.BROKEN_NAME, f"the name {name.name} for the sheet {name.sheet_title!r} only",
        "a name for the whole workbook", "Make it anew with the scope Workbook.",
        argument=name.name,
    )  # fmt: skip


def _labels_without_name(
    settings: dict[str, RawSetting], known: set[str | None], sheets: Sheets
) -> list[Problem]:
    """Settings whose label stands among the others while their name is gone.

    The column of labels is that left of the cells whose left neighbour says their name.
    """
    columns: set[tuple[str, int]] = set()
    for name, raw in settings.items():
        letters = raw.cell.rstrip("0123456789")
        row, column = int(raw.cell.removeprefix(letters)), column_number(letters)
        if column > 1 and _says(_at(sheets[raw.sheet], row, column - 1), name):
            columns.add((raw.sheet, column))
    return [
        Problem(
            Code.BROKEN_NAME, f"{name} beside a cell without the name {PREFIX}{name}",
            f"a cell named {PREFIX}{name}",
            "Name the cell so under Formulas, Define Name, or clear its label for the default.",
            title, f"{column_letters(column)}{row}",
        )
        for title, column in sorted(columns)
        for row, line in enumerate(sheets[title], start=1)
        if column <= len(line) + 1 and not is_blank(line[column - 2])
        for name in SETTINGS_BY_NAME
        if name not in known and _says(line[column - 2], name)
    ]  # fmt: skip


def _says(cell: RawCell, name: str) -> bool:
    return (
        isinstance(cell, str) and not is_blank(cell) and cell.strip().casefold() == name.casefold()
    )
