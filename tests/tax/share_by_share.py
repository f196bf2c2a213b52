"""A ledger kept share by share, day by day, in exact fractions: slow, and written from the rules alone.

One object is one share. (The unit is the largest that divides all quantities of a symbol, and where one
symbol replaces another across a split an object may be cut in two.) Objects are counted in shares of the last
known day, so that a split changes only what a quantity on a row means. Money is that of one such share.

No code is shared with the product, and nothing is as fast, as short or as clever as it could be.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

from xl_rebal.model.transactions import Activity, History, TaxAccount, Transaction
from xl_rebal.tax.methods import GainRates, LotMethod, Tacking, WashScope

WINDOW = 30  # days before and after the sale, IRC 1091(a)
PURCHASES = (Activity.BUY, Activity.REINVEST, Activity.OPENING)

Content = tuple[str, str, str, Fraction, bool, Fraction]
"""What a row is without its place: account, symbol, lot, quantity, amount unknown, amount."""


class Refused(Exception):  # noqa: N818  a refusal is no error of the judge
    """The record cannot be: the rows that say so, those of the first step that finds any."""

    def __init__(self, why: str, rows: set[int]) -> None:
        super().__init__(f"{why}: rows {sorted(rows)}")
        self.why = why
        self.rows = rows


@cache
def exact(number: float) -> Fraction:
    """The decimal that was written, not the nearest binary fraction."""
    return Fraction(repr(number))


def ratio_of(row: Transaction) -> Fraction:
    """A split's ratio; 0.333... is a third."""
    return Fraction(row.quantity).limit_denominator(10_000)


@cache
def content(row: Transaction) -> Content:
    amount = exact(row.amount) if row.amount is not None else Fraction(0)
    return row.account, row.symbol, row.lot_id, exact(row.quantity), row.amount is None, amount


# ---- terms ---------------------------------------------------------------------------------------


def is_last_of_month(day: date) -> bool:
    return (day + timedelta(days=1)).month != day.month


def month_later(day: date, number: int, is_last: bool) -> date:
    """The same day of the next month: ``number``, or the month's last where it has none or is_last."""
    first = day
    while first.month == day.month:
        first += timedelta(days=1)
    then = first
    while not is_last_of_month(then) and (is_last or then.day < number):
        then += timedelta(days=1)
    return then


@cache
def is_long_term(acquired: date, sold: date) -> bool:
    """More than twelve months, counted one by one (Rev. Rul. 66-7).

    The day of purchase is left out and the day of sale counts, so a month is full at the end of the same
    day of the next month; of what was bought on the last day of a month, at the end of each month.
    """
    ends = acquired
    for _ in range(12):
        ends = month_later(ends, acquired.day, is_last_of_month(acquired))
    return sold > ends


# ---- what the judge keeps ------------------------------------------------------------------------


@dataclass(eq=False)
class Share:
    """One share of a purchase. ``size`` in shares of the last day; cost and basis are those of size 1."""

    purchase: Purchase
    account: str
    size: Fraction
    cost: Fraction | None
    basis: Fraction | None
    adjusted: date
    arrived: tuple[
        date, int
    ]  # in the account: bought (0), or as the how manyth of that day's transfers
    is_replacement: bool = False
    is_held: bool = False


@dataclass(eq=False)
class Purchase:
    """One row that acquires, and its shares."""

    row: Transaction
    name: str
    age: tuple[date, Content, int]
    """By this they are sorted: acquisition, content; equal ones one after the other."""
    shares: list[Share] = field(default_factory=list)

    def cut(self, share: Share, size: Fraction) -> None:
        """Makes a share ``size`` large and puts the rest behind it."""
        rest = replace(share, size=share.size - size)
        share.size = size
        self.shares.insert(self.shares.index(share) + 1, rest)


@dataclass(eq=False)
class SoldShare:
    """A share that was sold. price, basis, disallowed: of size 1."""

    sale: Transaction
    purchase: Purchase
    size: Fraction
    price: Fraction
    basis: Fraction | None
    adjusted: date
    is_taxed: bool
    replaced_by: Share | None = None
    is_permanent: bool = False

    @property
    def is_long(self) -> bool:
        return is_long_term(self.adjusted, self.sale.day)

    @property
    def is_loss(self) -> bool:
        return self.is_taxed and self.basis is not None and self.price < self.basis

    @property
    def disallowed(self) -> Fraction | None:
        if not self.is_taxed:
            return Fraction(0)
        if self.basis is None:
            return None
        return self.basis - self.price if self.replaced_by is not None else Fraction(0)

    @property
    def recognised(self) -> Fraction | None:
        if not self.is_taxed:
            return Fraction(0)
        if self.basis is None or self.disallowed is None:
            return None
        return self.price - self.basis + self.disallowed


@dataclass(frozen=True)
class Replaced:
    """One sold share and what replaced it; quantity as of the replacement's own day."""

    sale: Transaction
    replacement: Transaction
    quantity: Fraction
    disallowed: Fraction
    is_permanent: bool


class Judge:
    """All that is known at the end of ``as_of``, found by living through every day up to it."""

    def __init__(
        self,
        history: History,
        as_of: date | None = None,
        method: LotMethod = LotMethod.FIFO,
        scope: WashScope = WashScope.HOUSEHOLD_IRA,
        tacking: Tacking = Tacking.DAYS,
        rates: GainRates = GainRates(),  # noqa: B008  a frozen value
    ) -> None:
        self.history = history
        self.method, self.scope, self.tacking = method, scope, tacking
        self.short, self.long = exact(rates.short), exact(rates.long)
        self.rows = [r for r in history.transactions if as_of is None or r.day <= as_of]
        self.sold: list[SoldShare] = []
        self.replaced: list[Replaced] = []
        self.check_values()
        self.rows.sort(key=content_and_day)
        self.splits = self.read_splits()
        self.check_openings()
        self.check_transfers()
        nameless = {
            r.row
            for r in self.of(Activity.SELL)
            if not r.lot_id and self.method_of(r) is LotMethod.SPECIFIC
        }
        refuse("a sale that names no lot", nameless)
        self.units = {symbol: self.unit(symbol) for symbol in {r.symbol for r in self.rows}}
        self.purchases = self.read_purchases()
        for day in self.days():
            self.live_through(day)

    # ---- the record as a whole -------------------------------------------------------------------

    def of(self, *activities: Activity) -> list[Transaction]:
        """The rows of some activities, by content."""
        return [row for row in self.rows if row.activity in activities]

    def days(self) -> Iterator[date]:
        if not self.rows:
            return
        day, last = min(r.day for r in self.rows), max(r.day for r in self.rows)
        while day <= last:
            yield day
            day += timedelta(days=1)

    def check_values(self) -> None:
        wrong = set()
        for row in self.rows:
            numbers = [row.quantity] + ([] if row.amount is None else [row.amount])
            if not all(math.isfinite(number) for number in numbers):
                wrong.add(row.row)
            elif row.activity is Activity.TRANSFER:
                if row.quantity == 0:
                    wrong.add(row.row)
            elif row.activity is not Activity.DIVIDEND:
                if row.quantity <= 0:
                    wrong.add(row.row)
                may_lack = row.activity in (Activity.OPENING, Activity.SPLIT)
                if row.amount is None and not may_lack:
                    wrong.add(row.row)
                if row.amount is not None and row.amount < 0:
                    wrong.add(row.row)
        refuse("a number that cannot be", wrong)

    def read_splits(self) -> dict[tuple[str, date], Fraction]:
        splits: dict[tuple[str, date], Fraction] = {}
        wrong = set()
        rows = self.of(Activity.SPLIT)
        for row in rows:
            known = splits.setdefault((row.symbol, row.day), ratio_of(row))
            if known != ratio_of(row):
                wrong |= {r.row for r in rows if (r.symbol, r.day) == (row.symbol, row.day)}
        refuse("two ratios for one split", wrong)
        return splits

    def check_openings(self) -> None:
        wrong = set()
        openings = self.of(Activity.OPENING)
        for row in self.rows:
            if row.activity in (Activity.DIVIDEND, Activity.OPENING):
                continue
            for opening in openings:
                same = (row.account, row.symbol) == (opening.account, opening.symbol)
                if row.activity is Activity.SPLIT:
                    same = row.symbol == opening.symbol
                if same and row.day < opening.day:
                    wrong.add(row.row)
        refuse("a row before the opening lots", wrong)

    def check_transfers(self) -> None:
        wrong = set()
        rows = self.of(Activity.TRANSFER)
        for row in rows:
            side = self.is_taxed(row)
            together = [
                r for r in rows
                if (r.symbol, r.day) == (row.symbol, row.day) and self.is_taxed(r) is side
            ]  # fmt: skip
            if sum(exact(r.quantity) for r in together) != 0:
                wrong |= {r.row for r in together}
        refuse("a transfer that does not arrive", wrong)

    def method_of(self, row: Transaction) -> LotMethod:
        own = account_of(self.history, row.account).lot_method
        return LotMethod(own) if own else self.method

    def is_taxed(self, row: Transaction) -> bool:
        return account_of(self.history, row.account).is_taxed

    def read_purchases(self) -> list[Purchase]:
        purchases: list[Purchase] = []
        for row in self.of(*PURCHASES):
            name = row.lot_id
            if not name:
                earlier = [
                    p for p in purchases
                    if not p.row.lot_id
                    and (p.row.account, p.row.symbol, p.row.day) == (row.account, row.symbol, row.day)
                ]  # fmt: skip
                name = row.day.isoformat() + (f"/{len(earlier) + 1}" if earlier else "")
            purchases.append(Purchase(row, name, (row.day, content(row), len(purchases))))
        wrong = set()
        for one in purchases:
            for other in purchases:
                same = (one.row.account, one.row.symbol) == (other.row.account, other.row.symbol)
                if one is not other and same and one.name == other.name:
                    wrong |= {one.row.row, other.row.row}
        refuse("two lots of one name", wrong)
        for purchase in purchases:
            self.issue(purchase)
        return sorted(purchases, key=lambda p: p.age)

    def issue(self, purchase: Purchase) -> None:
        """One object a share."""
        row = purchase.row
        size = self.units[row.symbol]
        total = self.in_last_shares(row)
        cost = None if row.amount is None else exact(row.amount) / total
        for _ in range(int(total / size)):
            purchase.shares.append(
                Share(purchase, row.account, size, cost, cost, row.day, (row.day, 0))
            )

    # ---- quantities ------------------------------------------------------------------------------

    def worth(self, symbol: str, day: date) -> Fraction:
        """What a share at the end of a day is in shares of the last day."""
        factor = Fraction(1)
        for (of, when), ratio in self.splits.items():
            if of == symbol and when > day:
                factor *= ratio
        return factor

    def in_last_shares(self, row: Transaction) -> Fraction:
        return abs(exact(row.quantity)) * self.worth(row.symbol, row.day)

    def unit(self, symbol: str) -> Fraction:
        """The largest size of which all quantities of a symbol are multiples."""
        unit = Fraction(0)
        for row in self.of(*PURCHASES, Activity.SELL, Activity.TRANSFER):
            if row.symbol == symbol:
                other = self.in_last_shares(row)
                top = math.gcd(
                    unit.numerator * other.denominator, other.numerator * unit.denominator
                )
                unit = Fraction(top, unit.denominator * other.denominator)
        return unit

    # ---- one day ---------------------------------------------------------------------------------

    def live_through(self, day: date) -> None:
        for purchase in self.purchases:
            if purchase.row.day == day:
                for share in purchase.shares:
                    share.is_held = True
        self.move(day)
        today = []
        # Whoever names a lot comes first.
        for row in sorted(
            self.of(Activity.SELL), key=lambda r: (r.account, r.symbol, not r.lot_id)
        ):
            if row.day == day:
                today += self.sell(row)
        # Laid out first, matched afterwards: by original acquisition, then by content.
        today.sort(key=lambda s: (s.purchase.age, not s.sale.lot_id, content(s.sale)))
        while today:
            sold = today.pop(0)
            self.sold.append(sold)
            if sold.is_loss:
                rest = self.match(sold)
                if rest is not None:
                    today.insert(0, rest)

    def move(self, day: date) -> None:
        under_way: dict[tuple[str, bool], list[Share]] = {}
        rows = [r for r in self.of(Activity.TRANSFER) if r.day == day]
        rows.sort(key=lambda r: (r.account, r.symbol, not r.lot_id))
        for row in rows:
            if row.quantity < 0:
                leaving = self.taken(row, self.in_order(self.asked_for(row), LotMethod.FIFO, row))
                for share in leaving:
                    share.is_held = False
                under_way.setdefault((row.symbol, self.is_taxed(row)), []).extend(leaving)
        arrivals = 0
        for row in rows:
            missing = self.in_last_shares(row) if row.quantity > 0 else Fraction(0)
            waiting = under_way.get((row.symbol, self.is_taxed(row)), [])
            while missing > 0:
                share = waiting.pop(0)
                if share.size > missing:
                    share.purchase.cut(share, missing)
                    waiting.insert(0, share.purchase.shares[share.purchase.shares.index(share) + 1])
                missing -= share.size
                arrivals += 1
                share.account, share.arrived, share.is_held = row.account, (day, arrivals), True

    def sell(self, row: Transaction) -> list[SoldShare]:
        assert row.amount is not None
        method = self.method_of(row)
        is_average = method is LotMethod.AVERAGE and not row.lot_id
        shares = self.taken(row, self.in_order(self.asked_for(row), method, row))
        if is_average:
            self.take_average(row)
        price = exact(row.amount) / self.in_last_shares(row)
        is_taxed = account_of(self.history, row.account).is_taxed
        sold = []
        for share in shares:
            share.is_held = False
            one = SoldShare(
                row, share.purchase, share.size, price, share.basis, share.adjusted, is_taxed
            )
            sold.append(one)
        return sold

    def take_average(self, row: Transaction) -> None:
        held = self.held(row.account, row.symbol)
        total = Fraction(0)
        for share in held:
            if share.basis is None:
                for one in held:
                    one.basis = None
                return
            total += share.basis * share.size
        for share in held:
            share.basis = total / sum(one.size for one in held)

    # ---- which shares ----------------------------------------------------------------------------

    def held(self, account: str, symbol: str) -> list[Share]:
        return [
            share
            for purchase in self.purchases
            for share in purchase.shares
            if share.is_held and share.account == account and purchase.row.symbol == symbol
        ]

    def asked_for(self, row: Transaction) -> list[Share]:
        held = self.held(row.account, row.symbol)
        if not row.lot_id:
            return held
        held = [share for share in held if share.purchase.name == row.lot_id]
        if len({id(share.purchase) for share in held}) > 1:
            raise Refused("a name of two lots, one of which was brought here", {row.row})
        return held

    def taken(self, row: Transaction, shares: list[Share]) -> list[Share]:
        """As many from the front as the row says."""
        missing = self.in_last_shares(row)
        if sum(share.size for share in shares) < missing:
            raise Refused("more than there is", {row.row})
        taken = []
        for share in shares:
            if missing == 0:
                break
            if share.size > missing:
                share.purchase.cut(share, missing)
            missing -= share.size
            taken.append(share)
        return taken

    def in_order(self, shares: list[Share], method: LotMethod, row: Transaction) -> list[Share]:
        """Sorted as they leave; Python's sort keeps the order of what is equal."""
        first_in = sorted(
            shares, key=lambda s: (s.purchase.age, not s.is_replacement, s.adjusted, s.arrived)
        )
        if row.lot_id:
            return first_in
        if method is LotMethod.LIFO:
            return sorted(first_in, key=lambda s: s.purchase.row.day, reverse=True)
        if method is LotMethod.HIFO:
            return sorted(first_in, key=lambda s: (s.basis is None, -(s.basis or Fraction(0))))
        if method is LotMethod.LEAST_TAX:
            return sorted(first_in, key=lambda s: (s.basis is None, self.tax(s, row)))
        return first_in

    def tax(self, share: Share, row: Transaction) -> Fraction:
        if share.basis is None or row.amount is None:
            return Fraction(0)
        rate = self.long if is_long_term(share.adjusted, row.day) else self.short
        return rate * (exact(row.amount) / self.in_last_shares(row) - share.basis)

    # ---- wash sales ------------------------------------------------------------------------------

    def match(self, sold: SoldShare) -> SoldShare | None:
        """Replaces a sold share; where only a part can be replaced, the rest comes back."""
        share = self.replacement(sold)
        if share is None:
            return None
        day = sold.sale.day
        # On the day of the sale a share is a share, of whichever symbol of the group.
        sold_size = sold.size / self.worth(sold.sale.symbol, day)
        its_worth = self.worth(share.purchase.row.symbol, day)
        its_size = share.size / its_worth
        rest = None
        if its_size > sold_size:
            share.purchase.cut(share, sold_size * its_worth)
        elif its_size < sold_size:
            whole = sold.size
            sold.size = its_size * self.worth(sold.sale.symbol, day)
            rest = replace(sold, size=whole - sold.size)
        assert sold.basis is not None
        loss = (sold.basis - sold.price) * sold.size
        sold.replaced_by = share
        share.is_replacement = True
        sold.is_permanent = not account_of(self.history, share.account).is_taxed
        if not sold.is_permanent:
            if share.basis is not None:
                share.basis += loss / share.size
            if self.tacking is Tacking.DATE:
                # IRC 1223(3) adds the time held; it never takes any away.
                share.adjusted = min(share.adjusted, sold.adjusted)
            else:
                share.adjusted = share.purchase.row.day - (day - sold.adjusted)
        bought = share.purchase.row
        quantity = share.size / self.worth(bought.symbol, bought.day)
        self.replaced.append(Replaced(sold.sale, bought, quantity, loss, sold.is_permanent))
        return rest

    def replacement(self, sold: SoldShare) -> Share | None:
        """The first share that may replace another: purchases by acquisition, each from its front."""
        day = sold.sale.day
        group = group_of(self.history, sold.sale.symbol)
        for purchase in self.purchases:
            if purchase is sold.purchase or group_of(self.history, purchase.row.symbol) != group:
                continue
            if abs((purchase.row.day - day).days) > WINDOW:
                continue
            for share in sorted(purchase.shares, key=lambda s: (s.account, s.arrived)):
                is_there = share.is_held or purchase.row.day > day
                if is_there and not share.is_replacement and self.in_scope(share, sold):
                    return share
        return None

    def in_scope(self, share: Share, sold: SoldShare) -> bool:
        its = account_of(self.history, share.account)
        ours = account_of(self.history, sold.sale.account)
        if self.scope is WashScope.ACCOUNT:
            return its.name == ours.name
        if self.scope is WashScope.TAXABLE:
            return its.is_taxed and its.owner == ours.owner
        if self.scope is WashScope.HOUSEHOLD:
            return its.is_taxed
        return True

    # ---- what is left ----------------------------------------------------------------------------

    def open_shares(self) -> list[Share]:
        return [s for purchase in self.purchases for s in purchase.shares if s.is_held]


def refuse(why: str, rows: set[int]) -> None:
    if rows:
        raise Refused(why, rows)


def content_and_day(row: Transaction) -> tuple[Content, date]:
    return content(row), row.day


def account_of(history: History, name: str) -> TaxAccount:
    return history.accounts.get(name) or TaxAccount(name)


def group_of(history: History, symbol: str) -> str:
    return history.groups.get(symbol) or symbol
