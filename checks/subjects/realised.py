"""Networks built of layers, run on an instance: convolutions, encoders, attention, transformers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sparsebound.checks.calls import Call
from sparsebound.checks.networks.convolutional import (
    Structure,
    UnfoldedNetwork,
    convolutional_network,
    dense_network,
    found_structure,
)
from sparsebound.checks.networks.encoder import apply, convolutions, dense_encoder
from sparsebound.checks.networks.factorization import short_filters
from sparsebound.checks.networks.layers import parameters
from sparsebound.checks.networks.transformer import shift_head, softmax, transformer
from sparsebound.checks.provider import Setting, choice, plain, whole
from sparsebound.checks.subjects.unfolded import handed_over
from sparsebound.checks.subjects.unfolding_schedules import UP, Schedule
from sparsebound.theory.analysis.attention import shift_distance
from sparsebound.theory.analysis.filters import dictionary_of, longest_filter
from sparsebound.theory.analysis.unfolding import Rounding
from sparsebound.theory.analysis.weights import matrix_of
from sparsebound.theory.arithmetic import Ball, FloatArray
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.evidence.networks import Attended, Convolved, Encoded, Factors, Transformed
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.extremal.unfolding import Design
from sparsebound.theory.instance import Instance

LAYERS = choice("layers", 2, 3, 5)
KERNEL = choice("kernel", 2, 3, 4, 5)
TAPS = choice("taps", 3, 4, 5, 6)
SHARPNESS = choice("beta", 0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""How sharply attention looks at one place."""
OFFSET = Setting("offset", st.integers(0, 2**16 - 1), 0, whole)
"""How far away that place is, around a circle."""
BETA = choice("beta", 12.0, 4.0, 8.0, 20.0, 40.0)
"""The same in a transformer, which makes room for what attention misses."""


def _biases(schedule: Schedule) -> FloatArray:
    """Thresholds of the network, one a layer: all codes share them."""
    return schedule.theta[0] if len(schedule.theta) else np.zeros(schedule.theta.shape[1])


def with_thresholds(
    instance: Instance, W: FloatArray, thresholds: FloatArray, states: FloatArray, dtype: str
) -> Unfolding:
    """Hand over what a network with thresholds of its own did, as evidence for ``rate.unfolded``.

    Parameters
    ----------
    instance : Instance
        B codes.
    W : ndarray, shape (m, n)
        The weights.
    thresholds : ndarray, shape (K,)
        One a layer.
    states : ndarray, shape (B, K + 1, n)
        What it computed.
    dtype : {"float64", "float32"}
        In which floating-point type.
    """
    design = Design(layers=len(thresholds), rounded=True, dtype=dtype)
    schedule = Schedule(instance, design, W, given=thresholds)
    schedule.master()
    return handed_over(schedule, states, schedule.size)


def _analysis(structure: Structure) -> FloatArray:
    """Filters of the weights ``d_i / ||d_i||^2``."""
    return np.asarray(structure.filters / (structure.filters**2).sum(axis=1, keepdims=True))


def convolutional(given: Posed) -> tuple[UnfoldedNetwork, Schedule, Structure]:
    """Build the convolutional network of an instance, with the thresholds of ``rate.unfolded``.

    Examples
    --------
    >>> network, schedule, structure = convolutional(Instance([[1, 2], [2, 1]], [[1, 0]]))
    >>> structure.filters
    array([[1., 2.]])
    """
    experiment = posed(given)
    instance = experiment.codes
    structure = found_structure(instance.D.data)
    m = instance.D.shape[0]
    bank = _analysis(structure)
    W = dictionary_of(bank, m, structure.stride, structure.circular)
    design = Design(layers=LAYERS.of(experiment), rounded=True)
    schedule = Schedule(instance, design, W, shared=True)
    schedule.master()
    return convolutional_network(structure, bank, m, _biases(schedule)), schedule, structure


def convolved(given: Posed) -> Convolved:
    """Run the convolutional network, and keep what every block was given and returned.

    Examples
    --------
    >>> convolved(Instance([[1, 2], [2, 1]], [[1, 0]])).states.shape[2]
    2
    """
    network, schedule, structure = convolutional(given)
    signals = posed(given).codes.Y.mid
    states, sums = network(signals)
    shape = structure.stride, structure.circular
    bank = _analysis(structure)
    return Convolved(signals, states, sums, schedule.theta, structure.filters, bank, *shape)


def convolutional_unfolding(given: Posed) -> Unfolding:
    """Run the same network as evidence for ``rate.unfolded``."""
    network, schedule, _ = convolutional(given)
    return handed_over(schedule, network(posed(given).codes.Y.mid)[0], schedule.size)


def dense_unfolding(given: Posed) -> Unfolding:
    """Run the network of an encoder and 1x1 convolutions, as evidence for ``rate.unfolded``."""
    experiment = posed(given)
    instance = experiment.codes
    design = Design(layers=LAYERS.of(experiment), rounded=True)
    schedule = Schedule(instance, design, shared=True)
    schedule.master()
    kernel = KERNEL.of(experiment)
    network = dense_network(instance.D.data, matrix_of(schedule.W), _biases(schedule), kernel)
    return handed_over(schedule, network(instance.Y.mid)[0], schedule.size)


def encoded(given: Posed) -> Encoded:
    """Run the encoder of ``D^T`` on the signals.

    Examples
    --------
    >>> encoded(Instance([[1, 0], [0, 1]], [[3, 4]])).outputs
    array([[3., 4.]])
    """
    experiment = posed(given)
    instance, kernel = experiment.codes, KERNEL.of(experiment)
    layers = dense_encoder(instance.D.data.T, kernel)
    signals = instance.Y.mid
    count = parameters([layer.row for layer in layers])
    return Encoded(signals, apply(layers, signals), kernel, convolutions(layers), count)


def factors(given: Posed) -> Factors:
    """Factor the longest atom into filters of 3 to 6 taps; one tap is padded to be a filter.

    Examples
    --------
    >>> factors(Instance([[1], [0], [1]], [[0]])).filters.shape[1] >= 3
    True
    """
    experiment = posed(given)
    taps, atom = TAPS.of(experiment), longest_filter(experiment.codes.D.data)
    if len(atom) < 2:
        return Factors(np.append(np.zeros(taps - 1), atom)[None, :])
    return Factors(short_filters(atom, taps))


def attended(given: Posed) -> Attended:
    """Run one head of softmax attention on the entries of the codes.

    Examples
    --------
    >>> attended(Instance([[1, 0], [0, 1]], [[1, -1]])).targets.shape
    (1, 2)
    """
    experiment = posed(given)
    instance, beta = experiment.codes, SHARPNESS.of(experiment)
    N = instance.D.shape[1]
    offset = OFFSET.of(experiment) % N
    queries, keys = shift_head(N, offset, N)
    positions = np.eye(N)
    weights = softmax(beta * ((positions @ queries) @ (positions @ keys).T))
    own = (np.arange(N), (np.arange(N) + offset) % N)
    rest = weights.copy()
    rest[own] = 0.0
    same = np.ones(len(instance))
    outer = same[:, None]
    return Attended(
        outputs=instance.X @ weights.T,
        beta=same * beta,
        offsets=np.full(len(instance), offset),
        targets=outer * weights[own],
        others=outer * rest.sum(axis=1),
    )


class AttentionSchedule(Schedule):
    """A schedule that makes room for what attention misses, and for its rounding."""

    def __init__(
        self,
        instance: Instance,
        design: Design,
        W: FloatArray,
        beta: float,
        tokens: int,
        *,
        made_room: float = 1.0,
    ) -> None:
        super().__init__(instance, design, W, shared=True)
        self.made_room = made_room
        D, weights = np.abs(instance.D.data), np.abs(matrix_of(self.W))
        self.alpha = float(Ball.of(shift_distance(Ball(beta), tokens)).upper)
        self.read_x = float((weights.T @ D).sum(axis=1).max()) * UP
        self.read_y = float(weights.sum(axis=0).max()) * UP
        signal = (np.abs(instance.Y.mid) + instance.Y.rad).max(axis=1, initial=0.0)
        self.signal = signal * self.read_y
        self.rounding = self._rounding(instance, tokens)

    def _rounding(self, instance: Instance, tokens: int) -> Rounding:
        """Bound the rounding of a pre-activation.

        A path from a state to it meets at most N + 12 roundings in an attention weight, m + 1 in
        an entry of ``W^T D``, one a channel, ``2 N^2`` in the sum over tokens of up to 2 N heads,
        and 3 in the residual sums. What is read has sizes that add up to ``|x| + H |x|``.

        Of what is flushed to zero, ``2 m`` results in each entry of ``W^T D`` are multiplied by a
        code, and two in each of N weights of a head by what is read there. The sums over channels
        are multiplied by weights, which add up to 1, for each of 2 N heads; those over tokens and
        heads follow. Infinite where a number may leave the range of the type.
        """
        m, n = instance.D.shape
        count, width = tokens + 12 + m + 1 + n + 2 * tokens**2 + 3, (2 * n + m) / tokens + tokens
        results = 4 * tokens * width + 4 * tokens**2 + 8

        def error(sizes: FloatArray, signal: Any, flushed: float) -> FloatArray:
            with np.errstate(over="ignore"):
                read = self.read_x * sizes + signal
                flushed = flushed + 2 * m * n * sizes + 2 * tokens * read
                within = 4 * (sizes + read) <= self.kind.largest
            return np.where(within, self.kind.error(count, sizes + read, flushed), np.inf)

        per_code = error(np.ones(len(instance)), 0.0, 0.0)
        base = error(self.size, self.signal, results)
        return Rounding(base, per_code, per_code, self.kind.gamma(count) * UP)

    def missed(self, bound: FloatArray) -> Any:
        """``alpha (H_x (B + b_k) + H_y ||y||_inf)``, or the part of it that is made room for."""
        found = self.alpha * UP * (self.read_x * (self.size + bound) + self.signal)
        return found * self.made_room


def transformed(given: Posed) -> Transformed:
    """Run the transformer of a circular dictionary; any other has one token.

    Examples
    --------
    >>> transformed(Instance([[1, 2], [2, 1]], [[1, 0]])).tokens
    2
    """
    experiment = posed(given)
    instance = experiment.codes
    structure, m = found_structure(instance.D.data), instance.D.shape[0]
    tokens = m // structure.stride if structure.circular else 1
    bank, shape = _analysis(structure), (m, structure.stride, structure.circular)
    W = dictionary_of(bank, *shape)
    beta, part = float(BETA.of(experiment)), float(experiment.get("share", 1))
    design = Design(layers=LAYERS.of(experiment), rounded=True)
    schedule = AttentionSchedule(instance, design, W, beta, tokens, made_room=part)
    schedule.master()
    network = transformer(instance.D.data, W, tokens, _biases(schedule), beta)
    found = handed_over(schedule, network(instance.Y.mid), schedule.size)
    return Transformed(found, beta, tokens)


def _attended(call: Call, experiment: Experiment) -> Attended:
    """A head of somebody else, with the weights that it should have."""
    ours, instance = attended(experiment), experiment.codes
    offset = int(ours.offsets[0]) if len(ours.offsets) else 0
    beta = float(SHARPNESS.of(experiment))
    (outputs,) = call.values(instance.X.shape, X=instance.X, beta=beta, offset=offset)
    return replace(ours, outputs=outputs)  # judged in its own type


def _convolved(call: Call, experiment: Experiment) -> Convolved:
    """A convolutional network of somebody else, of the same filters and thresholds."""
    ours = convolved(experiment)
    states, sums = call.values(
        ours.states.shape,
        ours.sums.shape,
        filters=ours.filters,
        weights=ours.analysis,
        Y=ours.signals,
        thresholds=ours.thresholds,
        stride=ours.stride,
        circular=ours.circular,
    )
    if states.dtype != sums.dtype:
        raise call.error(f"states and sums of one type, {states.dtype}", f"sums are {sums.dtype}")
    dtype = states.dtype.name
    return replace(ours, states=states.astype(float), sums=sums.astype(float), dtype=dtype)


PROVIDERS = (
    plain(
        "attended",
        Attended,
        attended,
        SHARPNESS,
        OFFSET,
        supply=_attended,
        asks="X (B, N), beta, offset -> values (B, N)",
    ),
    plain(
        "convolved",
        Convolved,
        convolved,
        LAYERS,
        common=True,
        supply=_convolved,
        asks="filters, weights, Y, thresholds, stride, circular -> states (B, K + 1, n), "
        "sums (B, K, n)",
    ),
    plain("encoded", Encoded, encoded, KERNEL),
    plain("factors", Factors, factors, TAPS),
    plain("transformed", Transformed, transformed, BETA, LAYERS, common=True),
)
