r"""Within a radius, the label of a signal cannot change, whatever the signal is.

Problem: nonnegative features ``z`` of a signal ``y``, exact minimisers of ``1/2 ||y - D z||^2 +
sum_j lam_j z_j``, unique or not; atoms as given. ``S`` is their support, ``g_j = lam_j - <d_j, y -
D z>`` the gaps. A linear classifier says ``c``, the class of the largest ``<V_c, z> + b_c``; with
``v = V_c - V_j`` its margin to class ``j`` is ``m_j = <v, z> + b_c - b_j``. A tie counts as another
label.

Let ``phi_j(T) = min ||D (x - z)||^2 + 2 g^T x`` over ``x >= 0`` on ``S`` and ``T`` with
``<v, x> + b_c - b_j <= 0``, and the price of an atom off ``S``,
``psi_i = sup 2 beta g_i - ||beta d_i + D_S a||^2`` over ``beta >= 0``, ``a <= z_S``.

Claim: if ``m_j > 0`` for all ``j``, no ``delta`` with ``||delta|| < R`` changes the label, where
``R^2 = min_j min(phi_j(empty), min_i psi_i + phi_j({k : psi_k <= psi_i}))``. The same with lower
bounds of both, and with any levels of the atoms in place of the order of prices: for each level the
least price of its atoms, and ``phi_j`` of all atoms up to it. So dual points certify ``R``:

- for any ``tau >= 0`` and ``h`` with ``q = D^T D h + g + tau v >= 0`` on ``S`` and ``T``:
  ``phi_j(T) >= 2 tau m_j - ||D h||^2 - 2 z^T q``;
- for any ``beta >= 0``: ``psi_i >= 2 beta g_i - beta^2 ||d_i||^2``, and, with
  ``p = pinv(D_S) d_i``, ``psi_i >= 2 beta g_i - beta^2 ||d_i - D_S p||^2`` if ``-beta p <= z_S``;
- a closed form: prices ``g_i^2/||d_i||^2`` and ``phi_j(T) >= m_j^2/N^2``,
  ``N^2 = v_U^T (D_U^T D_U)^{-1} v_U`` for the independent atoms ``U`` of ``S`` and ``T``.

And for another signal near ``y``, of which ``z`` are approximate features: within ``R`` less their
distance.

Why: by ``stability.features``, ``||delta||^2 = [||D h||^2 + 2 g^T z'] + [||r' - r||^2 + 2 g'^T z]``
for the features ``z'`` of ``y + delta``, ``h = z' - z``. Let the label be lost to ``j``, and ``E``
be the atoms that enter. The first bracket is at least ``phi_j(E)``, with ``x = z'``. If ``i``
enters, ``rho = r' - r`` has ``<d_i, rho> = g_i`` and ``<d_k, rho> = -g'_k <= 0`` on ``S``. For
``beta >= 0`` and ``a <= z_S``, ``||rho||^2 >= 2 <rho, beta d_i + D_S a> - ||beta d_i + D_S a||^2``,
and ``2 g'^T z = -2 sum_S z_k <d_k, rho>``; as ``(a_k - z_k) <d_k, rho> >= 0``, the second bracket
is at least ``2 beta g_i - ||beta d_i + D_S a||^2``. Let ``i`` be an atom of ``E`` of the highest
level: its price is at least the least price of that level, and ``E`` lies among the atoms up to it;
``phi_j`` falls as its set grows. The bound of ``phi_j`` is weak duality, with ``||D (x - z)||^2 >=
2 <D h, D (x - z)> - ||D h||^2``; the closed form leaves the gaps out.

Sharp: for orthonormal atoms, where the nearest features with another label use no further atom, or
one; ``R^2 = phi_j(empty)`` is exact whenever it is the minimum.

Source: stated and proved independently; the question is that of Sulam, Muthukumar and Arora 2020,
whose certificate it contains.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> verdict = decide(THEOREM, experiment, {"label_change": experiment.settings["label_change"]})
>>> verdict.ratio.round(9)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.analysis.features import features_of, moved_features, paired
from sparsebound.theory.analysis.label_radius import LabelRadius
from sparsebound.theory.evidence import LabelChange
from sparsebound.theory.extremal import label_changes as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import of_evidence
from sparsebound.theory.sources import INDEPENDENT, SULAM_MUTHUKUMAR_ARORA_2020
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, label_change: LabelChange) -> Iterator[Premise]:
    """Nonnegative features of both signals, whose labels differ."""
    pair, certificate = label_change.pair, label_change.certificate
    yield Premise("z may not be negative", pair.features.signed, 0, strict=False, measured=False)
    yield from paired(instance, pair)
    radius = _radius(instance, label_change)
    yield Premise("0 < m_j", 0, radius.margins.min(-1))
    left = radius.margins_of(moved_features(instance, pair)).min(-1)
    yield Premise("the label at y' is another one", left, 0, strict=False)
    shortest = certificate.lengths.min(axis=1)
    yield Premise("0 <= beta", -shortest, 0, strict=False, measured=False)


def claims(
    instance: Instance,
    label_change: LabelChange,
    *,
    factor: Fraction = Fraction(1),
    gaps: int = 1,
    entering: bool = True,
    capped: bool = True,
    normed: bool = True,
    first: int = 0,
    corrected: bool = True,
) -> Iterator[Claim]:
    """The signal with another label is no nearer than what is certified."""
    radius = _radius(instance, label_change)
    y, moved = instance.Y, instance.lift(label_change.pair.signals.values)
    distance = ((moved - y) ** 2).sum(-1)
    square = radius.squared_radius(gaps=gaps, entering=entering, capped=capped)
    yield Claim("R^2 <= ||y' - y||^2", factor * factor * square, distance)
    closed = radius.closed_form(normed=normed, first=first)
    yield Claim("R^2 <= ||y' - y||^2, closed form", closed, distance)
    seen = instance.lift(label_change.seen.values)
    reached = ((moved - seen) ** 2).sum(-1).sqrt()
    if corrected:
        reached = reached + ((y - seen) ** 2).sum(-1).sqrt()
    name = "R - ||y - D z - r|| <= distance of a signal near y"
    yield Claim(name, square.sqrt(), reached)


@of_evidence
def _radius(instance: Instance, label_change: LabelChange) -> LabelRadius:
    point = features_of(instance, label_change.pair.features)
    return LabelRadius(point, label_change.head, label_change.certificate)


THEOREM = Theorem(
    title="A radius within which a label cannot change",
    statement=r"R^2 = \min\limits_j \min ( \varphi_j(\emptyset), \; \min\limits_i \psi_i + "
    r"\varphi_j(\{ k : \psi_k \le \psi_i \}) ), \; \| \delta \|_2 < R \implies "
    r"\text{the label at } y + \delta \text{ is that at } y",
    names=("adversarial robustness", "certified accuracy", "robust classification"),
    source=INDEPENDENT & SULAM_MUTHUKUMAR_ARORA_2020,
    premises=premises,
    claims=claims,
    sharp=extremal.enters_or_stays,
    mutants=(
        Mutant("R -> 1.05 R", {"factor": Fraction(105, 100)}, smallest=(2, 2)),
        Mutant("prices not capped", {"capped": False}, extremal.price_at_its_cap, smallest=(2, 2)),
        Mutant("2 g^T x -> 4 g^T x", {"gaps": 2}, extremal.larger_margin, smallest=(2, 2)),
        Mutant("no atom enters", {"entering": False}, extremal.larger_margin, smallest=(2, 2)),
        Mutant(
            "gaps not divided by ||d_i||", {"normed": False}, extremal.long_atom, smallest=(2, 2)
        ),
        Mutant("k from 1 in the closed form", {"first": 1}, extremal.idle_atom, smallest=(2, 2)),
        Mutant(
            "the correction left out", {"corrected": False}, extremal.seen_nearer, smallest=(1, 1)
        ),
    ),
    enumerates=True,  # to search for the nearest features with another label is as much work
    noisy=True,
    effort=5,
)
