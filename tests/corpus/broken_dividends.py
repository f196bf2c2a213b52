"""The optional table of dividends: what cannot be, what is left out, what is somebody's own."""

from __future__ import annotations

from datetime import date

from openpyxl import Workbook

from tests.corpus.good_book import (
    Case,
    Cell,
    Change,
    all_of,
    as_before,
    drop_sheet,
    put,
    refused,
    setting,
    write_table,
)

_HEADER = ("Date", "Symbol", "Amount")
_EX = date(2013, 2, 28)


def _table(
    *rows: tuple[Cell, ...],
    header: tuple[Cell, ...] = _HEADER,
    name: str = "tblDividends",
    title: str = "Dividends",
) -> Change:
    def change(book: Workbook) -> None:
        write_table(book.create_sheet(title), name, [header, *rows])

    return change


_GOOD = (_EX, "VTI", 0.5)

CASES = [
    Case("dividends", as_before(), _table(_GOOD, (date(2013, 3, 1), "bnd", 0.1))),
    Case("dividends-none-yet", as_before(), _table((None, None, None))),
    Case("dividends-by-synonyms", as_before(),
         _table((0.5, "VTI", _EX), header=("Dividend per share", "Ticker", "Ex-Date"))),
    Case("dividends-of-one-day-of-two-kinds", as_before(), _table(_GOOD, (_EX, "VTI", 0.25))),
    Case("dividend-of-unknown-symbol", refused("202 Dividends!B4", "202 Dividends!B6"),
         _table((_EX, "VIT", 0.5), (_EX, "VIT", 0.7), (_EX, "XYZ", 0.5), _GOOD)),
    Case("dividends-without-prices", refused("202 Dividends!B4"),
         all_of(_table(_GOOD, (date(2013, 3, 1), "VTI", 0.5)), drop_sheet("Prices"))),
    # 30 VTI paid 150 in all
    Case("dividend-for-all-shares", refused("105 Dividends!C4"), _table((_EX, "VTI", 150))),
    Case("dividend-as-large-as-the-price", as_before(), _table((_EX, "VTI", 98))),
    Case("dividend-twice", refused("106 Dividends!C6"), _table(_GOOD, (_EX, "BND", 0.5), _GOOD)),
    Case("dividend-zero", refused("105 Dividends!C4"), _table((_EX, "VTI", 0))),
    Case("dividend-negative", refused("105 Dividends!C4"), _table((_EX, "VTI", -0.5))),
    Case("dividend-as-text", refused("101 Dividends!C4"), _table((_EX, "VTI", "0,50 USD"))),
    Case("dividend-blank", refused("108 Dividends!C4"), _table((_EX, "VTI", None))),
    Case("dividend-date-of-a-month", refused("107 Dividends!A4"), _table(("Feb 2013", "VTI", 0.5))),
    Case("dividend-symbol-is-a-number", refused("104 Dividends!B4"), _table((_EX, 700, 0.5))),
    Case("dividends-without-amounts", refused("205 Dividends!A3"),
         _table((_EX, "VTI", 0.5), header=("Date", "Symbol", "Betrag"))),
    Case("dividends-with-two-dates", refused("112 Dividends!B3"),
         _table((date(2013, 3, 20), _EX, "VTI", 0.5), header=("Date", "Ex-date", "Symbol", "Amount"))),
    Case("dividends-with-two-amounts", refused("112 Dividends!D3"),
         _table((_EX, "VTI", 150, 0.5), header=("Date", "Symbol", "Amount", "Dividend"))),
    Case("dividends-beside-adjusted-prices", refused("112 Dividends!A4"),
         all_of(setting("PriceKind", "study"), _table(_GOOD))),
    Case("dividends-beside-refused-prices", refused("105 Prices!B5"),
         all_of(put("Prices!B5", 0), _table((_EX, "XYZ", 0.5), (_EX, "VTI", 500)))),
    Case("dividends-of-other-times",
         as_before("2 dividends of BND and VTI went ex up to the day of the first price: they are",
                   "1 dividend of VTI went ex after the last price: it is"),
         _table((date(2013, 2, 27), "VTI", 0.5), (date(2012, 2, 27), "BND", 0.5),
                (date(2013, 3, 28), "VTI", 0.5))),
    Case("dividends-under-another-name", as_before("The table Payments is not read"),
         _table(_GOOD, name="Payments")),
    # A list of trades is nobody's dividends, though it has their three columns.
    Case("transactions-of-ones-own", as_before(),
         _table((_EX, "Buy", "VTI", 10, 99, 990),
                header=("Date", "Action", "Symbol", "Quantity", "Price", "Amount"),
                name="Transactions", title="History")),
]  # fmt: skip
