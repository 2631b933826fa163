"""What holds for all codes of a dictionary, by their sparsity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from theory.arithmetic import Ball
from theory.guarantees.figure import Figure, figure
from theory.guarantees.profile import Profile
from theory.quantities import welch_bound

Version = Literal["coherence", "babel", "local"]
Value = Callable[[Profile, int], Ball]


@dataclass(frozen=True)
class Constant:
    """A constant that a theorem gives at each sparsity at which it applies."""

    name: str
    formula: str
    value: Value


@dataclass(frozen=True)
class Condition:
    """A theorem that applies to codes of sparsity ``s`` while a nondecreasing value is below 1."""

    property: str
    theorem: str
    version: Version
    text: str
    value: Value
    constants: tuple[Constant, ...] = ()


@dataclass(frozen=True)
class Guarantee:
    """Up to which sparsity a theorem applies; 0 if to no code but the zero code.

    For the local version it is the local sparsity that is bounded.
    """

    property: str
    theorem: str
    version: Version
    largest: int
    condition: str


@dataclass(frozen=True)
class NamedFigure:
    """A constant at one sparsity."""

    name: str
    version: Version
    formula: str
    figure: Figure


@dataclass(frozen=True)
class AtSparsity:
    """The constants at one sparsity."""

    sparsity: int
    constants: tuple[NamedFigure, ...]


def _coherent(d: Profile, s: int) -> Ball:
    return d.coherence * (2 * s - 1)


def _denoised(d: Profile, s: int) -> Ball:
    return d.coherence * (4 * s - 1)


def _pairs(d: Profile, s: int) -> Ball:
    return d.sums(2 * s - 1)


def rate(d: Profile, s: int) -> Ball:
    """Rate ``mu1(s-1) + mu1(s)``; below 1 if and only if the bound of ``ERC(S)`` is."""
    return d.sums(s - 1) + d.sums(s)


def recovery(d: Profile, s: int) -> Ball:
    """Bound of ``ERC(S)`` by ``dictionary.erc_babel``, where ``mu1(s-1) < 1``."""
    return d.sums(s) / (1 - d.sums(s - 1))


def _twice(value: Value) -> Constant:
    return Constant(
        "||x - z||_2 / eps", "2 / sqrt(1 - v)", lambda d, s: 2 / (1 - value(d, s)).sqrt()
    )


def _rate(value: Value) -> tuple[Constant, ...]:
    return (
        Constant("q", "v", value),
        Constant("error / nu", "2 / (1 - q)", lambda d, s: 2 / (1 - value(d, s))),
    )


_COHERENT, _RATE, _LOCAL = "(2s - 1) mu < 1", "mu1(s-1) + mu1(s) < 1", "(2 s_loc - 1) mu < 1"
_OMP = (
    Constant("||x_hat - x||_2 / eps", "1 / sqrt(1 - (s-1) mu)",
             lambda d, s: 1 / (1 - d.coherence * (s - 1)).sqrt()),
    Constant("least entry / eps", "2 / (1 - v)", lambda d, s: 2 / (1 - _coherent(d, s))),
)  # fmt: skip
_LASSO = (
    Constant("lam / a", "(1 - (s-1) mu) / (1 - v)",
             lambda d, s: (1 - d.coherence * (s - 1)) / (1 - _coherent(d, s))),
    Constant("||x_hat - x||_inf / (a + lam)", "1 / (1 - (s-1) mu)",
             lambda d, s: 1 / (1 - d.coherence * (s - 1))),
)  # fmt: skip
_WITNESS = (
    Constant("ERC", "mu1(s) / (1 - mu1(s-1))", recovery),
    Constant("lam / a", "1 / (1 - ERC)", lambda d, s: 1 / (1 - recovery(d, s))),
)
UNIQUE, PURSUIT, GREEDY = "unique sparsest", "basis pursuit", "orthogonal matching pursuit"
STABLE, DENOISING, STOPPED = "stable", "stable basis pursuit", "stable matching pursuit"
LASSO, UNFOLDED = "Lasso", "unfolded network"

CONDITIONS = (
    Condition(UNIQUE, "uniqueness.coherence", "coherence", _COHERENT, _coherent),
    Condition(UNIQUE, "uniqueness.spark", "babel", "mu1(2s - 1) < 1", _pairs),
    Condition(UNIQUE, "uniqueness.local", "local", _LOCAL, _coherent),
    Condition(PURSUIT, "uniqueness.basis_pursuit", "coherence", _COHERENT, _coherent),
    Condition(PURSUIT, "uniqueness.erc", "babel", _RATE, rate),
    Condition(GREEDY, "uniqueness.erc", "coherence", _COHERENT, _coherent),
    Condition(GREEDY, "uniqueness.erc", "babel", _RATE, rate),
    Condition(STABLE, "stability.p0", "coherence", _COHERENT, _coherent, (_twice(_coherent),)),
    Condition(STABLE, "stability.p0", "babel", "mu1(2s - 1) < 1", _pairs, (_twice(_pairs),)),
    Condition(STABLE, "stability.local", "local", _LOCAL, _coherent, (_twice(_coherent),)),
    Condition(
        DENOISING, "stability.bpdn", "coherence", "(4s - 1) mu < 1", _denoised, (_twice(_denoised),)
    ),
    Condition(STOPPED, "stability.omp", "coherence", _COHERENT, _coherent, _OMP),
    Condition(LASSO, "stability.lasso_coherence", "coherence", _COHERENT, _coherent, _LASSO),
    Condition(LASSO, "stability.lasso_witness", "babel", _RATE, rate, _WITNESS),
    Condition(UNFOLDED, "rate.unfolded", "coherence", _COHERENT, _coherent, _rate(_coherent)),
    Condition(UNFOLDED, "rate.unfolded", "babel", _RATE, rate, _rate(rate)),
    Condition(UNFOLDED, "rate.local", "local", _LOCAL, _coherent, _rate(_coherent)),
)


def applies(condition: Condition, d: Profile, s: int) -> bool:
    """Whether a theorem surely applies to all codes of sparsity ``s``."""
    return int((1 - condition.value(d, s)).sign) == 1


def largest(condition: Condition, d: Profile) -> int:
    """Largest sparsity at which a theorem surely applies."""
    low, high = 0, d.atoms
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if applies(condition, d, middle) else (low, middle - 1)
    return low


def guarantees(d: Profile) -> tuple[Guarantee, ...]:
    """Up to which sparsity each theorem applies.

    Examples
    --------
    >>> from theory.guarantees.profile import profile
    >>> from theory.instance import Dictionary
    >>> found = guarantees(profile(Dictionary([[1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])))
    >>> found[0].theorem, found[0].largest
    ('uniqueness.coherence', 1)
    """
    return tuple(
        Guarantee(c.property, c.theorem, c.version, largest(c, d), c.text) for c in CONDITIONS
    )


def at_sparsity(d: Profile, s: int) -> AtSparsity:
    """The constants of the theorems that apply at one sparsity; the rate in any case."""

    def found() -> Iterator[NamedFigure]:
        for condition in CONDITIONS:
            reached = applies(condition, d, s)
            for constant in condition.constants:
                if reached or constant.name == "q":
                    number = figure(constant.value(d, s), "upper", condition.theorem)
                    yield NamedFigure(constant.name, condition.version, constant.formula, number)

    return AtSparsity(s, tuple(found()))


def welch(d: Profile) -> Figure:
    """Welch's lower bound of the coherence of any dictionary of this shape."""
    return Figure(sqrt(welch_bound(d.length, d.atoms)), "lower", "dictionary.welch")


def spark(d: Profile) -> Figure:
    """Lower bound of the spark from the Babel function, for at most ``K + 1`` atoms."""
    condition = Condition(UNIQUE, "", "babel", "", lambda d, k: d.sums(k - 1))
    return Figure(float(largest(condition, d) + 1), "lower", "dictionary.spark_coherence")
