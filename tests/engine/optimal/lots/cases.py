"""Small problems with lots from a seed, and the best of all directions by Clarabel.

The enumeration shares nothing with the product but the fields of the problem: each asset only sells or only
buys; sales are one variable a lot, buys one an asset; a group that has a buyer sells nothing at a loss.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import clarabel
import numpy as np
from scipy import sparse

from tests.engine.optimal.problems import whole
from xl_rebal.engine.optimal import DenseRisk, FactorRisk, OptimalProblem, Risk
from xl_rebal.engine.optimal.lots import Lots, TaxedProblem, TaxRates
from xl_rebal.typing import BoolArray, FloatArray


class Verdict(NamedTuple):
    """Objectives between which the least one is."""

    least: float
    most: float


def small_case(seed: int, n: int | None = None, lots_each: int = 3) -> TaxedProblem:
    """Assets with up to ``lots_each`` lots, as many losses as gains, rules by chance; the last is cash."""
    random = np.random.default_rng(seed)
    n = n or int(random.integers(1, 4))
    n += 1
    target = whole(random.dirichlet(np.ones(n)))
    current = whole(target * random.lognormal(0, random.choice([0.1, 0.4]), n))
    if random.random() < 0.3 and n > 2:
        current = current.copy()
        current[0] = 0.0
        current = whole(current)
    rate = 10.0 ** random.uniform(-4, -2)
    buy, sell = rate * random.uniform(0.5, 2, n), rate * random.uniform(0.5, 2, n)
    buy[-1] = sell[-1] = 0.0
    if random.random() < 0.1:
        buy, sell = np.zeros(n), np.zeros(n)
    lower, upper = np.zeros(n), np.full(n, np.inf)
    if random.random() < 0.3:
        upper = np.maximum(target, current * random.uniform(0.7, 1.2, n)) + 0.02
        lower = np.minimum(current, target) * random.uniform(0, 1, n)
    problem = OptimalProblem(
        current, target, _risk(random, n), float(random.choice([0.0, 0.5, 2.0, 20.0])), buy, sell, lower, upper
    )  # fmt: skip
    rates = TaxRates(0.37, 0.2, random.choice([0.0, 0.1, 0.37]), random.choice([0.02, 0.2]))
    identity = random.choice([-1, -1, 0, 1], n).astype(np.int64)
    identity[-1] = -1
    return TaxedProblem(
        problem,
        _lots(random, current, lots_each),
        rates,
        random.random(n) < 0.9,
        identity,
        bool(random.random() < 0.7),
    )


def _risk(random: np.random.Generator, n: int) -> Risk:
    factors = np.column_stack([0.16 * random.normal(1, 0.3, n), random.normal(0, 0.06, n)])
    specific = random.uniform(0.02, 0.3, n) ** 2
    factors[-1], specific[-1] = 0.0, 0.0
    kind = random.choice(["factors", "dense", "singular"])
    if kind == "factors":
        return FactorRisk(factors, specific)
    return DenseRisk(factors @ factors.T + (kind == "dense") * np.diag(specific))


def _lots(random: np.random.Generator, current: FloatArray, lots_each: int) -> Lots:
    asset: list[int] = []
    weight: list[float] = []
    for i, held in enumerate(current[:-1]):
        parts = random.dirichlet(np.ones(int(random.integers(1, lots_each + 1)))) * held
        asset += [i] * len(parts)
        weight += parts.tolist()
    size = len(asset)
    gain = random.uniform(-0.5, 0.5, size) * random.choice([0.02, 0.2, 1.0])
    gain[random.random(size) < 0.1] = 0.0
    order = random.permutation(size)
    return Lots(
        np.array(asset, dtype=np.int64)[order], np.array(weight)[order], gain, random.random(size) < 0.5,
        random.random(size) < 0.15, random.random(size) < 0.1,
    )  # fmt: skip


def tax_of(taxed: TaxedProblem, lot: int) -> float:
    """Tax on all of a lot, per unit of proceeds."""
    gain, is_long = float(taxed.lots.gain[lot]), bool(taxed.lots.is_long[lot])
    rates = taxed.rates
    if gain >= 0:
        return gain * (rates.long if is_long else rates.short)
    return gain * (rates.long_loss if is_long else rates.short_loss) if taxed.harvest else 0.0


def objective(taxed: TaxedProblem, sales: FloatArray, weights: FloatArray) -> float:
    """gamma (w-t)'S(w-t) + costs + tax, asset by asset and lot by lot."""
    problem = taxed.problem
    off = weights - problem.target
    value = problem.risk_aversion * float(off @ problem.risk.dense() @ off)
    for i, change in enumerate((weights - problem.current).tolist()):
        rate = problem.buy_cost[i] if change > 0 else -problem.sell_cost[i]
        value += change * float(rate)
    return value + float(sum(sale * tax_of(taxed, lot) for lot, sale in enumerate(sales)))


def enumerated(taxed: TaxedProblem) -> Verdict | None:
    """The best of all directions; None where none has a plan."""
    found = [
        each
        for sells in product([False, True], repeat=taxed.problem.size)
        if (each := _one(taxed, np.array(sells))) is not None
    ]
    if not found:
        return None
    return Verdict(min(each.least for each in found), min(each.most for each in found))


def _one(taxed: TaxedProblem, sells: BoolArray) -> Verdict | None:
    """The best plan in which the assets that ``sells`` (n,) only sell, and the others only buy."""
    problem, lots = taxed.problem, taxed.lots
    n = problem.size
    groups = taxed.identity
    moves, slope, most = [], [], []
    for lot in range(lots.size):
        i = int(lots.asset[lot])
        alike = (groups == groups[i]) if groups[i] >= 0 else np.arange(n) == i
        is_loss = lots.gain[lot] < 0
        if not sells[i] or lots.is_locked[lot] or (is_loss and lots.in_wash_window[lot]):
            continue
        if is_loss and not sells[alike].all():
            continue
        moves.append(-np.eye(n)[i])
        slope.append(problem.sell_cost[i] + tax_of(taxed, lot))
        most.append(lots.weight[lot])
    for i in range(n):
        if sells[i] and i not in lots.asset:
            moves.append(-np.eye(n)[i])
            slope.append(problem.sell_cost[i])
            most.append(max(problem.current[i] - problem.lower[i], 0.0))
        if not sells[i] and taxed.may_buy[i]:
            moves.append(np.eye(n)[i])
            slope.append(problem.buy_cost[i])
            most.append(2.0)
    if not moves:
        ok = ((problem.current >= problem.lower) & (problem.current <= problem.upper)).all()
        start = objective(taxed, np.zeros(lots.size), problem.current)
        return Verdict(start, start) if ok else None
    move = np.array(moves).T  # w = w0 + move @ x
    m = move.shape[1]
    off = problem.current - problem.target
    covariance = 2 * problem.risk_aversion * problem.risk.dense()
    quadratic = sparse.triu(sparse.csc_matrix(move.T @ covariance @ move), format="csc")
    linear = move.T @ covariance @ off + np.array(slope)
    has_upper = np.isfinite(problem.upper)
    eye = np.eye(m)
    rows = np.vstack([move.sum(axis=0)[None, :], eye, -eye, -move, move[has_upper]])
    room_down, room_up = problem.current - problem.lower, problem.upper - problem.current
    right = np.concatenate(([0.0], most, np.zeros(m), room_down, room_up[has_upper]))
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-12
    cones = [clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(len(right) - 1)]
    matrix = sparse.csc_matrix(rows)
    answer = clarabel.DefaultSolver(quadratic, linear, matrix, right, cones, settings).solve()
    if "Infeasible" in str(answer.status):
        return None
    constant = 0.5 * float(off @ covariance @ off)
    return Verdict(answer.obj_val_dual + constant, answer.obj_val + constant)
