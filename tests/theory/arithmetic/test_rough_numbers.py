"""Rough numbers say nothing that exact arithmetic contradicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsebound.theory.arithmetic import UNKNOWN, Ball, Exact, precision
from sparsebound.theory.arithmetic.rough import MOST, Rough

FLOATS = st.floats(-1e3, 1e3, allow_nan=False, allow_subnormal=False).filter(
    lambda value: value == 0 or abs(value) > 1e-6
)
VECTORS = st.lists(FLOATS, min_size=4, max_size=4).map(np.array)

Expression = Callable[[Any, Any], Any]
EXPRESSIONS: dict[str, Expression] = {
    "sum": lambda a, b: a + b,
    "difference": lambda a, b: a - b,
    "product": lambda a, b: a * b,
    "of data on the left": lambda a, b: 1 - b * 3,
    "quotient": lambda a, b: a / b,
    "quotient of a difference": lambda a, b: 1 / (a - b),
    "steep quotient": lambda a, b: b / ((a + b) - a),
    "root": lambda a, b: abs(a * b).sqrt(),
    "root of what is nearly 0": lambda a, b: abs((a + b) - a - b).sqrt(),
    "norm": lambda a, b: ((a - b) ** 2).sum(-1).sqrt(),
    "matrix product": lambda a, b: a.reshape(2, 2) @ b.reshape(2, 2),
    "product of products": lambda a, b: (a.reshape(2, 2) @ b.reshape(2, 2)) @ a.reshape(2, 2),
    "largest": lambda a, b: (a * b).max(-1) - (b * a).min(-1),
    "chosen": lambda a, b: (a * b).where(np.array([True, False, True, False]), a + b),
    "an entry": lambda a, b: (a * b)[1] - (b * a)[1],
    "hull": lambda a, b: (a * b).hull(b * a) - a * b,
    "largest sums": lambda a, b: (a * b).largest_sums(),
    "solution": lambda a, b: (a.reshape(2, 2) @ b.reshape(2, 2)).solve(b.reshape(2, 2)),
    "cancels": lambda a, b: (a + b) * (a - b) - (a * a - b * b),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
@given(a=VECTORS, b=VECTORS)
def test_what_is_known_is_true(name: str, a: Any, b: Any) -> None:
    expression = EXPRESSIONS[name]
    try:
        with np.errstate(all="ignore", under="raise"):
            rough = expression(Rough.of(a), Rough.of(b))
            signs, mid, rad = rough.sign, rough.mid, rough.rad
    except FloatingPointError:
        return  # whoever decides by rough numbers starts again in balls
    with precision(400):
        exact = expression(Exact.of(a), Exact.of(b))
        known = signs != UNKNOWN
        true = np.broadcast_to(exact.sign, signs.shape)
        assert ((true == signs) | (true == UNKNOWN))[known].all()
        away = (abs(exact - mid) - rad).sign
        assert ((away != 1) | ~np.isfinite(rad)).all()


@given(VECTORS, VECTORS)
def test_a_comparison_of_data_is_exact(a: Any, b: Any) -> None:
    assert (Rough.of(a).compared(b) == np.sign(a - b)).all()
    assert (Rough.of(a).compared(a) == 0).all()


def test_most_of_what_is_far_from_the_edge_is_decided() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 100, 8, 8))
    decided = (Rough.of(a) @ Rough.of(b) - 1e-9).sign != UNKNOWN
    assert decided.mean() > 0.999


def test_of_a_number_of_too_many_roundings_nothing_is_said() -> None:
    assert Rough(np.ones(1), None, MOST).sign == 1
    assert Rough(np.ones(1), None, MOST + 1).sign == UNKNOWN
    assert Rough(np.ones(1), None, MOST + 1).rad == np.inf


def test_an_underflow_is_raised() -> None:
    with np.errstate(all="ignore", under="raise"), pytest.raises(FloatingPointError):
        Rough.of(np.array([2.0**-600 / 3])) * 2.0**-600


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_of_what_is_not_finite_nothing_is_known(value: float) -> None:
    with np.errstate(all="ignore"):
        found = Rough.of(np.array([value, 1.0])) * np.array([2.0, 2.0])
    assert found.sign.tolist() == [UNKNOWN, 1]
    assert found.rad[0] == np.inf
    assert found.mid[0] == 0


def test_balls_become_rough_and_rough_numbers_balls() -> None:
    ball = Ball(np.array([1.0, 2.0]), np.array([0.5, 0.0]))
    rough = Rough.of(ball)
    assert (rough.rad >= ball.rad).all()
    again = Ball.of(rough)
    assert (again.rad >= ball.rad).all()
    assert Rough.of(Ball(np.ones(2))).rad.tolist() == [0, 0]


def test_roundings_of_both_sides_count() -> None:
    v, w = np.array([[3.0, -4.0]]), np.array([[5.0], [6.0]])
    a, b, u = Rough(v, None, 5), Rough(w, None, 7), 2.0**-53
    assert (a @ b).rad[0, 0] >= (5 + 7 + 2) * u * (15 + 24)
    assert (a * b).rad[0, 0] >= (5 + 7 + 1) * u * 15
    assert (a + b).rad[0, 0] >= (7 + 1) * u * (3 + 5)
    assert (a / b).rad[0, 0] >= (5 + 7 + 1) * u * (3 / 5)
    assert a.sum(-1).rad[0] >= (5 + 1) * u * 7
    assert abs(a).sqrt().rad[0, 0] >= 5 * u * 3**0.5 / 2


def test_data_that_are_no_number_are_equal_to_nothing() -> None:
    for other in (0.0, 1.0, np.nan, np.inf):
        assert Rough.of(np.nan).compared(other) == UNKNOWN
        assert Rough.of(other).compared(np.nan) == UNKNOWN
    assert Rough.of(np.nan).sign == UNKNOWN
    assert Rough.of(np.nan).rad == np.inf
    assert Rough.of(np.inf).compared(np.inf) == UNKNOWN
    assert Rough.of(np.inf).compared(1.0) == 1


def test_what_is_set_to_nan_is_unknown() -> None:
    chosen = Rough.of(np.ones(2)).where(np.array([True, False]), np.nan)
    assert chosen.sign.tolist() == [1, UNKNOWN]
    assert chosen.compared(1).tolist() == [UNKNOWN, UNKNOWN]
    assert chosen.compared(0.5).tolist() == [1, UNKNOWN]
