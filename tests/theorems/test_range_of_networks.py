"""Networks at the ends of the range: what is flushed to zero is no fault, and more than that is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.evidence import gather
from sparsebound.checks.subjects.realised import AttentionSchedule
from sparsebound.theory.analysis.unfolding import rounding
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.constructions.convolutional import circular
from sparsebound.theory.evidence.networks import Attended, Factors, Rectified
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.networks import FARTHEST
from sparsebound.theory.extremal.unfolding import Design
from sparsebound.theory.instance import Instance
from sparsebound.theory.verdict import Status, decide
from tests.machines import SCALES, Machine
from tests.theorems.planting import alone

TINY = 2.0**-1022
TIMES = 8
"""How many times what rounding explains is refuted."""


def judged(name: str, claim: str, instance: Instance, **evidence: Any) -> set[Status]:
    """What becomes of a single claim."""
    theorem = alone(catalogue()[name], claim, 0, premises=True)
    return {Status(int(status)) for status in decide(theorem, instance, evidence).status}


def flushed_tap(lost: float) -> set[Status]:
    """``(1 + a z + z^2)(1 + z^2) 2^60`` in two filters, of which one has lost its tap ``a``."""
    large = 2.0**60
    wanted = [large, lost * large, 2 * large, lost * large, large]
    filters = np.array([[1, 0, 1], [large, 0, large]])
    instance = Instance(np.array(wanted)[:, None], np.zeros((0, 1)))
    name, claim = "network.filter_factorization", "f_1 * ... * f_F = f"
    return judged(name, claim, instance, factors=Factors(filters))


def test_a_tap_may_be_flushed_to_zero() -> None:
    """There are two filters, so half of what is allowed is lost."""
    for share in (2.0**-52, 0.4, 0.999):
        assert flushed_tap(share * TINY) == {Status.HOLDS}
    assert flushed_tap(TIMES * 2.01 * TINY) == {Status.VIOLATED}


@pytest.mark.parametrize(("count", "expected"), [(2, Status.VIOLATED), (3, Status.UNDECIDED)])
def test_filters_whose_products_leave_the_range(count: int, expected: Status) -> None:
    """What is exact is finite; and no infinite room helps what is wrong."""
    wanted, filters = np.ones((2 * count + 1, 1)), np.array([[2.0**700, 0, 1]] * count)
    instance, claim = Instance(wanted, np.zeros((0, 1))), "f_1 * ... * f_F = f"
    found = judged("network.filter_factorization", claim, instance, factors=Factors(filters))
    assert found == {expected}


def attention(machine: Machine, instance: Instance, beta: float) -> Attended:
    """Softmax and its sums, one operation after the other."""
    kept, N = machine.kept, instance.D.shape[1]
    with np.errstate(under="ignore", over="ignore"):
        powers = kept(np.exp(np.where(np.arange(N) == 0, 0.0, -beta)))
        total = others = powers[1] * 0
        for power in powers:
            total = kept(total + power)
        weights = kept(powers / total)
        for weight in weights[1:]:
            others = kept(others + weight)
        places = (np.arange(N)[:, None] + np.arange(N)) % N
        x = kept(instance.X)
        gathered = np.stack([machine.product(v[places], weights[:, None])[:, 0] for v in x])
    same = np.ones((len(x), 1))
    offsets = np.zeros(len(x), dtype=np.int64)
    return Attended(
        gathered,
        same[:, 0] * beta,
        offsets,
        same * weights[0] * np.ones(N),
        same * others * np.ones(N),
    )


EQUALITIES = ("||A - P|| <= alpha", "alpha <= ||A - P||", "rows of A sum to 1")
OUTPUTS = "|A x - P x| <= alpha ||x||_inf"


@pytest.mark.parametrize("flushes", [False, True])
@pytest.mark.parametrize("N", [2, 7])
@pytest.mark.parametrize("beta", [0.0, 2.0, 36.75, 700.0, 709.0, 740.0, 800.0, 2.0**40])
def test_attention_holds_where_weights_are_flushed(beta: float, N: int, flushes: bool) -> None:
    for scale in SCALES[np.float64]:
        instance = Instance(np.eye(N), (1.0 - 2.0 * np.eye(2, N)) * scale)
        found = attention(Machine(np.float64, flushes=flushes), instance, beta)
        for claim in (*EQUALITIES, OUTPUTS):
            status = judged("network.attention_shift", claim, instance, attended=found)
            assert status == {Status.HOLDS}, (scale, claim)


@pytest.mark.parametrize("beta", [2.0, 740.0, 2.0**40])
def test_attention_may_lose_no_more(beta: float) -> None:
    N = 7
    for scale in SCALES[np.float64]:
        instance = Instance(np.eye(N), (1.0 - 2.0 * np.eye(2, N)) * scale)
        found = attention(Machine(np.float64), instance, beta)
        alpha = 2 * (N - 1) / (np.exp(min(beta, 700.0)) + N - 1) if beta < 700 else 0.0
        unit = 2.0**-53
        more = TIMES * ((2 * N + 8) * unit * alpha + 6 * N * TINY) + 2.0**-1000 * (beta > 700)
        wrong = replace(found, others=found.others + more)
        claim = EQUALITIES[0]
        assert judged("network.attention_shift", claim, instance, attended=wrong) == {
            Status.VIOLATED
        }
        places = np.argmin(found.outputs, axis=1)
        x = np.take_along_axis(instance.X, places[:, None], axis=1)
        off = found.outputs.copy()
        room = alpha * scale + TIMES * ((3 * N + 8) * unit * scale + 2 * N * TINY * (1 + scale))
        np.put_along_axis(off, places[:, None], x - 1.001 * room, axis=1)
        wrong = replace(found, outputs=off)
        assert judged("network.attention_shift", OUTPUTS, instance, attended=wrong) == {
            Status.VIOLATED
        }


def test_attention_on_codes_at_the_end_of_the_range_decides_nothing() -> None:
    instance = Instance(np.eye(2), [[2.0**1023 * 1.5, 1.0]])
    found = attention(Machine(np.float64), Instance(np.eye(2), [[1.0, 1.0]]), 2.0)
    status = judged("network.attention_shift", OUTPUTS, instance, attended=found)
    assert Status.VIOLATED not in status


def gelu_pair(lost: float) -> set[Status]:
    """A threshold of GELU whose ``v - t`` is so small, and has been flushed to zero."""
    t, beta = 16 * TINY, 2.0**1021
    v = np.array([[t + lost]])
    found = Rectified(v, v, 0 * v, np.array([t]), np.array([beta]), "gelu")
    claim = "two-sided: within c/beta of soft"
    return judged("network.smooth_activation", claim, Instance([[1]], [[0]]), smooth_pair=found)


def test_a_smooth_threshold_may_lose_its_argument_below_the_range() -> None:
    """By no more than eight times eight results, and the distance ``c/beta``."""
    assert gelu_pair(0.999 * TINY) == {Status.HOLDS}
    assert gelu_pair(TIMES * 8.1 * TINY) == {Status.VIOLATED}


@pytest.mark.parametrize("activation", FARTHEST)
def test_smooth_units_are_not_refuted_at_any_scale(activation: str) -> None:
    theorem = catalogue()["network.smooth_activation"]
    for power in (-1060, -1000, -600, 0, 600, 1000, 1020):
        for beta in (2.0**-1000, 2.0**-20, 1.0, 1000.0, 2.0**1000):
            with np.errstate(under="ignore"):
                values = np.ldexp([[1.0, -1.0, 0.3], [1e-3, 0.0, -2.0]], power)
            settings = {"unit": activation, "beta": beta, "theta": float(abs(values[0, 2]))}
            instance = Experiment(Instance(np.eye(3), values), settings)
            verdict = decide(theorem, instance, gather(theorem, instance))
            assert not verdict.count(Status.VIOLATED), (power, beta)
            if max(abs(power), abs(np.log2(beta)), abs(power + np.log2(beta))) <= 1000:
                assert verdict.count(Status.HOLDS) == 2, (power, beta)


def tokens(scale: float, atoms: float = 1.0) -> Experiment:
    """Two filters on three positions."""
    D = circular(np.array([[4.0, 1.0], [-1.0, 4.0]]), 3) * atoms
    X = np.zeros((2, D.shape[1]))
    X[0, 0], X[1, [1, 4]] = 8, (-8, 1)
    return Experiment(
        Instance(D, X * scale, np.full((2, len(D)), 0.125 * scale) * atoms),
        {"beta": 60.0, "layers": 3},
    )


@pytest.mark.parametrize("atoms", [2.0**-400, 1.0, 2.0**400])
def test_transformers_hold_at_any_scale_and_no_more_than_that(atoms: float) -> None:
    theorem = catalogue()["network.transformer"]
    for scale in SCALES[np.float64]:
        if not 2.0**-1060 <= scale * atoms <= 2.0**600:
            continue
        instance = tokens(scale, atoms)
        with np.errstate(under="ignore"):
            found = gather(theorem, instance)["transformed"]
        assert {
            Status(int(s)) for s in decide(theorem, instance, {"transformed": found}).status
        } == {Status.HOLDS}, scale
        network = found.unfolding
        states, declared = network.iterates.copy(), network.rho[:, 2] + network.p_in[:, 2]
        for code, (place, sign) in enumerate(((0, 1), (1, -1))):
            states[code, 3, place] -= sign * TIMES * declared[code]
        wrong = replace(found, unfolding=replace(network, iterates=states))
        status = decide(theorem, instance, {"transformed": wrong}).status
        assert {Status(int(s)) for s in status} == {Status.VIOLATED}, scale


def scheduled(scale: float) -> AttentionSchedule:
    instance = tokens(scale).codes
    W = instance.D.data / (instance.D.data**2).sum(axis=0)
    return AttentionSchedule(instance, Design(layers=2, rounded=True), W, 60.0, 3)


def test_what_attention_may_round_is_a_few_times_what_matrices_may() -> None:
    """As many roundings meet on the way as there are more: in weights, and in sums over heads."""
    found = scheduled(1.0)
    expected = rounding(found.instance, found.W)
    assert (found.rounding.base >= expected.base).all()
    assert (found.rounding.base <= 8 * expected.base).all()


def test_nothing_is_declared_of_attention_where_the_range_may_be_left() -> None:
    assert np.isfinite(scheduled(2.0**1010).rounding.base).all()
    assert np.isinf(scheduled(2.0**1017).rounding.base).all()
    one, design = np.ones((1, 1)), Design(layers=1, rounded=True)
    for share, known in ((1 / 16, True), (1 / 10, False)):
        instance = Instance(one, [[share * np.finfo(float).max]])
        found = AttentionSchedule(instance, design, one, 60.0, 1).rounding
        assert np.isfinite(found.base).all() == known
