"""Coherence and Babel function of large dictionaries, in blocks, in one pass.

Half of the products of pairs of atoms are computed, in float32, a pair of blocks at a time. For
each atom the ``K`` largest are kept; once it has ``K`` of them, only larger ones are looked at.
An error bound turns the sums into upper bounds, and the few atoms that may attain a maximum are
computed again in float64 ball arithmetic, so that the results are enclosures and almost always as
tight as those of float64.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from checks.certify.atoms import Atoms
from checks.certify.products import Backend, backend
from checks.provenance import cpus
from theory.arithmetic import Ball, FloatArray, IntArray
from theory.arithmetic.ball import UNIT
from theory.errors import InputError
from theory.guarantees.profile import LONGEST, Profile, profile

DIRECT = 1024
"""Up to how many atoms the Gram matrix is computed in ball arithmetic."""

BLOCK = 1024
"""Atoms of a block, if there is memory for them."""

RECHECKED = 2**20
"""Entries of the Gram matrix that are computed again, at most."""

MEGABYTE = 2**20
TINY = float(np.finfo(np.float32).tiny)
Progress = Callable[[int, int], None]


def profile_of(
    atoms: Atoms,
    *,
    memory: int = 1024 * MEGABYTE,
    kind: str = "auto",
    progress: Progress | None = None,
) -> Profile:
    """Compute what guarantees for all codes need of a dictionary of any size.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.
    memory : int
        Bytes that may be used beside the dictionary itself.
    kind : {"auto", "numpy", "torch"}
        What computes the products.
    progress : callable, optional
        Called with the number of blocks done and their total.

    Returns
    -------
    Profile
        The same enclosures, up to their width, whatever the blocks and the backend.

    Raises
    ------
    InputError
        If the memory does not suffice for blocks of 64 atoms.
    """
    if len(atoms) <= DIRECT:
        return profile(atoms.dictionary)
    return Screen(atoms, memory, backend(kind), progress).profile()


class Screen:
    """The largest products of each atom, and what they prove."""

    def __init__(
        self, atoms: Atoms, memory: int, backend: Backend, progress: Progress | None
    ) -> None:
        n, m = len(atoms), atoms.length
        self.atoms, self.backend, self.progress = atoms, backend, progress
        self.count = min(LONGEST, n - 1)
        self.threads = cpus()
        self.size = _block(n, m, self.count, memory, self.threads)
        self.top = np.zeros((n, self.count), dtype=np.float32)
        unit = float(np.finfo(np.float32).eps) / 2
        # the sum of m products, and three roundings of each atom: to float32, its norm, the scaling
        gamma = (m + 8) * unit / (1 - (m + 8) * unit)
        self.error = gamma * (1 + gamma) + 4 * m * TINY
        self.starts = range(0, n, self.size)
        self.locks = {start: threading.Lock() for start in self.starts}
        self.done = 0
        spare = memory - _needed(n, m, self.count, self.threads, self.size)
        self.units: dict[int, Any] | None = {} if 4 * n * m <= spare else None

    def profile(self) -> Profile:
        """Screen all pairs, then compute the atoms again that may attain a maximum."""
        pairs = [(i, j) for i in self.starts for j in self.starts if i < j]
        total = len(self.starts) + len(pairs)
        with ThreadPoolExecutor(self.threads) as pool:
            for step in (pool.map(self._within, self.starts), pool.map(self._between, pairs)):
                for _ in step:
                    self.done += 1
                    if self.progress is not None:
                        self.progress(self.done, total)
        sums = np.cumsum(np.sort(self.top, axis=1)[:, ::-1].astype(np.float64), axis=1)
        allowed = self.error * np.arange(1, self.count + 1)
        chosen = self._candidates(sums, allowed)
        exact, pair = self._again(chosen)
        rest = np.delete(sums, chosen, axis=0).max(axis=0, initial=0.0) + allowed
        upper = np.maximum(exact.upper, rest * (1 + 2.0**-40))
        return Profile(
            self.atoms.length,
            len(self.atoms),
            Ball.between(np.append(0.0, exact.lower), np.append(0.0, upper)),
            np.append(True, upper == exact.upper),
            pair,
            len(self.atoms),
            self.top.max(axis=1).astype(np.float64),
        )

    def _unit(self, start: int) -> Any:
        """Normalised atoms of a block; kept if there is memory for all of them."""
        if self.units is None:
            return self._scaled(start)
        if start not in self.units:
            self.units[start] = self._scaled(start)
        return self.units[start]

    def _scaled(self, start: int) -> Any:
        part = slice(start, start + self.size)
        scale = (1 / self.atoms.norms[part]).astype(np.float32)
        rows = np.asarray(self.atoms.rows[part])
        if rows.dtype != np.float32 or not np.all(np.isfinite(scale) & (scale >= TINY)):
            unit = rows / self.atoms.norms[part, None]
            return self.backend.put(np.ascontiguousarray(unit, dtype=np.float32))
        return self.backend.put(np.ascontiguousarray(rows * scale[:, None]))

    def _within(self, start: int) -> None:
        found = self.backend.within(self._unit(start), self.count)
        self.top[start : start + len(found), : found.shape[1]] = found[:, : self.count]

    def _between(self, pair: tuple[int, int]) -> None:
        first, second = pair
        a, b = self._unit(first), self._unit(second)
        ends = (slice(first, first + self.size), slice(second, second + self.size))
        floors = [np.ascontiguousarray(self.top[end].min(axis=1)) for end in ends]
        rows, columns, values = self.backend.above(a, b, *floors)
        for start, end, owners in ((first, ends[0], rows), (second, ends[1], columns)):
            with self.locks[start]:
                self._keep(self.top[end], owners, values)

    def _keep(self, top: np.ndarray, owners: np.ndarray, values: np.ndarray) -> None:
        """Merge sizes into the largest ones of their owners, in place."""
        fresh = values > top.min(axis=1)[owners]
        owners, values = owners[fresh], values[fresh]
        if not len(owners):
            return
        order = np.argsort(owners, kind="stable")
        owners, values = owners[order], values[order]
        counts = np.bincount(owners, minlength=len(top))
        place = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        touched = np.flatnonzero(counts)
        more = np.zeros((len(touched), int(counts.max())), dtype=np.float32)
        more[np.searchsorted(touched, owners), place] = values
        both = np.concatenate([top[touched], more], axis=1)
        top[touched] = np.partition(both, -self.count, axis=1)[:, -self.count :]

    def _candidates(self, sums: Any, allowed: Any) -> IntArray:
        """Atoms that may attain the coherence or the Babel function, the likeliest first."""
        behind = ((sums.max(axis=0) - sums) / allowed).min(axis=1)
        order = np.argsort(behind, kind="stable")
        most = max(1, RECHECKED // len(self.atoms))
        return np.asarray(order[: min(most, int((behind <= 2).sum()))])

    def _again(self, chosen: IntArray) -> tuple[Ball, tuple[int, int]]:
        """Sums of the largest products of some atoms with all others, and the largest product."""
        chosen = np.sort(chosen)
        rows = np.asarray(self.atoms.rows[chosen], dtype=np.float64)
        own_norms = self._norms(chosen)
        lower = np.zeros((len(chosen), 0))
        upper = np.zeros((len(chosen), 0))
        best, pair = -1.0, (0, 0)
        for start in self.starts:
            block = self.atoms.block(start, self.size)
            products = abs(Ball(rows) @ Ball(block.T))
            norms = self._norms(slice(start, start + self.size))
            sizes = products / (own_norms.reshape(-1, 1) * norms.reshape(1, -1))
            own = chosen[:, None] == start + np.arange(len(block))
            sizes = sizes.where(~own, 0)
            flat = int(sizes.mid.argmax())
            if sizes.mid.ravel()[flat] > best:
                best = float(sizes.mid.ravel()[flat])
                pair = (int(chosen[flat // len(block)]), start + flat % len(block))
            lower, upper = (
                self._largest(np.concatenate(ends, axis=1))
                for ends in ((lower, np.maximum(sizes.lower, 0)), (upper, sizes.upper))
            )
        least, most = (Ball(part).largest_sums().max(0)[1:] for part in (lower, upper))
        return Ball.between(least.lower, most.upper), pair

    def _norms(self, chosen: Any) -> Ball:
        """Norms of some atoms: half the error of a sum of m squares, and that of a root."""
        norms = self.atoms.norms[chosen]
        return Ball(norms, norms * ((self.atoms.length + 4) * UNIT))

    def _largest(self, sizes: FloatArray) -> FloatArray:
        if sizes.shape[1] <= self.count:
            return sizes
        return np.partition(sizes, -self.count, axis=1)[:, -self.count :]


def _needed(n: int, m: int, count: int, threads: int, size: int) -> int:
    """Bytes that blocks of some size take: kept sums, a second look, and the work of threads."""
    return n * (28 * count + 8) + 96 * RECHECKED + threads * size * (10 * size + 24 * m)


def _block(n: int, m: int, count: int, memory: int, threads: int) -> int:
    """Atoms of a block for which the memory suffices."""
    size = BLOCK
    while size > 64 and _needed(n, m, count, threads, size) > memory:
        size //= 2
    needed = _needed(n, m, count, threads, size)
    if needed > memory:
        expected = f"at least {-(-needed // MEGABYTE)} MB"
        raise InputError("--memory", f"{memory // MEGABYTE} MB", expected)
    return size
