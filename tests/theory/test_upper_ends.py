"""Upper bounds of allowances: of what is unknown there is none."""

from __future__ import annotations

import numpy as np
import pytest

from sparsebound.theory.analysis.descent import upper_end
from sparsebound.theory.arithmetic import UNKNOWN, Ball, Exact, Number


@pytest.mark.parametrize("arithmetic", [Ball, Exact])
def test_an_unknown_allowance_is_not_an_infinite_one(arithmetic: type[Number]) -> None:
    number = arithmetic.of(Ball([1.0, 0.0, 0.0, np.inf], [0.5, np.inf, 0.0, 0.0]))
    upper = upper_end(number)
    assert upper.sign.tolist() == [1, UNKNOWN, 0, 1]
    assert (upper - 1.5).sign.tolist()[0] in (0, 1)
    assert (upper - 5).sign.tolist() == [-1, UNKNOWN, -1, 1]
    assert int((upper_end(1 / arithmetic.of(0)) - 5).sign) == UNKNOWN
