r"""Labels of sparse codes survive errors: a certificate for all errors of a size at once.

Problem: a code ``x`` on ``S``, and what a network returns for it, ``z``, with ``|z_i - x_i| <= b``
on ``S`` and ``|z_i| <= p`` off ``S``: as ``rate.unfolded``, ``rate.deep`` and
``stability.lasso_coherence`` say it (with ``p = 0`` for exact activations; for smooth ones it is
not 0). Labels are read linearly: of the scores ``U z + c`` the largest one. ``u`` is the label of
``x``, and ``g_v = U_u - U_v`` for every other label v.

Claim: ``<g_v, x - z> <= b ||(g_v)_S||_1 + p ||(g_v)_{S^c}||_1`` for all v. So if
``<g_v, x> + c_u - c_v > b ||(g_v)_S||_1 + p ||(g_v)_{S^c}||_1`` for all v, then u is the only label
of ``z``. The premise may be read from ``z`` as well: then u is the only label of ``x``.

Why: Hoelder's inequality, on ``S`` and off it, and the triangle inequality.

Sharp: ``z = x - b sign(g_v)`` on ``S``, ``-p sign(g_v)`` off it.

Source: in the l2 norm, Romano, Aberdam, Sulam and Elad 2020; this form is stated and proved
independently.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> evidence = {"classified": experiment.settings["classified"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sparsebound.theory.arithmetic import IntArray, Mask, Number
from sparsebound.theory.evidence.classified import Classified
from sparsebound.theory.extremal.classification import (
    a_second_class_beyond_the_first,
    errors_off_the_support,
    just_within_the_margin,
    worst_error_of_a_code,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import of_evidence
from sparsebound.theory.sources import INDEPENDENT, ROMANO_ABERDAM_SULAM_ELAD_2020
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


@dataclass(frozen=True)
class ScoreMargins:
    """Differences of scores for each class, 0 for the label itself; all of shape (B, C).

    Attributes
    ----------
    others : ndarray of bool
        The classes that are not the label.
    of_code, of_point : Number
        ``<g_v, x> + c_u - c_v``, and the same of ``z``.
    inside, outside : Number
        ``||(g_v)_S||_1`` and ``||(g_v)_{S^c}||_1``.
    """

    others: Mask
    of_code: Number
    of_point: Number
    inside: Number
    outside: Number


def premises(
    instance: Instance,
    classified: Classified,
    *,
    share: Fraction = Fraction(1),
    off: int = 1,
    every: bool = True,
) -> Iterator[Premise]:
    """Errors within their bounds, and margins that are larger than what they can do."""
    found, on = classified, instance.support
    errors = abs(instance.lift(found.points) - instance.lift(instance.X))
    name = "|z_i - x_i| <= b on S"
    inside = errors.where(on, 0).max(-1) - found.inside
    yield Premise(
        name, inside.where(np.asarray(on.any(axis=1)), -1), 0, strict=False, measured=False
    )
    outside = errors.where(~on, 0).max(-1) - found.outside
    name = "|z_i| <= p off S"
    yield Premise(
        name, outside.where(np.asarray(~on.all(axis=1)), -1), 0, strict=False, measured=False
    )
    negative = -np.minimum(found.inside, found.outside)
    yield Premise("0 <= b, p", negative, 0, strict=False, measured=False)
    margins = _margins(instance, classified)
    asked = margins.others if every else _first(margins.others)
    lost = share * margins.inside * found.inside[:, None]
    lost = lost + off * margins.outside * found.outside[:, None]
    name = "b ||(g_v)_S||_1 + p ||(g_v)_{S^c}||_1 < <g_v, x> + c_u - c_v"
    yield Premise(name, lost.where(asked, 0), margins.of_code.where(asked, 1))


def claims(instance: Instance, classified: Classified) -> Iterator[Claim]:
    """What errors take from the scores, and the label of what was returned."""
    margins = _margins(instance, classified)
    moved = (margins.of_code - margins.of_point).where(margins.others, 0)
    allowed = margins.inside * classified.inside[:, None]
    allowed = allowed + margins.outside * classified.outside[:, None]
    name = "<g_v, x - z> <= b ||(g_v)_S||_1 + p ||(g_v)_{S^c}||_1"
    yield Claim(name, moved, allowed.where(margins.others, 1))
    least = margins.of_point.where(margins.others, 1).min(-1)
    yield Claim("u is the only label of z", 0, least, strict=True, measured=False)


def _first(others: Mask) -> Mask:
    """The first class that is not the label."""
    found: Mask = others & (np.cumsum(others, axis=1) == 1)
    return found


@of_evidence
def _margins(instance: Instance, classified: Classified) -> ScoreMargins:
    lift = instance.lift
    return score_margins(
        (lift(instance.X), lift(classified.points)),
        instance.support,
        lift(classified.weights),
        lift(classified.biases),
        classified.labels,
    )


def score_margins(
    codes: tuple[Number, Number], on: Mask, weights: Number, biases: Number, labels: IntArray
) -> ScoreMargins:
    """Compare the scores of labels with those of all other classes.

    Parameters
    ----------
    codes : pair of Number, each of shape (B, n)
        ``x`` and ``z``.
    on : ndarray of bool, shape (B, n)
        Where ``x`` lives.
    weights, biases : Number, shapes (B, C, n) and (B, C)
        ``U`` and ``c``.
    labels : ndarray of int, shape (B,)
        ``u``.
    """
    count, _, n = weights.shape
    batch = np.arange(count)
    others = np.arange(biases.shape[1]) != labels[:, None]
    apart = weights[batch, labels].reshape(count, 1, n) - weights
    shift = biases[batch, labels].reshape(count, 1) - biases
    code, point = ((apart * values.reshape(count, 1, n)).sum(-1) + shift for values in codes)
    sizes, there = abs(apart), on[:, None, :]
    return ScoreMargins(
        others, code, point, sizes.where(there, 0).sum(-1), sizes.where(~there, 0).sum(-1)
    )


THEOREM = Theorem(
    title="Labels of sparse codes",
    statement=r"| z_i - x_i | \le b \text{ on } S, \; | z_i | \le p \text{ off } S, \; "
    r"\langle g_v, x \rangle + c_u - c_v > b \, \| (g_v)_S \|_1 + p \, \| (g_v)_{S^c} \|_1 "
    r"\text{ for all } v \ne u \implies \text{the label of } z \text{ is } u",
    names=("classification margin", "certified labels", "robust classification"),
    source=ROMANO_ABERDAM_SULAM_ELAD_2020 & INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=worst_error_of_a_code,
    mutants=(
        Mutant("b -> 0.95 b", {"share": Fraction(19, 20)}, just_within_the_margin, smallest=(1, 1)),
        Mutant(
            "the margin to one v only",
            {"every": False},
            a_second_class_beyond_the_first,
            smallest=(1, 1),
        ),
        Mutant("p dropped", {"off": 0}, errors_off_the_support, smallest=(2, 2)),
    ),
)
