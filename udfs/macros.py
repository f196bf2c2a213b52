"""Every command as a macro over the book that calls: ``udfs.macros.run("rebalance")``."""

from __future__ import annotations

import xlwings as xw

from xl_rebal.commands.live import Told, run_live
from xl_rebal.workbook.xlwings_book import XlwingsBook


def run(name: str) -> Told:
    """Run a command, or ``undo``, on the calling book; a user's mistake is a box and a list on Checks."""
    return run_live(XlwingsBook(xw.Book.caller()), name)
