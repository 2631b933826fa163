"""ISTA, FISTA and other momenta, a batch of signals at a time, in float64 or float32."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sparsebound.checks.provider import Setting, choice, number_of_steps
from sparsebound.theory.analysis.floating_point import FLOAT64, extents, gradient_step
from sparsebound.theory.analysis.spectrum import spectrum
from sparsebound.theory.arithmetic import Ball, FloatArray
from sparsebound.theory.evidence import MomentumRun, Trajectory
from sparsebound.theory.experiment import Experiment, Posed, of_experiment, posed
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.memo import of_dictionary

STEPS = 12
"""Steps of a run that theorems are checked on."""
GROWTH = 2.0**20
"""How much larger than the start and the signals iterates are expected to be, at most."""
SHORT = 64
"""Most atoms for which thresholds are repeated for every entry."""

WEIGHT = choice("weight", 0.5, 0.25, 0.125, 0.0625)
"""Weight of the l1 norm, relative to that from which on the minimiser is 0."""
START = choice("start", 0, 1, -2)
"""The first point of a run: so many times the planted code."""
DTYPE = choice("dtype", "float64", "float64", "float64", "float32")
"""The floating-point type of a run; float64 where numbers might leave the range of float32."""
RUN_LENGTH = number_of_steps(STEPS)
"""How many steps a run has."""
LASSO: tuple[Setting, ...] = (WEIGHT, START)
"""What determines :func:`problem`."""
MOMENTUM = choice(
    "momentum",
    "none",
    "(j-1)/(j+2)",
    "(j-1)/(j+4)",
    "(j-1)/(j+6)",
    "FISTA",
    "half of FISTA",
)
"""What is made again of the last move, ``beta_{j+1}``."""


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


@of_experiment
def problem(experiment: Experiment) -> Problem:
    """Take the weight, the step and the start that the settings name.

    Where no signal correlates with any atom, every weight has the minimiser 0, and L/2 is taken.
    The step is 1/L for a bound L of ``||D||_2^2``, unless a setting ``L`` names another one.

    Examples
    --------
    >>> problem(Experiment(Instance([[1]], [[3]]), {"start": 1, "L": 2.0}))
    Problem(lam=array([1.5]), L=2.0, start=array([[3.]]))
    """
    instance = experiment.codes
    L = float(experiment.get("L", lipschitz(instance.D)))
    largest = largest_correlations(instance) * WEIGHT.of(experiment)
    lam = np.array([_short(value) if value > 0 else L / 2 for value in largest])
    start = instance.X * float(START.of(experiment)) + 0.0  # no -0.0
    return Problem(np.minimum(lam, FLOAT64.largest), L, start)


def largest_correlations(instance: Instance) -> FloatArray:
    """``max_j |<d_j, y>|`` for each signal, shape (B,); 0 where float64 does not tell it from 0.

    Examples
    --------
    >>> largest_correlations(Instance([[1, 0], [0, 2]], [[0, 0], [3, -4]]))
    array([ 0., 16.])
    """
    found = instance.Y @ instance.D.atoms
    sizes = np.abs(found.mid)
    return np.where(sizes > found.rad, sizes, 0.0).max(axis=1)


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
    """Keep 8 bits: the last ones of a correlation may differ from machine to machine."""
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


def fista_momentum(steps: int) -> FloatArray:
    """``beta_1 = 0``, ``beta_{k+1} = (t_k - 1)/t_{k+1}``: that of Beck and Teboulle.

    Examples
    --------
    >>> fista_momentum(3).round(3)
    array([0.   , 0.   , 0.282])
    """
    beta, t = np.zeros(steps), 1.0
    for k in range(1, steps):
        following = (1 + np.sqrt(1 + 4 * t * t)) / 2
        beta[k] = (t - 1) / following
        t = following
    return beta


def momentum_of(experiment: Experiment, steps: int = STEPS) -> FloatArray:
    """Take the momentum that a setting names, or that a setting ``beta`` lists.

    Examples
    --------
    >>> momentum_of(Experiment(Instance([[1]], [[3]]), {"momentum": "(j-1)/(j+2)"}), 4)
    array([0. , 0. , 0.25, 0.4 ])
    """
    listed = experiment.get("beta", None)
    if listed is not None:
        return np.asarray(listed, dtype=np.float64)
    name, j = MOMENTUM.of(experiment), np.arange(steps)
    if name.endswith("FISTA"):
        return fista_momentum(steps) * (0.5 if name.startswith("half") else 1.0)
    if name == "none":
        return np.zeros(steps)
    return np.maximum(j - 1, 0) / (j + int(name[-2]))


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
    return with_momentum(D, Y, lam, L, start, fista_momentum(steps), dtype)


def with_momentum(
    D: FloatArray,
    Y: FloatArray,
    lam: FloatArray,
    L: float,
    start: FloatArray,
    beta: FloatArray,
    dtype: DTypeLike = float,
) -> MomentumRun:
    """Run ISTA from ``x^{j-1} + beta_j (x^{j-1} - x^{j-2})``, a step for each entry of ``beta``.

    Other parameters are those of :func:`ista`.

    Examples
    --------
    >>> D, Y, start = np.eye(1), np.array([[3.0]]), np.zeros((1, 1))
    >>> with_momentum(D, Y, np.ones(1), 2.0, start, np.array([0, 0.5])).points[0, :, 0]
    array([0.  , 1.  , 1.75])
    """
    method = Steps(D, Y, lam, L, dtype)
    points = np.empty((len(Y), len(beta) + 1, D.shape[1]), dtype)
    points[:, 0] = start
    for k, weight in enumerate(beta.astype(dtype), start=1):
        last = points[:, k - 1]
        v = last + weight * (last - points[:, max(k - 2, 0)])
        x = np.empty_like(v)
        method.gradient_step(v, x)
        method.shrink(x, x)
        points[:, k] = x
    return MomentumRun(points, lam, np.full(len(Y), float(L)), beta)


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


def ista_run(given: Posed) -> Trajectory:
    """ISTA on :func:`problem`, in the type of floats that the settings name if it fits."""
    experiment, chosen = posed(given), problem(given)
    instance, dtype = experiment.codes, DTYPE.of(experiment)
    dtype = dtype if dtype == "float64" or fits(instance, chosen, dtype) else "float64"
    given_to = instance.D.data, instance.Y.mid, chosen.lam, chosen.L, chosen.start
    return ista(*given_to, RUN_LENGTH.of(experiment), dtype)


def fista_run(given: Posed) -> Trajectory:
    """FISTA on :func:`problem`, in float64."""
    experiment, chosen = posed(given), problem(given)
    instance, number = experiment.codes, RUN_LENGTH.of(experiment)
    return fista(instance.D.data, instance.Y.mid, chosen.lam, chosen.L, chosen.start, number)


def momentum_run(given: Posed) -> MomentumRun:
    """The momentum of :func:`momentum_of` on :func:`problem`, in float64."""
    experiment, chosen = posed(given), problem(given)
    instance = experiment.codes
    beta = momentum_of(experiment, RUN_LENGTH.of(experiment))
    return with_momentum(instance.D.data, instance.Y.mid, chosen.lam, chosen.L, chosen.start, beta)
