"""A table of ours under another name: dropping it silently would drop what it says."""

from __future__ import annotations

from collections.abc import Sequence

from xl_rebal.cells import is_blank
from xl_rebal.wording import did_you_mean
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.headers import folded
from xl_rebal.workbook.layout import TableLayout

_SHARE = 0.6
_FEWEST = 3


def likely_table(strangers: Sequence[RawTable], layout: TableLayout) -> RawTable | None:
    """The table, among those that are none of ours, that seems to be the missing one.

    By its name or sheet, or by most of its columns.
    """
    found = lookalike(strangers, layout)
    return found or next((s for s in strangers if _has_most(s, layout)), None)


def lookalike(strangers: Sequence[RawTable], layout: TableLayout) -> RawTable | None:
    """A table with the required columns, under nearly the right name or on the sheet of that title."""
    for stranger in strangers:
        if did_you_mean(layout.name, [stranger.name]) and has_required(stranger, layout):
            return stranger
    for stranger in strangers:
        if stranger.sheet == layout.sheet and has_required(stranger, layout):
            return stranger
    return None


def headers_of(raw: RawTable) -> set[str]:
    return {folded(header) for header in raw.header if not is_blank(header)}


def has_required(raw: RawTable, layout: TableLayout) -> bool:
    """Whether every required column is there by header or synonym."""
    found = headers_of(raw)
    return all(
        found & {folded(name) for name in (column.header, *column.synonyms)}
        for column in layout.columns
        if column.required
    )


def _has_most(raw: RawTable, layout: TableLayout) -> bool:
    found = headers_of(raw)
    inputs = [column for column in layout.columns if not column.formula]
    matched = sum(folded(column.header) in found for column in inputs)
    return matched >= max(_FEWEST, _SHARE * len(inputs)) and has_required(raw, layout)
