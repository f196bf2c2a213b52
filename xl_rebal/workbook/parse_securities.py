"""Securities, and the asset classes that Holdings give, to the security master."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from xl_rebal.errors import Code
from xl_rebal.model.securities import Securities, Security
from xl_rebal.wording import did_you_mean, shown
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.tables import TypedRow, say_double

_SMALLEST_LOT = 1e-6


def parse_securities(
    rows: Sequence[TypedRow], holdings: Sequence[TypedRow], problems: Problems
) -> Securities:
    """The securities in the order of their table, then those that only Holdings tell of.

    A class is one class however it is capitalised: the first spelling holds for all.
    """
    spelling: dict[str, str] = {}
    found: dict[str, Security] = {}
    named = (
        None if any(row.lost("Symbol") for row in rows) else [row.text("Symbol") for row in rows]
    )
    for row in rows:
        symbol = row.text("Symbol")
        if symbol is None:
            continue
        if symbol in found:
            say_double(row, "Symbol", symbol, problems)
            continue
        found[symbol] = _security(row, symbol, spelling, problems)
        _refuse_substitutes(row, found[symbol], named, problems)
    given: dict[str, str] = {}
    for row in holdings:
        symbol, typed = row.text("Symbol"), row.text("Asset class")
        if symbol is None or typed is None:
            continue
        asset_class = _spelt(typed, spelling)
        known = given.get(symbol) or found.get(symbol, Security(symbol)).asset_class
        if known and known != asset_class:
            problems.say(
                Code.CONFLICT, f"{symbol} in class {shown(typed)}", f"{shown(known)} as elsewhere",
                "Give each symbol one asset class.", row.table.sheet, row.cell("Asset class"),
            )  # fmt: skip
            continue
        given[symbol] = asset_class
        found[symbol] = replace(found.get(symbol, Security(symbol)), asset_class=asset_class)
    return Securities(tuple(found.values()))


def _security(row: TypedRow, symbol: str, spelling: dict[str, str], problems: Problems) -> Security:
    spread, fee, lot = (row.number(h) for h in ("Spread bp", "Ticket fee", "Round lot"))
    if lot is not None and lot < _SMALLEST_LOT:
        problems.say(Code.OUT_OF_RANGE, f"{lot:g}", "a round lot above 0", "Leave it blank for 1.",
                     row.table.sheet, row.cell("Round lot"))  # fmt: skip
        lot = None
    return Security(
        symbol=symbol,
        name=row.text("Name") or "",
        asset_class=_spelt(row.text("Asset class") or "", spelling),
        identity_group=row.text("Index") or "",
        substitutes=_symbols(row.text("Substitutes") or ""),
        spread=(spread or 0.0) / 1e4,
        ticket_fee=fee,
        round_lot=lot or 1.0,
        exclude=bool(row.flag("Exclude")),
    )


def _symbols(typed: str) -> tuple[str, ...]:
    """Symbols with commas between them, each once.

    >>> _symbols("voo, SPLG; VOO,")
    ('VOO', 'SPLG')
    """
    words = (word.strip().upper() for word in re.split("[,;]", typed))
    return tuple(dict.fromkeys(word for word in words if word))


def _refuse_substitutes(
    row: TypedRow, security: Security, named: Sequence[str | None] | None, problems: Problems
) -> None:
    """Those that are not in the table, if all of it could be read, and a security for itself."""
    known = [symbol for symbol in named or () if symbol is not None]
    for symbol in security.substitutes:
        if symbol == security.symbol:
            problems.say(Code.CONFLICT, f"{symbol} as a substitute of itself", "another symbol",
                         "Remove it.", row.table.sheet, row.cell("Substitutes"))  # fmt: skip
        elif named is not None and symbol not in known:
            problems.say(
                Code.UNKNOWN_SYMBOL, f"the substitute {shown(symbol)}", "symbols of this table with commas",
                did_you_mean(symbol, known) or "Add a row for it, or remove it.",
                row.table.sheet, row.cell("Substitutes"),
            )  # fmt: skip


def _spelt(typed: str, spelling: dict[str, str]) -> str:
    return spelling.setdefault(typed.casefold(), typed)
