"""What the suite is sensitive to: algorithms and networks with one bug each, and who notices.

Every bug is a subject, as somebody might have written it. The table at the end of the bugs says
against which theorem each is checked; what is right holds on the same instances.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.algorithms.coordinate_descent import coordinate_descent
from sparsebound.checks.algorithms.hard_thresholding import hard_thresholding
from sparsebound.checks.algorithms.proximal import fista, ista
from sparsebound.checks.algorithms.thresholding import hard, relu, soft
from sparsebound.checks.demanding import demanding
from sparsebound.checks.draws import draws
from sparsebound.checks.examine import examine
from sparsebound.checks.protocol import Subject
from sparsebound.checks.recipes import Recipe
from sparsebound.checks.search import search
from sparsebound.checks.subjects.unfolded import unfolded_network
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.quantities.supports import selected
from sparsebound.theory.theorem import Theorem
from tests import subjects

TRIED = 200
Bug = Callable[..., Any]


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


# --- unfolded networks --------------------------------------------------------------------------


def low_thresholds(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, 0.9 * thresholds, soft)


def high_thresholds(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, 1.1 * thresholds, soft)


def reversed_filters(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W[::-1], Y, thresholds, soft)


def signal_shifted_by_one(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, np.roll(Y, 1, axis=1), thresholds, soft)


def float32_said_to_be_float64(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, thresholds, soft, dtype="float32")


def weights_reshaped_for_transposed(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, reshaped(W).T, Y, thresholds, soft)


def thresholds_of_the_next_layer(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, np.roll(thresholds, -1, axis=1), soft)


def no_bias_in_the_last_layer(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    last = np.arange(thresholds.shape[1]) == thresholds.shape[1] - 1
    return unfolded_network(D, W, Y, np.where(last, 0, thresholds), soft)


def leaks_below_the_threshold(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    def leaky(v: Any, theta: Any) -> Any:
        return np.where(np.abs(v) > theta, soft(v, theta), 0.01 * v)

    return unfolded_network(D, W, Y, thresholds, leaky)


def one_sided_units(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, thresholds, relu)


def weights_of_the_decoder_for_the_encoder(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    return unfolded_network(D, D, Y, thresholds, soft)


def signal_in_the_first_layer_alone(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    states = [np.zeros((len(Y), D.shape[1]))]
    for k in range(thresholds.shape[1]):
        rest = Y * (k == 0) - states[-1] @ D.T
        states.append(shrunk(states[-1] + rest @ W, thresholds[:, k, None]))
    return np.stack(states, axis=1)


def no_skip_connection(D, W, Y, thresholds):  # type: ignore[no-untyped-def]
    states = [np.zeros((len(Y), D.shape[1]))]
    for k in range(thresholds.shape[1]):
        v = (Y - states[-1] @ D.T) @ W
        states.append(shrunk(v, thresholds[:, k, None]))
    return np.stack(states, axis=1)


def two_sided_units(D, W, Y, thresholds, sides):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, thresholds, soft)


def units_on_the_wrong_side(D, W, Y, thresholds, sides):  # type: ignore[no-untyped-def]
    return unfolded_network(D, W, Y, thresholds, relu, sides=-sides)


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


# --- layers ---------------------------------------------------------------------------------------


def leaks_a_little(v, theta):  # type: ignore[no-untyped-def]
    return np.where(np.abs(v) > theta, soft(v, theta), 0.01 * v)


def shrinks_by_more(v, theta):  # type: ignore[no-untyped-def]
    return soft(v, 1.01 * theta)


def forgets_the_sign(v, theta):  # type: ignore[no-untyped-def]
    return np.maximum(np.abs(v) - theta, 0)


def looks_the_other_way(X, beta, offset):  # type: ignore[no-untyped-def]
    return subjects.head(X, beta, -offset)


def looks_half_as_sharply(X, beta, offset):  # type: ignore[no-untyped-def]
    return subjects.head(X, beta / 2, offset)


def filters_are_not_flipped(filters, weights, Y, thresholds, stride, circular):  # type: ignore[no-untyped-def]
    return subjects.convolution(filters, weights[..., ::-1], Y, thresholds, stride, circular)


def threshold_of_the_layer_before(filters, weights, Y, thresholds, stride, circular):  # type: ignore[no-untyped-def]
    moved = np.roll(thresholds, 1, axis=1) * 0.5
    return subjects.convolution(filters, weights, Y, moved, stride, circular)


MINIMISERS = ("stability.near_minimiser",)

NETWORKS = (
    "rate.unfolded",
    "rate.lista_cp",
    "rate.nonnegative",
    "rate.ista_thresholds",
    "rate.alista",
    "rate.local",
    "rate.depth",
)

TABLE: tuple[tuple[Bug, tuple[str, ...]], ...] = (
    (threshold_ten_percent_low, ("rate.ista", "rate.ista_strong", "rate.ista_identified")),
    (threshold_ten_percent_high, ("rate.ista", "rate.ista_strong", "rate.ista_identified")),
    (step_above_two_over_L, ("rate.ista", "rate.ista_strong", "rate.ista_identified")),
    (step_is_half_of_one_over_L, ("rate.ista",)),
    (gradient_by_a_reshaped_dictionary, ("rate.ista", "rate.fista")),
    (residual_of_the_iterate_before, ("rate.ista",)),
    (shrinks_before_the_gradient_step, ("rate.ista",)),
    (hard_threshold, ("rate.ista",)),
    (signals_swapped_in_the_batch, ("rate.ista",)),
    (single_precision_said_to_be_double, ("rate.ista", "rate.ista_strong")),
    (no_momentum, ("rate.fista",)),
    (momentum_index_off_by_one, ("rate.fista",)),
    (momentum_of_another_method, ("rate.fista",)),
    (fista_in_single_precision, ("rate.fista",)),
    (declares_another_momentum, ("rate.momentum",)),
    (keeps_one_entry_too_many, ("rate.iht",)),
    (keeps_one_entry_too_few, ("rate.iht",)),
    (keeps_the_largest_not_in_modulus, ("rate.iht",)),
    (iht_with_nine_tenths_of_the_step, ("rate.iht",)),
    (iht_in_single_precision, ("rate.iht",)),
    (pursuit_without_modulus, ("uniqueness.erc", "uniqueness.greedy")),
    (pursuit_on_atoms_of_any_length, ("uniqueness.erc", "uniqueness.greedy")),
    (pursuit_that_is_not_orthogonal, ("uniqueness.erc", "uniqueness.greedy")),
    (stops_as_if_there_were_no_noise, ("stability.omp",)),
    (stops_one_atom_early, ("stability.omp",)),
    (picks_without_modulus, ("stability.omp",)),
    (residual_that_is_not_orthogonal, ("stability.omp",)),
    (takes_the_second_best_atom_for_last, ("stability.omp",)),
    (low_thresholds, NETWORKS),
    (high_thresholds, NETWORKS),
    (reversed_filters, NETWORKS),
    (signal_shifted_by_one, NETWORKS),
    (float32_said_to_be_float64, NETWORKS),
    (weights_reshaped_for_transposed, ("rate.unfolded",)),
    (thresholds_of_the_next_layer, ("rate.unfolded",)),
    (no_bias_in_the_last_layer, ("rate.unfolded",)),
    (leaks_below_the_threshold, ("rate.unfolded",)),
    (one_sided_units, ("rate.unfolded",)),
    (weights_of_the_decoder_for_the_encoder, ("rate.ista_thresholds", "rate.alista")),
    (signal_in_the_first_layer_alone, ("rate.unfolded",)),
    (no_skip_connection, ("rate.unfolded",)),
    (weight_times_the_length, MINIMISERS),
    (weight_twice_as_large, MINIMISERS),
    (weight_of_the_first_signal, MINIMISERS),
    (stops_after_two_sweeps, MINIMISERS),
    (negative_entries_of_nonnegative_codes, MINIMISERS),
    (nonnegative_codes_for_all, MINIMISERS),
    (refits_on_the_support, MINIMISERS),
    (takes_atoms_for_unit_ones, MINIMISERS),
    (shrinks_products_once, MINIMISERS),
    (gives_up_on_small_signals, MINIMISERS),
    (clips_large_values, MINIMISERS),
    (loses_signals_after_the_sixteenth, MINIMISERS),
    (loses_atoms_after_the_sixty_fourth, MINIMISERS),
    (ista_wrong_after_the_sixteenth_signal, ("rate.ista",)),
    (ista_wrong_above_sixty_four_atoms, ("rate.ista",)),
    (ista_with_an_absolute_guard, ("rate.ista",)),
    (ista_that_clips, ("rate.ista",)),
    (iht_with_the_sparsity_of_the_first_signal, ("rate.iht",)),
    (coefficients_of_correlations, ("uniqueness.erc",)),
    (leaks_a_little, ("network.thresholding",)),
    (shrinks_by_more, ("network.thresholding",)),
    (forgets_the_sign, ("network.thresholding",)),
    (looks_the_other_way, ("network.attention_shift",)),
    (looks_half_as_sharply, ("network.attention_shift",)),
    (filters_are_not_flipped, ("network.convolution",)),
    (threshold_of_the_layer_before, ("network.convolution",)),
    (two_sided_units, ("rate.nonnegative",)),
    (units_on_the_wrong_side, ("rate.nonnegative",)),
)
"""Bugs, and the theorems that notice each of them."""

ROWS = [
    pytest.param(bug, name, id=f"{bug.__name__}-{name}") for bug, names in TABLE for name in names
]


def counterexample(theorem: Theorem, run: Bug, tried: int) -> object:
    subject = Subject.of(run)

    def violated(recipe: Recipe) -> bool:
        return examine(theorem, recipe, subject=subject).violated

    found = search(draws(theorem), tried, 1, lambda draw: violated(draw.recipe))
    return found or next(filter(violated, demanding(theorem)), None)


@pytest.mark.parametrize(("bug", "name"), ROWS)
def test_a_planted_bug_is_noticed(bug: Bug, name: str) -> None:
    assert counterexample(catalogue()[name], bug, TRIED) is not None


@pytest.mark.parametrize("theorem", subjects.THEOREMS, ids=lambda theorem: theorem.id)
def test_what_is_right_holds_where_bugs_are_noticed(theorem: Theorem) -> None:
    run = subjects.OURS[subjects.NEED[theorem.id]]
    assert counterexample(theorem, run, TRIED // 4) is None


def test_every_theorem_that_subjects_are_held_against_notices_a_bug() -> None:
    noticing = {name for _, names in TABLE for name in names}
    assert noticing == {theorem.id for theorem in subjects.THEOREMS}
