r"""One round of alternating proximal steps descends.

Problem: ``F(D, X) = 1/2 ||Y - D X||_F^2 + lam ||X||_1`` for N samples, with the atoms of ``D`` in
the unit ball. The round: codes first, ``X' = soft(X + D^T (Y - D X)/L_X, lam/L_X)`` with
``L_X >= ||D||^2``; then the atoms, ``D + (Y - D X') X'^T/L_D``, each projected on the ball, with
``L_D >= ||X'||^2``, that of the *new* codes; ``L_X, L_D > 0``. Here ``D`` is the dictionary of the
instance times a power of two.

Claim: ``F(D', X') <= F(D, X) - L_X/2 ||X' - X||_F^2 - L_D/2 ||D' - D||_F^2``. What is computed in
float64 is such a round, up to rounding.

Why: for a convex ``g`` and a convex ``f`` with a gradient of Lipschitz constant at most ``L``, the
proximal step ``v'`` from ``v`` minimises
``g(u) + <f'(v), u - v> + L/2 ||u - v||^2``, which is strongly convex; so its value at ``v`` exceeds
that at ``v'`` by ``L/2 ||v' - v||^2`` at least, and ``f(v') <= f(v) + <f'(v), v' - v> +
L/2 ||v' - v||^2`` gives ``f(v') + g(v') <= f(v) + g(v) - L/2 ||v' - v||^2``. Take it for the codes,
and then for the atoms, where ``g`` is 0 on the ball; the Lipschitz constants are ``||D||^2`` and
``||X'||^2``.

Sharp: one atom at the border of the ball, and a code that crosses no threshold.

Source: Bolte, Sabach and Teboulle 2014; Bao, Ji, Quan and Shen 2014 treat the number of nonzeros.

>>> from sparsebound.theory.verdict import decide
>>> before = ([1], [[[11]]], [[[11]]], [1])  # scale, codes, signals, weight
>>> step = AlternatingStep(*before, [1], [100], [[[10]]], [[[1]]])
>>> decide(THEOREM, Instance([[1]], [[11]]), {"alternating_step": step}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis import activations
from sparsebound.theory.analysis.floating_point import FLOAT64
from sparsebound.theory.analysis.training import rounding, squared_frobenius, squared_norm
from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.evidence import AlternatingStep
from sparsebound.theory.extremal.training import (
    atom_inside_the_ball,
    atoms_at_the_border,
    code_that_grows,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import of_evidence
from sparsebound.theory.sources import (
    BAO_JI_QUAN_SHEN_2014,
    BOLTE_SABACH_TEBOULLE_2014,
)
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem

NEW, OLD = "new", "old"
"""The codes that bound the step of the atoms."""


@dataclass(frozen=True)
class Round:
    """One exact round; sizes B, N, m and n.

    Attributes
    ----------
    atoms, new_atoms : Number, shape (B, m, n)
    codes, new_codes : Number, shape (B, N, n)
    signals : Number, shape (B, N, m)
    lam, code_bound, atom_bound : Number, shape (B, 1, 1)
    moved : Number, shape (B, m, n)
        The atoms before they are projected.
    """

    atoms: Number
    new_atoms: Number
    codes: Number
    new_codes: Number
    signals: Number
    lam: Number
    code_bound: Number
    atom_bound: Number
    moved: Number

    def objective(self, atoms: Number, codes: Number) -> Number:
        """``F``, shape (B,)."""
        rest = self.signals - codes @ atoms.swapaxes(-1, -2)
        return squared_frobenius(rest) / 2 + abs(codes).sum(-1).sum(-1) * self.lam.reshape(-1)


def premises(
    instance: Instance, alternating_step: AlternatingStep, *, bounded_by: str = NEW
) -> Iterator[Premise]:
    """Atoms in the ball, and steps that are short enough."""
    found = instance.lift(alternating_step.scale)
    squares = instance.D.squares * (found * found).reshape(-1, 1)
    yield Premise("||d_i|| <= 1", squares, 1, strict=False)
    yield Premise("0 <= lam", 0, alternating_step.lam, strict=False)
    yield Premise("0 < L_X", 0, alternating_step.code_bound)
    yield Premise("0 < L_D", 0, alternating_step.atom_bound)
    square = found * found * squared_norm(instance.D)
    yield Premise("||D||^2 <= L_X", square, alternating_step.code_bound, strict=False)
    codes = instance.lift(alternating_step.codes)
    if bounded_by == NEW:
        codes = _round(instance, alternating_step).new_codes
    largest = (codes @ codes.swapaxes(-1, -2)).eigenvalues().max(-1)
    yield Premise("||X'||^2 <= L_D", largest, alternating_step.atom_bound, strict=False)


def claims(
    instance: Instance,
    alternating_step: AlternatingStep,
    *,
    share: Fraction = Fraction(1),
    step: Fraction = Fraction(1),
    sphere: bool = False,
) -> Iterator[Claim]:
    """A round as declared, and by how much it descends."""
    exact = _round(instance, alternating_step)
    codes, atoms = _allowed(instance, alternating_step)
    error = abs(exact.new_codes - alternating_step.new_codes) - codes
    name = "X' is a step of the codes, up to rounding"
    yield Claim(name, error.max(-1).max(-1), 0, measured=False)
    error = (exact.new_atoms - alternating_step.new_atoms) ** 2
    said = "D' is a step of the atoms, up to rounding"
    yield Claim(said, (error.sum(-2) - atoms * atoms).max(-1), 0, measured=False)
    if step != 1 or sphere:
        exact = _taken(instance, alternating_step, step, sphere=sphere)
    before = exact.objective(exact.atoms, exact.codes)
    after = exact.objective(exact.new_atoms, exact.new_codes)
    stated = "L_X/2 ||X' - X||^2 + L_D/2 ||D' - D||^2 <= F(D, X) - F(D', X')"
    yield Claim(stated, _descent(instance, exact) * share, before - after)


def _descent(instance: Instance, exact: Round) -> Number:
    """What a round descends by at least, shape (B,)."""
    codes = squared_frobenius(exact.new_codes - exact.codes) * exact.code_bound.reshape(-1)
    return (
        codes + squared_frobenius(exact.new_atoms - exact.atoms) * exact.atom_bound.reshape(-1)
    ) / 2


@of_evidence
def _round(instance: Instance, alternating_step: AlternatingStep) -> Round:
    return _taken(instance, alternating_step, Fraction(1), sphere=False)


def _taken(instance: Instance, taken: AlternatingStep, step: Fraction, *, sphere: bool) -> Round:
    """One round, with a longer step of the codes, or atoms that are normalised afterwards."""
    scale, lam, code_bound, atom_bound = (
        instance.lift(part).reshape(-1, 1, 1)
        for part in (taken.scale, taken.lam, taken.code_bound, taken.atom_bound)
    )
    m, n = instance.D.shape
    atoms = instance.D.atoms.reshape(1, m, n) * scale
    codes, signals = instance.lift(taken.codes), instance.lift(taken.signals)
    size = step / code_bound
    pull = (signals - codes @ atoms.swapaxes(-1, -2)) @ atoms
    new_codes = activations.soft(codes + pull * size, lam * size)
    rest = signals - new_codes @ atoms.swapaxes(-1, -2)
    moved = atoms + rest.swapaxes(-1, -2) @ new_codes / atom_bound
    squares = (moved * moved).sum(-2).reshape(len(taken.scale), 1, n)
    long = squares.compared(1) > 0  # or too near to 1 to say, where it makes no difference
    if sphere:
        long = squares.sign != 0
    new_atoms = moved / squares.where(long, 1).sqrt()
    return Round(atoms, new_atoms, codes, new_codes, signals, lam, code_bound, atom_bound, moved)


def _allowed(instance: Instance, taken: AlternatingStep) -> tuple[FloatArray, FloatArray]:
    """What rounding explains: of each entry of the codes, and of the norm of each atom's change."""
    m, n = instance.D.shape
    samples = taken.codes.shape[1]
    code_bound, atom_bound = taken.code_bound[:, None, None], taken.atom_bound[:, None, None]
    atoms = abs(instance.D.data) * taken.scale[:, None, None]
    signals, turned = abs(taken.signals), atoms.swapaxes(-1, -2)
    codes = abs(taken.codes)
    pull = (signals + codes @ turned) @ atoms
    sizes = codes + (pull + taken.lam[:, None, None]) / code_bound
    wide = 1 + atoms.sum(axis=(1, 2))[:, None, None] / np.minimum(code_bound, 1)
    room = rounding(2 * (m + n) + 12, sizes, 8 * (m + n) * wide)
    later = sizes + room  # at least the new codes
    pull = np.swapaxes(signals + later @ turned, -1, -2) @ later
    known = (
        np.swapaxes(later @ turned, -1, -2) @ room
        + np.swapaxes(signals + (later + room) @ turned, -1, -2) @ room
    )
    wide = 1 + later.sum(axis=(1, 2))[:, None, None] / np.minimum(atom_bound, 1)
    error = rounding(2 * (n + samples) + 12, atoms + pull / atom_bound, 8 * (n + samples) * wide)
    error = error + 2 * known / atom_bound
    norms = np.sqrt((error * error).sum(axis=1))
    length = np.sqrt(((atoms + pull / atom_bound) ** 2).sum(axis=1))
    return room, (norms + FLOAT64.gamma(m + 8) * np.minimum(length, 1 + norms)) * 2


THEOREM = Theorem(
    title="Alternating proximal steps descend",
    statement=r"F(D, X) = \tfrac{1}{2} \| Y - D X \|_F^2 + \lambda \| X \|_1, \; "
    r"L_X \ge \| D \|^2, \; L_D \ge \| X' \|^2 \implies F(D', X') \le F(D, X) "
    r"- \tfrac{1}{2} L_X \| X' - X \|_F^2 - \tfrac{1}{2} L_D \| D' - D \|_F^2",
    names=("PALM", "dictionary learning", "alternating minimisation"),
    source=BOLTE_SABACH_TEBOULLE_2014 & BAO_JI_QUAN_SHEN_2014,
    premises=premises,
    claims=claims,
    sharp=atoms_at_the_border,
    mutants=(
        Mutant("decrease times 1.1", {"share": Fraction(11, 10)}, smallest=(1, 1)),
        Mutant("step 2.2/L_X", {"step": Fraction(22, 10)}, smallest=(1, 1)),
        Mutant(
            "atoms normalised afterwards", {"sphere": True}, atom_inside_the_ball, smallest=(1, 1)
        ),
        Mutant("L_D from the old codes", {"bounded_by": OLD}, code_that_grows, smallest=(1, 1)),
    ),
    noisy=True,
)
