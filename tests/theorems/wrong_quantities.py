"""Plants for claims that no evidence can violate: what a theorem computes is wrong for one code.

Where a claim is a fact about the data, whatever is found of them, either the function that
computes it is patched, or data outside the premises are put in the place of one code's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.evidence import gather
from sparsebound.theory.arithmetic import Enclosure
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.evidence.layers import Displacement, LayerDisplacements
from sparsebound.theory.evidence.networks import Rectified
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance
from tests.theorems.batches import Batch, tetrahedra
from tests.theorems.planting import FAR, Place


@dataclass(frozen=True)
class Planted:
    """A batch after something was changed; ``everywhere`` if all codes share what was changed."""

    place: Place
    instance: Instance | DeepInstance
    evidence: Mapping[str, Any]
    changes: Mapping[str, Any]
    everywhere: bool = False


def computed_wrong(name: str, change: Callable[[Any], Any]) -> Any:
    """What a theorem computes of a code is wrong for it; for claims that are pure mathematics.

    ``name`` is that of a function in the theorem's module whose first argument is the instance.
    """

    def plants(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
        module = sys.modules[found.theorem.claims.__module__]
        compute, row = getattr(module, name), np.asarray(found.instance.X[code])

        def wrong(instance: Instance, *args: Any) -> Any:
            value, other = compute(instance, *args), ~(instance.X == row).all(axis=1)
            if isinstance(value, Enclosure):
                ends = (end.where(other, change(end)) for end in (value.lower, value.upper))
                return Enclosure(*ends)
            return value.where(other, change(value))

        patch.setattr(module, name, wrong)
        yield Planted(name, found.instance, found.evidence, {})

    return plants


def of_the_dictionary(name: str, change: Callable[..., Any]) -> Any:
    """What a theorem computes of the dictionary is wrong; ``change`` has its arguments as well."""

    def plants(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
        module = sys.modules[found.theorem.claims.__module__]
        compute = getattr(module, name)
        patch.setattr(module, name, lambda *args: change(compute(*args), *args))
        yield Planted(name, found.instance, found.evidence, {}, everywhere=True)

    return plants


def wrong_babel(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """One value of the Babel function at a time is too large, or too small."""
    module = sys.modules[found.theorem.claims.__module__]
    babel = module.babel
    for place in range(1, found.instance.D.shape[1]):
        for error in (-1, 1):
            patch.setattr(
                module, "babel", lambda D, k, p=place, e=error: babel(D, k) + e * (k == p)
            )
            yield Planted(place, found.instance, found.evidence, {})


def numbers_that_grow_otherwise(
    found: Batch, code: int, patch: pytest.MonkeyPatch
) -> Iterator[Planted]:
    """One number of the momentum at a time is a tenth of what it should be, or ten times that."""
    module = sys.modules[found.theorem.claims.__module__]
    momentum = module.momentum
    steps = momentum(found.instance.D, 3).t.shape[0]

    for k, factor in product(range(12), (Fraction(1, 10), 10)):

        def other(D: Dictionary, K: int, k: int = k, factor: Any = factor) -> Any:
            right = momentum(D, K)
            return replace(right, t=right.t.where(np.arange(K) != k, right.t * factor))

        assert steps == 3
        patch.setattr(module, "momentum", other)
        yield Planted(("t", k), found.instance, found.evidence, {}, everywhere=True)


def no_lipschitz_map(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """Squares in the place of each map; inputs are large for one code and small for the others."""
    instance = found.instance
    size = np.where(np.arange(len(instance)) == code, 64.0, 2.0**-6)[:, None]
    given = found.evidence["displacements"].layers
    for j, (psi, pair) in enumerate(zip(instance.maps, given, strict=True)):
        squares = replace(psi, apply=lambda x: x * x)
        maps = (*instance.maps[:j], squares, *instance.maps[j + 1 :])
        ones = np.ones(pair.first.shape)
        layers = (*given[:j], Displacement(size * ones, 0 * ones), *given[j + 1 :])
        changed = replace(instance, maps=maps)
        yield Planted((j, "map"), changed, {"displacements": LayerDisplacements(layers)}, {})


def denser(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """A code outside the premises; evidence is found for it as for any other."""
    for size in range(2, found.instance.D.shape[1]):
        X = found.instance.X.copy()
        X[code] = np.arange(X.shape[1]) < size
        instance = Instance(found.instance.D, X)
        yield Planted("denser", instance, gather(found.theorem, instance), {})


def positive_where_it_matters(
    found: Batch, code: int, patch: pytest.MonkeyPatch
) -> Iterator[Planted]:
    """The identity without its factor, which is noticed by positive numbers alone."""
    run: Rectified = found.evidence["relu_pair"]
    for entry in range(run.points.shape[1]):
        v = -np.abs(run.points) - 1
        v[code, entry] *= -1
        slopes = np.full(len(v), 0.5)
        relu = np.maximum(v, 0)
        soft = np.maximum(v - run.thresholds[:, None], 0) - np.maximum(
            -v - run.thresholds[:, None], 0
        )
        changed = replace(run, points=v, parameters=slopes, relu=relu, soft=soft)
        yield Planted(entry, found.instance, {"relu_pair": changed}, {"scaled": False})


def worse_weights(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """Weights that are more coherent with the atoms than these are with each other."""
    network: Unfolding = found.evidence["analytic_unfolding"]
    W = np.array(network.W)
    W[:, 0] += W[:, 1:].sum(axis=1)
    changed = {"analytic_unfolding": replace(network, W=W)}
    yield Planted("W", found.instance, changed, {}, everywhere=True)


def rivals_of_a_sparsity(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """No code represents the same signal with a smaller norm; sparsities tell codes apart."""
    module = sys.modules[found.theorem.claims.__module__]
    rivals, s = module._rivals, found.instance.sparsity[code]
    patch.setattr(module, "_rivals", lambda D, k: rivals(D, k) + 2 * (k == s))
    yield Planted("rivals", found.instance, found.evidence, {})


def values_of_sparse_codes(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """Where every code is recovered: the value of one is 1."""
    sparse = tetrahedra(1, 1, 1)
    changed = replace(found, instance=sparse, evidence=gather(found.theorem, sparse))
    yield from computed_wrong("recovery_value", lambda value: value + 1)(changed, code, patch)


FURTHER: dict[str, tuple[Any, ...]] = {
    "dictionary.babel_growth": (wrong_babel,),
    "dictionary.cross_coherence": (of_the_dictionary("coherence", lambda mu, D: mu / 2),),
    "dictionary.erc_babel": (
        computed_wrong("exact_recovery_coefficient", lambda value: value + FAR),
    ),
    "dictionary.gershgorin": (computed_wrong("support_isometry", lambda value: value + FAR),),
    "dictionary.spark_coherence": (of_the_dictionary("spark", lambda value, D: value - 1),),
    "dictionary.welch": (of_the_dictionary("coherence", lambda mu, D: mu * 0.75),),
    "model.lipschitz": (no_lipschitz_map,),
    "network.relu_pair": (positive_where_it_matters,),
    "rate.alista": (worse_weights,),
    "rate.fista": (numbers_that_grow_otherwise,),
    "uniqueness.basis_pursuit": (
        denser,
        computed_wrong("recovery_value", lambda value: value + FAR),
    ),
    "uniqueness.erc": (denser, computed_wrong("recovery_value", lambda value: value + FAR)),
    "uniqueness.nonnegative_coherence": (
        computed_wrong("one_sided_value", lambda value: value + FAR),
    ),
    "uniqueness.null_space": (
        values_of_sparse_codes,
        rivals_of_a_sparsity,
        computed_wrong("recovery_value", lambda value: value + FAR),
    ),
}
"""Plants by theorem, in what it is that its claims speak of; they may patch what computes it."""
