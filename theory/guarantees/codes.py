"""What holds for each code of a batch, by its own atoms: no worst case over all supports."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray, Mask
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.guarantees.dictionary import margin
from sparsebound.theory.guarantees.profile import Profile
from sparsebound.theory.promise import (
    GREEDY,
    GREEDY_ON_SUPPORT,
    LASSO,
    LASSO_WITH_SIGNS,
    LEAST_SUM,
    ONLY_NONNEGATIVE,
    PURSUIT,
    UNFOLDED,
    UNIQUE,
    YOUR_NETWORK,
)
from sparsebound.theory.worst_case import OwnSupports

CERTIFIED, OPEN, REFUTED, NOT_ASKED = 1, 0, -1, -2
"""What is said of a code: it has the property; nothing is known; it has not; does not apply."""

NO_ATOM = -1


@dataclass(frozen=True)
class Property:
    """What was asked of each code, and by which theorem it is answered."""

    property: str
    theorem: str


PROPERTIES = (
    Property(UNIQUE, "uniqueness.spark"),
    Property(PURSUIT, "uniqueness.basis_pursuit"),
    Property(GREEDY, "uniqueness.greedy"),
    Property(GREEDY_ON_SUPPORT, "uniqueness.erc"),
    Property(LASSO_WITH_SIGNS, "uniqueness.lasso"),
    Property(LASSO, "stability.lasso_witness"),
    Property(UNFOLDED, "rate.depth"),
    Property(YOUR_NETWORK, "rate.unfolded"),
    Property(LEAST_SUM, "uniqueness.nonnegative_witness"),
    Property(ONLY_NONNEGATIVE, "uniqueness.nonnegative"),
)
"""What is asked of each code."""

BY_SUPPORT = (UNIQUE, GREEDY_ON_SUPPORT, LASSO, UNFOLDED)
"""What theorems promise of all codes on a support; where they do not apply, nothing is known."""


@dataclass(frozen=True)
class Judged:
    """One property of each code.

    Attributes
    ----------
    status : ndarray of int, shape (B,)
    margin : ndarray, shape (B,)
        Lower end of ``1 - v`` for a value that has to be below 1, and of ``1/v - 1`` for one
        that is not: between -1 and 1, positive where the code is certified; nan if unknown.
    atom : ndarray of int, shape (B,)
        Which is to blame; -1 if none is known.
    """

    status: IntArray
    margin: FloatArray
    atom: IntArray


def judged(lower: FloatArray, upper: FloatArray, atom: IntArray, *, decides: bool) -> Judged:
    """Judge by a value that has to be below 1.

    Parameters
    ----------
    lower, upper : ndarray, shape (B,)
        Bounds of the value.
    atom : ndarray of int, shape (B,)
        Which attains it.
    decides : bool
        Whether a value above 1 refutes the property; otherwise nothing is known then.

    Examples
    --------
    >>> upper = np.array([0.5, 2, 1 + 1e-9])
    >>> found = judged(upper - 2e-9, upper, np.array([3, 4, 5]), decides=True)
    >>> found.status, found.margin.round(3)
    (array([ 1, -1,  0]), array([ 0.5, -0.5, -0. ]))
    """
    status = np.where(upper < 1, CERTIFIED, OPEN)
    if decides:
        status = np.where(lower > 1, REFUTED, status)
    with np.errstate(all="ignore"):
        margins = np.where(upper < 1, 1 - np.maximum(upper, 0), 1 / np.maximum(upper, 1) - 1)
        margins = np.where(np.isfinite(upper), np.nextafter(margins, -2), np.nan)
    margins = np.where((status == CERTIFIED) & ~(margins > 0), np.nextafter(0, 1), margins)
    return Judged(status, margins, np.where(np.isfinite(upper), atom, NO_ATOM))


def by_support(
    d: Profile, sizes: IntArray, recovery: Ball, inside: Ball, outside: Ball
) -> dict[str, Ball]:
    """What theorems promise of codes on each of some supports: values that have to be below 1.

    Parameters
    ----------
    d : Profile
        Of the dictionary.
    sizes : ndarray of int, shape (B,)
        Nonzeros.
    recovery : Ball, shape (B,)
        Tropp's coefficient; unbounded where the atoms may be dependent.
    inside, outside : Ball, shape (B,)
        Row sums of ``|I - D^T D|`` over the support, of rows on it and off it.

    Returns
    -------
    dict
        From each of :data:`BY_SUPPORT`; the value is 1 minus the room in the premises.
    """
    codes = OwnSupports(d.by_babel, sizes, recovery, inside, outside)
    found = {}
    for asked in PROPERTIES:
        if asked.property not in BY_SUPPORT:
            continue
        theorem = catalogue()[asked.theorem]
        wanted = GREEDY if asked.property == GREEDY_ON_SUPPORT else asked.property
        promise = next(p for p in theorem.promises if p.property == wanted)
        found[asked.property] = 1 - margin(theorem, promise, codes)
    return found


def lasso_reach(
    dual: FloatArray, error: FloatArray, values: FloatArray, relative: float, used: Mask
) -> FloatArray:
    """Up to which ``lam`` the Lasso has the signs of ``x``, where Fuchs's condition holds.

    The minimiser is ``x_S - lam g``, ``g = (D_S^T D_S)^{-1} t``, as long as it has these signs:
    ``lam < min |x_i| / (g_i t_i)`` over ``i`` with ``g_i t_i > 0``. A lower bound, shape (B,);
    infinite where no entry ever vanishes.

    Parameters
    ----------
    dual : ndarray, shape (B, s)
        ``g``.
    error : ndarray, shape (B,)
        Bound on the errors of its entries.
    values : ndarray, shape (B, s)
        Entries of the codes, for normalised atoms.
    relative : float
        Bound on their relative errors.
    used : ndarray of bool, shape (B, s)
        Where something is.

    Examples
    --------
    >>> one = np.array([[2.0, -1.0]])
    >>> float(lasso_reach(np.array([[1.0, -0.5]]), np.zeros(1), one, 0, one != 0)[0].round(6))
    2.0
    """
    with np.errstate(all="ignore"):
        falling = dual * np.sign(values) + error[:, None]
        reach = np.abs(values) * (1 - relative) / falling * (1 - 2.0**-50)
    reach = np.where(used & (falling > 0), reach, np.inf)
    return np.asarray(np.where(np.isnan(reach), 0.0, reach).min(axis=1, initial=np.inf))
