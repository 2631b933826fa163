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
FAR_FROM_DEPENDENT = 1e-6
"""A bound of it from which on no rounding matters."""


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
    lam[planted], signs[planted] = largest[planted], instance.signs[planted]
    active[planted] = (np.abs(correlations.mid) == largest[:, None])[planted]
    others = np.flatnonzero(~planted)
    lam[others] = [short_weight(float(size)) for size in sizes[others]]
    weights = problems.weight(lam[others], others)
    signs[others], left = _signs(gram, signals[others] @ atoms, weights)
    for code, rest, weight in zip(others, np.abs(left), weights, strict=True):
        active[code] = _active(gram, signs[code] != 0, rest, float(weight))
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
    largest = np.array([short_weight(float(size)) for size in largest_correlations(instance)])
    lam = largest[:, None] * SHARES
    weights = problems.weight(lam.T, np.arange(len(lam))).T
    every = np.repeat(targets, len(SHARES), axis=0)
    signs = _signs(gram, every, weights.ravel())[0].reshape(len(lam), len(SHARES), -1)
    return LassoPath(lam, signs != 0, signs)


def short_weight(value: float) -> float:
    """Keep 8 bits of a positive number; 1 in place of 0."""
    mantissa, exponent = np.frexp(value if value > 0 else 1.0)
    return float(np.ldexp(np.rint(mantissa * 256) / 256, exponent))


def _active(gram: FloatArray, support: Mask, sizes: FloatArray, lam: float) -> Mask:
    """The support, and all atoms that are as correlated if they are independent together."""
    tied = support | (sizes >= lam * (1 - TIE))
    values = np.linalg.eigvalsh(gram[np.ix_(tied, tied)])
    return tied if values.size and values[0] > DEPENDENT * values[-1] else support


def minimiser_signs(gram: FloatArray, targets: FloatArray, lam: FloatArray) -> FloatArray:
    """Find the signs of minimisers from Gram matrix and correlations; the last guess if stuck.

    Parameters
    ----------
    gram : ndarray, shape (n, n)
        ``D^T D``.
    targets : ndarray, shape (B, n)
        ``D^T y`` for each signal.
    lam : ndarray, shape (B,)
        Weights of the l1 norm.

    Examples
    --------
    >>> minimiser_signs(np.eye(2), np.array([[3.0, -0.5]]), np.array([1.0]))
    array([[1., 0.]])
    """
    return _signs(gram, targets, lam)[0]


def feature_signs(
    gram: FloatArray,
    targets: FloatArray,
    thresholds: FloatArray,
    signed: Mask,
    start: FloatArray | None = None,
    rounds: int | None = None,
) -> FloatArray:
    """Do the same with a weight for each entry, and entries that may have to be nonnegative.

    Parameters
    ----------
    gram, targets
        As for :func:`minimiser_signs`.
    thresholds : ndarray, shape (B, n)
        Weights of the entries' sizes.
    signed : ndarray of bool, shape (B,)
        Whether entries may be negative.
    start : ndarray, shape (B, n), optional
        Where the search begins: at 0 without it.
    rounds : int, optional
        Most steps; without, as many as any problem needs that does not go round in circles.

    Examples
    --------
    >>> signs = feature_signs(np.eye(2), np.array([[3.0, -2]]), np.ones((1, 2)), np.array([False]))
    >>> signs
    array([[1., 0.]])
    """
    return _signs(gram, targets, thresholds, signed, start, rounds)[0]


def _signs(
    gram: FloatArray,
    targets: FloatArray,
    weights: FloatArray,
    signed: Mask | None = None,
    start: FloatArray | None = None,
    rounds: int | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Signs of minimisers, or the last guesses, and what is left of the correlations."""
    points = np.zeros(targets.shape) if start is None else start.copy()
    signs = np.sign(points)
    lam = np.broadcast_to(weights if weights.ndim > 1 else weights[:, None], targets.shape)
    free = np.ones((len(targets), 1), dtype=bool) if signed is None else signed[:, None]
    open_ = np.arange(len(targets))
    for _ in range(rounds or 20 * targets.shape[1] + 20):
        if not open_.size:
            break
        effort.steps("Lasso, active set", len(open_))
        point, sign, target = points[open_], signs[open_], targets[open_]
        crossed = _towards(gram, target, lam[open_], point, sign)
        left = target - point @ gram
        pull = np.where(free[open_], np.abs(left), left)
        excess = np.where(sign == 0, pull - lam[open_], -np.inf)
        worst = excess.argmax(axis=1)
        row = np.arange(len(open_))
        more = ~crossed & (excess[row, worst] > TOLERANCE * lam[open_][row, worst])
        sign[row[more], worst[more]] = np.sign(left[row[more], worst[more]])
        points[open_], signs[open_] = point, sign
        open_ = open_[crossed | more]
    return signs, targets - points @ gram


def _towards(
    gram: FloatArray, target: FloatArray, lam: FloatArray, point: FloatArray, sign: FloatArray
) -> Mask:
    """Move points (in place) to minima within their orthants, or to where an entry vanishes.

    That entry is dropped, the first of them; the result says of which points.
    """
    sizes = (sign != 0).sum(axis=1)
    k = int(sizes.max(initial=0))
    crossed = np.zeros(len(point), dtype=bool)
    if not k:
        return crossed
    row = np.arange(len(point))[:, None]
    index = np.argsort(sign == 0, axis=1, kind="stable")[:, :k]
    used = np.arange(k) < sizes[:, None]
    inner = gram[index[:, :, None], index[:, None, :]]
    # beyond a support, one of its own diagonal entries: that lies between its eigenvalues
    if not used.all():
        inner = np.where(used[:, :, None] & used[:, None, :], inner, np.eye(k) * inner[:, :1, :1])
    start, side = np.where(used, point[row, index], 0.0), np.where(used, sign[row, index], 0.0)
    step = _steps(inner, np.where(used, target[row, index], 0.0), start, lam[row, index] * side)
    moved = start + step
    crossing = used & (moved * side <= 0)
    crossed = crossing.any(axis=1)
    shares = np.where(crossing, 0.0, np.inf)
    np.divide(np.abs(start), np.abs(step), out=shares, where=crossing & (step != 0))
    share = np.where(crossed, shares.min(axis=1), 1.0)[:, None]
    moved = np.where(crossed[:, None], start + share * step, moved)
    first = crossed[:, None] & (np.arange(k) == shares.argmin(axis=1)[:, None])
    point[row, index] = np.where(used & ~first, moved, 0.0)
    sign[row, index] = np.where(first, 0.0, side)
    return crossed


def _steps(
    inner: FloatArray, target: FloatArray, point: FloatArray, shrink: FloatArray
) -> FloatArray:
    """To minima within orthants; along a null vector that lowers the l1 norm if there is any."""
    dependent = _dependent(inner)
    some, regular = dependent.any(), inner
    if some:
        regular = np.where(dependent[:, None, None], np.eye(inner.shape[-1]), inner)
    found = np.linalg.solve(regular, (target - shrink)[..., None])[..., 0] - point
    if some:
        vectors, along = np.linalg.eigh(inner[dependent])[1][:, :, 0], shrink[dependent]
        null = np.where((vectors * along).sum(axis=1, keepdims=True) >= 0, -vectors, vectors)
        falling = null * np.sign(along) < 0
        shares = np.where(falling, np.abs(point[dependent] / np.where(falling, null, 1.0)), 0.0)
        found[dependent] = null * (2.0 * shares.max(axis=1, keepdims=True, initial=0.0) + 1.0)
    return np.asarray(found)


def _dependent(inner: FloatArray) -> Mask:
    """Which Gram matrices (N, k, k) are singular: by Gershgorin's discs where these tell."""
    own, sizes = np.diagonal(inner, axis1=1, axis2=2), np.abs(inner).sum(axis=2)
    found = np.zeros(len(inner), dtype=bool)
    far = (2 * own - sizes).min(axis=1) > FAR_FROM_DEPENDENT * sizes.max(axis=1)
    if not far.all():
        values = np.linalg.eigvalsh(inner[~far])
        found[~far] = values[:, 0] <= DEPENDENT * values[:, -1]
    return found


PROVIDERS = (
    plain("minimiser", Minimiser, minimisers, WEIGHT),
    plain("lasso_path", LassoPath, lasso_path),
)
