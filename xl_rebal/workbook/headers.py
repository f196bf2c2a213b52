"""Which column of a raw table is which of ours: by header, by synonym, or nearly and refused."""

from __future__ import annotations

import string
from collections.abc import Sequence
from difflib import SequenceMatcher

from xl_rebal.cells import is_blank, visible
from xl_rebal.errors import Code
from xl_rebal.wording import did_you_mean, listed, shown
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.layout import Column, Kind, TableLayout
from xl_rebal.workbook.problems import Problems

_DROPPED = str.maketrans("", "", string.punctuation.replace("/", ""))


def folded(header: object) -> str:
    """A header without capitals, punctuation and stray blanks.

    >>> folded(" Qty (Quantity) "), folded("Mkt Val $")
    ('qty quantity', 'mkt val')
    """
    return " ".join(visible(str(header)).casefold().translate(_DROPPED).split())


def match_columns(raw: RawTable, layout: TableLayout, problems: Problems) -> dict[str, int]:
    """Where each declared column stands in the raw table: exact header first, then synonyms.

    Calculated columns come last: a table with a column Band and none Band absolute means that one.
    """
    names = [folded(header) if not is_blank(header) else "" for header in raw.header]
    inputs = [column for column in layout.columns if not column.formula]
    found = {c.header: names.index(folded(c.header)) for c in inputs if folded(c.header) in names}
    for column in inputs:
        if column.header in found:
            continue
        places = [
            names.index(folded(synonym))
            for synonym in column.synonyms
            if folded(synonym) in names and names.index(folded(synonym)) not in found.values()
        ]
        if places:
            found[column.header] = places[0]
            _refuse_choice(raw, column, places, problems)
    for column in layout.columns:
        name = folded(column.header)
        if column.formula and name in names and names.index(name) not in found.values():
            found[column.header] = names.index(name)
    for column in inputs:
        if column.header not in found:
            _refuse_missing(raw, column, names, set(found.values()), problems)
    _refuse_doubles(raw, names, found, problems)
    return found


_NUMBERS = (
    Kind.QUANTITY, Kind.SIGNED_QUANTITY, Kind.PRICE, Kind.PER_SHARE, Kind.MONEY, Kind.FRACTION, Kind.DATE,
)  # fmt: skip


def _refuse_choice(
    raw: RawTable, column: Column, places: Sequence[int], problems: Problems
) -> None:
    """Two columns that could both be the one meant: names may be chosen among, numbers not."""
    if column.kind in _NUMBERS and len(set(places)) > 1:
        problems.say(
            Code.CONFLICT,
            f"{listed([shown(raw.header[place]) for place in places], 'and')}, "
            f"each of which could be {column.header!r}",
            f"one column {column.header!r}",
            f"Name the right one {column.header!r}.",
            raw.sheet,
            raw.address(-1, places[1]),
        )


def _refuse_missing(
    raw: RawTable,
    column: Column,
    names: Sequence[str],
    used: set[int],
    problems: Problems,
) -> None:
    """A required column that is not there; or an optional one under a name that is nearly its own.

    A misspelt Minimum would otherwise be an extra column, and the limit silently none.
    """
    if column.required:
        near = did_you_mean(column.header, [str(h) for h in raw.header if not is_blank(h)])
        problems.say(
            Code.MISSING_COLUMN,
            f"no column {column.header!r} in {raw.name} (it has "
            f"{listed([shown(h) for h in raw.header if not is_blank(h)], 'and')})",
            f"a column {column.header!r}",
            near.replace("Did you mean", "Is it") or "Name one of its headers so.",
            raw.sheet,
            raw.address(-1, 0),
        )
        return
    if column.header in _ONLY_FOR_PEOPLE:
        return
    for place, name in enumerate(names):
        if name and place not in used and _is_nearly(name, folded(column.header)):
            problems.say(
                Code.UNKNOWN_COLUMN,
                f"a column {str(raw.header[place])!r} and none {column.header!r}",
                f"{column.header!r} if that is meant",
                f"Name it {column.header!r}, or something less like it.",
                raw.sheet,
                raw.address(-1, place),
            )


_ONLY_FOR_PEOPLE = {"Name", "Note"}
_NEARLY = 0.8
"""Minimun, Spread and New csh are this near to their headers; Old price to Price is not."""


def _is_nearly(name: str, header: str) -> bool:
    return SequenceMatcher(None, name, header).ratio() >= _NEARLY


def _refuse_doubles(
    raw: RawTable, names: list[str], found: dict[str, int], problems: Problems
) -> None:
    for header, place in found.items():
        if names.count(names[place]) > 1:
            again = names.index(names[place], place + 1)
            problems.say(
                Code.DUPLICATE,
                f"two columns {header!r}",
                "one",
                "Rename or remove the other.",
                raw.sheet,
                raw.address(-1, again),
            )


def refuse_two_columns(raw: RawTable, columns: Sequence[Column], problems: Problems) -> bool:
    """A column beside one of its synonyms: whether anything was said.

    Date beside Ex-date is the day of payment, Date beside Trade date that of settlement.
    """
    before = len(problems.found)
    names = [folded(header) if not is_blank(header) else "" for header in raw.header]
    for column in columns:
        known = {folded(name) for name in (column.header, *column.synonyms)}
        places = [place for place, name in enumerate(names) if name in known]
        if folded(column.header) in names and len({names[place] for place in places}) > 1:
            problems.say(
                Code.CONFLICT, listed([shown(raw.header[place]) for place in places], "and"),
                f"one column for {column.header!r}: {column.help.rstrip('.').lower()}",
                "Remove the other, or name it something else.",
                raw.sheet, raw.address(-1, places[1]),
            )  # fmt: skip
    return len(problems.found) > before
