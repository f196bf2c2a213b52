"""Check, drift and rebalance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xl_rebal.commands.command import Summary, at_their_places, with_settings
from xl_rebal.commands.taxing import notes_on_lots
from xl_rebal.engine.dated_plan import plan_on
from xl_rebal.engine.line_risk import with_risks
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.report import DriftReport, drift_report
from xl_rebal.engine.taxes.with_lots import rebalance_with_lots
from xl_rebal.errors import Code, InputError, Note, Problem, XlRebalError
from xl_rebal.model.plan import Plan
from xl_rebal.model.portfolio import Household
from xl_rebal.model.prices import Prices
from xl_rebal.model.trades import TradeList
from xl_rebal.wording import counted
from xl_rebal.workbook.book import Book
from xl_rebal.workbook.parse import Desk, parse
from xl_rebal.workbook.places import placed, placed_notes
from xl_rebal.workbook.render import render, render_checks, summary_sentence


def check(book: Book, settings: Mapping[str, str]) -> Summary:
    """Read the book, say whether all of it can be used, and list what is wrong on its Checks sheet."""
    source = with_settings(book.read(), settings)
    try:
        desk = to_trade(parse(source))
        traded = _trades(desk)  # for what it would refuse
    except XlRebalError as error:
        book.write(render_checks(error.problems))
        raise
    book.write(render_checks(notes_of(desk, traded)))
    holdings = counted(len(desk.household.positions), "holding")
    accounts = counted(len(desk.household.accounts), "account")
    return Summary(
        "ok",
        f"OK: {holdings} in {accounts}, {counted(len(desk.prices.dates), 'price row')}, "
        "nothing wrong.",
        desk,
        notes=notes_of(desk, traded),
    )


def drift(book: Book, settings: Mapping[str, str]) -> Summary:
    """Where every account stands against its targets and bands."""
    desk = today(parse(with_settings(book.read(), settings)))
    report = drift_report(desk.household, desk.securities, desk.plan)
    _refuse_worthless(desk, report)
    out = sum(len(scope.out) for scope in report.accounts if scope.can_trade)
    sentence = f"{out} out of band." if out else "Everything is inside its band."
    return Summary("out" if report.is_out else "in", sentence, desk, report,
                   notes=desk.notes)  # fmt: skip


def _refuse_worthless(desk: Desk, report: DriftReport) -> None:
    """An account without value above its buffer has no weights: left out, it would seem in order."""
    weighed = {scope.account for scope in report.accounts}
    problems = [
        Problem(
            Code.NO_VALUE,
            f"no value above its cash buffer in account {account.name!r}",
            "more than 0",
            "Check quantities, prices and the minimum cash.",
            about=("account", account.name),
        )
        for account in desk.household.accounts
        if account.name not in weighed and _holds_anything(desk.household, account.name)
    ]
    if problems:
        raise InputError(placed(problems, desk.places))


def _holds_anything(household: Household, account: str) -> bool:
    positions = household.by_account[account]
    return household.cash(account) != 0 or any(position.value > 0 for position in positions)


def notes_of(desk: Desk, traded: TradeList) -> tuple[Note, ...]:
    """What is worth knowing of a book and of a list of trades."""
    return (*desk.notes, *placed_notes((*traded.notes, *notes_on_lots(desk)), desk.places))


def today(desk: Desk) -> Desk:
    """The book with the targets of the day, where they change with time."""
    return _of_the_day(desk, desk.prices.total_return(desk.dividends))


def to_trade(desk: Desk) -> Desk:
    """The same with the risks of its lines, where trades are weighed by them."""
    prices, window = desk.prices.total_return(desk.dividends), desk.study.window
    desk = _of_the_day(desk, prices)
    with at_their_places(desk):
        planned = with_risks(desk.plan, desk.household, desk.securities, prices, desk.as_of, window)
    return _with_plan(desk, *planned)


def _of_the_day(desk: Desk, prices: Prices) -> Desk:
    with at_their_places(desk):
        planned = plan_on(desk.plan, desk.household, desk.securities, prices, desk.as_of)
    return _with_plan(desk, *planned)


def _with_plan(desk: Desk, plan: Plan, said: tuple[Note, ...]) -> Desk:
    return replace(desk, plan=plan, notes=(*desk.notes, *placed_notes(said, desk.places)))


def _trades(desk: Desk) -> TradeList:
    """The trades; what the engine refuses is said with sheet and cell."""
    with at_their_places(desk):
        if desk.taxes is None:
            return rebalance(desk.household, desk.securities, desk.plan, desk.quotes)
        return rebalance_with_lots(
            desk.household, desk.securities, desk.plan, desk.quotes, desk.taxes
        )


def propose(book: Book, settings: Mapping[str, str]) -> Summary:
    """The trades of a rebalance, without writing anything."""
    desk = to_trade(parse(with_settings(book.read(), settings)))
    traded = _trades(desk)
    report = drift_report(desk.household, desk.securities, desk.plan, traded)
    return Summary(
        "trades" if traded.trades else "no trades",
        summary_sentence(traded, desk.currency),
        desk,
        report,
        traded,
        notes_of(desk, traded),
    )


def rebalance_book(book: Book, settings: Mapping[str, str]) -> Summary:
    """Propose the trades and write them into the book's result sheets."""
    book.report("Rebalancing ...")
    summary = propose(book, settings)
    assert summary.traded is not None
    assert summary.report is not None
    book.write(render(summary.desk, summary.traded, summary.report, summary.notes))
    book.report(summary.sentence)
    return summary
