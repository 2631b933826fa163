"""Experiments that attain the theorem on labels of codes, or refute its mutants; by size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.evidence.classified import Classified
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def _read(x: Any, z: Any, inside: float, outside: float, weights: Any, biases: Any) -> Experiment:
    """The identity, one code, and the first class for its label."""
    instance = Instance(np.eye(len(x)), np.array([x], dtype=float))
    found = Classified(
        np.array([z], dtype=float),
        np.array([inside], dtype=float),
        np.array([outside], dtype=float),
        np.array([weights], dtype=float),
        np.array([biases], dtype=float),
        np.array([0]),
    )
    return Experiment(instance, {"classified": found})


def worst_error_of_a_code(size: int) -> Experiment:
    """``size`` entries and one more atom; all errors are against the label, as far as they go."""
    on = np.arange(size + 1) < size
    x = 4.0 * on
    z = np.where(on, 3.0, 0.5)
    weights = [np.where(on, 1.0, -1.0), np.zeros(size + 1)]
    return _read(x, z, 1.0, 0.5, weights, [0.0, 0.5])


def just_within_the_margin(size: int) -> Experiment:
    """One feature, which the error takes away and a little more."""
    return _read([97 / 100 * size], [-3 / 100 * size], size, 0, [[1], [0]], [0, 0])


def a_second_class_beyond_the_first(size: int) -> Experiment:
    """Three classes; the one that is listed first is far away, and another one takes over."""
    return _read([2 * size], [size], size, 0, [[1], [-10], [0.5]], [0, 0, 0.9 * size])


def errors_off_the_support(size: int) -> Experiment:
    """A small error off the support, to which another class listens."""
    return _read([size, 0], [size, 0.01 * size], 0, 0.01 * size, [[1, 0], [0, 200]], [0, 0])
