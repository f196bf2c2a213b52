"""What can be held: the security master."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Security:
    """One security. ``spread`` is the full bid-ask spread as a fraction of the price.

    ``ticket_fee`` is currency per trade, None where the plan's own fee holds. An excluded security
    is never traded; it counts in the weights. ``identity_group`` is what it tracks, or the symbol of a
    security that tracks the same; ``substitutes`` are symbols.
    """

    symbol: str
    name: str = ""
    asset_class: str = ""
    identity_group: str = ""
    substitutes: tuple[str, ...] = ()
    spread: float = 0.0
    ticket_fee: float | None = None
    round_lot: float = 1.0
    exclude: bool = False


@dataclass(frozen=True)
class Securities:
    """The securities in the order of their table."""

    rows: tuple[Security, ...] = ()

    def __iter__(self) -> Iterator[Security]:
        return iter(self.rows)

    @cached_property
    def _by_symbol(self) -> dict[str, Security]:
        return {security.symbol: security for security in self.rows}

    def get(self, symbol: str) -> Security:
        """The security of that symbol; a plain one where the table has none.

        >>> Securities().get("VTI") == Security("VTI")
        True
        """
        return self._by_symbol.get(symbol) or Security(symbol)

    def of_class(self, asset_class: str) -> tuple[Security, ...]:
        """The securities of a class, in table order."""
        return tuple(s for s in self.rows if s.asset_class == asset_class)

    @cached_property
    def _served(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for security in self.rows:
            for symbol in security.substitutes:
                found[symbol] = (*found.get(symbol, ()), security.symbol)
        return found

    def served_by(self, symbol: str) -> tuple[str, ...]:
        """The symbols that name it as a substitute, in table order.

        >>> Securities((Security("VTI", substitutes=("ITOT",)),)).served_by("ITOT")
        ('VTI',)
        """
        return self._served.get(symbol, ())

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """Identity group by symbol, of those that have one; a group named by a symbol is that symbol's.

        >>> same = Securities((Security("VOO", identity_group="S&P 500"),
        ...                    Security("SPY", identity_group="s&p 500"),
        ...                    Security("IVV", identity_group="VOO")))
        >>> same.groups
        {'VOO': 'S&P 500', 'SPY': 'S&P 500', 'IVV': 'S&P 500'}
        """
        spelling: dict[str, str] = {}
        found = {}
        for security in self.rows:
            group, seen = security.identity_group, {security.symbol}
            while group.upper() not in seen and self.get(group.upper()).identity_group:
                seen.add(group.upper())
                group = self.get(group.upper()).identity_group
            if group:
                known = group.upper() if group.upper() in self._by_symbol else group
                found[security.symbol] = spelling.setdefault(group.casefold(), known)
        return found

    def is_same(self, one: str, other: str) -> bool:
        """Whether two symbols are substantially identical: one identity group, or one symbol.

        >>> Securities((Security("IVV", identity_group="VOO"),)).is_same("IVV", "VOO")
        True
        """
        return self.groups.get(one, one) == self.groups.get(other, other)
