"""What holds for each code of a batch, by its own support: no worst case over all supports."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.guarantees.dictionary import margin
from sparsebound.theory.guarantees.profile import Profile
from sparsebound.theory.promise import GREEDY, LASSO, PURSUIT, UNFOLDED, UNIQUE
from sparsebound.theory.worst_case import OneSupport

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
    inside, outside : Ball
        Row sums of ``|I - D^T D|`` over the support, of rows on it and off it.
    growth : Ball
        ``||(D_S^T D_S)^{-1}||`` from the maximum norm to itself.
    atoms : tuple of int
        The atoms to blame, for ``erc``, ``fuchs`` and the row sums.
    """

    erc: Ball
    fuchs: Ball
    inside: Ball
    outside: Ball
    growth: Ball
    atoms: tuple[int, int, int]


def support_quantities(
    atoms: Ball, norms: Ball, support: IntArray, signs: FloatArray
) -> SupportQuantities:
    """Compute the quantities of one support.

    Parameters
    ----------
    atoms : Ball, shape (n, m)
        All atoms, as rows.
    norms : Ball, shape (n,)
        Their norms.
    support : ndarray of int, shape (s,)
        Which they are.
    signs : ndarray, shape (s,)
        Signs of the code on its support.

    Examples
    --------
    >>> atoms = Ball([[1, 0], [0, 1], [3, 4]])
    >>> found = support_quantities(atoms, Ball([1, 1, 5]), np.array([0]), np.array([1.0]))
    >>> float(found.erc.mid), found.atoms
    (0.6, (2, 2, 2))
    """
    s, n = len(support), len(atoms)
    products = atoms[support] @ atoms.swapaxes(0, 1)
    gram = products / (norms[support].reshape(s, 1) * norms.reshape(1, n))
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
        inside.max(-1),
        outside.max(-1),
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
    Property(UNIQUE, "uniqueness.spark"),
    Property(PURSUIT, "uniqueness.basis_pursuit"),
    Property(GREEDY, "uniqueness.erc"),
    Property(LASSO, "stability.lasso_witness"),
    Property(UNFOLDED, "rate.depth"),
)
"""What is asked of each code; a code has the property if the margin is positive."""


def margins(d: Profile, sparsity: int, found: SupportQuantities) -> list[tuple[Ball, int]]:
    """Margin and atom to blame for each of :data:`PROPERTIES`; positive margins certify.

    Theorems are asked what they promise of a code with these quantities. Basis pursuit is decided
    by what their claims are about: the dual certificate of Fuchs shows that the value which decides
    recovery is below 1.
    """
    code = OneSupport(d.by_babel, sparsity, found.erc, found.inside, found.outside)
    pair = d.pair[0] if d.pair else UNKNOWN_ATOM
    erc, fuchs, rate = found.atoms
    blamed = {UNIQUE: pair, PURSUIT: fuchs, GREEDY: erc, LASSO: erc, UNFOLDED: rate}

    def room(asked: Property) -> Ball:
        if asked.property == PURSUIT:
            return 1 - found.fuchs
        theorem = catalogue()[asked.theorem]
        promise = next(p for p in theorem.promises if p.property == asked.property)
        return margin(theorem, promise, code)[0]

    return [(room(asked), blamed[asked.property]) for asked in PROPERTIES]
