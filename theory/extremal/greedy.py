"""Codes on which pursuits go astray, or nearly do."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions.factors import atoms_with_products
from sparsebound.theory.extremal.isometry import LITTLE
from sparsebound.theory.instance import Instance


def tie_at_the_first_step(size: int) -> Instance:
    """The same atom twice, and the second in the code: a pursuit may take the first."""
    return Instance([[1, 1]], [[0, size]])


def astray_at_the_second_step(size: int) -> Instance:
    """Whose first pick is right, and whose second is not.

    ``e_1`` is picked first; of what is left, the third atom has a part that the second has not.
    """
    return Instance([[1, 12, 4], [0, 5, 3]], [[26 * size, 1, 0]])


def nearly_tied_atoms(s: int) -> FloatArray:
    """``s`` atoms at ``-mu`` to each other, one further at ``mu``: ``(2s - 1) mu`` is nearly 1.

    Of unit norm, up to rounding. The products of the sum of the first with it are nearly those with
    themselves.

    Examples
    --------
    >>> D = nearly_tied_atoms(2)
    >>> (D.T @ D).round(4)
    array([[ 1.    , -0.3333,  0.3333],
           [-0.3333,  1.    ,  0.3333],
           [ 0.3333,  0.3333,  1.    ]])
    """
    signs = np.where(np.arange(s + 1) < s, 1.0, -1.0)
    apart = np.outer(signs, signs) * (1 - LITTLE) / (2 * s - 1)
    return atoms_with_products(np.where(np.eye(s + 1), 1.0, -apart))


def sum_that_nearly_ties(size: int) -> Instance:
    """``s = size`` of these atoms in the code, with ones, and the further one beside it."""
    return Instance(nearly_tied_atoms(size), [[1.0] * size + [0.0]])
