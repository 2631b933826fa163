"""Activations, evaluated at the pre-activations of a first layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sparsebound.checks.algorithms.thresholding import ACTIVATIONS, SHAPES
from sparsebound.checks.networks.activations import (
    SMOOTH,
    Pointwise,
    leaky_pair,
    rectified_pair,
    run,
)
from sparsebound.checks.subjects.unfolding_schedules import seed
from sparsebound.theory.analysis.activations import LEAST_SHAPE
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.networks import Activated, Rectified
from sparsebound.theory.instance import Instance


class Choice:
    """Settings that an instance poses, or that its data choose, always the same ones.

    Examples
    --------
    >>> Choice(Instance([[1]], [[1]])).of("beta", [2.0])
    2.0
    """

    def __init__(self, instance: Instance) -> None:
        self.posed = getattr(instance, "settings", {})
        self.rng = np.random.default_rng(seed(instance.D.data, instance.X, instance.E))

    def of(self, name: str, values: Sequence[Any]) -> Any:
        """Choose one of several values."""
        index = int(self.rng.integers(len(values)))
        return self.posed.get(name, values[index])


def pre_activations(instance: Instance) -> FloatArray:
    """``D^T y``, shape (B, n)."""
    return np.asarray(instance.Y.mid @ instance.D.data)


def _threshold(choice: Choice, points: FloatArray) -> float:
    """Choose one of the sizes of the points themselves, or of their fractions, as a threshold."""
    size = float(np.abs(choice.rng.choice(points.ravel()))) if points.size else 0.0
    return float(choice.of("theta", [size, size / 2, size / 8, 0.0]))


def activated(instance: Instance) -> Activated:
    """One of the six thresholding functions, now and then with a parameter out of its range.

    Examples
    --------
    >>> activated(Instance([[1]], [[3]])).points
    array([[3.]])
    """
    choice = Choice(instance)
    name = choice.of("activation", list(ACTIVATIONS))
    dtype = choice.of("dtype", ["float64", "float32"])
    points = pre_activations(instance).astype(dtype)
    theta = points.dtype.type(_threshold(choice, points))
    shape, options = 1.0, {}
    if name in SHAPES:
        least = LEAST_SHAPE[name]
        near, far = [least + 2.0**-10] * 12, [SHAPES[name]] * 12
        shape = options["shape"] = choice.of("shape", [*near, *far, least * 1.0])
    with np.errstate(divide="ignore", invalid="ignore"):  # out of range, where it says nothing
        values = np.nan_to_num(ACTIVATIONS[name](points, theta, **options))
    same = np.ones(len(points))
    return Activated(
        points.astype(float), values.astype(float), same * theta, same * shape, name, dtype
    )


def relu_pair(instance: Instance) -> Rectified:
    """Networks of two units each: leaky ones for a rectified one, and these for a threshold.

    Examples
    --------
    >>> relu_pair(Instance([[1]], [[3]])).relu
    array([[3.]])
    """
    choice, points = Choice(instance), pre_activations(instance)
    t = _threshold(choice, points)
    slope = choice.of("slope", [0.01, 0.25, -0.5, 0.0, 2.0, 1 - 2.0**-10, 1 + 2.0**-7])
    relu, soft = run(leaky_pair(slope), points), run(rectified_pair(t), points)
    same = np.ones(len(points))
    return Rectified(points, relu, soft, same * t, same * slope, "leaky_relu")


def smooth_pair(instance: Instance) -> Rectified:
    """Smooth units, one for a rectified one and two for a soft threshold.

    Examples
    --------
    >>> smooth_pair(Instance([[1]], [[3]])).parameters.shape
    (1,)
    """
    choice, points = Choice(instance), pre_activations(instance)
    t = _threshold(choice, points)
    name = choice.of("activation", list(SMOOTH))
    beta = choice.of("beta", [1.0, 4.0, 10.0, 64.0, 1000.0])
    unit = SMOOTH[name]
    relu = run((Pointwise(name, unit, 1, beta),), points)
    soft = run(rectified_pair(t, Pointwise(name, unit, 2, beta)), points)
    same = np.ones(len(points))
    relu, soft = np.nan_to_num(relu), np.nan_to_num(soft)  # beyond the range, where nothing is said
    return Rectified(points, relu, soft, same * t, same * beta, name)


ACTIVATED: dict[str, Callable[[Instance], Any]] = {
    "activated": activated,
    "relu_pair": relu_pair,
    "smooth_pair": smooth_pair,
}
"""What activations returned, by the name under which theorems ask for it."""
