"""Networks of several layers, of blocks and of largest entries, with one bug each; and false names.

What a network says to be, it is held to: ``activation`` names its thresholding function.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.checks.algorithms.thresholding import garrote, hard, soft
from sparsebound.checks.subjects.unfolded import unfolded_network
from tests import subjects

# --- networks of several layers -----------------------------------------------------------------


def passes_on_the_first_state(D, W, Y, thresholds, between):  # type: ignore[no-untyped-def]
    found, below = [], Y
    for atoms, weights, theta, psi in zip(D, W, thresholds, between, strict=True):
        found.append(subjects.network(atoms, weights, psi(below), theta))
        below = found[-1][:, 1] * 0.5
    return found


def rectifies_between_layers(D, W, Y, thresholds, between):  # type: ignore[no-untyped-def]
    rectified = [between[0], *((lambda x, psi=psi: psi(np.maximum(x, 0))) for psi in between[1:])]
    return subjects.layered(D, W, Y, thresholds, rectified)


def filters_are_flipped_in_every_layer(D, W, Y, thresholds, between):  # type: ignore[no-untyped-def]
    flipped = [matrix[::-1] for matrix in W]
    return subjects.layered(D, flipped, Y, thresholds, between)


def thresholds_of_the_first_iteration(D, W, Y, thresholds, between):  # type: ignore[no-untyped-def]
    constant = [np.repeat(theta[:, :1], theta.shape[1], axis=1) for theta in thresholds]
    return subjects.layered(D, W, Y, constant, between)


def low_thresholds_in_layers(D, W, Y, thresholds, between):  # type: ignore[no-untyped-def]
    return subjects.layered(D, W, Y, [0.5 * theta for theta in thresholds], between)


def layers_in_single_precision(D, W, Y, thresholds, between):  # type: ignore[no-untyped-def]
    def short(x: Any) -> Any:
        return x.astype(np.float32).astype(np.float64)

    states = subjects.layered([*map(short, D)], [*map(short, W)], short(Y), thresholds, between)
    return [*map(short, states)]


# --- blocks, and largest entries ----------------------------------------------------------------


def thresholds_entries_not_blocks(D, W, Y, thresholds, blocks):  # type: ignore[no-untyped-def]
    return subjects.network(D, W, Y, thresholds)


def blocks_of_other_atoms(D, W, Y, thresholds, blocks):  # type: ignore[no-untyped-def]
    return subjects.blockwise(D, W, Y, thresholds, blocks[::-1].copy())


def keeps_the_largest_without_modulus(D, W, Y, s, start, steps):  # type: ignore[no-untyped-def]
    states = [start]
    for _ in range(steps):
        v = states[-1] + (Y - states[-1] @ D.T) @ W
        least = np.take_along_axis(np.sort(-v, axis=1), s[:, None] - 1, axis=1)
        states.append(np.where(v >= -least, v, 0))
    return np.stack(states, axis=1)


def keeps_one_more(D, W, Y, s, start, steps):  # type: ignore[no-untyped-def]
    return subjects.topk(D, W, Y, np.minimum(s + 1, D.shape[1]), start, steps)


def keeps_as_many_for_all(D, W, Y, s, start, steps):  # type: ignore[no-untyped-def]
    return subjects.topk(D, W, Y, np.full_like(s, s[0]), start, steps)


# --- what is said to be another thresholding function -------------------------------------------


def hard_said_to_be_soft(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, thresholds, hard)


def garrote_said_to_be_soft(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, thresholds, garrote)


def soft_said_to_be_hard(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, thresholds, soft)


def soft_said_to_be_the_garrote(v, theta):  # type: ignore[no-untyped-def]
    return soft(v, theta)


hard_said_to_be_soft.activation = "soft"  # type: ignore[attr-defined]
garrote_said_to_be_soft.activation = "soft"  # type: ignore[attr-defined]
soft_said_to_be_hard.activation = "hard"  # type: ignore[attr-defined]
soft_said_to_be_the_garrote.activation = "garrote"  # type: ignore[attr-defined]
