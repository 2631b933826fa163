"""Every theorem on its extremal instances, and every mutant refuted by a small counterexample."""

from __future__ import annotations

import numpy as np
import pytest

from sparsebound.checks.examine import examine
from sparsebound.checks.recipes import Recipe
from sparsebound.checks.runner import RunSettings, run_shard
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.instance import DeepInstance
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status

THEOREMS = list(catalogue().values())
SHARP = [theorem for theorem in THEOREMS if theorem.sharp]
MUTANTS = [(theorem, mutant.name) for theorem in THEOREMS for mutant in theorem.mutants]

SMALLEST = {
    ("dictionary.babel_growth", "k mu -> (k - 1) mu for k >= 2"): (3, 3),
    ("dictionary.cross_coherence", "right side times 0.95"): (2, 3),
    ("dictionary.erc_babel", "mu1(k-1) -> mu1(k-2) for k >= 2"): (4, 3),
    ("dictionary.erc_babel", "right side times 0.95"): (4, 2),
    ("dictionary.gershgorin", "mu1(k-1) -> mu1(k-2) for k >= 2"): (4, 2),
    ("dictionary.spark_coherence", "1 + 1/mu -> 2 + 1/mu"): (3, 3),
    ("dictionary.welch", "right side times 1.01"): (2, 3),
    ("training.path_monotone", "right side times 0.95"): (1, 1),
    ("training.path_monotone", "||x(lam)||_0 does not rise"): (2, 3),
    ("uniqueness.basis_pursuit", "premise < -> <="): (3, 4),
    ("uniqueness.coherence", "premise < -> <="): (3, 4),
    ("uniqueness.deep", "premise dropped at the top layer"): (3, 4),
    ("uniqueness.erc", "ERC(S) < 1 -> ERC(S) < 1.5"): (2, 3),
    ("uniqueness.erc", "ERC(S) < 1 -> ERC(S) <= 1"): (3, 4),
    ("uniqueness.lasso", "rank condition dropped"): (1, 2),
    ("uniqueness.local", "premise < -> <="): (3, 4),
    ("uniqueness.null_space", "s -> s + 1"): (3, 3),
    ("uniqueness.spark", "premise < -> <="): (3, 4),
    ("model.lipschitz", "averages: times 0.95"): (1, 1),
    ("model.lipschitz", "disjoint maxima: 1 -> 1/sqrt(w)"): (1, 1),
    ("model.lipschitz", "overlapping maxima: 1"): (2, 2),
    ("rate.deep", "2 nu_j -> nu_j"): (7, 2),
    ("rate.deep", "sqrt(s_j) dropped"): (7, 2),
    ("stability.deep", "4 -> 3.6 in every layer"): (1, 1),
    ("stability.layered_basis_pursuit", "a_j = b_{j-1}"): (4, 1),
    ("stability.layered_thresholding", "beta_j at half of the premise"): (2, 2),
    ("stability.layered_thresholding", "nu_j dropped from the error"): (2, 2),
    ("conjecture.fista_exact", "right side times 0.95"): (1, 1),
    ("network.attention_shift", "alpha/2"): (2, 2),
    ("network.convolution", "convolution with unflipped filters"): (2, 2),
    ("network.dense_encoder", "one layer fewer"): (3, 3),
    ("network.filter_factorization", "ceil(S/(p-1)) for even p"): (7, 1),
    ("network.filter_factorization", "one filter fewer, for odd p"): (3, 1),
    ("network.transformer", "rho = 0"): (2, 2),
    ("network.relu_pair", "1/(1 - a^2) dropped"): (1, 1),
    ("network.smooth_activation", "0.9 c"): (1, 1),
    ("network.thresholding", "theta -> 0.9 theta in the distance"): (1, 1),
    ("rate.alista", "2s - 1 -> 2s - 2 in q"): (3, 3),
    ("rate.alista", "q times 0.95"): (3, 3),
    ("rate.alista", "theta_k times 0.9"): (3, 3),
    ("rate.depth", "one layer fewer"): (3, 2),
    ("rate.depth", "theta_k times 0.9"): (3, 2),
    ("rate.fista", "the largest value known times 0.95"): (1, 1),
    ("rate.iht", "phi -> 1.5"): (2, 2),
    ("rate.ista", "L R^2/(4k) -> L R^2/(4.4k)"): (1, 1),
    ("rate.ista_identified", "q -> q^2"): (1, 1),
    ("rate.ista_strong", "q -> q^2"): (1, 1),
    ("rate.ista_thresholds", "1/L -> 2/L in q"): (3, 2),
    ("rate.ista_thresholds", "2 nu -> 1.8 nu"): (3, 2),
    ("rate.ista_thresholds", "mu1(s) -> mu1(s-1) in q"): (3, 2),
    ("rate.ista_thresholds", "theta_k times 0.9"): (3, 2),
    ("rate.lista_cp", "2 s nu -> 1.8 s nu"): (3, 2),
    ("rate.lista_cp", "2s - 1 -> 2s - 2 in q"): (3, 2),
    ("rate.lista_cp", "theta_k times 0.9"): (3, 2),
    ("rate.deep_local", "P_j as its minimum"): (14, 2),
    ("rate.deep_local", "2 nu_j -> nu_j"): (14, 2),
    ("rate.deep_local", "2 s_loc - 1 -> 2 s_loc - 2"): (14, 2),
    ("rate.local", "2 nu -> 1.8 nu"): (9, 3),
    ("rate.local", "2 s_loc - 1 -> 2 s_loc - 2"): (9, 3),
    ("rate.local", "theta_k times 0.9"): (9, 3),
    ("rate.nonnegative", "2 nu -> 1.8 nu"): (3, 2),
    ("rate.nonnegative", "2s - 1 -> 2s - 2 in q"): (3, 2),
    ("rate.nonnegative", "theta_k times 0.9"): (3, 2),
    ("rate.nonnegative", "x >= 0 dropped"): (3, 2),
    ("rate.unfolded", "2 nu -> 1.8 nu"): (3, 2),
    ("rate.unfolded", "2s - 1 -> 2s - 2 in q"): (3, 2),
    ("rate.unfolded", "kappa_out p0 dropped"): (9, 3),
    ("rate.unfolded", "nu dropped from theta_k"): (3, 2),
    ("rate.unfolded", "theta_k times 0.9"): (3, 2),
    ("stability.bpdn", "4 -> 3.6"): (1, 1),
    ("stability.lasso_coherence", "lam > ... times 0.95"): (3, 2),
    ("stability.lasso_coherence", "right side times 0.95"): (3, 2),
    ("stability.lasso_witness", "lam (1 - ERC) > max -> 0.5 max"): (3, 2),
    ("stability.lasso_witness", "right side times 0.95"): (3, 2),
    ("stability.local", "4 -> 3.6"): (2, 2),
    ("stability.omp", "2 eps -> 1.8 eps"): (1, 1),
    ("stability.omp", "noise dropped from the premise"): (2, 2),
    ("stability.omp", "equality allowed for mu = 0"): (1, 1),
    ("stability.omp", "right side times 0.95"): (1, 1),
    ("stability.p0", "2k-1 -> 2k-2"): (2, 2),
    ("stability.p0", "4 -> 3.6"): (2, 2),
}
"""Largest shape of the (top) dictionary on which shrinking may end, by theorem and mutant."""


def constructed(theorem: Theorem, size: int) -> Recipe:
    """Recipe of the extremal instance."""
    name = getattr(theorem.sharp, "__name__", "")
    return Recipe("construction", {"name": name, "size": size})


def test_there_are_the_fourteen_theorems_of_the_first_two_families() -> None:
    names = [theorem.id for theorem in THEOREMS if theorem.topic in ("dictionary", "uniqueness")]
    assert len(names) == 14


@pytest.mark.parametrize("theorem", SHARP, ids=lambda theorem: theorem.id)
def test_it_holds_and_is_attained_on_its_extremal_instances(theorem: Theorem) -> None:
    ratios = []
    if theorem.equality:
        pytest.skip("an equality: no ratio tells how tight it is")
    for size in (1, 2, 3):
        verdict = examine(theorem, constructed(theorem, size)).verdict
        assert set(verdict.status) <= {Status.HOLDS, Status.VACUOUS}, size
        ratios += [ratio for ratio in verdict.ratio if not np.isnan(ratio)]
    assert max(ratios) >= 0.999


@pytest.mark.parametrize(
    ("theorem", "name"), MUTANTS, ids=lambda value: getattr(value, "id", value)
)
def test_its_mutants_are_refuted_by_a_small_counterexample(theorem: Theorem, name: str) -> None:
    (tally,) = run_shard(theorem, f"mutant {name}", RunSettings()).tally.mutants
    assert tally.refuted
    assert tally.worst is not None
    found = examine(theorem, Recipe.from_json(tally.worst.recipe), theorem.mutant(name))
    assert found.violated
    instance = (
        found.instance.layers[-1] if isinstance(found.instance, DeepInstance) else found.instance
    )
    largest = SMALLEST[theorem.id, name]
    assert all(np.less_equal(instance.D.shape, largest)), instance.D.shape
    assert len(instance) <= 1
    held = examine(theorem, Recipe.from_json(tally.worst.recipe)).verdict
    assert Status.VIOLATED not in held.status  # the theorem itself survives its counterexample


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.id)
def test_it_says_what_a_reader_needs(theorem: Theorem) -> None:
    assert theorem.title
    assert theorem.source.text
    assert theorem.mutants
    assert theorem.statement.count("{") == theorem.statement.count("}")
    assert theorem.claims.__doc__
    for mutant in theorem.mutants:
        assert (theorem.id, mutant.name) in SMALLEST
