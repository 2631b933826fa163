"""What a theorem is checked against: points, certificates and searches, from whoever found them.

Evidence is plain float or integer data. What it proves is worked out by ``theory.quantities`` in
the arithmetic of the instance, so that nothing here has to be trusted. Only exhaustive searches
(:class:`Alternative`) carry numbers that were decided exactly where they were found.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np

from theory.arithmetic import FloatArray, IntArray, Mask
from theory.errors import InputError


class Batched:
    """Evidence whose fields are arrays with the batch as their first axis."""

    def __post_init__(self) -> None:
        lengths = {}
        for item in fields(self):  # type: ignore[arg-type]
            value = np.asarray(getattr(self, item.name))
            if value.dtype.kind not in "biuf" or np.isnan(value).any():
                raise InputError(item.name, value, "real numbers, none of them nan")
            lengths[item.name] = len(value)
            object.__setattr__(self, item.name, value)
        if len(set(lengths.values())) != 1:
            raise InputError(f"lengths of the fields of {type(self).__name__}", lengths, "one")

    def select(self, codes: Any) -> Self:
        """Keep what belongs to some codes."""
        chosen = {f.name: getattr(self, f.name)[codes] for f in fields(self)}  # type: ignore[arg-type]
        return replace(self, **chosen)  # type: ignore[type-var]


@dataclass(frozen=True)
class Certificate(Batched):
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
class LayerAlternatives:
    """For each layer of a deep instance, the sparsest other code given the true layers below."""

    layers: tuple[Alternative, ...]

    def select(self, codes: Any) -> LayerAlternatives:
        """Keep what belongs to some codes."""
        return LayerAlternatives(tuple(layer.select(codes) for layer in self.layers))


@dataclass(frozen=True)
class Pursuit(Batched):
    """What a greedy pursuit did on each signal.

    Attributes
    ----------
    picks : ndarray of int, shape (B, K)
        The atoms in the order of their selection; -1 after it stopped.
    points : ndarray, shape (B, n)
        The final codes.
    """

    picks: IntArray
    points: FloatArray


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
class Weights:
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

    def select(self, codes: Any) -> Weights:
        """Weights belong to the dictionary, not to codes."""
        return self


def no_certificate(codes: int, m: int, n: int) -> Certificate:
    """Ask for what can be proved without help: the certificate of Fuchs, and 0 from below."""
    return Certificate(np.zeros((codes, m)), np.zeros((codes, n)))
