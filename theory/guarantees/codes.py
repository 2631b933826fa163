"""What holds for each code of a batch, by its own support: no worst case over all supports."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory.arithmetic import Ball, FloatArray, IntArray
from theory.guarantees import dictionary
from theory.guarantees.profile import Profile

UNKNOWN_ATOM = -1


@dataclass(frozen=True)
class SupportQuantities:
    """Quantities of the support of one code, each a number with the atom that attains it.

    Attributes
    ----------
    erc : Ball
        Tropp's coefficient; unbounded if the atoms of the support may be dependent.
    fuchs : Ball
        Largest correlation off the support of the dual certificate of Fuchs.
    rate : Ball
        ``tau_in + tau_out`` with ``W = D``.
    growth : Ball
        ``||(D_S^T D_S)^{-1}||`` from the maximum norm to itself.
    atoms : tuple of int
        The atoms to blame, for ``erc``, ``fuchs`` and ``rate``.
    """

    erc: Ball
    fuchs: Ball
    rate: Ball
    growth: Ball
    atoms: tuple[int, int, int]


def support_quantities(
    rows: FloatArray, norms: Ball, others: FloatArray, support: IntArray, signs: FloatArray
) -> SupportQuantities:
    """Compute the quantities of one support.

    Parameters
    ----------
    rows : ndarray, shape (s, m)
        The atoms of the support, as rows.
    norms : Ball, shape (n,)
        Norms of all atoms.
    others : ndarray, shape (m, n)
        All atoms, as columns.
    support : ndarray of int, shape (s,)
        Which they are.
    signs : ndarray, shape (s,)
        Signs of the code on its support.

    Examples
    --------
    >>> D = np.array([[1, 0, 3], [0, 1, 4]])
    >>> found = support_quantities(D.T[:1], Ball([1, 1, 5]), D, np.array([0]), np.array([1.0]))
    >>> float(found.erc.mid), found.atoms
    (0.6, (2, 2, 2))
    """
    s, n = len(support), others.shape[1]
    gram = Ball(rows) @ Ball(others) / norms[support].reshape(s, 1) / norms.reshape(1, n)
    own = support[:, None] == np.arange(n)
    gram = gram.where(~own, 1)
    off = ~own.any(axis=0)
    coefficients = gram[:, support].solve(gram)
    inverse = gram[:, support].solve(Ball(np.eye(s)))
    if not np.isfinite(inverse.rad).all():  # the atoms of the support may be dependent
        coefficients = Ball(np.zeros((s, n)), np.inf)
        off = np.ones(n, dtype=bool)
    exact = abs(coefficients).sum(0).where(off, 0)
    dual = abs(Ball(signs.reshape(1, s)) @ coefficients)[0].where(off, 0)
    sums = abs(gram.where(~own, 0)).sum(0)
    on = own.any(axis=0)
    inside, outside = sums.where(on, 0), sums.where(~on, 0)
    blame = inside if float(inside.mid.max()) > float(outside.mid.max()) else outside
    return SupportQuantities(
        exact.max(-1),
        dual.max(-1),
        inside.max(-1) + outside.max(-1),
        abs(inverse).sum(-1).max(-1),
        (_worst(exact), _worst(dual), _worst(blame)),
    )


def _worst(values: Ball) -> int:
    return int(values.mid.argmax()) if np.isfinite(values.rad).all() else UNKNOWN_ATOM


@dataclass(frozen=True)
class Property:
    """What was asked of each code, and by which theorem it is answered."""

    property: str
    theorem: str


PROPERTIES = (
    Property(dictionary.UNIQUE, "uniqueness.spark"),
    Property(dictionary.PURSUIT, "uniqueness.basis_pursuit"),
    Property(dictionary.GREEDY, "uniqueness.erc"),
    Property(dictionary.LASSO, "stability.lasso_witness"),
    Property(dictionary.UNFOLDED, "rate.unfolded"),
)
"""What is asked of each code; a code has the property if the margin is positive."""


def margins(d: Profile, sparsity: int, found: SupportQuantities) -> list[tuple[Ball, int]]:
    """Margin and atom to blame for each of :data:`PROPERTIES`; positive margins certify.

    The sparsest representation by ``1 - min(mu1(2s-1), (2s-1) mu)``; basis pursuit by the dual
    certificate of Fuchs; greedy pursuit and the Lasso by ``1 - ERC(S)``; the network by
    ``1 - tau_in(S) - tau_out(S)``.
    """
    unique = 1 - d.sums(2 * sparsity - 1)
    pair = d.pair[0] if d.pair else UNKNOWN_ATOM
    erc, fuchs, rate = found.atoms
    return [
        (unique, pair),
        (1 - found.fuchs, fuchs),
        (1 - found.erc, erc),
        (1 - found.erc, erc),
        (1 - found.rate, rate),
    ]
