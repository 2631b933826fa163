"""What floating-point arithmetic may lose, with numbers that are too small for it.

The standard model (Higham 2002, sections 2.1, 2.2 and 3.1): an operation, and the conversion of
data to a type, returns

    fl(a op b) = (a op b)(1 + delta) + eta,    |delta| <= u, |eta| <= tiny,

as long as nothing leaves the range of the type. ``tiny`` is the smallest normal number: whoever
keeps subnormal numbers loses half of the smallest of them at most, whoever flushes them to zero,
results or operands, loses less than ``tiny``. So what is computed by sums of products, in any
order, fused or not, is within

    gamma_k sizes + (1 + gamma_k) tiny flushed

of the exact value: no datum meets more than ``k`` roundings on its way, ``sizes`` is the value for
absolute values throughout, and ``flushed`` adds up, over all operations, what multiplies the
result of each on its way. A product of two such losses is less than a unit roundoff of either.

Nothing is said where a number may leave the range: there a bound is not *known*.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import Enclosure, FloatArray, Mask, Number
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities.memo import of_dictionary

UP = 1 + 2.0**-30
"""Bounds are this much larger than computed: far above the rounding of their own computation."""

SQUARED = 450
"""Norms between two to this power and its inverse are what sums of squares give in float64; in
other types, between powers that are the same share of their range."""


@dataclass(frozen=True)
class FloatingPoint:
    """A floating-point type.

    Attributes
    ----------
    unit : float
        Unit roundoff.
    tiny : float
        The smallest normal number.
    largest : float
        The largest number.
    """

    unit: float
    tiny: float
    largest: float

    @classmethod
    def of(cls, dtype: Any) -> FloatingPoint:
        """Describe a type of numpy.

        Examples
        --------
        >>> FloatingPoint.of("float32").unit == 2.0**-24
        True
        """
        return _described(np.dtype(dtype))

    @property
    def squared(self) -> tuple[float, float]:
        """Norms that the sum of squares gives, whatever its terms are.

        Examples
        --------
        >>> FLOAT64.squared == (2.0**-450, 2.0**450)
        True
        """
        power = SQUARED * round(np.log2(self.largest)) // 1024
        return 2.0**-power, 2.0**power

    def gamma(self, roundings: Any) -> Any:
        """``k u / (1 - k u)`` for k roundings, one number or an array; infinite if ``k u >= 1``.

        References
        ----------
        Higham 2002, chapter 3.

        Examples
        --------
        >>> FloatingPoint.of(np.float32).gamma(2) == 2.0**-23 / (1 - 2.0**-23)
        True
        """
        total = roundings * self.unit
        if isinstance(total, np.ndarray):
            return np.where(total < 1, total / np.where(total < 1, 1 - total, 1), np.inf)
        return total / (1 - total) if total < 1 else float("inf")

    def error(self, roundings: Any, sizes: Any, flushed: Any, most: float = np.inf) -> FloatArray:
        """``gamma_k sizes + (1 + gamma_k) tiny flushed``, rounded up; ``gamma_k`` up to ``most``.

        Examples
        --------
        >>> float(FloatingPoint.of("float32").error(1, 0.0, 1.0)) >= 2.0**-126
        True
        """
        gamma = np.minimum(self.gamma(roundings), most)
        with np.errstate(invalid="ignore", over="ignore"):
            return np.asarray((gamma * sizes + (1 + gamma) * self.tiny * flushed) * UP)


@lru_cache(maxsize=8)
def _described(dtype: np.dtype[Any]) -> FloatingPoint:
    kind = np.finfo(dtype)
    return FloatingPoint(float(kind.eps) / 2, float(kind.tiny), float(kind.max))


FLOAT64 = FloatingPoint.of(np.float64)


@dataclass(frozen=True)
class Allowance:
    """How much of something rounding explains.

    Attributes
    ----------
    size : ndarray
        Upper bounds.
    known : ndarray of bool
        Where they hold: where nothing leaves the range of the type.
    """

    size: FloatArray
    known: Mask

    @classmethod
    def of(cls, size: FloatArray) -> Allowance:
        """Take bounds that are infinite where they are not known.

        Examples
        --------
        >>> Allowance.of(np.array([1.0, np.inf])).known
        array([ True, False])
        """
        known = np.isfinite(size)
        return cls(np.where(known, size, 0.0), known)

    def against(self, found: Number) -> Number | Enclosure:
        """Give what is found, to be compared with ``size``: where that is not known, 0 or more."""
        return told(found, self.known)

    def exceeded(self, found: Number) -> Mask:
        """Say where there surely is more than rounding explains."""
        beyond = np.asarray((found - self.size).sign == 1)
        return np.asarray(beyond & self.known)


def told(found: Number, clear: Mask) -> Number | Enclosure:
    """Give what is found, which rounding may have made where it is not clear of that: 0 or more.

    So what is wrong there refutes nothing, and what is right is right: else it stays undecided.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> told(Ball([2.0, 3.0]), np.array([True, False])).lower.mid
    array([2., 0.])
    """
    return found if clear.all() else Enclosure(found.where(clear, 0), found)


@dataclass(frozen=True)
class Extents:
    """Sizes of a matrix: the largest entry, sum of a row, and sum of a column, all absolute."""

    entry: float
    row: float
    column: float


@of_dictionary
def extents(D: Dictionary) -> Extents:
    """Sizes of the atoms as given.

    Examples
    --------
    >>> extents([[1, -2], [0, 2]])
    Extents(entry=2.0, row=3.0, column=4.0)
    """
    return extents_of(D.data)


def extents_of(matrix: FloatArray) -> Extents:
    """Sizes of a matrix."""
    sizes = np.abs(matrix)
    with np.errstate(over="ignore"):
        return Extents(
            float(sizes.max()), float(sizes.sum(axis=1).max()), float(sizes.sum(axis=0).max())
        )


def gradient_step(
    dtype: Any,
    atoms: FloatArray,
    extent: Extents,
    start: FloatArray,
    signals: FloatArray,
    lam: FloatArray,
    L: FloatArray,
    *,
    roundings: Any,
    checked: Any,
) -> Allowance:
    """Bound ``L ||e||`` for the error ``e`` of ``prox(x + D^T (y - D x)/L)``, shape (B, K).

    Whether the atoms are divided by ``L``, or the inner products, or these are multiplied by a
    computed ``1/L``, and whether it is done by ``D^T D`` and ``D^T y`` instead.

    Parameters
    ----------
    dtype : dtype
        In which steps are computed.
    atoms : ndarray, shape (m, n)
        Absolute values of the atoms.
    extent : Extents
        Of the atoms.
    start : ndarray, shape (B, K, n)
        Bounds of ``|x|``.
    signals : ndarray, shape (B, m)
        Bounds of ``|y|``.
    lam, L : ndarray, shape (B,)
        Weights, and inverse steps.
    roundings, checked : int, or ndarray of shape (K,)
        On the way of any datum: in that type, and in float64, where the check is counted as well.

    Notes
    -----
    What is flushed to zero is multiplied by at most the following, in sum, in an entry of ``L e``.
    ``C`` and ``R`` are the largest sums of a column and a row of ``|D|``, ``X = ||x||_1`` and
    ``S = ||y||_1 + C X`` bounds the entries of the residual in sum.

    - In ``y - D x``: ``2 n + 2`` operations and conversions, ``X`` for the entries of a row of D,
      ``R`` for those of x, and five times as much where x is made of two points; all times C.
    - In ``D^T r`` or ``(D/L)^T r``: ``2 m`` operations, and ``S`` for the entries of D or of D/L;
      times 1 or L.
    - By ``D^T D`` instead: ``2 m + 2 + C`` in each entry, times ``X``, and ``S`` for the entries of
      the other factor; then ``2 n`` operations, and ``X`` again; times 1 or L.
    - The division, the sums with x, the threshold: fewer than 8 operations; times 1 or L.
    """
    kind = FloatingPoint.of(dtype)
    m, n = atoms.shape
    operations, inside = 2 * (m + n) + 8, extent.column * (2 * n + 2 + 6 * extent.row)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        residuals = start @ atoms.T + signals[:, None]
        sizes = residuals @ atoms + L[:, None, None] * start + lam[:, None, None]
        X = start.sum(-1)
        S = extent.column * X + signals.sum(-1)[:, None]  # at least the sum
        flushed = (1 + L)[:, None] * (operations + (operations + extent.column) * X + S)
        flushed = np.sqrt(n) * (flushed + (inside + extent.column * X))
        total = norms_of(sizes)
        size = kind.error(roundings, total, flushed) + UP * FLOAT64.gamma(checked) * total
        shortest = 4 * np.maximum(1 / L, 1)
        others = shortest * np.maximum(L, max(extent.column * extent.entry, extent.row))
        fits = (others <= kind.largest) & (kind.tiny <= L) & (L * kind.tiny <= 1)
        limit = np.where(fits, kind.largest / shortest, -1.0)
        reach = np.maximum(sizes.max(-1), residuals.max(-1))  # sums, in any order
    known = (reach <= limit[:, None]) & np.isfinite(size)
    return Allowance(size if known.all() else np.where(known, size, 0.0), np.asarray(known))


def norms_of(sizes: FloatArray) -> FloatArray:
    """Euclidean norm along the last axis, also where squares leave the range."""
    with np.errstate(over="ignore", under="ignore"):
        total = np.asarray(np.sqrt(np.vecdot(sizes, sizes)))
    shortest, longest = FLOAT64.squared
    far = ~((total > shortest) & (total < longest))
    if far.any():
        total[far] = np.hypot.reduce(sizes[far], axis=-1)
    return total


def pursuit(
    D: Dictionary,
    steps: Any,
    least: FloatArray,
    signals: FloatArray,
    dtype: Any = np.float64,
    power: int = 0,
) -> Allowance:
    """Bound what a greedy pursuit loses in correlations and norms of residuals, as ``steps``.

    For normalised atoms, and a residual ``r`` of least squares on at most ``steps`` atoms. However
    the atoms are normalised, and whether norms or their squares are compared.

    Parameters
    ----------
    D : Dictionary
        The dictionary.
    steps : int or ndarray, shape (B,) or (B, K)
        The number ``s`` of atoms; 0 before the first one.
    least : ndarray, shape (B,) or (B, 1)
        Lower bounds of the least eigenvalue of the Gram matrix of these atoms, normalised.
    signals : ndarray, shape (B,) or (B, 1)
        Bounds of the norm of the signal, and of what is added up where it is made.
    dtype : dtype
        In which it computes.
    power : int
        It computes with atoms and signals times two to this power.

    Notes
    -----
    Least squares are to be backward stable, column by column, as those by Householder or twice
    orthogonalised Gram-Schmidt: ``r`` is that of data with the relative errors ``gamma_k``, where
    ``k = 8 (m + n) s`` has room for the norms, the signal, and the inner products (Higham 2002,
    theorem 20.3); without least squares, these meet ``2 m + n + 16`` at most. Then it is off by
    ``gamma_k (1 + 2 cond) ||y||`` at most, with ``cond^2 <= s/least`` (theorem 20.1), and a
    correlation by ``gamma_k ||y||`` more. A type of so few digits that this says nothing,
    ``k u >= 1/2``, is held to errors of the size of the data.

    What is flushed to zero on the way to one of m entries, at most k results, is multiplied by
    atoms or divided by their norms, and by ``1 + 2 cond``, and what is flushed in atoms by the
    signal. Where a norm comes from squares, m + 1 of them are flushed, below the root.
    """
    kind, (m, n) = FloatingPoint.of(dtype), D.shape
    shortest, longest = kind.squared
    roundings = np.maximum(8 * (m + n) * np.asarray(steps), 2 * m + n + 16)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        norms, signals = (np.ldexp(part, power) for part in (D.norms.mid, signals))
        spread = 2 + 2 * np.sqrt(steps / np.where(least > 0, least, np.nan))
        flushed = roundings * m * (1 + signals) * (1 + 1 / norms.min()) * spread
        size = kind.error(roundings, signals * spread, flushed, most=1.0)
        size = size + np.sqrt((m + 1) * kind.tiny) * UP
        fits = (norms.min() >= shortest) & (norms.max() <= longest)
        size = np.ldexp(size, -power)
        known = fits & (least > 0) & (signals <= longest) & np.isfinite(size)
    return Allowance(np.where(known, size, 0.0), np.asarray(known))
