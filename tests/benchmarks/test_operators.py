"""Convolutions by FFT against the matrix, and an unfolded step against its two transforms.

Ratios within one run only: times depend on the machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.linalg import circulant

from sparsebound.checks.kernels import convolution, unfolded
from sparsebound.theory.operators import Convolution

SAMPLES, FILTERS, TAPS, LAYERS = 4096, 8, 64, 10
LEAST_SPEEDUP, MOST_OVERHEAD = 20, 1.5


def materialised(D: Convolution) -> Any:
    """All atoms as columns, in float32 so that they fit into half a gigabyte."""
    padded = np.zeros((FILTERS, SAMPLES), dtype=np.float32)
    padded[:, :TAPS] = D.filters[:, 0]
    matrix = np.empty((SAMPLES, SAMPLES, FILTERS), dtype=np.float32)
    for f in range(FILTERS):
        matrix[:, :, f] = circulant(padded[f])
    return matrix.reshape(D.shape)


def interleaved(*functions: Callable[[], Any], rounds: int) -> list[float]:
    """Least processor time of each, measured in turn."""
    times = [[np.inf] for _ in functions]
    for _ in range(rounds):
        for function, found in zip(functions, times, strict=True):
            start = time.process_time()
            function()
            found.append(time.process_time() - start)
    return [min(found) for found in times]


def test_fft_against_the_matrix(benchmark: Any) -> None:
    D = convolution(SAMPLES, FILTERS, TAPS)
    matrix, rng = materialised(D), np.random.default_rng(1)
    x, y = (rng.standard_normal(size).astype(np.float32) for size in D.shape[::-1])

    def by_fft() -> Any:
        return D.synthesis(x, method="fft"), D.analysis(y, method="fft")

    def by_matrix() -> Any:
        return matrix @ x, matrix.T @ y

    # in units of rounding: the terms of a sum, and the stages of three transforms
    error = (TAPS * FILTERS + 24 * np.log2(SAMPLES)) * np.finfo(np.float32).eps / 2
    for found, expected in zip(benchmark(by_fft), by_matrix(), strict=True):
        assert np.linalg.norm(found - expected) <= error * np.linalg.norm(expected)
    fft, dense = interleaved(by_fft, by_matrix, rounds=5)
    benchmark.extra_info["times as fast"] = round(dense / fft, 1)
    assert dense >= LEAST_SPEEDUP * fft, f"{dense / fft:.0f} times as fast as the matrix"


@pytest.mark.parametrize("method", ["direct", "fft"])
def test_step_against_its_transforms(method: Any, benchmark: Any) -> None:
    D, rng = convolution(SAMPLES, FILTERS, TAPS), np.random.default_rng(1)
    X, Y = rng.standard_normal((1, D.shape[1])), rng.standard_normal((1, D.shape[0]))
    steps = unfolded(SAMPLES, method, LAYERS)

    def transforms() -> None:
        for _ in range(LAYERS):
            D.synthesis(X, method=method)
            D.analysis(Y, method=method)

    benchmark(steps)
    ours, bare = interleaved(steps, transforms, rounds=40)
    benchmark.extra_info["of the transforms"] = round(ours / bare, 2)
    assert ours <= MOST_OVERHEAD * bare, f"{ours / bare:.2f} times the transforms"
