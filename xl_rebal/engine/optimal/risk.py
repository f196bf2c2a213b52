"""The covariance of returns, dense or by factors: what multiplies weights and what a face solves with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.typing import BoolArray, FloatArray, IntArray

_NEGATIVE = 1e-10  # eigenvalues of this size, relative to the largest, are rounding
_ASYMMETRY = 1e-8  # relative to the largest variance


class _Variances(ABC):
    """What is known of a risk by its variances."""

    @property
    @abstractmethod
    def variances(self) -> FloatArray:
        """The diagonal of the covariance, shape (n,)."""

    @cached_property
    def largest(self) -> float:
        """The greatest variance."""
        return float(self.variances.max())

    @cached_property
    def mean(self) -> float:
        """The mean variance."""
        return float(self.variances.mean())


@dataclass(frozen=True, eq=False)
class DenseRisk(_Variances):
    """A covariance matrix (n, n) of returns, of any one horizon.

    Refuses what is not symmetric or has a negative eigenvalue beyond rounding; singular is allowed.

    >>> DenseRisk(np.array([[0.04, 0.01], [0.01, 0.09]])).times(np.array([1.0, -1.0])).tolist()
    [0.03, -0.08]
    """

    covariance: FloatArray

    def __post_init__(self) -> None:
        given = self.covariance
        if given.ndim != 2 or given.shape[0] != given.shape[1] or not len(given):
            raise ValueError("risk: the covariance must be square")
        largest = float(given.diagonal().max())
        if not np.isfinite(given.sum()):
            raise ValueError("risk: every covariance must be a number")
        if not _is_symmetric(given):
            if np.abs(given - given.T).max() > _ASYMMETRY * abs(largest):
                raise ValueError("risk: the covariance must be symmetric")
            object.__setattr__(self, "covariance", (given + given.T) / 2)
        _refuse_negative(self.covariance, largest)

    @property
    def size(self) -> int:
        """n, the number of assets."""
        return len(self.covariance)

    @cached_property
    def variances(self) -> FloatArray:
        """The diagonal, shape (n,)."""
        return self.covariance.diagonal().copy()

    def dense(self) -> FloatArray:
        """The covariance, shape (n, n)."""
        return self.covariance

    def block(self, places: IntArray) -> FloatArray:
        """The covariance of the ``places`` (m,), shape (m, m)."""
        return self.covariance[places[:, None], places]

    def times(self, weights: FloatArray) -> FloatArray:
        """S x, shape (n,)."""
        return self.covariance @ weights

    def change(self, places: IntArray, change: FloatArray) -> FloatArray:
        """S x, shape (n,), of an x that is ``change`` (m,) at ``places`` (m,) and 0 elsewhere."""
        if 3 * len(places) < self.size:
            return change @ self.covariance[places]
        whole = np.zeros(self.size)
        whole[places] = change
        return self.covariance @ whole

    def work(self, m: int) -> float:
        """Multiplications of a step of m assets and of q afterwards, roughly."""
        return float(m) ** 3 + m * self.size

    def step(
        self, places: IntArray, wanted: FloatArray, total: float, scale: float, ridge: float
    ) -> tuple[FloatArray, float]:
        """The step d (m,) and nu of (scale S_FF + ridge I) d - nu = ``wanted``, sum d = ``total``.

        F are the ``places`` (m,).
        """
        m = len(places)
        system = np.empty((m + 1, m + 1))
        block = system[:m, :m]
        block[:] = self.covariance[places[:, None], places]
        block *= scale
        system.flat[: m * (m + 2) : m + 2] += ridge
        return _solved_with_budget(system, wanted, total)


@dataclass(frozen=True, eq=False)
class FactorRisk(_Variances):
    """A covariance F F' + diag(d): exposures ``factors`` F (n, k), scaled so that factors have variance 1
    and no correlation, and ``specific`` variances d (n,) >= 0.

    >>> FactorRisk(np.array([[0.2], [0.1]]), np.array([0.01, 0.0])).dense().tolist()
    [[0.05000..., 0.02...], [0.02..., 0.01...]]
    """

    factors: FloatArray
    specific: FloatArray

    def __post_init__(self) -> None:
        if self.factors.ndim != 2 or self.specific.shape != (len(self.factors),):
            raise ValueError("risk: one row of factors and one specific variance for each asset")
        if not np.isfinite(self.factors).all() or not np.isfinite(self.specific).all():
            raise ValueError("risk: every exposure and variance must be a number")
        if (self.specific < 0).any():
            raise ValueError("risk: specific variances must be 0 or more")

    @property
    def size(self) -> int:
        """n, the number of assets."""
        return len(self.specific)

    @cached_property
    def variances(self) -> FloatArray:
        """The diagonal of the covariance, shape (n,)."""
        return np.asarray((self.factors**2).sum(axis=1) + self.specific)

    def dense(self) -> FloatArray:
        """The covariance, shape (n, n)."""
        whole: FloatArray = self.factors @ self.factors.T
        whole.flat[:: self.size + 1] += self.specific
        return whole

    def block(self, places: IntArray) -> FloatArray:
        """The covariance of the ``places`` (m,), shape (m, m)."""
        factors = self.factors[places]
        found: FloatArray = factors @ factors.T
        found.flat[:: len(places) + 1] += self.specific[places]
        return found

    def times(self, weights: FloatArray) -> FloatArray:
        """S x, shape (n,)."""
        return self.factors @ (weights @ self.factors) + self.specific * weights

    def change(self, places: IntArray, change: FloatArray) -> FloatArray:
        """S x, shape (n,), of an x that is ``change`` (m,) at ``places`` (m,) and 0 elsewhere."""
        found = self.factors @ (change @ self.factors[places])
        found[places] += self.specific[places] * change
        return found

    def work(self, m: int) -> float:
        """Multiplications of a step of m assets and of q afterwards, roughly."""
        k: int = self.factors.shape[1]
        return float(m + self.size) * k * k

    def step(
        self, places: IntArray, wanted: FloatArray, total: float, scale: float, ridge: float
    ) -> tuple[FloatArray, float]:
        """The step d (m,) and nu of (scale S_FF + ridge I) d - nu = ``wanted``, sum d = ``total``.

        Few assets as a dense matrix; of many those that have a specific variance are eliminated
        (Woodbury), and what remains are the factors, the budget, and assets without one (cash).
        """
        factors, own = self.factors[places], scale * self.specific[places] + ridge
        m, k = factors.shape
        plain = own > 1e-8 * scale * self.largest
        if m <= 2 * k or not plain.any():
            system = np.empty((m + 1, m + 1))
            system[:m, :m] = scale * (factors @ factors.T)
            system.flat[: m * (m + 2) : m + 2] += own
            return _solved_with_budget(system, wanted, total)
        return _eliminated(np.sqrt(scale) * factors, own, plain, wanted, total)


Risk = DenseRisk | FactorRisk


def _solved_with_budget(
    system: FloatArray, wanted: FloatArray, total: float
) -> tuple[FloatArray, float]:
    """Step and nu where ``system`` (m + 1, m + 1) holds the curvature; its last row and column are filled."""
    m = len(wanted)
    size = float(system[m - 1, m - 1]) or 1.0  # keeps the border of the block's magnitude
    system[m, :m] = system[:m, m] = -size
    system[m, m] = 0.0
    right = np.empty(m + 1)
    level = -float(wanted[0])  # a part of nu that is known, so that less is rounded
    right[:m] = wanted + level
    right[m] = -size * total
    found = np.asarray(np.linalg.solve(system, right), dtype=np.float64)
    return found[:m], float(found[m]) * size + level


def _eliminated(
    factors: FloatArray, own: FloatArray, plain: BoolArray, wanted: FloatArray, total: float
) -> tuple[FloatArray, float]:
    """Step and nu of (A A' + diag(own)) d - nu = ``wanted``, sum d = ``total``, by elimination.

    d_P = (wanted_P + nu - A_P y) / own_P for the ``plain`` P with y = A' d; the unknowns left are y, the
    other d_Z and nu.
    """
    rest = np.flatnonzero(~plain)
    kept = np.flatnonzero(plain)
    a, z = factors[kept], factors[rest]
    k, r = a.shape[1], len(rest)
    inverse = 1.0 / own[kept]
    weighted = a * inverse[:, None]
    system = np.zeros((k + r + 1, k + r + 1))
    system[:k, :k] = a.T @ weighted
    system.flat[: k * (k + r + 2) : k + r + 2] += 1.0
    system[:k, k : k + r] = -z.T
    system[k : k + r, :k] = -z
    system[k : k + r, k : k + r] = -np.diag(own[rest])
    along = weighted.sum(axis=0)
    system[:k, -1] = system[-1, :k] = -along
    system[k : k + r, -1] = system[-1, k : k + r] = 1.0
    system[-1, -1] = inverse.sum()
    right = np.empty(k + r + 1)
    right[:k] = wanted[kept] @ weighted
    right[k : k + r] = -wanted[rest]
    right[-1] = total - float(wanted[kept] @ inverse)
    found = np.asarray(np.linalg.solve(system, right), dtype=np.float64)
    nu = float(found[-1])
    step = np.empty(len(own))
    step[kept] = inverse * (wanted[kept] + nu - a @ found[:k])
    step[rest] = found[k : k + r]
    return step, nu


def _is_symmetric(matrix: FloatArray) -> bool:
    """Whether it is, to the bit; by tiles that stay near the processor."""
    n, tile = len(matrix), 256
    for i in range(0, n, tile):
        for j in range(0, i + 1, tile):
            one, other = matrix[i : i + tile, j : j + tile], matrix[j : j + tile, i : i + tile]
            if not (one == other.T).all():
                return False
    return True


def _refuse_negative(covariance: FloatArray, largest: float) -> None:
    """Refuse a matrix with an eigenvalue below 0 by more than rounding."""
    try:
        np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        _refuse_clearly_negative(covariance, largest)


def _refuse_clearly_negative(covariance: FloatArray, largest: float) -> None:
    shifted = covariance.copy()
    shifted.flat[:: len(covariance) + 1] += _NEGATIVE * max(largest, 1e-300)
    try:
        np.linalg.cholesky(shifted)
    except np.linalg.LinAlgError:
        values = np.linalg.eigvalsh(covariance)
        if values[0] >= -_NEGATIVE * max(values[-1], 0.0):
            return
        raise InputError(
            Problem(
                Code.NOT_PSD,
                f"a covariance with an eigenvalue of {values[0]:.3g} beside one of {values[-1]:.3g}",
                "none below 0",
                "Repair the covariance first: no returns have this one.",
                argument="covariance",
            )
        ) from None
