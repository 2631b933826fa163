"""What attack and prune find."""

from __future__ import annotations

import numpy as np
import pytest

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.prune import prune
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions.frames import tight_frame, union_of_bases
from sparsebound.theory.constructions.low_coherence import alternating_projection
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities import coherence


def unit(D: FloatArray) -> FloatArray:
    return np.asarray(D / np.linalg.norm(D, axis=0))


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_the_attack_attains_the_bound_on_an_equiangular_frame(noise: float) -> None:
    D = unit(tight_frame(7, 14))
    found = certify(D, sparsity=2, attack=True, noise=noise, tolerance=0.2).attack
    assert found is not None
    assert found.bound.value >= found.found.value * (1 - 1e-9)
    assert found.found.value >= (0.999 if noise == 0 else 0.8) * found.bound.value
    assert len(found.support) == 2


@pytest.mark.parametrize("seed", range(4))
def test_the_attack_stays_below_the_bound_and_comes_near(seed: int) -> None:
    D = unit(alternating_projection(12, 16, seed))
    found = certify(D, sparsity=2, attack=True, amplitude=3.0, tolerance=0.1).attack
    assert found is not None
    assert 0.5 * found.bound.value <= found.found.value <= found.bound.value * (1 + 1e-9)
    assert max(map(abs, found.values)) <= 3
    assert found == certify(D, sparsity=2, attack=True, amplitude=3.0, tolerance=0.1).attack


def test_the_attack_finds_the_codes_that_a_broken_network_gets_wrong() -> None:
    D = unit(alternating_projection(12, 16, 0))
    W = D.copy()
    W[:, 5] *= 1.9
    found = certify(D, weights=W, thresholds=np.zeros(3), sparsity=2, attack=True)
    assert found.network is not None
    assert not found.network.certified
    assert found.attack is not None
    assert found.attack.found.value > 0.5


def test_one_planted_atom_is_what_prune_removes() -> None:
    D = unit(union_of_bases(16))
    spoiled = np.column_stack([D, (D[:, 3] + D[:, 9]) / np.linalg.norm(D[:, 3] + D[:, 9])])
    X = np.zeros((2, 33))
    X[0, [1, 20]], X[1, [3, 32]] = 1, 1
    found = prune(Atoms(spoiled.T, "columns", ""), X)
    assert (found.before, found.after, found.reached) == (1, 2, True)
    assert [step.atom for step in found.steps] == [32]
    assert found.steps[0].coherence.value == pytest.approx(0.25, abs=1e-12)
    assert found.steps[0].cost is not None
    assert found.steps[0].cost > 0


def test_near_duplicates_are_merged_or_one_goes_at_no_cost_for_other_codes() -> None:
    D = unit(union_of_bases(16))
    twin = unit((D[:, 4] + 0.05 * D[:, 7])[:, None])
    X = np.zeros((1, 33))
    X[0, [1, 20]] = 1
    found = prune(Atoms(np.column_stack([D, twin]).T, "columns", ""), X)
    assert found.reached
    assert {found.steps[0].atom, found.steps[0].partner} == {4, 32}
    assert found.steps[0].cost == pytest.approx(0, abs=1e-12)


def test_what_prune_reports_is_true_of_the_atoms_that_are_left() -> None:
    D = np.random.default_rng(0).standard_normal((40, 60))
    found = prune(Atoms(D.T, "columns", ""))
    removed = [step.atom for step in found.steps if step.action == "remove"]
    if len(removed) == len(found.steps):
        left = Dictionary(np.delete(D, removed, axis=1))
        expected = float(coherence(left).mid)
        assert found.steps[-1].coherence.value == pytest.approx(expected, abs=1e-12)
    assert len(found.steps) <= 15
