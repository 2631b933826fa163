"""Adversaries stay within the rules, and are as hard as they can be where that is known."""

import numpy as np
import pytest

from sparsebound.checks.oracles.adversaries import local_pairs, norm_bound, pairs, pursuits, short
from sparsebound.theory.arithmetic import Ball
from sparsebound.theory.constructions import block_diagonal, equiangular
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import local_sparsity


def instance_of(seed: int) -> Instance:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((9, 12)) * (np.arange(12) < np.arange(9)[:, None])
    return Instance(rng.standard_normal((8, 12)), X)


@pytest.mark.parametrize("find", [pairs, local_pairs])
def test_pairs_explain_the_signal_and_are_as_sparse(find) -> None:  # type: ignore[no-untyped-def]
    instance = instance_of(1)
    found = find(instance)
    D = instance.D.data
    for codes in (instance.X, found.points):
        assert (np.linalg.norm(found.signals - codes @ D.T, axis=1) <= found.eps).all()
    if find is pairs:
        assert ((found.points != 0).sum(axis=1) <= instance.sparsity).all()
    limit = local_sparsity(instance.D, instance.support)
    assert (local_sparsity(instance.D, found.points != 0) <= limit).all()


def test_the_hardest_pair_is_found() -> None:
    found = pairs(Instance(equiangular(4, 1, 5), [[1, 1, 0, 0]]))
    assert found.points.tolist() == [[0, 0, -1, -1]]
    blocks = block_diagonal(equiangular(2, 1, 5), 3)
    found = local_pairs(Instance(blocks, [[1, 0, 2, 0, 3, 0]]))
    assert found.points.tolist() == [[0, -1, 0, -2, 0, -3]]


def test_every_atom_in_use() -> None:
    found = pairs(Instance(equiangular(2, 1, 5), [[1, 1]]))
    assert found.points[0] @ [1, -1] == 0
    assert (found.points[0] != 1).all()


def test_bounds_on_norms_are_exact_where_they_can_be() -> None:
    bound = norm_bound(Ball.of([16.0, 3.0]))
    assert bound[0] == 4
    assert np.sqrt(3) < bound[1] < np.sqrt(3) * (1 + 1e-8)


def test_the_larger_bound_counts_where_the_midpoints_are_equal() -> None:
    uncertain = Ball(np.array([9.0]), np.array([2.0**-40]))
    for bound in (norm_bound(Ball.of([9.0]), uncertain), norm_bound(uncertain, Ball.of([9.0]))):
        assert bound[0] ** 2 >= uncertain.upper[0]


def test_turns_are_taken_by_place() -> None:
    codes = Instance(np.eye(3), np.tile([[1, 0, 0]], (9, 1)))
    together = pairs(codes).points
    assert (together != together[0]).any()
    for code in range(9):
        assert (pairs(codes.select([code])).points == together[code]).all()


def test_short_numbers() -> None:
    assert short(np.array([3.0, -1 / 3, 0.0])).tolist() == [3.0, -0.3330078125, 0.0]
    assert short(np.zeros(2)).tolist() == [0, 0]


def test_noise_of_pursuits() -> None:
    given = pursuits(Instance(np.eye(2), [[5, 0]], [[0, -1]]))
    assert given.signals.tolist() == [[5, -1]]
    assert given.eps.tolist() == [1]
    instance = Instance(np.eye(4), np.tile([[4.0, 2, 0, 0]], (16, 1)))
    chosen = pursuits(instance)
    sizes = np.linalg.norm(chosen.signals - instance.X, axis=1)
    assert (sizes <= chosen.eps).all()
    assert ((chosen.eps > 0.95) & (chosen.eps < 1)).sum() >= 8  # 2 eps < 2 is the premise
    assert (chosen.eps > 1).any()
