r"""How many atoms can be kept, for which coherence.

Problem: ``M(p)`` is the least coherence of ``p`` of the atoms. For a threshold ``t``, ``g_i`` is
the number of *other* atoms with ``|<d_i, d_j>| > t``. Atoms are kept one by one: each time one of
least ``g_i`` among those that are left, where ``g_i`` counts all atoms, or those that are left;
those above ``t`` to it are dropped. Ties are broken in any way.

Claim: the atoms that are kept, ``T``, have coherence at most ``t``, and there are at least
``sum_i 1/(1 + g_i)`` of them. So ``M(p) <= t`` whenever that sum exceeds ``p - 1``. Conversely
``M(p)^2 >= (p - m)/(m (p - 1))`` for ``p > m``; and if the atoms fall into ``c`` groups, each of
atoms that are all above ``t`` to each other, ``M(p) > t`` for ``p > c``. ``M`` does not decrease,
since fewer atoms are no more coherent.

Why: a step removes an atom of degree ``g`` and at most ``g`` neighbours of degree at least ``g``:
the terms that go sum to at most 1, and no other term falls. The lower bound is Welch's, for the
atoms that are kept (``dictionary.welch``). Of a group, one atom at most is kept.

Sharp: groups of equiangular atoms that are orthogonal to each other, of different sizes; and
equiangular tight frames, of which all atoms are kept.

Source: Caro; Wei (the bound on graphs); Welch 1974. Stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(3)
>>> decide(THEOREM, experiment, {"kept_atoms": experiment.settings["kept_atoms"]}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence.selection import KeptAtoms
from sparsebound.theory.extremal.selection import (
    groups_or_a_tight_frame,
    one_atom_between_others,
    regular_simplex_kept,
    two_coherent_atoms,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import welch_bound
from sparsebound.theory.quantities.selection import conflicts, keeping, squared_products
from sparsebound.theory.sources import CARO_WEI, INDEPENDENT, WELCH_1974
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, kept_atoms: KeptAtoms, *, least: bool = True) -> Iterator[Premise]:
    """Atoms of least degree, until none is left, and groups that are some."""
    yield Premise("0 <= t", 0, kept_atoms.thresholds[None], strict=False)
    found = conflicts(instance.D, kept_atoms.thresholds)
    run = keeping(found.pairs, kept_atoms.picks, kept_atoms.initial)

    def known(count: object) -> Number:
        return instance.lift(count).where(found.known, np.nan).reshape(1, -1)

    if least:
        name = "each atom that is kept has least degree"
        yield Premise(name, known(run.excess), 0, strict=False)
    yield Premise("no atom is left", known(run.left), 0, strict=False)
    same = kept_atoms.groups[:, :, None] == kept_atoms.groups[:, None, :]
    apart = same & ~found.pairs & ~np.eye(instance.D.shape[1], dtype=bool)
    name = "atoms of a group are above t to each other"
    yield Premise(name, known(apart.sum(axis=(1, 2))), 0, strict=False)


def claims(
    instance: Instance,
    kept_atoms: KeptAtoms,
    *,
    more: int = 0,
    factor: Fraction = Fraction(1),
    fewer: int = 0,
) -> Iterator[Claim]:
    """Enough atoms, of the coherence that was asked for and of no less than is possible."""
    m, _ = instance.D.shape
    found = conflicts(instance.D, kept_atoms.thresholds)
    run = keeping(found.pairs, kept_atoms.picks, kept_atoms.initial)
    count = run.kept.sum(axis=1)
    shares = (1 / instance.lift(1 + found.degrees)).where(found.known[:, None], np.nan)
    promised = (shares.sum(-1) + more).reshape(1, -1)
    yield Claim("sum_i 1/(1 + g_i) <= |T|", promised, count[None])
    together = run.kept[:, :, None] & run.kept[:, None, :]
    n = instance.D.shape[1]
    every = squared_products(instance.D).reshape(1, n, n)
    square = every.where(together, 0).max(-1).max(-1).reshape(1, -1)
    t = instance.lift(kept_atoms.thresholds)
    yield Claim("mu(D_T)^2 <= t^2", square, (t * t).reshape(1, -1), measured=False)
    least = instance.lift([factor**2 * welch_bound(m, int(p)) for p in count])
    yield Claim("(p - m)/(m (p - 1)) <= mu(D_T)^2", least.reshape(1, -1), square)
    groups = np.array([len(np.unique(row)) for row in kept_atoms.groups])
    yield Claim("|T| <= c", count[None], groups[None] - fewer, measured=False)


THEOREM = Theorem(
    title="How many atoms to keep",
    statement=r"\sum_i \frac{1}{1 + g_i} > p - 1 \implies \min\limits_{|T| = p} \mu(D_T) \le t, "
    r"\; g_i = | \{ j \ne i : | \langle d_i, d_j \rangle | > t \} |; \quad "
    r"p > m \implies \min\limits_{|T| = p} \mu(D_T) \ge \sqrt{\frac{p - m}{m (p - 1)}}",
    names=("pruning", "Pareto front", "independent set", "subset selection"),
    source=CARO_WEI & WELCH_1974 & INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=groups_or_a_tight_frame,
    mutants=(
        Mutant("one atom more", {"more": 1}, two_coherent_atoms, smallest=(3, 2)),
        Mutant(
            "first come, first kept", {"least": False}, one_atom_between_others, smallest=(2, 3)
        ),
        Mutant(
            "right side times 1.01",
            {"factor": Fraction(101, 100)},
            regular_simplex_kept,
            smallest=(3, 4),
        ),
        Mutant("c -> c - 1", {"fewer": 1}, two_coherent_atoms, smallest=(3, 2)),
    ),
    about="dictionary",
)
