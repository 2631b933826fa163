"""Ball arithmetic encloses, exact arithmetic is exact, and both agree."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from math import isqrt, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsebound.theory.arithmetic import UNKNOWN, Ball, Exact, Number, precision

FLOATS = st.floats(-1e6, 1e6, allow_subnormal=False).filter(lambda v: v == 0 or abs(v) > 1e-6)
SEEDS = st.integers(0, 2**32 - 1)


def encloses(ball: Ball, value: Fraction) -> bool:
    """Whether the exact value lies in the ball, decided in rationals."""
    if np.isinf(ball.rad):
        return True
    return abs(Fraction(float(ball.mid)) - value) <= Fraction(float(ball.rad))


@given(FLOATS, FLOATS)
def test_every_operation_encloses_the_exact_result(a: float, b: float) -> None:
    x, y = Fraction(a), Fraction(b)
    assert encloses(Ball.of(a) + b, x + y)
    assert encloses(Ball.of(a) - b, x - y)
    assert encloses(Ball.of(a) * b, x * y)
    assert encloses(Ball.of(a) ** 2, x * x)
    if b:
        assert encloses(Ball.of(a) / b, x / y)
        assert encloses((Ball.of(a) / b) * 3 - Fraction(1, 7), (x / y) * 3 - Fraction(1, 7))
    root = Ball.of(abs(a)).sqrt()
    low, high = (Fraction(float(end)) for end in (root.lower, root.upper))
    assert low**2 <= abs(x) <= high**2


@given(st.lists(FLOATS, min_size=1, max_size=12), st.lists(FLOATS, min_size=1, max_size=12))
def test_sums_products_and_partial_sums_enclose(first: list[float], second: list[float]) -> None:
    pairs = list(zip(first, second, strict=False))
    a, b = (np.array(column) for column in zip(*pairs, strict=True))
    exact = [Fraction(value) for value in a]
    assert encloses(Ball.of(a).sum(), sum(exact, Fraction(0)))
    dot = sum((Fraction(x) * Fraction(y) for x, y in pairs), Fraction(0))
    assert encloses((Ball.of(a[None, :]) @ b[:, None])[0, 0], dot)
    sums = Ball.of(a).largest_sums()
    for k in range(len(a) + 1):
        assert encloses(sums[k], sum(sorted(exact, reverse=True)[:k], Fraction(0)))


@given(SEEDS, st.integers(1, 5))
def test_linear_algebra_encloses_what_exact_arithmetic_gives(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.integers(-4, 5, (size, size)).astype(float) / 4
    matrix = matrix + matrix.T
    right = rng.standard_normal((size, 2))
    ball, exact = Ball.of(matrix), Exact.of(matrix)
    determinant = exact.determinant()
    assert (ball.determinant() - Fraction(float(determinant.mid))).sign in (0, UNKNOWN)
    with precision(128):
        true = exact.eigenvalues()
        assert (np.abs(ball.eigenvalues().mid - true.mid) <= ball.eigenvalues().rad + 1e-30).all()
    if int(determinant.sign):
        found, wanted = ball.solve(Ball.of(right)), exact.solve(Exact.of(right))
        for index in np.ndindex(found.shape):
            entry = wanted.values[index]
            assert encloses(found[index], Fraction(int(entry.p), int(entry.q)))


def test_integers_stay_exact() -> None:
    matrix = np.array([[2.0, 1], [1, -3]])
    for number in (Ball.of(matrix) @ matrix, Ball.of(matrix) * 7 - 2, Ball.of(matrix).sum(0)):
        assert not number.rad.any()
    assert int((Ball.of(9).sqrt() - 3).sign) == 0
    assert int((Ball.of(6) / 3 - 2).sign) == 0


def test_a_singular_matrix_says_that_nothing_is_known_and_spares_its_batch() -> None:
    stack = np.array([[[1.0, 1], [1, 1]], [[2.0, 0], [0, 4]]])
    found = Ball.of(stack).solve(Ball.of(np.ones((2, 2, 1))))
    assert np.isinf(found.rad[0]).all()
    assert np.allclose(found.mid[1, :, 0], [0.5, 0.25])
    assert (found.rad[1] < 1e-12).all()
    exact = Exact.of(stack).solve(Exact.of(np.ones((2, 2, 1))))
    assert (exact.sign[0] == UNKNOWN).all()
    assert (exact.sign[1] == 1).all()


def test_division_by_what_may_be_zero_and_overflow_give_up_honestly() -> None:
    doubt = Ball(0.0, 1e-9)
    assert np.isinf((Ball.of(1) / doubt).rad)
    assert int((Ball.of(1) / doubt).sign) == UNKNOWN
    assert int(Ball.of(np.inf).sign) == 1
    assert np.isinf((Ball.of(1e300) * 1e300 - 1e308).rad) or np.isinf(Ball.of(1e300).mid * 1e300)


def test_a_quotient_is_infinite_only_where_the_dividend_is() -> None:
    assert int((Ball.of(np.inf) / 2).sign) == 1
    assert int((Ball.of(-np.inf) / Ball(3.0, 0.5)).sign) == -1
    assert int((Ball.of(1e300) / 1e-300).sign) == UNKNOWN  # too large, not infinite


def test_roots_of_squares_stay_rational_and_others_are_separated_by_precision() -> None:
    assert int((Exact.of(Fraction(9, 16)).sqrt() - Fraction(3, 4)).sign) == 0
    near = Fraction(isqrt(2 * 10**80), 10**40)  # below the root by less than 1e-40
    with precision(64):
        assert int((Exact.of(2).sqrt() - near).sign) == UNKNOWN
    with precision(256):
        assert int((Exact.of(2).sqrt() - near).sign) == 1


@pytest.mark.parametrize("arithmetic", [Ball, Exact])
def test_both_arithmetics_follow_numpy(arithmetic: type[Number]) -> None:
    data = np.arange(6.0).reshape(2, 3) - 2
    number = arithmetic.of(data)
    assert (abs(number).max(0).mid == np.abs(data).max(0)).all()
    assert (number.min(1).mid == data.min(1)).all()
    assert (number.swapaxes(0, 1).mid == data.T).all()
    assert (number.where(data > 0, 5).mid == np.where(data > 0, data, 5)).all()
    assert (number[1].reshape(3, 1).mid == data[1][:, None]).all()
    assert (np.ones((1, 2)) @ number).shape == (1, 3)
    assert (np.ones(3) - number).shape == (2, 3)
    assert number[:, :0].max(1).mid.tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match="only squares"):
        number**3


@given(SEEDS)
def test_determinants_are_those_of_leibniz(seed: int) -> None:
    matrix = np.random.default_rng(seed).integers(-3, 4, (3, 3))

    def parity(order: tuple[int, ...]) -> int:
        return (-1) ** sum(a > b for i, a in enumerate(order) for b in order[i + 1 :])

    expected = sum(
        parity(order) * prod(int(matrix[i, order[i]]) for i in range(3))
        for order in permutations(range(3))
    )
    assert int((Exact.of(matrix).determinant() - expected).sign) == 0
