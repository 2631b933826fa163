"""Simplexes and equiangular atoms: the normalised Gram matrix, exactly."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparsebound.theory.constructions import (
    embedded_simplex,
    equiangular,
    equiangular_plus,
    fewest_squares,
    simplex,
    simplex_is_integer,
)


def exact_gram(D):
    """Normalised Gram matrix of an integer matrix with columns of one norm, as fractions."""
    assert (np.rint(D) == D).all(), "expected integers"
    columns = [[int(entry) for entry in column] for column in D.T]
    gram = [[sum(a * b for a, b in zip(u, v, strict=True)) for v in columns] for u in columns]
    assert len({gram[i][i] for i in range(len(gram))}) == 1, "expected columns of one norm"
    return [[Fraction(entry, gram[0][0]) for entry in row] for row in gram]


def constant_gram(n, mu):
    return [[Fraction(1) if i == j else -mu for j in range(n)] for i in range(n)]


@pytest.mark.parametrize("m", [1, 3, 7, 11, 15, 19])
def test_integer_simplex_is_exact(m):
    assert simplex(m).shape == (m, m + 1)
    assert exact_gram(simplex(m)) == constant_gram(m + 1, Fraction(1, m))
    assert (np.abs(simplex(m)) == 1).all()
    assert not simplex(m).sum(axis=1).any()


@pytest.mark.parametrize("m", [2, 4, 5, 6, 9, 40])
def test_float_simplex_has_the_exact_kernel_and_unit_norm(m):
    D = simplex(m)
    assert not simplex_is_integer(m)
    for row in D:
        assert sum(map(Fraction, row)) == 0
    assert np.allclose(D.T @ D, (1 + 1 / m) * np.eye(m + 1) - 1 / m, rtol=0, atol=1e-13)
    assert np.linalg.matrix_rank(D) == m


@pytest.mark.parametrize("m", range(1, 12))
def test_embedded_simplex_is_exact(m):
    D = embedded_simplex(m)
    assert D.shape == (m + 1, m + 1)
    assert exact_gram(D) == constant_gram(m + 1, Fraction(1, m))
    assert np.linalg.matrix_rank(D) == m


@st.composite
def coherence(draw, largest):
    denominator = draw(st.integers(largest, 4000))
    return draw(st.integers(0, denominator // largest)), denominator


@given(st.data(), st.integers(1, 24))
@settings(max_examples=60, derandomize=True, database=None, deadline=None)
def test_equiangular_is_exact(data, s):
    p, d = data.draw(coherence(max(s - 1, 1)))
    D = equiangular(s, p, d)
    assert exact_gram(D) == constant_gram(s, Fraction(p, d))
    assert D.any(axis=1).all(), "expected no zero row"
    assert len(D) <= max(5 * s, 24)


@given(st.data(), st.integers(1, 24))
@settings(max_examples=60, derandomize=True, database=None, deadline=None)
def test_equiangular_plus_is_exact(data, s):
    p, d = data.draw(coherence(s))
    expected = constant_gram(s + 1, Fraction(p, d))
    for i in range(s):
        expected[i][s] = expected[s][i] = Fraction(p, d)
    assert exact_gram(equiangular_plus(s, p, d)) == expected


@pytest.mark.parametrize("s", range(2, 30))
def test_at_the_edge_the_sum_of_the_atoms_is_zero(s):
    D = equiangular(s, 1, s - 1)
    assert not D.sum(axis=1).any()
    assert np.linalg.matrix_rank(D) == s - 1


def test_readable_where_a_hadamard_matrix_helps():
    assert (np.abs(equiangular(4, 1, 7)) == 1).all()
    assert equiangular(4, 1, 7).shape == (7, 4)


def test_results_are_fresh():
    equiangular(3, 1, 4)[:] = 0
    assert equiangular(3, 1, 4).any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: equiangular(0, 1, 2), r"s = 0: expected an integer of at least 1"),
        (lambda: equiangular(2.5, 1, 2), r"s = 2.5: expected an integer"),
        (lambda: equiangular(3, -1, 2), r"numerator = -1: expected"),
        (lambda: equiangular(3, 1, 0), r"denominator = 0: expected"),
        (lambda: equiangular(4, 2, 5), r"numerator/denominator = 2/5: expected at most 1/3"),
        (lambda: equiangular_plus(4, 1, 3), r"numerator/denominator = 1/3: expected at most 1/4"),
        (lambda: simplex(0), r"m = 0: expected an integer of at least 1"),
        (lambda: simplex(True), r"m = True: expected an integer"),
        (lambda: embedded_simplex(-1), r"m = -1: expected"),
        (lambda: fewest_squares(-1), r"number = -1: expected"),
    ],
)
def test_errors_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("number", [*range(200), 10**6 + 7, 2**20 - 1, 4**5 * 7])
def test_fewest_squares(number):
    found = fewest_squares(number)
    assert sum(a * a for a in found) == number
    assert list(found) == sorted(found, reverse=True)
    assert len(found) <= 4
    while number and number % 4 == 0:
        number //= 4
    assert (len(found) == 4) == (number % 8 == 7)
