"""What prune says of the atoms that are left is true of those that a user makes of it."""

from __future__ import annotations

import numpy as np
import pytest

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.price import Used
from sparsebound.checks.certify.prune import Pruned, _Remaining, prune
from sparsebound.theory.arithmetic import Ball, Exact, FloatArray, precision
from sparsebound.theory.constructions.hadamard import hadamard
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities import babel, coherence


def equiangular(atoms: int, product: float) -> FloatArray:
    """Rows of which all pairs have one inner product, up to rounding."""
    return np.asarray(np.linalg.cholesky((1 - product) * np.eye(atoms) + product))


def unit(row: FloatArray) -> FloatArray:
    row = np.ldexp(row, -int(np.frexp(np.abs(row).max())[1]))
    return np.asarray(row / np.sqrt((row * row).sum()))


def followed(rows: FloatArray, found: Pruned) -> list[FloatArray]:
    """The atoms after each step, made in float64 from those before."""
    names, made, rows = list(range(len(rows))), [], rows.copy()
    for step in found.steps:
        i, j = names.index(step.atom), names.index(step.partner)
        if step.action == "merge":
            a, b = unit(rows[i]), unit(rows[j])
            rows[j] = unit(b + np.sign(a @ b) * a)
        rows = np.delete(rows, i, axis=0)
        del names[i]
        made.append(rows.copy())
    return made


def assert_true(rows: FloatArray, found: Pruned) -> None:
    """Each coherence lies within its error, and the rate is below 1 at each sparsity."""
    for left, step in zip(followed(rows, found), found.steps, strict=True):
        with precision(300):
            D = Dictionary(left.T).exact()
            mu = Exact.of(coherence(D))
            s = step.sparsity
            rate = Exact.of(babel(D, s - 1) + babel(D, s))
            assert int((Exact.of(step.coherence.value) - mu).sign) != -1
            least = step.coherence.value - step.coherence.error - 2.0**-52
            assert int((mu - least).sign) != -1
            assert s == 0 or int((1 - rate).sign) == 1


def test_one_more_than_64_nonzeros() -> None:
    """The rate at s is (2s - 1)/128.5, below 1 up to 64: no atom that goes changes that."""
    rows = equiangular(100, 1 / 128.5)
    found = prune(Atoms(rows, "rows", ""))
    assert (found.before, found.after, found.reached) == (64, 65, False)
    assert {step.sparsity for step in found.steps} == {64}


def test_sparsity_beyond_64_is_counted() -> None:
    """Up to 75 of 120 equiangular atoms; and one that is in the way of the 76th."""
    rows = equiangular(120, 1 / 150.5)
    found = prune(Atoms(rows, "rows", ""))
    assert (found.before, found.reached) == (75, False)
    gram = np.eye(121) * (1 - 1 / 152.5) + 1 / 152.5
    gram[120, :120] = gram[:120, 120] = 1 / 150.5
    spoiled = np.linalg.cholesky(gram)
    found = prune(Atoms(spoiled, "rows", ""))
    assert (found.before, found.after, found.reached) == (75, 76, True)
    assert [step.atom for step in found.steps] == [120]


def test_where_all_atoms_may_be_used_there_is_nothing_to_reach() -> None:
    found = prune(Atoms(np.eye(9), "rows", ""))
    assert (found.before, found.reached, found.steps) == (9, False, ())
    assert prune(Atoms(np.ones((2, 3)), "rows", "")).steps == ()


def test_a_rate_that_may_be_1_is_no_guarantee() -> None:
    """Four atoms of product -1/3, which is no float64: ``mu1(1) + mu1(2) = 1``."""
    rows = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) * 1.0
    assert prune(Atoms(rows, "rows", "")).before == 1


@pytest.mark.parametrize("seed", range(12))
def test_it_is_true_of_the_atoms_that_are_left(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(6, 20)), int(rng.integers(4, 16) if seed % 2 else 300)
    rows = rng.standard_normal((n, m))
    for _ in range(int(rng.integers(0, 4))):
        i, j = rng.integers(n, size=2)
        rows[i] = rows[j] + rng.choice([1e-9, 1e-3, 0.1]) * rng.standard_normal(m)
    rows = np.ldexp(rows, rng.choice([-600, 0, 600], (n, 1)) if seed % 3 == 0 else 0)
    found = prune(Atoms(rows, "rows", ""))
    assert found.steps
    assert_true(rows, found)


@pytest.mark.parametrize("seed", range(8))
def test_it_is_true_of_merged_atoms_of_exact_products(seed: int) -> None:
    """Products of the atoms before are rational, so that only merging is rounded."""
    rng = np.random.default_rng(seed)
    H = hadamard(16)[:, :10].T
    twin = H[0] * np.where(np.arange(16) < 2, -1, 1)
    rows = np.concatenate([H, twin[None]])[:, rng.permutation(16)] * rng.choice([-1, 1], (11, 1))
    found = prune(Atoms(rows.astype(float), "rows", ""))
    assert_true(rows.astype(float), found)


def test_merged_products_are_those_of_the_normalised_sum() -> None:
    """The enclosures after a merge, against exact arithmetic, for each pair and each sign."""
    rng = np.random.default_rng(0)
    for trial in range(60):
        rows = rng.standard_normal((5, 4))
        if trial % 2:
            rows = rng.integers(-3, 4, (5, 4)).astype(float)
        rows[~rows.any(axis=1), 0] = 1
        atoms = Atoms(rows, "rows", "")
        gram = Ball.of(atoms.dictionary.gram)
        now = _Remaining(gram, atoms.unit(slice(None)), np.arange(5), 2)
        for i, j in ((0, 1), (3, 2)):
            after = now.merged(i, j)
            if after is None:
                continue
            made = rows.copy()
            a, b = unit(rows[i]), unit(rows[j])
            made[j] = unit(b + np.sign(a @ b) * a)
            with precision(300):
                exact = Exact.of(Dictionary(np.delete(made, i, axis=0).T).exact().gram)
                assert ((exact - after.gram.lower).sign != -1).all()
                assert ((Exact.of(after.gram.upper) - exact).sign != -1).all()
            assert after.gram.rad.max() <= 1e-14


def test_huge_and_tiny_atoms_have_costs_and_promises() -> None:
    rng = np.random.default_rng(1)
    rows, X = rng.standard_normal((12, 8)), np.zeros((2, 12))
    X[0, [1, 3]], X[1, [0, 7]] = 1, -1
    plain = prune(Atoms(rows, "rows", ""), X)
    powers = np.where(np.arange(12) % 2, -700, 300)
    moved = prune(Atoms(np.ldexp(rows, powers[:, None]), "rows", ""), np.ldexp(X, -powers))
    assert moved == plain


def test_the_certificate_and_its_advice_agree() -> None:
    rows = equiangular(70, 1 / 99.5)
    found = certify(rows, atoms="rows", prune=True)
    assert found.prune is not None
    largest = {(g.property, g.version): g.largest for g in found.guarantees}
    assert largest["basis pursuit", "babel"] == found.prune.before == 50


@pytest.mark.parametrize("scale", [1e-310, 1e-200, 1e200, 1e300])
def test_the_cost_does_not_depend_on_the_scale_of_codes_or_atoms(scale: float) -> None:
    rng = np.random.default_rng(4)
    rows = rng.standard_normal((8, 4))
    codes = rng.integers(1, 4, (5, 8)) * (rng.random((5, 8)) < 0.4)
    powers = rng.integers(-900, 900, (8, 1))
    plain = prune(Atoms(rows, "rows", ""), codes.astype(float))
    larger = prune(Atoms(rows, "rows", ""), codes * scale)
    moved = prune(Atoms(np.ldexp(rows, powers), "rows", ""), np.ldexp(1.0 * codes, -powers[:, 0]))
    costs, others, scaled = (
        np.array([step.cost for step in found.steps], dtype=float)
        for found in (plain, larger, moved)
    )
    assert costs.max() > 0.1
    assert np.allclose(costs, others)
    assert np.allclose(costs, scaled)


@pytest.mark.parametrize("seed", range(10))
def test_what_removing_costs_is_between_its_bounds(seed: int) -> None:
    """Of codes whose atoms are removed, as far as only removing was done."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((10, 6 if seed % 2 else 40))
    rows[1] = rows[0] + 0.2 * rng.standard_normal(rows.shape[1])
    codes = rng.integers(-3, 4, (6, 10)) * (rng.random((6, 10)) < 0.3) * 1.0
    codes[:, 0] = rng.integers(0, 2, 6)
    signals = codes @ rows
    if seed % 3 == 0:
        powers = rng.integers(-900, 900, (10, 1))
        rows, codes = np.ldexp(rows, powers), np.ldexp(codes, -powers[:, 0])
    used, units = Used(Atoms(rows, "rows", ""), codes), np.array([unit(row) for row in rows])
    for gone in (np.array([0]), np.array([0, 1]), np.array([0, 3, 5])):
        price = used.without(gone)
        left, missed = np.setdiff1d(np.arange(10), gone), 0.0
        for code, signal in zip(codes, signals, strict=True):
            kept = units[left[code[left] != 0]]
            fitted = np.linalg.lstsq(kept.T, signal, rcond=None)[0] @ kept
            missed += float(((signal - fitted) ** 2).sum())
        truth = np.sqrt(missed / (signals**2).sum())
        assert price.least.value <= truth * (1 + 1e-9)
        assert truth <= price.most.value * (1 + 1e-9)
        assert price.most.value <= 3
    assert seed % 2 or used.without(np.array([0])).least.value > 0


def test_the_price_of_two_atoms_is_what_it_is() -> None:
    """At -1/2, equal entries: 3/4 of a square of one; ``D x`` has norm 1."""
    rows = np.array([[1.0, 0, 1, 0], [-1, 1, 0, 0]])
    price = Used(Atoms(rows, "rows", ""), np.ones((1, 2))).without(np.array([1]))
    assert price.least.value == pytest.approx(np.sqrt(3 / 4), abs=1e-12)
    assert price.most.value == pytest.approx(1, abs=1e-12)
    nothing = Used(Atoms(rows, "rows", ""), np.zeros((2, 2))).without(np.array([0]))
    assert (nothing.least.value, nothing.most.value) == (0, 0)


def test_merging_never_makes_the_coherence_larger_than_its_limit() -> None:
    rng = np.random.default_rng(0)
    merged = 0
    for _ in range(40):
        rows = rng.standard_normal((8, 5))
        rows[1] = rows[0] + 0.05 * rng.standard_normal(5)
        for step in prune(Atoms(rows, "rows", "")).steps or ():
            assert (step.limit is not None) == (step.action == "merge")
            if step.limit is not None:
                merged += 1
                assert step.coherence.value <= step.limit.value
                assert step.limit.theorem == "selection.merge"
    assert merged
    three = np.array([[2.0, 1, 1], [1, 2, 1], [1, 1, 2]])  # all products 5/6, and merged: attained
    gram = Ball.of(Dictionary(three.T).gram)
    now = _Remaining(gram, Atoms(three, "rows", "").unit(slice(None)), np.arange(3), 2)
    after = now.merged(0, 1)
    assert after is not None
    assert float(after.sums[1].upper) <= now.limit(0, 1).value
    assert now.limit(0, 1).value == pytest.approx(np.sqrt(12 / 11) * 5 / 6)


def test_prices_end_where_atoms_are_merged() -> None:
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((30, 8))
    rows[1] = rows[0] + 0.01 * rng.standard_normal(8)
    codes = (rng.random((9, 30)) < 0.2) * 1.0
    steps = prune(Atoms(rows, "rows", ""), codes).steps or ()
    merges = [number for number, step in enumerate(steps) if step.action == "merge"]
    first = merges[0] if merges else len(steps)
    assert all((step.price is not None) == (k < first) for k, step in enumerate(steps))
    for step in steps[:first]:
        assert step.price is not None
        assert step.cost is not None
        assert step.price.least.value <= step.cost * (1 + 1e-9) + 1e-12
        assert step.cost <= step.price.most.value * (1 + 1e-9)
