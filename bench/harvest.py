"""What a harvest plan of a large household costs, beside a plain rebalance and one with lots.

The book of bench.round_trip: 40 accounts, 5,000 lots, 100 symbols in 5 classes. Their prices correlate hardly,
so substitutes need no least correlation here; three lots in ten are at a loss. The bar: within 2 s.
Medians of the processor's time, one after the other in each run. Run: python -m bench.harvest [runs]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

from bench.books import large_book
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.taxes.harvest_book import HarvestBook
from xl_rebal.engine.taxes.harvested import Harvested, harvested
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.with_lots import rebalance_with_lots
from xl_rebal.model.trades import TradeList
from xl_rebal.tax.netting import YearRates
from xl_rebal.tax.year import YearSoFar
from xl_rebal.workbook.file_book import FileBook
from xl_rebal.workbook.parse import Desk, parse

RUNS, BAR = 5, 2.0


def desk_of() -> Desk:
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder, "large.xlsx"), Path(folder, "out.xlsx")
        path.write_bytes(large_book())
        return parse(FileBook(path, out, replace=True).read())


def plain(desk: Desk) -> TradeList:
    return rebalance(desk.household, desk.securities, desk.plan, desk.quotes)


def question(desk: Desk) -> TaxQuestion:
    assert desk.as_of is not None
    return TaxQuestion(desk.as_of, desk.tax, desk.history)


def lots(desk: Desk) -> TradeList:
    return rebalance_with_lots(
        desk.household, desk.securities, desk.plan, desk.quotes, question(desk)
    )


def plan(desk: Desk) -> Harvested:
    book = HarvestBook(
        desk.household,
        desk.securities,
        desk.plan,
        desk.quotes,
        desk.prices,
        question(desk),
        least_correlation=-1.0,
    )
    return harvested(book, YearSoFar.with_gains_to_offset(YearRates()))


def seconds(action: Callable[[Desk], object], desk: Desk) -> float:
    start = process_time()
    action(desk)
    return process_time() - start


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    desk = desk_of()
    found = plan(desk).found
    jobs = {"rebalance": plain, "with lots": lots, "harvest": plan}
    rows = [{name: seconds(job, desk) for name, job in jobs.items()} for _ in range(runs)]
    medians = {name: statistics.median(row[name] for row in rows) for name in jobs}
    print(
        f"{len(desk.household.lots):,} lots, {len(found.candidates):,} at a loss, {len(found.taken):,} taken, "
        f"{len(found.plan.traded.trades):,} trades; medians of {runs} runs"
    )
    for name, each in medians.items():
        ratio = statistics.median(row[name] / row["rebalance"] for row in rows)
        print(f"{name:>10} {each:8.2f} s {ratio:6.2f} times a plain rebalance")
    print(f"a harvest within {BAR:g} s: {'met' if medians['harvest'] <= BAR else 'not met'}")


if __name__ == "__main__":
    main()
