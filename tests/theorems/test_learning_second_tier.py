"""Steps of dictionary learning, against numpy: with the numbers of their smallest instances."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.evidence import gather
from sparsebound.checks.oracles import learning as steps
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.constructions import simplex
from sparsebound.theory.experiment import Experiment, posed
from sparsebound.theory.extremal import training as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.verdict import Status, Verdict, decide
from tests.theorems.training_plants import three_codes


def verdict_of(name: str, given: Any, changes: dict[str, Any] | None = None) -> Verdict:
    theorem, experiment = catalogue()[name], posed(given)
    return decide(theorem, experiment, gather(theorem, experiment), changes)


def dictionaries(count: int, m: int, n: int) -> Iterator[tuple[np.random.Generator, np.ndarray]]:
    for seed in range(count):
        rng = np.random.default_rng(seed)
        yield rng, rng.standard_normal((m, n))


# alternating


def test_one_round_has_the_numbers_of_the_entry() -> None:
    taken = steps.alternating_step(extremal.atoms_at_the_border(1))
    assert taken.new_codes.item() == 10
    assert taken.new_atoms.item() == 1
    assert 11 - (0.5 + 10) == 0.5
    assert abs((11 - 8.8) ** 2 / 2 + 8.8 - 11.22) < 1e-12
    grown = steps.alternating_step(extremal.code_that_grows(1))
    assert grown.new_codes.item() == 7
    assert grown.new_atoms.item() == 1


def test_rounds_descend_in_numpy() -> None:
    rng = np.random.default_rng(3)
    instance = Instance(rng.integers(-3, 4, (4, 5)) + 7 * np.eye(4, 5), np.eye(5)[:4])
    taken = steps.alternating_step(Experiment(instance, {"seed": 9}))
    for b in range(4):
        D, X, Y = instance.D.data * taken.scale[b], taken.codes[b].T, taken.signals[b].T
        lam, L, M = taken.lam[b], taken.code_bound[b], taken.atom_bound[b]

        def value(D: Any, X: Any, Y: Any = Y, lam: float = lam) -> float:
            return float(((Y - D @ X) ** 2).sum() / 2 + lam * np.abs(X).sum())

        V = X + D.T @ (Y - D @ X) / L
        new = np.sign(V) * np.maximum(np.abs(V) - lam / L, 0)
        np.testing.assert_allclose(new, taken.new_codes[b].T, atol=1e-12)
        A = D + (Y - D @ new) @ new.T / M
        A = A / np.maximum(np.linalg.norm(A, axis=0), 1)
        np.testing.assert_allclose(A, taken.new_atoms[b], atol=1e-12)
        fall = L / 2 * ((new - X) ** 2).sum() + M / 2 * ((A - D) ** 2).sum()
        assert value(A, new) <= value(D, X) - fall + 1e-9


# ista_block


def test_a_block_has_the_numbers_of_the_entry() -> None:
    taken = steps.block_step(extremal.token_above(1))
    assert taken.output.item() == 10
    assert verdict_of("network.ista_block", extremal.token_above(1)).ratio.tolist() == [1]
    token = -1.0
    after = max(token - Fraction(1, 10), 0)
    assert (token - after) ** 2 / 2 == 0.5
    assert abs(token) * 0.1 < 0.5


def test_no_rival_is_better_than_a_block_allows_in_numpy() -> None:
    for rng, D in dictionaries(20, 4, 4):
        size, lam = 1 / np.linalg.norm(D, 2) ** 2, 0.1
        y, x = rng.standard_normal(4), rng.standard_normal(4)
        new = np.maximum(x + size * D.T @ (y - D @ x) - size * lam, 0)

        def value(x: Any, D: Any = D, y: Any = y, lam: float = lam) -> float:
            return float(((y - D @ x) ** 2).sum() / 2 + lam * np.abs(x).sum())

        for _ in range(20):
            u = np.abs(rng.standard_normal(4)) * (rng.random(4) < 0.7)
            room = (((u - x) ** 2).sum() - ((u - new) ** 2).sum()) / (2 * size)
            assert value(new) <= value(u) + room + 1e-10


# itkm_step


def test_the_limit_of_the_basin_is_sharp_by_brute_force() -> None:
    """Flat codes of two atoms: signs and supports are found up to 22.5 degrees, not beyond."""
    samples = np.array([[1.0, 1, 0], [1, -1, 0]])
    for factor, found in ((0.9999, True), (1.0001, False)):
        t = np.tan(np.pi / 8) * factor
        tilted = np.array([[1, -t, t / np.sqrt(2)], [-t, 1, t / np.sqrt(2)], [0, 0, 1]])
        pulls = np.abs(samples[0] @ (tilted / np.linalg.norm(tilted, axis=0)))
        assert (pulls[2] < pulls[:2].min()) == found


def test_the_witness_lies_between_the_two_basins() -> None:
    experiment = extremal.inside_the_wider_basin(1)
    tilted = posed(experiment).get("tilted", None)[0]
    unit = tilted / np.linalg.norm(tilted, axis=0)
    tangents = np.tan(np.arccos(np.diag(unit)))
    assert np.sqrt(2) - 1 < tangents.max() < 1 / np.sqrt(2)
    pulls = np.abs(np.array([1.0, 1, 0]) @ unit)
    assert pulls[:2] == pytest.approx([7 / 13, 7 / 13])
    assert pulls[2] > 7 / 13
    assert 5 * np.sqrt(2) / 13 > 7 / 13


def test_samples_of_the_entry_give_other_atoms() -> None:
    X = np.array([[1, 1, -1, -1], [2, -1, 1, -1]])
    assert (X @ np.sign(X).T)[:, 0].tolist() == [4, 1]
    one = np.array([[1], [1]])
    assert (one @ np.sign(one).T)[:, 0].tolist() == [1, 1]


@pytest.mark.parametrize("coherent", [False, True])
def test_random_tilts_in_the_basin_are_recovered_in_numpy(coherent: bool) -> None:
    D = simplex(7).astype(float) if coherent else np.eye(6)
    instance = Instance(D, three_codes(D.shape[1], 1, 2, 2))
    taken = steps.learning_step(Experiment(instance, {"seed": 4}))
    found = verdict_of("training.itkm_step", Experiment(instance, {"seed": 4}))
    assert (found.status == Status.HOLDS).all()
    for b in range(3):
        X = taken.samples[b][(taken.samples[b] != 0).any(axis=1)]
        T = taken.tilted[b] / np.linalg.norm(taken.tilted[b], axis=0)
        pulls = X @ D.T @ T
        for x, pull in zip(X, pulls, strict=True):
            chosen = np.argsort(-np.abs(pull))[: np.count_nonzero(x)]
            assert set(chosen) == set(np.flatnonzero(x))
            assert (np.sign(pull[chosen]) == np.sign(x[chosen])).all()


# basis_local


def least_bounds(D: np.ndarray, X: np.ndarray) -> list[float]:
    """The linear programs of the entry, by scipy; X has a row for each atom."""
    from scipy.optimize import linprog

    gram, n = D.T @ D, len(X)
    found = []
    for j in range(n):
        others = [k for k in range(n) if k != j]
        u = [np.sign(X[j]) @ X[k] - gram[j, k] * np.abs(X[k]).sum() for k in others]
        off = np.flatnonzero(X[j] == 0)
        A = np.hstack([X[np.ix_(others, off)], np.zeros((n - 1, 1))])
        bounds = np.vstack([np.eye(len(off)), -np.eye(len(off))])
        limit = np.hstack([bounds, -np.ones((2 * len(off), 1))])
        cost = np.eye(1, len(off) + 1, len(off))[0]
        solved = linprog(cost, limit, np.zeros(2 * len(off)), A, u, [(None, None)] * (len(off) + 1))
        found.append(float(solved.fun) if solved.success else np.inf)
    return found


def objective(D: np.ndarray, Y: np.ndarray) -> float:
    return float(np.abs(np.linalg.solve(D, Y)).sum())


def test_linear_programs_have_the_numbers_of_the_entry() -> None:
    X = np.array([[1, 0, 1], [1, 0.9, 0]])
    assert least_bounds(np.eye(2), X) == pytest.approx([10 / 9, 1])
    moved = np.array([[1, 21 / 221], [0, 220 / 221]])
    assert objective(np.eye(2), X) == pytest.approx(39 / 10)
    assert objective(moved, X) == pytest.approx(4289 / 1100)
    D, X = np.array([[1, 0.6], [0, 0.8]]), np.array([[1.0, 0, 2], [-1, 2, 0]])
    assert least_bounds(D, X) == pytest.approx([7 / 5, 7 / 5])
    moved = np.array([[1, 44 / 125], [0, 117 / 125]])
    assert objective(D, D @ X) == pytest.approx(6)
    assert objective(moved, D @ X) == pytest.approx(686 / 117)


def test_the_direction_adds_one_atom_to_all_others() -> None:
    """The entry says it the other way round; with three atoms the difference shows."""
    rng = np.random.default_rng(0)
    D = rng.standard_normal((3, 3))
    D /= np.linalg.norm(D, axis=0)
    X = rng.integers(-3, 4, (3, 9)) * (rng.random((3, 9)) < 0.6)
    gram, a, j, h = D.T @ D, np.array([0.0, 1.0, -2.0]), 0, 1e-7
    u = np.sign(X[j]) @ X.T - gram[j] * np.abs(X).sum(axis=1)
    expected = np.abs(a @ X)[X[j] == 0].sum() - a @ u
    moved = D + h * np.outer(D[:, j], a)
    moved /= np.linalg.norm(moved, axis=0)
    slope = (objective(moved, D @ X) - objective(D, D @ X)) / h
    assert slope == pytest.approx(expected, abs=1e-4)
    other = D.copy()
    other[:, j] += h * (D @ a)
    other /= np.linalg.norm(other, axis=0)
    assert abs((objective(other, D @ X) - objective(D, D @ X)) / h - expected) > 0.1


def test_verdicts_agree_with_linear_programs_and_bases_nearby() -> None:
    D = np.array([[4.0, 1, 0], [0, 4, 1], [1, 0, 4]])
    instance = Instance(D, three_codes(3, 1, 2, 1))
    experiment = Experiment(instance, {"seed": 1})
    taken = steps.nearby_basis(experiment)
    found = verdict_of("training.basis_local", experiment)
    assert (found.status == Status.HOLDS).any()
    unit = D / np.linalg.norm(D, axis=0)
    for b in np.flatnonzero(found.status == Status.HOLDS):
        X = taken.samples[b].T
        largest = max(least_bounds(unit, X))
        assert (largest < 1) == taken.minimum[b]
        moved = unit @ (np.eye(3) + taken.moved[b])
        moved /= np.linalg.norm(moved, axis=0)
        worse = objective(moved, unit @ X) > objective(unit, unit @ X)
        assert worse == taken.minimum[b]


def test_strict_minima_beat_every_direction_on_a_grid() -> None:
    X = np.array([[1.0, 0, 4, 0], [1, 4, 0, 0], [0, 0, 0, 4]])
    X = np.hstack([X, 4 * np.eye(3)])
    assert max(least_bounds(np.eye(3), X)) < 1
    for entries in product((-1, 0, 1), repeat=6):
        A = np.zeros((3, 3))
        A[~np.eye(3, dtype=bool)] = entries
        if A.any():
            moved = np.eye(3) + 1e-4 * A
            moved /= np.linalg.norm(moved, axis=0)
            assert objective(moved, X) > objective(np.eye(3), X)
