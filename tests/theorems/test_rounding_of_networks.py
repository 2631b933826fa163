"""What networks may lose to rounding: correct ones keep the allowance, and it is not lax.

Where a correct computation comes near the allowance, an allowance that is counted short refutes
it; what is off by a few times as many roundings as there are is refuted, at any size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import wraps
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.checks.evidence import gather
from sparsebound.checks.networks.activations import SMOOTH, leaky_pair, rectified_pair, run
from sparsebound.checks.networks.encoder import apply, dense_encoder
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.constructions import equiangular_plus
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.evidence.networks import Activated, Attended, Encoded, Factors, Rectified
from sparsebound.theory.extremal.networks import FARTHEST, two_taps
from sparsebound.theory.extremal.unfolding import Design, designed
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.theorem import Claim, Theorem
from sparsebound.theory.verdict import Status, decide
from tests.machines import Machine
from tests.theorems.planting import alone, altered

UNIT = 2.0**-53
MANY = 64
"""How many times as many roundings as there are refute a run."""


def judged(name: str, claim: str, instance: Instance, **evidence: Any) -> list[Status]:
    """What becomes of a single claim, for each code."""
    theorem = alone(catalogue()[name], claim, 0, premises=True)
    return [Status(int(status)) for status in decide(theorem, instance, evidence).status]


def losing(d: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Two vectors whose inner product loses every term but the first, one after the other."""
    left, right = np.full(d, 2.0**-12), np.full(d, UNIT * 2.0**12 * 15 / 16)
    left[0], right[0] = 1, 1 + 2.0**-10
    return left, right


@pytest.mark.parametrize("d", [8, 400])
def test_an_encoder_may_lose_every_term_of_a_sum_and_not_many_times_as_much(d: int) -> None:
    atom, signal = losing(d)
    instance = Instance(atom[:, None], [[1.0]])

    def status(outputs: Any) -> list[Status]:
        found = Encoded(signal[None], np.asarray(outputs).reshape(1, 1), 2, 1, 1)
        return judged("network.dense_encoder", "outputs = T y", instance, encoded=found)

    lost = Machine(np.float64).product(signal[None], atom[:, None])
    size = float(np.abs(atom) @ np.abs(signal))
    assert np.isclose(atom @ signal - lost, (d - 1) * UNIT * 15 / 16, rtol=0.1)
    assert status(lost) == [Status.HOLDS]
    assert status(apply(dense_encoder(atom[None], 3), signal[None])) == [Status.HOLDS]
    assert status(lost - MANY * d * UNIT * size) == [Status.VIOLATED]


def test_every_factor_of_a_filter_may_be_rounded_once() -> None:
    """Twenty factors a little below 1: each of them is one rounding, and all add up."""
    theorem, count = catalogue()["network.filter_factorization"], 20
    filters = np.zeros((count, 3))
    filters[:, 2] = 1 - UNIT
    filters[0, 1] = 1 - UNIT
    instance = Instance([[1], [1]], np.zeros((0, 1)))

    def status(values: NDArray[Any]) -> list[Status]:
        return judged(theorem.id, "f_1 * ... * f_F = f", instance, factors=Factors(values))

    assert status(filters) == [Status.HOLDS]
    assert status(np.where(filters > 0, 1 - 2 * UNIT, 0)) == [Status.VIOLATED]


@pytest.mark.parametrize("N", [8, 400])
def test_attention_may_lose_every_weight_but_one(N: int) -> None:
    """``e^beta`` is so large that adding ones to it changes nothing."""
    beta, instance = 36.75, Instance(np.eye(N), np.ones((1, N)))
    total = np.exp(beta)
    assert total > 2.0**53
    assert total + 1 in (total, total + 2)

    def status(claim: str, more: float = 0.0, **changed: Any) -> list[Status]:
        others = np.full((1, N), (N - 1) / total) * (1 + more)
        found = Attended(np.ones((1, N)), [beta], [0], np.ones((1, N)), others)
        found = replace(found, **changed)
        return judged("network.attention_shift", claim, instance, attended=found)

    # each weight is larger than it should be by as many roundings as there are other tokens
    for claim in ("||A - P|| <= alpha", "alpha <= ||A - P||", "rows of A sum to 1"):
        assert status(claim) == [Status.HOLDS]
    assert status("||A - P|| <= alpha", MANY * N * UNIT) == [Status.VIOLATED]
    assert status("alpha <= ||A - P||", -MANY * N * UNIT) == [Status.VIOLATED]
    off = np.full((1, N), 1 + MANY * N * UNIT)
    assert status("rows of A sum to 1", targets=off) == [Status.VIOLATED]
    assert status("|A x - P x| <= alpha ||x||_inf", outputs=off) == [Status.VIOLATED]


def test_a_pair_of_leaky_units_needs_most_of_its_roundings() -> None:
    """One pair loses 4.1 of the six roundings; many are right, and none may be off by many."""
    rng = np.random.default_rng(0)
    near_one = 1 - 2.0 ** -rng.uniform(1, 40, 40)
    slopes = np.r_[-7.8902198563033865, rng.uniform(-3, 3, 40), near_one]
    points = np.tile(np.r_[1.416200997894021, rng.uniform(-2, 2, 9)], (len(slopes), 1))
    relu = np.vstack([run(leaky_pair(a), v[None]) for a, v in zip(slopes, points, strict=True)])
    a, v = slopes[0], points[0, 0]
    scale = 1 / ((1 - a) * (1 + a))
    relu[0, 0] = scale * v + (a * scale) * (a * -v)  # one operation after the other
    assert abs(relu[0, 0] - v) > 4 * UNIT * v * (1 + a * a) / (a * a - 1)
    pair = run(rectified_pair(0.5), points)
    thresholds = np.full(len(slopes), 0.5)
    found = Rectified(points, relu, pair, thresholds, slopes, "leaky_relu")
    instance = Instance(np.eye(10), np.zeros(points.shape))

    def status(name: str, evidence: Rectified) -> set[Status]:
        return set(judged("network.relu_pair", name, instance, relu_pair=evidence))

    for name, field in (("relu from leaky units", "relu"), ("soft from rectified units", "soft")):
        assert status(name, found) == {Status.HOLDS}
        slack = (1 + slopes**2) / np.abs(1 - slopes**2) if field == "relu" else 1 + 0 * slopes
        off = getattr(found, field) + MANY * UNIT * slack[:, None] * (np.abs(points) + 0.5)
        assert status(name, replace(found, **{field: off})) == {Status.VIOLATED}


@pytest.mark.parametrize("activation", SMOOTH)
def test_a_smooth_unit_is_not_many_roundings_farther_than_it_may_be(activation: str) -> None:
    v = np.array([[FARTHEST[activation]]])
    instance = Instance([[1]], [[0]])
    values = SMOOTH[activation](v)
    away = np.sign(values - np.maximum(v, 0)) * (np.abs(v) + 1)

    def status(more: float) -> list[Status]:
        found = Rectified(v, values + more * away, 0 * v, [0.0], [1.0], activation)
        name = "|sigma(beta v)/beta - relu(v)| <= c/beta"
        return judged("network.smooth_activation", name, instance, smooth_pair=found)

    assert status(0) == [Status.HOLDS]
    assert status(MANY * UNIT) == [Status.VIOLATED]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_threshold_is_not_many_roundings_farther_than_it_may_be(dtype: Any) -> None:
    rng, theta = np.random.default_rng(0), dtype(0.3)
    v = rng.uniform(1, 2, (50, 4)).astype(dtype)
    h, unit = soft(v, theta).astype(float), float(np.finfo(dtype).eps) / 2
    name, same = np.dtype(dtype).name, np.ones(len(v))
    instance = Instance(np.eye(4), np.zeros((50, 4)))

    def status(values: Any) -> set[Status]:
        found = Activated(v.astype(float), values, same * float(theta), same, "soft", name)
        return set(judged("network.thresholding", "|h(v) - v| <= theta", instance, activated=found))

    assert status(h) == {Status.HOLDS}
    assert status(h - MANY * unit * (v.astype(float) + 0.3)) == {Status.VIOLATED}


def test_a_convolutional_block_is_not_many_roundings_off() -> None:
    theorem, experiment = catalogue()["network.convolution"], two_taps(5)
    instance, (found,) = experiment.codes, gather(theorem, experiment).values()
    for name, field, roundings in (
        ("v^k = x^k + W^T (y - D x^k)", "sums", sum(instance.D.shape)),
        ("x^{k+1} = soft(v^k)", "states", 1),
    ):
        assert judged(theorem.id, name, instance, convolved=found) == [Status.HOLDS]
        values = getattr(found, field)
        place = np.unravel_index(np.abs(values).argmax(), values.shape)
        for side in (-1, 1):
            off = values.copy()
            off[place] *= 1 + side * MANY * roundings * UNIT
            changed = replace(found, **{field: off})
            assert judged(theorem.id, name, instance, convolved=changed) == [Status.VIOLATED]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "name", ["unfolded", "nonnegative", "lista_cp", "ista_thresholds", "alista", "local", "depth"]
)
def test_a_layer_is_not_many_roundings_off(name: str, dtype: str) -> None:
    theorem, D = catalogue()[f"rate.{name}"], equiangular_plus(2, 1, 5)
    design = Design(rounded=True, dtype=dtype)
    instance = Instance(Dictionary(D), [[1.7, 0.9, 0], [0.6, 1.1, 0]])
    (need,) = theorem.needs
    network = gather(theorem, designed(instance, design))[need]
    steps = replace(theorem, claims=steps_of(theorem), premises=lambda instance: (), mutants=())
    unit = float(np.finfo(dtype).eps) / 2
    size = np.abs(instance.X).max() * (1 + np.abs(network.W.T @ D).sum(axis=1).max())

    def judge(run: Unfolding) -> list[int]:
        status: list[int] = decide(steps, instance, {need: run}).status.tolist()
        return status

    assert judge(network) == [Status.HOLDS] * 2
    for code in (0, 1):
        for k in range(1, network.iterates.shape[1]):
            # towards 0, as a threshold may move a little less, and never more
            shift = -MANY * sum(D.shape) * unit * size
            off = altered(network, code, iterates=lambda x, k=k, s=shift: moved(x, k, s))
            status = judge(off)
            assert status[code] == Status.VIOLATED, k
            assert status[1 - code] == Status.HOLDS


def steps_of(theorem: Theorem) -> Any:
    """The claims on single steps."""

    @wraps(theorem.claims)
    def claims(*args: Any, **changes: Any) -> Iterator[Claim]:
        yield from (claim for claim in theorem.claims(*args, **changes) if claim.step)

    return claims


def moved(iterates: NDArray[Any], k: int, shift: float) -> NDArray[Any]:
    """Shift the first entry of an iterate."""
    iterates[k, 0] += shift
    return iterates


def test_stored_weights_may_be_rounded_and_not_more() -> None:
    """On a simplex no weights are better than the atoms, and nothing hides what is worse."""
    theorem = catalogue()["rate.alista"]
    assert theorem.sharp
    experiment = theorem.extremal(2)
    instance, network = experiment.codes, gather(theorem, experiment)["analytic_unfolding"]
    W, name = np.array(network.W), "mu(W, D) <= mu(D)"
    rounded = np.nextafter(W, np.where(np.arange(4) % 2, np.inf, -np.inf))
    worse = W.copy()
    worse[:, 0] -= MANY * sum(W.shape) * UNIT * W[:, 1]
    expected = ((W, Status.HOLDS), (rounded, Status.HOLDS), (worse, Status.VIOLATED))
    theorem = alone(theorem, name, 0, premises=False)
    for weights, status in expected:
        evidence = {"analytic_unfolding": replace(network, W=weights)}
        assert decide(theorem, instance, evidence).status.tolist() == [status]
