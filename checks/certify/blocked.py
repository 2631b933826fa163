"""Coherence and Babel function of large dictionaries, in blocks, in one pass.

Half of the products of pairs of atoms are computed, in float32, a pair of blocks at a time. For
each atom the ``K`` largest are kept; once it has ``K`` of them, only larger ones are looked at.
An error bound turns the sums into upper bounds, and the few atoms that may attain a maximum are
computed again in float64 ball arithmetic, so that the results are enclosures and almost always as
tight as those of float64.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from math import inf
from typing import Any

import numpy as np

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.products import Backend, backend
from sparsebound.checks.provenance import cpus
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray
from sparsebound.theory.arithmetic.ball import UNIT
from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.profile import LONGEST, Profile, profile

DIRECT = 1024
"""Up to how many atoms the Gram matrix is computed in ball arithmetic."""

BLOCK = 1024
"""Atoms of a block, if there is memory for them."""

WAITING = 16
"""Products that wait for each atom of a block, on average, before they are merged."""

RECHECKED = 2**20
"""Entries of the Gram matrix that are computed again in one go."""

AGAIN = 64
"""How many times that is done, at most."""

MEGABYTE = 2**20
LONGER = 2.0**20
"""How many times longer atoms may become where they are scaled in float32."""

HIDDEN = 2.0**-100
"""What underflows can hide in a product of two entries in float32: at most 2^-126 in each entry
and operation, gradual or to zero, times ``LONGER``."""

Progress = Callable[[int, int], None]
Pair = tuple[int, int]
"""The first atoms of two blocks."""
Found = dict[int, tuple[np.ndarray, np.ndarray]]
"""Of blocks, by their first atoms: which of their atoms have products, and the sizes of these."""
Steps = Generator[None, None, None]
Between = Callable[["Screen", list[Pair]], Steps]
"""What screens pairs of blocks: a step for each."""


def profile_of(
    atoms: Atoms,
    *,
    memory: int = 1024 * MEGABYTE,
    kind: str = "auto",
    progress: Progress | None = None,
    between: Between | None = None,
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
    between : callable, optional
        What screens pairs of blocks; threads of this process by default.

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
    return Screen(atoms, memory, backend(kind), progress).profile(between)


class Screen:
    """The largest products of each atom, and what they prove.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.
    memory : int
        Bytes that may be used beside it.
    backend : Backend
        What computes products.
    progress : callable, optional
        Told how many blocks are done.
    size : int, optional
        Atoms of a block; by default what the memory and the threads of this machine allow.
    """

    def __init__(
        self,
        atoms: Atoms,
        memory: int,
        backend: Backend,
        progress: Progress | None = None,
        size: int | None = None,
    ) -> None:
        n, m = len(atoms), atoms.length
        self.atoms, self.backend, self.progress = atoms, backend, progress
        self.count = min(LONGEST, n - 1)
        self.threads = cpus()
        self.size = size or _block(n, m, self.count, memory, self.threads)
        self.top = np.zeros((n, self.count), dtype=np.float32)
        self.floors = np.zeros(n, dtype=np.float32)  # read without a lock: they only rise
        self.error = error_of_products(m)
        self.starts = range(0, n, self.size)
        self.locks = {start: threading.Lock() for start in self.starts}
        self.waiting: dict[int, list[tuple[Any, Any]]] = {start: [] for start in self.starts}
        self.done = 0
        spare = memory - _needed(n, m, self.count, self.threads, self.size)
        self.units: dict[int, Any] | None = {} if 4 * n * m <= spare else None

    def profile(self, between: Between | None = None) -> Profile:
        """Screen all pairs, then compute the atoms again that may attain a maximum."""
        pairs = [(i, j) for i in self.starts for j in self.starts if i < j]
        pairs.sort(key=lambda pair: pair[1] - pair[0])  # floors of all blocks rise alike
        total = len(self.starts) + len(pairs)
        self._run(self.here(self._within, self.starts), total)  # to its end: floors for what is
        self._run((between or Screen.threaded)(self, pairs), total)  # looked at here
        self.settle()
        sums = np.cumsum(np.sort(self.top, axis=1)[:, ::-1].astype(np.float64), axis=1)
        allowed = self.error * np.arange(1, self.count + 1)
        chosen = self._candidates(sums, allowed)
        rows = max(1, RECHECKED // len(self.atoms))
        looks = [self._again(chosen[at : at + rows]) for at in range(0, len(chosen), rows)]
        _, pair = max(((size, pair) for _, size, pair in looks), key=lambda found: found[0])
        exact = Ball.between(
            np.max([sums.lower for sums, _, _ in looks], axis=0),
            np.max([sums.upper for sums, _, _ in looks], axis=0),
        )
        rest = np.delete(sums, chosen, axis=0).max(axis=0, initial=-inf) + allowed
        upper = np.maximum(exact.upper, rest * (1 + 2.0**-40))
        return Profile(
            self.atoms.length,
            len(self.atoms),
            Ball.between(np.append(0.0, exact.lower), np.append(0.0, upper)),
            np.append(True, upper == exact.upper),
            (min(pair), max(pair)),
            len(self.atoms),
            self.top.max(axis=1).astype(np.float64),
        )

    def _run(self, steps: Steps, total: int) -> None:
        with closing(steps):
            for _ in steps:
                self.done += 1
                if self.progress is not None:
                    self.progress(self.done, total)

    def here(self, step: Callable[[Any], None], blocks: Iterable[Any]) -> Steps:
        """Do steps in threads of this process."""
        with ThreadPoolExecutor(self.threads) as pool:
            try:
                yield from pool.map(step, blocks)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def threaded(self, pairs: list[Pair]) -> Steps:
        """Screen pairs of blocks in threads of this process."""
        return self.here(self._between, pairs)

    def floors_of(self, start: int) -> FloatArray:
        """The sizes that products of the atoms of a block have to exceed by now."""
        return np.array(self.floors[start : start + self.size])

    def beyond(self, pairs: Iterable[Pair], floors: dict[int, FloatArray]) -> Found:
        """Find what exceeds floors in pairs of blocks: as many of each atom as are kept, at most.

        It is found anew, whatever this was asked before.
        """
        for start, floor in floors.items():
            end = slice(start, start + len(floor))
            self.top[end], self.floors[end] = floor[:, None], floor
        for pair in pairs:
            self._between(pair)
        self.settle()
        found: Found = {}
        for start, floor in floors.items():
            top = self.top[start : start + len(floor)]
            owners, places = np.nonzero(top > floor[:, None])
            found[start] = owners.astype(np.uint16), top[owners, places]
        return found

    def enter(self, found: Found) -> None:
        """Merge what somebody else found, who found it nowhere but in pairs that are new here."""
        for start, of_atoms in found.items():
            self.waiting[start].append(of_atoms)
        self.settle()

    def settle(self) -> None:
        """Merge all that waits."""
        for start, waiting in self.waiting.items():
            if waiting:
                self._merge(start)

    def _unit(self, start: int) -> Any:
        """Normalised atoms of a block; kept if there is memory for all of them."""
        if self.units is None:
            return self._scaled(start)
        if start not in self.units:
            self.units[start] = self._scaled(start)
        return self.units[start]

    def _scaled(self, start: int) -> Any:
        return self.backend.put(normalised(self.atoms, slice(start, start + self.size)))

    def _within(self, start: int) -> None:
        found = self.backend.within(self._unit(start), self.count)
        end = slice(start, start + len(found))
        self.top[end, : found.shape[1]] = found[:, : self.count]
        self.floors[end] = self.top[end].min(axis=1)

    def _between(self, pair: tuple[int, int]) -> None:
        first, second = pair
        a, b = self._unit(first), self._unit(second)
        ends = (slice(first, first + self.size), slice(second, second + self.size))
        floors = [self.floors[end].copy() for end in ends]
        rows, columns, values = self.backend.above(a, b, *floors)
        for start, owners in ((first, rows), (second, columns)):
            with self.locks[start]:
                waiting = self.waiting[start]
                waiting.append((owners, values))
                if sum(len(part) for part, _ in waiting) > WAITING * self.size:
                    self._merge(start)

    def _merge(self, start: int) -> None:
        """Merge what waits for a block, all at once: a merge costs more than what it merges."""
        owners, values = (np.concatenate(parts) for parts in zip(*self.waiting[start], strict=True))
        self.waiting[start].clear()
        end = slice(start, start + self.size)
        self._keep(self.top[end], owners, values)
        self.floors[end] = self.top[end].min(axis=1)

    def _keep(self, top: np.ndarray, owners: np.ndarray, values: np.ndarray) -> None:
        """Merge sizes into the largest ones of their owners, in place."""
        fresh = values > top.min(axis=1)[owners]
        owners, values = owners[fresh], values[fresh]
        if not len(owners):
            return
        order = np.argsort(owners.astype(np.uint16), kind="stable")  # short: sorted by digits
        owners, values = owners[order], values[order]
        counts = np.bincount(owners, minlength=len(top))
        place = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        touched = np.flatnonzero(counts)
        more = np.zeros((len(touched), int(counts.max())), dtype=np.float32)
        more[(np.cumsum(counts > 0) - 1)[owners], place] = values
        both = np.concatenate([top[touched], more], axis=1)
        top[touched] = np.partition(both, -self.count, axis=1)[:, -self.count :]

    def _candidates(self, sums: Any, allowed: Any) -> IntArray:
        """Atoms that may attain the coherence or the Babel function, the likeliest first."""
        behind = ((sums.max(axis=0) - sums) / allowed).min(axis=1)
        order = np.argsort(behind, kind="stable")
        most = max(1, AGAIN * RECHECKED // len(self.atoms))
        return np.asarray(order[: min(most, int((behind <= 2).sum()))])

    def _again(self, chosen: IntArray) -> tuple[Ball, float, tuple[int, int]]:
        """Sums of the largest products of some atoms with all others, and the largest product."""
        chosen = np.sort(chosen)
        rows, own_norms = self.atoms.scaled(chosen), self.atoms.scaled_norms(chosen)
        lower = np.zeros((len(chosen), 0))
        upper = np.zeros((len(chosen), 0))
        best, pair = -1.0, (0, 0)
        for start in self.starts:
            part = slice(start, start + self.size)
            norms = self.atoms.scaled_norms(part)
            products = abs(rows @ self.atoms.scaled(part).swapaxes(0, 1))
            sizes = products / (own_norms.reshape(-1, 1) * norms.reshape(1, -1))
            own = chosen[:, None] == start + np.arange(len(norms))
            sizes = sizes.where(~own, 0)
            flat = int(np.where(own, -1.0, sizes.mid).argmax())
            if sizes.mid.flat[flat] > best:
                best = float(sizes.mid.flat[flat])
                pair = (int(chosen[flat // len(norms)]), start + flat % len(norms))
            lower, upper = (
                self._largest(np.concatenate(ends, axis=1))
                for ends in ((lower, np.maximum(sizes.lower, 0)), (upper, sizes.upper))
            )
        least, most = (Ball(part).largest_sums().max(0)[1:] for part in (lower, upper))
        return Ball.between(least.lower, most.upper), best, pair

    def _largest(self, sizes: FloatArray) -> FloatArray:
        if sizes.shape[1] <= self.count:
            return sizes
        return np.partition(sizes, -self.count, axis=1)[:, -self.count :]


def normalised(atoms: Atoms, part: slice) -> np.ndarray:
    """Some atoms, normalised in float32, shape (b, m): what :func:`error_of_products` is of.

    Examples
    --------
    >>> normalised(Atoms(np.array([[3.0, 4.0]]), "rows", ""), slice(1)).tolist()
    [[0.6000000238418579, 0.800000011920929]]
    """
    norms = atoms.scaled_norms(part).mid[:, None]
    ordinary = not atoms.powers[part].any()
    rows = np.asarray(atoms.rows[part]) if ordinary else atoms.scaled(part).mid
    scale = 1 / norms
    if rows.dtype == np.float32 and 1 / LONGER <= scale.min() and scale.max() <= LONGER:
        scale = scale.astype(np.float32)  # else float64 holds it
    return np.ascontiguousarray(rows * scale, dtype=np.float32)


def error_of_products(m: int) -> float:
    """Bound the error of a product of two atoms of length ``m``, normalised in float32.

    With ``u = 2^-24`` and ``gamma_k = k u / (1 - k u)``: of each atom the scale, its product with
    the entry and the norm in float64 are rounded, which makes 2 units and less than one unit for
    all that happens in float64, so that a product of entries has 6 roundings, and the sum of m of
    them, in any order, fused or not, m more. Higham 2002, lemma 3.1 and section 3.1: the error is
    at most ``gamma_{m+6} |a|^T |b|``, and ``|a|^T |b| <= 1`` for atoms of unit norm. Two units are
    spare for the rounding of this bound.

    Examples
    --------
    >>> 128 * 2.0**-24 < error_of_products(128) < 137 * 2.0**-24
    True
    """
    roundings = (m + 8) * 2.0**-24
    return roundings / (1 - roundings) + m * HIDDEN if roundings < 1 else inf


def error_of_unit_products(m: int) -> float:
    """Bound the error of a product of two atoms of length ``m``, normalised in float64.

    The norm of an atom is known to ``(m + 4) u``, its entries are divided by it and rounded, and a
    sum of ``m`` products has ``m`` roundings: ``3 m + 12`` in all, for entries whose sizes
    multiply to at most 1; the others are spare.

    Examples
    --------
    >>> error_of_unit_products(100) < 4e-14
    True
    """
    return (3 * m + 16) * UNIT * (1 + 2.0**-20)


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
