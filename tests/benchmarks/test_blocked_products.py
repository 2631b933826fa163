"""Coherence and Babel function of a large dictionary against the bare product of its blocks."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.blocked import BLOCK, profile_of
from sparsebound.checks.provenance import cpus


def seconds(function: Callable[[], object]) -> float:
    """Processor time, of all threads."""
    start = time.process_time()
    function()
    return time.process_time() - start


def plain(rows: np.ndarray) -> None:
    """All of ``D^T D`` in the same blocks, nothing kept."""
    starts = range(0, len(rows), BLOCK)

    def product(pair: tuple[int, int]) -> None:
        rows[pair[0] : pair[0] + BLOCK] @ rows[pair[1] : pair[1] + BLOCK].T

    with ThreadPoolExecutor(cpus()) as pool:
        for _ in pool.map(product, [(i, j) for i in starts for j in starts]):
            pass


def ratio(m: int, n: int, rounds: int) -> float:
    rows = np.random.default_rng(0).standard_normal((n, m)).astype(np.float32)
    profile_of(Atoms(rows[:BLOCK], "rows", ""), kind="numpy")  # modules are loaded where first used
    pairs = [
        (seconds(lambda: profile_of(Atoms(rows, "rows", ""), kind="numpy")),
         seconds(lambda: plain(rows)))
        for _ in range(rounds)
    ]  # fmt: skip
    return float(np.median([ours / theirs for ours, theirs in pairs]))


def test_half_of_the_products_are_saved_already_at_a_quarter_of_the_size() -> None:
    assert ratio(768, 8192, 7) <= 1.0


@pytest.mark.nightly
def test_a_decoder_takes_at_most_65_percent_of_the_bare_product() -> None:
    assert ratio(768, 32_768, 3) <= 0.65
