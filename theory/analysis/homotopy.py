"""The path of the Lasso on the atoms of a code, whose signs are those of the code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.analysis.lasso import relative_gram
from sparsebound.theory.analysis.momentum import columns
from sparsebound.theory.arithmetic import IntArray, Mask, Number
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import of_instance
from sparsebound.theory.quantities.supports import support_gram


@dataclass(frozen=True)
class Joins:
    """What happens where an atom joins, for as many atoms as the longest code has; sizes B and K.

    Attributes
    ----------
    weights : Number, shape (B, K)
        The weights at which they do, for normalised atoms.
    beside : Number, shape (B, K)
        The largest product of an atom that is not of the code with the residual there.
    against : Number, shape (B, K)
        The largest one of an atom that has not joined, against its sign; 0 where there is none.
    slopes : Number, shape (B, K)
        The largest product of such an atom with ``D_A G_A^{-1} s_A``, s the signs; 0 likewise.
    turned : Number, shape (B, K)
        The largest entry of ``G_A^{-1} s_A - s_A`` after it has joined.
    running : ndarray of bool, shape (B, K)
        Whether an atom joins.
    """

    weights: Number
    beside: Number
    against: Number
    slopes: Number
    turned: Number
    running: Mask


@of_instance
def joins(instance: Instance) -> Joins:
    """Follow the path on the atoms of each code: the one of the largest weight joins next.

    With atoms A, the products are ``u + lam w``: ``w = G_A G_AA^{-1} s_A``, and u what least
    squares on A leaves of ``G x``; so atom i joins at ``s_i u_i/(1 - s_i w_i)``. Atoms that join at
    once do so in any order; where rounding leaves the order open, in any order as well, and the
    points that are looked at are off the path by rounding.

    Examples
    --------
    >>> found = joins(Instance([[1, 0, 0.6], [0, 1, 0.8]], [[2, 1, 0]]))
    >>> found.weights.mid, found.beside.mid, found.turned.mid
    (array([[2., 1.]]), array([[2. , 1.4]]), array([[0., 0.]]))
    """
    D = instance.D
    gram = support_gram(relative_gram(D) / D.raw_gram[0, 0], instance.support)
    (batch, s), n = gram.used.shape, D.shape[1]
    rows = np.arange(batch)
    x = (instance.lift(instance.X) * D.relative_norms)[rows[:, None], gram.index]
    x = x.where(gram.used, 0).reshape(batch, s, 1)
    own = np.where(gram.used, np.sign(instance.X[rows[:, None], gram.index]), 0.0)
    signs = instance.lift(own).reshape(batch, s, 1)
    across = gram.outer.swapaxes(1, 2)
    products, every = gram.inner @ x, (across @ x).reshape(batch, n)
    off, taken = ~instance.support, np.zeros((batch, s), dtype=bool)
    found: list[tuple[Number, ...]] = []
    running = np.zeros((batch, max(s, 1)), dtype=bool)

    def solved(right: Number) -> Number:
        both = taken[:, :, None] & taken[:, None, :]
        system = gram.inner.where(both, np.eye(s))
        return system.solve(right.where(taken[..., None], 0)).where(taken[..., None], 0)

    pull = 0 * signs
    for step in range(s):
        waits = gram.used & ~taken
        running[:, step] = waits.any(axis=1)
        fit = solved(products) if step else 0 * signs
        u, w = ((gram.inner @ part).reshape(batch, s) for part in (fit, pull))
        u, w = (products.reshape(batch, s) - u) * own, w * own
        weights = (u / (1 - w).where(waits, 1)).where(waits, 0)
        pick = _largest(weights, waits)
        lam = weights[rows, pick]
        column = lam.reshape(batch, 1)
        beside = (
            every - (across @ fit).reshape(batch, n) + (across @ pull).reshape(batch, n) * column
        )
        against = (-(u + w * column)).where(waits, 0)
        taken[rows, pick] |= running[:, step]
        after = solved(signs)
        turned = (after - signs).where(taken[..., None], 0).reshape(batch, s)
        sizes = abs(beside).where(off, 0), against, abs(w).where(waits, 0), abs(turned)
        found.append((lam, *(part.max(-1) for part in sizes)))
        pull = after
    if not found:  # zero codes
        nothing = instance.lift(np.zeros((batch, 1)))
        return Joins(nothing, nothing, nothing, nothing, nothing, running)
    weights, beside, against, slopes, turned = (columns(part) for part in zip(*found, strict=True))
    return Joins(weights, beside, against, slopes, turned, running)


def _largest(values: Number, allowed: Mask) -> IntArray:
    """Which of the entries that are allowed is the largest, as far as it is told; shape (B,)."""
    rows, best = np.arange(len(allowed)), allowed.argmax(axis=1)
    for place in range(1, allowed.shape[1]):
        ahead = np.asarray((values[:, place] - values[rows, best]).sign == 1)
        best = np.where(ahead & allowed[:, place], place, best)
    return np.asarray(best)
