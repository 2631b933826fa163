"""The subjects in examples/: what they hold, and what they violate."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from examples import certified_bounds, measure_verdicts
from sparsebound.checks.algorithms.proximal import problem
from sparsebound.checks.certify import certify
from sparsebound.checks.commands.main import main
from sparsebound.checks.protocol import Subject
from sparsebound.checks.recipes import Recipe
from sparsebound.checks.runner import RunSettings
from sparsebound.checks.shards import run_shard
from sparsebound.theory.catalogue import catalogue

SWEEPS = "examples.coordinate_descent:lasso"
ON_A_LINE = {
    "family": "gaussian",
    "parameters": {"m": 1, "n": 4, "seed": 20},
    "codes": {"sparsity": 2, "pattern": "random", "amplitudes": "signs", "seed": 1},
    "settings": {"weight": 0.5, "start": -2},
}
PARALLEL = {
    "family": "near_duplicate",
    "parameters": {"base": "identity", "atoms": 3, "exponent": 1, "offset": 0},
    "codes": {"count": 3, "sparsity": 1, "amplitudes": "signs", "noise": 0.125, "seed": 1},
    "settings": {"weight": 0.0625, "start": 0},
}


def test_coordinate_descent_mostly_keeps_the_rate_of_ista_and_is_not_ista() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn comes with the extra 'examples'")
    settings = RunSettings(subject=SWEEPS, rate_only=True, examples=40)
    theorem = catalogue()["rate.ista"]
    tally = run_shard(theorem, "examples 0-39", settings, settings.tested()).tally
    assert tally.violated == 0
    assert tally.holds > 100
    steps = run_shard(theorem, "examples 0-39", settings, Subject.of(SWEEPS)).tally
    assert steps.violation is not None
    assert steps.violation.claim == "a step, up to rounding"


@pytest.mark.parametrize(
    ("theorem", "recipe"), [("rate.ista", ON_A_LINE), ("rate.fista", PARALLEL)]
)
def test_counterexamples_to_coordinate_descent(
    theorem: str, recipe: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn comes with the extra 'examples'")
    words = ["check", theorem, "--replay", json.dumps(recipe)]
    assert main([*words, "--subject", SWEEPS, "--rate-only"]) == 1
    assert re.search(r"violated: step \d+: F\(x\^k\) - F\* <= L R", capsys.readouterr().out)
    assert main(words) == 0


def test_the_counterexample_on_a_line_by_hand() -> None:
    """One sweep, entry by entry, where everything is a number: 1.21 times the bound of ISTA."""
    experiment = Recipe.from_json(ON_A_LINE).experiment(catalogue()["rate.ista"])
    instance, posed = experiment.codes, problem(experiment)
    d, x, lam = instance.D.data[0], posed.start[0].copy(), posed.lam[0]
    (y,) = instance.Y.mid[0]
    best = np.zeros(4)
    longest = np.argmax(np.abs(d))
    best[longest] = np.sign(d[longest] * y) * (abs(d[longest] * y) - lam) / d[longest] ** 2

    def value(z: Any) -> float:
        return (y - d @ z) ** 2 / 2 + lam * np.abs(z).sum()

    assert (np.abs(d * (y - d @ best)) <= lam * (1 + 1e-12)).all()  # it is optimal
    start = x.copy()
    for i in range(4):
        pull = d[i] * (y - d @ x + d[i] * x[i])
        x[i] = np.sign(pull) * max(abs(pull) - lam, 0) / d[i] ** 2
    bound = (d @ d) * ((start - best) ** 2).sum() / 4
    assert value(x) - value(best) > 1.21 * bound


@pytest.mark.parametrize("precision", ["states", "states_in_single_precision"])
@pytest.mark.parametrize(
    "name", ["unfolded", "lista_cp", "ista_thresholds", "alista", "local", "depth"]
)
def test_a_plain_network_in_torch(name: str, precision: str) -> None:
    pytest.importorskip("torch", reason="torch is no dependency: the example is for its users")
    settings = RunSettings(subject=f"examples.torch_lista:{precision}", examples=20)
    theorem = catalogue()[f"rate.{name}"]
    tally = run_shard(theorem, "examples 0-19", settings, settings.tested()).tally
    assert tally.violated == tally.undecided == 0
    assert tally.holds > 50
    assert tally.max_ratio is not None
    assert tally.max_ratio > 0.999


def test_verdicts_are_counted_by_the_second(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["measure_verdicts.py", "--examples", "20", "uniqueness.coherence"]
    monkeypatch.setattr("sys.argv", words)
    assert measure_verdicts.main() == 0
    line = capsys.readouterr().out.split()
    assert line[0] == "uniqueness.coherence"
    assert float(line[1].removesuffix("/s")) > float(line[2]) > 0  # verdicts, and instances


def test_a_small_autoencoder_is_trained_and_certified(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The script for a few steps: what it leaves is read as an autoencoder, its codes are codes."""
    pytest.importorskip("sklearn", reason="scikit-learn comes with the extra 'examples'")
    from examples import small_autoencoder

    monkeypatch.setattr(small_autoencoder, "STEPS", 30)
    small_autoencoder.main(tmp_path / "sae")
    assert "units are used; relative error" in capsys.readouterr().out
    found = certify(tmp_path / "sae", codes=tmp_path / "sae" / "codes.npz", searches=0)
    assert found.encoder is not None
    assert (found.encoder.architecture, found.encoder.k) == ("topk", 6)
    assert found.codes is not None
    assert found.codes.count == 1797
    assert found.codes.sparsity[1] == 6


def test_peers_are_processes_and_keep_to_their_rate() -> None:
    from examples import peers

    distances, bounds, verdict = peers.rounds_and_bounds(rounds=12)
    assert verdict == "holds"
    assert (distances[1:] <= bounds[1:] * (1 + 1e-9)).all()
    assert distances[-1] < distances[0] / 2


def test_peers_on_workers_of_a_cluster_do_what_processes_do() -> None:
    distributed = pytest.importorskip("distributed", reason="pip install 'sparsebound[cluster]'")
    from examples import peers

    alone = peers.rounds_and_bounds(rounds=5)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        there = peers.rounds_and_bounds(rounds=5, client=client)
    assert there[2] == alone[2] == "holds"
    assert (there[0] == alone[0]).all()


def test_certified_bounds_are_exact_and_below_those_of_intervals(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(certified_bounds, "there", lambda: False)
    certified_bounds.main(3)
    title, *lines, last = capsys.readouterr().out.splitlines()
    assert title.split() == ["layers", "ours", "exact", "IBP"]
    assert "need auto_LiRPA" in last
    rows = [[float(word) for word in re.sub(r"\(.*?\)", "", line).split()] for line in lines]
    assert [row[0] for row in rows] == [1, 2, 3]
    for _, ours, exact, intervals in rows:
        assert abs(ours - exact) <= certified_bounds.GAP * exact
        assert intervals > 2 * exact


def test_intervals_of_one_layer_by_hand() -> None:
    """Atoms at 0.6: the box of both gives ``v`` in [-1.6, 1.6], and the threshold takes 0.1."""
    D = np.array([[1, 0.6], [0, 0.8]])
    assert certified_bounds.intervals(D, np.array([0.1])) == pytest.approx(1.5 + 1)
    # the second layer: 1.6 + 0.6 * 1.5 - 0.2
    assert certified_bounds.intervals(D, np.array([0.1, 0.2])) == pytest.approx(2.3 + 1)


def test_intervals_are_those_of_a_general_verifier() -> None:
    pytest.importorskip("auto_LiRPA", reason="it is not on the index")
    D = certified_bounds.unit(certified_bounds.alternating_projection(12, 16))
    theta, _ = certified_bounds.certified(D, 4)
    theirs = certified_bounds.others(D, theta, "IBP")
    assert theirs == pytest.approx(certified_bounds.intervals(D, theta), rel=1e-12)


def test_a_function_of_jax_is_compiled_for_a_few_shapes() -> None:
    pytest.importorskip("jax", reason="JAX is no dependency: the example is for its users")
    from examples import jax_ista

    few, many = (jax_ista.compilations(padded=padded, examples=10) for padded in (True, False))
    assert few <= many / 2
