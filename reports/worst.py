"""Codes that are worth looking at, and which of two is more so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any, Self

import numpy as np

from sparsebound.reports.codec import JsonRecord, OneOf
from sparsebound.theory.verdict import Status, Verdict

_SEVERITY = {str(status): int(status) for status in Status}
_STATUSES = tuple(_SEVERITY)


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
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


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

    @classmethod
    def of(
        cls, verdict: Verdict, recipe: dict[str, Any], code: int, *, text: str = "", cause: str = ""
    ) -> Self:
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
        cause : str
            What is wrong with it, if it is violated.

        Returns
        -------
        Worst
        """
        status = Status(int(verdict.status[code]))
        ratio = float(verdict.ratio[code])
        if status == Status.HOLDS:
            ratio = min(ratio, 1.0)
        defined = ratio if np.isfinite(ratio) else None
        return cls(recipe, int(code), str(status), defined, verdict.claim[code], text, cause)

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
