"""The optional table of dated targets and the settings of the method Tactical.

By hand: of 10,000 in each account 50 % VTI is 50 shares, 40 % BND is 80. IRA holds 70 and 20 of them, Joint
30 and 100.
"""

from __future__ import annotations

from datetime import date

from openpyxl import Workbook

from tests.corpus.good_book import (
    GOOD_TRADES,
    SETTING_ROWS,
    Case,
    Cell,
    Change,
    Order,
    all_of,
    as_before,
    drop_sheet,
    put,
    reads,
    refused,
    rewrite,
    row,
    setting,
    write_table,
)

_HEADER = ("Date", "Asset class or Symbol", "Weight", "Model")
_DAY, _LATER, _BEFORE = date(2013, 2, 28), date(2013, 3, 2), date(2013, 2, 1)
_NEW: tuple[Order, ...] = (
    ("IRA", "Sell", "VTI", 20.0),
    ("IRA", "Buy", "BND", 60.0),
    ("Joint", "Sell", "BND", 20.0),
    ("Joint", "Buy", "VTI", 20.0),
)
Row = tuple[Cell, ...]


def _on(day: Cell, *weights: float, model: str | None = None) -> tuple[Row, ...]:
    return tuple(
        (day, key, weight, model) for key, weight in zip(("VTI", "BND", "CASH"), weights, strict=True)
    )  # fmt: skip


def _table(
    *rows: Row,
    header: Row = _HEADER,
    name: str = "tblDatedTargets",
    title: str = "Dated targets",
    method: str = "Tactical",
) -> Change:
    def change(book: Workbook) -> None:
        setting("Method", method)(book)
        write_table(book.create_sheet(title), name, [header[: len(rows[0])], *rows])

    return change


def _made_by(word: str, window: Cell = None) -> Change:
    return all_of(
        setting("Method", "Tactical"), setting("TacticalTargets", word), setting("TacticalWindow", window)
    )  # fmt: skip


def _of(name: str) -> str:
    return f"Settings!B{SETTING_ROWS[name]}"


_GOOD = _on(_DAY, 0.5, 0.4, 0.1)
_TWO_MODELS = all_of(
    rewrite("Targets", [("Model", "Symbol", "Target"), ("Calm", "VTI", 0.6), ("Calm", "BND", 0.3),
                        ("Calm", "CASH", 0.1), ("Bold", "VTI", 1)]),
    put("Accounts!C4", "Calm"), put("Accounts!C5", "Calm"),
)  # fmt: skip

CASES = [
    Case("dated-targets", reads(*_NEW), _table(*_GOOD)),
    Case("dated-targets-before-and-after", reads(*_NEW),
         _table(*_on(_LATER, 0, 0, 1), *_GOOD, *_on(_BEFORE, 1, 0, 0))),
    Case("dated-targets-by-synonyms", reads(*_NEW),
         _table(*((weight, str(key).lower(), day) for day, key, weight, _ in _GOOD),
                header=("Target %", "Ticker", "Valid from"))),
    Case("dated-targets-of-a-class", reads(*_NEW),
         all_of(put("Targets!B4", "US equity"),
                _table((_DAY, "us EQUITY", 0.5), (_DAY, "BND", 0.4), (_DAY, "CASH", 0.1)))),
    Case("dated-targets-without-cash-rows",
         reads(("IRA", "Sell", "VTI", 10.0), ("IRA", "Buy", "BND", 60.0),
               ("Joint", "Sell", "BND", 20.0), ("Joint", "Buy", "VTI", 30.0)),
         _table((_DAY, "VTI", 0.6), (_DAY, "BND", 0.4))),
    Case("dated-targets-of-two-models", reads(*_NEW),
         all_of(_TWO_MODELS, _table(*_on(_DAY, 0.5, 0.4, 0.1, model="Calm"), (_DAY, "VTI", 1, "Bold")))),
    Case("dated-targets-not-used", as_before("The dated targets are not used: Method is Threshold."),
         _table(*_GOOD, method="Threshold")),
    Case("dated-targets-all-later",
         reads(*GOOD_TRADES, notes=("No dated targets hold on 2013-03-01: the first are of 2013-03-02.",)),
         _table(*_on(_LATER, 0, 0, 1))),
    Case("dated-targets-none", refused(f"208 {_of('Method')}"), _table((None, None, None))),
    Case("dated-targets-no-table", refused(f"208 {_of('Method')}"), setting("Method", "Tactical")),
    Case("dated-targets-under-another-name-and-needed", refused(f"208 {_of('Method')}"),
         _table(*_GOOD, name="Weights")),
    Case("dated-targets-of-97", refused("103 Dated targets!C7"),
         _table(*_on(_BEFORE, 1, 0, 0), *_on(_DAY, 0.5, 0.37, 0.1))),
    Case("dated-targets-of-103", refused("103 Dated targets!C4", "103 Dated targets!C7"),
         _table(*_on(_DAY, 0.53, 0.4, 0.1), *_on(_LATER, 0.5, 0.43, 0.1))),
    Case("dated-targets-nearly-whole", reads(*_NEW), _table(*_on(_DAY, 0.50005, 0.4, 0.1))),
    Case("dated-target-unknown", refused("202 Dated targets!B5", "202 Dated targets!B9"),
         _table((_BEFORE, "VTI", 0.5), (_BEFORE, "BDN", 0.5), (_DAY, "VTI", 0.5), (_DAY, "BDN", 0.5),
                (_LATER, "VTI", 0.5), (_LATER, "GLD", 0.5))),
    Case("dated-target-unknown-but-nothing-of-it", reads(*_NEW), _table(*_GOOD, (_DAY, "GLD", 0))),
    Case("dated-target-twice", refused("106 Dated targets!B7"), _table(*_GOOD, (_DAY, "vti", 0.1))),
    Case("dated-target-date-as-text", refused("107 Dated targets!A4"),
         _table(("28 Feb 2013", "VTI", 0.5, None), *_GOOD[1:])),
    Case("dated-target-without-a-date", refused("108 Dated targets!A5"),
         _table(_GOOD[0], (None, "BND", 0.4, None), _GOOD[2])),
    Case("dated-target-below-nothing", refused("105 Dated targets!C5"), _table(*_on(_DAY, 0.9, -0.1, 0.2))),
    Case("dated-target-as-a-number-of-per-cents", refused("105 Dated targets!C4"),
         _table(*_on(_DAY, 50, 0.4, 0.1))),
    Case("dated-target-as-text", refused("101 Dated targets!C4"),
         _table((_DAY, "VTI", "half", None), *_GOOD[1:])),
    Case("dated-target-without-a-weight", refused("108 Dated targets!C4"),
         _table((_DAY, "VTI", None, None), *_GOOD[1:])),
    Case("dated-target-without-a-name", refused("108 Dated targets!B4"),
         _table((_DAY, None, 0.5, None), *_GOOD[1:])),
    Case("dated-targets-without-weights", refused("205 Dated targets!A3"),
         _table((_DAY, "VTI", 1), header=("Date", "Symbol", "Anteil"))),
    Case("dated-target-beyond-its-maximum", refused("105 Dated targets!C4"),
         all_of(row("Targets", 4, None, "VTI", 0.3, None, None, None, 0.45),
                row("Targets", 5, None, "BND", 0.6), _table(*_GOOD))),
    Case("dated-target-left-out-below-its-minimum", refused("105 Dated targets!C4"),
         all_of(row("Targets", 5, None, "BND", 0.3, None, None, 0.2),
                _table((_DAY, "VTI", 0.9), (_DAY, "CASH", 0.1)))),
    Case("dated-targets-of-an-unknown-model", refused("104 Dated targets!D4"),
         all_of(_TWO_MODELS, _table(*_on(_DAY, 0.5, 0.4, 0.1, model="Clam")))),
    Case("dated-targets-of-no-model-beside-two", refused("108 Dated targets!D4"),
         all_of(_TWO_MODELS, _table(*_GOOD))),
    Case("dated-targets-of-a-model-where-there-is-none", refused("104 Dated targets!D4"),
         _table(*_on(_DAY, 0.5, 0.4, 0.1, model="Calm"))),
    Case("dated-targets-wrong-in-every-way",
         refused("107 Dated targets!A4", "103 Dated targets!C5", "202 Dated targets!B6",
                 "106 Dated targets!B9", "105 Dated targets!C10"),
         _table(("soon", "VTI", 1), (_BEFORE, "VTI", 1.0), (_BEFORE, "GLD", 0.5), (_DAY, "VTI", 0.5),
                (_DAY, "BND", 0.25), (_DAY, "BND", 0.25), (_LATER, "VTI", -1))),
    Case("dated-targets-under-another-name", as_before("The table Weights is not read"),
         _table(*_GOOD, name="Weights", method="Threshold")),
    Case("weights-of-ones-own", as_before(),
         _table(*_GOOD, name="Weights", title="History", method="Threshold")),
    # Returns of VTI differ by 1/98 - 1/99 = 1/9702, of BND by 0.25/49.5 - 0.25/49.75 = 1/39402: of the 90 %
    # that are not cash VTI gets 9702/49104, which is 17.78 %, BND 72.22 %.
    Case("tactical-by-inverse-volatility",
         reads(("IRA", "Sell", "VTI", 52.0), ("IRA", "Buy", "BND", 124.0),
               ("Joint", "Sell", "VTI", 12.0), ("Joint", "Buy", "BND", 44.0)),
         _made_by("inverse volatility", 2)),
    Case("tactical-by-trend-upwards", reads(*GOOD_TRADES), _made_by("trend", 3)),
    Case("tactical-by-trend-out-of-one",
         reads(("IRA", "Sell", "VTI", 70.0), ("IRA", "Buy", "BND", 40.0), ("Joint", "Sell", "VTI", 30.0),
               ("Joint", "Sell", "BND", 40.0)),
         all_of(_made_by("trend", 3), put("Prices!B6", 97))),
    Case("tactical-with-too-few-prices", refused(f"201 {_of('TacticalWindow')}"),
         _made_by("inverse volatility", 3)),
    Case("tactical-with-the-usual-window", refused(f"201 {_of('TacticalWindow')}"), _made_by("trend")),
    Case("tactical-without-prices", refused("206 Targets!B4", "206 Targets!B5"),
         all_of(_made_by("trend", 3), drop_sheet("Prices"))),
    Case("tactical-beyond-a-minimum", refused("105 Targets!B4"),
         all_of(_made_by("inverse volatility", 2), row("Targets", 4, None, "VTI", 0.6, None, None, 0.5))),
    Case("tactical-by-an-unknown-word", refused(f"104 {_of('TacticalTargets')}"), _made_by("momentum")),
    Case("tactical-window-of-one-row", refused(f"105 {_of('TacticalWindow')}"), _made_by("trend", 1)),
]  # fmt: skip
