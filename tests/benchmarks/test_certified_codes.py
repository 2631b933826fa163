"""Codes of 4,096 atoms, against a plain loop in float64. Ratios within one run only.

The loop factors a block of the Gram matrix for each code and multiplies the dual certificate of
Fuchs with all atoms: nothing else is asked, and nothing is proved.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.blocked import profile_of
from sparsebound.checks.certify.codes import certify_codes

M, N, S, CODES = 512, 4096, 16, 1000


def data() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    D = rng.standard_normal((N, M))
    index = np.concatenate([np.sort(rng.choice(N, S, replace=False)) for _ in range(CODES)])
    values = rng.standard_normal(CODES * S)
    return D, csr_array((values, index, np.arange(CODES + 1) * S), shape=(CODES, N))


def plain(gram: Any, X: Any) -> float:
    """Largest product off each support, code by code."""
    worst = 0.0
    for code in range(CODES):
        part = slice(X.indptr[code], X.indptr[code + 1])
        support, signs = X.indices[part], np.sign(X.data[part])
        dual = cho_solve(cho_factor(gram[np.ix_(support, support)]), signs)
        sizes = np.abs(gram[support].T @ dual)
        sizes[support] = 0
        worst = max(worst, float(sizes.max()))
    return worst


def seconds(function: Callable[[], Any]) -> float:
    times = []
    for _ in range(3):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)


@contextmanager
def one_core() -> Iterator[None]:
    """Two threads on two shared cores take more of their time than one takes of one."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def test_codes_take_at_most_eight_times_a_plain_loop(benchmark: Any) -> None:
    """All that is asked, proved: of one core, the Gram matrix included on neither side."""
    D, X = data()
    atoms = Atoms(D, "rows", "")
    profile = profile_of(atoms)
    unit = D / np.linalg.norm(D, axis=1, keepdims=True)
    gram = unit @ unit.T
    with one_core():
        matrix = seconds(lambda: unit @ unit.T)
        benchmark.pedantic(certify_codes, (atoms, profile, X), rounds=1)
        ours = seconds(lambda: certify_codes(atoms, profile, X)) - matrix
        loop = seconds(lambda: plain(gram, X))
    benchmark.extra_info["times as long as a plain loop"] = round(ours / loop, 2)
    assert ours <= 8 * loop
