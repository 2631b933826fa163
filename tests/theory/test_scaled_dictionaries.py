"""Quantities of a dictionary do not depend on the norms of its atoms, from 2^-1074 to 2^1023."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparsebound.theory.arithmetic import UNKNOWN, Ball, Exact, FloatArray, Number, precision
from sparsebound.theory.convolutional import ConvolutionalDictionary
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.operators import Convolution
from sparsebound.theory.quantities import (
    babel,
    coherence,
    exact_recovery_coefficient,
    independence,
    restricted_isometry,
    spark,
)
from sparsebound.theory.sources import TROPP_2004
from sparsebound.theory.theorem import Claim, Theorem
from sparsebound.theory.uniqueness.coherence import THEOREM as COHERENCE
from sparsebound.theory.uniqueness.erc import premises
from sparsebound.theory.verdict import HOLDS, VIOLATED, decide, within_reach

SEEDS = st.integers(0, 2**32 - 1)
SMALL = np.array([[1.0, 1, 1], [0, 1, -1]])
RATIO = np.sqrt(0.5)


def meet(first: Number, second: Number) -> bool:
    """Whether the enclosures of two equal numbers have a point in common, and are tight."""
    distance = np.abs(first.mid - second.mid)
    return bool((distance <= first.rad + second.rad).all() and (first.rad < 1e-9).all())


@pytest.mark.parametrize("size", [1e77, 1e80, 1e154, 1e200, 2.0**1022, 1e-80, 1e-200, 2.0**-1074])
def test_three_atoms_in_the_plane(size: float) -> None:
    D = Dictionary(SMALL * size)
    for dictionary in (D, D.exact()):
        assert float(coherence(dictionary).mid) == pytest.approx(RATIO)
        assert (coherence(dictionary) ** 2 - 1).sign == -1
        assert int(spark(dictionary).mid) == 3
        assert dictionary.relative_norms.mid == pytest.approx([1, 1 / RATIO, 1 / RATIO])
    if 1e-290 < size < 1e300:
        assert D.norms.mid / size == pytest.approx([1, 1 / RATIO, 1 / RATIO])
        assert (D.norms.rad / size < 1e-14).all()


@settings(max_examples=60)
@given(SEEDS, st.data())
def test_scaling_changes_nothing(seed: int, data: st.DataObject) -> None:
    rng = np.random.default_rng(seed)
    m, n = int(rng.integers(2, 5)), int(rng.integers(2, 6))
    plain = rng.integers(-3, 4, (m, n)).astype(float)
    plain[0] += ~plain.any(axis=0)
    exponents = np.array(data.draw(st.lists(st.integers(-1074, 1020), min_size=n, max_size=n)))
    D, scaled = Dictionary(plain), Dictionary(np.ldexp(plain, exponents))
    assert meet(scaled.gram, D.gram)
    assert meet(coherence(scaled), coherence(D))
    assert meet(babel(scaled, np.arange(n)), babel(D, np.arange(n)))
    assert meet(restricted_isometry(scaled, min(2, n)), restricted_isometry(D, min(2, n)))
    supports = rng.random((3, n)) < 0.5
    assert meet(independence(scaled, supports), independence(D, supports))
    assert int(spark(scaled).mid) == int(spark(scaled.exact()).mid) == int(spark(D).mid)
    with precision(128):
        for one, other in (
            (scaled.exact().gram, D.exact().gram),
            (independence(scaled.exact(), supports), independence(D.exact(), supports)),
            (
                exact_recovery_coefficient(Instance(scaled, supports).exact()),
                exact_recovery_coefficient(Instance(D, supports).exact()),
            ),
        ):
            known = np.isfinite(other.rad)
            assert (np.isfinite(one.rad) == known).all()
            difference = abs(one - other).where(known, 0)
            assert not (difference.sign == 1).any()
            assert (difference.mid + difference.rad < 1e-30).all()


def test_norms_of_atoms_of_different_scales() -> None:
    D = Dictionary([[1e100, 1, 3e-100], [0, 1, 4e-100]])
    for dictionary in (D, D.exact()):
        assert dictionary.norms.mid == pytest.approx([1e100, np.sqrt(2), 5e-100], rel=1e-14)
        ratios = dictionary.relative_norms.mid
        assert ratios == pytest.approx([1, np.sqrt(2) * 1e-100, 5e-200], rel=1e-14, abs=0)


def test_ordinary_atoms_are_not_scaled() -> None:
    D = Dictionary([[3, 1e9, -7], [4, 2.0**-40, 1e-19]])
    assert not D.exponents.any()
    assert D.scaled is D.atoms
    assert D.raw_gram is D.scaled_gram
    assert not Dictionary([[3, 1, 0], [4, 0, 2]]).raw_gram.rad.any()  # integers stay exact


def test_an_atom_whose_entries_span_more_than_float64_has_radii_and_is_exact_when_it_matters() -> (
    None
):
    data = np.array([[2.0**1000, 0], [2.0**-1000, 2.0**-1000]])
    D = Dictionary(data)
    assert (D.scaled.rad > 0).any()
    assert int(coherence(D).sign) in (1, 2)
    with precision(64):
        assert int(coherence(D.exact()).sign) == 1


def test_near_dependence_leaves_tropps_coefficient_open_in_balls_and_is_decided_exactly() -> None:
    instance = Instance([[1, 1, 0], [0, 2**-30, 0], [0, 0, 1]], [[1, 1, 0]])
    assert int((exact_recovery_coefficient(instance) - 5).sign[0]) != 1
    assert int(exact_recovery_coefficient(instance.exact()).sign[0]) == 0

    coefficient = exact_recovery_coefficient
    false = Theorem(
        "", "", TROPP_2004, lambda i: [Claim("5 <= ERC(S)", 5, coefficient(i))], id="test.false"
    )
    assert decide(false, instance).status.tolist() == [VIOLATED]
    applies = Theorem(
        "", "", TROPP_2004, lambda i: [Claim("1 <= 1", 1, 1)], premises, id="test.applies"
    )
    assert decide(applies, instance).status.tolist() == [HOLDS]


@pytest.mark.parametrize("size", [1.0, 1e80, 1e200, 1e-200])
@pytest.mark.parametrize("circular", [True, False])
def test_filters_of_any_norm(size: float, circular: bool) -> None:
    def of(filters: FloatArray) -> ConvolutionalDictionary:
        return ConvolutionalDictionary(Convolution(filters, 6, circular=circular))

    filters = np.array([[1.0, 2], [2, -1], [3, 1]])
    D, scaled = of(filters), of(filters * [[size], [1], [1 / size]])
    assert meet(coherence(scaled), coherence(D))
    assert meet(babel(scaled, np.arange(4)), babel(D, np.arange(4)))
    assert scaled.norms.mid[:3] == pytest.approx(D.norms.mid[:3] * [size, 1, 1 / size])
    assert float(coherence(scaled.exact()).mid) == pytest.approx(float(coherence(D).mid))
    mixed = of(np.array([[2.0**1000, 2.0**-1000], [1, 1], [1, 2]]))  # float64 cannot scale it
    signs, exact = mixed.gram_rows().sign, mixed.exact().correlation.rows().sign
    assert ((signs == UNKNOWN) | (signs == exact)).all()
    assert (mixed.exact().gram_rows().sign == exact).all()
    assert float(mixed.norms[1].mid) == pytest.approx(np.sqrt(2))


def test_both_arithmetics_agree_on_a_mixture() -> None:
    data = SMALL * [2.0**-1070, 2.0**1020, 1]
    D = Dictionary(data)
    assert isinstance(D.gram, Ball)
    assert isinstance(D.exact().gram, Exact)
    assert np.abs(D.gram.mid - D.exact().gram.mid).max() < 1e-14
    assert within_reach(COHERENCE, Instance(D, [[1, 0, 0], [1, 1, 0]])).tolist() == [True, False]
