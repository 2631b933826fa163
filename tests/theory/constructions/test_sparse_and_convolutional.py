"""Designs, graphs, convolutional dictionaries, blocks and elementary matrices."""

from itertools import combinations

import numpy as np
import pytest

from sparsebound.theory.constructions import (
    BARKER_13,
    BARKER_LENGTHS,
    HAAR,
    affine_plane,
    barker,
    block_diagonal,
    circular,
    complete_bipartite,
    complete_graph,
    cycle,
    dilated_filters,
    full_length,
    gaussian,
    incidence,
    near_duplicate,
    pad_rows,
    rotation,
    signed_permutation,
    simplex,
    transversal_design,
)


def off_diagonal(D):
    gram = np.abs(D.T @ D)
    return gram[~np.eye(len(gram), dtype=bool)]


def spark(D):
    """Least number of dependent columns, by trying all sets of columns."""
    n = D.shape[1]
    return next(
        (
            k
            for k in range(1, n + 1)
            for S in combinations(range(n), k)
            if np.linalg.matrix_rank(D[:, S]) < k
        ),
        n + 1,
    )


@pytest.mark.parametrize(("t", "q"), [(1, 2), (2, 2), (3, 5), (5, 5), (5, 11), (2, 12), (4, 25)])
@pytest.mark.parametrize("signs", [None, 7])
def test_lines_meet_at_most_once(t, q, signs):
    D = transversal_design(t, q, signs, columns=min(q * q, 200))
    assert D.shape[0] == t * q
    assert set(np.unique(D)) <= {-1.0, 0.0, 1.0}
    assert (np.abs(D).sum(axis=0) == t).all()
    if t > 1:
        assert off_diagonal(np.abs(D)).max() == 1


def test_design_columns_and_padding():
    D = transversal_design(3, 5)
    assert D.shape == (15, 25)
    assert (transversal_design(3, 5, columns=[4, 0]) == D[:, [4, 0]]).all()
    assert (transversal_design(3, 5, columns=4) == D[:, :4]).all()
    padded = transversal_design(3, 5, rows=16)
    assert padded.shape == (16, 25)
    assert not padded[15].any()
    assert transversal_design(4, 251, columns=1200, rows=1024).shape == (1024, 1200)


def test_signs_take_a_generator():
    rng = np.random.default_rng(5)
    assert (transversal_design(3, 5, rng) == transversal_design(3, 5, 5)).all()
    assert (transversal_design(3, 5, 5) < 0).any()


@pytest.mark.parametrize("q", [2, 3, 7])
def test_affine_plane(q):
    D = affine_plane(q, signs=1)
    assert D.shape == (q * q, q * q + q)
    assert (np.abs(D).sum(axis=0) == q).all()
    assert off_diagonal(np.abs(D)).max() == 1


@pytest.mark.parametrize(
    ("D", "girth"),
    [
        (cycle(3), 3),
        (cycle(6), 6),
        (complete_graph(4), 3),
        (complete_graph(2), 2),
        (complete_bipartite(2, 3), 4),
        (incidence(4, [(0, 1), (2, 1), (2, 3)]), 4),
    ],
)
def test_spark_is_the_girth(D, girth):
    assert not D.sum(axis=0).any()
    assert spark(D) == girth


def test_cycle_kernel():
    assert not cycle(7).sum(axis=1).any()
    assert np.linalg.matrix_rank(cycle(7)) == 6


@pytest.mark.parametrize("length", BARKER_LENGTHS)
def test_barker_codes(length):
    code = barker(length)
    D = full_length(code, 4 * length)
    assert (np.abs(code) == 1).all()
    assert off_diagonal(D).max() == 1
    assert (np.diag(D.T @ D) == length).all()


def test_circular_columns_are_shift_major():
    filters = np.array([[1, 2, 3], [4, 5, 6]])
    D = circular(filters, 8, stride=2)
    assert D.shape == (8, 8)
    for shift in range(4):
        for channel in range(2):
            atom = np.roll(np.pad(filters[channel], (0, 5)), 2 * shift)
            assert (D[:, 2 * shift + channel] == atom).all()


def test_full_length_atoms_are_complete():
    filters = np.array([[1, 2, 3], [4, 5, 6]])
    D = full_length(filters, 9, stride=2)
    assert D.shape == (9, 8)
    inner = circular(filters, 10, stride=2)[:9, :8]
    assert (D == inner).all()
    assert full_length(filters, 3).shape == (3, 2)


def test_filters_as_long_as_the_signal():
    assert sorted(circular([[1, 2, 3]], 3)[0]) == [1, 2, 3]


def test_haar_is_orthogonal_at_stride_two():
    D = circular(HAAR, 8, stride=2)
    assert (D.T @ D == 2 * np.eye(8)).all()


def test_constants_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        BARKER_13[0, 0] = 2
    assert BARKER_13.shape == (1, 13)


@pytest.mark.parametrize(
    ("t", "filters", "stride"), [(11, 3, 1), (4, 5, 1), (4, 5, 3), (3, 4, 2), (1, 3, 3), (2, 6, 1)]
)
def test_dilated_filters_meet_in_one_tap(t, filters, stride):
    bank = dilated_filters(t, filters, stride, signs=0)
    taps = bank.shape[1]
    assert (np.abs(bank).sum(axis=1) == t).all()
    least = -(-(2 * taps - 1) // stride) * stride
    for length in (least, least + stride, least + 10 * stride):
        assert off_diagonal(np.abs(circular(bank, length, stride))).max() <= 1
        assert off_diagonal(np.abs(full_length(bank, length, stride))).max() <= 1


def test_blocks():
    D = block_diagonal(simplex(3), 3)
    assert (D == np.kron(np.eye(3), simplex(3))).all()
    assert pad_rows(D, 9).shape == (9, 12)


@pytest.mark.parametrize("m", [1, 2, 7])
def test_orthogonal_matrices(m):
    P, Q = signed_permutation(m, 3), rotation(m, 3)
    assert (P.T @ P == np.eye(m)).all()
    assert (Q.T @ Q == (Q[:, 0] @ Q[:, 0]) * np.eye(m)).all()
    assert (Q % 1 == 0).all()
    assert np.linalg.det(Q) > 0


def test_near_duplicate():
    D = near_duplicate(simplex(3), 20, -1)
    assert (D[:, 4] == 2**20 * D[:, 0] - D[:, 1]).all()
    assert (near_duplicate(np.eye(2), 0, 0) == [[1, 0, 1], [0, 1, 0]]).all()


def test_gaussian_depends_on_the_seed():
    assert (gaussian(3, 4, 1) == gaussian(3, 4, 1)).all()
    assert (gaussian(3, 4, 1) != gaussian(3, 4, 2)).any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: transversal_design(3, 2), r"t = 3, q = 2: .* t larger than q"),
        (lambda: transversal_design(3, 4), r"t = 3, q = 4: .* q divisible by 2"),
        (lambda: transversal_design(2, 3, columns=10), r"columns = 10: expected from 1 to 9"),
        (lambda: transversal_design(2, 3, columns=[9]), r"columns = \[9\]: expected numbers"),
        (lambda: transversal_design(2, 3, rows=5), r"rows = 5: expected an integer of at least 6"),
        (lambda: affine_plane(4), r"q = 4: expected a prime"),
        (lambda: circular([[1, 2]], 1), r"length = 1: expected at least the 2 taps"),
        (lambda: circular([[1, 2]], 5, 2), r"stride = 2: expected a divisor of length = 5"),
        (lambda: circular([[1], [0]], 5), r"filters\[1\] is zero"),
        (lambda: full_length([1, 2], 5), r"filters has shape \(2,\)"),
        (lambda: full_length([[1, 2]], 5, 0), r"stride = 0: expected"),
        (lambda: full_length([[1, np.nan]], 5), r"filters holds an infinity or a NaN"),
        (lambda: barker(6), r"length = 6: expected one of"),
        (lambda: dilated_filters(1, 2), r"filters = 2: expected at most stride = 1"),
        (lambda: block_diagonal(np.eye(2), 0), r"copies = 0: expected"),
        (lambda: block_diagonal(np.zeros((0, 2)), 1), r"D has shape \(0, 2\)"),
        (lambda: cycle(2), r"n = 2: expected an integer of at least 3"),
        (lambda: incidence(3, [(0, 3)]), r"edges\[0\] = \(0, 3\): expected"),
        (lambda: incidence(3, []), r"edges = \[\]: expected"),
        (lambda: near_duplicate(np.eye(1), 1), r"expected at least two columns"),
        (lambda: near_duplicate([[1, -1]], 0, 1), r"the new atom is zero"),
        (lambda: rotation(2, -1), r"seed = -1: expected"),
    ],
)
def test_errors_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()
