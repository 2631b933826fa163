"""Networks and layers with one bug each, as somebody might have written them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.checks.algorithms.thresholding import relu, soft
from sparsebound.checks.subjects.unfolded import unfolded_network
from tests import subjects
from tests.quality.bugs.solvers import reshaped, shrunk

# --- unfolded networks --------------------------------------------------------------------------


def low_thresholds(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, 0.9 * thresholds, soft)


def high_thresholds(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, 1.1 * thresholds, soft)


def reversed_filters(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W[::-1], Y, thresholds, soft)


def signal_shifted_by_one(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, np.roll(Y, 1, axis=1), thresholds, soft)


def float32_said_to_be_float64(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, thresholds, soft, dtype="float32")


def weights_reshaped_for_transposed(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, reshaped(W).T, Y, thresholds, soft)


def thresholds_of_the_next_layer(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, np.roll(thresholds, -1, axis=1), soft)


def no_bias_in_the_last_layer(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    last = np.arange(thresholds.shape[1]) == thresholds.shape[1] - 1
    return unfolded_network(D, W, Y, np.where(last, 0, thresholds), soft)


def leaks_below_the_threshold(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    def leaky(v: Any, theta: Any) -> Any:
        return np.where(np.abs(v) > theta, soft(v, theta), 0.01 * v)

    return unfolded_network(D, W, Y, thresholds, leaky)


def skips_are_left_out(D, W, Y, thresholds, skips):  # type: ignore[no-untyped-def]
    return subjects.connected(D, W, Y, thresholds, np.diag(np.diag(skips)))


def sees_the_last_state_alone(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, thresholds, soft)


def weights_of_skips_are_normalised(D, W, Y, thresholds, skips):  # type: ignore[no-untyped-def]
    return subjects.connected(D, W, Y, thresholds, skips / skips.sum(axis=1, keepdims=True))


def one_sided_units(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, thresholds, relu)


def weights_of_the_decoder_for_the_encoder(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, D, Y, thresholds, soft)


def signal_in_the_first_layer_alone(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    states = [np.zeros((len(Y), D.shape[1]))]
    for k in range(thresholds.shape[1]):
        rest = Y * (k == 0) - states[-1] @ D.T
        states.append(shrunk(states[-1] + rest @ W, thresholds[:, k, None]))
    return np.stack(states, axis=1)


def no_skip_connection(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    states = [np.zeros((len(Y), D.shape[1]))]
    for k in range(thresholds.shape[1]):
        v = (Y - states[-1] @ D.T) @ W
        states.append(shrunk(v, thresholds[:, k, None]))
    return np.stack(states, axis=1)


def two_sided_units(D, W, Y, thresholds, sides):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, thresholds, soft)


def units_on_the_wrong_side(D, W, Y, thresholds, sides):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, thresholds, relu, sides=-sides)


# --- layers ---------------------------------------------------------------------------------------


def leaks_a_little(v, theta):  # type: ignore[no-untyped-def]
    return np.where(np.abs(v) > theta, soft(v, theta), 0.01 * v)


def shrinks_by_more(v, theta):  # type: ignore[no-untyped-def]
    return soft(v, 1.01 * theta)


def forgets_the_sign(v, theta):  # type: ignore[no-untyped-def]
    return np.maximum(np.abs(v) - theta, 0)


def looks_the_other_way(X, beta, offset):  # type: ignore[no-untyped-def]
    return subjects.head(X, beta, -offset)


def looks_half_as_sharply(X, beta, offset):  # type: ignore[no-untyped-def]
    return subjects.head(X, beta / 2, offset)


def filters_are_not_flipped(filters, weights, Y, thresholds, stride, circular):  # type: ignore[no-untyped-def]
    return subjects.convolution(filters, weights[..., ::-1], Y, thresholds, stride, circular)


def threshold_of_the_layer_before(filters, weights, Y, thresholds, stride, circular):  # type: ignore[no-untyped-def]
    moved = np.roll(thresholds, 1, axis=1) * 0.5
    return subjects.convolution(filters, weights, Y, moved, stride, circular)
