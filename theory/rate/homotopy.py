r"""The path of the Lasso walks straight to a sparse code.

Problem: ``y = D x`` without noise, normalised atoms, x with k nonzeros, ``S`` its support; the
minimisers of ``1/2 ||y - D z||^2 + lam ||z||_1`` as ``lam`` falls from ``max_j |<d_j, y>|`` to 0.

Claim: if ``(2k - 1) mu < 1``, no atom off ``S`` joins, none is dropped, each atom of ``S`` joins
exactly once, and the path ends in x. So it has at most k segments: exactly k if no two atoms join
at the same weight.

Why: let ``A`` be the atoms that have joined, with signs s. As ``lam`` falls, their entries move by
``G_A^{-1} s_A``, and ``||G_A^{-1} s_A - s_A||_inf <= (k - 1) mu/(1 - (k - 1) mu) < 1``: each entry
moves in the direction of its sign, and never comes back to 0. Off ``S`` products with the residual
are smaller than the largest on ``S``, as ``ERC(S) < 1`` and the residual is in the range of
``D_S``. When all of ``S`` have joined, the path is ``x - lam G_S^{-1} s_S``. Products are affine
in ``lam`` between two joins, so it is enough to look at the joins.

Sharp: as the premise of orthogonal matching pursuit is, for the code of ones on k atoms at
``-mu`` to each other, with a further one at ``mu`` to each: at equality it joins with the first.

Source: Donoho and Tsaig 2008, with ``<=`` in the premise, where a further atom may join as well.

>>> from sparsebound.theory.verdict import decide
>>> decide(THEOREM, THEOREM.extremal(2)).ratio.round(4)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis.homotopy import joins
from sparsebound.theory.extremal.greedy import sum_that_nearly_ties
from sparsebound.theory.extremal.homotopy import third_atom_first, two_at_once
from sparsebound.theory.extremal.isometry import an_atom_twice
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import coherence
from sparsebound.theory.sources import DONOHO_TSAIG_2008
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(instance: Instance, *, strict: bool = True, twice: bool = True) -> Iterator[Premise]:
    """No noise, and a code that is sparse enough for the coherence."""
    yield Premise("e = 0", np.abs(instance.E).max(axis=1, initial=0), 0, strict=False)
    k = instance.sparsity
    count = 2 * k - 1 if twice else k
    yield Premise("(2k - 1) mu < 1", count * coherence(instance.D), 1, strict)


def claims(instance: Instance, *, distinct: bool = False) -> Iterator[Claim]:
    """Every join: what has joined does not come back, and nothing else joins."""
    found = joins(instance)
    on, lam = found.running, found.weights.where(found.running, 1)
    name = "||G_A^{-1} s_A - s_A||_inf < 1"
    yield Claim(name, found.turned.where(on, 0), 1, strict=True, axes=STEPS)
    yield Claim("|c_j| < lam off S", found.beside.where(on, 0), lam, strict=True, axes=STEPS)
    against = found.against.where(on, 0)
    yield Claim("-s_i c_i < lam on S", against, lam, strict=True, measured=False, axes=STEPS)
    slopes = found.slopes.where(on, 0)
    slower = "|<d_i, D_A G_A^{-1} s_A>| < 1 on S"
    yield Claim(slower, slopes, 1, strict=True, measured=False, axes=STEPS)
    if distinct:
        after, before = found.weights[:, 1:].where(on[:, 1:], 0), lam[:, :-1]
        yield Claim("lam_{p+1} < lam_p", after, before, strict=True, measured=False)


THEOREM = Theorem(
    title="The Lasso path walks straight to the code",
    statement=r"k = \|x\|_0, \; (2k - 1) \mu < 1, \; y = D x \implies "
    r"\| G_A^{-1} s_A - s_A \|_\infty < 1, \; |c_j| < \lambda \text{ off } S, \; "
    r"\text{and the path ends in } x \text{ after at most } k \text{ segments}",
    names=("LARS", "homotopy", "Lasso path", "k-step property"),
    source=DONOHO_TSAIG_2008,
    premises=premises,
    claims=claims,
    sharp=sum_that_nearly_ties,
    mutants=(
        Mutant("< -> <=", {"strict": False}, an_atom_twice, smallest=(1, 2)),
        Mutant("k mu < 1", {"twice": False}, third_atom_first, smallest=(3, 3)),
        Mutant("exactly k segments", {"distinct": True}, two_at_once, smallest=(2, 2)),
    ),
)
