"""What the headers of price files are called, and which of their columns hold what."""

from __future__ import annotations

import re
from enum import StrEnum

from xl_rebal.cells import RawCell, is_blank, visible
from xl_rebal.workbook.headers import folded
from xl_rebal.workbook.layout import PRICES


class Field(StrEnum):
    """What a column of a price file holds."""

    DATE = "date"
    SYMBOL = "symbol"
    CLOSE = "close"
    ADJUSTED = "adjusted close"
    PRICE = "price"
    CURRENCY = "currency"
    TRADING = "open, high, low or volume"
    OTHER = "something else"


PRICE_FIELDS = (Field.ADJUSTED, Field.CLOSE, Field.PRICE)

_DATE = PRICES.column("Date")
DATE_WORDS = (
    _DATE.header, *_DATE.synonyms, "trading day", "trading date", "trade date", "price date",
    "quote date", "as of", "as of date", "asof", "observation date", "datetime",
    "timestamp", "time", "caldt", "datum", "fecha", "data", "dato", "handelstag",
)  # fmt: skip
_WORDS: dict[Field, tuple[str, ...]] = {
    Field.DATE: DATE_WORDS,
    Field.SYMBOL: (
        "symbol", "ticker", "instrument", "security", "security id", "symbol/cusip", "cusip", "isin",
        "code", "ticker symbol", "act symbol",
    ),
    Field.CLOSE: (
        "close", "close/last", "close price", "closing price", "last", "last price", "px last",
        "settle", "settlement price", "unadjusted close", "raw close", "4 close", "markprice",
        "mark price", "share price", "schlusskurs", "schluss",
    ),
    Field.ADJUSTED: (
        "adj close", "adjclose", "adjusted close", "adjustedclose", "close adjusted", "close adj",
        "adjusted", "adjusted price", "adj price", "adjusted closing price", "adj closing price",
        "adj close price", "total return", "total return index", "5 adjusted close",
    ),
    Field.PRICE: ("price", "value", "nav", "kurs", "index value", "prc"),
    Field.CURRENCY: ("currency", "currencyprimary", "ccy", "waehrung", "währung"),
    Field.TRADING: (
        "open", "high", "low", "volume", "vol", "1 open", "2 high", "3 low", "5 volume", "6 volume",
        "adj open", "adj high", "adj low", "adj volume", "open price", "high price", "low price",
        "adjopen", "adjhigh", "adjlow", "adjvolume", "eröffnung", "hoch", "tief", "volumen",
    ),
    Field.OTHER: (
        "change", "chg", "dividends", "dividend", "stock splits", "splits", "split factor",
        "divcash", "splitfactor", "capital gains", "turnover", "trades", "vwap", "repaired",
        "7 dividend amount", "8 split coefficient", "dividend amount", "split coefficient",
    ),
}  # fmt: skip


def _key(header: str) -> str:
    return folded(header.replace("_", " "))


_FIELD_OF = {_key(word): field for field, words in _WORDS.items() for word in words}
_ALSO_TICKERS = {
    "open",
    "high",
    "low",
    "vol",
    "last",
    "nav",
    "code",
    "time",
    "data",
    "value",
    "day",
}
"""Words that are symbols as well: OPEN is Opendoor, LOW is Lowe's."""
_QUALIFIERS = {
    "adj", "adjusted", "unadjusted", "unadj", "bid", "ask", "mid", "net", "unit", "average", "avg",
    "weighted", "total", "market", "closing", "last", "open", "high", "low", "share", "stock", "index",
    "the", "official", "previous", "prev", "daily", "raw", "split", "fund", "offer",
}  # fmt: skip
"""Words before a field that are no symbol: a Mid price is not the price of MID."""

_RANKS = {_key(word): rank for rank, word in enumerate(DATE_WORDS)}
_PARTS = re.compile(r"[\s._|:/(),'\"-]+")


def field_of(header: RawCell) -> Field | None:
    """What a header says that its column holds; None where it may be a symbol.

    >>> field_of("Adj. Close**"), field_of("Close/Last"), field_of("VTI")
    (<Field.ADJUSTED: 'adjusted close'>, <Field.CLOSE: 'close'>, None)
    """
    return _FIELD_OF.get(_key(header)) if isinstance(header, str) else None


def is_no_symbol(header: RawCell) -> bool:
    """Whether a header is a word for a field and no symbol that is traded anywhere."""
    if not isinstance(header, str):
        return False
    words = _key(header).split()
    if len(words) > 1 and words[0] in _QUALIFIERS and words[-1] in _FIELD_OF:
        return True
    return _key(header) in _FIELD_OF.keys() - _ALSO_TICKERS


def symbol_and_field(header: RawCell) -> tuple[str, Field] | None:
    """Symbol and field of a header that names both.

    >>> symbol_and_field("AAPL.Adjusted"), symbol_and_field("('Close', 'BRK-B')")
    (('AAPL', <Field.ADJUSTED: 'adjusted close'>), ('BRK-B', <Field.CLOSE: 'close'>))
    >>> symbol_and_field("VTI"), symbol_and_field("Adj Close"), symbol_and_field("Mid price")
    (None, None, None)
    """
    if not isinstance(header, str) or is_blank(header) or field_of(header) is not None:
        return None
    text = visible(header).strip("()'\" ")
    cuts = [(found.start(), found.end()) for found in _PARTS.finditer(text)]
    for start, end in cuts:
        front, back = text[:start], text[end:]
        for symbol, field in ((front, field_of(back)), (back, field_of(front))):
            if field not in (*PRICE_FIELDS, Field.TRADING, Field.OTHER):
                continue
            if symbol and _key(symbol) not in _QUALIFIERS:
                return symbol, field
    return None


def rank_of_date_word(header: str) -> int:
    """Which of several columns of dates is meant: the lower the surer."""
    return _RANKS.get(_key(header), len(_RANKS))
