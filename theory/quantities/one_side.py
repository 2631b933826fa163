"""Atoms that lie on one side of a hyperplane: then nonnegative codes of a signal are few."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.arithmetic import Enclosure, FloatArray, Number, smaller
from sparsebound.theory.arithmetic.number import UNKNOWN
from sparsebound.theory.evidence.nonnegative import OnlySolution
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.memo import of_dictionary, of_instance
from sparsebound.theory.quantities.recovery import moved_correlations, null_vectors

TURNS = 8
"""How often atoms are turned to the side of a vector, and a vector is fitted to atoms."""

STARTS = 16
"""Atoms to whose side all others are turned first."""

NOTHING = 1e-6
"""Products up to which a fit is none."""

DIGITS = 9
"""To which fits are compared: of those that are equally good the first is taken on any machine."""

FINE = 2.0**20
"""Vectors are rounded to multiples of one over this: any vector will do."""


@of_instance
def on_one_side(instance: Instance) -> Instance:
    """Turn atoms to one side of a hyperplane, and take the sizes of the entries of the codes.

    Examples
    --------
    >>> on_one_side(Instance([[1, -1]], [[1, -2]])).D.data
    array([[1., 1.]])
    """
    D = instance.D
    turned = Dictionary(D.data * _turns(D), arithmetic=D.arithmetic)
    return Instance(turned, np.abs(instance.X), instance.E)


@of_dictionary
def _turns(D: Dictionary) -> FloatArray:
    """Signs that turn atoms to the side of the vector, shape (n,)."""
    return np.where(D.data.T @ side(D) < 0, -1.0, 1.0)


@of_dictionary
def side(D: Dictionary) -> FloatArray:
    """Find a vector whose products with the atoms, up to signs, differ little; shape (m,).

    Least squares, signs, and again, from the sum of all atoms and from some of them. Nothing is
    said of it: whatever it is, a theorem about its products is one.

    Examples
    --------
    >>> side(Dictionary([[1, 0], [0, -1]]))
    array([ 1., -1.])
    """
    atoms = np.ldexp(D.data, D.exponents)
    unit = atoms / np.linalg.norm(atoms, axis=0)
    fitted = np.linalg.pinv(unit)
    turned = np.where(unit.T @ unit[:, :STARTS] < -NOTHING, -1.0, 1.0).T
    signs = np.vstack([np.ones(D.shape[1]), turned])
    best, spread = unit[:, 0], 0.0
    for _ in range(TURNS):
        vectors = signs @ fitted
        products = vectors @ unit
        sizes = np.abs(products)
        spreads = np.round(sizes.min(axis=1) / np.maximum(sizes.max(axis=1), NOTHING), DIGITS)
        first = int(spreads.argmax())
        if spreads[first] > spread:
            best, spread = vectors[first], float(spreads[first])
        signs = np.where(products < -NOTHING, -1.0, 1.0)
    rounded: FloatArray = np.round(best / np.abs(best).max() * FINE) / FINE
    return rounded


@of_dictionary
def side_products(D: Dictionary) -> Number:
    """Products of the atoms, turned, with that vector, up to a common factor; shape (n,).

    Atoms are as :attr:`Dictionary.scaled` has them.


    Examples
    --------
    >>> side_products(Dictionary([[1, 0, 1], [0, 1, 0]])).mid
    array([1., 1., 1.])
    """
    products = (D.arithmetic.of(side(D)[None]) @ D.scaled).reshape(D.shape[1])
    result: Number = products * _turns(D)
    return result


@of_dictionary
def side_coherences(D: Dictionary) -> tuple[Number, Number]:
    """Coherences of both signs of the atoms, turned, over their products with the vector.

    Returns
    -------
    positive, negative : Number, shape ()
        The largest ``<a_i, a_j> / ||a_i||^2`` over ``i != j``, and the largest ``-<a_i, a_j> /
        ||a_i||^2``, at least 0, where ``a_i`` is atom ``i`` over its product.

    Examples
    --------
    >>> [part.mid for part in side_coherences(Dictionary([[1, 0, -1], [0, 1, 0]]))]
    [array(1.), array(0.)]
    """
    n, c = D.shape[1], side_products(D)
    usable = c.where(np.asarray(c.sign != 0), 1)
    turns = _turns(D)
    scales = c.reshape(n, 1) / D.scaled_squares.reshape(n, 1) * np.outer(turns, turns)
    ratios = D.scaled_gram * scales / usable.reshape(1, n)
    beside = ratios.where(~np.eye(n, dtype=bool), 0).reshape(n * n)
    return beside.max(-1), (-beside).max(-1)


def other_solutions(instance: Instance, found: OnlySolution) -> Enclosure:
    """Enclose a number that is negative where a nonnegative code is the only one of its signal.

    Of a dual vector, moved so that its products with the atoms of the code are 0: minus the least
    product beside them, at least -1. A null vector that is nonnegative off the support makes it 0.

    Examples
    --------
    >>> instance = Instance([[1, 0, 1], [0, 1, 1]], [[1, 0, 0]])
    >>> value = other_solutions(instance, OnlySolution([[0, 1]], [[0, 0, 0]]))
    >>> value.upper.mid, value.lower.mid
    (array([-1.]), array([-1.]))
    """
    off = ~instance.support
    wanted = instance.lift(np.zeros(instance.X.shape))
    products = moved_correlations(instance, found.dual, instance.support, wanted)
    ones = instance.lift(np.ones(len(instance)))
    upper = -smaller(products.where(off, 1).min(-1), ones)
    null = null_vectors(instance, found.null)
    least = np.asarray(null.where(off, 0).min(-1).sign)
    another = (least >= 0) & (least != UNKNOWN) & np.asarray(abs(null).sum(-1).sign == 1)
    return Enclosure((0 * ones).where(another, -1), upper)


def null_sizes(instance: Instance, found: OnlySolution) -> Number:
    """Sizes ``c_j |h_j|`` of null vectors of the turned atoms, up to a factor; shape (B, n).

    Examples
    --------
    >>> instance = Instance([[2, 1]], [[1, 0]])
    >>> null_sizes(instance, OnlySolution([[0]], [[1, -2]])).mid
    array([[2., 2.]])
    """
    squares = instance.D.scaled_squares
    products = side_products(instance.D) / (squares / squares[0]).sqrt()
    result: Number = abs(null_vectors(on_one_side(instance), found.null)) * products
    return result
