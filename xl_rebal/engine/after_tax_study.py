"""A book's policy beside its rivals and bands of other widths after tax, without and with harvests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xl_rebal.engine.after_tax import AfterTaxRules, Compared, HarvestRules, compare
from xl_rebal.engine.book_study import value_of
from xl_rebal.engine.policies import Policy, When
from xl_rebal.engine.study import Progress, Study
from xl_rebal.errors import Code, InputError, Note, Problem
from xl_rebal.model.plan import BandRule, Method
from xl_rebal.model.policy_names import RIVALS, name_of
from xl_rebal.model.portfolio import Account, Household
from xl_rebal.model.transactions import TAXED
from xl_rebal.tax.methods import LotMethod
from xl_rebal.tax.settings import TaxSettings
from xl_rebal.wording import counted, listed, percent


@dataclass(frozen=True)
class TaxedPolicy:
    """One policy: ``without`` and ``with_harvests`` are its two runs.

    ``method`` is that of the study (None: never), ``band`` the width of all lines where it is not the book's.
    """

    method: Method | None
    band: float | None
    is_own: bool
    without: Compared
    with_harvests: Compared

    @property
    def rows(self) -> tuple[Compared, Compared]:
        return self.without, self.with_harvests


@dataclass(frozen=True)
class AfterTaxStudy:
    """``policies`` in their order; ``capital``: currency that the one taxed account begins with, the value of
    ``accounts``; ``notes`` say what is not as it seems."""

    policies: tuple[TaxedPolicy, ...]
    capital: float
    accounts: tuple[str, ...]
    conventions: tuple[str, ...]
    notes: tuple[Note, ...] = ()

    @property
    def own(self) -> TaxedPolicy:
        return next(each for each in self.policies if each.is_own)

    @property
    def best(self) -> tuple[TaxedPolicy, Compared]:
        """The first of those that no other is ahead of."""
        rows = [(each, row) for each in self.policies for row in each.rows]
        return min(rows, key=lambda pair: pair[1].behind_bp)

    @property
    def said(self) -> tuple[str, ...]:
        """What is worth knowing of the runs that trade, the book's own first; texts may come again."""
        trading = [each for each in self.policies if each.method is not None]
        ordered = sorted(trading, key=lambda each: not each.is_own)
        return tuple(text for each in ordered for text in each.without.result.run.notes)


def after_tax_study(
    study: Study, household: Household, tax: TaxSettings, progress: Progress | None = None
) -> AfterTaxStudy:
    """Never rebalancing, each method with the book's dates, bands and destination, the book's own where it is
    another, and thresholds of the widths of the settings (of the book's kind, for all lines).

    Raises InputError with every setting of taxes that a study cannot follow.
    """
    rules = rules_of(study, tax)
    accounts, notes = _accounts(study, household)
    conventions = replace(study.conventions, capital=_value(household, accounts))
    policies = dict(_policies(study))
    found = compare(
        study.prices, {name: policy for name, (policy, _, _) in policies.items()}, conventions, rules,
        progress=progress,
    )  # fmt: skip
    return AfterTaxStudy(
        policies=tuple(
            TaxedPolicy(method, band, band is None and method is study.own, without, with_harvests)
            for (_, method, band), without, with_harvests in zip(
                policies.values(), found[::2], found[1::2], strict=True
            )
        ),
        capital=conventions.capital,
        accounts=tuple(account.name for account in accounts),
        conventions=found[1].result.conventions,
        notes=(*notes, *_of_methods(accounts, tax), *_of_years(tax), *_of_dates(study)),
    )


def rules_of(study: Study, tax: TaxSettings) -> AfterTaxRules:
    """The tax settings of a book as the rules of a study; InputError where they cannot be."""
    problems = list(_refused(study, tax))
    if problems:
        raise InputError(problems)
    rates = tax.rates
    return AfterTaxRules(
        short=rates.short,
        long=rates.long,
        ordinary=rates.ordinary,
        loss_limit=tax.filing.loss_limit,
        carry_short=tax.carry_short,
        carry_long=tax.carry_long,
        method=tax.method,
        tacking=tax.tacking,
        harvest=HarvestRules(
            study.settings.harvests, tax.minimum_loss_fraction, tax.minimum_loss
        ),
        due=study.settings.taxes_due,
    )  # fmt: skip


def _refused(study: Study, tax: TaxSettings) -> Iterator[Problem]:
    if tax.method is LotMethod.SPECIFIC:
        methods = [each.value for each in LotMethod if each is not LotMethod.SPECIFIC]
        yield Problem(
            Code.CONFLICT, f"the lot method {tax.method.value} in a study of past prices",
            f"a method that chooses by itself: {listed(methods)}",
            "Nobody names lots there: type another, or give one to this run alone.",
            argument="LotMethod", about=("setting", "LotMethod"),
        )  # fmt: skip
    rates = tax.rates
    for name, rate in (
        ("ShortRate", rates.short), ("LongRate", rates.long), ("OrdinaryRate", rates.ordinary)
    ):  # fmt: skip
        if rate >= 1:
            yield Problem(
                Code.OUT_OF_RANGE, f"{name} and StateRate of {percent(rate)} in all",
                "less than 100 %: a tax that takes all leaves nothing to compare", "Correct them.",
                argument=name, about=("setting", name),
            )  # fmt: skip
            break
    every, rows = study.settings.harvests.every, len(study.prices.dates)
    if every is not None and rows >= 3 and every >= rows - 1:
        yield Problem(
            Code.OUT_OF_RANGE, f"harvests every {every} rows over {counted(rows, 'row')} of prices",
            "so few that a harvest falls before the last row", "Type a smaller number.",
            argument="HarvestFrequency", about=("setting", "HarvestFrequency"),
        )  # fmt: skip


def _policies(study: Study) -> Iterator[tuple[str, tuple[Policy, Method | None, float | None]]]:
    """By a name of their own: the policy, its method and its width."""
    for method in RIVALS if study.own in RIVALS else (*RIVALS, study.own):
        yield name_of(method), (study.policy(method), method, None)
    for width in study.settings.bands:
        rule = BandRule(study.kind, width)
        policy = Policy(study.targets, When(on_breach=True), study.to, rule)
        yield f"{Method.THRESHOLD.value} {width!r}", (policy, Method.THRESHOLD, width)


def _accounts(study: Study, household: Household) -> tuple[tuple[Account, ...], list[Note]]:
    """Whose value is the capital: the taxed accounts of the model that is studied, or all of them where none is
    taxed or those hold nothing."""
    mine = tuple(each for each in household.accounts if each.name in study.accounts)
    taxed = tuple(each for each in mine if each.tax_type in TAXED)
    if _value(household, taxed) > 0:
        return taxed, []
    if _value(household, mine) <= 0:
        raise InputError(
            Problem(Code.NO_VALUE, "nothing held in the accounts that are studied",
                    "a value above 0: the limit of losses is an amount of currency",
                    "Type what they hold, cash too.", sheet="Holdings")
        )  # fmt: skip
    names = listed((each.name for each in mine), "and")
    text = f"No taxed account holds anything: {names} {'is' if len(mine) == 1 else 'are'} studied as if taxed."
    return mine, [Note(Code.NOT_READ, text, about=("account", mine[0].name))]


def _value(household: Household, accounts: Sequence[Account]) -> float:
    return value_of(household, [account.name for account in accounts])


def _of_methods(accounts: Sequence[Account], tax: TaxSettings) -> Iterator[Note]:
    """Accounts whose own lot method is another than that of the settings."""
    for account in accounts:
        if account.lot_method not in ("", tax.method.value):
            yield Note(
                Code.NOT_READ, f"{account.name} sells by {account.lot_method}; studied is {tax.method.value}.",
                "Set LotMethod to study another.", about=("account", account.name),
            )  # fmt: skip


def _of_years(tax: TaxSettings) -> Iterator[Note]:
    """That gains of this year do not count in years that are past."""
    for name, amount in (("YearShort", tax.year_short), ("YearLong", tax.year_long)):
        if amount:
            text = f"{name} is of this year alone: it is not in the taxes of a study."
            yield Note(Code.NOT_READ, text, about=("setting", name))


def _of_dates(study: Study) -> Iterator[Note]:
    """That no harvest date falls before the last row."""
    schedule = study.settings.harvests
    rows = schedule.rows(study.prices.days)
    if not np.any(rows < len(study.prices.dates) - 1):
        text = f"These prices have no harvest date ({schedule.words}) before their last row."
        yield Note(Code.NOT_READ, text, about=("setting", "HarvestFrequency"))
