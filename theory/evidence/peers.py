"""What theorems on peers are checked against: who holds what, who talks to whom, and what they did.

Plain data as in :mod:`sparsebound.theory.evidence`, in which nothing is trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence.batched import Batched, OfDictionary


@dataclass(frozen=True)
class PeerNetwork(OfDictionary):
    """Peers that each hold some rows of the dictionary, and the edges along which they talk.

    Attributes
    ----------
    peers : int
        How many there are.
    owner : ndarray of int, shape (m,)
        Which peer holds a row, from 0 on; a peer may hold none.
    edges : ndarray of int, shape (E, 2)
        Pairs of peers.
    weights : ndarray, shape (E,)
        Weights of the edges; the mixing matrix is ``I - sum_e w_e (e_p - e_r)(e_p - e_r)^T``.
    eta : float
        The step.
    """

    SHARED: ClassVar[tuple[str, ...]] = ("peers", "owner", "edges", "weights", "eta")

    peers: int
    owner: IntArray
    edges: IntArray
    weights: FloatArray
    eta: float

    def __post_init__(self) -> None:
        ends = np.asarray(self.edges, dtype=np.int64).reshape(-1, 2)
        for name, places in (("owner", np.asarray(self.owner)), ("edges", ends)):
            if places.size and not 0 <= places.min() <= places.max() < self.peers:
                raise InputError(name, places, f"peers, from 0 to {self.peers - 1}")
        if np.shape(self.weights) != (len(ends),):
            raise InputError("weights", self.weights, f"{len(ends)} numbers, one for each edge")
        object.__setattr__(self, "edges", ends)

    @property
    def incidence(self) -> FloatArray:
        """Differences of the ends of each edge, shape (E, P)."""
        every = np.eye(self.peers)
        return every[self.edges[:, 0]] - every[self.edges[:, 1]]

    @property
    def holds(self) -> FloatArray:
        """1 where a peer holds a row, else 0; shape (P, m)."""
        return np.eye(self.peers)[:, self.owner]


@dataclass(frozen=True)
class PeerRuns(Batched):
    """Two runs of the peers on each signal, from different starts.

    Attributes
    ----------
    first, second : ndarray, shape (B, K + 1, P n)
        The codes of all peers, one after the other, at the start and after each step of either run.
    lam : ndarray, shape (B,)
        The weight of the l1 norm.
    """

    first: FloatArray
    second: FloatArray
    lam: FloatArray
