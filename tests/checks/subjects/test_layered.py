"""Networks of several layers, of blocks and of largest entries that are somebody else's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sparsebound.checks.examine import examine
from sparsebound.checks.protocol import Subject, SubjectError
from sparsebound.checks.recipes import Recipe
from sparsebound.checks.supplies import probe
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError
from sparsebound.theory.verdict import Status
from tests import subjects

SINGLE = np.float32


def short(values: Any) -> Any:
    return [part.astype(SINGLE) for part in values]


def layered(D: Any, W: Any, Y: Any, thresholds: Any, between: Any) -> Any:
    maps = [lambda x, psi=psi: psi(x).astype(SINGLE) for psi in between]
    states = subjects.layered(short(D), short(W), Y, short(thresholds), maps)
    return short(states)


def from_filters(filters: Any, Y: Any, W: Any, D: Any, thresholds: Any, between: Any) -> Any:
    """A matrix comes as a bank of filters as long as its signals."""
    banks = [bank.reshape(len(bank), -1).T for bank in filters]
    assert all((bank == matrix).all() for bank, matrix in zip(banks, D, strict=True))
    return subjects.layered(banks, W, Y, thresholds, between)


@pytest.mark.parametrize("run", [layered, from_filters])
def test_networks_in_single_precision_and_of_filters(run: Any) -> None:
    theorem, subject = catalogue()["rate.deep"], Subject.of(run)
    probe(subject, theorem)
    recipe = Recipe("construction", {"name": "two_layers", "size": 2})
    found = examine(theorem, recipe, subject=subject)
    assert found.verdict.status.tolist() == [Status.HOLDS]
    dtype = "float32" if run is layered else "float64"
    assert {network.dtype for network in found.evidence["cascade"].networks} == {dtype}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (lambda states: states[0], "needs the states of each of 2 layers"),
        (lambda states: states[:1], "needs the states of each of 2 layers"),
        (lambda states: [state[:, 1:] for state in states], "it returned an array of shape"),
        (lambda states: states[::-1], "it returned an array of shape"),
    ],
)
def test_what_is_no_network_of_several_layers(value: Any, message: str) -> None:
    def run(D: Any, W: Any, Y: Any, thresholds: Any, between: Any) -> Any:
        return value(subjects.layered(D, W, Y, thresholds, between))

    with pytest.raises(SubjectError, match=message):
        probe(Subject.of(run), catalogue()["rate.deep"])


def test_what_has_no_weights_is_no_network() -> None:
    with pytest.raises(SubjectError, match="needs a network, with weights W"):
        probe(Subject.of(subjects.iht), catalogue()["rate.topk"])


def test_a_thresholding_function_that_nobody_knows() -> None:
    def network(D: Any, W: Any, Y: Any, thresholds: Any) -> Any:
        return subjects.network(D, W, Y, thresholds)

    network.activation = "softer"  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="expected one of soft, hard, garrote"):
        Subject.of(network)
