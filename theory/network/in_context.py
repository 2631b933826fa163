r"""A transformer with linear attention runs ISTA on the dictionary that is in its context.

Problem: tokens ``(a_t, y_t)`` for ``t = 1, ..., m``: ``a_t`` the rows of ``D``, ``y_t`` the entries
of the signal. A head without softmax, whose query is ``(-c, 1)``, adds to the code c the sum of
``a_t/L`` times the products of the query with the tokens; a pair of rectified units thresholds each
entry at ``lam/L``. So ``L > 0`` and ``lam > 0`` are in the weights, and ``D`` is not: there is one
network for each ``L``.

Claim: K blocks, from ``c = 0``, are K steps of ISTA, for every ``D``:
``c' = soft(c + D^T (y - D c)/L, lam/L)``. That they converge follows for contexts with
``||D||^2 <= L`` only (``rate.ista``).

Why: ``<(-c, 1), (a_t, y_t)> = y_t - <a_t, c>``, so that the head adds ``D^T (y - D c)/L``; and
``soft(v, t) = relu(v - t) - relu(-v - t)`` (``network.relu_pair``).

Sharp: an equality. Computed blocks add up in another order than ISTA does: they are held against
what rounding explains, as steps of ISTA are.

Source: the construction is standard: von Oswald et al. 2023; Bai et al. 2023; Liu et al. 2025. It
is stated independently.

>>> from sparsebound.theory.evidence import Trajectory
>>> from sparsebound.theory.verdict import decide
>>> run = Trajectory([[[0.0], [1.0], [1.5]]], [1.0], [2.0])
>>> decide(THEOREM, Instance([[1]], [[3]]), {"in_context_run": run}).status
array([1], dtype=int8)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis import activations
from sparsebound.theory.analysis.descent import Descent, norm
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.extremal.rates import one_atom
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import (
    BAI_2023,
    INDEPENDENT,
    LIU_2025,
    VON_OSWALD_2023,
)
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(instance: Instance, in_context_run: Trajectory) -> Iterator[Premise]:
    """A positive weight, a positive inverse step, and a start at 0."""
    yield Premise("0 < lam", 0, in_context_run.lam)
    yield Premise("0 < L", 0, in_context_run.L)
    start = np.abs(in_context_run.points[:, 0]).max(axis=1, initial=0.0)
    yield Premise("c = 0", start, 0, strict=False)


def claims(
    instance: Instance,
    in_context_run: Trajectory,
    *,
    softmax: bool = False,
    residual: bool = True,
) -> Iterator[Claim]:
    """What each block makes of the code before."""
    nothing = Optimum(0.0 * instance.X, np.zeros((len(instance), instance.D.shape[0])))
    run = Descent(instance, in_context_run, nothing)
    allowed = run.plain_rounding
    lost = instance.lift((~run.finite[:, 1:]) * 1.0)
    yield Claim("codes are finite", allowed.against(lost), 0, measured=False, axes=STEPS)
    before, L = run.points[:, :-1], run.L.reshape(-1, 1, 1)
    v = _attended(instance, before, softmax=softmax) / L + (before if residual else 0)
    wanted = activations.soft(v, run.lam.reshape(-1, 1, 1) / L)
    found = norm(run.points[:, 1:] - wanted) * run.L
    name = "a block is a step of ISTA, up to rounding"
    yield Claim(name, allowed.against(found), allowed.size, measured=False, axes=STEPS)


def _attended(instance: Instance, codes: Number, *, softmax: bool) -> Number:
    """The sum over tokens of ``a_t`` times their weights, for codes of shape (B, K, n)."""
    batch, steps, n = codes.shape
    scores = instance.Y.reshape(batch, 1, -1) - (
        codes.reshape(batch * steps, n) @ instance.D.atoms.swapaxes(0, 1)
    ).reshape(batch, steps, -1)
    if softmax:
        powers = scores.exp()
        scores = powers / powers.sum(-1).reshape(batch, steps, 1)
    m = scores.shape[-1]
    return (scores.reshape(batch * steps, m) @ instance.D.atoms).reshape(batch, steps, n)


THEOREM = Theorem(
    title="Linear attention runs ISTA on the dictionary in its context",
    statement=r"c' = \operatorname{relu} \bigl( v - \tfrac{\lambda}{L} \bigr) - "
    r"\operatorname{relu} \bigl( -v - \tfrac{\lambda}{L} \bigr), \; "
    r"v = c + \tfrac{1}{L} \sum_t a_t \langle (-c, 1), (a_t, y_t) \rangle \implies "
    r"c' = \operatorname{soft} \bigl( c + \tfrac{1}{L} D^T (y - D c), "
    r"\tfrac{\lambda}{L} \bigr)",
    names=("in-context learning", "LISTA-VM", "linear attention", "transformer", "mesa-optimiser"),
    source=VON_OSWALD_2023 & BAI_2023 & LIU_2025 & INDEPENDENT,
    premises=premises,
    claims=claims,
    mutants=(
        Mutant("softmax for linear attention", {"softmax": True}, one_atom, smallest=(1, 1)),
        Mutant("residual stream dropped", {"residual": False}, one_atom, smallest=(1, 1)),
    ),
    equality=True,
    noisy=True,
)
