"""What computes in float32 or float16, and says so, is right where it is: no false alarm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence.networks import Convolved
from sparsebound.theory.instance import Instance
from sparsebound.theory.network import convolution
from sparsebound.theory.verdict import Status, decide
from tests.checks.subjects.asking import counts, refuted
from tests.checks.subjects.typed import Typed
from tests.subjects import NEED

TYPES = ("float32", "float16")
QUICK = (
    ("network.convolution", "float32"),
    ("network.convolution", "float16"),
    ("network.thresholding", "float16"),
    ("rate.block", "float32"),
    ("rate.lista_cp", "float16"),
    ("stability.omp", "float16"),
    ("uniqueness.greedy", "float32"),
)
"""Where there were false alarms, or nothing was asked."""
NO_SUBJECT = ("least_norm", "optista_run")
"""Evidence that nothing in ``typed`` supplies."""


@pytest.mark.parametrize(("name", "dtype"), QUICK)
def test_what_is_right_in_its_type_is_not_refuted(name: str, dtype: str) -> None:
    found = counts(Typed(dtype).of(NEED[name]), name, 4)
    assert found["violated"] == found["fault"] == 0
    assert found["holds"] > 0


@pytest.mark.nightly
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", [name for name in NEED if NEED[name] not in NO_SUBJECT])
def test_no_theorem_refutes_what_is_right_in_its_type(name: str, dtype: str) -> None:
    found = counts(Typed(dtype).of(NEED[name]), name, 20)
    assert found["violated"] == found["fault"] == 0
    # states of several layers leave the range of float16 nearly everywhere
    assert found["holds"] > 0 or (name, dtype) == ("rate.deep_local", "float16")


def wrong_threshold(v: Any, theta: Any) -> Any:
    return Typed("float16").threshold(v, 1.25 * theta)


def convolution_said_to_be_double(**given: Any) -> Any:
    return [part.astype(float) for part in Typed("float32").convolution(**given)]


def reversed_filters(**given: Any) -> Any:
    return Typed("float16").convolution(**{**given, "weights": given["weights"][..., ::-1]})


def pursuit_without_modulus(D: Any, Y: Any) -> Any:
    picks, points = Typed("float32").pursuit(D, Y)
    picks[:, 0] = np.where(Y.any(axis=1), (Y @ D / np.linalg.norm(D, axis=0)).argmax(axis=1), -1)
    return picks[:, :1], points


def blocks_of_other_atoms(D: Any, W: Any, Y: Any, thresholds: Any, blocks: Any) -> Any:
    return Typed("float32").blockwise(D, W, Y, thresholds, blocks[::-1])


WRONG: tuple[tuple[Callable[..., Any], str], ...] = (
    (wrong_threshold, "network.thresholding"),
    (convolution_said_to_be_double, "network.convolution"),
    (reversed_filters, "network.convolution"),
    (pursuit_without_modulus, "uniqueness.greedy"),
    (blocks_of_other_atoms, "rate.block"),
)


@pytest.mark.parametrize(("run", "name"), WRONG, ids=[run.__name__ for run, _ in WRONG])
def test_what_is_wrong_in_its_type_is_refuted(run: Callable[..., Any], name: str) -> None:
    assert refuted(run, name)


def test_picks_alone_tell_no_type_but_their_subject_may() -> None:
    """Signals that float16 cannot tell apart."""

    def picks(D: Any, Y: Any) -> Any:
        return Typed("float16").pursuit(D, Y)[0]

    assert refuted(picks, "uniqueness.greedy")
    picks.precision = "float16"  # type: ignore[attr-defined]
    assert not refuted(picks, "uniqueness.greedy", 10)
    picks.precision = "float8"  # type: ignore[attr-defined]
    with pytest.raises(InputError, match=r"precision of .* is 'float8'; expected one of float64"):
        counts(picks, "uniqueness.greedy", 1)


def test_states_and_sums_are_of_one_type() -> None:
    def mixed(**given: Any) -> Any:
        states, sums = Typed("float32").convolution(**given)
        return states, sums.astype(float)

    with pytest.raises(InputError, match="states and sums of one type, float32"):
        counts(mixed, "network.convolution", 1)


def one_block(signal: float, sums: float, after: float, dtype: str) -> Status:
    """A block of one filter of one tap."""
    one = np.ones((1, 1))
    states = [[[0.0], [after]]]
    seen = Convolved([[signal]], states, [[[sums]]], one, one, one, 1, True, dtype)
    verdict = decide(convolution.THEOREM, Instance([[1]], [[signal]]), {"convolved": seen})
    return Status(int(verdict.status[0]))


def test_a_block_that_is_not_finite_is_wrong_where_nothing_leaves_the_range() -> None:
    assert one_block(3.0, 3.0, 2.0, "float16") == Status.HOLDS
    assert one_block(3.0, np.inf, np.inf, "float16") == Status.VIOLATED
    assert one_block(3.0, 3.0, np.inf, "float16") == Status.VIOLATED
    for sums in (np.inf, 6e4):  # twice 30,000 is beyond the range of float16, or may be
        assert one_block(6e4, sums, sums, "float16") == Status.UNDECIDED
    assert one_block(6e4, np.inf, np.inf, "float32") == Status.VIOLATED


def test_a_block_may_lose_what_its_type_loses_and_no_more() -> None:
    off = 2.0**-10  # two units of 3 in float16
    assert one_block(3.0, 3.0 + off, 2.0 + off, "float16") == Status.HOLDS
    assert one_block(3.0, 3.0 + off, 2.0 + off, "float32") == Status.VIOLATED
    assert one_block(3.0, 3.0 + 64 * off, 2.0 + 64 * off, "float16") == Status.VIOLATED
    assert one_block(3.0, 3.0, 2.0 + 64 * off, "float16") == Status.VIOLATED
