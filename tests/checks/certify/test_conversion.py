"""What is said of numbers that are not of the type that is computed in: were they rounded?"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sparsebound.checks.certify.conversion import DECIMALS, real
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.reading import given as taken
from sparsebound.checks.certify.reading import read
from sparsebound.theory.errors import InputError

BIG = 2**53
LONGER = np.finfo(np.longdouble).nmant > np.finfo(np.float64).nmant
longer = pytest.mark.skipif(not LONGER, reason="long double is float64 on this machine")

ROUNDED = re.compile(r"rounded to float64, by up to (\S+) of an entry; the certificate is of the")


def _largest(note: str | None) -> Fraction:
    assert note is not None
    found = ROUNDED.search(note)
    assert found is not None, note
    return Fraction(found[1])


@pytest.mark.parametrize(
    "entries",
    [
        np.array([[BIG + 1, 0, 1], [0, 1, 1]], dtype=np.int64),
        np.array([[-BIG - 1, 0, 1], [0, 1, 1]], dtype=np.int64),
        np.array([[2**63 - 1, 0, 1], [0, 1, 1]], dtype=np.int64),
        np.array([[2**64 - 1, 0, 1], [0, 1, 1]], dtype=np.uint64),
        np.array([[BIG + 1, 0, 1], [0, 1, 1]], dtype=">i8"),
        [[BIG + 1, 0, 0.5], [0, 1, 1]],
        [[2**63 + 1, 0, -1], [0, 1, 1]],
    ],
)
def test_integers_that_float64_does_not_hold_are_said_to_be_rounded(entries: Any) -> None:
    found = certify(entries)
    (note,) = (note for note in found.notes if "rounded" in note)
    first = int(entries[0][0])
    true = Fraction(abs(first - int(float(first))), abs(first))
    assert 0 < true <= _largest(note) <= true * Fraction(11, 10)
    assert not any("without rounding" in note for note in found.notes)


@pytest.mark.parametrize(
    "entries",
    [
        np.array([[BIG, 2**63 - 1024, 0], [0, 1, -(2**63)]], dtype=np.int64),
        np.array([[2**64 - 2048, 0, 3], [0, 1, 4]], dtype=np.uint64),
        np.array([[1, 0, 3], [0, 1, 4]], dtype=np.int32),
        np.array([[1, 0, 1], [0, 1, 1]], dtype=bool),
        np.array([[0.1, 0, 1], [0, 1, 65504]], dtype=np.float16),
        np.array([[0.1, 0, 3], [0, 1, 4]], dtype=">f8"),
        np.array([[0.1, 0, 3], [0, 1, 4]], dtype=">f4"),
        np.array([[0.1, 0, 3], [0, 1, 4]]).astype(np.longdouble),
    ],
)
def test_numbers_that_are_held_are_said_not_to_be_rounded(entries: np.ndarray) -> None:
    stored = taken(entries, "FILE")
    kept = stored.array
    assert stored.note == f"{entries.dtype} was taken to {kept.dtype}, without rounding"
    same = [
        Fraction(*before.item().as_integer_ratio()) == Fraction(float(after))
        if entries.dtype.itemsize <= 8
        else before == after
        for before, after in zip(entries.flat, kept.flat, strict=True)
    ]
    assert all(same)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_of_numbers_that_stay_as_they_are_nothing_is_said(dtype: type) -> None:
    assert taken(np.array([[0.1, 0, 3]], dtype=dtype), "FILE").note is None
    assert taken([[0.1, 0, 3], [BIG, 1, 4]], "FILE").note is None


@longer
def test_long_doubles_are_said_to_be_rounded_only_if_they_were() -> None:
    third = np.longdouble(1) / 3
    entries = np.array([[third, 0, 1], [0, 1, 1]])
    (note,) = (note for note in certify(entries).notes if "rounded" in note)
    true = abs(Fraction(*third.as_integer_ratio()) - Fraction(float(third))) / Fraction(
        *third.as_integer_ratio()
    )
    assert 0 < true <= _largest(note) <= true * Fraction(11, 10)
    assert note.startswith(f"{entries.dtype} was rounded")


@longer
def test_a_long_double_that_underflows_is_lost_and_one_that_overflows_is_refused() -> None:
    tiny, huge = np.longdouble("1e-4000"), np.longdouble("1e4000")
    stored = taken(np.array([[tiny, 0, 1], [0, 1, 1]]), "FILE")
    assert stored.array[0, 0] == 0
    assert 1 <= _largest(stored.note) <= Fraction("1.1")
    with pytest.raises(InputError, match=r"FILE\[1, 0\] is '1e\+4000'; expected a number within"):
        taken(np.array([[1, 0, 1], [huge, 1, 1]]), "FILE")


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=8))
@example([2**63 - 1, -(2**63) + 1])
@example([BIG + 1, 2**54 + 2])
def test_the_largest_change_of_an_integer_is_that_of_exact_arithmetic(entries: list[int]) -> None:
    changes = [Fraction(abs(x - int(float(x))), abs(x)) for x in entries if x]
    true = max(changes, default=Fraction(0))
    for array in (np.array(entries), np.array([entries, entries]).T):
        kept, change = real(array, "FILE")
        assert kept.dtype == np.float64
        assert true <= Fraction(change) <= true * Fraction(1 + 1e-12)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (np.ones((2, 3), dtype=complex), "real numbers"),
        (np.array([[Fraction(1, 3), 0, 1], [0, 1, 1]]), "real numbers"),
        ([[2**70, 0, 1], [0, 1, 1]], "real numbers"),
        ([[10**400, 0, 1], [0, 1, 1]], "real numbers"),
        (np.array([["1", "2", "3"]]), "real numbers"),
        (np.ma.masked_array([[1.0, 2, 3]], mask=[[False, True, False]]), "masked array"),
        (5, "at least one number"),
    ],
)
def test_what_cannot_be_taken_is_refused(entries: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        certify(entries)
    assert "pickle" not in str(refused.value)


def test_decimals_of_a_text_are_said_to_be_rounded(tmp_path: Path) -> None:
    path = tmp_path / "D.csv"
    path.write_text("0.1,0,9007199254740993\n0,1,1\n")
    assert read(str(path)).note == DECIMALS
    assert DECIMALS in certify(str(path)).notes


def test_codes_weights_and_thresholds_are_said_to_be_rounded_as_well() -> None:
    D = np.array([[1, 0, 3], [0, 1, 4]])
    found = certify(
        D,
        codes=np.array([[BIG + 1, 0, 0]]),
        weights=np.array([[1, 0, 0], [0, 1, BIG + 1]]),
        thresholds=np.array([BIG + 3]),
    )
    for option in ("--codes", "--weights", "--thresholds"):
        (note,) = (note for note in found.notes if note.startswith(f"{option}: "))
        assert Fraction(1, 2 * BIG) < _largest(note) < Fraction(2, BIG)
    assert "int64 was taken to float64, without rounding" in found.notes
