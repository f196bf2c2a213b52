"""The good books that mutants are made from, small enough that a thousand take seconds."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from openpyxl import load_workbook

from tests import generated
from tests.corpus.good_book import TABLES, Cell, good_workbook, saved
from xl_rebal.cells import RawCell
from xl_rebal.commands.rebalancing import rebalance_book
from xl_rebal.examples.multi_asset import multi_asset
from xl_rebal.generate import generate
from xl_rebal.model.prices import Prices
from xl_rebal.workbook.file_book import FileBook

PRICE_ROWS = 12


def small() -> bytes:
    """The unbroken book of the corpus."""
    return saved(good_workbook())


def filled_template() -> bytes:
    """The empty template with cells filled in by openpyxl, as somebody's script would."""
    book = load_workbook(io.BytesIO(generated.new("empty")))
    for title in ("Holdings", "Accounts", "Targets"):
        sheet = book[title]
        top = int(next(iter(sheet.tables.values())).ref.partition(":")[0].lstrip("ABC"))
        headers = [cell.value for cell in sheet[top]]
        for down, row in enumerate(_rows(title), start=1):
            for header, value in row.items():
                if value is not None and header in headers:
                    sheet.cell(top + down, headers.index(header) + 1).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _rows(title: str) -> Sequence[Mapping[str, Cell]]:
    header, *rows = TABLES[title]
    return [{str(h): cell for h, cell in zip(header, row, strict=True)} for row in rows]


def multi_asset_cut() -> bytes:
    """The example by asset class with its last price rows only, dividends of them and targets dated then."""
    content = multi_asset()
    prices = content.prices
    assert prices is not None
    cut = Prices(prices.dates[-PRICE_ROWS:], prices.symbols, prices.values[-PRICE_ROWS:])
    paid: tuple[Mapping[str, Cell], ...] = tuple(
        {"Date": day, "Symbol": symbol, "Amount": 0.25}
        for day in cut.dates[3:9:3]
        for symbol in cut.symbols[:3]
    )
    dated: tuple[Mapping[str, RawCell], ...] = tuple(
        {
            "Date": day,
            "Asset class or Symbol": row["Asset class or Symbol"],
            "Weight": row["Target"],
        }
        for day in cut.dates[2:8:4]
        for row in content.rows["tblTargets"]
    )
    rows: Mapping[str, tuple[Mapping[str, RawCell], ...]] = {
        **content.rows, "tblDividends": paid, "tblDatedTargets": dated
    }  # fmt: skip
    return generate(replace(content, prices=cut, rows=rows))


def rebalanced() -> bytes:
    """The copy that a rebalance of the small book writes."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        book, out = Path(folder) / "book.xlsx", Path(folder) / "out.xlsx"
        book.write_bytes(small())
        rebalance_book(FileBook(book, out), {})
        return out.read_bytes()


@cache
def good_books() -> dict[str, bytes]:
    return {
        "small": small(),
        "template": filled_template(),
        "multi-asset": multi_asset_cut(),
        "rebalanced": rebalanced(),
    }


WEIGHTS = (76, 6, 6, 12)
"""How often each is taken: most of what can go wrong shows in the small one, ten times as fast."""
