"""Iterations with step sizes of their own, which they state."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sparsebound.checks.library import check_subject
from sparsebound.theory.errors import InputError
from tests.subjects import ista


def halved(D: Any, Y: Any, lam: Any, L: float, start: Any, steps: int) -> Any:
    return ista(D, Y, lam, 2 * L, start, steps), 2 * L


def of_each_signal(D: Any, Y: Any, lam: Any, L: float, start: Any, steps: int) -> Any:
    own = L * (1 + np.arange(len(Y)) % 3)
    runs = [ista(D, Y[[i]], lam[[i]], own[i], start[[i]], steps)[0] for i in range(len(Y))]
    return np.stack(runs), own


def of_its_own_length(D: Any, Y: Any, lam: Any, L: float) -> Any:
    return ista(D, Y, lam, 3 * L, np.zeros((len(Y), D.shape[1])), 20), 3 * L


def silent(D: Any, Y: Any, lam: Any, L: float, start: Any, steps: int) -> Any:
    return halved(D, Y, lam, L, start, steps)[0]


def untrue(D: Any, Y: Any, lam: Any, L: float, start: Any, steps: int) -> Any:
    return silent(D, Y, lam, L, start, steps), 3 * L


def too_long(D: Any, Y: Any, lam: Any, L: float, start: Any, steps: int) -> Any:
    return ista(D, Y, lam, L / 4, start, steps), L / 4


@pytest.mark.parametrize("subject", [halved, of_each_signal, of_its_own_length])
@pytest.mark.parametrize("name", ["rate.ista", "rate.ista_strong"])
def test_steps_that_are_stated_are_held_to_their_own_bound(subject: Any, name: str) -> None:
    (found,) = check_subject(subject, name, examples=20).summary["theorems"]
    assert found["status"] == "held"
    assert found["counts"]["holds"] > 100


@pytest.mark.parametrize("subject", [silent, untrue])
def test_steps_that_are_not_stated_or_not_taken_are_noticed(subject: Any) -> None:
    (found,) = check_subject(subject, "rate.ista", examples=20).summary["theorems"]
    assert found["status"] == "violated"
    answer = "x, L = untrue(" if subject is untrue else "x = silent("
    assert answer in found["violation"]["text"]


@pytest.mark.parametrize("name", ["rate.ista", "rate.ista_strong", "rate.fista"])
def test_steps_that_are_too_long_have_no_bound(name: str) -> None:
    with pytest.raises(InputError, match=r"at least \|\|D\|\|_2\^2 = .*it returned"):
        check_subject(too_long, name, examples=20)


def test_steps_that_are_too_long_somewhere_are_a_finding() -> None:
    def sometimes(D: Any, Y: Any, lam: Any, L: float, start: Any, steps: int) -> Any:
        own = L / 4 if D.shape[1] > 12 else L
        return ista(D, Y, lam, own, start, steps), own

    (found,) = check_subject(sometimes, "rate.ista", examples=20).summary["theorems"]
    assert found["status"] == "no answer"


@pytest.mark.parametrize("own", [-1.0, 0.0, np.nan, np.inf, np.ones((2, 2)), "fast", None])
def test_what_is_no_step_is_one_clear_line(own: Any) -> None:
    def subject(D: Any, Y: Any, lam: Any, L: float, start: Any, steps: int) -> Any:
        return ista(D, Y, lam, L, start, steps), own

    with pytest.raises(InputError, match=r"L of its own|an array of floats") as found:
        check_subject(subject, "rate.ista", examples=5)
    assert len(str(found.value).splitlines()) <= 2
