"""The catalogue as a test suite: one item a theorem, by ``pytest --pyargs sparsebound.checks``."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sparsebound.checks.pytest_plugin import check_theorem
from sparsebound.theory.theorem import Theorem


@pytest.mark.theorems
def test_theorem(theorem: Theorem, record_property: Callable[[str, object], None]) -> None:
    """A theorem holds on generated instances, and its mutants are refuted."""
    check_theorem(theorem, record_property)
