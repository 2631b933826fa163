"""Single numbers of exact arithmetic: a rational (``fmpq``) or a ball (``arb``).

An infinity is a ball whose midpoint is infinite and whose radius is not; of ``nan``, and of a ball
of infinite radius, nothing is known.
"""

from __future__ import annotations

from fractions import Fraction
from math import inf, isfinite, nextafter
from typing import Any

from flint import arb, fmpq

from sparsebound.theory.arithmetic.data import rational
from sparsebound.theory.arithmetic.number import UNKNOWN

Entry = Any  # fmpq | arb


def entry(value: Any) -> Entry:
    """Take a number of any real type, without rounding."""
    if isinstance(value, fmpq | arb):
        return value
    exact = value if isinstance(value, Fraction) else rational(value)
    return arb(float(value)) if exact is None else fmpq(exact.numerator, exact.denominator)


def enclosed(mid: float, rad: float) -> Entry:
    """Take a ball of float64 into exact arithmetic."""
    if rad == 0:
        return entry(mid)
    return arb(mid, rad) if isfinite(rad) else arb.nan()


def as_ball(value: Entry) -> arb:
    """Enclose an entry at the precision of the moment."""
    return value if isinstance(value, arb) else arb(value)


def is_finite(value: Entry) -> bool:
    """Whether an entry is a rational, or a ball around one of finite radius."""
    return isinstance(value, fmpq) or bool(value.is_finite())


def is_infinity(value: arb) -> bool:
    """Whether a ball is an infinity, and not one of which nothing is known."""
    mid = value.mid()
    return not (mid.is_finite() or mid.is_nan()) and bool(value.rad().is_finite())


def divide(a: Entry, b: Entry) -> Entry:
    """Divide; nothing is known of a quotient by zero."""
    if isinstance(b, fmpq) and b == 0:
        return arb.nan()
    return a / b


def root(value: Entry) -> Entry:
    """Square root of a nonnegative number, rational if possible; unknown of a negative one."""
    if isinstance(value, fmpq):
        p, q = value.p, value.q
        if p.is_square() and q.is_square():
            return fmpq(p.isqrt(), q.isqrt())
        return arb(value).sqrt()
    return arb.nan() if value < 0 else value.nonnegative_part().sqrt()


def exponential(value: Entry) -> Entry:
    """Exponential function; rational at 0 alone."""
    return fmpq(1) if value == 0 else as_ball(value).exp()


def arccosine(value: Entry) -> Entry:
    """Arc cosine of a number in [-1, 1], rational at 1 alone; unknown of any other number.

    Examples
    --------
    >>> arccosine(fmpq(1)), arccosine(fmpq(2)).is_finite()
    (0, False)
    """
    if value == 1:
        return fmpq(0)
    ball = as_ball(value)
    if not ball.is_finite() or ball > 1 or ball < -1:
        return arb.nan()
    ends = ball.lower().max(arb(-1)), ball.upper().min(arb(1))
    return ends[0].acos().union(ends[1].acos())


def larger(a: Entry, b: Entry) -> Entry:
    """The larger number, as it is where that is decided: it stays rational if it was."""
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return b if (a - b).p < 0 else a
    if a >= b:
        return a
    return b if b >= a else as_ball(a).max(as_ball(b))


def hull(a: Entry, b: Entry) -> Entry:
    """The smallest ball around both, or the number itself if both are the same rational."""
    same = isinstance(a, fmpq) and isinstance(b, fmpq) and bool(a == b)
    return a if same else as_ball(a).union(as_ball(b))


def sign(value: Entry) -> int:
    """-1, 0, 1, or ``UNKNOWN``."""
    if isinstance(value, fmpq):  # to compare costs as much as ten looks at the numerator
        zero = not value  # type: ignore[truthy-bool]  # its stub lacks __bool__
        return 0 if zero else 1 if value.p > 0 else -1
    if value > 0:
        return 1
    if value < 0:
        return -1
    return 0 if value == 0 else UNKNOWN


def midpoint(value: Entry) -> float:
    """Round to float64; 0 if nothing is known, or the number is beyond the range."""
    if isinstance(value, fmpq):
        if not value:  # type: ignore[truthy-bool]
            return 0.0
        try:
            return int(value.p) / int(value.q)
        except OverflowError:
            return 0.0
    mid = float(value.mid())
    return mid if isfinite(mid) or is_infinity(value) else 0.0


def radius(value: Entry) -> float:
    """Distance from the rounded midpoint within which the number is, rounded up."""
    mid = midpoint(value)
    if not isfinite(mid):
        return 0.0
    nearest = fmpq(*mid.as_integer_ratio())
    if isinstance(value, fmpq):
        return 0.0 if value == nearest else _upward(arb(abs(value - nearest)))
    if not value.is_finite():
        return inf
    if value.is_exact() and value == nearest:
        return 0.0
    return _upward(abs(value.mid() - nearest) + value.rad())


def _upward(value: arb) -> float:
    return nextafter(float(value.upper()), inf)
