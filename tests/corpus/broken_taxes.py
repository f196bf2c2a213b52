"""What taxes are reckoned from: the record of transactions, lots with wash sales, indexes, rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from openpyxl import Workbook

from tests.corpus.good_book import (
    SETTING_ROWS,
    TABLES,
    Case,
    Cell,
    Change,
    all_of,
    as_before,
    put,
    refused,
    rename_table,
    rewrite,
    setting,
    write_table,
)

_HEADER = ("Date", "Account", "Action", "Symbol", "Quantity", "Price", "Amount", "Lot")
_DAY = date(2012, 6, 1)


def _table(
    *rows: tuple[Cell, ...],
    header: tuple[Cell, ...] = _HEADER,
    name: str = "tblTransactions",
    title: str = "Transactions",
) -> Change:
    def change(book: Workbook) -> None:
        write_table(book.create_sheet(title), name, [header, *rows])

    return change


def _row(
    action: Cell = "Buy",
    quantity: Cell = 30,
    price: Cell = None,
    amount: Cell = 2400,
    day: Cell = _DAY,
    account: Cell = "IRA",
    symbol: Cell = "VTI",
    lot: Cell = None,
) -> tuple[Cell, ...]:
    return day, account, action, symbol, quantity, price, amount, lot


def _with(title: str, header: str, cells: Sequence[Cell]) -> Change:
    """One more column in a table of the good book."""
    column = (header, *cells)
    return rewrite(title, [(*row, cell) for row, cell in zip(TABLES[title], column, strict=True)])


_CLOSED = _row(account="Old 401k")
_NO_ACCOUNTS = rewrite("Accounts", [TABLES["Accounts"][0], (None,) * 8])
_ONE_OF_EACH = (
    _row("Opening", 40, None, None, date(2010, 1, 4), lot="L1"),
    _row("buy", 30, 80, None), _row("BUY", 1, 80, 83.9),
    _row("Sell", 31, None, 2500, date(2012, 7, 1), lot="L1"), _row("Reinvest", 0.37, 80.01, 29.6),
    _row("Dividend", None, None, 12.5), _row("Dividend", 0, None, None, symbol="CASH"),
    _row("Split", 2, None, None), _row("Split", 0.1, None, None, symbol="BND"),
)  # fmt: skip
_MORE = "Transactions leave 80.37 VTI in IRA, Lots have 70"
_STATE = f"Settings!B{SETTING_ROWS['StateRate']}"

CASES = [
    Case("transactions", as_before(_MORE), _table(*_ONE_OF_EACH)),
    Case("transactions-none-yet", as_before(), _table((None,) * 8)),
    Case("transactions-in-another-order", as_before(_MORE),
         _table(*(row[::-1] for row in _ONE_OF_EACH), header=_HEADER[::-1])),
    Case("transfer-out-of-an-ira", refused("112 Transactions!E5", "112 Transactions!E6", drift=0),
         _table(_row(), _row("Transfer", -5, None, None, date(2012, 7, 2)),
                _row("Transfer", 5, None, None, date(2012, 7, 2), account="Joint"))),
    Case("more-sold-than-held", refused("105 Transactions!E5", drift=0),
         _table(_row(), _row("Sell", 31, None, 2500, date(2012, 7, 1)))),
    Case("sold-without-lots", refused("105 Transactions!E5", drift=0),
         _table(_row(), _row("Sell", 1, None, 25, date(2012, 7, 1), symbol="BND"))),
    Case("sold-from-a-lot-that-is-not-there", refused("104 Transactions!E5", drift=0),
         _table(_row(lot="L7"), _row("Sell", 1, None, 25, date(2012, 7, 1), lot="L9"))),
    Case("bought-before-the-opening-lots", refused("112 Transactions!E4", drift=0),
         _table(_row(), _row("Opening", 40, None, None, date(2012, 12, 3)))),
    Case("two-ratios-of-one-split", refused("112 Transactions!E6", drift=0),
         _table(_row(), _row("Split", 2, None, None, date(2012, 7, 2)),
                _row("Split", 3, None, None, date(2012, 7, 2), account="Joint"))),
    Case("reinvestment-to-come", as_before("Transactions leave 30 VTI in IRA, Lots have 70"),
         _table(_row(), _row("Reinvest", 0.5, None, 40, date(2030, 1, 2)))),
    Case("transactions-of-a-broker", as_before("Transactions leave 30 VTI in IRA, Lots have 70"),
         _table(("IRA", _DAY, "Buy", "VTI", 30, 80, 2407), header=(
             "Account Number", "Trade Date", "Transaction Type", "Instrument", "Shares", "Price ($)",
             "Net Amount ($)"))),
    Case("transaction-of-unknown-action", refused("104 Transactions!C4", "104 Transactions!C5"),
         _table(_row("Bought"), _row("Sel"), _row())),
    Case("transaction-without-action", refused("108 Transactions!C4"), _table(_row(None))),
    Case("transaction-without-date", refused("108 Transactions!A4"), _table(_row(day=None))),
    Case("transaction-dated-by-a-month", refused("107 Transactions!A4"), _table(_row(day="Jun 2012"))),
    Case("transaction-after-as-of", refused("105 Transactions!A5"),
         _table(_row(day=date(2013, 3, 1)), _row(day=date(2013, 3, 2)))),
    Case("transaction-after-the-prices", as_before("1 transaction is later than the newest prices"),
         all_of(setting("AsOf", None), _table(_row(day=date(2013, 3, 2))))),
    Case("transaction-without-symbol", refused("108 Transactions!D4"), _table(_row(symbol=None))),
    Case("transaction-of-cash", refused("112 Transactions!D4"), _table(_row(symbol="CASH"))),
    Case("transactions-without-quantity",
         refused(*(f"108 Transactions!E{row}" for row in range(4, 10))),
         _table(*(_row(word, None, amount=amount) for word, amount in (
             ("Buy", 1), ("Sell", 1), ("Reinvest", 1), ("Opening", 1), ("Transfer", None),
             ("Split", None))))),
    Case("transactions-of-nothing", refused(*(f"105 Transactions!E{row}" for row in range(4, 10))),
         _table(*(_row(word, 0, amount=amount) for word, amount in (
             ("Buy", 1), ("Sell", 1), ("Reinvest", 1), ("Opening", 1), ("Transfer", None),
             ("Split", None))))),
    Case("sale-with-a-sign", refused("105 Transactions!E4", "105 Transactions!G5"),
         _table(_row("Sell", -10), _row("Buy", 10, None, -800))),
    Case("dividend-of-shares", refused("105 Transactions!E4"), _table(_row("Dividend", 0.37))),
    Case("split-by-the-shares-that-came", refused("105 Transactions!E4"),
         _table(_row("Split", 350, None, None))),
    Case("purchase-without-amount-or-price",
         refused("108 Transactions!G4", "108 Transactions!G5", "108 Transactions!G6"),
         _table(*(_row(word, 5, None, None) for word in ("Buy", "Sell", "Reinvest", "Opening")))),
    Case("purchase-without-a-column-of-amounts", refused("108 Transactions!F4"),
         _table(_row(price=None)[:6], header=_HEADER[:6])),
    Case("purchase-for-nothing", refused("105 Transactions!G4", "105 Transactions!G5"),
         _table(_row(amount=0), _row("Opening", amount=0))),
    Case("amount-that-is-not-quantity-x-price", refused("112 Transactions!G5", "112 Transactions!G6"),
         _table(_row(price=80, amount=2520), _row(price=80, amount=2520.01), _row(price=80, amount=240))),
    Case("amount-in-words-beside-a-price", refused("101 Transactions!G4"),
         _table(_row(price=80, amount="2400 USD"))),
    Case("amounts-too-large", refused("105 Transactions!E4"), _table(_row("Buy", 1e9, 1e6, None))),
    Case("value-of-a-transfer", refused("105 Transactions!G4", "105 Transactions!F5"),
         _table(_row("Transfer", 5, None, 400), _row("Split", 2, 40, None))),
    Case("transaction-of-unknown-account", refused("112 Transactions!B4", "108 Transactions!B5"),
         _table(_row(account="IRE"), _row(account=None))),
    Case("transaction-of-a-closed-account", as_before(), all_of(_NO_ACCOUNTS, _table(_CLOSED))),
    Case("transaction-of-an-account-in-capitals", refused("112 Transactions!B4"),
         all_of(_NO_ACCOUNTS, _table(_row(account="ira")))),
    Case("transactions-with-two-dates", refused("112 Transactions!I3"),
         _table((*_row(), date(2012, 6, 4)), header=(*_HEADER, "Trade date"))),
    Case("transactions-without-actions", refused("205 Transactions!A3"),
         _table(_row(), header=("Date", "Account", "What", *_HEADER[3:]))),
    Case("transactions-under-another-name", as_before("The table Record is not read"),
         _table(_row(), name="Record")),
    Case("lots-of-wash-sales", as_before(),
         all_of(_with("Lots", "Wash adjustment", (93.08, None, 0)))),
    Case("lot-with-a-wash-and-no-cost", refused("112 Lots!H4"),
         all_of(_with("Lots", "Wash adjustment", (93.08, None, None)), put("Lots!F4", None))),
    Case("lot-with-a-negative-wash", refused("105 Lots!H4"),
         _with("Lots", "Wash adjustment", (-93.08, None, None))),
    Case("lots-with-wash-days", refused("105 Lots!H5", "105 Lots!H6"),
         _with("Lots", "Wash days", (1134, 2.5, 1e6))),
    Case("lot-with-negative-wash-days", refused("105 Lots!H4"), _with("Lots", "Wash days", (-3, 0, 0))),
    Case("index-and-substitutes", as_before(),
         all_of(_with("Securities", "Substitutes", ("bnd", " ")))),
    Case("substitute-that-is-unknown", refused("202 Securities!H4", "112 Securities!H5"),
         _with("Securities", "Substitutes", ("BDN", "VTI, BND"))),
    Case("substitutes-beside-a-refused-symbol", refused("104 Securities!A5"),
         all_of(_with("Securities", "Substitutes", ("XYZ", None)), put("Securities!A5", 700))),
    Case("account-of-an-owner", as_before(), _with("Accounts", "Owner", ("Ann", "ANN"))),
    Case("account-of-unknown-lot-method", refused("104 Accounts!I4"),
         _with("Accounts", "Lot method", ("fiffo", "HIFO"))),
    Case("tax-rate-typed-as-per-cents", refused(f"105 Settings!B{SETTING_ROWS['ShortRate']}"),
         setting("ShortRate", 37)),
    Case("taxes-of-more-than-all", refused(f"105 {_STATE}"), setting("StateRate", 0.7)),
    Case("loss-carried-forward-with-a-sign", refused(f"105 Settings!B{SETTING_ROWS['CarryLong']}"),
         setting("CarryLong", -500)),
    Case("unknown-words-of-taxes",
         refused(*(f"104 Settings!B{SETTING_ROWS[each]}" for each in (
             "FilingStatus", "LotMethod", "WashScope", "Tacking", "HarvestFrequency", "TaxesDue"))),
         all_of(setting("FilingStatus", "jointly"), setting("LotMethod", "first"),
                setting("WashScope", "family"), setting("Tacking", "no"),
                setting("HarvestFrequency", "fortnightly"), setting("TaxesDue", "May"))),
    Case("harvests-every-half-row", refused(f"105 Settings!B{SETTING_ROWS['HarvestFrequency']}"),
         setting("HarvestFrequency", 0.5)),
    Case("harvest-horizon-that-is-a-year", refused(f"105 Settings!B{SETTING_ROWS['HarvestHorizon']}"),
         setting("HarvestHorizon", 2036)),
    Case("lots-table-of-taxes-renamed", refused("204 Lots!A3"),
         all_of(_with("Lots", "Wash days", (0, 0, 0)), rename_table("Lots", "tblLot"))),
]  # fmt: skip
