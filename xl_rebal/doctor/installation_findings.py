"""This package, its Python, the packages that it needs, and solvers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xl_rebal.doctor.finding import Finding, State
from xl_rebal.doctor.machine import Installation, Machine, Requirement
from xl_rebal.doctor.requirements import misfit
from xl_rebal.wording import listed

_SOLVERS = {"highspy": "HiGHS", "clarabel": "Clarabel"}


def of_installation(machine: Machine) -> Iterator[Finding]:
    """xl_rebal, the command, Python, packages."""
    python, here = machine.python, machine.installation
    yield _package(here)
    yield _command(here)
    kind = "virtual environment, " if python.environment else ""
    detail = f"{python.version}, {python.bits} bit, {kind}{python.executable}"
    yield Finding("Python", State.OK, detail)
    if here.python_path:
        yield Finding(
            "PYTHONPATH", State.INFO, f"{here.python_path}, in this shell",
            "Set it for the user as well if Excel is to see it, or unset it.",
        )  # fmt: skip
    yield from _packages(machine)


def _package(here: Installation) -> Finding:
    said = f"{here.version}, in {here.folder}"
    if here.by_pip is None:
        return Finding(
            "xl_rebal", State.INFO, f"{said}, which pip does not know",
            f"Install it, so that Excel's Python finds it: pip install {here.folder}",
        )  # fmt: skip
    if here.pip_folder not in (None, here.folder):
        return Finding(
            "xl_rebal", State.INFO,
            f"{said}; the installed one is {here.by_pip}, in {here.pip_folder}",
            f"Install this one if Excel is to use it: pip install {here.folder}",
        )  # fmt: skip
    return Finding("xl_rebal", State.OK, said)


def _command(here: Installation) -> Finding:
    if here.command is None:
        where = here.own_command or "python -m xl_rebal.cli"
        return Finding(
            "command", State.INFO, "xl-rebal is not on PATH", f"Call it by its path: {where}"
        )
    if here.own_command and Path(here.command).parent != Path(here.own_command).parent:
        return Finding(
            "command", State.INFO, f"PATH leads to another installation: {here.command}",
            f"Call this one by its path: {here.own_command}",
        )  # fmt: skip
    return Finding("command", State.OK, here.command)


def _packages(machine: Machine) -> Iterator[Finding]:
    """Each package that does not fit by itself, all that fit in one line."""
    if not machine.requirements:
        yield Finding("packages", State.INFO, "not compared: pip does not know xl_rebal")
        return
    fit = []
    for each in machine.requirements:
        why = "" if each.installed is None else misfit(each.installed, each.limits)
        if each.installed is None:
            yield Finding(each.package, State.MISSING, _limits(each), _install(machine, each))
        elif why:
            detail = f"{each.installed} is {why}; what fits is {_limits(each)}"
            yield Finding(each.package, State.WRONG, detail, _install(machine, each))
        else:
            fit.append(f"{each.package} {each.installed}")
    if fit:
        yield Finding("packages", State.OK, f"{len(fit)} fit: {', '.join(fit)}")


def _limits(requirement: Requirement) -> str:
    return requirement.limits or "any version"


def _install(machine: Machine, requirement: Requirement) -> str:
    python = machine.python.executable
    return f'Run: "{python}" -m pip install "{requirement.package}{requirement.limits}"'


def of_solvers(machine: Machine) -> Iterator[Finding]:
    """Open solvers are all that is needed; what is said of others is for who has them."""
    open_ones = [
        f"{name} {version}" for package, name in _SOLVERS.items()
        if (version := machine.installed(package))
    ]  # fmt: skip
    others = [
        f"{each.name} {each.version} "
        + (f"(licence {each.licence})" if each.licence else "(no licence file found)")
        for each in machine.solvers
    ]
    said = f"{listed(open_ones, 'and')}; no licence is needed" if open_ones else "see above"
    more = f"; also here, and never needed: {listed(others, 'and')}" if others else ""
    yield Finding("solvers", State.OK if open_ones else State.INFO, said + more)
