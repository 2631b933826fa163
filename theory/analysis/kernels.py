"""What layers of very many random units make of inner products: kernels of their activations.

A function ``phi`` of inner products with coefficients ``c_r >= 0``, ``phi(1) = 1``: that of
rectified linear units, of signs, of the error function, of an exponential, or any polynomial.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from sparsebound.theory.analysis.training import power
from sparsebound.theory.arithmetic import Number

POLYNOMIAL = "polynomial"
"""The kernel that is given by its coefficients."""


class Kernel(NamedTuple):
    """A function of inner products.

    Attributes
    ----------
    apply : callable
        ``phi``, of numbers in ``[-1, 1]``.
    first : tuple of Number
        ``c_0`` and ``c_1``.
    """

    apply: Callable[[Number], Number]
    first: tuple[Number, Number]


def _relu(unit: Number) -> Kernel:
    pi = (-unit).arccos()

    def apply(t: Number) -> Number:
        return (((1 - t) * (1 + t)).sqrt() + t * (pi - t.arccos())) / pi

    return Kernel(apply, (1 / pi, unit / 2))


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
        Of a polynomial, at least two of them.
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
    given = unit * np.asarray(coefficients)
    given = given / given.sum()

    def apply(t: Number) -> Number:
        total = t * 0 + given[0]
        for r in range(1, given.shape[0]):
            total = total + power(t, r) * given[r]
        return total

    return Kernel(apply, (given[0], given[1]))


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
    return phi.apply(gram).where(gram.sign != 0, phi.first[0]).where(eye == 0, eye)
