"""Every command as a macro over the book that calls: ``udfs.macros.run("rebalance")``."""

from __future__ import annotations

import xlwings as xw

from xl_rebal.commands import COMMANDS, Summary
from xl_rebal.errors import XlRebalError
from xl_rebal.workbook.xlwings_book import XlwingsBook

_SHOWN = 10


def run(name: str) -> Summary | None:
    """Run a command on the calling book; a user's mistake is an alert and changes nothing."""
    book = XlwingsBook(xw.Book.caller())
    try:
        summary = COMMANDS[name].run(book, {})
    except XlRebalError as error:
        lines = [str(problem) for problem in error.problems[:_SHOWN]]
        if len(error.problems) > _SHOWN:
            lines.append(f"... and {len(error.problems) - _SHOWN} more.")
        book.alert("\n".join(lines), COMMANDS[name].label)
        return None
    finally:
        book.report("")
    book.alert(summary.sentence, COMMANDS[name].label)
    return summary
