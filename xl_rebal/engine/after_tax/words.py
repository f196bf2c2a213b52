"""What an after-tax backtest takes for granted, in sentences beside its result."""

from __future__ import annotations

from xl_rebal.engine.after_tax.rules import AfterTaxRules, HarvestRules, TaxDue
from xl_rebal.engine.backtest import Conventions
from xl_rebal.tax.methods import LotMethod, Tacking
from xl_rebal.wording import money

_METHODS = {
    LotMethod.FIFO: "the oldest lots are sold first",
    LotMethod.LIFO: "the newest lots are sold first",
    LotMethod.HIFO: "the lots of the highest basis are sold first",
    LotMethod.AVERAGE: "every share has the average cost of its security, and dates go first in, first out",
    LotMethod.LEAST_TAX: "the lots that are taxed least (rate by term x gain) are sold first",
}


def conventions_in_words(
    rules: AfterTaxRules, conventions: Conventions, has_cash: bool
) -> tuple[str, ...]:
    """A sentence for each convention."""
    return (
        f"Gains are taxed at {_percent(rules.short)} short-term and {_percent(rules.long)} long-term (held more "
        "than a year), by the tax rules of the United States; rates are the settings', the same in all years.",
        "Everything is bought with cash on the first row, in one taxed account; amounts are of a portfolio that "
        f"begins with {money(conventions.capital)}.",
        "Prices are total-return prices: dividends are not taxed when they are paid, but as gains when lots are "
        "sold; what CASH earns is not taxed.",
        f"A lot costs what was paid with its costs, a sale brings what is left after its costs; {_METHODS[rules.method]}.",
        *_of_losses(rules),
        _of_dates(rules, has_cash),
        "What is sold for a tax counts as sold on that day; the tax on it, and what a later purchase changes about "
        "a loss of a year that is paid, is settled with the next payment.",
        _of_harvests(rules.harvest),
        "The liquidation value is what is left when all lots are sold on the last row at its prices, without "
        "trading costs, and all taxes are paid; losses that are still carried forward then count for nothing.",
    )


def _of_losses(rules: AfterTaxRules) -> tuple[str, ...]:
    carried = rules.carry_short + rules.carry_long
    earlier = (
        f" {money(carried)} of earlier years is used from the first year on." if carried else ""
    )
    saved = (
        f"saves {_percent(rules.ordinary)} of other income, which is put into the portfolio when the year's tax is due"
        if rules.credits
        else "is used against other income, and what it saves does not come into the portfolio"
    )
    days = (
        "adds the days for which the sold shares were held"
        if rules.tacking is Tacking.DAYS
        else "keeps the date of the sold shares"
    )
    return (
        "Short-term gains and losses are netted, then long-term ones, then across; of a net loss up to "
        f"{money(rules.loss_limit)} a year {saved}; the rest is carried forward with its term.{earlier}",
        "A loss is disallowed so far as the same security is bought within 30 days before or after (and still "
        f"held, if before); it is added to the basis of those shares, whose holding period {days}.",
    )


def _of_dates(rules: AfterTaxRules, has_cash: bool) -> str:
    when = (
        "the last row of the year"
        if rules.due is TaxDue.YEAR_END
        else "the first row on or after 15 April of the next year"
    )
    source = "CASH, and where that is not enough " if has_cash else ""
    return (
        f"The tax of a calendar year is paid at the close of {when}, after the trades of that row, from {source}"
        "what is sold of all assets pro rata; none is paid on the last row of the prices."
    )


def _of_harvests(rules: HarvestRules | None) -> str:
    if rules is None:
        return "No losses are harvested: lots are sold only where the policy or a tax asks for it."
    least = f"{_percent(rules.minimum_loss_fraction)} of its basis"
    if rules.minimum_loss:
        least += f" and {money(rules.minimum_loss)}"
    return (
        "Each asset has a twin with the very same returns that is taken not to be substantially identical: an "
        f"assumption no real substitute meets. On {rules.schedule.words} dates, before the flow and the decision "
        f"of the row, lots that have lost {least} are exchanged for the twin (or back), at the cost of both "
        "trades; not where the other was sold at a loss within 30 days, nor where the same was bought within 30 days "
        "and would stay. Purchases go to the asset, or to its twin within 30 days of a loss on it; a sale by the "
        "policy takes lots whose loss would be disallowed last."
    )


def _percent(rate: float) -> str:
    return f"{rate * 100:g} %"
