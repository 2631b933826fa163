r"""CoSaMP, step by step, with the golden ratio.

Problem: ``y = D x`` without noise, ``x`` with ``s >= 1`` nonzeros; atoms of any norms. ``delta`` is
the restricted isometry constant of order 4s, or n if that is less, after any common factor of all
atoms.

Algorithm: let ``U`` be the support of ``x^k`` and the 2s largest entries of ``D^T (y - D x^k)``,
ties broken in any way, u least squares on ``U``, and ``x^{k+1}`` the s largest entries of u.
``x^k`` is any s-sparse point.

Claim: with ``phi = (1 + sqrt(5))/2``, if ``3 delta^2 + 2 phi delta^4 < 1``, which is so for
``delta <= 0.51``, then ``||x^{k+1} - x|| <= rho ||x^k - x||``,
``rho^2 = 2 delta^2 (1 + phi delta^2) / (1 - delta^2) < 1``.

Why: the entries that were chosen are no smaller than those of the support that were not, so the
part of x off ``U`` is at most ``sqrt(2) delta ||x^k - x||``. Least squares is orthogonal to the
atoms of ``U``, so ``(1 - delta^2)`` times the squared norm of ``x - u`` on ``U`` is at most
``delta^2`` times that of x off ``U``. An entry i of x in ``U`` that is dropped pairs with one that
displaced it, ``|u_i| <= |u_j|``, and ``x_i^2 + u_j^2 <= phi^2 ((x_i - u_i)^2 + u_j^2)``, as in
``rate.iht``. With ``phi^2 - 1 = phi`` these add up to the bound.

The textbook has 4 in the place of ``phi^2``. Whether this constant is the best one is open: the
largest quotient known is 0.947.

Rounding: any choice is allowed whose products are behind none that was left out by more than
rounding explains; all entries of ``x^{k+1}`` that are new belong to it. Where one is behind by t,
the part of x off ``U`` is larger by ``sqrt(s) t`` at most, and ``sqrt(s) t`` times
``sqrt((1 + phi delta^2) / (1 - delta^2))`` is added to the bound, with ``t`` the largest allowed if
several ``U`` are. So is ``phi`` times what moves u to where its s largest entries are the computed
``x^{k+1}``. Where only one ``U`` is allowed, or u is x on all of them, that this is no larger than
rounding is a claim too; else no more than that is allowed for.

Source: Foucart and Rauhut 2013; Song, Xia and Liu 2013; the constant of hard thresholding is that
of Shen and Li 2017, and the statement with it is proved above.

>>> from sparsebound.theory.extremal.refitting import far_on_another_atom
>>> from sparsebound.theory.verdict import decide
>>> experiment = far_on_another_atom(1)
>>> evidence = {"cosamp_run": experiment.settings["cosamp_run"]}
>>> decide(THEOREM, experiment, evidence).ratio > 0.946
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.choices import Choice, truncation_defects
from sparsebound.theory.analysis.descent import norm
from sparsebound.theory.analysis.floating_point import told
from sparsebound.theory.analysis.refitting import Refitting, golden, held
from sparsebound.theory.arithmetic import Ball, IntArray, Number
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.extremal.refitting import far_on_another_atom
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.isometry import common_square, squared_isometry
from sparsebound.theory.sources import FOUCART_RAUHUT_BOOK_2013, SHEN_LI_2017, SONG_XIA_LIU_2013
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(instance: Instance) -> Iterator[Premise]:
    """No noise, something to find, and atoms that are nearly orthonormal together."""
    yield Premise("e = 0", np.abs(instance.E).max(axis=1, initial=0), 0, strict=False)
    yield Premise("x != 0", 0, instance.sparsity)
    squares = _isometry(instance)
    sums = 3 * squares + 2 * golden(instance.D) * squares * squares
    yield Premise("3 delta^2 + 2 phi delta^4 < 1", sums, 1)


def claims(
    instance: Instance, cosamp_run: Trajectory, *, factor: Fraction = Fraction(1)
) -> Iterator[Claim]:
    """Every step, from whatever sparse point it starts."""
    steps, s = Refitting.of(instance, cosamp_run), instance.sparsity
    sparse, finite = steps.sparse(), steps.finite
    denser = finite[:, 1:] & ~sparse[:, 1:] & sparse[:, :-1]
    yield Claim("||x^{k+1}||_0 <= s", denser, False, measured=False, axes=STEPS)
    squares, atoms = _isometry(instance), np.minimum(3 * s, instance.D.shape[1])
    delta = np.sqrt(np.minimum(Ball.of(squares).upper, 1.0))
    scales = np.array([common_square(instance.D, int(order)) for order in _orders(instance)])
    room, allowed = steps.product_rounding(), steps.fit_rounding(atoms, scales * (1 - delta), delta)
    known = room.known & allowed.known
    lost = known & sparse[:, :-1] & ~finite[:, 1:]
    yield Claim("iterates are finite", lost, False, measured=False, axes=STEPS)
    away, usable = steps.away(), sparse[:, :-1] & sparse[:, 1:]
    on, found = (steps.run.points[:, part] != 0 for part in (slice(-1), slice(1, None)))
    choice = Choice.of(abs(steps.products(away)), found & ~on, 2 * s[:, None], room)
    yield from choice.claimed("U has the 2s largest, up to rounding", usable)
    missed = (instance.support[:, None, :] & ~(choice.sure | on)).sum(axis=-1)
    settled = choice.settled | (missed == 0)  # whatever else is in U, u is x
    u = steps.fitted((choice.taken | on) & usable[..., None])
    moved = truncation_defects(steps.run.points[:, 1:], u, s)
    step, eta = held(norm(moved.where(usable[..., None], 0)), settled, allowed)
    yield step
    phi = golden(instance.D)
    growth = (1 + phi * squares) / (1 - squares)
    rho, worse = ((part * growth).sqrt().reshape(-1, 1) for part in (2 * squares, 1))
    behind = worse * choice.behind(missed) / scales[:, None]
    sizes = norm(away)
    bound = (factor * rho * sizes[:, :-1] + behind + phi * eta).where(usable, 0)
    contraction = "||x^{k+1} - x|| <= rho ||x^k - x|| + ..."
    left = told(sizes[:, 1:].where(usable, 0), known | settled)
    yield Claim(contraction, left, bound, axes=STEPS)


def _isometry(instance: Instance) -> Number:
    """``delta^2``, shape (B,)."""
    return squared_isometry(instance.D, _orders(instance), plain=True)


def _orders(instance: Instance) -> IntArray:
    return np.asarray(np.clip(4 * instance.sparsity, 1, instance.D.shape[1]))


THEOREM = Theorem(
    title="CoSaMP",
    statement=r"\delta \text{ the isometry constant of order } 4s, \; "
    r"U \text{ the support of } x^k \text{ and the } 2s \text{ largest of } D^T (y - D x^k), \; "
    r"u \text{ least squares on } U, \; x^{k+1} = H_s(u), \; "
    r"3 \delta^2 + 2 \varphi \delta^4 < 1 \implies \|x^{k+1} - x\|_2^2 \le "
    r"\frac{2 \delta^2 (1 + \varphi \delta^2)}{1 - \delta^2} \|x^k - x\|_2^2",
    names=("CoSaMP", "compressive sampling matching pursuit", "RIP", "restricted isometry"),
    source=FOUCART_RAUHUT_BOOK_2013 & SONG_XIA_LIU_2013 & SHEN_LI_2017,
    premises=premises,
    claims=claims,
    mutants=(
        Mutant("rho times 0.9", {"factor": Fraction(9, 10)}, far_on_another_atom, smallest=(3, 3)),
    ),
    enumerates=True,
    # nearly orthonormal ones: elsewhere no sparsity is within the premise
    dictionaries=(
        "one_atom",
        "orthonormal",
        "simplex",
        "equiangular",
        "equiangular_plus",
        "transversal_design",
    ),
)
