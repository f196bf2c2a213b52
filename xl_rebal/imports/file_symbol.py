"""The symbol of a file that names none: what the person said, else the file's own name."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePath

from xl_rebal import cells
from xl_rebal.cells import Refusal
from xl_rebal.errors import Code
from xl_rebal.imports.faults import Faults

_TICKER = re.compile(r"\^?[A-Z]{1,5}(?:[.-][A-Z]{1,3})?")
_NO_TICKERS = frozenset(
    {"DATA", "PRICE", "QUOTE", "HIST", "TABLE", "FILE", "BOOK", "CLOSE", "DAILY", "CSV", "CHART"}
    | {"STOCK", "FUND", "ETF", "INDEX", "BOND", "TEST", "NEW", "OLD", "COPY", "SHEET", "INPUT"}
)
_COPY = re.compile(r"\s*\(\d+\)$")
"""What a browser adds to the second download of one name."""


def symbol_of_file(said: str | None, known: Collection[str], faults: Faults) -> tuple[str, str]:
    """The symbol and where it is from. A name that is no symbol of the book and looks like none is
    refused: a file prices.csv is not of PRICES."""
    if said is not None:
        try:
            return cells.symbol(said), "as --symbol says"
        except Refusal as refusal:
            faults.option("--symbol", refusal.found, refusal.expected, refusal.fix)
            return "", ""
    stem = _COPY.sub("", PurePath(faults.rows.name).stem).strip().upper()
    if stem in known or (_TICKER.fullmatch(stem) and stem not in _NO_TICKERS):
        return stem, "as the file's name says"
    faults.say(
        Code.MISSING_COLUMN, "prices of one symbol that neither the file nor its name tells",
        "a symbol", "Say --symbol and the symbol, or name the file after it.",
    )  # fmt: skip
    return "", ""
