"""Which atoms to keep: true of them, of those that are left out, and at any size."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
import pytest

from sparsebound.checks.certify import front as module
from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.front import MEGABYTE, Near, at_least, by_welch, front
from sparsebound.checks.certify.prune import LARGEST_PRUNED, prune
from sparsebound.checks.commands.real_dictionary import digits
from sparsebound.reports.certificate import document, text
from sparsebound.theory.arithmetic import UNKNOWN, Exact, FloatArray, IntArray, Mask
from sparsebound.theory.constructions.hadamard import hadamard
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities import coherence
from sparsebound.theory.quantities.selection import squared_products


def exactly(rows: FloatArray, bound: Fraction) -> Mask:
    """Which products are as large as a bound, in rationals."""
    below = squared_products(Dictionary(rows.T).exact()).compared(bound**2) == -1
    return np.asarray(~below & ~np.eye(len(rows), dtype=bool))


def drawn(seed: int) -> FloatArray:
    """Rows with products that are equal, at the thresholds, or nearly: in turns."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 40)), int(rng.integers(1, 12))
    rows = rng.standard_normal((n, m)) if seed % 2 else rng.integers(-2, 3, (n, m)) * 1.0
    if seed % 3 == 0:
        rows[n // 2 :] = rows[: n - n // 2] + 1e-9 * rng.standard_normal((n - n // 2, m))
    rows[~rows.any(axis=1), 0] = 1
    return np.ldexp(rows, rng.choice([-600, 0, 600], (n, 1)) if seed % 5 == 0 else 0)


@pytest.mark.parametrize("seed", range(20))
def test_the_graph_is_that_of_exact_arithmetic(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Products at the thresholds, and equal ones, included."""
    rows = drawn(seed)
    bounds = [Fraction(1, 3), Fraction(1, 2), Fraction(1, 5), Fraction(3, 4)]
    monkeypatch.setattr(module, "TILE", 8)
    found = Near.of(Atoms(rows, "rows", ""), bounds)
    for bound, near in zip(bounds, found, strict=True):
        pairs = near.graph.neighbours(slice(None))
        assert (pairs == pairs.T).all()
        assert not pairs.diagonal().any()
        assert near.doubtful == []
        assert (pairs == exactly(rows, bound)).all()


@pytest.mark.parametrize("seed", range(20))
def test_kept_atoms_carry_the_guarantee_and_no_more_than_that_can(seed: int) -> None:
    rows = drawn(seed)
    found = front(Atoms(rows, "rows", ""), 1 + seed % 2)
    for row, after in pairwise(found):
        assert row.promised >= after.promised
        assert row.most >= after.most
        assert len(row.atoms) >= len(after.atoms)
    for row in found:
        pairs = exactly(rows, Fraction(1, 2 * row.sparsity - 1))
        assert not pairs[np.ix_(row.atoms, row.atoms)].any()
        assert row.promised <= len(row.atoms) <= row.most <= len(rows)
        assert len(row.atoms) >= row.sparsity
        if len(rows) <= 14:
            larger = combinations(range(len(rows)), row.most + 1)
            assert all(pairs[np.ix_(chosen, chosen)].any() for chosen in larger)


def test_the_digits_carry_two_nonzeros_where_no_step_reaches_them() -> None:
    found = prune(Atoms(digits().D.data.T, "columns", ""))
    assert not found.reached
    (two, three) = found.front
    assert (two.promised, len(two.atoms), two.most) == (2, 5, 8)
    assert (three.promised, len(three.atoms), three.most) == (2, 3, 5)
    left = certify(digits().D.data[:, two.atoms], atoms="columns", prune=True)
    assert {g.version: g.largest for g in left.guarantees}["coherence"] >= 2


def test_it_begins_where_not_all_atoms_can_be_kept() -> None:
    assert prune(Atoms(np.eye(5), "rows", "")).front == ()
    twice = np.vstack([np.eye(4), np.eye(4)[:1] * 2])
    (one, *_) = prune(Atoms(twice, "rows", "")).front
    assert (one.sparsity, one.promised, one.atoms, one.most) == (1, 4, (0, 1, 2, 3), 4)
    H = hadamard(16).T[:, :15]  # products -1/15: with eight nonzeros, the rate is 1
    assert {s: guaranteed(H, s) for s in (7, 8)} == {7: True, 8: False}
    assert prune(Atoms(H, "rows", "")).front == ()  # one atom is kept, and eight are needed
    pair = np.vstack([np.eye(4), [[3, 4, 0, 0]]])
    (two, *_) = prune(Atoms(pair, "rows", "")).front
    assert (two.sparsity, two.atoms, two.most, two.because) == (2, (0, 1, 2, 3), 4, "groups")


def guaranteed(rows: FloatArray, s: int) -> bool:
    """Whether ``(2s - 1) mu < 1``."""
    mu = Exact.of(coherence(Dictionary(rows.T).exact()))
    return int((1 - (2 * s - 1) * mu).sign) == 1


def test_pairs_in_doubt_count_against_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of product 1/3, as rationals say, and nothing else does."""
    atoms = Atoms(hadamard(4).T[:, 1:], "rows", "")
    bound = Fraction(1, 3)
    (near,) = Near.of(atoms, [bound])
    assert near.graph.degrees().tolist() == [3] * 4
    assert near.doubtful == []
    monkeypatch.setattr(module._Pass, "_exact_signs", unknown)
    (near,) = Near.of(atoms, [bound])
    assert near.graph.degrees().tolist() == [3] * 4
    assert near.doubtful is not None
    assert len(near.doubtful) == 6
    assert near.graph.without(near.doubtful).degrees().tolist() == [0] * 4
    monkeypatch.setattr(module._Pass, "_decide", never)
    (near,) = Near.of(atoms, [bound])
    assert near.doubtful is None


def unknown(run: module._Pass, i: IntArray, j: IntArray, bound: Fraction) -> IntArray:
    """Rationals are not asked."""
    return np.full(len(i), UNKNOWN)


def never(run: module._Pass, k: int, *given: object) -> None:
    """Too many pairs are within the error."""
    run.many[k] = True


def test_memory_is_asked_for_and_fewer_rows_take_less() -> None:
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((2048, 8)).astype(np.float32)
    atoms, least = Atoms(rows, "rows", ""), module._needed(2048, 1)
    with pytest.raises(InputError, match=r"--memory is .* MB.; expected at least"):
        front(atoms, 1, memory=least - MEGABYTE)
    one = front(atoms, 1, memory=least)
    assert front(atoms, 1)[:1] == one
    assert len(one) == 1


def test_many_atoms_have_no_steps_and_a_front() -> None:
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((LARGEST_PRUNED + 8, 24))
    found = certify(rows, atoms="rows", prune=True)
    assert found.prune is not None
    assert found.prune.steps is None
    kept = found.prune.front[0]
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    chosen = unit[list(kept.atoms)]
    products = np.abs(chosen @ chosen.T) - np.eye(len(chosen))
    assert products.max() < 1 / (2 * kept.sparsity - 1)
    shown = text(document(found))
    assert f"{kept.promised:,}" in shown
    assert "Steps are not taken one by one" in shown
    assert "selection.front" in shown


def test_rounded_sums_and_bounds() -> None:
    assert at_least(np.full(7, 6)) == 1
    assert at_least(np.array([2, 2, 2, 0])) == 2
    assert at_least(np.arange(1, 4)) == 2  # 13/12
    for m, n in ((3, 9), (8, 40)):
        for bound in (Fraction(1, 5), Fraction(1, 3), Fraction(2, 5), Fraction(9, 10)):
            p = by_welch(m, n, bound)
            assert p == n or Fraction(p + 1 - m, m * p) >= bound**2
    assert [by_welch(m, 5, Fraction(1)) for m in (1, 2, 5, 6)] == [1, 5, 5, 5]  # on a line, one
