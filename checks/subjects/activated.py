"""Activations, evaluated at the pre-activations of a first layer."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sparsebound.checks.algorithms.thresholding import ACTIVATIONS, SHAPES
from sparsebound.checks.calls import Call, in_its_type
from sparsebound.checks.networks.activations import (
    SMOOTH,
    Pointwise,
    leaky_pair,
    rectified_pair,
    run,
)
from sparsebound.checks.provider import Setting, choice, plain, whole
from sparsebound.theory.analysis.activations import LEAST_SHAPE
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.networks import Activated, Rectified
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.instance import Instance

LEVEL = choice("level", 1.0, 0.5, 0.125, 0.0)
"""A threshold relative to the size of one of the points."""
PLACE = Setting("place", st.integers(0, 2**16 - 1), 0, whole)
"""Which of the points, counted on from the end."""
ACTIVATION = choice("activation", *ACTIVATIONS)
DTYPE = choice("dtype", "float64", "float32")
SHAPE = choice("shape", *["far"] * 12, *["near"] * 12, "least")
"""The parameter of an activation that has one: usual, barely allowed, or not allowed."""
SLOPE = choice("slope", 0.25, 0.01, -0.5, 0.0, 2.0, 1 - 2.0**-10, 1 + 2.0**-7)
UNIT = choice("unit", *SMOOTH)
SHARPNESS = choice("beta", 1.0, 4.0, 10.0, 64.0, 1000.0)


def pre_activations(instance: Instance) -> FloatArray:
    """``D^T y``, shape (B, n)."""
    return np.asarray(instance.Y.mid @ instance.D.data)


def _threshold(experiment: Experiment, points: FloatArray) -> float:
    """Take the named threshold, or the size of one of the points or a part of it."""
    size = float(np.abs(points.flat[PLACE.of(experiment) % points.size])) if points.size else 0.0
    return float(experiment.get("theta", size * LEVEL.of(experiment)))


def activated(given: Posed) -> Activated:
    """One of the six thresholding functions, now and then with a parameter out of its range.

    Examples
    --------
    >>> activated(Instance([[1]], [[3]])).points
    array([[3.]])
    """
    experiment = posed(given)
    name, dtype = ACTIVATION.of(experiment), DTYPE.of(experiment)
    points = pre_activations(experiment.codes).astype(dtype)
    theta = points.dtype.type(_threshold(experiment, points))
    shape, options = 1.0, {}
    if name in SHAPES:
        least = float(LEAST_SHAPE[name])
        among = {"far": SHAPES[name], "near": least + 2.0**-10, "least": least}
        shape = options["shape"] = among[SHAPE.of(experiment)]
    with np.errstate(divide="ignore", invalid="ignore"):  # out of range, where it says nothing
        values = np.nan_to_num(ACTIVATIONS[name](points, theta, **options))
    same = np.ones(len(points))
    return Activated(
        points.astype(float), values.astype(float), same * theta, same * shape, name, dtype
    )


def relu_pair(given: Posed) -> Rectified:
    """Networks of two units each: leaky ones for a rectified one, and these for a threshold.

    Examples
    --------
    >>> relu_pair(Instance([[1]], [[3]])).relu
    array([[3.]])
    """
    experiment = posed(given)
    points = pre_activations(experiment.codes)
    t, slope = _threshold(experiment, points), SLOPE.of(experiment)
    relu, soft = run(leaky_pair(slope), points), run(rectified_pair(t), points)
    same = np.ones(len(points))
    return Rectified(points, relu, soft, same * t, same * slope, "leaky_relu")


def smooth_pair(given: Posed) -> Rectified:
    """Smooth units, one for a rectified one and two for a soft threshold.

    Examples
    --------
    >>> smooth_pair(Instance([[1]], [[3]])).parameters.shape
    (1,)
    """
    experiment = posed(given)
    points = pre_activations(experiment.codes)
    t = _threshold(experiment, points)
    name, beta = UNIT.of(experiment), SHARPNESS.of(experiment)
    unit = SMOOTH[name]
    relu = run((Pointwise(name, unit, 1, beta),), points)
    soft = run(rectified_pair(t, Pointwise(name, unit, 2, beta)), points)
    same = np.ones(len(points))
    relu, soft = np.nan_to_num(relu), np.nan_to_num(soft)  # beyond the range, where nothing is said
    return Rectified(points, relu, soft, same * t, same * beta, name)


def _theirs(call: Call, experiment: Experiment) -> Activated:
    """A thresholding function of somebody else, on numbers of the type that it returns."""

    def run(given: tuple[FloatArray, float]) -> Any:
        return call.values(given[0].shape, v=given[0], theta=given[1])[0]

    (points, theta), values = in_its_type(partial(_of_type, experiment), run)
    same, kind = np.ones(len(points)), call.subject.activation or "yours"
    return Activated(points, values.astype(float), same * theta, same, kind, values.dtype.name)


def _of_type(experiment: Experiment, dtype: str) -> tuple[FloatArray, float]:
    """Round points and a threshold to a type, in units in which their squares are in its range."""
    points = pre_activations(experiment.codes)
    theta = _threshold(experiment, points)
    most = (np.finfo(dtype).maxexp - 1) // 4
    exponent = int(np.frexp(max(np.abs(points).max(initial=0.0), theta))[1])
    power = int(np.clip(exponent, -most, most)) - exponent
    kept = np.ldexp(points, power).astype(dtype).astype(np.float64)
    return kept, float(np.dtype(dtype).type(np.ldexp(theta, power)))


PROVIDERS = (
    plain(
        "activated",
        Activated,
        activated,
        ACTIVATION,
        DTYPE,
        SHAPE,
        LEVEL,
        PLACE,
        common=True,
        supply=_theirs,
        asks="v (B, n), theta -> values (B, n)",
    ),
    plain("relu_pair", Rectified, relu_pair, SLOPE, LEVEL, PLACE, common=True),
    plain("smooth_pair", Rectified, smooth_pair, UNIT, SHARPNESS, LEVEL, PLACE, common=True),
)
