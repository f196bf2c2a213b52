"""The command `import`: prices of a file into a book's table of prices, what it would do shown first.

It stands beside `COMMANDS`, whose commands ask nothing: a macro has no file to name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from xl_rebal import cells
from xl_rebal.cells import Refusal, is_blank
from xl_rebal.errors import Code, InputError, Note
from xl_rebal.imports.choices import Prefer
from xl_rebal.imports.preview import Preview, symbol_counts
from xl_rebal.imports.price_conflicts import conflicts, mixed_bases
from xl_rebal.imports.price_file import BookFacts, Hints, read_prices
from xl_rebal.imports.price_merge import merged
from xl_rebal.imports.price_notes import price_notes
from xl_rebal.imports.text_file import EXPECTED
from xl_rebal.model.prices import Prices
from xl_rebal.workbook.book import Book, RawTable, Source
from xl_rebal.workbook.calculated import rows_by_header
from xl_rebal.workbook.files import read_file
from xl_rebal.workbook.layout import NO_SYMBOL_YET, PRICES
from xl_rebal.workbook.parse_prices import date_column, parse_prices, symbols_by_column
from xl_rebal.workbook.parse_settings import parse_settings
from xl_rebal.workbook.problems import Problems


class PriceBook(Book, Protocol):
    """A book whose prices can be written."""

    def put_prices(self, prices: Prices) -> tuple[Note, ...]:
        """Write the prices into its table; what should be known of what hangs on them."""


def preview(book: PriceBook, path: Path, hints: Hints, prefer: Prefer | None) -> Preview:
    """What an import would do; InputError where the file or the book's prices cannot be read, or
    prices of two bases would be mixed."""
    source = book.read()
    raw, held, study, currency = _book_prices(source)
    planned = _planned(source)
    facts = BookFacts(study, currency, {*planned, *held.symbols})
    content = read_file(path, EXPECTED)
    file = read_prices(content, path.name, hints, facts)
    merge = merged(held, file.prices)
    found = tuple(conflicts(merge, held, file, raw, study=study)) if prefer is None else ()
    if prefer is not None and (mixed := [*mixed_bases(merge, prefer, file)]):
        raise InputError(mixed)
    after = merge.prices(prefer)
    return Preview(
        path.name,
        file.how,
        file.prices,
        after,
        file.adjusted,
        tuple(symbol_counts(merge, file, planned)),
        found,
        prefer,
        (*price_notes(merge, after, file, planned, study=study), *_after_as_of(source, after)),
    )


def import_prices(
    book: PriceBook,
    path: Path,
    hints: Hints,
    prefer: Prefer | None = None,
    show: Callable[[Preview], None] | None = None,
) -> Preview:
    """Merge the prices of a file into the book; nothing is written where book and file differ,
    unless it is said which of them is preferred. ``show`` is given what is done, or would be."""
    found = preview(book, path, hints, prefer)
    if not found.conflicts:
        found = replace(found, notes=(*found.notes, *book.put_prices(found.after)))
    if show is not None:
        show(found)
    if found.conflicts:
        raise InputError(found.conflicts)
    return found


def _book_prices(source: Source) -> tuple[RawTable, Prices, bool, str]:
    """The table of prices, what it holds, whether for study, and the currency; InputError with what
    is wrong of these. Whatever else is wrong with the book does not matter here."""
    problems = Problems()
    raw = source.tables.get(PRICES.name)
    if raw is None:
        problems.say(
            Code.MISSING_TABLE, f"no table named {PRICES.name}",
            f"an Excel table {PRICES.name} with a column Date",
            "Make one (Insert, Table; Table Design, Table Name), or start from a book made by "
            "`xl-rebal new`.",
        )  # fmt: skip
        raise InputError(problems.found)
    wanted = {name: source.settings[name] for name in ("PriceKind", "Currency")
              if name in source.settings}  # fmt: skip
    settings = parse_settings(replace(source, settings=wanted), problems)
    problems.found += [
        each for each in source.problems if each.sheet == raw.sheet or each.code == Code.BROKEN_NAME
    ]
    if not raw.filled():  # then only the headers can be wrong
        at = date_column(raw, problems)
        symbols_by_column(raw, -1 if at is None else at, problems)
    held = parse_prices(raw, problems)
    if problems.found or held is None:
        raise InputError(problems.found)
    held = _without_waiting_column(held)
    return raw, held, settings["PriceKind"] == "study", str(settings["Currency"])


def _without_waiting_column(held: Prices) -> Prices:
    """The column of an empty book that waits for its first symbol is none."""
    kept = [
        place
        for place, symbol in enumerate(held.symbols)
        if symbol != NO_SYMBOL_YET.upper() or not np.isnan(held.values[:, place]).all()
    ]
    return Prices(held.dates, tuple(held.symbols[place] for place in kept), held.values[:, kept])


def _after_as_of(source: Source, after: Prices) -> Iterator[Note]:
    """Prices later than AsOf do not count: a person who brings them in may have forgotten it."""
    raw = source.settings.get("AsOf")
    if raw is None or is_blank(raw.value):
        return
    try:
        as_of = cells.day(raw.value)
    except Refusal:  # `check` says so
        return
    if after.dates[-1] > as_of:
        text = f"AsOf is {as_of}: prices after that day do not count."
        yield Note(Code.OLD_PRICES, text, "Clear it, or set a later day.", raw.sheet, raw.cell)


def _planned(source: Source) -> set[str]:
    """The symbols of Holdings, Targets and Securities, in capitals, whatever else is in there."""
    columns = (
        ("tblHoldings", "Symbol"),
        ("tblTargets", "Asset class or Symbol"),
        ("tblSecurities", "Symbol"),
    )
    found = [
        row.get(header)
        for name, header in columns
        for row in rows_by_header(source.tables.get(name))
    ]
    return {cell.strip().upper() for cell in found if isinstance(cell, str) and not is_blank(cell)}
