"""Unfolded networks whose activations act on blocks of atoms, with thresholds from their bounds."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from sparsebound.checks.calls import Call, in_its_type
from sparsebound.checks.oracles.adversaries import generator
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import SEED, choice, plain
from sparsebound.checks.subjects.unfolding_schedules import weights
from sparsebound.theory.analysis.blocks import block_norms, blocks_of, coupling
from sparsebound.theory.analysis.floating_point import FloatingPoint
from sparsebound.theory.analysis.unfolding import RowSums, rounding, sums_of
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray, Mask, Number
from sparsebound.theory.evidence import BlockUnfolding
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.instance import Instance

DEPTH = 4
"""Layers of a network."""
ROOMY = 1 + 2.0**-36
"""Thresholds and declared sizes are this much larger than needed: far above their rounding."""
LOST = 2.0**7
"""What an activation, which divides by a norm, and the norm itself lose at most, in units."""

BLOCK = choice("block", 2, 1, 3)
"""Atoms of a block; the last one may have fewer."""
BLOCK_ACTIVATION = choice("block_activation", "soft", "hard")
"""What is left of a block whose norm exceeds the threshold: all of it, or as much as that."""
BLOCK_WEIGHTS = choice("block_weights", "normalised", "gradient")
"""The weights of the network."""
DEFECTS = choice("defects", 0.0, 0.125)
"""Sizes of errors that activations make, relative to thresholds."""


def block_unfolding(given: Posed) -> BlockUnfolding:
    """Run a network.

    Examples
    --------
    >>> block_unfolding(Instance([[1, 0], [0, 1]], [[4, 0]])).iterates.round(6)[0, 1]
    array([4., 0.])
    """
    experiment = posed(given)
    known: BlockUnfolding | None = given_evidence(experiment, "block_unfolding")
    return _planned(experiment, "float64") if known is None else known


def _planned(experiment: Experiment, dtype: str) -> BlockUnfolding:
    """Run a network whose thresholds make room for the rounding of a type."""
    instance = experiment.codes
    W = np.asarray(weights(instance, BLOCK_WEIGHTS.of(experiment), dtype))
    n = instance.D.shape[1]
    blocks = np.arange(n) // min(BLOCK.of(experiment), n)
    on = blocks_of(instance.support, blocks)
    draws = [generator(experiment, place) for place in instance.place]
    directions = np.stack([draw.standard_normal((DEPTH, n)) for draw in draws])
    soft = BLOCK_ACTIVATION.of(experiment) == "soft"
    share = DEFECTS.of(experiment)
    return _run(instance, W, blocks, on, directions, soft=soft, share=share, dtype=dtype)


def _run(
    instance: Instance,
    W: FloatArray,
    blocks: IntArray,
    on: Mask,
    directions: FloatArray,
    *,
    soft: bool,
    share: float,
    dtype: str,
) -> BlockUnfolding:
    D, batch = instance.D.data, len(instance)
    width = np.sqrt(np.bincount(blocks).max())
    sums = _upper_sums(sums_of(coupling(instance.D, W, blocks), on))
    losses, lost_there = rounding(instance, W, dtype), LOST * FloatingPoint.of(dtype).unit
    signals = instance.Y.mid
    B = _upper(block_norms(instance.lift(instance.X), blocks)).max(axis=1) * ROOMY
    noise = instance.lift(instance.E) @ instance.lift(W)
    nu = _upper(block_norms(noise, blocks)).max(axis=1) * ROOMY
    states, b, outside = [np.zeros((batch, len(blocks)))], B, np.zeros(batch)
    thresholds, declared = [], []
    for layer in range(DEPTH):
        lost = width * (losses.base + losses.on * b + losses.off * outside) * ROOMY
        enters = sums[0] * b + sums[2] * outside + nu
        # of which the activation may lose a share as well
        theta = (sums[1] * b + sums[3] * outside + nu + lost) * ROOMY / (1 - lost_there)
        rho = lost + theta * lost_there
        false = share * theta / 4
        inside = share * theta + (B + enters + rho + theta) * lost_there
        v = states[-1] + (signals - states[-1] @ D.T) @ W
        sizes = np.where(on, share * theta[:, None], false[:, None]) / ROOMY
        found = _activated(v, theta, blocks, soft) + _of_size(directions[:, layer], sizes, blocks)
        states.append(found)
        thresholds.append(theta)
        declared.append((rho, inside, false))
        b, outside = (enters + rho + theta + inside) * ROOMY, false
    rho, inside, false = (np.stack(part, axis=1) for part in zip(*declared, strict=True))
    points, theta = np.stack(states, axis=1), np.stack(thresholds, axis=1)
    return BlockUnfolding(points, theta, B, nu, rho, inside, false, W, blocks)


def _theirs(call: Call, experiment: Experiment) -> BlockUnfolding:
    """Put the states of somebody else's network in the place of ours, which makes no defects."""
    asked = Experiment(experiment.instance, {**experiment.settings, DEFECTS.name: 0.0})
    plan, states = in_its_type(partial(_planned, asked), partial(_states, call, asked.codes))
    return replace(plan, iterates=states)


def _states(call: Call, instance: Instance, plan: BlockUnfolding) -> Any:
    return call.states(
        by="W",
        D=instance.D.data,
        W=plan.W,
        Y=instance.Y.mid,
        thresholds=plan.thresholds,
        blocks=plan.blocks,
    )


def _upper(number: Number) -> FloatArray:
    found = Ball.of(number)
    return np.asarray(found.upper)


def _upper_sums(sums: RowSums) -> tuple[FloatArray, ...]:
    parts = (sums.tau_in, sums.tau_out, sums.kappa_in, sums.kappa_out)
    return tuple(_upper(part) for part in parts)


def _norms(values: FloatArray, blocks: IntArray) -> FloatArray:
    """Norms of blocks, for every atom of them; shape (B, n)."""
    squares = np.stack([np.bincount(blocks, row * row) for row in values])
    return np.asarray(np.sqrt(squares)[:, blocks])


def _activated(v: FloatArray, theta: FloatArray, blocks: IntArray, soft: bool) -> FloatArray:
    norms = _norms(v, blocks)
    kept = norms > theta[:, None]
    taken = theta[:, None] * v / np.where(kept, norms, 1.0) if soft else 0.0
    return np.where(kept, v - taken, 0.0)


def _of_size(directions: FloatArray, sizes: FloatArray, blocks: IntArray) -> FloatArray:
    """Vectors whose blocks have given norms (B, N)."""
    return directions / _norms(directions, blocks) * sizes[:, blocks]


PROVIDERS = (
    plain(
        "block_unfolding",
        BlockUnfolding,
        block_unfolding,
        BLOCK,
        BLOCK_ACTIVATION,
        BLOCK_WEIGHTS,
        DEFECTS,
        SEED,
        supply=_theirs,
        asks="D, W, Y, thresholds, blocks -> every state, (B, K + 1, n), the first 0",
    ),
)
