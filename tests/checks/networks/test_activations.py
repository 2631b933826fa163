"""Activations against their definitions in ball arithmetic, and the constants of theorems."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import flint
import numpy as np
import pytest
from flint import arb

from sparsebound.checks.algorithms.thresholding import ACTIVATIONS, SHAPES
from sparsebound.checks.networks.activations import SMOOTH, leaky_pair, rectified_pair, run
from sparsebound.checks.subjects.activated import relu_pair
from sparsebound.theory.analysis.activations import DISTANCES, ROUNDINGS, SMOOTH_ROUNDINGS
from sparsebound.theory.arithmetic import Ball, Exact, precision
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.evidence.networks import Activated
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.networks import FARTHEST
from sparsebound.theory.instance import Instance
from sparsebound.theory.verdict import Status, decide

UNIT = 2.0**-53


def normal_tail(t: arb) -> arb:
    return (t / arb(2).sqrt()).erfc() / 2


DEFINITIONS = {
    "softplus": lambda v: (1 + v.exp()).log(),
    "gelu": lambda v: v * normal_tail(-v),
    "silu": lambda v: v / (1 + (-v).exp()),
    "elu": lambda v: v if v > 0 else v.exp() - 1,
}


@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_units_round_as_little_as_is_claimed(name: str) -> None:
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.standard_normal(300) * 10.0 ** rng.integers(-6, 3, 300), [0, -40]])
    with precision(200):
        for point, value in zip(points, SMOOTH[name](points), strict=True):
            error = abs(DEFINITIONS[name](arb(float(point))) - float(value))
            assert error < (SMOOTH_ROUNDINGS - 4) * UNIT * (abs(float(point)) + 1), point


@pytest.mark.parametrize("name", SMOOTH)
def test_constants_are_the_suprema_rounded_up(name: str) -> None:
    def distance(v: arb) -> arb:
        return abs(DEFINITIONS[name](v) - (v if v > 0 else 0))

    with precision(200):
        c = arb(flint.fmpq(DISTANCES[name].numerator, DISTANCES[name].denominator))
        gap = c - distance(arb(FARTHEST[name]))
        assert 0 < gap < arb("1e-17")
        for v in np.linspace(-60, 60, 481):
            assert not distance(arb(float(v))) > c


@pytest.mark.parametrize("shape", [None, "near"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_thresholding_functions_agree_with_exact_ones(name: str, shape: str | None) -> None:
    """Firm, SCAD and MCP with parameters near the end of their range as well."""
    a = SHAPES.get(name, 1.0) if shape is None else {"scad": 2.0}.get(name, 1.0) + 2.0**-10
    options = {"shape": a} if name in SHAPES else {}
    points = np.random.default_rng(0).uniform(-5, 5, 400)
    theta, ends = Fraction(1), Fraction(a)

    def exact(v: Fraction) -> Fraction:
        size, inner = abs(v), max(abs(v) - theta, Fraction(0))
        value = {
            "soft": inner,
            "hard": size if size > theta else Fraction(0),
            "garrote": size - theta**2 / size if size > theta else Fraction(0),
            "firm": min(size, inner * ends / (ends - 1)) if name in SHAPES else inner,
            "mcp": min(size, inner * ends / (ends - 1)) if name in SHAPES else inner,
            "scad": (
                inner if size <= 2 * theta else ((ends - 1) * size - ends * theta) / (ends - 2)
            )
            if name == "scad"
            else inner,
        }[name]
        value = min(value, size)
        return value if v > 0 else -value

    found = ACTIVATIONS[name](points, 1.0, **options)
    for v, value in zip(points, found, strict=True):
        error = abs(exact(Fraction(v)) - Fraction(value))
        assert error <= Fraction(ROUNDINGS) * Fraction(UNIT) * (abs(Fraction(v)) + 1), v


def test_pairs_of_units() -> None:
    v = np.array([[-3.0, -0.5, 0.0, 0.5, 3.0]])
    np.testing.assert_array_equal(run(rectified_pair(1.0), v), [[-2, 0, 0, 0, 2]])
    error = np.abs(run(leaky_pair(0.5), v) - np.maximum(v, 0))
    assert (error <= 6 * UNIT * (1 + 0.25) / (1 - 0.25) * np.abs(v)).all()


def test_a_bias_of_the_wrong_sign_is_caught() -> None:
    theorem = catalogue()["network.relu_pair"]
    instance = Experiment(Instance(np.eye(2), [[2.0, -1.0]]), {"theta": 0.5, "slope": 0.5})
    good = relu_pair(instance)
    assert decide(theorem, instance, {"relu_pair": good}).status[0] == Status.HOLDS
    wrong = run(rectified_pair(-0.5), good.points)
    verdict = decide(theorem, instance, {"relu_pair": replace(good, soft=wrong)})
    assert verdict.status[0] == Status.VIOLATED
    assert verdict.claim[0] == "soft from rectified units"


def test_a_function_that_moves_too_far_is_caught() -> None:
    theorem = catalogue()["network.thresholding"]
    found = Activated([[3.0]], [[1.5]], [1.0], [1.0], "soft", "float64")
    verdict = decide(theorem, Instance([[1]], [[3]]), {"activated": found})
    assert verdict.status[0] == Status.VIOLATED
    leaking = Activated([[0.5]], [[0.1]], [1.0], [1.0], "soft", "float64")
    verdict = decide(theorem, Instance([[1]], [[3]]), {"activated": leaking})
    assert verdict.claim[0] == "h(v) = 0 for |v| <= theta"


def test_the_exponential_function_is_enclosed() -> None:
    values = np.array([-700.0, -1.5, 0.0, 2.0, 30.0])
    ball = Ball(values).exp()
    with precision(200):
        exact = Exact.of(values).exp()
        for mid, rad, value in zip(ball.mid, ball.rad, exact.values, strict=True):
            assert abs(arb(float(mid)) - value) <= float(rad)
    assert ball.rad[2] == 0
    assert (Ball(1.0, 0.5).exp().lower <= np.exp(0.5)) & (np.exp(1.5) <= Ball(1.0, 0.5).exp().upper)
