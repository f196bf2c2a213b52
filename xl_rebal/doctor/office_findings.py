"""LibreOffice Calc as a host of the functions. It is optional: only an add-in of ours can be wrong."""

from __future__ import annotations

from collections.abc import Iterator

from xl_rebal.doctor.finding import Finding, State
from xl_rebal.doctor.machine import CalcAddIn, Machine, Office
from xl_rebal.wording import listed

ADD_IN = "Run: xl-rebal addin --libreoffice"
_BINDS = (25, 2)
"""From this version on Calc knows XR_DRIFT in an .xlsx; 7.4 does not. Nothing between was tried."""


def of_office(machine: Machine) -> Iterator[Finding]:
    """Program, the Python inside it, our extension."""
    office = machine.office
    if office is None:
        yield Finding("Calc", State.INFO, "not found; needed only to open books without Excel")
        return
    yield _program(office)
    yield _python(machine, office)
    yield _add_in(machine, office.add_in)


def _program(office: Office) -> Finding:
    if not office.version:
        return Finding("Calc", State.INFO, f"{office.program} does not say its version")
    said = f"{office.version}, {office.program}"
    numbers = tuple(int(each) for each in office.version.split(".")[:2])
    if numbers >= _BINDS:
        return Finding("Calc", State.OK, f"{said}; it knows the XR_ formulas of an .xlsx")
    how = "our add-in types the XR_ formulas of an .xlsx anew when it is opened"
    return Finding("Calc", State.OK, f"{said}; {how}")


def _python(machine: Machine, office: Office) -> Finding:
    ours = machine.python.minor
    if not office.python:
        return Finding(
            "its Python", State.INFO, "unknown", "Install LibreOffice's part for Python."
        )
    if office.python == ours:
        return Finding("its Python", State.OK, f"{office.python} as ours, so it can load our numpy")
    return Finding(
        "its Python", State.WRONG if office.add_in else State.INFO,
        f"{office.python}, ours is {ours}: numpy and others are made for one of them only",
        f"Install xl_rebal for a Python {office.python} and make the add-in from there.",
    )  # fmt: skip


def _add_in(machine: Machine, add_in: CalcAddIn | None) -> Finding:
    version = machine.installation.version
    if add_in is None:
        return Finding("add-in", State.INFO, "not installed; only formulas in Calc need it", ADD_IN)
    if add_in.missing_folders:
        gone = f"it imports from {listed(add_in.missing_folders, 'and')}, which is gone"
        return Finding("add-in", State.WRONG, gone, ADD_IN)
    if add_in.version != version:
        return Finding("add-in", State.WRONG, f"of {add_in.version}, this is {version}", ADD_IN)
    return Finding("add-in", State.OK, add_in.version)
