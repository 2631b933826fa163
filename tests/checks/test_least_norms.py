"""Solvers of basis pursuit as subjects: how one says what it solves, and what it is held to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sparsebound.checks.algorithms.primal_dual import primal_dual
from sparsebound.checks.library import check_subject
from sparsebound.checks.protocol import Subject, SubjectError
from sparsebound.checks.subjects.least_norms import norm_problem
from sparsebound.checks.supplies import probe
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance
from sparsebound.theory.verdict import decide

NAME = "stability.near_basis_pursuit"


def pursues(D: Any, Y: Any) -> Any:
    """Basis pursuit, and nothing else."""
    return primal_dual(D, Y, np.zeros(len(Y)), 100)


def test_one_that_asks_for_no_bound_says_what_it_solves() -> None:
    with pytest.raises(SubjectError, match="a minimiser, of the l1 norm, for residuals of norm"):
        probe(Subject.of(pursues), catalogue()[NAME])

    def says_so(D: Any, Y: Any) -> Any:
        return pursues(D, Y)

    says_so.basis_pursuit = True  # type: ignore[attr-defined]
    found = check_subject(says_so, NAME, examples=20).summary["theorems"][0]
    assert found["status"] == "held"
    assert found["counts"]["holds"] > 20


def test_what_a_solver_states_is_held_against_it() -> None:
    def boasts(D: Any, Y: Any, sigma: Any) -> Any:
        return primal_dual(D, Y, sigma, 50)[0], np.full(len(Y), 1e-12)

    found = check_subject(boasts, NAME, examples=20).summary["theorems"][0]
    assert found["status"] == "violated"


@pytest.mark.parametrize("kind", ["without noise", "up to noise"])
def test_the_problem_that_is_posed_is_solved_but_for_rounding(kind: str) -> None:
    """The code and the dual point have the same value but for the room of bounds."""
    rng = np.random.default_rng(1)
    D, X = rng.standard_normal((6, 9)), np.zeros((4, 9))
    X[np.arange(4), np.arange(4)] = [3.0, -2, 1, 4]
    E = 0.25 * rng.standard_normal((4, 6))
    posed = norm_problem(Experiment(Instance(D, X, E), {"explained": kind}))
    Y = X @ D.T + E * (kind == "up to noise")
    least = (posed.dual * Y).sum(axis=1) - posed.sigma * np.linalg.norm(posed.dual, axis=1)
    np.testing.assert_allclose(
        np.abs(posed.explanation).sum(axis=1), least, rtol=1e-7
    )  # bounds have room


def test_a_signal_of_noise_alone_has_the_minimiser_zero() -> None:
    instance = Instance([[1, 1]], [[0, 0]], [[2]])
    posed = norm_problem(Experiment(instance, {"explained": "without noise"}))
    assert decide(catalogue()[NAME], instance, {"least_norm": posed}).status.tolist() == [1]
