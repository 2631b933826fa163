"""Least squares and Lasso solutions on given supports.

Two scalings of the atoms occur: as given, and *relative*, all atoms scaled to the norm of the
first one. The Lasso of relative atoms is that of the normalised dictionary, up to a common
factor, and it is rational where the norms are equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, Mask, Number
from sparsebound.theory.evidence import LassoPath, Minimiser
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.memo import of_dictionary
from sparsebound.theory.quantities.recovery import exact_recovery_coefficient
from sparsebound.theory.quantities.supports import (
    SupportGram,
    largest_off,
    support_gram,
)
from sparsebound.theory.worst_case import EverySupport, NoEvidence


@of_dictionary
def relative_gram(D: Dictionary) -> Number:
    """Inner products of the atoms scaled to the norm of the first one, shape (n, n).

    Examples
    --------
    >>> relative_gram([[2, 0, 1], [0, 1, 0]]).mid
    array([[4., 0., 4.],
           [0., 4., 0.],
           [4., 0., 4.]])
    """
    norms = D.relative_norms
    if not (norms - 1).sign.any():  # all are equal
        return D.raw_gram
    return D.raw_gram / (norms.reshape(-1, 1) * norms.reshape(1, -1))


def relative_correlations(D: Dictionary, signals: Number) -> Number:
    """Inner products of signals (B, m) with the relative atoms, shape (B, n)."""
    return (signals @ D.atoms) / D.relative_norms


@dataclass(frozen=True)
class Projection:
    """What least squares on the support of each code makes of a vector ``e``; relative atoms.

    Attributes
    ----------
    support : ndarray of bool, shape (B, n)
        The supports ``S``.
    gram : SupportGram
        Of the supports.
    inverse : Number, shape (B, k, k)
        ``(D_S^T D_S)^{-1}``, padded with the identity; unknown where the atoms depend.
    on : Number, shape (B, n)
        ``<d_i, e>`` on the support; 0 off it.
    entries : Number, shape (B, k)
        ``pinv(D_S) e``, padded with 0.
    off : Number, shape (B, n)
        ``<d_j, (I - P_S) e>`` off the support; 0 on it.
    """

    support: Mask
    gram: SupportGram
    inverse: Number
    on: Number
    entries: Number
    off: Number

    @cached_property
    def coefficient(self) -> Number:
        """Tropp's exact recovery coefficient, shape (B,)."""
        shares = abs(self.inverse @ self.gram.outer).where(self.gram.used[..., None], 0)
        return largest_off(self.support, shares.sum(1))

    @property
    def row_sum(self) -> Number:
        """Norm ``||(D_S^T D_S)^{-1}||`` from l-infinity to l-infinity, shape (B,)."""
        return abs(self.inverse).sum(-1).where(self.gram.used, 0).max(-1)


class WorstProjection(Projection):
    """What is known of the supports of all codes of a sparsity; of the noise, nothing."""

    def __init__(self, codes: EverySupport) -> None:
        object.__setattr__(self, "codes", codes)

    codes: EverySupport

    def __getattr__(self, name: str) -> Any:
        raise NoEvidence(name)

    @property
    def coefficient(self) -> Number:  # a cached property elsewhere
        """Bound of Tropp's coefficient, shape (B,)."""
        return exact_recovery_coefficient(self.codes)


def project(instance: Instance, vectors: Number) -> Projection:
    """Project a vector (B, m) for each code onto the atoms of its support.

    Where an instance stands for all codes of a sparsity, nothing is known of the vectors.

    Examples
    --------
    >>> instance = Instance([[1, 1], [0, 1]], [[5, 0]])
    >>> found = project(instance, instance.lift([[2, 3]]))
    >>> found.entries.mid, found.off.mid.round(6)
    (array([[2.]]), array([[0.      , 2.12132]]))
    """
    if isinstance(instance, EverySupport):
        return WorstProjection(instance)
    gram = support_gram(relative_gram(instance.D), instance.support)
    data = relative_correlations(instance.D, vectors)
    inverse = gram.inner.solve(instance.lift(np.eye(gram.inner.shape[-1])))
    entries = inverse @ _gathered(gram, data)
    rest = data - (gram.outer.swapaxes(1, 2) @ entries).reshape(*data.shape)
    support = instance.support
    return Projection(
        support,
        gram,
        inverse,
        data.where(support, 0),
        entries.reshape(*gram.index.shape),
        rest.where(~support, 0),
    )


def _gathered(gram: SupportGram, values: Number) -> Number:
    """Values (B, n) on the supports, padded with 0, shape (B, k, 1)."""
    picked = values[np.arange(len(values))[:, None], gram.index].where(gram.used, 0)
    return picked.reshape(*gram.index.shape, 1)


@dataclass(frozen=True)
class LassoPoint:
    """The solution of the optimality conditions of the Lasso on a support.

    Attributes
    ----------
    entries : Number, shape (B, n)
        The point; 0 off the support.
    signed : Number, shape (B, k)
        Its entries times the signs that they should have; 1 beyond the support.
    correlations : Number, shape (B, n)
        ``<d_j, y - D z>``.
    """

    entries: Number
    signed: Number
    correlations: Number


def lasso_point(gram: Number, data: Number, minimiser: Minimiser) -> LassoPoint:
    """Solve the optimality conditions of the Lasso on the support of a minimiser.

    Parameters
    ----------
    gram : Number, shape (n, n)
        Inner products of the atoms.
    data : Number, shape (B, n)
        Inner products of signals and atoms.
    minimiser : Minimiser
        Supports, signs and weights of the l1 norm.

    Examples
    --------
    >>> D, found = Dictionary([[1, 1], [0, 1]]), Minimiser([1], [[1, 0]], [[1, 0]], [[1, 0]])
    >>> point = lasso_point(D.raw_gram, D.arithmetic.of([[3, 1]]) @ D.atoms, found)
    >>> point.entries.mid, point.correlations.mid
    (array([[2., 0.]]), array([[1., 2.]]))
    """
    support: Mask = np.asarray(minimiser.support, dtype=bool)
    return stationary_point(gram, data, support, minimiser.signs, minimiser.lam[:, None])


def stationary_point(
    gram: Number, data: Number, support: Mask, signs: FloatArray, weights: FloatArray
) -> LassoPoint:
    """Solve ``<d_j, y - D z> = weights_j sign_j`` for ``z`` on a support of independent atoms.

    Parameters
    ----------
    gram, data
        As for :func:`lasso_point`.
    support : ndarray of bool, shape (B, n)
        The supports.
    signs : ndarray, shape (B, n)
        The signs that the entries should have.
    weights : ndarray, shape (B, n) or (B, 1)
        Weights of the entries' sizes.

    Examples
    --------
    >>> D = Dictionary([[1, 0], [0, 1]])
    >>> data = D.arithmetic.of([[3.0, 1.0]])
    >>> ones = np.ones((1, 2))
    >>> stationary_point(D.raw_gram, data, ones > 0, ones, ones / 2).entries.mid
    array([[2.5, 0.5]])
    """
    within = support_gram(gram, support)
    shrunk = data - weights * signs
    if not within.index.shape[1]:  # the minimiser is zero
        zero = data * 0
        return LassoPoint(zero, zero[:, :1] + 1, data)
    solved = within.inner.solve(_gathered(within, shrunk))
    fitted = (within.outer.swapaxes(1, 2) @ solved).reshape(*data.shape)
    used = np.asarray(support.any(axis=1, keepdims=True))
    fitted = fitted.where(used, 0)  # of the other codes nothing is rounded
    entries = solved.reshape(*within.index.shape)
    picked = np.take_along_axis(signs, within.index, axis=1)
    signed = (entries * picked).where(within.used, 1)
    place = np.maximum(np.cumsum(support, axis=1) - 1, 0)
    spread = entries[np.arange(len(support))[:, None], place].where(support, 0)
    return LassoPoint(spread, signed, data - fitted)


@dataclass(frozen=True)
class LassoPathPoints:
    """The solutions of the optimality conditions of the Lasso for P weights; atoms as given.

    Attributes
    ----------
    signed : Number, shape (B, P, k)
        Entries times the signs that they should have; 1 beyond the support.
    correlations : Number, shape (B, P, n)
        ``<d_j, y - D x>``.
    l1_norm, misfit : Number, shape (B, P)
        ``||x||_1`` and ``1/2 ||y - D x||^2``.
    fitted : Number, shape (B, P, m)
        ``D x``.
    """

    signed: Number
    correlations: Number
    l1_norm: Number
    misfit: Number
    fitted: Number


def lasso_path_points(instance: Instance, path: LassoPath) -> LassoPathPoints:
    """Solve the optimality conditions for every weight of a path.

    Examples
    --------
    >>> path = LassoPath([[1.0, 2.0]], [[[True], [True]]], [[[1.0], [1.0]]])
    >>> lasso_path_points(Instance([[1]], [[3]]), path).misfit.mid
    array([[0.5, 2. ]])
    """
    B, P, n = path.signs.shape
    flat = Minimiser(
        path.lam.reshape(-1),
        path.support.reshape(-1, n),
        path.signs.reshape(-1, n),
        path.support.reshape(-1, n),
    )
    every = np.repeat(np.arange(B), P)  # each signal once for each weight
    signals = instance.Y[every]
    data = (instance.Y @ instance.D.atoms)[every]
    point = lasso_point(instance.D.raw_gram, data, flat)
    fitted = point.entries @ instance.D.atoms.swapaxes(0, 1)
    misfit = ((signals - fitted) ** 2).sum(-1) / 2
    norm = (point.entries * flat.signs).sum(-1)
    parts = (point.signed, point.correlations, norm, misfit, fitted)
    return LassoPathPoints(*(part.reshape(B, P, *part.shape[1:]) for part in parts))
