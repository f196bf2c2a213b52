"""What a person reads: some sentences of the corpus, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus import broken_cells, broken_files, broken_settings, broken_shapes, broken_tables
from xl_rebal.commands import COMMANDS
from xl_rebal.errors import XlRebalError
from xl_rebal.workbook.file_book import FileBook

BY_ID = {
    case.id: case
    for module in (broken_cells, broken_tables, broken_settings, broken_shapes, broken_files)
    for case in module.CASES
}
SENTENCES = {
    "text-35-pct-in-Holdings-C4": "#XR101 Holdings!C4: found '35 pct', expected a quantity of 0 or "
    "more. It is text: type it as a number.",
    "time-as-price": "#XR101 Holdings!D4: found '02:57:46.667000', expected a price above 0. It is shown as "
    "a time: format the cell as a number.",
    "target-9700-percent": "#XR105 Targets!C4: found 97, expected a weight from 0 to 1 (25 % is "
    "0.25). Type 97 % or 0.97.",
    "cash-negative": "#XR105 Holdings!C6: found -500, expected a quantity of 0 or more. For an "
    "overdraft type 0 here and the debt as New cash below 0 in Accounts.",
    "symbol-MAR1": "#XR104 Holdings!B4: found 2013-03-01, expected a symbol as text. Type it as "
    "text, with an apostrophe before it.",
    "withdrawal-larger-than-the-account": "#XR301 Accounts!F4: found 10,000.00 more to pay out of "
    "account 'IRA' than can be raised, expected a withdrawal and minimum cash that are 10,000.00 "
    "smaller together. Lower the withdrawal or the minimum cash, or allow more to be sold.",
    "minimum-cash-above-the-account": "#XR303 Accounts!A4: found a value of -10,000.00 to invest "
    "in account 'IRA', expected more than 0 after new cash and cash buffer. Check quantities, "
    "prices, the withdrawal and the minimum cash.",
    "prices-newest-first": "#XR105 Prices!A5: found 2013-02-28 after 2013-03-01 and 1 more like "
    "it, expected dates that rise from row to row. Sort the table by date, oldest first.",
    "value-of-a-bond-priced-per-100": "#XR112 Holdings!F5: found a value of 10.00, expected "
    "1,000.00, which is quantity x price. Correct the quantity or the price (per share, in the "
    "book's currency), or clear the value.",
    "currency-format-of-two": "#XR115 Holdings!D4: found an amount in €, expected $ as in the "
    "other amounts, the book's one currency. Keep each currency in a book of its own, or correct "
    "the number format.",
    "name-of-a-deleted-cell": "#XR114 set_CostBp: found the name set_CostBp of a cell that was "
    "deleted (#REF!), expected a name of one cell of this book. Point it to its cell under "
    "Formulas, Name Manager.",
    "table-Accounts-renamed": "#XR204 Accounts!A3: found no table named tblAccounts and its cells "
    "in 'Konten', expected an Excel table tblAccounts. Name it tblAccounts (Table Design, Table "
    "Name).",
    "column-Minimum-misspelt": "#XR111 Targets!F3: found a column 'Minimun' and none 'Minimum', "
    "expected 'Minimum' if that is meant. Name it 'Minimum', or something less like it.",
    "days-from-1904": "#XR402 book.xlsx: found a book that counts its days from 1904, expected a "
    "book that counts its days from 1900. In Excel untick File, Options, Advanced, Use 1904 date "
    "system; every date then shows four years and a day too early and must be typed anew.",
}


@pytest.mark.parametrize("name", list(SENTENCES))
def test_the_sentence_says_what_was_found_where_and_what_to_do(name: str, tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(BY_ID[name].content())
    with pytest.raises(XlRebalError) as refusal:
        COMMANDS["check"].run(FileBook(book), {})

    assert str(refusal.value) == SENTENCES[name]
