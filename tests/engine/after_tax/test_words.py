"""The conventions beside a result."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xl_rebal.engine.after_tax import AfterTaxRules, HarvestRules, TaxDue
from xl_rebal.engine.after_tax.words import conventions_in_words
from xl_rebal.engine.backtest import Conventions
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.tax.methods import LotMethod, Tacking

MONEY = Conventions(capital=250_000.0)
HARVEST = HarvestRules(Schedule(Frequency.WEEKLY), 0.03, 500.0)


@pytest.mark.parametrize(("rules", "has_cash", "words"), [
    (AfterTaxRules(short=0.42), False, "taxed at 42 % short-term and 20 % long-term"),
    (AfterTaxRules(), False, "begins with 250,000.00"),
    (AfterTaxRules(), False, "up to 3,000.00 a year saves 37 % of other income, which is put into"),
    (AfterTaxRules(credits=False), False, "what it saves does not come into the portfolio"),
    (AfterTaxRules(carry_long=10.0, carry_short=5.0), False, "Losses of earlier years, 15.00, are used"),
    (AfterTaxRules(), False, "adds the days"),
    (AfterTaxRules(tacking=Tacking.DATE), False, "counts from that of the sold shares"),
    (AfterTaxRules(), False, "the last row of the year, after the trades of that row, from what is sold"),
    (AfterTaxRules(), True, "from CASH, and where that is not enough from what is sold"),
    (AfterTaxRules(due=TaxDue.APRIL), False, "the first row on or after 15 April of the next year"),
    (AfterTaxRules(), False, "No losses are harvested"),
    (AfterTaxRules(harvest=HARVEST), False, "On weekly dates"),
    (AfterTaxRules(harvest=HARVEST), False, "at least 3 % of their basis and 500.00"),
])  # fmt: skip
def test_every_rule_is_said(rules: AfterTaxRules, has_cash: bool, words: str) -> None:
    assert words in " ".join(conventions_in_words(rules, MONEY, has_cash))


def test_each_method_of_choosing_lots_has_its_own_words() -> None:
    methods = [each for each in LotMethod if each is not LotMethod.SPECIFIC]

    said = {
        conventions_in_words(replace(AfterTaxRules(), method=each), MONEY, False)
        for each in methods
    }

    assert len(said) == len(methods)
