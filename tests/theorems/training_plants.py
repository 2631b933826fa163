"""What is planted for theorems on training: evidence, what is computed of it, and batches.

Importing it adds to the tables of planting.py, wrong_quantities.py and batches.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.evidence import gather
from sparsebound.theory.constructions import simplex
from sparsebound.theory.evidence import (
    AlternatingStep,
    BlockStep,
    FactoredStep,
    LearningStep,
    NearbyBasis,
    OrthogonalisationStep,
    RescaledUnits,
    ThresholdedLayers,
    TurnedAtoms,
)
from sparsebound.theory.experiment import Experiment, posed
from sparsebound.theory.extremal import training as extremal
from sparsebound.theory.instance import Instance
from tests.theorems.batches import BATCHES, Batch
from tests.theorems.planting import FAR, PLANTS, Plants, altered, erased
from tests.theorems.wrong_quantities import FURTHER, Planted, computed_wrong, of_the_dictionary


def atoms_alone(D: Any, **settings: Any) -> Experiment:
    return Experiment(Instance(D, np.zeros((0, np.shape(D)[1]))), settings)


def three_codes(n: int, *sizes: int) -> np.ndarray:
    """Different codes, with entries on their supports and off them."""
    return np.array([np.roll((np.arange(n) < s) * (k + 1.0), k) for k, s in enumerate(sizes)])


def all_of_it(*names: str) -> Any:
    """All entries of a field are elsewhere, or zero."""

    def plants(evidence: Any, code: int) -> Plants:
        for name in names:
            yield f"{name} elsewhere", altered(evidence, code, **{name: lambda old: old + FAR})
            yield f"{name} erased", altered(evidence, code, **{name: erased})

    return plants


def orthogonalisation(found: OrthogonalisationStep, code: int) -> Plants:
    for place in np.ndindex(found.result.shape):
        result = found.result.copy()
        result[place] += FAR
        yield ("result", *place), replace(found, result=result)


def turned(found: TurnedAtoms, code: int) -> Plants:
    yield "one line", replace(found, atoms=np.repeat(found.atoms[:, :1], found.atoms.shape[1], 1))


def learning(found: LearningStep, code: int) -> Plants:
    yield "opposite", altered(found, code, tilted=np.negative)
    yield "shifted", altered(found, code, tilted=lambda old: np.roll(old, 1, axis=1))
    yield "updated", altered(found, code, updated=lambda old: old + FAR)


def nearby(found: NearbyBasis, code: int) -> Plants:
    yield "the other verdict", altered(found, code, minimum=np.logical_not)
    single = (found.samples[code] != 0).sum(axis=1, keepdims=True) == 1
    yield "small", altered(found, code, samples=lambda old: np.where(single, old * 2.0**-12, old))


def three_times(experiment: Experiment) -> Experiment:
    """A batch of as many codes as there are positions to plant at."""
    one = experiment.codes
    return Experiment(Instance(one.D, np.repeat(one.X, 3, axis=0)), experiment.settings)


def means_are_wrong(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """The means of several factors are negative."""
    from sparsebound.theory.training import two_factor

    means, others = two_factor._means, np.arange(found.codes) != code
    patch.setattr(two_factor, "_means", lambda *given: means(*given).where(others[:, None], -1))
    yield Planted("means", found.instance, found.evidence, {})


def of_an_experiment(experiment: Experiment, place: str, **changes: Any) -> Any:
    """A mutant on its witness, in the place of the batch."""

    def plants(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
        evidence = gather(found.theorem, experiment)
        yield Planted(place, posed(experiment).instance, evidence, changes, everywhere=True)

    return plants


def turned_round(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """What a step of dictionary learning gives points the other way."""
    from sparsebound.theory.training import itkm_step

    pairs, experiment = itkm_step._pairs, three_times(extremal.tilted_basis(1))
    patch.setattr(itkm_step, "_pairs", lambda *given: -pairs(*given))
    evidence = gather(found.theorem, experiment)
    yield Planted("opposite", posed(experiment).instance, evidence, {}, everywhere=True)


PLANTS.update(
    {
        AlternatingStep: all_of_it("new_codes", "new_atoms"),
        BlockStep: all_of_it("output"),
        FactoredStep: all_of_it("gradient", "new_u", "still_u"),
        LearningStep: learning,
        NearbyBasis: nearby,
        OrthogonalisationStep: orthogonalisation,
        RescaledUnits: all_of_it("outputs"),
        ThresholdedLayers: all_of_it("first", "first_raised"),
        TurnedAtoms: turned,
    }
)
FURTHER.update(
    {
        "network.ista_block": (computed_wrong("_after", lambda value: value + FAR),),
        "training.alternating": (computed_wrong("_descent", lambda value: value + FAR),),
        "training.effective_sparsity": (
            computed_wrong("_norm", lambda value: value * FAR),
            computed_wrong("_norm", lambda value: value * 0),
        ),
        "training.group_decay": (
            computed_wrong("_product", lambda value: value * FAR),
            computed_wrong("_balanced", lambda value: value * FAR),
        ),
        "training.itkm_step": (
            of_an_experiment(
                three_times(extremal.samples_of_one_sign(1)), "one sign", cancels="nothing"
            ),
            turned_round,
        ),
        "training.parseval_step": (
            of_the_dictionary("_singular_values", lambda values, atoms: values * 16),
            of_the_dictionary("_singular_values", lambda values, atoms: values * 0.75),
            of_the_dictionary("_singular_values", lambda values, atoms: values + 1),
            of_the_dictionary("spectral_norm", lambda value, matrix: value * 0 + 0.125),
            of_the_dictionary("spectral_norm", lambda value, matrix: value * 0),
        ),
        "training.two_factor": (
            computed_wrong("_sizes", lambda value: value * 0),
            computed_wrong("_sizes", lambda value: value + FAR),
            means_are_wrong,
        ),
    }
)
BATCHES.update(
    {
        "network.ista_block": lambda: Experiment(
            Instance(np.eye(4) * 4 + 1, three_codes(4, 2, 3, 2)), {"start": three_codes(4, 3, 2, 1)}
        ),
        "training.basis_local": lambda: Experiment(
            Instance(np.eye(4) * 8 + 1, three_codes(4, 2, 1, 2)), {"single": np.full(3, 8.0)}
        ),
        "training.effective_sparsity": lambda: Instance(np.eye(5), three_codes(5, 2, 3, 4)),
        "training.certificate_drift": lambda: atoms_alone([[4, 1], [1, 4]]),
        "training.itkm_step": lambda: Instance(simplex(7), three_codes(8, 1, 2, 2)),
        "training.parseval_step": lambda: atoms_alone([[4, 1], [0, 4]]),
        "training.threshold_nested": lambda: Experiment(
            Instance(np.eye(4), three_codes(4, 2, 3, 2)), {"signed": np.ones(3, dtype=bool)}
        ),
    }
)
