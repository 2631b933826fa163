"""Unfolded networks, run exactly on the codes on which they err most.

``unfolded`` is about networks whose weights are the normalised atoms: the recursion of each
support, in balls of high precision, is the worst case. ``network`` is about weights and thresholds
of a user: everything is rational, and the network is run on codes whose entries are at plus or
minus the amplitude, and on some others.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations, product
from operator import le
from typing import Any

import numpy as np
from flint import arb, fmpq, fmpq_mat

from tests.quality.brute_force.exact import Support
from tests.quality.brute_force.statements import Statement, bounded
from tests.quality.brute_force.surds import Term, precision, quotient, rational, root_of_square
from tests.quality.brute_force.truths import Truths

BITS = 256
"""Precision of the recursions; what is certified has room of 2^-53, relative."""


def unfolded_statements(
    depth: Any, D: Truths, *, amplitude: float, noise: float, tolerance: float
) -> Iterator[Statement]:
    """The rate, that thresholds suffice, that bounds hold, and that the depth is enough."""
    supports = list(D.D.supports([depth.sparsity]))
    q = depth.q.value
    holds = bounded(q, lambda bound: D.is_rate_at_most(supports, bound))
    yield Statement("unfolded q", holds, f"{q!r} at sparsity {depth.sparsity}")
    if depth.depth is None:
        return
    with precision(BITS):
        worst = [
            _follow(D, support, depth.thresholds, depth.bounds, amplitude, noise)
            for support in _largest(D, supports)
        ]
    for kind, at in (("unfolded thresholds", 0), ("unfolded bounds", 1)):
        wrong = [one[at] for one in worst if one[at] is not None]
        yield Statement(kind, not wrong, f"layer {wrong[0]} is wrong" if wrong else "")
    yield Statement(
        "unfolded depth",
        _is_deep_enough(D, depth, rational(amplitude), rational(noise), rational(tolerance)),
        f"{depth.depth} layers of {depth.sparsity} nonzeros",
    )


def _is_deep_enough(
    D: Truths, depth: Any, amplitude: fmpq, noise: fmpq, tolerance: fmpq
) -> bool | None:
    """Whether ``q^K B + 2 nu (1 - q^K) / (1 - q)`` is below a tolerance, for the true ``q``."""
    with precision(BITS):
        q = arb(_maximum(list(D.D.babel(depth.sparsity - 1))))
        q += arb(_maximum(list(D.D.babel(depth.sparsity))))
        power = q**depth.depth
        error = power * amplitude + 2 * noise * (1 - power) / (1 - q)
        if error <= tolerance:
            return True
        return False if error > tolerance else None


def _largest(D: Truths, supports: list[Support]) -> list[Support]:
    """Supports whose two sums are not both clearly below those of another one."""
    sums = [D.row_sums[D.D.bits(support)] for support in supports]
    return [
        support
        for support, (inside, outside) in zip(supports, sums, strict=True)
        if not any(a > inside + 1e-9 and b > outside + 1e-9 for a, b in sums)
    ]


def _follow(
    D: Truths,
    support: Support,
    thresholds: tuple[float, ...],
    bounds: tuple[float, ...],
    amplitude: float,
    noise: float,
) -> tuple[int | None, int | None]:
    """First layers at which a threshold is too small, and a bound too low."""
    rest = [k for k in range(D.D.n) if k not in support]
    inside = _maximum(D.row_terms(support, support))
    outside = _maximum(D.row_terms(support, rest))
    nu, bound = rational(noise), rational(amplitude)
    if not bound <= rational(bounds[0]):
        return None, 0
    short = low = None
    for k, threshold in enumerate(thresholds):
        theta = rational(threshold)
        if short is None and rest and not outside * bound + nu <= theta:
            short = k
        bound = inside * bound + nu + theta
        if low is None and not bound <= rational(bounds[k + 1]):
            low = k + 1
    return short, low


def _maximum(rows: list[list[Term]]) -> Any:
    """The largest sum: rational where all roots are, else a ball."""
    largest: Any = fmpq(0)
    for terms in rows:
        roots = [root_of_square(square) for _, square in terms]
        rational_ones = [one for one in roots if one is not None]
        if len(rational_ones) == len(terms) and isinstance(largest, fmpq):
            largest = max(largest, sum(rational_ones, fmpq(0)))
        else:
            total = sum((arb(square).sqrt() for _, square in terms), arb(0))
            largest = arb(largest).max(total)
    return largest


class ExactNetwork:
    """Layers ``x -> soft(x + W^T (y - D x), theta)`` in rationals, for batches of codes."""

    def __init__(self, D: np.ndarray, weights: np.ndarray, thresholds: np.ndarray) -> None:
        atoms = _matrix(D)
        self.n = D.shape[1]
        self.analysis = [_matrix(W).transpose() for W in weights]
        self.products = [one * atoms for one in self.analysis]
        self.thresholds = [[rational(value) for value in row] for row in thresholds]

    def run(self, codes: list[list[fmpq]], noise: list[list[fmpq]]) -> Iterator[list[list[fmpq]]]:
        """What every layer makes of some codes, with noise in the signals."""
        truth = fmpq_mat(codes).transpose()
        errors = fmpq_mat(noise).transpose()
        state = fmpq_mat(self.n, len(codes))
        for analysis, products, thresholds in zip(
            self.analysis, self.products, self.thresholds, strict=True
        ):
            before = state + products * (truth - state) + analysis * errors
            rows = [
                [_soft(value, threshold) for value in row]
                for row, threshold in zip(before.tolist(), thresholds, strict=True)
            ]
            state = fmpq_mat(rows)
            yield state.transpose().tolist()

    def noises(self, level: fmpq, rng: np.random.Generator) -> list[list[fmpq]]:
        """No noise, and noise with ``|W_k^T e|`` at most ``level`` in all layers."""
        m = self.analysis[0].ncols()
        made = [[fmpq(0)] * m]
        for _ in range(2 if level != 0 else 0):
            direction = [fmpq(int(value)) for value in rng.integers(-3, 4, m)]
            column = fmpq_mat([[value] for value in direction])
            most = max(abs(v) for one in self.analysis for v in (one * column).entries())
            if most != 0:
                made.append([value * level / most for value in direction])
        return made


def schedule(
    D: np.ndarray,
    weights: np.ndarray,
    sparsity: int,
    *,
    amplitude: float,
    noise: float,
    steps: np.ndarray,
    shares: np.ndarray | float = 1.0,
) -> np.ndarray:
    """Thresholds that are needed in each layer, a share of that, or some floats away from it.

    What thresholds that are too small let through is part of what the next layer needs.

    Parameters
    ----------
    D : ndarray, shape (m, n)
        The dictionary.
    weights : ndarray, shape (K, m, n)
        The weights.
    sparsity : int
        Nonzeros of the codes.
    amplitude, noise : float
        ``B`` and ``nu``.
    steps : ndarray of int, shape (K, n)
        How many floats above the least sufficient one; never below zero.
    shares : ndarray, shape (K, n), optional
        What part of it is taken.
    """
    net = ExactNetwork(D, weights, np.zeros(steps.shape))
    parts = np.broadcast_to(shares, steps.shape)
    bound, leak, nu = rational(amplitude), fmpq(0), rational(noise)
    chosen = np.zeros(steps.shape)
    for k, products in enumerate(net.products):
        needed, inside = [], []
        for i in range(net.n):
            own = abs(1 - products[i, i])
            off = sorted((abs(products[i, j]) for j in range(net.n) if j != i), reverse=True)
            leaked = (own + sum(off, fmpq(0))) * leak + nu
            needed.append(sum(off[:sparsity], fmpq(0)) * bound + leaked)
            inside.append((own + sum(off[: sparsity - 1], fmpq(0))) * bound + leaked)
            chosen[k, i] = _moved(needed[i] * rational(parts[k, i]), int(steps[k, i]))
        theta = [rational(value) for value in chosen[k]]
        leak = max(max(a - b, fmpq(0)) for a, b in zip(needed, theta, strict=True))
        bound = max(a + b for a, b in zip(inside, theta, strict=True))
    return chosen


def _moved(value: fmpq, steps: int) -> float:
    """The least float that is not below a number, moved by some floats."""
    near = quotient(value)
    near = near if rational(near) >= value else float(np.nextafter(near, np.inf))
    for _ in range(abs(steps)):
        near = float(np.nextafter(near, np.copysign(np.inf, steps)))
    return max(near, 0.0)


def network_statements(
    found: Any, net: ExactNetwork, sparsity: int, *, amplitude: float, noise: list[list[fmpq]]
) -> Iterator[Statement]:
    """That no code errs more than certified in any layer, and that supports are kept.

    Parameters
    ----------
    found : Network
        What is certified.
    net : ExactNetwork
        The network.
    sparsity : int
        Nonzeros of the codes.
    amplitude : float
        Of the codes.
    noise : list
        Noise vectors that are within the level that was declared.
    """
    codes = list(worst_codes(net.n, sparsity, rational(amplitude)))
    pairs = [(code, errors) for errors in noise for code in codes]
    truths, errors = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    last = None
    for layer, states in zip(found.layers, net.run(truths, errors), strict=True):
        last = max(
            abs(value - wanted)
            for state, code in zip(states, truths, strict=True)
            for value, wanted in zip(state, code, strict=True)
        )
        bound = layer.bound.value
        holds = bounded(bound, partial(le, last))
        text = f"layer {layer.layer}: at most {bound!r}, but {last} occurs"
        yield Statement("network bound", holds, text)
        if layer.certified:
            clean = not any(
                value != 0 and wanted == 0
                for state, code in zip(states, truths, strict=True)
                for value, wanted in zip(state, code, strict=True)
            )
            yield Statement("network support", clean, f"layer {layer.layer} is certified")
    if found.certified:
        below = last is None or last < rational(amplitude)
        every = all(layer.certified for layer in found.layers)
        yield Statement("network certified", below and every, f"error {last} after all layers")


def worst_codes(n: int, sparsity: int, amplitude: fmpq) -> Iterator[list[fmpq]]:
    """Codes at plus or minus the amplitude on every support, and with one small entry."""
    for support in combinations(range(n), min(sparsity, n)):
        for signs in product((1, -1), repeat=len(support)):
            code = [fmpq(0)] * n
            for i, one in zip(support, signs, strict=True):
                code[i] = one * amplitude
            yield code
            small = list(code)
            small[support[0]] /= 16
            yield small


def _matrix(values: np.ndarray) -> fmpq_mat:
    return fmpq_mat([[rational(value) for value in row] for row in np.asarray(values)])


def _soft(value: fmpq, threshold: fmpq) -> fmpq:
    if value > threshold:
        return value - threshold
    return value + threshold if value < -threshold else fmpq(0)
