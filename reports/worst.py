"""Codes that are worth looking at, and which of two is more so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any, Self

import numpy as np

from sparsebound.reports.codec import JsonRecord, OneOf
from sparsebound.theory.verdict import Status, Verdict
from sparsebound.theory.violations import Violation

_SEVERITY = {str(status): int(status) for status in Status}
_STATUSES = tuple(_SEVERITY)
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: Any) -> str:
    """Write JSON in its one canonical form: sorted keys, no spaces.

    Parameters
    ----------
    value : object
        What JSON can hold.

    Returns
    -------
    str

    Examples
    --------
    >>> canonical({"b": 1, "a": [0.5]})
    '{"a":[0.5],"b":1}'
    """
    return _CANONICAL.encode(value)


@dataclass(frozen=True)
class ViolatedClaim(JsonRecord):
    """A claim that is violated on a code, with its own two sides, where it is violated most.

    Attributes
    ----------
    claim : str
        Its name.
    lhs, rhs : float or None
        Its sides; None where one is not finite.
    step, coordinate : int or None
        Where; steps are counted from 1, coordinates from 0.
    expected : tuple of float
        The least and the largest number that could have been found there; empty if it is not about
        a number.
    found : float or None
        What was; None if it is not finite, or nothing was expected.

    Examples
    --------
    >>> ViolatedClaim.of(Violation("a step", 0.0625, 0.0, (("step", 3),))).step
    3
    """

    claim: str
    lhs: float | None
    rhs: float | None
    step: int | None = None
    coordinate: int | None = None
    expected: tuple[float, ...] = ()
    found: float | None = None

    @classmethod
    def of(cls, violation: Violation) -> Self:
        """Keep what JSON can hold of a violation.

        Parameters
        ----------
        violation : Violation
            On one code.

        Returns
        -------
        ViolatedClaim
        """
        at = dict(violation.place)
        return cls(
            violation.claim,
            _finite(violation.lhs),
            _finite(violation.rhs),
            at.get("step"),
            at.get("coordinate"),
            violation.expected or (),
            _finite(violation.found),
        )


def _finite(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)


@dataclass(frozen=True)
class Worst(JsonRecord):
    """A code worth looking at, with what replays it.

    Attributes
    ----------
    recipe : dict
        JSON from which the batch is built again.
    code : int
        Index of the code in the batch.
    status : str
        What became of the theorem on it: a :class:`sparsebound.theory.verdict.Status` in words.
    ratio : float or None
        The largest lhs/rhs of its claims, where defined.
    claim : str
        The claim with that ratio; the one that is the cause, if any is violated.
    cause : str
        What is wrong, if it is violated: where, what was expected, and what was found.
    violated : tuple of ViolatedClaim
        All claims that are, the cause first.
    text : str
        The instance in full, where it is small.

    Examples
    --------
    >>> Worst({"seed": 1}, 0, "holds", 0.5, "||x||_0 + 1 <= ||z||_0").to_json()["recipe"]
    {'seed': 1}
    """

    recipe: dict[str, Any]
    code: int
    status: Annotated[str, OneOf(_STATUSES)]
    ratio: float | None
    claim: str
    text: str = ""
    cause: str = ""
    violated: tuple[ViolatedClaim, ...] = ()

    @classmethod
    def of(cls, verdict: Verdict, recipe: dict[str, Any], code: int, *, text: str = "") -> Self:
        """Keep one code of a decided batch.

        Parameters
        ----------
        verdict : Verdict
            On the batch.
        recipe : dict
            JSON from which the batch is built again.
        code : int
            Index of the code.
        text : str
            The instance in full, where it is small.

        Returns
        -------
        Worst
        """
        status = Status(int(verdict.status[code]))
        ratio = float(verdict.ratio[code])
        if status == Status.HOLDS:
            ratio = min(ratio, 1.0)
        defined = ratio if np.isfinite(ratio) else None
        return cls(recipe, int(code), str(status), defined, verdict.claim[code], text)

    @property
    def _interest(self) -> tuple[int, float]:
        ratio = -np.inf if self.ratio is None else self.ratio
        return _SEVERITY[self.status], ratio

    @property
    def _size(self) -> tuple[int, str, str]:
        recipe = canonical(self.recipe)
        return len(recipe), recipe, canonical(self.to_json())


def most_interesting(first: Worst | None, second: Worst | None) -> Worst | None:
    """Choose the worse status, then the larger ratio, then the smaller recipe.

    Parameters
    ----------
    first, second : Worst or None
        What there is to choose from.

    Returns
    -------
    Worst or None

    Examples
    --------
    >>> held, tight = Worst({}, 0, "holds", 0.5, ""), Worst({}, 0, "holds", 0.9, "")
    >>> most_interesting(held, tight).ratio
    0.9
    """
    if first is None or second is None:
        return first or second
    if first._interest != second._interest:
        return max(first, second, key=lambda worst: worst._interest)
    return min(first, second, key=lambda worst: worst._size)


def simplest(first: Worst | None, second: Worst | None) -> Worst | None:
    """Choose the counterexample with the smaller recipe; without one, the most interesting code.

    Parameters
    ----------
    first, second : Worst or None
        What there is to choose from.

    Returns
    -------
    Worst or None

    Examples
    --------
    >>> large = Worst({"atoms": 12}, 0, "violated", 3.0, "")
    >>> simplest(large, Worst({"atoms": 2}, 0, "violated", 2.0, "")).recipe
    {'atoms': 2}
    """
    if first and second and first.status == second.status == str(Status.VIOLATED):
        return min(first, second, key=lambda worst: worst._size)
    return most_interesting(first, second)
