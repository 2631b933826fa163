r"""On data without a place, a fully connected layer becomes a convolution.

Problem: pairs of an input ``y`` and an output ``x``, of channels of ``N`` positions, in all joint
cyclic shifts; a layer ``W``, and a step of gradient descent on the sum of
``||x - W y||^2/2``, ``W' = W + gamma (C - W S)``, with ``S = sum y y^T``, ``C = sum x y^T``.
``P W`` is the nearest convolution, the mean of ``W`` over simultaneous shifts of inputs and
outputs.

Claim: from any ``W``, for any ``gamma``: (a) ``W' - P W' = (W - P W) (I - gamma S)``, so the
distance to the convolutions is multiplied by ``rho = max |1 - gamma sigma|`` at most, over the
eigenvalues ``sigma`` of ``S``: it vanishes linearly where that is below 1. (b) For one channel of
inputs, the fluctuation of the node strengths, the variance of the row sums of ``W`` in a channel of
outputs, is multiplied by exactly ``(1 - gamma sigma_0)^2``, with ``sigma_0`` the row sum of ``S``,
the power of the data at frequency 0. (c) A layer of rectified linear units that is a convolution,
with one bias a channel, stays one. It need not attract others: a unit that is never active stays
what it is.

Why: ``S`` and ``C`` commute with the shifts, so ``P (W S) = (P W) S`` and ``P C = C``. A vector
of ones is an eigenvector of a circulant ``S``, and ``P W`` has constant row sums. (c) The loss
does not change if all units and inputs are shifted, so its gradient at a convolution is one.

Sharp: white data, whose ``S`` is a multiple of ``I``.

Source: stated and proved independently, in the setting of Ingrosso, Goldt 2022.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(3)
>>> decide(THEOREM, experiment, {"layer_step": experiment.settings["layer_step"]}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sparsebound.theory.analysis.training import STEPS_DRAWN, power, rounding, squared_frobenius
from sparsebound.theory.arithmetic import FloatArray, IntArray, Number
from sparsebound.theory.evidence.steps import LayerStep
from sparsebound.theory.extremal.steps import (
    one_shift_of_two,
    unit_that_is_never_active,
    white_data,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import INDEPENDENT, INGROSSO_GOLDT_2022
from sparsebound.theory.theorem import STATES, Claim, Drawn, Mutant, Premise, Theorem


def premises(instance: Instance, layer_step: LayerStep) -> Iterator[Premise]:
    """Channels of that many positions, and a step."""
    m, n = instance.D.shape
    over = m % layer_step.positions + n % layer_step.positions
    yield Premise("N divides m and n", over, 0, strict=False, measured=False)
    yield Premise("1/gamma != 0", 0, abs(layer_step.inverse))


def claims(
    instance: Instance,
    layer_step: LayerStep,
    *,
    exponent: int = 1,
    missing: int = 0,
    rectified: bool = False,
) -> Iterator[Claim]:
    """How far it is from a convolution after a step, and how its nodes fluctuate."""
    found, lift, N = layer_step, instance.lift, layer_step.positions
    batch, n, m = found.weights.shape
    inputs, outputs = lift(_shifted(found.signals, N)), lift(_shifted(found.codes, N))
    inverse, W = lift(found.inverse), lift(found.weights)
    factor = inverse.reshape(batch, 1, 1)
    every = inputs.reshape(batch, -1, m), outputs.reshape(batch, -1, n)
    S = every[0].swapaxes(1, 2) @ every[0]
    after = W * factor + every[1].swapaxes(1, 2) @ every[0] - W @ S  # W'/gamma: integers
    error = abs(after - lift(found.stepped) * factor) - _allowed(found)
    name = "W' is W + gamma (C - W S), up to rounding"
    yield Claim(name, error.max(-1).max(-1), 0, measured=False)
    if missing:
        some = (data[:, :, : N - missing] for data in (inputs, outputs))
        one, other = (data.reshape(batch, -1, data.shape[3]) for data in some)
        S = one.swapaxes(1, 2) @ one
        after = W * factor + other.swapaxes(1, 2) @ one - W @ S
    if rectified:
        after = W * factor + _rectified(W, *every, lift(0 * found.biases), N)
    apart, rest = _apart(W, N), _apart(after, N)
    kept = apart * factor - apart @ S
    said = "W' - P W' = (W - P W) (I - gamma S)"
    yield Claim(said, abs(rest - kept).max(-1).max(-1), 0, measured=False)
    largest = abs(1 - S.eigenvalues() / inverse.reshape(batch, 1)).max(-1)
    bound = power(largest * largest, exponent) * squared_frobenius(apart)
    left = squared_frobenius(rest) / (inverse * inverse)
    yield Claim("||W' - P W'||_F^2 <= rho^2 ||W - P W||_F^2", left, bound)
    if m == N:
        change = (inverse - S[:, 0].sum(-1)).reshape(batch, 1)
        before, then = (_fluctuations(matrix, N) for matrix in (W, after))
        moved = abs(then - before * (change * change)).max(-1)
        yield Claim("Y'^2 = (1 - gamma sigma_0)^2 Y^2", moved, 0, measured=False)
    slope = _rectified(W * N - apart, *every, lift(found.biases), N)  # at N P W
    # biases are not trained here; if they were, their slopes would be equal within a channel
    stated = "a rectified layer that is a convolution stays one"
    yield Claim(stated, abs(_apart(slope, N)).max(-1).max(-1), 0, measured=False)


def drawn(instance: Instance, layer_step: LayerStep) -> Drawn:
    """The distance to the convolutions over more steps, in float64, and the layer at both ends."""
    found, N = layer_step, layer_step.positions
    batch, n, m = found.weights.shape
    inputs = _shifted(found.signals, N).reshape(batch, -1, m)
    outputs = _shifted(found.codes, N).reshape(batch, -1, n)
    S, C = np.swapaxes(inputs, 1, 2) @ inputs, np.swapaxes(outputs, 1, 2) @ inputs
    gamma, layers = 1 / found.inverse[:, None, None], [found.weights]
    for _ in range(STEPS_DRAWN):
        layers.append(layers[-1] + gamma * (C - layers[-1] @ S))
    apart = np.stack([np.linalg.norm(_apart(W, N), axis=(1, 2)) / N for W in layers], axis=1)
    largest = abs(1 - np.linalg.eigvalsh(S) * gamma[:, 0]).max(axis=1, keepdims=True)
    bound = apart[:, :1] * largest ** np.arange(len(layers))
    name = "||W_k - P W_k||_F <= rho^k ||W_0 - P W_0||_F"
    shown = {f"W at step {k}": layers[k] for k in (0, STEPS_DRAWN)}
    return Drawn(Claim(name, apart, bound, axes=STATES), shown)


def _shifts(length: int, N: int) -> IntArray:
    """Where each entry comes from, in each of the N shifts; (N, length)."""
    places = np.arange(length)
    return np.asarray(places // N * N + (places + np.arange(N)[:, None]) % N)


def _shifted(values: FloatArray, N: int) -> FloatArray:
    """All shifts of vectors; (B, P, N, length)."""
    return np.asarray(values[:, :, _shifts(values.shape[2], N)])


def _apart(W: Any, N: int) -> Any:
    """``N (W - P W)``, of a number or an array."""
    _, n, m = W.shape
    rows, columns = _shifts(n, N)[:, :, None], _shifts(m, N)[:, None, :]
    return W * N - W[:, rows, columns].sum(1)


def _fluctuations(W: Number, N: int) -> Number:
    """``N^2`` times the variance of the row sums in each channel; (B, n/N)."""
    batch, n, _ = W.shape
    strengths = W.sum(-1).reshape(batch, n // N, N)
    total = strengths.sum(-1)
    return (strengths * strengths).sum(-1) * N - total * total


def _rectified(W: Number, inputs: Number, outputs: Number, biases: Number, N: int) -> Number:
    """The sum of ``(x - relu(W y + b)) o relu'(W y + b) y^T``; its derivative at 0 is 0."""
    batch, n, _ = W.shape
    each = biases.reshape(batch, n // N, 1) + np.zeros((1, 1, N))
    seen = inputs @ W.swapaxes(1, 2) + each.reshape(batch, 1, n)
    signs = seen.sign
    errors = outputs - seen
    active = errors.where(signs == 1, (errors.hull(0)).where(signs > 1, 0))
    return active.swapaxes(1, 2) @ inputs


def _allowed(found: LayerStep) -> FloatArray:
    """What rounding explains of each entry of a step, over ``gamma``."""
    N, inverse = found.positions, abs(found.inverse)[:, None, None]
    inputs, outputs = (
        abs(_shifted(values, N)).reshape(len(values), -1, values.shape[2])
        for values in (found.signals, found.codes)
    )
    both, weights = np.swapaxes(inputs, 1, 2), abs(found.weights)
    count, m = inputs.shape[1:]
    sizes = weights @ (both @ inputs) + np.swapaxes(outputs, 1, 2) @ inputs
    wide = (1 + inputs.sum(axis=(1, 2)))[:, None, None] * (1 + weights.sum(axis=2, keepdims=True))
    operations = 8 * (count + m) * (wide + inverse)
    return rounding(2 * (count + m) + 8, weights * inverse + sizes, operations)


THEOREM = Theorem(
    title="A fully connected layer becomes a convolution",
    statement=r"S = \sum y y^T, \; C = \sum x y^T \text{ over all shifts}, \; "
    r"W' = W + \gamma (C - W S) \implies \| W' - P W' \|_F \le "
    r"\max\limits_i | 1 - \gamma \sigma_i | \| W - P W \|_F",
    names=("emergence of convolutions", "translation invariance", "weight sharing", "circulant"),
    source=INDEPENDENT & INGROSSO_GOLDT_2022,
    premises=premises,
    claims=claims,
    drawn=drawn,
    sharp=white_data,
    mutants=(
        Mutant("rho squared", {"exponent": 2}, smallest=(2, 2)),
        Mutant("one shift is missing", {"missing": 1}, one_shift_of_two, smallest=(2, 2)),
        Mutant(
            "rectified layers, too",
            {"rectified": True},
            unit_that_is_never_active,
            smallest=(2, 2),
        ),
    ),
    enumerates=True,
    dictionaries=("integer", "graph", "mutually_unbiased"),
)
