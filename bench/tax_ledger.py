"""What a ledger costs: lots, wash sales and gains of a long record, beside first in first out alone.

50 accounts (every fifth an IRA), 500 symbols in 250 identity groups, ten years; half of the rows buy, a third
sell, the others are dividends, their reinvestments and transfers. The comparison sorts the same rows and takes
sales off queues by account and symbol: no wash sales, terms, transfers, splits or checks. The bar: 100,000 rows
within 5 s.

Sizes double, so a ratio of 2 is linear growth where the longer record is more of the same. More rows in the
same ten years are not: eight times as many give 47 times the pieces sold and 117 times the matches. So growth
is looked at where the longer record is as many rows a day for more years, in 10 accounts with 50 symbols,
beside the growth of what comes out; and in one account with one symbol.
Medians of the processor's time, sizes one after the other in each run. Run: python -m bench.tax_ledger [runs]
"""

from __future__ import annotations

import statistics
import sys
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from random import Random
from time import process_time

from xl_rebal.model.transactions import Activity, History, TaxAccount, Transaction
from xl_rebal.tax.ledger import ledger
from xl_rebal.tax.methods import LotMethod
from xl_rebal.tax.results import Ledger

RUNS = 5
SIZES = (25_000, 50_000, 100_000, 200_000)
BAR, BAR_SIZE = 5.0, 100_000
FIRST, DAYS = date(2015, 1, 2), 3_650
Step = tuple[Activity, float, float]


def record(
    rows: int, accounts: int = 50, symbols: int = 500, days: int = DAYS, seed: int = 1
) -> History:
    """Rows in no order; prices wander, so that about half of the sales lose."""
    random = Random(seed)
    prices = [100.0] * symbols
    held: dict[tuple[int, int], float] = {}
    found: list[Transaction] = []
    for number in range(rows):
        day = FIRST + timedelta(days=number * days // rows)
        who, what = key = random.randrange(accounts), random.randrange(symbols)
        prices[what] *= 1.0 + random.gauss(0.0, 0.02)
        activity, shares, amount = step(random, prices[what], held.get(key, 0.0))
        if activity is Activity.TRANSFER:
            to = (who + 5) % accounts  # of the same kind: taxed or not
            arrival = Transaction(number, f"A{to:02}", day, activity, f"S{what:03}", -shares)
            found.append(arrival)
            held[to, what] = held.get((to, what), 0.0) - shares
        held[key] = held.get(key, 0.0) + shares
        quantity = -shares if activity is Activity.SELL else shares
        total = None if activity is Activity.TRANSFER else amount
        row = rows + number
        found.append(Transaction(row, f"A{who:02}", day, activity, f"S{what:03}", quantity, total))
    random.shuffle(found)
    kinds = ("Traditional", "Taxable", "Taxable", "Taxable", "Taxable")
    names = {f"A{n:02}": TaxAccount(f"A{n:02}", kinds[n % 5]) for n in range(accounts)}
    return History(tuple(found), names, {f"S{n:03}": f"G{n // 2}" for n in range(symbols)})


def step(random: Random, price: float, has: float) -> Step:
    """What a row is, the shares that it adds, and its amount."""
    chance = random.random()
    if chance < 0.35 and has > 0:
        shares = has * random.choice((0.25, 0.5, 1.0))
        return Activity.SELL, -shares, shares * price
    if chance < 0.36 and has > 0:
        return Activity.TRANSFER, -has / 2, 0.0
    if chance < 0.45:
        return Activity.DIVIDEND, 0.0, 10.0
    if chance < 0.5:
        return Activity.REINVEST, 0.37, 0.37 * price
    shares = float(random.randrange(1, 100))
    return Activity.BUY, shares, shares * price


def queues(history: History) -> float:
    """The gains of first in first out by account and symbol, and nothing else."""
    lots: dict[tuple[str, str], deque[list[float]]] = {}
    gains = 0.0
    for row in sorted(history.transactions, key=lambda each: (each.day, each.row)):
        queue = lots.setdefault((row.account, row.symbol), deque())
        amount = row.amount or 0.0
        if row.activity.acquires:
            queue.append([row.quantity, amount / row.quantity])
        elif row.activity is Activity.SELL:
            left, price = row.quantity, amount / row.quantity
            while left > 0 and queue:
                shares = min(left, queue[0][0])
                gains += shares * (price - queue[0][1])
                queue[0][0] -= shares
                left -= shares
                if queue[0][0] <= 0:
                    queue.popleft()
    return gains


Record = Callable[[int], History]


def steady(rows: int) -> History:
    """More rows are more years of the same: few holdings, soon full."""
    return record(rows, accounts=10, symbols=50, days=DAYS * rows // BAR_SIZE)


def hifo(history: History) -> Ledger:
    return ledger(history, method=LotMethod.HIFO)


def jobs() -> Iterator[tuple[str, Callable[[History], object], Record]]:
    """A name, what is timed, and its record of so many rows."""
    yield "queues, first in first out alone", queues, record
    yield "ledger, fifo", ledger, record
    yield "ledger, hifo", hifo, record
    yield "ledger, mintax", lambda history: ledger(history, method=LotMethod.LEAST_TAX), record
    yield "ledger, average", lambda history: ledger(history, method=LotMethod.AVERAGE), record
    yield "ledger, fifo, as many rows a day", ledger, steady
    yield "ledger, hifo, as many rows a day", hifo, steady
    yield "ledger, fifo, one lot after another", ledger, partial(record, accounts=1, symbols=1)


def seconds(action: Callable[[History], object], history: History) -> float:
    start = process_time()
    action(history)
    return process_time() - start


def pieces(found: object) -> int:
    """Lots, pieces sold and matches."""
    assert isinstance(found, Ledger)
    return len(found.lots) + len(found.sales) + len(found.matches)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    print(f"medians of {runs} runs, s; rows: {', '.join(f'{size:,}' for size in SIZES)}")
    for name, action, make in jobs():
        records = [make(size) for size in SIZES]
        times = [[seconds(action, each) for each in records] for _ in range(runs)]
        medians = [statistics.median(column) for column in zip(*times, strict=True)]
        growth = [after / before for before, after in pairwise(medians)]
        print(f"{name:<36}", *(f"{value:8.3f}" for value in medians), end="   x ")
        print(*(f"{value:.2f}" for value in growth), end="")
        at_bar = medians[SIZES.index(BAR_SIZE)]
        if make is record:
            print(f"   {'met' if at_bar <= BAR else 'NOT met'}: {at_bar:.2f} <= {BAR:g}")
        else:
            out = [pieces(action(each)) for each in records]
            print("   what comes out x", *(f"{b / a:.2f}" for a, b in pairwise(out)))
    found = ledger(record(BAR_SIZE))
    losses = sum((each.basis or 0.0) > each.proceeds for each in found.sales)
    print(
        f"{BAR_SIZE:,} rows: {len(found.sales):,} pieces sold, {losses:,} at a loss, {len(found.matches):,} "
        f"matches, {len(found.lots):,} lots left"
    )


if __name__ == "__main__":
    main()
