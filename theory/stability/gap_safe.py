r"""What a duality gap says of approximate features: fits, labels, and atoms that are off.

Problem: minimise ``P(x) = 1/2 ||y - D x||^2 + sum_j lam_j |x_j|``, ``lam_j > 0``, over ``x >= 0``
or over all ``x``; atoms as given. The dual: maximise ``Q(theta) = 1/2 ||y||^2 - 1/2 ||y -
theta||^2`` over ``<d_j, theta> <= lam_j``, with ``|<d_j, theta>|`` where entries may be negative.

Claim: for any ``x``, any feasible ``theta``, any minimiser ``z`` with ``r = y - D z``, and
``G = P(x) - Q(theta)``: ``||D (x - z)||^2 + ||theta - r||^2 <= 2 G``. So an atom with
``lam_j - <d_j, theta> > sqrt(2 G) ||d_j||`` is off in every minimiser; and what a linear read-out
says differs by ``<v, x - z>^2 <= N^2 2 G``, ``N^2 = v^T (D^T D)^{-1} v`` for independent atoms: a
label of ``x`` is that of ``z`` if ``N_j sqrt(2 G) < m_j`` for its margins.

Why: ``P(x) - P(z) >= 1/2 ||D (x - z)||^2`` as ``z`` minimises a quadratic function plus a convex
one, likewise ``Q(r) - Q(theta) >= 1/2 ||theta - r||^2``, since ``r`` is the projection of ``y`` on
the dual polytope, and ``P(z) = Q(r)``; add. On the support of ``z``, ``<d_j, r> = lam_j``, so
``lam_j - <d_j, theta> = <d_j, r - theta> <= sqrt(2 G) ||d_j||``. And ``<v, h> <= N ||D h||``.

Sharp: whenever ``x`` lives where ``z`` has no gap, with its signs, and ``theta = r``.

Source: Ndiaye, Fercoq, Gramfort and Salmon 2017 (each half); the sum stated and proved
independently.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> evidence = {"approximate_features": experiment.settings["approximate_features"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.features import features_of
from sparsebound.theory.evidence import ApproximateFeatures
from sparsebound.theory.extremal.features import long_atom_at_its_minimiser, twice_the_feature
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import INDEPENDENT, NDIAYE_FERCOQ_GRAMFORT_SALMON_2017
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, approximate_features: ApproximateFeatures) -> Iterator[Premise]:
    """Exact features, and feasible points."""
    found = approximate_features
    yield from features_of(instance, found.features).premises("z")
    signed = found.features.signed[:, None]
    negative = np.where(signed, 0, found.points.values).min(axis=1)
    yield Premise("0 <= x", -negative, 0, strict=False, measured=False)
    products = instance.lift(found.duals.values) @ instance.D.atoms
    size = abs(products).where(np.broadcast_to(signed, products.shape), products)
    relative = size / found.features.thresholds
    yield Premise("<d_j, theta> <= lam_j", relative.max(-1), 1, strict=False, measured=False)


def claims(
    instance: Instance,
    approximate_features: ApproximateFeatures,
    *,
    factor: Fraction = Fraction(2),
    long: bool = True,
) -> Iterator[Claim]:
    """Fits and dual points, atoms that are on, and what is read out."""
    found, D = approximate_features, instance.D
    point = features_of(instance, found.features)
    x, theta = instance.lift(found.points.values), instance.lift(found.duals.values)
    y, lam = instance.Y, found.features.thresholds
    fit = D.synthesis(x)
    primal = ((y - fit) ** 2).sum(-1) / 2 + (abs(x) * lam).sum(-1)
    dual = (y**2).sum(-1) / 2 - ((y - theta) ** 2).sum(-1) / 2
    room = factor * (primal - dual)
    moved = ((fit - point.fit) ** 2).sum(-1) + ((theta - point.residual) ** 2).sum(-1)
    yield Claim("||D (x - z)||^2 + ||theta - r||^2 <= 2 G", moved, room)
    left = lam - point.signs * (theta @ D.atoms)
    left = (left**2 / (D.squares if long else 1)).where(found.features.support, 0).max(-1)
    yield Claim("(lam_j - <d_j, theta>)^2 <= 2 G ||d_j||^2 on supp z", left, room)
    v = found.readout.values
    if v.any():
        spread = D.raw_gram.solve(instance.lift(v).swapaxes(0, 1)).swapaxes(0, 1)
        read = (instance.lift(v) * (x - point.entries)).sum(-1)
        yield Claim("<v, x - z>^2 <= N^2 2 G", read**2, (v * spread).sum(-1) * room)


THEOREM = Theorem(
    title="What a duality gap says of features",
    statement=r"\| D (x - z) \|_2^2 + \| \theta - r \|_2^2 \le 2 (P(x) - Q(\theta)), \quad "
    r"\langle d_j, \theta \rangle \le \lambda_j, \; z \in \arg\min P, \; r = y - D z",
    names=("screening", "gap safe rules", "duality gap", "screening.gap_safe", "stability.gap"),
    source=NDIAYE_FERCOQ_GRAMFORT_SALMON_2017 & INDEPENDENT,
    proof="proofs/stability/gap_safe.v:gap_safe",
    premises=premises,
    claims=claims,
    sharp=twice_the_feature,
    mutants=(
        Mutant("2 G -> 1.9 G", {"factor": Fraction(19, 10)}, smallest=(1, 1)),
        Mutant("||d_j|| dropped", {"long": False}, long_atom_at_its_minimiser, smallest=(1, 1)),
    ),
    noisy=True,
)
