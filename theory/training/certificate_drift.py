r"""How far atoms may turn before a certificate has to be recomputed.

Problem: unit atoms ``d_i``, and unit atoms ``d'_i`` with ``||d'_i - d_i|| <= eps <= 2`` in their
place; ``cos alpha = 1 - eps^2/2``: no atom turned by more than ``alpha``.

Claim: ``mu(D') <= cos(arccos mu(D) - 2 alpha)``, which is
``mu cos(2 alpha) + sqrt(1 - mu^2) sin(2 alpha)``, if ``2 alpha < arccos mu``; else 1. Beyond that
the formula falls again, and is no bound. Whoever keeps the atoms of the last certificate may
compare them, and skip the next one.

Why: angles are a metric on the sphere, and the angle between the lines of two unit atoms is that
with the cosine ``|<d_i, d_j>|``: two lines come nearer by at most the two angles by which they
turn, and the cosine falls with the angle.

Sharp: two atoms that turn towards each other in their plane.

Source: stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> turned = TurnedAtoms(np.array([0.4]), np.array([[4.0, 3.0], [3.0, 4.0]]))
>>> decide(THEOREM, Instance([[1, 0], [0, 1]], [[1, 0]]), {"turned_atoms": turned}).ratio.round(9)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import TurnedAtoms
from sparsebound.theory.extremal.training import atoms_that_meet
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities import coherence
from sparsebound.theory.quantities.memo import of_evidence
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem

TWICE, ONCE, ADDED = "2 alpha", "alpha", "eps"
"""The angle by which two lines come nearer, or what is added to the coherence."""


def premises(instance: Instance, turned_atoms: TurnedAtoms) -> Iterator[Premise]:
    """No atom moved farther than is said."""
    squared = turned_atoms.squared
    moved = (2 - _cosines(instance.D, _turned(instance, turned_atoms)) * 2).reshape(1, -1)
    yield Premise("||d'_i - d_i||^2 <= eps^2", moved, squared, strict=False)
    yield Premise("eps^2 <= 4", squared, 4, strict=False, measured=False)


def claims(instance: Instance, turned_atoms: TurnedAtoms, *, angle: str = TWICE) -> Iterator[Claim]:
    """The coherence of the atoms now."""
    mu, squared = coherence(instance.D), instance.lift(turned_atoms.squared)
    cosine = 1 - squared / 2
    sine = (1 - cosine * cosine).where(turned_atoms.squared <= 4, 0).sqrt()
    near = np.ones(1, dtype=bool)
    if angle == TWICE:
        acute = cosine.sign == 1  # else 2 alpha is beyond every angle of lines
        cosine, sine = cosine * cosine * 2 - 1, cosine * sine * 2
        near = acute
    near = near & (cosine.compared(mu.reshape(1)) == 1)
    bound = mu * cosine + (1 - mu * mu).sqrt() * sine
    if angle == ADDED:
        bound, near = mu + squared.sqrt(), np.ones(1, dtype=bool)
    after = coherence(_turned(instance, turned_atoms)).reshape(1)
    yield Claim("mu(D') <= cos(arccos mu - 2 alpha)", after, bound.where(near, 1))


@of_evidence
def _turned(instance: Instance, turned_atoms: TurnedAtoms) -> Dictionary:
    return Dictionary(turned_atoms.atoms, arithmetic=instance.D.arithmetic)


def _cosines(D: Dictionary, turned: Dictionary) -> Number:
    """Inner products of each atom with its place after it turned, both of norm 1; (n,)."""
    inner = (D.atoms * turned.atoms).sum(0)
    return inner / (D.squares * turned.squares).sqrt()


THEOREM = Theorem(
    title="How far atoms may turn",
    statement=r"\| d'_i - d_i \|_2 \le \varepsilon, \; \cos \alpha = 1 - \tfrac{1}{2} "
    r"\varepsilon^2, \; 2 \alpha < \arccos \mu(D) \implies "
    r"\mu(D') \le \cos(\arccos \mu(D) - 2 \alpha)",
    names=("drift of a dictionary", "callback", "certificate in training"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=atoms_that_meet,
    mutants=(
        Mutant("2 alpha -> alpha", {"angle": ONCE}, smallest=(2, 2)),
        Mutant("mu + eps", {"angle": ADDED}, smallest=(2, 2)),
    ),
    about="dictionary",
)
