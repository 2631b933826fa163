"""What is asked: the set of codes and noise, and the error that is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan
from numbers import Integral
from typing import Any

from sparsebound.theory.errors import InputError


@dataclass(frozen=True)
class Settings:
    """The set of codes that a certificate speaks of.

    Attributes
    ----------
    sparsity : int or None
        Nonzeros of the codes; by default the largest at which the rate is below 1.
    amplitude : float
        ``B >= ||x||_inf``.
    noise : float
        ``nu >= ||W^T e||_inf``.
    tolerance : float
        The error that is wanted, in the maximum norm.

    Examples
    --------
    >>> Settings(noise=-1)
    Traceback (most recent call last):
        ...
    sparsebound.InputError: --noise is -1; expected a finite number that is at least 0
    """

    sparsity: int | None = None
    amplitude: float = 1.0
    noise: float = 0.0
    tolerance: float = 1e-3

    def __post_init__(self) -> None:
        if self.sparsity is not None:
            expected = "an integer that is at least 1"
            object.__setattr__(self, "sparsity", integer("--sparsity", self.sparsity, 1, expected))
        for name in ("noise", "amplitude", "tolerance"):
            value = finite(f"--{name}", getattr(self, name), above=name != "noise")
            object.__setattr__(self, name, value)


def integer(option: str, value: Any, least: int, expected: str) -> int:
    """An integer that is large enough.

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> integer("--pairs", 1.5, 1, "a number of pairs")
    Traceback (most recent call last):
        ...
    sparsebound.InputError: --pairs is 1.5; expected a number of pairs
    """
    if not (isinstance(value, Integral) and int(value) >= least):
        raise InputError(option, value, expected)
    return int(value)


def finite(option: str, value: Any, *, above: bool = False) -> float:
    """A finite number that is at least 0, or above it.

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> finite("--lam", "much", above=True)
    Traceback (most recent call last):
        ...
    sparsebound.InputError: --lam is 'much'; expected a finite number above 0
    """
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = nan
    if not (isfinite(found) and (found > 0 if above else found >= 0)):
        expected = "a finite number above 0" if above else "a finite number that is at least 0"
        raise InputError(option, value, expected)
    return found
