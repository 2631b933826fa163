"""What is found to use other atoms is proved, is near the truth, and breaks what is too large."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")

from sparsebound.checks.certify.signals import certified_in_parts
from sparsebound.checks.training import unlabelled
from sparsebound.checks.training.strategies import STRATEGIES
from sparsebound.checks.training.support_attack import attack_supports
from sparsebound.checks.training.trained import TrainedEncoder
from tests.checks.training.conftest import Run


def problem(ridge: float) -> tuple[TrainedEncoder, Any, Any]:
    rng = np.random.default_rng(0)
    D = rng.standard_normal((9, 6))
    D /= np.linalg.norm(D, axis=0)
    Z = rng.random((30, 6)) * (rng.random((30, 6)) < 0.5)
    Y, lam = Z @ D.T + 0.05 * rng.standard_normal((30, 9)), np.full(6, 0.05)
    trained = TrainedEncoder(STRATEGIES["plain"], {"D": D, "lam": lam, "ridge": np.array(ridge)})
    return trained, Y, certified_in_parts(D, Y, lam, ridge=ridge)


@pytest.mark.parametrize("ridge", [0.0, 1e-3])
def test_it_is_near_what_is_certified_and_never_nearer(ridge: float) -> None:
    trained, Y, found = problem(ridge)
    attack = attack_supports(trained, Y, found)
    steady = np.array([entry.support_radius for entry in found])
    assert np.isfinite(attack.distance).all()
    assert (attack.distance > steady).all()
    assert not attack.broken.any()
    assert np.median(attack.distance / steady) < (1.05 if ridge else 1.001)


def test_what_is_too_large_is_broken() -> None:
    trained, Y, found = problem(0.0)
    larger = [replace(entry, support_radius=1.5 * entry.support_radius) for entry in found]
    assert attack_supports(trained, Y, larger).broken.mean() > 0.8


def test_what_is_not_proved_is_not_found() -> None:
    """Features of another solver, which says of every signal that it uses all atoms."""
    trained, Y, found = problem(0.0)

    class Dreaming(TrainedEncoder):
        def features(self, signals: Any) -> Any:
            return np.ones((len(signals), 6)), np.zeros((len(signals), 6))

    attack = attack_supports(Dreaming(trained.strategy, trained.arrays), Y, found)
    assert not attack.broken.any()
    assert np.isfinite(attack.distance).sum() >= 25  # these use other atoms indeed
    open_ = [replace(entry, unique=None) for entry in found]
    assert not np.isfinite(attack_supports(trained, Y, open_).distance).any()


def test_a_broken_certificate_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = unlabelled.certified_in_parts

    def generous(*given: Any, **more: Any) -> Any:
        return [replace(entry, support_radius=1e3) for entry in whole(*given, **more)]

    monkeypatch.setattr(unlabelled, "certified_in_parts", generous)
    np.savez(tmp_path / "bare.npz", X=np.random.default_rng(1).random((60, 9)))
    words = ["--strategy", "plain", "--seeds", "1", "--epochs", "1", "--out", "out"]
    status, out, _ = run(str(tmp_path / "bare.npz"), *words)
    assert status == 1
    assert "BROKEN CERTIFICATE: plain, seed 0, signal" in out
    assert "Broken certificates" in (tmp_path / "out" / "training.html").read_text()
