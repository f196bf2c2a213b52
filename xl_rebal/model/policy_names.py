"""The names of policies in a comparison, in the order in which they stand."""

from __future__ import annotations

from xl_rebal.model.plan import Method

NEVER_NAME = "Never"

RIVALS = (None, Method.CALENDAR, Method.THRESHOLD, Method.CALENDAR_THRESHOLD)
"""What every book is compared with, on the targets of its sheet."""


def name_of(method: Method | None) -> str:
    """The name of a policy."""
    return NEVER_NAME if method is None else method.value


NAMES = tuple(name_of(method) for method in (*RIVALS, Method.TACTICAL, Method.OPTIMAL))
"""Of all policies that there can be, in the order in which they stand."""
