"""How long a campaign goes on: for a time, or for a number of instances."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from sparsebound.theory.errors import InputError

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MOST = 10**15
"""Neither seconds nor instances are as many."""


@dataclass(frozen=True)
class Budget:
    """A time, or a number of instances of all theorems together.

    Attributes
    ----------
    seconds : float or None
    instances : int or None

    Examples
    --------
    >>> Budget.of("8h"), Budget.of("1e6")
    (Budget(seconds=28800.0, instances=None), Budget(seconds=None, instances=1000000))
    """

    seconds: float | None = None
    instances: int | None = None

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a time with its unit, or a number without one.

        Raises
        ------
        InputError
            If it is neither.
        """
        number, unit = re.fullmatch(r"(.*?)([smhd]?)", text, re.DOTALL).groups()  # type: ignore[union-attr]
        try:
            value = float(number.replace(",", ""))
        except ValueError:
            value = math.nan
        if not 0 < value < MOST or (not unit and value != int(value)):
            expected = "a time such as 90s, 30m or 8h, or a number of instances"
            raise InputError("--until", text, expected)
        return cls(seconds=value * UNITS[unit]) if unit else cls(instances=int(value))

    @property
    def open_ended(self) -> bool:
        """Whether nobody knows beforehand how many instances there will be."""
        return self.seconds is not None

    def share(self, effort: int, efforts: list[int]) -> int:
        """Say how many of the instances one theorem gets, by how costly each of them is.

        Examples
        --------
        >>> [Budget(instances=300).share(effort, [1, 2]) for effort in (1, 2)]
        [200, 100]
        """
        total = sum(1 / other for other in efforts)
        return math.ceil((self.instances or 0) / effort / total - 1e-9)

    def clock(self) -> Callable[[], bool]:
        """Start the time, and give the function that says whether it is over."""
        end = math.inf if self.seconds is None else time.monotonic() + self.seconds
        return lambda: time.monotonic() >= end
