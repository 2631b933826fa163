"""Codes that are only nearly sparse: how near any other code of the same signal is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.judging import EachCode
from sparsebound.checks.certify.statistics import MarginDistribution, distribution
from sparsebound.checks.certify.supports import entries_of, portions
from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.guarantees.codes import CERTIFIED
from sparsebound.theory.guarantees.nearly_sparse import THEOREM, best_split, most_kept
from sparsebound.theory.guarantees.profile import Profile
from sparsebound.theory.promise import PURSUIT

CUT_AT_ONCE = 2**19
"""Entries of codes that are sorted at once."""

NOTHING = 2.0
"""The share of a bound that holds without any premise: by the triangle inequality."""


@dataclass(frozen=True)
class EachSplit:
    """The best cut of each code, arrays of shape (B,).

    Attributes
    ----------
    kept : ndarray of int
        How many of the largest entries, of normalised atoms, are on the one side.
    share : ndarray
        Upper bound of ``||z - x||_1 / ||x||_1``, for all ``z`` with ``D z = D x`` and
        ``||z||_1 <= ||x||_1``: 2 where nothing is known.
    bound : ndarray
        Upper bound of ``||z - x||_1``.
    """

    kept: IntArray
    share: FloatArray
    bound: FloatArray


@dataclass(frozen=True)
class NearlySparse:
    """What holds for codes of which it is not certified that they are those of least l1 norm.

    There are ``beyond`` of them; of ``told`` something is known. ``most`` is how many entries are
    kept at most: every code of so many nonzeros is that of least l1 norm. ``shares`` is of these
    ``beyond``.
    """

    count: int
    theorem: str
    most: int
    beyond: int
    told: int
    shares: MarginDistribution
    each: EachSplit = field(repr=False, compare=False)


def nearly_sparse(atoms: Atoms, d: Profile, X: Any, each: EachCode) -> NearlySparse | None:
    """Cut each code where most is known; nothing if basis pursuit finds all of them.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.
    d : Profile
        Its quantities.
    X : ndarray or sparse array, shape (B, n)
        The codes.
    each : EachCode
        What is known of them.
    """
    status, _, _ = each.of_property(PURSUIT)
    beyond = np.flatnonzero(status != CERTIFIED)
    if not len(beyond):
        return None
    most, count = most_kept(d.coherence, d.atoms), len(status)
    kept, share, bound = each.sparsity.astype(np.int64), np.zeros(count), np.zeros(count)
    for codes, rows in portions(atoms, X, each.sparsity, beyond, CUT_AT_ONCE):
        found = best_split(abs(entries_of(atoms, codes)), d.coherence, most)
        with np.errstate(over="ignore", under="ignore"):
            size = np.nextafter(np.ldexp(found.bound, codes.powers), np.inf)
        kept[rows], share[rows], bound[rows] = found.kept, found.share, size
    told = int((share[beyond] < NOTHING).sum())
    splits = EachSplit(kept, share, bound)
    return NearlySparse(
        count, THEOREM, most, len(beyond), told, distribution(share[beyond]), splits
    )
