"""What the theorems are about: dictionaries, codes, and layers of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import numpy as np

from sparsebound.theory.arithmetic import (
    Ball,
    Exact,
    FloatArray,
    IntArray,
    Mask,
    Number,
    Rough,
    current_precision,
)
from sparsebound.theory.arrays import real_array, scaling
from sparsebound.theory.errors import InputError
from sparsebound.theory.maps import IDENTITY, Map
from sparsebound.theory.operators import Convolution


class Dictionary:
    """A dictionary of atoms, the columns of a matrix.

    The atoms need not have unit norm: every quantity is that of the normalised dictionary,
    and the norms are roots of the Gram matrix's diagonal, so that integer data stay exact. Atoms
    of very large or small entries are scaled by powers of two first, so that nothing overflows.

    Parameters
    ----------
    data : array_like, shape (m, n)
        The atoms, as columns. Floats are exact data.
    arithmetic : {Ball, Exact}
        How quantities of this dictionary are computed.

    Raises
    ------
    InputError
        If the data are not a finite real matrix, or an atom is zero.

    Examples
    --------
    >>> D = Dictionary([[1, 1, 1], [0, 2, 0], [0, 0, 2]])
    >>> D.shape
    (3, 3)
    >>> D.gram.mid.round(3)
    array([[1.   , 0.447, 0.447],
           [0.447, 1.   , 0.2  ],
           [0.447, 0.2  , 1.   ]])
    """

    def __init__(self, data: Any, *, arithmetic: type[Number] = Ball) -> None:
        self.data = real_array("D", data, 2)
        self.arithmetic = arithmetic
        self.memo: dict[Any, Any] = {}
        if self.data.shape[1] == 0:
            raise InputError("D.shape", self.data.shape, "at least one atom")
        zero = np.flatnonzero(~self.data.any(axis=0))
        if zero.size:
            raise InputError(f"D[:, {zero[0]}]", self.data[:, zero[0]], "an atom that is not zero")

    def __repr__(self) -> str:
        return f"Dictionary({self.data.tolist()!r})"

    @property
    def shape(self) -> tuple[int, int]:
        """Length of an atom and number of atoms."""
        return self.data.shape[0], self.data.shape[1]

    @cached_property
    def atoms(self) -> Number:
        """The atoms as given, shape (m, n)."""
        return self.arithmetic.of(self.data)

    @cached_property
    def exponents(self) -> IntArray:
        """By which powers of two the atoms are scaled, shape (n,); mostly 0."""
        return scaling(np.abs(self.data).max(axis=0))

    def _powers(self, exponents: IntArray) -> Number:
        return self.arithmetic.of([Fraction(2) ** int(exponent) for exponent in exponents])

    @cached_property
    def scaled(self) -> Number:
        """The scaled atoms, shape (m, n)."""
        if not self.exponents.any():
            return self.atoms
        if self.arithmetic is Exact:
            return self.atoms * self._powers(self.exponents)
        found = np.ldexp(self.data, self.exponents)
        kept = np.ldexp(found, -self.exponents) == self.data
        rounded = Ball(found, np.where(kept, 0.0, np.finfo(float).smallest_subnormal))
        return self.arithmetic.of(rounded)

    @cached_property
    def scaled_gram(self) -> Number:
        """Inner products of the scaled atoms, shape (n, n)."""
        return self.scaled.swapaxes(0, 1) @ self.scaled

    @cached_property
    def scaled_squares(self) -> Number:
        """Squared norms of the scaled atoms, shape (n,)."""
        diagonal = np.arange(self.shape[1])
        return self.scaled_gram[diagonal, diagonal]

    @cached_property
    def raw_gram(self) -> Number:
        """Inner products of the atoms as given, shape (n, n)."""
        if not self.exponents.any():
            return self.scaled_gram
        return self.atoms.swapaxes(0, 1) @ self.atoms

    @cached_property
    def squares(self) -> Number:
        """Squared norms of the atoms as given, shape (n,)."""
        diagonal = np.arange(self.shape[1])
        return self.raw_gram[diagonal, diagonal]

    @cached_property
    def norms(self) -> Number:
        """Norms of the atoms as given, shape (n,)."""
        norms = self.scaled_squares.sqrt()
        return norms * self._powers(-self.exponents) if self.exponents.any() else norms

    @cached_property
    def relative_norms(self) -> Number:
        """Norms relative to that of the first atom, shape (n,): rational if all are equal."""
        norms = (self.scaled_squares / self.scaled_squares[0]).sqrt()
        moved = self.exponents[0] - self.exponents
        return norms * self._powers(moved) if moved.any() else norms

    @cached_property
    def gram(self) -> Number:
        """Inner products of the normalised atoms, shape (n, n)."""
        n, squares = self.shape[1], self.scaled_squares
        normalised = self.scaled_gram / (squares.reshape(n, 1) * squares.reshape(1, n)).sqrt()
        return normalised.where(~np.eye(n, dtype=bool), np.eye(n))

    @cached_property
    def spectral_gram(self) -> Number:
        """A matrix that is similar to the Gram matrix on every support, shape (n, n).

        The Gram matrix itself in ball arithmetic; in exact arithmetic, with rows divided by
        squared norms instead of both sides by norms, so that it is always rational.
        """
        if self.arithmetic is not Exact:
            return self.gram
        return self.scaled_gram / self.scaled_squares.reshape(-1, 1)

    def gram_rows(self) -> Number:
        """Sizes of the Gram matrix's entries, without its diagonal: all sums of a row are here."""
        return abs(self.gram).where(~np.eye(self.shape[1], dtype=bool), 0)

    def interactions(self, support: Mask) -> IntArray:
        """How many atoms of a support share a row with each atom, itself included."""
        graph = self.overlaps.astype(np.float32)
        return np.asarray(support.astype(np.float32) @ graph, dtype=np.int64)

    def synthesis(self, codes: Number) -> Number:
        """``D x`` for a batch of codes, shape (..., m)."""
        return codes @ self.atoms.swapaxes(0, 1)

    @property
    def linear_map(self) -> FloatArray | Convolution:
        """The atoms as a linear map: a matrix, or a convolution."""
        return self.data

    @cached_property
    def overlaps(self) -> Mask:
        """Which atoms share a row, shape (n, n): a superset of the nonzero inner products."""
        structure = (self.data != 0).astype(np.float64)
        return np.asarray(structure.T @ structure > 0)

    def exact(self) -> Dictionary:
        """The same data in exact arithmetic, at the precision of the moment."""
        return self._remembered(("exact", current_precision()), Exact)

    def rough(self) -> Dictionary:
        """The same data in plain float64, with a bound of its error; itself if it is no ball's."""
        return self._remembered("rough", Rough) if self.arithmetic is Ball else self

    def _remembered(self, key: Any, arithmetic: type[Number]) -> Dictionary:
        if key not in self.memo:
            self.memo[key] = self._in(arithmetic)
        found: Dictionary = self.memo[key]
        return found

    def _in(self, arithmetic: type[Number]) -> Dictionary:
        """The same data in another arithmetic."""
        return Dictionary(self.data, arithmetic=arithmetic)


@dataclass(frozen=True, init=False)
class Instance:
    """A dictionary, and a batch of codes with noise: ``Y = X D^T + E``.

    Parameters
    ----------
    D : Dictionary
        Or its data, shape (m, n).
    X : array_like, shape (B, n)
        The codes, with respect to the atoms as given. Support means entries that are not zero.
    E : array_like, shape (B, m), optional
        Noise; none by default.

    Raises
    ------
    InputError
        If shapes do not agree or numbers are not finite and real.

    Examples
    --------
    >>> instance = Instance([[1, 0], [0, 1]], [[3, 0], [1, -1]])
    >>> instance.sparsity
    array([1, 2])
    """

    D: Dictionary
    X: FloatArray
    E: FloatArray

    def __init__(self, D: Any, X: Any, E: Any = None) -> None:
        D = D if isinstance(D, Dictionary) else Dictionary(D)
        m, n = D.shape
        X = real_array("X", X, 2)
        if X.shape[1] != n:
            raise InputError("X.shape", X.shape, f"codes of length {n}, as D has {n} atoms")
        E = np.zeros((len(X), m)) if E is None else real_array("E", E, 2)
        if E.shape != (len(X), m):
            raise InputError("E.shape", E.shape, f"{(len(X), m)}, as X is {X.shape}, D {D.shape}")
        for name, value in (("D", D), ("X", X), ("E", E)):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.X)

    def lift(self, value: Any) -> Number:
        """Take exact data into the arithmetic of this instance."""
        return self.D.arithmetic.of(value)

    @cached_property
    def memo(self) -> dict[Any, Any]:
        """What was computed of this instance."""
        return {}

    @cached_property
    def support(self) -> Mask:
        """Where the codes are not zero, shape (B, n)."""
        return np.asarray(self.X != 0)

    @cached_property
    def signs(self) -> FloatArray:
        """Signs of the codes, shape (B, n)."""
        return np.asarray(np.sign(self.X))

    @cached_property
    def sparsity(self) -> IntArray:
        """Number of entries that are not zero, shape (B,)."""
        return np.asarray(self.support.sum(axis=1))

    @cached_property
    def unit_codes(self) -> Number:
        """The codes with respect to the normalised atoms, shape (B, n)."""
        return self.D.norms * self.X

    @cached_property
    def Y(self) -> Number:
        """The signals, shape (B, m)."""
        return self.D.synthesis(self.lift(self.X)).__add__(self.E)

    @cached_property
    def place(self) -> IntArray:
        """Number of each code in the batch that it was first in, shape (B,).

        Whoever poses problems of several kinds deals them out by it: so that a code is posed the
        same one whatever else is selected with it.

        Examples
        --------
        >>> Instance([[1]], [[1], [2], [3]]).select([2, 1]).place
        array([2, 1])
        """
        return np.arange(len(self))

    def select(self, codes: Any) -> Instance:
        """Keep some codes of the batch, each with its place."""
        return _checked(self.D, self.X[codes], self.E[codes], self.place[codes])

    def placed(self, place: IntArray) -> Instance:
        """The same codes, which had these places in batches of their own; shape (B,)."""
        return _checked(self.D, self.X, self.E, place)

    def exact(self) -> Instance:
        """The same data in exact arithmetic, at the precision of the moment."""
        return _checked(self.D.exact(), self.X, self.E, self.place)

    def rough(self) -> Instance:
        """The same data in plain float64, with a bound of its error; itself if it is no ball's."""
        D = self.D.rough()
        return self if D is self.D else _checked(D, self.X, self.E, self.place)


def _checked(D: Dictionary, X: FloatArray, E: FloatArray, place: IntArray) -> Instance:
    """Make an instance of what was in one before: nothing to look at."""
    instance = object.__new__(Instance)
    instance.__dict__.update(D=D, X=X, E=E, place=place)
    return instance


@dataclass(frozen=True)
class DeepInstance:
    """Layers of the deep model ``psi_j(x_{j-1}) = D_j x_j``, ``j = 1..J``.

    Parameters
    ----------
    layers : tuple of Instance
        The dictionary and the codes of each layer, first layer first.
    X0 : array_like, shape (B, d)
        The clean signals.
    maps : tuple of Map, optional
        The functions ``psi_j``; identities by default.

    Raises
    ------
    InputError
        If the layers do not fit on each other. That ``psi_j(x_{j-1})`` equals ``D_j x_j`` is a
        premise of the theorems, and is computed there.

    Examples
    --------
    >>> layer = Instance([[1, 0], [0, 2]], [[1, 1]])
    >>> len(DeepInstance((layer,), [[1, 2]]).layers)
    1
    """

    layers: tuple[Instance, ...]
    X0: Any
    maps: tuple[Map, ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.layers:
            raise InputError("layers", self.layers, "at least one layer")
        maps = self.maps or (IDENTITY,) * len(self.layers)
        if len(maps) != len(self.layers):
            raise InputError("maps", maps, f"one map for each of {len(self.layers)} layers")
        below = real_array("X0", self.X0, 2)
        object.__setattr__(self, "X0", below)
        object.__setattr__(self, "maps", maps)
        for index, (layer, map_) in enumerate(zip(self.layers, maps, strict=True), start=1):
            expected = (len(below), map_.length(below.shape[1]))
            if (len(layer), layer.D.shape[0]) != expected:
                raise InputError(
                    f"layers[{index - 1}]",
                    (len(layer), layer.D.shape[0]),
                    f"{expected[0]} codes and atoms of length {expected[1]}",
                )
            below = layer.X

    def __len__(self) -> int:
        return len(self.X0)

    def inputs(self) -> Iterator[Number]:
        """What each layer represents, ``psi_j(x_{j-1})``, shape (B, m_j)."""
        below = self.X0
        for layer, map_ in zip(self.layers, self.maps, strict=True):
            yield map_(layer.lift(below))
            below = layer.X

    def _each(self, change: Callable[[Instance], Instance], X0: FloatArray) -> DeepInstance:
        """Change the layers of an instance that fit on each other: nothing to look at."""
        changed: DeepInstance = object.__new__(DeepInstance)
        layers = tuple(change(layer) for layer in self.layers)
        changed.__dict__.update(layers=layers, X0=X0, maps=self.maps)
        return changed

    def select(self, codes: Any) -> DeepInstance:
        """Keep some codes of the batch."""
        return self._each(lambda layer: layer.select(codes), self.X0[codes])

    def placed(self, place: IntArray) -> DeepInstance:
        """The same codes, which had these places in batches of their own; shape (B,)."""
        return self._each(lambda layer: layer.placed(place), self.X0)

    def exact(self) -> DeepInstance:
        """The same data in exact arithmetic, at the precision of the moment."""
        return self._each(Instance.exact, self.X0)

    def rough(self) -> DeepInstance:
        """The same data in plain float64, with a bound of its error."""
        return self._each(Instance.rough, self.X0)


Kind = Literal["dictionary", "codes", "layers"]
"""What a theorem speaks of: a dictionary alone, a batch of codes, or a deep model."""
