r"""The objective along a run of ISTA, without the run: memory does not grow with the iterates.

Late in a run most entries of a sparse code are 0 and stay 0, and need not be computed. The inner
product of a unit atom with the residual changes by at most ``||D (x_{k+i} - x_k)||`` in i steps, so
where it was below lam by more than that, the entry is 0 in the next iterate, too. So a few steps at
a time are done on the other atoms of each signal alone, and are kept as far as that bound allows.
The iterates are those of ISTA all the same, up to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.checks.algorithms.proximal import Steps
from sparsebound.theory.analysis.floating_point import FLOAT64
from sparsebound.theory.arithmetic import FloatArray, IntArray

BLOCK = 2**14
"""Numbers in a block of iterates whose objective is computed at once."""
AHEAD = 16
"""Steps that are done at a time on a part of the atoms."""
SHARE = 10
"""That part is at most one in so many."""
TRIED = 8
"""One in so many steps asks whether so few atoms are enough."""


@dataclass(frozen=True)
class Objectives:
    """The objective along a run of ISTA, without the run.

    Attributes
    ----------
    values : ndarray, shape (B, K)
        ``F(x_k)`` for k = 1..K, as computed.
    last : ndarray, shape (B, n)
        The last iterate.
    allowance : ndarray, shape (B, K)
        How far rounding, of the values and of the run, may have moved them at most.
    """

    values: FloatArray
    last: FloatArray
    allowance: FloatArray


def ista_objectives(
    D: FloatArray, Y: FloatArray, lam: FloatArray, L: float, start: FloatArray, steps: int
) -> Objectives:
    """Run ISTA in float64 and keep the objective alone; memory does not grow with the iterates.

    Parameters are those of :func:`ista`.

    Examples
    --------
    >>> D, Y = np.eye(1), np.array([[3.0]])
    >>> ista_objectives(D, Y, np.ones(1), 2.0, np.zeros((1, 1)), 2).values
    array([[3. , 2.625]])
    """
    method = Steps(D, Y, lam, L)
    sums = _by_gram_matrix if method.gram else _by_atoms
    fits, sizes, last = sums(method, start, steps)
    sizes[0] = np.abs(start).sum(axis=1) * method.threshold[:, 0]
    values = (fits / 2 + L * sizes).T[:, 1:]
    terms = D.shape[0] + 2 * D.shape[1] + 16
    allowance = _allowance(D, Y, lam, L, sizes / method.threshold[:, 0], terms)
    return Objectives(values, last, allowance.T)


def _by_atoms(
    method: Steps, start: FloatArray, steps: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """``||D x_k - y||^2`` and ``||x_k||_1 lam/L`` for k = 0..K, shape (K + 1, B); and ``x_K``.

    The l1 norm is a product: what the threshold takes off an entry that is not zero is lam/L, with
    its sign.
    """
    fits, sizes = np.empty((steps + 1, len(start))), np.empty((steps + 1, len(start)))
    norms = np.linalg.norm(method.atoms, axis=0)
    x, v = start.copy(), np.empty_like(start)
    last, k, taken = np.zeros_like(method.residual), 0, 1
    while True:
        method.gradient_step(x, v)
        np.vecdot(method.residual, method.residual, out=fits[k])
        if k == steps:
            return fits, sizes, x
        np.subtract(method.residual, last, out=last)
        reach = AHEAD / max(taken, 2) * np.sqrt(np.vecdot(last, last))
        last[:] = method.residual
        few = taken > 1 or k % TRIED == 0
        index = _within(reach, method, x, v, norms) if few else None
        if index is None:
            method.shrink(v, x)
            np.vecdot(x, method.clipped, out=sizes[k + 1])
            taken = 1
        else:
            later = slice(k + 1, k + 1 + min(AHEAD, steps - k))
            taken = _go_ahead(index, reach, method, x, v, fits[later], sizes[later])
        k += taken


def _within(
    reach: FloatArray, method: Steps, x: FloatArray, v: FloatArray, norms: FloatArray
) -> IntArray | None:
    """For each signal, the atoms that count while the residual moves by ``reach``, if few do.

    Indices of shape (B, s); each signal has as many as the one that needs most.
    """
    needed = np.abs(v - x) * method.L + reach[:, None] * norms >= method.lam[:, None]
    needed |= x != 0
    count = int(needed.sum(axis=1).max())
    if count * SHARE > x.shape[1]:
        return None
    return np.argsort(~needed, axis=1, kind="stable")[:, : max(count, 1)]


def _go_ahead(
    index: IntArray,
    reach: FloatArray,
    method: Steps,
    x: FloatArray,
    v: FloatArray,
    fits: FloatArray,
    sizes: FloatArray,
) -> int:
    """Do steps from ``x``, whose gradient step is ``v``, on some atoms of each signal.

    Fills in what :func:`_by_atoms` gives for each step, moves ``x``, and returns the number of
    steps that are those of ISTA: as far as the residual moved by at most ``reach``, and one more.
    """
    atoms = method.transposed[index]
    steps, (batch, count) = len(fits), index.shape
    matrix = np.eye(count) - atoms @ atoms.swapaxes(1, 2) / method.L
    points, clipped = np.empty((steps + 1, batch, count)), np.empty((steps, batch, count))
    points[0] = np.take_along_axis(x, index, axis=1)
    first = np.take_along_axis(v, index, axis=1)
    stepped = first[:, :, None].copy()
    moved = np.empty_like(stepped)
    for k in range(steps):
        np.minimum(stepped[:, :, 0], method.threshold, out=clipped[k])
        np.maximum(clipped[k], -method.threshold, out=clipped[k])
        np.subtract(stepped[:, :, 0], clipped[k], out=points[k + 1])
        np.subtract(points[k + 1], points[0], out=moved[:, :, 0])
        np.matmul(matrix, moved, out=stepped)
        stepped[:, :, 0] += first
    residuals = (points[1:] - points[0]).swapaxes(0, 1) @ atoms
    far = (np.sqrt(np.vecdot(residuals, residuals)) > reach[:, None]).any(axis=0)
    taken = int(np.argmax(far)) + 1 if far.any() else steps
    residuals += method.residual[:, None]
    fits[:] = np.vecdot(residuals, residuals).T
    np.vecdot(points[1:], clipped, out=sizes)
    x[:] = 0.0
    np.put_along_axis(x, index, points[taken], axis=1)
    return taken


def _by_gram_matrix(
    method: Steps, start: FloatArray, steps: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Do the same without residuals, a block of iterates at a time: steps are short here.

    With ``M = I - D^T D/L`` and ``o = D^T y/L``, a step is what clipping ``z = x M`` to
    ``[-lam/L - o, lam/L - o]`` takes off z, and ``||D x - y||^2 = ||y||^2 + L <x, x - z - 2 o>``.
    """
    fits, sizes = np.empty((steps + 1, len(start))), np.empty((steps + 1, len(start)))
    lower, upper = -method.threshold - method.offset, method.threshold - method.offset
    length = min(steps + 1, max(1, BLOCK // start.size))
    points, stepped, clipped = (np.empty((length + 1, *start.shape)) for _ in range(3))
    points[0] = start
    for first in range(0, steps + 1, length):
        count = min(length, steps + 1 - first)
        moved = min(count, steps - first)
        block = points[:count]
        for x, z, clip, following in zip(block, stepped, clipped, points[1:], strict=False):
            np.dot(x, method.matrix, out=z)
            np.minimum(z, upper, out=clip)
            np.maximum(clip, lower, out=clip)
            np.subtract(z, clip, out=following)
        inner = np.vecdot(points[: count + 1], method.offset)
        np.subtract(block, stepped[:count], out=stepped[:count])
        fit = np.vecdot(block, stepped[:count], out=fits[first : first + count])
        fit -= 2 * inner[:count]
        size = sizes[first + 1 : first + 1 + moved]
        np.vecdot(points[1 : moved + 1], clipped[:moved], out=size)
        size += inner[1 : moved + 1]
        last = points[moved].copy()
        points[0] = points[count]
    return method.L * fits + np.vecdot(method.signals, method.signals), sizes, last


def _allowance(
    D: FloatArray, Y: FloatArray, lam: FloatArray, L: float, sizes: FloatArray, terms: int
) -> FloatArray:
    """``g Delta_k`` for the run, and the forward error of the values, shape (K, B).

    With ``M`` the largest ``||x_k||_1``, which bounds the other norms: inner products are wrong by
    ``gamma`` times those of absolute values, so a step by at most ``e = gamma (2 M + (||D||_F^2 M +
    ||D||_F ||y||)/L + sqrt(n) lam/L)``, the drift is at most k e, and a subgradient at most
    ``||D||_F (||D||_F M + ||y||) + sqrt(n) lam``. What is lost below the range in one of fewer than
    ``2 (m + n) + terms`` operations is multiplied by what comes after: by less than
    ``(1 + 1/L) (1 + sqrt(m n) ||D||_F) (1 + M)`` in an entry of a step, and by less than
    ``(1 + L) (1 + sqrt(m n) ||D||_F) (1 + M + ||y||)^2`` in a value.
    """
    (m, n), frobenius = D.shape, np.linalg.norm(D)
    largest, signals = sizes.max(axis=0), np.linalg.norm(Y, axis=1)
    pull = frobenius * (frobenius * largest + signals) + np.sqrt(n) * lam
    value = (frobenius * largest + signals) ** 2 + (L * largest + lam) * largest
    lost = (2 * (m + n) + terms) * (1 + np.sqrt(m * n) * frobenius)
    stepped = np.sqrt(n) * lost * (1 + 1 / L) * (1 + largest + signals)
    error = FLOAT64.error(terms, 2 * largest + pull / L, stepped)
    summed = lost * (1 + L) * (1 + largest + signals) ** 2
    k = np.arange(1, len(sizes))[:, None]
    return np.asarray(k * error * pull + 2 * FLOAT64.error(terms, value, summed))
