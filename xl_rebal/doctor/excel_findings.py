"""Excel as a host: what it is, what it would start, and whether that can answer.

On Windows Excel loads one of xlwings' libraries, named after Excel's own bits and xlwings' version,
from the interpreter's folder or the one above, and starts Python as a process of its own. So the
bits of Python need not be those of Excel (read in xlwings 0.37.8; no real Excel has been seen).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from xl_rebal.doctor import conf
from xl_rebal.doctor.finding import Finding, State
from xl_rebal.doctor.machine import (
    BookFacts,
    Excel,
    Machine,
    Probe,
    System,
    answering,
    is_ours,
    layers_of,
)

ADD_IN = "Run: xl-rebal addin"
_OLDEST = 16
_ASKS, _SIGNED_ONLY, _NONE = 2, 3, 4


def of_excel(machine: Machine, book: BookFacts | None) -> Iterator[Finding]:
    """Excel, its macro setting, our add-in, the interpreter."""
    excel = machine.excel
    if machine.system is System.LINUX:
        yield Finding("Excel", State.INFO, "not on this system; all but cells and buttons work")
    elif excel is None:
        yield Finding("Excel", State.INFO, "not found; the command line works without it")
    else:
        yield _excel(machine, excel)
        if machine.system is System.MAC:
            yield from _on_mac(excel)
        else:
            yield _macros(excel)
            yield _add_in(excel, book)
    yield from _interpreter(machine, book)
    if excel and machine.system is System.WINDOWS:
        yield from _library(machine.probe, excel, answering(book, machine.add_in))


def _excel(machine: Machine, excel: Excel) -> Finding:
    said = ", ".join(
        part
        for part in (excel.version, f"{excel.bits} bit" if excel.bits else "", excel.path)
        if part
    )
    major = excel.version.split(".")[0]
    if major.isdecimal() and int(major) < _OLDEST:
        return Finding("Excel", State.WRONG, said, "Install Excel 2016 or later.")
    if excel.bits and excel.bits != machine.python.bits:
        said += "; it need not have the bits of Python"
    return Finding("Excel", State.OK, said)


def _on_mac(excel: Excel) -> Iterator[Finding]:
    yield Finding(
        "functions", State.INFO,
        "need Excel on Windows: here cells keep their stored values, and buttons work",
    )  # fmt: skip
    if excel.run_python_script is False:
        yield Finding(
            "buttons", State.MISSING, "xlwings' script of this version is not where Excel looks",
            "Run: xlwings runpython install",
        )  # fmt: skip


def _macros(excel: Excel) -> Finding:
    setting = excel.macro_setting or _ASKS
    if setting not in (_SIGNED_ONLY, _NONE):
        said = "Excel asks for each book" if setting == _ASKS else "all run"
        return Finding("macros", State.OK, f"{said}; access to the VBA project is not needed")
    said = "only signed ones run" if setting == _SIGNED_ONLY else "none run"
    if excel.by_policy:
        fix = "Ask who looks after this machine: a policy sets it."
    else:
        fix = (
            "In Excel: File > Options > Trust Center > Trust Center Settings > Macro Settings: "
            "Disable VBA macros with notification; then Enable Content in the book."
        )
    return Finding("macros", State.WRONG, f"{said}: functions are #NAME?, buttons do nothing", fix)


def _add_in(excel: Excel, book: BookFacts | None) -> Finding:
    ours = excel.our_add_ins
    gone = [each for each in excel.missing_add_ins if is_ours(each)]
    if gone:
        return Finding("add-in", State.WRONG, f"registered, but gone: {gone[0]}", ADD_IN)
    if len(ours) > 1:
        return Finding(
            "add-in", State.WRONG, f"opened twice: {', '.join(ours)}", "Remove all but one of them."
        )
    if ours:
        return Finding("add-in", State.OK, ours[0])
    if book and book.wrappers and book.wrappers.functions:
        return Finding("add-in", State.OK, "not installed; the book has the functions in itself")
    return Finding(
        "add-in",
        State.INFO,
        "not installed: XR_ functions are #NAME? in books without macros",
        ADD_IN,
    )


def _interpreter(machine: Machine, book: BookFacts | None) -> Iterator[Finding]:
    """Whether the Python that Excel would start can import what it must."""
    probe = machine.probe
    layers = layers_of(book, machine.add_in, machine.user_conf)
    windows = machine.system is System.WINDOWS
    named = conf.interpreter(windows, layers)
    here = machine.system is not System.LINUX
    if here and probe.resolved is None:
        place = f"named in {named.where}" if named.where else "since no settings name another"
        yield Finding(
            "interpreter", State.WRONG, f"{probe.interpreter}, {place}: there is no such program",
            _name_ours(machine, named.where),
        )  # fmt: skip
        return
    if probe.refused:
        yield Finding(
            "interpreter", State.INFO, f"{probe.resolved} was not tried: {probe.refused}",
            f"If you trust it: \"{probe.resolved}\" -c \"import udfs.functions\"",
        )  # fmt: skip
        return
    yield _answer(machine, probe, named.where)
    if not here and book is not None and book.answers:
        yield _elsewhere(book)
        return
    if here and named.where and not re.search(r"[\\/]", named.value):
        yield Finding(
            "interpreter", State.INFO, f"{named.value} is whichever comes first on PATH",
            _name_ours(machine, named.where),
        )  # fmt: skip


def _elsewhere(book: BookFacts) -> Finding:
    """What Excel on another machine would start for this file: it cannot be asked from here."""
    named = conf.interpreter(True, book.layers)
    on_a_mac = conf.setting("INTERPRETER_MAC", book.layers)
    if not named.where and on_a_mac and on_a_mac.value:
        named = on_a_mac
    if not named.where:
        return Finding(
            "elsewhere", State.INFO, "the file names no Python: Excel takes the user's, or that on its PATH",
            "Make it where Excel is, or with --interpreter.",
        )  # fmt: skip
    return Finding(
        "elsewhere", State.INFO, f"Excel starts {named.value}, named in {named.where}: not checked from here",
        "Run xl-rebal doctor on the machine that has Excel.",
    )  # fmt: skip


def _answer(machine: Machine, probe: Probe, where: str) -> Finding:
    program = probe.resolved or probe.interpreter
    if probe.failure:
        return Finding(
            "interpreter", State.WRONG, f"{program} cannot import our functions: {probe.failure}",
            f'Install xl_rebal there ("{program}" -m pip install ...).' if not probe.is_ours
            else "Install xl_rebal anew.",
        )  # fmt: skip
    if probe.xl_rebal != machine.installation.version:
        return Finding(
            "interpreter", State.WRONG,
            f"{program} has xl_rebal {probe.xl_rebal}, this is {machine.installation.version}",
            f"Install this one there, or: {_name_ours(machine, where)}",
        )  # fmt: skip
    who = "ours" if probe.is_ours else program
    place = f", named in {where}" if where and machine.system is not System.LINUX else ""
    return Finding(
        "interpreter", State.OK,
        f"{who}{place}: imports udfs.functions and udfs.macros, xlwings {probe.xlwings}",
    )  # fmt: skip


def _library(probe: Probe, excel: Excel, book: BookFacts | None) -> Iterator[Finding]:
    """The library of xlwings that Excel would load, by the version that the book's macros name."""
    text = book.wrappers.xlwings if book and book.wrappers else ""
    version = text or probe.xlwings
    if not (excel.bits and version and probe.resolved):
        return
    wanted = f"xlwings{excel.bits}-{version}.dll"
    if wanted in probe.dlls:
        yield Finding("library", State.OK, f"{wanted} is beside the interpreter")
        return
    found = ", ".join(probe.dlls) or "none"
    fix = "Install xlwings anew."
    if text and text != probe.xlwings:
        fix = f"Make the macros anew ({ADD_IN[5:]}), or: pip install xlwings=={text}"
    yield Finding(
        "library", State.WRONG, f"Excel loads {wanted}; beside the interpreter: {found}", fix
    )


def _name_ours(machine: Machine, where: str) -> str:
    key = "INTERPRETER_WIN" if machine.system is System.WINDOWS else "INTERPRETER_MAC"
    place = f" in {where}" if where else f" in a sheet {conf.file_name('')} of the book"
    return f"Write {PurePath(machine.python.executable)} beside {key}{place}."
