"""Every command as a macro over the book that calls: ``udfs.macros.run("rebalance")``."""

from __future__ import annotations

from dataclasses import replace

import xlwings as xw

from xl_rebal.commands import COMMANDS
from xl_rebal.commands.live import UNDO, Told, run_live, told
from xl_rebal.workbook.xlwings_book import XlwingsBook

_NO_UNDO = "This run cannot be undone: the book takes no sheet for what stood there before."


def run(name: str) -> Told:
    """Run a command, or ``undo``, on the calling book and tell its user in a box what came of it."""
    book = XlwingsBook(xw.Book.caller())
    if name == UNDO.name:
        said = told(book, UNDO.label, lambda: Told(UNDO.label, (book.undo(),)))
    else:
        said = run_live(book, name)
        changes_results = COMMANDS[name].writes and name != "check"
        if said.summary is not None and changes_results and not book.can_undo:
            said = replace(said, more=_NO_UNDO)
    book.alert(said.text, said.title)
    return said
