"""What a person may say of a file and of a conflict, where neither is guessed."""

from __future__ import annotations

from enum import StrEnum


class Order(StrEnum):
    """In which order day, month and year stand."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


class Decimal(StrEnum):
    """The sign between whole numbers and decimals."""

    POINT = "point"
    COMMA = "comma"

    @property
    def sign(self) -> str:
        return "." if self is Decimal.POINT else ","

    @property
    def other(self) -> Decimal:
        return Decimal.COMMA if self is Decimal.POINT else Decimal.POINT


class Close(StrEnum):
    """Which close is meant: as it was traded, or with dividends (and splits) taken out."""

    PLAIN = "plain"
    ADJUSTED = "adjusted"


class Prefer(StrEnum):
    """Whose price stays where book and file both have one and they differ."""

    BOOK = "book"
    FILE = "file"
