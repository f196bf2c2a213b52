"""Mutants by the thousand: ``python -m tests.fuzz --count 20000 [--seed S] [--seconds N]``.

Every finding is printed with the line that makes the mutant again (``--only N``).
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.mutant import mutant
from tests.fuzz.server import Result, serve


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    words.add_argument("--count", type=int, default=1000, help="how many mutants")
    words.add_argument("--seed", type=int, default=1, help="equal seeds give equal mutants")
    words.add_argument("--first", type=int, default=0, help="the number of the first mutant")
    words.add_argument("--seconds", type=float, default=1e9, help="stop after so many seconds")
    words.add_argument("--only", type=int, help="make this one mutant again")
    words.add_argument("--keep", type=Path, help="with --only: write the mutant there")
    words.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="at the same time")
    words.add_argument("--write-every", type=int, default=1, help="write only one in so many")
    asked = words.parse_args()
    if asked.only is not None:
        one = mutant(asked.seed, asked.only)
        print(*one.story, sep="\n  ")
        if asked.keep is not None:
            asked.keep.write_bytes(one.content)
    first = asked.first if asked.only is None else asked.only
    numbers = range(first, first + (asked.count if asked.only is None else 1))
    started = time.monotonic()
    done = Counter[str]()
    slowest = largest = 0.0
    for result in serve(
        asked.seed, iter(numbers), asked.workers, started + asked.seconds, asked.write_every
    ):
        done["mutants"] += 1
        done["accepted"] += result.verdict.accepted
        done["read by drift"] += result.verdict.drifted
        done["compared with the oracle"] += result.verdict.compared
        done["compared by the linter"] += result.verdict.linted
        done["found"] += bool(result.verdict.findings)
        slowest, largest = max(slowest, result.seconds), max(largest, result.megabytes)
        if result.verdict.findings:
            _print_finding(asked.seed, result)
    print(", ".join(f"{count:,} {what}" for what, count in done.items()))
    print(f"seed {asked.seed}, {time.monotonic() - started:.0f} s; "
          f"slowest {slowest:.1f} s, largest {largest:.0f} MB")  # fmt: skip
    return 1 if done["found"] else 0


def _print_finding(seed: int, result: Result) -> None:
    print(f"python -m tests.fuzz --seed {seed} --only {result.number}")
    for step in mutant(seed, result.number).story:
        print(f"  {step}")
    for finding in result.verdict.findings:
        print("    " + finding.strip().replace("\n", "\n    "))
    sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(main())
