"""A thousand mutants in the usual run; ``python -m tests.fuzz`` makes as many as you like."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.fuzz.books import good_books
from tests.fuzz.mutant import mutant
from tests.fuzz.oracle import worth

resource = pytest.importorskip("resource", reason="only Unix forks and limits memory")

COUNT, PARTS = 1000, 2
EACH = COUNT // PARTS


@pytest.mark.long
@pytest.mark.parametrize("first", range(0, COUNT, EACH))
def test_a_thousand_mutants_are_read_rightly_or_refused_in_words(first: int) -> None:
    # In a process of its own: the threads of other tests would not survive a fork.
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    numbers = ["--first", str(first), "--count", str(EACH), "--write-every", "20"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *numbers, *(() if alone else ("--workers", "1"))],
        capture_output=True,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{EACH:,} mutants" in done.stdout


def test_equal_seeds_give_equal_mutants() -> None:
    assert [mutant(5, n) for n in range(20)] == [mutant(5, n) for n in range(20)]
    assert mutant(5, 0).content != mutant(6, 0).content


def test_the_oracle_reads_every_good_book() -> None:
    for name, content in good_books().items():
        known = worth(content)
        assert known.targets, name
        assert all(sum(values.values()) > 0 for values in known.values.values()), name
