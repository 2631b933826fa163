"""A theorem on 100,000 codes of one's own, against the same formulas in plain numpy.

Ratios within one run only. The other side computes the sides of each inequality, and compares them
as float64 has them: with no bound of what rounding does.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sparsebound as sb
from sparsebound.checks.memory import keep_memory

M, N, CODES = 16, 32, 100_000


def data() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    D = np.round(rng.standard_normal((M, N)) * 64) / 64
    order = rng.permuted(np.tile(np.arange(N), (CODES, 1)), axis=1)
    return D, np.where(order < 2, rng.standard_normal((CODES, N)), 0.0)


def recovery_coefficients(D: Any, X: Any) -> Any:
    """``ERC(S) <= mu1(k) / (1 - mu1(k - 1))``: the sides where the right one is defined."""
    atoms = D / np.linalg.norm(D, axis=0)
    gram, support = atoms.T @ atoms, X != 0
    k = support.sum(axis=1)
    assert (k == k[0]).all()
    index = np.argsort(~support, axis=1, kind="stable")[:, : k[0]]
    outer = gram[index]
    inner = gram[index[:, :, None], index[:, None, :]]
    sizes = np.abs(np.linalg.solve(inner, outer)).sum(axis=1)
    coefficient = np.where(support, 0.0, sizes).max(axis=1)
    rows = np.sort(np.abs(gram - np.eye(N)), axis=1)[:, ::-1].cumsum(axis=1)
    babel = np.concatenate([[0.0], rows.max(axis=0)])
    room = 1 - babel[k - 1]
    bound = np.where(room > 0, babel[k] / room, np.inf)
    return coefficient <= bound, np.where(room > 0, coefficient / bound, np.nan)


def thresholds(D: Any, X: Any) -> Any:
    """``|h(v) - v| <= theta``, ``h(v) = 0`` up to ``theta``, and ``h`` is the soft threshold."""
    v = (X @ D.T) @ D
    theta = np.abs(v.flat[0])
    h = np.sign(v) * np.maximum(np.abs(v) - theta, 0)
    moved = np.abs(h - v).max(axis=1)
    below = np.where(np.abs(v) <= theta, np.abs(h), 0.0).max(axis=1)
    soft = np.maximum(v - theta, 0) - np.maximum(-v - theta, 0)
    declared = np.abs(h - soft).max(axis=1) <= 1e-12 * np.abs(v).max(axis=1)
    return (moved <= theta * (1 + 1e-12)) & (below == 0) & declared, moved / theta


def seconds(function: Callable[[], Any]) -> float:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


@pytest.mark.parametrize(
    ("theorem", "plain", "most"),
    [
        ("dictionary.erc_babel", recovery_coefficients, 3),
        # its claim holds with equality wherever the threshold is passed: balls have to decide that
        ("network.thresholding", thresholds, 8),
    ],
)
def test_a_check_takes_at_most_so_many_times_as_long_as_plain_numpy(
    theorem: str, plain: Callable[[Any, Any], Any], most: float, benchmark: Any
) -> None:
    keep_memory()
    D, X = data()
    found = sb.check(theorem, D, X)
    assert found.count(sb.Status.HOLDS) == CODES
    assert plain(D, X)[0].all()
    benchmark.pedantic(sb.check, (theorem, D, X), rounds=1)
    slower = seconds(lambda: sb.check(theorem, D, X)) / seconds(lambda: plain(D, X))
    benchmark.extra_info["times as long as plain numpy"] = round(slower, 2)
    assert slower <= most, f"{slower:.2f} times as long"
