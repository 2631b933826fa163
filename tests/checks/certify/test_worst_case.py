"""Certified bounds against the exact worst case, by mixed-integer programs solved with HiGHS.

The network has no false positives (``rate.unfolded``), so that on codes of support S it acts on
the entries of S alone. The exact largest error over all codes of S with entries in [-1, 1] is the
optimum of a mixed-integer program with two binary variables for each entry and layer. Over all
supports the programs are solved in the order of a bound of each, until none can be larger.
"""

from __future__ import annotations

import numpy as np
import pytest

from examples.certified_bounds import GAP, SPARSITY, certified, unit, worst_case
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions.frames import tight_frame
from sparsebound.theory.constructions.hadamard import hadamard
from sparsebound.theory.constructions.low_coherence import alternating_projection


def equiangular_frame() -> FloatArray:
    """Ten by sixteen: the rows of a Hadamard matrix that the frame of six by sixteen leaves."""
    H = hadamard(16)
    used = {tuple(row) for row in tight_frame(6, 16)}
    return unit(np.array([row for row in H if tuple(row) not in used]))


def compare(seed: int, layers: int) -> None:
    D = unit(alternating_projection(12, 16, seed))
    theta, bounds = certified(D, layers)
    exact = worst_case(D, theta, bounds, SPARSITY)
    assert 0 < exact * (1 - 2 * GAP) <= bounds[layers] <= exact * (1 + 2 * GAP)  # for s = 2


@pytest.mark.parametrize("seed", range(20))
def test_the_bound_is_never_below_the_exact_worst_case(seed: int) -> None:
    compare(seed, 1 + seed % 8)


@pytest.mark.nightly
@pytest.mark.parametrize("layers", range(1, 9))
@pytest.mark.parametrize("seed", range(20))
def test_the_bound_is_never_below_the_exact_worst_case_at_any_depth(seed: int, layers: int) -> None:
    compare(seed, layers)


@pytest.mark.parametrize("layers", range(1, 9))
def test_the_bound_is_tight_on_an_equiangular_frame(layers: int) -> None:
    D = equiangular_frame()  # q = 0.6: after 8 layers errors are far above HiGHS's tolerance, 1e-6
    theta, bounds = certified(D, layers)
    exact = worst_case(D, theta, bounds, SPARSITY)
    assert exact * (1 - 2 * GAP) <= bounds[layers] <= 1.05 * exact


def test_the_program_finds_what_running_the_network_finds() -> None:
    D = unit(alternating_projection(12, 16, 0))
    theta, bounds = certified(D, 3)
    exact = worst_case(D, theta, bounds, SPARSITY)
    rng, largest = np.random.default_rng(0), 0.0
    for _ in range(4000):
        x = np.zeros(16)
        x[rng.choice(16, SPARSITY, replace=False)] = rng.choice([-1, 1], SPARSITY)
        state = np.zeros(16)
        for t in theta:
            v = state + D.T @ (D @ (x - state))
            state = np.sign(v) * np.maximum(np.abs(v) - t, 0)
        assert not state[x == 0].any()
        largest = max(largest, float(np.abs(state - x).max()))
    assert 0.8 * exact <= largest <= exact


def test_the_two_closest_atoms_attain_the_bound_in_every_layer() -> None:
    """Of two entries of sizes 1 the sign is such that either shrinks the other."""
    D = unit(alternating_projection(12, 16, 0))
    theta, bounds = certified(D, 6)
    inner = D.T @ D - np.eye(16)
    i, j = np.unravel_index(np.argmax(np.abs(inner)), inner.shape)
    x, state = np.zeros(16), np.zeros(16)
    x[i], x[j] = 1, -np.sign(inner[i, j])
    for t, bound in zip(theta, bounds[1:], strict=True):
        v = state + D.T @ (D @ (x - state))
        state = np.sign(v) * np.maximum(np.abs(v) - t, 0)
        assert np.abs(state - x).max() == pytest.approx(bound, rel=1e-12)
