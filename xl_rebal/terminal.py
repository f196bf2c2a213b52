"""Results as tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from xl_rebal.commands import Summary
from xl_rebal.engine.report import ScopeDrift
from xl_rebal.model.trades import Action, Status
from xl_rebal.wording import money, percent, signed_points

if TYPE_CHECKING:
    from xl_rebal.doctor import Finding
    from xl_rebal.worksheet import FunctionSpec

_STATUS_STYLE = {Status.OUT: "bold red", Status.NEAR: "yellow", Status.IN: "green"}


def _console() -> Console:
    # No markup: an account may be called "IRA [old]". Piped output has no width of its own, and
    # rows must not be broken then.
    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        return console
    return Console(highlight=False, markup=False, emoji=False, width=190)


def _table(*columns: tuple[str, str], title: str = "") -> Table:
    table = Table(title=title or None, title_justify="left", title_style="bold", box=None)
    for header, justify in columns:
        table.add_column(
            header,
            justify="right" if justify == "right" else "left",
            no_wrap=header != "Why",
            header_style="bold",
        )
    return table


def show_trades(summary: Summary) -> None:
    """The trade list, what each account is left with, and the sentence."""
    console = _console()
    assert summary.traded is not None
    if summary.traded.trades:
        table = _table(
            ("Account", ""), ("Action", ""), ("Symbol", ""), ("Quantity", "right"),
            ("Price", "right"), ("Amount", "right"), ("Before", "right"), ("After", "right"),
            ("Target", "right"), ("Why", ""),
        )  # fmt: skip
        for t in summary.traded.trades:
            table.add_row(
                t.account, Text(t.action.value, "red" if t.action is Action.SELL else "green"),
                t.symbol, f"{t.quantity:,.10g}", money(t.price), money(t.amount),
                percent(t.weight_before), percent(t.weight_after), percent(t.target), t.reason,
            )  # fmt: skip
        console.print(table)
        console.print()
    table = _table(
        ("Account", ""), ("Cash before", "right"), ("New cash", "right"), ("Sells", "right"),
        ("Buys", "right"), ("Costs", "right"), ("Cash after", "right"), ("Drift left", "right"),
    )  # fmt: skip
    for o in summary.traded.accounts:
        table.add_row(
            f"{o.account} ({o.note})" if o.note else o.account, money(o.cash_before),
            money(o.new_cash), money(o.sells), money(o.buys), money(o.costs), money(o.cash_after),
            percent(o.residual_drift, 2),
        )  # fmt: skip
    console.print(table)
    console.print()
    _show_notes(console, summary)
    console.print(summary.sentence)


def _show_notes(console: Console, summary: Summary) -> None:
    for note in summary.notes:
        console.print(f"Note: {note}", style="yellow")


def show_drift(summary: Summary) -> None:
    """Drift of all accounts together and, if there are several, of each."""
    console = _console()
    assert summary.report is not None
    scopes: Sequence[ScopeDrift] = summary.report.accounts
    if len(scopes) > 1:
        scopes = (*summary.report.totals, *scopes)
    for scope in scopes:
        title = scope.account or ("All accounts" + (f" of {scope.model}" if scope.model else ""))
        table = _table(
            ("Line", ""), ("Value", "right"), ("Current", "right"), ("Target", "right"),
            ("Drift", "right"), ("Band", "right"), ("Status", ""),
            title=f"{title}: {money(scope.value)} {summary.desk.currency}",
        )  # fmt: skip
        for row in scope.rows:
            band = row.upper if row.drift >= 0 else row.lower
            table.add_row(
                row.key, money(row.value), percent(row.current, 2), percent(row.target, 2),
                signed_points(row.drift), f"±{band * 100:.2f} pp",
                Text(row.status.value, _STATUS_STYLE[row.status]),
            )  # fmt: skip
        console.print(table)
        console.print()
    _show_notes(console, summary)
    console.print(summary.sentence)


def show_check(summary: Summary) -> None:
    """That nothing is wrong, and what should be known all the same."""
    console = _console()
    _show_notes(console, summary)
    console.print(summary.sentence)


def show_functions(specs: Iterable[FunctionSpec]) -> None:
    """One line a function."""
    table = _table(("Function", ""), ("Why", ""))
    table.columns[1].header = "What it gives"
    for spec in specs:
        table.add_row(Text(spec.signature), Text(spec.help))
    _console().print(table)


def show_function(spec: FunctionSpec) -> None:
    """Everything about one function."""
    console = _console()
    console.print(Text(spec.signature, "bold"))
    console.print(Text(spec.help))
    console.print(Text(f"Returns {spec.returns}."))
    for parameter in spec.parameters:
        optional = " (optional)" if parameter.optional else ""
        console.print(Text(f"  {parameter.name}{optional}: {parameter.help}"))


def show_findings(findings: Iterable[Finding]) -> None:
    """One line a finding: what, whether it is there, what to do."""
    table = _table(("Part", ""), ("State", ""), ("Why", ""))
    table.columns[2].header = "Detail"
    for finding in findings:
        style = {"ok": "green", "missing": "yellow"}.get(finding.state, "")
        table.add_row(finding.part, Text(finding.state, style), Text(finding.detail))
    _console().print(table)
