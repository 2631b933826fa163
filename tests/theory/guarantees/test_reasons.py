"""Why something is not certified, in words that are true."""

from __future__ import annotations

import re
from fractions import Fraction
from math import inf

import numpy as np

from sparsebound.theory.arithmetic import Ball
from sparsebound.theory.guarantees.network import network
from sparsebound.theory.guarantees.profile import Profile, profile
from sparsebound.theory.guarantees.unfolded import unfolded
from sparsebound.theory.instance import Dictionary

D = Dictionary([[1, 0, 3], [0, 1, 4]])


def _why(d: Profile, sparsity: int) -> str | None:
    return unfolded(d, sparsity, amplitude=1, noise=0, tolerance=0.25).reason


def test_what_a_threshold_lacks_is_rounded_up_and_it_is_shown_as_it_is() -> None:
    W = np.array([[1, 0, 0.12], [0, 1, 0.16]])
    theta = 2 + 1 / 3
    _, found = network(D, [W], np.full((1, 3), theta), 1, amplitude=1, noise=0)
    assert found.reason is not None
    said = re.fullmatch(
        r"layer 0, column 1: the threshold is (\S+), (\S+) less than needed", found.reason
    )
    assert said is not None
    assert float(said[1]) == theta
    assert 0 <= Fraction(said[2]) - Fraction(found.layers[0].short) < Fraction(1, 10**5)


def test_what_is_unknown_is_not_called_a_number() -> None:
    W = np.full((2, 3), 1e300)
    _, found = network(D, [W], np.full((1, 3), 1.0), 1, amplitude=1e300, noise=0)
    assert found.layers[0].short == inf
    assert found.reason is not None
    assert found.reason.endswith("the threshold is 1, and what is needed is unknown")


def test_a_rate_that_is_unknown_is_not_called_at_least_1() -> None:
    exact = profile(D)
    assert _why(exact, 2) == "the rate is at least 1 at sparsity 2"
    sizes = Ball(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1e-9, 1e-9]))
    near = Profile(2, 3, sizes, np.ones(3, dtype=bool), (1, 2), 3, exact.largest)
    assert _why(near, 1) == "the rate is not known to be below 1 at sparsity 1"
