"""The currency that number formats show, and amounts that show a second one.

Formats that follow the locale show none in a file; in Excel they show the machine's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from xl_rebal.cells import is_blank
from xl_rebal.errors import Code, Problem
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.headers import folded, match_columns
from xl_rebal.workbook.layout import TABLES, Kind
from xl_rebal.workbook.problems import Problems

_SYMBOL = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]|([$€£¥])")
_SAME = {"USD": "$", "US$": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_MONEY = (Kind.PRICE, Kind.PER_SHARE, Kind.MONEY, Kind.SIGNED_MONEY)


def currency_of(code: str) -> str | None:
    """The currency in a number format.

    >>> currency_of("#,##0.00"), currency_of("[$€-407] #,##0.00"), currency_of('"$"#,##0;[Red]-0')
    (None, '€', '$')
    >>> currency_of("[$-409]d/m/yyyy"), currency_of("[$USD] 0.00")
    (None, '$')
    """
    symbols = ((found[1] or found[2] or "").strip() for found in _SYMBOL.finditer(code))
    symbol = next(filter(None, symbols), None)  # [$-409] is a language without a currency
    return None if symbol is None else _SAME.get(symbol.upper(), symbol)


def has_bare_dollar(code: str) -> bool:
    """Whether a $ stands outside brackets: Excel's English codes write any machine's currency so.

    >>> has_bare_dollar("#,##0.00 $"), has_bare_dollar("[$$-409]#,##0"), has_bare_dollar("[$-409]0")
    (True, False, False)
    """
    return any(found[2] == "$" for found in _SYMBOL.finditer(code))


def amount_places(raw: RawTable) -> list[int]:
    """The columns that hold prices and amounts, from the table's first, which is 0."""
    layout = TABLES[raw.name]
    if layout.open_ended:
        dates = {folded(layout.columns[0].header), *layout.columns[0].synonyms}
        filled = [i for i, header in enumerate(raw.header) if not is_blank(header)]
        return [i for i in filled if folded(raw.header[i]) not in dates]
    found = match_columns(raw, layout, Problems())
    return [found[c.header] for c in layout.columns if c.kind in _MONEY and c.header in found]


def amounts(raw: RawTable) -> Iterator[tuple[int, int]]:
    """Row (from 0) and column (from 0) of the filled cells with prices and amounts."""
    places = amount_places(raw)
    for index in range(len(raw.rows)):
        for place in places:
            if isinstance(raw.at(index, place), float):
                yield index, place


def second_currencies(
    tables: Sequence[tuple[RawTable, Mapping[str, str]]],
) -> Iterator[Problem]:
    """Amounts whose number formats show two currencies: the rarer one is refused.

    Each table comes with the currencies that its cells show, by address.
    """
    shown = [
        (formats[cell], raw.sheet, cell)
        for raw, formats in tables
        if formats
        for cell in (raw.address(index, place) for index, place in amounts(raw))
        if cell in formats
    ]
    counts: dict[str, int] = {}
    for currency, _, _ in shown:
        counts[currency] = counts.get(currency, 0) + 1
    if len(counts) < 2:
        return
    first = max(counts, key=lambda currency: counts[currency])
    for currency, sheet, cell in shown:
        if currency != first:
            yield Problem(
                Code.SECOND_CURRENCY, f"an amount in {currency}",
                f"{first} as in the other amounts, the book's one currency",
                "Keep each currency in a book of its own, or correct the number format.",
                sheet, cell,
            )  # fmt: skip
