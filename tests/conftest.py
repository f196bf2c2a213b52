"""What every test shares: hypothesis profiles and the Calc judge."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.judges.add_in import add_in_or_skip
from tests.judges.libreoffice import Calc, office, programs_or_skip

EXAMPLES = 60

# No deadline: a first call that imports or compiles something is slow, and that is not a fault.
settings.register_profile("default", deadline=None, max_examples=EXAMPLES)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, print_blob=True)
settings.register_profile(
    "thorough",
    settings.get_profile("default"),
    max_examples=10 * EXAMPLES,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default")
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for Calc carries its mark, so that ``-m "not calc"`` leaves none out."""
    for item in items:
        if {"calc", "calc_xr"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("calc")


@pytest.fixture(scope="session")
def calc() -> Iterator[Calc]:
    """LibreOffice Calc, started once; skipped where it is missing, a failure when CI is set."""
    with office(programs_or_skip()) as started:
        yield started


@pytest.fixture(scope="session")
def calc_xr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calc]:
    """A second Calc, in which our add-in calculates the ``XR_`` functions; skipped as ``calc``."""
    programs = programs_or_skip()
    add_in: Path = add_in_or_skip(programs, tmp_path_factory.mktemp("add-in"))
    with office(programs, add_in) as started:
        yield started
