"""The kernels that the gate compares between commits, with pytest-benchmark to look closer."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from sparsebound.checks.kernels import GROWTH, KERNELS, KIND
from sparsebound.checks.timing.worker import CALIBRATION


@pytest.mark.parametrize("name", KERNELS)
def test_kernel(name: str, benchmark: Any) -> None:
    """What it returns depends on its seeded data alone: otherwise two commits do different work."""
    found = benchmark(KERNELS[name]())
    assert pickle.dumps(found) == pickle.dumps(KERNELS[name]()())


@pytest.mark.parametrize(
    ("name", "size"),
    [(name, size) for name, grows in GROWTH.items() for size in grows.sizes],
)
def test_growth(name: str, size: int, benchmark: Any) -> None:
    found = benchmark(GROWTH[name].prepare(size))
    assert pickle.dumps(found) == pickle.dumps(GROWTH[name].prepare(size)())


def test_every_kernel_is_like_some_calibration_kernel() -> None:
    assert KIND.keys() == KERNELS.keys()
    assert set(KIND.values()) == CALIBRATION.keys()
