"""Codes for which the path of the Lasso nearly leaves their atoms, or does; by size."""

from __future__ import annotations

from sparsebound.theory.instance import Instance


def third_atom_first(size: int) -> Instance:
    """Two atoms at -2/5 in the code, and a third at 2/5 to both, which joins first."""
    return Instance([[2, 0, 1], [1, -2, 0], [0, 1, 2]], [[size, size, 0]])


def two_at_once(size: int) -> Instance:
    """Orthogonal atoms, and the same entry on both."""
    return Instance([[1, 0], [0, 1]], [[size, size]])
