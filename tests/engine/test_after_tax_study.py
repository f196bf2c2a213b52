"""A book's policy after tax beside others: whose money, which rules, which runs, what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.engine.test_study import HALVES, household, plan, prices
from xl_rebal.engine.after_tax import AfterTaxRules, HarvestRules, TaxDue, after_tax
from xl_rebal.engine.after_tax_study import AfterTaxStudy, after_tax_study
from xl_rebal.engine.backtest import backtest
from xl_rebal.engine.book_study import study_of
from xl_rebal.engine.policies import NEVER, Policy, When
from xl_rebal.engine.statistics import statistics
from xl_rebal.engine.study import Study
from xl_rebal.errors import InputError
from xl_rebal.model.plan import TO_TARGET, BandKind, BandRule, Costs, Method, TargetLine, Targets
from xl_rebal.model.portfolio import Account, Household
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.model.securities import Securities
from xl_rebal.model.study_settings import StudySettings
from xl_rebal.tax.methods import LotMethod
from xl_rebal.tax.netting import FilingStatus
from xl_rebal.tax.settings import TaxSettings

BANDS = (0.01, 0.04)
HELD = household(("Taxed", "AAA", 3_000), ("Trust", "BBB", 2_000), ("IRA", "AAA", 70_000))
BOOK = Household(
    (Account("Taxed"), Account("Trust", tax_type="Trust"), Account("IRA", tax_type="Roth")),
    HELD.positions,
)
TAX = TaxSettings(
    short=0.3, long=0.1, state=0.05, filing=FilingStatus.SEPARATE, carry_short=200.0,
    minimum_loss=5.0, minimum_loss_fraction=0.02, method=LotMethod.HIFO,
)  # fmt: skip
SETTINGS = StudySettings(
    schedule=Schedule(Frequency.MONTHLY), bands=BANDS, harvests=Schedule(every=5),
    taxes_due=TaxDue.APRIL,
)  # fmt: skip


def study(book: Household = BOOK, settings: StudySettings = SETTINGS) -> Study:
    made = plan(*HALVES, bands=BandRule(BandKind.ABSOLUTE, 0.03), costs=Costs(0.002))
    return study_of(book, Securities(), made, prices("AAA", "BBB"), None, settings)


@pytest.fixture(scope="module")
def found() -> AfterTaxStudy:
    return after_tax_study(study(), BOOK, TAX)


def test_every_row_is_the_engines_own_run_with_the_settings_of_the_book(
    found: AfterTaxStudy,
) -> None:
    made = study()
    # 35 % short-term, 15 % long-term, 35 % of income with the state's; 50,000 are not in the Roth
    rules = AfterTaxRules(
        0.35, 0.15, 0.35, 1500.0, 200.0, 0.0, LotMethod.HIFO, due=TaxDue.APRIL,
        harvest=HarvestRules(Schedule(every=5), 0.02, 5.0),
    )  # fmt: skip
    conventions = replace(made.conventions, capital=50_000.0)
    when = {
        "Never": NEVER, "Calendar": When(made.settings.schedule), "Threshold": When(on_breach=True),
        "Calendar+threshold": When(made.settings.schedule, on_breach=True),
    }  # fmt: skip
    policies = [Policy(made.targets, each, TO_TARGET, made.bands) for each in when.values()]
    policies += [
        Policy(made.targets, when["Threshold"], TO_TARGET, BandRule(BandKind.ABSOLUTE, width))
        for width in BANDS
    ]

    assert len(found.policies) == len(policies)
    assert found.capital == 50_000.0
    assert found.accounts == ("Taxed", "Trust")
    for each, policy in zip(found.policies, policies, strict=True):
        before = statistics(backtest(made.prices, policy, conventions)).growth_rate
        for row, harvest in ((each.without, None), (each.with_harvests, rules.harvest)):
            alone = after_tax(made.prices, policy, conventions, replace(rules, harvest=harvest))
            assert row.pre_tax == before
            assert row.liquidation == alone.liquidation
            assert row.after_tax == alone.growth_rate
            assert row.result.harvests == alone.harvests
            assert row.result.paid_by_year == alone.paid_by_year
    assert any(each.with_harvests.result.harvests for each in found.policies)


def test_the_policy_of_the_book_and_the_best_row_are_told(found: AfterTaxStudy) -> None:
    assert [(each.method, each.band) for each in found.policies if each.is_own] == [
        (Method.THRESHOLD, None)
    ]
    assert found.own.method is Method.THRESHOLD
    policy, row = found.best
    assert row in policy.rows
    assert row.after_tax == max(r.after_tax for each in found.policies for r in each.rows)


def test_an_optimal_policy_stands_beside_the_four() -> None:
    found = after_tax_study(
        replace(study(settings=replace(SETTINGS, window=20)), own=Method.OPTIMAL), BOOK, TAX
    )

    assert [each.method for each in found.policies[3:5]] == [
        Method.CALENDAR_THRESHOLD, Method.OPTIMAL
    ]  # fmt: skip
    assert found.own.method is Method.OPTIMAL


def test_progress_ends_with_all_runs_done_and_can_cancel() -> None:
    seen: list[tuple[int, int]] = []
    after_tax_study(study(), BOOK, TAX, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (18, 18)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)

    def cancel(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        after_tax_study(study(), BOOK, TAX, cancel)


def test_a_book_without_taxed_accounts_is_studied_as_if_they_were_and_says_so() -> None:
    roth = Household((Account("IRA", tax_type="Roth"),), HELD.positions[2:])
    found = after_tax_study(study(roth), roth, TAX)

    assert found.capital == 700_000.0
    assert [note.text for note in found.notes] == [
        "No taxed account holds anything: IRA is studied as if taxed."
    ]


def test_only_accounts_of_the_model_count() -> None:
    book = Household(
        (Account("Taxed", model="Calm"), Account("Trust", model="Bold"), Account("IRA", model="Bold")),
        HELD.positions,
    )  # fmt: skip
    two = replace(
        plan(*HALVES), targets=(Targets(HALVES, "Calm"), Targets((TargetLine("AAA", 1.0),), "Bold"))
    )
    made = study_of(
        book, Securities(), two, prices("AAA", "BBB"), None, replace(SETTINGS, model="Calm")
    )

    assert after_tax_study(made, book, TAX).accounts == ("Taxed",)


def test_a_book_that_holds_nothing_is_refused() -> None:
    empty = Household((Account("Taxed"),), ())

    with pytest.raises(InputError, match="#XR303 Holdings: found nothing held"):
        after_tax_study(study(empty), empty, TAX)


def test_what_a_study_cannot_follow_is_refused_all_at_once() -> None:
    tax = replace(TAX, method=LotMethod.SPECIFIC, short=0.9, state=0.1)
    made = study(settings=replace(SETTINGS, harvests=Schedule(every=119)))
    with pytest.raises(InputError) as refused:
        after_tax_study(made, BOOK, tax)

    assert [(problem.code, problem.about) for problem in refused.value.problems] == [
        (112, ("setting", "LotMethod")),
        (105, ("setting", "ShortRate")),
        (105, ("setting", "HarvestFrequency")),
    ]
    kept = study(settings=replace(SETTINGS, harvests=Schedule(every=118)))
    assert after_tax_study(kept, BOOK, replace(TAX, short=0.9, state=0.05)).notes == ()


def test_what_does_not_count_is_noted() -> None:
    accounts = (replace(BOOK.accounts[0], lot_method="lifo"), *BOOK.accounts[1:])
    book = replace(BOOK, accounts=accounts)
    made = study(book, replace(SETTINGS, harvests=Schedule(Frequency.ANNUAL)))
    found = after_tax_study(made, book, replace(TAX, year_long=800.0))

    assert [note.text for note in found.notes] == [
        "Taxed sells by lifo; studied is hifo.",
        "YearLong is of this year alone: it is not in the taxes of a study.",
        "These prices have no harvest date (annual) before their last row.",
    ]
    assert not any(each.with_harvests.result.harvests for each in found.policies)
