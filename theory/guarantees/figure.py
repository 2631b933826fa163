"""A number of a certificate: its value, what kind of bound it is, and where it is from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from theory.arithmetic import Number

Kind = Literal["exact", "upper", "lower"]


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
        Width of the enclosure of what was computed: rounding, mostly.
    """

    value: float
    kind: Kind
    theorem: str
    error: float = 0.0


def figure(number: Number, kind: Kind, theorem: str) -> Figure:
    """Report the safe end of an enclosure, shape ().

    Examples
    --------
    >>> from theory.arithmetic import Ball
    >>> figure(Ball(0.5), "exact", "quantities.coherence")
    Figure(value=0.5, kind='exact', theorem='quantities.coherence', error=0.0)
    """
    mid, rad = float(number.mid), float(number.rad)
    return Figure(mid - rad if kind == "lower" else mid + rad, kind, theorem, 2 * rad)
