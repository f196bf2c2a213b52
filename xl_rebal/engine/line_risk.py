"""The risk of target lines, from past prices up to a day: what the method Optimal weighs costs against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from xl_rebal.engine.stand_ins import about_classes, stand_ins
from xl_rebal.errors import Code, InputError, Note, Problem
from xl_rebal.model.plan import LineRisk, Method, Plan, Targets
from xl_rebal.model.portfolio import CASH, Household
from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities
from xl_rebal.numerics.covariance import sample_covariance
from xl_rebal.typing import BoolArray
from xl_rebal.wording import counted


def with_risks(
    plan: Plan,
    household: Household,
    securities: Securities,
    prices: Prices,
    as_of: date | None,
    window: int,
) -> tuple[Plan, tuple[Note, ...]]:
    """The plan with the covariance of its lines, where its method is Optimal; as it is where not.

    That of the last ``window`` returns of ``prices`` (total returns) up to ``as_of``, a year. A class is
    looked at as one of its securities. Raises InputError with every line and model that has too few.
    """
    if plan.method is not Method.OPTIMAL:
        return plan, ()
    known = prices.between(None, as_of)
    risks: dict[str, LineRisk] = {}
    notes: list[Note] = []
    problems: list[Problem] = []
    for targets in plan.targets:
        lines = [line for line in targets.lines if line.weight > 0 and line.key != CASH]
        try:
            found = stand_ins(lines, targets, household, securities, known)
            risks[targets.model] = _risk(known, found, targets, window)
        except InputError as error:
            problems.extend(error.problems)
            continue
        notes.extend(about_classes(found, targets))
    if problems:
        raise InputError(dict.fromkeys(problems))
    return replace(plan, risks=risks), tuple(notes)


def _risk(prices: Prices, found: dict[str, str], targets: Targets, window: int) -> LineRisk:
    count = len(prices.dates)
    if count <= window:
        raise InputError(
            Problem(Code.TOO_FEW_PRICES, f"{counted(count, 'row')} of prices", f"{window + 1} or more",
                    "Add prices, or lower CovarianceWindow.", about=("setting", "CovarianceWindow"))
        )  # fmt: skip
    returns, years = prices.of(tuple(found.values())).last_returns(window)
    problems = list(_gaps(np.asarray(np.isnan(returns).any(axis=0)), found, targets, window))
    if problems:
        raise InputError(problems)
    return LineRisk(tuple(found), sample_covariance(returns, years))


def _gaps(
    has_gap: BoolArray, found: dict[str, str], targets: Targets, window: int
) -> Iterator[Problem]:
    for (key, symbol), is_short in zip(found.items(), has_gap.tolist(), strict=True):
        if is_short:
            yield Problem(
                Code.MISSING_PRICE,
                f"a missing price of {symbol} among the last {counted(window + 1, 'row')}",
                "a price on each of them, for the method Optimal",
                "Fill it, or lower CovarianceWindow.",
                about=("target", key, targets.model),
            )
