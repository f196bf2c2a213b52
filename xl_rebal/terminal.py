"""Results as tables on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

from xl_rebal.columns import Column, Table
from xl_rebal.commands import Summary
from xl_rebal.engine.report import ScopeDrift
from xl_rebal.engine.statistics import Statistics
from xl_rebal.engine.taxes.harvest_choice import Candidate
from xl_rebal.engine.taxes.harvested import Harvested
from xl_rebal.model.prices import Prices
from xl_rebal.model.trades import Action, Status, Trade, TradeList
from xl_rebal.screen import Screen, numbers, row_of
from xl_rebal.wording import counted, drift_left, money, percent, signed_points
from xl_rebal.workbook.render import targets_words
from xl_rebal.workbook.render_after_tax import BOUND, capital_words, tax_years, taxed_words
from xl_rebal.workbook.render_bands import bands_convention, candidate_words, luck_sentence
from xl_rebal.workbook.render_harvest import (
    do_not_buy,
    harvest_convention,
    take_words,
    wash_status,
    year_words,
)
from xl_rebal.workbook.render_study import source_of, study_convention

if TYPE_CHECKING:
    from xl_rebal.imports.preview import Preview

_STATUS_STYLE = {Status.OUT: "bold red", Status.NEAR: "yellow", Status.IN: "green"}
_ACTION_STYLE = {Action.SELL: "red", Action.BUY: "green"}


def show_trades(summary: Summary) -> None:
    """The trade list, what each account is left with, and the sentence."""
    screen = Screen()
    assert summary.traded is not None
    _show_trades(screen, summary.traded)
    _show_targets(screen, summary)
    screen.notes(summary.notes)
    screen.say(summary.sentence)


def _show_targets(screen: Screen, summary: Summary) -> None:
    """Which tactical targets these are, where they change with time."""
    if summary.desk.plan.tactical is not None:
        screen.say(f"Tactical: {targets_words(summary.desk.plan)}.")


def _show_trades(screen: Screen, traded: TradeList) -> None:
    if traded.trades:
        rows = [
            row_of(
                t.account, (t.action.value, _ACTION_STYLE[t.action]), t.symbol,
                f"{t.quantity:,.10g}", money(t.price), money(t.amount), percent(t.weight_before),
                percent(t.weight_after), percent(t.target), remark=_remark(t),
            )
            for t in traded.trades
        ]  # fmt: skip
        columns = (
            Column("Account"), Column("Action"), Column("Symbol"),
            *numbers("Quantity", "Price", "Amount", "Before", "After", "Target"),
        )  # fmt: skip
        screen.table(Table(columns, tuple(rows), "Why", grouped=True))
        screen.line()
    columns = (
        Column("Account"),
        *numbers("Cash before", "New cash", "Sells", "Buys", "Costs", "Cash after", "Drift left"),
    )
    rows = [
        row_of(
            o.account, money(o.cash_before), money(o.new_cash), money(o.sells), money(o.buys),
            money(o.costs), money(o.cash_after), drift_left(o.residual_drift), remark=o.note,
        )
        for o in traded.accounts
    ]  # fmt: skip
    screen.table(Table(columns, tuple(rows), "Note"))
    screen.line()


def _remark(trade: Trade) -> str:
    """Why, which lots, what that realises, and what to beware of."""
    parts = [trade.reason]
    if trade.lots:
        gains = ((trade.short_gain, "short-term"), (trade.long_gain, "long-term"))
        shown = [f"{money(gain)} {term}" for gain, term in gains if gain]
        tax = "" if trade.tax is None else f", tax {money(trade.tax)}"
        gained = f": gain {' and '.join(shown) or money(0.0)}{tax}" if trade.tax is not None else ""
        parts.append(f"Lots {trade.lots}{gained}.")
    if trade.warning:
        parts.append(f"Warning: {trade.warning}")
    return " ".join(parts)


def show_harvest(summary: Summary) -> None:
    """The lots at a loss, the trades, what must not be bought, the tax year, and the sentence."""
    screen = Screen()
    assert summary.harvested is not None
    assert summary.traded is not None
    harvested = summary.harvested
    columns = (
        Column("Account"), Column("Symbol"), Column("Lot"), Column("Acquired"),
        *numbers("Loss", "Gross", "Net benefit"), Column("Term"), Column("Instead"),
        Column("Clear from"),
    )  # fmt: skip
    rows = [
        row_of(
            lot.account, lot.symbol, lot.lot_id, str(lot.acquired), money(each.loss.loss),
            money(each.saving.gross), money(each.saving.net),
            "long" if each.loss.is_long else "short",
            each.substitute.symbol if each.substitute else "", str(each.clear_day),
            remark=_why_taken(each, harvested),
        )
        for each in harvested.found.candidates
        for lot in [each.loss.lot]
    ]  # fmt: skip
    if rows:
        screen.table(Table(columns, tuple(rows), "Taken?", grouped=True))
        screen.line()
    _show_trades(screen, summary.traded)
    screen.say(do_not_buy(harvested), "bold" if harvested.not_before else "")
    screen.say(year_words(harvested))
    screen.say(harvest_convention(summary.desk))
    _show_targets(screen, summary)
    screen.notes(summary.notes)
    screen.say(summary.sentence)


def _why_taken(candidate: Candidate, harvested: Harvested) -> str:
    words, status = take_words(candidate, harvested), wash_status(candidate, harvested)
    return f"No: {status}" if candidate.washed_by and not candidate.is_taken else words


@contextmanager
def progress_bar(*, hidden: bool) -> Iterator[Callable[[str, int, int], None] | None]:
    """A bar on standard error while long work goes on, where that is a terminal."""
    console = Console(stderr=True)
    if hidden or not console.is_terminal:
        yield None
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("")

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield show


def show_backtest(summary: Summary) -> None:
    """A column a policy, a row a figure, and how it was reckoned."""
    screen = Screen()
    assert summary.study is not None
    names = [rival.name + (" *" if rival.is_own else "") for rival in summary.rivals]
    columns = (Column("Figure"), *numbers(*names))
    rows = [
        row_of(label, *(shown(rival.figures) for rival in summary.rivals))
        for label, shown in _FIGURES
    ]
    ahead = ("" if each.waiting else percent(each.figures.ahead, 2) for each in summary.rivals)
    rows.append(row_of("Ahead of never rebalancing", *ahead))
    screen.table(Table(columns, tuple(rows)))
    screen.line()
    screen.say("* this book's policy")
    screen.say(source_of(summary.study))
    screen.say(study_convention(summary.study, summary.desk.plan.costs))
    screen.notes(summary.notes)
    screen.say(summary.sentence)


def show_bands(summary: Summary) -> None:
    """The policies that no other beats in both cost and tracking error, this book's, and the choice."""
    screen = Screen()
    assert summary.study is not None
    assert summary.bands is not None
    columns = (
        Column("Policy"),
        *numbers("Cost a year", "Tracking error", "Turnover", "Rebalances", "CAGR"),
        Column("Mark"),
    )
    rows = [
        row_of(
            candidate_words(each), f"{each.figures.cost_bp:.2f} bp",
            percent(each.figures.tracking_error, 2), percent(each.figures.turnover, 1),
            f"{each.figures.rebalances:,}", percent(each.figures.growth_rate, 2),
            "chosen" if each.is_chosen else "",
        )
        for each in summary.bands.candidates
        if each.on_frontier or each.is_own or each.is_chosen
    ]  # fmt: skip
    screen.table(Table(columns, tuple(rows)))
    screen.line()
    screen.say(luck_sentence(summary.bands))
    screen.say(source_of(summary.study))
    screen.say(bands_convention(summary.study, summary.desk.plan.costs))
    screen.notes(summary.notes)
    screen.say(summary.sentence)


def show_after_tax(summary: Summary) -> None:
    """Every policy without and with harvests, taxes of the book's own by year, and by which rules."""
    screen = Screen()
    study, found = summary.study, summary.taxed
    assert study is not None
    assert found is not None
    columns = (
        Column("Policy"), Column("Harvesting"),
        *numbers("Before tax", "After tax", "Tax a year", "Drag", "Harvests add", "Behind", "Left",
                  "Harvests", "Losses"),
    )  # fmt: skip
    rows = [
        row_of(
            taxed_words(study, each) + (" *" if each.is_own else ""), "yes" if row.harvests else "no",
            percent(row.pre_tax, 2), percent(row.after_tax, 2), _bp(row.tax_bp), _bp(row.drag_bp),
            "" if row.harvest_bp is None else _bp(row.harvest_bp), _bp(row.behind_bp),
            money(row.liquidation), f"{len(row.result.harvests):,}" if row.harvests else "",
            money(row.result.harvested) if row.harvests else "",
        )
        for each in found.policies
        for row in each.rows
    ]  # fmt: skip
    screen.table(Table(columns, tuple(rows)))
    screen.line()
    years = [
        row_of(str(year), money(without), money(harvesting))
        for year, without, harvesting in tax_years(found.own)
    ]
    columns = (Column("Taxes *"), *numbers("Without harvesting", "With harvesting"))
    screen.table(Table(columns, tuple(years)))
    screen.line()
    screen.say("* this book's policy; taxes by the year in which they are paid")
    screen.say(BOUND)
    screen.say(capital_words(study, found))
    for sentence in found.conventions:
        screen.say(sentence, first="- ", then="  ")
    screen.say(study_convention(study, summary.desk.plan.costs))
    screen.notes(summary.notes)
    screen.say(summary.sentence)


def _bp(value: float) -> str:
    return f"{value:,.1f} bp"


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


_FIGURES: tuple[tuple[str, Callable[[Statistics], str]], ...] = (
    ("Growth a year (CAGR)", lambda f: percent(f.growth_rate, 2)),
    ("Volatility", lambda f: percent(f.volatility, 2)),
    ("Sharpe", lambda f: _ratio(f.sharpe)),
    ("Sortino", lambda f: _ratio(f.sortino)),
    ("Maximum drawdown", lambda f: percent(f.maximum_drawdown, 2)),
    ("One-way turnover a year", lambda f: percent(f.turnover, 2)),
    ("Cost a year", lambda f: f"{f.cost_bp:.2f} bp"),
    ("Rebalances", lambda f: f"{f.rebalances:,}"),
    ("Average drift", lambda f: percent(f.average_drift, 2)),
    ("Maximum drift", lambda f: percent(f.maximum_drift, 2)),
    ("Tracking error", lambda f: percent(f.tracking_error, 2)),
)


def show_drift(summary: Summary) -> None:
    """Drift of all accounts together and, if there are several, of each."""
    screen = Screen()
    assert summary.report is not None
    scopes: Sequence[ScopeDrift] = summary.report.accounts
    if len(scopes) > 1:
        scopes = (*summary.report.totals, *scopes)
    columns = (
        Column("Line"), *numbers("Value", "Current", "Target", "Drift", "Band"), Column("Status")
    )  # fmt: skip
    for scope in scopes:
        title = scope.account or ("All accounts" + (f" of {scope.model}" if scope.model else ""))
        screen.say(f"{title}: {money(scope.value)} {summary.desk.currency}", "bold")
        rows = []
        for row in scope.rows:
            band = row.upper if row.drift >= 0 else row.lower
            rows.append(
                row_of(
                    row.key, money(row.value), percent(row.current, 2), percent(row.target, 2),
                    signed_points(row.drift), f"±{band * 100:.2f} pp",
                    (row.status.value, _STATUS_STYLE[row.status]),
                )
            )  # fmt: skip
        screen.table(Table(columns, tuple(rows)))
        screen.line()
    _show_targets(screen, summary)
    screen.notes(summary.notes)
    screen.say(summary.sentence)


def show_check(summary: Summary) -> None:
    """That nothing is wrong, and what should be known all the same."""
    screen = Screen()
    screen.notes(summary.notes)
    screen.say(summary.sentence)


_SHOWN_SYMBOLS, _SHOWN_COLUMNS, _SHOWN_ROWS = 20, 6, 3


def show_import(found: Preview) -> None:
    """How a file was read, what it has of each symbol, its first and last rows, and the sentence."""
    screen = Screen()
    for sentence in found.how:
        screen.say(sentence)
    screen.line()
    columns = (
        Column("Symbol"), *numbers("In file", "New", "Same", "Differ"), Column("First"),
        Column("Last"), Column("In Prices"), Column("In plan"),
    )  # fmt: skip
    rows = [
        row_of(
            each.symbol, str(each.prices), str(each.new), str(each.same),
            (str(each.differing), "bold red" if each.differing else ""), str(each.first),
            str(each.last), "yes" if each.in_book else "new", "yes" if each.known else "no",
        )
        for each in found.symbols[:_SHOWN_SYMBOLS]
    ]  # fmt: skip
    screen.table(Table(columns, tuple(rows)))
    if (more := len(found.symbols) - _SHOWN_SYMBOLS) > 0:
        screen.say(f"... and {counted(more, 'more symbol')}")
    screen.line()
    _show_rows(screen, found.prices)
    screen.notes(found.notes)
    screen.say(found.sentence)


def _show_rows(screen: Screen, prices: Prices) -> None:
    """The first and last rows of prices, of the first symbols."""
    rows = [
        row_of(str(day), *("" if price != price else f"{price:.10g}" for price in values))
        for day, values in zip(
            prices.dates, prices.values[:, :_SHOWN_COLUMNS].tolist(), strict=True
        )
    ]
    hidden = len(rows) - 2 * _SHOWN_ROWS
    if hidden > 1:
        dots = row_of("...", *("" for _ in prices.symbols[:_SHOWN_COLUMNS]))
        rows = [*rows[:_SHOWN_ROWS], dots, *rows[-_SHOWN_ROWS:]]
    columns = (Column("Date"), *numbers(*prices.symbols[:_SHOWN_COLUMNS]))
    screen.table(Table(columns, tuple(rows)))
    screen.line()
