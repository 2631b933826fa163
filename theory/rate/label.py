r"""The label that a network of finitely many layers says, and that the features have.

Problem: nonnegative features ``z`` of a signal ``y``, any minimiser of ``1/2 ||y - D z||^2 +
sum_j lam_j z_j``, ``lam_j > 0``, atoms as given; likewise ``z'`` of another signal ``y'``. A linear
classifier says ``c``, the class of the largest ``<V_c, z> + b_c``; with ``v = V_c - V_j`` its
margin to class ``j`` is ``m_j = <v, z> + b_c - b_j > 0``.

Algorithm: K layers of ISTA or FISTA on ``y'``, from 0, with the step ``1/L``, ``L >= ||D||_2^2``,
and with rectified linear units: ``x^k = relu(x - (D^T (D x - y') + lam)/L)``, where ``x`` is
``x^{k-1}``, or goes beyond it as in ``rate.fista``.

Claim: let ``N_j`` be the largest ``<v, h>`` for ``||D h|| <= 1``. Then the margin of ``x^K`` is at
least ``m_j - N_j (||y - y'|| + 2 sqrt(L) ||z'||/(K + 1))`` for FISTA, and
``m_j - N_j (||y - y'|| + sqrt(L/(2K)) ||z'||)`` for ISTA. Where these are positive for all ``j``,
the network says ``c``. So for ``y' = y`` it is enough that ``K + 1 > 2 sqrt(L) ||z|| N_j/m_j`` for
all ``j``, or ``2K > L ||z||^2 N_j^2/m_j^2``.

``N_j`` is finite if and only if ``v = D^T D u`` for some ``u``, and is then ``||D u||``. Nothing is
claimed otherwise.

Why: ``1/2 ||D (x^K - z')||^2 <= F(x^K) - F(z')``, as F is a quadratic function plus a convex one.
This is at most ``2 L ||z'||^2/(K + 1)^2`` by ``rate.fista``, or ``L ||z'||^2/(4K)`` by
``rate.ista``: their arguments hold for any convex function in place of the l1 norm. And
``||D (z' - z)|| <= ||y' - y||`` by ``stability.features``, so ``<v, z - x^K>`` is at most ``N_j``
times the sum of the two distances.

Not sharp, but for ``z' = 0``, where ``||y - y'||`` is all that remains: the rates are not attained
where the objective is as small as the distance of the fits allows. Of ``z'`` it is enough to know
``sigma_min(D) ||z'|| <= ||D z'|| <= ||D z|| + ||y - y'||``, by ``stability.features``.

Source: stated and proved independently.

>>> from sparsebound.theory.extremal.feature_rates import nothing_to_find
>>> from sparsebound.theory.verdict import decide
>>> experiment = nothing_to_find(1)
>>> evidence = {"labelled_runs": experiment.settings["labelled_runs"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis.feature_descent import FeatureDescent, feature_descent
from sparsebound.theory.analysis.features import features_of, moved_features, paired
from sparsebound.theory.analysis.spectrum import spectrum
from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.evidence import LabelledRuns
from sparsebound.theory.extremal import feature_rates as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem

MARGINS_LOST = (("class", 0), *STEPS)
"""Axes of what is claimed of each other class after each layer."""


def premises(instance: Instance, labelled_runs: LabelledRuns) -> Iterator[Premise]:
    """Nonnegative features of both signals, a label, and runs from 0 with a short step."""
    found = labelled_runs
    signed = found.pair.features.signed
    yield Premise("z may not be negative", signed, 0, strict=False, measured=False)
    yield from paired(instance, found.pair)
    yield Premise("0 < m_j", 0, _margins(instance, found).min(-1))
    starts = [np.abs(points[:, 0]).max(axis=1) for points in _runs(found)]
    yield Premise("x^0 = 0", np.maximum(*starts), 0, strict=False)
    largest = spectrum(instance.D).max(-1)
    yield Premise("||D||^2 <= L", largest, found.iterates.L, strict=False, measured=False)


def claims(
    instance: Instance,
    labelled_runs: LabelledRuns,
    *,
    layers: int = 1,
    moved: int = 1,
    accelerated: bool = False,
) -> Iterator[Claim]:
    """Steps of the algorithms, and what is left of the margins after each."""
    found = labelled_runs
    ista, fista = (_descent(instance, found, points) for points in _runs(found))
    yield from ista.steps_of(momentum=False)
    yield from fista.steps_of(momentum=True)
    u = instance.lift(found.readout.directions)
    v = u @ instance.D.raw_gram
    size = (u * v).sum(-1).sqrt()
    z, other = features_of(instance, found.pair.features), moved_features(instance, found.pair)
    distance = moved * ((other.signals - z.signals) ** 2).sum(-1).sqrt()

    def bound(fit: Number) -> Number:
        reached = distance.reshape(-1, 1) + fit.sqrt()
        return size.reshape(*size.shape, 1) * reached.reshape(len(size), 1, -1)

    yield Claim(
        "m_j - m_j(x^k) <= N_j (||y - y'|| + 2 L^{1/2} ||z'||/(k + 1)) for FISTA",
        _lost(z.entries, fista, v),
        bound(fista.fista_fit(layers)),
        axes=MARGINS_LOST,
    )
    yield Claim(
        "m_j - m_j(x^k) <= N_j (||y - y'|| + (L/(2k))^{1/2} ||z'||) for ISTA",
        _lost(z.entries, ista, v),
        bound(ista.fista_fit(layers) if accelerated else ista.ista_fit()),
        axes=MARGINS_LOST,
    )


def _runs(found: LabelledRuns) -> tuple[FloatArray, FloatArray]:
    return found.iterates.ista, found.iterates.fista


def _descent(instance: Instance, found: LabelledRuns, points: FloatArray) -> FeatureDescent:
    point, signals = moved_features(instance, found.pair), found.pair.signals.values
    return feature_descent(instance, point, signals, points, found.iterates.L)


def _margins(instance: Instance, found: LabelledRuns) -> Number:
    """``m_j``, shape (B, R)."""
    z = features_of(instance, found.pair.features).entries
    v = instance.lift(found.readout.directions) @ instance.D.raw_gram
    read = (v * z.reshape(len(z), 1, -1)).sum(-1)
    return read + found.readout.biases


def _lost(z: Number, run: FeatureDescent, v: Number) -> Number:
    """``<v, z - x^k>`` for each other class and each step, shape (B, R, K)."""
    away = z.reshape(len(z), 1, -1) - run.points[:, 1:]
    return v @ away.swapaxes(1, 2)


THEOREM = Theorem(
    title="The label of a network of finitely many layers",
    statement=r"N_j \bigl( \| y - y' \|_2 + \tfrac{2 \sqrt{L} \| z' \|_2}{K + 1} \bigr) < m_j "
    r"\text{ for all } j \implies \text{FISTA says after K layers at } y' "
    r"\text{ what the features say at } y",
    names=("early exit", "finite depth", "unrolled classifier", "inference budget"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    mutants=(
        Mutant("K + 1 -> 4 (K + 1)", {"layers": 4}, extremal.one_short_step, smallest=(1, 1)),
        Mutant(
            "ISTA as quick as FISTA",
            {"accelerated": True},
            extremal.many_short_steps,
            smallest=(1, 1),
        ),
        Mutant("||y - y'|| dropped", {"moved": 0}, extremal.nothing_to_find, smallest=(1, 1)),
    ),
    noisy=True,
)
