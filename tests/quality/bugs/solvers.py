"""Solvers with one bug each, as somebody might have written them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sparsebound.checks.algorithms import refitting
from sparsebound.checks.algorithms.coordinate_descent import coordinate_descent
from sparsebound.checks.algorithms.hard_thresholding import hard_thresholding
from sparsebound.checks.algorithms.optista import optista
from sparsebound.checks.algorithms.proximal import fista, ista
from sparsebound.checks.algorithms.thresholding import hard
from sparsebound.theory.quantities.supports import selected
from tests import subjects


def shrunk(v: Any, t: Any) -> Any:
    return np.sign(v) * np.maximum(np.abs(v) - t, 0)


def reshaped(matrix: Any) -> Any:
    """What looks like the transpose of a matrix, and has its shape."""
    return matrix.reshape(matrix.T.shape)


# --- iterations on the Lasso ------------------------------------------------------------------


def threshold_ten_percent_low(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    return ista(D, Y, 0.9 * lam, L, start, steps).points


def threshold_ten_percent_high(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    return ista(D, Y, 1.1 * lam, L, start, steps).points


def step_above_two_over_L(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    return ista(D, Y, lam, L / 2.2, start, steps).points


def step_is_half_of_one_over_L(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    return ista(D, Y, lam, 2 * L, start, steps).points


def gradient_by_a_reshaped_dictionary(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    points = [start]
    for _ in range(steps):
        v = points[-1] + (Y - points[-1] @ D.T) @ reshaped(D).T / L
        points.append(shrunk(v, lam[:, None] / L))
    return np.stack(points, axis=1)


def residual_of_the_iterate_before(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    points = [start, start]
    for _ in range(steps):
        v = points[-1] + (Y - points[-2] @ D.T) @ D / L
        points.append(shrunk(v, lam[:, None] / L))
    return np.stack(points[1:], axis=1)


def shrinks_before_the_gradient_step(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    points = [start]
    for _ in range(steps):
        x = shrunk(points[-1], lam[:, None] / L)
        points.append(x + (Y - x @ D.T) @ D / L)
    return np.stack(points, axis=1)


def hard_threshold(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    points = [start]
    for _ in range(steps):
        v = points[-1] + (Y - points[-1] @ D.T) @ D / L
        points.append(hard(v, lam[:, None] / L))
    return np.stack(points, axis=1)


def signals_swapped_in_the_batch(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    return ista(D, Y[::-1], lam, L, start, steps).points


def single_precision_said_to_be_double(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    return ista(D, Y, lam, L, start, steps, np.float32).points.astype(float)


def no_momentum(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    return ista(D, Y, lam, L, start, steps).points


def momentum_index_off_by_one(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    points, v, t = [start], start, (1 + np.sqrt(5)) / 2  # t_2, where t_1 = 1 belongs
    for _ in range(steps):
        points.append(shrunk(v + (Y - v @ D.T) @ D / L, lam[:, None] / L))
        t, before = (1 + np.sqrt(1 + 4 * t * t)) / 2, t
        v = points[-1] + (before - 1) / t * (points[-1] - points[-2])
    return np.stack(points, axis=1)


def momentum_of_another_method(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    points, v = [start], start
    for k in range(1, steps + 1):
        points.append(shrunk(v + (Y - v @ D.T) @ D / L, lam[:, None] / L))
        v = points[-1] + (k - 1) / (k + 2) * (points[-1] - points[-2])
    return np.stack(points, axis=1)


def declares_another_momentum(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    found = fista(D, Y, lam, L, start, steps)
    return found.points, found.beta * 0.9


def optista_of_any_length(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    return optista(D, Y, lam, L, start, steps + 1).points[:, :-1]


def fista_for_optista(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    return fista(D, Y, lam, L, start, steps).points


def fista_in_single_precision(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    return fista(D, Y, lam, L, start, steps, np.float32).points.astype(float)


# --- hard thresholding and pursuits -------------------------------------------------------------


def keeps_one_entry_too_many(D, Y, s, start, steps):  # type: ignore[no-untyped-def]
    return hard_thresholding(D, Y, s + 1, start, steps).points


def keeps_one_entry_too_few(D, Y, s, start, steps):  # type: ignore[no-untyped-def]
    return hard_thresholding(D, Y, s - 1, start, steps).points


def keeps_the_largest_not_in_modulus(D, Y, s, start, steps):  # type: ignore[no-untyped-def]
    points, n = [start], D.shape[1]
    for _ in range(steps):
        u = points[-1] + (Y - points[-1] @ D.T) @ D
        rank = np.argsort(np.argsort(u, axis=1, kind="stable"), axis=1)
        points.append(np.where(rank >= n - s[:, None], u, 0))
    return np.stack(points, axis=1)


def iht_with_nine_tenths_of_the_step(D, Y, s, start, steps):  # type: ignore[no-untyped-def]
    return hard_thresholding(np.sqrt(0.9) * D, np.sqrt(0.9) * Y, s, start, steps).points


def iht_in_single_precision(D, Y, s, start, steps):  # type: ignore[no-untyped-def]
    return hard_thresholding(D, Y, s, start, steps, np.float32).points.astype(float)


def pursuit_by(correlate: Callable[..., Any], *, orthogonal: bool = True) -> Callable[..., Any]:
    """A pursuit, one signal at a time, until the residual is at most the level or rounding."""

    def run(D: Any, Y: Any, eps: Any = 0.0) -> Any:
        m, n = D.shape
        picks = np.full((len(Y), n), -1)
        levels = np.broadcast_to(eps, len(Y)) + 1e-12 * np.linalg.norm(Y, axis=1)
        unit = D / np.linalg.norm(D, axis=0)
        for code, (signal, level) in enumerate(zip(Y, levels, strict=True)):
            residual, chosen = signal, []
            while np.linalg.norm(residual) > level and len(chosen) < min(m, n):
                best = int(np.argmax(correlate(D, residual)))
                chosen.append(best)
                if orthogonal:
                    some = unit[:, chosen]
                    residual = signal - some @ np.linalg.lstsq(some, signal)[0]
                else:
                    residual = residual - unit[:, best] * (unit[:, best] @ residual)
            picks[code, : len(chosen)] = chosen
        return picks

    return run


def in_modulus(D: Any, residual: Any) -> Any:
    return np.abs(residual @ D) / np.linalg.norm(D, axis=0)


right_pursuit = pursuit_by(in_modulus)
signed = pursuit_by(lambda D, residual: residual @ D / np.linalg.norm(D, axis=0))
not_normalised = pursuit_by(lambda D, residual: np.abs(residual @ D))
not_orthogonal = pursuit_by(in_modulus, orthogonal=False)


def pursuit_without_modulus(D, Y):  # type: ignore[no-untyped-def]
    return signed(D, Y)


def pursuit_on_atoms_of_any_length(D, Y):  # type: ignore[no-untyped-def]
    return not_normalised(D, Y)


def pursuit_that_is_not_orthogonal(D, Y):  # type: ignore[no-untyped-def]
    return not_orthogonal(D, Y)


def stops_as_if_there_were_no_noise(D, Y, eps):  # type: ignore[no-untyped-def]
    return right_pursuit(D, Y, 0 * eps)


def stops_one_atom_early(D, Y, eps):  # type: ignore[no-untyped-def]
    picks = right_pursuit(D, Y, eps)
    last = (picks >= 0).sum(axis=1, keepdims=True) - 1
    return np.where(np.arange(picks.shape[1]) < last, picks, -1)


def picks_without_modulus(D, Y, eps):  # type: ignore[no-untyped-def]
    return signed(D, Y, eps)


def residual_that_is_not_orthogonal(D, Y, eps):  # type: ignore[no-untyped-def]
    return not_orthogonal(D, Y, eps)


def takes_the_second_best_atom_for_last(D, Y, eps):  # type: ignore[no-untyped-def]
    picks, n = right_pursuit(D, Y, eps), D.shape[1]
    free = ~selected(picks, n)
    rows = np.flatnonzero((picks >= 0).any(axis=1) & free.any(axis=1))
    last = (picks[rows] >= 0).sum(axis=1) - 1
    picks[rows, last] = free[rows].argmax(axis=1)
    return picks


def matching_by(choose: Callable[..., Any], share: float = 1.0) -> Callable[..., Any]:
    """A matching pursuit that picks by some products, and adds a share of them."""

    def run(D: Any, Y: Any, steps: Any) -> Any:
        points, every = np.zeros((len(Y), steps + 1, D.shape[1])), np.arange(len(Y))
        for k in range(steps):
            products = (Y - points[:, k] @ D.T) @ D
            best = choose(products).argmax(axis=1)
            points[:, k + 1] = points[:, k]
            points[every, k + 1, best] += share * products[every, best]
        return points

    return run


signed_matching = matching_by(lambda products: products)
damped_matching = matching_by(np.abs, 0.9)


def matches_without_modulus(D, Y, steps):  # type: ignore[no-untyped-def]
    return signed_matching(D, Y, steps)


def matches_with_nine_tenths(D, Y, steps):  # type: ignore[no-untyped-def]
    return damped_matching(D, Y, steps)


def matches_each_atom_once(D, Y, steps):  # type: ignore[no-untyped-def]
    picks, points = subjects.pursuit(D, Y), np.zeros((len(Y), steps + 1, D.shape[1]))
    for code, taken in enumerate(picks):
        for k in range(1, steps + 1):
            some = taken[taken >= 0][:k]
            points[code, k, some] = np.linalg.lstsq(D[:, some], Y[code])[0]
    return points


def htp_without_fitting(D, Y, s, L, start, steps):  # type: ignore[no-untyped-def]
    return hard_thresholding(D / np.sqrt(L), Y / np.sqrt(L), s, start, steps).points


def htp_with_one_entry_more(D, Y, s, L, start, steps):  # type: ignore[no-untyped-def]
    return subjects.htp(D, Y, np.minimum(s + 1, D.shape[1]), L, start, steps)


def htp_with_half_of_the_step(D, Y, s, L, start, steps):  # type: ignore[no-untyped-def]
    return subjects.htp(D, Y, s, 2 * L, start, steps)


def cosamp_with_a_quarter_of_the_further_atoms(D, Y, s, start, steps):  # type: ignore[no-untyped-def]
    points = [start]
    for _ in range(steps):
        products = (Y - points[-1] @ D.T) @ D
        u = refitting.fitted(D, Y, (points[-1] != 0) | refitting.largest(products, s // 2))
        points.append(np.where(refitting.largest(u, s), u, 0.0))
    return np.stack(points, axis=1)


def cosamp_that_forgets_its_atoms(D, Y, s, start, steps):  # type: ignore[no-untyped-def]
    points = [start]
    for _ in range(steps):
        products = (Y - points[-1] @ D.T) @ D
        points.append(refitting.fitted(D, Y, refitting.largest(products, s)))
    return np.stack(points, axis=1)


def cosamp_that_keeps_all(D, Y, s, start, steps):  # type: ignore[no-untyped-def]
    return subjects.cosamp(D, Y, np.minimum(s + 1, D.shape[1]), start, steps)


# --- solvers of which a last point is known ------------------------------------------------------


def minimised(D, Y, lam, nonnegative, sweeps=300):  # type: ignore[no-untyped-def]
    return coordinate_descent(D, Y, lam, sweeps, nonnegative=nonnegative)[0]


def weight_times_the_length(D, Y, lam, nonnegative):  # type: ignore[no-untyped-def]
    return minimised(D, Y, lam * len(D), nonnegative)


def weight_twice_as_large(D, Y, lam, nonnegative):  # type: ignore[no-untyped-def]
    return minimised(D, Y, 2 * lam, nonnegative)


def weight_of_the_first_signal(D, Y, lam, nonnegative):  # type: ignore[no-untyped-def]
    return minimised(D, Y, np.full(len(Y), lam[0]), nonnegative)


def stops_after_two_sweeps(D, Y, lam, nonnegative):  # type: ignore[no-untyped-def]
    return minimised(D, Y, lam, nonnegative, 2)


def negative_entries_of_nonnegative_codes(D, Y, lam, nonnegative):  # type: ignore[no-untyped-def]
    return minimised(D, Y, lam, False)


def nonnegative_codes_for_all(D, Y, lam, nonnegative):  # type: ignore[no-untyped-def]
    return minimised(D, Y, lam, True)


def refits_on_the_support(D, Y, lam, nonnegative):  # type: ignore[no-untyped-def]
    points = minimised(D, Y, lam, nonnegative)
    for x, y in zip(points, Y, strict=True):
        x[x != 0] = np.linalg.lstsq(D[:, x != 0], y, rcond=None)[0]
    return points


def takes_atoms_for_unit_ones(D, Y, lam, nonnegative):  # type: ignore[no-untyped-def]
    norms = np.linalg.norm(D, axis=0)
    return minimised(D / norms, Y, lam, nonnegative) / norms


def shrinks_products_once(D, Y, lam, nonnegative):  # type: ignore[no-untyped-def]
    return shrunk(Y @ D / (D**2).sum(axis=0), lam[:, None] / (D**2).sum(axis=0))


def gives_up_on_small_signals(D, Y, lam, nonnegative):  # type: ignore[no-untyped-def]
    return minimised(D, Y, lam, nonnegative) * (np.abs(Y).max(axis=1, keepdims=True) > 1e-7)


def clips_large_values(D, Y, lam, nonnegative):  # type: ignore[no-untyped-def]
    return np.clip(minimised(D, Y, lam, nonnegative), -1e4, 1e4)


def loses_signals_after_the_sixteenth(D, Y, lam, nonnegative):  # type: ignore[no-untyped-def]
    points = minimised(D, Y, lam, nonnegative)
    points[16:] = 0
    return points


def loses_atoms_after_the_sixty_fourth(D, Y, lam, nonnegative):  # type: ignore[no-untyped-def]
    points = minimised(D, Y, lam, nonnegative)
    points[:, 64:] = 0
    return points


def ista_wrong_after_the_sixteenth_signal(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    points = ista(D, Y, lam, L, start, steps).points.copy()
    points[16:, 1:] = points[16:, :1]
    return points


def ista_wrong_above_sixty_four_atoms(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    points = ista(D, Y, lam, L, start, steps).points.copy()
    points[:, 1:, 64:] = 0
    return points


def ista_with_an_absolute_guard(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    points = ista(D, Y, lam, L, start, steps).points.copy()
    return np.where(np.abs(points) < 1e-7, 0, points)


def ista_that_clips(D, Y, lam, L, start, steps):  # type: ignore[no-untyped-def]
    points = ista(D, Y, lam, L, start, steps).points.copy()
    points[:, 1:] = np.clip(points[:, 1:], -1e5, 1e5)
    return points


def iht_with_the_sparsity_of_the_first_signal(D, Y, s, start, steps):  # type: ignore[no-untyped-def]
    return hard_thresholding(D, Y, np.full_like(s, s[0]), start, steps).points


def coefficients_of_correlations(D, Y):  # type: ignore[no-untyped-def]
    picks = subjects.pursuit(D, Y)
    points = np.zeros((len(Y), D.shape[1]))
    for x, y, taken in zip(points, Y, picks, strict=True):
        atoms = taken[taken >= 0]
        x[atoms] = D[:, atoms].T @ y
    return picks, points
