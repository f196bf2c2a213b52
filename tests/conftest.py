"""What every test shares: hypothesis profiles and the Calc judge."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.judges.add_in import add_in_or_skip
from tests.judges.libreoffice import Calc, office, programs_or_skip

MOST_WORKERS = 4
"""However many cores there are: each worker may have two offices, and tests of large books."""

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


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """All tests run on all cores, unless ``-n`` says otherwise; files that are named, in one process.

    Here and not in addopts, since ``-n`` there would be an error without xdist.
    """
    option, here = config.option, config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if not here or hasattr(config, "workerinput") or option.usepdb:
        return
    if getattr(option, "numprocesses", 0) is None and option.dist == "no":
        option.numprocesses, option.maxprocesses, option.dist = "auto", MOST_WORKERS, "worksteal"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whatever asks for Calc carries its mark, so that ``-m "not calc"`` leaves none out.

    With workers the long ones begin first: what is left at the end can then be shared out evenly.
    """
    for item in items:
        if {"calc", "calc_xr"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("calc")
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("long") is None)


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
