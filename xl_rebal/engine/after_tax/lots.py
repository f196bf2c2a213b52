"""Lots as a backtest goes on: the ledger's pieces and its rule for losses, without the purchases to come.

The ledger of a record knows all purchases; here a loss waits for those of the next 30 days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta

from xl_rebal.model.transactions import Activity, History, Transaction
from xl_rebal.tax.choice import NOTHING
from xl_rebal.tax.holding import is_long
from xl_rebal.tax.methods import LotMethod, Tacking
from xl_rebal.tax.netting import Realised
from xl_rebal.tax.sold import Sold
from xl_rebal.tax.splits import Splits
from xl_rebal.tax.stock import Piece, Purchase, Stock
from xl_rebal.tax.wash import WINDOW, LossRule, WashSales

ACCOUNT = "Backtest"
_LONG_AGO = date.min + timedelta(days=400)


@dataclass(slots=True)
class _Bought:
    """What a purchase was; currency with its costs."""

    purchase: Purchase
    quantity: float
    cost: float


@dataclass
class Lots:
    """All securities of one taxed account; each is an identity group of its own."""

    method: LotMethod
    tacking: Tacking
    gains: dict[int, Realised] = field(default_factory=dict)
    sold: list[Sold] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rule: LossRule = WashSales(History(()), Splits(()), tacking=self.tacking)
        self._stock = Stock([])
        self._bought: list[_Bought] = []
        self._newest: dict[str, list[_Bought]] = {}
        self._shares: defaultdict[str, float] = defaultdict(float)
        self._lost_on: dict[str, date] = {}
        self._today: list[Sold] = []
        self._sales = 0
        self._waiting: defaultdict[str, list[Sold]] = defaultdict(list)

    # ---- what is held ------------------------------------------------------------------------------

    def shares(self, name: str) -> float:
        return self._shares[name]

    def held(self, name: str) -> Sequence[Piece]:
        """The pieces in order of acquisition; not to be changed."""
        return self._stock.held(ACCOUNT, name)

    def bought_lately(self, name: str, day: date) -> list[Purchase]:
        """Purchases of the last 30 days of which shares are held that would replace others sold at a loss."""
        return list(self._stock.bought_between(name, day - WINDOW, day))

    def lost_on(self, name: str) -> date:
        """The day of the newest sale at a loss; long ago where there was none."""
        return self._lost_on.get(name, _LONG_AGO)

    def may_buy(self, name: str, day: date) -> bool:
        """Whether a purchase would be more than 30 days after every sale at a loss."""
        return day - self.lost_on(name) > WINDOW

    # ---- what is done ------------------------------------------------------------------------------

    def buy(self, name: str, day: date, quantity: float, cost: float) -> None:
        """``cost``: currency, with its costs. Shares of one day and price are one lot."""
        self._shares[name] += quantity
        of_day = self._newest.get(name, [])
        if of_day and of_day[0].purchase.day != day:
            of_day = []
        for known in of_day:
            if self._is_added(known, quantity, cost):
                return
        lot_id = f"{day}/{len(of_day) + 1}" if of_day else str(day)
        rank = len(self._bought)
        purchase = Purchase(rank, rank, day, ACCOUNT, name, name, lot_id)
        purchase.unused.append(Piece(purchase, ACCOUNT, quantity, cost, cost, day))
        self._bought.append(_Bought(purchase, quantity, cost))
        self._newest[name] = [*of_day, self._bought[-1]]
        self._stock.add(purchase)
        self._stock.buy(purchase)
        self._replace_losses(name, day)

    @staticmethod
    def _is_added(known: _Bought, quantity: float, cost: float) -> bool:
        """Adds shares to an untouched lot of the same price."""
        price = known.cost / known.quantity
        is_whole = [piece.quantity for piece in known.purchase.unused] == [known.quantity]
        if not is_whole or abs(cost / quantity - price) > NOTHING * price:
            return False
        (piece,) = known.purchase.unused
        known.quantity += quantity
        known.cost += cost
        piece.quantity = known.quantity
        piece.cost = piece.basis = known.cost
        return True

    def sell(
        self, name: str, day: date, parts: Sequence[tuple[Piece, float]], price: float
    ) -> None:
        """Shares of pieces of one security, at ``price`` a share after costs."""
        if self.method is LotMethod.AVERAGE:
            self._stock.average(ACCOUNT, name)
        self._sales += 1
        for piece, quantity in parts:
            left = self._stock.take(piece, quantity)
            sold = Sold(
                self._sales, day, ACCOUNT, left.purchase, left.quantity, price * quantity, left.basis,
                left.adjusted, True,
            )  # fmt: skip
            self._today.append(sold)
            add(self.gains, day.year, sold.proceeds - (left.basis or 0.0), _is_long(sold))
            if sold.loss > 0:
                self._lost_on[name] = day
            self._shares[name] -= quantity
        if not self.held(name):
            self._shares[name] = 0.0

    def close(self) -> None:
        """The end of a day: its losses are matched with what was bought up to it, the rest waits."""
        if not self._today:
            return
        today = sorted(self._today, key=_rank)
        self._today.clear()
        self.sold += today
        for _ in self._rule.match(today, self._stock):
            pass
        for sold in today:
            self._disallow(sold, sold.disallowed)
        for sold in today:
            if _left(sold) > 0:
                self._waiting[sold.purchase.symbol].append(sold)

    # ---- what it comes to --------------------------------------------------------------------------

    def gains_if_closed(self) -> dict[int, Realised]:
        """The gains by year as they would be if the day ended now."""
        found = dict(self.gains)
        losses = [sold for sold in self._today if sold.loss > 0]
        if losses:
            day = losses[0].day
            names = sorted({sold.purchase.symbol for sold in losses})
            near = [each for name in names for each in self.bought_lately(name, day)]
            for sold in _matched_apart(self._rule, losses, near):
                add(found, day.year, sold.disallowed, _is_long(sold))
        return found

    def unrealised(self, name: str, day: date, price: float) -> Iterator[tuple[float, bool]]:
        """Gain of each piece at a price, and whether it is long-term."""
        for piece in self.held(name):
            yield piece.quantity * price - (piece.basis or 0.0), is_long(piece.adjusted, day)

    def record(self) -> tuple[Transaction, ...]:
        """All that was bought and sold; a sale names its lot, but with average cost."""
        rows = [
            Transaction(
                at, ACCOUNT, each.purchase.day, Activity.BUY, each.purchase.symbol, each.quantity, each.cost,
                each.purchase.lot_id,
            )
            for at, each in enumerate(self._bought)
        ]  # fmt: skip
        sales: dict[tuple[int, str], list[Sold]] = {}
        for sold in self.sold:
            lot = "" if self.method is LotMethod.AVERAGE else sold.purchase.lot_id
            sales.setdefault((sold.row, lot), []).append(sold)
        for (_, lot), parts in sales.items():
            quantity, amount = sum(s.quantity for s in parts), sum(s.proceeds for s in parts)
            rows.append(
                Transaction(
                    len(rows), ACCOUNT, parts[0].day, Activity.SELL, parts[0].purchase.symbol, quantity,
                    amount, lot,
                )
            )  # fmt: skip
        return tuple(rows)

    # ---- losses that wait --------------------------------------------------------------------------

    def _replace_losses(self, name: str, day: date) -> None:
        """Matches the newest purchase with the losses of the 30 days before it."""
        waiting = [sold for sold in self._waiting[name] if day - sold.day <= WINDOW]
        for sold in waiting:
            rest = _rest(sold)
            for _ in self._rule.match([rest], self._stock):
                pass
            if not rest.disallowed:
                break
            sold.disallowed += rest.disallowed
            self._disallow(sold, rest.disallowed)
        self._waiting[name] = [sold for sold in waiting if _left(sold) > 0]

    def _disallow(self, sold: Sold, amount: float) -> None:
        if amount:
            add(self.gains, sold.day.year, amount, _is_long(sold))


def add(gains: dict[int, Realised], year: int, amount: float, is_long: bool) -> None:
    """Puts a gain to those of its year and term."""
    of_year = gains.get(year, Realised())
    short, long = (0.0, amount) if is_long else (amount, 0.0)
    gains[year] = Realised(of_year.short + short, of_year.long + long)


def _is_long(sold: Sold) -> bool:
    return is_long(sold.adjusted, sold.day)


def _rank(sold: Sold) -> int:
    return sold.purchase.rank


def _left(sold: Sold) -> float:
    """The loss that nothing has replaced yet."""
    left = sold.loss - sold.disallowed
    return left if left > NOTHING * sold.loss else 0.0


def _rest(sold: Sold) -> Sold:
    """The shares of a sale that nothing has replaced yet, as a sale of their own."""
    share = _left(sold) / sold.loss
    return Sold(
        sold.row, sold.day, sold.account, sold.purchase, sold.quantity * share, sold.proceeds * share,
        None if sold.basis is None else sold.basis * share, sold.adjusted, sold.is_taxed,
    )  # fmt: skip


def _matched_apart(
    rule: LossRule, losses: Sequence[Sold], near: Iterable[Purchase]
) -> Sequence[Sold]:
    """Copies of losses, matched with copies of purchases."""
    sold, purchases = deepcopy((sorted(losses, key=_rank), list(near)))
    for purchase in purchases:
        purchase.is_bought = False
    for _ in rule.match(sold, Stock(sorted(purchases, key=lambda each: each.rank))):
        pass
    return sold
