r"""What greedy choices of atoms are worth, forward, and forward and back again.

Problem: as in ``selection.gains``, with ``lam > 0``: ``f(S)`` is the trace of ``M^{-1} F``,
``h(S) = f(0) - f(S)`` what a set is worth, ``f(0)`` being that of none, and
``a = lam/(lam + max |v|^2)`` over all atoms. Atoms are chosen one by one, always the one with the
least ``f`` of all that are chosen then. After ``2k`` choices, ``k`` of these atoms may be removed
again, always the one that is missed least.

Claim: after ``k`` choices, ``h(S_k) >= (1 - (1 - a/k)^k) h(T)`` for every set ``T`` of ``k`` atoms.
After ``2k`` of them, and ``k`` removals, what is left is at most
``(2k - r + 1)/(k - r + 1) (f(0) - (1 - (1 - a/k)^{2k}) h(T))``, where ``r <= k`` atoms at most are
independent.

Why: ``v^T M^{-1} v`` is at most ``|v|^2/lam``, whatever is chosen, so by ``selection.gains`` the
best atom is worth ``a/k`` at least of what is missing to ``S + T``; that is, each choice leaves
``1 - a/k`` of the distance to ``h(T)``. What removals cost is in ``selection.backward``.

It is a guarantee, and not known to be sharp.

Source: stated and proved independently; related: Chamon and Ribeiro 2017; Avron and Boutsidis 2013.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import mul

import numpy as np

from sparsebound.theory.arithmetic import Mask
from sparsebound.theory.evidence.designs import GreedyChoice
from sparsebound.theory.extremal.designs import decoys, decoys_and_removals
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.designs import RidgeDesign, information, outdone, stages
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def regressions(instance: Instance, choice: GreedyChoice, there: Mask) -> RidgeDesign:
    """Those on some sets of atoms."""
    lam = instance.lift(np.full(len(there), choice.weight))
    matrices = information(instance.D.atoms, lam, there)
    return RidgeDesign(matrices, instance.lift(choice.target))


def chosen(instance: Instance, choice: GreedyChoice) -> Mask:
    """None, the sets after each choice, and those after each removal, shape (steps + 1, n)."""
    none = np.zeros(instance.D.shape[1], dtype=bool)
    return stages(none, np.concatenate([choice.picks, choice.removed]))


def premises(instance: Instance, greedy_choice: GreedyChoice) -> Iterator[Premise]:
    """Choices and removals by the rule, as many as the other set has atoms, or twice as many."""
    choice, k = greedy_choice, greedy_choice.size
    yield Premise("0 < lam", 0, choice.weight)
    different = len(set(choice.picks.tolist()))
    name = "no atom is chosen twice"
    yield Premise(name, len(choice.picks), different, strict=False, measured=False)
    different = len(set(choice.removed.tolist()) & set(choice.picks.tolist()))
    name = "atoms that are removed were chosen, and none is twice"
    yield Premise(name, len(choice.removed), different, strict=False, measured=False)
    steps = (len(choice.picks), len(choice.removed))
    wrong = steps not in ((k, 0), (2 * k, k)) or (steps[1] > 0 and instance.D.shape[0] > k)
    yield Premise("k choices, or 2k and k removals", wrong, 0, strict=False, measured=False)
    there = chosen(instance, choice)[:-1]
    changed = np.concatenate([choice.picks, choice.removed])
    better = outdone(regressions(instance, choice, there), instance.D.atoms, there, changed)
    name = "no other atom is a better choice"
    yield Premise(name, better.reshape(1, -1), 0, strict=False)


def claims(
    instance: Instance,
    greedy_choice: GreedyChoice,
    *,
    submodular: bool = False,
    optimal: bool = False,
) -> Iterator[Claim]:
    """Greedy choices are worth a part of any others, and so is what removals leave of them."""
    choice, k, m = greedy_choice, greedy_choice.size, instance.D.shape[0]
    left = regressions(instance, choice, chosen(instance, choice)).left
    other = regressions(instance, choice, choice.rival[None]).left[0]
    lam = instance.lift(choice.weight)
    share = 1 if submodular else lam / (lam + instance.D.squares.max(-1))
    missing = instance.lift(1) - share / instance.lift(k)
    missed = reduce(mul, [missing] * k)
    best, none = left[0] - other, left[0]
    part = 1 if optimal else 1 - missed
    yield Claim(
        "(1 - (1 - a/k)^k) h(T) <= h(S_k)", (best * part).reshape(1), (none - left[k]).reshape(1)
    )
    if len(choice.removed):
        rest = none - (1 - missed * missed) * best
        name = "(k - r + 1) f(S) <= (2k - r + 1) (f(0) - (1 - (1 - a/k)^{2k}) h(T))"
        yield Claim(name, ((k - m + 1) * left[-1]).reshape(1), ((2 * k - m + 1) * rest).reshape(1))


THEOREM = Theorem(
    title="What greedy choices of atoms are worth",
    statement=r"f(S) = \operatorname{tr}((\lambda I + C_S C_S^T)^{-1} F), \; "
    r"S_k \text{ greedy}, \; \lambda > 0, \; a = \frac{\lambda}{\lambda + \max_v | v |^2} \implies "
    r"f(0) - f(S_k) \ge \left(1 - \left(1 - \frac{a}{k}\right)^k\right) (f(0) - f(T)), "
    r"\; | T | = k",
    names=("BAIT", "forward selection", "active learning", "greedy"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    mutants=(
        Mutant("a = 1", {"submodular": True}, decoys, smallest=(2, 4)),
        Mutant("greedy choices are the best", {"optimal": True}, decoys, smallest=(2, 4)),
        Mutant("a = 1, after removals", {"submodular": True}, decoys_and_removals, smallest=(2, 6)),
    ),
    about="dictionary",
    dictionaries=(
        "circular",
        "gaussian",
        "graph",
        "integer",
        "low_coherence",
        "mutually_unbiased",
        "near_duplicate",
        "tight_frame",
        "union_of_bases",
    ),
    enumerates=True,
    effort=5,
)
