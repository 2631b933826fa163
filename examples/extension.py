r"""A theorem with evidence of its own: who provides it, and a family of dictionaries to try it on.

Problem: any dictionary; a direction ``v`` that power iteration found.

Claim: ``<v, G v> <= (1 + mu_1(n - 1)) ||v||^2`` for the Gram matrix ``G`` of the unit atoms: a row
of ``|G|`` adds up to at most ``1 + mu_1(n - 1)`` (Gershgorin).

Sharp: two atoms; with the signs of their inner product, the direction that does not move.

Source: elementary.

::

    sparsebound check --load examples/extension.py --jobs 2

An installed package brings the same by an entry point of the group ``sparsebound.plugins`` that
names its module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from sparsebound.checks.families import Family
from sparsebound.checks.provider import Provider, Request, choice
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import babel
from sparsebound.theory.sources import Source
from sparsebound.theory.theorem import Claim, Mutant, Theorem


@dataclass(frozen=True)
class Direction:
    """The evidence: plain data, in which nothing is trusted.

    Attributes
    ----------
    entries : ndarray, shape (n,)
        The direction.
    """

    entries: NDArray[np.float64]


STEPS = choice("steps", 4, 1, 16)
"""A setting: drawn with each example, kept in its recipe, and named in a replay."""


def power_iteration(experiment: Experiment, request: Request) -> Direction:
    """Start from ones, and multiply by the Gram matrix."""
    gram = experiment.codes.D.gram.mid
    v = np.ones(len(gram))
    for _ in range(STEPS.of(experiment)):
        moved = gram @ v
        size = np.abs(moved).max()
        v = moved / size if size > 2.0**-40 else v  # ones may lie in the kernel
    return Direction(v)


def arrow(atoms: int, tail: int) -> NDArray[np.float64]:
    """Unit vectors, and a last atom that has ``tail`` in every row.

    Examples
    --------
    >>> arrow(3, 2)
    array([[1., 0., 2.],
           [0., 1., 2.]])
    """
    return np.column_stack([np.eye(atoms - 1), np.full(atoms - 1, float(tail))])


ARROW = Family(
    "arrow",
    "Unit vectors and an atom along all of them",
    arrow,
    lambda limit: st.fixed_dictionaries(
        {"atoms": st.integers(2, limit), "tail": st.integers(1, 9)}
    ),
    narrow=True,
    complexity=15,
    fewest=2,
)

DIRECTION = Provider("direction", Direction, power_iteration, (STEPS,))


def claims(
    instance: Instance, direction: Direction, *, factor: Fraction = Fraction(1)
) -> Iterator[Claim]:
    """The name of an argument is what asks for the evidence."""
    v = instance.lift(direction.entries)
    quotient = (v * (instance.D.gram * v).sum(-1)).sum(-1)
    bound = (1 + babel(instance.D, instance.D.shape[1] - 1)) * (v * v).sum(-1)
    yield Claim("<v, G v> <= (1 + mu_1(n - 1)) ||v||^2", quotient, factor * bound)


def two_atoms(size: int) -> Instance:
    """Two atoms, as coherent as those of length one can be in integers of that size."""
    return Instance([[size, size], [0, 1]], np.zeros((0, 2)))


THEOREM = Theorem(
    title="Power iteration stays within the discs of Gershgorin",
    statement=r"\langle v, G v \rangle \le (1 + \mu_1(n - 1)) \|v\|_2^2",
    source=Source("Elementary"),
    claims=claims,
    sharp=two_atoms,
    mutants=(Mutant("right side times 0.95", {"factor": Fraction(95, 100)}),),
    about="dictionary",
)
