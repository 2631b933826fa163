"""Certified error bounds of an unfolded network: ours beside those of general verifiers.

    python examples/certified_bounds.py

The network is LISTA with ``W = D`` for a dictionary of 12 by 16, and the thresholds that
``rate.unfolded`` asks for. All columns bound the same number: the largest ``|x^K_i - x_i|`` over
all codes x with at most two nonzeros in [-1, 1], that is over 120 boxes, one for each support.

- *ours*: the recursion of ``rate.unfolded``, which knows this kind of network and no other. For
  ``s = 2`` and ``W = D`` it is attained, by the two atoms of the largest inner product;
- *exact*: mixed-integer programs, solved by HiGHS to a relative gap of 1e-4. They are about the two
  entries of a support, since the theorem says that nothing else of the network is ever nonzero;
- *IBP*, *CROWN*, *alpha-CROWN*: auto_LiRPA with its default options, which knows nothing of sparse
  coding and takes any network. The matrices of each layer are multiplied out for it, and ``soft``
  is a difference of two ReLUs. Without it, IBP is worked out in numpy.

The seconds of *ours* include what is found out about the dictionary.

auto_LiRPA needs torch: ``pip install torch``, then a checkout of
https://github.com/Verified-Intelligence/auto_LiRPA on the path of Python.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import combinations
from time import perf_counter
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions import alternating_projection
from sparsebound.theory.guarantees.profile import profile
from sparsebound.theory.guarantees.unfolded import unfolded
from sparsebound.theory.instance import Dictionary

SPARSITY = 2
LAYERS = 6
GAP = 1e-4
"""Relative gap at which HiGHS stops; its bound, not its point, is compared."""
OTHERS = {"IBP": "IBP", "CROWN": "CROWN", "alpha-CROWN": "CROWN-Optimized"}
"""What auto_LiRPA calls its methods."""


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
    """Normalise the atoms."""
    return np.asarray(D / np.linalg.norm(D, axis=0))


def certified(D: FloatArray, layers: int) -> tuple[FloatArray, FloatArray]:
    """Thresholds and bounds of as many layers as are asked for."""
    d = profile(Dictionary(D))
    found = unfolded(d, SPARSITY, amplitude=1, noise=0, tolerance=1e-9)
    return np.array(found.thresholds[:layers]), np.array(found.bounds[: layers + 1])


def boxes(n: int, s: int) -> FloatArray:
    """Upper ends of the boxes of codes, one for each support; lower ends are their negatives."""
    supports = np.array(list(combinations(range(n), s)))
    upper = np.zeros((len(supports), n))
    np.put_along_axis(upper, supports, 1.0, axis=1)
    return upper


def intervals(D: FloatArray, theta: FloatArray) -> float:
    """Interval propagation through ``x^{k+1} = soft(G x + (I - G) x^k)``, ``G = D^T D``.

    By symmetry every interval is ``[-u, u]``. The last step is the difference ``x^K - x``.
    """
    gram = np.abs(D.T @ D)
    off = np.abs(np.eye(len(gram)) - D.T @ D)
    x = boxes(len(gram), SPARSITY)
    state = np.zeros_like(x)
    for t in theta:
        state = np.maximum(x @ gram + state @ off - t, 0)
    return float((state + x).max())


def others(D: FloatArray, theta: FloatArray, method: str) -> float:
    """Bound by a method of auto_LiRPA, for all supports in one batch."""
    import torch
    from auto_LiRPA import BoundedModule, BoundedTensor, PerturbationLpNorm

    gram = torch.tensor(D.T @ D)

    class Network(torch.nn.Module):  # type: ignore[misc, unused-ignore]
        """``x^K - x`` as a function of x."""

        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("seen", gram)
            self.register_buffer("kept", torch.eye(len(gram), dtype=gram.dtype) - gram)

        def forward(self, x: Any) -> Any:
            """Run all layers."""
            state = None
            for t in theta:
                v = x @ self.seen if state is None else x @ self.seen + state @ self.kept
                state = torch.relu(v - float(t)) - torch.relu(-v - float(t))
            return state - x

    upper = torch.tensor(boxes(len(gram), SPARSITY))
    box = PerturbationLpNorm(norm=float("inf"), x_L=-upper, x_U=upper)
    middle = torch.zeros_like(upper)
    usual = torch.get_default_dtype()
    torch.set_default_dtype(gram.dtype)  # what auto_LiRPA makes itself is of this type
    try:
        network = BoundedModule(Network(), middle, verbose=False)
        low, high = network.compute_bounds(x=(BoundedTensor(middle, box),), method=method)
    finally:
        torch.set_default_dtype(usual)
    return float(torch.maximum(-low, high).max())


def there() -> bool:
    """Whether auto_LiRPA can be imported."""
    try:
        import auto_LiRPA  # noqa: F401
    except ImportError:
        return False
    return True


def timed(function: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """Give what a function returns, and the seconds that it took."""
    start = perf_counter()
    return function(*arguments), perf_counter() - start


def table(layers: int) -> list[dict[str, tuple[float, float]]]:
    """Bound and seconds of every column, for 1, ..., ``layers`` layers."""
    D = unit(alternating_projection(12, 16))
    rows = []
    for K in range(1, layers + 1):
        (theta, bounds), seconds = timed(certified, D, K)
        row = {"ours": (float(bounds[-1]), seconds)}
        row["exact"] = timed(worst_case, D, theta, bounds, SPARSITY)
        if there():
            for name, method in OTHERS.items():
                row[name] = timed(others, D, theta, method)
        else:
            row["IBP"] = timed(intervals, D, theta)
        rows.append(row)
    return rows


def main(layers: int = LAYERS) -> None:
    """Print the table."""
    rows = table(layers)
    print("layers" + "".join(f"{name:>22}" for name in rows[0]))
    for K, row in enumerate(rows, 1):
        cells = (f"{bound:.6g} ({seconds:.3f} s)" for bound, seconds in row.values())
        print(f"{K:>6}" + "".join(f"{cell:>22}" for cell in cells))
    if not there():
        print("CROWN and alpha-CROWN need auto_LiRPA: the head of this script says how to have it")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
