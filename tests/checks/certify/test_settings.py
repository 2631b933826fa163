"""The set of codes that is asked about is the one that is certified, or it is refused."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.certify.engine import certify
from sparsebound.reports.certificate import document
from sparsebound.theory.errors import InputError


@pytest.mark.parametrize("sparsity", [1.5, 2.0, float("nan"), Fraction(3, 2), "2", 0, -1])
def test_a_sparsity_that_is_no_positive_integer_is_refused(sparsity: Any) -> None:
    with pytest.raises(InputError, match=r"--sparsity is .* an integer"):
        certify([[1, 0, 3], [0, 1, 4]], sparsity=sparsity)


@pytest.mark.parametrize("kind", [int, np.int8, np.uint64])
def test_a_sparsity_may_be_of_any_integer_type(kind: type) -> None:
    found = certify([[1, 0, 3], [0, 1, 4]], sparsity=kind(2))
    assert json.loads(json.dumps(document(found)))["settings"]["sparsity"] == 2
