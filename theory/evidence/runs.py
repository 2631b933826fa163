"""What iterations, pursuits and unfolded networks returned, and what they declare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence.batched import Batched
from sparsebound.theory.operators import Convolution


@dataclass(frozen=True)
class Pursuit(Batched):
    """What a greedy pursuit did on each signal.

    Attributes
    ----------
    picks : ndarray of int, shape (B, K)
        The atoms in the order of their selection; -1 after it stopped.
    points : ndarray, shape (B, n)
        The final codes.
    tolerance : ndarray, shape (B,)
        What may be left of a signal without noise, as a share of its norm.
    dtype : str
        The floating-point type in which it computed.
    ordered : bool
        Whether the order is known: a set of atoms has none.
    power : int
        It computed with atoms, signals and what is in their units times two to this power.
    """

    picks: IntArray
    points: FloatArray
    tolerance: FloatArray
    dtype: str = "float64"
    ordered: bool = True
    power: int = 0

    SHARED: ClassVar[tuple[str, ...]] = ("dtype", "ordered", "power")


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
class MomentumRun(Trajectory):
    """The iterates of a run with a momentum, and which one it declares.

    Attributes
    ----------
    beta : ndarray, shape (K,)
        Step j starts from ``x^{j-1} + beta_j (x^{j-1} - x^{j-2})``; the same for every signal.
    """

    SHARED: ClassVar[tuple[str, ...]] = ("beta",)

    beta: FloatArray

    def __post_init__(self) -> None:
        super().__post_init__()
        beta = np.asarray(self.beta, dtype=np.float64)
        if beta.shape != (self.points.shape[1] - 1,) or not np.isfinite(beta).all():
            raise InputError("beta", self.beta, "one finite number for each step")
        object.__setattr__(self, "beta", beta)


@dataclass(frozen=True)
class LargestKept(Batched):
    """What a network did that keeps the largest entries of each state.

    Attributes
    ----------
    iterates : ndarray, shape (B, K + 1, n)
        The states ``x^0, ..., x^K``.
    kept : ndarray of int, shape (B,)
        How many entries are kept.
    rho : ndarray, shape (B, K)
        Declared errors of what entries are chosen from.
    W : ndarray, shape (m, n)
        The weights.
    """

    SHARED: ClassVar[tuple[str, ...]] = ("W",)

    iterates: FloatArray
    kept: IntArray
    rho: FloatArray
    W: FloatArray


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
    dtype : str
        The floating-point type in which it computed.
    ordered : bool
        Whether the order is known: a set of atoms has none.
    power : int
        It computed with atoms, signals and what is in their units times two to this power.
    """

    signals: FloatArray
    eps: FloatArray
    picks: IntArray
    dtype: str = "float64"
    ordered: bool = True
    power: int = 0

    SHARED: ClassVar[tuple[str, ...]] = ("dtype", "ordered", "power")


@dataclass(frozen=True)
class Declared(Batched):
    """What a network of K layers did on each signal, and the errors that it declares.

    Attributes
    ----------
    iterates : ndarray, shape (B, K + 1, n)
        The states ``x^0, ..., x^K``.
    thresholds : ndarray, shape (B, K)
        The thresholds ``theta_0, ..., theta_{K-1}``.
    B : ndarray, shape (B,)
        Declared bound on the code, in the norm of the theorem.
    nu : ndarray, shape (B,)
        Declared bound on ``W^T e``, in the same norm.
    rho : ndarray, shape (B, K)
        Declared errors of the pre-activations.
    p_in, p_out : ndarray, shape (B, K)
        Declared errors of the activations ``x^1, ..., x^K`` on the support of the code and off it.
    """

    iterates: FloatArray
    thresholds: FloatArray
    B: FloatArray
    nu: FloatArray
    rho: FloatArray
    p_in: FloatArray
    p_out: FloatArray


@dataclass(frozen=True)
class BlockUnfolding(Declared):
    """The same of a network whose activations act on blocks of atoms.

    Attributes
    ----------
    W : ndarray, shape (m, n)
        The weights.
    blocks : ndarray of int, shape (n,)
        The block of each atom, from 0 on.
    """

    SHARED: ClassVar[tuple[str, ...]] = ("W", "blocks")

    W: FloatArray
    blocks: IntArray


@dataclass(frozen=True)
class SelectiveUnfolding(Declared):
    """The same of a network in which some entries above the threshold keep their value.

    Attributes
    ----------
    kept : ndarray of bool, shape (B, K, n)
        Which entries keep their value in each layer.
    W : ndarray, shape (m, n)
        The weights.
    """

    SHARED: ClassVar[tuple[str, ...]] = ("W",)

    kept: Mask
    W: FloatArray


@dataclass(frozen=True)
class Unfolding(Declared):
    """The same of an unfolded network, with what else it declares of itself.

    Attributes
    ----------
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
    skips : ndarray, shape (K, K), optional
        Weights with which the states ``x^0, ..., x^k`` enter layer ``k``, below the diagonal and
        on it; without them, each layer sees the state before it.
    """

    slack: FloatArray
    sides: FloatArray
    tolerance: FloatArray
    W: FloatArray | Convolution
    activation: str = "soft"
    dtype: str = "float64"
    skips: FloatArray | None = None

    SHARED: ClassVar[tuple[str, ...]] = ("W", "activation", "dtype", "skips")

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in self.batched_fields():
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))
        layers = self.thresholds.shape[1]
        if self.iterates.shape[1] != layers + 1:
            raise InputError("iterates.shape", self.iterates.shape, f"{layers + 1} states a code")
        if self.skips is None:
            return
        skips = np.asarray(self.skips, dtype=np.float64)
        if (
            skips.shape != (layers, layers)
            or not np.isfinite(skips).all()
            or np.triu(skips, 1).any()
        ):
            raise InputError(
                "skips", self.skips, f"{layers} rows of finite weights of states before"
            )
        object.__setattr__(self, "skips", skips)

    @property
    def finite(self) -> Mask:
        """Which states are finite, shape (B, K + 1)."""
        return np.asarray(np.isfinite(self.iterates).all(axis=-1))

    @property
    def states(self) -> FloatArray:
        """The states, shape (B, K + 1, n); 0 for what is not finite."""
        finite = self.finite
        return self.iterates if finite.all() else np.where(finite[..., None], self.iterates, 0.0)
