"""A workbook to rows: the sheets that are seen, or the one that is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.imports.faults import Faults
from xl_rebal.imports.rows import Rows
from xl_rebal.wording import did_you_mean, listed
from xl_rebal.workbook.file_sheets import FileSheets, open_sheets
from xl_rebal.workbook.layout import PRICES

_ZIP, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_package(content: bytes) -> bool:
    """Whether bytes are a workbook by their first ones, whatever the file is called."""
    return content.startswith((_ZIP, _COMPOUND))


def sheet_rows(content: bytes, name: str, title: str | None = None) -> list[Rows]:
    """The rows of the sheet ``title``; else of the one that holds our table of prices, else of all
    sheets that are not hidden. InputError where there is no such sheet, or no workbook."""
    package, sheets = open_sheets(content, name)
    titles = [sheet.title for sheet in package.sheets()]
    if title is not None:
        found = next((each for each in titles if each.casefold() == title.casefold()), None)
        if found is None:
            raise InputError(
                Problem(Code.UNKNOWN_WORD, repr(title), f"one of the sheets {listed(titles)}",
                        did_you_mean(title, titles) or "Choose one of them.", argument="--sheet")
            )  # fmt: skip
        return [_rows(sheets, found, name)]
    ours = [t.sheet_title for t in package.tables() if t.name.casefold() == PRICES.name.casefold()]
    if len(ours) == 1:
        return [_rows(sheets, ours[0], name)]
    shown = [sheet.title for sheet in package.sheets() if sheet.state == "visible"]
    return [_rows(sheets, each, name) for each in shown]


def _rows(sheets: FileSheets, title: str, name: str) -> Rows:
    grid = sheets[title]
    return Rows(name, tuple(map(tuple, grid)), tuple(range(1, len(grid) + 1)), title)


def say_several_sheets(titles: Sequence[str], faults: Faults) -> None:
    """More than one sheet looks like prices."""
    names = listed([repr(title) for title in titles], "and")
    faults.say(Code.CONFLICT, f"dates in the sheets {names}", "one sheet of prices",
               "Say which with --sheet.")  # fmt: skip
