"""How past prices are studied: what a book sets for all of its studies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.model.windows import VOLATILITY_WINDOW


class CostRule(StrEnum):
    """``exact``: costs are paid from wealth as part of the trade. ``pre-trade``: rate x turnover of the
    wealth before costs, as R's PerformanceAnalytics does; for comparisons."""

    EXACT = "exact"
    PRE_TRADE = "pre-trade"


class TaxDue(StrEnum):
    """When the tax of a calendar year leaves the portfolio: at the close of its last row, or of the first row
    on or after 15 April of the next year."""

    YEAR_END = "year end"
    APRIL = "april"


@dataclass(frozen=True)
class StudySettings:
    """How past prices are studied.

    ``schedule`` are the calendar dates, ``start`` the first day of prices that counts (None: the first on
    which everything has one), ``model`` the targets to study where a book has several, ``window`` the returns
    behind a volatility, ``bands`` the default bands that are compared (fractions). ``cash_rate``, ``risk_free``
    and ``risk_aversion`` are a year; ``relative_risk_aversion`` is that of the small-cost model.
    After tax, losses are harvested on the dates of ``harvests`` and taxes paid when they are ``taxes_due``.
    """

    schedule: Schedule = field(default_factory=Schedule)
    lag: int = 0
    cost_rule: CostRule = CostRule.EXACT
    charge_first_purchase: bool = False
    cash_rate: float = 0.0
    risk_free: float = 0.0
    risk_aversion: float = 1.0
    relative_risk_aversion: float = 3.0
    start: date | None = None
    model: str = ""
    window: int = VOLATILITY_WINDOW
    bands: tuple[float, ...] = (0.01, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2)
    harvests: Schedule = field(default_factory=lambda: Schedule(Frequency.MONTHLY))
    taxes_due: TaxDue = TaxDue.YEAR_END
