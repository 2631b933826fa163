"""Certified bounds against the exact worst case, by mixed-integer programs solved with HiGHS.

The network has no false positives (``rate.unfolded``), so that on codes of support S it acts on
the entries of S alone. The exact largest error over all codes of S with entries in [-1, 1] is the
optimum of a mixed-integer program with two binary variables for each entry and layer. Over all
supports the programs are solved in the order of a bound of each, until none can be larger.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions.frames import tight_frame
from sparsebound.theory.constructions.hadamard import hadamard
from sparsebound.theory.constructions.low_coherence import alternating_projection
from sparsebound.theory.guarantees.profile import profile
from sparsebound.theory.guarantees.unfolded import unfolded
from sparsebound.theory.instance import Dictionary

SPARSITY = 2
GAP = 1e-4
"""Relative gap at which HiGHS stops; its bound, not its point, is compared."""


class Program:
    """The largest ``+-(x^K_i - x_i)`` of a network on one support, as a mixed-integer program.

    Variables: the code, then for each layer and entry the state and the binaries of its two
    sides. ``soft(v, t)`` is ``v - t`` if up, ``v + t`` if down, and 0 else.
    """

    def __init__(self, gram: FloatArray, theta: FloatArray, bounds: FloatArray) -> None:
        self.gram, self.theta, self.bounds = gram, theta, bounds
        self.s, self.layers = len(gram), len(theta)
        self.count = self.s * (1 + 3 * self.layers)
        self.rows: list[FloatArray] = []
        self.limits: list[float] = []
        for k in range(self.layers):
            for i in range(self.s):
                self._soft(k, i)

    def _state(self, k: int, i: int) -> int:
        """Index of ``x^k_i``, for ``k >= 1``."""
        return self.s + 3 * (self.s * (k - 1) + i)

    def _pre(self, k: int, i: int) -> FloatArray:
        """``v^k_i = x^k_i + <d_i, D_S (x - x^k)>`` as coefficients."""
        row = np.zeros(self.count)
        row[: self.s] += self.gram[i]
        if k > 0:
            row[self._state(k, i)] += 1
            for j in range(self.s):
                row[self._state(k, j)] -= self.gram[i, j]
        return row

    def _at_most(self, row: FloatArray, limit: float) -> None:
        self.rows.append(row)
        self.limits.append(limit)

    def _soft(self, k: int, i: int) -> None:
        t, v = float(self.theta[k]), self._pre(k, i)
        x, up, down = (np.eye(1, self.count, self._state(k + 1, i) + part)[0] for part in range(3))
        # |v| <= 1 + |error|, and |x^{k+1}| as well: what a binary switches off is no larger
        big = 2 * (1 + float(np.abs(self.gram[i]).sum()) * float(self.bounds[k]))
        self._at_most(up + down, 1)
        self._at_most(v - big * up, t)  # up where v > t
        self._at_most(-v - big * down, t)
        self._at_most(-v + big * up, big - t)  # v >= t where up
        self._at_most(v + big * down, big - t)
        self._at_most(x - v + big * up, big - t)  # x = v - t where up
        self._at_most(v - x + big * up, big + t)
        self._at_most(x - v + big * down, big + t)  # x = v + t where down
        self._at_most(v - x + big * down, big - t)
        self._at_most(x - big * (up + down), 0)  # x = 0 elsewhere
        self._at_most(-x - big * (up + down), 0)

    def largest(self, i: int) -> float:
        """Proved upper bound of ``x_i - x^K_i``, within the gap; codes are symmetric."""
        goal = np.zeros(self.count)
        goal[self._state(self.layers, i)], goal[i] = 1, -1  # minimised
        kind, low, high = np.zeros(self.count), np.full(self.count, -3.0), np.full(self.count, 3.0)
        low[: self.s], high[: self.s] = -1, 1
        for k in range(1, self.layers + 1):
            for j in range(self.s):
                at = self._state(k, j)
                kind[at + 1 : at + 3], low[at + 1 : at + 3], high[at + 1 : at + 3] = 1, 0, 1
        found = milp(
            goal,
            integrality=kind,
            bounds=Bounds(low, high),
            constraints=LinearConstraint(np.array(self.rows), -np.inf, np.array(self.limits)),
            options={"mip_rel_gap": GAP},
        )
        assert found.success, found.message
        return -float(found.mip_dual_bound)


def worst_case(D: FloatArray, theta: FloatArray, bounds: FloatArray, s: int) -> float:
    """The exact largest error of the last layer over all s-sparse codes in [-1, 1]."""
    gram = D.T @ D

    def bound(support: tuple[int, ...]) -> float:
        part = np.abs(gram[np.ix_(support, support)])
        inside = (part.sum(axis=1) - np.diag(part)).max()
        value = 1.0
        for t in theta:
            value = inside * value + float(t)
        return value

    best = 0.0
    supports = list(combinations(range(D.shape[1]), s))
    for support in sorted(supports, key=bound, reverse=True):
        if bound(support) <= best * (1 + GAP):
            break
        program = Program(gram[np.ix_(support, support)], theta, bounds)
        best = max(best, *(program.largest(i) for i in range(s)))
    return best


def unit(D: FloatArray) -> FloatArray:
    return np.asarray(D / np.linalg.norm(D, axis=0))


def certified(D: FloatArray, layers: int) -> tuple[FloatArray, FloatArray]:
    """Thresholds and bounds of as many layers as are asked for."""
    d = profile(Dictionary(D))
    found = unfolded(d, SPARSITY, amplitude=1, noise=0, tolerance=1e-9)
    return np.array(found.thresholds[:layers]), np.array(found.bounds[: layers + 1])


def equiangular_frame() -> FloatArray:
    """Ten by sixteen: the rows of a Hadamard matrix that the frame of six by sixteen leaves."""
    H = hadamard(16)
    used = {tuple(row) for row in tight_frame(6, 16)}
    return unit(np.array([row for row in H if tuple(row) not in used]))


def compare(seed: int, layers: int) -> None:
    D = unit(alternating_projection(12, 16, seed))
    theta, bounds = certified(D, layers)
    exact = worst_case(D, theta, bounds, SPARSITY)
    assert 0 < exact * (1 - 2 * GAP) <= bounds[layers]


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
