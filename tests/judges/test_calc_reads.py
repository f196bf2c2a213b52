"""A book that is open in Calc is read as the file is: what is wrong or worth knowing of it, cell by cell."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from tests.corpus import broken_settings, broken_shapes, broken_tables
from tests.corpus.good_book import Case
from tests.hosts.test_live_doubts import BOOKS, Doubtful
from tests.judges.libreoffice import Calc, Typed
from xl_rebal.commands import COMMANDS
from xl_rebal.errors import XlRebalError
from xl_rebal.workbook.file_book import FileBook, read_source

MORE = (
    "holdings-without-rows", "several-in-one-table", "sheet-very-hidden", "row-hidden-and-twice",
    "setting-CostBp-in-words", "name-of-several-cells", "name-deleted", "prices-with-boolean",
    "lots-do-not-add-up", "currency-format-of-two",
)  # fmt: skip
CASES: list[Doubtful | Case] = [
    *BOOKS,
    *(
        case
        for case in (*broken_shapes.CASES, *broken_settings.CASES, *broken_tables.CASES)
        if case.id in MORE
    ),
]
OLD: Typed = {("Checks", "A7"): "old", ("Checks", "D7"): "old"}


def test_the_books_of_the_corpus_are_there() -> None:
    assert len(CASES) == len(BOOKS) + len(MORE)


def listed(rows: list[list[object]]) -> list[list[object]]:
    return [["" if cell is None else cell for cell in row] for row in rows]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_check_lists_in_calc_what_it_lists_of_the_file(
    calc_xr: Calc, tmp_path: Path, case: Doubtful | Case
) -> None:
    book, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    book.write_bytes(case.content())
    with suppress(XlRebalError):
        COMMANDS["check"].run(FileBook(book, out), {})
    table = read_source(out.read_bytes()).tables["tblChecks"]

    _, _, seen = calc_xr.run(out, OLD, "check", "look", tables=["tblChecks"])

    assert listed(seen.tables["tblChecks"]["rows"][1:]) == listed([list(r) for r in table.rows])
