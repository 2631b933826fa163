"""Bounds as decimal text: rounded in the direction in which they stay true.

The last digit of an upper bound is rounded up, that of a lower bound down, exactly: as a rational
number, the text is never on the wrong side. As many digits are written as tell a number from 0 and
from 1, where guarantees end: an upper bound just below 1 never reads 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from itertools import count
from math import isfinite

Real = int | float | Fraction

DIGITS, ENOUGH, FEWEST = 6, 17, 3
"""How many digits are written, how many tell any two floats apart, and how many are too few."""

EDGES = (0, 1)
FULL = 10**15
"""Integers below it are written in full."""

UNKNOWN = "unknown"
"""What is written for ``None``, nan and infinity: of them, nothing is known."""


def up(value: Real | None, digits: int = DIGITS, *, edges: Iterable[Real] = EDGES) -> str:
    """Write an upper bound, or what is required: no smaller than the number.

    Parameters
    ----------
    value : int, float, Fraction or None
        The bound.
    digits : int
        Significant digits, at least; trailing zeros are left out, integers are written in full.
    edges : iterable of int, float or Fraction
        Numbers that the text has to be told from.

    Returns
    -------
    str

    Examples
    --------
    >>> up(0.78432200692), up(0.9999996), up(1234567.0), up(None)
    ('0.784323', '0.9999996', '1234567', 'unknown')
    """
    return _rounded(value, digits, edges, ROUND_CEILING)


def down(value: Real | None, digits: int = DIGITS, *, edges: Iterable[Real] = EDGES) -> str:
    """Write a lower bound, or a margin: no larger than the number.

    Parameters
    ----------
    value, digits, edges
        As in :func:`up`.

    Returns
    -------
    str

    Examples
    --------
    >>> down(0.9999996), down(2 / 3, 4), down(-2 / 3, 4), down(1 + 1e-8)
    ('0.999999', '0.6666', '-0.6667', '1.000000009')
    """
    return _rounded(value, digits, edges, ROUND_FLOOR)


def enclosed(lower: Real | None, upper: Real | None, digits: int = DIGITS) -> str:
    """Write a number that is known to lie between two others: its digits that are certain.

    Parameters
    ----------
    lower, upper : int, float, Fraction or None
        What it lies between.
    digits : int
        Significant digits, unless fewer are certain, or more tell it from 0 or 1.

    Returns
    -------
    str
        The number, rounded to nearest whichever it is; both ends if not even three digits of it
        are certain.

    Examples
    --------
    >>> enclosed(0.8, 0.8000000000000002), enclosed(0.12344, 0.12346), enclosed(0.2, 0.9)
    ('0.8', '0.123', '0.2 to 0.9')
    """
    if lower is None or upper is None or not (isfinite(lower) and isfinite(upper)):
        return UNKNOWN
    if lower == upper and _whole(lower):
        return str(int(lower))
    for places in (*range(digits, ENOUGH + 1), *range(digits - 1, FEWEST - 1, -1)):
        near, other = (_decimal(end, places, ROUND_HALF_EVEN) for end in (lower, upper))
        if near == other and (near not in EDGES or lower <= Fraction(near) <= upper):
            return _text(near, places)
    return f"{down(lower, digits)} to {up(upper, digits)}"


def given(value: float | None) -> str:
    """Write a number that was chosen: the shortest decimal that is read as the same float.

    Examples
    --------
    >>> given(0.1), given(1.0), given(1e-7)
    ('0.1', '1', '1e-7')
    """
    if value is None or not isfinite(value):
        return UNKNOWN
    return _text(Decimal(repr(float(value))), ENOUGH)


def about(value: float | None, digits: int = DIGITS) -> str:
    """Write a number that is to be looked at, not relied on: rounded to nearest.

    Examples
    --------
    >>> about(2 / 3), about(None)
    ('about 0.666667', 'unknown')
    """
    if value is None or not isfinite(value):
        return UNKNOWN
    return f"about {_text(_decimal(value, digits, ROUND_HALF_EVEN), digits)}"


def percent(part: int, whole: int) -> str:
    """Write a share, rounded down: 100% is all, and 0% is none.

    Examples
    --------
    >>> percent(2499, 2500), percent(29, 100), percent(1, 10**6), percent(5, 5)
    ('99.9%', '29%', '0.0001%', '100%')
    """
    return f"{down(Fraction(100 * part, whole), FEWEST, edges=(0, 100))}%"


def _rounded(value: Real | None, digits: int, edges: Iterable[Real], direction: str) -> str:
    if value is None or not isfinite(value):
        return UNKNOWN
    if _whole(value):
        return str(int(value))
    exact, held = Fraction(value), [Fraction(edge) for edge in edges if edge != value]
    for places in count(digits):
        made = _decimal(value, places, direction)
        shown = Fraction(made)
        if all(edge != shown and (edge < shown) == (edge < exact) for edge in held):
            return _text(made, places)
    raise AssertionError("enough digits tell a number from any other")


def _whole(value: Real) -> bool:
    return -FULL < value < FULL and value == int(value)


def _decimal(value: Real, places: int, direction: str) -> Decimal:
    """Round once: the only rounding is that of the quotient of two integers."""
    numerator, denominator = map(Decimal, value.as_integer_ratio())
    return Context(prec=places, rounding=direction).divide(numerator, denominator)


def _text(value: Decimal, places: int) -> str:
    value = value.normalize(Context(prec=max(places, ENOUGH)))
    return f"{value:f}" if -5 < value.adjusted() < places else f"{value:e}"
