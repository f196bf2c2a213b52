"""One thing that the doctor says: what, in which state, and the mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """MISSING and WRONG are said of what is needed only; what is optional is INFO."""

    OK = "ok"
    INFO = "info"
    MISSING = "missing"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """``part`` is what it is about, ``fix`` a sentence that begins with a verb, or nothing."""

    part: str
    state: State
    detail: str
    fix: str = ""
    group: str = ""

    @property
    def is_fault(self) -> bool:
        return self.state in (State.MISSING, State.WRONG)


def status_of(findings: Iterable[Finding]) -> str:
    """What scripts ask: ok, or wrong where something needed is missing or wrong."""
    return "wrong" if any(finding.is_fault for finding in findings) else "ok"
