"""Whatever points the operands' balls contain, the result's ball contains the exact result."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import ldexp

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from sparsebound.theory.arithmetic import Ball, precision
from tests.theory.arithmetic.points import (
    ANY,
    MODERATE,
    Pair,
    batch,
    choices,
    contains,
    is_unknown,
    points,
)

LISTS = st.lists(MODERATE, min_size=1, max_size=6)
WILD = st.lists(ANY, min_size=1, max_size=6)
PICKS = st.lists(st.integers(0, 3), min_size=6, max_size=6)


def test_radii_are_neither_lost_nor_much_larger_than_they_have_to_be() -> None:
    result = Ball(2.0, 1.0) * Ball(3.0, 0.5)
    assert (float(result.mid), float(result.rad)) == (6.0, pytest.approx(4.5, rel=1e-12))
    result = Ball(2.0, 1.0) / Ball(3.0, 0.5)
    assert (float(result.mid), float(result.rad)) == (2 / 3, pytest.approx(8 / 15, rel=1e-12))
    result = Ball([[2.0]], [[1.0]]) @ Ball([[3.0]], [[0.5]])
    assert (float(result.mid[0, 0]), float(result.rad[0, 0])) == (
        6.0,
        pytest.approx(4.5, rel=1e-12),
    )
    result = Ball(4.0, 3.0).sqrt()
    assert (float(result.lower), float(result.upper)) == (pytest.approx(1.0), pytest.approx(3.0))


@settings(max_examples=400)
@given(MODERATE | ANY, MODERATE | ANY)
def test_sums_products_and_quotients(first: Pair, second: Pair) -> None:
    a, b = Ball(*first), Ball(*second)
    total, difference, times, over = a + b, a - b, a * b, a / b
    for x, y in product(points(first), points(second)):
        assert contains(total, x + y)
        assert contains(difference, x - y)
        assert contains(times, x * y)
        if is_unknown(over):
            continue
        assert contains(over, x / y)  # a divisor that may be zero is unknown


@settings(max_examples=200)
@given(MODERATE, MODERATE)
def test_far_from_the_ends_of_float64_results_are_known_and_tight(
    first: Pair, second: Pair
) -> None:
    a, b = Ball(*first), Ball(*second)
    (x, r), (y, s) = map(Fraction, first), map(Fraction, second)
    wanted = [(a + b, x + y, r + s), (a * b, x * y, abs(x) * s + abs(y) * r + r * s)]
    if abs(y) > s:
        wanted.append((a / b, x / y, (abs(x / y) * s + r) / (abs(y) - s)))
    else:
        assert is_unknown(a / b)
    for found, size, spread in wanted:
        most = spread * (1 + Fraction(1, 2**40)) + abs(size) / 2**52 + Fraction(1, 2**999)
        assert float(found.rad) <= most


@settings(max_examples=300)
@given(MODERATE | ANY)
def test_roots_sizes_and_ends(pair: Pair) -> None:
    ball = Ball(*pair)
    root, size, opposite = ball.sqrt(), abs(ball), -ball
    for x in points(pair):
        assert float(ball.lower) == -np.inf or Fraction(float(ball.lower)) <= x
        assert float(ball.upper) == np.inf or x <= Fraction(float(ball.upper))
        assert contains(size, abs(x))
        assert contains(opposite, -x)
        if x >= 0 and not is_unknown(root):
            low, high = (Fraction(float(end)) for end in (root.lower, root.upper))
            assert low <= 0 or low**2 <= x
            assert x <= high**2
    if pair[0] >= 0:
        assert not is_unknown(root) or sum(pair) == np.inf


@settings(max_examples=200)
@given(st.floats(-30, 30), st.floats(0, 2))
def test_exponential_functions_contain_their_series(mid: float, rad: float) -> None:
    found = Ball(mid, rad).exp()
    for x in points((mid, rad)):
        term = total = Fraction(1)
        for k in range(1, 200):  # rounded far below the last place of the result
            term = Fraction(round(term * x / k * 2**200), 2**200)
            total += term
        assert contains(found, total)
    assert float(Ball(0.0).exp().rad) == 0


@settings(max_examples=200)
@given(st.floats(-1, 1), st.floats(0, 1))
def test_arc_cosines_are_of_numbers_with_these_cosines(mid: float, rad: float) -> None:
    found = Ball(mid, rad).arccos()
    with precision(200):
        low, high = (arb(float(np.clip(end, 0, np.pi))).cos() for end in (found.lower, found.upper))
        for x in points((mid, rad)):
            inside = arb(fmpq(x.numerator, x.denominator))
            # 2^-100: that of float64's pi is not quite -1
            assert abs(x) > 1 or (not inside > low and not inside < high - 2.0**-100)
    assert float(Ball(1.0).arccos().rad) == 0


@settings(max_examples=200)
@given(LISTS | WILD, PICKS)
def test_sums_maxima_and_sums_of_the_largest(pairs: list[Pair], picks: list[int]) -> None:
    row = batch(pairs)
    total, largest, smallest, sums = row.sum(), row.max(), row.min(), row.largest_sums()
    hull = row[0].hull(row[-1])
    for chosen in choices(pairs, picks):
        assert contains(total, sum(chosen, Fraction(0)))
        assert contains(largest, max(chosen))
        assert contains(smallest, min(chosen))
        assert contains(hull, chosen[0])
        assert contains(hull, chosen[-1])
        order = sorted(chosen, reverse=True)
        for k in range(len(order) + 1):
            assert contains(sums[k], sum(order[:k], Fraction(0)))


@settings(max_examples=200)
@given(LISTS | WILD, LISTS | WILD, PICKS, PICKS)
def test_inner_products(
    first: list[Pair], second: list[Pair], picks: list[int], others: list[int]
) -> None:
    count = min(len(first), len(second))
    a, b = first[:count], second[:count]
    found = (batch(a).reshape(1, count) @ batch(b).reshape(count, 1))[0, 0]
    for x, y in product(choices(a, picks), choices(b, others)):
        assert contains(found, sum((p * q for p, q in zip(x, y, strict=True)), Fraction(0)))


@pytest.mark.parametrize("count", [8, 40, 1000])
def test_long_sums_lose_a_rounding_with_every_term_and_say_so(count: int) -> None:
    """Each of the small terms is half a unit in the last place of 1, and vanishes in the sum."""
    terms = np.full(count + 1, 2.0**-53)
    terms[0] = 1
    exact = 1 + Fraction(count, 2**53)
    wide = np.repeat(terms[:, None], 3, axis=1)
    total = Ball.of(wide).sum(axis=0)[0]
    assert float(total.mid) == 1  # in this order
    assert contains(total, exact)
    assert contains(Ball.of(terms).largest_sums()[-1], exact)
    assert contains((Ball.of(terms[None]) @ np.ones((count + 1, 1)))[0, 0], exact)
    spaced = np.zeros((1, 2 * count + 2))
    spaced[0, ::2] = terms  # no library adds in blocks what is not contiguous
    assert contains((Ball.of(spaced[:, ::2]) @ np.ones((count + 1, 1)))[0, 0], exact)


def test_radii_are_rounded_up() -> None:
    lost = 2.0**-53  # of 1, in a sum that is rounded to nearest
    assert contains(Ball(0.0, 1.0) + Ball(0.0, lost), 1 + Fraction(lost))
    assert contains(Ball([0.0, 0.0], [1.0, lost]).sum(), 1 + Fraction(lost))
    assert contains(Ball.between(-1.0, 2.0**-60), Fraction(1, 2**60))
    assert contains(Ball(-0.5, 0.5).hull(2.0**-60), Fraction(1, 2**60))
    assert Fraction(float(Ball(1.0, 2.0**-60).lower)) <= 1 - Fraction(1, 2**60)
    assert Fraction(float(Ball(1.0, 2.0**-60).upper)) >= 1 + Fraction(1, 2**60)
    row, column = Ball([[0.0, 0.0]], [[1.0, lost]]), np.ones((2, 1))
    assert contains((row @ column)[0, 0], 1 + Fraction(lost))
    rad = 1 + 2.0**-52
    assert contains(Ball(0.0, rad) * Ball(0.0, rad), Fraction(rad) ** 2)
    for whole in range(1, 10):
        assert contains(Ball(0.0, float(whole)) / 7, Fraction(whole, 7))


@settings(max_examples=200)
@given(st.integers(-(2**53), 2**53), st.integers(-1074, 970), st.sampled_from([2, 3, 7, 10, 49]))
def test_a_number_is_the_product_of_its_quotient(whole: int, exponent: int, divisor: int) -> None:
    value = ldexp(whole, exponent)
    assert contains(Ball.of(value) / divisor, Fraction(value) / divisor)
    assert (Ball.of(value) / divisor * divisor - value).sign in (0, 2)


def test_empty_axes() -> None:
    nothing = Ball(np.zeros((3, 0)), np.zeros((3, 0)))
    assert nothing.sum().mid.tolist() == nothing.max().mid.tolist() == [0, 0, 0]
    assert not nothing.sum().rad.any()
    assert nothing.largest_sums().shape == (3, 1)
    product_ = nothing @ np.zeros((0, 2))
    assert (product_.shape, product_.mid.any(), product_.rad.any()) == ((3, 2), False, False)
    assert Ball(np.zeros((2, 0, 0))).solve(Ball(np.zeros((2, 0, 1)))).shape == (2, 0, 1)
    assert Ball(np.zeros((2, 0, 0))).eigenvalues().shape == (2, 0)
    assert Ball(np.zeros((2, 0, 0))).determinant().mid.tolist() == [1, 1]
    assert Ball(np.zeros((0, 2, 2))).solve(Ball(np.zeros((0, 2, 1)))).shape == (0, 2, 1)
    assert Ball(np.zeros((0, 2, 2))).eigenvalues().shape == (0, 2)


@settings(max_examples=200)
@given(LISTS, st.data())
def test_an_entry_does_not_depend_on_its_batch(pairs: list[Pair], data: st.DataObject) -> None:
    others = data.draw(st.lists(MODERATE | ANY, min_size=len(pairs), max_size=len(pairs)))
    a, b = batch(pairs), batch(others)
    for index in range(len(pairs)):
        one, other = Ball(*pairs[index]), Ball(*others[index])
        for together, alone in (
            (a + b, one + other),
            (a * b, one * other),
            (a / b, one / other),
            (abs(a).sqrt(), abs(one).sqrt()),
            (a.hull(b), one.hull(other)),
        ):
            assert float(together.mid[index]) == float(alone.mid)
            assert float(together.rad[index]) == float(alone.rad)


def test_a_row_of_a_product_is_as_exact_as_it_is_alone() -> None:
    rows, columns = np.array([[1.0, 2.0], [0.1, 3.0]]), np.array([[1.0, 0.3], [4.0, 1.0]])
    product_ = Ball.of(rows) @ columns
    assert (product_.rad == 0).tolist() == [[True, False], [False, False]]
    stacked = Ball.of(np.stack([rows, np.eye(2)])) @ np.stack([columns, np.eye(2)])
    assert (stacked.rad[0] == product_.rad).all()
    assert not stacked.rad[1].any()


@pytest.mark.parametrize("value", [0, 1, 2, 3, 4, True])
def test_a_whole_number_is_itself_and_nobody_changes_one_that_is_kept(value: int) -> None:
    ball = Ball.of(value)
    assert (float(ball.mid), float(ball.rad)) == (value, 0)
    if Ball.of(value) is ball:  # it is kept
        with pytest.raises(ValueError, match="read-only"):
            ball.mid[...] = 7


GRIDDED = st.tuples(
    st.integers(-(2**12), 2**12).map(lambda whole: whole / 64), st.sampled_from([0.0, 0.0, 0.25])
)
STEPS: list[Callable[[Ball], Ball]] = [
    lambda a: -a,
    abs,
    lambda a: a[::-1],
    lambda a: a[:2],
    lambda a: a.reshape(1, -1),
    lambda a: a.reshape(-1, 1).swapaxes(0, 1),
    lambda a: a.where(a.mid > 0, 1),
    lambda a: a.where(a.mid > 0, 0.1),
    lambda a: a.reshape(1, -1).max(),
    lambda a: a.reshape(1, -1).sum(),
    lambda a: a + 3,
    lambda a: a + a[::-1],
    lambda a: a - 0.1,
    lambda a: a * 0.5,
    lambda a: a * a,
    lambda a: a.reshape(-1, 1) @ a.reshape(1, -1),
]


@settings(max_examples=20)
@given(st.lists(GRIDDED | MODERATE | ANY, min_size=1, max_size=4) | st.lists(GRIDDED, min_size=2))
def test_what_is_known_of_a_ball_changes_nothing_that_is_computed_of_it(pairs: list[Pair]) -> None:
    start = batch(pairs[:4])
    start * start  # what is asked is remembered
    for step in STEPS:
        known = step(start).reshape(-1)
        fresh = Ball(known.mid.copy(), known.rad.copy())
        assert (known.sign == fresh.sign).all()
        assert (known.compared(0.5) == (fresh - 0.5).sign).all()
        for further in STEPS:
            one, other = further(known), further(fresh)
            assert one.mid.tobytes() == other.mid.tobytes()
            assert one.rad.tobytes() == other.rad.tobytes()
