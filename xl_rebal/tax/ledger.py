"""Transactions in, lots and sales out."""

from __future__ import annotations

from datetime import date

from xl_rebal.model.transactions import History
from xl_rebal.tax.methods import GainRates, LotMethod, Tacking, WashScope
from xl_rebal.tax.results import Ledger


def ledger(
    history: History,
    as_of: date | None = None,
    method: LotMethod = LotMethod.FIFO,
    scope: WashScope = WashScope.HOUSEHOLD_IRA,
    tacking: Tacking = Tacking.DAYS,
    rates: GainRates = GainRates(),  # noqa: B008  a frozen value
) -> Ledger:
    """The lots at the end of ``as_of`` (None: after the last row) and all sales up to it.

    Rows later than ``as_of`` are not known. Raises InputError with every row that cannot be.
    """
    raise NotImplementedError
