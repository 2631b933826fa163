"""What is wrong on one code, claim by claim: which numbers, at which step, in which coordinate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, Mask, precision
from sparsebound.theory.compared import compare
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.theorem import Claim, Theorem
from sparsebound.theory.verdict import BITS, LARGEST_DECIDED_EXACTLY, atoms_of


@dataclass(frozen=True)
class Violation:
    """A violated claim, with its own two sides, where it is violated most.

    Attributes
    ----------
    claim : str
        Its name.
    lhs, rhs : float
        Its sides there.
    place : tuple of (str, int)
        Where: names of axes, and numbers that begin with 1 for steps, and with 0 for coordinates.
    expected : (float, float), optional
        The least and the largest number that could have been found there.
    found : float, optional
        What was.

    Examples
    --------
    >>> where = (("step", 3), ("coordinate", 5))
    >>> print(Violation("a step", 0.0625, 1e-16, where, (0.25, 0.25), 0.3125))
    step 3, coordinate 5: 0.25 expected, 0.3125 found (a step: 0.0625 > 1e-16)
    >>> print(Violation("||x^k - x|| <= q^k B", 2.0, 1.0, (("step", 3),)))
    step 3: ||x^k - x|| <= q^k B: 2 > 1
    """

    claim: str
    lhs: float
    rhs: float
    place: tuple[tuple[str, int], ...] = ()
    expected: tuple[float, float] | None = None
    found: float | None = None

    def __str__(self) -> str:
        where = ", ".join(f"{name} {number}" for name, number in self.place)
        left, right = apart(self.lhs, self.rhs)
        relation = ">" if self.lhs > self.rhs else "is not below"
        sides = f"{self.claim}: {left} {relation} {right}"
        if self.expected is None or self.found is None:
            return f"{where}: {sides}" if where else sides
        low, high = self.expected
        nearest = low if abs(self.found - low) <= abs(self.found - high) else high
        wanted, found = apart(nearest, self.found)
        if low != high:
            wanted = f"{low:.6g} to {high:.6g}"
        return f"{where}: {wanted} expected, {found} found ({sides})"


def apart(first: float, second: float) -> tuple[str, str]:
    """Write two numbers with as few digits as tell them apart, 4 at least.

    Examples
    --------
    >>> apart(0.25, 0.31), apart(1.0, 1.0000001)
    (('0.25', '0.31'), ('1', '1.0000001'))
    """
    for digits in range(4, 18):
        texts = f"{first:.{digits}g}", f"{second:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def violations(
    theorem: Theorem,
    given: Posed,
    evidence: Mapping[str, Any],
    code: int,
    changes: Mapping[str, Any] | None = None,
) -> tuple[Violation, ...]:
    """Say which claims are violated on one code of a batch, the cause of the others first.

    Parameters
    ----------
    theorem : Theorem
        What was decided.
    given : Instance, DeepInstance or Experiment
        The batch.
    evidence : mapping
        What the theorem needs.
    code : int
        Which code; one that was violated.
    changes : mapping, optional
        The changes of a mutant.

    Examples
    --------
    >>> from sparsebound.theory.dictionary.welch import THEOREM
    >>> [found] = violations(THEOREM, THEOREM.extremal(1), {}, 0, THEOREM.mutants[0].changes)
    >>> found.lhs > found.rhs
    True
    """
    instance = posed(given).instance
    if theorem.about != "dictionary":
        instance = instance.select([code])
        evidence = {name: value.select([code]) for name, value in evidence.items()}
    exact = atoms_of(instance) <= LARGEST_DECIDED_EXACTLY
    with precision(BITS):
        taken = instance.exact() if exact else instance
        claims = theorem.claims_of(taken, evidence, changes or {})
        found = [_violation(theorem, taken, claim) for claim in claims]
    return tuple(one for one in found if one)


def _violation(theorem: Theorem, instance: Any, claim: Claim) -> Violation | None:
    compared = compare(theorem, instance, claim, 1)
    if not compared.hold.size:
        return None
    broken = compared.never(claim.strict) & ~compared.surely(claim.strict) & ~compared.close
    if not broken.any():
        return None
    shape = compared.shape
    left, right = (np.broadcast_to(side, shape)[0] for side in (compared.left, compared.right))
    at = _place(np.asarray(broken.reshape(shape)[0]), left, right)
    where, sides = _named(at, claim), (float(left[at]), float(right[at]))
    if claim.comparison is None:
        return Violation(claim.name, *sides, where)
    low, high, found = (values[0][at] for values in claim.comparison())
    coordinate = _farthest(low, high, found)
    expected = float(low[coordinate]), float(high[coordinate])
    where = (*where, ("coordinate", coordinate))
    return Violation(claim.name, *sides, where, expected, float(found[coordinate]))


def _place(broken: Mask, left: FloatArray, right: FloatArray) -> tuple[int, ...]:
    """Choose the first step that is wrong, the cause of the later ones, and the worst of it."""
    if not broken.ndim:
        return ()
    first = int(np.argmax(broken.reshape(len(broken), -1).any(axis=1)))
    with np.errstate(invalid="ignore"):
        excess = np.where(broken[first], left[first] - right[first], -np.inf)
    return (first, *(int(place) for place in np.unravel_index(np.argmax(excess), excess.shape)))


def _named(place: tuple[int, ...], claim: Claim) -> tuple[tuple[str, int], ...]:
    axes = [*claim.axes, *[("entry", 0)] * (len(place) - len(claim.axes))]
    return tuple(
        (name, first + int(number)) for (name, first), number in zip(axes, place, strict=True)
    )


def _farthest(low: FloatArray, high: FloatArray, found: FloatArray) -> int:
    with np.errstate(invalid="ignore"):
        off = np.maximum(low - found, found - high)
    return int(np.argmax(np.where(np.isfinite(found), off, np.inf)))
