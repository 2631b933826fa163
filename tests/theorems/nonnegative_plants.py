"""What is planted for theorems on nonnegative codes; importing it adds to the tables."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.evidence import OneSidedRival
from tests.theorems.planting import FAR, PLANTS, Plants, altered, at


def rival(found: OneSidedRival, code: int) -> Plants:
    """Another code that is far away, everywhere or where it is largest."""
    yield "far", altered(found, code, point=FAR * found.sides[code])
    largest = int(np.abs(found.point[code]).argmax())
    far = FAR * found.sides[code, largest]
    yield "largest", altered(found, code, point=at(largest, lambda _: far))


PLANTS[OneSidedRival] = rival
