"""Exact numbers: enclosures that overlap, floats that enclose, and what is unknown."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from sparsebound.theory.arithmetic import UNKNOWN, Ball, Exact, precision
from tests.theory.arithmetic.points import MODERATE, Pair, choices, points

PAIRS = st.lists(MODERATE, min_size=1, max_size=5)
PICKS = st.lists(st.integers(0, 3), min_size=5, max_size=5)


def batch(pairs: list[Pair]) -> Exact:
    """An array of enclosures of arbitrary precision; radii are rounded up there."""
    return Exact.of(Ball(*(np.array(column) for column in zip(*pairs, strict=True))))


def contains(number: Exact, value: Fraction) -> bool:
    """Whether an exact value lies in an enclosure of shape ()."""
    entry, exact = number.values[()], fmpq(value.numerator, value.denominator)
    if isinstance(entry, fmpq):
        return bool(entry == exact)
    return not entry.is_finite() or abs(entry.mid().fmpq() - exact) <= entry.rad().fmpq()


def ends(number: Exact) -> tuple[float, float]:
    """Both ends of an enclosure of shape (), to the digits of a float."""
    entry = number.values[()]
    return float(arb(entry).lower()), float(arb(entry).upper())


@pytest.mark.parametrize("order", [1, -1])
def test_overlapping_enclosures(order: int) -> None:
    low, high = Ball(0.0, 2.0), Ball(1.0, 2.0)  # -2 to 2, -1 to 3
    pair = Exact.of(Ball([0.0, 1.0][::order], [2.0, 2.0]))
    assert ends(pair.max())[0] <= -1
    assert 3 <= ends(pair.max())[1] < 3.001
    assert -2.001 < ends(pair.min())[0] <= -2
    assert ends(pair.min())[1] >= 1
    hulls = [Exact.of(low).hull(high), Exact.of(high).hull(low)]
    for hull in hulls:
        assert ends(hull)[0] <= -2
        assert ends(hull)[1] >= 3
        assert ends(hull)[1] - ends(hull)[0] < 5.001


def test_the_larger_number_stays_rational_where_that_is_decided() -> None:
    thirds = Exact.of([Fraction(1, 3), Fraction(2, 3)])
    assert thirds.max().values[()] == fmpq(2, 3)
    assert thirds.min().values[()] == fmpq(1, 3)
    assert thirds[0].hull(Fraction(1, 3)).values[()] == fmpq(1, 3)
    root = Exact.of(2).sqrt()
    assert Exact(np.array([root.values[()], fmpq(3, 2)])).max().values[()] == fmpq(3, 2)


@settings(max_examples=200)
@given(PAIRS, PICKS)
def test_reductions(pairs: list[Pair], picks: list[int]) -> None:
    row = batch(pairs)
    total, largest, smallest, sums = row.sum(), row.max(), row.min(), row.largest_sums()
    hull = row[0].hull(row[-1])
    for chosen in choices(pairs, picks):
        assert contains(total, sum(chosen, Fraction(0)))
        assert contains(largest, max(chosen))
        assert contains(smallest, min(chosen))
        assert contains(hull, chosen[0])
        assert contains(hull, chosen[-1])
        order = sorted(chosen, reverse=True)
        for k in range(len(order) + 1):
            assert contains(sums[k], sum(order[:k], Fraction(0)))


@settings(max_examples=200)
@given(MODERATE, MODERATE)
def test_operations(first: Pair, second: Pair) -> None:
    a, b = batch([first])[0], batch([second])[0]
    root, over = abs(a).sqrt(), a / b
    for x in points(first):
        for y in points(second):
            assert contains(a + b, x + y)
            assert contains(a * b, x * y)
            if y:
                assert contains(over, x / y)
        assert contains(root * root, abs(x))


NUMBERS = [
    Fraction(1, 3),
    Fraction(1, 2),
    Fraction(2**53 + 1),
    Fraction(10**400, 7),
    Fraction(1, 10**400),
    Fraction(0),
    Fraction(-5, 7 * 2**1070),
    Fraction(2**1024 - 1),
]


@pytest.mark.parametrize("value", NUMBERS)
@pytest.mark.parametrize("sign", [1, -1])
def test_floats_of_rationals_enclose_them(value: Fraction, sign: int) -> None:
    value = sign * value
    number = Exact.of(value)
    mid, rad = float(number.mid), float(number.rad)
    assert np.isfinite(mid)
    if np.isinf(rad):
        assert abs(value) > Fraction(np.finfo(float).max)
        assert mid == 0
        return
    assert abs(Fraction(mid) - value) <= Fraction(rad)
    assert (rad == 0) == (Fraction(mid) == value)
    assert Fraction(rad) <= abs(value) / 2**52 + Fraction(1, 2**1073)


@pytest.mark.parametrize("bits", [53, 128, 512])
@pytest.mark.parametrize("scale", [0, 900, -900, -1080, -2000, 2000])
def test_floats_of_roots_enclose_them(bits: int, scale: int) -> None:
    with precision(bits):
        root = Exact.of(3 * Fraction(4) ** scale).sqrt()
        mid, rad = (Fraction(float(v)) if np.isfinite(v) else None for v in (root.mid, root.rad))
    if rad is None:
        assert (mid, scale) == (0, 2000)
        return
    assert mid is not None
    assert max(mid - rad, Fraction(0)) ** 2 <= 3 * Fraction(4) ** scale <= (mid + rad) ** 2
    assert float(rad) <= 1e-14 * 2.0 ** min(scale, 1000) + 1e-323


def test_unknown_and_infinite() -> None:
    nothing = Exact.of(0).hull(1) / 0
    assert (float(nothing.mid), float(nothing.rad)) == (0.0, np.inf)
    infinity = Exact.of(np.inf)
    assert (float(infinity.mid), float(infinity.rad), int(infinity.sign)) == (np.inf, 0.0, 1)
    unknowns = [
        nothing + 1,
        nothing * 0 + 1,
        abs(nothing),
        nothing.sqrt(),
        Exact.of(-1).sqrt(),
        (0 - Exact.of(2).sqrt()).sqrt(),
        nothing.hull(1),
        infinity - infinity,
        infinity * 0,
        infinity / infinity,
        infinity.hull(1),
        1 / Exact.of(Ball(0.0, 1.0)),
        Exact(np.array([nothing.values[()], fmpq(1)])).max(),
        Exact(np.array([nothing.values[()], fmpq(1)])).sum(),
        Exact(np.array([nothing.values[()], fmpq(1)])).largest_sums()[1],
        Exact(np.array([nothing.values[()], fmpq(1)])).largest_sums()[2],
        Exact.of(Ball(0.0, np.inf)) + infinity,
    ]
    for found in unknowns:
        assert int(found.sign) == UNKNOWN
        assert (float(found.mid), float(found.rad)) == (0.0, np.inf)
    assert int(Exact(np.array([nothing.values[()], fmpq(1)])).largest_sums()[0].sign) == 0
    row = Exact(np.array([arb(3).sqrt(), arb(2).sqrt(), arb.nan()], dtype=object))
    assert row.largest_sums().sign.tolist() == [0, UNKNOWN, UNKNOWN, UNKNOWN]
    for found in (infinity + 1, infinity * 2, infinity.sqrt(), infinity.hull(infinity)):
        assert (float(found.mid), float(found.rad), int(found.sign)) == (np.inf, 0.0, 1)


def test_a_matrix_of_which_nothing_is_known_spares_its_batch() -> None:
    root = Exact.of(2).sqrt().values[()]
    good = np.array([[fmpq(2), fmpq(1)], [fmpq(1), fmpq(3)]], dtype=object)
    for bad in (arb.nan(), arb("inf"), arb(0, float("inf"))):
        stack = np.array([[[bad, root], [root, fmpq(1)]], good], dtype=object)
        right = Exact.of(np.ones((2, 2, 1)))
        solved, values = Exact(stack).solve(right), Exact(stack).eigenvalues()
        assert (solved.sign[0] == UNKNOWN).all()
        assert (values.sign[0] == UNKNOWN).all()
        assert int(Exact(stack).determinant().sign[0]) == UNKNOWN
        assert all(isinstance(entry, fmpq) for entry in solved.values[1].flat)
        assert (values.sign[1] == 1).all()
    product = Exact(stack) @ right
    assert all(isinstance(entry, fmpq) for entry in product.values[1].flat)
    assert int(product[1, 0, 0].sign) == 1


def test_roots_of_what_may_be_negative() -> None:
    root = Exact.of(Ball(1.0, 3.0)).sqrt()  # of -2 to 4
    assert ends(root)[0] <= 0
    assert 2 <= ends(root)[1] < 2.1
    assert int(root.sign) == UNKNOWN


@pytest.mark.parametrize("seed", range(6))
def test_eigenvalues_of_irrational_matrices_are_roots_of_their_polynomials(seed: int) -> None:
    """Also multiple ones: of blocks that are equal."""
    rng = np.random.default_rng(seed)
    block = rng.integers(-3, 4, (3, 3)).astype(float)
    matrix = np.kron(np.eye(2), block + block.T)
    with precision(512):
        found = (Exact.of(matrix) * Exact.of(2).sqrt()).eigenvalues()
        expected = Exact.of(matrix).eigenvalues() * Exact.of(2).sqrt()
        assert ((found - expected).sign == UNKNOWN).all()
        assert found.rad.max() < 1e-12  # of what is rounded to float64
        assert (abs(found - expected) - Fraction(1, 10**140)).sign.tolist() == [-1] * 6


def test_eigenvalues_that_nearly_agree_are_told_apart() -> None:
    rotation = np.array([[3.0, -4, 0], [4, 3, 0], [0, 0, 5]])
    values = np.diag([1, 1 + Fraction(1, 2**60), 1 + Fraction(1, 2**60) + Fraction(1, 2**120)])
    with precision(512):
        matrix = Exact.of(rotation) @ Exact.of(values) @ rotation.T * Exact.of(2).sqrt()
        found = matrix.eigenvalues() / (25 * Exact.of(2).sqrt())
        assert (abs(found - np.diag(values)) - Fraction(1, 10**100)).sign.tolist() == [-1] * 3
        singular = (Exact.of(np.ones((3, 3))) * Exact.of(2).sqrt()).eigenvalues()
        assert (abs(singular[:2]) - Fraction(1, 10**140)).sign.tolist() == [-1, -1]
        assert (Exact.of(np.zeros((2, 2))) * Exact.of(2).sqrt()).eigenvalues().rad.tolist() == [
            0,
            0,
        ]


def test_determinants_of_no_rows_are_numbers() -> None:
    found = Exact.of(np.zeros((2, 0, 0))).determinant()
    assert found.mid.tolist() == [1, 1]
    assert (found - 1).rad.tolist() == [0, 0]
    unknown = Exact(np.full((2, 1, 1), arb.nan(), dtype=object)).determinant()
    assert np.isinf(unknown.rad).all()
