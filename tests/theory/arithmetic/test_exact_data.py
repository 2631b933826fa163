"""Data of any real type are taken exactly, or with a radius, into both arithmetics."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsebound.theory.arithmetic import UNKNOWN, Ball, Exact
from sparsebound.theory.arrays import real_array
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary, Instance
from tests.theory.arithmetic.points import contains, is_unknown

LONG = np.longdouble(1) / 3
"""A number of more bits than a float64, where the platform has such a type."""

DATA: dict[str, tuple[Any, Fraction]] = {
    "integer": (2**53 + 1, Fraction(2**53 + 1)),
    "large integer": (10**40 + 1, Fraction(10**40 + 1)),
    "int64": (np.int64(2**62 + 1), Fraction(2**62 + 1)),
    "uint64": (np.uint64(2**64 - 1), Fraction(2**64 - 1)),
    "array of int64": (np.array(-(2**53) - 1), Fraction(-(2**53) - 1)),
    "fraction": (Fraction(1, 3), Fraction(1, 3)),
    "array of a fraction": (np.array(Fraction(1, 3), dtype=object), Fraction(1, 3)),
    "small fraction": (Fraction(1, 10**400), Fraction(1, 10**400)),
    "long double": (LONG, Fraction(*LONG.as_integer_ratio())),
    "decimal": (Decimal("0.1"), Fraction(1, 10)),
    "float32": (np.float32(0.1), Fraction(float(np.float32(0.1)))),
    "boolean": (True, Fraction(1)),
    "float": (0.1, Fraction(0.1)),
}


@pytest.mark.parametrize("name", DATA)
def test_numbers(name: str) -> None:
    value, exact = DATA[name]
    ball, number = Ball.of(value), Exact.of(value)
    assert contains(ball, exact)
    assert not is_unknown(ball)
    assert bool(ball.rad > 0) == (Fraction(float(ball.mid)) != exact)
    assert Fraction(int(number.values[()].p), int(number.values[()].q)) == exact
    assert contains(Ball.of(number), exact)
    assert contains(Ball(value, 0.5), exact + Fraction(1, 2))
    assert contains(Ball(0.0, abs(value) if value != 0 else 0), exact)


@pytest.mark.parametrize(
    "values",
    [
        [2**53 + 1, 0.5],
        (2**53 + 1, 0.5),
        [2**63, -1],
        [[2**63 + 1], [-1]],
        [Fraction(1, 3), 1],
        np.array([Fraction(1, 3), 2**70], dtype=object),
        np.array([2**53 + 1, 2**53]),
        np.array([2**63 + 1, 1], dtype=np.uint64),
        [np.longdouble(1) / 3, 1],
    ],
)
def test_arrays_and_lists(values: Any) -> None:
    ball, number = Ball.of(values), Exact.of(values)
    for index in np.ndindex(ball.shape):
        plain = np.array(values, dtype=object)[index]
        exact = plain if isinstance(plain, int) else Fraction(*plain.as_integer_ratio())
        assert contains(ball[index], Fraction(exact))
        assert int((number[index] - Fraction(exact)).sign) == 0


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_are_exact_or_have_a_radius(value: int) -> None:
    for found in (Ball.of(value), Ball.of(np.int64(value)), Ball.of([value])[0]):
        assert contains(found, Fraction(value))
        assert bool(found.rad > 0) == (int(float(value)) != value)


def test_what_float64_rounds_is_open_in_balls_and_decided_exactly() -> None:
    assert int((2**53 - Ball.of(2**53 + 1)).sign) == UNKNOWN
    assert int((2**53 - Exact.of(2**53 + 1)).sign) == -1
    third = np.array([Fraction(1, 3)])
    assert (1 / 3 - Ball.of(third)).sign.tolist() == [UNKNOWN]
    assert (1 / 3 - Exact.of(third)).sign.tolist() == [-1]


def test_numbers_beyond_float64_are_unknown_in_balls_and_no_infinities() -> None:
    for value in (10**400, Fraction(-(10**400), 3), [10**400]):
        assert (Ball.of(value).sign == UNKNOWN).all()
        assert (abs(Exact.of(value)).sign == 1).all()
    assert int(Ball.of(-np.inf).sign) == int(Exact.of(-np.inf).sign) == -1
    assert int(Ball.of(np.nan).sign) == int(Exact.of(np.nan).sign) == UNKNOWN
    assert is_unknown(Ball.of(Exact.of(np.nan)))


def test_each_arithmetic_takes_numbers_of_the_other() -> None:
    ball = Ball([1.0, 0.0, np.inf, 0.0], [0.5, np.inf, 0.0, 0.0])
    exact = Exact.of(ball)
    assert exact.sign.tolist() == [1, UNKNOWN, 1, 0]
    back = Ball.of(exact)
    assert (back.mid == ball.mid).all()
    assert (back.rad >= ball.rad).all()
    assert float(back.rad[0]) < 0.5000001


@pytest.mark.parametrize(
    "value", ["3", 1j, ["a"], None, [[1], ["b"]], np.array(["a"], dtype=object)]
)
@pytest.mark.parametrize("arithmetic", [Ball, Exact])
def test_what_is_no_real_number_is_refused(arithmetic: Any, value: Any) -> None:
    with pytest.raises(TypeError, match="real number"):
        arithmetic.of(value)


REFUSED: dict[str, tuple[Any, str]] = {
    "int64": (np.array([[1, 2**53 + 1]]), r"X\[0, 1\] is 9007199254740993"),
    "uint64": (np.array([[2**64 - 1]], dtype=np.uint64), r"X\[0, 0\] is 18446744073709551615"),
    "integer beside a float": ([[0.5, 2**53 + 1]], r"X\[0, 1\] is 9007199254740993"),
    "large integer": ([[10**30 + 1]], r"X\[0, 0\] is 10+1"),
    "fraction": ([[Fraction(1, 3)]], r"X\[0, 0\] is Fraction\(1, 3\)"),
    "beyond the range": ([[10**400]], r"X\[0, 0\] is 10+"),
}
if LONG != np.float64(LONG):
    REFUSED["long double"] = (np.array([[LONG]]), r"X\[0, 0\] is .*0\.333")


@pytest.mark.parametrize("name", REFUSED)
def test_data_that_float64_cannot_hold_are_refused_and_named(name: str) -> None:
    value, message = REFUSED[name]
    with pytest.raises(InputError, match=f"{message}.*; expected a number that float64 holds"):
        real_array("X", value, 2)


def test_data_that_float64_holds_are_taken_whatever_their_type() -> None:
    for value in ([[2**70, Fraction(1, 2)]], np.array([[2**70, 0.5]], dtype=np.longdouble)):
        assert real_array("X", value, 2).tolist() == [[2.0**70, 0.5]]
    with pytest.raises(InputError, match=r"D\[0, 0\] is .*float64"):
        Dictionary([[2**53 + 1, 0]])
    with pytest.raises(InputError, match=r"X\[0, 1\] is inf; expected a finite number"):
        Instance([[1, 0], [0, 1]], [[2**53, np.inf]])


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_lists_of_short_floats_are_what_they_are(kind: type[np.floating]) -> None:
    found = Ball.of([kind(0.1), kind(3)])
    assert found.mid.tolist() == [float(kind(0.1)), 3.0]
    assert not found.rad.any()
