"""What is asked: the set of codes and noise, and the error that is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
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
        asked: Any = self.sparsity  # of any type
        if asked is not None:
            if not (isinstance(asked, Integral) and int(asked) >= 1):
                raise InputError("--sparsity", asked, "an integer that is at least 1")
            object.__setattr__(self, "sparsity", int(asked))
        if not (isfinite(self.noise) and self.noise >= 0):
            raise InputError("--noise", self.noise, "a finite number that is at least 0")
        for name in ("amplitude", "tolerance"):
            value = getattr(self, name)
            if not (isfinite(value) and value > 0):
                raise InputError(f"--{name}", value, "a finite number above 0")
