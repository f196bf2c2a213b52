"""Optimal rebalancing: tracking risk against costs, with proof (method.md section 4).

``solve`` takes the first of these that applies: no trade where the KKT pre-check says so; the closed form for
two assets; a working set over the assets that trade; where that gives up, a cone solver, whose answer is
sharpened by the same working set. Limits beyond those of single assets go to the general model (cvxpy).
Every answer carries its KKT residual, multipliers and duality gap.
"""

from xl_rebal.engine.optimal.answer import Method, Multipliers, Optimal, Status
from xl_rebal.engine.optimal.problem import GroupBound, Limits, OptimalProblem, normalised
from xl_rebal.engine.optimal.risk import DenseRisk, FactorRisk, Risk
from xl_rebal.engine.optimal.solver import solve
from xl_rebal.engine.optimal.working_set import Start

__all__ = [
    "DenseRisk",
    "FactorRisk",
    "GroupBound",
    "Limits",
    "Method",
    "Multipliers",
    "Optimal",
    "OptimalProblem",
    "Risk",
    "Start",
    "Status",
    "normalised",
    "solve",
]
