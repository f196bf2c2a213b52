"""What is typed into a new book, read back, for tests that ask no more of it."""

from __future__ import annotations

from unittest.mock import patch

from xl_rebal.workbook import template
from xl_rebal.workbook.book import Source
from xl_rebal.workbook.content import Content
from xl_rebal.workbook.file_book import read_source
from xl_rebal.workbook.layout import SHEETS

INPUTS = tuple(sheet for sheet in SHEETS if not sheet.result and sheet.kind != "Functions")


def inputs_of(content: Content) -> Source:
    """As ``read_source(new_book(content))`` says it of the sheets of inputs and settings.

    The sheets of results, which are blank then, and of functions are left out: they take most of
    the time.
    """
    with patch.object(template, "SHEETS", INPUTS):
        return read_source(template.new_book(content))
