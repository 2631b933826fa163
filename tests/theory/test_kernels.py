"""Kernels of activations, against what very many random units compute."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest
from scipy.special import erf

from sparsebound.theory.analysis.kernels import NAMED, entrywise, kernel
from sparsebound.theory.arithmetic import Ball, Exact, FloatArray

ACTIVATIONS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "relu": lambda u: np.maximum(u, 0),
    "sign": np.sign,
    "erf": erf,
}
STEP = 1 / 32
"""Of a grid on which integrals are summed up: also how far they are off where there is a jump."""
GRID = np.arange(-6, 6, STEP) + STEP / 2


def mean_product(name: str, t: float) -> float:
    """``E f(u) f(v)`` for Gaussian ``u``, ``v`` of variance 1 and covariance ``t``."""
    u, w = np.meshgrid(GRID, GRID)
    v = t * u + sqrt(1 - t**2) * w
    weights = np.exp(-(u**2 + w**2) / 2)
    f = ACTIVATIONS[name]
    return float((f(u) * f(v) * weights).sum() / weights.sum())


@pytest.mark.parametrize("t", [-0.75, -0.25, 0.0, 0.5, 0.9])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_kernel_is_the_normalised_mean_over_random_units(name: str, t: float) -> None:
    found = float(kernel(name, [], Ball.of(1)).apply(Ball.of(t)).mid)
    assert found == pytest.approx(mean_product(name, t) / mean_product(name, 1.0), abs=STEP)


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("arithmetic", [Ball, Exact])
def test_a_kernel_is_1_at_1_and_begins_with_its_first_coefficients(
    name: str, arithmetic: type[Ball | Exact]
) -> None:
    phi = kernel(name, [], arithmetic.of(1))
    step = 2.0**-20
    near, other = (phi.apply(arithmetic.of(t)).mid for t in (step, -step))
    assert float(phi.apply(arithmetic.of(1)).mid) == pytest.approx(1)
    assert float(near + other) / 2 == pytest.approx(float(phi.first[0].mid), abs=1e-9)
    assert float(near - other) / (2 * step) == pytest.approx(float(phi.first[1].mid), abs=1e-9)


@pytest.mark.parametrize("name", NAMED)
def test_kernels_keep_gram_matrices_semidefinite(name: str) -> None:
    vectors = np.random.default_rng(0).standard_normal((3, 9))
    vectors /= np.sqrt((vectors**2).sum(axis=0))
    found = entrywise(kernel(name, [], Ball.of(1)), Ball(vectors.T @ vectors))
    assert np.linalg.eigvalsh(found.mid)[0] > 0
    assert (np.diag(found.mid) == 1).all()
