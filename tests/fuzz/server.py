"""The fork server: each mutant in a child of its own, with a limit of memory and a watchdog."""

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
from pathlib import Path

from tests.fuzz.books import good_books
from tests.fuzz.commands import warm_up
from tests.fuzz.judge import Verdict, judge
from tests.fuzz.mutant import Mutant, mutant

MORE_MEMORY = 3 * 2**29
"""Bytes of address space that a child may take beyond what the server has."""
SECONDS = 10.0
MEGABYTES = 1000.0


@dataclass(frozen=True)
class Result:
    number: int
    verdict: Verdict
    seconds: float
    megabytes: float


@dataclass(frozen=True)
class _Child:
    pid: int
    number: int
    pipe: int
    folder: str
    started: float


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
    limit = _address_space() + MORE_MEMORY
    waiting: dict[int, _Child] = {}
    chosen = selectors.DefaultSelector()
    more = True
    while more or waiting:
        while more and len(waiting) < workers:
            number = next(numbers, None) if time.monotonic() < until else None
            if number is None:
                more = False
            else:
                child = _start(seed, number, limit, number % write_every == 0)
                waiting[child.pipe] = child
                chosen.register(child.pipe, selectors.EVENT_READ, bytearray())
        for key, _ in chosen.select(timeout=1.0):
            piece = os.read(key.fd, 2**16)
            if piece:
                key.data.extend(piece)
                continue
            chosen.unregister(key.fd)
            yield _ended(waiting.pop(key.fd), bytes(key.data))
        for child in waiting.values():
            if time.monotonic() - child.started > SECONDS:
                os.kill(child.pid, signal.SIGKILL)


def _start(seed: int, number: int, limit: int, write: bool) -> _Child:
    read, into = os.pipe()
    folder = tempfile.mkdtemp(prefix="fuzz-")
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        _child(mutant(seed, number), limit, into, Path(folder), write)
    os.close(into)
    return _Child(pid, number, read, folder, started)


def _child(one: Mutant, limit: int, pipe: int, folder: Path, write: bool) -> None:
    """The child's whole life; it never comes back."""
    gc.disable()  # a collection would touch, and so copy, all that the server holds
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        verdict = judge(one, folder, write=write)
    except BaseException:  # the harness itself failed: that is a finding too
        verdict = Verdict([f"harness: {traceback.format_exc()}"])
    answer = json.dumps(asdict(verdict)).encode()
    while answer:
        answer = answer[os.write(pipe, answer) :]
    os._exit(0)


def _ended(child: _Child, answer: bytes) -> Result:
    os.close(child.pipe)
    _, status, usage = os.wait4(child.pid, 0)
    seconds, megabytes = time.monotonic() - child.started, usage.ru_maxrss / 1024
    shutil.rmtree(child.folder, ignore_errors=True)
    verdict = Verdict(**json.loads(answer)) if answer else Verdict()
    if not answer or status:
        verdict.findings.append(f"the process died ({status}) after {seconds:.1f} s")
    if megabytes > MEGABYTES:
        verdict.findings.append(f"took {megabytes:.0f} MB")
    return Result(child.number, verdict, seconds, megabytes)


def _judged(one: Mutant) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        return judge(one, Path(folder))


def _address_space() -> int:
    size = re.search(r"VmSize:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert size is not None
    return int(size[1]) * 1024


