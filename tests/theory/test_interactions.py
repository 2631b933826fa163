"""Which weights meet which atoms: a relation that need not be symmetric."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from sparsebound.theory.analysis import cascade, unfolding, unfolding_rates
from sparsebound.theory.arithmetic import Ball, FloatArray, Mask
from sparsebound.theory.convolutional import ConvolutionalDictionary
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.maps import IDENTITY
from sparsebound.theory.operators import Convolution, correlation

RNG = np.random.default_rng(0)


def meetings(D: FloatArray, W: FloatArray) -> Mask:
    """``[i, j]``: whether ``w_i`` and ``d_j`` share a row, or are of the same atom."""
    share = [[bool((w.astype(bool) & d.astype(bool)).any()) for d in D.T] for w in W.T]
    return np.array(share) | np.eye(D.shape[1], dtype=bool)


def sparse(m: int, n: int) -> FloatArray:
    """A matrix with many zeros, and none of its columns zero."""
    values = np.where(RNG.random((m, n)) < 0.3, RNG.integers(1, 5, (m, n)), 0.0)
    values[RNG.integers(m, size=n), np.arange(n)] = 1.0
    return values


@pytest.mark.parametrize("_", range(20))
def test_the_local_sparsity_counts_the_atoms_that_a_weight_meets(_: int) -> None:
    D, W = sparse(6, 8), sparse(6, 8)
    meets = meetings(D, W)
    assert (meets != meets.T).any()
    support = RNG.random((5, 8)) < 0.5
    expected = [max(int((meets[i] & row).sum()) for i in range(8)) for row in support]
    found = unfolding_rates.weighted_local_sparsity(Dictionary(D), W, support)
    assert found.tolist() == expected


def test_a_weight_that_meets_all_atoms_and_an_atom_that_no_other_weight_meets() -> None:
    """One weight sees three atoms; each of these sees two weights, its own and that one."""
    D = np.eye(3)
    W = np.eye(3)
    W[:, 0] = 1.0
    support = np.ones((1, 3), dtype=bool)
    assert unfolding_rates.weighted_local_sparsity(Dictionary(D), W, support) == [3]
    assert unfolding_rates.weighted_local_sparsity(Dictionary(W), D, support) == [2]
    instance = Instance(D, [[1, 1, 1]])
    assert unfolding_rates.local_rate(instance, W).q.mid.tolist() == [5.0]
    sums = unfolding.row_sums(instance, W)
    assert sums.tau_in.mid.tolist() == [2.0]


@pytest.mark.parametrize(("circular", "stride", "count"), [*product([True, False], [1, 2], [1, 2])])
def test_filters_that_look_to_one_side_alone(circular: bool, stride: int, count: int) -> None:
    """Weights with taps at the ends against atoms with taps at the beginning, and others."""
    for _ in range(10):
        shape = (count, 4)
        D = np.where(RNG.random(shape) < 0.5, RNG.integers(1, 4, shape), 0.0)
        W = np.where(RNG.random(shape) < 0.5, RNG.integers(1, 4, shape), 0.0)
        D[:, 0], W[:, -1] = 1.0, 1.0
        atoms = Convolution(D, 10, stride=stride, circular=circular)
        weights = Convolution(W, 10, stride=stride, circular=circular)
        matrices = atoms.matrix(), weights.matrix()
        meets = meetings(*matrices)
        support = RNG.random((3, meets.shape[0])) < 0.4
        expected = support.astype(int) @ meets.T.astype(int)
        found = correlation(weights, atoms)
        assert (found.interactions(support) == expected).all()
        local = unfolding_rates.weighted_local_sparsity(
            ConvolutionalDictionary(atoms), weights, support
        )
        assert local.tolist() == expected.max(axis=1).tolist()
        residual = np.abs(np.eye(len(meets)) - matrices[1].T @ matrices[0])
        assert (found.residual_sums(support).mid == support @ residual.T).all()
        seen = cascade.seen(weights, IDENTITY, Ball(np.ones((1, matrices[0].shape[0]))))
        assert seen.mid[0].tolist() == (matrices[1] != 0).sum(axis=0).tolist()


def test_one_shift_meets_the_next_and_not_the_one_before() -> None:
    """The atom has two taps, the weight the second of them alone."""
    D = Convolution([[1, 1]], 6)
    W = Convolution([[0, 1]], 6)
    meets = meetings(D.matrix(), W.matrix())
    assert meets[0, 1]
    assert not meets[1, 0]
    first = np.eye(6, dtype=bool)[:1]
    assert correlation(W, D).interactions(first)[0].tolist() == meets[:, 0].astype(int).tolist()
