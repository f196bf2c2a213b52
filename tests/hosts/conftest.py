"""The desktop half of xlwings, loaded once for all tests of hosts; an empty screen for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hosts.desktop import DesktopXlwings, load_desktop_xlwings

# packages that bind xlwings when they are imported: the copy needs its own of each
PRIVATE = ("udfs", "tests.hosts.toy_functions", "tests.hosts.toy_macros")


@pytest.fixture(scope="session")
def one_desktop() -> DesktopXlwings:
    return load_desktop_xlwings(PRIVATE)


@pytest.fixture
def desktop(one_desktop: DesktopXlwings) -> Iterator[DesktopXlwings]:
    """xlwings as on Windows, with no Excel open yet: ``desktop.screen.open_excel()`` opens one."""
    screen = one_desktop.screen
    yield one_desktop
    screen.applications.clear()
    screen.messages.clear()
