"""What is planted for theorems on encoders; importing it adds to the tables."""

from __future__ import annotations

from sparsebound.theory.evidence import EncoderStep
from tests.theorems.planting import FAR, PLANTS, Plants, altered, at


def encoder(found: EncoderStep, code: int) -> Plants:
    """Far less noise than nothing, thresholds that fit, and codes that are not the worst."""
    less = altered(found, code, noise=-FAR)
    yield "noise", less
    yield "thresholds", altered(less, code, thresholds=-FAR / 2)
    first, second = (int(unit) for unit in found.units[code])
    yield "off", altered(found, code, worst=at((0, first), lambda _: -FAR))
    yield "on", altered(found, code, worst=at((1, second), lambda _: FAR))


PLANTS[EncoderStep] = encoder
