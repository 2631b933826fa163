"""The nearest features that a classifier takes for another class.

They are minimisers for a multiplier, found by the active-set search of the Lasso; the multiplier is
the one of a tie, by Newton's method between bounds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.checks.oracles.lasso import feature_signs
from sparsebound.theory.arithmetic import FloatArray, Mask

TIED_ROUNDS = 6
"""Steps of a search, beside one for each atom: where there are ties it may go round in circles."""
DOUBLINGS, NEWTON = 6, 6
"""Steps to a multiplier: up to one that is large enough, and to the one of a tie."""


@dataclass(frozen=True)
class NearestLabel:
    """Nearest features with another label, of N pairs of a code and a class.

    Attributes
    ----------
    gram : ndarray, shape (n, n)
        ``D^T D``.
    z, gaps, v : ndarray, shape (N, n)
        Features, their gaps, and ``V_c - V_j``.
    biases : ndarray, shape (N,)
        ``b_c - b_j``.
    """

    gram: FloatArray
    z: FloatArray
    gaps: FloatArray
    v: FloatArray
    biases: FloatArray

    def nearest(self, inside: Mask) -> tuple[FloatArray, FloatArray, Mask]:
        """Find ``x`` on atoms (N, n): multipliers (N,), features and where these are free (N, n).

        Where no features on these atoms have another label, the multiplier is large.
        """
        N = len(self.z)
        low, high = np.zeros(N), self._first()
        x, free = self._at(high, inside, np.where(inside, self.z, 0.0))
        for _ in range(DOUBLINGS):
            short_of = self._margins(x) > 0
            if not short_of.any():
                break
            low, high = np.where(short_of, high, low), np.where(short_of, 8 * high, high)
            x, free = self._at(high, inside, x)
        tau = high
        for _ in range(NEWTON):
            tie = self._tie(tau, x, free)
            tau = np.where((low < tie) & (tie < high), tie, (low + high) / 2)
            x, free = self._at(tau, inside, x)
            short_of = self._margins(x) > 0
            low, high = np.where(short_of, tau, low), np.where(short_of, high, tau)
        tie = self._tie(tau, x, free)
        return np.where(np.abs(tie - tau) < 2.0**-8 * tau, tie, tau), x, free

    def _first(self) -> FloatArray:
        scale = np.maximum(np.abs(self.v).max(axis=1), 2.0**-20)
        size = np.maximum(np.abs(self.z).max(axis=1), 1.0)
        return np.asarray(size * self.gram.max() / scale)

    def _margins(self, x: FloatArray) -> FloatArray:
        return np.asarray((self.v * x).sum(axis=1) + self.biases)

    def _at(self, tau: FloatArray, inside: Mask, start: FloatArray) -> tuple[FloatArray, Mask]:
        """Minimise ``||D (x - z)||^2 + 2 (g + tau v)^T x`` over ``x >= 0`` on some atoms."""
        fitted = self.z @ self.gram
        offset = np.abs(fitted).max(axis=1, keepdims=True) + 1 + tau[:, None] * np.abs(self.v)
        target = fitted - tau[:, None] * self.v + offset
        thresholds = np.where(inside, self.gaps + offset, 2.0**60)
        signed = np.zeros(len(tau), dtype=bool)
        rounds = len(self.gram) + TIED_ROUNDS
        free = feature_signs(self.gram, target, thresholds, signed, start, rounds) != 0
        return solved(self.gram, np.where(free, target - thresholds, 0.0), free), free

    def _tie(self, tau: FloatArray, x: FloatArray, free: Mask) -> FloatArray:
        """The multiplier at which the features that are free have a tie."""
        slope = (self.v * solved(self.gram, np.where(free, self.v, 0.0), free)).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(tau + np.where(slope > 0, self._margins(x) / slope, 0.0))


def solved(gram: FloatArray, right: FloatArray, free: Mask) -> FloatArray:
    """Solve the systems of the free atoms, shape (N, n).

    Examples
    --------
    >>> solved(np.eye(2) * 2, np.array([[4.0, 6.0]]), np.array([[True, False]]))
    array([[2., 0.]])
    """
    both = free[:, :, None] & free[:, None, :]
    blocks = np.where(both, gram, np.eye(len(gram)))
    try:
        found = np.linalg.solve(blocks, right[..., None])[..., 0]
    except np.linalg.LinAlgError:
        found = (np.linalg.pinv(blocks) @ right[..., None])[..., 0]
    return np.asarray(np.where(free, found, 0.0))


def are_independent(gram: FloatArray, free: Mask) -> Mask:
    """Whether the atoms of each set are, shape (N,).

    Examples
    --------
    >>> are_independent(np.ones((2, 2)), np.array([[True, False], [True, True]]))
    array([ True, False])
    """
    sizes = np.sqrt(np.diagonal(gram))
    both = free[:, :, None] & free[:, None, :]
    blocks = np.where(both, gram / (sizes[:, None] * sizes), np.eye(len(gram)))
    return np.asarray(np.linalg.eigvalsh(blocks)[:, 0] > 2.0**-30)
