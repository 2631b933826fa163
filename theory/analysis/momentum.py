"""What a momentum is worth: how far it carries an iterate, and which certificate it has.

With ``v^j = x^{j-1} + beta_j (x^{j-1} - x^{j-2})`` and steps of length 1/L from ``v^j``, the
worst case of ``F(x^k) - F(z)`` is at least ``L R^2 / (4 W_k)``, and, where the numbers ``C_j`` are
not negative, at most that: :mod:`sparsebound.theory.rate.momentum` has the proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, Mask, Number, current_precision
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary


@dataclass(frozen=True)
class Momentum:
    """The numbers of a momentum for ``j, k = 1..K``; tables have j first.

    Attributes
    ----------
    weight : Number, shape (K,)
        ``beta_1 = 0, beta_2, ..., beta_K``, none of them negative.
    t : Number, shape (K,)
        Those of FISTA: ``t_1 = 1``, ``t_{k+1} = (1 + sqrt(1 + 4 t_k^2))/2``; else ones.
    """

    weight: Number
    t: Number

    @cached_property
    def _steps(self) -> list[Number]:
        """``omega_j = 1 + beta_j omega_{j-1}``: the length of step j, each of shape (1,)."""
        found = [1 + 0 * self.weight[:1]]
        for j in range(1, len(self)):
            found.append(1 + self.weight[j : j + 1] * found[-1])
        return found

    @cached_property
    def walk(self) -> Number:
        """``W_k = omega_1 + ... + omega_k``, shape (K,)."""
        walked = [self._steps[0]]
        for step in self._steps[1:]:
            walked.append(walked[-1] + step)
        return columns(walked)[0]

    @cached_property
    def _influence(self) -> list[Number]:
        """Rows j of ``sigma_j = w_1 + ... + w_j``, ``w_k = 1``, ``w_j = 1 + beta_{j+1} w_{j+1}``.

        Each has an entry for every k, which is 0 where ``k < j``.
        """
        K, row = len(self), 0 * self.walk
        rows = []
        for j in range(K - 1, -1, -1):
            row = (1 + self.weight[(j + 1) % K : (j + 1) % K + 1] * row).where(self._from(j + 1), 0)
            rows.append(row)
        found = [rows.pop()]
        while rows:
            found.append((found[-1] + rows.pop()).where(self._from(len(found) + 1), 0))
        return found

    def _from(self, j: int) -> Mask:
        """Which k are at least j, shape (K,)."""
        return np.asarray(np.arange(1, len(self) + 1) >= j)

    def _ahead(self, j: int) -> Number:
        """``X_j = 2 W_k - W_j`` for every k from j on, else 1; ``W_0 = 0``; shape (K,)."""
        walked = self.walk[j - 1 : j] if j else 0
        return (2 * self.walk - walked).where(self._from(j), 1)

    @cached_property
    def shares(self) -> Number:
        """``lambda_j = sigma_j / X_j``, which rise with j up to 1 for ``j = k``; (K, K)."""
        found = [row / self._ahead(j) for j, row in enumerate(self._influence, start=1)]
        return columns(found).swapaxes(0, 1)

    @cached_property
    def before_and_rises(self) -> tuple[Number, Number]:
        """``lambda_{j-1}`` and ``lambda_j - lambda_{j-1}``, 0 for ``j > k``; two of (K, K)."""
        place = np.arange(len(self))
        there = place[:, None] <= place
        before = self.shares[np.maximum(place - 1, 0)].where(there & (place[:, None] > 0), 0)
        return before, (self.shares - before).where(there, 0)

    @cached_property
    def certificate(self) -> tuple[Number, Number]:
        """Two sides whose differences, right less left, are ``C_j`` for ``1 < j < k``; (1, K^2).

        They are ``sigma_j Y_j / 2 + beta_{j+1}^2 sigma_{j+1} X_{j-1}^2 / (2 Y_{j+1})``, with
        ``Y_j = X_j + 1``, and ``W_k + sigma_{j-1} X_j``. ``C_k = W_k (W_k - 1)/2`` is never
        negative, and ``C_1`` is 0 if ``beta_2`` is.
        """
        sigma = self._influence
        left, right = [0 * self.walk], [1 + 0 * self.walk]
        for j in range(2, len(self)):
            ahead, later = self._ahead(j), self._from(j + 1)
            pushed = self.weight[j : j + 1] * self._ahead(j - 1)
            lost = pushed * pushed * sigma[j] / (self._ahead(j + 1) + 1)
            left.append(((sigma[j - 1] * (ahead + 1) + lost) / 2).where(later, 0))
            right.append((self.walk + sigma[j - 2] * ahead).where(later, 1))
        return columns(left).reshape(1, -1), columns(right).reshape(1, -1)

    def __len__(self) -> int:
        return self.weight.shape[0]


def momentum(D: Dictionary, K: int) -> Momentum:
    """Compute the numbers of FISTA in the arithmetic of a dictionary.

    Examples
    --------
    >>> found = momentum(Dictionary([[1]]), 2)
    >>> found.t.mid.round(3), found.walk.mid.round(3)
    (array([1.   , 1.618]), array([1., 2.]))
    """
    return _of_fista(D.arithmetic, K, current_precision())


def momentum_of(D: Dictionary, weights: FloatArray) -> Momentum:
    """Compute the numbers of any momentum, ``beta_1, ..., beta_K``.

    Examples
    --------
    >>> found = momentum_of(Dictionary([[1]]), np.array([0, 0, 0.25, 0.5]))
    >>> found.walk.mid
    array([1.   , 2.   , 3.25 , 4.875])
    >>> found.shares.mid[:, 1]  # j/(2k - j) where there is none
    array([0.33333333, 1.        , 0.        , 0.        ])
    """
    return _of_weights(D.arithmetic, weights.tobytes(), current_precision())


@lru_cache(maxsize=16)
def _of_fista(arithmetic: type[Number], K: int, bits: int) -> Momentum:
    t = [arithmetic.of(np.ones(1))]
    weight = [arithmetic.of(np.zeros(1))]
    for _ in range(K - 1):
        t.append((1 + (1 + 4 * t[-1] * t[-1]).sqrt()) / 2)
        weight.append((t[-2] - 1) / t[-1])
    return Momentum(columns(weight)[0], columns(t)[0])


@lru_cache(maxsize=64)
def _of_weights(arithmetic: type[Number], weights: bytes, bits: int) -> Momentum:
    found = arithmetic.of(np.frombuffer(weights))
    return Momentum(found, 1 + 0 * found)


def columns(numbers: Sequence[Number]) -> Number:
    """Stack numbers of shape (B,) as the columns of one of shape (B, K), K at least 1."""
    if not numbers:
        raise InputError("steps of a run", 0, "at least one")
    place = np.arange(len(numbers))
    table = numbers[0].reshape(-1, 1)[:, np.zeros(len(numbers), dtype=np.int64)]
    for index, number in enumerate(numbers[1:], start=1):
        table = table.where(place != index, number.reshape(-1, 1))
    return table
