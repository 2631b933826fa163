"""Lazy training: the numbers of one weight in rationals, and what its constants bound."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from sparsebound.checks.evidence import gather
from sparsebound.theory.analysis.lazy import Training, longest_atom, row_determinant, row_spectrum
from sparsebound.theory.extremal.lazy import one_weight_shrinks
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.training.lazy import THEOREM


def test_one_weight_attains_the_first_bound_in_rationals() -> None:
    u, eta, target = Fraction(1), Fraction(1, 4), Fraction(7, 16)
    start, path = u**2 - target, Fraction(0)
    for _ in range(5):
        moved = eta * 2 * u * (u**2 - target)
        u, path = u - moved, path + abs(moved)
        assert abs(u**2 - target) + 2 * path - path**2 == start
    run = gather(THEOREM, one_weight_shrinks(1))["training_run"]
    assert abs(run.parameters[0, 5, 0] - float(u)) < 1e-12


def jacobian(D: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    n = D.shape[1]
    return 2 * np.hstack([D * parameters[:n], -D * parameters[n:]])


def test_its_constants_bound_the_jacobian() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        D = rng.standard_normal((3, 5))
        one, two = rng.standard_normal((2, 10))
        instance = Instance(D, np.zeros((1, 5)), rng.standard_normal((1, 3)))
        run = gather(THEOREM, instance)["training_run"]
        found = Training.of(instance, run)
        M = float(longest_atom(instance.D).mid) * 2
        difference = np.linalg.norm(jacobian(D, one) - jacobian(D, two), 2)
        assert difference <= M * np.linalg.norm(one - two) * (1 + 1e-12)
        for k, parameters in enumerate(run.parameters[0]):
            J = jacobian(D, parameters)
            assert np.linalg.norm(J, 2) ** 2 <= found.largest_squared.mid[0, k] * (1 + 1e-12)
        J = jacobian(D, run.parameters[0, 0])
        assert np.linalg.eigvalsh(J @ J.T)[0] >= found.alpha_squared.mid[0, 0] * (1 - 1e-12)
        step = run.parameters[0, 0] - run.eta[0] * J.T @ found.residuals.mid[0, 0]
        np.testing.assert_allclose(run.parameters[0, 1], step, rtol=1e-12)


def test_fewer_atoms_than_rows_have_no_least_singular_value() -> None:
    D = Dictionary([[1.0], [1]])
    assert float(row_spectrum(D)[0].mid) == float(row_determinant(D).mid) == 0
    assert float(row_spectrum(D)[1].mid) >= 2
