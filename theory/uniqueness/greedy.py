r"""What orthogonal matching pursuit finds, decided on the code itself.

Problem: ``y = D x`` without noise, ``x`` with support ``S`` of ``s`` independent atoms. The pursuit
picks the normalised atom whose product with the residual is largest, fits, and goes on.

Claim: follow the pursuit on the atoms of ``S`` alone, and let the largest product on ``S`` be
attained once at each step. If at every step it exceeds all products off ``S``, then the pursuit
recovers ``x`` in exactly ``s`` steps, with these picks; and if at some step, the first such,
a product off ``S`` exceeds it, then the pursuit picks off ``S`` at that step.

Why: by induction the pursuit has the picks of the one on ``S``, hence the same residual, as long as
the largest of all products is on ``S``. After ``s`` steps all atoms of ``S`` are picked, once each,
since the residual is orthogonal to those that are, and the fit is ``x``.

A pursuit in floating point may pick any atom of which no other one is ahead by more than rounding
explains, as :func:`sparsebound.theory.analysis.floating_point.pursuit` bounds it, and may stop
where no product is more than that, or than its tolerance: this is claimed of every pick, along the
picks that it made before. What is predicted is claimed where no choice can be turned by rounding.

Unlike ``uniqueness.erc`` this is about one code: its entries decide, and nothing is lost.

Source: stated and proved independently.

>>> from sparsebound.theory.evidence import Pursuit
>>> from sparsebound.theory.verdict import decide
>>> instance = Instance([[1, 0, 1], [0, 1, 1]], [[4, 1, 0]])
>>> run = Pursuit([[0, 1]], [[4.0, 1, 0]], [1e-6])
>>> decide(THEOREM, instance, {"pursuit": run}).status
array([1], dtype=int8)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.analysis import floating_point
from sparsebound.theory.analysis.floating_point import norms_of
from sparsebound.theory.analysis.greedy import GreedySteps, along, greedy_steps
from sparsebound.theory.arithmetic import Ball, IntArray, Mask
from sparsebound.theory.evidence import Pursuit
from sparsebound.theory.extremal.greedy import astray_at_the_second_step, tie_at_the_first_step
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.supports import support_gram, support_independence
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(instance: Instance, *, ties: bool = False, first: bool = False) -> Iterator[Premise]:
    """No noise, independent atoms, and one largest product at each step."""
    yield Premise("e = 0", np.abs(instance.E).max(axis=1, initial=0), 0, strict=False)
    yield Premise("D_S has full column rank", 0, support_independence(instance))
    steps = greedy_steps(instance)
    _, lost = _predicted(steps, ties=ties, first=first)
    asked = steps.running & (np.cumsum(lost, axis=1) - lost == 0)
    ahead = steps.ahead.where(asked, 1)
    yield Premise("second largest product on S", steps.second.where(asked, 0), ahead)
    if not ties:
        distance = abs(steps.ahead - steps.beside).where(asked, 1)
        yield Premise("a product off S is larger or smaller", 0, distance.min(-1))


def claims(
    instance: Instance, pursuit: Pursuit, *, ties: bool = False, first: bool = False
) -> Iterator[Claim]:
    """The picks of the pursuit on the support, up to the first that is off it; then its end."""
    steps = greedy_steps(instance)
    kept, lost = _predicted(steps, ties=ties, first=first)
    clear = _clear_of_rounding(instance, steps, kept | lost, pursuit) | ties
    picks: IntArray = np.full((len(kept), kept.shape[1] + 1), -1)
    shared = min(picks.shape[1], pursuit.picks.shape[1])
    picks[:, :shared] = pursuit.picks[:, :shared]
    made, n = picks[:, :-1], instance.D.shape[1]
    seen = along(instance, instance.Y, pursuit, made.shape[1])
    yield from seen.choices()
    yield from seen.ends(pursuit.tolerance * norms_of(instance.Y.mid))
    inside = (made < 0) | np.take_along_axis(instance.support, np.clip(made, 0, n - 1), axis=1)
    wrong: NDArray[np.bool_] = np.zeros(picks.shape, dtype=bool)
    wrong[:, :-1] = (kept & (made != steps.picks)) | (lost & inside)
    ended = instance.sparsity[:, None] == np.arange(picks.shape[1])
    whole = np.asarray((kept | ~steps.running).all(axis=1))
    wrong |= ended & (picks >= 0) & whole[:, None]
    found = wrong & clear[:, None]
    yield Claim("picks other than predicted", found, False, measured=False, axes=STEPS)


def _predicted(steps: GreedySteps, *, ties: bool = False, first: bool = False) -> tuple[Mask, Mask]:
    """Steps that surely stay on the support, and the first that surely does not; shapes (B, s)."""
    told = np.asarray((steps.ahead - steps.second).sign == 1)
    side = np.asarray((steps.ahead - steps.beside).sign)
    on = steps.running & told & ((side == 1) | (ties & (side == 0)))
    off = steps.running & told & (side == -1)
    if first:
        later = np.arange(on.shape[-1]) > 0
        on, off = on | (steps.running & later), off & ~later
    kept = np.logical_and.accumulate(on | ~steps.running, axis=1)
    before = np.roll(kept, 1, axis=1)
    before[..., :1] = True
    return np.asarray(kept & steps.running), np.asarray(off & before & ~kept)


def _clear_of_rounding(instance: Instance, steps: GreedySteps, asked: Mask, run: Pursuit) -> Mask:
    """Where no selection up to the last step that is asked about can be turned by rounding."""
    inner = support_gram(instance.D.gram, instance.support).inner
    batch, width = asked.shape
    least = Ball.of(inner.eigenvalues()).lower.min(axis=1) if inner.shape[-1] else np.ones(batch)
    unit = Ball.of(instance.D.raw_gram[0, 0].sqrt()).upper  # of products: atoms have this norm
    ahead, second, beside = (Ball.of(part) for part in (steps.ahead, steps.second, steps.beside))
    gaps = np.minimum(abs(ahead - beside).lower, (ahead - second).lower) / unit
    entries = Ball.of(abs(instance.unit_codes)).upper.sum(axis=1)[:, None]
    fitted = np.broadcast_to(np.arange(width), asked.shape)
    least = least[:, None]
    lost = floating_point.pursuit(instance.D, fitted, least, entries, run.dtype, run.power)
    with np.errstate(invalid="ignore"):  # what is unknown is infinite, and not clear
        clear = lost.known & (gaps > 2 * floating_point.UP * lost.size)
    return np.asarray((clear | ~asked).all(axis=1))


THEOREM = Theorem(
    title="Orthogonal matching pursuit of one code",
    statement=r"\operatorname{rank} D_S = |S|, \; r^k \text{ the residuals of the pursuit on } S, "
    r"\; \max_{j \notin S} |\langle d_j, r^k \rangle| < \max_{i \in S} |\langle d_i, r^k \rangle| "
    r"\text{ for all } k < |S| \iff "
    r"\text{orthogonal matching pursuit recovers } x \text{ in } |S| \text{ steps}",
    names=("OMP", "greedy pursuit"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    mutants=(
        Mutant("the first step alone", {"first": True}, astray_at_the_second_step, smallest=(2, 3)),
        Mutant("ties allowed", {"ties": True}, tie_at_the_first_step, smallest=(1, 2)),
    ),
)
