"""From facts to findings, group by group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath

from xl_rebal.doctor.book_findings import of_book, of_settings
from xl_rebal.doctor.excel_findings import of_excel
from xl_rebal.doctor.finding import Finding
from xl_rebal.doctor.installation_findings import of_installation, of_solvers
from xl_rebal.doctor.machine import BookFacts, Machine
from xl_rebal.doctor.office_findings import of_office


def diagnose(machine: Machine, book: BookFacts | None = None) -> list[Finding]:
    """Everything there is to say, in the order of a page."""
    found = [
        *_grouped("This installation", [*of_installation(machine), *of_solvers(machine)]),
        *_grouped("Excel", [*of_excel(machine, book), *of_settings(machine, book)]),
        *_grouped("LibreOffice", of_office(machine)),
    ]
    if book is not None:
        name = PurePath(book.path).name
        found += _grouped(f"The book {name}", of_book(machine, book))
    return found


def _grouped(group: str, findings: Iterable[Finding]) -> list[Finding]:
    return [replace(finding, group=group) for finding in findings]
