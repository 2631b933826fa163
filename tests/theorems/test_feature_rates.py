"""Networks of finitely many layers: against plain loops, other solvers, and hand calculations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import nnls

from sparsebound.checks.subjects.feature_networks import unfolded_features
from sparsebound.checks.subjects.feature_runs import labelled_runs, nonnegative_run
from sparsebound.theory.analysis.feature_rates import FeatureRun
from sparsebound.theory.analysis.features import FeaturePoint
from sparsebound.theory.evidence import FeatureIterates, LabelledRuns, UnfoldedFeatures
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal import feature_rates as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.rate.features import THEOREM as FINDS
from sparsebound.theory.rate.label import THEOREM as SAYS
from sparsebound.theory.verdict import Status, decide


def instance_of(seed: int, m: int = 9, n: int = 6) -> Instance:
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 5, (12, n)) * (rng.random((12, n)) < 0.4)
    D = np.eye(m, n) * 4 + rng.standard_normal((m, n)) / 4
    return Instance(D, X, rng.integers(-8, 9, (12, m)) / 16)


def network_of(instance: Instance, kind: str = "normalised") -> UnfoldedFeatures:
    return unfolded_features(Experiment(instance, {"read_by": kind}))


# --- a network finds the features -----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["normalised", "gradient"])
@pytest.mark.parametrize("seed", range(3))
def test_the_fixed_points_are_the_features_that_scipy_finds(seed: int, kind: str) -> None:
    instance = instance_of(seed)
    network = network_of(instance, kind)
    D, z = instance.D.data, FeatureRun(instance, network).fixed_point.mid
    shares = (network.W * D).sum(axis=0) / (D**2).sum(axis=0)
    for code in np.flatnonzero(~network.signed):
        lam = network.lam[code] / shares
        pulled = instance.Y.mid[code] - np.linalg.lstsq(D.T, lam, rcond=None)[0]
        np.testing.assert_allclose(nnls(D, pulled)[0], z[code], atol=1e-9)


@pytest.mark.parametrize("kind", ["normalised", "gradient", "closed form"])
@pytest.mark.parametrize("seed", range(3))
def test_networks_are_within_their_bounds_at_every_layer(seed: int, kind: str) -> None:
    instance = instance_of(seed)
    network = network_of(instance, kind)
    z = FeatureRun(instance, network).fixed_point.mid
    verdict = decide(FINDS, instance, {"unfolded_features": network})
    assert (verdict.status == Status.HOLDS).all()
    for code in range(len(instance)):
        W, D, y = network.W, instance.D.data, instance.Y.mid[code]
        on, x = network.signs[code] != 0, np.zeros(D.shape[1])
        mixed = np.abs(np.eye(len(x)) - W.T @ D)[:, on].sum(axis=1)
        bound = np.abs(z[code]).max()
        for k, theta in enumerate(network.thresholds[code]):
            v = x + W.T @ (y - D @ x)
            x = np.maximum(v - theta, 0)
            x = x - np.maximum(-v - theta, 0) if network.signed[code] else x
            np.testing.assert_allclose(x, network.states[code, k + 1], atol=1e-12)
            bound = mixed[on].max(initial=0.0) * bound + theta - network.lam[code]
            assert np.abs(x - z[code]).max() <= bound * (1 + 1e-9) + 1e-12
            assert not x[~on].any()


def test_no_noise_remains_and_in_the_end_thresholds_are_those_of_the_features() -> None:
    instance = instance_of(1)
    network = network_of(instance)
    run = FeatureRun(instance, network)
    q = run.sums.tau_in.mid + run.sums.tau_out.mid
    c, lam, z = run.largest_pull.mid, network.lam, run.fixed_point.mid
    assert (q < 1).all()
    assert (c < lam).all()
    for code in range(len(instance)):
        D, W, y = instance.D.data, network.W, instance.Y.mid[code]
        tau_in, tau_out = run.sums.tau_in.mid[code], run.sums.tau_out.mid[code]
        x, bound, start = np.zeros(D.shape[1]), np.abs(z[code]).max(), np.abs(z[code]).max()
        for k in range(200):
            assert bound <= q[code] ** k * start * (1 + 1e-9)
            theta = max(lam[code], c[code] + tau_out * bound)
            v = x + W.T @ (y - D @ x)
            x = np.sign(v) * np.maximum(np.abs(v) - theta, 0)
            x = x if network.signed[code] else np.maximum(v - theta, 0)
            bound = tau_in * bound + theta - lam[code]
        assert theta == lam[code]
        assert np.abs(x - z[code]).max() <= 1e-12  # noise of size 1/2 was added to the signal


def test_fixed_points_and_row_sums_are_those_that_one_finds_by_hand() -> None:
    """``D^T D = [[25, 15], [15, 25]]``, ``D^T y = (50, 40)``: ``z = (1, 0)``, and no gap."""
    D = np.array([[5.0, 3], [0, 4]])
    states = np.array([[[0.0, 0], [10, 0]]])
    network = UnfoldedFeatures(
        np.array([25.0]),
        np.array([[1.0, 0]]),
        np.array([True]),
        states,
        np.array([[40.0]]),
        np.array([1.0]),
        np.zeros((1, 1)),
        D,
    )
    run = FeatureRun(Instance(D, np.zeros((1, 2)), [[10.0, 2.5]]).exact(), network)
    assert run.fixed_point.mid.tolist() == [[1, 0]]
    assert run.pull.mid.tolist() == [[0, 25]]
    assert (run.sums.tau_in.mid, run.sums.tau_out.mid) == (24, 15)  # atoms are not of length 1
    assert run.bounds().mid.tolist() == [[1, 24 + 40 - 25]]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_bounds_of_aligned_features_fall_by_the_rate(size: int) -> None:
    experiment = extremal.aligned_features(size)
    network: UnfoldedFeatures = experiment.settings["unfolded_features"]
    instance = experiment.codes.exact()
    mu = -(network.W.T @ instance.D.data)[0, 1] if size > 1 else 0.5
    rate = (2 * size - 1) * mu
    bounds = FeatureRun(instance, network).bounds().mid[0]
    assert bounds.tolist() == [rate**k for k in range(len(bounds))]


# --- the label of a network -----------------------------------------------------------------------


def found_on(seed: int) -> tuple[Instance, LabelledRuns]:
    instance = instance_of(seed)
    return instance, labelled_runs(Experiment(instance))


def plain_loop(D: np.ndarray, y: np.ndarray, lam: np.ndarray, L: float, K: int) -> np.ndarray:
    x = z = np.zeros(D.shape[1])
    t = 1.0
    for _ in range(K):
        new = np.maximum(z - (D.T @ (D @ z - y) + lam) / L, 0)
        following = (1 + (1 + 4 * t * t) ** 0.5) / 2
        z, x, t = new + (t - 1) / following * (new - x), new, following
    return x


@pytest.mark.parametrize("seed", range(3))
def test_runs_are_those_of_a_plain_loop(seed: int) -> None:
    instance, found = found_on(seed)
    D, runs, y = instance.D.data, found.iterates, found.pair.signals.values
    thresholds = found.pair.features.thresholds
    for code in range(len(instance)):
        for k in range(runs.fista.shape[1]):
            x = plain_loop(D, y[code], thresholds[code], runs.L[code], k)
            np.testing.assert_allclose(runs.fista[code, k], x, atol=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_no_margin_falls_by_more_than_the_bound(seed: int) -> None:
    instance, found = found_on(seed)
    verdict = decide(SAYS, instance, {"labelled_runs": found})
    assert (verdict.status == Status.HOLDS).all()
    D, Y, runs, readout = instance.D.data, instance.Y.mid, found.iterates, found.readout
    z = FeaturePoint(instance.D, instance.Y, found.pair.features).entries.mid
    moved = FeaturePoint(
        instance.D, instance.lift(found.pair.signals.values), found.pair.moved
    ).entries.mid
    for code in range(len(instance)):
        L, size = runs.L[code], np.linalg.norm(moved[code])
        distance = np.linalg.norm(found.pair.signals.values[code] - Y[code])
        for u in readout.directions[code]:
            v = D.T @ D @ u
            N = np.sqrt(v @ np.linalg.solve(D.T @ D, v))
            for k in range(1, runs.ista.shape[1]):
                lost = v @ (z[code] - runs.fista[code, k])
                assert lost <= N * (distance + 2 * np.sqrt(L) * size / (k + 1)) + 1e-9
                lost = v @ (z[code] - runs.ista[code, k])
                assert lost <= N * (distance + np.sqrt(L / (2 * k)) * size) + 1e-9


@pytest.mark.parametrize("momentum", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_from_the_depth_on_the_label_is_that_of_the_features(seed: int, momentum: bool) -> None:
    rng = np.random.default_rng(seed)
    D, V, b = rng.standard_normal((6, 5)), rng.standard_normal((4, 5)), rng.standard_normal(4)
    Y, L = rng.standard_normal((20, 6)) * 3, float(np.linalg.norm(D, 2) ** 2) * 1.01
    thresholds = np.full((20, 5), 0.3)
    z = nonnegative_run(D, Y, thresholds, L, 40000, momentum=True)[:, -1]
    inverse, depths = np.linalg.inv(D.T @ D), []
    for code in range(20):
        read = V @ z[code] + b
        label = read.argmax()
        needed = 0.0
        for rival in {*range(4)} - {label}:
            v, margin = V[label] - V[rival], read[label] - read[rival]
            N = np.sqrt(v @ inverse @ v)
            least = N * np.sqrt(L) * np.linalg.norm(z[code]) / margin
            needed = max(needed, 2 * least - 1 if momentum else least**2 / 2)
        depth = int(np.floor(needed)) + 1
        if depth > 20000:
            continue
        depths.append(depth)
        beyond = nonnegative_run(
            D, Y[code : code + 1], thresholds[:1], L, depth + 50, momentum=momentum
        )[0, depth:]
        assert (((beyond @ V.T) + b).argmax(axis=1) == label).all()
    assert len(depths) > 10


def other_run(found: LabelledRuns, instance: Instance, bug: str) -> LabelledRuns:
    """Runs with one bug each."""
    D, y, L = instance.D.data, found.pair.signals.values, float(found.iterates.L[0])
    lam = found.pair.moved.thresholds * (0.9 if bug == "a low threshold" else 1.0)
    inverse = {"a long step": L / 1.1, "a short step": 2 * L}.get(bug, L)
    ista, fista = (nonnegative_run(D, y, lam, inverse, momentum=q) for q in (False, True))
    if bug == "no momentum":
        fista = ista
    if bug == "momentum where there is none":
        ista = fista
    if bug == "negative entries":
        ista = ista - 2.0**-20 * (ista == 0)
        ista[:, 0] = 0
    return replace(found, iterates=replace(found.iterates, ista=ista, fista=fista))


@pytest.mark.parametrize(
    "bug",
    [
        "a low threshold",
        "a long step",
        "a short step",
        "no momentum",
        "momentum where there is none",
        "negative entries",
    ],
)
def test_what_is_no_run_is_refuted(bug: str) -> None:
    instance, found = found_on(0)
    verdict = decide(SAYS, instance, {"labelled_runs": other_run(found, instance, bug)})
    moved = (found.iterates.ista[:, 2] != 0).any(axis=1)
    assert moved.sum() > 6
    assert (verdict.status[moved] == Status.VIOLATED).all()
    assert {verdict.claim[code] for code in np.flatnonzero(moved)} <= {
        "a step, up to rounding",
        "0 <= x^k",
    }


@pytest.mark.parametrize("scale", [2.0**-200, 1.0, 2.0**200])
def test_runs_hold_at_any_scale_and_in_float32(scale: float) -> None:
    plain = instance_of(3)
    instance = Instance(plain.D, plain.X * scale, plain.E * scale)
    found = labelled_runs(Experiment(instance))
    verdict = decide(SAYS, instance, {"labelled_runs": found})
    assert (verdict.status == Status.HOLDS).all()
    if scale == 1:
        single = (getattr(found.iterates, name).astype(np.float32) for name in ("ista", "fista"))
        runs = FeatureIterates(*single, found.iterates.L)
        assert decide(SAYS, instance, {"labelled_runs": replace(found, iterates=runs)}).count(
            Status.HOLDS
        ) == len(instance)
        coarse = (np.rint(points * 64) / 64 for points in (runs.ista, runs.fista))
        rounded = replace(found, iterates=FeatureIterates(*coarse, found.iterates.L))
        assert decide(SAYS, instance, {"labelled_runs": rounded}).count(Status.VIOLATED) > 6


@pytest.mark.parametrize("share", [0.9, 1.1])
def test_what_is_no_network_of_these_thresholds_is_refuted(share: float) -> None:
    instance = instance_of(2)
    network = network_of(instance)
    other = network_of(Instance(instance.D, instance.X * share, instance.E * share))
    states = other.states
    verdict = decide(FINDS, instance, {"unfolded_features": replace(network, states=states)})
    moved = (states[:, 1] != 0).any(axis=1)
    assert moved.sum() > 6
    assert (verdict.status[moved] == Status.VIOLATED).all()
