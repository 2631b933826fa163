r"""One step of dictionary learning is exact inside an explicit basin.

Problem: unit atoms ``d_i``; samples ``y = D x`` of codes with exactly ``s`` nonzeros each, of
moduli in ``[c, C]``, ``c > 0``; unit atoms ``d'_i``, each turned from ``d_i`` by an angle
``a_i < pi/2``, and ``a`` the largest of them. A step of iterative thresholding and signed means
takes the ``s`` largest ``|<d'_i, y>|``, with their signs ``sigma'_in``, and makes
``u_i = sum_n sigma'_in y_n``. Below, ``t`` is the tangent of ``a``, and ``sigma_in`` are the signs
of the codes.

Claim: (a) for orthonormal atoms, if ``t < c/(C (s-1)^{1/2} + (c^2 + (s-1) C^2)^{1/2})``, the
supports and signs of all codes are found, so that ``U = D X sigma^T``; for others,
``C (mu1(s-1) + mu1(s)) + 2 t C (s (1 + mu1(s-1)))^{1/2} < c`` suffices. (b) For orthonormal atoms,
if also ``sum_n x_kn sigma_in = 0`` for all ``i != k``, then ``u_i`` is a positive multiple of
``d_i`` for every atom in use: the step is exact. For flat codes the basin is 45 degrees at
``s = 1``, and 22.5 degrees at ``s = 2``.

Why: a tilted atom is ``d_i`` times the cosine of its angle, and a unit vector ``b_i`` that is
orthogonal to ``d_i`` times the sine. Let ``A`` be the norm of ``x`` on ``S`` without ``i``. Divided
by the cosine of ``a``, the product of ``<d'_i, y>`` and the sign of ``x_i`` is at least
``|x_i| - A t`` on ``S``, and ``|<d'_j, y>|`` is at most ``||x|| t`` off it. So it is enough that
``t < |x_i|/(A + (x_i^2 + A^2)^{1/2})``, least at ``|x_i| = c`` and ``A^2 = (s-1) C^2``.
For other atoms ``|<d_i, y>| >= c - C mu1(s-1)`` on ``S``, ``|<d_j, y>| <= C mu1(s)`` off it, and
``||y||^2 <= s C^2 (1 + mu1(s-1))``; the bound off ``S`` grows with the angle up to ``a``, as
``t < 1 <= s`` and ``mu1(s) < 1``. For (b), ``<d_k, u_i>`` is the sum of ``x_kn`` times the sign of
``x_in``, which is ``sum_n |x_in| > 0`` for ``k = i``.

What a step chose is held against ``D X sigma^T`` where the atoms of every code are ahead of the
others by more than float64 may lose: of nearly parallel atoms it may choose either.

Sharp: the limit for orthonormal atoms: one entry ``c`` among entries ``C``, tilted against the
others, and an atom off ``S`` that is tilted towards the sample.

Source: the algorithm is Schnass 2015; this basin is stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> step = LearningStep([np.eye(2)], [[[1, 0.5], [0.5, 1]]], [np.eye(2)])
>>> decide(THEOREM, Instance([[1, 0], [0, 1]], [[1, 0]]), {"learning_step": step}).ratio.round(9)
array([0.25])
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sparsebound.theory.analysis.floating_point import extents
from sparsebound.theory.analysis.training import interference, is_orthogonal, rounding
from sparsebound.theory.arithmetic import FloatArray, Mask, Number
from sparsebound.theory.evidence import LearningStep
from sparsebound.theory.extremal.training import (
    inside_the_wider_basin,
    opposite_atoms,
    samples_of_one_sign,
    signs_that_cancel,
    tilted_basis,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import of_evidence
from sparsebound.theory.sources import INDEPENDENT, SCHNASS_2015
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem

MODULI, SIGNS, NOTHING = "moduli", "signs", "nothing"
"""What is asked to cancel in the sample."""


@dataclass(frozen=True)
class CodeSample:
    """What the premises read; rows of zeros are no samples.

    Attributes
    ----------
    counts : ndarray of int, shape (B, N)
        Nonzeros of each code, 0 where there is none.
    least, largest : Number, shape (B,)
        Moduli of the nonzeros, with respect to unit atoms.
    inner : Number, shape (B, n)
        Inner products of atoms and tilted atoms, as given.
    tangent : Number, shape (B,)
        The square of the largest ``tan a_i``.
    """

    counts: FloatArray
    least: Number
    largest: Number
    inner: Number
    tangent: Number


def premises(
    instance: Instance,
    learning_step: LearningStep,
    *,
    simple: bool = False,
    acute: bool = True,
    cancels: str = MODULI,
) -> Iterator[Premise]:
    """Incoherent atoms, codes of one sparsity whose signs cancel, and a small tilt."""
    D, s = instance.D, instance.sparsity
    inside, sums = interference(D, s)
    yield Premise("mu1(s-1) + mu1(s) < 1", sums, 1, measured=False)
    yield Premise("x != 0", 0, s)
    found = _sample(instance, learning_step)
    real = found.counts > 0
    apart = (abs(found.counts - s[:, None]) * real).max(axis=1, initial=0.0)
    yield Premise("every code has s nonzeros", apart, 0, strict=False)
    if acute:
        yield Premise("0 < <d_i, d'_i>", 0, found.inner.min(-1))
    if cancels != NOTHING:
        codes = learning_step.samples if cancels == MODULI else np.sign(learning_step.samples)
        pairs = instance.lift(codes).swapaxes(-1, -2) @ np.sign(learning_step.samples)
        rest = abs(pairs).where(~np.eye(D.shape[1], dtype=bool), 0).max(-1).max(-1)
        yield Premise("sum_n x_kn sigma_in = 0", rest, 0, strict=False)
    c, C = found.least, found.largest
    if not is_orthogonal(D):
        room = C * ((1 + inside) * s * found.tangent).sqrt() * 2
        name = "C (mu1(s-1) + mu1(s)) + 2 t C (s (1 + mu1(s-1)))^{1/2} < c"
        yield Premise(name, C * sums + room, c)
    elif simple:
        yield Premise("t^2 s C^2 < c^2", found.tangent * C * C * s, c * c)
    else:
        others = C * C * (s - 1)
        width = others.sqrt() + (c * c + others).sqrt()
        said = "t (C (s-1)^{1/2} + (c^2 + (s-1) C^2)^{1/2}) < c"
        yield Premise(said, found.tangent.sqrt() * width, c)


def claims(instance: Instance, learning_step: LearningStep) -> Iterator[Claim]:
    """Signs and supports of all codes, the step, and the atoms that it gives."""
    found, D = learning_step, instance.D
    signs, on = np.sign(found.samples), found.samples != 0
    samples, tilted = instance.lift(found.samples), instance.lift(found.tilted)
    signals = samples @ D.atoms.swapaxes(0, 1)
    pulls = signals @ tilted
    sides = _least(pulls * signs, on)
    yield Claim("0 < sigma_i <d'_i, y>", 0, sides, strict=True, measured=False)
    batch, _, n = found.tilted.shape
    squares = pulls * pulls / (tilted * tilted).sum(-2).reshape(batch, 1, n)
    name = "<d'_j, y>^2 < <d'_i, y>^2 for i in S, j not in S"
    yield Claim(name, squares.where(~on, 0).max(-1), _least(squares, on), strict=True)
    updated = signals.swapaxes(-1, -2) @ signs
    apart = _least(squares, on) - squares.where(~on, 0).max(-1)
    lost = _lost(instance, found)
    clear = np.asarray(((apart - lost).sign == 1) & ((sides**2 - lost).sign == 1)) | ~on.any(-1)
    error = abs(updated - found.updated) - _allowed(instance, found)
    said = "U = D X sigma^T, up to rounding"
    yield Claim(said, error.max(-1).max(-1).where(clear.all(axis=1), 0), 0, measured=False)
    pairs = _pairs(instance, samples.swapaxes(-1, -2) @ signs)
    eye, exact = np.eye(n, dtype=bool), is_orthogonal(D)
    apart = abs(pairs).where(~eye & exact, 0).max(-1).max(-1)
    yield Claim("u_i is a multiple of d_i", apart, 0, measured=False)
    own = pairs[:, np.arange(n), np.arange(n)].where(on.any(axis=1) & exact, 1)
    yield Claim("0 < <d_i, u_i>", 0, own, strict=True, measured=False)


def _pairs(instance: Instance, means: Number) -> Number:
    """Inner products of atoms (rows) with what the step gives, ``D^T D X sigma^T``; (B, n, n)."""
    return instance.D.raw_gram @ means


def _least(values: Number, on: Mask) -> Number:
    """Least of some entries along the last axis; infinite without any."""
    return values.where(on, np.inf).min(-1)


@of_evidence
def _sample(instance: Instance, learning_step: LearningStep) -> CodeSample:
    codes = learning_step.samples
    on, batch = codes != 0, len(codes)
    sizes = (abs(instance.lift(codes)) * instance.D.norms).reshape(batch, -1)
    tilted = instance.lift(learning_step.tilted)
    m, n = instance.D.shape
    inner = (instance.D.atoms.reshape(1, m, n) * tilted).sum(-2)
    sides = (tilted * tilted).sum(-2) * instance.D.squares
    square = inner * inner
    known = square.sign != 0  # at a right angle, the first premise fails
    tangent = ((sides - square) / square.where(known, 1)).where(known, np.inf).max(-1)
    flat = on.reshape(batch, -1)
    return CodeSample(
        on.sum(axis=-1), _least(sizes, flat), sizes.where(flat, 0).max(-1), inner, tangent
    )


def _lost(instance: Instance, found: LearningStep) -> FloatArray:
    """What rounding explains of the squares by which atoms are chosen, shape (B, N).

    Where the chosen ones are not ahead by as much, float64 may choose others.
    """
    m, n = instance.D.shape
    tilted = abs(found.tilted)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        pulls = ((abs(found.samples) @ abs(instance.D.data).T) @ tilted).max(axis=2, initial=0.0)
        inverse = 1 / (tilted**2).sum(axis=1).min(axis=1)[:, None]
        size = pulls**2 * np.maximum(1, inverse)
        wide = (1 + pulls) ** 2 * (1 + inverse)
    return rounding(32 * (m + n) + 64, size, 8 * m * n * wide)


def _allowed(instance: Instance, found: LearningStep) -> FloatArray:
    """What rounding explains of sums of signals, shape (B, m, 1)."""
    count, n = found.samples.shape[1:]
    total = abs(found.samples).sum(axis=1) @ abs(instance.D.data).T
    wide = 1 + extents(instance.D).row
    return rounding(32 * (count + n) + 64, total, 8 * count * n * wide)[..., None]


THEOREM = Theorem(
    title="A step of dictionary learning is exact in a basin",
    statement=r"t < \frac{c}{C \sqrt{s - 1} + \sqrt{c^2 + (s - 1) C^2}} \implies "
    r"U = D X \sigma^T, \; \frac{u_i}{\| u_i \|_2} = d_i",
    names=("ITKM", "K-means", "dictionary learning", "basin of attraction"),
    source=SCHNASS_2015 & INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=tilted_basis,
    mutants=(
        Mutant("tan a < c/(C sqrt s)", {"simple": True}, inside_the_wider_basin, smallest=(3, 3)),
        Mutant("exact for any sample", {"cancels": NOTHING}, samples_of_one_sign, smallest=(2, 2)),
        Mutant("signs cancel, not moduli", {"cancels": SIGNS}, signs_that_cancel, smallest=(2, 2)),
        Mutant("a < pi/2 dropped", {"acute": False}, opposite_atoms, smallest=(1, 1)),
    ),
    enumerates=True,
    dictionaries=("one_atom", "orthonormal", "simplex", "equiangular", "transversal_design"),
)
