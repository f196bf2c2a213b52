"""Which position takes the buys of a target line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xl_rebal.engine.lines import line_of
from xl_rebal.errors import Code, Problem
from xl_rebal.model.plan import Targets
from xl_rebal.model.portfolio import CASH, Position
from xl_rebal.model.securities import Securities


def buyer(
    key: str,
    is_class: bool,
    positions: Sequence[Position],
    targets: Targets,
    securities: Securities,
    prices: Mapping[str, float],
    account: str,
) -> int | Position | None:
    """Which position takes the buys of a line: the largest held, else the first of the class.

    Of equals, and of rows with nothing held, the first in the securities table.
    """
    if key == CASH:
        return None
    symbols = [s.symbol for s in securities.of_class(key)] if is_class else [key]
    rows = {p.symbol: i for i, p in enumerate(positions)}
    open_to = [
        symbol
        for symbol in symbols
        if line_of(symbol, targets, securities) == key and not securities.get(symbol).exclude
    ]
    held = [s for s in open_to if s in rows and positions[rows[s]].quantity > 0]
    if held:
        return rows[max(held, key=lambda symbol: positions[rows[symbol]].value)]
    for symbol in open_to:
        if symbol in rows:
            return rows[symbol]
        if symbol in prices:
            return Position(account, symbol, 0.0, prices[symbol])
    return None


def is_excluded(key: str, is_class: bool, securities: Securities) -> bool:
    """Whether everything that could serve a line is excluded: then it is locked, not missing."""
    if not is_class:
        return securities.get(key).exclude
    members = securities.of_class(key)
    return bool(members) and all(security.exclude for security in members)


def no_price(key: str, is_class: bool, account: str, model: str) -> Problem:
    about = ("target", key, model)
    if is_class:
        return Problem(
            Code.MISSING_PRICE,
            f"no security of class {key!r} with a price for account {account!r}",
            "at least one that can be bought",
            "Give the class a security in Securities and a price in Holdings or Prices.",
            argument="targets",
            about=about,
        )
    return Problem(
        Code.MISSING_PRICE,
        f"no price for {key!r}, which has a target but is not held in account {account!r}",
        "a price above 0",
        "Add it to Holdings with quantity 0 and its price, or to Prices.",
        argument="targets",
        about=about,
    )
