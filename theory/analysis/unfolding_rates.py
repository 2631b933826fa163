"""Rates of unfolded networks that coherence, the Babel function or local sparsity give.

The corollaries of the master theorem replace the row sums of a support by such quantities, so
that thresholds can be chosen without knowing it. What rounding adds to a step of their recursion
is declared, and a premise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sparsebound.theory.analysis.unfolding import (
    Scalar,
    column,
    correlated,
    off_and_on_diagonal,
    recursion,
    residual,
    row_sums,
)
from sparsebound.theory.analysis.weights import LinearMap, matrix_of
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask, Number
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.memo import kept
from sparsebound.theory.theorem import Premise


@dataclass(frozen=True)
class Rate:
    """What a corollary puts in the place of the row sums, for each code.

    Attributes
    ----------
    q : Number
        Factor by which the bound falls in each layer.
    outside : Number
        The part of it that thresholds have to cover.
    defect : Number
        What the bound on the rows of the support leaves out: ``max |1 - <w_i, d_i>|``, or 0.
    mu : Number
        The cross coherence ``max_{i != j} |<w_i, d_j>|``, shape ().
    atoms : Any
        Weight of the noise: 1 in the maximum norm, the sparsity in the l1 norm.
    """

    q: Number
    outside: Number
    defect: Number
    mu: Number
    atoms: Any = 1

    def times(self, factor: Scalar) -> Rate:
        """Multiply ``q`` alone by a factor."""
        return replace(self, q=self.q * factor)


def exact_rate(instance: Instance, W: LinearMap | None) -> Rate:
    """The row sums themselves: ``q = tau_in + tau_out``."""

    def compute() -> Rate:
        sums = row_sums(instance, W)
        mu, _ = off_and_on_diagonal(instance.D, W)
        return Rate(sums.tau_in + sums.tau_out, sums.tau_out, instance.lift(0), mu)

    result: Rate = kept(instance.memo, "exact rate", W, compute)
    return result


def coherence_rate(
    instance: Instance,
    W: LinearMap | None,
    *,
    count: IntArray | None = None,
    atoms: Callable[[IntArray], IntArray] = lambda s: 2 * s - 1,
) -> Rate:
    """``q = (2s - 1) mu(W, D)``, with the sparsity or a local one.

    Examples
    --------
    >>> float(coherence_rate(Instance([[1, 0.5], [0, 1]], [[1, 0]]), np.eye(2)).q.mid[0])
    0.5
    """
    s = instance.sparsity if count is None else count
    mu, defect = off_and_on_diagonal(instance.D, W)
    return Rate(mu * np.maximum(atoms(s), 0), mu * s, defect, mu)


def l1_rate(
    instance: Instance,
    W: LinearMap,
    *,
    atoms: Callable[[IntArray], IntArray] = lambda s: 2 * s - 1,
) -> Rate:
    """``q = (2s - 1) mu(W, D)`` in the l1 norm, where thresholds cover ``mu``."""
    rate = coherence_rate(instance, W, atoms=atoms)
    outside = rate.mu * np.ones(len(instance))
    return Rate(rate.q, outside, rate.defect, rate.mu, instance.sparsity)


def gradient_rate(
    instance: Instance,
    W: LinearMap,
    *,
    further: Callable[[IntArray], IntArray] = lambda s: s,
    step: Scalar = 1,
) -> Rate:
    """``q = 1 - (c - G(s-1) - G(s))``: ``c`` the least ``<w_i, d_i>``, ``G`` the Babel function.

    ``G(k)`` is the largest sum of ``k`` entries ``|<w_i, d_j>|``, ``j != i``, of one row. For
    ``W = D/L`` and atoms of unit norm, ``q = 1 - (1 - mu1(s-1) - mu1(s))/L``.
    """

    def compute() -> tuple[Number, Number]:
        matrix = residual(instance.D, W)
        n = len(matrix)
        own = 1 - matrix[np.arange(n), np.arange(n)]
        sizes = abs(matrix).where(~np.eye(n, dtype=bool), 0)
        return own.min(0), sizes.largest_sums().max(0)

    c, table = kept(instance.D.memo, "Babel", W, compute)
    s, n = instance.sparsity, instance.D.shape[1]

    def babel(k: IntArray) -> Number:
        result: Number = table[np.clip(k, 0, n - 1)]
        return result

    q = 1 - (c - babel(s - 1) - babel(further(s))) * step
    return Rate(q, babel(s), instance.lift(0), off_and_on_diagonal(instance.D, W)[0])


def local_rate(
    instance: Instance,
    W: LinearMap | None,
    *,
    atoms: Callable[[IntArray], IntArray] = lambda s: 2 * s - 1,
) -> Rate:
    """``q = (2 s_loc - 1) mu(W, D)``, which does not depend on the length of the signal."""
    count = weighted_local_sparsity(instance.D, W, instance.support)
    return coherence_rate(instance, W, count=count, atoms=atoms)


def weighted_local_sparsity(D: Dictionary, W: LinearMap | None, support: Mask) -> IntArray:
    """Largest number of atoms of a support that meet one weight, shape (...).

    ``i`` meets ``j`` if ``j = i`` or ``w_i`` and ``d_j`` share a row: structural nonzeros.

    Examples
    --------
    >>> weighted_local_sparsity(Dictionary([[1, 0], [1, 1]]), np.eye(2), np.array([[True, True]]))
    array([2])
    """
    if W is None:  # it stands for the dictionary
        return np.asarray(D.interactions(support).max(axis=-1))
    filters = correlated(D, W)
    if filters is not None:
        return np.asarray(filters.interactions(support).max(axis=-1))

    def compute() -> FloatArray:
        meets = (matrix_of(W) != 0).astype(np.float64).T @ (D.data != 0).astype(np.float64) > 0
        return np.asarray(meets | np.eye(D.shape[1], dtype=bool), dtype=np.float64)

    meets = kept(D.memo, "meets", W, compute)
    return np.asarray((support.astype(np.float64) @ meets.T).max(axis=-1), dtype=np.int64)


def linear_bounds(
    instance: Instance, unfolding: Unfolding, rate: Rate, *, noise: Scalar | Number = 1
) -> Number:
    """Bounds ``b_{k+1} = q b_k + 2 nu + slack_k`` of the corollaries, shape (B, K + 1)."""
    nu = instance.lift(unfolding.nu) * 2 * noise * rate.atoms
    return recursion(instance.lift(unfolding.B), rate.q, column(nu) + unfolding.slack)


def scheduled(
    instance: Instance,
    unfolding: Unfolding,
    rate: Rate,
    *,
    share: Scalar = 1,
    bounds: Number | None = None,
) -> Iterator[Premise]:
    """Premises of the corollaries on thresholds, and on what rounding adds.

    ``bounds`` are those of :func:`linear_bounds`, where they are known already.
    """
    bounds = (linear_bounds(instance, unfolding, rate) if bounds is None else bounds)[:, :-1]
    nu, theta = column(instance.lift(unfolding.nu)), unfolding.thresholds
    covered = column(rate.outside) * bounds
    needed = covered + nu + unfolding.rho
    needed = needed * share
    yield Premise("theta_k covers what is off S", needed, theta, strict=False, measured=False)
    weight = column(rate.atoms)
    moved = nu + theta + unfolding.rho + unfolding.p_in
    step = moved * weight + column(rate.defect) * bounds
    allowed = (covered + nu * 2) * weight + unfolding.slack
    name = "theta_k and rounding are within 2 nu + slack"
    yield Premise(name, step, allowed, strict=False, measured=False)
    yield Premise("the activation returns zeros", unfolding.p_out, 0, strict=False)
