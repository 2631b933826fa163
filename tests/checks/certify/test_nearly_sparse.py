"""Codes that are only nearly sparse: against exact arithmetic, and against other codes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.nearly_sparse import NearlySparse
from sparsebound.checks.commands.main import main
from sparsebound.reports.certificate import document, text
from sparsebound.reports.html.certificate import certificate_page
from sparsebound.theory.constructions.frames import union_of_bases
from sparsebound.theory.constructions.simplex import simplex

FRAME = union_of_bases(16) / np.linalg.norm(union_of_bases(16), axis=0)
"""Its entries and its coherence, 1/4, are exact."""


def found_of(D: Any, X: Any, **options: Any) -> NearlySparse:
    found = certify(D, codes=X, atoms="columns", **options).nearly_sparse
    assert found is not None
    return found


def nearly(rng: np.random.Generator, count: int, n: int) -> np.ndarray:
    """Codes of one large entry or two beside many small ones."""
    X = rng.integers(-3, 4, (count, n)) / 256
    for code, x in enumerate(X):
        large = 1 + code % 2
        x[rng.choice(n, large, replace=False)] = rng.choice([-1, 1]) * rng.integers(1, 5, large)
    return X


def test_the_best_cut_is_that_of_exact_arithmetic() -> None:
    D, X = FRAME, nearly(np.random.default_rng(0), 20, 32)
    found = found_of(D, X)
    mu = Fraction(1, 4)
    for code, x in enumerate(X):
        sizes = sorted((abs(Fraction(value)) for value in x), reverse=True)
        bounds = [2 * sum(sizes[s:]) / (1 - 2 * s * mu / (1 + mu)) for s in range(3)]
        best = min(range(3), key=lambda s: bounds[s])
        assert found.each.kept[code] == best
        assert Fraction(found.each.bound[code]) >= bounds[best]
        assert found.each.bound[code] == pytest.approx(float(bounds[best]), rel=1e-12)
        share = min(bounds[best] / sum(sizes), 2)
        assert share <= Fraction(found.each.share[code]) <= share * (1 + Fraction(1, 10**12))
    assert found.most == 2
    assert set(found.each.kept) == {1, 2}


def test_a_simplex_has_another_code_as_far_away_as_the_bound_says() -> None:
    D = simplex(3)
    x = np.array([-3.0, -1, 0, 0])
    other = x + 1  # all atoms add up to nothing
    assert np.abs(D @ (other - x)).max() < 1e-12
    assert np.abs(other).sum() <= np.abs(x).sum()
    found = found_of(D, x[None])
    unit = np.linalg.norm(D, axis=0)[0]
    distance = unit * np.abs(other - x).sum()
    assert distance <= found.each.bound[0] <= distance * (1 + 1e-9)
    assert found.each.kept[0] == 1


@pytest.mark.parametrize("scale", [1.0, 2.0**-600, 2.0**500])
def test_basis_pursuit_returns_a_code_within_the_bound(scale: float) -> None:
    rng = np.random.default_rng(1)
    D, X = FRAME, nearly(rng, 12, 32)
    norms = rng.choice([0.5, 1, 2], 32)
    found = found_of(D * norms, X * scale / norms)
    nearest = []
    for code, x in enumerate(X):
        both = linprog(np.ones(64), A_eq=np.hstack([D, -D]), b_eq=D @ x)
        z = both.x[:32] - both.x[32:]
        distance = np.abs(z - x).sum()
        assert distance <= found.each.share[code] * np.abs(x).sum() + 1e-9
        assert distance * scale <= found.each.bound[code] + 1e-9 * scale
        nearest.append(found.each.bound[code] / scale)
    assert min(nearest) < 4  # and it is no idle bound
    assert 6 < found.told <= found.beyond <= 12


def test_codes_that_basis_pursuit_finds_have_no_other_beside_them() -> None:
    D, X = FRAME, np.zeros((3, 32))
    X[0, 3], X[1, [0, 20]], X[2] = 1, (1, -2), 1
    found = found_of(D, X)
    assert (found.count, found.beyond) == (3, 1)
    assert found.each.kept.tolist()[:2] == [1, 2]
    assert found.each.bound.tolist()[:2] == [0, 0]
    assert found.each.share[2] == 2
    assert certify(D, codes=X[:2], atoms="columns").nearly_sparse is None
    assert certify(np.eye(4), codes=np.ones((1, 4)), atoms="rows").nearly_sparse is None


def test_sparse_files_are_cut_as_dense_ones_are() -> None:
    D, X = FRAME, nearly(np.random.default_rng(2), 9, 32)
    one, two = found_of(D, X).each, found_of(D, csr_array(X)).each
    for name in ("kept", "share", "bound"):
        assert (getattr(one, name) == getattr(two, name)).all()


def test_the_certificate_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    D, X = FRAME, nearly(np.random.default_rng(0), 5, 32)
    np.save(tmp_path / "D.npy", D)
    np.save(tmp_path / "X.npy", X)
    files = [str(tmp_path / name) for name in ("D.npy", "X.npy", "out")]
    assert main(["certify", files[0], "--codes", files[1], "--out", files[2]]) == 0
    assert "not certified to be the only code of least l1 norm" in capsys.readouterr().out
    found = found_of(D, X)
    with np.load(tmp_path / "out" / "codes.npz") as arrays:
        assert (arrays["split_kept"] == found.each.kept).all()
        assert (arrays["split_bound"] == found.each.bound).all()
    made = document(certify(D, codes=X, atoms="columns"))
    assert made["nearly_sparse"]["theorem"] == "stability.compressible"
    assert "each" not in made["nearly_sparse"]
    page = certificate_page(made)
    assert 'id="nearly-sparse"' in page
    assert 'id="stability.compressible"' in page
    assert "[stability.compressible]" in text(made)
