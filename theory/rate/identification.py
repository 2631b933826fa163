r"""When ISTA stops making false positives.

Problem: minimise ``F(x) = 1/2 ||y - D x||^2 + lam ||x||_1``, ``lam > 0``, atoms as given, any
dictionary. ``x_hat`` is a minimiser, ``T`` its support, and ``c = D^T (y - D x_hat)``.

Algorithm: ``x^k = soft(x^{k-1} + D^T (y - D x^{k-1})/L, lam/L)`` from any start,
``L >= ||D||_2^2``.

Claim: for ``j`` off ``T``, ``||x^k - x_hat|| <= (lam - |c_j|)/L`` gives ``x^{k+1}_j = 0``. So with
``delta = min (lam - |c_j|)`` over all ``j`` off ``T``, no iterate after the first ``x^k`` within
``delta/L`` of the minimiser has a nonzero off ``T``. How many steps that takes is not said: it
follows from a rate of the distance, as in ``rate.ista_strong``.

Why: with ``v = x^k + D^T (y - D x^k)/L`` and ``x_hat_j = 0``,
``v_j = (I - D^T D/L)_j (x^k - x_hat) + c_j/L``, and the norm of a row of ``I - D^T D/L`` is at most
1. So ``|v_j| <= ||x^k - x_hat|| + |c_j|/L <= lam/L``. Distances to a minimiser never grow.

That ``x_hat`` is a minimiser is used for the distances alone.

Sharp: an atom of length 2^-30 beside one at the minimiser; its entry survives one step.

Rounding: a defect ``e`` of a step adds ``|e_j|`` to the distance
(:mod:`sparsebound.theory.analysis.descent`).

Source: Nutini, Schmidt and Hare 2019, with other constants; stated and proved independently.

>>> from sparsebound.theory.evidence import Optimum, Trajectory
>>> from sparsebound.theory.verdict import decide
>>> run = Trajectory([[[1.0, 1.5], [1.0, 0.25], [1.0, 0.0]]], [1.0], [2.0])
>>> optimum = Optimum([[1.0, 0.0]], [[1.0, 0.0]])
>>> instance = Instance([[1, 0], [0, 1]], [[2, 0]])
>>> decide(THEOREM, instance, {"ista_run": run, "optimum": optimum}).ratio  # 1/2 to 3/2
array([0.33333333])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.descent import Descent, running, steps_of, upper_end
from sparsebound.theory.arithmetic import Mask, Number
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.extremal.rates import barely_a_false_positive, lost_on_the_way
from sparsebound.theory.instance import Instance
from sparsebound.theory.rate import ista
from sparsebound.theory.sources import INDEPENDENT, NUTINI_SCHMIDT_HARE_2019
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Theorem


def claims(
    instance: Instance,
    ista_run: Trajectory,
    optimum: Optimum,
    *,
    factor: Fraction = Fraction(1),
    all_of_them: bool = False,
) -> Iterator[Claim]:
    """What is not zero off the support, after every step, and after one that is near enough."""
    run = Descent(instance, ista_run, optimum)
    off = optimum.point == 0
    room = (run.lam - abs(run.reference_slope)) / run.L
    errors = upper_end(abs(run.plain_errors) / run.L.reshape(-1, 1, 1))
    after = run.points[:, 1:]
    false = off[:, None, :] & (after.mid != 0)
    batch, n = room.shape
    left = (room.reshape(batch, 1, n) * instance.lift(factor) - errors).where(false, -1).max(-1)
    yield from steps_of(run)
    name = "(lam - |c_j|)/L < ||x^k - x_hat|| where x^{k+1}_j is not 0"
    yield Claim(name, left, run.distances[:, :-1].where(false.any(-1), 1), strict=True, axes=STEPS)
    wrong = false if not all_of_them else false | (~off[:, None, :] & (after.mid == 0))
    late = np.logical_or.accumulate(_near(run, room.where(off, run.lam / run.L).min(-1), errors), 1)
    found = instance.lift((wrong & late[..., None]).any(-1) * 1.0)
    name = "no false positive after ||x^k - x_hat|| <= min_j (lam - |c_j|)/L"
    yield Claim(name, found, 0, measured=False, axes=STEPS)


def _near(run: Descent, room: Number, errors: Number) -> Mask:
    """Which ``x^k`` are surely so near that nothing after them has a false positive, (B, K)."""
    drift = run.tilted(run.plain_errors)
    total = running(drift)
    later = total[:, -1:] - total + drift  # of this step, and of all after it
    reach = run.distances[:, :-1] + upper_end(later) + errors.max(-1).max(-1).reshape(-1, 1)
    spare = (room.reshape(-1, 1) - reach).sign
    return np.asarray((spare == 0) | (spare == 1))


THEOREM = Theorem(
    title="When ISTA stops making false positives",
    statement=r"L \ge \|D\|_2^2, \; \hat{x}_j = 0, \; "
    r"\|x^k - \hat{x}\|_2 \le \frac{\lambda - |c_j|}{L} "
    r"\implies x^{k+1}_j = 0",
    names=("support identification", "active set", "manifold identification"),
    source=NUTINI_SCHMIDT_HARE_2019 & INDEPENDENT,
    premises=ista.premises,
    claims=claims,
    sharp=barely_a_false_positive,
    mutants=(
        Mutant("lam - |c_j| times 1.05", {"factor": Fraction(21, 20)}, smallest=(1, 2)),
        Mutant(
            "the support is T from then on", {"all_of_them": True}, lost_on_the_way, smallest=(1, 2)
        ),
    ),
    noisy=True,
)
