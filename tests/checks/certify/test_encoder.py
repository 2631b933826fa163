"""Encoders of sparse autoencoders, against all supports and extreme entries, and float64."""

from __future__ import annotations

from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.autoencoder import Autoencoder
from sparsebound.checks.certify.encoder import certify_encoder
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.settings import Settings
from sparsebound.reports.certificate import document, text
from sparsebound.reports.html.certificate import certificate_page

ROOT = Path(__file__).parents[3]


def encoder(W: np.ndarray, D: np.ndarray, theta: np.ndarray, **more: object) -> Autoencoder:
    zero = np.zeros(W.shape[1])
    parts = {"encoder_bias": np.zeros(len(W)), "input_bias": zero, "decoder_bias": zero} | more
    architecture = parts.pop("architecture", "jumprelu")
    k = parts.pop("k", None)
    return Autoencoder(architecture, W, thresholds=theta, k=k, layout="", **parts)  # type: ignore[arg-type]


def extreme(n: int, s: int, least: float, most: float) -> np.ndarray:
    """All codes of at most s nonzeros whose entries are the least or the largest."""
    found = [np.zeros(n)]
    for size in range(1, s + 1):
        for support in combinations(range(n), size):
            for values in product((least, most), repeat=size):
                x = np.zeros(n)
                x[list(support)] = values
                found.append(x)
    return np.array(found)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("s", [1, 2])
def test_the_entries_for_which_thresholds_are_right_are_found_exactly(seed: int, s: int) -> None:
    rng = np.random.default_rng(seed)
    n = 5
    D = np.eye(n) + 0.08 * rng.standard_normal((n, n))
    theta = np.full(n, 0.4) + 0.05 * rng.random(n)
    bias = 0.02 * rng.standard_normal(n)
    asked = encoder(D.copy(), D, theta, encoder_bias=bias)
    found = certify_encoder(Atoms(D, "rows", ""), asked, None, Settings(None, 1.0, 0.0, 1e-3))
    at = next(one for one in found.at if one.sparsity == s)

    def right(least: float, most: float) -> bool:
        X = extreme(n, s, least, most)
        return bool((((X @ D) @ D.T + bias > theta) == (X > 0)).all())

    if at.largest is None or at.smallest is None:
        assert not right(1.0, 1.0)
        return
    assert right(at.smallest, at.largest)
    if at.largest < 1.0:
        assert not right(at.largest * 1.001, at.largest * 1.001)
    assert not right(at.smallest * 0.999, at.largest)
    products = D @ D.T
    beside = np.sort(np.where(np.eye(n, dtype=bool), 0, products), axis=1)
    positive = np.maximum(beside[:, ::-1][:, :s], 0).sum(axis=1)
    negative = np.maximum(-beside[:, : s - 1], 0).sum(axis=1)
    expected = ((positive + negative) / np.diagonal(products)).max()
    assert at.ratio == pytest.approx(expected, rel=1e-9)
    assert at.ratio >= expected


@pytest.mark.parametrize("architecture", ["standard", "jumprelu", "topk", "gated"])
def test_what_comes_back_from_each_code_is_what_float64_says(architecture: str) -> None:
    rng = np.random.default_rng(0)
    n, m, k = 24, 48, 3
    D = rng.standard_normal((n, m))
    D /= np.linalg.norm(D, axis=1, keepdims=True)
    offset, bias = 0.1 * rng.standard_normal(m), 0.05 * rng.standard_normal(n) - 0.2
    theta = np.full(n, 0.2) if architecture == "jumprelu" else None
    asked = Autoencoder(architecture, D, bias, 0 * offset, offset, theta, k, "")
    X = np.zeros((200, n))
    for x in X:
        x[rng.choice(n, k, replace=False)] = rng.uniform(0.2, 2, k)
    X[0, 0] = -1  # not asked about
    found = certify_encoder(Atoms(D, "rows", ""), asked, X, Settings(None, 1.0, 0.0, 1e-3)).codes
    assert found is not None
    v = (X @ D + offset) @ D.T + bias
    if architecture == "topk":
        lowest = np.partition(v, -k, axis=1)[:, -k, None]
        active = (v >= lowest) & (v > 0)
    else:
        active = v > (0.2 if architecture == "jumprelu" else 0)
    right = (active == (X > 0)).all(axis=1)
    assert found.asked == 199
    assert found.undecided == 0
    assert (found.each[1:] == np.where(right, 1, -1)[1:]).all()
    assert 0 < found.right < 199 or architecture == "standard"


def apart(M: np.ndarray, unit: int, s: int) -> float:
    """How far apart two codes may be that a unit sees as one, by linear programs over supports."""
    n, most = len(M), 0.0
    supports = [c for size in range(s + 1) for c in combinations(range(n), size)]
    for first, second in product(supports, repeat=2):
        bounds = [(0, 1 if j in first else 0) for j in range(n)]
        bounds += [(0, 1 if j in second else 0) for j in range(n)]
        cost = np.zeros(2 * n)
        cost[unit], cost[n + unit] = -1, 1
        seen = np.concatenate([M[unit], -M[unit]])[None]
        most = max(most, -linprog(cost, A_eq=seen, b_eq=[0], bounds=bounds).fun)
    return most


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("s", [1, 2])
def test_what_any_answer_of_the_units_leaves_is_found_exactly(seed: int, s: int) -> None:
    rng = np.random.default_rng(seed)
    n = 4
    D = np.eye(n, n + 1) + 0.4 * rng.standard_normal((n, n + 1))
    W = D + 0.1 * rng.standard_normal(D.shape)
    found = certify_encoder(
        Atoms(D, "rows", ""), encoder(W, D, np.zeros(n)), None, Settings(None, 1.0, 0.0, 1e-3)
    )
    at = next(one for one in found.at if one.sparsity == s)
    M = W @ D.T
    expected = max(apart(M, unit, s) for unit in range(n)) / 2
    assert at.gap is not None
    assert at.gap <= expected + 1e-9
    assert at.gap == pytest.approx(expected, rel=1e-6)
    assert at.alike is not None
    first, second = np.zeros(n), np.zeros(n)
    for code, entries in zip((first, second), at.alike, strict=True):
        code[[atom for atom, _ in entries]] = [value for _, value in entries]
        assert np.count_nonzero(code) <= s
    assert (M @ (first - second))[at.gap_unit] == pytest.approx(0, abs=1e-12)
    assert (first - second)[at.gap_unit] / 2 == pytest.approx(at.gap)


def test_more_atoms_than_rows_leave_a_gap_for_any_weights() -> None:
    rng = np.random.default_rng(0)
    D = rng.standard_normal((12, 3))
    D /= np.linalg.norm(D, axis=1, keepdims=True)
    found = certify_encoder(
        Atoms(D, "rows", ""), encoder(D.copy(), D, np.zeros(12)), None, Settings(None, 1, 0, 1e-3)
    )
    at = next(one for one in found.at if one.sparsity == 2)
    assert at.gap_of_any_weights == pytest.approx(np.sqrt(9 / (3 * 11)) / 2)
    assert at.gap is not None
    assert at.gap >= at.gap_of_any_weights


def test_units_that_are_compared_in_batches_are_not_decided_code_by_code() -> None:
    asked = Autoencoder("batchtopk", np.eye(2), *([np.zeros(2)] * 3), None, 1, "")
    found = certify_encoder(Atoms(np.eye(2), "rows", ""), asked, np.eye(2), Settings(None, 1, 0, 1))
    assert found.codes is not None
    assert found.codes.asked == 0
    assert found.reason is not None


def test_the_autoencoder_that_ships_has_only_codes_that_are_alone_with_their_sum() -> None:
    folder = ROOT / "examples" / "small_sae"
    found = certify(str(folder), codes=str(folder / "codes.npz"))
    assert found.codes is not None
    shares = {one.theorem: one for one in found.codes.properties}
    assert shares["uniqueness.nonnegative_witness"].certified == found.codes.count == 1797
    assert found.encoder is not None
    assert found.encoder.architecture == "topk"
    made = document(found)
    said = text(made)
    assert "Your encoder: topk, k = 6  [network.encoder_step]" in said
    assert "of 1797 nonnegative codes" in said
    assert "Your encoder: topk, k = 6" in certificate_page(made)
