"""The closest pairs, against all products in float64."""

from __future__ import annotations

import numpy as np
import pytest

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.pairs import closest_pairs
from sparsebound.reports.certificate import document, text
from sparsebound.reports.html.certificate import certificate_page
from sparsebound.theory.errors import InputError


@pytest.mark.parametrize(("n", "count"), [(3, 10), (150, 1), (150, 40), (300, 100)])
def test_the_closest_pairs_are_those_of_the_gram_matrix(n: int, count: int) -> None:
    rng = np.random.default_rng(n + count)
    rows = rng.standard_normal((n, 12))
    rows[-1] = rows[0] * -2
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    gram = np.abs(unit @ unit.T)[np.triu_indices(n, 1)]
    found = closest_pairs(Atoms(rows, "rows", ""), count, memory=2**17)
    expected = np.sort(gram)[::-1]
    sizes = [max(abs(pair.lower), abs(pair.upper)) for pair in found.pairs]
    assert sizes == pytest.approx(list(expected[:count]), abs=1e-13)
    for pair in found.pairs:
        assert pair.first < pair.second
        assert pair.lower <= unit[pair.first] @ unit[pair.second] <= pair.upper + 1e-15
    assert (found.pairs[0].first, found.pairs[0].second) == (0, n - 1)
    if count >= len(expected):
        assert found.others == 0
    else:
        assert expected[count] <= found.others <= expected[count] + 1e-5


def test_pairs_are_listed() -> None:
    rng = np.random.default_rng(0)
    made = document(certify(rng.standard_normal((8, 30)), pairs=5))
    assert len(made["pairs"]["pairs"]) == 5
    assert "Closest pairs of atoms: 5" in text(made)
    assert "The 5 closest pairs of atoms" in certificate_page(made)


def test_pairs_of_filters_are_refused() -> None:
    with pytest.raises(InputError, match="--pairs is 3; expected a dictionary that is a matrix"):
        certify(np.ones((2, 3)), filters=True, length=[8], pairs=3)
