"""Exact signs of sums of square roots of rationals.

Norms of atoms are such roots. A sign is read from floating point where the sum is far from zero,
from balls of rising precision where it is near, and from algebra where it is zero: square roots of
rationals, no two of which have a rational ratio, are linearly independent over the rationals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from math import inf, isfinite, sqrt

from flint import arb, ctx, fmpq

Term = tuple[int, fmpq]
"""``(sign, square)``: the number ``sign * sqrt(square)``."""

CLEAR = 2.0**-44
"""Share of the sum of sizes by which up to a thousand rounded terms cannot be wrong."""

PRECISIONS = (128, 512)
"""Bits that are tried before asking whether a sum is zero; they are doubled after that."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Compute balls with so many bits."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def rational(value: float) -> fmpq:
    """The rational number that a float is."""
    return fmpq(*float(value).as_integer_ratio())


def quotient(value: fmpq) -> float:
    """The nearest float."""
    return int(value.p) / int(value.q)


def term(value: fmpq) -> Term:
    """A rational number as a signed root."""
    return (value > 0) - (value < 0), value * value


def negated(terms: Iterable[Term]) -> list[Term]:
    """The terms of the sum with the other sign."""
    return [(-sign, square) for sign, square in terms]


def sign(terms: Iterable[Term]) -> int:
    """Exact sign of a sum of signed roots: -1, 0 or 1."""
    present = [(one, square) for one, square in terms if one and square != 0]
    if not present:
        return 0
    found = _sign_in_floats(present)
    if found:
        return found
    for bits in PRECISIONS:
        found = _sign_in_balls(present, bits)
        if found:
            return found
    if _vanishes(present):
        return 0
    bits = PRECISIONS[-1]
    while not found:
        bits *= 2
        found = _sign_in_balls(present, bits)
    return found


class Largest:
    """The largest of some sums of signed roots, compared exactly.

    Parameters
    ----------
    sums : callable
        Makes the sums; called where floats do not decide.
    value : float, optional
        The largest sum, as sums of at most a hundred rounded terms of one sign give it.
    """

    def __init__(self, sums: Callable[[], list[list[Term]]], value: float | None = None) -> None:
        self._sums = cache(sums)
        self.value = max(map(_rounded, sums()), default=0.0) if value is None else value

    def compare(self, bound: fmpq) -> int:
        """Sign of the largest sum minus a rational number; the sum of nothing is 0."""
        distance = self.value - _rounded([term(bound)])
        if abs(distance) > CLEAR * max(self.value, 1.0) and isfinite(distance):
            return 1 if distance > 0 else -1
        limit = negated([term(bound)])
        return max((sign([*terms, *limit]) for terms in self._sums()), default=sign(limit))


def _rounded(terms: Iterable[Term]) -> float:
    """A sum in floats, or infinity."""
    try:
        return sum(one * sqrt(quotient(square)) for one, square in terms)
    except OverflowError:
        return inf


def _sign_in_floats(terms: list[Term]) -> int:
    """The sign where it is clear of rounding, else 0."""
    total = size = 0.0
    try:
        for one, square in terms:
            root = sqrt(quotient(square))
            total += one * root
            size += root
    except OverflowError:
        return 0
    if not (1e-100 < size < 1e300) or abs(total) <= CLEAR * size or len(terms) > 1000:
        return 0
    return 1 if total > 0 else -1


def _sign_in_balls(terms: list[Term], bits: int) -> int:
    with precision(bits):
        total = arb(0)
        for one, square in terms:
            total += one * arb(square).sqrt()
        return int(total > 0) - int(total < 0)


def _vanishes(terms: list[Term]) -> bool:
    """Whether the rational coefficients of all classes of roots are zero."""
    classes: list[tuple[fmpq, fmpq]] = []  # square of the representative, coefficient
    for one, square in terms:
        for at, (representative, coefficient) in enumerate(classes):
            ratio = root_of_square(square / representative)
            if ratio is not None:
                classes[at] = representative, coefficient + one * ratio
                break
        else:
            classes.append((square, fmpq(one)))
    return all(coefficient == 0 for _, coefficient in classes)


def root_of_square(value: fmpq) -> fmpq | None:
    """The square root of a rational number if it is rational."""
    if value.p.is_square() and value.q.is_square():
        return fmpq(value.p.isqrt(), value.q.isqrt())
    return None


def root(square: fmpq, *, below: bool) -> fmpq:
    """The square root, or a rational number that is near it, on the side that is asked for."""
    exact = root_of_square(square)
    if exact is not None:
        return exact
    scale = 1
    while square * scale * scale < 2**160:
        scale *= 2**40
    floor = (square.p * scale * scale // square.q).isqrt()
    return fmpq(floor if below else floor + 1, scale)
