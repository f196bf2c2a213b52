"""What an after-tax backtest takes for granted, in sentences beside its result."""

from __future__ import annotations

from xl_rebal.engine.after_tax.rules import AfterTaxRules, HarvestRules
from xl_rebal.engine.backtest import Conventions
from xl_rebal.model.study_settings import TaxDue
from xl_rebal.tax.methods import LotMethod, Tacking
from xl_rebal.wording import money

_METHODS = {
    LotMethod.FIFO: "the oldest lots are sold first",
    LotMethod.LIFO: "the newest lots are sold first",
    LotMethod.HIFO: "the lots of the highest basis are sold first",
    LotMethod.AVERAGE: "every share has its security's average cost, and dates go first in, first out",
    LotMethod.LEAST_TAX: "the lots that are taxed least (rate by term x gain) are sold first",
}


def conventions_in_words(
    rules: AfterTaxRules, conventions: Conventions, has_cash: bool
) -> tuple[str, ...]:
    """A sentence for each convention."""
    return (
        f"Gains are taxed at {_percent(rules.short)} short-term and {_percent(rules.long)} long-term (held "
        "more than a year), by the tax rules of the United States; the rates are the same in all years.",
        "Everything is bought with cash on the first row, in one taxed account that begins with "
        f"{money(conventions.capital)}.",
        "Prices are total-return prices: dividends are not taxed when they are paid, but as gains when lots "
        "are sold; what CASH earns is not taxed.",
        "A lot costs what was paid with its costs, a sale brings what is left after its costs; "
        f"{_METHODS[rules.method]}.",
        *_of_losses(rules),
        _of_dates(rules, has_cash),
        "What is sold for a tax counts as sold on that day; the tax on it, and what a later purchase changes "
        "about a loss of a year that is paid, is settled with the next payment.",
        _of_harvests(rules.harvest),
        "The liquidation value is what is left when all lots are sold on the last row at its prices, without "
        "trading costs, and all taxes are paid; losses that are carried on from there count for nothing.",
    )


def _of_losses(rules: AfterTaxRules) -> tuple[str, ...]:
    carried = rules.carry_short + rules.carry_long
    earlier = f" Losses of earlier years, {money(carried)}, are used from the first year on."
    saved = (
        f"saves {_percent(rules.ordinary)} of other income, which is put into the portfolio when the tax of "
        "the year is due"
        if rules.credits
        else "is used against other income, and what it saves does not come into the portfolio"
    )
    days = (
        "adds the days for which the sold shares were held"
        if rules.tacking is Tacking.DAYS
        else "counts from that of the sold shares"
    )
    return (
        "Short-term gains and losses are netted, then long-term ones, then across; of a net loss up to "
        f"{money(rules.loss_limit)} a year {saved}; the rest is carried forward with its term."
        f"{earlier if carried else ''}",
        "A loss is disallowed so far as the same security is bought within 30 days before (and still held) or "
        f"after; it is added to the basis of those shares, and their holding period {days}.",
    )


def _of_dates(rules: AfterTaxRules, has_cash: bool) -> str:
    when = (
        "the last row of the year"
        if rules.due is TaxDue.YEAR_END
        else "the first row on or after 15 April of the next year"
    )
    source = "CASH, and where that is not enough from " if has_cash else ""
    return (
        f"The tax of a calendar year is paid at the close of {when}, after the trades of that row, from "
        f"{source}what is sold of all assets pro rata; none is paid on the last row of the prices."
    )


def _of_harvests(rules: HarvestRules | None) -> str:
    if rules is None:
        return "No losses are harvested: lots are sold only where the policy or a tax asks for it."
    least = f"{_percent(rules.minimum_loss_fraction)} of their basis"
    if rules.minimum_loss:
        least += f" and {money(rules.minimum_loss)}"
    words = rules.schedule.words
    dates = f"On {words} dates" if rules.schedule.every is None else words.capitalize()
    return (
        "Each asset has a twin that is taken not to be substantially identical and to have the very same "
        f"returns, which no real substitute has. {dates}, before the flow and the "
        f"decision of the row, lots that have lost at least {least} are exchanged for the twin (or back) at "
        "the cost of both trades: not where the other was sold at a loss within 30 days, nor where shares of "
        "the same bought within 30 days would stay. Purchases go to the asset, or to its twin within 30 days "
        "of a loss on the asset; the policy sells lots whose loss would be disallowed last."
    )


def _percent(rate: float) -> str:
    return f"{rate * 100:g} %"
