"""What is planted for theorems on nonnegative codes; importing it adds to the tables."""

from __future__ import annotations

from sparsebound.theory.evidence import OneSidedRival
from tests.theorems.planting import FAR, PLANTS, Plants, altered, at


def rival(found: OneSidedRival, code: int) -> Plants:
    """Another code that is far away, everywhere or where it is largest."""
    yield "far", altered(found, code, point=FAR)
    largest = int(found.point[code].argmax())
    yield "largest", altered(found, code, point=at(largest, lambda _: FAR))


PLANTS[OneSidedRival] = rival
