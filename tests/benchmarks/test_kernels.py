"""The kernels that the gate compares between commits, with pytest-benchmark to look closer."""

from __future__ import annotations

from typing import Any

import pytest

from checks.kernels import KERNELS


@pytest.mark.parametrize("name", KERNELS)
def test_kernel(name: str, benchmark: Any) -> None:
    assert benchmark(KERNELS[name]()) is not None
