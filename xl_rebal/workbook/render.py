"""Results to blocks: pure, the same for every host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from xl_rebal.cells import RawCell
from xl_rebal.engine.report import DriftReport
from xl_rebal.engine.tactical import needs
from xl_rebal.errors import Note, Problem
from xl_rebal.model.plan import BandKind, Costs, Method, Plan
from xl_rebal.model.portfolio import CASH
from xl_rebal.model.securities import Securities, Security
from xl_rebal.model.tactical import Tactical
from xl_rebal.model.trades import Status, TradeList
from xl_rebal.wording import counted, drift_left, listed, money
from xl_rebal.workbook.book import Block, Results
from xl_rebal.workbook.layout import CHECKS, DATED_TARGETS, TARGETS, sheets_written_by
from xl_rebal.workbook.parse import Desk


def render(
    desk: Desk, traded: TradeList, report: DriftReport, notes: Sequence[Note] = ()
) -> Results:
    """Everything that a rebalance writes."""
    return Results(
        blocks=(
            Block("tblTrades", trade_rows(traded)),
            Block("tblOutcomes", _outcome_rows(traded)),
            Block("tblDrift", _drift_rows(report)),
            Block(CHECKS.name, _check_rows(notes)),
        ),
        values={**_values(desk, traded, report), "NoteCount": len(notes)},
        sheets=sheets_written_by("rebalance"),
    )


def render_checks(found: Sequence[Problem | Note]) -> Results:
    """The Checks sheet alone: problems, or notes where there are none; all else stays as it is."""
    return Results(blocks=(Block(CHECKS.name, _check_rows(found)),), sheets=(CHECKS.sheet,),
                   refresh=False)  # fmt: skip


def _check_rows(found: Sequence[Problem | Note]) -> tuple[tuple[RawCell, ...], ...]:
    if not found:
        return ((None, None, None, "Nothing is wrong and nothing needs saying.", None, None),)
    return tuple(
        ("note", f"#XR{int(each.code)}", place, each.text, None, each.fix or None)
        if isinstance(each, Note)
        else ("problem", f"#XR{int(each.code)}", place or each.where, each.found, each.expected,
              each.fix or None)
        for each in found
        for place in [reference(each.sheet, each.cell)]
    )  # fmt: skip


def reference(sheet: str, cell: str) -> str | None:
    """A cell as Excel spells it in a formula; None without a cell.

    >>> reference("Holdings", "C4"), reference("Bob's book", "A1"), reference("Holdings", "")
    ('Holdings!C4', "'Bob''s book'!A1", None)
    """
    if not sheet or not cell:
        return None
    plain = sheet.isascii() and sheet.isidentifier()
    quoted = sheet.replace("'", "''")
    return f"{sheet}!{cell}" if plain else f"'{quoted}'!{cell}"


def summary_sentence(traded: TradeList, currency: str) -> str:
    """The outcome in one line."""
    if not traded.trades:
        if any(outcome.note for outcome in traded.accounts):
            return "No trades. Outcome says what stays as it is, and why."
        return "No trades: every account is where its plan wants it."
    sells = sum(outcome.sells for outcome in traded.accounts)
    buys = sum(outcome.buys for outcome in traded.accounts)
    costs = sum(outcome.costs for outcome in traded.accounts)
    return (
        f"{counted(len(traded.trades), 'trade')}: sell {money(sells)}, buy {money(buys)}, "
        f"costs {money(costs)} {currency}. Largest drift left {drift_left(traded.residual_drift)}."
        f"{_gains_sentence(traded)}"
    )


def _gains_sentence(traded: TradeList) -> str:
    """What the sales realise and the tax on it, where they realise anything that is known."""
    found = gains(traded)
    shown = {term: money(gain) for term, gain in found.items() if gain}
    parts = [f"{shown[term]} {term}-term" for term in ("long", "short") if term in shown]
    if not parts:
        return ""
    return f" Realises {' and '.join(parts)}; estimated tax {shown.get('tax', money(0.0))}."


def gains(traded: TradeList) -> dict[str, float | None]:
    """Gains by term of all sales whose lots are known, and the tax on them; None where none are."""
    known = [trade for trade in traded.trades if trade.tax is not None]
    if not known:
        return {"short": None, "long": None, "tax": None}
    return {
        "short": sum(trade.short_gain or 0.0 for trade in known),
        "long": sum(trade.long_gain or 0.0 for trade in known),
        "tax": sum(trade.tax or 0.0 for trade in known),
    }


def convention(plan: Plan, securities: Securities) -> str:
    """The convention line beside every result: what the numbers mean."""
    fee = money(plan.costs.ticket_fee)
    ticket = f"{fee} a ticket{own_fees(_with_own_fees(plan.costs, securities.rows))}"
    width = f"{plan.bands.width:.2%}".replace("%", " %")
    band = {
        BandKind.ABSOLUTE: f"±{width} of the portfolio",
        BandKind.RELATIVE: f"±{width} of the target",
        BandKind.FIVE_TWENTY_FIVE: f"±{width} of the portfolio or 25 % of the target, the smaller",
        BandKind.VOLATILITY: f"±{width} scaled by volatility",
    }[plan.bands.kind]
    targets = f", {targets_words(plan)}" if plan.tactical is not None else ""
    if plan.method is Method.OPTIMAL:
        return (
            f"Method {plan.method.value}: least cost + {plan.risk_aversion:g} x a year's tracking error "
            f"squared; cost {plan.costs.rate * 1e4:g} bp per side plus half the spread and "
            f"{ticket}; turnover is one-way; each account by itself."
        )
    return (
        f"Method {plan.method.value}{targets}; default band {band} (exactly at the band is in); trades go "
        f"{plan.destination.words}; cost {plan.costs.rate * 1e4:g} bp per side plus half the spread"
        f" and {ticket}; turnover is one-way; each account by itself."
    )


def own_fees(symbols: Sequence[str]) -> str:
    """That securities have ticket fees of their own, where any has."""
    return f" ({listed(symbols, 'and')}: the fee in Securities)" if symbols else ""


def _with_own_fees(costs: Costs, securities: Iterable[Security]) -> list[str]:
    """The symbols whose ticket fee is not that of the settings."""
    own = (each for each in securities if each.symbol != CASH and each.ticket_fee is not None)
    return [each.symbol for each in own if each.ticket_fee != costs.ticket_fee]


def targets_words(plan: Plan) -> str:
    """Where the tactical targets of a day come from, and since when they hold."""
    tactical = plan.tactical
    assert tactical is not None
    days = {targets.model: targets.since for targets in plan.targets}
    if len(set(days.values())) == 1:
        return _targets_of(tactical, next(iter(days.values())))
    return ", ".join(f"{model}: {_targets_of(tactical, day)}" for model, day in days.items())


def _targets_of(tactical: Tactical, since: date | None) -> str:
    if tactical.generator is not None:
        return f"targets by {generator_words(tactical)} up to {since}"
    if since is None:
        return f"targets of {TARGETS.sheet}, as none of {DATED_TARGETS.sheet} hold yet"
    return f"targets of {since} in {DATED_TARGETS.sheet}"


def generator_words(tactical: Tactical) -> str:
    """What makes targets, and of how much."""
    assert tactical.generator is not None
    assert tactical.window is not None
    return f"{tactical.generator.value} of {needs(tactical.generator, tactical.window)}"


def trade_rows(traded: TradeList) -> tuple[tuple[RawCell, ...], ...]:
    """The rows of a table of trades."""
    return tuple(
        (
            number, t.account, t.action.value, t.symbol, t.quantity, t.price, t.amount, t.cost,
            t.line, t.weight_before, t.weight_after, t.target, t.reason, t.lots, t.short_gain,
            t.long_gain, t.tax, t.warning,
        )
        for number, t in enumerate(traded.trades, start=1)
    )  # fmt: skip


def _outcome_rows(traded: TradeList) -> tuple[tuple[RawCell, ...], ...]:
    return tuple(
        (
            o.account, o.value, o.cash_before, o.new_cash, o.sells, o.buys, o.costs, o.cash_after,
            o.residual_drift, o.note,
        )
        for o in traded.accounts
    )  # fmt: skip


def _drift_rows(report: DriftReport) -> tuple[tuple[RawCell, ...], ...]:
    several = len(report.totals) > 1
    return tuple(
        (
            f"{total.model}: {row.key}" if several else row.key,
            row.current, row.target, row.lower, row.upper,
            row.current if row.after is None else row.after,
            row.drift,
            row.drift if row.after is None else row.after - row.target,
            -row.lower,
            row.drift if row.status is Status.OUT else None,
            row.status.value,
        )
        for total in report.totals
        for row in total.rows
    )  # fmt: skip


def _values(desk: Desk, traded: TradeList, report: DriftReport) -> Mapping[str, RawCell]:
    rows = [row for total in report.totals for row in total.rows]
    largest = max(rows, key=lambda row: abs(row.drift), default=None)
    value = sum(outcome.value for outcome in traded.accounts)
    realised = gains(traded)
    bought_or_sold = sum(outcome.buys + outcome.sells for outcome in traded.accounts)
    return {
        "Status": f"{counted(len(traded.trades), 'trade')} proposed"
        if traded.trades
        else "Nothing to trade",
        "Summary": summary_sentence(traded, desk.currency),
        "AsOf": desk.as_of,
        "Value": value,
        "MaxDrift": abs(largest.drift) if largest else 0.0,
        "MaxDriftLine": largest.key if largest else "",
        "OutCount": sum(len(scope.out) for scope in report.accounts if scope.can_trade),
        "Turnover": bought_or_sold / 2 / value if value > 0 else 0.0,
        "TradeCount": len(traded.trades),
        "Sells": sum(outcome.sells for outcome in traded.accounts),
        "Buys": sum(outcome.buys for outcome in traded.accounts),
        "Costs": sum(outcome.costs for outcome in traded.accounts),
        "Cash": traded.cash,
        "ResidualDrift": traded.residual_drift,
        "Policy": convention(desk.plan, desk.securities),
        "ShortGain": realised["short"],
        "LongGain": realised["long"],
        "Tax": realised["tax"],
    }
