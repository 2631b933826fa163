r"""Softmax attention with one-hot positions is a circular shift, up to an exponentially small part.

Problem: one head, ``N >= 2`` tokens, queries and keys their one-hot positions, at inverse
temperature ``beta >= 0``; token ``i`` looks for token ``i + offset``, modulo ``N``. The values are
the entries of a code.

Claim: ``||A - P|| = alpha = 2 (N-1)/(e^beta + N - 1)`` in the norm from max to max, ``P`` the
shift; so ``|A x - P x| <= alpha ||x||_inf``. Computed weights have a relative error of at most
``gamma_{2N+8}``, outputs one of ``gamma_{3N+8} ||x||_inf``; and what is lost below the range
(:mod:`sparsebound.theory.analysis.floating_point`): of a weight its exponential and its quotient,
and as many sums.

The sum of a row's other weights is what the largest falls short of 1 by, and is compared with
``alpha/2``: the difference from 1 itself would be lost in rounding.

Why: a row of ``A`` is ``e^beta/(e^beta + N - 1)`` at the token that is looked for and
``1/(e^beta + N - 1)`` elsewhere: what one falls short of 1 is the sum of the others.

Sharp: a code of ones but for one -1.

Source: stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> head = Attended([[0.0, 0.0]], [0.0], [1], [[0.5, 0.5]], [[0.5, 0.5]])
>>> decide(THEOREM, Instance([[1, 0], [0, 1]], [[1, -1]]), {"attended": head}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.attention import shift_distance
from sparsebound.theory.analysis.floating_point import FLOAT64, Allowance, FloatingPoint
from sparsebound.theory.analysis.unfolding import Scalar, column
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.networks import Attended
from sparsebound.theory.extremal import networks as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, attended: Attended) -> Iterator[Premise]:
    """At least two tokens."""
    yield Premise("2 <= N", 2, instance.D.shape[1], strict=False)
    yield Premise("0 <= beta", 0, attended.beta, strict=False)


def claims(instance: Instance, attended: Attended, *, share: Scalar = 1) -> Iterator[Claim]:
    """The distance from the shift, from both sides, and the outputs."""
    N, x = instance.D.shape[1], instance.X
    alpha = shift_distance(instance.lift(attended.beta), N)
    distance = instance.lift(attended.others.max(axis=1, initial=0.0)) * 2
    weights = alpha * FLOAT64.gamma(2 * N + 8) + FLOAT64.error(2 * N + 8, 0.0, 6 * N)
    yield Claim("||A - P|| <= alpha", distance, alpha * share + weights, measured=False)  # equality
    yield Claim("alpha <= ||A - P||", alpha - weights, distance, measured=False)
    rows = abs(instance.lift(attended.targets) + attended.others - 1).max(-1)
    room = FLOAT64.error(2 * N + 8, 1.0, 3 * N)
    yield Claim("rows of A sum to 1", rows, room, measured=False)
    places = (np.arange(N) + attended.offsets[:, None]) % N
    found = attended.outputs.astype(np.float64)
    error = abs(instance.lift(np.take_along_axis(x, places, axis=1)) - found)
    largest = np.abs(x).max(axis=1, initial=0.0)
    outputs = _gathered(N, largest, FloatingPoint.of(np.result_type(attended.outputs, np.float16)))
    name = "|A x - P x| <= alpha ||x||_inf"
    yield Claim(name, outputs.against(error), column(alpha * share * largest + outputs.size))


def _gathered(N: int, largest: FloatArray, kind: FloatingPoint) -> Allowance:
    """Bound the rounding of outputs for codes of these sizes, shape (B,) and (B, 1).

    Flushed to zero are N products and sums, and, times a code, two results of each of N weights.
    """
    known = largest <= kind.largest / 2
    sizes = np.where(known, largest, 0.0)
    return Allowance(kind.error(3 * N + 8, sizes, 2 * N * (1 + sizes)), known[:, None])


THEOREM = Theorem(
    title="Attention as a circular shift",
    statement=r"\| A - P \|_{\infty \to \infty} = \alpha = \frac{2 (N - 1)}{e^\beta + N - 1}",
    names=("self-attention", "softmax", "positional encoding"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=extremal.one_against_all,
    mutants=(Mutant("alpha/2", {"share": Fraction(1, 2)}, smallest=(2, 2)),),
)
