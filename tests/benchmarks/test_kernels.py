"""The kernels that the gate compares between commits, with pytest-benchmark to look closer."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from checks.kernels import KERNELS


@pytest.mark.parametrize("name", KERNELS)
def test_kernel(name: str, benchmark: Any) -> None:
    """What it returns depends on its seeded data alone: otherwise two commits do different work."""
    found = benchmark(KERNELS[name]())
    assert pickle.dumps(found) == pickle.dumps(KERNELS[name]()())
