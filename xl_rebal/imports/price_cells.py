"""One cell of a price file to a price, and what is said of the cells that are none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeGuard

from xl_rebal import cells
from xl_rebal.cells import RawCell, Refusal, is_blank
from xl_rebal.errors import Code
from xl_rebal.imports import numbers
from xl_rebal.imports.choices import Decimal
from xl_rebal.imports.faults import Faults
from xl_rebal.imports.price_shape import Series
from xl_rebal.imports.rows import Rows
from xl_rebal.wording import counted, shown
from xl_rebal.workbook.currency import currency_of
from xl_rebal.workbook.tables import price

_DOLLARS = ("USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN")
"""Currencies that write a plain dollar sign."""
_YEN = ("JPY", "CNY")
_PLAIN = re.compile(r"[1-9]\d{0,8}(?:\.\d+)?", re.ASCII)


@dataclass
class PriceReader:
    """Reads prices; what is wrong waits here until all rows are read, then goes to ``faults``."""

    rows: Rows
    decimal: Decimal
    currency: str
    faults: Faults
    _numbers: dict[int, int] = field(default_factory=dict)
    _refused: dict[int, list[tuple[int, Refusal]]] = field(default_factory=dict)
    _missing: list[tuple[int, int]] = field(default_factory=list)
    _foreign: list[tuple[str, int, int]] = field(default_factory=list)

    def price(self, row: int, column: int) -> float | None:
        """A price above 0; None where there is none, or it was refused."""
        raw = self.rows.at(row, column)
        if self._is_plain(raw):
            self._numbers[column] = self._numbers.get(column, 0) + 1
            return float(raw)
        if is_blank(raw):
            return None
        if isinstance(raw, str) and numbers.is_missing(raw):
            self._missing.append((row, column))
            return None
        try:
            found = self._number(raw)
            self._numbers[column] = self._numbers.get(column, 0) + 1
            if isinstance(raw, str):
                self._check_sign(raw, row, column)
            return price(found)
        except Refusal as refusal:
            self._refused.setdefault(column, []).append((row, refusal))
            return None

    def _is_plain(self, raw: RawCell) -> TypeGuard[str]:
        """Digits and at most a point: nearly all cells of nearly all files, and worth a short way."""
        return (
            self.decimal is Decimal.POINT
            and isinstance(raw, str)
            and _PLAIN.fullmatch(raw) is not None
        )

    def is_price(self, raw: RawCell) -> bool:
        """Whether a cell could be a price."""
        try:
            return not is_blank(raw) and price(self._number(raw)) > 0
        except Refusal:
            return False

    def _number(self, raw: RawCell) -> RawCell:
        if not isinstance(raw, str) or cells.is_error(raw):
            return raw
        return numbers.to_number(raw, self.decimal, "a price above 0")

    def _check_sign(self, raw: str, row: int, column: int) -> None:
        sign = numbers.bare(raw)[1]
        if sign and not is_sign_of(sign, self.currency):
            self._foreign.append((sign, row, column))

    def check_currency(self, row: int, column: int) -> None:
        """The cell of a column of currencies. GBp is pence: capitals matter."""
        raw = self.rows.at(row, column)
        if not is_blank(raw) and str(raw).strip() != self.currency:
            self._foreign.append((str(raw).strip(), row, column))

    def hand_over(self, series: Iterable[Series]) -> None:
        """What is wrong, to ``faults``: a column of words is one, and so is a second currency."""
        for each in series:
            refused = self._refused.get(each.column, [])
            if len(refused) > 1 and not self._numbers.get(each.column):
                name = shown(each.symbol) if each.symbol is not None else "the header"
                row, first = refused[0]
                self.faults.say(
                    Code.NOT_A_NUMBER, f"no number under {name} but {first.found} and more",
                    "prices", "Delete the column, or fill it with prices.", row, each.column,
                )  # fmt: skip
                continue
            for row, refusal in refused:
                self.faults.refuse(refusal, row, each.column)
        if self._foreign:
            found, row, column = self._foreign[0]
            more = f" in {len(self._foreign)} places" if len(self._foreign) > 1 else ""
            self.faults.say(
                Code.SECOND_CURRENCY, f"{found}{more}", f"{self.currency}, the book's one currency",
                "Import prices in that currency, or correct Currency on the sheet Settings.",
                row, column,
            )  # fmt: skip

    def how(self) -> tuple[str, ...]:
        """A sentence on words that stand for a missing price."""
        if not self._missing:
            return ()
        row, column = self._missing[0]
        count, word = counted(len(self._missing), "cell"), shown(self.rows.at(row, column))
        return (f"Read as no price: {count} such as {word} ({self.rows.place(row, column)}).",)


def is_sign_of(sign: str, currency: str) -> bool:
    """Whether amounts in a currency may be written with a sign.

    >>> is_sign_of("$", "CAD"), is_sign_of("£", "USD")
    (True, False)
    """
    if sign == "$":
        return currency in _DOLLARS
    return currency in _YEN if sign == "¥" else currency_of(f"[${currency}]") == sign
