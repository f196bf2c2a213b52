"""Which position takes the buys of a target line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xl_rebal.engine.lines import servants
from xl_rebal.errors import Code, Problem
from xl_rebal.model.plan import Targets
from xl_rebal.model.portfolio import CASH, Account, Position
from xl_rebal.model.securities import Securities


def buyer(
    key: str,
    is_class: bool,
    positions: Sequence[Position],
    targets: Targets,
    securities: Securities,
    prices: Mapping[str, float],
    account: Account,
) -> int | Position | None:
    """Which position takes the buys of a line: the largest held, else the first.

    Of equals, and of rows with nothing held, the first in the securities table. What the account may not buy at
    present takes none. A substitute takes those of its symbol where it is held, or the symbol is not to be
    bought.
    """
    if key == CASH:
        return None
    rows = {p.symbol: i for i, p in enumerate(positions)}
    open_to = [
        symbol
        for symbol in servants(key, is_class, targets, securities)
        if not securities.get(symbol).exclude and symbol not in account.do_not_buy
    ]
    held = [s for s in open_to if s in rows and positions[rows[s]].quantity > 0]
    if held:
        return rows[max(held, key=lambda symbol: positions[rows[symbol]].value)]
    if key in open_to:
        open_to = [key]
    for symbol in open_to:
        if symbol in rows:
            return rows[symbol]
        if symbol in prices:
            return Position(account.name, symbol, 0.0, prices[symbol])
    return None


def is_barred(
    key: str, is_class: bool, targets: Targets, securities: Securities, account: Account
) -> bool:
    """Whether what could serve a line is excluded or not to be bought: then it is locked, not missing."""
    symbols = servants(key, is_class, targets, securities)
    if not is_class:  # a substitute may do, but need not
        symbols = symbols[:1]
    barred = (securities.get(each).exclude or each in account.do_not_buy for each in symbols)
    return bool(symbols) and all(barred)


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
