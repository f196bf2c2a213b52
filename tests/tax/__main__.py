"""Ledgers by the thousand beside the judge: ``python -m tests.tax --count 20000 [--first N]``.

Every difference is printed with the smallest history that shows it and the line that makes it again.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.tax.compare import compared, smallest
from tests.tax.histories import Case, good_case, random_case


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.tax", description=__doc__)
    words.add_argument("--count", type=int, default=1000, help="how many histories")
    words.add_argument("--first", type=int, default=0, help="the seed of the first")
    words.add_argument("--shown", type=int, default=10, help="differences that are made small")
    asked = words.parse_args()
    started, found = time.monotonic(), 0
    for seed in range(asked.first, asked.first + asked.count):
        for case in (random_case(seed), good_case(seed)):
            if differs(case):
                found += 1
                print(f"\npython -m tests.tax --count 1 --first {seed}", flush=True)
                if found <= asked.shown:
                    small = smallest(case, differs)
                    print(small, *complaints(small), sep="\n", flush=True)
    print(f"{asked.count:,} histories, {found:,} differences, {time.monotonic() - started:.0f} s")
    return 1 if found else 0


def complaints(case: Case) -> list[str]:
    """Differences, and what escapes from the product."""
    try:
        return compared(case)
    except Exception as error:  # whatever the product throws is a finding
        return [f"the product breaks: {error!r}"]


def differs(case: Case) -> bool:
    return bool(complaints(case))


if __name__ == "__main__":
    sys.exit(main())
