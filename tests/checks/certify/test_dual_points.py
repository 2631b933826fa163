"""What is stored of each signal: dual points, from which others work its radius out again."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import nnls

import sparsebound as sb
from examples import radius_again
from sparsebound.checks.certify import label_distances
from sparsebound.checks.certify.predictions import Question, certify_signals
from sparsebound.checks.commands.main import main


def question(
    seed: int, m: int = 12, n: int = 8, *, ridge: float = 0.0, count: int = 24
) -> Question:
    rng = np.random.default_rng(seed)
    D = rng.standard_normal((m, n)) / np.sqrt(m)
    Z = rng.random((count, n)) * (rng.random((count, n)) < 0.4)
    Y = Z @ D.T + 0.05 * rng.standard_normal((count, m))
    V, b = rng.standard_normal((3, n)), 0.1 * rng.standard_normal(3)
    return Question(D, Y, np.full(n, 0.1), V, b, None, (), ridge)


def shares(found: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[float, float]:
    """From where to where the radii that the example works out are those that are stated."""
    np.savez(tmp_path / "signals.npz", **asdict(found.each))
    radius_again.main(str(tmp_path / "signals.npz"))
    least, most = re.findall(r"\d\.\d{9}", capsys.readouterr().out)
    return float(least), float(most)


@pytest.mark.parametrize(("m", "n", "ridge"), [(12, 8, 0.0), (5, 9, 0.0), (5, 9, 0.01)])
def test_plain_numpy_finds_every_radius_in_what_is_stored(
    m: int, n: int, ridge: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = certify_signals(question(m, m, n, ridge=ridge))
    assert sum((entry.radius or 0) > 0 for entry in found.signals) > 20
    least, most = shares(found, tmp_path, capsys)
    assert least > 1 - 1e-6
    assert most < 1.5 or m < n  # there a dual point may prove more than it was looked for


@pytest.mark.parametrize(
    "change",
    [
        {"point_tau": 1.05},
        {"entry_value": 0.9},
        {"radius": 1.01},
        {"point_class": 0},  # all about class 0, and nothing is known of the others
    ],
)
def test_what_is_not_proved_is_seen(
    change: dict[str, float], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = certify_signals(question(0))
    changed = {name: factor * getattr(found.each, name) for name, factor in change.items()}
    found = replace(found, each=replace(found.each, **changed))
    assert shares(found, tmp_path, capsys)[0] < 0.995


def test_a_closed_form_is_stored_as_dual_points(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a path ends at nothing that proves anything."""

    def nowhere(gram: Any, z: Any, *_: Any) -> Any:
        return np.zeros(len(z)), np.zeros(z.shape)

    monkeypatch.setattr(label_distances, "label_path", nowhere)
    found = certify_signals(question(3, 6, 6))
    assert sum((entry.radius or 0) > 0.01 for entry in found.signals) > 15
    assert shares(found, tmp_path, capsys)[0] > 1 - 1e-6


def test_a_signal_holds_its_own_dual_points() -> None:
    found = certify_signals(question(1))
    entries = 0
    for code, entry in enumerate(found.signals):
        assert entry.dual is not None
        own = found.each.point_signal == code
        assert (found.each.point_tau[own] == entry.dual.tau).all()
        assert (found.each.point_class[own] == entry.dual.rivals).all()
        assert entry.label not in entry.dual.rivals
        entries += entry.dual.h.nnz
    assert entries == len(found.each.entry_value) > 0


def test_the_command_writes_them_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = question(0)
    net = str(tmp_path / "net.npz")
    np.savez(net, D=asked.D, lam=asked.thresholds, V=asked.weights, b=asked.biases, Y=asked.signals)
    words = ["certify", net, "--atoms", "columns", "--signals", net, "--head", net]
    out = tmp_path / "out"
    assert main([*words, "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert (
        "dual points of each signal, from which its radius can be worked out: signals.npz" in said
    )
    document = json.loads((out / "certificate.json").read_text())
    assert document["predictions"]["dual_points"] == "signals.npz"
    assert "signals.npz" in document["files"]
    assert "dual" not in document["predictions"]["signals"][0]
    assert "<code>signals.npz</code>" in (out / "certificate.html").read_text()
    radius_again.main(str(out / "signals.npz"))
    assert "radii, worked out again from dual points: 1.0000" in capsys.readouterr().out
    # over files of its own; without a head
    assert main([*words[:-2], "--penalty", "0.1", "--out", str(out)]) == 0
    radius_again.main(str(out / "signals.npz"))
    assert capsys.readouterr().out.endswith("no radius is stated\n")


def features(D: Any, y: Any, lam: Any) -> Any:
    """By scipy: independent atoms, so the linear term fits in the signal."""
    return nnls(D, y - np.linalg.lstsq(D.T, lam, rcond=None)[0])[0]


@pytest.mark.parametrize("head", [True, False])
def test_no_signal_within_the_support_radius_uses_other_atoms(head: bool) -> None:
    asked, rng = question(5), np.random.default_rng(0)
    changed = asked if head else replace(asked, weights=None, biases=None)
    found, D = certify_signals(changed), asked.D
    assert np.median([entry.support_radius for entry in found.signals]) > 0.01
    left = 0
    for entry, y in zip(found.signals, asked.signals, strict=True):
        S = list(entry.support)
        steps = rng.standard_normal((12, len(y)))
        away = np.linalg.pinv(D[:, S]).T @ np.diag(features(D, y, asked.thresholds)[S])
        steps = np.vstack([steps, -away.T, D.T])  # also where atoms leave and enter
        for step in steps:
            moved = y + 0.999999 * entry.support_radius * step / np.linalg.norm(step)
            assert tuple(np.flatnonzero(features(D, moved, asked.thresholds) > 1e-13)) == (
                entry.support
            )
            moved = y + 1.00001 * entry.support_radius * step / np.linalg.norm(step)
            if len(np.flatnonzero(features(D, moved, asked.thresholds) > 1e-13)) < len(S):
                left += 1
                break
    assert left > 5  # it is the distance at which an atom leaves


def test_a_network_of_that_depth_uses_all_of_the_atoms() -> None:
    asked = replace(question(2), weights=None, biases=None)
    found, D = certify_signals(asked), asked.D
    assert found.depths.known == found.count
    L, lam = found.depths.L, asked.thresholds
    for entry, y in zip(found.signals, asked.signals, strict=True):
        assert entry.depth is not None
        x = ahead = np.zeros(D.shape[1])
        t = 1.0
        for _ in range(entry.depth.fista):
            new = np.maximum(ahead + (D.T @ (y - D @ ahead) - lam) / L, 0)
            following = (1 + np.sqrt(1 + 4 * t**2)) / 2
            x, ahead, t = new, new + (t - 1) / following * (new - x), following
        assert set(entry.support) <= set(np.flatnonzero(x > 0))


def test_features_alone_have_a_depth_in_words() -> None:
    asked = question(2)
    given = {"atoms": "columns", "signals": asked.signals, "penalty": 0.1}
    found = sb.certify(asked.D, **given)
    from sparsebound.reports.certificate import document, text

    said = text(document(found))
    assert "signals.npz" not in said
    assert "depth at which a finite network uses all of these atoms: for 24 (100%)" in said
    assert "no other atoms within " in said
