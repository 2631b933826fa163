"""Nonnegative codes: coherences of both signs, and one-sided certificates."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import Enclosure, FloatArray, Number
from sparsebound.theory.evidence.nonnegative import OneSidedCertificate
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.memo import of_dictionary, of_instance
from sparsebound.theory.quantities.recovery import moved_correlations, null_vectors
from sparsebound.theory.quantities.supports import support_gram


@of_instance
def absolute(instance: Instance) -> Instance:
    """The same with the sizes of the entries, which are nonnegative codes.

    Examples
    --------
    >>> absolute(Instance([[1, 0], [0, 1]], [[0, -2]])).X
    array([[0., 2.]])
    """
    return Instance(instance.D, np.abs(instance.X), instance.E)


@of_dictionary
def one_sided_coherences(D: Dictionary) -> tuple[Number, Number]:
    """Largest positive inner product of two normalised atoms, and largest size of a negative one.

    Returns
    -------
    positive, negative : Number, shape ()
        0 where no product is of that sign.

    Examples
    --------
    >>> [part.mid for part in one_sided_coherences(Dictionary([[1, 0, 3], [0, 1, -4]]))]
    [array(0.6), array(0.8)]
    """
    n = D.shape[1]
    products = D.gram.where(~np.eye(n, dtype=bool), 0).reshape(n * n)
    return products.max(-1), (-products).max(-1)


def moved_dual(instance: Instance, dual: FloatArray, wanted: Any) -> Number:
    """Move dual vectors onto wanted products with the atoms of the supports, shape (B, m).

    Parameters
    ----------
    instance : Instance
        The codes; their atoms are normalised.
    dual : ndarray, shape (B, m)
        The vectors.
    wanted : ndarray, shape (B, n)
        The products, of which those on the support count.

    Examples
    --------
    >>> instance = Instance([[2, 0], [0, 1]], [[1, 0]])
    >>> moved_dual(instance, np.array([[0.0, 0.5]]), np.ones((1, 2))).mid
    array([[1. , 0.5]])
    """
    D, batch = instance.D, len(instance)
    gram = support_gram(D.gram, instance.support)
    unit = D.atoms / D.norms.reshape(1, -1)
    vectors = instance.lift(dual)
    rows = np.arange(batch)[:, None]
    missing = (instance.lift(wanted) - vectors @ unit)[rows, gram.index].where(gram.used, 0)
    shift = gram.inner.solve(missing.reshape(*gram.index.shape, 1))
    chosen = unit.swapaxes(0, 1)[gram.index].where(gram.used[..., None], 0)
    return vectors + (chosen.swapaxes(1, 2) @ shift).reshape(batch, D.shape[0])


def largest_beside(instance: Instance, dual: FloatArray) -> Number:
    """Largest product with an atom off the support, at least -1, shape (B,).

    Of the dual vectors, moved so that their products with those on the support are 1.

    Examples
    --------
    >>> instance = Instance([[1, 3], [0, 4]], [[1, 0]])
    >>> largest_beside(instance, np.zeros((1, 2))).mid
    array([0.6])
    """
    wanted = instance.lift(np.ones(instance.X.shape))
    products = moved_correlations(instance, dual, instance.support, wanted)
    return products.where(~instance.support, -1).max(-1)


def one_sided_value(instance: Instance, certificate: OneSidedCertificate) -> Enclosure:
    r"""Enclose ``max -sum h_S`` over ``D h = 0``, ``h >= 0`` off ``S`` and of sum 1; shape (B,).

    Atoms are normalised. A nonnegative code on independent atoms is the only one of its signal with
    no larger sum if and only if this value is below 1: it is at least -1 here, since that suffices.
    From above: a dual vector, moved so that its products with the support are 1. From below: a
    null vector.

    Examples
    --------
    >>> instance = Instance([[1, 0, 1], [0, 1, 1]], [[1, 1, 0]])
    >>> found = OneSidedCertificate([[0, 0]], [[-1, -1, 1]])
    >>> value = one_sided_value(instance, found)
    >>> value.lower.mid.round(4), value.upper.mid.round(4)
    (array([1.4142]), array([1.4142]))
    """
    upper = largest_beside(instance, certificate.dual)
    null = null_vectors(instance, certificate.null)
    off = ~instance.support
    outside = null.where(off, 0)
    total = outside.sum(-1)
    usable = (total.sign == 1) & np.asarray((outside.min(-1)).sign == 0)
    ratio = -(null.where(instance.support, 0).sum(-1)) / total.where(usable, 1)
    least = instance.lift(np.full(len(instance), -1.0))
    lower = ratio.where(usable & np.asarray((ratio + 1).sign == 1), least)
    return Enclosure(lower, upper)
