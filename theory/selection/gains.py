r"""What one atom more is worth, and what several are: nearly submodular.

Problem: atoms ``C``, and a semidefinite ``F = R R^T``; for ``lam > 0`` and a set ``S`` of atoms,
``M = lam I + C_S C_S^T``, and ``f(S)`` is the trace of ``M^{-1} F``. For ``R = C``, ``lam f(S)`` is
the error of all atoms in a ridge regression on those that are kept: to choose a batch is to prune.
``T`` is a set of other atoms, not empty, and ``K = C_T^T M^{-1} C_T``. A union is ``S + T``.

Claim: another atom ``v`` lowers ``f`` by ``g_v = v^T M^{-1} F M^{-1} v/(1 + v^T M^{-1} v)``, and to
remove one that is in the set raises it by the same over ``1 - v^T M^{-1} v``. Together,
``f(S) - f(S + T) <= (1 + max_v K_vv)/(1 + lam_min(K)) sum_v g_v``, over ``v`` in ``T``: so a set
is worth at most ``1 + max_v v^T M^{-1} v`` times the sum of what its atoms are worth alone.

Why: by the formula of Sherman and Morrison for the inverses of ``M + v v^T`` and ``M - v v^T``. By
that of Woodbury, ``f(S) - f(S + T)`` is the trace of ``(I + K)^{-1} C_T^T M^{-1} F M^{-1} C_T``, at
most ``1/(1 + lam_min(K))`` times the trace of the factors after the first, whose terms are
``g_v (1 + K_vv)``.

Sharp: two atoms ``(c, e)`` and ``(-c, e)`` of unit norm, with ``|c| >= |e|``, and what they have in
common, ``F = diag(0, 1)``.

Source: stated and proved independently; related: Chamon and Ribeiro 2017.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> decide(THEOREM, experiment, {"grown_sets": experiment.settings["grown_sets"]}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.evidence.designs import GrownSets
from sparsebound.theory.extremal.designs import mirrored_atoms, one_atom_removed
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.designs import RidgeDesign, diagonal, information
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem, equal


def premises(instance: Instance, grown_sets: GrownSets) -> Iterator[Premise]:
    """A ridge, and different atoms that are not in the set."""
    yield Premise("0 < lam", 0, grown_sets.weights[None])
    already = np.take_along_axis(grown_sets.kept, grown_sets.added, axis=1).sum(axis=1)
    name = "what is added is not in S"
    yield Premise(name, already[None], 0, strict=False, measured=False)
    ordered = np.sort(grown_sets.added, axis=1)
    twice = (ordered[:, 1:] == ordered[:, :-1]).sum(axis=1)
    yield Premise("no atom is added twice", twice[None], 0, strict=False, measured=False)


def claims(
    instance: Instance, grown_sets: GrownSets, *, submodular: bool = False, removal: int = -1
) -> Iterator[Claim]:
    """What one atom is worth, to who has it and to who has not, and what several are."""
    sets = len(grown_sets.added)
    row = np.arange(sets)[:, None]
    one, every = grown_sets.kept.copy(), grown_sets.kept.copy()
    one[row, grown_sets.added[:, :1]] = True
    every[row, grown_sets.added] = True
    atoms, target = instance.D.atoms, instance.lift(grown_sets.target)
    lam = instance.lift(grown_sets.weights)
    before, after, last = (
        RidgeDesign(information(atoms, lam, chosen), target)
        for chosen in (grown_sets.kept, one, every)
    )
    columns = atoms[:, grown_sets.added].swapaxes(0, 1)
    K = before.products(columns)
    gains = before.energies(columns) / (1 + diagonal(K))
    worth = (before.left - after.left).reshape(1, -1)
    yield from equal("f(S) - f(S + v) = g_v", worth, gains[:, 0].reshape(1, -1))
    first = columns[..., :1]
    alone = after.energies(first) / (1 + removal * diagonal(after.products(first)))
    name = "v^T M^{-1} F M^{-1} v/(1 - v^T M^{-1} v) for a removal"
    yield from equal(name, alone.reshape(1, -1), worth)
    factor = (1 + diagonal(K).max(-1)) / (1 + K.eigenvalues()[..., 0])
    joint = (before.left - last.left).reshape(1, -1)
    allowed = gains.sum(-1) * (1 if submodular else factor)
    name = "f(S) - f(S + T) <= (1 + max K_vv)/(1 + lam_min(K)) sum g_v"
    yield Claim(name, joint, allowed.reshape(1, -1))


THEOREM = Theorem(
    title="What atoms are worth, alone and together",
    statement=r"f(S) = \operatorname{tr}((\lambda I + C_S C_S^T)^{-1} F), \; "
    r"\lambda > 0, \; K = C_T^T (\lambda I + C_S C_S^T)^{-1} C_T \implies "
    r"f(S) - f(S + T) \le \frac{1 + \max_v K_{vv}}{1 + \lambda_{\min}(K)} \sum_{v \in T} g_v",
    names=("BAIT", "Fisher information", "active learning", "A-optimal design", "submodular"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=mirrored_atoms,
    mutants=(
        Mutant("submodular: the factor 1", {"submodular": True}, smallest=(2, 2)),
        Mutant("1 + v^T M^{-1} v for a removal", {"removal": 1}, one_atom_removed, smallest=(1, 1)),
    ),
    about="dictionary",
    enumerates=True,
    effort=5,
)
