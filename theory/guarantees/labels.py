"""What a linear read-out of codes says, and how much noise cannot change it, code by code.

The Lasso that looks for ``x`` in ``y = D x + e`` returns entries off by at most ``b``, none of them
off the support (``stability.lasso_witness``), and the label survives errors of that size if
``b ||(g_v)_S||_1`` is below its lead on every other class v (``stability.classification``). With
``||D^T e||_inf <= nu``, ``G = ||(D_S^T D_S)^{-1}||`` in the maximum norm and ``E = ERC(S)``,

    ||pinv(D_S) e||_inf <= G nu   and   max |<d_j, (I - P_S) e>| <= (1 + E) nu   off S,

so that every ``lam > nu (1 + E)/(1 - E)`` finds no wrong atom, and errs by at most
``b = G (nu + lam)``. Some ``lam`` will do if ``2 G nu/(1 - E)`` is below what the label survives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray, Mask
from sparsebound.theory.guarantees.codes import CERTIFIED, OPEN, REFUTED
from sparsebound.theory.stability.classification import score_margins

THEOREM, ERRORS = "stability.classification", "stability.lasso_witness"


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
    lead, others = margins.of_code, margins.others
    positive = np.asarray(lead.sign == 1)
    with np.errstate(all="ignore"):
        each = np.nextafter(lead.lower / margins.inside.upper, 0)
    each = np.where(margins.inside.upper == 0, np.inf, np.where(np.isnan(each), 0.0, each))
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


def by_lasso(error: FloatArray, growth: FloatArray, room: FloatArray, noise: float) -> LassoLabels:
    """Say up to which noise the Lasso's answers have the labels.

    Parameters
    ----------
    error : ndarray, shape (B,)
        What the labels survive.
    growth : ndarray, shape (B,)
        Upper bounds of ``G``.
    room : ndarray, shape (B,)
        Lower bounds of ``1 - E``; 0 where it may not be positive.
    noise : float
        ``nu`` that is asked about.

    Examples
    --------
    >>> found = by_lasso(np.array([3.0]), np.array([2.0]), np.array([0.5]), 0.25)
    >>> found.noise.round(6), found.lam_above.round(6), found.lam_below.round(6)
    (array([0.375]), array([0.75]), array([1.25]))
    """
    known, G, left = room > 0, Ball(growth), Ball(np.where(room > 0, room, 1.0))
    with np.errstate(all="ignore"):
        errors = Ball(np.where(np.isfinite(error), error, 0.0))
        reach, allowed = (errors * left / (2 * G)).lower, (errors / G - noise).lower
        endless = np.isinf(error) | (growth == 0)
        reach = np.where(endless, np.inf, reach)
        allowed = np.where(endless, np.inf, allowed)
    none = ~known | ~(error > 0) | ~np.isfinite(growth) | np.isnan(reach) | np.isnan(allowed)
    above = (noise * (2 - left) / left).upper
    return LassoLabels(
        np.where(none, 0.0, np.maximum(reach, 0.0)),
        np.where(known, above, np.inf),
        np.where(none, 0.0, np.maximum(allowed, 0.0)),
    )
