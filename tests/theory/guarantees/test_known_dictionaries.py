"""Textbook dictionaries: coherence, Babel function and certified sparsity come out right."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from sparsebound.theory.constructions.convolutional import barker, circular
from sparsebound.theory.constructions.frames import mutually_unbiased, tight_frame, union_of_bases
from sparsebound.theory.constructions.simplex import simplex
from sparsebound.theory.guarantees.dictionary import (
    applies,
    at_sparsities,
    conditions,
    guarantees,
    spark,
    welch,
)
from sparsebound.theory.guarantees.profile import profile
from sparsebound.theory.guarantees.unfolded import unfolded
from sparsebound.theory.instance import Dictionary

KNOWN = {
    "frame 3x6": (tight_frame(3, 6), 1 / sqrt(5), 1),
    "frame 7x14": (tight_frame(7, 14), 1 / sqrt(13), 2),
    "frame 6x16": (tight_frame(6, 16), 1 / 3, 1),
    "simplex 3": (simplex(3), 1 / 3, 1),
    "simplex 7": (simplex(7), 1 / 7, 3),
    "simplex 15": (simplex(15), 1 / 15, 7),
    "simplex 20": (simplex(20), 1 / 20, 10),
    "unbiased 4": (mutually_unbiased(4), 1 / 2, 1),
    "unbiased 16": (mutually_unbiased(16), 1 / 4, 2),
    "[I, H] 16": (union_of_bases(16), 1 / 4, 2),
    "[I, H] 64": (union_of_bases(64), 1 / 8, 4),
    "barker 13": (circular(barker(13), 40), 1 / 13, 6),
    "identity": (np.eye(5, 5), 0.0, 5),
}
"""Atoms, coherence, and the largest s below (1 + 1/mu)/2."""


@pytest.mark.parametrize("name", KNOWN)
def test_coherence_and_sparsity_are_those_of_the_textbook(name: str) -> None:
    D, mu, s = KNOWN[name]
    d = profile(Dictionary(D))
    assert abs(float(d.coherence.upper) - mu) <= 1e-12
    largest = {(g.theorem, g.version): g.largest for g in guarantees(d)}
    assert largest["uniqueness.coherence", "coherence"] == s
    assert largest["uniqueness.basis_pursuit", "coherence"] == s
    assert largest["rate.depth", "coherence"] == s
    assert largest["rate.depth", "babel"] >= s


@pytest.mark.parametrize("name", [name for name in KNOWN if name.startswith(("frame", "simplex"))])
def test_equiangular_frames_meet_welch_and_have_a_linear_babel_function(name: str) -> None:
    d = profile(Dictionary(KNOWN[name][0]))
    assert abs(welch(d).value - float(d.coherence.mid)) <= 1e-12
    k = np.arange(len(d.babel))
    assert np.abs(d.babel.mid - k * float(d.coherence.mid)).max() <= 1e-12


def test_spark_of_the_simplex_and_of_independent_atoms() -> None:
    assert spark(profile(Dictionary(simplex(7)))).value == 8
    assert spark(profile(Dictionary(np.eye(4)))).value == 5


def test_a_theorem_that_applies_at_s_applies_below_and_not_above() -> None:
    d = profile(Dictionary(tight_frame(7, 14)))
    for condition, guarantee in zip(conditions(), guarantees(d), strict=True):
        reached = applies(condition, d, np.arange(1, d.atoms + 1))
        assert reached.sum() == guarantee.largest
        assert reached[: guarantee.largest].all()


def test_constants_are_those_of_the_theorems() -> None:
    d = profile(Dictionary(simplex(7)))
    found = {
        (c.name, c.figure.theorem, c.version): c.figure for c in at_sparsities(d, [2])[0].constants
    }
    stable = found["||x - z||_2 / eps", "stability.p0", "coherence"]
    assert stable.value == pytest.approx(2 / sqrt(1 - 3 / 7), abs=1e-12)
    assert found["q", "rate.depth", "coherence"].value == pytest.approx(3 / 7, abs=1e-12)
    assert found["ERC", "stability.lasso_witness", "babel"].value == pytest.approx(1 / 3, abs=1e-12)
    assert all(figure.kind == "upper" for figure in found.values())


def test_beyond_the_computed_part_the_babel_function_is_bounded() -> None:
    D = np.random.default_rng(0).standard_normal((8, 90))
    d = profile(Dictionary(D))
    gram = np.sort(np.abs(np.asarray(Dictionary(D).gram.mid - np.eye(90))), axis=1)[:, ::-1]
    for k in (64, 65, 80, 89, 100):
        exact = gram[:, : min(k, 89)].sum(axis=1).max()
        assert exact <= float(d.sums(k).upper) <= exact * k / 64 + 1e-9


def depth(D: NDArray[np.float64], s: int, **changes: float) -> tuple[int | None, str | None]:
    found = unfolded(
        profile(Dictionary(D)), s, **{"amplitude": 1.0, "noise": 0.0, "tolerance": 1e-3, **changes}
    )
    return found.depth, found.reason


def test_the_depth_is_the_least_one_by_the_recursion() -> None:
    q = 3 / 7
    layers, reason = depth(simplex(7), 2)
    assert (layers, reason) == (int(np.ceil(np.log(1e-3) / np.log(q))), None)


def test_no_depth_where_the_rate_or_the_noise_is_too_large() -> None:
    unknown = "the rate is not known to be below 1 at sparsity 4"  # it is 1, up to rounding
    assert depth(simplex(7), 4) == (None, unknown)
    assert "tolerance" in str(depth(simplex(7), 2, noise=1e-3)[1])
    assert depth(simplex(7), 2, tolerance=2.0) == (0, None)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_the_pair_of_largest_product_is_two_atoms(n: int) -> None:
    assert profile(Dictionary(np.eye(n))).pair == ((0, 1) if n > 1 else None)
