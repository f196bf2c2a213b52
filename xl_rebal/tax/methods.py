"""The words of the settings: which lots are sold, whose purchases wash a loss, how days are added."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xl_rebal.model.transactions import TaxAccount


LEAST_CORRELATION = 0.95
"""Of a substitute's returns with those of what it replaces, where nothing else is said."""


class LotMethod(StrEnum):
    """Which lots a sale takes where it names none."""

    FIFO = "fifo"
    LIFO = "lifo"
    HIFO = "hifo"
    AVERAGE = "average"
    LEAST_TAX = "mintax"
    SPECIFIC = "specific"


def method_of(account: TaxAccount, usual: LotMethod) -> LotMethod:
    """Which lots the sales of an account take: its own method, else the ``usual`` one."""
    return LotMethod(account.lot_method) if account.lot_method else usual


class WashScope(StrEnum):
    """Whose purchases replace what is sold at a loss.

    account: its own. taxable: all taxed accounts of its owner. household: those of all owners.
    household+ira: all accounts.
    """

    HOUSEHOLD_IRA = "household+ira"
    HOUSEHOLD = "household"
    TAXABLE = "taxable"
    ACCOUNT = "account"


class Tacking(StrEnum):
    """How the time for which a washed lot was held goes on: its days are added, or its date is kept."""

    DAYS = "days"
    DATE = "date"


@dataclass(frozen=True)
class GainRates:
    """Fractions of a gain paid as tax: short-term, long-term; federal plus state."""

    short: float = 0.37
    long: float = 0.20
