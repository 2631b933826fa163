"""Times are compared on a machine that does nothing else."""

from __future__ import annotations

import pytest

from tests.quality import proofs


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    """Wait for the proofs that CI compiles meanwhile."""
    proofs.made_elsewhere()
