"""Weights of least cross coherence."""

import numpy as np
import pytest

import sparsebound.checks.oracles.cross_coherence as module
from sparsebound.checks.oracles.cross_coherence import weights
from sparsebound.theory.constructions import embedded_simplex, near_duplicate, simplex, tight_frame
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities import coherence, least_cross_coherence

RNG = np.random.default_rng(8)
FAMILIES = {
    "tight frame 3x6": tight_frame(3, 6),
    "tight frame 6x16": tight_frame(6, 16),
    "simplex": simplex(7),
    "flat simplex": embedded_simplex(4),
    "gaussian": RNG.standard_normal((5, 9)),
    "large gaussian": RNG.standard_normal((10, 70)),
    "three atoms": np.array([[-1.0, -1, -1], [0, 1, 2]]),
}


@pytest.mark.parametrize("name", [n for n in FAMILIES if n != "large gaussian"])
def test_optimum_is_enclosed(name: str) -> None:
    D = Dictionary(FAMILIES[name])
    value = least_cross_coherence(Instance(D, np.zeros((1, D.shape[1]))), weights(D))
    lower, upper = value.lower.mid - value.lower.rad, value.upper.mid + value.upper.rad
    assert upper - lower <= 1e-9
    assert upper <= coherence(D).mid + 1e-12


@pytest.mark.parametrize("name", [n for n in FAMILIES if n != "large gaussian"])
def test_of_many_atoms_no_exact_null_space_is_computed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = FAMILIES[name]
    beside = np.zeros((data.shape[0] + 1, data.shape[1] + 1))  # an atom that is in no span
    beside[:-1, :-1], beside[-1, -1] = data, 1
    D = Dictionary(beside)
    exact = weights(D)
    monkeypatch.setattr(module, "EVERY_COLUMN", 0)
    monkeypatch.setattr(module, "kernel", None)
    found = weights(D, every=D.shape[1])
    np.testing.assert_array_equal(found.W, exact.W)
    assert found.column == exact.column
    np.testing.assert_array_equal(found.atoms, exact.atoms)


def test_orthonormal_atoms() -> None:
    D = Dictionary(np.linalg.qr(RNG.standard_normal((4, 4)))[0])
    value = least_cross_coherence(Instance(D, np.zeros((1, 4))), weights(D))
    assert value.lower.mid == 0
    assert value.upper.mid < 1e-15


def test_independent_atoms_have_biorthogonal_weights() -> None:
    D = Dictionary(RNG.standard_normal((5, 4)))
    found = weights(D)
    assert least_cross_coherence(Instance(D, np.zeros((1, 4))), found).upper.mid < 1e-13


def test_equiangular_tight_frames_keep_their_own_weights() -> None:
    D = Dictionary(tight_frame(3, 6))
    np.testing.assert_array_equal(weights(D).W, D.data)


def test_many_atoms_are_bounded_by_a_few_programs() -> None:
    D = Dictionary(FAMILIES["large gaussian"])
    found = weights(D)
    value = least_cross_coherence(Instance(D, np.zeros((1, 70))), found)
    assert 0 < value.lower.mid <= value.upper.mid
    np.testing.assert_allclose(value.upper.mid, coherence(D).mid, rtol=1e-12)
    assert len(found.atoms) == 10
    assert found.column not in found.atoms


def test_dependent_rows() -> None:
    data = np.array([[1.0, 0, 1, 2], [0, 1, 1, 1], [1, 1, 2, 3]])
    D = Dictionary(data)
    value = least_cross_coherence(Instance(D, np.zeros((1, 4))), weights(D))
    assert value.upper.mid - value.lower.mid < 1e-9


def test_nearly_equal_atoms() -> None:
    D = Dictionary(near_duplicate(simplex(3), 20))
    value = least_cross_coherence(Instance(D, np.zeros((1, D.shape[1]))), weights(D))
    assert value.upper.mid - value.lower.mid < 1e-9
    assert value.lower.mid > 0.999
