r"""One step towards orthonormal atoms squares the distance to them.

Problem: atoms as given, times a power of two; ``D' = (1 + beta) D - beta D D^T D``, ``beta > 0``.

Claim: if ``beta ||D||^2 <= 1 + beta``, a singular value ``s`` becomes
``s' = s (1 + beta - beta s^2)``, and ``|s' - 1| = |s - 1| |1 - beta s (1 + s)|``; without that
premise, ``s'`` may be negative, and the singular value is ``|s'|``. (Sums of squares over all
singular values are compared, for which their order does not matter.) For ``beta = 1/2``, with
``E = D^T D - I`` and ``E'`` that of ``D'``: ``||E'|| <= 3/4 ||E||^2 + 1/4 ||E||^3``. Hence
``|<d'_i, d'_j>| <= ||E'||``, and the coherence of ``D'`` is at most ``||E'||/(1 - ||E'||)`` if
``||E'|| < 1``: the new atoms are not of unit norm. What is computed in float64 is this step up to
rounding.

Why: the step has the singular vectors of ``D``, and ``s (1 + beta - beta s^2)`` in the place of
each singular value ``s``; ``s + beta s (1 - s) (1 + s) - 1 = (s - 1) (1 - beta s (1 + s))``. For
``beta = 1/2`` it is ``D' = D (I - E/2)``, so ``E' = (I - E/2) (I + E) (I - E/2) - I``, in which
an eigenvalue ``e`` of ``E`` becomes ``(1 + e) (1 - e/2)^2 - 1 = -3/4 e^2 + 1/4 e^3``. An entry of
``E'`` is at most its norm, and squared norms of the new atoms are at least ``1 - ||E'||``.

Sharp: where the eigenvalue of ``E`` of largest modulus is negative: ``E = -t I``.

Source: Bjorck and Bowie 1971; Cisse et al. 2017. Stated and proved independently.

>>> from sparsebound.theory.evidence import OrthogonalisationStep
>>> from sparsebound.theory.verdict import decide
>>> step = OrthogonalisationStep(np.array([1.0]), np.array([0.5]), np.array([[11 / 16]]))
>>> verdict = decide(THEOREM, THEOREM.extremal(1), {"orthogonalisation_step": step})
>>> verdict.ratio, verdict.attained
(array([1.]), array([ True]))
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.floating_point import extents
from sparsebound.theory.analysis.training import power, rounding, spectral_norm, squared_norm
from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.evidence import OrthogonalisationStep
from sparsebound.theory.extremal.training import doubled_unit_atom, half_of_a_basis
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import BJORCK_BOWIE_1971, CISSE_2017, INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem, equal


def premises(
    instance: Instance, orthogonalisation_step: OrthogonalisationStep, *, bounded: bool = True
) -> Iterator[Premise]:
    """A positive step that turns no singular value over."""
    beta, scale = (
        instance.lift(part) for part in (orthogonalisation_step.beta, orthogonalisation_step.scale)
    )
    yield Premise("0 < beta", 0, beta)
    if bounded:
        square = scale * scale * squared_norm(instance.D)
        yield Premise("beta ||D||^2 <= 1 + beta", beta * square, 1 + beta, strict=False)


def claims(
    instance: Instance,
    orthogonalisation_step: OrthogonalisationStep,
    *,
    square: Fraction = Fraction(3, 4),
) -> Iterator[Claim]:
    """Each singular value, and how far the step of size 1/2 leaves the atoms from orthonormal."""
    beta = instance.lift(orthogonalisation_step.beta).reshape(1, 1)
    scale = instance.lift(orthogonalisation_step.scale).reshape(1, 1)
    atoms, gram = instance.D.atoms * scale, instance.D.raw_gram * (scale * scale)
    step = atoms * (1 + beta) - (atoms @ gram) * beta
    error = abs(step - orthogonalisation_step.result) - _allowed(instance, orthogonalisation_step)
    step_name = "D' is (1 + beta) D - beta D D^T D, up to rounding"
    yield Claim(step_name, error.max(-1).max(-1).reshape(1), 0, measured=False)
    before, after = _singular_values(atoms), _singular_values(step)
    moved = before * (1 + beta.reshape(1) * (1 - before * before))
    map_name = "sum_i s'_i^2 = sum_i (s_i (1 + beta - beta s_i^2))^2"
    yield from equal(map_name, (after**2).sum(-1).reshape(1), (moved**2).sum(-1).reshape(1))
    factor = 1 - beta.reshape(1) * before * (1 + before)
    change = (before - 1) * factor
    name = "sum_i (s'_i - 1)^2 = sum_i (s_i - 1)^2 (1 - beta s_i (1 + s_i))^2"
    yield from equal(name, ((after - 1) ** 2).sum(-1).reshape(1), (change**2).sum(-1).reshape(1))
    eye = np.eye(instance.D.shape[1])
    half = atoms - (atoms @ (gram - eye)) / 2
    ahead = half.swapaxes(0, 1) @ half
    size, rest = spectral_norm(gram - eye), spectral_norm(ahead - eye)
    bound = square * size * size + power(size, 3) / 4
    yield Claim("||E'|| <= 3/4 ||E||^2 + 1/4 ||E||^3", rest.reshape(1), bound.reshape(1))
    said = "|<d'_i, d'_j>| <= ||E'||"
    inner = abs(ahead).where(eye == 0, 0)
    yield Claim(said, inner.max(-1).max(-1).reshape(1), rest.reshape(1), measured=False)
    squares = ahead[np.arange(len(eye)), np.arange(len(eye))]
    room = (1 - rest).where((1 - rest).sign != -1, 0)  # nothing is said for ||E'|| >= 1
    left = inner * inner * (room * room)
    right = (rest * rest) * squares.reshape(-1, 1) * squares.reshape(1, -1)
    stated = "|<d'_i, d'_j>| (1 - ||E'||) <= ||E'|| ||d'_i|| ||d'_j||"
    yield Claim(stated, left.reshape(1, -1), right.reshape(1, -1), measured=False)


def _singular_values(atoms: Number) -> Number:
    """In increasing order, as many as rows or as atoms, whatever is less."""
    turned = atoms.swapaxes(0, 1)
    gram = turned @ atoms if atoms.shape[1] <= atoms.shape[0] else atoms @ turned
    return gram.eigenvalues().sqrt()


def _allowed(instance: Instance, taken: OrthogonalisationStep) -> FloatArray:
    """What rounding explains of each entry of a step, in either order of its products."""
    atoms, (m, n) = abs(instance.D.data) * taken.scale[0], instance.D.shape
    gram = atoms.T @ atoms
    sizes = (1 + taken.beta[0]) * (atoms + atoms @ gram)
    wide = 1 + extents(instance.D).row * taken.scale[0]
    return rounding(2 * (m + n) + 8, sizes, 8 * (1 + taken.beta[0]) * (m + n) * wide * (1 + wide))


THEOREM = Theorem(
    title="One step of orthogonalisation",
    statement=r"D' = (1 + \beta) D - \beta D D^T D, \; "
    r"\beta \| D \|^2 \le 1 + \beta \implies | s' - 1 | = | s - 1 | | 1 - \beta s (1 + s) |; "
    r"\quad \beta = \tfrac{1}{2}, \; E = D^T D - I \implies "
    r"\| E' \| \le \tfrac{3}{4} \| E \|^2 + \tfrac{1}{4} \| E \|^3",
    names=("Parseval networks", "orthogonal regularisation", "Newton-Schulz iteration"),
    source=BJORCK_BOWIE_1971 & CISSE_2017 & INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=half_of_a_basis,
    mutants=(
        Mutant("3/4 -> 1/2", {"square": Fraction(1, 2)}, smallest=(1, 1)),
        Mutant("the premise dropped", {"bounded": False}, doubled_unit_atom, smallest=(1, 1)),
    ),
    about="dictionary",
    enumerates=True,
    # of integers, whose singular values are known to any precision at once
    dictionaries=("one_atom", "orthonormal", "integer", "graph"),
)
