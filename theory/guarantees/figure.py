"""A number of a certificate: its value, what kind of bound it is, and where it is from."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite, isnan, nextafter
from typing import Literal

from sparsebound.theory.arithmetic import Ball

Kind = Literal["exact", "upper", "lower"]

SHARP = 1e-3
"""Up to which relative width an enclosure is that of the quantity itself: three digits of it."""


@dataclass(frozen=True)
class Figure:
    """A number that is reported.

    Attributes
    ----------
    value : float
        The safe end of the enclosure: the lower one of a lower bound, else the upper one.
    kind : {"exact", "upper", "lower"}
        Whether it is the quantity itself, up to ``error``, or a bound of it.
    theorem : str
        The theorem, or the quantity, that it is from.
    error : float
        Width of the enclosure of what was computed, rounded up: rounding, mostly.
    """

    value: float
    kind: Kind
    theorem: str
    error: float = 0.0


def figure(number: Ball, kind: Kind, theorem: str) -> Figure:
    """Report the safe end of an enclosure, shape ().

    What is to be exact, and is known to less than three digits, is reported as an upper bound;
    what is unknown as an infinite one.

    Examples
    --------
    >>> figure(Ball(0.5), "exact", "quantities.coherence")
    Figure(value=0.5, kind='exact', theorem='quantities.coherence', error=0.0)
    >>> found = figure(Ball(0.5, 0.25), "exact", "quantities.coherence")
    >>> found.value, found.kind
    (0.7500000000000001, 'upper')
    """
    lower, upper = float(number.lower), float(number.upper)
    lower, upper = -inf if isnan(lower) else lower, inf if isnan(upper) else upper
    error = 0.0 if lower == upper else nextafter(upper - lower, inf)
    if kind == "exact" and not (isfinite(error) and error <= SHARP * abs(upper)):
        kind = "upper"
    return Figure(lower if kind == "lower" else upper, kind, theorem, error)
