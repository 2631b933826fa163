"""Networks of functions of features against the functions, and the constants of the theorem."""

from __future__ import annotations

import numpy as np
import pytest

from sparsebound.checks.networks.encoder import apply
from sparsebound.checks.networks.ridge import ridge_network
from sparsebound.theory.analysis.ridges import CONVEX, convex, interpolant
from sparsebound.theory.arithmetic import Ball
from sparsebound.theory.errors import InputError


@pytest.mark.parametrize("pieces", [1, 2, 3, 4])
def test_squares_by_few_pieces_are_as_near_as_promised_and_no_nearer(pieces: int) -> None:
    """``M = 2``, ``R = 1``: 1/2, 1/8, 1/18 and 1/32."""
    u = np.linspace(-1, 1, 12 * pieces + 1)
    layers = ridge_network(np.eye(1), interpolant("square", 1.0, pieces), 2)
    errors = abs(apply(layers, u[:, None])[:, 0] - u**2)
    assert errors.max() == pytest.approx(1 / (2 * pieces**2))


@pytest.mark.parametrize("name", CONVEX)
@pytest.mark.parametrize("pieces", [1, 3, 8])
def test_sums_over_features_are_within_the_sum_of_bounds(name: str, pieces: int) -> None:
    rng = np.random.default_rng(pieces)
    T, y = rng.standard_normal((4, 5)), rng.standard_normal((50, 5))
    reach = float(abs(y @ T.T).max())
    layers = ridge_network(T, interpolant(name, reach, pieces), 3)
    wanted = convex(name).value(Ball(y @ T.T)).mid.sum(axis=1)
    bound = 4 * convex(name).curvature * reach**2 / (4 * pieces**2)
    assert abs(apply(layers, y)[:, 0] - wanted).max() <= bound * (1 + 1e-12)


def test_huber_is_a_square_and_then_a_line() -> None:
    assert convex("huber").value(Ball([-3.0, -1, 0.5, 1, 2])).mid.tolist() == [
        2.5,
        0.5,
        0.125,
        0.5,
        1.5,
    ]


def test_a_function_that_is_not_known_is_refused() -> None:
    with pytest.raises(InputError, match="function"):
        convex("cube")
