"""Codes and bases on which theorems on efficient coding are attained, or mutants fail; by size."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from sparsebound.theory.evidence.coding import Rotations, SampledCodes
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def _rotated(code: Any, *vectors: Any) -> Experiment:
    """One code in the standard basis, and another basis."""
    x = np.asarray(code, dtype=float)
    last = np.arange(len(vectors)) == len(vectors) - 1
    found = Rotations(np.array([vectors], dtype=float), last[None] * 1.0)
    return Experiment(Instance(np.eye(len(x)), x[None]), {"rotations": found})


def flat_codes(size: int) -> Experiment:
    """``size`` entries of modulus 1, in another basis that mixes all of them."""
    return _rotated(np.ones(size), np.ones(size), np.arange(size) + 1)


def two_equal_entries(size: int) -> Experiment:
    """Two entries 1, beside ``size - 1`` zeros, in a basis that is turned by (3, 4, 5)."""
    n = size + 1
    first, second = np.eye(n)[0], np.eye(n)[1]
    return _rotated(first + second, first, first + 2 * second)


def one_code_unseen(size: int) -> Experiment:
    """A code that the first of ``size + 1`` weights does not see."""
    n = size + 1
    return _rotated(np.eye(n)[1], np.eye(n)[0])


def _sampled(D: Any, samples: Any, analysis: Any) -> Experiment:
    """A sample of codes, and weights for their signals."""
    codes = np.asarray(samples, dtype=float)
    found = SampledCodes(codes[None], np.asarray(analysis, dtype=float)[None])
    return Experiment(Instance(D, codes[-1:]), {"sampled_codes": found})


def every_combination(size: int) -> Experiment:
    """All codes with entries 0 and 1, of ``size`` orthogonal atoms."""
    samples = list(product([0, 1], repeat=size))
    return _sampled(np.eye(size), samples, np.eye(size))


def two_halves_of_a_circuit(size: int) -> Experiment:
    """Two codes of one signal, each with half as many entries as the spark, ``2 size``."""
    n = 2 * size
    D = np.hstack([np.eye(n - 1), np.ones((n - 1, 1))])
    circuit = np.append(np.ones(n - 1), -1.0)
    first = np.arange(n) < size
    return _sampled(D, [-circuit * ~first, circuit * first], np.eye(n - 1))


def sums_and_differences(size: int) -> Experiment:
    """All codes with entries 0 and 1, of which weights see a sum and a difference."""
    n = size + 1
    analysis = np.eye(n)
    analysis[:2, :2] = [[1, 1], [1, -1]]
    return _sampled(np.eye(n), list(product([0, 1], repeat=n)), analysis)


def weights_that_see_nothing(size: int) -> Experiment:
    """Two codes, and weights that are 0."""
    return _sampled(np.eye(size), [np.zeros(size), np.ones(size)], np.zeros((size, size)))
