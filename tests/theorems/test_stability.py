"""Stability: sharpness at every size, mutants, and evidence that does not fit the premises."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.algorithms.stopped_pursuit import stopped_pursuit
from sparsebound.checks.evidence import gather
from sparsebound.checks.examine import examine
from sparsebound.checks.recipes import Recipe
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.constructions import hadamard
from sparsebound.theory.evidence import Estimate, Minimiser, StoppedPursuit
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities import coherence
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status, decide

THEOREMS = {
    name: catalogue()[f"stability.{name}"]
    for name in ("p0", "bpdn", "lasso_witness", "lasso_coherence", "lasso_oracle", "omp", "local")
}
MUTANTS = {
    ("p0", "4 -> 3.6"): (2, 2),
    ("p0", "2k-1 -> 2k-2"): (2, 2),
    ("bpdn", "4 -> 3.6"): (1, 1),
    ("lasso_witness", "right side times 0.95"): (3, 2),
    ("lasso_witness", "lam (1 - ERC) > max -> 0.5 max"): (3, 2),
    ("lasso_coherence", "right side times 0.95"): (3, 2),
    ("lasso_coherence", "lam > ... times 0.95"): (3, 2),
    ("lasso_oracle", "right sides times 0.95"): (1, 1),
    ("lasso_oracle", "a < lam dropped"): (2, 2),
    ("lasso_oracle", "0 < kappa dropped"): (1, 2),
    ("omp", "noise dropped from the premise"): (2, 2),
    ("omp", "2 eps -> 1.8 eps"): (1, 1),
    ("omp", "equality allowed for mu = 0"): (1, 1),
    ("omp", "right side times 0.95"): (1, 1),
    ("local", "4 -> 3.6"): (2, 2),
}


def construction(function: Any, size: int) -> Recipe:
    return Recipe("construction", {"name": function.__name__, "size": size})


@pytest.mark.parametrize("size", range(1, 7))
@pytest.mark.parametrize("theorem", THEOREMS.values(), ids=THEOREMS)
def test_attained_at_every_size(theorem: Theorem, size: int) -> None:
    found = examine(theorem, construction(theorem.sharp, size))
    assert found.verdict.status.tolist() == [Status.HOLDS]
    assert found.verdict.attained.all()


@pytest.mark.parametrize(("name", "mutant"), MUTANTS)
def test_mutants_are_refuted_by_their_smallest_witness(name: str, mutant: str) -> None:
    theorem = THEOREMS[name]
    changed = theorem.mutant(mutant)
    found = examine(theorem, construction(changed.witness or theorem.sharp, 1), changed)
    assert found.violated
    assert found.instance.D.shape == MUTANTS[name, mutant]


def test_no_mutant_is_forgotten() -> None:
    expected = {(name, mutant.name) for name, t in THEOREMS.items() for mutant in t.mutants}
    assert set(MUTANTS) == expected


def test_local_stability_reaches_beyond_the_global_condition() -> None:
    instance = THEOREMS["local"].sharp(4)
    assert (2 * instance.sparsity - 1) * coherence(instance.D).mid > 1
    evidence = gather(THEOREMS["local"], instance)
    assert decide(THEOREMS["local"], instance, evidence).status == Status.HOLDS


@pytest.mark.parametrize("name", ["p0", "local", "bpdn"])
@pytest.mark.parametrize("change", ["signal", "eps", "sparsity"])
def test_a_point_that_does_not_fit_the_premises_is_vacuous(name: str, change: str) -> None:
    theorem = THEOREMS[name]
    D = np.vstack([np.ones((1, 3)), 9 * np.eye(3)])  # every atom meets every other one
    instance = Instance(D, [[4, 0, 0]])
    x = instance.X
    good = Estimate(x @ instance.D.data.T, x * 0.75, [9.0 * np.sqrt(2)])
    changes: dict[str, dict[str, Any]] = {
        "signal": {"signals": good.signals + 100},
        "eps": {"eps": [0.5]},
        "sparsity": {"points": [[3, 0.5, 0.875]] if name != "bpdn" else [[4.25, 0, 0]]},
    }
    (need,) = theorem.needs
    assert decide(theorem, instance, {need: good}).status == Status.HOLDS
    bad = replace(good, **changes[change])
    assert decide(theorem, instance, {need: bad}).status == Status.VACUOUS


@pytest.mark.parametrize("name", ["lasso_witness", "lasso_coherence", "lasso_oracle"])
def test_what_is_no_minimiser_is_vacuous(name: str) -> None:
    theorem = THEOREMS[name]
    instance = Instance(np.eye(2), [[5, 0]], [[0, 0.5]])
    (need,) = theorem.needs

    def status(lam: float, signs: list[float]) -> Status:
        support = [[sign != 0 for sign in signs]]
        found = Minimiser([lam], support, [signs], support)
        return Status(decide(theorem, instance, {need: found}).status[0])

    assert status(1.0, [1, 0]) == Status.HOLDS
    assert status(1.0, [-1, 0]) == Status.VACUOUS  # a wrong sign
    assert status(1.0, [0, 0]) == Status.VACUOUS  # |c_1| = 5 exceeds lam
    assert status(0.25, [1, 1]) == Status.VACUOUS  # lam is too small for the noise
    assert status(0.5, [1, 0]) == Status.VACUOUS  # at the edge, exactly


def test_a_pursuit_that_errs_is_caught() -> None:
    theorem = THEOREMS["omp"]
    instance = Instance(np.eye(3), [[5, 4, 0]])

    def verdict(picks: list[int], noise: float = 0.0, eps: float = 1.0) -> Status:
        run = StoppedPursuit([[5, 4, noise]], [eps], [picks])
        return Status(decide(theorem, instance, {"stopped_pursuit": run}).status[0])

    assert verdict([0, 1]) == verdict([0, 1], noise=1.0) == Status.HOLDS
    assert verdict([1, 0]) == Status.VIOLATED  # in another order
    assert verdict([0, -1]) == Status.VIOLATED  # stopped too early
    assert verdict([0, 2]) == Status.VIOLATED
    assert verdict([0, 1, 2]) == Status.VIOLATED  # stopped too late
    assert verdict([0, 1], noise=2.0) == Status.VACUOUS  # the noise exceeds eps
    assert verdict([0, 2], eps=2.0) == Status.VACUOUS  # 2 eps is the smallest entry


def test_a_pursuit_at_the_edge_of_the_premise() -> None:
    """``2 eps = |x|_min (1 - (2k - 1) mu)``: 2 = 5 (1 - 3/5)."""
    theorem = THEOREMS["omp"]
    correlated = Instance([[5, 3], [0, 4]], [[1, 0]])

    def verdict(instance: Instance, picks: list[int], signal: list[float], eps: float) -> Status:
        run = StoppedPursuit([signal], [eps], [picks])
        return Status(decide(theorem, instance, {"stopped_pursuit": run}).status[0])

    for y in ([4.0, 0.0], [6.0, 0.0], [5.0, 1.0], [5.0, -1.0]):
        assert verdict(correlated, [0], y, 1.0) == Status.HOLDS
        assert verdict(correlated, [1], y, 1.0) == Status.VIOLATED
        assert verdict(correlated, [-1], y, 1.0) == Status.VIOLATED
    assert verdict(correlated, [0], [4, 0], np.nextafter(1, 2)) == Status.VACUOUS
    assert verdict(Instance(np.eye(2), [[2, 0]]), [-1], [1, 0], 1.0) == Status.VACUOUS


def test_a_pursuit_at_the_edge_chooses_right_whatever_the_noise() -> None:
    """Noise of the largest norm in many directions: it leads by ``2 - ||d_1 - d_2||``."""
    D = np.array([[1, 0.6], [0, 0.8]])
    angles = np.linspace(0, 2 * np.pi, 2000)
    noise = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    signals = np.array([5.0, 0]) + noise
    assert (stopped_pursuit(Dictionary(D), signals, np.ones(2000)).picks[:, 0] == 0).all()
    ahead = np.abs(signals @ D) @ [1, -1]
    assert ahead.min() == pytest.approx(2 - np.sqrt(2 - 2 * 0.6), abs=1e-5)


def test_norms_of_atoms_do_not_matter() -> None:
    """The theorems are about the normalised dictionary, and its codes."""
    rng = np.random.default_rng(0)
    D = np.hstack([np.eye(16), hadamard(16)])
    x = np.zeros((1, 32))
    x[0, 3] = 2.0
    noise = rng.integers(-8, 9, (1, 16)) / 64
    scale = 2.0 ** rng.integers(-3, 4, 32)
    scale[0] = 1.0  # lam is relative to the norm of the first atom
    for theorem in THEOREMS.values():
        ratios = []
        for factor in (np.ones(32), scale):
            instance = Instance(D * factor, x / factor, noise)
            verdict = decide(theorem, instance, gather(theorem, instance))
            assert verdict.status == Status.HOLDS
            ratios += verdict.ratio.tolist()
        np.testing.assert_allclose(ratios[0], ratios[1], rtol=1e-6)


def test_dependent_integer_atoms_are_no_premise_of_the_lasso() -> None:
    """Whose normalised Gram matrix is irrational: the rational one, similar to it, decides."""
    theorem = catalogue()["stability.lasso_witness"]
    instance = Instance([[3, 2, -2], [3, -3, -1]], [[1, 2, 1]])
    verdict = decide(theorem, instance, gather(theorem, instance))
    assert verdict.status.tolist() == [Status.VACUOUS]
