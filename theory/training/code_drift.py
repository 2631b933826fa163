r"""How far features move when the dictionary does.

Problem: one signal ``y``, thresholds ``lam_j > 0``, two dictionaries ``D`` and ``D' = D + E``,
and features for each: minimisers ``z`` and ``z'`` of ``1/2 ||y - D z||^2 + sum_j lam_j |z_j|``
and of the same with ``D'``, over ``z >= 0`` or over all ``z``; atoms as given, of any rank. ``r =
y - D z`` and ``r' = y - D' z'`` are what is left, and ``h = z' - z``.

Claim: ``||D h||^2 + ||D' h||^2 <= 2 <r', E z'> - 2 <r, E z> + ||E z||^2 + ||E z'||^2``.

Why: let ``P`` and ``P'`` be the two objectives. As ``z`` minimises ``P``, a quadratic function
plus a convex one, ``P(z') - P(z) >= 1/2 ||D h||^2``, and likewise ``P'(z) - P'(z') >= 1/2 ||D'
h||^2``. In the sum the thresholds cancel, and ``P(z') - P'(z') = <r', E z'> + 1/2 ||E z'||^2``,
since ``y - D z' = r' + E z'``, and ``P'(z) - P(z) = -<r, E z> + 1/2 ||E z||^2``.

Sharp: where both have the same support and signs; for one atom always.

Source: stated and proved independently; the question is that of Mehta and Gray 2013.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> evidence = {"drifted_features": experiment.settings["drifted_features"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.analysis.features import FeaturePoint, features_of
from sparsebound.theory.evidence import DriftedFeatures
from sparsebound.theory.extremal.features import doubled_length
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.memo import of_evidence
from sparsebound.theory.sources import INDEPENDENT, MEHTA_GRAY_2013
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, drifted_features: DriftedFeatures) -> Iterator[Premise]:
    """Features for both dictionaries, with the same thresholds."""
    found = drifted_features
    yield from features_of(instance, found.features).premises("z")
    yield from _drifted(instance, found).premises("z'")
    differ = (found.features.thresholds != found.drifted.thresholds).any(axis=1)
    differ |= found.features.signed != found.drifted.signed
    yield Premise("lam' = lam", differ.astype(float), 0, strict=False)


def claims(
    instance: Instance,
    drifted_features: DriftedFeatures,
    *,
    share: Fraction = Fraction(1),
    squares: int = 1,
) -> Iterator[Claim]:
    """The two fits of the difference of features."""
    point, drifted = (
        features_of(instance, drifted_features.features),
        _drifted(instance, drifted_features),
    )
    h = drifted.entries - point.entries
    moved = (instance.D.synthesis(h) ** 2).sum(-1) + (drifted.D.synthesis(h) ** 2).sum(-1)
    E = (drifted.D.atoms - instance.D.atoms).swapaxes(0, 1)
    before, after = point.entries @ E, drifted.entries @ E
    room = 2 * (drifted.residual * after).sum(-1) - 2 * (point.residual * before).sum(-1)
    room = room + squares * ((before**2).sum(-1) + (after**2).sum(-1))
    name = "||D h||^2 + ||D' h||^2 <= 2 <r', E z'> - 2 <r, E z> + ||E z||^2 + ||E z'||^2"
    yield Claim(name, moved, share * room)


@of_evidence
def _drifted(instance: Instance, drifted_features: DriftedFeatures) -> FeaturePoint:
    D = Dictionary(drifted_features.atoms, arithmetic=instance.D.arithmetic)
    return FeaturePoint(D, instance.Y, drifted_features.drifted)


THEOREM = Theorem(
    title="How far features move when the dictionary does",
    statement=r"\| D h \|_2^2 + \| D' h \|_2^2 \le 2 \langle r', E z' \rangle "
    r"- 2 \langle r, E z \rangle + \| E z \|_2^2 + \| E z' \|_2^2, \quad D' = D + E, \; h = z' - z",
    names=("predictive sparse coding", "dictionary stability"),
    source=INDEPENDENT & MEHTA_GRAY_2013,
    proof="proofs/training/code_drift.v:code_drift",
    premises=premises,
    claims=claims,
    sharp=doubled_length,
    mutants=(
        Mutant("right side times 0.95", {"share": Fraction(95, 100)}, smallest=(1, 1)),
        Mutant("||E z||^2 + ||E z'||^2 dropped", {"squares": 0}, smallest=(1, 1)),
    ),
    noisy=True,
)
