"""Benchmarks: kernels that are defined once, run by pytest-benchmark and by the gate.

A kernel is made from seeded data, outside of what is timed, and then called without arguments. The
gate takes each commit's own definition: a change of the data here reads as a change of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from operator import add
from typing import Literal

import numpy as np

from sparsebound.checks.algorithms.objectives import ista_objectives
from sparsebound.checks.algorithms.proximal import lipschitz
from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.blocked import profile_of
from sparsebound.checks.evidence import gather
from sparsebound.checks.oracles.composite import optima
from sparsebound.checks.oracles.descent import Lasso
from sparsebound.checks.recipes import Codes
from sparsebound.checks.subjects.unfolded import unfolded_network
from sparsebound.reports.tally import Tally
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.constructions import alternating_projection
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.operators import Convolution
from sparsebound.theory.verdict import Verdict, decide

Kernel = Callable[[], object]


def basis_pursuit(codes: int, seed: int = 1) -> Callable[[], Verdict]:
    """Decide basis pursuit for a batch, the dictionary new each time: nothing kept is reused."""
    theorem = catalogue()["uniqueness.basis_pursuit"]
    frame = alternating_projection(8, 16, seed=0, iterations=1000)  # mu = 0.307: 2 atoms
    drawn = Codes(codes, sparsity=2, pattern="random", amplitudes="normal", seed=seed).draw(16)

    def call() -> Verdict:
        instance = Instance(Dictionary(frame), drawn)
        return decide(theorem, instance, gather(theorem, instance))

    return call


def ista(codes: int) -> Kernel:
    """Run 200 steps of ISTA with their objectives."""
    lasso = _lasso(codes)
    L, start = lipschitz(lasso.D), np.zeros((codes, 64))
    return lambda: ista_objectives(lasso.D, lasso.Y, lasso.lam, L, start, 200)


def lasso_optima(codes: int) -> Kernel:
    """Find certified optima from the last iterates of ISTA."""
    lasso = _lasso(codes)
    L = lipschitz(lasso.D)
    last = ista_objectives(lasso.D, lasso.Y, lasso.lam, L, np.zeros((codes, 64)), 200).last
    return lambda: optima(lasso, last, L)


def _lasso(codes: int) -> Lasso:
    rng = np.random.default_rng(0)
    D = rng.standard_normal((32, 64))
    D /= np.linalg.norm(D, axis=0)
    Y = rng.standard_normal((codes, 32))
    return Lasso(D, Y, 0.2 * np.abs(Y @ D).max(axis=1))


def convolution(samples: int, filters: int = 8, taps: int = 64) -> Convolution:
    """Make an operator of random unit filters."""
    drawn = np.random.default_rng(0).standard_normal((filters, taps))
    return Convolution(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), samples)


def unfolded(samples: int, method: Literal["direct", "fft"] = "fft", layers: int = 10) -> Kernel:
    """Run an unfolded convolutional network on one signal."""
    D = convolution(samples)
    Y = np.random.default_rng(1).standard_normal((1, D.shape[0]))
    thresholds = np.full((1, layers), 0.1)
    return lambda: unfolded_network(D, D, Y, thresholds, soft, method=method)


def coherence_profile(atoms: int) -> Kernel:
    """Work out coherence and Babel function of a large dictionary, by blocks."""
    rows = np.random.default_rng(0).standard_normal((atoms, 64)).astype(np.float32)
    return lambda: profile_of(Atoms(rows, "rows", ""), kind="numpy")


def tallies(shards: int) -> Kernel:
    """Add the tallies of a run's shards."""
    verdict = basis_pursuit(64)()
    shard = Tally.of("uniqueness.basis_pursuit", verdict, {"family": "planted"}, meant=True)
    return lambda: reduce(add, [shard] * shards)


KERNELS: dict[str, Callable[[], Kernel]] = {
    "certify.profile": partial(coherence_profile, 128),
    "operators.unfolded": partial(unfolded, 1024),
    "oracles.lasso": partial(lasso_optima, 64),
    "subjects.ista": partial(ista, 64),
    "verdicts.basis_pursuit": partial(basis_pursuit, 64),
}
"""By name, what makes the kernel whose time and instructions are watched."""


@dataclass(frozen=True)
class Growth:
    """A kernel at several sizes.

    Attributes
    ----------
    prepare : callable
        Makes the kernel of a size.
    sizes : tuple of int
        At least four.
    time, memory : float
        The expected exponents: those of the algorithm, without logarithms; between two where the
        sizes lie between.
    """

    prepare: Callable[[int], Kernel]
    sizes: tuple[int, ...]
    time: float
    memory: float


GROWTH: dict[str, Growth] = {
    # linear and quadratic work alike at these sizes: measured 11 us an atom, 2 ns a pair of atoms
    "certify.profile": Growth(coherence_profile, (1536, 2048, 3072, 4096), time=1.5, memory=1),
    "operators.unfolded": Growth(unfolded, (2048, 4096, 8192, 16384), time=1, memory=1),
    "oracles.lasso": Growth(lasso_optima, (64, 128, 256, 512), time=1, memory=1),
    "reports.tallies": Growth(tallies, (32, 64, 128, 256), time=1, memory=0),
    "subjects.ista": Growth(ista, (32, 64, 128, 256), time=1, memory=1),
    "verdicts.basis_pursuit": Growth(basis_pursuit, (512, 1024, 2048, 4096), time=1, memory=1),
}
"""By name, what is watched as its size grows."""


KIND = {
    "certify.profile": "pass through memory",
    "operators.unfolded": "pass through memory",
    "oracles.lasso": "matrix product",
    "subjects.ista": "matrix product",
    "verdicts.basis_pursuit": "interpreter",
}
"""Which of the kernels by which machines are calibrated each is most like."""
