"""ISTA and FISTA, a batch of signals at a time, in float64 or float32."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sparsebound.checks.oracles.lasso import data_numbers, largest_correlations
from sparsebound.theory.analysis.descent import spectrum
from sparsebound.theory.analysis.floating_point import FLOAT64, extents, gradient_step
from sparsebound.theory.arithmetic import Ball, FloatArray
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.memo import of_dictionary, of_instance

STEPS = 12
"""Steps of a run that theorems are checked on."""
GROWTH = 2.0**20
"""How much larger than the start and the signals iterates are expected to be, at most."""
SHORT = 64
"""Most atoms for which thresholds are repeated for every entry."""


@dataclass(frozen=True)
class Problem:
    """A Lasso for each signal, and where to start.

    Attributes
    ----------
    lam : ndarray, shape (B,)
        Weights.
    L : float
        A bound of ``||D||_2^2``; proved, not estimated.
    start : ndarray, shape (B, n)
        The first points.
    """

    lam: FloatArray
    L: float
    start: FloatArray


@of_instance
def problem(instance: Instance) -> Problem:
    """Choose a weight, a step and a start for each signal, by the data alone.

    The weight is ``max |<d_j, y>|`` times 1/2, 1/4, 1/8 or 1/16, the start 0, the planted code or
    -2 times it. Where the noise cancels the signal, the start is the planted code, and the weight
    L/2: every weight has the minimiser 0 there.

    Examples
    --------
    >>> problem(Instance([[1]], [[3]], W=[[0.5]]))
    Problem(lam=array([1.5]), L=2.0, start=array([[3.]]))
    """
    largest, numbers, L = largest_correlations(instance), data_numbers(instance), step(instance)
    lam, start = np.full(len(instance), L / 2), np.array(instance.X)
    for code in np.flatnonzero(largest > 0):
        number = numbers[code]
        lam[code] = _short(largest[code] * 2.0 ** -(1 + number % 4))
        start[code] *= (0, 1, -2)[number // 4 % 3]
    return Problem(np.minimum(lam, FLOAT64.largest), L, start)


def step(instance: Instance) -> float:
    """Inverse of the step: L where the weights are ``D/L`` and that is short enough, or a bound."""
    D, W = instance.D.data, instance.W
    place = np.unravel_index(np.argmax(np.abs(D)), D.shape)
    bound = lipschitz(instance.D)
    if isinstance(W, np.ndarray) and W[place] / D[place] > 0:
        L = float(D[place] / W[place])
        upper = float(Ball.of(spectrum(instance.D).max(-1)).upper)
        if L >= upper and (W * L == D).all():
            return L
    return bound


@of_dictionary
def lipschitz(D: Dictionary) -> float:
    """Bound ``||D||_2^2`` by a number of 8 bits, with room for rounding.

    Examples
    --------
    >>> lipschitz([[1, 0], [0, 2]])
    4.03125
    """
    upper = float(Ball.of(spectrum(D).max(-1)).upper)
    mantissa, exponent = np.frexp(upper)
    return float(np.ldexp((np.floor(mantissa * 256) + 1) / 256, exponent))


def _short(value: float) -> float:
    """Keep 8 bits."""
    mantissa, exponent = np.frexp(value)
    return float(np.ldexp(np.rint(mantissa * 256) / 256, exponent))


class Steps:
    """Steps of the proximal gradient method, in buffers of their own.

    Parameters
    ----------
    D : ndarray, shape (m, n)
        The atoms.
    Y : ndarray, shape (B, m)
        The signals.
    lam : ndarray, shape (B,)
        Weights.
    L : float
        Inverse step.
    dtype : dtype
        Precision of everything.

    Notes
    -----
    With ``n <= 2 m`` a step is one product with ``I - D^T D/L``, otherwise two with ``D``.
    """

    def __init__(
        self, D: FloatArray, Y: FloatArray, lam: FloatArray, L: float, dtype: DTypeLike = float
    ) -> None:
        m, n = D.shape
        self.gram = n <= 2 * m
        self.atoms = D.astype(dtype)
        self.transposed = np.ascontiguousarray(self.atoms.T)
        self.signals = Y.astype(dtype)
        self.lam = lam.astype(dtype)
        self.L = self.atoms.dtype.type(L)
        self.scaled = self.atoms / self.L
        self.threshold = (self.lam / self.L)[:, None]
        # short rows: an array of the full shape is quicker than many short inner loops
        self.upper = np.repeat(self.threshold, n, axis=1) if n <= SHORT else self.threshold
        self.lower = -self.upper
        if self.gram:
            self.matrix = np.eye(n, dtype=dtype) - self.transposed @ self.scaled
            self.offset = self.signals @ self.scaled
        self.residual = np.empty((len(Y), m), dtype)
        self.clipped = np.empty((len(Y), n), dtype)

    def gradient_step(self, x: NDArray[Any], out: NDArray[Any]) -> None:
        """``x + D^T (y - D x)/L``; leaves ``D x - y`` in ``residual`` unless by the Gram matrix."""
        if self.gram:
            np.dot(x, self.matrix, out=out)
            np.add(out, self.offset, out=out)
        else:
            np.matmul(x, self.transposed, out=self.residual)
            np.subtract(self.residual, self.signals, out=self.residual)
            np.matmul(self.residual, self.scaled, out=out)
            np.subtract(x, out, out=out)

    def shrink(self, v: NDArray[Any], out: NDArray[Any]) -> None:
        """Soft thresholding; ``out`` may be ``v``."""
        np.minimum(v, self.upper, out=self.clipped)
        np.maximum(self.clipped, self.lower, out=self.clipped)
        np.subtract(v, self.clipped, out=out)


def ista(
    D: FloatArray,
    Y: FloatArray,
    lam: FloatArray,
    L: float,
    start: FloatArray,
    steps: int = STEPS,
    dtype: DTypeLike = float,
) -> Trajectory:
    """Run ISTA, ``x -> soft(x + D^T (y - D x)/L, lam/L)``, and keep every iterate.

    Parameters
    ----------
    D, Y, lam, L
        As for :class:`Steps`.
    start : ndarray, shape (B, n)
        The first points.
    steps : int
        How many.
    dtype : dtype
        float64 or float32.

    Examples
    --------
    >>> ista(np.eye(1), np.array([[3.0]]), np.ones(1), 2.0, np.zeros((1, 1)), 2).points[0, :, 0]
    array([0. , 1. , 1.5])
    """
    method = Steps(D, Y, lam, L, dtype)
    points = np.empty((len(Y), steps + 1, D.shape[1]), dtype)
    points[:, 0] = start
    x = points[:, 0].copy()
    for k in range(1, steps + 1):
        v = np.empty_like(x)
        method.gradient_step(x, v)
        method.shrink(v, x)
        points[:, k] = x
    return Trajectory(points, lam, np.full(len(Y), float(L)))


def fista(
    D: FloatArray,
    Y: FloatArray,
    lam: FloatArray,
    L: float,
    start: FloatArray,
    steps: int = STEPS,
    dtype: DTypeLike = float,
) -> Trajectory:
    """Run FISTA, with the momentum of Beck and Teboulle, and keep every iterate.

    Parameters are those of :func:`ista`.

    Examples
    --------
    >>> fista(np.eye(1), np.array([[3.0]]), np.ones(1), 2.0, np.zeros((1, 1)), 2).points[0, :, 0]
    array([0. , 1. , 1.5])
    """
    method = Steps(D, Y, lam, L, dtype)
    points = np.empty((len(Y), steps + 1, D.shape[1]), dtype)
    points[:, 0] = start
    v, t = points[:, 0].copy(), 1.0
    for k in range(1, steps + 1):
        x = np.empty_like(v)
        method.gradient_step(v, x)
        method.shrink(x, x)
        points[:, k] = x
        following = (1 + np.sqrt(1 + 4 * t * t)) / 2
        v = x + points.dtype.type((t - 1) / following) * (x - points[:, k - 1])
        t = following
    return Trajectory(points, lam, np.full(len(Y), float(L)))


def fits(instance: Instance, chosen: Problem, dtype: DTypeLike) -> bool:
    """Whether a run stays in the range of a type, should its points grow by ``GROWTH``.

    Examples
    --------
    >>> [fits(one, problem(one), np.float32) for one in (Instance([[1]], [[s]]) for s in (1, 1e35))]
    [True, False]
    """
    sizes, signals = (GROWTH * np.abs(values) for values in (chosen.start, instance.Y.mid))
    allowed = gradient_step(
        dtype,
        np.abs(instance.D.data),
        extents(instance.D),
        sizes[:, None],
        signals,
        chosen.lam,
        np.full(len(signals), chosen.L),
        roundings=1,
        checked=1,
    )
    return bool(allowed.known.all())


def ista_run(instance: Instance) -> Trajectory:
    """ISTA on :func:`problem`; one dictionary in four is done in float32, if that is possible."""
    chosen = problem(instance)
    single = zlib.crc32(instance.D.data.tobytes()) % 4 == 0 and fits(instance, chosen, np.float32)
    dtype = np.float32 if single else np.float64
    return ista(instance.D.data, instance.Y.mid, chosen.lam, chosen.L, chosen.start, dtype=dtype)


def fista_run(instance: Instance) -> Trajectory:
    """FISTA on :func:`problem`, in float64."""
    chosen = problem(instance)
    return fista(instance.D.data, instance.Y.mid, chosen.lam, chosen.L, chosen.start)
