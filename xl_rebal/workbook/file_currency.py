"""The currency that a cell's number format shows. Formats that follow the locale show none."""

from __future__ import annotations

import re

from xl_rebal.workbook.package import Package
from xl_rebal.workbook.package.markup import read_attributes

_SYMBOL = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]|([$€£¥])")
_SAME = {"USD": "$", "US$": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def currencies_of_cells(package: Package, title: str) -> dict[str, str]:
    """Currency by address; nothing where the book's formats show fewer than two."""
    by_style = _by_style(package)
    if len(set(by_style.values())) < 2:
        return {}
    found = {}
    styled = re.compile(rf'<(?:\w+:)?c\b([^>]*\bs="(?:{"|".join(by_style)})"[^>]*)>')
    for cell in styled.finditer(package.text(package.sheet(title).part_name)):
        attributes = read_attributes(cell[1])
        found[attributes.get("r", "")] = by_style[attributes["s"]]
    return found


def _by_style(package: Package) -> dict[str, str]:
    """Currency by style index, as a cell names it."""
    styles = package.styles
    if styles is None:
        return {}
    formats, cells = styles.child("numFmts"), styles.child("cellXfs")
    by_format = {
        each.get("numFmtId"): currency
        for each in (formats.all("numFmt") if formats else ())
        if (currency := currency_of(each.get("formatCode"))) is not None
    }
    return {
        str(index): by_format[each.get("numFmtId")]
        for index, each in enumerate(cells.all("xf") if cells else ())
        if each.get("numFmtId") in by_format
    }


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
