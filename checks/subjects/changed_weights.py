"""Networks whose weights are rounded to few bits, or of which the small ones are set to zero."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.checks.oracles.adversaries import in_turns
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import choice, plain
from sparsebound.checks.subjects.unfolding_schedules import weights
from sparsebound.theory.analysis.weights import matrix_of
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import ChangedWeights
from sparsebound.theory.experiment import Posed, posed

BITS = choice("bits", 4, 2, 8)
"""Of a weight that is rounded, and how small one is that is pruned: 2^-bits of the largest."""
CHANGE = choice("change", "rounded", "pruned")
"""What is done to weights."""
CHANGED_LAYERS = 4
"""Layers of both networks."""
RAISED_THRESHOLDS = (0.0, 0.0, 2.0**-6)
"""How much the thresholds of the second network are larger, relative to the code; in turns."""


def rounded(matrix: FloatArray, bits: int) -> FloatArray:
    """Round to multiples of the largest entry, over ``2^bits``.

    Examples
    --------
    >>> rounded(np.array([[1.0, 0.3]]), 2)
    array([[1.  , 0.25]])
    """
    unit = np.abs(matrix).max(initial=0.0) * 2.0**-bits or 1.0
    return np.asarray(np.rint(matrix / unit) * unit)


def pruned(matrix: FloatArray, bits: int) -> FloatArray:
    """Set to zero what is at most the largest entry over ``2^bits``.

    Examples
    --------
    >>> pruned(np.array([[1.0, 0.25]]), 2)
    array([[1., 0.]])
    """
    least = np.abs(matrix).max(initial=0.0) * 2.0**-bits
    return np.where(np.abs(matrix) > least, matrix, 0.0)


CHANGES: dict[str, Callable[[FloatArray, int], FloatArray]] = {
    "rounded": rounded,
    "pruned": pruned,
}


def changed_weights(given: Posed) -> ChangedWeights:
    """Run an unfolded network from zero, and the same with other weights and thresholds.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> changed_weights(Instance([[1, 1], [0, 4]], [[4, 0]])).A_changed.shape
    (2, 2)
    """
    experiment = posed(given)
    known: ChangedWeights | None = given_evidence(experiment, "changed_weights")
    if known is not None:
        return known
    instance = experiment.codes
    W = matrix_of(weights(instance, "normalised"))
    A = np.eye(instance.D.shape[1]) - W.T @ instance.D.data
    change, bits = CHANGES[CHANGE.of(experiment)], BITS.of(experiment)
    sizes = np.abs(instance.X).max(axis=1, initial=0.0)
    thresholds = sizes[:, None] * 2.0 ** -np.arange(1.0, CHANGED_LAYERS + 1)
    raised = thresholds + (sizes * in_turns(RAISED_THRESHOLDS, instance.place))[:, None]
    other, weights_now = change(A, bits), change(W, bits)
    return ChangedWeights(
        first=_states(A, W, thresholds, instance.Y.mid),
        second=_states(other, weights_now, raised, instance.Y.mid),
        thresholds=thresholds,
        thresholds_changed=raised,
        A=A,
        A_changed=other,
        W=W,
        W_changed=weights_now,
    )


def _states(A: FloatArray, W: FloatArray, thresholds: FloatArray, Y: FloatArray) -> FloatArray:
    """``x^{k+1} = soft(A x^k + W^T y, theta_k)`` from zero, shape (B, K + 1, n)."""
    states = [np.zeros((len(Y), len(A)))]
    for theta in thresholds.T:
        states.append(soft(states[-1] @ A.T + Y @ W, theta[:, None]))
    return np.stack(states, axis=1)


PROVIDERS = (plain("changed_weights", ChangedWeights, changed_weights, BITS, CHANGE),)
