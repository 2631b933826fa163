"""What is promised for all codes is what the theorems say, and nothing beyond the truth."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparsebound.theory.analysis.unfolding import row_sums
from sparsebound.theory.arithmetic import Ball
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.constructions.simplex import simplex
from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.dictionary import (
    applies,
    at_sparsities,
    conditions,
    guarantees,
    margin,
)
from sparsebound.theory.guarantees.profile import Profile, profile
from sparsebound.theory.guarantees.unfolded import BEYOND, SHOWN, unfolded
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.promise import DENOISING, PROPERTIES
from sparsebound.theory.quantities import exact_recovery_coefficient, local_sparsity, spark
from sparsebound.theory.worst_case import BabelBounds, EverySupport, NoEvidence


def small(seed: int) -> Dictionary:
    """Small integers: many ties, duplicates, dependent atoms."""
    rng = np.random.default_rng(seed)
    m, n = int(rng.integers(1, 5)), int(rng.integers(1, 7))
    data = rng.integers(-2, 3, (m, n)).astype(float)
    data[0, ~data.any(axis=0)] = 1
    return Dictionary(data)


def largest(d: Profile) -> dict[tuple[str, str], int]:
    return {(g.property, g.version): g.largest for g in guarantees(d)}


def test_every_property_is_promised_by_some_theorem_and_every_premise_comes_up() -> None:
    d = profile(Dictionary(simplex(5)))
    assert {c.property for c in conditions()} == set(PROPERTIES)
    for condition in conditions():
        assert condition.promise.premises or condition.promise.rate
        assert applies(condition, d, [1]).all()


def test_a_premise_that_looks_at_evidence_cannot_be_promised() -> None:
    theorem = catalogue()["stability.p0"]
    wrong = replace(theorem.promises[0], premises=("mu1(2k - 1) < 1", "0 <= eps"))
    with pytest.raises(InputError, match="0 <= eps"):
        margin(theorem, wrong, EverySupport(BabelBounds((1, 1), Ball([0])), [1]))


def test_what_is_not_known_of_codes_ends_the_premises() -> None:
    codes = EverySupport(BabelBounds((2, 2), Ball([0, 0.5])), [1])
    for name in ("X", "W", "Y", "unit_codes"):
        with pytest.raises(NoEvidence):
            getattr(codes, name)
    for name in ("data", "gram", "norms", "overlaps"):
        with pytest.raises(NoEvidence):
            getattr(codes.D, name)


@pytest.mark.parametrize("dimension", [3, 5, 7])
def test_on_the_simplex_one_more_nonzero_is_never_promised(dimension: int) -> None:
    """Coherence 1/m, spark m + 1, sums of k entries k/m: every condition is an equality beyond."""
    found = largest(profile(Dictionary(simplex(dimension))))
    expected = dict.fromkeys(PROPERTIES, dimension // 2)  # 2s - 1 < m
    expected[DENOISING] = dimension // 4  # 4s - 1 < m
    for (property_, _), s in found.items():
        assert s == expected[property_], property_


def test_the_tetrahedron_promises_one_nonzero_since_its_spark_is_four() -> None:
    d = profile(Dictionary([[1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]))
    assert largest(d)["unique sparsest", "babel"] == 1


def test_constants_of_every_theorem_at_two_nonzeros() -> None:
    """Equiangular, coherence 1/15: the values are worked out by hand."""
    mu = 1 / 15
    d = profile(Dictionary(simplex(15)))
    found = {(c.figure.theorem, c.name): c.figure.value for c in at_sparsities(d, [2])[0].constants}
    assert found == pytest.approx(
        {
            ("stability.p0", "||x - z||_2 / eps"): 2 / sqrt(1 - 3 * mu),
            ("stability.local", "||x - z||_2 / eps"): 2 / sqrt(1 - 3 * mu),
            ("stability.bpdn", "||x - z||_2 / eps"): 2 / sqrt(1 - 7 * mu),
            ("stability.omp", "||x_hat - x||_2 / eps"): 1 / sqrt(1 - mu),
            ("stability.omp", "least entry / eps"): 2 / (1 - 3 * mu),
            ("stability.lasso_coherence", "lam / a"): (1 - mu) / (1 - 3 * mu),
            ("stability.lasso_coherence", "||x_hat - x||_inf / (a + lam)"): 1 / (1 - mu),
            ("stability.lasso_witness", "ERC"): 2 * mu / (1 - mu),
            ("stability.lasso_witness", "lam / a"): 1 / (1 - 2 * mu / (1 - mu)),
            ("rate.depth", "q"): 3 * mu,
            ("rate.depth", "error / nu"): 2 / (1 - 3 * mu),
            ("rate.local", "q"): 3 * mu,
            ("rate.local", "error / nu"): 2 / (1 - 3 * mu),
        },
        rel=1e-12,
    )


def test_denoising_counts_four_times_the_nonzeros() -> None:
    """With coherence 1/8, three nonzeros give 11/8 and two 7/8."""
    d = profile(Dictionary(simplex(8)))
    assert largest(d)["stable basis pursuit", "coherence"] == 2


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_promises_hold_for_every_support_of_a_small_dictionary(seed: int) -> None:
    D = small(seed)
    n = D.shape[1]
    found = largest(profile(D))
    assert 2 * found["unique sparsest", "babel"] < float(spark(D).upper)
    for s in range(1, n + 1):
        supports = list(combinations(range(n), s))
        X = np.zeros((len(supports), n))
        np.put_along_axis(X, np.array(supports), 1.0, axis=1)
        instance = Instance(D.exact(), X)
        if s <= found["orthogonal matching pursuit", "babel"]:
            assert (np.asarray((1 - exact_recovery_coefficient(instance)).sign) == 1).all()
        if s <= found["unfolded network", "babel"]:
            unit = np.asarray(D.data / D.norms.mid)
            sums = row_sums(Instance(unit, X), unit)
            assert ((sums.tau_in + sums.tau_out).lower < 1).all()
            q = at_sparsities(profile(D), [s])[0].constants
            rate = next(c.figure.value for c in q if (c.name, c.version) == ("q", "babel"))
            assert ((sums.tau_in + sums.tau_out).lower <= rate).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_what_holds_for_a_sparsity_holds_for_sparser_codes(seed: int) -> None:
    d = profile(small(seed))
    for condition in conditions():
        reached = applies(condition, d, np.arange(1, d.atoms + 1))
        assert (np.diff(reached.astype(int)) <= 0).all(), condition.theorem.id


def exact_bounds(q: Fraction, B: float, nu: float, layers: int) -> list[Fraction]:
    bounds = [Fraction(B)]
    for _ in range(layers):
        bounds.append(q * bounds[-1] + 2 * Fraction(nu))
    return bounds


@pytest.mark.parametrize("noise", [0.0, 1e-5, 1e-3])
def test_the_recursion_of_the_depth_is_that_of_the_theorem(noise: float) -> None:
    q, tolerance = Fraction(3, 7), 4e-3
    found = unfolded(
        profile(Dictionary(simplex(7))), 2, amplitude=2.0, noise=noise, tolerance=tolerance
    )
    assert found.depth is not None
    exact = exact_bounds(q, 2.0, noise, found.depth)
    assert len(found.bounds) == found.depth + 1
    assert exact[-1] <= Fraction(tolerance) < exact[-2]
    for bound, true in zip(found.bounds, exact, strict=True):
        assert true <= Fraction(bound) <= true * (1 + Fraction(1, 10**12))
    for k, threshold in enumerate(found.thresholds):
        needed = Fraction(2, 7) * exact[k] + Fraction(noise)
        assert needed <= Fraction(threshold) <= needed * (1 + Fraction(1, 10**12))


@pytest.mark.parametrize("noise", [0.0, 1e-9])
def test_far_depths_are_those_of_the_recursion(noise: float) -> None:
    """Two atoms at 1 - 2^-10: thousands of layers, beyond those that are followed one by one."""
    mu = 1 - 2.0**-10
    D = Dictionary([[1.0, mu], [0.0, sqrt(1 - mu * mu)]])
    d = profile(D)
    found = unfolded(d, 1, amplitude=1.0, noise=noise, tolerance=1e-5)
    assert found.depth is not None
    assert found.depth > SHOWN == len(found.thresholds)
    bounds = exact_bounds(Fraction(float(d.coherence.mid)), 1.0, noise, found.depth)
    assert float(bounds[-1]) <= 1e-5 < float(bounds[-3])


def test_depths_out_of_reach_say_so() -> None:
    mu = 1 - 2.0**-30
    D = Dictionary([[1.0, mu], [0.0, sqrt(1 - mu * mu)]])
    found = unfolded(profile(D), 1, amplitude=1.0, noise=0.0, tolerance=1e-5)
    assert (found.depth, found.reason) == (None, BEYOND)


def test_what_only_rounding_hides_is_not_denied() -> None:
    """Sixty layers are enough, in numbers so small that a layer rounds all of it away."""
    d = profile(Dictionary([[1, 0, 3], [0, 1, 4]]))
    found = unfolded(d, 1, amplitude=1e-320, noise=0.0, tolerance=5e-324)
    assert (found.depth, found.reason) == (None, BEYOND)
    assert "more than" not in BEYOND


def test_the_locally_sparsest_code_need_not_be_the_sparsest() -> None:
    """A regular simplex of nine atoms, to the last of which a chain of more atoms is fastened."""
    q, length = 8, 10
    corners = 9 * np.eye(q + 1, dtype=int) - 1
    data = np.zeros((q + length, q + length), dtype=int)
    data[: q + 1, : q + 1] = corners
    for j in range(length - 1):
        data[q + 1 + j, q + j : q + j + 2] = 1, 8
    D = Dictionary(data)
    chain, rest = np.zeros(q + length), np.zeros(q + length)
    chain[q:], rest[:q] = (-1 / 8) ** np.arange(length), -1
    assert not (D.data @ (chain - rest)).any()
    assert local_sparsity(D, np.array([chain, rest]) != 0).tolist() == [3, q]
    found = largest(profile(D))
    assert found["unique locally sparsest", "local"] >= 3  # the chain, of ten nonzeros
    assert ("unique sparsest", "local") not in found  # the rest explains it by eight
    assert found["unique sparsest", "babel"] < q
