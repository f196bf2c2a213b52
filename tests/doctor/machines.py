"""Invented machines and books: good ones, from which a test takes one thing away."""

from __future__ import annotations

from xl_rebal.doctor import diagnose
from xl_rebal.doctor.conf import Layer
from xl_rebal.doctor.finding import Finding, State
from xl_rebal.doctor.machine import (
    BookFacts,
    CalcAddIn,
    Calls,
    Excel,
    Installation,
    Machine,
    Office,
    Probe,
    Python,
    Requirement,
    System,
)
from xl_rebal.doctor.vba_text import Wrappers
from xl_rebal.registry import FUNCTIONS

VENV = "C:\\desk\\venv"
PYTHON = f"{VENV}\\Scripts\\python.exe"
WRAPPERS = Wrappers(
    {name: tuple(p.name for p in spec.parameters) for name, spec in FUNCTIONS.items()}, "0.37.8"
)
CONF = Layer(
    "the sheet xlwings.conf", (("INTERPRETER_WIN", PYTHON), ("UDF MODULES", "udfs.functions"))
)
PROBE = Probe(
    PYTHON, PYTHON, is_ours=True, version="3.12.4", xl_rebal="0.1.0", folder=VENV, xlwings="0.37.8",
    dlls=("xlwings32-0.37.8.dll", "xlwings64-0.37.8.dll"),
)  # fmt: skip
EXCEL = Excel(
    "C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE", "16.0.17328.20162", 64,
    add_ins=("C:\\Users\\ann\\AppData\\Roaming\\Microsoft\\AddIns\\xl_rebal.xlam",),
)  # fmt: skip
WINDOWS = Machine(
    system=System.WINDOWS,
    python=Python("3.12.4", 64, PYTHON, environment=True),
    installation=Installation(
        "0.1.0", f"{VENV}\\Lib\\site-packages", "0.1.0", f"{VENV}\\Lib\\site-packages",
        f"{VENV}\\Scripts\\xl-rebal.exe", f"{VENV}\\Scripts\\xl-rebal.exe",
    ),
    requirements=(
        Requirement("numpy", "<3,>=1.26", "2.1.0"), Requirement("xlwings", "<0.40,>=0.33", "0.37.8"),
        Requirement("highspy", "<2,>=1.8", "1.10.0"), Requirement("clarabel", "<1,>=0.9", "0.11.1"),
    ),
    probe=PROBE,
    excel=EXCEL,
    office=Office("C:\\Program Files\\LibreOffice\\program\\soffice.com", "25.2.3", "3.12",
                  CalcAddIn("0.1.0")),
)  # fmt: skip
BOOK = BookFacts(
    "C:\\desk\\mine.xlsm", macro_enabled=True, conf=CONF, has_vba=True, wrappers=WRAPPERS,
    has_ribbon=True, calls=Calls((("plain", 21),), frozenset(FUNCTIONS)),
)  # fmt: skip


def faults(machine: Machine, book: BookFacts | None = None) -> list[Finding]:
    """What must be mended."""
    return [each for each in diagnose(machine, book) if each.is_fault]


def fault(machine: Machine, book: BookFacts | None = None) -> tuple[str, str, str]:
    """The one thing that must be mended: part, detail, fix."""
    (found,) = faults(machine, book)
    return found.part, found.detail, found.fix


def said(
    machine: Machine, part: str, book: BookFacts | None = None
) -> list[tuple[State, str, str]]:
    """What is said of a part."""
    return [(f.state, f.detail, f.fix) for f in diagnose(machine, book) if f.part == part]
