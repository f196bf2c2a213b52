"""What stands for a security that is sold at a loss, so that its target line keeps its weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from xl_rebal.engine.lines import line_of
from xl_rebal.engine.taxes.harvest_book import HarvestBook
from xl_rebal.engine.taxes.swap import Swap
from xl_rebal.model.portfolio import Account
from xl_rebal.model.securities import Securities, Security
from xl_rebal.tax.substitutes import Substitute, substitutes


def with_stand_ins(securities: Securities, swaps: Sequence[Swap]) -> Securities:
    """The securities in which every substitute that is bought counts as what it stands for."""
    more: dict[str, list[str]] = {}
    for swap in swaps:
        if swap.substitute is not None:
            more.setdefault(swap.symbol, []).append(swap.substitute)
    rows = {security.symbol: security for security in securities}
    for symbol, names in more.items():
        security = rows.get(symbol, Security(symbol))
        named = tuple(dict.fromkeys([*security.substitutes, *names]))
        rows[symbol] = replace(security, substitutes=named)
    return Securities(tuple(rows.values()))


class StandIns:
    """What may stand for a symbol in an account."""

    def __init__(self, book: HarvestBook) -> None:
        self._book = book
        self._scored: dict[str, tuple[Substitute, ...]] = {}
        self._eligible: dict[tuple[str, str], list[tuple[str, Substitute]]] = {}

    def best(
        self, symbol: str, account: Account, sold: set[str], barred: Mapping[str, date]
    ) -> Substitute | None:
        """The best that it may buy, whose identity group is not ``sold`` at a loss itself, nor ``barred``."""
        for group, each in self._of(symbol, account):
            if group not in sold and group not in barred and each.symbol not in account.do_not_buy:
                return each
        return None

    def _of(self, symbol: str, account: Account) -> list[tuple[str, Substitute]]:
        """Those of another identity group, with a price, that count for the same target line; best first."""
        key = symbol, account.model
        if key not in self._eligible:
            book = self._book
            if symbol not in self._scored:
                self._scored[symbol] = substitutes(
                    symbol, book.recent, book.securities, book.least_correlation
                )
            self._eligible[key] = [
                (book.question.history.group(each.symbol), each)
                for each in self._scored[symbol]
                if not each.same_group
                and each.symbol in book.all_quotes
                and self._is_of_line(each.symbol, symbol, account)
            ]
        return self._eligible[key]

    def _is_of_line(self, substitute: str, symbol: str, account: Account) -> bool:
        targets = self._book.plan.targets_for(account.model)
        own = line_of(symbol, targets, self._book.securities)
        if line_of(substitute, targets, self._book.securities) == own:
            return True
        named = with_stand_ins(self._book.securities, [Swap(account.name, symbol, (), substitute)])
        return line_of(substitute, targets, named) == own
