"""What a rebalance of a large book costs: read, compute, write; beside bare openpyxl and calamine.

40 accounts, 5,000 lots, 100 symbols, 2,520 price rows. The bare round trip is
``openpyxl.load_workbook`` and ``save`` of the same file, which throws away much of a book (see
ARCHITECTURE.md); bare calamine reads every sheet and does nothing else. Each run measures all of
them one after the other; medians and the ratios' medians are printed. Run: python -m bench.round_trip
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import openpyxl
import python_calamine

from bench.books import large_book
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.report import drift_report
from xl_rebal.workbook.file_book import FileBook
from xl_rebal.workbook.parse import parse
from xl_rebal.workbook.render import render

RUNS = 5


def ours(path: Path, out: Path) -> dict[str, float]:
    """The steps of `xl-rebal rebalance`: sheets to model, model to trades, trades into a copy."""
    clock = [perf_counter()]
    book = FileBook(path, out, replace=True)
    desk = parse(book.read())
    clock.append(perf_counter())
    traded = rebalance(desk.household, desk.securities, desk.plan, desk.quotes)
    report = drift_report(desk.household, desk.securities, desk.plan, traded)
    clock.append(perf_counter())
    book.write(render(desk, traded, report))
    clock.append(perf_counter())
    assert len(traded.trades) > 40
    steps = [after - before for before, after in pairwise(clock)]
    return {**dict(zip(("read", "compute", "write"), steps, strict=True)), "whole": sum(steps)}


def timed(action: Callable[[], object]) -> float:
    start = perf_counter()
    action()
    return perf_counter() - start


def bare_openpyxl(path: Path, out: Path) -> None:
    openpyxl.load_workbook(path).save(out)


def bare_calamine(path: Path) -> None:
    book = python_calamine.load_workbook(str(path))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder, "large.xlsx"), Path(folder, "out.xlsx")
        path.write_bytes(large_book())
        ours(path, out)  # imports and caches
        rows = []
        for _ in range(runs):
            row = ours(path, out)
            row["openpyxl"] = timed(lambda: bare_openpyxl(path, Path(folder, "bare.xlsx")))
            row["calamine"] = timed(lambda: bare_calamine(path))
            rows.append(row)
    print(f"medians of {runs} runs; {path.name} with 40 accounts, 5,000 lots, 2,520 x 100 prices")
    for name in rows[0]:
        print(f"{name:>10}  {statistics.median(row[name] for row in rows):7.3f} s")
    for name, over, under in (
        ("whole / bare openpyxl round trip", "whole", "openpyxl"),
        ("compute / whole", "compute", "whole"),
        ("read / bare calamine", "read", "calamine"),
    ):
        print(f"{name}: {statistics.median(row[over] / row[under] for row in rows):.3f}")


if __name__ == "__main__":
    main()
