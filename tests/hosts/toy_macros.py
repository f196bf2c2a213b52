"""A macro as a ribbon button would run it: a table and a named cell in, a table out."""

from __future__ import annotations

from typing import Any

import xlwings as xw


def table_named(book: Any, name: str) -> Any:
    return next(table for sheet in book.sheets for table in sheet.tables if table.name == name)


def scale() -> None:
    """Each holding's quantity times the named factor, into the table of results."""
    book = xw.Book.caller()
    factor = book.names["set_factor"].refers_to_range.value
    holdings = table_named(book, "tblHoldings").data_body_range.options(ndim=2).value
    rows = [(symbol, quantity * factor) for symbol, quantity in holdings]

    results = table_named(book, "tblResults")
    before = results.data_body_range
    header = results.header_row_range
    if before is not None:
        before.clear_contents()  # a table that shrinks leaves its last rows behind as plain cells
    body = header.offset(1, 0).resize(len(rows))  # a slice past the header would be empty
    body[:, 0].number_format = "@"  # or "TRUE" and "0700" do not stay text
    body.value = rows
    results.resize(header.resize(len(rows) + 1))
    book.app.status_bar = f"{len(rows)} rows"
    book.app.alert("Done.", "Toy")
