"""What a study refuses since it would never trade, named by the argument that says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from xl_rebal.engine.idle import DAY, FREQUENCY, LAG, OFFSET, TARGETS
from xl_rebal.errors import InputError, Problem

_ARGUMENTS = {
    LAG: "options, lag",
    OFFSET: "options, offset",
    DAY: "options, day",
    FREQUENCY: "frequency",
    TARGETS: "target",
}


def refuse_idle(found: Iterable[Problem]) -> None:
    """InputError with all of the problems, if there are any."""
    problems = [replace(each, argument=_ARGUMENTS[each.about[0]], about=()) for each in found]
    if problems:
        raise InputError(problems)
