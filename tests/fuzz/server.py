"""The fork server: mutants in children, a few in each, with a limit of memory and a watchdog."""

from __future__ import annotations

import gc
import json
import os
import re
import resource
import selectors
import shutil
import signal
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from tests.fuzz.books import good_books
from tests.fuzz.commands import warm_up
from tests.fuzz.judge import Verdict, judge
from tests.fuzz.mutant import Mutant, mutant

MORE_MEMORY = 3 * 2**29
"""Bytes of address space that a child may take beyond what the server has."""
SECONDS, HANGS = 10.0, 60.0
"""What a mutant may take of a processor, whatever else the machine does, and of the clock."""
MEGABYTES = 1000.0
BATCH = 10
"""Mutants of one child: a fork copies what it touches of the server, which takes as long as one."""


@dataclass(frozen=True)
class Result:
    number: int
    verdict: Verdict
    seconds: float
    megabytes: float


@dataclass
class _Child:
    """``numbers`` are those that it has not answered for yet, ``since`` when it began the first,
    ``used`` what it had taken of a processor by then."""

    pid: int
    pipe: int
    folder: str
    numbers: list[int]
    since: float
    used: float = 0.0
    unread: bytes = b""


@dataclass(frozen=True)
class _Job:
    """What every child works by."""

    seed: int
    limit: int
    write_every: int


def serve(
    seed: int, numbers: Iterator[int], workers: int, until: float, write_every: int = 1
) -> Iterator[Result]:
    """Results as they come. No new child starts after the moment ``until`` (time.monotonic).

    Writing and judging what was written takes four fifths of the time: with ``write_every`` above
    1 the others are rebalanced without writing.
    """
    warm_up()
    for number, _ in enumerate(good_books()):  # what is loaded lazily, once, before any fork
        _judged(mutant(0, number))
    gc.collect()
    gc.freeze()
    job = _Job(seed, _address_space() + MORE_MEMORY, write_every)
    children: list[_Child] = []
    left_over: list[int] = []
    chosen = selectors.DefaultSelector()
    while True:
        while len(children) < workers:
            batch = left_over or (list(islice(numbers, BATCH)) if time.monotonic() < until else [])
            left_over = []
            if not batch:
                break
            child = _start(job, batch)
            children.append(child)
            chosen.register(child.pipe, selectors.EVENT_READ, child)
        if not children:
            return
        for key, _ in chosen.select(timeout=1.0):
            child = key.data
            if piece := os.read(child.pipe, 2**16):
                yield from _answers(child, piece)
                continue
            chosen.unregister(child.pipe)
            children.remove(child)
            yield from _ended(child)
            left_over += child.numbers
        for child in children:
            waited, taken = time.monotonic() - child.since, _processor(child.pid) - child.used
            if taken > SECONDS or waited > HANGS:
                os.kill(child.pid, signal.SIGKILL)


def _start(job: _Job, numbers: list[int]) -> _Child:
    read, into = os.pipe()
    folder = tempfile.mkdtemp(prefix="fuzz-")
    pid = os.fork()
    if pid == 0:
        os.close(read)
        _live(job, numbers, into, Path(folder))
    os.close(into)
    return _Child(pid, read, folder, numbers, time.monotonic())


def _live(job: _Job, numbers: list[int], pipe: int, folder: Path) -> None:
    """The child's whole life: an answer a line for each number. It never comes back."""
    resource.setrlimit(resource.RLIMIT_AS, (job.limit, job.limit))
    for number in numbers:
        own = folder / str(number)
        own.mkdir()
        try:
            verdict = judge(mutant(job.seed, number), own, write=number % job.write_every == 0)
        except BaseException:  # the harness itself failed: that is a finding too
            verdict = Verdict([f"harness: {traceback.format_exc()}"])
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        answer = json.dumps([megabytes, asdict(verdict)]).encode() + b"\n"
        while answer:
            answer = answer[os.write(pipe, answer) :]
    os._exit(0)


def _answers(child: _Child, piece: bytes) -> Iterator[Result]:
    *lines, child.unread = (child.unread + piece).split(b"\n")
    for line in lines:
        megabytes, answer = json.loads(line)
        verdict, now = Verdict(**answer), time.monotonic()
        if megabytes > MEGABYTES:
            verdict.findings.append(f"took {megabytes:.0f} MB, or one shortly before it did")
        yield Result(child.numbers.pop(0), verdict, now - child.since, megabytes)
        child.since, child.used = now, _processor(child.pid)


def _ended(child: _Child) -> Iterator[Result]:
    """Whatever a child died of was its first unanswered mutant; the others are yet to be done."""
    os.close(child.pipe)
    _, status, usage = os.wait4(child.pid, 0)
    shutil.rmtree(child.folder, ignore_errors=True)
    if child.numbers:
        seconds = time.monotonic() - child.since
        verdict = Verdict([f"the process died ({status}) after {seconds:.1f} s"])
        yield Result(child.numbers.pop(0), verdict, seconds, usage.ru_maxrss / 1024)


def _judged(one: Mutant) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        return judge(one, Path(folder))


def _processor(pid: int) -> float:
    """Seconds that a process has taken of a processor so far, those of its threads too."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _address_space() -> int:
    size = re.search(r"VmSize:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert size is not None
    return int(size[1]) * 1024
