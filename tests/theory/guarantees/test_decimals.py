"""Decimal text of bounds: on the safe side as a rational number, and as close as digits allow."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sparsebound.theory.guarantees import decimals
from sparsebound.theory.guarantees.decimals import down, enclosed, percent, up

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.floats(-2, 2)
DIGITS = st.integers(1, 17)


@given(NUMBERS, DIGITS)
@example(0.78432200692, 6)
@example(0.9999996, 6)
@example(1 + 2.0**-52, 6)
@example(1 - 2.0**-53, 6)
@example(5e-324, 4)
@example(-1.7976931348623157e308, 4)
@example(0.1, 1)
def test_a_bound_is_on_its_safe_side_and_as_close_as_its_digits_allow(
    value: float, digits: int
) -> None:
    unit = Fraction(10) ** (Decimal(value).adjusted() + 1 - digits)
    above, below = Fraction(up(value, digits)), Fraction(down(value, digits))
    assert 0 <= above - Fraction(value) < unit
    assert 0 <= Fraction(value) - below < unit
    for shown in (above, below):
        for edge in (0, 1):
            assert (shown < edge, shown > edge) == (value < edge, value > edge)


@given(NUMBERS, NUMBERS)
def test_a_bound_is_told_from_any_number_that_it_is_compared_with(
    value: float, other: float
) -> None:
    near = (math.nextafter(value, math.inf), math.nextafter(value, -math.inf))
    for edge in filter(math.isfinite, (other, *near)):
        for write in (up, down):
            shown = Fraction(write(value, edges=(edge,)))
            assert edge == value or (shown < edge, shown > edge) == (value < edge, value > edge)


def _near(value: float, digits: int) -> Fraction:
    return Fraction(f"{value:.{digits - 1}e}")


@given(NUMBERS, st.floats(0, 2), st.integers(3, 8))
@example(0.5, 0.0, 6)
@example(1 - 2.0**-53, 0.0, 6)
@example(0.9999995, 1e-16, 4)
@example(0.1234565, 2e-16, 6)
def test_an_enclosed_number_shows_digits_that_are_certain(
    lower: float, width: float, digits: int
) -> None:
    upper = lower + abs(lower) * width * 1e-4
    if not math.isfinite(upper):
        return
    shown = enclosed(lower, upper, digits)
    if " to " in shown:
        below, above = map(Fraction, shown.split(" to "))
        assert below <= lower
        assert upper <= above
        assert any(_near(lower, places) != _near(upper, places) for places in (3, 4, 5, 6))
    else:
        places = range(3, 18)
        certain = [n for n in places if _near(lower, n) == _near(upper, n) == Fraction(shown)]
        assert certain or lower == upper == Fraction(shown)
        assert Fraction(shown) not in (0, 1) or lower <= Fraction(shown) <= upper


def test_an_enclosure_that_is_wide_is_shown_by_its_ends() -> None:
    assert enclosed(0.2999, 0.4001, 2) == "0.29 to 0.41"
    assert enclosed(-1e-17, 1e-16) == "-1.00001e-17 to 1e-16"
    assert enclosed(1 - 2.0**-52, 1 - 2.0**-53) == "0.999999 to 0.9999999999999999"


@given(NUMBERS)
def test_what_was_chosen_is_read_back_as_the_same_float(value: float) -> None:
    assert float(decimals.given(value)) == value


@given(st.integers(1, 10**7), st.data())
def test_a_share_of_all_but_one_is_not_all(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole) | st.just(whole - 1) | st.just(min(1, whole)))
    shown = Fraction(percent(part, whole).removesuffix("%"))
    assert 0 <= Fraction(100 * part, whole) - shown < 1
    assert (shown == 100) == (part == whole)
    assert (shown == 0) == (part == 0)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (up(0.78432200692), "0.784323"),
        (up(0.9999996), "0.9999996"),
        (down(1.0000004), "1.0000004"),
        (up(1234567.25), "1.23457e+6"),
        (up(1234567.0), "1234567"),
        (down(0.00001234567), "1.23456e-5"),
        (down(0.0001234567), "0.000123456"),
        (up(-0.00005, 4), "-5e-5"),
        (enclosed(0.5, 0.5), "0.5"),
        (decimals.given(1e6), "1000000"),
        (decimals.about(0.1234567), "about 0.123457"),
        (decimals.about(1 + 1e-15, 4), "about 1"),
        (percent(2499, 2500), "99.9%"),
        (percent(29, 100), "29%"),
    ],
)
def test_examples(shown: str, expected: str) -> None:
    assert shown == expected


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_unknown(value: float | None) -> None:
    assert {write(value) for write in (up, down, decimals.given, decimals.about)} == {"unknown"}
    assert {enclosed(value, 1.0), enclosed(1.0, value)} == {"unknown"}
