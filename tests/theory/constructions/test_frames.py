"""Frames that attain a bound on the coherence."""

from fractions import Fraction

import numpy as np
import pytest

from sparsebound.theory.constructions import (
    TIGHT_FRAMES,
    alternating_projection,
    conference_frame,
    cosine_basis,
    mutually_unbiased,
    simplex,
    tight_frame,
    union_of_bases,
)
from sparsebound.theory.constructions.low_coherence import FRAME_GRID


def normalised_gram(D):
    D = D / np.linalg.norm(D, axis=0)
    return D.T @ D


def off_diagonal(D):
    gram = np.abs(normalised_gram(D))
    return gram[~np.eye(len(gram), dtype=bool)]


def welch(m, n):
    return np.sqrt((n - m) / (m * (n - 1)))


@pytest.mark.parametrize(("m", "n"), TIGHT_FRAMES)
def test_welch_with_equality(m, n):
    D = tight_frame(m, n)
    assert D.shape == (m, n)
    assert np.abs(off_diagonal(D) - welch(m, n)).max() < 1e-12
    unit = D / np.linalg.norm(D, axis=0)
    assert np.allclose(unit @ unit.T, n / m * np.eye(m), rtol=0, atol=1e-12)


@pytest.mark.parametrize("n", [6, 10, 14, 18, 26, 30, 50])
def test_conference_frames_attain_welch(n):
    D = conference_frame(n)
    assert D.shape == (n // 2, n)
    assert np.abs(off_diagonal(D) - welch(n // 2, n)).max() < 1e-12
    assert np.abs(np.linalg.norm(D, axis=0) - 1).max() < 1e-13


def test_the_frame_of_three_directions_sums_to_zero_exactly():
    assert all(sum(map(Fraction, row)) == 0 for row in tight_frame(2, 3))


def test_6x16_is_exact():
    D = tight_frame(6, 16)
    assert (np.abs(D) == 1).all()
    assert (np.abs(D.T @ D) == 2 + 4 * np.eye(16)).all()


@pytest.mark.parametrize(("m", "bases"), [(4, 2), (4, 3), (16, 2), (16, 9)])
def test_unbiased_bases_are_exact(m, bases):
    D = mutually_unbiased(m, bases)
    assert D.shape == (m, m * bases)
    gram = np.abs(D.T @ D).reshape(bases, m, bases, m)
    for i in range(bases):
        for j in range(bases):
            expected = m * np.eye(m) if i == j else np.full((m, m), np.sqrt(m))
            assert (gram[i, :, j] == expected).all()


def test_unbiased_bases_default_to_the_most():
    assert mutually_unbiased(4).shape == (4, 12)
    assert mutually_unbiased(16).shape == (16, 144)


@pytest.mark.parametrize("m", [2, 4, 12, 20])
def test_union_with_hadamard_is_exact(m):
    D = union_of_bases(m)
    assert (D.T @ D == np.block([[np.eye(m), D[:, m:]], [D[:, m:].T, m * np.eye(m)]])).all()
    assert (np.abs(D[:, m:]) == 1).all()


@pytest.mark.parametrize("m", [1, 2, 5, 16])
def test_union_with_cosines(m):
    D = union_of_bases(m, "dct")
    assert np.allclose(cosine_basis(m).T @ cosine_basis(m), np.eye(m), rtol=0, atol=m * 2.0**-30)
    assert D.shape == (m, 2 * m)
    assert off_diagonal(D).max() <= max(np.sqrt(2 / m), 1) + 1e-12


@pytest.mark.parametrize(("m", "n"), [(2, 3), (4, 8), (8, 16), (10, 11), (5, 20)])
def test_alternating_projection_lowers_the_coherence(m, n):
    D = alternating_projection(m, n, seed=3)
    start = alternating_projection(m, n, seed=3, iterations=0)
    assert D.shape == (m, n)
    assert np.abs(np.linalg.norm(D, axis=0) - 1).max() < np.sqrt(m) / FRAME_GRID
    assert (D * FRAME_GRID % 1 == 0).all()
    assert off_diagonal(D).max() <= off_diagonal(start).max()
    bound = 1 / np.sqrt(m) if n > m * (m + 1) // 2 else welch(m, n)
    assert bound - 1e-12 <= off_diagonal(D).max() <= 1.5 * bound
    assert (D == alternating_projection(m, n, seed=3)).all()
    assert (D != alternating_projection(m, n, seed=4)).any()


def test_alternating_projection_of_few_atoms_is_orthogonal():
    D = alternating_projection(5, 3)
    assert (D.T @ D == (D[:, 0] @ D[:, 0]) * np.eye(3)).all()


def test_alternating_projection_finds_the_simplex():
    D = alternating_projection(3, 4, seed=1, iterations=300)
    assert np.abs(off_diagonal(D) - off_diagonal(simplex(3))).max() < 4 / FRAME_GRID


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tight_frame(3, 7), r"\(m, n\) = \(3, 7\): expected one of 2 x 3"),
        (lambda: conference_frame(8), r"order = 8: expected"),
        (lambda: mutually_unbiased(8), r"m = 8: expected 4 or 16"),
        (lambda: mutually_unbiased(4, 4), r"bases = 4: expected at most 3"),
        (lambda: mutually_unbiased(4, 1), r"bases = 1: expected an integer of at least 2"),
        (lambda: union_of_bases(3), r"order = 3: expected"),
        (lambda: union_of_bases(4, "dft"), r"second = 'dft': expected"),
        (lambda: alternating_projection(0, 3), r"m = 0: expected"),
        (lambda: alternating_projection(2, 3, seed=-1), r"seed = -1: expected"),
    ],
)
def test_errors_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()
