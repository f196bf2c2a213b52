"""What an import of prices does, or would do: counted by symbol, and in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from xl_rebal.errors import Note, Problem
from xl_rebal.imports.choices import Prefer
from xl_rebal.imports.price_file import PriceFile
from xl_rebal.imports.price_merge import Merge
from xl_rebal.model.prices import Prices
from xl_rebal.wording import counted


@dataclass(frozen=True)
class SymbolCount:
    """What a file has of one symbol: ``new`` prices, the ``same`` as in the book, others.

    ``known`` where the symbol is in Holdings, Targets or Securities; ``in_book`` where the book had
    a price of it.
    """

    symbol: str
    prices: int
    new: int
    same: int
    differing: int
    first: date
    last: date
    known: bool
    in_book: bool


@dataclass(frozen=True)
class Preview:
    """What an import does. ``prices`` are those of the file, ``after`` those of the book then."""

    file: str
    how: tuple[str, ...]
    prices: Prices
    after: Prices
    adjusted: bool | None
    symbols: tuple[SymbolCount, ...]
    conflicts: tuple[Problem, ...]
    prefer: Prefer | None
    notes: tuple[Note, ...]

    @property
    def new(self) -> int:
        return sum(symbol.new for symbol in self.symbols)

    @property
    def replaced(self) -> int:
        """Prices of the book that become those of the file."""
        return sum(s.differing for s in self.symbols) if self.prefer is Prefer.FILE else 0

    @property
    def status(self) -> str:
        if self.conflicts:
            return "conflicts"
        return "imported" if self.new or self.replaced else "nothing new"

    @property
    def sentence(self) -> str:
        """The outcome in one line."""
        differing = sum(symbol.differing for symbol in self.symbols)
        if self.conflicts:
            verb = "differs" if differing == 1 else "differ"
            return f"{counted(differing, 'price')} of the file {verb} from the book's."
        if self.status == "nothing new":
            kept = (
                f"; {counted(differing, 'other price')} of the file not taken" if differing else ""
            )
            return f"Nothing new{kept}: the book stays as it is."
        done = [counted(self.new, "new price")]
        if differing:
            taken = "replaced" if self.prefer is Prefer.FILE else "of the file not taken"
            done.append(f"{counted(differing, 'price')} {taken}")
        rows, symbols = len(self.after.dates), len(self.after.symbols)
        return (
            f"{', '.join(done)}. Prices then has {counted(rows, 'row')} of "
            f"{counted(symbols, 'symbol')}, {self.after.dates[0]} to {self.after.dates[-1]}."
        )


def symbol_counts(merge: Merge, file: PriceFile, planned: Collection[str]) -> Iterator[SymbolCount]:
    """One count a symbol of the file, in its order."""
    column = {symbol: place for place, symbol in enumerate(merge.symbols)}
    new, same, differs = merge.is_new.sum(0), merge.is_same.sum(0), merge.differs.sum(0)
    for place, symbol in enumerate(file.prices.symbols):
        at = column[symbol]
        rows = np.flatnonzero(~np.isnan(file.prices.values[:, place]))
        yield SymbolCount(
            symbol,
            len(rows),
            int(new[at]),
            int(same[at]),
            int(differs[at]),
            file.prices.dates[rows[0]],
            file.prices.dates[rows[-1]],
            symbol in planned,
            not bool(np.isnan(merge.in_book[:, at]).all()),
        )


def as_json(found: Preview) -> Mapping[str, object]:
    """A preview for programs."""
    return {
        "file": found.file,
        "read": list(found.how),
        "adjusted": found.adjusted,
        "rows": len(found.prices.dates),
        "from": found.prices.dates[0],
        "to": found.prices.dates[-1],
        "new": found.new,
        "replaced": found.replaced,
        "symbols": [
            {
                "symbol": each.symbol, "prices": each.prices, "new": each.new, "same": each.same,
                "differing": each.differing, "from": each.first, "to": each.last,
                "known": each.known, "in_book": each.in_book,
            }
            for each in found.symbols
        ],
        "book": {
            "rows": len(found.after.dates), "from": found.after.dates[0],
            "to": found.after.dates[-1], "symbols": list(found.after.symbols),
        },
    }  # fmt: skip
