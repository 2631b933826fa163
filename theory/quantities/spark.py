"""Spark: the least number of dependent atoms."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities.circuits import LIMIT, circuit_count, circuits, kernel
from sparsebound.theory.quantities.coherence import babel
from sparsebound.theory.quantities.memo import of_dictionary
from sparsebound.theory.worst_case import BabelBounds


@of_dictionary
def spark(D: Dictionary) -> Number:
    """Spark of a dictionary; ``n + 1`` if its atoms are independent.

    Exact where its circuits can be enumerated; otherwise an enclosure, from the Babel function
    below and the rank above.

    Parameters
    ----------
    D : Dictionary or array_like, shape (m, n)
        The dictionary, whose data are exact.

    Returns
    -------
    Number, shape ()

    References
    ----------
    Donoho, Elad 2003; Tropp 2004 for the lower bound.

    Examples
    --------
    >>> spark([[1, 0, 1], [0, 1, 1]]).mid, spark([[1, 0], [0, 1]]).mid
    (array(3.), array(3.))
    """
    n = D.shape[1]
    if isinstance(D, BabelBounds):  # the rank is at most either side
        return D.arithmetic.of(babel_spark(D)).hull(min(D.shape) + 1)
    nullity = kernel(D).ncols()
    if nullity == 0:
        return D.arithmetic.of(n + 1)
    if circuit_count(D) <= LIMIT:
        return D.arithmetic.of(int((circuits(D).sign != 0).sum(axis=1).min()))
    return D.arithmetic.of(babel_spark(D)).hull(n - nullity + 1)


def babel_spark(D: Dictionary) -> int:
    """Certified lower bound on the spark: ``min {k <= n : mu1(k - 1) >= 1}``, or ``n + 1``.

    Where rounding leaves open whether the Babel function has reached 1, it is taken to have.

    References
    ----------
    Tropp 2004.

    Examples
    --------
    >>> babel_spark(Dictionary([[1, 0, 1], [0, 1, 1]]))
    3
    """
    n = D.shape[1]
    below = (1 - babel(D, np.arange(n))).sign == 1
    return n + 1 if below.all() else int(np.argmin(below)) + 1
