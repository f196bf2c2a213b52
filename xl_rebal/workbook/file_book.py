"""A Book over a file: its tables and settings read, results put into a copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

from xl_rebal.cells import RawCell
from xl_rebal.errors import Note
from xl_rebal.model.prices import Prices
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import Results, Source
from xl_rebal.workbook.contents import source_of
from xl_rebal.workbook.doubts import Facts
from xl_rebal.workbook.file_facts import currency_by_style, facts_in_file
from xl_rebal.workbook.file_sheets import FileSheets, open_sheets
from xl_rebal.workbook.files import read_file, write_file
from xl_rebal.workbook.found_tables import FoundTable, TablePlace
from xl_rebal.workbook.package import Package, TablePart
from xl_rebal.workbook.package.refusals import damaged
from xl_rebal.workbook.set_names import NameOf


class FileBook:
    """A workbook file. ``out`` is where results go (the file itself with ``replace``)."""

    def __init__(
        self,
        path: Path,
        out: Path | None = None,
        *,
        replace: bool = False,
        say: Callable[[str], None] | None = None,
        show_progress: Callable[[str, int, int], None] | None = None,
    ) -> None:
        self.path = path
        self.out = out
        self.replace = replace
        self.is_written = False
        self._say = say
        self._show_progress = show_progress
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

    def progress(self, what: str, done: int, total: int) -> None:
        """Show the terminal how far it is, if anybody looks."""
        if self._show_progress is not None:
            self._show_progress(what, done, total)


def read_source(content: bytes, name: str = "") -> Source:
    """All tables of our layout and all ``set_`` cells of a book; InputError if it is no book."""
    package, sheets = open_sheets(content, name)
    return source_of(_FileContents(package, sheets))


class _FileContents:
    """A book in a file."""

    def __init__(self, package: Package, sheets: FileSheets) -> None:
        self._package, self._sheets = package, sheets
        self._extents: dict[str, tuple[int, int]] = {}

    @property
    def titles(self) -> list[str]:
        return [sheet.title for sheet in self._package.sheets()]

    def extent(self, title: str) -> tuple[int, int]:
        if title not in self._extents:
            grid = self._sheets[title]
            self._extents[title] = len(grid), max(map(len, grid), default=0)
        return self._extents[title]

    def rows(self, title: str, area: Area) -> Iterator[tuple[RawCell, ...]]:
        for line in islice(self._sheets[title], area.top - 1, max(area.top - 1, area.bottom)):
            cells = tuple(line[area.left - 1 : area.right])
            yield cells + (None,) * (area.width - len(cells))

    def tables(self) -> list[TablePlace]:
        return [
            TablePlace(part.name, part.sheet_title, self._area(part), part.totals_row)
            for part in self._package.tables()
        ]

    def _area(self, part: TablePart) -> Area:
        area = Area.of(part.ref)
        if area is None:
            what = f"the table {part.name} stands nowhere: {part.ref!r}"
            raise damaged(self._package.name, what)
        return area

    def names(self) -> list[NameOf]:
        return [
            NameOf(name.name, name.text, name.sheet_title) for name in self._package.defined_names()
        ]

    @cached_property
    def _currencies(self) -> dict[str, str]:
        return currency_by_style(self._package)

    def facts(self, table: FoundTable) -> Facts:
        return facts_in_file(self._package, table, self._currencies)
