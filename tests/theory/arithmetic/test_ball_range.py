"""At the ends of float64: an underflow has a radius, an overflow is unknown and no infinity."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparsebound.theory.arithmetic import UNKNOWN, Ball
from tests.theory.arithmetic.points import contains, is_unknown

HUGE, LARGEST, SMALLEST = 1.7e308, np.finfo(float).max, 2.0**-1074
INFINITY, NOTHING = Ball(np.inf), Ball(0.0, np.inf)
ONE = Ball(1.0, 0.25)

UNKNOWNS: dict[str, Callable[[], Ball]] = {
    "not a number": lambda: Ball(np.nan),
    "a radius that is not a number": lambda: Ball(1.0, np.nan),
    "an infinite radius": lambda: Ball(1.0, np.inf),
    "an infinity with a radius": lambda: Ball(np.inf, 1.0),
    "a sum": lambda: Ball(HUGE) + HUGE,
    "a difference": lambda: Ball(-HUGE) - HUGE,
    "a product": lambda: Ball(1e200) * 1e200,
    "a product's radius": lambda: Ball(0.0, 1e200) * Ball(0.0, 1e200),
    "a quotient": lambda: Ball(1e300) / 1e-300,
    "a quotient of an overflow": lambda: Ball(HUGE) / (Ball(HUGE) + HUGE),
    "zero by zero": lambda: Ball(0.0) / 0.0,
    "one by zero": lambda: ONE / 0.0,
    "a divisor whose radius reaches zero": lambda: ONE / Ball(0.5, 0.5),
    "a sum of many": lambda: Ball([HUGE, HUGE]).sum(),
    "a sum of many that cancel": lambda: Ball([HUGE, HUGE, -HUGE]).sum(),
    "a sum of radii": lambda: Ball([0.0, 0.0], [HUGE, HUGE]).sum(),
    "a sum of the largest": lambda: Ball([HUGE, HUGE]).largest_sums()[2],
    "a matrix product": lambda: (Ball([[1e200, 1.0]]) @ [[1e200], [1.0]])[0, 0],
    "a matrix product of radii": lambda: (Ball([[0.0]], [[1e200]]) @ Ball([[0.0]], [[1e200]]))[
        0, 0
    ],
    "infinities that cancel": lambda: INFINITY - INFINITY,
    "infinities that cancel in a sum": lambda: Ball([np.inf, -np.inf]).sum(),
    "no infinities": lambda: INFINITY * 0,
    "no infinities in a matrix product": lambda: (Ball([[np.inf, 1.0]]) @ [[0.0], [1.0]])[0, 0],
    "an infinity by an infinity": lambda: INFINITY / INFINITY,
    "an infinity by a number of either sign": lambda: INFINITY / Ball(1.0, 2.0),
    "an infinity times a number of either sign": lambda: INFINITY * Ball(1.0, 2.0),
    "an infinity and an unknown": lambda: INFINITY + NOTHING,
    "an unknown times an infinity": lambda: NOTHING * INFINITY,
    "zero times an unknown": lambda: Ball(0.0) * NOTHING,
    "an unknown and a number": lambda: NOTHING + ONE,
    "an unknown by a number": lambda: NOTHING / ONE,
    "a number by an unknown": lambda: ONE / NOTHING,
    "the size of an unknown": lambda: abs(-NOTHING),
    "the root of an unknown": NOTHING.sqrt,
    "the root of a negative number": lambda: Ball(-1.0).sqrt(),
    "the root of a negative ball": lambda: Ball(-2.0, 1.0).sqrt(),
    "the exponential of an unknown": NOTHING.exp,
    "the exponential of a large number": lambda: Ball(1e4).exp(),
    "the arc cosine of an unknown": NOTHING.arccos,
    "the arc cosine of a large number": lambda: Ball(2.0).arccos(),
    "a maximum with an unknown": lambda: Ball([1.0, 0.0], [0.0, np.inf]).max(),
    "a minimum with an unknown": lambda: Ball([1.0, 0.0], [0.0, np.inf]).min(),
    "a sum with an unknown": lambda: Ball([1.0, 0.0], [0.0, np.inf]).sum(),
    "a sum of an unknown and an infinity": lambda: Ball([np.inf, 0.0], [0.0, np.inf]).sum(),
    "a hull with an unknown": lambda: ONE.hull(NOTHING),
    "a hull with an infinity": lambda: ONE.hull(np.inf),
    "between a number and an infinity": lambda: Ball.between(1.0, np.inf),
    "between an infinity and a number": lambda: Ball.between(-np.inf, 1.0),
    "between two infinities": lambda: Ball.between(-np.inf, np.inf),
    "between no numbers": lambda: Ball.between(np.nan, 1.0),
    "between bounds that contradict each other": lambda: Ball.between(2.0, 1.0),
}

CERTAIN: dict[str, tuple[Callable[[], Ball], int]] = {
    "data": (lambda: Ball.of(np.inf), 1),
    "data in place of others": (lambda: ONE.where(np.array(False), np.inf), 1),
    "an infinity and a number": (lambda: INFINITY + ONE, 1),
    "a number less an infinity": (lambda: ONE - INFINITY, -1),
    "two infinities": (lambda: INFINITY + INFINITY, 1),
    "an opposite": (lambda: -INFINITY, -1),
    "a size": (lambda: abs(-INFINITY), 1),
    "a product": (lambda: INFINITY * Ball(-3.0, 0.5), -1),
    "a product of two": (lambda: INFINITY * -INFINITY, -1),
    "a quotient": (lambda: INFINITY / Ball(-3.0, 0.5), -1),
    "a root": (INFINITY.sqrt, 1),
    "an exponential": (INFINITY.exp, 1),
    "a maximum": (lambda: Ball([1.0, np.inf]).max(), 1),
    "a maximum, whatever else there is": (lambda: Ball([0.0, np.inf], [np.inf, 0.0]).max(), 1),
    "a minimum": (lambda: Ball([1.0, -np.inf], [0.1, 0.0]).min(), -1),
    "a sum": (lambda: Ball([1.0, -np.inf], [0.1, 0.0]).sum(), -1),
    "a hull": (lambda: INFINITY.hull(INFINITY), 1),
    "between": (lambda: Ball.between(np.inf, np.inf), 1),
}


@pytest.mark.parametrize("name", UNKNOWNS)
def test_unknown(name: str) -> None:
    found = UNKNOWNS[name]()
    assert is_unknown(found)
    assert int(found.sign) == UNKNOWN
    assert (float(found.lower), float(found.upper)) == (-np.inf, np.inf)


@pytest.mark.parametrize("name", UNKNOWNS)
def test_unknown_stays_unknown_and_spares_what_is_beside_it(name: str) -> None:
    nothing = UNKNOWNS[name]()
    mid, rad = np.array([float(nothing.mid), 2.0]), np.array([float(nothing.rad), 0.5])
    pair = Ball(mid, rad)
    for found in (
        pair + 1,
        pair * pair,
        1 / pair,
        pair.sqrt(),
        pair.exp(),
        pair.hull(pair),
        pair.reshape(2, 1).sum(),
        pair.reshape(2, 1).max(),
        pair.reshape(2, 1).largest_sums()[:, 1],
        (pair.reshape(2, 1) @ [[1.0]])[:, 0],
        pair.where(np.array([True, True]), 0),
    ):
        assert is_unknown(found[0])
        assert np.isfinite(found.rad[1])


@pytest.mark.parametrize("name", CERTAIN)
def test_an_infinity_is_one_where_nothing_else_can_be(name: str) -> None:
    make, sign = CERTAIN[name]
    found = make()
    assert (float(found.mid), float(found.rad)) == (sign * np.inf, 0.0)
    assert int(found.sign) == sign


def test_a_number_by_an_infinity_is_next_to_nothing() -> None:
    for found in (ONE / INFINITY, Ball(0.0) / INFINITY, (-INFINITY).exp()):
        assert contains(found, Fraction(0))
        assert float(found.rad) < 1e-300


def test_matrix_products_keep_infinities_and_unknowns_in_their_rows_and_columns() -> None:
    rng = np.random.default_rng(0)
    for rows, inner, columns in [(1, 1, 1), (3, 5, 4), (40, 30, 50), (1, 30, 1), (5, 30, 1)]:
        a, b = rng.standard_normal((rows, inner)), rng.standard_normal((inner, columns))
        b[:, 0] = 0  # a library may skip the zeros, whatever they are multiplied by
        a[-1, 0] = np.inf
        found = Ball(a) @ b
        assert np.isinf(found.rad[-1]).all()
        assert np.isfinite(found.rad[:-1]).all()
        radii = np.zeros_like(a)
        a[-1, 0], radii[-1, 0] = 0, np.inf
        found = Ball(a, radii) @ b
        assert np.isinf(found.rad[-1]).all()
        assert np.isfinite(found.rad[:-1]).all()
        transposed = Ball(b.T) @ Ball(a.T, radii.T)
        assert np.isinf(transposed.rad[:, -1]).all()
        assert np.isfinite(transposed.rad[:, :-1]).all()


TINIES = [SMALLEST, 3 * SMALLEST, 2.0**-1022, 3e-310, 2.0**-600, 1e-200]


@pytest.mark.parametrize("a", TINIES)
@pytest.mark.parametrize("b", TINIES)
def test_products_that_underflow_are_not_zero(a: float, b: float) -> None:
    exact = Fraction(a) * Fraction(b)
    for found in (
        Ball(a) * b,
        Ball(0.0, a) * b,
        Ball(a) * Ball(0.0, b),
        Ball(0.0, a) * Ball(0.0, b),
        (Ball([[a]]) @ [[b]])[0, 0],
        (Ball([[0.0]], [[a]]) @ [[b]])[0, 0],
        (Ball([[a]]) @ Ball([[0.0]], [[b]]))[0, 0],
        (Ball([[0.0]], [[a]]) @ Ball([[0.0]], [[b]]))[0, 0],
        Ball(a) / (1 / Ball(b)),
    ):
        assert contains(found, exact)
    many = np.full((1, 50), a)
    assert contains((Ball(many) @ np.full((50, 1), b))[0, 0], 50 * exact)
    assert contains(Ball([a, b]).sum(), Fraction(a) + Fraction(b))
    assert contains(Ball([0.0, 0.0], [a, b]).sum(), Fraction(a) + Fraction(b))


def test_an_exponential_that_underflows_is_not_zero() -> None:
    assert int(Ball(-1e4).exp().sign) == UNKNOWN
    assert float(Ball(-1e4).exp().rad) < 1e-300


def test_zeros_stay_zeros() -> None:
    """Nothing underflows in them, whatever the radius of the other factor."""
    wide = Ball([0.0, 3.0], [1.0, 0.5])
    assert not (wide * 0).rad.any()
    assert not (Ball(0.0) / Ball(3.0, 0.5)).rad
    product = Ball(np.array([[0.0, 0], [0, 1]])) @ wide.reshape(2, 1)
    assert product.sign[:, 0].tolist() == [0, 1]


def test_quotients_with_a_radius_that_underflows_on_the_way() -> None:
    a, b, rad = 3 * 2.0**-1060, 2.0**-560, 2.0**-580
    found = Ball(a) / Ball(b, rad)
    assert contains(found, Fraction(a) / (Fraction(b) - Fraction(rad)))
    assert float(found.rad) < 1e-100


@pytest.mark.parametrize("largest", [HUGE, LARGEST])
def test_a_quotient_by_a_sum_that_overflows(largest: float) -> None:
    a = Ball.of(largest)
    assert contains(a / (a + a), Fraction(1, 2))
    assert contains(a / 2 + a / 2, Fraction(largest))


def test_ends_at_the_ends_of_the_range() -> None:
    assert float(Ball(LARGEST, 1.0).upper) == np.inf
    assert float(Ball(-LARGEST, LARGEST).lower) == -np.inf
    assert float(Ball(0.0, SMALLEST).lower) <= -SMALLEST
    assert float(Ball.between(-LARGEST, LARGEST).rad) >= LARGEST
    assert contains(Ball.between(SMALLEST, 2 * SMALLEST), Fraction(SMALLEST))


@settings(max_examples=200)
@given(st.lists(st.integers(-(2**52), 2**52), min_size=1, max_size=9), st.integers(-1074, -1060))
def test_sums_of_subnormals(wholes: list[int], exponent: int) -> None:
    terms = [Fraction(whole) * Fraction(2) ** exponent for whole in wholes]
    row = Ball.of([float(term) for term in terms])
    assert contains(row.sum(), sum(terms, Fraction(0)))
    order = sorted(terms, reverse=True)
    for k, found in enumerate(row.largest_sums()[i] for i in range(len(terms) + 1)):
        assert contains(found, sum(order[:k], Fraction(0)))


def test_numbers_near_the_end_of_the_range_are_multiplied_in_silence() -> None:
    """A warning is an error here, and 2^10 times these is beyond the range."""
    large = Ball([[2.0**1020]])
    for product in (large * Ball([[0.5]]), large @ Ball([[0.5]])):
        assert contains(product[0, 0], Fraction(2) ** 1019)
