"""Codes of one's own, by their supports, against the quantities that the theorems are about."""

from __future__ import annotations

import numpy as np
import pytest

from sparsebound.checks.certify.codes import _histogram
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.judging import NEEDS_INDEPENDENT_ATOMS
from sparsebound.checks.commands.real_dictionary import digits
from sparsebound.theory.analysis.unfolding import row_sums
from sparsebound.theory.constructions.frames import union_of_bases
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import exact_recovery_coefficient


def margin(values: np.ndarray) -> np.ndarray:
    """What is reported of values that have to be below 1."""
    return np.where(values < 1, 1 - values, 1 / values - 1)


def test_margins_are_those_of_the_quantities() -> None:
    rng = np.random.default_rng(0)
    D = rng.standard_normal((20, 30))
    D /= np.linalg.norm(D, axis=0)
    X = np.zeros((10, 30))
    for x in X:
        x[rng.choice(30, 3, replace=False)] = rng.standard_normal(3)
    found = certify(D, codes=X).codes
    assert found is not None
    shares = {share.theorem: share for share in found.properties}
    instance = Instance(D, X)
    exact = exact_recovery_coefficient(instance).mid
    assert shares["uniqueness.erc"].margins.least == pytest.approx(margin(exact).min(), abs=1e-9)
    assert shares["uniqueness.erc"].certified == (exact < 1).sum()
    grams = [D[:, x != 0].T @ D[:, x != 0] for x in X]
    growth = [np.abs(np.linalg.inv(gram)).sum(axis=1).max() for gram in grams]
    assert found.growth.largest == pytest.approx(max(growth), rel=1e-9)
    sums = row_sums(instance, D)
    rate = (sums.tau_in + sums.tau_out).mid
    assert shares["rate.depth"].margins.median == pytest.approx(np.median(margin(rate)), abs=1e-9)
    assert shares["rate.depth"].certified == (rate < 1).sum()


def test_every_code_below_the_textbook_sparsity_is_certified() -> None:
    D, X = union_of_bases(16), np.zeros((3, 32))
    X[0, [0, 20]], X[1, 3] = (1, -2), 1
    found = certify(D, codes=X).codes
    assert found is not None
    assert [share.certified for share in found.properties] == [3] * 7 + [2]
    assert found.properties[-1].asked == 2
    assert found.failing == ()
    assert found.sparsity == (0, 2)


def test_the_atom_to_blame_is_named() -> None:
    D = np.array([[1.0, 0, 0.8, 0], [0, 1, 0.6, 0], [0, 0, 0, 1]])
    found = certify(D, codes=[[1.0, 1.0, 0, 0]]).codes
    assert found is not None
    erc = next(entry for entry in found.failing if entry.theorem == "uniqueness.erc")
    assert (erc.code, erc.atom) == (0, 2)
    assert erc.margin == pytest.approx(1 / 1.4 - 1)


def test_dependent_atoms_are_never_certified() -> None:
    D = np.array([[1.0, 0, 1], [0, 1, 1]])
    found = certify(D, codes=[[1.0, 1.0, 1.0]]).codes
    assert found is not None
    assert [share.certified for share in found.properties] == [0] * 8
    refuted = {share.property for share in found.properties if share.refuted}
    assert refuted == set(NEEDS_INDEPENDENT_ATOMS)


def test_a_better_dual_certificate_is_found_where_that_of_fuchs_fails() -> None:
    instance = digits()
    found = certify(instance.D.data, codes=instance.X[:10]).codes
    assert found is not None
    shares = {share.theorem: share.certified for share in found.properties}
    assert shares["uniqueness.basis_pursuit"] == 10


@pytest.mark.parametrize("seed", range(8))
def test_bins_of_margins_tell_codes_that_are_certified_from_others(seed: int) -> None:
    rng = np.random.default_rng(seed)
    D = rng.standard_normal((8, 12))
    found = certify(D, codes=np.eye(12) + (rng.random((12, 12)) < 0.1)).codes
    assert found is not None
    for share in found.properties:
        counts, edges = np.array(share.margins.counts), np.array(share.margins.edges)
        assert counts[edges[1:] > 0].sum() == share.certified


@pytest.mark.parametrize(
    ("values", "within"),
    [
        ([-1.0, -0.05, 0.0, 0.8], 3),
        ([0.0, 0.0, 1.0], 2),
        ([-5e-324, 0.0, 5e-324], 2),
        ([-1.0, 0.0], 2),
        ([-1.0, 1e-300], 1),
        ([-1e-300, 1.0, 2.0], 1),
        ([0.5, 1.0], 0),
        ([0.0], 1),
    ],
)
def test_no_bin_holds_positive_margins_and_others(values: list[float], within: int) -> None:
    counts, edges = _histogram(np.array(values))
    assert counts[edges[1:] <= 0].sum() == within
    assert counts.sum() == len(values)
    assert len(edges) == len(counts) + 1


def test_a_margin_below_what_a_solver_leaves_open_does_not_depend_on_the_batch() -> None:
    """Two atoms that differ by 4e-8: the margins of codes of one atom are 1e-9."""
    D = np.array([[1, -1, -3, 1, -1], [1, -3, 2, -3, -2.9999999552965164], [-2, 0, -3, 0, 0]])
    X = np.array([[0, 0, 0, 0, 1.0], [0, 0, 0, 0, 3], [0, 1, 0, 0, 0], [-1, 1, 1, 1, 1]])

    def pursued(codes: np.ndarray) -> int:
        found = certify(D, atoms="columns", codes=codes).codes
        assert found is not None
        return found.properties[1].certified

    assert pursued(X) == sum(pursued(X[i : i + 1]) for i in range(len(X))) == 3
