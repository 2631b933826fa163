"""Kernels whose time is watched: defined once, run by pytest-benchmark and by the gate.

A kernel is made from seeded data, outside of what is timed, and then called without arguments. The
gate takes each commit's own definition: a change of the data here reads as a change of the time.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checks.certify.atoms import Atoms
from checks.certify.blocked import profile_of
from checks.evidence import gather
from checks.oracles.composite import Lasso, optima
from checks.recipes import Codes
from checks.subjects.objectives import ista_objectives
from checks.subjects.proximal import lipschitz
from checks.subjects.thresholding import soft
from checks.subjects.unfolded import unfolded_network
from theory.catalogue import catalogue
from theory.constructions import alternating_projection
from theory.instance import Dictionary, Instance
from theory.operators import Convolution
from theory.verdict import decide

Kernel = Callable[[], object]


def _basis_pursuit() -> Kernel:
    theorem = catalogue()["uniqueness.basis_pursuit"]
    frame = alternating_projection(8, 16, seed=0, iterations=1000)
    codes = Codes(64, sparsity=2, pattern="random", amplitudes="normal", seed=1).draw(16)

    def call() -> object:
        instance = Instance(Dictionary(frame), codes)  # new: what an instance keeps is not reused
        return decide(theorem, instance, gather(theorem, instance))

    return call


def _ista() -> Kernel:
    lasso = _lasso()
    L, start = lipschitz(lasso.D), np.zeros((len(lasso.Y), lasso.D.shape[1]))
    return lambda: ista_objectives(lasso.D, lasso.Y, lasso.lam, L, start, 200)


def _optima() -> Kernel:
    lasso = _lasso()
    L = lipschitz(lasso.D)
    last = ista_objectives(lasso.D, lasso.Y, lasso.lam, L, np.zeros((64, 64)), 200).last
    return lambda: optima(lasso, last, L)


def _lasso() -> Lasso:
    rng = np.random.default_rng(0)
    D = rng.standard_normal((32, 64))
    D /= np.linalg.norm(D, axis=0)
    Y = rng.standard_normal((64, 32))
    return Lasso(D, Y, 0.2 * np.abs(Y @ D).max(axis=1))


def _unfolded() -> Kernel:
    rng = np.random.default_rng(0)
    filters = rng.standard_normal((8, 64))
    D = Convolution(filters / np.linalg.norm(filters, axis=1, keepdims=True), 1024)
    Y, thresholds = rng.standard_normal((1, D.shape[0])), np.full((1, 10), 0.1)
    return lambda: unfolded_network(D, D, Y, thresholds, soft, method="fft")


def _profile() -> Kernel:
    rows = np.random.default_rng(0).standard_normal((128, 64)).astype(np.float32)
    return lambda: profile_of(Atoms(rows, "rows", ""), kind="numpy")


KERNELS: dict[str, Callable[[], Kernel]] = {
    "certify.profile": _profile,
    "operators.unfolded": _unfolded,
    "oracles.lasso": _optima,
    "subjects.ista": _ista,
    "verdicts.basis_pursuit": _basis_pursuit,
}
"""By name, what makes the kernel."""
