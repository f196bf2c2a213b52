"""Transactions in, lots and sales out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from itertools import groupby

from xl_rebal.collector import paused
from xl_rebal.errors import InputError, Problem
from xl_rebal.model.transactions import Activity, History, Transaction
from xl_rebal.tax.checks import Checked, checked
from xl_rebal.tax.choice import in_order, is_all, spread
from xl_rebal.tax.methods import GainRates, LotMethod, Tacking, WashScope, method_of
from xl_rebal.tax.record import known
from xl_rebal.tax.results import Ledger, Match, OpenLot
from xl_rebal.tax.row_problems import row_of
from xl_rebal.tax.shortages import named, too_few
from xl_rebal.tax.sold import Sold
from xl_rebal.tax.splits import Splits
from xl_rebal.tax.stock import Piece, Purchase, Stock
from xl_rebal.tax.wash import LossRule, WashSales


@paused()
def ledger(
    history: History,
    as_of: date | None = None,
    method: LotMethod = LotMethod.FIFO,
    scope: WashScope = WashScope.HOUSEHOLD_IRA,
    tacking: Tacking = Tacking.DAYS,
    rates: GainRates = GainRates(),  # noqa: B008  a frozen value
) -> Ledger:
    """The lots at the end of ``as_of`` (None: after the last row) and all sales up to it.

    ``method`` is that of accounts without one of their own. Rows later than ``as_of`` are not known. Raises
    InputError with every row that cannot be.
    """
    rows = checked(known(history.transactions, as_of), history, method)
    rule = WashSales(history, Splits(rows.events), scope, tacking)
    return kept_by(rule, history, rows, method, rates)


def kept_by(
    rule: LossRule, history: History, rows: Checked, method: LotMethod, rates: GainRates
) -> Ledger:
    """The ledger under any rule for losses whose shares are replaced."""
    purchases = _purchases(history, rows)
    books = _Books(
        history, Stock(list(purchases.values())), rule, method, rates, set(rows.doubtful)
    )
    books.problems += rows.problems
    for day, of_day in groupby(rows.events, key=lambda row: row.day):
        books.keep(day, list(of_day), purchases)
    if books.problems:
        raise InputError(sorted(books.problems, key=row_of))
    lots = tuple(_open_lot(piece) for piece in books.stock.all_pieces())
    return Ledger(lots, tuple(each.result() for each in books.sold), tuple(books.matches))


class _Books:
    """The state of a record from day to day."""

    def __init__(
        self,
        history: History,
        stock: Stock,
        rule: LossRule,
        method: LotMethod,
        rates: GainRates,
        doubtful: set[tuple[str, str]],
    ) -> None:
        self.history, self.stock, self.rule = history, stock, rule
        self.method, self.rates = method, rates
        self.doubtful = doubtful
        self.problems: list[Problem] = []
        self.sold: list[Sold] = []
        self.matches: list[Match] = []

    def keep(self, day: date, rows: Sequence[Transaction], purchases: dict[int, Purchase]) -> None:
        """All that happens on one day; its losses are matched when all is done."""
        split: set[str] = set()
        moved: dict[tuple[str, bool], list[Transaction]] = {}
        sold: list[Sold] = []
        for row in rows:
            if row.activity is Activity.SPLIT:
                if row.symbol not in split:
                    self.stock.split(row.symbol, row.quantity)
                    split.add(row.symbol)
            elif row.activity is Activity.TRANSFER:
                is_taxed = self.history.account(row.account).is_taxed
                moved.setdefault((row.symbol, is_taxed), []).append(row)
            elif row.activity.acquires:
                self.stock.buy(purchases[row.row])
        for transfers in moved.values():
            self._transfer(transfers)
        for row in rows:
            if row.activity is Activity.SELL:
                sold += self._sell(row)
        sold.sort(key=lambda each: each.purchase.rank)
        self.matches += self.rule.match(sold, self.stock)
        self.sold += sold

    def _sell(self, row: Transaction) -> list[Sold]:
        account = self.history.account(row.account)
        method = method_of(account, self.method)
        parts = self._chosen(row, method)
        if not parts:
            return []
        if method is LotMethod.AVERAGE and not row.lot_id:
            self.stock.average(row.account, row.symbol)
        price = (row.amount or 0.0) / math.fsum(quantity for _, quantity in parts)
        found = []
        for piece, quantity in parts:
            left = self.stock.take(piece, quantity)
            found.append(
                Sold(
                    row.row,
                    row.day,
                    row.account,
                    left.purchase,
                    left.quantity,
                    price * quantity,
                    left.basis,
                    left.adjusted,
                    account.is_taxed,
                )
            )
        return found

    def _transfer(self, rows: Sequence[Transaction]) -> None:
        """The transfers of a symbol on one day: what leaves fills what arrives, both by content."""
        moving: list[Piece] = []
        for row in rows:
            if row.quantity < 0:
                parts = self._chosen(row, LotMethod.FIFO)
                if not parts:
                    self.doubtful.update((each.account, each.symbol) for each in rows)
                    return
                moving += [self.stock.take(piece, quantity) for piece, quantity in parts]
        for row in rows:
            if row.quantity > 0:
                moving = self._arrive(row, moving)

    def _arrive(self, row: Transaction, moving: Sequence[Piece]) -> list[Piece]:
        """Puts shares into their new account; returns those that are for others."""
        parts, _ = spread(moving, row.quantity)
        for piece, quantity in parts:
            whole = is_all(quantity, piece.quantity)
            self.stock.place((piece if whole else piece.without(quantity)).arrived(row.account))
            if whole:
                piece.quantity = 0.0
        return [piece for piece in moving if piece.quantity > 0]

    def _chosen(self, row: Transaction, method: LotMethod) -> list[tuple[Piece, float]]:
        """The shares that a sale or transfer takes; none where there are too few, which is a problem."""
        held: Sequence[Piece] = self.stock.held(row.account, row.symbol)
        is_doubtful = (row.account, row.symbol) in self.doubtful
        if row.lot_id:
            found = named(row, held)
            if isinstance(found, Problem):
                if not is_doubtful:
                    self.problems.append(found)
                return []
            held = found
        quantity = abs(row.quantity)
        price = row.amount / quantity if row.amount is not None else 0.0
        order = iter(held) if row.lot_id else in_order(held, method, row.day, price, self.rates)
        parts, missing = spread(order, quantity)
        if missing:
            if not is_doubtful:
                self.problems.append(too_few(row, held))
            return []
        return parts


def _purchases(history: History, rows: Checked) -> dict[int, Purchase]:
    """By row; ranked by date, then content."""
    names = rows.lot_names
    found: dict[int, Purchase] = {}
    for rank, row in enumerate(row for row in rows.events if row.activity.acquires):
        purchase = Purchase(
            rank,
            row.row,
            row.day,
            row.account,
            row.symbol,
            history.group(row.symbol),
            names[row.row],
        )
        purchase.unused.append(
            Piece(purchase, row.account, row.quantity, row.amount, row.amount, row.day)
        )
        found[row.row] = purchase
    return found


def _open_lot(piece: Piece) -> OpenLot:
    purchase = piece.purchase
    return OpenLot(
        purchase.row,
        piece.account,
        purchase.symbol,
        purchase.lot_id,
        purchase.day,
        piece.quantity,
        piece.cost,
        piece.basis,
        piece.adjusted,
    )
