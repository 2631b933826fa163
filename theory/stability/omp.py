r"""Orthogonal matching pursuit that stops at the noise finds the support.

Problem: ``||y - D x|| <= eps``, ``x != 0`` with ``k`` nonzeros, the smallest ``|x|_min`` (for
normalised atoms). The pursuit stops at the first residual of norm at most ``eps``, which is
tested before the first step as well; ties are broken in any way.

Claim: if ``(2k - 1) mu < 1`` and ``2 eps < |x|_min (1 - (2k - 1) mu)``, it selects the atoms of
the support and no others, each once, and least squares on them gives
``||x_hat - x||_2^2 <= eps^2 / (1 - (k - 1) mu)``. For ``mu > 0`` equality is allowed.

Why: after some atoms ``T`` of the support the residual is ``D z + e'``, with ``z`` on the support
and equal to ``x`` off ``T``, and ``e'`` the part of ``e`` that is orthogonal to them. Let ``|z_i|``
be largest. As ``<d_i, D z> >= |z_i| (1 - (k - 1) mu) > 0`` in modulus, i is not in ``T`` and
``|z_i| >= |x|_min``. Off the support, ``|<d_j, D z>| <= k mu |z_i|``. So i is ahead of j by
``|x|_min (1 - (2k - 1) mu) - ||d_i +- d_j|| ||e'||`` at least, and ``||d_i +- d_j||^2`` is at most
``2 + 2 mu < 4``. The norm of the residual is at least ``|x|_min sqrt(1 - (k - 1) mu) - eps``, which
is more than ``eps``, since ``sqrt(1 - (k - 1) mu) > 1 - (2k - 1) mu`` for ``mu > 0``. For
``mu = 0`` these are equal: one atom, the code 2, the noise -1 and ``eps = 1`` stop at once. Once
all of the support is selected, the residual is the part of ``e`` that is orthogonal to it, of norm
at most ``eps``, and ``D (x_hat - x)`` is the other part.

A pursuit in floating point may pick any atom of which no other one is ahead by more than rounding
explains (:func:`sparsebound.theory.analysis.floating_point.pursuit`), and stop where ``eps`` is
exceeded by no more than that: this is claimed of every step, along its own picks. That these are
the support is claimed where they are clear of rounding, by these two margins, and of what it
selects after the whole support where the noise off the atoms is clearly less than ``eps``. A set of
atoms without an order is undecided elsewhere, unless it is right.

Sharp for every ``k``: atoms with equal negative inner products, noise along their sum.

Source: Donoho, Elad and Temlyakov 2006; with equality, stated and proved independently.

>>> from sparsebound.theory.evidence import StoppedPursuit
>>> from sparsebound.theory.verdict import decide
>>> instance = Instance([[1, 0], [0, 1]], [[5, 0]])
>>> run = StoppedPursuit(signals=[[4, 0]], eps=[1], picks=[[0]])
>>> decide(THEOREM, instance, {"stopped_pursuit": run}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.analysis.floating_point import UP, Allowance, norms_of, pursuit, told
from sparsebound.theory.analysis.greedy import along
from sparsebound.theory.analysis.lasso import Projection, project
from sparsebound.theory.arithmetic import Ball, Enclosure, Mask, Number
from sparsebound.theory.evidence import StoppedPursuit
from sparsebound.theory.extremal.stability import (
    noise_along_the_worst_direction,
    noise_as_large_as_what_is_left,
    noise_on_another_atom,
    noise_that_hides_the_code,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import BY_COHERENCE, STOPPED, Constant, Promise
from sparsebound.theory.quantities import coherence
from sparsebound.theory.quantities.distances import residual_energy
from sparsebound.theory.quantities.supports import astray, selected
from sparsebound.theory.sources import DONOHO_ELAD_TEMLYAKOV_2006, INDEPENDENT
from sparsebound.theory.theorem import ATOMS, STEPS, Claim, Mutant, Premise, Theorem

SHARE = Fraction(2)
"""How often the noise has to fit into what stands out of it."""


def premises(
    instance: Instance,
    stopped_pursuit: StoppedPursuit,
    *,
    share: Fraction = SHARE,
    edge: bool = False,
) -> Iterator[Premise]:
    """Incoherent enough, and entries that stand out of the noise."""
    yield Premise("(2k - 1) mu < 1", (2 * instance.sparsity - 1) * coherence(instance.D), 1)
    yield Premise("x != 0", 0, instance.sparsity)
    eps = stopped_pursuit.eps
    yield Premise("0 <= eps", 0, eps, strict=False)
    least = _least_energy(instance) * _room(instance) ** 2
    name = "(2 eps)^2 < |x|_min^2 (1 - (2k - 1) mu)^2, or equal for mu > 0"
    strict = not (edge or coherence(instance.D).sign == 1)
    yield Premise(name, (share * instance.lift(eps)) ** 2, least, strict)
    energy = residual_energy(instance, stopped_pursuit.signals, instance.X)
    excess = energy - instance.lift(eps) ** 2
    yield Premise("||e||^2 - eps^2 <= 0", excess, 0, strict=False)


def claims(
    instance: Instance,
    stopped_pursuit: StoppedPursuit,
    *,
    share: Fraction = SHARE,
    edge: bool = False,
    factor: Fraction = Fraction(1),
) -> Iterator[Claim]:
    """The support, and entries near the true ones."""
    projection = project(instance, _noise(instance, stopped_pursuit))
    clear, ended = _clear_of_rounding(instance, stopped_pursuit, share, projection)
    clear, step = clear | edge, np.arange(stopped_pursuit.picks.shape[1])
    if stopped_pursuit.ordered:
        yield from _steps(instance, stopped_pursuit)
    judged = (step < instance.sparsity[:, None]) | ended[:, None]
    picks = np.where(judged, stopped_pursuit.picks, -1)
    chosen = selected(picks, instance.D.shape[1])
    again = (picks >= 0).sum(axis=1) - chosen.sum(axis=1)
    wrong, missed = astray(picks, instance.support), (instance.support & ~chosen)

    def where(found: NDArray[Any]) -> Number | Enclosure:
        """What is surely wrong; where rounding may be the cause, picks in their order are right."""
        number, sure = instance.lift(found * 1.0), clear.reshape(-1, *(1,) * (found.ndim - 1))
        return number.where(sure, 0) if stopped_pursuit.ordered else told(number, sure)

    yield Claim("selected off the support", where(wrong), 0, measured=False, axes=STEPS)
    yield Claim("missed of the support", where(missed), 0, measured=False, axes=ATOMS)
    yield Claim("selected again", where(again), 0, measured=False)
    scale = instance.D.raw_gram[0, 0]  # atoms have this squared norm, not 1
    energy = (projection.entries * projection.entries).sum(-1) * scale
    bound = _bound(instance, instance.lift(stopped_pursuit.eps), factor)
    yield Claim("||x_hat - x||^2 <= eps^2 / (1 - (k - 1) mu)", energy, bound)


def _steps(instance: Instance, run: StoppedPursuit) -> Iterator[Claim]:
    """Its own picks and its own end: where it goes on, more than ``eps`` is left; and then not."""
    most = int(instance.sparsity.max(initial=0)) + 1
    seen = along(instance, instance.lift(run.signals), run, most)
    yield from seen.choices()
    room, energies = Allowance(seen.room.size * UP, seen.room.known), seen.energies
    level = instance.lift(run.eps).reshape(-1, 1)
    least = level - room.size
    least = (least * least).where((least.sign == 1) & room.known, 0)[:, :-1]
    on = seen.picks >= 0
    name = "eps < ||r|| where it goes on, up to rounding"
    left = energies[:, :-1].where(on, 0)
    yield Claim(name, least.where(on, 0), left, measured=False, axes=STEPS)
    name = "||r|| <= eps where it stops, up to rounding"
    most_left = (level + room.size) * (level + room.size)
    rest = room.against(energies.where(seen.stopped, 0))
    yield Claim(name, rest, most_left, measured=False, axes=STEPS)


def _bound(instance: Instance, eps: Number, factor: Fraction = Fraction(1)) -> Number:
    """Bound of the squared error, shape (B,)."""
    return factor * eps**2 / (1 - (instance.sparsity - 1) * coherence(instance.D))


def _room(instance: Instance) -> Number:
    return 1 - (2 * instance.sparsity - 1) * coherence(instance.D)


def _noise(instance: Instance, run: StoppedPursuit) -> Number:
    return instance.lift(run.signals) - instance.lift(instance.X) @ instance.D.atoms.swapaxes(0, 1)


def _least_energy(instance: Instance) -> Number:
    """Square of the smallest nonzero entry, for normalised atoms; 0 for the zero code."""
    diagonal = np.arange(instance.D.shape[1])
    squares = instance.lift(instance.X) ** 2 * instance.D.raw_gram[diagonal, diagonal]
    return squares.where(instance.support, squares.max(-1).reshape(-1, 1)).min(-1)


def _clear_of_rounding(
    instance: Instance, run: StoppedPursuit, share: Fraction, noise: Projection
) -> tuple[Mask, Mask]:
    """Where rounding can turn no selection of an atom of the support, and not the last stop."""
    k, mu = instance.sparsity, Ball.of(coherence(instance.D)).upper
    entries, least = Ball.of(abs(instance.unit_codes)).lower, 1 - (k - 1) * mu
    smallest = np.where(instance.support, entries, np.inf).min(axis=1)
    smallest = np.where(k > 0, np.maximum(smallest, 0.0), 0.0)
    fitted = noise.entries.reshape(*noise.gram.index.shape, 1)
    energy = (fitted * (noise.gram.inner @ fitted)).sum(1).sum(-1)
    rest = residual_energy(instance, run.signals, instance.X) - energy
    eps = float(share) / 2 * run.eps
    with np.errstate(over="ignore", invalid="ignore"):  # what is unknown is infinite, and not clear
        choice = smallest * (1 - (2 * k - 1) * mu) - np.sqrt(2 + 2 * mu) * eps
        ahead = np.minimum(choice, smallest * np.sqrt(np.maximum(least, 0)) - 2 * eps)
        below = run.eps - np.sqrt(np.maximum(Ball.of(rest).upper, 0))
    signals = norms_of(np.abs(run.signals)) * UP
    sized = least, signals, run.dtype, run.power
    fits = (pursuit(instance.D, fitted, *sized) for fitted in (np.maximum(k - 1, 0), k))
    margins = zip(fits, (ahead, below), strict=True)
    clear, ended = (lost.known & (room > 2 * UP * lost.size) for lost, room in margins)
    return np.asarray(clear), np.asarray(ended)


THEOREM = Theorem(
    title="Stability of orthogonal matching pursuit",
    statement=r"\|e\|_2 \le \varepsilon, \; k = \|x\|_0, \; "
    r"2 \varepsilon < |x|_{\min} (1 - (2k - 1) \mu(D)) \text{ (or equal, for } \mu(D) > 0 \text{)} "
    r"\implies "
    r"\text{orthogonal matching pursuit, stopped at } \|y - D z\|_2 \le \varepsilon, "
    r"\text{ selects } \operatorname{supp} x, \; "
    r"\|\hat{x} - x\|_2^2 \le \frac{\varepsilon^2}{1 - (k - 1) \mu(D)}",
    names=("OMP", "greedy pursuit"),
    source=DONOHO_ELAD_TEMLYAKOV_2006 & INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=noise_along_the_worst_direction,
    mutants=(
        Mutant(
            "noise dropped from the premise",
            {"share": Fraction(0)},
            noise_on_another_atom,
            smallest=(2, 2),
        ),
        Mutant(
            "2 eps -> 1.8 eps",
            {"share": Fraction(9, 5)},
            noise_that_hides_the_code,
            smallest=(1, 1),
        ),
        Mutant(
            "equality allowed for mu = 0",
            {"edge": True},
            noise_as_large_as_what_is_left,
            smallest=(1, 1),
        ),
        Mutant("right side times 0.95", {"factor": Fraction(95, 100)}, smallest=(1, 1)),
    ),
    promises=(
        Promise(
            STOPPED,
            {"coherence": BY_COHERENCE},
            ("(2k - 1) mu < 1",),
            (
                Constant(
                    "||x_hat - x||_2 / eps",
                    "1 / sqrt(1 - (s-1) mu)",
                    lambda codes: _bound(codes, codes.lift(1)).sqrt(),
                ),
                Constant("least entry / eps", "2 / (1 - v)", lambda codes: SHARE / _room(codes)),
            ),
        ),
    ),
)
