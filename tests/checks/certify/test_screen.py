"""Blocks in float32 with a second look, against exact arithmetic: the truth lies within."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.certify import blocked
from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.blocked import MEGABYTE, Screen, error_of_products, profile_of
from sparsebound.checks.certify.products import Numpy
from sparsebound.theory.arithmetic import Exact, FloatArray, precision
from sparsebound.theory.guarantees.profile import Profile

Small = Callable[..., None]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Small:
    """Blocks of a few atoms, few sums, and as many rows looked at again as is said."""

    def change(block: int = 4, longest: int = 5, again: int = 64) -> None:
        for name, value in (
            ("DIRECT", 1),
            ("BLOCK", block),
            ("LONGEST", longest),
            ("AGAIN", again),
        ):
            monkeypatch.setattr(blocked, name, value)

    return change


def sizes_of(rows: np.ndarray) -> Exact:
    """Sizes of the inner products of the normalised atoms, without the diagonal."""
    D, n = Exact.of(rows.astype(np.float64)), len(rows)
    gram = D @ D.swapaxes(0, 1)
    squares = gram[np.arange(n), np.arange(n)]
    scale = squares.reshape(n, 1) * squares.reshape(1, n)
    return (gram * gram / scale).sqrt().where(~np.eye(n, dtype=bool), 0)


def contains(found: Profile, rows: np.ndarray) -> bool:
    """Whether the Babel function lies within its enclosures, and is what is exact about them."""
    with precision(300):
        sums = sizes_of(rows).largest_sums().max(0)[: len(found.babel)]
        below = (sums - found.babel.lower).sign
        above = (Exact.of(found.babel.upper) - sums).sign
    rounding = 2.0**-50 * (rows.shape[1] + 4) * np.arange(1, len(found.babel) + 1)
    tight = found.babel.rad <= rounding
    return bool(((below != -1) & (above != -1) & (~found.exact | tight)).all())


def drawn(rng: np.random.Generator) -> np.ndarray:
    """Atoms of mixed norms, with duplicates, ties, zeros and products far apart."""
    n, m = int(rng.integers(2, 22)), int(rng.integers(1, 7))
    if rng.random() < 0.3:
        rows = rng.integers(-2, 3, (n, m)).astype(float)
    else:
        rows = rng.standard_normal((n, m)) * (rng.random((n, m)) < rng.choice([0.5, 1]))
    for _ in range(int(rng.integers(0, 4))):
        i, j = rng.integers(n, size=2)
        rows[i] = rows[j] * rng.choice([-1, 1]) * (1 + rng.choice([0, 1e-7, 1e-3]))
    rows[~rows.any(axis=1), 0] = 1
    single = rng.random() < 0.5
    if rng.random() < 0.7:
        reach = 100 if single else 900
        rows = np.ldexp(rows, rng.integers(-reach, reach + 1, (n, 1)))
    rows = rows.astype(np.float32) if single else rows
    rows[~rows.any(axis=1), 0] = 1
    return rows


@pytest.mark.parametrize("again", [64, 0])
@pytest.mark.parametrize("seed", range(60))
def test_the_truth_lies_within(small: Small, seed: int, again: int) -> None:
    small(again=again)
    rows = drawn(np.random.default_rng(seed))
    assert contains(profile_of(Atoms(rows, "rows", ""), kind="numpy"), rows)


def test_norms_of_integers_are_rounded(small: Small) -> None:
    """Products of integers are exact, so that only the norms and the quotient make an error."""
    small()
    rng = np.random.default_rng(0)
    for _ in range(150):
        rows = rng.integers(-40, 41, (3, 3)).astype(float)
        rows[~rows.any(axis=1), 0] = 1
        assert contains(profile_of(Atoms(rows, "rows", ""), kind="numpy"), rows)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_tiny_atom_among_many(dtype: Any) -> None:
    """Its squares underflow; in R^2 it is at 45 degrees of the first two atoms."""
    rows = np.zeros((1100, 1100), dtype=dtype)
    np.fill_diagonal(rows, 1)
    size = 1.6e-162 if dtype == np.float64 else 1e-44
    rows[2] = 0
    rows[2, :2] = size
    found = profile_of(Atoms(rows, "rows", ""), kind="numpy")
    assert abs(float(found.coherence.mid) - 0.5**0.5) <= float(found.coherence.rad) <= 1e-12
    assert found.exact[1]
    assert found.pair in ((0, 2), (1, 2))


class Sequential(Numpy):
    """Sums products from the first to the last: of all orders the worst, as a rule."""

    @staticmethod
    def _sizes(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.abs(np.cumsum(a[:, None, :] * b, axis=-1, dtype=np.float32)[..., -1])

    def within(self, block: np.ndarray, count: int) -> np.ndarray:
        sizes = self._sizes(block, block)
        np.fill_diagonal(sizes, 0)
        return -np.sort(-sizes, axis=1)[:, :count]

    def above(
        self, a: np.ndarray, b: np.ndarray, floor_a: np.ndarray, floor_b: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        sizes = self._sizes(a, b)
        rows, columns = np.nonzero((sizes > floor_b) | (sizes > floor_a[:, None]))
        return rows, columns, sizes[rows, columns]


def level(m: int, products: FloatArray) -> FloatArray:
    """Pairs of atoms that have all entries but one of their own alike, and given products."""
    rows = np.zeros((2 * len(products), m + 2 * len(products)))
    for k, product in enumerate(products):
        pair = slice(2 * k, 2 * k + 2)
        signs = np.where(np.arange(m) // 2 % len(products) == k, -1.0, 1.0)  # else all are near
        rows[pair, :m] = np.sqrt(product / m) * signs
        rows[2 * k, m + 2 * k] = rows[2 * k + 1, m + 2 * k + 1] = np.sqrt(1 - product)
    return rows


def screen(rows: np.ndarray, backend: Numpy) -> Screen:
    return Screen(Atoms(rows, "rows", ""), 1024 * MEGABYTE, backend, None)


def test_rounding_errors_that_all_have_one_sign_are_within_the_bound() -> None:
    """Positive terms of one size: each addition is rounded like the one before."""
    worst = 0.0
    for m in (64, 2048):
        rows = level(m, np.linspace(0.5, 0.9, 10))
        made = screen(rows, Sequential())
        unit = made._unit(0)
        exact = sizes_of(rows).mid
        for block in (unit, made.backend.put(unit)):
            error = np.abs(Sequential._sizes(block, block) - exact)
            np.fill_diagonal(error, 0)
            assert error.max() <= error_of_products(rows.shape[1])
            worst = max(worst, float(error.max()))
    assert worst > 40 * 2.0**-24  # a bound that forgets the length of the sum is not one


@pytest.mark.parametrize("backend", [Numpy(), Sequential()], ids=["numpy", "sequential"])
def test_atoms_whose_order_float32_cannot_tell(small: Small, backend: Numpy) -> None:
    """The largest products differ by less than their errors; one row alone is looked at again."""
    for again in (64, 0):
        small(again=again)
        for m in (8, 512):
            rows = level(m, np.linspace(0.8, 0.8 + 1e-7, 12))
            assert contains(screen(rows, backend).profile(), rows)


def test_entries_that_float32_rounds_down(small: Small) -> None:
    """The pair of the largest product looks like the second: its entries lose half a unit each."""
    small(again=0)
    rows = np.zeros((4, 24))
    rows[:2, :12] = 0.25 * (1 + 0.49 * 2.0**-23)  # looks like 0.25
    rows[2:, 12:24] = np.where(np.arange(12) < 5, 0.25 * (1 + 2.0**-23), 0.25)
    rows[:2, 12:14] = np.sqrt(1 - (rows[0] ** 2).sum()) * np.eye(2)
    rows[2:, :2] = np.sqrt(1 - (rows[2] ** 2).sum()) * np.eye(2)
    for order in ([0, 1, 2, 3], [2, 3, 0, 1]):
        assert contains(profile_of(Atoms(rows[order], "rows", ""), kind="numpy"), rows[order])


@pytest.mark.parametrize("seed", range(20))
def test_the_largest_products_of_each_atom_are_kept(small: Small, seed: int) -> None:
    """Whatever is dropped is no larger than what is kept, ties among them; in any order."""
    rng = np.random.default_rng(seed)
    small(block=8, longest=int(rng.integers(1, 7)))
    rows = drawn(rng) if seed % 2 else rng.standard_normal((21, 6))
    made = screen(rows, Numpy())
    made.profile()
    sizes = -np.sort(-sizes_of(rows).mid, axis=1)[:, : made.count]
    kept = -np.sort(-made.top.astype(float), axis=1)
    assert (np.abs(kept - sizes) <= made.error).all()


def test_an_atom_of_one_block_with_its_neighbours_in_another(small: Small) -> None:
    """Neighbours that have nearer ones of their own: only the floor of the row lets them in."""
    small(block=6, longest=5, again=0)
    gram = np.eye(12)
    gram[:6, :6] += 0.9 * (1 - np.eye(6))  # near each other
    gram[6:, 6:] += 0.1 * (1 - np.eye(6))
    gram[:6, 6] = gram[6, :6] = 0.6
    for order in (np.arange(12), np.arange(12)[::-1]):
        rows = np.linalg.cholesky(gram[np.ix_(order, order)])
        made = screen(rows, Numpy())
        made.profile()
        at = int(np.flatnonzero(order == 6)[0])
        assert np.abs(made.top[at] - 0.6).max() <= made.error


@pytest.mark.parametrize(("row", "column"), [(0, 0), (0.5, 0.2), (0.2, 0.5), (0.5, 0.5)])
def test_what_exceeds_the_floor_of_its_row_or_of_its_column_is_found(
    row: float, column: float
) -> None:
    a, b = np.eye(3, dtype=np.float32), np.array([[0.6, 0, 0.3], [-0.5, 0.3, 0]], dtype=np.float32)
    ends = np.full(3, row, dtype=np.float32), np.full(2, column, dtype=np.float32)
    rows, columns, values = Numpy().above(a, b, *ends)
    found = dict(zip(zip(rows.tolist(), columns.tolist(), strict=True), values, strict=True))
    sizes = np.abs(a @ b.T)
    expected = {(i, j): sizes[i, j] for i, j in np.ndindex(3, 2) if sizes[i, j] > min(row, column)}
    assert found == expected


def test_orthogonal_atoms_are_no_pair_of_one_atom(small: Small) -> None:
    small()
    found = profile_of(Atoms(np.eye(9), "rows", ""), kind="numpy")
    assert not found.babel.upper.any()
    assert found.pair is not None
    assert found.pair[0] != found.pair[1]


def test_atoms_longer_than_float32_can_sum_tell_nothing() -> None:
    assert np.isinf(error_of_products(2**24))
    assert 0 < error_of_products(2**23) < 2
