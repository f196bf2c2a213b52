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

    def best(
        self, symbol: str, account: Account, sold: set[str], barred: Mapping[str, date]
    ) -> Substitute | None:
        """The best of another identity group that is not ``sold`` at a loss itself, nor ``barred``.

        It must have a price and count for the same target line.
        """
        book, history = self._book, self._book.question.history
        if symbol not in self._scored:
            self._scored[symbol] = substitutes(
                symbol, book.recent, book.securities, book.least_correlation
            )
        for each in self._scored[symbol]:
            group = history.group(each.symbol)
            if each.same_group or group in sold or group in barred:
                continue
            if each.symbol in book.all_quotes and self._is_of_line(each.symbol, symbol, account):
                return each
        return None

    def _is_of_line(self, substitute: str, symbol: str, account: Account) -> bool:
        targets = self._book.plan.targets_for(account.model)
        own = line_of(symbol, targets, self._book.securities)
        named = with_stand_ins(self._book.securities, [Swap(account.name, symbol, (), substitute)])
        return line_of(substitute, targets, named) == own
