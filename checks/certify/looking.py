"""All atoms off the supports of a block of codes, step by step, and what follows for the codes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from sparsebound.checks.certify.correlations import WIDTH, Batch, Gram
from sparsebound.checks.certify.judging import EachCode, judge, on_dependent_atoms
from sparsebound.checks.certify.supports import batches, gathered
from sparsebound.theory.arithmetic import IntArray
from sparsebound.theory.guarantees.profile import Profile

TOGETHER = 2**21
"""Entries of products of a batch that are held at once by a thread."""


def look_at(
    each: EachCode, gram: Gram, d: Profile, X: Any, rows: IntArray, pool: ThreadPoolExecutor
) -> Iterator[None]:
    """Look at all atoms off the supports of a block of codes, and judge them; a step at a time."""
    codes, rows = gathered(gram.atoms, X, rows)
    sizes = codes.sizes
    on_dependent_atoms(each, rows[sizes > gram.atoms.length])
    usual = np.flatnonzero((sizes <= gram.atoms.length) & (sizes > 0))
    codes, rows = codes.part(usual), rows[usual]
    entries = max(1, TOGETHER // (3 * min(WIDTH, len(gram))))
    found = list(pool.map(lambda part: Batch(gram, *part), batches(codes, rows, entries)))
    atoms = gram.rows(codes)
    for first, block in gram.blocks(atoms):
        list(pool.map(lambda batch: batch.look(first, block, atoms), found))  # noqa: B023
        yield
    list(pool.map(lambda batch: judge(each, batch, gram, d), found))


def chunk_of(gram: Gram, sparsity: IntArray, memory: int) -> int:
    """How many codes are held at once, with the vectors of their supports."""
    s = int(np.minimum(sparsity, gram.atoms.length).max(initial=1))
    bytes_each = (2 * s + 1) * s * (gram.kind.itemsize + 16) + 200 * s
    most = memory // 4 // bytes_each
    return max(1, min(most, 4096 if gram.whole is not None else 2**16))
