"""One reading of a book for all the commands that are tried on it, where that is not what is tested."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from xl_rebal.errors import InputError
from xl_rebal.workbook import file_book
from xl_rebal.workbook.book import Source


@contextmanager
def read_once() -> Iterator[None]:
    """Within it commands read a book once, and are refused with the same words whoever asks.

    What a command has written is read anew (with_prices.py has the reader under its own name).
    """
    read = file_book.read_source
    known: dict[tuple[bytes, str], Source | InputError] = {}

    def read_source(content: bytes, name: str = "") -> Source:
        if (content, name) not in known:
            try:
                known[content, name] = read(content, name)
            except InputError as refused:
                known[content, name] = refused
        outcome = known[content, name]
        if isinstance(outcome, InputError):
            raise outcome
        return outcome

    with patch.object(file_book, "read_source", read_source):
        yield
