"""What the suite is sensitive to: algorithms and networks with one bug each, and who notices.

Every bug is a subject, as somebody might have written it: they are in ``bugs``. The table says
against which theorem each is checked; what is right holds on the same instances.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sparsebound.checks.demanding import demanding
from sparsebound.checks.draws import Draw, draws
from sparsebound.checks.examine import examine
from sparsebound.checks.protocol import Subject
from sparsebound.checks.recipes import Recipe
from sparsebound.checks.runner import RunSettings, plan
from sparsebound.checks.search import search
from sparsebound.checks.shards import run_shard
from sparsebound.reports.summary import BROKEN
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.theorem import Theorem
from tests import subjects
from tests.quality.bugs import layered, least_norms, networks, solvers

TRIED = 200
Bug = Callable[..., Any]

MINIMISERS = ("stability.near_minimiser",)
LEAST_NORMS = ("stability.near_basis_pursuit",)

LAYERS = ("rate.deep", "rate.deep_local", "stability.layered_thresholding")

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
    (
        solvers.threshold_ten_percent_low,
        ("rate.ista", "rate.ista_strong", "rate.ista_identified", "rate.identification"),
    ),
    (solvers.threshold_ten_percent_high, ("rate.ista", "rate.ista_strong", "rate.ista_identified")),
    (solvers.step_above_two_over_L, ("rate.ista", "rate.ista_strong", "rate.ista_identified")),
    (solvers.step_is_half_of_one_over_L, ("rate.ista",)),
    (solvers.gradient_by_a_reshaped_dictionary, ("rate.ista", "rate.fista")),
    (solvers.residual_of_the_iterate_before, ("rate.ista",)),
    (solvers.shrinks_before_the_gradient_step, ("rate.ista",)),
    (solvers.hard_threshold, ("rate.ista",)),
    (solvers.signals_swapped_in_the_batch, ("rate.ista",)),
    (solvers.single_precision_said_to_be_double, ("rate.ista", "rate.ista_strong")),
    (solvers.no_momentum, ("rate.fista",)),
    (solvers.momentum_index_off_by_one, ("rate.fista",)),
    (solvers.momentum_of_another_method, ("rate.fista",)),
    (solvers.fista_in_single_precision, ("rate.fista",)),
    (solvers.optista_of_any_length, ("rate.optista",)),
    (solvers.fista_for_optista, ("rate.optista",)),
    (solvers.declares_another_momentum, ("rate.momentum",)),
    (solvers.keeps_one_entry_too_many, ("rate.iht",)),
    (solvers.keeps_one_entry_too_few, ("rate.iht",)),
    (solvers.keeps_the_largest_not_in_modulus, ("rate.iht",)),
    (solvers.iht_with_nine_tenths_of_the_step, ("rate.iht",)),
    (solvers.iht_in_single_precision, ("rate.iht",)),
    (solvers.pursuit_without_modulus, ("uniqueness.erc", "uniqueness.greedy")),
    (solvers.pursuit_on_atoms_of_any_length, ("uniqueness.erc", "uniqueness.greedy")),
    (solvers.pursuit_that_is_not_orthogonal, ("uniqueness.erc", "uniqueness.greedy")),
    (solvers.cosamp_with_a_quarter_of_the_further_atoms, ("rate.cosamp",)),
    (solvers.cosamp_that_forgets_its_atoms, ("rate.cosamp",)),
    (solvers.cosamp_that_keeps_all, ("rate.cosamp",)),
    (solvers.htp_without_fitting, ("rate.htp",)),
    (solvers.htp_with_one_entry_more, ("rate.htp",)),
    (solvers.htp_with_half_of_the_step, ("rate.htp",)),
    (solvers.matches_without_modulus, ("rate.matching_pursuit",)),
    (solvers.matches_with_nine_tenths, ("rate.matching_pursuit",)),
    (solvers.matches_each_atom_once, ("rate.matching_pursuit",)),
    (solvers.stops_as_if_there_were_no_noise, ("stability.omp",)),
    (solvers.stops_one_atom_early, ("stability.omp",)),
    (solvers.picks_without_modulus, ("stability.omp",)),
    (solvers.residual_that_is_not_orthogonal, ("stability.omp",)),
    (solvers.takes_the_second_best_atom_for_last, ("stability.omp",)),
    (networks.low_thresholds, (*NETWORKS, "network.activity")),
    (networks.high_thresholds, NETWORKS),
    (networks.reversed_filters, NETWORKS),
    (networks.signal_shifted_by_one, NETWORKS),
    (networks.float32_said_to_be_float64, NETWORKS),
    (networks.weights_reshaped_for_transposed, ("rate.unfolded",)),
    (networks.thresholds_of_the_next_layer, ("rate.unfolded",)),
    (networks.no_bias_in_the_last_layer, ("rate.unfolded",)),
    (networks.leaks_below_the_threshold, ("rate.unfolded",)),
    (networks.one_sided_units, ("rate.unfolded",)),
    (networks.weights_of_the_decoder_for_the_encoder, ("rate.ista_thresholds", "rate.alista")),
    (networks.signal_in_the_first_layer_alone, ("rate.unfolded",)),
    (networks.no_skip_connection, ("rate.unfolded",)),
    (networks.skips_are_left_out, ("rate.connected",)),
    (networks.sees_the_last_state_alone, ("rate.connected",)),
    (networks.weights_of_skips_are_normalised, ("rate.connected",)),
    (solvers.weight_times_the_length, MINIMISERS),
    (solvers.weight_twice_as_large, MINIMISERS),
    (solvers.weight_of_the_first_signal, MINIMISERS),
    (solvers.stops_after_two_sweeps, MINIMISERS),
    (solvers.negative_entries_of_nonnegative_codes, MINIMISERS),
    (solvers.nonnegative_codes_for_all, MINIMISERS),
    (solvers.refits_on_the_support, MINIMISERS),
    (solvers.takes_atoms_for_unit_ones, MINIMISERS),
    (solvers.shrinks_products_once, MINIMISERS),
    (solvers.gives_up_on_small_signals, MINIMISERS),
    (solvers.clips_large_values, MINIMISERS),
    (solvers.loses_signals_after_the_sixteenth, MINIMISERS),
    (solvers.loses_atoms_after_the_sixty_fourth, MINIMISERS),
    (least_norms.least_squares_instead, LEAST_NORMS),
    (least_norms.bound_for_each_entry, LEAST_NORMS),
    (least_norms.bound_taken_for_its_square, LEAST_NORMS),
    (least_norms.bound_taken_for_a_weight, LEAST_NORMS),
    (least_norms.bound_of_the_first_residual, LEAST_NORMS),
    (least_norms.no_room_for_noise, LEAST_NORMS),
    (least_norms.norm_of_unit_atoms, LEAST_NORMS),
    (least_norms.positive_parts_alone, LEAST_NORMS),
    (least_norms.drops_entries_below_a_tenth, LEAST_NORMS),
    (least_norms.drops_entries_that_are_tiny, LEAST_NORMS),
    (least_norms.refits_without_the_norm, LEAST_NORMS),
    (least_norms.stops_after_thirty_steps, LEAST_NORMS),
    (solvers.ista_wrong_after_the_sixteenth_signal, ("rate.ista",)),
    (solvers.ista_wrong_above_sixty_four_atoms, ("rate.ista",)),
    (solvers.ista_with_an_absolute_guard, ("rate.ista",)),
    (solvers.ista_that_clips, ("rate.ista",)),
    (solvers.iht_with_the_sparsity_of_the_first_signal, ("rate.iht",)),
    (solvers.coefficients_of_correlations, ("uniqueness.erc",)),
    (networks.leaks_a_little, ("network.thresholding",)),
    (networks.shrinks_by_more, ("network.thresholding",)),
    (networks.forgets_the_sign, ("network.thresholding",)),
    (networks.looks_the_other_way, ("network.attention_shift",)),
    (networks.looks_half_as_sharply, ("network.attention_shift",)),
    (networks.filters_are_not_flipped, ("network.convolution",)),
    (networks.threshold_of_the_layer_before, ("network.convolution",)),
    (layered.passes_on_the_first_state, LAYERS),
    (layered.filters_are_flipped_in_every_layer, LAYERS),
    (layered.low_thresholds_in_layers, LAYERS),
    (layered.rectifies_between_layers, LAYERS[:1]),
    (layered.thresholds_of_the_first_iteration, LAYERS[:2]),
    (layered.layers_in_single_precision, LAYERS[:1]),
    (layered.thresholds_entries_not_blocks, ("rate.block",)),
    (layered.blocks_of_other_atoms, ("rate.block",)),
    (layered.keeps_the_largest_without_modulus, ("rate.topk",)),
    (layered.keeps_one_more, ("rate.topk",)),
    (layered.keeps_as_many_for_all, ("rate.topk",)),
    (layered.hard_said_to_be_soft, ("rate.unfolded",)),
    (layered.garrote_said_to_be_soft, ("rate.unfolded",)),
    (layered.soft_said_to_be_hard, ("rate.unfolded",)),
    (layered.soft_said_to_be_the_garrote, ("network.thresholding",)),
    (networks.two_sided_units, ("rate.nonnegative",)),
    (networks.units_on_the_wrong_side, ("rate.nonnegative",)),
)
"""Bugs, and the theorems that notice each of them."""

ROWS = [
    pytest.param(bug, name, id=f"{bug.__name__}-{name}") for bug, names in TABLE for name in names
]


def counterexample(theorem: Theorem, run: Bug, tried: int) -> Recipe | None:
    """The first recipe that is violated, as it was drawn: shrinking is tested elsewhere."""
    subject = Subject.of(run)
    found: list[Recipe] = []

    def violated(recipe: Recipe) -> bool:
        return examine(theorem, recipe, subject=subject).violated

    def visit(draw: Draw) -> bool:
        found.extend(filter(violated, [draw.recipe]))
        return False

    search(draws(theorem), tried, 1, visit, enough=lambda: bool(found))
    return next(iter(found), None) or next(filter(violated, demanding(theorem)), None)


@pytest.mark.parametrize(("bug", "name"), ROWS)
def test_a_planted_bug_is_noticed(bug: Bug, name: str) -> None:
    assert counterexample(catalogue()[name], bug, TRIED) is not None


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("bug", "name"),
    [pytest.param(bug, names[0], id=f"{bug.__name__}-{names[0]}") for bug, names in TABLE],
)
def test_a_planted_bug_is_noticed_by_a_run_with_default_options(bug: Bug, name: str) -> None:
    """As ``sparsebound check NAME --subject BUG`` does, whose profile is ``dev``; all of them.

    A violation, or an answer that is none: that run fails.
    """
    theorem, settings = catalogue()[name], RunSettings()
    parts = [part for _, part in plan([theorem], settings) if part.startswith("examples")]
    tallies = [run_shard(theorem, part, settings, Subject.of(bug)).tally for part in parts]
    assert tallies
    assert all(tally.status in BROKEN for tally in tallies)


@pytest.mark.parametrize("theorem", subjects.THEOREMS, ids=lambda theorem: theorem.id)
def test_what_is_right_holds_where_bugs_are_noticed(theorem: Theorem) -> None:
    run = subjects.OURS[subjects.NEED[theorem.id]]
    assert counterexample(theorem, run, TRIED // 4) is None


def test_every_theorem_that_subjects_are_held_against_notices_a_bug() -> None:
    noticing = {name for _, names in TABLE for name in names}
    assert noticing == {theorem.id for theorem in subjects.THEOREMS}


def test_the_readme_counts_them() -> None:
    """Each under the theorem that is named first."""
    topics = (
        ("rate.ista", "rate.fista", "rate.momentum", "rate.optista"),
        ("rate.iht", "rate.htp", "rate.cosamp"),
        ("uniqueness.erc", "stability.omp", "rate.matching_pursuit"),
        MINIMISERS,
        LEAST_NORMS,
        ("rate.unfolded", "rate.ista_thresholds", "rate.nonnegative", "rate.connected"),
        LAYERS[:1],
        ("rate.block", "rate.topk"),
        ("network.thresholding", "network.attention_shift", "network.convolution"),
    )
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (table,) = re.findall(r"\| planted in .*?\n((?:\|.*\n)+)", text)
    said = [int(row.split("|")[2]) for row in table.splitlines()[1:]]
    assert said == [sum(names[0] in topic for _, names in TABLE) for topic in topics]
    assert sum(said) == len(TABLE)
