"""What orthogonal matching pursuit does on a code, as long as it picks within its support."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sparsebound.theory.analysis.lasso import relative_gram
from sparsebound.theory.arithmetic import IntArray, Mask, Number
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import of_instance
from sparsebound.theory.quantities.supports import support_gram
from sparsebound.theory.theorem import STEPS, Claim


@dataclass(frozen=True)
class GreedySteps:
    """The steps within the support of each code, at most ``s`` of them and at least one.

    Attributes
    ----------
    picks : ndarray of int, shape (B, s)
        The atoms, each the largest product with the residual on the support as far as midpoints
        tell; -1 after the last.
    ahead : Number, shape (B, s)
        Size of that product.
    second : Number, shape (B, s)
        The next largest on the support; 0 where there is none.
    beside : Number, shape (B, s)
        The largest off the support; 0 where there is none.
    running : ndarray of bool, shape (B, s)
        Whether a step has atoms to pick from.
    """

    picks: IntArray
    ahead: Number
    second: Number
    beside: Number
    running: Mask


@of_instance
def greedy_steps(instance: Instance) -> GreedySteps:
    """Follow the pursuit of ``D x`` on the support of ``x``.

    Atoms are scaled to the norm of the first one, which changes all products by a factor, so that
    they are rational where norms are equal.

    With atoms ``T`` picked, the residual is ``D a``: ``a = x`` off ``T``, and on ``T``
    ``a = x - G_TT^{-1} D_T^T D x``.

    Examples
    --------
    >>> found = greedy_steps(Instance([[1, 0, 0.6], [0, 1, 0.8]], [[2, 1, 0]]))
    >>> found.picks, found.ahead.mid, found.beside.mid
    (array([[0, 1]]), array([[2., 1.]]), array([[2. , 0.8]]))
    """
    return _followed(instance, relative_gram(instance.D), instance.D.relative_norms * instance.X)


@of_instance
def plain_greedy_steps(instance: Instance) -> GreedySteps:
    """The same of a pursuit that takes the atoms as given: longer ones have larger products.

    Examples
    --------
    >>> found = plain_greedy_steps(Instance([[1, 0, 1.2], [0, 1, 1.6]], [[2, 1, 0]]))
    >>> found.ahead.mid, found.beside.mid
    (array([[2., 1.]]), array([[4. , 1.6]]))
    """
    return _followed(instance, instance.D.raw_gram, instance.lift(instance.X))


def picks_on_the_support(steps: GreedySteps) -> Iterator[Claim]:
    """Claim that in each step some product on the support exceeds all products off it.

    Examples
    --------
    >>> instance = Instance([[1, 0, 0.6], [0, 1, 0.8]], [[2, 1, 0]])
    >>> [claim.strict for claim in picks_on_the_support(greedy_steps(instance))]
    [True]
    """
    beside, ahead = steps.beside.where(steps.running, 0), steps.ahead.where(steps.running, 1)
    name = "|<d_j, r>| < |<d_i, r>| for some i in S, all j off S"
    yield Claim(name, beside, ahead, strict=True, axes=STEPS)


def _followed(instance: Instance, products_of_atoms: Number, codes: Number) -> GreedySteps:
    gram = support_gram(products_of_atoms, instance.support)
    batch, s = gram.used.shape
    rows = np.arange(batch)[:, None]
    x = codes[rows, gram.index].where(gram.used, 0)
    products = (gram.inner @ x.reshape(batch, s, 1)).reshape(batch, s)
    off = ~instance.support
    left = gram.used.copy()
    picks, running = np.full((batch, s), -1), np.zeros((batch, s), dtype=bool)
    seen: list[tuple[Number, Number, Number]] = []
    for step in range(s):
        taken = gram.used & ~left
        system = gram.inner.where(taken[:, :, None] & taken[:, None, :], np.eye(s))
        fitted = system.solve(products.where(taken, 0).reshape(batch, s, 1)).reshape(batch, s)
        a = (x - fitted).where(taken, x).reshape(batch, s, 1)
        sizes = abs((gram.inner @ a).reshape(batch, s)).where(left, 0)
        pick = np.where(left, sizes.mid, -1.0).argmax(axis=1)
        others = left.copy()
        others[rows[:, 0], pick] = False
        beside = abs((gram.outer.swapaxes(1, 2) @ a).reshape(batch, -1)).where(off, 0)
        seen.append((sizes[rows[:, 0], pick], sizes.where(others, 0).max(-1), beside.max(-1)))
        running[:, step] = left.any(axis=1)
        picks[:, step] = np.where(running[:, step], gram.index[rows[:, 0], pick], -1)
        left = others
    if not seen:  # zero codes: one step that does not run
        nothing, still = instance.lift(np.zeros((batch, 1))), np.zeros((batch, 1), dtype=bool)
        return GreedySteps(np.full((batch, 1), -1), nothing, nothing, nothing, still)
    ahead, second, beside = (_columns(instance, part) for part in zip(*seen, strict=True))
    return GreedySteps(picks, ahead, second, beside, running)


def _columns(instance: Instance, steps: tuple[Number, ...]) -> Number:
    """Steps side by side, shape (B, s)."""
    table = instance.lift(np.zeros((len(instance), len(steps))))
    for place, values in enumerate(steps):
        here = np.arange(len(steps)) == place
        table = table.where(~here[None, :], values.reshape(-1, 1) + np.zeros(len(steps)))
    return table
