"""What a theorem promises for all codes of a sparsity, in terms of its own premises and bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Version = Literal["coherence", "babel", "local"]
"""What is known of a dictionary: its coherence alone, its Babel function, who meets whom."""

Value = Callable[[Any], Any]
"""From codes that stand for all of a sparsity to a number of shape (B,)."""


@dataclass(frozen=True)
class Constant:
    """A constant that a theorem gives where it applies.

    Attributes
    ----------
    name, formula : str
        For people; in the formula ``v`` is what the condition keeps below 1.
    value : callable
        Its upper bound: the function that the theorem's own premises or claims are made of.
    """

    name: str
    formula: str
    value: Value


@dataclass(frozen=True)
class Promise:
    """A property of all codes of a sparsity, and which premises of a theorem decide it.

    The premises are evaluated for :class:`~sparsebound.theory.worst_case.EverySupport`. Those that
    are named have to come up there: what a theorem asks of evidence cannot be among them.

    Attributes
    ----------
    property : str
        What is promised, the same for all theorems that promise it.
    conditions : mapping
        From each version in which it is promised to the condition, in words.
    premises : tuple of str
        Names of the premises that have to hold.
    constants : tuple of Constant
        What the theorem says beyond that.
    rate : callable, optional
        A rate of the theorem's claims that has to be below 1, where no premise says so.
    """

    property: str
    conditions: Mapping[Version, str]
    premises: tuple[str, ...] = ()
    constants: tuple[Constant, ...] = ()
    rate: Value | None = None


UNIQUE, LOCALLY_UNIQUE = "unique sparsest", "unique locally sparsest"
PURSUIT, GREEDY = "basis pursuit", "orthogonal matching pursuit"
STABLE, DENOISING, STOPPED = "stable", "stable basis pursuit", "stable matching pursuit"
LASSO, UNFOLDED = "Lasso", "unfolded network"
GREEDY_ON_SUPPORT = "orthogonal matching pursuit, for any entries"
YOUR_NETWORK = "your network"
LASSO_WITH_SIGNS, LEAST_SUM = "Lasso, for these signs", "nonnegative code of least sum"
ONLY_NONNEGATIVE = "only nonnegative code"

PROPERTIES = (
    *(UNIQUE, LOCALLY_UNIQUE, PURSUIT, GREEDY),
    *(STABLE, DENOISING, STOPPED, LASSO, UNFOLDED),
)
"""In the order in which they are shown."""

BY_COHERENCE, BY_BABEL = "(2s - 1) mu < 1", "mu1(s-1) + mu1(s) < 1"
BY_PAIRS, BY_LOCAL = "mu1(2s - 1) < 1", "(2 s_loc - 1) mu < 1"
