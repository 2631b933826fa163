"""How codes are drawn, given a dictionary's size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, Mask
from sparsebound.theory.errors import InputError

PATTERNS = ("leading", "random", "spread")
AMPLITUDES = ("ones", "signs", "integers", "normal", "decaying")
GRID = 64  # amplitudes are multiples of 1/64, so that exact arithmetic stays quick


@dataclass(frozen=True)
class Codes:
    """A batch of sparse codes.

    Attributes
    ----------
    count : int
        How many; 0 where a theorem is about the dictionary alone.
    sparsity : int
        Nonzeros of each.
    pattern : {"leading", "random", "spread"}
        Which atoms: the first ones, any, or any shift of evenly spaced ones.
    amplitudes : {"ones", "signs", "integers", "normal", "decaying"}
        Their values.
    noise : float
        Standard deviation of the noise, which is rounded to multiples of 1/64; 0 for none.
    seed : int
        Of the random generator.
    mixed : bool
        Whether codes have 1, 2, ... nonzeros, in turns, up to the sparsity.

    Raises
    ------
    InputError
        If a field is out of range.

    Examples
    --------
    >>> Codes(count=2, sparsity=2, mixed=True).draw(n=4)
    array([[1., 0., 0., 0.],
           [1., 1., 0., 0.]])
    """

    count: int = 1
    sparsity: int = 1
    pattern: str = "leading"
    amplitudes: str = "ones"
    noise: float = 0.0
    seed: int = 0
    mixed: bool = False

    def __post_init__(self) -> None:
        for name in ("count", "sparsity", "seed"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise InputError(name, value, "an integer that is at least 0")
        if self.pattern not in PATTERNS:
            raise InputError("pattern", self.pattern, f"one of {PATTERNS}")
        if self.amplitudes not in AMPLITUDES:
            raise InputError("amplitudes", self.amplitudes, f"one of {AMPLITUDES}")
        if not isinstance(self.mixed, bool):
            raise InputError("mixed", self.mixed, "true or false")
        if not 0 <= self.noise < np.inf:
            raise InputError("noise", self.noise, "a number that is at least 0")

    def draw(self, n: int) -> FloatArray:
        """Draw the codes for ``n`` atoms, shape (count, n).

        Raises
        ------
        InputError
            If more nonzeros are asked for than there are atoms.
        """
        if self.sparsity > n:
            raise InputError("sparsity", self.sparsity, f"at most {n}, the number of atoms")
        rng = np.random.default_rng([self.seed, 1])
        support = self._supports(n, rng)
        if self.mixed and self.sparsity:
            turns = 1 + np.arange(self.count) % self.sparsity
            support &= np.cumsum(support, axis=1) <= turns[:, None]
        size = (self.count, n)
        if self.amplitudes == "ones":
            values = np.ones(size)
        elif self.amplitudes == "signs":
            values = rng.choice([-1.0, 1.0], size)
        elif self.amplitudes == "integers":
            values = rng.integers(1, 10, size) * rng.choice([-1.0, 1.0], size)
        elif self.amplitudes == "normal":
            values = np.ceil(np.abs(rng.standard_normal(size)) * GRID) / GRID
            values = np.maximum(values, 1 / GRID) * rng.choice([-1.0, 1.0], size)
        else:
            values = 2.0 ** -rng.integers(0, 8, size) * rng.choice([-1.0, 1.0], size)
        return np.where(support, values, 0.0)

    def nested(self, n: int, largest: int) -> FloatArray:
        """Draw codes of ones with 1, 2, ... nonzeros, in this pattern; shape (largest, n).

        Examples
        --------
        >>> Codes().nested(3, 2)
        array([[1., 0., 0.],
               [1., 1., 0.]])
        """
        sizes = np.arange(1, largest + 1)[:, None]
        rng = np.random.default_rng([self.seed, 3])
        if self.pattern == "spread":
            support = np.zeros((largest, n), dtype=bool)
            for size in sizes[:, 0]:
                support[size - 1, np.arange(size) * n // size] = True
        else:
            order = rng.permutation(n) if self.pattern == "random" else np.arange(n)
            support = order < sizes
        return support.astype(np.float64)

    def draw_noise(self, m: int) -> FloatArray:
        """Draw the noise for signals of length ``m``, shape (count, m)."""
        if not self.noise:
            return np.zeros((self.count, m))
        rng = np.random.default_rng([self.seed, 2])
        return np.rint(self.noise * rng.standard_normal((self.count, m)) * GRID) / GRID

    def _supports(self, n: int, rng: np.random.Generator) -> Mask:
        if self.pattern == "random":
            order = rng.permuted(np.tile(np.arange(n), (self.count, 1)), axis=1)
            return np.asarray(order < self.sparsity)
        if self.pattern == "spread":
            places = np.arange(self.sparsity) * n // max(self.sparsity, 1)
            shifts = rng.integers(0, n, self.count)
        else:
            places, shifts = np.arange(self.sparsity), np.zeros(self.count, dtype=np.int64)
        support = np.zeros((self.count, n), dtype=bool)
        np.put_along_axis(support, (places + shifts[:, None]) % n, True, axis=1)
        return support

    def to_json(self) -> dict[str, Any]:
        """Give the fields as JSON holds them; what is not mixed says nothing of it."""
        return {name: value for name, value in vars(self).items() if name != "mixed" or value}


@dataclass(frozen=True)
class Several:
    """Sets of codes for one dictionary, one after the other in a batch.

    Attributes
    ----------
    sets : tuple of Codes
        Each is drawn as if it were alone.

    Examples
    --------
    >>> Several((Codes(sparsity=2), Codes(count=2))).draw(n=3)
    array([[1., 1., 0.],
           [1., 0., 0.],
           [1., 0., 0.]])
    """

    sets: tuple[Codes, ...]

    def draw(self, n: int) -> FloatArray:
        """Draw the codes for ``n`` atoms, one batch of all sets."""
        return np.concatenate([codes.draw(n) for codes in self.sets])

    def draw_noise(self, m: int) -> FloatArray:
        """Draw the noise for signals of length ``m``, one batch of all sets."""
        return np.concatenate([codes.draw_noise(m) for codes in self.sets])
