"""Strategies without labels: atoms are learned by how they fit, and features are certified."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sparsebound.checks.certify.signals import certified_in_parts
from sparsebound.checks.training.drift import coherence_of
from sparsebound.checks.training.experiment import (
    TrainingData,
    settings_digest,
    trained_on,
    used_atoms,
)
from sparsebound.checks.training.kept import SUPPORT_PERCENTS, keep_run
from sparsebound.checks.training.support_attack import attack_supports
from sparsebound.reports.training import BrokenCertificate
from sparsebound.reports.unlabelled import LoggedMisfit, UnlabelledRun


def run_features(
    data: TrainingData,
    strategy: str,
    seed: int,
    folder: Path,
    *,
    epochs: int | None = None,
    progress: Callable[[str], Any] | None = None,
) -> UnlabelledRun:
    """Train without labels, certify the features of test signals, attack them, keep the result.

    Parameters
    ----------
    data, strategy, seed, folder, epochs, progress
        As in :func:`sparsebound.checks.training.experiment.run_strategy`.
    """
    torch.set_num_threads(1)
    started = time.process_time()
    learned, tested = data.split(seed)
    trained = trained_on(data, strategy, learned, seed, epochs=epochs, progress=progress)
    arrays, Y = trained.arrays, data.signals[tested]
    D, lam = arrays["D"], arrays["lam"]
    codes, _ = trained.features(Y)
    signals = certified_in_parts(D, Y, lam, ridge=float(arrays["ridge"]), depths=True)
    steady = np.array([entry.support_radius for entry in signals])
    attack = attack_supports(trained, Y, signals)
    depths = sorted(entry.depth.fista for entry in signals if entry.depth is not None)
    radii = np.array(SUPPORT_PERCENTS) / 100 * data.norm
    sizes = np.linalg.norm(Y, axis=1)
    missed = np.linalg.norm(Y - codes @ D.T, axis=1)[sizes > 0] / sizes[sizes > 0]
    gap = float(np.median([entry.gap for entry in signals]))
    run = UnlabelledRun(
        settings=settings_digest(data, strategy, epochs),
        strategy=strategy,
        seed=seed,
        misfit=float(np.median(missed)),
        active=float(np.mean([len(entry.support) for entry in signals])),
        coherence=coherence_of(D),
        unique=sum(entry.unique is True for entry in signals),
        undecided=sum(entry.unique is None for entry in signals),
        gap=gap if np.isfinite(gap) else None,
        certified=tuple(float((steady > radius).mean()) for radius in radii),
        left=tuple(float((attack.distance > radius).mean()) for radius in radii),
        broken=tuple(
            BrokenCertificate(int(tested[i]), float(steady[i]), float(attack.distance[i]))
            for i in np.flatnonzero(attack.broken)
        ),
        known=len(depths),
        depth=depths[(len(depths) - 1) // 2] if depths else None,
        seconds=time.process_time() - started,
        log=tuple(LoggedMisfit(e.epoch, e.loss, e.active) for e in trained.log),
        atoms=used_atoms(trained, codes),
    )
    keep_run(folder, run, {**arrays, "Y": Y})
    return run
