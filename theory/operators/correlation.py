"""Inner products of two convolutional dictionaries, computed from their filters alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray, Mask, Number
from sparsebound.theory.errors import InputError
from sparsebound.theory.operators.convolution import Convolution


@dataclass(frozen=True)
class Correlation:
    """``W^T D``, which depends on the distance of two shifts alone.

    Attributes
    ----------
    offsets : ndarray of int, shape (O, dimensions)
        Distances of shifts, zero among them, at which something may meet; modulo the grid if the
        boundary is circular.
    blocks : Number, shape (O, filters, filters)
        ``<w_f at s, d_g at s + offset>``.
    meets : ndarray of bool, shape (O, filters, filters)
        Whether the two share a tap, or are of one index: structural nonzeros, not small values.
    grid : tuple of int
        Number of shifts in each dimension.
    circular : bool
        The boundary.
    """

    offsets: IntArray
    blocks: Number
    meets: Mask
    grid: tuple[int, ...]
    circular: bool

    @property
    def diagonal(self) -> Number:
        """``<w_f, d_f>`` at the same shift, shape (filters,)."""
        filters = np.arange(self.meets.shape[1])
        return self.blocks[self._zero, filters, filters]

    @property
    def off_diagonal(self) -> Number:
        """The blocks with zeros where an atom would meet its own weight, shape of ``blocks``."""
        return self.blocks.where(~self.own, 0)

    @property
    def own(self) -> Mask:
        """Where an atom meets its own weight, shape of ``blocks``."""
        own = np.zeros(self.meets.shape, dtype=bool)
        own[self._zero] = np.eye(self.meets.shape[1], dtype=bool)
        return own

    @property
    def _zero(self) -> int:
        return int(np.flatnonzero(~self.offsets.any(axis=1))[0])

    def rows(self, scale: Any = 1) -> Number:
        """Rows of ``|W^T D|``, zero on the diagonal, that contain every sum a row can have.

        All shifts are alike where the boundary is circular, and in the interior; where the grid
        has no interior, each shift has rows of its own.

        Parameters
        ----------
        scale : Number, shape (filters, filters), optional
            What the inner products of each pair of filters are divided by.

        Returns
        -------
        Number, shape (rows, O * filters)
        """
        sizes: Number = abs(self.off_diagonal / scale)
        if self.circular:
            kept: Mask = np.ones((1, len(self.offsets)), dtype=bool)
        else:
            reach = np.abs(self.offsets).max(axis=0).tolist()
            typical = [
                [r] if S > 2 * r else range(S) for r, S in zip(reach, self.grid, strict=True)
            ]
            places = np.array(list(product(*typical)))[:, None, :] + self.offsets
            kept = np.asarray(((places >= 0) & (places < self.grid)).all(axis=2))
        every = np.tile(np.arange(len(self.offsets)), (len(kept), 1))
        found = sizes[every].where(kept[:, :, None, None], 0).swapaxes(1, 2)
        return found.reshape(-1, len(self.offsets) * self.meets.shape[1])

    def residual_sums(self, columns: Mask) -> Number:
        """Row sums of ``|I - W^T D|`` over some columns.

        Parameters
        ----------
        columns : ndarray of bool, shape (B, n)
            Which columns, for each code.

        Returns
        -------
        Number, shape (B, n)

        Examples
        --------
        >>> D = Convolution([[1, 2]], 5)
        >>> columns = np.array([[True, False, False, False, False]])
        >>> correlation(D, D).residual_sums(columns).mid
        array([[4., 2., 0., 0., 2.]])
        """
        filters = self.meets.shape[1]
        sizes: Number = abs(self.own - self.blocks)
        batch = columns.reshape(-1, prod(self.grid), filters).astype(np.float64)
        places = np.stack(np.unravel_index(np.arange(prod(self.grid)), self.grid), axis=-1)
        total = sizes.of(np.zeros(batch.shape))
        for row, offset in enumerate(self.offsets):
            at = places + offset
            inside = ((at >= 0) & (at < self.grid)).all(axis=1) | self.circular
            source = np.ravel_multi_index(tuple((at % np.array(self.grid)).T), self.grid)
            total = total + (batch[:, source] * inside[:, None]) @ sizes[row].swapaxes(0, 1)
        return total.reshape(*columns.shape)

    def interactions(self, support: Mask) -> IntArray:
        """How many atoms of a support meet each weight, itself included.

        Parameters
        ----------
        support : ndarray of bool, shape (..., n)
            Supports.

        Returns
        -------
        ndarray of int, shape (..., n)

        Examples
        --------
        >>> D = Convolution([[1, 1]], 5)
        >>> correlation(D, D).interactions(np.array([True, True, False, False, False]))
        array([2, 2, 1, 0, 1])
        """
        filters, grid = self.meets.shape[1], np.array(self.grid)
        batch = support.reshape(-1, prod(self.grid), filters)
        counts = np.zeros(batch.size, dtype=np.int64)
        for g in range(filters):
            code, shift = np.nonzero(batch[:, :, g])
            which, f = np.nonzero(self.meets[:, :, g])
            at = np.stack(np.unravel_index(shift, self.grid), axis=-1)
            at = at[:, None, :] - self.offsets[which]
            inside = ((at >= 0) & (at < grid)).all(axis=2) | self.circular
            place = np.ravel_multi_index(tuple(np.moveaxis(at % grid, 2, 0)), self.grid)
            index = (code[:, None] * prod(self.grid) + place) * filters + f
            counts += np.bincount(index[inside], minlength=batch.size)
        return counts.reshape(support.shape)


def correlation(W: Convolution, D: Convolution, arithmetic: type[Number] = Ball) -> Correlation:
    """Inner products of the atoms of two dictionaries that differ in their filters only.

    Parameters
    ----------
    W, D : Convolution
        Of the same length, stride, boundary and shape of filters.
    arithmetic : {Ball, Exact}, optional
        In which sums of products of taps are computed; balls by default.

    Raises
    ------
    InputError
        If the two do not fit each other.

    Examples
    --------
    >>> D = Convolution([[1, 2]], 5)
    >>> found = correlation(D, D)
    >>> dict(zip(found.offsets[:, 0].tolist(), found.blocks.mid[:, 0, 0].tolist()))
    {0: 5.0, 1: 2.0, 4: 2.0}
    """
    for name in ("length", "stride", "circular"):
        if getattr(W, name) != getattr(D, name):
            raise InputError(f"W.{name}", getattr(W, name), f"{getattr(D, name)}, that of D")
    if W.filters.shape != D.filters.shape:
        raise InputError("W.filters.shape", W.filters.shape, f"{D.filters.shape}, that of D")
    found: dict[tuple[int, ...], list[tuple[FloatArray, FloatArray]]] = {}
    origin = (0,) * len(D.length)
    reach = [
        min((k - 1) // step, S - 1) for k, step, S in zip(D.kernel, D.stride, D.grid, strict=True)
    ]
    for shift in product(*(range(-far, far + 1) for far in reach)):
        left, right = _overlap(W, D, shift)
        if not left.shape[1] and shift != origin:
            continue
        wrapped = tuple(s % S if D.circular else s for s, S in zip(shift, D.grid, strict=True))
        found.setdefault(wrapped, []).append((left, right))
    offsets = sorted(found)
    width = max(sum(left.shape[1] for left, _ in found[key]) for key in offsets)
    data = np.zeros((2, len(offsets), len(D.filters), max(width, 1)))
    for row, key in enumerate(offsets):
        for side in range(2):
            joined = np.concatenate([pair[side] for pair in found[key]], axis=1)
            data[side, row, :, : joined.shape[1]] = joined
    left, right = data
    meets = (left != 0).astype(float) @ (right != 0).astype(float).swapaxes(1, 2) > 0
    meets[offsets.index(origin)] |= np.eye(len(D.filters), dtype=bool)
    blocks = arithmetic.of(left) @ arithmetic.of(right).swapaxes(1, 2)
    return Correlation(np.array(offsets), blocks, meets, D.grid, D.circular)


def _overlap(
    W: Convolution, D: Convolution, shift: tuple[int, ...]
) -> tuple[FloatArray, FloatArray]:
    """Taps of the two that fall on the same place, each of shape (filters, places)."""
    moved = [s * step for s, step in zip(shift, D.stride, strict=True)]
    ours = [slice(max(0, o), min(k, k + o)) for o, k in zip(moved, D.kernel, strict=True)]
    theirs = [slice(max(0, -o), min(k, k - o)) for o, k in zip(moved, D.kernel, strict=True)]
    every = (slice(None), slice(None))
    left = W.filters[(*every, *ours)].reshape(len(W.filters), -1)
    right = D.filters[(*every, *theirs)].reshape(len(D.filters), -1)
    both = left.any(axis=0) & right.any(axis=0)
    return left[:, both], right[:, both]
