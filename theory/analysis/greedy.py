"""What orthogonal matching pursuit does on a code within its support, and along given picks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sparsebound.theory.analysis import floating_point
from sparsebound.theory.analysis.choices import Choice
from sparsebound.theory.analysis.floating_point import UP, Allowance
from sparsebound.theory.analysis.lasso import relative_correlations, relative_gram
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray, Mask, Number
from sparsebound.theory.evidence import Pursuit, StoppedPursuit
from sparsebound.theory.instance import Dictionary, Instance
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


@dataclass(frozen=True)
class Picked:
    """What a pursuit sees along the picks that it made, whatever they are; at most K of them.

    Attributes
    ----------
    picks : ndarray of int, shape (B, K)
        The atoms; -1 after it stopped.
    products : Number, shape (B, K + 1, n)
        Sizes of the products of normalised atoms with the residual, before each pick and after all.
    energies : Number, shape (B, K + 1)
        Squared norms of the residuals.
    room : Allowance
        What rounding moves products and norms of residuals by, at most, shape (B, K + 1).
    """

    picks: IntArray
    products: Number
    energies: Number
    room: Allowance

    def choices(self) -> Iterator[Claim]:
        """Claim that no other product is larger than that of a pick, but for rounding."""
        n, made = self.products.shape[-1], self.picks >= 0
        seen = np.asarray(self.picks[..., None] == np.arange(n))
        room = Allowance(self.room.size[:, :-1], self.room.known[:, :-1])
        choice = Choice.of(self.products[:, :-1], seen, 1 * made, room)
        yield from choice.claimed("a pick is the largest product, up to rounding", made)

    @property
    def stopped(self) -> Mask:
        """The step at which it stopped, if it did, shape (B, K + 1)."""
        none = np.full((len(self.picks), 1), -1)
        on = np.hstack([none + 1, self.picks]) >= 0
        return np.asarray(on & (np.hstack([self.picks, none + 1]) < 0))

    def ends(self, tolerance: FloatArray) -> Iterator[Claim]:
        """Claim that it stops where no product exceeds a tolerance, shape (B,), and rounding."""
        most = self.products.max(-1).where(self.stopped, 0)
        allowed = self.room.size * UP + tolerance[:, None]
        name = "products where it stops, up to rounding"
        yield Claim(name, self.room.against(most), allowed, measured=False, axes=STEPS)


def along(instance: Instance, signals: Number, run: Pursuit | StoppedPursuit, most: int) -> Picked:
    """Follow a pursuit of signals (B, m) along its own first picks, at most ``most``.

    Examples
    --------
    >>> instance = Instance([[1, 0, 0.6], [0, 1, 0.8]], [[2, 1, 0]])
    >>> run = Pursuit([[1, 0]], [[2.0, 1, 0]], [1e-6])
    >>> along(instance, instance.Y, run, 2).products.mid.round(1)
    array([[[2. , 1. , 2. ],
            [2. , 0. , 1.2],
            [0. , 0. , 0. ]]])
    """
    picks = run.picks[:, : max(most, 1)]
    batch, steps = picks.shape
    gram, products = relative_gram(instance.D), relative_correlations(instance.D, signals)
    again = (picks[:, :, None] == picks[:, None, :]) & np.tri(steps, k=-1, dtype=bool)
    used = (picks >= 0) & ~again.any(axis=2)
    index = np.where(used, picks, 0)
    on = used[:, None, :] & np.tri(steps + 1, steps, k=-1, dtype=bool)
    both = on[..., :, None] & on[..., None, :]
    inner = gram[index[:, :, None], index[:, None, :]].reshape(batch, 1, steps, steps)
    right = products[np.arange(batch)[:, None], index].reshape(batch, 1, steps).where(on, 0)
    fits = inner.where(both, np.eye(steps)).solve(right.reshape(batch, steps + 1, steps, 1))
    fits = fits.reshape(batch, steps + 1, steps)
    unit = gram[0, 0].sqrt()
    left = abs(products.reshape(batch, 1, -1) - fits @ gram[index]) / unit
    energies = (signals * signals).sum(-1).reshape(batch, 1) - (fits * right).sum(-1)
    room = _room(instance.D, inner / gram[0, 0], used, on.sum(axis=-1), signals, run)
    return Picked(picks, left, energies, room)


def _room(
    D: Dictionary,
    inner: Number,
    used: Mask,
    fitted: IntArray,
    signals: Number,
    run: Pursuit | StoppedPursuit,
) -> Allowance:
    """What rounding moves products by, after so many atoms are fitted, shape (B, K + 1)."""
    both, eye = used[:, :, None] & used[:, None, :], np.eye(used.shape[1])
    spectra = Ball.of(inner.reshape(*both.shape).where(both, eye).eigenvalues())
    least = np.where(fitted > 0, spectra.lower.min(axis=1, keepdims=True), 1.0)
    sizes = floating_point.norms_of(Ball.of(abs(signals)).upper)[:, None] * UP
    return floating_point.pursuit(D, fitted, least, sizes, run.dtype, run.power)


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
