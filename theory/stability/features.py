r"""How far features move when the signal does: an equality.

Problem: any dictionary, any two signals ``y`` and ``y'``, and for each a minimiser of
``1/2 ||y - D z||^2 + sum_j lam_j |z_j|``, ``lam_j > 0``, over ``z >= 0`` or over all ``z``: its
*features* ``z``, ``z'``, unique or not; atoms as given. ``r = y - D z`` is what is left, and
``g_j = lam_j - <d_j, r>`` the gap of an atom, with ``|<d_j, r>|`` where entries may be negative.

Claim: ``||y - y'||^2 = ||D (z - z')||^2 + ||r - r'||^2 + 2 g^T z' + 2 g'^T z``, where ``g_j z'_j``
is ``lam_j |z'_j| - <d_j, r> z'_j`` for features with signs. So (a)
``||D (z - z')|| <= ||y - y'||``; (b) an atom that enters, ``z_j = 0`` and ``z'_j != 0``, has
``g_j <= ||r' - r|| ||d_j||``; (c) ``sigma_min(D_T) ||z - z'|| <= ||y - y'||``, where ``T`` contains
both supports, and ``sigma_min`` is the least singular value as a map: 0 if atoms are dependent.

Why: with ``h = z' - z``, ``||y' - y||^2 = ||D h||^2 + ||r' - r||^2 + 2 <D h, r' - r>``, and
``<D h, r' - r> = sum_j h_j (<d_j, r'> - <d_j, r>)``. Where ``z'_j`` is not zero,
``<d_j, r'>`` is ``lam_j`` with its sign, so ``z'_j (<d_j, r'> - <d_j, r>)`` is ``g_j z'_j``;
likewise for ``z``. All terms are at least 0: (a). In (b),
``<d_j, r' - r>`` is ``g_j`` at least in modulus. (c) is (a) and
``||D h|| >= sigma_min(D_T) ||h||``.

Sharp: the equality always; (a) and (c) for orthonormal atoms of the support and ``r' = r``, (b) for
one atom.

Source: stated and proved independently; (a) is the firm nonexpansiveness of projections; (b) with
twice the distance and (c) with the Babel function: Mehta and Gray 2013, and Sulam, Muthukumar and
Arora 2020.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> verdict = decide(THEOREM, experiment, {"feature_pair": experiment.settings["feature_pair"]})
>>> verdict.ratio, verdict.attained
(array([1.]), array([ True]))
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.features import features_of, moved_features, paired
from sparsebound.theory.arithmetic import Mask, Number
from sparsebound.theory.evidence import FeaturePair
from sparsebound.theory.extremal.features import doubled_atom, enters_or_rises, opposite_changes
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.supports import support_gram
from sparsebound.theory.sources import INDEPENDENT, MEHTA_GRAY_2013, SULAM_MUTHUKUMAR_ARORA_2020
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem, equal

LEAST = "least"
"""The least singular value, as a map."""
RETURNED = "returned"
"""The least one that a library returns, of at most as many as there are rows."""
NORM = "norm"
"""The least norm of an atom."""


def premises(instance: Instance, feature_pair: FeaturePair) -> Iterator[Premise]:
    """Features of both signals; nothing else."""
    yield from paired(instance, feature_pair)


def claims(
    instance: Instance,
    feature_pair: FeaturePair,
    *,
    entering: Fraction = Fraction(2),
    crossed: int = 1,
    share: Fraction = Fraction(1),
    singular: str = LEAST,
) -> Iterator[Claim]:
    """The equality, and what follows of fits, of atoms that enter, and of features."""
    z, moved = features_of(instance, feature_pair.features), moved_features(instance, feature_pair)
    distance = ((moved.signals - z.signals) ** 2).sum(-1)
    fits = ((moved.fit - z.fit) ** 2).sum(-1)
    rest = ((moved.residual - z.residual) ** 2).sum(-1)
    cost = crossed * (entering / 2 * z.cost_of(moved) + moved.cost_of(z))
    yield from equal(
        "||y - y'||^2 = ||D (z - z')||^2 + ||r - r'||^2 + 2 g^T z' + 2 g'^T z",
        distance,
        fits + rest + cost,
    )
    yield Claim("||D (z - z')||^2 <= ||y - y'||^2", fits, distance)
    enters = ~feature_pair.features.support & feature_pair.moved.support
    gaps = (z.gaps**2 / instance.D.squares).where(enters, 0).max(-1)
    yield Claim("g_j^2 <= ||r' - r||^2 ||d_j||^2 where j enters", gaps, share * share * rest)
    union = feature_pair.features.support | feature_pair.moved.support
    codes = ((moved.entries - z.entries) ** 2).sum(-1)
    bound = _least_square(instance.D, union, singular) * codes
    yield Claim("sigma_min(D_T)^2 ||z - z'||^2 <= ||y - y'||^2", bound, distance)


def _least_square(D: Dictionary, union: Mask, singular: str) -> Number:
    """Square of the least singular value of the atoms of each set, shape (B,)."""
    sizes = union.sum(axis=1)
    if singular == NORM:
        return D.squares.where(union, np.inf).min(-1).where(sizes > 0, 0)
    gram = support_gram(D.raw_gram, union)
    inside = gram.used[:, :, None] & gram.used[:, None, :]
    # beyond a set, a bound of its largest eigenvalue: the eigenvalues of the set come first
    largest = abs(gram.inner).where(inside, 0).sum(-1).max(-1).reshape(-1, 1, 1)
    padding = largest * np.eye(union.shape[1])[: inside.shape[1], : inside.shape[1]]
    values = padding.where(~inside, gram.inner).eigenvalues()
    place = np.zeros(len(union), dtype=int)
    if singular == RETURNED:
        place = sizes - np.minimum(sizes, D.shape[0])
    if not inside.shape[1]:
        return D.arithmetic.of(np.zeros(len(union)))
    least = values[np.arange(len(union)), place]
    known = singular == RETURNED or D.shape[0] >= sizes
    return least.where((sizes > 0) & known, 0)


THEOREM = Theorem(
    title="How far features move",
    statement=r"\| y - y' \|_2^2 = \| D (z - z') \|_2^2 + \| r - r' \|_2^2 "
    r"+ 2 g^T z' + 2 g'^T z, \quad z \in \arg\min \tfrac{1}{2} \| y - D z \|_2^2 "
    r"+ \sum\limits_j \lambda_j | z_j |, \; r = y - D z, \; g = \lambda - D^T r",
    names=("Lipschitz constant of sparse coding", "sparse autoencoder", "encoder stability"),
    source=INDEPENDENT & MEHTA_GRAY_2013 & SULAM_MUTHUKUMAR_ARORA_2020,
    proof="proofs/stability/features.v:features",
    premises=premises,
    claims=claims,
    sharp=enters_or_rises,
    mutants=(
        Mutant("2 g^T z' -> 2.2 g^T z'", {"entering": Fraction(22, 10)}, smallest=(1, 1)),
        Mutant("the gaps dropped", {"crossed": 0}, smallest=(1, 1)),
        Mutant("(b) times 0.95", {"share": Fraction(95, 100)}, smallest=(1, 1)),
        Mutant(
            "sigma_min(D_T) -> min ||d_j||", {"singular": NORM}, opposite_changes, smallest=(2, 2)
        ),
        Mutant(
            "sigma_min -> the least singular value that is returned",
            {"singular": RETURNED},
            doubled_atom,
            smallest=(1, 2),
        ),
    ),
    noisy=True,
)
