r"""A template for a new theorem: the restricted isometry constant of order 2 is the coherence.

Problem: any dictionary with at least two atoms.

Claim: ``delta_2 <= mu``. The Gram matrix of two atoms has the eigenvalues ``1 +- |<d_i, d_j>|``.

Sharp: for every dictionary; the frame of three atoms at 120 degrees is the smallest good one.

Source: elementary.

Copy this file to ``theory/<topic>/<name>.py``, and the theorem is in the catalogue as
``<topic>.<name>``: no list has to be edited. Or leave it where it is and load it::

    sparsebound check --load examples/template.py
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.extremal.uniqueness import tight_frame
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import coherence, restricted_isometry
from sparsebound.theory.sources import Source
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance) -> Iterator[Premise]:
    """At least two atoms. Every premise is an inequality that is computed."""
    yield Premise("2 <= n", 2, instance.D.shape[1], strict=False)


def claims(instance: Instance, *, factor: Fraction = Fraction(1)) -> Iterator[Claim]:
    """The constant is at most the coherence. Keyword arguments are what mutants change."""
    yield Claim("delta_2 <= mu", restricted_isometry(instance.D, 2), factor * coherence(instance.D))


THEOREM = Theorem(
    title="Isometry of two atoms",
    statement=r"\delta_2(D) \le \mu(D)",
    source=Source("Elementary"),
    premises=premises,
    claims=claims,
    sharp=tight_frame,
    mutants=(Mutant("right side times 0.95", {"factor": Fraction(95, 100)}),),
    about="dictionary",
)
