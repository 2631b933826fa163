"""What a theorem is checked against: points, certificates and searches, from whoever found them.

Evidence is plain float or integer data. What it proves is worked out by ``theory.quantities`` in
the arithmetic of the instance, so that nothing here has to be trusted. Only exhaustive searches
(:class:`Alternative`) carry numbers that were decided exactly where they were found.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self

import numpy as np

from theory.arithmetic import FloatArray, IntArray, Mask
from theory.errors import InputError
from theory.operators import Convolution


class Batched:
    """Evidence whose fields are arrays with the batch as their first axis, but for ``SHARED``."""

    SHARED: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        lengths = {}
        for item in fields(self):  # type: ignore[arg-type]
            if item.name in self.SHARED:
                continue
            value = np.asarray(getattr(self, item.name))
            if value.dtype.kind not in "biuf" or np.isnan(value).any():
                raise InputError(item.name, value, "real numbers, none of them nan")
            lengths[item.name] = len(value)
            object.__setattr__(self, item.name, value)
        if len(set(lengths.values())) != 1:
            raise InputError(f"lengths of the fields of {type(self).__name__}", lengths, "one")

    def select(self, codes: Any) -> Self:
        """Keep what belongs to some codes."""
        names = [f.name for f in fields(self) if f.name not in self.SHARED]  # type: ignore[arg-type]
        chosen = {name: getattr(self, name)[codes] for name in names}
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


@dataclass(frozen=True)
class Trajectory(Batched):
    """The iterates of a run on each signal, and its parameters; not what it is a run of.

    Attributes
    ----------
    points : ndarray, shape (B, K + 1, n)
        The start and the K iterates after it, in float64 or float32. Each is exact data.
    lam : ndarray, shape (B,)
        Weight of the l1 norm; 0 where there is none.
    L : ndarray, shape (B,)
        The step is 1/L.
    """

    points: FloatArray
    lam: FloatArray
    L: FloatArray


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


def no_certificate(codes: int, m: int, n: int) -> Certificate:
    """Ask for what can be proved without help: the certificate of Fuchs, and 0 from below."""
    return Certificate(np.zeros((codes, m)), np.zeros((codes, n)))


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


@dataclass(frozen=True)
class StoppedPursuit(Batched):
    """What a greedy pursuit did on noisy signals until its residual was small.

    Attributes
    ----------
    signals : ndarray, shape (B, m)
        The observed signals ``y``; what they differ by from ``D x`` is the noise.
    eps : ndarray, shape (B,)
        The norm of the residual at which it stopped, and a bound on that of the noise.
    picks : ndarray of int, shape (B, K)
        The atoms in the order of their selection; -1 after it stopped.
    """

    signals: FloatArray
    eps: FloatArray
    picks: IntArray


@dataclass(frozen=True)
class Unfolding:
    """What an unfolded network of K layers did on each signal, and what it declares of itself.

    Attributes
    ----------
    iterates : ndarray, shape (B, K + 1, n)
        The states ``x^0, ..., x^K``.
    thresholds : ndarray, shape (B, K)
        The thresholds ``theta_0, ..., theta_{K-1}``.
    B : ndarray, shape (B,)
        Declared bound on the code, in the norm of the theorem.
    nu : ndarray, shape (B,)
        Declared bound on ``||W^T e||_inf``.
    rho : ndarray, shape (B, K)
        Declared errors of the pre-activations.
    p_in, p_out : ndarray, shape (B, K)
        Declared errors of the activations ``x^1, ..., x^K`` on the support of the code and off it.
    slack : ndarray, shape (B, K)
        Declared excess of a step of the bound over that of exact arithmetic.
    sides : ndarray, shape (B, n)
        +1 or -1 where an activation is one-sided: the sign of what it lets pass; 0 if two-sided.
    tolerance : ndarray, shape (B,)
        The error that is wanted in the end; infinite if none is named.
    W : ndarray of shape (m, n), or Convolution
        The weights.
    activation, dtype : str
        The thresholding function and the floating-point type, by name.
    """

    iterates: FloatArray
    thresholds: FloatArray
    B: FloatArray
    nu: FloatArray
    rho: FloatArray
    p_in: FloatArray
    p_out: FloatArray
    slack: FloatArray
    sides: FloatArray
    tolerance: FloatArray
    W: FloatArray | Convolution
    activation: str = "soft"
    dtype: str = "float64"

    SHARED = ("W", "activation", "dtype")

    def __post_init__(self) -> None:
        lengths = {}
        for item in fields(self):
            if item.name in self.SHARED:
                continue
            value = np.asarray(getattr(self, item.name), dtype=np.float64)
            if np.isnan(value).any():
                raise InputError(item.name, value, "real numbers, none of them nan")
            lengths[item.name] = len(value)
            object.__setattr__(self, item.name, value)
        if len(set(lengths.values())) != 1:
            raise InputError("lengths of the fields of Unfolding", lengths, "one")
        layers = self.thresholds.shape[1]
        if self.iterates.shape[1] != layers + 1:
            raise InputError("iterates.shape", self.iterates.shape, f"{layers + 1} states a code")

    def select(self, codes: Any) -> Unfolding:
        """Keep what belongs to some codes."""
        names = (item.name for item in fields(self) if item.name not in self.SHARED)
        return replace(self, **{name: getattr(self, name)[codes] for name in names})
