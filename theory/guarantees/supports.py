"""Vectors in the span of each code's atoms, whose products with all other atoms decide about it.

Atoms are normalised. For a code ``x`` on ``S`` with signs ``t`` and ``G = D^T D``, what theorems
ask of the atoms off ``S`` are products with a few vectors ``D_S v``:

- ``v = G_SS^{-1} t``: the dual certificate of Fuchs;
- the rows of ``G_SS^{-1}``: their sizes add up to Tropp's coefficient;
- the residuals of orthogonal matching pursuit, as long as it has picked within ``S``.

So one product of matrices decides a batch. All is computed in floating point, with bounds on the
errors that are proved afterwards (Rump 2010): with ``R`` near ``G_SS^{-1}`` and
``||I - R G_SS|| <= a < 1``, ``||G_SS^{-1}|| <= ||R|| / (1 - a)``, in the maximum norm; and if ``v``
misses its equations by ``r`` in the maximum norm, it is wrong by at most ``s ||G_SS^{-1}|| r`` in
the sum of its entries, and so is its product with any atom. That holds for the equations of some of
the atoms alone, too: the inverse of a principal part has a smaller norm (interlacing), and of a
symmetric matrix the maximum norm is at least the spectral one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask

UNIT = 2.0**-53
GUARD = 1 + 2.0**-40
"""Covers what is rounded while an error is bounded, for up to thousands of operations."""

LONGEST_ENTRY = 1 + 2.0**-10
"""A computed inner product of unit atoms is at most this."""


@dataclass(frozen=True)
class Supports:
    """Where codes live, padded to one width of at least 1.

    Attributes
    ----------
    index : ndarray of int, shape (B, s)
        Atoms, in increasing order; 0 where nothing is.
    used : ndarray of bool, shape (B, s)
        Where something is.
    values : ndarray, shape (B, s)
        Entries of the codes for normalised atoms, over ``2^power``: of a size near 1.
    signs : ndarray, shape (B, s)
        Their signs; 0 where nothing is.
    powers : ndarray of int, shape (B,)
    """

    index: IntArray
    used: Mask
    values: FloatArray
    signs: FloatArray
    powers: IntArray

    def part(self, chosen: slice | IntArray, width: int | None = None) -> Supports:
        """Some of the codes, padded to as many atoms as they need."""
        wanted = max(1, int(self.sizes[chosen].max(initial=0))) if width is None else width
        return Supports(
            self.index[chosen, :wanted],
            self.used[chosen, :wanted],
            self.values[chosen, :wanted],
            self.signs[chosen, :wanted],
            self.powers[chosen],
        )

    @property
    def sizes(self) -> IntArray:
        """Number of nonzeros, shape (B,)."""
        return np.asarray(self.used.sum(axis=1))


@dataclass(frozen=True)
class Spanned:
    """Vectors in the span of the atoms of each support, in terms of these atoms.

    Attributes
    ----------
    fuchs : ndarray, shape (B, s)
        The dual certificate of Fuchs.
    inverse : ndarray, shape (B, s, s)
        The inverse of the Gram matrix; zeros beyond the support.
    residuals : ndarray, shape (B, s, s)
        Before each step of the pursuit, the code minus what has been fitted; zeros after the last.
    fuchs_error, inverse_error, residual_error : ndarray, shape (B,), (B,), (B, s)
        Bounds of the errors of their products with any unit atom, of the first kind: entries that
        are wrong. Of the rows of the inverse, of all together.
    slack : ndarray, shape (B,)
        Bound of ``||G_SS^{-1}||_inf``; infinite where the atoms may be dependent.
    ahead, second : ndarray, shape (B, s)
        Largest and second largest size of a product of the residual with an atom of the support.
    picks : ndarray of int, shape (B, s)
        Which is the largest, by its place; -1 after the last step.
    inside : ndarray, shape (B,)
        Largest row sum of ``|I - G_SS|``; its error is at most that of ``s`` entries.
    """

    fuchs: FloatArray
    inverse: FloatArray
    residuals: FloatArray
    fuchs_error: FloatArray
    inverse_error: FloatArray
    residual_error: FloatArray
    slack: FloatArray
    ahead: FloatArray
    second: FloatArray
    picks: IntArray
    inside: FloatArray


def spanned(gram: FloatArray, error: float, norm_error: float, codes: Supports) -> Spanned:
    """Compute the vectors of a batch, and how wrong they may be.

    Parameters
    ----------
    gram : ndarray, shape (B, s, s)
        Inner products of the normalised atoms of each support.
    error : float
        Bound on the error of an entry off the diagonal; those on it are 1.
    norm_error : float
        Bound on the relative error of an entry of a code, from the norm of its atom.
    codes : Supports
        The codes.

    Examples
    --------
    >>> one = np.array([[2.0, 1.0]])
    >>> codes = Supports(np.array([[0, 2]]), one > 0, one, np.sign(one), np.array([0]))
    >>> found = spanned(np.array([[[1, 0.5], [0.5, 1]]]), 1e-15, 1e-15, codes)
    >>> found.fuchs.round(3), found.picks, found.residuals[0].round(3).tolist()
    (array([[0.667, 0.667]]), array([[0, 1]]), [[2.0, 1.0], [-0.5, 1.0]])
    """
    used = codes.used
    s = used.shape[1]
    places = np.arange(s)
    both = used[:, :, None] & used[:, None, :]
    G = np.where(both, gram, 0.0)
    G[:, places, places] = 1.0
    with np.errstate(all="ignore"):  # of atoms that are nearly dependent nothing is known
        R, slack = inverted(G, error)
        rounding = (s + 3) * UNIT * LONGEST_ENTRY + error
        signs = codes.signs
        fuchs = (R @ signs[..., None])[..., 0]
        rows = np.where(both, R, 0.0)
        miss = np.abs(signs - (G @ fuchs[..., None])[..., 0]).max(axis=1, initial=0.0)
        fuchs_error = _wrong(slack, miss, np.abs(fuchs).sum(axis=1), 1.0, rounding, s)
        misses = np.abs(np.eye(s) - R @ G).max(axis=2)
        inverse_errors = _wrong(slack[:, None], misses, np.abs(R).sum(axis=2), 1.0, rounding, s)
        inverse_error = np.where(used, inverse_errors, 0.0).sum(axis=1) * GUARD
        residuals, ahead, second, picks, misses = _pursued(G, codes)
        entries = np.abs(codes.values).sum(axis=1)[:, None]
        largest = np.abs(residuals).sum(axis=2)
        residual_error = (
            _wrong(slack[:, None], misses, largest, entries, rounding, s) + norm_error * entries
        ) * GUARD
    sums = np.abs(np.where(np.eye(s, dtype=bool), 0.0, G)).sum(axis=2).max(axis=1, initial=0.0)
    return Spanned(
        fuchs,
        rows,
        residuals,
        fuchs_error,
        inverse_error,
        residual_error,
        slack,
        ahead,
        second,
        picks,
        np.asarray(sums),
    )


def inverted(G: FloatArray, error: float) -> tuple[FloatArray, FloatArray]:
    """Invert Gram matrices, and bound the norms of the inverses.

    Parameters
    ----------
    G : ndarray, shape (B, s, s)
        As computed.
    error : float
        Bound on the errors of its entries.

    Returns
    -------
    R : ndarray, shape (B, s, s)
        Near the inverses.
    bound : ndarray, shape (B,)
        Of the maximum norm of the inverse of the matrix itself; infinite if it may be singular.

    Examples
    --------
    >>> inverted(np.array([[[1, 0.5], [0.5, 1]], [[1, 1], [1, 1]]]), 1e-15)[1].round(6)
    array([ 2., inf])
    """
    s = G.shape[-1]
    with np.errstate(all="ignore"):  # of atoms that are nearly dependent nothing is known
        R = _inverse(G)
        size = np.abs(R).sum(axis=2).max(axis=1, initial=0.0)
        missed = np.abs(np.eye(s) - R @ G).sum(axis=2).max(axis=1, initial=0.0)
        rounding = (s + 3) * UNIT * LONGEST_ENTRY + error
        missed = (missed + s * size * rounding + s * UNIT) * GUARD
        bound = np.where(missed < 0.5, size / (1 - missed) * GUARD, np.inf)
    return R, np.asarray(np.where(np.isnan(bound), np.inf, bound))


def _inverse(G: FloatArray) -> FloatArray:
    """Invert a stack of matrices; zeros where one is singular."""
    try:
        return np.asarray(np.linalg.inv(G))
    except np.linalg.LinAlgError:
        found = np.zeros_like(G)
        for at, one in enumerate(G):
            try:
                found[at] = np.linalg.inv(one)
            except np.linalg.LinAlgError:
                continue
        return found


def _wrong(
    slack: FloatArray,
    missed: FloatArray,
    size: FloatArray,
    right: FloatArray | float,
    rounding: float,
    s: int,
) -> FloatArray:
    """Bound the sum of the errors of a solution, by what it was computed to miss."""
    missed = missed + rounding * size + (s + 3) * UNIT * (size + right)
    wrong = s * slack * missed * GUARD
    return np.asarray(np.where(np.isnan(wrong), np.inf, wrong))


def _pursued(
    G: FloatArray, codes: Supports
) -> tuple[FloatArray, FloatArray, FloatArray, IntArray, FloatArray]:
    """Follow orthogonal matching pursuit within the supports, by sweeps of the Gram matrix."""
    batch, s = codes.used.shape
    x = np.where(codes.used, codes.values, 0.0)
    table = np.concatenate([G, G @ x[..., None]], axis=2)
    left = np.array(codes.used, dtype=bool)
    residuals, misses = np.zeros((batch, s, s)), np.zeros((batch, s))
    ahead, second = np.zeros((batch, s)), np.zeros((batch, s))
    picks, every = np.full((batch, s), -1), np.arange(batch)
    for step in range(s):
        running = np.asarray(left.any(axis=1))
        a = np.where(left, x, x - table[:, :, s])
        a = np.where(running[:, None] & codes.used, a, 0.0)
        residuals[:, step] = a
        products = (G @ a[..., None])[..., 0]
        misses[:, step] = np.abs(np.where(left, 0.0, products)).max(axis=1)
        sizes = np.where(left, np.abs(products), 0.0)
        pick = sizes.argmax(axis=1)
        ahead[:, step] = sizes[every, pick]
        sizes[every, pick] = 0.0
        second[:, step] = sizes.max(axis=1)
        picks[:, step] = np.where(running, pick, -1)
        left[every, pick] = False
        pivot = np.where(running, table[every, pick, pick], 1.0)
        row = table[every, pick] / pivot[:, None]
        column = np.where(running[:, None], table[every, :, pick], 0.0)
        column[every, pick] = 0.0
        table -= column[:, :, None] * row[:, None, :]
        table[every, pick] = np.where(running[:, None], row, table[every, pick])
    return residuals, ahead, second, picks, misses
