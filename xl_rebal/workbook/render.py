"""Results to blocks: pure, the same for every host."""

from __future__ import annotations

from collections.abc import Mapping

from xl_rebal.cells import RawCell
from xl_rebal.engine.report import DriftReport
from xl_rebal.model.plan import BandKind, Plan
from xl_rebal.model.trades import Status, TradeList
from xl_rebal.wording import money, percent
from xl_rebal.workbook.book import Block, Results
from xl_rebal.workbook.parse import Desk


def render(desk: Desk, traded: TradeList, report: DriftReport) -> Results:
    """Everything that a rebalance writes."""
    return Results(
        blocks=(
            Block("tblTrades", _trade_rows(traded)),
            Block("tblOutcomes", _outcome_rows(traded)),
            Block("tblDrift", _drift_rows(report)),
        ),
        values=_values(desk, traded, report),
    )


def summary_sentence(traded: TradeList, currency: str) -> str:
    """The outcome in one line."""
    if not traded.trades:
        return "No trades: every account is where its plan wants it."
    sells = sum(outcome.sells for outcome in traded.accounts)
    buys = sum(outcome.buys for outcome in traded.accounts)
    costs = sum(outcome.costs for outcome in traded.accounts)
    count = len(traded.trades)
    return (
        f"{count} trade{'s' if count > 1 else ''}: sell {money(sells)}, buy {money(buys)}, "
        f"costs {money(costs)} {currency}. Largest drift left {percent(traded.residual_drift, 2)}."
    )


def convention(plan: Plan) -> str:
    """The convention line beside every result: what the numbers mean."""
    width = f"{plan.bands.width:.2%}".replace("%", " %")
    band = {
        BandKind.ABSOLUTE: f"±{width} of the portfolio",
        BandKind.RELATIVE: f"±{width} of the target",
        BandKind.FIVE_TWENTY_FIVE: f"±{width} of the portfolio or 25 % of the target, the smaller",
        BandKind.VOLATILITY: f"±{width} scaled by volatility",
    }[plan.bands.kind]
    return (
        f"Method {plan.method.value}; default band {band} (exactly at the band is in); trades go "
        f"{plan.destination.words}; cost {plan.costs.rate * 1e4:g} bp per side plus half the spread"
        f" and {money(plan.costs.ticket_fee)} a ticket; turnover is one-way; each account by itself."
    )


def _trade_rows(traded: TradeList) -> tuple[tuple[RawCell, ...], ...]:
    return tuple(
        (
            number, t.account, t.action.value, t.symbol, t.quantity, t.price, t.amount, t.cost,
            t.line, t.weight_before, t.weight_after, t.target, t.reason, t.warning,
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
    bought_or_sold = sum(outcome.buys + outcome.sells for outcome in traded.accounts)
    return {
        "Status": f"{len(traded.trades)} trades proposed" if traded.trades else "Nothing to trade",
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
        "Policy": convention(desk.plan),
    }
