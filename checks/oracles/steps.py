"""Steps of gradient descent on whole layers, taken in float64 from data on a coarse grid."""

from __future__ import annotations

from functools import cache
from itertools import product
from math import gcd, prod

import numpy as np

from sparsebound.checks.oracles.adversaries import in_turns
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.oracles.training import generators, multiples, units
from sparsebound.checks.provider import SEED, choice, plain
from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.evidence.steps import CodedSignals, LayerStep, PowerStep
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.instance import Dictionary

CHANNELS = choice("channels", "few", "few", "many")
"""Whether a signal has as few channels as its length and that of the codes allow, or more."""
INVERSE_STEPS = (1.0, 2.0, 0.5, -2.0)
"""Inverses of the sizes of steps, relative to the largest eigenvalue; in turns."""
SAMPLED_ENTRIES = choice("entries", 4, 3)
"""How many entries codes have at most."""
SPARSE_ENTRIES = {4: (0, 2, 1), 3: (0, 3, 1)}
"""How many of the entries of codes are mostly 0; the others are signs; in turns."""
SIGN_VALUES, SPARSE_VALUES = ((1, 1), (-1, 1)), ((0, 6), (2, 1), (-2, 1))
"""Values of an entry, and how often each occurs: of mean 0 and variance 1."""
MOST_SAMPLES = 36
"""Of all combinations of such values."""
BESIDE = 1
"""Pairs beside the code and its signal."""


def layer_step(given: Posed) -> LayerStep:
    """Take a step on all shifts of the code of the instance and of another pair.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> layer_step(Instance([[1, 0], [0, 1]], [[1, 0]])).positions
    2
    """
    experiment = posed(given)
    known: LayerStep | None = given_evidence(experiment, "layer_step")
    if known is not None:
        return known
    instance, draws = experiment.codes, generators(experiment)
    (m, n), batch = instance.D.shape, len(instance)
    N = gcd(m, n)
    if CHANNELS.of(experiment) == "many":
        N = max((size for size in range(2, N) if N % size == 0), default=N)
    x = np.rint(2 * instance.X / units(instance.X))
    codes = np.concatenate([x[:, None], multiples(draws, -2, 2, (BESIDE, n), 1.0)], axis=1)
    own = (x @ instance.D.data.T)[:, None]
    signals = np.concatenate([own, multiples(draws, -2, 2, (BESIDE, m), 1.0)], axis=1)
    inputs, outputs = _closed(signals, N), _closed(codes, N)
    S, C = np.swapaxes(inputs, 1, 2) @ inputs, np.swapaxes(outputs, 1, 2) @ inputs
    largest = np.linalg.norm(S, 2, axis=(1, 2))
    inverse = np.ceil(largest * np.array(in_turns(INVERSE_STEPS, instance.place)) + 1 / 2)
    weights = multiples(draws, -2, 2, (n, m), 1.0)
    stepped = weights + (C - weights @ S) / inverse[:, None, None]
    biases = multiples(draws, -2, 2, (n // N,), 1.0).reshape(batch, n // N)
    return LayerStep(signals, codes, weights, stepped, inverse, biases, N)


def _closed(values: FloatArray, N: int) -> FloatArray:
    """All shifts of some vectors, channel by channel; (B, P N, length)."""
    batch, pairs, length = values.shape
    split = values.reshape(batch, pairs, length // N, N)
    found = [np.roll(split, -shift, axis=3) for shift in range(N)]
    return np.stack(found, axis=2).reshape(batch, pairs * N, length)


def power_step(given: Posed) -> PowerStep:
    """Take a step on all combinations of entries that are signs, or -2, six times 0, and 2.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> power_step(Instance([[1, 0], [0, 1]], [[1, 0]])).stepped.shape
    (1, 2)
    """
    experiment = posed(given)
    known: PowerStep | None = given_evidence(experiment, "power_step")
    if known is not None:
        return known
    instance, draws = experiment.codes, generators(experiment)
    every = _orthogonal(instance.D, list(range(instance.D.shape[1])))
    entries = min(SAMPLED_ENTRIES.of(experiment), len(every))
    orders = np.argsort(instance.X == 0, axis=1, kind="stable")  # atoms of the code first
    groups = [_orthogonal(instance.D, order) for order in orders.tolist()]
    chosen = [(own if len(own) >= entries else every)[:entries] for own in groups]
    atoms = np.array(chosen, dtype=int).reshape(-1, entries)
    turns = in_turns(SPARSE_ENTRIES[SAMPLED_ENTRIES.of(experiment)], instance.place)
    designs = [_design(entries, sparse) for sparse in turns]
    samples = np.array([values for values, _ in designs]).reshape(-1, MOST_SAMPLES, entries)
    counts = np.array([often for _, often in designs], dtype=int).reshape(-1, MOST_SAMPLES)
    sizes = np.arange(entries) + 1.0
    start = [draw.permutation(sizes) * draw.choice([-1, 1], entries) for draw in draws]
    a = np.array(start).reshape(-1, entries)
    D = np.swapaxes(instance.D.data[:, atoms], 0, 1)
    w, signals = np.einsum("bmf,bf->bm", D, a), samples @ np.swapaxes(D, 1, 2)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    seen = np.einsum("bpm,bm->bp", signals, w)
    mean = np.einsum("bp,bpm->bm", share * seen**3, signals)
    square = (D[:, :, 0] ** 2).sum(axis=1, keepdims=True)
    variance = (share * samples[:, :, 0] ** 2).sum(axis=1, keepdims=True)
    norm = (w * w).sum(axis=1, keepdims=True)
    stepped = mean - 3 * (variance * square) ** 2 * norm * w
    return PowerStep(atoms, samples, counts, a, stepped)


def _orthogonal(D: Dictionary, order: list[int]) -> list[int]:
    """Atoms of equal norms that are orthogonal, as many as are found one by one in this order."""
    gram = D.raw_gram.mid
    found: list[int] = []
    for first in order:
        group = [first]
        for atom in order:
            alike = gram[atom, atom] == gram[first, first]
            if atom not in group and alike and not gram[atom, group].any():
                group.append(atom)
        found = max(found, group, key=len)
        if len(found) >= 4:
            break
    return found


@cache
def _design(entries: int, sparse: int) -> tuple[FloatArray, IntArray]:
    """All combinations of values, and how often each occurs; then zeros, which do not."""
    kinds = [SPARSE_VALUES if place < sparse else SIGN_VALUES for place in range(entries)]
    samples, counts = np.zeros((MOST_SAMPLES, entries)), np.zeros(MOST_SAMPLES, dtype=int)
    for row, combination in enumerate(product(*kinds)):
        samples[row] = [value for value, _ in combination]
        counts[row] = prod(often for _, often in combination)
    return samples, counts


def coded_signals(given: Posed) -> CodedSignals:
    """Take the code of the instance and others, that are independent, and signals near theirs.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> coded_signals(Instance([[1, 0], [0, 1]], [[1, 0]])).codes.shape
    (1, 3, 2)
    """
    experiment = posed(given)
    known: CodedSignals | None = given_evidence(experiment, "coded_signals")
    if known is not None:
        return known
    instance, draws = experiment.codes, generators(experiment)
    m, n = instance.D.shape
    x = np.rint(2 * instance.X / units(instance.X))[:, None]
    others = np.eye(n) + np.tril(multiples(draws, -1, 1, (n, n), 1.0), -1)
    codes = np.concatenate([x, others], axis=1)
    signals = codes @ instance.D.data.T + multiples(draws, -2, 2, (n + 1, m), 1.0)
    return CodedSignals(signals, codes)


PROVIDERS = (
    plain("layer_step", LayerStep, layer_step, CHANNELS, SEED),
    plain("power_step", PowerStep, power_step, SAMPLED_ENTRIES, SEED),
    plain("coded_signals", CodedSignals, coded_signals, SEED),
)
