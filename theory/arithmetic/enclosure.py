"""What an oracle proves: a number lies between two others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sparsebound.theory.arithmetic.number import Mask, Number


@dataclass(frozen=True)
class Enclosure:
    """A number of which a lower and an upper bound are proved, each a number of its own.

    A claim that the number is at most ``r`` is decided by the upper bound if it holds, and by the
    lower bound if it is violated.

    Attributes
    ----------
    lower, upper : Number
        The bounds, of one shape.
    """

    lower: Number
    upper: Number

    def where(self, mask: Mask, other: Any) -> Enclosure:
        """Keep the entries where ``mask`` holds and take ``other`` elsewhere."""
        return Enclosure(self.lower.where(mask, other), self.upper.where(mask, other))
