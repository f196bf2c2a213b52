"""What the commands answer with ``--json``: unrounded numbers, the same keys always."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from xl_rebal.commands import Summary
from xl_rebal.commands.form_8949 import YearForm
from xl_rebal.engine.after_tax_study import AfterTaxStudy
from xl_rebal.engine.statistics import Statistics
from xl_rebal.engine.taxes.harvested import Harvested
from xl_rebal.errors import Code, Note, Problem, XlRebalError
from xl_rebal.model.policy_names import name_of
from xl_rebal.model.tactical import Tactical
from xl_rebal.numerics.money import currency
from xl_rebal.workbook.render_after_tax import BOUND, tax_years
from xl_rebal.workbook.render_harvest import wash_status

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
    if summary.harvested is not None:
        answer |= _harvest(summary.harvested)
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
    if summary.taxed is not None:
        answer |= _after_tax(summary.taxed)
    if out is not None:
        answer["out"] = str(out)
    return answer


def _after_tax(found: AfterTaxStudy) -> dict[str, object]:
    return {
        "capital": found.capital,
        "capital_of": list(found.accounts),
        "after_tax": [
            {
                "policy": name_of(each.method), "band": each.band, "own": each.is_own,
                "harvesting": row.harvests, "pre_tax": row.pre_tax, "after_tax": row.after_tax,
                "tax_bp": row.tax_bp, "drag_bp": row.drag_bp, "harvest_bp": row.harvest_bp,
                "behind_bp": row.behind_bp, "liquidation": row.liquidation,
                "tax_paid": row.result.tax_paid, "liquidation_tax": row.result.liquidation_tax,
                "harvests": len(row.result.harvests), "harvested": row.result.harvested,
            }
            for each in found.policies
            for row in each.rows
        ],
        "taxes_by_year": [
            {"year": year, "without": without, "with": harvesting}
            for year, without, harvesting in tax_years(found.own)
        ],
        "conventions": [BOUND, *found.conventions],
    }  # fmt: skip


def _harvest(harvested: Harvested) -> dict[str, object]:
    carried = harvested.after.netted.carried
    return {
        "candidates": [
            {
                "account": lot.account, "symbol": lot.symbol, "lot": lot.lot_id,
                "acquired": str(lot.acquired), "quantity": lot.quantity, "loss": each.loss.loss,
                "gross": each.saving.gross, "now": each.saving.now, "later": each.saving.later,
                "cost": each.saving.cost, "net": each.saving.net,
                "term": "long" if each.loss.is_long else "short",
                "substitute": each.substitute.symbol if each.substitute else None,
                "correlation": each.substitute.correlation if each.substitute else None,
                "wash_status": wash_status(each, harvested), "clear_day": str(each.clear_day),
                "taken": each.is_taken, "sold": harvested.sold_of(each), "why_not": each.why_not,
            }
            for each in harvested.found.candidates
            for lot in [each.loss.lot]
        ],
        "harvest": {
            "loss": harvested.loss, "gross": harvested.gross, "now": harvested.now, "net": harvested.net,
        },
        "do_not_buy": [
            {"symbol": symbol, "until": str(day)} for symbol, day in harvested.not_before.items()
        ],
        "year": {
            "short": harvested.after.realised.short, "long": harvested.after.realised.long,
            "tax_before": harvested.year.tax, "tax_other": harvested.other.tax,
            "tax_after": harvested.after.tax,
            "carried": {"short": carried.short, "long": carried.long},
        },
    }  # fmt: skip


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


def of_form(found: YearForm) -> dict[str, object]:
    """The rows of Form 8949; amounts in currency, the adjustment above 0."""
    return {
        **of_notes("form", found.notes),
        "year": found.year,
        "rows": [
            {
                "term": "long" if row.is_long else "short", "description": row.description,
                "acquired": str(row.acquired), "sold": str(row.sold), "proceeds": currency(row.proceeds),
                "cost": currency(row.cost), "code": row.code, "adjustment": currency(row.adjustment),
                "gain": currency(row.gain),
            }
            for row in found.form.rows
        ],
    }  # fmt: skip
