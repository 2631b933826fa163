"""Quantities of a dictionary as a certificate shows them, and what is to be said of its file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.blocked import error_of_unit_products
from sparsebound.checks.certify.reading import Stored
from sparsebound.theory.guarantees.decimals import about
from sparsebound.theory.guarantees.dictionary import spark, welch, welch_orders
from sparsebound.theory.guarantees.figure import Figure, figure
from sparsebound.theory.guarantees.profile import Profile
from sparsebound.theory.guarantees.supports import inverted
from sparsebound.theory.quantities.circuits import kernel

PICTURED = 64
"""Most atoms whose Gram matrix a certificate keeps, for its picture; not where atoms are shifts."""


@dataclass(frozen=True)
class Input:
    """What was read, and how."""

    file: str
    array: str | None
    shape: tuple[int, ...]
    dtype: str
    atoms: str
    layout: str


@dataclass(frozen=True)
class Histogram:
    """Counts between edges."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


DROPPED = 12
"""Atoms that were left out and are named."""

SHOWN_BINS = 20
"""Of the histogram of the largest product of each atom, from 0 to 1."""

FEW_ATOMS = 64
"""Up to how many atoms independence is decided in exact arithmetic."""


@dataclass(frozen=True)
class DictionaryFacts:
    """Quantities of the dictionary; atoms are counted from 0."""

    length: int
    atoms: int
    norms: tuple[float, float]
    coherence: Figure
    pair: tuple[int, int] | None
    welch: Figure
    spark: Figure
    babel: tuple[Figure, ...]
    neighbours: Figure
    histogram: Histogram
    independent: bool = False
    gram: tuple[tuple[float, ...], ...] | None = None
    welch_orders: Figure | None = None


def facts_of(found: Atoms, d: Profile) -> DictionaryFacts:
    """Gather the quantities of a dictionary that people look at."""
    counts, edges = np.histogram(np.clip(d.largest, 0, 1), bins=SHOWN_BINS, range=(0, 1))
    return DictionaryFacts(
        d.length,
        d.atoms,
        (float(found.norms.min()), float(found.norms.max())),
        _sum(d, 1, "quantities.coherence"),
        d.pair,
        welch(d),
        _spark(d),
        tuple(_sum(d, k, "quantities.babel") for k in range(1, len(d.babel))),
        Figure(float(d.neighbours), "upper", "quantities.neighbours"),
        Histogram(tuple(map(float, edges)), tuple(map(int, counts))),
        d.independent,
        _gram(found) if d.atoms <= PICTURED and len(found) == d.atoms else None,
        welch_orders(d),
    )


def _gram(found: Atoms) -> tuple[tuple[float, ...], ...]:
    """The inner products of the normalised atoms to three digits: to draw, not to decide."""
    unit = found.unit(slice(None))
    return tuple(tuple(float(f"{value:.3f}") for value in row) for row in unit @ unit.T)


def _sum(d: Profile, k: int, name: str) -> Figure:
    return figure(d.sums(k), "exact" if d.exact[min(k, len(d.exact) - 1)] else "upper", name)


def notes_of(found: Atoms, stored: Stored, d: Profile) -> list[str]:
    """What was done to the atoms of a file, and what was left out."""
    notes = []
    least, largest = float(found.norms.min()), float(found.norms.max())
    if largest - least > 1e-6 * largest or abs(largest - 1) > 1e-6:
        norms = f"{about(least, 4)} to {about(largest, 4)}"
        notes.append(f"atoms were normalised: their norms are {norms}")
    if stored.note is not None:
        notes.append(stored.note)
    if found.dropped:
        names = ", ".join(map(str, found.dropped[:DROPPED]))
        more = len(found.dropped) - DROPPED
        some = f"{names} and {more} more" if more > 0 else names
        notes.append(f"atoms that are zero were left out, and others counted without: {some}")
    if len(d.babel) - 1 < d.atoms - 1:
        notes.append(f"the Babel function was computed up to {len(d.babel) - 1} atoms")
    return notes


def independent(found: Atoms) -> bool:
    """Whether the atoms are surely independent; of small dictionaries whether they are."""
    n = len(found)
    if n > found.length:
        return False
    if n <= FEW_ATOMS:
        return bool(kernel(found.dictionary).ncols() == 0)
    unit = found.unit(slice(None))
    _, bound = inverted((unit @ unit.T)[None], error_of_unit_products(found.length))
    return bool(np.isfinite(bound[0]))


def _spark(d: Profile) -> Figure:
    """The spark of independent atoms is that of no null vector: one more than there are atoms."""
    if d.independent:
        return Figure(float(d.atoms + 1), "exact", "uniqueness.spark")
    return spark(d)
