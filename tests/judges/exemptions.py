"""Everything that a judge cannot judge as it stands, in one place, each with its reason.

- formulon and Calc have no add-in: a cell whose own formula calls an ``XR_`` function stands at its
  cached value there, so that what depends on it is judged (``cached.xr_blocks`` finds them).
- formulon 0.18 loses its way in tables: a formula with ``tblHoldings[[#This Row],[Price]]`` keeps its
  value when that price changes, and SUMPRODUCT takes a column such as ``tblHoldings[Value]`` for
  nothing. Nothing is skipped for that: formulon gets those formulas with the addresses that the
  references stand for. A test fails once this is no longer needed. (Calc judges the references.)

openxml-audit and our own linter have no exemptions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from openpyxl.utils import get_column_letter

_REFERENCE = re.compile(
    r"(?<![\w\[])([A-Za-z_]\w*)"
    r"\[(?:([^\[\]'#@]+)|\[#This Row\],\[([^\[\]'#@]+)\](?::\[([^\[\]'#@]+)\])?)\]"
)
"""``tbl[Column]``, ``tbl[[#This Row],[Column]]`` and ``tbl[[#This Row],[First]:[Last]]``."""
_TEXT = re.compile(r'("[^"]*")')


class TableArea(NamedTuple):
    """Where a table's data stand: columns by header, rows counted from 1; ``sheet`` quoted."""

    sheet: str
    columns: Mapping[str, int]
    first: int
    last: int


def with_addresses(formula: str, row: int, tables: Mapping[str, TableArea]) -> str:
    """A formula of a row with addresses where it refers to tables; what is no table stays.

    >>> tables = {"tblH": TableArea("'H'", {"Price": 4, "Value": 5}, 5, 9)}
    >>> with_addresses('SUM(tblH[Value],@tblH[[#This Row],[Price]])&"tblH[Value]"', 7, tables)
    'SUM(\\'H\\'!$E$5:$E$9,@\\'H\\'!$D$7)&"tblH[Value]"'
    >>> with_addresses("SUM(tblH[[#This Row],[Price]:[Value]])", 7, tables)
    "SUM('H'!$D$7:$E$7)"
    """

    def address(found: re.Match[str]) -> str:
        table, whole, left, right = found.groups()
        if table not in tables:
            return found[0]
        sheet, columns, first, last = tables[table]
        if whole:
            letter = get_column_letter(columns[whole])
            return f"{sheet}!${letter}${first}:${letter}${last}"
        start = f"{sheet}!${get_column_letter(columns[left])}${row}"
        return start + (f":${get_column_letter(columns[right])}${row}" if right else "")

    parts = _TEXT.split(formula)
    parts[::2] = [_REFERENCE.sub(address, part) for part in parts[::2]]
    return "".join(parts)
