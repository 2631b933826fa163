"""Theorems on training, against numpy: with the numbers of their smallest instances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.evidence import gather
from sparsebound.checks.oracles import training as steps
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.experiment import Experiment, posed
from sparsebound.theory.extremal import training as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.verdict import Status, Verdict, decide
from tests.theorems import training_plants  # which adds to the tables of plants


def verdict_of(name: str, given: Any, changes: dict[str, Any] | None = None) -> Verdict:
    theorem, experiment = catalogue()[name], posed(given)
    return decide(theorem, experiment, gather(theorem, experiment), changes)


def dictionaries(count: int, m: int, n: int) -> Iterator[tuple[np.random.Generator, np.ndarray]]:
    for seed in range(count):
        rng = np.random.default_rng(seed)
        yield rng, rng.standard_normal((m, n))


NEW = (
    "network.ista_block",
    "training.alternating",
    "training.basis_local",
    "training.certificate_drift",
    "training.coherence_penalty",
    "training.effective_sparsity",
    "training.group_decay",
    "training.itkm_step",
    "training.parseval_step",
    "training.threshold_nested",
    "training.two_factor",
)


@pytest.mark.parametrize("name", NEW)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_every_witness_refutes_its_mutant_at_every_size(name: str, size: int) -> None:
    theorem = catalogue()[name]
    for mutant in theorem.mutants:
        construct = mutant.witness or theorem.sharp
        assert construct is not None
        experiment = posed(construct(size))
        found = gather(theorem, experiment)
        broken = decide(theorem, experiment, found, mutant.changes)
        assert broken.count(Status.VIOLATED) == 1, (mutant.name, size)
        assert decide(theorem, experiment, found).count(Status.VIOLATED) == 0


# parseval_step


def test_one_atom_of_norm_one_half_has_the_numbers_of_the_entry() -> None:
    experiment = extremal.half_of_a_basis(1)
    taken = steps.orthogonalisation_step(experiment)
    assert taken.result.tolist() == [[11 / 16]]
    after = Fraction(11, 16) ** 2 - 1
    assert after == Fraction(-135, 256)
    bound = Fraction(3, 4) * Fraction(9, 16) + Fraction(1, 4) * Fraction(27, 64)
    assert -after == bound
    assert -after > Fraction(1, 2) * Fraction(9, 16) + Fraction(27, 256)


def test_singular_values_of_random_steps_are_those_of_the_formula() -> None:
    for rng, D in dictionaries(20, 5, 4):
        beta, s = 0.4 * rng.random(), np.linalg.svd(D, compute_uv=False)
        after = np.linalg.svd((1 + beta) * D - beta * D @ D.T @ D, compute_uv=False)
        expected = np.abs(s * (1 + beta - beta * s**2))
        np.testing.assert_allclose(np.sort(after), np.sort(expected), atol=1e-10)


def test_the_bound_of_a_step_of_one_half_holds_in_numpy() -> None:
    for _, D in dictionaries(40, 6, 3):
        A = D / np.linalg.norm(D, 2)
        E = A.T @ A - np.eye(3)
        B = A - A @ E / 2
        size, rest = np.linalg.norm(E, 2), np.linalg.norm(B.T @ B - np.eye(3), 2)
        assert rest <= 0.75 * size**2 + 0.25 * size**3 + 1e-12


def test_a_step_that_was_not_taken_is_found_out() -> None:
    experiment = extremal.half_of_a_basis(2)
    theorem = catalogue()["training.parseval_step"]
    taken = steps.orthogonalisation_step(experiment)
    wrong = replace(taken, result=taken.result * (1 + 2.0**-40))
    found = decide(theorem, experiment, {"orthogonalisation_step": wrong})
    assert found.count(Status.VIOLATED) == 1
    assert "up to rounding" in found.claim[0] or np.isnan(found.ratio[0])


# coherence_penalty


@pytest.mark.parametrize("p", [1, 2, 4])
def test_the_penalty_lies_between_its_bounds_in_numpy(p: int) -> None:
    for _, D in dictionaries(20, 4, 6):
        unit = D / np.linalg.norm(D, axis=0)
        inner = np.abs(unit.T @ unit - np.eye(6))
        mu = inner.max()
        penalty = (inner ** (2 * p)).sum() ** (1 / (2 * p))
        assert 2 ** (1 / (2 * p)) * mu <= penalty * (1 + 1e-12)
        assert penalty <= 30 ** (1 / (2 * p)) * mu * (1 + 1e-12)


def test_a_pair_of_atoms_has_the_numbers_of_the_entry() -> None:
    D = np.array([[1, 0.6], [0, 0.8]])
    assert np.linalg.norm(D.T @ D - np.eye(2)) == pytest.approx(np.sqrt(2) * 0.6)
    assert 0.6 > 0.95 * 0.6
    assert verdict_of("training.coherence_penalty", extremal.coherent_pair(1)).attained.all()


def test_equiangular_atoms_attain_the_right_side() -> None:
    found = verdict_of("training.coherence_penalty", extremal.equal_angles(3))
    assert found.status.tolist() == [Status.HOLDS]
    assert found.attained.all()


# effective_sparsity


def test_what_is_left_of_a_code_is_bounded_by_brute_force() -> None:
    for seed in range(30):
        x = np.random.default_rng(seed).integers(-9, 10, 6).astype(float)
        if not x.any():
            continue
        assert np.count_nonzero(x) >= (np.abs(x).sum() / np.linalg.norm(x)) ** 2 - 1e-12
        for s in range(1, 7):
            best = min(
                np.linalg.norm(np.delete(x, list(kept))) for kept in combinations(range(6), s)
            )
            assert best <= np.abs(x).sum() / (2 * np.sqrt(s)) + 1e-12


def test_two_entries_have_the_numbers_of_the_entry() -> None:
    found = verdict_of("training.effective_sparsity", Instance(np.eye(2), [[2, 1], [1, 1]]))
    np.testing.assert_allclose(found.ratio, [9 / 10, 1])


# threshold_nested


def test_supports_are_nested_in_numpy_and_not_in_the_second_layer() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        v, t = rng.standard_normal(8), rng.standard_normal(8)
        higher = t + rng.random(8)
        assert not ((v > higher) & ~(v > t)).any()
    W, y = np.array([1.0, 2.0]), 1.0
    ahead = [max(np.maximum(W * y - t, 0) @ [-2, 1] - 0.5, 0) for t in (0, 1)]
    assert ahead == [0, 0.5]


def test_a_layer_that_wakes_up_is_found_out() -> None:
    theorem = catalogue()["training.threshold_nested"]
    experiment = extremal.entries_above(2)
    evidence = gather(theorem, experiment)
    layers = evidence["thresholded_layers"]
    asleep = replace(layers, first=np.zeros(layers.first.shape))
    evidence["thresholded_layers"] = asleep
    assert decide(theorem, experiment, evidence).count(Status.VIOLATED) == 1


# two_factor


def test_the_imbalance_of_one_step_is_that_of_the_formula_in_rationals() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        u, v, slope, lam = (Fraction(int(k), 8) for k in rng.integers(-40, 41, 4))
        size = Fraction(1, int(rng.integers(2, 20)))
        new_u, new_v = u - size * (slope * v + lam * u), v - size * (slope * u + lam * v)
        factor = (1 - size * lam) ** 2 - (size * slope) ** 2
        assert new_u**2 - new_v**2 == factor * (u**2 - v**2)


def test_the_imbalance_grows_eightfold_at_a_steep_slope() -> None:
    assert (1 - Fraction(1, 10)) ** 2 - (Fraction(1, 10) * 30) ** 2 == Fraction(-819, 100)
    taken = steps.factored_step(extremal.steep_misfit(1))
    assert taken.gradient.tolist() == [[30.0]]
    assert abs(taken.new_u**2 - taken.new_v**2).item() > 1


def test_stationary_points_are_minimisers_by_cvxpy() -> None:
    import cvxpy

    rng = np.random.default_rng(5)
    X = rng.integers(-2, 3, (6, 4)).astype(float)
    instance = Instance(rng.integers(-2, 3, (5, 4)) + np.eye(5, 4) * 4, X)
    taken = steps.factored_step(Experiment(instance, {"seed": 3}))
    for code in range(6):
        x, lam = taken.still_u[code] * taken.still_v[code], taken.weights[code]
        variable = cvxpy.Variable(4)
        fit = cvxpy.sum_squares(taken.signals[code] - instance.D.data @ variable) / 2
        problem = cvxpy.Problem(cvxpy.Minimize(fit + lam * cvxpy.norm1(variable)))
        problem.solve(solver="CLARABEL")
        rest = taken.signals[code] - instance.D.data @ x
        ours = rest @ rest / 2 + lam * np.abs(x).sum()
        assert ours == pytest.approx(problem.value, rel=1e-6, abs=1e-6)


def test_three_factors_do_not_give_the_l1_norm() -> None:
    assert 3 * 2**2 / 3 < 2**3
    found = verdict_of("training.two_factor", extremal.three_factors(1), {"root": False})
    assert found.count(Status.VIOLATED) == 1


# group_decay


def test_the_best_rescaling_gives_the_product_of_norms() -> None:
    from scipy.optimize import minimize_scalar

    rng = np.random.default_rng(2)
    for _ in range(10):
        a, w = rng.standard_normal(), rng.standard_normal(3)
        size = np.linalg.norm(w)

        def total(level: float, a: float = a, size: float = size) -> float:
            return float((a**2 * np.exp(2 * level) + size**2 * np.exp(-2 * level)) / 2)

        assert minimize_scalar(total).fun == pytest.approx(abs(a) * size)


def test_one_unit_has_the_numbers_of_the_entry() -> None:
    experiment = extremal.balanced_units(1)
    assert verdict_of("training.group_decay", experiment).attained.all()
    broken = verdict_of("training.group_decay", experiment, {"l1_norm": True})
    assert broken.ratio.tolist() == [35 / 25]


def test_a_network_that_changed_is_found_out() -> None:
    theorem = catalogue()["training.group_decay"]
    instance = Instance([[1, 2], [3, -1]], [[1, 2], [-3, 1]])
    units = gather(theorem, instance)["rescaled_units"]
    changed = replace(units, rescaled=units.rescaled + 2.0**-20)
    assert decide(theorem, instance, {"rescaled_units": changed}).count(Status.VIOLATED) == 2


# certificate_drift


def test_turned_atoms_have_the_numbers_of_the_entry() -> None:
    found = verdict_of("training.certificate_drift", extremal.atoms_that_meet(1))
    assert found.ratio[0] == pytest.approx(1, abs=1e-12)
    once = verdict_of("training.certificate_drift", extremal.atoms_that_meet(1), {"angle": "alpha"})
    assert once.ratio[0] == pytest.approx((24 / 25) / (3 / 5))
    added = verdict_of("training.certificate_drift", extremal.atoms_that_meet(1), {"angle": "eps"})
    assert added.ratio[0] == pytest.approx((24 / 25) / np.sqrt(0.4))


def test_no_small_turns_are_worse_in_numpy() -> None:
    for rng, D in dictionaries(40, 3, 3):
        unit = D / np.linalg.norm(D, axis=0)
        moved = unit + 0.15 * rng.standard_normal((3, 3))
        moved /= np.linalg.norm(moved, axis=0)
        mu, after = (np.abs(A.T @ A - np.diag(np.diag(A.T @ A))).max() for A in (unit, moved))
        alpha = np.arccos((unit * moved).sum(axis=0).min())
        bound = np.cos(np.arccos(mu) - 2 * alpha) if 2 * alpha < np.arccos(mu) else 1
        assert after <= bound + 1e-12


def test_each_kind_of_evidence_has_plants() -> None:
    needs = {need for name in NEW for need in catalogue()[name].needs}
    assert len(training_plants.PLANTS) > len(needs)
