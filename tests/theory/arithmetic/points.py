"""Balls as pairs of floats, the rational points in them, and whether a result contains one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ldexp

import numpy as np
from hypothesis import strategies as st

from sparsebound.theory.arithmetic import Ball

Pair = tuple[float, float]

SHARES = (Fraction(-1), Fraction(1), Fraction(0), Fraction(1, 3))


def numbers(lowest: int, highest: int) -> st.SearchStrategy[float]:
    """Floats with up to 53 bits, whose last bit has an exponent from a range."""
    whole = st.integers(-(2**53) + 1, 2**53 - 1) | st.integers(-9, 9)
    return st.builds(ldexp, whole, st.integers(lowest, highest))


def balls(lowest: int, highest: int) -> st.SearchStrategy[Pair]:
    """Balls around zero and elsewhere, with radii that are zero, small, and larger than all."""
    number = numbers(lowest, highest)
    return st.tuples(st.just(0.0) | number, st.just(0.0) | number.map(abs))


MODERATE = balls(-60, 10)
"""Nothing that is computed of a few of these is near the ends of float64."""
ANY = balls(-1074, 970)
NARROW = st.tuples(numbers(-60, 10), numbers(-90, -60).map(abs))


def points(ball: Pair) -> list[Fraction]:
    """Both ends, the midpoint, and a point between, exactly."""
    mid, rad = map(Fraction, ball)
    return [mid + share * rad for share in SHARES]


def choices(balls: Sequence[Pair], picks: Sequence[int]) -> list[list[Fraction]]:
    """Points of several balls: all lower ends, all upper ends, and a mixture."""
    every = [points(ball) for ball in balls]
    mixed = [own[pick % len(own)] for own, pick in zip(every, picks, strict=False)]
    return [[own[0] for own in every], [own[1] for own in every], mixed]


def batch(balls: Iterable[Pair]) -> Ball:
    """One array of several balls."""
    mids, rads = zip(*balls, strict=True)
    return Ball(np.array(mids), np.array(rads))


def is_unknown(ball: Ball) -> bool:
    """Whether nothing is known of a number, in the one way of saying so."""
    return bool(np.isinf(ball.rad)) and float(ball.mid) == 0.0


def contains(ball: Ball, value: Fraction) -> bool:
    """Whether an exact value lies in a ball of shape (), decided in rationals."""
    if is_unknown(ball):
        return True
    return abs(Fraction(float(ball.mid)) - value) <= Fraction(float(ball.rad))
