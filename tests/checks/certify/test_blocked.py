"""Blocks in float32 with a second look in float64, against the Gram matrix in float64."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from sparsebound.checks.certify import blocked
from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.blocked import MEGABYTE, profile_of
from sparsebound.checks.certify.engine import certify
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.profile import LONGEST, Profile

M, N = 24, 1500


def gaussian(seed: int = 0) -> FloatArray:
    return np.random.default_rng(seed).standard_normal((N, M)) * np.linspace(0.1, 10, N)[:, None]


def near_duplicates() -> FloatArray:
    """Pairs whose products differ by less than float32 can tell."""
    D = gaussian(1)
    D[1] = D[0] + 1e-4 * gaussian(2)[0]
    D[1400] = D[7] + 1.00001e-4 * gaussian(3)[7]
    return D


def crowded() -> FloatArray:
    """A cluster, in which atoms have much larger sums than outside of it."""
    D = gaussian(4)
    D[700:900] = D[700] + 0.3 * D[700:900] / np.linalg.norm(D[700:900], axis=1)[:, None]
    return D


def orthogonal_bases() -> FloatArray:
    """All products alike, so that every atom may attain the maximum."""
    from sparsebound.theory.constructions.hadamard import hadamard

    H = hadamard(1024)
    return np.concatenate([np.eye(1024), H])[:1600]


CASES = {
    "gaussian": gaussian,
    "duplicates": near_duplicates,
    "crowded": crowded,
    "bases": orthogonal_bases,
}


def by_hand(rows: FloatArray) -> tuple[FloatArray, FloatArray]:
    unit = rows / np.linalg.norm(rows, axis=1)[:, None]
    gram = np.abs(unit @ unit.T)
    np.fill_diagonal(gram, 0)
    sums = np.sort(gram, axis=1)[:, ::-1][:, :LONGEST].cumsum(axis=1)
    return gram, sums.max(axis=0)


@pytest.mark.parametrize("kind", ["numpy", "torch"])
@pytest.mark.parametrize("name", CASES)
def test_enclosures_are_tight_and_right(name: str, kind: str) -> None:
    if kind == "torch":
        pytest.importorskip("torch", reason="the extra 'torch' is not installed")
    rows = CASES[name]()
    found = profile_of(Atoms(rows, "rows", ""), kind=kind)
    gram, sums = by_hand(rows)
    k = np.arange(1, LONGEST + 1)
    rounding = 4 * M * np.finfo(float).eps * k
    assert (found.babel.lower[1:] <= sums + rounding).all()
    assert (found.babel.upper[1:] >= sums - rounding).all()
    assert found.pair is not None
    assert gram[found.pair] == pytest.approx(gram.max(), abs=1e-12)
    assert float(found.coherence.upper) - gram.max() <= 1e-12
    assert found.exact[1]


@pytest.mark.parametrize("name", ["gaussian", "crowded"])
def test_the_babel_function_is_as_tight_as_float64(name: str) -> None:
    found = profile_of(Atoms(CASES[name](), "rows", ""), kind="numpy")
    assert found.exact.all()
    assert float(found.babel.rad.max()) <= 1e-10


def test_more_candidates_than_are_looked_at_again_still_give_upper_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocked, "AGAIN", 0)
    rows = crowded()
    found = profile_of(Atoms(rows, "rows", ""), kind="numpy")
    _, sums = by_hand(rows)
    assert (found.babel.upper[1:] >= sums - 1e-12).all()
    assert (found.babel.upper[1:] <= sums + LONGEST * 1e-4).all()
    assert not found.exact.all()


def same(a: Profile, b: Profile) -> bool:
    close = np.abs(a.babel.mid - b.babel.mid) <= a.babel.rad + b.babel.rad
    return bool(close.all()) and a.pair == b.pair


def test_blocks_layout_and_type_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = gaussian().astype(np.float32)
    expected = profile_of(Atoms(rows, "rows", ""), kind="numpy")
    monkeypatch.setattr(blocked, "BLOCK", 128)
    assert same(profile_of(Atoms(rows, "rows", ""), kind="numpy"), expected)
    columns = np.ascontiguousarray(rows.T)
    assert same(profile_of(Atoms(columns.T, "columns", ""), kind="numpy"), expected)
    assert same(profile_of(Atoms(rows.astype(float), "rows", ""), kind="numpy"), expected)


@pytest.mark.parametrize("size", [1e-40, 1e-30, 1e30])
def test_sizes_at_the_ends_of_float32(size: float) -> None:
    rows = gaussian()
    scaled = rows * size if size > 1e-35 else (rows * size).astype(np.float32)
    found = profile_of(Atoms(np.asarray(scaled), "rows", ""), kind="numpy")
    _, sums = by_hand(np.asarray(scaled, dtype=float))
    assert float(found.coherence.upper) == pytest.approx(sums[0], abs=1e-12)


def test_memory_stays_within_its_bound() -> None:
    rows = np.random.default_rng(0).standard_normal((6000, 64)).astype(np.float32)
    budget = 160 * MEGABYTE
    tracemalloc.start()
    try:
        profile_of(Atoms(rows, "rows", ""), memory=budget, kind="numpy")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= budget
    with pytest.raises(InputError, match="--memory is '1 MB'; expected at least"):
        profile_of(Atoms(rows, "rows", ""), memory=MEGABYTE)


def test_progress_reaches_its_end() -> None:
    seen: list[tuple[int, int]] = []
    certify(gaussian(), progress=lambda done, total: seen.append((done, total)))
    done, total = seen[-1]
    assert done == total == len(seen) > 1
