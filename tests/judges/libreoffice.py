"""The real spreadsheet as a judge: LibreOffice Calc loads a book, calculates it anew, draws it.

In a test, with the fixture ``calc``::

    again = calc.recalculate(book)
    assert compare_cached(book, again) == []
    assert errors(again) == {}

One office serves a whole test session; it has its own profile in a temporary folder, and only a
copy of a book is ever opened, so no lock file lands beside the book.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

from tests.judges.cached import Difference, compare_cached, file_cells, xr_blocks
from tests.judges.cached import addresses as addresses_of
from tests.judges.programs import (
    NotInstalledError,
    Programs,
    find_programs,
    plain_environment,
    programs_or_skip,
)
from tests.judges.recalculated import Cell, ErrorText, Recalculated, Value, errors

__all__ = [
    "Calc",
    "CalcError",
    "Cell",
    "Difference",
    "ErrorText",
    "NotInstalledError",
    "Programs",
    "Recalculated",
    "Value",
    "compare_cached",
    "errors",
    "find_programs",
    "office",
    "programs_or_skip",
]

WORKER = Path(__file__).with_name("uno_worker.py")
Typed = Mapping[Cell, float | str | None]
"""Constants to type into input cells; None empties one."""
START_SECONDS = 120.0
REQUEST_SECONDS = 120.0
DOTS_PER_INCH = 90
XLSX = "Calc MS Excel 2007 XML"
PDF = "calc_pdf_Export"


class CalcError(Exception):
    """Calc refused a request, took too long or died; the next request gets a new office."""


class VbaRun(NamedTuple):
    """A book with macros in Calc: its modules as ``library.module``, what formulas show, a sheet's cells."""

    modules: dict[str, str]
    values: list[str]
    cells: list[list[str | float]]


@dataclass(frozen=True)
class Seen:
    """A document after a step: whether it was done, what was said, and after a look what it holds.

    ``tables`` have "place", "rows" with the header, "formats" of the first and the last row, and the
    rows of the sheet that are "shown";
    ``digests`` are of all that is on a sheet.
    """

    done: bool
    said: str
    undo: list[str]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: dict[str, Value] = field(default_factory=dict)
    formulas: dict[str, dict[str, Value | None]] = field(default_factory=dict)
    charts: dict[str, list[str]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)


class Worker:
    """One office and the program that drives it, in a process group that only they are in."""

    def __init__(self, programs: Programs, folder: Path) -> None:
        self.log = folder / "worker.log"
        digest = hashlib.md5((folder / "profile").as_uri().encode("utf-16-le")).digest()
        self.mark = "".join(f"{byte:x}" for byte in digest)  # as the office spells it, no padding
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    programs.python,
                    "-s",
                    "-B",
                    WORKER,
                    programs.soffice,
                    folder,
                    f"judge{self.mark}",
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=folder,
                env=plain_environment(home=folder) | {"PYTHONDONTWRITEBYTECODE": "1"},
                start_new_session=True,
            )
        self.replies: queue.Queue[bytes] = queue.Queue()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    @property
    def stdin(self) -> IO[bytes]:
        assert self.process.stdin
        return self.process.stdin

    def read(self) -> None:
        """Runs in a thread, so that a reply can be waited for with a time limit."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.replies.put(line)
        self.replies.put(b"")

    def answer(self, seconds: float) -> Any:
        try:
            line = self.replies.get(timeout=seconds)
        except queue.Empty:
            self.end(grace=0)
            raise CalcError(f"Calc gave no answer within {seconds:.0f} s") from None
        if not line:
            self.end(grace=0)
            raise CalcError(f"Calc ended: {self.log.read_text(errors='replace')[-2000:].strip()}")
        reply = json.loads(line)
        if "error" in reply:
            if reply["ended"]:
                self.end(grace=0)
            raise CalcError(reply["error"])
        return reply["answer"]

    def ask(self, request: Mapping[str, object], seconds: float) -> Any:
        with suppress(BrokenPipeError):  # it died since: answer() says so
            self.stdin.write(json.dumps(request).encode() + b"\n")
            self.stdin.flush()
        return self.answer(seconds)

    def end(self, grace: float = 20) -> None:
        """Let both end by themselves for ``grace`` seconds, then end their process group."""
        if self.stdin.closed:
            return
        with suppress(BrokenPipeError):
            self.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(grace)
        with suppress(ProcessLookupError):  # both are gone already
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for name in ("judge", "SingleOfficeIPC_"):  # a killed office leaves its two pipes behind
            Path(f"/tmp/OSL_PIPE_{os.getuid()}_{name}{self.mark}").unlink(missing_ok=True)
        self.reader.join()
        assert self.process.stdout
        self.process.stdout.close()


class Calc:
    """Calc, ready for requests; a request starts the office when none is running."""

    def __init__(
        self,
        programs: Programs,
        folder: Path,
        *,
        request_seconds: float = REQUEST_SECONDS,
        add_in: Path | None = None,
    ) -> None:
        self.programs, self.folder, self.request_seconds = programs, folder, request_seconds
        self.add_in = add_in
        self.worker: Worker | None = None

    def ask(self, **request: object) -> Any:
        if self.worker and self.worker.process.poll() is not None:
            self.close()
        if not self.worker:
            self.worker = self.started()
        return self.worker.ask(request, self.request_seconds)

    def started(self) -> Worker:
        folder = self.own_folder("office")
        worker = Worker(self.programs, folder)
        worker.answer(START_SECONDS)
        if self.add_in:
            try:
                worker.ask({"do": "install", "path": str(self.add_in)}, START_SECONDS)
            finally:
                worker.end()
            worker = Worker(
                self.programs, folder
            )  # the types of an extension are read at the start
            worker.answer(START_SECONDS)
        return worker

    def described(self, prefix: str) -> dict[str, tuple[str, list[tuple[str, str]]]]:
        """Functions whose name begins so, as the Function Wizard shows them: help, arguments."""
        found = self.ask(do="described", prefix=prefix)
        return {
            name: (text, [(argument, about) for argument, about in arguments])
            for name, (text, arguments) in found.items()
        }

    def office_log(self) -> str:
        """What the office has written to its stderr since it was started."""
        assert self.worker
        return (self.worker.log.parent / "office.log").read_text(errors="replace")

    def close(self) -> None:
        if self.worker:
            self.worker.end()
        self.worker = None

    def own_folder(self, kind: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=self.folder))

    def copied(self, path: Path) -> Path:
        return Path(shutil.copy(path, self.own_folder("book")))

    def seconds(self, path: Path, runs: int) -> list[float]:
        """How long Calc takes to calculate a whole book, run by run; formulas of the add-in are typed."""
        calls = list(xr_blocks(file_cells(path)))
        found: list[float] = self.ask(
            do="timed", path=str(self.copied(path)), bound=calls if self.add_in else [], runs=runs
        )
        return found

    def recalculate(self, path: Path) -> Recalculated:
        """Load a book and calculate every formula anew, whatever values it carries."""
        return self.set_and_recalculate(path, {})

    def set_and_recalculate(self, path: Path, changes: Typed) -> Recalculated:
        """Type constants into input cells (None empties one), then calculate every formula.

        A date is typed as its serial. A formula cell is refused with a CalcError. Without an add-in
        cells that call an ``XR_`` function keep the book's cached value; they cannot follow.
        """
        cells = file_cells(path)
        calls = list(xr_blocks(cells))
        frozen = [] if self.add_in else [(*call, addresses_of(call[1])) for call in calls]
        answer = self.ask(
            do="recalculate",
            path=str(self.copied(path)),
            changes=[[*cell, value] for cell, value in changes.items()],
            frozen=[
                [sheet, block, [[cells.values.get((sheet, each)) for each in row] for row in rows]]
                for sheet, block, rows in frozen
            ],
        )
        values: dict[Cell, Value] = {}
        formulas: dict[Cell, str] = {}
        for sheet, found in answer["cells"].items():
            for address, (kind, value, formula) in found.items():
                values[sheet, address] = ErrorText(value) if kind == "error" else value
                formulas[sheet, address] = formula
        return Recalculated(
            sheets=tuple(answer["cells"]),
            values=values,
            formulas=formulas,
            charts=answer["charts"],
            tables=tuple(answer["tables"]),
            names=tuple(answer["names"]),
            uncalculated_xr=tuple(
                (sheet, each) for sheet, _, rows in frozen for row in rows for each in row
            ),
        )

    def run_vba(
        self,
        path: Path,
        *,
        calls: Sequence[Sequence[str]] = (),
        formulas: Sequence[str] = (),
        shown: str,
    ) -> VbaRun:
        """Load a book with its macros on, call some, then type formulas into a new sheet."""
        answer = self.ask(
            do="run_vba",
            path=str(self.copied(path)),
            calls=[list(call) for call in calls],
            formulas=list(formulas),
            shown=shown,
        )
        return VbaRun(answer["modules"], answer["values"], answer["cells"])

    def run(
        self,
        path: Path,
        *steps: str | Typed,
        tables: Sequence[str] = (),
        formulas: Sequence[str] = (),
        charts: Sequence[str] = (),
        digests: bool = False,
    ) -> list[Seen]:
        """Open a book, press entries of our menu in it, or "undo", "redo", type: what is said.

        Nothing is calculated but what Calc calculates by itself. A step "look" sees tables, and of
        sheets formulas, charts, digests, as far as it is told to.
        """
        answer = self.ask(
            do="run",
            path=str(self.copied(path)),
            steps=[
                step if isinstance(step, str) else [[*cell, value] for cell, value in step.items()]
                for step in steps
            ],
            tables=tables,
            formulas=formulas,
            charts=charts,
            digests=digests,
        )
        return [Seen(**each) for each in answer]

    def save_as(self, path: Path, out: Path, filter: str = XLSX) -> Path:  # noqa: A002 - Calc's word
        """Load a book and write it to ``out`` by one of Calc's export filters; gives ``out``."""
        made = self.own_folder("saved") / out.name
        self.ask(do="save", path=str(self.copied(path)), out=str(made), filter=filter)
        return Path(shutil.copy(made, out))

    def to_pdf(self, path: Path) -> Path:
        """What Calc prints, with the values the book carries; the file goes when Calc is closed."""
        return self.save_as(path, self.own_folder("pdf") / f"{path.stem}.pdf", PDF)

    def render(self, path: Path, folder: Path) -> list[Path]:
        """Print a book as pictures, one PNG a page, in page order, into ``folder``."""
        pages = self.own_folder("pages")
        subprocess.run(
            [
                *(self.programs.pdftoppm, "-png", "-r", str(DOTS_PER_INCH)),
                *(self.to_pdf(path), pages / path.stem),
            ],
            check=True,
            capture_output=True,
            timeout=self.request_seconds,
        )
        folder.mkdir(parents=True, exist_ok=True)
        return [Path(shutil.copy(page, folder)) for page in sorted(pages.glob("*.png"))]


@contextmanager
def office(programs: Programs | None = None, add_in: Path | None = None) -> Iterator[Calc]:
    """A Calc for the length of a ``with`` block; NotInstalledError where the machine has none."""
    with tempfile.TemporaryDirectory(prefix="calc-judge-", ignore_cleanup_errors=True) as folder:
        calc = Calc(programs or find_programs(), Path(folder), add_in=add_in)
        try:
            yield calc
        finally:
            calc.close()
