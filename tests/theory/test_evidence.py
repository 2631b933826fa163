"""Evidence of some codes, chosen in one place for all that holds evidence."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from sparsebound.theory import evidence
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence import (
    Batched,
    Cascade,
    Factors,
    LayerEstimates,
    OfDictionary,
    Points,
    Selectable,
    Transformed,
    Unfolding,
    Weights,
)

KINDS = [kind for kind in vars(evidence).values() if is_dataclass(kind)]


def unfolding(codes: int = 4) -> Unfolding:
    one, each = np.arange(1.0, codes + 1), np.ones((codes, 2))
    states = np.arange(codes * 9.0).reshape(codes, 3, 3)
    return Unfolding(
        states, each, one, one, each, each, each, each, states[:, 0], one, np.eye(3), "soft"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_evidence_chooses_codes_by_itself(kind: Any) -> None:
    assert issubclass(kind, Selectable) or issubclass(kind, OfDictionary)
    assert "select" not in vars(kind)


@pytest.mark.parametrize("codes", [[2, 0], slice(1, 3), [False, True, False, True], []])
def test_arrays_layers_and_parts_keep_the_chosen_codes(codes: Any) -> None:
    network, points = unfolding(), Points(np.arange(8.0).reshape(4, 2))
    chosen = Transformed(network, 2.0, 5).select(codes)
    assert (chosen.beta, chosen.tokens) == (2.0, 5)
    for name in Unfolding.batched_fields():
        expected = getattr(network, name)[codes]
        np.testing.assert_array_equal(getattr(chosen.unfolding, name), expected)
    assert chosen.unfolding.W is network.W
    layers = LayerEstimates(points, (points, points)).select(codes)
    for part in (layers.signals, *layers.layers):
        np.testing.assert_array_equal(part.values, points.values[codes])
    (only,) = Cascade((network,)).select(codes).networks
    np.testing.assert_array_equal(only.nu, network.nu[codes])


def test_what_belongs_to_the_dictionary_stays() -> None:
    for item in (Weights(np.eye(2), 0, np.array([1])), Factors(np.eye(2))):
        assert item.select([0]) is item


def test_shared_fields_are_no_batch() -> None:
    assert set(Unfolding.batched_fields()).isdisjoint(Unfolding.SHARED)
    assert {*Unfolding.batched_fields(), *Unfolding.SHARED} == {
        item.name for item in fields(Unfolding)
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"nu": np.full(4, np.nan)}, "nu is .*; expected real numbers, none of them nan"),
        ({"nu": np.ones(3)}, "lengths of the fields of Unfolding is .*; expected one"),
        ({"iterates": np.ones((4, 2, 3))}, r"iterates.shape is .*; expected 3 states a code"),
    ],
)
def test_malformed_unfoldings_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(unfolding(), **changes)


def test_an_unfolding_is_held_in_float64() -> None:
    network = replace(unfolding(), iterates=np.ones((4, 3, 3), np.float32))
    assert network.iterates.dtype == np.float64
    assert isinstance(network, Batched)
