"""What a record of transactions comes to: the lots that are left, and what every sold lot meant for taxes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class OpenLot:
    """Shares of one purchase that are still held and have one basis; a partial match splits a lot in two.

    acquired: trade date of the purchase. adjusted: the date from which the holding period counts (earlier
    where the days of a washed sale were added). cost, basis: total currency, the basis with disallowed losses
    added; None: unknown. row: of its transaction.
    """

    row: int
    account: str
    symbol: str
    lot_id: str
    acquired: date
    quantity: float
    cost: float | None
    basis: float | None
    adjusted: date


@dataclass(frozen=True, slots=True)
class Sale:
    """Shares of one lot with one basis, sold by one transaction (``row``). Totals in currency.

    basis is adjusted, None where the cost is unknown, as are disallowed and recognised then.
    recognised = proceeds - basis + disallowed in a taxed account; elsewhere 0, as is disallowed.
    disallowed >= 0: the part of a loss that waits in the basis of a replacement, or (permanent <= disallowed)
    is lost for good, since the replacement was bought where nothing is taxed.
    """

    row: int
    day: date
    account: str
    symbol: str
    lot_id: str
    acquired: date
    adjusted: date
    quantity: float
    proceeds: float
    basis: float | None
    disallowed: float | None
    recognised: float | None
    permanent: float
    is_long: bool
    is_taxed: bool


@dataclass(frozen=True, slots=True)
class Match:
    """Shares sold at a loss and the shares that replaced them.

    sale, replacement: rows of their transactions. quantity: replacing shares, as of the replacement's own day
    (after a split twice as many replace). disallowed: currency.
    """

    sale: int
    replacement: int
    quantity: float
    disallowed: float
    is_permanent: bool


@dataclass(frozen=True)
class Ledger:
    """Open lots by account, symbol and date; sales by date, in the order in which losses are matched."""

    lots: tuple[OpenLot, ...]
    sales: tuple[Sale, ...]
    matches: tuple[Match, ...]
