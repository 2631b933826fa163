"""Points, certificates and searches, from whoever found them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.evidence.batched import Batched, OfDictionary, Selectable


@dataclass(frozen=True)
class RecoveryCertificate(Batched):
    """A dual vector and a null vector for the basis pursuit problem of each code.

    Attributes
    ----------
    dual : ndarray, shape (B, m)
        Zeros ask for the certificate of Fuchs.
    null : ndarray, shape (B, n)
        Directions, in the coordinates of the atoms as given; zeros where none is known.
    """

    dual: FloatArray
    null: FloatArray


@dataclass(frozen=True)
class Alternative(Batched):
    """The sparsest other representation of each signal, from an exhaustive exact search.

    Attributes
    ----------
    sparsity : ndarray, shape (B,)
        Least number of nonzeros of ``z != x`` with ``D z = D x``; infinite if there is none.
    local_sparsity : ndarray, shape (B,)
        Least local sparsity of such a ``z``, not necessarily of the same one.
    point : ndarray, shape (B, n)
        A sparsest ``z``, rounded to float64; ``x`` itself if there is none.
    """

    sparsity: FloatArray
    local_sparsity: FloatArray
    point: FloatArray


@dataclass(frozen=True)
class LayerAlternatives(Selectable):
    """For each layer of a deep instance, the sparsest other code given the true layers below."""

    layers: tuple[Alternative, ...]


@dataclass(frozen=True)
class Minimiser(Batched):
    """Where a minimiser of the Lasso lives; its values are worked out from this.

    Attributes
    ----------
    lam : ndarray, shape (B,)
        Weight of the l1 norm, positive.
    support : ndarray of bool, shape (B, n)
        Where the minimiser is not zero; its atoms are independent.
    signs : ndarray, shape (B, n)
        Signs of the minimiser, zero off its support.
    active : ndarray of bool, shape (B, n)
        A superset of the support, outside which the dual is strictly feasible.
    """

    lam: FloatArray
    support: Mask
    signs: FloatArray
    active: Mask


@dataclass(frozen=True)
class Weights(OfDictionary):
    """Analysis weights, and what proves that no weights are much better.

    Attributes
    ----------
    W : ndarray, shape (m, n)
        Weights, one column an atom.
    column : int
        The atom whose linear program bounds the cross coherence from below.
    atoms : ndarray of int
        A basis of other atoms that represents it with the smallest l1 norm.
    """

    W: FloatArray
    column: int
    atoms: IntArray


@dataclass(frozen=True)
class LassoPath(Batched):
    """Where minimisers of the Lasso live, for P weights of the l1 norm.

    Attributes
    ----------
    lam : ndarray, shape (B, P)
        The weights, positive and increasing.
    support : ndarray of bool, shape (B, P, n)
        Where each minimiser is not zero; its atoms are independent.
    signs : ndarray, shape (B, P, n)
        Signs of each minimiser, zero off its support.
    """

    lam: FloatArray
    support: Mask
    signs: FloatArray


@dataclass(frozen=True)
class Optimum(Batched):
    """What encloses the least value of the Lasso for each signal.

    Attributes
    ----------
    point : ndarray, shape (B, n)
        Bounds the value from above.
    dual : ndarray, shape (B, m)
        Bounds it from below; it is scaled to be feasible where it is used.
    """

    point: FloatArray
    dual: FloatArray


def no_certificate(codes: int, m: int, n: int) -> RecoveryCertificate:
    """Ask for what can be proved without help: the certificate of Fuchs, and 0 from below."""
    return RecoveryCertificate(np.zeros((codes, m)), np.zeros((codes, n)))


@dataclass(frozen=True)
class Estimate(Batched):
    """A signal near that of each code, and another code that explains it as well.

    Attributes
    ----------
    signals : ndarray, shape (B, m)
        The observed signals ``y``; what they differ by from ``D x`` is the noise.
    points : ndarray, shape (B, n)
        The other codes ``z``, with respect to the atoms as given.
    eps : ndarray, shape (B,)
        Bound on the l2 norms of ``y - D x`` and ``y - D z``.
    """

    signals: FloatArray
    points: FloatArray
    eps: FloatArray
