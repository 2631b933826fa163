r"""Raising the thresholds of one layer shrinks its support.

Problem: one layer ``h = relu(v - t)`` with any thresholds, or ``h = soft(v, t)`` with
``t >= 0``, of ``v = D^T y``; and the same layer with thresholds ``t' >= t``.

Claim: the support of ``h'`` lies in that of ``h``, for every ``y``. It need not for minimisers of
the Lasso with a larger weight, nor for a second layer when thresholds of the first one rise.

Why: entry by entry, ``v > t'`` implies ``v > t``, and ``|v| > t'`` implies ``|v| > t``. A
computed difference of two numbers has the sign of the exact one.

Sharp: where no entry lies between the thresholds.

Source: elementary.

>>> from sparsebound.theory.verdict import decide
>>> layers = ThresholdedLayers(
...     [[0.5]], [[1]], [False], [[1.5]], [[1]], [[[1]]], [[1]], [[0.5]]
... )
>>> path = LassoPath([[0.5, 1]], [[[True], [True]]], [[[1], [1]]])
>>> evidence = {"thresholded_layers": layers, "lasso_path": path}
>>> decide(THEOREM, Instance([[1]], [[2]]), evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

from sparsebound.theory.analysis import activations
from sparsebound.theory.analysis.floating_point import extents
from sparsebound.theory.analysis.training import rounding
from sparsebound.theory.arithmetic import FloatArray, Mask, Number
from sparsebound.theory.evidence import LassoPath, ThresholdedLayers
from sparsebound.theory.extremal.rates import rising_support
from sparsebound.theory.extremal.training import entries_above, second_layer_wakes
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import ELEMENTARY
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem
from sparsebound.theory.training import path_monotone

FIRST, SECOND, LASSO = "first", "second", "Lasso"
"""The layer that is spoken of, or the minimisers that take its place."""


def premises(
    instance: Instance,
    thresholded_layers: ThresholdedLayers,
    lasso_path: LassoPath,
    *,
    layer: str = FIRST,
) -> Iterator[Premise]:
    """Higher thresholds, and none below zero for a soft one."""
    low, high = thresholded_layers.thresholds, thresholded_layers.raised
    yield Premise("t <= t'", low, high, strict=False, measured=False)
    least = low.min(axis=1, initial=0.0) * thresholded_layers.signed
    yield Premise("0 <= t where thresholds are those of a soft one", 0, least, strict=False)
    if layer == LASSO:
        yield from path_monotone.premises(instance, lasso_path)


def claims(
    instance: Instance,
    thresholded_layers: ThresholdedLayers,
    lasso_path: LassoPath,
    *,
    layer: str = FIRST,
) -> Iterator[Claim]:
    """Layers as declared; nothing new in the support, and no more of it."""
    found = thresholded_layers
    error = _error(instance, found, found.thresholds, found.first)
    yield Claim("h is that layer, up to rounding", error, 0, measured=False)
    error = _error(instance, found, found.raised, found.first_raised)
    yield Claim("h' is that layer, up to rounding", error, 0, measured=False)
    before, after = _supports(found, lasso_path, layer)
    new = (after & ~before).sum(axis=-1)
    yield Claim("supp h' lies in supp h", new, 0, measured=False)
    yield Claim("||h'||_0 <= ||h||_0", after.sum(axis=-1), before.sum(axis=-1))


def _error(
    instance: Instance, found: ThresholdedLayers, theta: FloatArray, h: FloatArray
) -> Number:
    """How much farther from the layer its output is than rounding explains, shape (B,)."""
    v = instance.Y @ instance.D.atoms
    below = activations.relu(-v - theta).where(found.signed[:, None], 0)
    exact = activations.relu(v - theta) - below
    return (abs(exact - h) - _allowed(instance) - abs(theta) * 2.0**-52).max(-1)


def _supports(found: ThresholdedLayers, path: LassoPath, layer: str) -> tuple[Mask, Mask]:
    if layer == LASSO:
        return path.support[:, :-1], path.support[:, 1:]
    pair = (found.first, found.first_raised)
    if layer == SECOND:
        pair = (found.second, found.second_raised)
    return pair[0] != 0, pair[1] != 0


def _allowed(instance: Instance) -> FloatArray:
    """What rounding explains of ``v - theta``, but for the last sum's share of theta; (B, n)."""
    atoms, (m, n) = abs(instance.D.data), instance.D.shape
    signals = abs(instance.X) @ atoms.T + abs(instance.E)
    wide = 1 + extents(instance.D).column
    return rounding(2 * (m + n) + 8, signals @ atoms, 4 * (m + n) * wide)


THEOREM = Theorem(
    title="Raising the thresholds of a layer shrinks its support",
    statement=r"h = \operatorname{relu}(D^T y - t), \; t \le t' \implies "
    r"\operatorname{supp}(h') \subseteq \operatorname{supp}(h)",
    names=("ReLU", "sparse autoencoder", "bias"),
    source=ELEMENTARY,
    proof="proofs/training/threshold_nested.v:threshold_nested",
    premises=premises,
    claims=claims,
    sharp=entries_above,
    mutants=(
        Mutant("for minimisers of the Lasso", {"layer": LASSO}, rising_support, smallest=(2, 3)),
        Mutant("for the second layer", {"layer": SECOND}, second_layer_wakes, smallest=(1, 2)),
    ),
    noisy=True,
)
