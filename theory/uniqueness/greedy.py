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

What a pursuit in floating point does is held against the theorem only where its choice is clear of
rounding, as :func:`sparsebound.theory.analysis.floating_point.pursuit` bounds it.

Unlike ``uniqueness.erc`` this is about one code: its entries decide, and nothing is lost.

Source: stated and proved independently.

>>> from sparsebound.theory.evidence import Pursuit
>>> from sparsebound.theory.verdict import decide
>>> instance = Instance([[1, 0, 1], [0, 1, 1]], [[4, 1, 0]])
>>> run = Pursuit([[0, 1]], [[4.0, 1, 0]])
>>> decide(THEOREM, instance, {"pursuit": run}).status
array([1], dtype=int8)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis import floating_point
from sparsebound.theory.analysis.greedy import GreedySteps, greedy_steps
from sparsebound.theory.arithmetic import Ball, IntArray, Mask
from sparsebound.theory.evidence import Pursuit
from sparsebound.theory.extremal.greedy import astray_at_the_second_step, tie_at_the_first_step
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.supports import support_gram, support_independence
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem, equal


def premises(instance: Instance, *, ties: bool = False, first: bool = False) -> Iterator[Premise]:
    """No noise, independent atoms, and one largest product at each step."""
    yield Premise("e = 0", np.abs(instance.E).max(axis=1, initial=0), 0, strict=False)
    yield Premise("D_S has full column rank", 0, support_independence(instance))
    steps = greedy_steps(instance)
    kept, lost = _predicted(steps, first=first)
    second = steps.second.where(kept | lost, 0)
    yield Premise("second largest product on S", second, steps.ahead.where(kept | lost, 1))
    if not ties:
        distance = abs(steps.ahead - steps.beside).where(kept | lost, 1)
        yield Premise("a product off S is larger or smaller", 0, distance.min(-1))


def claims(
    instance: Instance, pursuit: Pursuit, *, ties: bool = False, first: bool = False
) -> Iterator[Claim]:
    """The picks of the pursuit on the support, up to the first that is off it."""
    steps = greedy_steps(instance)
    kept, lost = _predicted(steps, first=first)
    clear = (_clear_of_rounding(instance, steps, kept | lost) | ties)[:, None]
    picks: IntArray = np.full_like(steps.picks, -1)
    shared = min(picks.shape[-1], pursuit.picks.shape[1])
    picks[..., :shared] = pursuit.picks[:, :shared]
    wrong = clear & kept & (picks != steps.picks)
    yield Claim("picks other than on S", wrong, False, measured=False, axes=STEPS)
    inside = (picks < 0) | np.take_along_axis(instance.support, np.maximum(picks, 0), axis=1)
    within = clear & lost & inside
    yield Claim("picks on S, with one off S ahead", within, False, measured=False, axes=STEPS)
    taken = (pursuit.picks >= 0).sum(axis=1)
    whole = clear[:, 0] & ~lost.any(axis=1)
    yield from equal("steps", np.where(whole, taken, instance.sparsity), instance.sparsity)


def _predicted(steps: GreedySteps, *, first: bool = False) -> tuple[Mask, Mask]:
    """Steps that stay on the support, and the first that does not; shapes (B, s)."""
    behind = np.asarray((steps.ahead - steps.beside).mid < 0) & steps.running
    if first:
        behind[:, 1:] = False
    lost = behind & (np.cumsum(behind, axis=1) == 1)
    kept = steps.running & (np.cumsum(behind, axis=1) == 0)
    return np.asarray(kept), np.asarray(lost)


def _clear_of_rounding(instance: Instance, steps: GreedySteps, asked: Mask) -> Mask:
    """Where no selection up to the last step that is asked about can be turned by rounding."""
    s = np.maximum(instance.sparsity, 1)
    inner = support_gram(instance.D.gram, instance.support).inner
    least = Ball.of(inner.eigenvalues()).lower.min(axis=1) if inner.shape[-1] else np.ones(len(s))
    unit = Ball.of(instance.D.raw_gram[0, 0].sqrt()).upper  # of products: atoms have this norm
    ahead, second, beside = (Ball.of(part) for part in (steps.ahead, steps.second, steps.beside))
    gaps = np.minimum(abs(ahead - beside).lower, (ahead - second).lower)
    gap = np.where(asked, gaps, np.inf).min(axis=1, initial=np.inf) / unit
    entries = Ball.of(abs(instance.unit_codes)).upper.sum(axis=1)
    rounding = floating_point.pursuit(instance.D, s, least, entries)
    with np.errstate(invalid="ignore"):  # what is unknown is infinite, and not clear
        return np.asarray(rounding.known & (gap > 2 * floating_point.UP * rounding.size))


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
        Mutant("ties allowed", {"ties": True}, tie_at_the_first_step, smallest=(1, 2)),
        Mutant("the first step alone", {"first": True}, astray_at_the_second_step, smallest=(2, 3)),
    ),
)
