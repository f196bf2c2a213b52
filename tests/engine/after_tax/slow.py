"""An after-tax backtest from day to day in plain Python, written from the definitions.

Lots are dictionaries in one list, looked through from its beginning every time. No code is shared with the
product. Trades go to one target at that close.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Lot = dict[str, Any]
"""security, number (of the purchase), day, counts (the date from which it counts), shares, basis, used."""

Loss = dict[str, Any]
"""security, number, day, counts, shares and loss that nothing has replaced yet."""


@dataclass
class Taxes:
    """``losses``: of earlier years, short and long. ``harvest``: rows. ``due``: year by row."""

    short: float
    long: float
    ordinary: float
    limit: float
    losses: tuple[float, float]
    method: str
    keep_date: bool
    credits: bool
    due: dict[int, int]
    harvest: set[int] | None = None
    least_fraction: float = 0.05
    least: float = 0.0


@dataclass
class Found:
    values: list[float] = field(default_factory=list)
    paid: dict[int, float] = field(default_factory=dict)
    gains: dict[int, list[float]] = field(default_factory=dict)
    liquidation: float = 0.0
    harvested: list[tuple[int, str, float, float]] = field(default_factory=list)
    disallowed: float = 0.0


def is_long(counts: date, sold: date) -> bool:
    begins = counts + timedelta(days=1)
    try:
        anniversary = begins.replace(year=begins.year + 1)
    except ValueError:
        anniversary = date(begins.year + 1, 3, 1)
    return sold >= anniversary


def tax_of(gains: dict[int, list[float]], first: int, last: int, rules: Taxes) -> float:
    """Of all years together."""
    total = 0.0
    short_loss, long_loss = rules.losses
    for year in range(first, last + 1):
        s, x = gains.get(year, [0.0, 0.0])
        s, x = s - short_loss, x - long_loss
        if s < 0 and x > 0:
            s, x = (0.0, x + s) if x + s > 0 else (s + x, 0.0)
        elif x < 0 and s > 0:
            s, x = (s + x, 0.0) if x + s > 0 else (0.0, s + x)
        if s > 0:
            total += s * rules.short
        if x > 0:
            total += x * rules.long
        room = rules.limit
        short_loss, long_loss = max(0.0, -s), max(0.0, -x)
        for_short = min(room, short_loss)
        for_long = min(room - for_short, long_loss)
        short_loss, long_loss = short_loss - for_short, long_loss - for_long
        if rules.credits:
            total -= (for_short + for_long) * rules.ordinary
    return total


class Slow:
    def __init__(self, dates: list[date], prices: list[list[float]], target: list[float], *, rates: list[float],
                 fees: list[float], capital: float, always: set[int], looks: set[int], band: float,
                 cash: int | None, charge_first: bool, rules: Taxes) -> None:  # fmt: skip
        self.dates, self.prices, self.target, self.rates, self.fees = (
            dates,
            prices,
            target,
            rates,
            fees,
        )
        self.always, self.looks, self.band, self.cash, self.rules = always, looks, band, cash, rules
        self.capital, self.charge_first = capital, charge_first
        self.n = len(target)
        self.lots: list[Lot] = []
        self.open_losses: list[Loss] = []
        self.today: list[Loss] = []
        self.last_loss: dict[str, date] = {}
        self.count = 0
        self.bought: dict[int, float] = {}
        self.found = Found()

    # ---- the days --------------------------------------------------------------------------------

    def run(self) -> Found:
        dates, found = self.dates, self.found
        last = len(dates) - 1
        wealth = self.capital
        if self.charge_first:
            wealth = self.after_costs([0.0] * self.n, self.target, wealth)
        self.held = [0.0] * self.n
        before = [0.0] * self.n
        after = [wealth * t for t in self.target]
        costs = self.costs(before, after, self.charge_first, [t > 1e-12 for t in self.target])
        self.held = [v / p for v, p in zip(after, self.prices[0], strict=True)]
        self.book(0, before, after, costs)
        self.end_of_day(0)
        found.values.append(wealth)
        for row in range(1, last + 1):
            if row < last:
                if self.rules.harvest is not None and row in self.rules.harvest:
                    self.harvest(row)
                self.decide(row)
                if row in self.rules.due:
                    self.pay(row)
                self.end_of_day(row)
            found.values.append(sum(self.worth(row)))
        gains = {year: list(both) for year, both in found.gains.items()}
        for lot in self.lots:
            price = self.prices[last][self.asset_of(lot["security"])]
            self.add(
                gains,
                dates[last],
                lot["shares"] * price - lot["basis"],
                is_long(lot["counts"], dates[last]),
            )
        owed = tax_of(gains, dates[1].year, dates[last].year, self.rules)
        found.liquidation = found.values[-1] - (owed - sum(found.paid.values()))
        return found

    def worth(self, row: int) -> list[float]:
        return [h * p for h, p in zip(self.held, self.prices[row], strict=True)]

    def decide(self, row: int) -> None:
        values = self.worth(row)
        wealth = sum(values)
        w = [v / wealth for v in values]
        out = any(abs(a - b) > self.band + 1e-12 for a, b in zip(w, self.target, strict=True))
        if row in self.always or (row in self.looks and out):
            self.move(row, values, wealth, self.target)

    def move(self, row: int, values: list[float], wealth: float, to: list[float]) -> None:
        """``wealth`` differs from the values by money that came or went."""
        w = [v / wealth for v in values]
        traded = [abs(a - b) > 1e-12 for a, b in zip(w, to, strict=True)]
        left = self.after_costs(values, to, wealth)
        after = [t * left for t in to]
        costs = self.costs(values, after, True, traded)
        self.held = [v / p for v, p in zip(after, self.prices[row], strict=True)]
        self.book(row, values, after, costs)

    def after_costs(self, values: list[float], to: list[float], wealth: float) -> float:
        traded = [abs(t - v / wealth) > 1e-12 for t, v in zip(to, values, strict=True)]
        low, high = 0.0, 2 * wealth
        for _ in range(200):
            middle = (low + high) / 2
            spent = middle
            for t, v, rate, fee, is_traded in zip(
                to, values, self.rates, self.fees, traded, strict=True
            ):
                if is_traded:
                    spent += rate * abs(t * middle - v) + fee
            if spent > wealth:
                high = middle
            else:
                low = middle
        return (low + high) / 2

    def costs(
        self, before: list[float], after: list[float], charged: bool, traded: list[bool]
    ) -> list[float]:
        if not charged:
            return [0.0] * self.n
        return [
            rate * abs(b - a) + fee if is_traded else 0.0
            for a, b, rate, fee, is_traded in zip(
                before, after, self.rates, self.fees, traded, strict=True
            )
        ]

    # ---- lots --------------------------------------------------------------------------------------

    def asset_of(self, security: str) -> int:
        return int(security[1:])

    def pair(self, asset: int) -> list[str]:
        return [f"A{asset}"] if self.rules.harvest is None else [f"A{asset}", f"T{asset}"]

    def book(self, row: int, before: list[float], after: list[float], costs: list[float]) -> None:
        day, wealth = self.dates[row], sum(after)
        for i in range(self.n):
            if i == self.cash:
                continue
            price = self.prices[row][i]
            own = sum(lot["shares"] for lot in self.lots if self.asset_of(lot["security"]) == i)
            change = self.held[i] - own
            if abs(change) * price < 1e-12 * wealth:
                continue
            if change > 0:
                self.buy(self.where_to_buy(i, day), day, change, change * price + costs[i])
            else:
                net = price - costs[i] / -change
                self.sell_some(i, day, -change, net)

    def where_to_buy(self, asset: int, day: date) -> str:
        pair = self.pair(asset)
        for security in pair:
            lost = self.last_loss.get(security)
            if lost is None or (day - lost).days > 30:
                return security
        return min(pair, key=lambda each: self.last_loss[each])

    def buy(self, security: str, day: date, shares: float, basis: float) -> None:
        for lot in self.lots:
            # one price, one day: one lot, while it is as it was bought
            is_like = lot["security"] == security and lot["day"] == day and not lot["used"]
            is_whole = self.bought[lot["number"]] == lot["shares"]
            price = lot["basis"] / lot["shares"]
            if is_like and is_whole and abs(basis / shares / price - 1) <= 1e-9:
                lot["shares"] += shares
                lot["basis"] += basis
                self.bought[lot["number"]] = lot["shares"]
                return
        self.count += 1
        self.bought[self.count] = shares
        bought = {
            "security": security, "number": self.count, "day": day, "counts": day, "shares": shares,
            "basis": basis, "used": False,
        }  # fmt: skip
        self.lots.append(bought)
        for loss in self.open_losses:
            if loss["security"] == security and (day - loss["day"]).days <= 30:
                self.replace(loss, self.count)

    def sorted_lots(self, securities: list[str]) -> list[Lot]:
        found = [lot for lot in self.lots if lot["security"] in securities]
        return sorted(found, key=lambda lot: (lot["number"], not lot["used"], lot["counts"]))

    def replacements(self, security: str, day: date) -> set[int]:
        """Purchases of the last 30 days that are still held and have replaced nothing."""
        return {
            lot["number"]
            for lot in self.lots
            if lot["security"] == security
            and (day - lot["day"]).days <= 30
            and not lot["used"]
            and lot["shares"] > 0
        }

    def sell_some(self, asset: int, day: date, shares: float, net: float) -> None:
        pair, rules = self.pair(asset), self.rules
        lots = self.sorted_lots(pair)
        if rules.method == "lifo":
            # the newest day first; of one day in order
            lots = sorted(lots, key=lambda lot: -lot["day"].toordinal())
        elif rules.method == "hifo":
            lots = sorted(lots, key=lambda lot: round(-lot["basis"] / lot["shares"] / abs(net), 10))
        elif rules.method == "mintax":

            def tax(lot: Lot) -> float:
                rate = rules.long if is_long(lot["counts"], day) else rules.short
                return float(round(rate * (net - lot["basis"] / lot["shares"]) / abs(net), 10))

            lots = sorted(lots, key=tax)
        if len(pair) > 1:
            near = {security: self.replacements(security, day) for security in pair}

            def is_washed(lot: Lot) -> bool:
                others = near[lot["security"]]
                if rules.method == "average":
                    own = [each for each in lots if each["security"] == lot["security"]]
                    cost = sum(e["basis"] for e in own) / sum(e["shares"] for e in own)
                    return bool(others) and cost > net * (1 + 1e-9)
                is_loss = lot["basis"] > lot["shares"] * net * (1 + 1e-9)
                return bool(is_loss and others - {lot["number"]})

            lots = [lot for lot in lots if not is_washed(lot)] + [
                lot for lot in lots if is_washed(lot)
            ]
        wanted: list[tuple[Lot, float]] = []
        left = shares
        for lot in lots:
            part = min(left, lot["shares"])
            if part > 1e-12 * shares:
                wanted.append((lot, part))
                left -= part
        if len(pair) > 1 and rules.method != "average":
            by_number: dict[int, float] = {}
            for lot, part in wanted:
                by_number[lot["number"]] = by_number.get(lot["number"], 0.0) + part
            wanted = []
            for number, part in by_number.items():
                for lot in self.sorted_lots(pair):
                    if lot["number"] == number and part > 1e-12 * shares:
                        wanted.append((lot, min(part, lot["shares"])))
                        part -= lot["shares"]
        self.sell(wanted, day, net)

    def sell(self, wanted: list[tuple[Lot, float]], day: date, net: float) -> None:
        if self.rules.method == "average":
            for security in {lot["security"] for lot, _ in wanted}:
                own = [lot for lot in self.lots if lot["security"] == security]
                cost = sum(lot["basis"] for lot in own) / sum(lot["shares"] for lot in own)
                for lot in own:
                    lot["basis"] = cost * lot["shares"]
        for lot, shares in wanted:
            basis = lot["basis"] * shares / lot["shares"]
            gain = shares * net - basis
            self.add(self.found.gains, day, gain, is_long(lot["counts"], day))
            if gain < -1e-9 * basis:
                self.last_loss[lot["security"]] = day
                self.today.append({
                    "security": lot["security"], "number": lot["number"], "day": day, "counts": lot["counts"],
                    "shares": shares, "loss": -gain,
                })  # fmt: skip
            lot["basis"] -= basis
            lot["shares"] -= shares
        self.lots = [lot for lot in self.lots if lot["shares"] > 1e-11 * self.scale(lot)]

    def scale(self, lot: Lot) -> float:
        return self.capital / self.prices[0][self.asset_of(lot["security"])]

    def add(self, gains: dict[int, list[float]], day: date, amount: float, long: bool) -> None:
        gains.setdefault(day.year, [0.0, 0.0])[int(long)] += amount

    # ---- wash sales --------------------------------------------------------------------------------

    def end_of_day(self, row: int) -> None:
        for loss in sorted(self.today, key=lambda each: each["number"]):
            for number in sorted(self.replacements(loss["security"], loss["day"])):
                if number != loss["number"]:
                    self.replace(loss, number)
            self.open_losses.append(loss)
        self.today = []

    def replace(self, loss: Loss, number: int) -> None:
        """Shares of a purchase, so far as they have replaced nothing, for those that were sold."""
        for lot in [each for each in self.lots if each["number"] == number and not each["used"]]:
            if loss["loss"] <= 0 or loss["shares"] <= 0:
                return
            shares = min(lot["shares"], loss["shares"])
            part = loss["loss"] * shares / loss["shares"]
            self.found.disallowed += part
            self.add(self.found.gains, loss["day"], part, is_long(loss["counts"], loss["day"]))
            loss["shares"] -= shares
            loss["loss"] -= part
            if loss["shares"] < 1e-9 * shares:
                loss["shares"] = loss["loss"] = 0.0
            if self.rules.keep_date:
                counts = min(lot["day"], loss["counts"])
            else:
                counts = lot["day"] - (loss["day"] - loss["counts"])
            basis = lot["basis"] * shares / lot["shares"]
            new = dict(lot, shares=shares, basis=basis + part, counts=counts, used=True)
            lot["basis"] -= basis
            lot["shares"] -= shares
            self.lots.append(new)
            self.lots = [each for each in self.lots if each["shares"] > 1e-11 * self.scale(each)]

    # ---- harvests and taxes ------------------------------------------------------------------------

    def harvest(self, row: int) -> None:
        day = self.dates[row]
        for i in range(self.n):
            if i == self.cash:
                continue
            price = self.prices[row][i]
            one, two = self.pair(i)
            options = []
            for sold, bought in ((one, two), (two, one)):
                lost = self.last_loss.get(bought)
                if lost is not None and (day - lost).days <= 30:
                    continue
                own = self.sorted_lots([sold])
                numbers = {lot["number"] for lot in own}
                if self.rules.method == "average":
                    groups = [numbers] if numbers else []
                else:
                    groups = [{number} for number in sorted(numbers)]
                taken: set[int] = set()
                total = 0.0
                for group in groups:
                    basis = sum(lot["basis"] for lot in own if lot["number"] in group)
                    value = sum(lot["shares"] for lot in own if lot["number"] in group) * price
                    loss = basis - value
                    if (
                        loss > 1e-9 * basis
                        and loss >= self.rules.least * (1 - 1e-9)
                        and loss >= self.rules.least_fraction * basis * (1 - 1e-9)
                    ):
                        taken |= group
                        total += loss
                if taken and self.replacements(sold, day) <= taken:
                    options.append((total, sold, bought, taken))
            if not options:
                continue
            total, sold, bought, taken = max(options, key=lambda each: each[0])
            own = [lot for lot in self.sorted_lots([sold]) if lot["number"] in taken]
            parts = [(lot, lot["shares"]) for lot in own]
            shares = sum(part for _, part in parts)
            brings = shares * price * (1 - self.rates[i]) - self.fees[i]
            spent = (brings - self.fees[i]) / (1 + self.rates[i])
            if spent <= 0:
                continue
            self.sell(parts, day, brings / shares)
            self.buy(bought, day, spent / price, brings)
            self.held[i] += spent / price - shares
            self.found.harvested.append((row, sold, shares, total))

    def pay(self, row: int) -> None:
        # the losses of the day, as they would be if it ended now
        kept = [dict(lot) for lot in self.lots], [dict(loss) for loss in self.today]
        gains = {year: list(both) for year, both in self.found.gains.items()}
        waiting, disallowed = list(self.open_losses), self.found.disallowed
        self.end_of_day(row)
        due = tax_of(self.found.gains, self.dates[1].year, self.rules.due[row], self.rules)
        self.lots, self.today = kept
        self.found.gains, self.open_losses, self.found.disallowed = gains, waiting, disallowed
        due -= sum(self.found.paid.values())
        values = self.worth(row)
        if abs(due) < 1e-12 * sum(values):
            return
        if self.cash is not None:
            values[self.cash] -= due
        wealth = sum(values) if self.cash is not None else sum(values) - due
        if self.cash is not None and values[self.cash] >= 0:
            self.held[self.cash] = values[self.cash] / self.prices[row][self.cash]
        else:
            others = [0.0 if i == self.cash else v for i, v in enumerate(values)]
            if due < 0 and -due <= sum(
                fee for fee, v in zip(self.fees, others, strict=True) if v > 0
            ):
                return
            self.move(row, values, wealth, [v / sum(others) for v in others])
        self.found.paid[row] = due
