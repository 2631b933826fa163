"""Where a minimiser of the Lasso lives, by an active-set search.

Minimise ``1/2 ||y - D z||^2 + lam ||z||_1``, atoms as given. Signs are guessed, the optimality
conditions solved on the guess, entries that change sign dropped and violated atoms added (the
feature-sign search of Lee, Battle, Raina, Ng 2007); each step lowers the objective.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.checks.algorithms.proximal import WEIGHT, largest_correlations
from sparsebound.checks.oracles import effort
from sparsebound.checks.provider import plain
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.arrays import scaling
from sparsebound.theory.evidence import LassoPath, Minimiser
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import of_instance

TOLERANCE = 1e-12
"""Relative excess of a correlation over lam from which an atom is added."""

TIE = 1e-9
"""Relative distance from lam within which correlations count as equal to it."""

DEPENDENT = 1e-10
"""Smallest eigenvalue, relative to the largest, of atoms that count as independent."""


LARGEST_WEIGHT = 2.0**400
"""A weight above which the minimiser of scaled data is 0."""


@dataclass(frozen=True)
class Scaled:
    """A Lasso for each signal, times powers of two, mostly 1, so that squares fit.

    Attributes
    ----------
    atoms, signals : ndarray, shape (m, n) and (B, m)
        ``2^a D``, and ``2^b y``: inner products are ``2^(a+b)`` times as large.
    a : int
    b : ndarray of int, shape (B,)
        The powers.
    """

    atoms: FloatArray
    signals: FloatArray
    a: int
    b: IntArray

    def weight(self, lam: Any, code: Any = np.s_[:]) -> Any:
        """``2^(a+b) lam``, or a weight that is as good: larger than any inner product."""
        with np.errstate(over="ignore", under="ignore"):
            return np.minimum(np.ldexp(lam, self.a + self.b[code]), LARGEST_WEIGHT)


@of_instance
def scaled(instance: Instance) -> Scaled:
    """Scale the problems of an instance.

    Examples
    --------
    >>> found = scaled(Instance([[2.0**-600]], [[1.0]]))
    >>> found.atoms, found.signals, found.weight(2.0**-1200)
    (array([[1.]]), array([[1.]]), array([1.]))
    """
    D, Y = instance.D.data, instance.Y.mid
    a, b = int(scaling(np.abs(D).max())), scaling(np.abs(Y).max(axis=1, initial=0.0))
    with np.errstate(under="ignore"):
        return Scaled(np.ldexp(D, a) if a else D, np.ldexp(Y, b[:, None]), a, b)


def minimisers(given: Posed) -> Minimiser:
    r"""Choose ``lam`` for each signal and find the support of a minimiser.

    Where the planted code is a minimiser for ``lam = max |<d_j, e>|``, exactly, that one is
    taken, and all atoms that attain the maximum are active. Elsewhere ``lam`` is
    ``max |<d_j, y>|`` times the weight that the settings name.

    Parameters
    ----------
    given : Experiment or Instance
        B signals.

    Returns
    -------
    Minimiser
        A guess, where the search does not end; what it proves is worked out elsewhere.

    Examples
    --------
    >>> found = minimisers(Instance([[1, 1]], [[2, 0]], E=[[1]]))
    >>> found.lam, found.support, found.active
    (array([1.]), array([[ True, False]]), array([[ True,  True]]))
    """
    experiment = posed(given)
    instance = experiment.codes
    batch, n = instance.X.shape
    lam, signs = np.ones(batch), np.zeros((batch, n))
    active = np.zeros((batch, n), dtype=bool)
    correlations = instance.lift(instance.E) @ instance.D.atoms
    exact = ~correlations.rad.any(axis=1)
    largest = np.abs(correlations.mid).max(axis=1)
    planted = exact & (largest > 0)
    planted &= ((correlations.mid == largest[:, None] * instance.signs) | ~instance.support).all(
        axis=1
    )
    problems = scaled(instance)
    atoms, signals = problems.atoms, problems.signals
    gram, sizes = atoms.T @ atoms, largest_correlations(instance) * WEIGHT.of(experiment)
    for code in range(batch):
        if planted[code]:
            lam[code], signs[code] = largest[code], instance.signs[code]
            active[code] = np.abs(correlations.mid[code]) == largest[code]
            continue
        target = signals[code] @ atoms
        lam[code] = _short(float(sizes[code]))
        weight = float(problems.weight(lam[code], code))
        signs[code], correlations_left = _signs(gram, target, weight)
        active[code] = _active(gram, signs[code] != 0, np.abs(correlations_left), weight)
    return Minimiser(lam, signs != 0, signs, active)


SHARES = tuple(2.0**-k for k in range(4, 0, -1))
"""Weights of a path, relative to the one above which the minimiser is 0."""


def lasso_path(given: Posed) -> LassoPath:
    """Find the supports of minimisers for four weights, each twice the one before.

    The largest is half of the weight above which the minimiser is 0.

    Examples
    --------
    >>> found = lasso_path(Instance([[1]], [[4]]))
    >>> found.lam
    array([[0.25, 0.5 , 1.  , 2.  ]])
    """
    instance = posed(given).codes
    problems = scaled(instance)
    targets, gram = problems.signals @ problems.atoms, problems.atoms.T @ problems.atoms
    largest = np.array([_short(float(size)) for size in largest_correlations(instance)])
    lam = largest[:, None] * SHARES
    signs = np.array(
        [
            [_signs(gram, target, float(weight))[0] for weight in problems.weight(lam[code], code)]
            for code, target in enumerate(targets)
        ]
    ).reshape(len(lam), len(SHARES), -1)
    return LassoPath(lam, signs != 0, signs)


def _short(value: float) -> float:
    """Keep 8 bits of a positive number; 1 in place of 0."""
    mantissa, exponent = np.frexp(value if value > 0 else 1.0)
    return float(np.ldexp(np.rint(mantissa * 256) / 256, exponent))


def _active(gram: FloatArray, support: Mask, sizes: FloatArray, lam: float) -> Mask:
    """The support, and all atoms that are as correlated if they are independent together."""
    tied = support | (sizes >= lam * (1 - TIE))
    values = np.linalg.eigvalsh(gram[np.ix_(tied, tied)])
    return tied if values.size and values[0] > DEPENDENT * values[-1] else support


def minimiser_signs(gram: FloatArray, target: FloatArray, lam: float) -> FloatArray:
    """Find the signs of a minimiser from Gram matrix and correlations; the last guess if stuck.

    Parameters
    ----------
    gram : ndarray, shape (n, n)
        ``D^T D``.
    target : ndarray, shape (n,)
        ``D^T y``.
    lam : float
        Weight of the l1 norm.

    Examples
    --------
    >>> minimiser_signs(np.eye(2), np.array([3.0, -0.5]), 1.0)
    array([1., 0.])
    """
    return _signs(gram, target, lam)[0]


def _signs(gram: FloatArray, target: FloatArray, lam: float) -> tuple[FloatArray, FloatArray]:
    """Signs of a minimiser, or the last guess, and what is left of the correlations."""
    n = len(target)
    point, signs = np.zeros(n), np.zeros(n)
    for _ in range(20 * n + 20):
        effort.steps("Lasso, active set", 1)
        used = np.flatnonzero(signs)
        if used.size:
            step = _step(gram[np.ix_(used, used)], target[used], point[used], lam * signs[used])
            moved = point[used] + step
            crossing = np.flatnonzero(moved * signs[used] <= 0)
            if crossing.size:  # stop where the first entry vanishes, and drop it
                sizes = np.abs(point[used[crossing]])
                with np.errstate(divide="ignore", invalid="ignore"):
                    shares = np.nan_to_num(sizes / np.abs(step[crossing]), nan=0.0)
                first = crossing[np.argmin(shares)]
                point[used] += shares.min() * step
                point[used[first]] = signs[used[first]] = 0.0
                continue
            point[used] = moved
        correlations = target - gram @ point
        excess = np.where(signs == 0, np.abs(correlations) - lam, -np.inf)
        worst = int(np.argmax(excess))
        if excess[worst] <= TOLERANCE * lam:
            break
        signs[worst] = np.sign(correlations[worst])
    return signs, target - gram @ point


def _step(
    gram: FloatArray, target: FloatArray, point: FloatArray, shrink: FloatArray
) -> FloatArray:
    """To the minimum within an orthant; along a null vector that lowers the l1 norm if any."""
    values, vectors = np.linalg.eigh(gram)
    if values[0] > DEPENDENT * values[-1]:
        return np.asarray(np.linalg.solve(gram, target - shrink) - point)
    null = vectors[:, 0] * -(np.sign(vectors[:, 0] @ shrink) or 1.0)
    falling = null * np.sign(shrink) < 0
    reach = np.abs(point[falling] / null[falling]).max(initial=0.0)
    return np.asarray(null * (2.0 * reach + 1.0))


PROVIDERS = (
    plain("minimiser", Minimiser, minimisers, WEIGHT),
    plain("lasso_path", LassoPath, lasso_path),
)
