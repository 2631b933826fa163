"""What a linear read-out of codes says, and how much noise cannot change it, code by code.

The Lasso that looks for ``x`` in ``y = D x + e`` returns entries off by at most ``b``, none of them
off the support (``stability.lasso_witness``), and the label survives errors of that size if
``b ||(g_v)_S||_1`` is below its lead on every other class v (``stability.classification``). With
``||D^T e||_inf <= nu``, ``G = ||(D_S^T D_S)^{-1}||`` in the maximum norm and ``E = ERC(S)``,

    ||pinv(D_S) e||_inf <= G nu   and   max |<d_j, (I - P_S) e>| <= (1 + E) nu   off S,

so that every ``lam > nu (1 + E)/(1 - E)`` finds no wrong atom, and errs by at most
``b = G (nu + lam)``. Some ``lam`` will do if ``2 G nu/(1 - E)`` is below what the label survives.
That is for any signs of the code; for its own, which are known, less is asked: ``by_own_signs``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray, Mask
from sparsebound.theory.guarantees.codes import CERTIFIED, OPEN, REFUTED
from sparsebound.theory.stability.classification import score_margins

THEOREM, ERRORS = "stability.classification", "stability.lasso_witness"
OF_SIGNS = "uniqueness.lasso"


@dataclass(frozen=True)
class Surviving:
    """Which errors of the entries of each of B codes leave its label.

    Attributes
    ----------
    read : ndarray of int, shape (B,)
        1 where the label of the code itself is surely the one that is asked about, -1 where it
        surely is not, 0 where rounding decides.
    error : ndarray, shape (B,)
        Any below this, on the support, leave the label; 0 where it is not surely read.
    rival : ndarray of int, shape (B,)
        The class that is next.
    """

    read: IntArray
    error: FloatArray
    rival: IntArray


def surviving(
    entries: Ball, used: Mask, weights: Ball, biases: Ball, labels: IntArray
) -> Surviving:
    """Find the errors that labels survive.

    Parameters
    ----------
    entries : Ball, shape (B, s)
        Of each code on its support.
    used : ndarray of bool, shape (B, s)
        Where something is.
    weights, biases : Ball, shapes (B, C, s) and (B, C)
        The read-out, on each support.
    labels : ndarray of int, shape (B,)
        The classes that are asked about.

    Examples
    --------
    >>> weights = Ball(np.array([[[1.0, 0], [0, 1], [-1, -1]]]))
    >>> on, no = np.ones((1, 2), dtype=bool), Ball(np.zeros((1, 3)))
    >>> found = surviving(Ball([[4.0, 1.0]]), on, weights, no, np.array([0]))
    >>> found.read, found.error.round(6), found.rival
    (array([1]), array([1.5]), array([1]))
    """
    margins = score_margins((entries, entries), used, weights, biases, labels)
    lead, inside, others = Ball.of(margins.of_code), Ball.of(margins.inside), margins.others
    positive = np.asarray(lead.sign == 1)
    with np.errstate(all="ignore"):
        each = np.nextafter(lead.lower / inside.upper, 0)
    each = np.where(inside.upper == 0, np.inf, np.where(np.isnan(each), 0.0, each))
    each = np.where(others, np.where(positive, each, 0.0), np.inf)
    rival = np.where(others & ~positive, -1.0, each).argmin(axis=1)
    read = np.where((positive | ~others).all(axis=1), CERTIFIED, OPEN)
    read = np.where(((lead.sign == -1) & others).any(axis=1), REFUTED, read)
    return Surviving(read, each.min(axis=1), rival)


@dataclass(frozen=True)
class LassoLabels:
    """What holds for the labels that are read out of the Lasso's answers, arrays of shape (B,).

    Attributes
    ----------
    noise : ndarray
        ``nu`` up to which some ``lam`` has the label, whatever the noise is.
    lam_above, lam_below : ndarray
        Between which every ``lam`` has it, for the noise that is asked about; none if they cross.
    """

    noise: FloatArray
    lam_above: FloatArray
    lam_below: FloatArray


@dataclass(frozen=True)
class KnownOfCode:
    """What is known of each of B codes, for normalised atoms.

    Attributes
    ----------
    growth : ndarray
        Upper bounds of ``G``.
    recovery : ndarray
        Upper bounds of ``E``.
    fuchs : ndarray
        Upper bounds of ``F``.
    reach : ndarray
        Lower bounds of the ``lam`` up to which the Lasso has the signs of ``x``, without noise.
    smallest : ndarray
        Lower bounds of ``min |x_i|`` on the support.
    """

    growth: FloatArray
    recovery: FloatArray
    fuchs: FloatArray
    reach: FloatArray
    smallest: FloatArray


def by_lasso(error: FloatArray, known: KnownOfCode, noise: float) -> LassoLabels:
    """Say up to which noise the Lasso's answers have the labels, for any signs of the code.

    Parameters
    ----------
    error : ndarray, shape (B,)
        What the labels survive.
    known : KnownOfCode
        Of the codes.
    noise : float
        ``nu`` that is asked about.

    Examples
    --------
    >>> one = np.ones(1)
    >>> known = KnownOfCode(2 * one, one / 2, one / 2, 0 * one, 0 * one)
    >>> found = by_lasso(3 * one, known, 0.25)
    >>> found.noise.round(6), found.lam_above.round(6), found.lam_below.round(6)
    (array([0.375]), array([0.75]), array([1.25]))
    """
    endless = np.full(len(error), np.inf)
    return _answers(error, known, known.recovery, endless, endless, noise)


def by_own_signs(error: FloatArray, known: KnownOfCode, noise: float) -> LassoLabels:
    """Say up to which noise the Lasso's answers have the labels, and the signs of the code.

    With ``F < 1`` the largest size of a product of the dual certificate of Fuchs with an atom off
    the support, ``lam > nu (1 + E)/(1 - F)`` will do, as long as the answer has these signs
    (``uniqueness.lasso``): ``G nu/min |x_i| + lam/reach < 1``. ``E`` may be above 1.

    Examples
    --------
    >>> one = np.ones(1)
    >>> known = KnownOfCode(2 * one, 2 * one, one / 2, 4 * one, one)
    >>> found = by_own_signs(3 * one, known, 0.125)
    >>> found.noise.round(6), found.lam_above.round(6), found.lam_below.round(6)
    (array([0.214286]), array([0.75]), array([1.375]))
    """
    return _answers(error, known, known.fuchs, known.reach, known.smallest, noise)


def _answers(
    error: FloatArray,
    known: KnownOfCode,
    dual: FloatArray,
    reach: FloatArray,
    smallest: FloatArray,
    noise: float,
) -> LassoLabels:
    """Intersect what a dual, signs and labels ask of ``lam``."""
    sure = (dual < 1) & np.isfinite(known.recovery) & np.isfinite(known.growth)
    sure &= (reach > 0) & (smallest > 0)
    E, F, G = (Ball(np.where(sure, part, 0.0)) for part in (known.recovery, dual, known.growth))
    with np.errstate(all="ignore"):
        least = (1 + E) / (1 - F)
        bent = _inverse(smallest) * G
        above = np.where(sure, (noise * least).upper, np.inf)
        signs = (1 / (least * _inverse(reach) + bent)).lower
        labels = (_of(error) / (G * (1 + least))).lower
        room = (1 - noise * bent).lower
        below = np.where(room > 0, np.where(np.isinf(reach), np.inf, room * reach), 0.0)
        below = np.where(np.isinf(below), below, np.nextafter(below, 0))
        left = (_of(error) / G - noise).lower
    free = np.isinf(error) | (known.growth == 0)  # nothing can change the label
    parts = (signs, np.where(free, np.inf, labels)), (below, np.where(free, np.inf, left))
    unsigned = np.isinf(reach) & np.isinf(smallest)
    found = []
    for of_signs, of_labels in parts:
        both = np.minimum(np.where(unsigned, np.inf, of_signs), of_labels)
        found.append(np.where(sure & (error > 0) & ~np.isnan(both), np.maximum(both, 0.0), 0.0))
    return LassoLabels(found[0], above, found[1])


def _of(values: FloatArray) -> Ball:
    return Ball(np.where(np.isfinite(values), values, 0.0))


def _inverse(values: FloatArray) -> Ball:
    """``1 / values``, 0 of infinite ones."""
    finite = np.isfinite(values) & (values > 0)
    return (1 / Ball(np.where(finite, values, 1.0))).where(finite, 0)
