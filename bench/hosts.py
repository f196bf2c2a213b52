"""What a formula costs on its way through each host, beside the bare function; how fast a host is up.

One drift of ten assets: numpy alone; the function of the catalogue as every host calls it; what stands
between Excel's values and that (``udfs.desktop``); xlwings' own path from VBA to the answer, over our
stand-ins for COM, so without Excel's share and with theirs; a cell of a real LibreOffice Calc, beside
a native formula of the same answer. Then 1,000 of them, and new processes that import the modules of
functions. Medians of the processor's time (Calc: of the clock's); the ratios are those of one run.

Run: python -m bench.hosts [runs]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time

import numpy as np
import openpyxl

from tests.hosts.desktop import DesktopXlwings, load_desktop_xlwings
from tests.judges.add_in import add_in_or_skip
from tests.judges.libreoffice import Calc, NotInstalledError, find_programs, office
from udfs import desktop
from xl_rebal.registry import FUNCTIONS

ROOT = Path(__file__).parents[1]
RUNS, CALLS, ASSETS, BAR = 7, 1_000, 10, 0.7
SPEC = FUNCTIONS["XR_DRIFT"]
NATIVE = "=SUMPRODUCT(MAX(ABS(A1:A10/SUM(A1:A10)-B1:B10)))"
FORMULA = "=XR_DRIFT(A1:A10,B1:B10)"
HELD = tuple((float(100 + 7 * number),) for number in range(ASSETS))
WANTED = ((1 / ASSETS,),) * ASSETS
IMPORTS = ("", "numpy", "xlwings", "xl_rebal.registry", "udfs.functions")


def bare() -> Callable[[], object]:
    """The sum and the largest difference of two arrays that are there already."""
    held, wanted = (np.array(cells).ravel() for cells in (HELD, WANTED))
    return lambda: float(np.abs(held / held.sum() - wanted).max())


def catalogue() -> Callable[[], object]:
    held, wanted = ([list(row) for row in cells] for cells in (HELD, WANTED))
    return lambda: SPEC(held, wanted)


def from_excel() -> Callable[[], object]:
    return lambda: desktop.call(SPEC, (HELD, WANTED, None, None))


def through_xlwings(host: DesktopXlwings) -> Callable[[], object]:
    book = host.screen.open_excel()._open("Book.xlsm", ["Data"])
    sheet = book.Worksheets("Data")
    held, wanted = sheet.Range(f"A1:A{ASSETS}"), sheet.Range(f"B1:B{ASSETS}")
    held.Value, wanted.Value = HELD, WANTED
    return partial(
        host.formula,
        "udfs.functions",
        SPEC.name,
        held,
        wanted,
        book=book,
        caller=sheet.Range("Z99"),
    )


def per_call(action: Callable[[], object]) -> float:
    start = process_time()
    for _ in range(CALLS):
        action()
    return (process_time() - start) / CALLS


def show_calls(runs: int) -> None:
    host = load_desktop_xlwings()
    actions = {
        "numpy alone": bare(),
        "catalogue": catalogue(),
        "Excel's values": from_excel(),
        "xlwings, stand-ins": through_xlwings(host),
    }
    with host.active():
        shown, direct = actions["xlwings, stand-ins"](), actions["catalogue"]()
        assert shown == direct
        rows = [{name: per_call(action) for name, action in actions.items()} for _ in range(runs)]
    print(f"one {SPEC.name} of {ASSETS} assets; medians of {runs} runs of {CALLS:,} calls")
    for name in actions:
        each = statistics.median(row[name] for row in rows)
        ratio = statistics.median(row[name] / row["numpy alone"] for row in rows)
        times = f"{ratio:7.1f} times numpy"
        print(f"{name:>20} {each * 1e6:8.1f} us {times} {each * CALLS:8.3f} s for {CALLS:,}")


def book_of(folder: Path, formula: str) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row, (held, wanted) in enumerate(zip(HELD, WANTED, strict=True), start=1):
        sheet.cell(row, 1, held[0])
        sheet.cell(row, 2, wanted[0])
    for row in range(1, CALLS + 1):
        sheet.cell(row, 4, formula)
    path = folder / "book.xlsx"
    book.save(path)
    return path


def in_calc(calc: Calc, folder: Path, formula: str, runs: int) -> float:
    return statistics.median(calc.seconds(book_of(folder, formula), runs))


def show_calc(runs: int) -> None:
    try:
        programs = find_programs()
    except NotInstalledError as missing:
        print(f"Calc is left out: {missing}")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with office(programs, add_in_or_skip(programs, folder)) as calc:
            found = calc.recalculate(book_of(folder, FORMULA)).values["Sheet", f"D{CALLS}"]
            assert isinstance(found, float)
            assert abs(found - float(bare()())) < 1e-12  # type: ignore[arg-type]
            native, ours = (in_calc(calc, folder, each, runs) for each in (NATIVE, FORMULA))
    print(f"{CALLS:,} formulas calculated anew by LibreOffice Calc; medians of {runs} runs")
    for title, each in (("native", native), (SPEC.name, ours)):
        print(
            f"{title:>20} {each:8.3f} s {each / native:7.1f} times native {each / CALLS * 1e6:8.1f} us each"
        )


def cold(module: str, caches: Path) -> float:
    """The processor's time of a new process that imports a module, or nothing."""
    left_out = ("PYTHONDONTWRITEBYTECODE",)
    environment = {key: value for key, value in os.environ.items() if key not in left_out}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(caches)}
    code = f"import {module}" if module else ""
    process = subprocess.Popen([sys.executable, "-c", code], env=environment)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime


def show_cold(runs: int) -> None:
    """With the bytecode that Python keeps after the first time, as on every day but the first."""
    with tempfile.TemporaryDirectory() as name:
        caches = Path(name)
        first = {module: cold(module, caches) for module in IMPORTS}
        rows = [{module: cold(module, caches) for module in IMPORTS} for _ in range(runs)]
    print(
        f"new processes; medians of {runs} runs, and the first time of all, without kept bytecode"
    )
    for module in IMPORTS:
        each = statistics.median(row[module] for row in rows)
        title = f"import {module}" if module else "Python alone"
        ratio = statistics.median(row[module] / row["numpy"] for row in rows)
        times = f"{ratio:5.1f} times numpy"
        print(f"{title:>24} {each:6.2f} s {times} {first[module]:6.2f} s the first time")
    found = statistics.median(row["udfs.functions"] for row in rows)
    print(f"functions up within {BAR:g} s: {'met' if found <= BAR else 'not met'}")


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    show_calls(runs)
    print()
    show_calc(runs)
    print()
    show_cold(runs)


if __name__ == "__main__":
    main()
