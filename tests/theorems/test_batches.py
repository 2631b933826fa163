"""What is found of a code does not depend on what shares its batch.

Theorem by theorem, and with that provider by provider: random batches, mixed with codes that are
made to disturb, against the same codes one by one and in another order.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.certify import certify
from sparsebound.checks.draws import draws
from sparsebound.checks.evidence import gather, providers
from sparsebound.checks.provider import Request
from sparsebound.checks.search import search
from sparsebound.theory.analysis.lasso import project
from sparsebound.theory.arithmetic import Ball
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.experiment import Experiment, posed
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance
from sparsebound.theory.quantities import circuits, exact_recovery_coefficient, recovery_value
from sparsebound.theory.quantities.circuits import LIMIT, circuit_count
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Verdict, decide

THEOREMS = [theorem for theorem in catalogue().values() if theorem.about != "dictionary"]
EXAMPLES = 10 if os.environ.get("SPARSEBOUND_PROFILE") == "nightly" else 3
"""Batches of a theorem, each of about ten codes."""
ORDINARY = 4
"""Codes of an example that are tried, beside those that are made to disturb."""
HUGE, TINY = 2.0**20, 2.0**-20

AnyInstance = Instance | DeepInstance


def disturbing(instance: Instance) -> tuple[np.ndarray, np.ndarray]:
    """Codes that are zero, dense, dependent, huge, tiny, not short; and noise for each."""
    m, n = instance.D.shape
    dense = np.where(np.arange(n) % 2, -1.0, 1.0)
    codes = [np.zeros(n), dense, dense / 3, instance.X[0] * HUGE, instance.X[0] * TINY]
    if circuit_count(instance.D) <= LIMIT and len(vectors := circuits(instance.D)):
        codes.append(np.sign(vectors.mid[0]))
    first = instance.E[0]
    noise = [first, first * 0, np.full(m, 0.1) * first.any(), first * HUGE, first * TINY, first]
    return np.array(codes), np.array(noise[: len(codes)])


def mixed(instance: AnyInstance) -> AnyInstance:
    """Add disturbing codes to the first few of a batch; of layers, zero, huge and tiny ones."""
    if isinstance(instance, DeepInstance):
        part = instance.select(np.arange(min(ORDINARY, len(instance))))
        scales = np.array([[0.0], [HUGE], [TINY]])

        def extended(values: np.ndarray) -> np.ndarray:
            return np.concatenate([values, values[:1] * scales])

        layers = (Instance(x.D, extended(x.X), extended(x.E)) for x in part.layers)
        return DeepInstance(tuple(layers), extended(part.X0), part.maps)
    codes, noise = disturbing(instance)
    X, E = instance.X[:ORDINARY], instance.E[:ORDINARY]
    return Instance(instance.D, np.concatenate([X, codes]), np.concatenate([E, noise]))


def batches(theorem: Theorem) -> list[Experiment]:
    """A few batches that suit a theorem, the same ones in every run."""
    found: list[Experiment] = []

    def keep(draw: Any) -> bool:
        experiment = draw.recipe.experiment(theorem)
        if len(experiment.instance):
            found.append(Experiment(mixed(experiment.instance), experiment.settings))
        return False

    search(draws(theorem), EXAMPLES, 0, keep)
    return found


def said(verdict: Verdict, code: int) -> tuple[int, bool | None]:
    """The status of a code, and whether the bound is attained where exact arithmetic says so."""
    exact = bool(verdict.exact[code])
    return int(verdict.status[code]), bool(verdict.attained[code]) if exact else None


def differing(
    theorem: Theorem,
    experiment: Experiment,
    evidence: dict[str, Any],
    found_alone: list[dict[str, Any]],
) -> Iterator[tuple[int, Any, Any]]:
    """Codes of which something else is said alone, or in another order."""
    instance = experiment.instance
    together = decide(theorem, instance, evidence)
    order = np.random.default_rng(0).permutation(len(instance))
    moved = decide(
        theorem, instance.select(order), {name: x.select(order) for name, x in evidence.items()}
    )
    for position, code in enumerate(order):
        own = {name: x.select([code]) for name, x in evidence.items()}
        alone = decide(theorem, instance.select([code]), own)
        anew = decide(theorem, experiment.select([code]), found_alone[code])
        for other, index in ((moved, position), (alone, 0), (anew, 0)):
            one, two = said(together, code), said(other, index)
            if one[0] != two[0] or (None not in (one[1], two[1]) and one != two):
                yield code, one, two


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.id)
def test_a_verdict_is_that_of_the_code_alone(theorem: Theorem) -> None:
    found = batches(theorem)
    assert found
    claims = replace(theorem, premises=lambda instance: (), mutants=(), promises=())
    for number, experiment in enumerate(found):
        alone = map(experiment.select, np.arange(len(experiment.instance))[:, None])
        everything, *each = (gather(theorem, given) for given in (experiment, *alone))
        assert not list(differing(theorem, experiment, everything, each)), number
        # claims are compared of codes that are beyond the premises as well
        needed, *own = ({name: x[name] for name in claims.needs} for x in (everything, *each))
        assert not list(differing(claims, experiment, needed, own)), number


def test_every_provider_is_asked() -> None:
    asked = {need for theorem in THEOREMS for need in theorem.needs}
    without_codes = {"weights", "factors", "orthogonalisation_step", "turned_atoms", "kept_atoms"}
    without_codes |= {"grown_sets", "greedy_choice", "shrunk_set"}
    without_codes |= {"layer_graph", "layer_kernel"}
    assert set(providers()) == asked | without_codes


DICTIONARIES = {
    "gaussian": np.random.default_rng(0).standard_normal((8, 12)),
    "integers": np.random.default_rng(1).integers(-2, 3, (5, 9)) + 3 * np.eye(5, 9),
    "with a repeated atom": np.column_stack([np.eye(4), np.ones(4), np.eye(4)[0] * 2]),
    "independent": np.tri(6) + np.eye(6),
}


def codes_for(D: np.ndarray) -> np.ndarray:
    """Sparse codes of every size, dense ones, and codes on dependent atoms."""
    n, rng = D.shape[1], np.random.default_rng(2)
    X = np.zeros((n + 4, n))
    for code in range(n):
        X[code, rng.choice(n, code + 1, replace=False)] = rng.choice([-1.0, 1.0, 1 / 3], code + 1)
    X[n] = rng.standard_normal(n)
    X[n + 1, [0, -1]] = 1, 2.0**20
    X[n + 2, [0, -1]] = -(2.0**-20), 1
    return X  # the last one is zero


@pytest.mark.parametrize("name", DICTIONARIES)
def test_what_is_certified_of_codes_is_the_sum_of_what_is_of_each(name: str) -> None:
    D = DICTIONARIES[name]
    X = codes_for(D)
    alone = [certified(D, X[[code]]) for code in range(len(X) - 1)]
    zero = certified(D, X[[0, -1]]) - alone[0]  # no file has zero codes alone
    together = certified(D, X)
    assert together.tolist() == (sum(alone) + zero).tolist()
    assert together.tolist() == certified(D, X[::-1]).tolist()


def certified(D: np.ndarray, X: np.ndarray) -> np.ndarray:
    """How many codes have each property."""
    found = certify(D, atoms="columns", codes=X).codes
    assert found is not None
    return np.array([share.certified for share in found.properties])


def test_dense_codes_are_not_certified_because_of_a_sparse_one() -> None:
    rng = np.random.default_rng(0)
    D, X = rng.standard_normal((8, 12)), rng.standard_normal((50, 12))
    X[0] = 0
    X[0, rng.choice(12, 3, replace=False)] = rng.choice([-1.0, 1], 3)
    assert certified(D, X)[1] == 1  # basis pursuit: the others use 12 atoms of R^8


@pytest.mark.parametrize("name", DICTIONARIES)
def test_quantities_of_supports_are_those_of_the_code_alone(name: str) -> None:
    codes = Instance(Dictionary(DICTIONARIES[name]), codes_for(DICTIONARIES[name]))
    certificate = providers()["certificate"].find(posed(codes), Request())
    batch = list(_quantities(codes, certificate))
    for code in range(len(codes)):
        alone = _quantities(codes.select([code]), certificate.select([code]))
        for (together, limit), (single, _) in zip(batch, alone, strict=True):
            assert np.isfinite(together.rad[code]) == np.isfinite(single.rad[0])
            assert (together - limit).sign[code] == (single - limit).sign[0]
            if np.isfinite(single.rad[0]):
                room = single.rad[0] + together.rad[code]
                assert abs(together.mid[code] - single.mid[0]) <= room


def _quantities(codes: Instance, certificate: Any) -> Iterator[tuple[Ball, int]]:
    """Quantities of shape (B,), each with what theorems compare it with."""
    value = recovery_value(codes, certificate)
    projected = project(codes, codes.lift(codes.E))
    for found, limit in (
        (value.lower, 1),
        (value.upper, 1),
        (exact_recovery_coefficient(codes), 1),
        (projected.coefficient, 1),
        (projected.row_sum, 0),
    ):
        yield Ball.of(found), limit
