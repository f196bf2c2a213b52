"""A Book over a file: its tables and settings read, results put into a copy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xl_rebal.errors import Code, Note, Problem
from xl_rebal.model.prices import Prices
from xl_rebal.workbook.book import Results, Source
from xl_rebal.workbook.file_doubts import noted_in_file, refused_in_file
from xl_rebal.workbook.file_names import read_settings
from xl_rebal.workbook.file_sheets import open_sheets
from xl_rebal.workbook.file_tables import FoundTable, find_tables, loose_headers
from xl_rebal.workbook.files import read_file, write_file
from xl_rebal.workbook.layout import INPUT_TABLES, TABLES


class FileBook:
    """A workbook file. ``out`` is where results go (the file itself with ``replace``)."""

    def __init__(
        self,
        path: Path,
        out: Path | None = None,
        *,
        replace: bool = False,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self.path = path
        self.out = out
        self.replace = replace
        self.is_written = False
        self._say = say
        self.content = read_file(path)
        self._source: Source | None = None

    def read(self) -> Source:
        """Tables by their Excel names and settings by their defined names."""
        if self._source is None:
            self._source = read_source(self.content, self.path.name)
        return self._source

    def write(self, results: Results) -> None:
        """A copy of the book at ``out`` with our result sheets made anew, all else untouched."""
        from xl_rebal.workbook.results import with_results

        if self.out is None:
            return
        finished = with_results(self.content, self.read(), results, self.path.name)
        write_file(self.out, finished, replace=self.replace)
        self.is_written = True

    def put_prices(self, prices: Prices) -> tuple[Note, ...]:
        """A copy of the book at ``out`` with these prices in its table, and what should be known.

        Without ``out`` nothing is written, but whatever is in the way is refused all the same.
        """
        from xl_rebal.workbook.with_prices import with_prices

        finished, notes = with_prices(self.content, self.read(), prices, self.path.name)
        if self.out is not None:
            write_file(self.out, finished, replace=self.replace)
            self.is_written = True
        return notes

    def report(self, message: str) -> None:
        """Tell the terminal, if anybody listens."""
        if self._say is not None:
            self._say(message)


def read_source(content: bytes, name: str = "") -> Source:
    """All tables of our layout and all ``set_`` cells of a book; InputError if it is no book."""
    package, sheets = open_sheets(content, name)
    found, strangers, problems = {}, [], []
    canonical = {table.casefold(): table for table in TABLES}
    for table in find_tables(package, sheets):
        known = canonical.get(table.raw.name.casefold())
        if known is None:
            strangers.append(table.raw)
        elif known in found:
            problems.append(_second(known, table))
        else:
            found[known] = table.named(known)
    missing = [layout for layout in INPUT_TABLES if layout.name not in found]
    strangers += loose_headers(package, sheets, missing)
    settings, in_names = read_settings(package, sheets)
    inputs = [table for name, table in found.items() if not TABLES[name].result]
    return Source(
        {name: table.raw for name, table in found.items()},
        settings,
        tuple(strangers),
        (*problems, *in_names, *refused_in_file(package, inputs)),
        noted_in_file(package, inputs),
    )


def _second(name: str, table: FoundTable) -> Problem:
    return Problem(
        Code.DUPLICATE, f"a second table {name}", "one", "Rename or remove one of the two.",
        table.raw.sheet, table.raw.address(-1, 0),
    )  # fmt: skip
