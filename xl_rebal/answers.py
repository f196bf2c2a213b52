"""What the commands answer with ``--json``: unrounded numbers, the same keys always."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from xl_rebal.commands import Summary
from xl_rebal.engine.statistics import Statistics
from xl_rebal.errors import Code, Note, Problem, XlRebalError
from xl_rebal.model.tactical import Tactical

SCHEMA = 1


def problems_of(error: XlRebalError) -> list[dict[str, object]]:
    return [_problem(problem) for problem in error.problems]


def _problem(problem: Problem) -> dict[str, object]:
    code = problem.code.value if isinstance(problem.code, Code) else problem.code
    return {
        "code": code, "sheet": problem.sheet, "cell": problem.cell, "argument": problem.argument,
        "found": problem.found, "expected": problem.expected, "fix": problem.fix,
    }  # fmt: skip


def _note(note: Note) -> dict[str, object]:
    return {
        "code": int(note.code), "sheet": note.sheet, "cell": note.cell, "text": note.text,
        "fix": note.fix,
    }  # fmt: skip


def _figures(found: Statistics, waiting: Sequence[str]) -> dict[str, object]:
    """Nothing is ahead of who never holds what is ``waiting`` for its first price."""
    return asdict(found) | ({"ahead": None} if waiting else {})


def of_notes(status: str, notes: Iterable[Note]) -> dict[str, object]:
    """What every answer begins with."""
    return {
        "schema": SCHEMA, "status": status, "problems": [], "warnings": [_note(note) for note in notes]
    }  # fmt: skip


def answer_of(summary: Summary, out: Path | None) -> dict[str, object]:
    answer = of_notes(summary.status, summary.notes)
    if summary.desk.plan.tactical is not None:
        answer["tactical"] = _tactical(summary, summary.desk.plan.tactical)
    if summary.report is not None:
        answer["drift"] = [
            {
                "account": scope.account, "model": scope.model, "value": scope.value,
                "lines": [
                    {
                        "line": row.key, "current": row.current, "target": row.target,
                        "drift": row.drift, "band_below": row.lower, "band_above": row.upper,
                        "status": row.status.value,
                    }
                    for row in scope.rows
                ],
            }
            for scope in (*summary.report.totals, *summary.report.accounts)
        ]  # fmt: skip
    if summary.traded is not None:
        answer["trades"] = [
            {
                "account": t.account, "action": t.action.value, "symbol": t.symbol,
                "quantity": t.quantity, "price": t.price, "amount": t.amount, "cost": t.cost,
                "line": t.line, "weight_before": t.weight_before, "weight_after": t.weight_after,
                "target": t.target, "reason": t.reason, "lots": t.lots, "short_gain": t.short_gain,
                "long_gain": t.long_gain, "tax": t.tax, "warning": t.warning,
            }
            for t in summary.traded.trades
        ]  # fmt: skip
        answer["accounts"] = [
            {
                "account": o.account, "may_trade": o.may_trade, "value": o.value,
                "cash_before": o.cash_before, "new_cash": o.new_cash, "sells": o.sells,
                "buys": o.buys, "costs": o.costs, "cash_after": o.cash_after,
                "residual_drift": o.residual_drift,
            }
            for o in summary.traded.accounts
        ]  # fmt: skip
        answer["residual"] = {
            "drift": summary.traded.residual_drift,
            "cash": summary.traded.cash,
        }
    if summary.rivals:
        answer["policies"] = [
            {
                "policy": rival.name,
                "own": rival.is_own,
                **_figures(rival.figures, rival.run.waiting),
            }
            for rival in summary.rivals
        ]
    if summary.bands is not None:
        answer["candidates"] = [
            {
                "policy": each.name, "band": each.band,
                "looked_at": each.looked_at if each.schedule or each.new_targets else None,
                "own": each.is_own, "chosen": each.is_chosen, "frontier": each.on_frontier,
                **_figures(each.figures, summary.bands.waiting),
            }
            for each in summary.bands.candidates
        ]  # fmt: skip
        luck, even = summary.bands.luck, summary.bands.break_even
        answer["timing_luck"] = {
            "schedule": summary.bands.schedule.words, "growth_rate": luck.growth_rate.tolist(),
            "tracking_error": luck.tracking_error.tolist(),
        }  # fmt: skip
        rate = None if summary.bands.waiting else even.rate
        answer["break_even"] = {"rate": rate, "up_to": even.most}
    if out is not None:
        answer["out"] = str(out)
    return answer


def _tactical(summary: Summary, tactical: Tactical) -> dict[str, object]:
    """Where targets come from; ``since`` when today's hold, or the ``dates`` of those that were studied."""
    answer: dict[str, object] = {"source": tactical.source, "window": tactical.window}
    if summary.study is None or summary.study.tactical_targets is None:
        answer["since"] = [
            {"model": each.model, "date": None if each.since is None else str(each.since)}
            for each in summary.desk.plan.targets
        ]
        return answer
    days = summary.study.tactical_targets.dates
    return {**answer, "dates": [str(day) for day in days if day is not None]}
