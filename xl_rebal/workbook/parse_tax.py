"""The settings of taxes, and what the accounts and securities of a book mean for its record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xl_rebal.errors import Code
from xl_rebal.model.portfolio import Account
from xl_rebal.model.securities import Securities
from xl_rebal.model.transactions import History, TaxAccount, Transaction
from xl_rebal.tax.methods import LotMethod, Tacking, WashScope
from xl_rebal.tax.netting import FilingStatus
from xl_rebal.tax.settings import TaxSettings
from xl_rebal.wording import percent
from xl_rebal.workbook.book import Source
from xl_rebal.workbook.layout_tax import AVOID
from xl_rebal.workbook.parse_settings import number_of
from xl_rebal.workbook.problems import Problems


def tax_settings(settings: Mapping[str, object], source: Source, problems: Problems) -> TaxSettings:
    """Rates, losses carried forward, thresholds, scope and methods."""
    ordinary = settings["OrdinaryRate"]
    found = TaxSettings(
        short=number_of(settings, "ShortRate"),
        long=number_of(settings, "LongRate"),
        state=number_of(settings, "StateRate"),
        ordinary=float(ordinary) if isinstance(ordinary, (int, float)) else None,
        filing=FilingStatus(str(settings["FilingStatus"])),
        year_short=number_of(settings, "YearShort"),
        year_long=number_of(settings, "YearLong"),
        carry_short=number_of(settings, "CarryShort"),
        carry_long=number_of(settings, "CarryLong"),
        minimum_loss=number_of(settings, "HarvestMinLoss"),
        minimum_loss_fraction=number_of(settings, "HarvestMinPct"),
        horizon=number_of(settings, "HarvestHorizon"),
        discount=number_of(settings, "DiscountRate"),
        method=LotMethod(str(settings["LotMethod"])),
        scope=WashScope(str(settings["WashScope"])),
        tacking=Tacking(str(settings["Tacking"])),
        avoids_wash_sales=settings["WashSales"] == AVOID,
        least_correlation=number_of(settings, "MinCorrelation"),
    )
    highest = max(found.rates.short, found.rates.long, found.rates.ordinary)
    if highest > 1:
        raw = next(
            source.settings[name]
            for name in ("StateRate", "ShortRate", "LongRate", "OrdinaryRate")
            if name in source.settings
        )
        problems.say(
            Code.OUT_OF_RANGE, f"federal and state tax of {percent(highest)} in all", "at most 100 %",
            "Correct the rates.", raw.sheet, raw.cell,
        )  # fmt: skip
    return found


def history_of(
    transactions: tuple[Transaction, ...], accounts: Iterable[Account], securities: Securities
) -> History:
    """The record with what is known of its accounts and securities."""
    known = {
        each.name: TaxAccount(each.name, each.tax_type, each.owner, each.lot_method)
        for each in accounts
    }
    return History(transactions, known, securities.groups)
