"""A book as Excel would take it: its settings, its macros, its formulas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from xl_rebal.doctor import conf
from xl_rebal.doctor.book_facts import CALC, LINKED, OFFICE_JS, PLAIN, XLL
from xl_rebal.doctor.excel_findings import ADD_IN
from xl_rebal.doctor.finding import Finding, State
from xl_rebal.doctor.machine import BookFacts, Machine, System, answering, layers_of
from xl_rebal.doctor.vba_text import Wrappers
from xl_rebal.registry import FUNCTIONS
from xl_rebal.wording import counted, listed

_AGAIN = "Make the macros anew: xl-rebal addin, or xl-rebal new --xlsm for a new book."
_SHOWN = 4
_OTHER_HOSTS = {
    OFFICE_JS: ("Office.js add-ins", "Type one of them anew where the add-in runs, and fill it down."),
    XLL: ("XLL add-ins", "Replace _xll. by nothing (Find and Replace, in formulas)."),
    LINKED: ("a file elsewhere", "In Excel: Data > Edit Links > Change Source: the add-in of this machine."),
    CALC: ("LibreOffice", "Replace XR. by XR_ (Find and Replace, in formulas)."),
}  # fmt: skip
"""Whose formulas they are in the spellings that Excel with our macros does not know, and the mend."""


def of_settings(machine: Machine, book: BookFacts | None) -> Iterator[Finding]:
    """What xlwings' settings would do, and which of several wins."""
    layers = layers_of(book, machine.add_in, machine.user_conf)
    if not layers:
        answers = answering(book, machine.add_in)
        name = conf.file_name(answers.project if answers else "")
        yield Finding("settings", State.INFO, f"no {name} of the user or the book")
        return
    said = listed([layer.where for layer in layers], "then")
    yield Finding("settings", State.OK, f"{said}; the first that has a key wins, even if blank"
                  if len(layers) > 1 else said)  # fmt: skip
    for layer in layers:
        if twice := layer.twice():
            yield Finding(
                "settings", State.WRONG, f"{listed(twice, 'and')} twice in {layer.where}",
                "Delete one of the two rows: xlwings stops at the second.",
            )  # fmt: skip
    conda = [found for key in conf.CONDA if (found := conf.setting(key, layers)) and found.value]
    if len(conda) == len(conf.CONDA):
        yield Finding(
            "settings", State.WRONG, f"conda keys in {conda[0].where}: they often fail to start Python",
            "Delete CONDA PATH and CONDA ENV; name the environment's python.exe as INTERPRETER_WIN.",
        )  # fmt: skip
    debug = conf.setting("DEBUG UDFS", layers)
    if debug and debug.value.lower() in ("true", "1"):
        yield Finding(
            "settings", State.WRONG, f"DEBUG UDFS is on in {debug.where}: functions wait for a debugger",
            "Write False beside it.",
        )  # fmt: skip


def of_book(machine: Machine, book: BookFacts) -> Iterator[Finding]:
    """The file, its macros, its formulas."""
    yield _file(book)
    if book.from_internet:
        yield Finding(
            "from the web", State.WRONG, "Windows has marked the file: Excel runs no macro of it",
            "Right-click the file > Properties > Unblock, if you know who sent it.",
        )  # fmt: skip
    if book.has_vba:
        yield from _macros(machine, book)
    yield from _formulas(book)


def _file(book: BookFacts) -> Finding:
    ending = PurePath(book.path).suffix.lower()
    if book.macro_enabled != (ending in (".xlsm", ".xlam", ".xltm")):
        right = ".xlsm" if book.macro_enabled else ".xlsx"
        return Finding(
            "file", State.WRONG, f"ends in {ending or 'nothing'}, but is a {right}: Excel does not open it",
            f"Rename it to {PurePath(book.path).stem}{right}.",
        )  # fmt: skip
    parts = ["macros" if book.has_vba else "", "a ribbon" if book.has_ribbon else ""]
    held = listed([part for part in parts if part], "and")
    return Finding(
        "file", State.OK, f"{ending} with {held}" if held else f"{ending} without macros"
    )


def _macros(machine: Machine, book: BookFacts) -> Iterator[Finding]:
    wrappers = book.wrappers
    if wrappers is None:
        yield Finding("macros", State.INFO, "cannot be read, so they are not compared")
        return
    if not wrappers.functions:
        yield Finding("macros", State.INFO, "none of ours: the functions need the add-in", ADD_IN)
    else:
        differences = list(_differences(wrappers))
        if differences:
            said = "; ".join(differences[:_SHOWN]) + ("; ..." if len(differences) > _SHOWN else "")
            yield Finding("macros", State.WRONG, said, _AGAIN)
        else:
            same = f"{counted(len(wrappers.functions), 'function')}, as in the catalogue"
            yield Finding("macros", State.OK, same)
    installed = machine.installed("xlwings")
    if wrappers.xlwings and installed and wrappers.xlwings != installed:
        yield Finding(
            "xlwings", State.INFO if machine.system is System.LINUX else State.WRONG,
            f"the book's macros are of {wrappers.xlwings}, installed is {installed}: Excel asks for both "
            "to be the same",
            f"{_AGAIN[:-1]}, or: pip install xlwings=={wrappers.xlwings}",
        )  # fmt: skip


def _differences(wrappers: Wrappers) -> Iterator[str]:
    """How the book's functions differ from ours, in words."""
    lacks = [name for name in FUNCTIONS if name not in wrappers.functions]
    extra = [name for name in wrappers.functions if name not in FUNCTIONS]
    if lacks:
        yield f"without {listed(lacks[:_SHOWN], 'and')}" + ("..." if len(lacks) > _SHOWN else "")
    if extra:
        yield f"{listed(extra[:_SHOWN], 'and')} no longer exists"
    for name, arguments in wrappers.functions.items():
        if name in FUNCTIONS and arguments != tuple(p.name for p in FUNCTIONS[name].parameters):
            yield f"{name} has other arguments"


def _formulas(book: BookFacts) -> Iterator[Finding]:
    calls = dict(book.calls.by_spelling)
    if not calls:
        yield Finding("formulas", State.INFO, "none calls an XR_ function")
        return
    for spelling, (whose, fix) in _OTHER_HOSTS.items():
        if count := calls.get(spelling):
            yield Finding(
                "formulas", State.WRONG, f"{counted(count, 'formula')} as {whose} spell them: #NAME? here",
                fix,
            )  # fmt: skip
    unknown = sorted(name for name in book.calls.names if name not in FUNCTIONS)
    if unknown:
        yield Finding(
            "formulas", State.WRONG, f"{listed(unknown[:_SHOWN], 'and')}: no such function",
            "See what there is: xl-rebal functions",
        )  # fmt: skip
    if plain := calls.get(PLAIN):
        said = f"{counted(plain, 'formula')} with an XR_ function"
        if book.calls.unnamed:
            said += f"; {book.calls.unnamed} showed #NAME? when the book was saved"
        own = book.wrappers is not None and bool(book.wrappers.functions)
        needs = "" if own else ", answered by the add-in only"
        yield Finding("formulas", State.INFO if book.calls.unnamed else State.OK, said + needs)
