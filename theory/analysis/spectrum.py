"""Eigenvalues of Gram matrices of atoms as given, from float64 and with its radius."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.floating_point import FLOAT64
from sparsebound.theory.arithmetic import Ball, Exact, FloatArray, Number
from sparsebound.theory.arrays import scaling
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities import independence
from sparsebound.theory.quantities.memo import of_dictionary
from sparsebound.theory.theorem import Premise


@of_dictionary
def spectrum(D: Dictionary) -> Number:
    """Eigenvalues of the Gram matrix of the atoms as given, shape (n,).

    Exact for a single atom; otherwise with the radius of float64, in either arithmetic.

    Examples
    --------
    >>> spectrum([[1, 1], [1, -1]]).mid.round(6)
    array([2., 2.])
    """
    n = D.shape[1]
    if n == 1:
        return D.raw_gram.reshape(1)
    gram, power = float_gram(D)
    return from_float64(D, gram_eigenvalues(gram[None], D.shape[0])[0], power)


def independent_atoms(instance: Instance) -> Iterator[Premise]:
    """The premise that all atoms of the dictionary are independent."""
    m, n = instance.D.shape
    rank = independence(instance.D, np.ones((1, n), dtype=bool)) if n <= m else 0
    yield Premise("D has full column rank", 0, rank, shared=True)


def float_gram(D: Dictionary) -> tuple[FloatArray, int]:
    """Gram matrix that float64 computes of ``2^a D``, and ``a``: mostly 0, else so that it fits.

    Examples
    --------
    >>> float_gram(Dictionary([[2.0**-600]]))
    (array([[1.]]), 600)
    """
    power = int(scaling(np.abs(D.data).max()))
    with np.errstate(under="ignore"):
        data = np.ldexp(D.data, power) if power else D.data
    return data.T @ data, power


def gram_eigenvalues(grams: FloatArray, terms: int) -> Ball:
    """Eigenvalues of computed Gram matrices (..., k, k) of atoms of length ``terms``."""
    below = terms * 2.0**-1074  # an entry of the diagonal is at most so much too small
    norms = np.sqrt(np.diagonal(grams, axis1=-2, axis2=-1) + below)
    sizes = norms[..., :, None] * norms[..., None, :]  # by Cauchy and Schwarz
    return Ball(grams, FLOAT64.error(terms + 4, sizes, terms)).eigenvalues()


def from_float64(D: Dictionary, ball: Ball, power: int = 0) -> Number:
    """Take what float64 found into the arithmetic of a dictionary; squares of ``2^power D``."""
    found: Number = ball
    if D.arithmetic is Exact:
        found = Exact.of(ball.lower).hull(Exact.of(ball.upper))
    return found * D.arithmetic.of(Fraction(4) ** -power) if power else found
