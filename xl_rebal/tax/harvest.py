"""Lots at a loss: what selling each would save, net of what is repaid, and whether anything washes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xl_rebal.model.portfolio import Lot
from xl_rebal.model.transactions import History
from xl_rebal.tax.choice import NOTHING, average_basis
from xl_rebal.tax.holding import is_long
from xl_rebal.tax.methods import LotMethod, method_of
from xl_rebal.tax.replacing import Bought, LotKey, Purchases, key_of
from xl_rebal.tax.settings import TaxSettings


@dataclass(frozen=True)
class Loss:
    """A lot in a taxed account that is worth less than its basis by both thresholds; totals in currency.

    loss > 0: basis less market value, fees apart. is_long: its term today.
    """

    lot: Lot
    price: float
    loss: float
    is_long: bool

    @property
    def value(self) -> float:
        """Market value."""
        return self.lot.quantity * self.price

    @property
    def fraction(self) -> float:
        """The loss as a fraction of the basis."""
        return self.loss / (self.value + self.loss)

    def gross(self, settings: TaxSettings) -> float:
        """Loss x the rate of its own term: what it saves where it offsets a gain of that term, and no more."""
        rates = settings.rates
        return self.loss * (rates.long if self.is_long else rates.short)


def losses(
    lots: Iterable[Lot],
    quotes: Mapping[str, float],
    as_of: date,
    history: History,
    settings: TaxSettings,
) -> list[Loss]:
    """The lots at a loss, the greatest gross saving first.

    Left out are lots in accounts that are not taxed, of unknown cost, without a price, or not to be sold.
    At a threshold counts: the fraction is of the basis, in currency it is the amount. Where an account keeps
    average cost each share has the basis of all its lots together.
    """
    lots, found = tuple(lots), []
    averages = _averages(lots, history, settings.method)
    for lot in lots:
        price, place = quotes.get(lot.symbol), (lot.account, lot.symbol)
        basis = lot.basis
        if place in averages:
            average = averages[place]
            basis = None if average is None else average * lot.quantity
        if price is None or basis is None or lot.do_not_sell or lot.quantity <= 0:
            continue
        if not history.account(lot.account).is_taxed:
            continue
        loss = basis - lot.quantity * price
        if is_large(loss, basis, settings.minimum_loss, settings.minimum_loss_fraction):
            found.append(Loss(lot, price, loss, is_long(lot.adjusted, as_of)))
    return sorted(found, key=lambda each: (-each.gross(settings), key_of(each.lot)))


def _averages(
    lots: Iterable[Lot], history: History, usual: LotMethod
) -> dict[tuple[str, str], float | None]:
    """Basis of a share by account and symbol, where average cost is kept; None where it is unknown."""
    own: dict[tuple[str, str], list[Lot]] = {}
    for lot in lots:
        if method_of(history.account(lot.account), usual) is LotMethod.AVERAGE:
            own.setdefault((lot.account, lot.symbol), []).append(lot)
    return {place: average_basis(each) for place, each in own.items()}


def is_large(loss: float, basis: float, minimum: float, fraction: float) -> bool:
    """Whether a loss is at least a ``minimum`` in currency and a ``fraction`` of the basis; at either counts.

    >>> is_large(5.0, 100.0, 5.0, 0.05), is_large(4.9, 100.0, 0.0, 0.05), is_large(0.0, 100.0, 0.0, 0.0)
    (True, False, False)
    """
    least = 1.0 - NOTHING
    is_loss = loss > NOTHING * basis and loss >= minimum * least
    return is_loss and loss >= fraction * basis * least


def clear(
    found: Sequence[Loss],
    purchases: Purchases,
    as_of: date,
    gone_with: Callable[[Sequence[Loss]], set[LotKey]],
) -> tuple[list[Loss], dict[LotKey, tuple[Bought, ...]]]:
    """Those that nothing washes when all of them are sold together; and what washes each of the others.

    A lot of the last 30 days replaces no other that is sold with it, if nothing of it is left: ``gone_with``
    are the lots of which that is so when these losses are taken. The most lots that can go together: whoever is
    washed by what stays is taken off, until nobody is.
    """
    left = list(found)
    stopped: dict[LotKey, tuple[Bought, ...]] = {}
    while True:
        gone = gone_with(left)
        bad = {
            key_of(each.lot): by
            for each in left
            if (by := purchases.replacing(each.lot, as_of, gone))
        }
        if not bad:
            return left, stopped
        stopped.update(bad)
        left = [each for each in left if key_of(each.lot) not in bad]


@dataclass(frozen=True)
class Saving:
    """What a loss is worth; currency. gross: loss x rate of its term. now: the tax of this year that it saves,
    after netting. later: what the lower basis is taxed at the horizon, in today's money. cost: of selling and
    of buying the substitute."""

    gross: float
    now: float
    later: float
    cost: float

    @property
    def net(self) -> float:
        """Saved now less repaid later, less costs."""
        return self.now - self.later - self.cost


def repaid_later(loss: float, carried: float, settings: TaxSettings) -> float:
    """Tax at the horizon on the gain that a lower basis makes, in today's money.

    The gain is as large as the loss and long-term; what of the loss is still ``carried`` offsets it then.
    """
    rate = settings.rates.long
    return float((loss - carried) * rate / (1.0 + settings.discount) ** settings.horizon)
