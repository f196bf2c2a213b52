"""Which prices stand for which target line: a class is looked at as one of its securities."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from xl_rebal.engine.lines import line_of
from xl_rebal.errors import Code, InputError, Note, Problem
from xl_rebal.model.plan import TargetLine, Targets
from xl_rebal.model.portfolio import CASH, Household
from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities


def stand_ins(
    lines: Iterable[TargetLine],
    targets: Targets,
    household: Household,
    securities: Securities,
    prices: Prices,
) -> dict[str, str]:
    """The symbol whose prices stand for each of the ``lines``, by key, in their order.

    A class is looked at as the one of its holdings that is worth most, else its first in the securities
    with prices. Raises InputError with every line that has no prices.
    """
    found: dict[str, str] = {}
    problems = []
    for line in lines:
        symbol = _symbol(line, targets, household, securities, prices)
        if symbol is None:
            problems.append(_no_prices(line, targets.model))
        else:
            found[line.key] = symbol
    if problems:
        raise InputError(problems)
    return found


def about_classes(found: dict[str, str], targets: Targets) -> list[Note]:
    """That a class is studied as one security, said of each."""
    return [
        Note(Code.NOT_READ, f"The class {key} is studied as {symbol}.", about=("target", key, targets.model))
        for key, symbol in found.items()
        if key in targets.classes
    ]  # fmt: skip


def _symbol(
    line: TargetLine,
    targets: Targets,
    household: Household,
    securities: Securities,
    prices: Prices,
) -> str | None:
    def has_prices(symbol: str) -> bool:
        return symbol in prices.symbols and not np.isnan(prices.column(symbol)).all()

    if not line.is_class:
        return line.key if line.key == CASH or has_prices(line.key) else None
    held: dict[str, float] = {}
    for position in household.positions:
        held[position.symbol] = held.get(position.symbol, 0.0) + position.value
    listed_symbols = [security.symbol for security in securities.of_class(line.key)]
    members = [
        symbol
        for symbol in dict.fromkeys([*listed_symbols, *sorted(held)])
        if line_of(symbol, targets, securities) == line.key and has_prices(symbol)
    ]
    return max(members, key=lambda symbol: held.get(symbol, 0.0), default=None)


def _no_prices(line: TargetLine, model: str) -> Problem:
    what = f"any security of class {line.key!r}" if line.is_class else repr(line.key)
    return Problem(
        Code.MISSING_PRICE,
        f"no column of prices for {what}, which has a target",
        "a column headed with its symbol on the sheet Prices",
        "Add its prices there (`xl-rebal import` reads them from a file).",
        about=("target", line.key, model),
    )
