"""Check one range by itself, with the same reading as a whole book."""

from __future__ import annotations

from collections.abc import Sequence

from xl_rebal.cells import RawCell, is_blank
from xl_rebal.errors import Code, Problem
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.layout import ACCOUNTS, HOLDINGS, LOTS, TARGETS, TableLayout
from xl_rebal.workbook.parse_prices import parse_prices
from xl_rebal.workbook.parse_targets import check_target_sum
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.tables import typed_rows

_KINDS: dict[str, TableLayout] = {"holdings": HOLDINGS, "lots": LOTS, "targets": TARGETS}


def check_range(rows: Sequence[Sequence[RawCell]], kind: str) -> tuple[Problem, ...]:
    """The problems of a table with its header row; cells are counted from the range's own A1.

    ``kind`` is holdings, lots, targets or prices. What needs other tables (is the symbol known,
    do lots add up) is checked on a whole book only.
    """
    header = tuple(rows[0])
    raw = RawTable(kind, "", header, tuple(tuple(row) for row in rows[1:]))
    problems = Problems()
    if not raw.rows:
        return (Problem(Code.NOTHING_TO_READ, "a header without rows", "rows below it"),)
    if kind == "prices":
        parse_prices(raw, problems, dates_first=True)
        return tuple(problems.found)
    layout = _KINDS[kind]
    typed = typed_rows(_with_account(raw, layout), layout, problems)
    if kind == "targets":
        check_target_sum(typed, problems)
    return tuple(problems.found)


def _with_account(raw: RawTable, layout: TableLayout) -> RawTable:
    """A range for one account needs no Account column."""
    names = {str(cell).strip().casefold() for cell in raw.header if not is_blank(cell)}
    column = ACCOUNTS.column("Account")
    known = {column.header.casefold(), *column.synonyms}
    if layout is TARGETS or names & known:
        return raw
    return RawTable(
        raw.name, raw.sheet, (*raw.header, "Account"), tuple((*row, "Main") for row in raw.rows)
    )
