"""What layers of very many random units make of inner products: kernels of their activations.

A function ``phi`` of inner products with coefficients ``c_r >= 0``, ``phi(1) = 1``: that of
rectified linear units, of signs, of the error function, of an exponential, or any polynomial.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, Number

POLYNOMIAL = "polynomial"
"""The kernel that is given by its coefficients."""


class Kernel(NamedTuple):
    """A function of inner products.

    Attributes
    ----------
    formula : callable
        ``phi``, of numbers in ``[-1, 1]``.
    first : tuple of Number
        ``c_0`` and ``c_1``.
    """

    formula: Callable[[Number], Number]
    first: tuple[Number, Number]

    def apply(self, t: Number) -> Number:
        """``phi(t)``; ``c_0`` itself at 0, also where that is rational and the formula is not."""
        return self.formula(t).where(t.sign != 0, self.first[0])


def _relu(unit: Number) -> Kernel:
    pi = (-unit).arccos()

    def formula(t: Number) -> Number:
        return (((1 - t) * (1 + t)).sqrt() + t * (pi - t.arccos())) / pi

    return Kernel(formula, (1 / pi, unit / 2))


def _sign(unit: Number) -> Kernel:
    right = (unit * 0).arccos()
    return Kernel(lambda t: 1 - t.arccos() / right, (unit * 0, 1 / right))


def _erf(unit: Number) -> Kernel:
    right, share = (unit * 0).arccos(), Fraction(2, 3)
    whole = right - (unit * share).arccos()
    return Kernel(
        lambda t: (right - (t * share).arccos()) / whole, (unit * 0, unit * share / whole)
    )


def _exponential(unit: Number) -> Kernel:
    least = (-unit).exp()
    return Kernel(lambda t: (t - 1).exp(), (least, least))


NAMED: Mapping[str, Callable[[Number], Kernel]] = {
    "relu": _relu,
    "sign": _sign,
    "erf": _erf,
    "exponential": _exponential,
}
"""Kernels by the names of their activations."""


def kernel(name: str, coefficients: Any, unit: Number) -> Kernel:
    """Look a kernel up, or make one of coefficients, which are divided by their sum.

    Parameters
    ----------
    name : str
        One of ``NAMED``, or ``POLYNOMIAL``.
    coefficients : array_like, shape (R,)
        Of a polynomial.
    unit : Number
        The number 1, in the arithmetic that is wanted.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Exact
    >>> found = kernel("polynomial", [0, 1, 3], Exact.of(1))
    >>> found.apply(Exact.of(Fraction(1, 2))).mid, found.first[1].mid
    (array(0.3125), array(0.25))
    """
    if name != POLYNOMIAL:
        return NAMED[name](unit)
    given = unit * np.pad(coefficients, (0, max(2 - len(coefficients), 0)))  # there is a c_1
    given = given / given.sum()

    def formula(t: Number) -> Number:
        total = t * given[-1]
        for r in range(given.shape[0] - 2, 0, -1):
            total = (total + given[r]) * t
        return total + given[0]

    return Kernel(formula, (given[0], given[1]))


def given_coefficients(activations: Sequence[str], coefficients: FloatArray) -> FloatArray:
    """Coefficients of polynomials, (E, R); of activations that have a name, those of the number 1.

    Examples
    --------
    >>> given_coefficients(["relu", "polynomial"], np.array([[-1.0, 0], [0, 2]]))
    array([[1., 0., 0.],
           [0., 2., 0.]])
    """
    padded = np.pad(np.asarray(coefficients, dtype=np.float64), ((0, 0), (0, 1)))
    named = np.array([name != POLYNOMIAL for name in activations])
    padded[named] = np.eye(1, padded.shape[1])
    return padded


def entrywise(phi: Kernel, gram: Number) -> Number:
    """``phi`` of a Gram matrix of unit vectors, whose diagonal stays 1; (n, n).

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Exact
    >>> entrywise(kernel("sign", [], Exact.of(1)), Exact.of([[1, 0], [0, 1]])).rad
    array([[0., 0.],
           [0., 0.]])
    """
    eye = np.eye(gram.shape[-1])
    return phi.apply(gram).where(eye == 0, eye)


def interactions(phi: Kernel, gram: Number) -> tuple[Number, Number]:
    """The first coefficient, or two, and the largest row sum of what is not of their terms.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Exact
    >>> gram = Exact.of([[1, 0.5], [0.5, 1]])
    >>> [float(sums.mid) for sums in interactions(kernel("polynomial", [1, 1], gram[0, 0]), gram)]
    [0.75, 1.0]
    """
    sizes, (constant, slope) = abs(gram), phi.first
    others = (gram.sign != 0) & ~np.eye(len(gram), dtype=bool)
    rest = phi.apply(sizes) - constant
    rows, fewer = (terms.where(others, 0).sum(-1).max(-1) for terms in (rest, rest - sizes * slope))
    return constant + rows, constant + slope + fewer
