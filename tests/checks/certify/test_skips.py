"""Networks with skips, certified: the bounds of the theorem, no run above them, clear errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.commands.main import main
from sparsebound.theory.analysis.connections import Connections
from sparsebound.theory.analysis.unfolding import followed, row_sums
from sparsebound.theory.constructions.skips import SKIPS
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Instance

LAYERS, SPARSITY, NOISE = 5, 2, 2.0**-6
D = np.array(
    [
        [4, 0, 0, 1, 0, 2],
        [0, 4, 0, 2, 1, 0],
        [0, 0, 4, 0, 2, 1],
        [1, 2, 0, 12, 0, 0],
        [0, 1, 9, 0, 16, 9],
    ]
)
D = D / np.linalg.norm(D, axis=0)


def certified(skips: Any = None, **options: Any) -> Any:
    given = {"sparsity": SPARSITY, "noise": NOISE, "thresholds": np.full(LAYERS, 2.0), **options}
    found = certify(D, atoms="columns", skips=skips, weights="dictionary", **given).network
    assert found is not None
    return found


def test_a_chain_is_a_network_without_skips() -> None:
    chain, plain = certified(np.eye(LAYERS)), certified()
    for one, two in zip(chain.layers, plain.layers, strict=True):
        assert one.bound.value == pytest.approx(two.bound.value, rel=1e-14)
        assert one.needed.value == pytest.approx(two.needed.value, rel=1e-14)
    assert chain.layers[0].bound.theorem != plain.layers[0].bound.theorem


@pytest.mark.parametrize("name", SKIPS)
@pytest.mark.parametrize("theta", [0.125, 4.0])
def test_no_run_is_above_its_bounds(name: str, theta: float) -> None:
    skips, rng = SKIPS[name](LAYERS, 0.5), np.random.default_rng(0)
    found = certified(skips, thresholds=np.full(LAYERS, theta))
    X = np.zeros((400, D.shape[1]))
    for x in X:
        x[rng.choice(len(x), SPARSITY, replace=False)] = rng.choice([-1, 1], SPARSITY)
    noise = rng.standard_normal((400, len(D)))
    noise *= NOISE / np.abs(noise @ D).max(axis=1, keepdims=True)
    states = [np.zeros(X.shape)]
    for k in range(LAYERS):
        x = sum(weight * state for weight, state in zip(skips[k], states, strict=False))
        gradient = sum(
            weight * ((X @ D.T + noise - state @ D.T) @ D)
            for weight, state in zip(skips[k], states, strict=False)
        )
        states.append(soft(x + gradient, theta))
    for state, layer in zip(states[1:], found.layers, strict=True):
        assert np.abs(state - X).max() <= layer.bound.value * (1 + 1e-12)


@pytest.mark.parametrize("name", SKIPS)
def test_chosen_thresholds_are_those_of_the_theorem(name: str) -> None:
    """Of one atom beside another there is one support, up to signs: no worst case is lost."""
    pair, skips = np.array([[1, 0.6], [0, 0.8]]), SKIPS[name](4, 0.25)
    found = certify(
        pair, atoms="columns", skips=skips, weights="dictionary", sparsity=1, amplitude=2.0
    ).network
    assert found is not None
    instance = Instance(pair, [[2.0, 0]])
    sums, connections = row_sums(instance, pair), Connections.of(instance, skips)
    missing = 2.0 * connections.missing

    def step(bound: Any, k: int) -> Any:
        return (sums.tau_in + sums.tau_out) * bound + missing[k]

    bounds = followed(instance.lift([2.0]), 4, step, connections).mid[0]
    assert [layer.bound.value for layer in found.layers] == pytest.approx(bounds[1:])
    assert all(layer.certified for layer in found.layers)


def test_codes_are_judged_with_skips(tmp_path: Path) -> None:
    skips = SKIPS["momentum"](LAYERS, 0.25)
    np.save(tmp_path / "D.npy", D)
    np.save(tmp_path / "X.npy", np.eye(D.shape[1]))
    np.save(tmp_path / "alpha.npy", skips)
    words = ["certify", str(tmp_path / "D.npy"), "--codes", str(tmp_path / "X.npy")]
    words += ["--weights", "dictionary", "--skips", str(tmp_path / "alpha.npy"), "--sparsity", "1"]
    main([*words, "--out", str(tmp_path / "out")])
    made = json.loads((tmp_path / "out" / "certificate.json").read_text())
    assert any("thresholds were chosen by rate.connected, 5 layers" in n for n in made["notes"])
    assert made["network"]["layers"][0]["bound"]["theorem"] == "rate.connected"


@pytest.mark.parametrize(
    ("skips", "options", "message"),
    [
        (np.ones(3), {}, r"shape of --skips is \(3,\)"),
        (np.ones((LAYERS, LAYERS)), {}, r"--skips\[0, 1\] is 1.0; expected 0: that state comes"),
        (np.eye(3), {}, "layers of --skips is 3; expected 5"),
        (np.eye(LAYERS), {"attack": True}, "without --attack"),
    ],
)
def test_what_is_no_graph_is_refused(skips: Any, options: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        certified(skips, **options)


def test_skips_are_of_a_network() -> None:
    with pytest.raises(InputError, match="together with --weights or --thresholds"):
        certify(D, atoms="columns", skips=np.eye(2))
