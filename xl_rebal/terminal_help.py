"""What is shown without a book: the worksheet functions, and whether this machine has what is needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from xl_rebal.columns import Column, Table, paragraph
from xl_rebal.screen import Screen, row_of
from xl_rebal.wording import counted

if TYPE_CHECKING:
    from xl_rebal.doctor import Finding
    from xl_rebal.worksheet import FunctionSpec


def show_functions(specs: Iterable[FunctionSpec]) -> None:
    """One line a function."""
    rows = tuple(row_of(spec.signature, remark=spec.help) for spec in specs)
    Screen().table(Table((Column("Function"),), rows, "What it gives"))


def show_function(spec: FunctionSpec) -> None:
    """Everything about one function."""
    screen = Screen()
    screen.say(spec.signature, "bold", then="    ")
    screen.say(spec.help)
    screen.say(f"Returns {spec.returns}.")
    for parameter in spec.parameters:
        optional = " (optional)" if parameter.optional else ""
        screen.say(f"{parameter.name}{optional}: {parameter.help}", first="  ", then="      ")


_STATE_STYLE = {"ok": "green", "missing": "bold red", "wrong": "bold red"}


_LEAST_DETAIL = 40
"""A detail is read at this width; in a narrower column it stands below its part instead."""


def show_findings(findings: Sequence[Finding]) -> None:
    """A heading a group, a line a finding, below it what to do, and how many are to be mended."""
    screen = Screen()
    state = max(len(each.state) for each in findings)
    part = max(len(each.part) for each in findings)
    before = state + part + 6
    is_narrow = screen.width is not None and screen.width < before + _LEAST_DETAIL
    blank = " " * (4 if is_narrow else before)
    for group, members in groupby(findings, key=lambda each: each.group):
        screen.say(group, "bold")
        for each in members:
            lines = paragraph(each.detail, screen.width, first=blank, then=blank)
            head = "" if is_narrow else lines.pop(0)[before:]
            styled = (each.state.ljust(state), _STATE_STYLE.get(each.state, ""))
            screen.line(("  ", ""), styled, (f"  {each.part.ljust(part)}  {head}".rstrip(), ""))
            for line in lines:
                screen.line((line, ""))
            if each.fix:
                style = "" if each.is_fault else "dim"
                screen.say(each.fix, style, first=f"{blank}> ", then=f"{blank}  ")
    faults = sum(each.is_fault for each in findings)
    mend = f"{counted(faults, 'thing')} to mend; what to do stands behind the > below each."
    screen.say(mend if faults else "All that is needed fits together.")
