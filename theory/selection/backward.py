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

from sparsebound.theory.arithmetic import Mask
from sparsebound.theory.evidence.designs import ShrunkSet
from sparsebound.theory.extremal.designs import equal_numbers_or_a_simplex, three_integers
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.designs import RidgeDesign, information, outdone, stages
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def regressions(instance: Instance, shrunk_set: ShrunkSet) -> tuple[RidgeDesign, Mask]:
    """Those on all atoms and on what is left after each removal, and these sets."""
    there = stages(np.ones(instance.D.shape[1], dtype=bool), shrunk_set.removed)
    lam = instance.lift(np.full(len(there), shrunk_set.weight))
    matrices = information(instance.D.atoms, lam, there)
    return RidgeDesign(matrices, instance.lift(shrunk_set.target)), there


def premises(instance: Instance, shrunk_set: ShrunkSet) -> Iterator[Premise]:
    """More atoms than dimensions, of which those are removed that are missed least."""
    m, n = instance.D.shape
    yield Premise("m < n", m, n, measured=False)
    k = len(set(shrunk_set.removed.tolist()))
    name = "no atom is removed twice"
    yield Premise(name, len(shrunk_set.removed), k, strict=False, measured=False)
    yield Premise("r <= k", m, n - k, strict=False, measured=False)
    yield Premise("0 <= lam", 0, shrunk_set.weight, strict=False)
    found, there = regressions(instance, shrunk_set)
    target = found.target @ found.target.swapaxes(0, 1)
    if not shrunk_set.weight:
        yield Premise("F has no kernel, if lam = 0", 0, target.determinant())
        yield Premise(
            "the atoms of S_k span the space, if lam = 0", 0, found.matrix[-1].determinant()
        )
    name = "no other atom is missed less"
    before = RidgeDesign(found.matrix[:-1], found.target)
    better = outdone(before, instance.D.atoms, there[:-1], shrunk_set.removed)
    yield Premise(name, better.reshape(1, -1), 0, strict=False)


def claims(instance: Instance, shrunk_set: ShrunkSet, *, plain: bool = False) -> Iterator[Claim]:
    """What is left in the end is not much more than before."""
    m, n = instance.D.shape
    r, k = (1 if plain else m), n - len(shrunk_set.removed)
    left = regressions(instance, shrunk_set)[0].left
    name = "(k - r + 1) f(S_k) <= (s - r + 1) f(S_s)"
    yield Claim(name, (k - r + 1) * left[-1:], (n - r + 1) * left[:1])


THEOREM = Theorem(
    title="The price of removing atoms one by one",
    statement=r"f(S) = \operatorname{tr}((\lambda I + C_S C_S^T)^{-1} F), \; "
    r"S_k \text{ greedy, from } S_s, \; \lambda > 0, \; "
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
        "gaussian",
        "low_coherence",
        "mutually_unbiased",
        "simplex",
        "tight_frame",
        "union_of_bases",
    ),
    enumerates=True,
    effort=5,
)
