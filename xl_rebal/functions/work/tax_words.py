"""What the functions of taxes say alike: terms, unknown amounts, lots that are not there yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from xl_rebal.cells import RawCell
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.model.portfolio import Lot


def term(is_long: bool) -> str:
    """The word for a term."""
    return "long" if is_long else "short"


def or_unknown(amount: float | None) -> RawCell:
    """An amount, or the word for one that nobody knows: never 0, never blank."""
    return "unknown" if amount is None else amount


def acquired_later(lots: Iterable[Lot], day: date, name: str) -> list[Problem]:
    """Lots that are not there yet on the ``day`` of a sale, the argument ``name``."""
    return [
        Problem(Code.OUT_OF_RANGE, f"lot {lot.lot_id} acquired on {lot.acquired}", f"a day up to {day}",
                f"Correct one of the dates, in lots or {name}.", argument="lots")
        for lot in lots
        if lot.acquired > day
    ]  # fmt: skip


def refuse(problems: Iterable[Problem]) -> None:
    """Raise what was found, if anything was."""
    found = list(problems)
    if found:
        raise InputError(found)
