"""The brute force that certificates are held against, on dictionaries that are known by heart."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from tests.quality.brute_force.codes import Code
from tests.quality.brute_force.cones import is_copositive, is_copositive_on_orthant
from tests.quality.brute_force.exact import ExactDictionary, is_positive_semidefinite
from tests.quality.brute_force.networks import ExactNetwork, schedule
from tests.quality.brute_force.surds import Largest, rational, root, sign, term
from tests.quality.brute_force.truths import Truths

TETRAHEDRON = np.array([[1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])
THREE_ATOMS_AT_120_DEGREES = 3 * np.eye(3, dtype=int) - 1
HORN = [
    [1, -1, 1, 1, -1],
    [-1, 1, -1, 1, 1],
    [1, -1, 1, -1, 1],
    [1, 1, -1, 1, -1],
    [-1, 1, 1, -1, 1],
]


def truths(data: object) -> Truths:
    return Truths(ExactDictionary(np.asarray(data)))


def roots(*signed: int) -> list[tuple[int, fmpq]]:
    """Roots of integers, each with the sign of its integer."""
    return [(1 if value > 0 else -1, fmpq(abs(value))) for value in signed]


def test_signs_of_sums_of_roots() -> None:
    assert sign(roots(8, -2, -2)) == 0
    assert sign(roots(12, 50, -3, -3, -2, -32)) == 0
    assert sign(roots(2, 3, -10)) == -1  # 3.146 and 3.162
    assert sign([]) == 0
    tiny = fmpq(1, 10**400)
    assert sign([*roots(8, -2, -2), (1, tiny)]) == 1
    assert sign([*roots(8, -2, -2), (-1, tiny)]) == -1
    assert sign([(1, fmpq(2) + tiny), (-1, fmpq(2))]) == 1
    assert sign([(1, fmpq(10**700)), (-1, fmpq(10**700 + 1))]) == -1


def test_the_largest_sum_is_compared_on_both_sides_of_its_float() -> None:
    largest = Largest(lambda: [roots(2), roots(1, 3), roots(5)])
    above = rational(float(np.nextafter(1 + 3**0.5, 3)))
    below = rational(float(np.nextafter(1 + 3**0.5, 0)))
    assert (largest.compare(below), largest.compare(above)) == (1, -1)
    assert Largest(lambda: [roots(4), roots(1)]).compare(fmpq(2)) == 0
    assert Largest(lambda: []).compare(fmpq(0)) == 0


def test_rational_roots_are_on_the_side_that_is_asked_for() -> None:
    for square in (fmpq(2), fmpq(1, 3 * 10**200), fmpq(7 * 10**300)):
        low, high = root(square, below=True), root(square, below=False)
        assert low * low < square < high * high
        assert (high - low) / high < fmpq(1, 2**60)
    assert root(fmpq(4, 9), below=True) == root(fmpq(4, 9), below=False) == fmpq(2, 3)


def test_semidefinite_and_copositive_forms() -> None:
    def form(rows: object) -> list[list[fmpq]]:
        return [[fmpq(int(value)) for value in row] for row in np.asarray(rows)]

    assert is_positive_semidefinite(form([[1, -1], [-1, 1]]))
    assert is_positive_semidefinite(form([[0, 0], [0, 2]]))
    assert not is_positive_semidefinite(form([[0, 1], [1, 2]]))
    assert not is_positive_semidefinite(form([[1, 2], [2, 1]]))
    assert is_copositive_on_orthant(form([[1, 2], [2, 1]]))
    assert not is_copositive_on_orthant(form([[1, -2], [-2, 1]]))
    assert is_copositive_on_orthant(form(HORN))  # neither semidefinite nor nonnegative, nor a sum
    assert not is_copositive_on_orthant(form(HORN - np.eye(5, dtype=int)))


def test_the_cone_of_basis_pursuit_with_noise() -> None:
    """Two atoms with product -4/5: ``h = (1, 1)`` is in the cone, and has ``||D h||^2 = 2/5``."""
    D = ExactDictionary(np.array([[1, -4], [0, 3]]))
    assert is_copositive(D, 1, fmpq(1, 5))
    assert is_copositive(D, 1, fmpq(1, 5) + fmpq(1, 10**9)) is False
    far = ExactDictionary(np.array([[1, 1, 1], [0, 1, 2]]))  # norms with irrational ratios
    assert is_copositive(far, 1, fmpq(0))
    assert is_copositive(far, 1, fmpq(1)) is False


def test_the_tetrahedron() -> None:
    """Spark 4, inner products 1/3: of two nonzeros nothing is true, and only just."""
    D = truths(TETRAHEDRON)
    assert (D.D.spark, D.D.neighbours, len(D.D.circuits)) == (4, 4, 1)
    for s, true in ((1, True), (2, False)):
        assert D.is_unique(s) is D.is_locally_unique(s) is D.is_minimiser(s) is true
        assert D.is_recovered(D.up_to(s)) is D.contracts(D.up_to(s)) is (s == 1)
    assert D.recovery((0, 1)).compare(fmpq(1)) == 0
    assert D.rate((0,)).compare(fmpq(1, 3)) == 0
    assert D.rate((0, 1)).compare(fmpq(1)) == 0
    assert D.growth((0, 1)).compare(fmpq(3, 2)) == 0
    assert Largest(lambda: list(D.D.babel(2))).compare(fmpq(2, 3)) == 0
    square = fmpq(4) / (1 - fmpq(1, 3))  # of 2 / sqrt(1 - mu1(1))
    pairs = D.pairs(1)
    assert D.is_spread_at_most(pairs, root(square, below=False), 2)
    assert not D.is_spread_at_most(pairs, root(square, below=True), 2)


def test_three_atoms_at_120_degrees() -> None:
    """The null space constants are 1/2 and 2."""
    D = truths(THREE_ATOMS_AT_120_DEGREES)
    assert D.D.spark == 3
    assert D.is_minimiser(1)
    assert not D.is_minimiser(2)
    assert D.is_unique(1)
    assert not D.is_unique(2)


def test_independent_atoms_are_as_good_as_it_gets() -> None:
    D = truths(np.eye(3))
    assert (D.D.spark, D.D.neighbours, D.D.circuits) == (4, 1, [])
    assert D.is_unique(3)
    assert D.is_locally_unique(3)
    assert D.is_minimiser(3)
    assert D.contracts(D.up_to(3))
    assert truths([[2]]).D.spark == 2
    assert truths([[1, -1]]).D.spark == 2


def test_local_sparsity_of_blocks() -> None:
    """Two tetrahedra next to each other: one nonzero in each is unique, two in one are not."""
    D = truths(np.kron(np.eye(2, dtype=int), TETRAHEDRON))
    assert D.D.local_sparsities[0b00010001] == 1
    assert D.D.local_sparsities[0b00010011] == 2
    assert D.is_locally_unique(1)
    assert not D.is_locally_unique(2)
    assert {len(pair) for pair in D.locally_sparse_pairs(1)} == {4}


def test_atoms_are_scaled_exactly() -> None:
    plain = ExactDictionary(np.array([[1.0, 3.0, 0.5], [0.0, 4.0, 1.25]]))
    scaled = ExactDictionary(np.ldexp([[1.0, 3.0, 0.5], [0.0, 4.0, 1.25]], [900, -900, 3]))
    assert plain.columns == scaled.columns == [[1, 0], [3, 4], [2, 5]]
    assert plain.squares == scaled.squares
    assert scaled.scale[0] == fmpq(2) ** 900
    assert ExactDictionary(np.array([[1.0, 1.0], [1.0, np.nextafter(1, 2)]])).spark == 3


@pytest.mark.parametrize(
    ("entries", "sparsest", "minimiser"),
    [
        ([2, 0, 0, 0], True, True),
        ([1, 1, 0, 0], False, False),  # another code is as good
        ([1, -1, 0, 0], True, True),  # x + t (1, 1, 1, 1) has two nonzeros for t = 0 only
        ([1, 1, 1, 0], False, False),
        ([1, 1, -1, 1], False, False),
        ([0, 0, 0, 0], True, True),
    ],
)
def test_codes_of_the_tetrahedron(entries: list[int], sparsest: bool, minimiser: bool) -> None:
    code = Code(ExactDictionary(TETRAHEDRON), np.array(entries))
    assert (code.is_sparsest(), code.is_unique_minimiser()) == (sparsest, minimiser)


def test_a_code_on_repeated_atoms_is_nothing() -> None:
    D = truths([[1, 1, 0], [0, 0, 1]])
    for entries in ([1, 0, 0], [1, 1, 0]):
        code = Code(D.D, np.array(entries))
        assert not code.is_sparsest()
        assert not code.is_unique_minimiser()
        assert not D.recovers(code.support)
    assert Code(D.D, np.array([0, 0, 5])).is_found_greedily()


def test_greedy_picks_are_refused_where_an_atom_off_the_support_is_as_good() -> None:
    D = ExactDictionary(np.array([[1, 0, 1], [0, 1, 1]]))
    assert not Code(D, np.array([1, 1, 0])).is_found_greedily()
    assert Code(D, np.array([5, 1, 0])).is_found_greedily()
    tied = ExactDictionary(TETRAHEDRON)
    assert not Code(tied, np.array([1, 1, 0, 0])).is_found_greedily()
    assert Code(tied, np.array([1, 0, 0, 0])).is_found_greedily()


def test_a_network_attains_the_bound_of_the_master_theorem() -> None:
    """Two atoms at -1/4 and one at +1/4 to both: errors (3/4)^k, and no false positive."""
    products = np.array([[4, -1, 1], [-1, 4, 1], [1, 1, 4]]) / 4
    weights = np.array([np.eye(3)] * 3)
    theta = schedule(
        products, weights, 2, amplitude=1.0, noise=0.0, steps=np.zeros((3, 3), dtype=int)
    )
    assert theta[:, 2].tolist() == [1 / 2, 3 / 8, 9 / 32]
    net = ExactNetwork(products, weights, theta)
    code = [fmpq(1), fmpq(1), fmpq(0)]
    for layer, (state,) in enumerate(net.run([code], [[fmpq(0)] * 3]), start=1):
        assert state == [1 - fmpq(3, 4) ** layer] * 2 + [0]
    short = ExactNetwork(products, weights, np.nextafter(theta, 0))
    first = next(short.run([code], [[fmpq(0)] * 3]))[0]
    assert first[2] == fmpq(1, 2**54)


def test_thresholds_move_by_units_in_the_last_place() -> None:
    D = W = np.array([[3.0, 0.0], [1.0, 1.0]])
    steps = np.array([[0, -2]])
    least = schedule(D, W[None], 1, amplitude=1.0, noise=0.0, steps=0 * steps)
    moved = schedule(D, W[None], 1, amplitude=1.0, noise=0.0, steps=steps)
    assert least.tolist() == [[1.0, 1.0]]
    assert moved.tolist() == [[1.0, 1 - 2.0**-52]]
    assert term(rational(0.5)) == (1, fmpq(1, 4))
