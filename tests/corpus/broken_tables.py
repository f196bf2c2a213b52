"""What tables say to each other: duplicates, targets, lots, accounts, prices, two currencies."""

from __future__ import annotations

from datetime import date

from openpyxl import Workbook

from tests.corpus.good_book import (
    GOOD_TRADES,
    TABLES,
    Case,
    Cell,
    Change,
    all_of,
    as_before,
    put,
    reads,
    refused,
    rewrite,
    row,
    setting,
)

DUPLICATES = [
    Case("holding-twice", refused("106 Holdings!B10"), row("Holdings", 10, "IRA", "VTI", 5, 100)),
    Case("account-twice", refused("106 Accounts!A6"), row("Accounts", 6, "IRA")),
    Case("account-twice-in-other-capitals", refused("106 Accounts!A6"), row("Accounts", 6, "ira")),
    Case("security-twice", refused("106 Securities!A6"), row("Securities", 6, "vti", "Again")),
    Case("target-twice", refused("106 Targets!B7"), row("Targets", 7, None, "VTI", 0.1)),
    Case("lot-twice", refused("106 Lots!C7"),
         row("Lots", 7, "IRA", "VTI", "L1", date(2010, 1, 4), 40)),
    Case("lots-pasted-twice", refused("112 Lots!E6"),
         row("Lots", 7, "Joint", "BND", None, date(2011, 3, 1), 100)),
    Case("lots-of-one-name-in-two-accounts", as_before(), put("Lots!C6", "L1")),
]  # fmt: skip

_VOLATILE = setting("BandKind", "volatility")
_BY_CLASS = all_of(put("Targets!B4", "us EQUITY"), put("Targets!B5", "US bonds"))
_TWO_MODELS = all_of(
    *(put(f"Targets!A{r}", "Growth") for r in (4, 5, 6)),
    row("Targets", 7, "Income", "BND", 1.0),
)

TARGETS = [
    Case("targets-add-to-97", refused("103 Targets!C4"), put("Targets!C4", 0.57)),
    Case("targets-add-to-110", refused("103 Targets!C4"), put("Targets!C6", 0.2)),
    Case("targets-within-tolerance", as_before(), put("Targets!C4", 0.60005)),
    Case("target-unknown", refused("202 Targets!B4"), put("Targets!B4", "VTX")),
    Case("target-nameless", refused("108 Targets!B4"), put("Targets!B4", None)),
    Case("target-below-minimum", refused("105 Targets!C4"), put("Targets!F4", 0.7)),
    Case("target-above-maximum", refused("105 Targets!C4"), put("Targets!G4", 0.5)),
    Case("minimum-above-maximum", refused("105 Targets!C4"),
         all_of(put("Targets!F4", 0.8), put("Targets!G4", 0.2))),
    Case("model-blank-beside-a-named-one", refused("108 Targets!A5"), put("Targets!A4", "Growth")),
    Case("model-named-once", as_before(), all_of(*(put(f"Targets!A{r}", "Growth") for r in (4, 5, 6)))),
    Case("model-of-account-unknown", refused("104 Accounts!C4"),
         all_of(*(put(f"Targets!A{r}", "Growth") for r in (4, 5, 6)),
                put("Accounts!C4", "Growht"))),
    Case("model-of-account-where-targets-have-none", refused("104 Accounts!C4"),
         put("Accounts!C4", "Growth")),
    Case("models-but-accounts-without", refused("104 Accounts!C4", "104 Accounts!C5"), _TWO_MODELS),
    Case("one-model-of-two-does-not-add-up", refused("103 Targets!C7"),
         all_of(_TWO_MODELS, put("Targets!C7", 0.9), put("Accounts!C4", "Growth"),
                put("Accounts!C5", "Growth"))),
    Case("volatility-missing", refused("207 Targets!H4", "207 Targets!H5"), _VOLATILE),
    # Bands 0.05 x 0.15/0.105 = 7.1 pp and 0.05 x 0.05/0.105 = 2.4 pp: all is out as before.
    Case("volatility-typed", as_before(),
         all_of(_VOLATILE, put("Targets!H4", 0.15), put("Targets!H5", 0.05))),
    Case("target-is-symbol-and-class", refused("112 Targets!B4"),
         all_of(put("Securities!C5", "VTI"), put("Holdings!E5", "VTI"), put("Holdings!E8", "VTI"))),
    Case("targets-by-class-in-other-capitals", as_before(), _BY_CLASS),
    Case("class-spelt-in-two-ways", as_before(),
         all_of(_BY_CLASS, put("Holdings!E4", "us equity"), put("Holdings!E7", "US Equity"))),
    Case("class-of-a-symbol-in-conflict", refused("112 Holdings!E4"), put("Holdings!E4", "Gold")),
    Case("total-typed-below-targets", refused("202 Targets!B7", "103 Targets!C4"),
         row("Targets", 7, None, "Total", 1.0)),
]  # fmt: skip

LOTS = [
    Case("lots-do-not-add-up", refused("112 Lots!E4"), put("Lots!E4", 41)),
    Case("lot-of-unknown-account", refused("112 Lots!A4"), put("Lots!A4", "Roth")),
    Case("lot-of-unknown-symbol", refused("112 Lots!E4", "112 Lots!E5"), put("Lots!B4", "XYZ")),
    Case("lot-of-the-future", refused("105 Lots!D4"), put("Lots!D4", date(2013, 5, 1))),
    Case("lot-after-the-newest-price", as_before("acquired after the newest prices"),
         all_of(setting("AsOf", None), put("Lots!D4", date(2013, 5, 1)))),
    Case("lot-date-as-iso-text", as_before(), put("Lots!D4", "2010-01-04")),
    Case("lot-date-03-04-2010", refused("107 Lots!D4"), put("Lots!D4", "03/04/2010")),
    Case("lot-date-1-Mar-2010", refused("107 Lots!D4"), put("Lots!D4", "1 Mar 2010")),
    Case("lot-date-is-a-year", refused("107 Lots!D4"), put("Lots!D4", 2010)),
    Case("lot-date-blank", refused("108 Lots!D4"), put("Lots!D4", None)),
    Case("lot-date-boolean", refused("107 Lots!D4"), put("Lots!D4", True)),
    Case("lot-date-of-1899", refused("107 Lots!D4"), put("Lots!D4", -400)),
    Case("lot-date-serial-45", refused("107 Lots!D4"), put("Lots!D4", 45, "yyyy-mm-dd")),
    Case("lot-date-serial-60", refused("107 Lots!D4"), put("Lots!D4", 60, "yyyy-mm-dd")),
    Case("lot-date-plain-serial", as_before(), put("Lots!D4", 40182)),
    Case("lot-quantity-blank", refused("108 Lots!E4"), put("Lots!E4", None)),
    Case("lot-quantity-negative", refused("105 Lots!E4"), put("Lots!E4", -40)),
    Case("lot-cost-negative", refused("105 Lots!F4"), put("Lots!F4", -1)),
]  # fmt: skip

_EXCLUDED = put("Securities!G4", "Yes")

ACCOUNTS = [
    Case("withdrawal-larger-than-the-account", refused("301 Accounts!F4", status=5, drift=0),
         put("Accounts!F4", -20_000)),
    Case("withdrawal-of-all",
         reads(("IRA", "Sell", "VTI", 70), ("IRA", "Sell", "BND", 20), *GOOD_TRADES[2:]),
         put("Accounts!F4", -10_000)),
    # VTI may not be sold: 2,000 of cash and 1,000 of BND do not make 5,000.
    Case("withdrawal-that-cannot-be-raised", refused("301 Accounts!F4", status=5, drift=0),
         all_of(_EXCLUDED, put("Accounts!F4", -5000))),
    Case("two-withdrawals-that-cannot-be-raised",
         refused("301 Accounts!F4", "301 Accounts!F5", status=5, drift=0),
         all_of(_EXCLUDED, put("Accounts!F4", -5000), put("Accounts!F5", -8000))),
    Case("minimum-cash-above-the-account", refused("303 Accounts!A4"), put("Accounts!E4", 20_000)),
    Case("cash-buffer-above-the-accounts", refused("303 Accounts!A4", "303 Accounts!A5"),
         setting("CashBuffer", 20_000)),
    Case("account-empty", as_before(), row("Accounts", 6, "Empty", "Nothing in it")),
    Case("account-of-zeros", as_before(),
         all_of(row("Accounts", 6, "Old"), row("Holdings", 10, "Old", "VTI", 0, 100))),
    Case("target-without-price-in-an-account", refused("206 Targets!B7", drift=0),
         all_of(row("Securities", 6, "GLD", "Gold", "Gold"), row("Targets", 7, None, "Gold", 0.1),
                put("Targets!C6", 0))),
    Case("symbol-without-price-in-targets", refused("206 Targets!B7", drift=0),
         all_of(row("Securities", 6, "GLD", "Gold", "Gold"), row("Targets", 7, None, "GLD", 0.1),
                put("Targets!C6", 0))),
]  # fmt: skip

_NO_OWN_PRICES = all_of(*(put(f"Holdings!D{r}", None) for r in (4, 5, 7, 8)))
_DATES_LAST = rewrite("Prices", [(vti, bnd, day) for day, vti, bnd in TABLES["Prices"]])
_NEWEST_FIRST = rewrite("Prices", [TABLES["Prices"][0], *reversed(TABLES["Prices"][1:])])

PRICES = [
    Case("prices-newest-first", refused("105 Prices!A5"), _NEWEST_FIRST),
    Case("prices-with-a-date-twice", refused("106 Prices!A5"), put("Prices!A5", date(2013, 2, 27))),
    Case("prices-with-zero", refused("105 Prices!B5"), put("Prices!B5", 0)),
    Case("prices-with-a-negative", refused("105 Prices!B5"), put("Prices!B5", -99)),
    Case("prices-with-text", refused("101 Prices!B5"), put("Prices!B5", "n/a")),
    Case("prices-with-comma", refused("101 Prices!B5"), put("Prices!B5", "99,5")),
    Case("prices-with-boolean", refused("101 Prices!B5"), put("Prices!B5", True)),
    Case("prices-with-a-symbol-twice", refused("106 Prices!C3"), put("Prices!C3", "vti")),
    Case("prices-without-a-header", refused("108 Prices!C3"), put("Prices!C3", None)),
    Case("prices-with-iso-text-date", as_before(), put("Prices!A5", "2013-02-28")),
    Case("prices-with-date-03-04-2013", refused("107 Prices!A5"), put("Prices!A5", "03/04/2013")),
    Case("prices-with-date-in-words", refused("107 Prices!A5"), put("Prices!A5", "28 Feb 2013")),
    Case("prices-with-a-year-for-date", refused("107 Prices!A5"), put("Prices!A5", 2013)),
    Case("prices-with-20130228", refused("107 Prices!A5"), put("Prices!A5", 20130228)),
    Case("prices-without-a-date", refused("108 Prices!A5"), put("Prices!A5", None)),
    Case("prices-without-date-column", refused("205 Prices!A3"), put("Prices!A3", "Close of")),
    Case("prices-with-dates-last", as_before(), all_of(_DATES_LAST, _NO_OWN_PRICES)),
    Case("prices-price-the-holdings", as_before(), _NO_OWN_PRICES),
    Case("prices-with-a-gap-in-the-past", as_before(), put("Prices!B5", None)),
    Case("prices-older-than-as-of", as_before("older than AsOf"),
         setting("AsOf", date(2013, 6, 1))),
    Case("prices-for-study-only", refused("206 Holdings!D4"),
         all_of(setting("PriceKind", "study"), put("Holdings!D4", None))),
    Case("prices-later-than-as-of", refused("206 Holdings!D4"),
         all_of(setting("AsOf", date(2013, 1, 1)), put("Holdings!D4", None))),
    Case("holding-without-price", refused("206 Holdings!D4"),
         all_of(put("Holdings!D4", None), put("Prices!B3", "XXX"))),
    Case("holding-without-newest-price", refused("206 Holdings!D4"),
         all_of(put("Holdings!D4", None), put("Prices!B6", None))),
    Case("holding-at-two-prices", refused("112 Holdings!D7"), put("Holdings!D7", 101)),
]  # fmt: skip


def _currency(*words: Cell) -> Change:
    return rewrite(
        "Holdings",
        [(*cells[:5], word) for cells, word in zip(
            TABLES["Holdings"], ("Currency", *words), strict=True)],
    )  # fmt: skip


def _formatted(**forms: str) -> Change:
    def change(book: Workbook) -> None:
        for address, form in forms.items():
            book["Holdings"][address].number_format = form

    return change


def _valued(*values: Cell) -> Change:
    """A column Value as a broker exports it: numbers, no formulas."""
    return rewrite(
        "Holdings",
        [(*cells[:5], value) for cells, value in zip(
            TABLES["Holdings"], ("Value", *values), strict=True)],
    )  # fmt: skip


VALUES = [
    Case("value-typed", as_before(), _valued(7000, 1000, 2000, 3000.5, None, None)),
    # A bond priced per 100: 20 of it are worth 10.
    Case("value-of-a-bond-priced-per-100", refused("112 Holdings!F5"),
         _valued(7000, 10, 2000, 3000, 5000, 2000)),
]  # fmt: skip

_EURO, _DOLLAR = "[$€-407] #,##0.00", '"$"#,##0.00'

CURRENCIES = [
    Case("currency-column-of-one", as_before(), _currency("USD", "usd", None, "USD", "USD", None)),
    Case("currency-column-of-two", refused("115 Holdings!F5"),
         _currency("USD", "EUR", None, "USD", "USD", None)),
    Case("currency-column-of-another", refused("115 Holdings!F4", "115 Holdings!F8"),
         _currency("CHF", None, None, None, "CHF", None)),
    Case("currency-format-of-two", refused("115 Holdings!D4"),
         _formatted(D4=_EURO, D5=_DOLLAR, D7=_DOLLAR, D8=_DOLLAR)),
    Case("currency-format-of-one", as_before(), _formatted(D4=_EURO, D5=_EURO, D7=_EURO, D8=_EURO)),
    Case("currency-spelt-in-two-ways", as_before(),
         _formatted(D4="[$USD] #,##0.00", D5=_DOLLAR, D7=_DOLLAR, D8=_DOLLAR)),
]  # fmt: skip

CASES = [*DUPLICATES, *TARGETS, *LOTS, *ACCOUNTS, *PRICES, *VALUES, *CURRENCIES]
