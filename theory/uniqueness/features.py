r"""When the features of a signal are unique, whatever the signal and the coherence.

Problem: minimise ``1/2 ||y - D z||^2 + sum_j lam_j |z_j|``, ``lam_j > 0``, over ``z >= 0`` or over
all ``z``; atoms as given. ``r = y - D z`` for a minimiser ``z`` with support ``S``, and
``g_j = lam_j - <d_j, r>`` is the gap of an atom, with ``|<d_j, r>|`` where entries may be negative.

Claim: if ``D_S`` has full column rank and ``g_j > 0`` for all ``j`` off ``S``, then ``z`` is the
only minimiser, and the only solution of basis pursuit for its own fit: ``sum lam_j |x_j|`` is
larger for every other ``x`` (``x >= 0``) with ``D x = D z``. By how much: along a null vector ``h``
(with ``h_j >= 0`` off ``S`` if features are nonnegative) the sum grows at the rate ``sum_{j not in
S} (lam_j |h_j| - <d_j, r> h_j)``, which is positive: less is gained than lost.

Why: on ``S``, ``<d_j, r>`` is ``lam_j`` with the sign of ``z_j``. If ``D x = D z``, then
``sum lam_j |x_j| - sum lam_j |z_j| = sum lam_j |x_j| - <D^T r, x>``, as ``<r, D x> = <r, D z>``;
every term is at least 0, and positive where ``x_j != 0`` off ``S``. So another ``x`` of the same
sum lives on ``S``, and is ``z`` by the rank. All minimisers have the same fit and the same sum.

The cone of these ``h`` contains no line if the rank is full, and every null vector is a sum of
circuits of its own signs (Rockafellar 1969): the rate is decided by the circuits.

Sharp: ``g_j = 0`` is enough for another minimiser, though not in general: it is no equivalence.

Source: Fuchs 2004; in this form stated and proved independently.

>>> from sparsebound.theory.evidence import Features
>>> from sparsebound.theory.verdict import decide
>>> found = Features([[1.0, 1.0]], [[1.0, 0.0]], [[0.0, 0.0]], [False])
>>> decide(THEOREM, Instance([[2, 1]], [[3, 0]]), {"features": found}).status
array([1], dtype=int8)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis.features import features_of
from sparsebound.theory.evidence import Features
from sparsebound.theory.extremal.features import rival_atom, shared_by_dependent_atoms
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import circuits, independence
from sparsebound.theory.sources import FUCHS_2004, INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem

GAINED = "what is gained, of what is lost, along null vectors"


def premises(
    instance: Instance, features: Features, *, positive: bool = True, independent: bool = True
) -> Iterator[Premise]:
    """A minimiser, gaps off its support, and independent atoms."""
    point = features_of(instance, features)
    yield from point.premises("z")
    if positive:
        relative = 1 - point.gaps / features.thresholds
        yield Premise("<d_j, r> < lam_j off S", relative.where(~features.support, 0).max(-1), 1)
    if independent:
        rank = independence(instance.D, features.support)
        yield Premise("D_S has full column rank", 0, rank)


def claims(instance: Instance, features: Features) -> Iterator[Claim]:
    """No null vector leads to another minimiser."""
    vectors = circuits(instance.D)
    if not len(vectors):
        yield Claim(f"{GAINED} h", 0, 1, strict=True)
        return
    vectors = vectors / abs(vectors).sum(-1).reshape(-1, 1)
    signs, off = np.sign(vectors.mid), ~features.support
    costs = instance.lift(off * features.thresholds) @ abs(vectors).swapaxes(0, 1)
    free = off.astype(np.int64) @ (signs != 0).T == 0  # on the support alone: nothing is lost
    correlations = features_of(instance, features).correlations.where(off, 0)
    gains = (correlations @ vectors.swapaxes(0, 1)) / costs.where(~free, 1)
    for name, side in (("h", 1), ("-h", -1)):
        lowered = off.astype(np.int64) @ (side * signs < 0).T > 0
        possible = features.signed[:, None] | ~lowered
        shares = (side * gains).where(~free, 1).where(possible, 0)
        yield Claim(f"{GAINED} {name}", shares.max(-1), 1, strict=True)


THEOREM = Theorem(
    title="Uniqueness of the features of a signal",
    statement=r"z \in \arg\min \tfrac{1}{2} \| y - D z \|_2^2 + \sum\limits_j \lambda_j | z_j |, "
    r"\; \operatorname{rank} D_S = |S|, \; \langle d_j, y - D z \rangle < \lambda_j "
    r"\text{ for } j \notin S \implies z \text{ is the only minimiser}",
    names=("LASSO", "nonnegative LASSO", "sparse autoencoder"),
    source=FUCHS_2004 & INDEPENDENT,
    proof="proofs/uniqueness/features.v:features",
    premises=premises,
    claims=claims,
    mutants=(
        Mutant("< lam_j -> <= lam_j", {"positive": False}, rival_atom, smallest=(1, 2)),
        Mutant(
            "rank condition dropped",
            {"independent": False},
            shared_by_dependent_atoms,
            smallest=(1, 2),
        ),
    ),
    enumerates=True,
    noisy=True,
)
