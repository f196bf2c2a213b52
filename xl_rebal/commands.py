"""The commands: one definition for the command line, macros and ribbon buttons.

Each reads the whole book, computes, and writes once at the end; a problem leaves every result as
it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.report import DriftReport, drift_report
from xl_rebal.errors import Code, InputError, Note, Problem, XlRebalError
from xl_rebal.model.portfolio import Household
from xl_rebal.model.trades import TradeList
from xl_rebal.wording import counted, did_you_mean, listed
from xl_rebal.workbook.book import Book, RawSetting, Source
from xl_rebal.workbook.layout import SETTINGS_BY_NAME, WORD_OR_NUMBER, Kind
from xl_rebal.workbook.parse import Desk, parse
from xl_rebal.workbook.places import placed, placed_notes
from xl_rebal.workbook.render import render, render_checks, summary_sentence


@dataclass(frozen=True)
class Summary:
    """What a command found, for a host to show. ``status`` is one word."""

    status: str
    sentence: str
    desk: Desk
    report: DriftReport | None = None
    traded: TradeList | None = None
    notes: tuple[Note, ...] = field(default=())


Run = Callable[[Book, Mapping[str, str]], Summary]


@dataclass(frozen=True)
class Command:
    """One command: ``label`` on a button, ``help`` as its one-sentence tip."""

    name: str
    label: str
    help: str
    run: Run
    writes: bool


def check(book: Book, settings: Mapping[str, str]) -> Summary:
    """Read the book, say whether all of it can be used, and list what is wrong on its Checks sheet."""
    source = with_settings(book.read(), settings)
    try:
        desk = parse(source)
        traded = _trades(desk)  # for what it would refuse
    except XlRebalError as error:
        book.write(render_checks(error.problems))
        raise
    book.write(render_checks(_notes(desk, traded)))
    holdings = counted(len(desk.household.positions), "holding")
    accounts = counted(len(desk.household.accounts), "account")
    return Summary(
        "ok",
        f"OK: {holdings} in {accounts}, {counted(len(desk.prices.dates), 'price row')}, "
        "nothing wrong.",
        desk,
        notes=_notes(desk, traded),
    )


def drift(book: Book, settings: Mapping[str, str]) -> Summary:
    """Where every account stands against its targets and bands."""
    desk = parse(with_settings(book.read(), settings))
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


def _notes(desk: Desk, traded: TradeList) -> tuple[Note, ...]:
    return (*desk.notes, *placed_notes(traded.notes, desk.places))


def _trades(desk: Desk) -> TradeList:
    """The trades; what the engine refuses is said with sheet and cell."""
    try:
        return rebalance(desk.household, desk.securities, desk.plan, desk.quotes)
    except XlRebalError as error:
        raise type(error)(placed(error.problems, desk.places)) from error


def propose(book: Book, settings: Mapping[str, str]) -> Summary:
    """The trades of a rebalance, without writing anything."""
    desk = parse(with_settings(book.read(), settings))
    traded = _trades(desk)
    report = drift_report(desk.household, desk.securities, desk.plan, traded)
    return Summary(
        "trades" if traded.trades else "no trades",
        summary_sentence(traded, desk.currency),
        desk,
        report,
        traded,
        _notes(desk, traded),
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


COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command("check", "Check", "Say everything that is wrong with the book.", check, True),
        Command("drift", "Drift", "Show how far each target line has drifted.", drift, False),
        Command(
            "rebalance", "Rebalance", "Write the trades that bring the book to its targets.",
            rebalance_book, True,
        ),
    )
}  # fmt: skip


def with_settings(source: Source, settings: Mapping[str, str]) -> Source:
    """The source with settings overridden by words such as ``CostBp=5``."""
    problems = []
    changed = dict(source.settings)
    for name, word in settings.items():
        known = {setting.casefold(): setting for setting in SETTINGS_BY_NAME}
        key = known.get(name.removeprefix("set_").casefold())
        if key is None:
            problems.append(
                Problem(Code.UNKNOWN_WORD, repr(name), f"one of {listed(SETTINGS_BY_NAME)}",
                        did_you_mean(name, list(SETTINGS_BY_NAME)), argument="--set")
            )  # fmt: skip
            continue
        changed[key] = RawSetting(_typed(key, word), f"--set {key}", "")
    if problems:
        raise InputError(problems)
    return replace(source, settings=changed)


def _typed(name: str, word: str) -> str | float | None:
    """A word of the command line as a cell: numbers and per cents become numbers."""
    text = word.strip()
    if not text:
        return None
    if SETTINGS_BY_NAME[name].kind is Kind.TEXT and name not in WORD_OR_NUMBER:
        return text
    try:
        if text.endswith("%"):
            return float(text[:-1]) / 100
        return float(text)
    except ValueError:
        return text
