r"""A basis is a strict local minimum of the l1 norm of its codes, or is none.

Problem: a basis ``D`` of unit atoms (of their span), samples ``Y = D X``, and the objective
``F(D) = ||D^{-1} Y||_1`` over bases of unit atoms. For each row ``j`` let
``u_{jk} = sum_n sign(x_{jn}) x_{kn} - <d_j, d_k> ||x_k||_1`` for ``k != j``, with ``x_k`` the k-th
row of ``X``, and ``t_j`` the least ``max_n |e_{jn}|`` with
``u_{jk} = sum_n e_{jn} x_{kn}`` over the samples with ``x_{jn} = 0``.

Claim: if ``t_j < 1`` and these samples, without entry ``j``, span ``R^{n-1}``, for every ``j``, the
basis is a strict local minimum. If some ``t_j > 1``, it is none, not even a weak one. Nothing is
said for ``t_j = 1``. With any coefficients ``e`` that solve the equations, so that
``t_j <= max_n |e_{jn}|``, a neighbour ``D'``, to whose atom ``k`` ``a_{jk}`` times atom ``j`` was
added before it was normalised, is worse as soon as ``e_2 < sum_j (1 - t_j) m_j`` with
``m_j = sum_n |<a_j, x_n>|`` over the samples with ``x_{jn} = 0``, and better as soon as the
derivative is below ``-e_2``, which needs a ``t_j > 1``: ``e_2`` bounds what is of second order.

Why: to first order ``X' = N (X - A X)``, with the norms ``1 + sum_j a_{jk} <d_j, d_k>`` of the new
atoms in ``N``. So the one-sided derivative of ``F`` in the direction ``A`` is
``sum_j (m_j - <a_j, u_j>)``, linear on the samples that use ``j`` and a sum of moduli on the
others. As ``<a_j, u_j> = sum_n e_{jn} <a_j, x_n> <= t_j m_j``, it is at least
``sum_j (1 - t_j) m_j``, and by the span some ``m_j > 0`` unless ``A = 0``. Conversely, by the
duality of linear programs, ``t_j > 1`` gives an ``a_j`` with ``<a_j, u_j> > m_j``. For the rest,
``X' = N (X - A X + A^2 Z)`` with ``Z = (I + A)^{-1} X``; with ``c_k = sum_j |a_{jk}| <= 1/2`` the
norms are within ``c_k`` of 1, and within ``c_k^2`` of their first order, from above; so
``e_2 = sum_k (c_k^2 ||x_k||_1 + (c_k + c_k^2) ||(A X)_k||_1 + (1 + c_k + c_k^2) ||(A^2 Z)_k||_1)``
is enough, as long as no entry of a sample that uses ``j`` changes its sign.

Source: Gribonval and Schnass 2010 (their algebraic condition, as a linear program). Stated and
proved independently.

>>> from sparsebound.theory.verdict import decide
>>> samples, moved = [[[1, 1], [2, 0], [0, 2]]], [[[0, 1 / 64], [0, 0]]]
>>> basis = NearbyBasis(samples, [[1, 1, 1]], moved, [True])
>>> decide(THEOREM, Instance([[1, 0], [0, 1]], [[1, 1]]), {"nearby_basis": basis}).status
array([1], dtype=int8)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sparsebound.theory.arithmetic import Mask, Number
from sparsebound.theory.evidence import NearbyBasis
from sparsebound.theory.extremal.training import almost_a_minimum, coherent_basis
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.memo import of_dictionary, of_evidence
from sparsebound.theory.sources import GRIBONVAL_SCHNASS_2010, INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


@dataclass(frozen=True)
class Neighbourhood:
    """What is known of a sample, and of a basis near its own; sizes B, N and n.

    Attributes
    ----------
    spans : Number, shape (B, n)
        Positive where the samples without an atom span what they can: a determinant, or 1.
    bounds : Number, shape (B, n)
        ``max_n |e_jn|``, which is at least ``t_j``.
    moduli : Number, shape (B, n)
        ``m_j``.
    slope : Number, shape (B,)
        The one-sided derivative.
    rest : Number, shape (B,)
        ``e_2``.
    turns : Number, shape (B, N, n)
        ``|(A X)_jn|`` where ``x_jn`` is not zero.
    lengths : Number, shape (B, n)
        ``c_k``.
    before, after : Number, shape (B,)
        The objectives of both bases.
    """

    spans: Number
    bounds: Number
    moduli: Number
    slope: Number
    rest: Number
    turns: Number
    lengths: Number
    before: Number
    after: Number


def premises(
    instance: Instance,
    nearby_basis: NearbyBasis,
    *,
    limit: Fraction = Fraction(1),
    coherent: bool = True,
) -> Iterator[Premise]:
    """A basis, coefficients that decide, and a neighbour that is near enough."""
    n, volume = instance.D.shape[1], _volume(instance.D)
    yield Premise("2 <= n", 2, n, strict=False)
    yield Premise("D has full column rank", 0, volume)
    if n < 2 or volume.sign == 0:  # nothing more is said
        return
    found, minimum = _found(instance, nearby_basis, coherent=coherent), nearby_basis.minimum
    yield Premise("0 < w_n", 0, nearby_basis.weights.min(axis=1, initial=1.0))
    own = abs(nearby_basis.moved[:, np.arange(n), np.arange(n)]).max(axis=1, initial=0.0)
    yield Premise("a_jj = 0", own, 0, strict=False)
    yield Premise("c_k <= 1/2", found.lengths.max(-1) * 2, 1, strict=False, measured=False)
    sizes = abs(nearby_basis.samples)
    name = "|(A X)_jn| <= |x_jn| on the support"
    yield Premise(name, found.turns, sizes, strict=False, measured=False)
    spans = found.spans.where(minimum[:, None], 1)
    yield Premise("samples without j span R^{n-1}", 0, spans.min(-1))
    bounds = found.bounds.where(minimum[:, None], 0)
    yield Premise("t_j < 1", bounds.max(-1), limit)
    first = ((limit - bounds) * found.moduli).sum(-1).where(minimum, -found.slope)
    yield Premise("e_2 < sum_j (1 - t_j) m_j, or minus the derivative", found.rest, first)


def claims(
    instance: Instance, nearby_basis: NearbyBasis, *, coherent: bool = True
) -> Iterator[Claim]:
    """The basis is better than its neighbour, or worse."""
    found, minimum = _found(instance, nearby_basis, coherent=coherent), nearby_basis.minimum
    less, more = found.before.where(minimum, found.after), found.after.where(minimum, found.before)
    yield Claim("F(D) < F(D'), or F(D') < F(D) at a descent", less, more, strict=True)


@of_dictionary
def _volume(D: Dictionary) -> Number:
    """Determinant of the Gram matrix of the atoms as given; zero, exactly, for too many."""
    return D.scaled_gram.determinant() if D.shape[1] <= D.shape[0] else D.arithmetic.of(0)


def _found(instance: Instance, nearby: NearbyBasis, *, coherent: bool) -> Neighbourhood:
    return _neighbourhood(instance, nearby) if coherent else _incoherent(instance, nearby)


@of_evidence
def _neighbourhood(instance: Instance, nearby: NearbyBasis) -> Neighbourhood:
    return neighbourhood(instance, nearby, instance.D.gram)


@of_evidence
def _incoherent(instance: Instance, nearby: NearbyBasis) -> Neighbourhood:
    """What would be so if the atoms were orthogonal, but for the objectives."""
    eye = instance.lift(np.eye(instance.D.shape[1]))
    return neighbourhood(instance, nearby, eye)


def neighbourhood(instance: Instance, nearby: NearbyBasis, gram: Number) -> Neighbourhood:
    """Work out what the theorem speaks of; ``gram`` is that of its inner products."""
    batch, _, n = nearby.samples.shape
    samples = instance.lift(nearby.samples)
    rows = samples.swapaxes(-1, -2)  # X, shape (B, n, N)
    signs, eye = np.sign(np.swapaxes(nearby.samples, 1, 2)), np.eye(n, dtype=bool)
    sums = abs(rows).sum(-1)
    u = (instance.lift(signs) @ samples - gram * sums.reshape(batch, 1, n)).where(~eye, 0)
    off: Mask = np.asarray(signs == 0)
    solution, spans = _solved(instance, nearby, u, off)
    a = instance.lift(nearby.moved)
    moved = a @ rows
    moduli = abs(moved).where(off, 0).sum(-1)
    lengths = abs(a).sum(-2)
    inverse = a + np.eye(n)
    codes = inverse.solve(rows)
    beyond = abs(a @ (a @ codes)).sum(-1)
    square = lengths * lengths
    rest = square * sums + (lengths + square) * abs(moved).sum(-1)
    rest = rest + (1 + lengths + square) * beyond
    own = instance.D.gram
    squares = ((own @ inverse) * inverse).sum(-2)
    after = (abs(codes).sum(-1) * squares.sqrt()).sum(-1)
    return Neighbourhood(
        spans=spans,
        bounds=abs(solution).max(-1),
        moduli=moduli,
        slope=(moduli - (a * u).sum(-1)).sum(-1),
        rest=rest.sum(-1),
        turns=abs(moved).where(~off, 0).swapaxes(-1, -2),
        lengths=lengths,
        before=sums.sum(-1),
        after=after,
    )


def _solved(instance: Instance, nearby: NearbyBasis, u: Number, off: Mask) -> tuple[Number, Number]:
    """The least solution in a weighted norm, and a determinant that is zero where there is none.

    ``e_n = w_n <l, x_n>`` with ``sum_n w_n <l, x_n> x_n = u``, over samples without atom j.
    """
    batch, count, n = nearby.samples.shape
    without = ~np.eye(n, dtype=bool)[None, :, None, :]  # of each j, all entries but its own
    kept = off[..., None] & without  # (B, j, N, k)
    parts = instance.lift(np.where(kept, nearby.samples[:, None], 0.0))
    weighted = parts * nearby.weights[:, None, :, None]
    own = np.eye(n)[:, :, None] * np.eye(n)[:, None, :]  # so that entry j alone is determined
    matrix = weighted.swapaxes(-1, -2) @ parts + own
    multipliers = matrix.solve(u.reshape(batch, n, n, 1))
    regular: Mask = np.asarray(
        np.isfinite(multipliers.rad).all(axis=(-1, -2))
    )  # it could be solved
    spans = instance.lift(np.ones((batch, n)))
    if not regular[nearby.minimum].all():
        spans = matrix.determinant().where(~regular, 1)
    return (weighted @ multipliers).reshape(batch, n, count), spans


THEOREM = Theorem(
    title="When a basis is a strict local minimum of the l1 norm",
    statement=r"t_j = \min \{ \max\limits_n | e_{jn} | : u_j = \sum\limits_{x_{jn} = 0} "
    r"e_{jn} x_n \} < 1 \text{ for all } j \implies F(D') > F(D) = \| D^{-1} Y \|_1 "
    r"\text{ near } D; \quad \max\limits_j t_j > 1 \implies F(D') < F(D) \text{ somewhere near}",
    names=("dictionary learning", "identifiability", "l1 criterion", "local minimum"),
    source=GRIBONVAL_SCHNASS_2010 & INDEPENDENT,
    premises=premises,
    claims=claims,
    mutants=(
        Mutant("t_j < 1.15", {"limit": Fraction(115, 100)}, almost_a_minimum, smallest=(2, 2)),
        Mutant(
            "<d_j, d_k> ||x_k||_1 dropped", {"coherent": False}, coherent_basis, smallest=(2, 2)
        ),
    ),
    enumerates=True,
    dictionaries=("orthonormal", "blocks", "full_length", "gaussian", "integer"),
)
