"""The exhaustive search, held against an enumeration of all supports."""

from itertools import combinations

import numpy as np
import pytest
from flint import fmpq_mat

from sparsebound.checks.oracles.sparsest import layer_alternatives, sparsest_alternatives
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions import block_diagonal, complete_graph, simplex
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.quantities.circuits import rational
from sparsebound.theory.quantities.locality import local_sparsity

PRIME = 2**31 - 1


def by_enumeration(instance: Instance, code: int) -> tuple[float, float]:
    """Least sparsity and local sparsity of another solution, over all supports, by ranks."""
    D, x = instance.D.data, instance.X[code]
    m, n = D.shape
    y = rational(D) * rational(x[:, None])
    least = local = np.inf
    for mask in np.ndindex(*(2,) * n):
        allowed = np.array(mask, dtype=bool)
        size = int(allowed.sum())
        block = rational(D[:, allowed]).tolist() if size else [[] for _ in range(m)]
        rank = fmpq_mat(block).rank() if size else 0
        joined = fmpq_mat([[*row, y[i, 0]] for i, row in enumerate(block)])
        solvable = joined.rank() == rank
        if solvable and (rank < size or (x[~allowed] != 0).any()):
            least = min(least, size)
            local = min(local, float(local_sparsity(instance.D, allowed)))
    return least, local


def instances() -> list[Instance]:
    rng = np.random.default_rng(3)
    built = []
    for m, n, spread in [(2, 4, 1), (3, 5, 1), (3, 6, 2), (4, 6, 1), (2, 6, 3), (5, 4, 1)]:
        D = rng.integers(-spread, spread + 1, (m, n)).astype(float)
        D[rng.integers(0, m, n), np.arange(n)] += 2 * spread + 1  # no zero column
        X = rng.integers(-2, 3, (5, n)) * (rng.random((5, n)) < 0.5).astype(float)
        built.append(Instance(D, np.vstack([X, np.zeros(n), np.ones(n)])))
    rank_deficient = np.outer([1.0, 2.0, 0.5], [1.0, -1.0, 2.0, 1.0])
    built.append(Instance(rank_deficient, np.eye(4)))
    generic = rng.standard_normal((3, 6))
    X = rng.standard_normal((4, 6)) * (rng.random((4, 6)) < 0.4)
    built.append(Instance(generic, X))
    built.append(Instance(block_diagonal(simplex(3), 2), rng.integers(-1, 2, (5, 8))))
    built.append(Instance(complete_graph(4), rng.integers(-1, 2, (6, 6))))
    return built


@pytest.mark.parametrize("instance", instances(), ids=lambda i: "x".join(map(str, i.D.shape)))
def test_search_is_exact(instance: Instance) -> None:
    found = sparsest_alternatives(instance)
    for code in range(len(instance)):
        expected = by_enumeration(instance, code)
        assert (found.sparsity[code], found.local_sparsity[code]) == expected


@pytest.mark.parametrize("instance", instances(), ids=lambda i: "x".join(map(str, i.D.shape)))
def test_points_are_other_solutions_of_the_stated_sparsity(instance: Instance) -> None:
    found = sparsest_alternatives(instance)
    exists = np.isfinite(found.sparsity)
    difference = (found.point - instance.X)[exists]
    assert ((found.point != 0).sum(axis=1)[exists] == found.sparsity[exists]).all()
    assert (difference != 0).any(axis=1).all()
    np.testing.assert_allclose(difference @ instance.D.data.T, 0, atol=1e-12)
    np.testing.assert_array_equal(found.point[~exists], instance.X[~exists])


def test_singular_modulo_the_prime_only() -> None:
    found = sparsest_alternatives(Instance([[1.0, PRIME]], [[1.0, 0.0], [PRIME, 0.0]]))
    np.testing.assert_array_equal(found.sparsity, [1, 1])
    np.testing.assert_allclose(found.point[:, 1], [1 / PRIME, 1])


def test_zero_modulo_the_prime_only() -> None:
    # x_3 becomes PRIME on the way: zero modulo the prime, and not zero
    D = [[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, -1.0, 1.0]]
    X = [[PRIME, 1.0, 0.0, 0.0]]
    instance = Instance(D, X)
    assert sparsest_alternatives(instance).sparsity[0] == by_enumeration(instance, 0)[0]


def test_a_circuit_off_the_support_counts_with_it() -> None:
    blocks = block_diagonal(np.array([[1.0, 1.0]]), 2)
    found = sparsest_alternatives(Instance(blocks, [[1.0, 1.0, 0.0, 0.0]]))
    assert found.sparsity[0] == 1
    lone = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
    found = sparsest_alternatives(Instance(lone, [[1.0, 0.0, 0.0]]))
    assert (found.sparsity[0], found.local_sparsity[0]) == (3, 2)


def test_one_solution_only() -> None:
    found = sparsest_alternatives(Instance(np.eye(3), np.eye(3)))
    assert np.isinf(found.sparsity).all()
    assert np.isinf(found.local_sparsity).all()


def test_too_many_candidates() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match=r"D\.shape is \(10, 20\).* at most 50000 vertices"):
        sparsest_alternatives(Instance(rng.standard_normal((10, 20)), np.eye(20)))


def test_atoms_outside_every_circuit_do_not_count_as_candidates() -> None:
    D = block_diagonal(np.ones((1, 2)), 1)
    wide = np.block([[D, np.zeros((1, 60))], [np.zeros((60, 2)), np.eye(60)]])
    X = np.zeros((1, 62))
    X[0, 0] = 1
    assert sparsest_alternatives(Instance(wide, X)).sparsity[0] == 1


def test_layers() -> None:
    top = Instance([[1, 0, 1], [0, 1, 1]], [[1, 1, 0]])
    bottom = Instance(np.eye(2), [[1, 1]])
    found = layer_alternatives(DeepInstance((bottom, top), [[1, 1]]))
    assert [layer.sparsity[0] for layer in found.layers] == [np.inf, 1]


def test_unions_of_two_patterns_are_not_missed() -> None:
    """Every support of every size, on a dictionary with many parallel atoms."""
    D = np.array([[1.0, 2.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, -1.0, 1.0]])
    codes = [np.isin(np.arange(5), part) for k in range(6) for part in combinations(range(5), k)]
    instance = Instance(D, np.array(codes, dtype=float))
    found = sparsest_alternatives(instance)
    expected = [by_enumeration(instance, code) for code in range(len(instance))]
    np.testing.assert_array_equal(found.sparsity, [least for least, _ in expected])
    np.testing.assert_array_equal(found.local_sparsity, [local for _, local in expected])


def test_scales_far_apart() -> None:
    D: FloatArray = np.array([[2.0**-300, 1.0, 2.0**200]])
    found = sparsest_alternatives(Instance(D, [[2.0**300, 0.0, 0.0]]))
    assert found.sparsity[0] == 1
    np.testing.assert_array_equal(np.flatnonzero(found.point[0]).size, 1)
