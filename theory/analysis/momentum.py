"""The numbers of FISTA: how far momentum carries an iterate, and a defect of a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sparsebound.theory.arithmetic import Number, current_precision
from sparsebound.theory.instance import Dictionary


@dataclass(frozen=True)
class Momentum:
    """The numbers of FISTA for k = 1..K, shape (K,) or (K, K); the same for every dictionary.

    Attributes
    ----------
    t : Number
        ``t_1 = 1``, ``t_{k+1} = (1 + sqrt(1 + 4 t_k^2))/2``.
    weight : Number
        ``beta_{k-1} = (t_{k-1} - 1)/t_k``, 0 for k = 1.
    spread : Number
        ``[j, k]``: how much a defect in step j may have moved iterate k, at most.
    """

    t: Number
    weight: Number
    spread: Number


def momentum(D: Dictionary, K: int) -> Momentum:
    """Compute the numbers of FISTA in the arithmetic of a dictionary.

    Examples
    --------
    >>> momentum(Dictionary([[1]]), 2).t.mid.round(3)
    array([1.   , 1.618])
    """
    return _momentum(D.arithmetic, K, current_precision())


@lru_cache(maxsize=16)
def _momentum(arithmetic: type[Number], K: int, bits: int) -> Momentum:
    t = [arithmetic.of(np.ones(1))]
    weight = [arithmetic.of(np.zeros(1))]
    for _ in range(K - 1):
        t.append((1 + (1 + 4 * t[-1] * t[-1]).sqrt()) / 2)
        weight.append((t[-2] - 1) / t[-1])
    identity = arithmetic.of(np.eye(K))
    spread = [identity[:, 0]]
    for k in range(1, K):
        earlier = spread[max(k - 2, 0)] * weight[k]
        spread.append((1 + weight[k]) * spread[-1] + earlier + identity[:, k])
    return Momentum(columns(t)[0], columns(weight)[0], columns(spread))


def columns(numbers: Sequence[Number]) -> Number:
    """Stack numbers of shape (B,) as the columns of one of shape (B, K)."""
    place = np.arange(len(numbers))
    table = numbers[0].reshape(-1, 1)[:, np.zeros(len(numbers), dtype=np.int64)]
    for index, number in enumerate(numbers[1:], start=1):
        table = table.where(place != index, number.reshape(-1, 1))
    return table
