r"""The price of going back: atoms are removed one by one, always the one that is missed least.

Problem: atoms ``C``, and a semidefinite ``F = R R^T``; for a set ``S`` of atoms ``f(S)`` is the
trace of ``(lam I + C_S C_S^T)^{-1} F``, with ``lam > 0``, or with ``lam = 0`` if ``F`` has no
kernel and the atoms of ``S`` span the space. From ``s`` atoms, of which at most ``r`` are
independent, one after the other is removed, with the least ``f`` of what is left, until ``k`` are,
``k >= r``.

Claim: ``f(S_k) <= (s - r + 1)/(k - r + 1) f(S_s)``.

Why: with ``j`` atoms and ``M = lam I + C_S C_S^T``, the removal of ``v`` raises ``f`` by
``v^T M^{-1} F M^{-1} v/(1 - v^T M^{-1} v)`` (``selection.gains``; infinite if the rest does not
span). Over the atoms of ``S`` the numerators sum to ``f`` at most, and the denominators to
``j - r`` at least: so the least of the quotients is at most ``f/(j - r)``. A step is a factor
``1 + 1/(j - r)`` at most, and these telescope.

Sharp: equal numbers, for every ``k``; one atom removed from a simplex, with ``lam = 0``.

Source: stated and proved independently; related: Avron and Boutsidis 2013.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(2)
>>> decide(THEOREM, experiment, {"shrunk_set": experiment.settings["shrunk_set"]}).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.arithmetic import IntArray, Mask, Number
from sparsebound.theory.evidence.designs import ShrunkSet
from sparsebound.theory.extremal.designs import equal_numbers_or_a_simplex, three_integers
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.designs import RidgeDesign, diagonal, information
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def sets(n: int, removed: IntArray) -> Mask:
    """All atoms, and what is left after each removal, shape (removals + 1, n)."""
    gone = removed[:, None] == np.arange(n)
    none = np.zeros((1, n), dtype=bool)
    return np.asarray(~np.concatenate([none, np.logical_or.accumulate(gone, axis=0)]))


def designs(instance: Instance, shrunk_set: ShrunkSet) -> RidgeDesign:
    """The regressions on all of these sets."""
    there = sets(instance.D.shape[1], shrunk_set.removed)
    lam = instance.lift(np.full(len(there), shrunk_set.weight))
    matrices = information(instance.D.atoms, lam, there)
    return RidgeDesign(matrices, instance.lift(shrunk_set.target))


def excess(instance: Instance, shrunk_set: ShrunkSet) -> Number:
    """By how much each removal costs more than that of each other atom, shape (removals, n).

    Times the denominators of both quotients; 0 for atoms that are not there.
    """
    found, removed = designs(instance, shrunk_set), shrunk_set.removed
    there, step = sets(instance.D.shape[1], removed)[:-1], np.arange(len(removed))
    before = RidgeDesign(found.matrix[:-1], found.target)
    columns = np.zeros((len(removed), 1, 1)) + instance.D.atoms
    energies, room = before.energies(columns), 1 - diagonal(before.products(columns))
    own, left = (part[step, removed].reshape(-1, 1) for part in (energies, room))
    others = there & (np.arange(there.shape[1]) != removed[:, None])
    return (own * room - energies * left).where(others, 0)


def premises(instance: Instance, shrunk_set: ShrunkSet) -> Iterator[Premise]:
    """More atoms than dimensions, of which those are removed that are missed least."""
    m, n = instance.D.shape
    yield Premise("m < n", m, n, measured=False)
    k = len(set(shrunk_set.removed.tolist()))
    name = "no atom is removed twice"
    yield Premise(name, len(shrunk_set.removed), k, strict=False, measured=False)
    yield Premise("r <= k", m, n - k, strict=False, measured=False)
    yield Premise("0 <= lam", 0, shrunk_set.weight, strict=False)
    found = designs(instance, shrunk_set)
    target = found.target @ found.target.swapaxes(0, 1)
    if not shrunk_set.weight:
        yield Premise("F has no kernel, if lam = 0", 0, target.determinant())
        yield Premise(
            "the atoms of S_k span the space, if lam = 0", 0, found.matrix[-1].determinant()
        )
    name = "no other atom is missed less"
    yield Premise(name, excess(instance, shrunk_set).reshape(1, -1), 0, strict=False)


def claims(instance: Instance, shrunk_set: ShrunkSet, *, plain: bool = False) -> Iterator[Claim]:
    """What is left in the end is not much more than before."""
    m, n = instance.D.shape
    r, k = (1 if plain else m), n - len(shrunk_set.removed)
    left = designs(instance, shrunk_set).left
    name = "(k - r + 1) f(S_k) <= (s - r + 1) f(S_s)"
    yield Claim(name, (k - r + 1) * left[-1:], (n - r + 1) * left[:1])


THEOREM = Theorem(
    title="The price of removing atoms one by one",
    statement=r"f(S) = \operatorname{tr}((\lambda I + C_S C_S^T)^{-1} F), \; "
    r"\operatorname{rank} C_{S_s} \le r \le k \implies "
    r"f(S_k) \le \frac{s - r + 1}{k - r + 1} f(S_s)",
    names=("BAIT", "backward elimination", "pruning", "A-optimal design", "volume sampling"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=equal_numbers_or_a_simplex,
    mutants=(
        Mutant("s/k: the dimension ignored", {"plain": True}, three_integers, smallest=(2, 3)),
    ),
    about="dictionary",
    dictionaries=(
        "simplex",
        "tight_frame",
        "union_of_bases",
        "mutually_unbiased",
        "near_duplicate",
        "low_coherence",
    ),
    enumerates=True,
    effort=5,
)
