"""Solvers of basis pursuit with one bug each, as somebody might have written them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.checks.algorithms.coordinate_descent import coordinate_descent
from sparsebound.checks.algorithms.primal_dual import primal_dual

STEPS = 200


def pursued(D: Any, Y: Any, sigma: Any, steps: int = STEPS) -> Any:
    return primal_dual(D, Y, sigma, steps)


def changed(D: Any, Y: Any, sigma: Any, change: Any) -> Any:
    """Points that are changed in the end, with the tolerance that was right before."""
    points, tolerance = pursued(D, Y, sigma)
    return change(points), tolerance


def least_squares_instead(D, Y):  # type: ignore[no-untyped-def]
    return Y @ np.linalg.pinv(D).T


least_squares_instead.basis_pursuit = True  # type: ignore[attr-defined]


def bound_for_each_entry(D, Y, sigma):  # type: ignore[no-untyped-def]
    return pursued(D, Y, sigma * np.sqrt(len(D)))


def bound_taken_for_its_square(D, Y, sigma):  # type: ignore[no-untyped-def]
    return pursued(D, Y, np.sqrt(sigma))


def bound_taken_for_a_weight(D, Y, sigma):  # type: ignore[no-untyped-def]
    return coordinate_descent(D, Y, np.maximum(sigma, 1e-9), 100)[0]


def bound_of_the_first_residual(D, Y, sigma):  # type: ignore[no-untyped-def]
    return pursued(D, Y, np.full_like(sigma, sigma[0]))


def no_room_for_noise(D, Y, sigma):  # type: ignore[no-untyped-def]
    return pursued(D, Y, 0 * sigma)


def norm_of_unit_atoms(D, Y, sigma):  # type: ignore[no-untyped-def]
    norms = np.linalg.norm(D, axis=0)
    points, tolerance = pursued(D / norms, Y, sigma)
    return points / norms, tolerance


def positive_parts_alone(D, Y, sigma):  # type: ignore[no-untyped-def]
    return changed(D, Y, sigma, lambda x: np.maximum(x, 0))


def drops_entries_below_a_tenth(D, Y, sigma):  # type: ignore[no-untyped-def]
    def kept(x: Any) -> Any:
        return np.where(np.abs(x) > 0.1 * np.abs(x).max(axis=1, keepdims=True), x, 0)

    return changed(D, Y, sigma, kept)


def drops_entries_that_are_tiny(D, Y, sigma):  # type: ignore[no-untyped-def]
    return changed(D, Y, sigma, lambda x: np.where(np.abs(x) > 1e-7, x, 0))


def refits_without_the_norm(D, Y, sigma):  # type: ignore[no-untyped-def]
    points, tolerance = pursued(D, Y, sigma)
    for x, y in zip(points, Y, strict=True):
        x[x != 0] = np.linalg.lstsq(D[:, x != 0], y)[0]
    return points, tolerance


def stops_after_thirty_steps(D, Y, sigma):  # type: ignore[no-untyped-def]
    return pursued(D, Y, sigma, 30)[0]
