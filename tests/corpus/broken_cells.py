"""Cells that hold something else than they should: texts, errors, sizes, symbols that are none."""

from __future__ import annotations

from datetime import date

from tests.corpus.good_book import (
    GOOD_TRADES,
    SETTING_ROWS,
    Case,
    all_of,
    as_before,
    drop_sheet,
    formula,
    in_sheet,
    put,
    reads,
    refused,
    row,
    setting,
)

COST = f"Settings!B{SETTING_ROWS['CostBp']}"

TEXTS_IN_NUMBERS = [
    Case(f"text-{name}-in-{place.replace('!', '-')}", refused(f"101 {place}"), put(place, text))
    for place in ("Holdings!C4", "Holdings!D5", "Targets!C4")
    for name, text in (
        ("35-pct", "35 pct"),
        ("percent", "60%"),
        ("decimal-comma", "0,25"),
        ("thousands-and-comma", "1.234,56"),
        ("dollar", "$100"),
        ("euro", "100 €"),
        ("parentheses", "(500)"),
        ("thousands-blank", "12 000"),
        ("nan", "NaN"),
    )
] + [
    Case("text-spread", refused("101 Securities!D4"), put("Securities!D4", "2 bp")),
    Case("text-new-cash", refused("101 Accounts!F4"), put("Accounts!F4", "5,000")),
    Case("text-ticket-fee", refused("101 Securities!E4"), put("Securities!E4", "$5")),
    Case("text-volatility", refused("101 Targets!H4"), put("Targets!H4", "15%")),
]

PLACES_BY_KIND = {
    "account": "Holdings!A4",
    "symbol": "Holdings!B4",
    "quantity": "Holdings!C4",
    "price": "Holdings!D4",
    "class": "Holdings!E4",
    "date": "Lots!D4",
    "flag": "Lots!G4",
    "choice": "Accounts!D4",
    "amount": "Accounts!F4",
    "points": "Securities!D4",
    "target-key": "Targets!B4",
    "weight": "Targets!C4",
    "model": "Targets!A4",
    "price-date": "Prices!A4",
    "past-price": "Prices!B4",
    "setting": COST,
}
ERRORS = ("#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NULL!", "#NUM!")

ERROR_CELLS = [
    Case(f"error-{error.strip('#!?').replace('/', '')}-as-{kind}", refused(f"109 {place}"),
         put(place, error))
    for kind, place in PLACES_BY_KIND.items()
    for error in ERRORS
] + [
    Case("error-SPILL", refused("109 Holdings!D4"), put("Holdings!D4", "#N/A"),
         in_sheet("Holdings", "#N/A", "#SPILL!")),
    Case("error-in-a-cell-without-address", refused("109 Holdings!D4"), put("Holdings!D4", "#N/A"),
         in_sheet("Holdings", '<c r="D4"', "<c")),
    Case("error-in-single-quotes", refused("109 Holdings!D4"), put("Holdings!D4", "#N/A"),
         in_sheet("Holdings", 't="e"', "t='e'")),
    Case("error-in-price-header", refused("109 Prices!C3"), put("Prices!C3", "#N/A")),
    Case("error-in-header", refused("205 Holdings!A3"), put("Holdings!C3", "#N/A")),
]  # fmt: skip

SIZES = [
    Case("quantity-negative", refused("105 Holdings!C4"), put("Holdings!C4", -1)),
    Case("quantity-too-large", refused("105 Holdings!C4"), put("Holdings!C4", 1e300)),
    # 1e12 shares of 100 are more than cents can be kept for; the lots still add to 70.
    Case("value-too-large", refused("105 Holdings!C4", "112 Lots!E4"), put("Holdings!C4", 1e12)),
    Case("price-zero", refused("105 Holdings!D4"), put("Holdings!D4", 0)),
    Case("price-negative", refused("105 Holdings!D4"), put("Holdings!D4", -100)),
    Case("price-too-large", refused("105 Holdings!D4"), put("Holdings!D4", 1e200)),
    Case("price-too-small", refused("105 Holdings!D4"), put("Holdings!D4", 1e-300)),
    Case("cash-negative", refused("105 Holdings!C6"), put("Holdings!C6", -500)),
    Case("cash-priced-at-2", refused("105 Holdings!D6"), put("Holdings!D6", 2)),
    Case("cash-priced-at-1", as_before(), put("Holdings!D6", 1)),
    Case("quantity-blank", refused("108 Holdings!C4"), put("Holdings!C4", None)),
    Case("target-9700-percent", refused("105 Targets!C4"), put("Targets!C4", 97)),
    Case("target-35-for-35-percent", refused("105 Targets!C4", "105 Targets!C5", "105 Targets!C6"),
         all_of(put("Targets!C4", 60), put("Targets!C5", 30), put("Targets!C6", 10))),
    Case("target-negative", refused("105 Targets!C4"), put("Targets!C4", -0.6)),
    Case("target-blank", refused("108 Targets!C4"), put("Targets!C4", None)),
    Case("band-negative", refused("105 Targets!D4"), put("Targets!D4", -0.05)),
    Case("band-above-1", refused("105 Targets!D4"), put("Targets!D4", 1.5)),
    Case("band-5-for-5-percent", refused("105 Targets!E4"), put("Targets!E4", 5)),
    Case("volatility-17-for-17-percent", refused("105 Targets!H4"), put("Targets!H4", 17)),
    Case("minimum-cash-negative", refused("105 Accounts!E4"), put("Accounts!E4", -5)),
    Case("new-cash-too-large", refused("105 Accounts!F4"), put("Accounts!F4", 1e300)),
    Case("spread-negative", refused("105 Securities!D4"), put("Securities!D4", -1)),
    Case("spread-too-large", refused("105 Securities!D4"), put("Securities!D4", 2000)),
    Case("round-lot-0", refused("105 Securities!F4"), put("Securities!F4", 0)),
    Case("round-lot-negative", refused("105 Securities!F4"), put("Securities!F4", -10)),
    Case("round-lot-tiny", refused("105 Securities!F4"), put("Securities!F4", 1e-300)),
    Case("boolean-quantity", refused("101 Holdings!C4"), put("Holdings!C4", True)),
    Case("boolean-price", refused("101 Holdings!D4"), put("Holdings!D4", False)),
    Case("boolean-target", refused("101 Targets!C4"), put("Targets!C4", True)),
    Case("boolean-setting", refused(f"101 {COST}"), setting("CostBp", True)),
    # Calamine gives times to the millisecond, which is no number to reckon with.
    Case("time-as-price", refused("101 Holdings!D4"), put("Holdings!D4", 0.123456789, "h:mm")),
    Case("hours-as-quantity", refused("101 Holdings!C4"), put("Holdings!C4", 70, "[h]:mm")),
    Case("quantities-all-zero", refused("303 Holdings!A4"),
         all_of(*(put(f"Holdings!C{r}", 0) for r in range(4, 10)), drop_sheet("Lots"))),
    Case("entity-unknown", refused("401 book.xlsx"), put("Holdings!D4", 123),
         in_sheet("Holdings", "<v>123</v>", "<v>&bogus;</v>")),
    Case("date-as-quantity", refused("101 Holdings!C4"), put("Holdings!C4", date(2013, 1, 1))),
    Case("nan-price", refused("101 Holdings!D4"), put("Holdings!D4", 123),
         in_sheet("Holdings", "<v>123</v>", "<v>NaN</v>")),
    Case("infinite-price", refused("101 Holdings!D4"), put("Holdings!D4", 123),
         in_sheet("Holdings", "<v>123</v>", "<v>INF</v>")),
    Case("overflowing-price", refused("101 Holdings!D4"), put("Holdings!D4", 123),
         in_sheet("Holdings", "<v>123</v>", "<v>1e400</v>")),
    Case("no-number-in-a-number-cell", refused("401 book.xlsx"), put("Holdings!D4", 123),
         in_sheet("Holdings", "<v>123</v>", "<v>1,5</v>")),
    Case("flag-maybe", refused("104 Lots!G4"), put("Lots!G4", "maybe")),
    Case("exclude-maybe", refused("104 Securities!G4"), put("Securities!G4", 2)),
    Case("tax-type-misspelt", refused("104 Accounts!D4"), put("Accounts!D4", "Rothh")),
    Case("may-trade-perhaps", refused("104 Accounts!G4"), put("Accounts!G4", "perhaps")),
    Case("whole-shares-text", refused("104 Accounts!H4"), put("Accounts!H4", "some")),
]  # fmt: skip

LONG = "X" * 300
_FORMULA_LIKE = all_of(
    *(
        put(place, "=VTI")
        for place in (
            "Holdings!B4", "Holdings!B7", "Lots!B4", "Lots!B5", "Securities!A4", "Targets!B4",
            "Prices!B3",
        )
    )
)  # fmt: skip
_NUMBERED = all_of(*(put(f"{s}!A{r}", 1234) for s, r in (
    ("Holdings", 4), ("Holdings", 5), ("Holdings", 6), ("Lots", 4), ("Lots", 5), ("Accounts", 4),
)))  # fmt: skip

NAMES = [
    Case("symbol-in-small-letters", as_before(), put("Holdings!B4", "vti")),
    Case("symbol-with-blanks", as_before(), put("Holdings!B4", "  VTI ")),
    Case("symbol-with-no-break-space", as_before(), put("Holdings!B4", "VTI\u00a0")),
    Case("symbol-with-zero-width-space", as_before(), put("Holdings!B4", "V\u200bTI")),
    Case("symbol-with-byte-order-mark", as_before(), put("Targets!B4", "\ufeffVTI")),
    Case("symbol-with-direction-mark", as_before(), put("Targets!B4", "VTI\u200e")),
    Case("symbol-with-soft-hyphen", as_before(), put("Securities!A4", "VT\u00adI")),
    Case("symbol-with-apostrophe", as_before(), put("Holdings!B4", "'VTI")),
    Case("symbol-like-a-formula",
         reads(*((a, b, s.replace("VTI", "=VTI"), q) for a, b, s, q in GOOD_TRADES)),
         _FORMULA_LIKE),
    Case("symbol-TRUE", refused("104 Holdings!B4"), put("Holdings!B4", True)),
    Case("symbol-1E5", refused("104 Holdings!B4"), put("Holdings!B4", 1e5)),
    Case("symbol-MAR1", refused("104 Holdings!B4"), put("Holdings!B4", date(2013, 3, 1))),
    Case("symbol-number-in-lots", refused("104 Lots!B4"), put("Lots!B4", 700)),
    Case("symbol-number-in-targets", refused("202 Targets!B4"), put("Targets!B4", 700)),
    Case("symbol-number-in-prices", refused("104 Prices!B3"), put("Prices!B3", 700)),
    Case("symbol-blank", refused("108 Holdings!B4"), put("Holdings!B4", None)),
    Case("symbol-invisible", refused("108 Holdings!B4"), put("Holdings!B4", "\u200b\u2060")),
    Case("symbol-too-long", refused("105 Holdings!B4"), put("Holdings!B4", LONG)),
    Case("note-too-long", refused("105 Holdings!F4"), put("Holdings!F4", "some note"),
         in_sheet("Holdings", "some note", "n" * 32_768)),
    Case("cash-in-small-letters", as_before(), put("Holdings!B6", "cash")),
    Case("account-as-a-number",
         reads(*((a.replace("IRA", "1234"), b, s, q) for a, b, s, q in GOOD_TRADES)), _NUMBERED),
    Case("account-beyond-15-digits", refused("104 Accounts!A4"), put("Accounts!A4", 1e17)),
    Case("account-TRUE", refused("104 Holdings!A4"), put("Holdings!A4", True)),
    Case("account-blank", refused("108 Holdings!A4"), put("Holdings!A4", None)),
    Case("account-unknown", refused("112 Holdings!A4"), put("Holdings!A4", "Roth")),
    Case("account-in-other-capitals", refused("112 Holdings!A4"), put("Holdings!A4", "ira")),
    Case("account-nameless", refused("108 Accounts!A6"),
         row("Accounts", 6, None, "Somebody", None, "Roth")),
    Case("account-with-control-character", as_before(), put("Holdings!A4", "IRA\u0085")),
]  # fmt: skip

FORMULAS = [
    Case("formula-never-calculated", refused("110 Holdings!D4"), *formula("Holdings!D4", "50*2")),
    Case("formula-never-calculated-in-a-target", refused("110 Targets!C4"),
         *formula("Targets!C4", "6/10")),
    Case("formula-never-calculated-in-prices", refused("110 Prices!C5"),
         *formula("Prices!C5", "49+3/4")),
    Case("formula-calculated", as_before(), *formula("Holdings!D4", "50*2", value="100")),
    Case("formula-with-an-error", refused("109 Holdings!D4"),
         *formula("Holdings!D4", "1/0", "e", "#DIV/0!")),
    Case("formula-with-text", refused("101 Holdings!D4"),
         *formula("Holdings!D4", "&quot;100&quot;", "str", "100")),
    Case("formula-with-a-boolean", refused("101 Holdings!D4"),
         *formula("Holdings!D4", "TRUE()", "b", "1")),
    # Blank text is a blank: the price is that of Prices, which is the same 100.
    Case("formula-with-blank-text", as_before(),
         *formula("Holdings!D4", "&quot;&quot;", "str", "")),
]  # fmt: skip

CASES = [*TEXTS_IN_NUMBERS, *ERROR_CELLS, *SIZES, *NAMES, *FORMULAS]
