"""A policy on past prices, after tax: the loop of the backtest with an account that has lots."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from xl_rebal.engine.after_tax.account import TWIN, TaxedAccount
from xl_rebal.engine.after_tax.lots import add
from xl_rebal.engine.after_tax.result import AfterTax
from xl_rebal.engine.after_tax.rules import AfterTaxRules
from xl_rebal.engine.after_tax.words import conventions_in_words
from xl_rebal.engine.after_tax.years import YearTax, taxes
from xl_rebal.engine.backtest import Conventions
from xl_rebal.engine.backtest.run import Run
from xl_rebal.engine.backtest.timeline import Timeline
from xl_rebal.engine.policies import Policy
from xl_rebal.model.prices import Prices
from xl_rebal.tax.netting import Realised
from xl_rebal.typing import FloatArray


def after_tax(
    prices: Prices,
    policy: Policy,
    conventions: Conventions | None = None,
    rules: AfterTaxRules | None = None,
) -> AfterTax:
    """Run ``policy`` as ``backtest`` does, in one taxed account that begins with cash.

    Raises InputError where ``backtest`` does, and where taxes are more than can be raised.
    """
    rules, conventions = rules or AfterTaxRules(), conventions or Conventions()
    timeline = Timeline(prices, policy, conventions)
    account = TaxedAccount(timeline, rules)
    run = Run(timeline, account).result()
    last = run.dates[-1].year
    gains = dict(account.lots.gains)
    years = taxes(gains, account.first_year, last, rules)
    _sell_all(account, gains)
    ended = taxes(gains, account.first_year, last, rules)
    return AfterTax(
        rules=rules,
        run=run,
        years=years,
        payments=_by_row(len(run.dates), account.payments),
        owed=_total(years) - account.paid,
        liquidated=ended[-1],
        liquidation=float(run.value[-1]) - (_total(ended) - account.paid),
        harvests=tuple(account.harvests),
        sales=tuple(sold.result() for sold in account.lots.sold),
        transactions=account.lots.record(),
        conventions=conventions_in_words(rules, conventions, timeline.cash is not None),
    )


def _sell_all(account: TaxedAccount, gains: dict[int, Realised]) -> None:
    """Adds the gains of all lots, at the prices of the last row, without costs.

    No loss is washed then: nothing is held any more, and nothing is bought afterwards.
    """
    timeline = account.timeline
    day = timeline.dates[-1]
    for at, name in enumerate(timeline.symbols):
        price = float(timeline.values[timeline.last, at])
        for each in (name, name + TWIN):
            for gain, is_long in account.lots.unrealised(each, day, price):
                add(gains, day.year, gain, is_long)


def _total(years: Iterable[YearTax]) -> float:
    return sum(year.tax for year in years)


def _by_row(rows: int, payments: Iterable[tuple[int, float]]) -> FloatArray:
    found = np.zeros(rows)
    for row, amount in payments:
        found[row] = amount
    return found
