"""Quantities against brute force and closed forms; conventions at the edges; bad input."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from sparsebound.theory import constructions
from sparsebound.theory.analysis.lasso import project
from sparsebound.theory.arithmetic import Ball, precision
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence import no_certificate
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance
from sparsebound.theory.quantities import (
    babel,
    babel_spark,
    circuits,
    coherence,
    exact_recovery_coefficient,
    local_sparsity,
    null_space_constant,
    recovery_value,
    restricted_isometry,
    spark,
    support_isometry,
)

SEEDS = st.integers(0, 10_000)


def small(seed: int, m: int = 3, n: int = 6) -> np.ndarray:
    rng = np.random.default_rng(seed)
    D = rng.integers(-2, 3, (m, n)).astype(float)
    D[0, ~D.any(axis=0)] = 1
    return D


@given(SEEDS)
def test_ball_and_exact_arithmetic_agree_on_every_quantity(seed: int) -> None:
    D, X = Dictionary(small(seed)), np.eye(6)[:2] + np.eye(6)[3:5]
    ball = Instance(D, X)
    with precision(128):
        exact = ball.exact()
        for quantity in (
            lambda i: coherence(i.D),
            lambda i: babel(i.D, np.arange(7)),
            lambda i: spark(i.D),
            support_isometry,
        ):
            difference = np.abs(quantity(ball).mid - quantity(exact).mid)
            assert (difference <= quantity(ball).rad + 1e-15).all()


@given(SEEDS)
def test_spark_is_the_least_number_of_dependent_atoms(seed: int) -> None:
    D = small(seed)
    ranks = (
        size
        for size in range(1, 7)
        for chosen in combinations(range(6), size)
        if np.linalg.matrix_rank(D[:, list(chosen)]) < size
    )
    assert int(spark(D).mid) == next(ranks, 7)
    assert babel_spark(Dictionary(D)) <= int(spark(D).mid)


@given(SEEDS)
def test_the_null_space_constant_is_that_of_linear_programs(seed: int) -> None:
    D = small(seed, 3, 5)
    unit = D / np.linalg.norm(D, axis=0)
    for s in (1, 2):
        worst = 0.0
        for chosen in map(list, combinations(range(5), s)):
            rest = [j for j in range(5) if j not in chosen]
            if np.linalg.matrix_rank(D[:, chosen]) < s:
                worst = np.inf
                continue
            for signs in np.ndindex(*(2,) * s):
                # variables h_S, and the parts p, q >= 0 of h on the rest, of total at most 1
                cost = np.concatenate([1.0 - 2 * np.array(signs), np.zeros(2 * (5 - s))])
                equal = np.hstack([unit[:, chosen], unit[:, rest], -unit[:, rest]])
                bound = np.concatenate([np.zeros(s), np.ones(2 * (5 - s))])[None]
                limits = [(None, None)] * s + [(0, None)] * (2 * (5 - s))
                found = linprog(cost, bound, [1], equal, np.zeros(3), limits)
                worst = max(worst, -found.fun)
        ours = null_space_constant(D, s)
        if np.isinf(worst):
            assert not np.isfinite(ours.rad)
        else:
            assert abs(float(ours.mid) - worst) < 1e-7


def test_known_dictionaries() -> None:
    assert float(coherence(constructions.tight_frame(6, 16)).mid) == pytest.approx(1 / 3, abs=1e-15)
    assert int(spark(constructions.simplex(7)).mid) == 8
    assert float(restricted_isometry(constructions.simplex(3), 2).mid) == pytest.approx(1 / 3)
    wide = constructions.alternating_projection(10, 60, seed=0, iterations=5)
    enclosed = restricted_isometry(wide, 5)
    assert enclosed.rad > 0
    assert float(enclosed.mid - enclosed.rad) <= float(coherence(wide).mid) + 1e-12
    blocks = constructions.block_diagonal(constructions.simplex(3), 3)
    assert local_sparsity(Dictionary(blocks), np.ones((1, 12), dtype=bool)).tolist() == [4]
    assert (circuits(blocks).mid != 0).sum(axis=1).tolist() == [4, 4, 4]


def test_conventions_at_the_edges() -> None:
    single = Dictionary([[2.0]])
    assert float(coherence(single).mid) == 0
    assert babel(single, [0, 1, 5]).mid.tolist() == [0, 0, 0]
    assert int(spark(single).mid) == 2
    identity = Instance(np.eye(3), [[0, 0, 0], [1, 1, 1]])
    assert exact_recovery_coefficient(identity).mid.tolist() == [0, 0]
    assert support_isometry(identity).mid.tolist() == [0, 0]
    value = recovery_value(identity, no_certificate(2, 3, 3))
    assert value.upper.mid.tolist() == [0, 0]
    assert float(null_space_constant(np.eye(3), 2).mid) == 0


def test_of_dependent_atoms_nothing_is_known_also_where_no_atom_is_off_the_support() -> None:
    for D, X in (([[1, 1]], [[1, 1]]), ([[1, 1, 0], [0, 0, 1]], [[1, 1, 0]])):
        codes = Instance(D, X)
        for instance in (codes, codes.exact()):
            upper = recovery_value(instance, no_certificate(1, *codes.D.shape)).upper
            coefficient = exact_recovery_coefficient(instance)
            shares = project(instance, instance.lift(instance.E)).coefficient
            assert all(np.isinf(found.rad).all() for found in (upper, coefficient, shares))


BAD = [
    (lambda: Dictionary([[1, np.nan]]), r"D\[0, 1\] is nan; expected a finite number"),
    (lambda: Dictionary([[1, 0], [1, 0]]), r"D\[:, 1\] is .*; expected an atom that is not zero"),
    (lambda: Dictionary([1, 2]), r"D.shape is \(2,\); expected 2 axes"),
    (lambda: Dictionary([[1j]]), r"D is .*; expected real numbers, not complex128"),
    (lambda: Dictionary([["a"]]), r"D is .*; expected real numbers"),
    (lambda: Dictionary(np.zeros((3, 0))), r"D.shape is \(3, 0\); expected at least one atom"),
    (lambda: Instance(np.eye(2), [[1, 2, 3]]), r"X.shape is \(1, 3\); expected codes of length 2"),
    (lambda: Instance(np.eye(2), [[1, np.inf]]), r"X\[0, 1\] is inf; expected a finite number"),
    (lambda: Instance(np.eye(2), [[1, 2]], [[1]]), r"E.shape is \(1, 1\); expected \(1, 2\)"),
    (lambda: DeepInstance((), [[1]]), r"layers is \(\); expected at least one layer"),
    (lambda: babel(np.eye(2), 1.5), r"k is 1.5; expected an integer"),
    (lambda: null_space_constant(np.eye(2), 3), r"s is 3; expected integers from 0 to 2"),
    (lambda: restricted_isometry(np.eye(2), 0), r"k is 0; expected an order from 1 to 2"),
]


@pytest.mark.parametrize(("call", "message"), BAD, ids=[message[:30] for _, message in BAD])
def test_bad_input_is_named(call, message) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=message):
        call()


def test_a_dictionary_says_what_it_is_and_leaves_its_data_alone() -> None:
    data = np.eye(2)
    D = Dictionary(data)
    with pytest.raises(ValueError, match="read-only"):
        D.data[0, 0] = 5
    data[0, 0] = 5
    assert D.data[0, 0] == 1
    assert isinstance(D.norms, Ball)
