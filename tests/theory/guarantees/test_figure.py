"""Figures: the safe end of an enclosure, and exact only what is known."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sparsebound.theory.arithmetic import Ball
from sparsebound.theory.guarantees.figure import Kind, figure

MIDS = st.floats(-1e300, 1e300)


@given(MIDS, st.floats(0, 1e300), st.sampled_from(["exact", "upper", "lower"]))
@example(1.0, 2.0**-54, "upper")
@example(1.0, 2.0**-54, "exact")
@example(1.0, 2.0**-55, "lower")
@example(0.1, 5e-324, "upper")
@example(0.75, 0.3, "upper")
def test_a_figure_is_the_safe_end_and_its_error_reaches_the_other(
    mid: float, rad: float, kind: Kind
) -> None:
    found = figure(Ball(mid, rad), kind, "t")
    ball = Ball(mid, rad)
    lower = min(Fraction(mid) - Fraction(rad), Fraction(float(ball.lower)))
    upper = max(Fraction(mid) + Fraction(rad), Fraction(float(ball.upper)))
    value, error = Fraction(found.value), Fraction(found.error)
    if found.kind == "lower":
        assert value <= lower
        assert value + error >= upper
    else:
        assert value >= upper
        assert value - error <= lower
    assert found.kind == kind or (kind, found.kind) == ("exact", "upper")


@pytest.mark.parametrize(
    ("ball", "kind"),
    [
        (Ball(0.5), "exact"),
        (Ball(0.0), "exact"),
        (Ball(0.5, 1e-16), "exact"),
        (Ball(0.5, 0.01), "upper"),
        (Ball(0.0, 1e-17), "upper"),
        (Ball(0.5, math.inf), "upper"),
        (Ball(math.nan), "upper"),
    ],
)
def test_exact_is_claimed_only_of_what_is_known_to_three_digits(ball: Ball, kind: Kind) -> None:
    assert figure(ball, "exact", "t").kind == kind


def test_of_what_is_unknown_no_number_is_reported() -> None:
    unknown = Ball(0.5, math.inf)
    assert figure(unknown, "upper", "t").value == figure(unknown, "exact", "t").value == math.inf
    assert figure(unknown, "lower", "t").value == -math.inf
