"""The master theorem of unfolding and its corollaries: sharpness, rounding."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import ceil, log

import numpy as np
import pytest

from sparsebound.checks.algorithms.thresholding import ACTIVATIONS
from sparsebound.checks.draws import Draw, draws
from sparsebound.checks.evidence import gather
from sparsebound.checks.examine import examine
from sparsebound.checks.search import search
from sparsebound.checks.subjects import unfolded, unfolding_schedules
from sparsebound.checks.subjects.designs import with_design
from sparsebound.theory.analysis import unfolding as quantities
from sparsebound.theory.analysis import unfolding_rates as rates
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.constructions import BARKER_13, equiangular_plus, full_length
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.extremal.unfolding import (
    Design,
    aligned_and_inexact,
    aligned_and_noisy,
    aligned_without_noise,
    designed,
)
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities import coherence, cross_coherence
from sparsebound.theory.rate import depth
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status, decide

NAMES = ("unfolded", "lista_cp", "nonnegative", "ista_thresholds", "alista", "local", "depth")
THEOREMS = [catalogue()[f"rate.{name}"] for name in NAMES]
NETWORK = {theorem.id: theorem.needs[0] for theorem in THEOREMS}

each_theorem = pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.id)


def run(theorem: Theorem, instance: Instance) -> Unfolding:
    return gather(theorem, instance)[NETWORK[theorem.id]]


def judged(theorem: Theorem, instance: Posed, network: Unfolding) -> Status:
    return Status(int(decide(theorem, instance, {NETWORK[theorem.id]: network}).status.max()))


def failing(theorem: Theorem, instance: Posed, network: Unfolding) -> set[str]:
    """Names of the premises and claims that do not hold, in exact arithmetic."""
    evidence = {NETWORK[theorem.id]: network}
    exact = posed(instance).codes.exact()
    parts = (theorem.premises_of(exact, evidence, {}), theorem.claims_of(exact, evidence, {}))
    return {
        item.name
        for part in parts
        for item in part
        if ((exact.lift(item.rhs) - exact.lift(item.lhs)).sign < 0).any()
    }


@pytest.mark.parametrize(
    "name", ["unfolded", "nonnegative", "lista_cp", "ista_thresholds", "local"]
)
def test_the_bound_is_met_with_equality_in_every_layer(name: str) -> None:
    theorem = catalogue()[f"rate.{name}"]
    for size in (1, 2, 3, 4):
        experiment = theorem.extremal(size)
        instance, evidence = experiment.codes, gather(theorem, experiment)
        measured = [c for c in theorem.claims_of(instance.exact(), evidence, {}) if c.measured]
        assert len(measured) == 1
        assert ((measured[0].rhs - measured[0].lhs).sign == 0).all()
        assert measured[0].lhs.shape == (1, evidence[theorem.needs[0]].thresholds.shape[1])


@each_theorem
def test_mutants_fall_on_the_smallest_witness_where_the_theorem_stands(theorem: Theorem) -> None:
    for mutant in theorem.mutants:
        instance = (mutant.witness or theorem.sharp)(1)
        evidence = gather(theorem, instance)
        assert decide(theorem, instance, evidence, mutant.changes).status == [Status.VIOLATED]
        assert decide(theorem, instance, evidence).status != [Status.VIOLATED], mutant.name


@each_theorem
def test_generated_networks_hold_and_are_rarely_undecided(theorem: Theorem) -> None:
    counts: Counter[Status] = Counter()
    seen: set[object] = set()
    met = []

    def look(draw: Draw) -> bool:
        found = examine(theorem, draw.recipe)
        counts.update(map(Status, found.verdict.status))
        network = found.evidence[NETWORK[theorem.id]]
        seen.update([network.dtype, network.activation])
        seen.update(name for name in ("rho", "p_in", "p_out") if getattr(network, name).any())
        if draw.meant:
            met.append(bool((found.verdict.status == Status.HOLDS).any()))
        return found.violated

    assert search(draws(theorem), 80, 3, look) is None
    assert counts[Status.UNDECIDED] <= 0.01 * counts.total()
    assert np.mean(met) >= 0.9
    expected = {"float64", "float32", "rho", "p_in"}
    expected |= {"relu"} if theorem.id == "rate.nonnegative" else set(ACTIVATIONS)
    assert expected <= seen


# --- rounding ---------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("activation", ["soft", "garrote", "scad"])
def test_computed_iterates_obey_the_bound_down_to_the_rounding_floor(
    dtype: str, activation: str
) -> None:
    """200 layers: the bound stops falling at some units of roundoff, and the error below it."""
    theorem = catalogue()["rate.unfolded"]
    rng = np.random.default_rng(0)
    design = Design(layers=200, activation=activation, dtype=dtype, rounded=True)
    X = np.where(np.arange(3) < 2, rng.uniform(0.5, 2, (4, 3)), 0)
    instance = Instance(Dictionary(equiangular_plus(2, 1, 5)), X)
    network = unfolded.unfolding(designed(instance, design))
    assert judged(theorem, instance, network) == Status.HOLDS
    bounds = quantities.unfolded_bounds(instance, network).mid
    floor, unit = bounds[:, -1], np.finfo(dtype).eps / 2
    assert (floor < 1000 * unit * X.max(axis=1)).all()
    assert (floor > unit * X.max(axis=1)).all()
    assert np.allclose(bounds[:, 150], floor)
    error = np.abs(network.iterates - X[:, None, :]).max(axis=(0, 2))
    assert error[0] > 0.5
    assert error[-1] < 1000 * unit


def test_float32_does_not_reach_what_float64_declares() -> None:
    theorem = catalogue()["rate.unfolded"]
    design = Design(layers=60, rounded=True)
    instance = Instance(Dictionary(equiangular_plus(2, 1, 5)), [[1.7, 0.9, 0]])
    honest = unfolded.unfolding(designed(instance, design))
    single = unfolded.unfolding(designed(instance, replace(design, dtype="float32")))
    assert judged(theorem, instance, honest) == Status.HOLDS
    claimed = replace(honest, iterates=single.iterates)
    assert judged(theorem, instance, claimed) == Status.VIOLATED
    assert "|x^k - x| <= b_k on S" in failing(theorem, instance, claimed)


# --- schedules that are wrong; networks that are: tests/quality/test_planted_bugs.py ------------


@each_theorem
def test_a_schedule_without_its_noise_is_outside_the_premises(
    theorem: Theorem, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = aligned_and_noisy(1)
    monkeypatch.setattr(
        unfolding_schedules.quantities, "noise_level", lambda instance, W: instance.lift([0.0])
    )
    network = run(theorem, with_design(instance, weights="normalised"))
    monkeypatch.undo()
    assert judged(theorem, instance, network) == Status.VACUOUS
    assert "||W^T e||_inf <= nu" in failing(theorem, instance, network)


@each_theorem
def test_thresholds_that_are_a_tenth_too_small_are_outside_the_premises(theorem: Theorem) -> None:
    instance = aligned_and_noisy(2)
    network = run(theorem, instance)
    assert judged(theorem, instance, network) == Status.HOLDS
    short = replace(network, thresholds=0.9 * network.thresholds)
    assert judged(theorem, instance, short) == Status.VACUOUS
    names = failing(theorem, instance, short)
    assert names & {
        "theta_k covers what is off S",
        "tau_out b_k + kappa_out p0_k + nu + rho_k <= theta_k",
    }


@pytest.mark.parametrize("name", ["rho", "p_in", "p_out"])
def test_an_error_that_is_not_declared_violates_the_step(name: str) -> None:
    theorem, instance = catalogue()["rate.unfolded"], aligned_and_inexact(1)
    network = run(theorem, instance)
    silent = replace(network, **{name: np.zeros_like(network.rho)})
    names = failing(theorem, instance, silent)
    assert names & {
        "x^{k+1} = h_k(v^k) + p^{k+1}",
        "x^{k+1} = p^{k+1} where |v^k| <= theta_k - rho_k",
    }


# --- quantities -------------------------------------------------------------------------------


def test_row_sums_are_those_of_a_loop() -> None:
    rng = np.random.default_rng(1)
    D, W = rng.standard_normal((2, 4, 6))
    X = np.where(rng.random((5, 6)) < 0.4, 1.0, 0.0)
    X[0], X[1] = 0.0, 1.0
    found = quantities.row_sums(Instance(D, X), W)
    A = np.abs(np.eye(6) - W.T @ D)
    for code, x in enumerate(X):
        S, rest = np.flatnonzero(x), np.flatnonzero(x == 0)
        for rows, columns, values in (
            (S, S, found.tau_in),
            (rest, S, found.tau_out),
            (S, rest, found.kappa_in),
            (rest, rest, found.kappa_out),
        ):
            expected = max((sum(A[i, j] for j in columns) for i in rows), default=0.0)
            assert abs(values.mid[code] - expected) <= values.rad[code] + 1e-14


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_recursion_is_the_closed_form(size: int) -> None:
    """``q^k B + 2 nu (1 - q^k)/(1 - q)`` on the sharp instance, whose thresholds are equalities."""
    experiment = aligned_and_noisy(size)
    instance, network = experiment.codes, run(catalogue()["rate.unfolded"], experiment)
    exact = instance.exact()
    rate = rates.exact_rate(exact, network.W)
    bounds, q, nu = quantities.unfolded_bounds(exact, network), rate.q, exact.lift(network.nu)
    power = exact.lift([1.0])
    for k in range(network.thresholds.shape[1] + 1):
        closed = power * network.B + nu * 2 * (1 - power) / (1 - q)
        assert (bounds[:, k] - closed).sign == 0
        power = power * q
    assert (rates.coherence_rate(exact, network.W).q - q).sign == 0
    assert (rates.local_rate(exact, network.W).q - q).sign == 0


def test_the_rate_of_the_classical_step() -> None:
    """``q = 1 - (1 - mu1(s-1) - mu1(s))/L`` for atoms of unit norm."""
    D = np.array([[1, 0.6, 0], [0, 0.8, 0.6], [0, 0, 0.8]])
    rate = rates.gradient_rate(Instance(D, [[1, 1, 0]]), D / 4)
    assert rate.q.mid == pytest.approx(1 - (1 - 0.6 - (0.6 + 0.48)) / 4)


def test_the_depth_is_that_of_the_logarithms() -> None:
    experiment = aligned_and_noisy(2)
    instance, network = experiment.codes, run(catalogue()["rate.depth"], experiment)
    q, nu = rates.exact_rate(instance, network.W).q.mid[0], network.nu[0]
    c = 2 * nu / (1 - q)
    for tolerance in (0.9, 0.5, 0.3):
        asked = replace(network, tolerance=np.array([tolerance]))
        expected = ceil(log((1 - c) / (tolerance - c)) / log(1 / q))
        assert depth.sufficient_depth(instance, asked) == [expected]


def test_analytic_weights_are_better_than_the_dictionary() -> None:
    instance = Instance(np.random.default_rng(0).standard_normal((8, 12)), np.eye(1, 12))
    W = unfolding_schedules.weights(instance, "least")
    assert cross_coherence(instance.D, W).mid < 0.8 * coherence(instance.D).mid


# --- the local rate where the global one says nothing --------------------------------------------


def test_a_local_rate_on_a_long_signal() -> None:
    """A Barker code at every seventh place: 72 nonzeros, ``(2s - 1) mu = 11``, ``q`` below 1."""
    theorem = catalogue()["rate.local"]
    D = Dictionary(full_length(BARKER_13, 520))
    x = np.where(np.arange(508) % 7 == 0, np.random.default_rng(0).choice([-1.0, 1.0], 508), 0)
    design = Design(layers=12, rounded=True)
    instance = Instance(D, x[None, :])
    network = run(theorem, designed(instance, design))
    assert judged(theorem, instance, network) == Status.HOLDS
    assert rates.coherence_rate(instance, network.W).q.mid > 11
    assert rates.local_rate(instance, network.W).q.mid == pytest.approx(7 / 13)
    assert np.abs(network.iterates[0, -1] - x).max() < 0.001
    assert rates.exact_rate(instance, network.W).q.mid < 0.32


def test_a_local_rate_on_blocks_that_violate_the_global_condition() -> None:
    theorem = catalogue()["rate.local"]
    for size in (2, 6):
        experiment = theorem.extremal(size)
        instance, network = experiment.codes, run(theorem, experiment)
        assert rates.coherence_rate(instance, network.W).q.mid > 1
        assert rates.local_rate(instance, network.W).q.mid == 0.75
        assert judged(theorem, instance, network) == Status.HOLDS


def test_false_positives_appear_only_where_they_are_declared() -> None:
    network = run(catalogue()["rate.unfolded"], aligned_without_noise(2))
    assert not network.iterates[:, :, 2:].any()
    inexact = run(catalogue()["rate.unfolded"], aligned_and_inexact(2))
    assert (inexact.iterates[:, 1:, 2:] == 2.0**-6).all()
