"""Layers after which a network has the label of the features: formulas, runs, and what is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.certify.depths import LabelDepth, LabelDepths
from sparsebound.checks.certify.predictions import Predictions, Question, certify_signals
from sparsebound.checks.commands.main import main
from sparsebound.theory.instance import Dictionary


def asked(seed: int, m: int = 12, n: int = 8, ridge: float = 0.0, count: int = 40) -> Question:
    rng = np.random.default_rng(seed)
    D = rng.standard_normal((m, n))
    D /= np.linalg.norm(D, axis=0)
    Z = rng.random((count, n)) * (rng.random((count, n)) < 0.4)
    signals = Z @ D.T + 0.05 * rng.standard_normal((count, m))
    head = rng.standard_normal((3, n)), 0.1 * rng.standard_normal(3)
    return Question(D, signals, np.full(n, 0.1), *head, None, (), ridge)


def features(D: np.ndarray, y: np.ndarray, lam: np.ndarray, L: float, layers: int) -> np.ndarray:
    """FISTA, one signal at a time; all iterates, shape (layers + 1, n)."""
    x = z = np.zeros(D.shape[1])
    t, states = 1.0, [x]
    for _ in range(layers):
        new = np.maximum(z - (D.T @ (D @ z - y) + lam) / L, 0)
        following = (1 + (1 + 4 * t * t) ** 0.5) / 2
        z, x, t = new + (t - 1) / following * (new - x), new, following
        states.append(x)
    return np.array(states)


def extended(question: Question) -> tuple[np.ndarray, np.ndarray]:
    """Atoms and signals with the ridge in them."""
    n = question.D.shape[1]
    D = np.vstack([question.D, np.sqrt(question.ridge) * np.eye(n)])
    return D, np.hstack([question.signals, np.zeros((len(question.signals), n))])


@pytest.mark.parametrize(("seed", "ridge"), [(0, 0.0), (1, 0.0), (2, 0.05)])
def test_layers_are_those_of_the_formula(seed: int, ridge: float) -> None:
    question = asked(seed, ridge=ridge)
    found = certify_signals(question)
    assert found.depths is not None
    assert found.depths.known == found.count == 40
    D, Y = extended(question)
    V, b, L = question.weights, question.biases, found.depths.L
    assert V is not None
    assert b is not None
    assert L == pytest.approx(np.linalg.norm(D, 2) ** 2, rel=1 / 64)
    assert np.linalg.norm(D, 2) ** 2 <= L
    for entry, y in zip(found.signals, Y, strict=True):
        z = features(D, y, question.thresholds, L, 4000)[-1]
        assert entry.depth is not None
        needed = 0.0
        for rival in {*range(3)} - {entry.label}:
            v = V[entry.label] - V[rival]
            margin = v @ z + b[entry.label] - b[rival]
            N = np.sqrt(v @ np.linalg.solve(D.T @ D, v))
            needed = max(needed, N * np.linalg.norm(z) * np.sqrt(L) / margin)
        assert entry.depth.fista == pytest.approx(2 * needed, rel=1e-6, abs=1.001)
        assert entry.depth.ista == pytest.approx(needed**2 / 2, rel=1e-6, abs=1.001)


@pytest.mark.parametrize("seed", range(3))
def test_from_there_on_no_network_says_anything_else(seed: int) -> None:
    question = asked(seed)
    found = certify_signals(question)
    assert found.depths is not None
    looked = 0
    for entry, y in zip(found.signals, question.signals, strict=True):
        assert entry.depth is not None
        if entry.depth.fista > 2000:
            continue
        looked += 1
        layers = entry.depth.fista + 20
        states = features(question.D, y, question.thresholds, found.depths.L, layers)
        said = (states @ question.weights.T + question.biases).argmax(axis=1)  # type: ignore[union-attr]
        assert (said[entry.depth.fista :] == entry.label).all()
    assert looked > 30


def test_one_atom_by_hand() -> None:
    """``z = 3``, ``v = 1``, margin 2: ``N ||z||/m = 3/2``, and L a little above 1."""
    question = Question(
        np.eye(1),
        np.array([[4.0]]),
        np.ones(1),
        np.array([[1.0], [0.0]]),
        np.array([-1.0, 0.0]),
        None,
        (),
        0.0,
    )
    found = certify_signals(question)
    assert found.depths is not None
    assert 1 <= found.depths.L <= 1 + 1 / 64
    # K + 1 > 2 * 3/2 * sqrt(L), and 2K > 9/4 L
    assert found.signals[0].depth == LabelDepth(3, 2)


def test_a_class_that_reads_the_same_needs_no_more_than_one_layer() -> None:
    depths = LabelDepths(Dictionary(np.eye(2)), np.array([[1.0, 2.0], [1.0, 2.0], [0.0, 2.0]]))
    assert depths.spread(0).mid.tolist() == [0, 0, 1]
    question = Question(
        np.eye(2),
        np.array([[4.0, 0.0]]),
        np.ones(2),
        np.ones((2, 2)),
        np.array([1.0, 0.0]),
        None,
        (),
        0.0,
    )
    assert certify_signals(question).signals[0].depth == LabelDepth(1, 1)


@pytest.mark.parametrize("repeated", [True, False])
def test_dependent_atoms_have_no_depth_unless_there_is_a_ridge(repeated: bool) -> None:
    D = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    D = D if repeated else np.array([[1.0, 0.6, 0.0], [0.0, 0.8, 1.0]])
    signals = np.pad([[3.0, 0.5]], ((0, 0), (0, len(D) - 2)))

    def found(ridge: float) -> Predictions:
        head = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]), np.zeros(2)
        return certify_signals(Question(D, signals, np.ones(3), *head, None, (), ridge))

    without, ridged = found(0.0).depths, found(0.01).depths
    assert without is not None
    assert ridged is not None
    assert (without.known, without.networks) == (0, ())
    assert ridged.known == 1


def test_a_tie_has_no_depth() -> None:
    question = asked(0)
    tied = Question(
        question.D,
        question.signals,
        question.thresholds,
        np.zeros((2, 8)),
        np.zeros(2),
        None,
        (),
        0.0,
    )
    assert {entry.depth for entry in certify_signals(tied).signals} == {None}


def test_without_a_head_depths_are_of_the_support() -> None:
    question = asked(0)
    plain = Question(
        question.D, question.signals, question.thresholds, None, None, None, (), question.ridge
    )
    found, n = certify_signals(plain), question.D.shape[1]
    inverse = np.linalg.inv(question.D.T @ question.D + question.ridge * np.eye(n))
    for entry, y in zip(found.signals, question.signals, strict=True):
        assert entry.depth is not None
        S = list(entry.support)
        gram = (question.D.T @ question.D + question.ridge * np.eye(n))[np.ix_(S, S)]
        z = np.linalg.solve(gram, question.D[:, S].T @ y - question.thresholds[S])
        most = found.depths.L * (z @ z) * (np.diag(inverse)[S] / z**2).max(initial=0)
        assert abs(entry.depth.ista - (most / 2 + 1)) <= 1
        assert abs(entry.depth.fista - 2 * np.sqrt(most)) <= 1


@pytest.fixture
def net(tmp_path: Path) -> Path:
    question = asked(0)
    np.savez(
        tmp_path / "net.npz",
        D=question.D,
        lam=question.thresholds,
        V=question.weights,
        b=question.biases,
        Y=question.signals,
    )
    return tmp_path / "net.npz"


def command(net: Path, *further: str) -> list[str]:
    return [
        "certify",
        str(net),
        "--atoms",
        "columns",
        "--signals",
        str(net),
        "--head",
        str(net),
        *further,
    ]


def test_text_json_and_page_say_the_same(net: Path, capsys: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(command(net, "--out", str(out))) == 0
    said = capsys.readouterr().out
    predictions = json.loads((out / "certificate.json").read_text())["predictions"]
    depths, page = predictions["depths"], (out / "certificate.html").read_text()
    assert depths["known"] == 40
    assert "depth at which a finite network has the label: for 40 (100%)  [rate.label]" in said
    assert "Depth at which a finite network has the label" in page
    for row in depths["networks"]:
        layers = sorted(entry["depth"][row["network"].lower()] for entry in predictions["signals"])
        assert [row["least"], row["median"], row["largest"]] == [layers[0], layers[19], layers[-1]]
        (line,) = [line for line in said.splitlines() if line.strip().startswith(row["network"])]
        assert line.split()[1:] == [str(layers[place]) for place in (0, 19, -1)]
        assert f"<td>{layers[-1]:,}</td>" in page
