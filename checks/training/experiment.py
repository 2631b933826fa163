"""Strategies side by side: one run a strategy and a seed, each kept as soon as it is finished."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sparsebound.checks.certify.signals import certified_in_parts
from sparsebound.checks.training.attack import (
    EncoderTarget,
    LabelAttack,
    NetworkTarget,
    attack_labels,
)
from sparsebound.checks.training.baseline_bounds import BaselineBounds
from sparsebound.checks.training.broken import proved_broken
from sparsebound.checks.training.certified import published_radii
from sparsebound.checks.training.drift import coherence_of
from sparsebound.checks.training.kept import PERCENTS, keep_run
from sparsebound.checks.training.network_rows import NETWORKS
from sparsebound.checks.training.one_lipschitz import train_one_lipschitz
from sparsebound.checks.training.strategies import STRATEGIES, train
from sparsebound.checks.training.top_k import top_k_radii
from sparsebound.checks.training.trained import TrainedEncoder
from sparsebound.reports.training import (
    BASELINE,
    BrokenCertificate,
    GallerySignal,
    LoggedEpoch,
    TrainingRun,
    UsedAtom,
)
from sparsebound.theory.arithmetic import FloatArray, IntArray

NORM = 4.0
"""The median norm that strategies are meant for; signals are scaled to it, and networks back."""
TEST_SHARE = 0.25
REPORTED = (5, 10, 20, 30)
"""2.5, 5, 10 and 15 percent; of radii of supports 0.5, 1, 2 and 3."""
MIDDLE = 20
"""At this radius of the grid the gallery says certified, or undecided."""
BASELINE_RADIUS = 0.2
MOST_ATOMS = 64
SHOWN_ATOMS = 24
FORMAT = 4
"""Another one where results mean something else: runs are not taken up again then."""


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Signals, their labels as numbers from 0, the names of these, and how many atoms to learn.

    Without labels, there are no names.
    """

    name: str
    signals: FloatArray
    labels: IntArray
    names: tuple[str, ...]
    wanted: int = MOST_ATOMS

    @property
    def norm(self) -> float:
        """The median norm of signals."""
        return float(np.median(np.linalg.norm(self.signals, axis=1)))

    @property
    def digest(self) -> str:
        """A hash of signals and labels."""
        return _hashed(repr(self.names), self)

    @property
    def tested(self) -> int:
        """How many signals are kept for the test."""
        return max(1, round(TEST_SHARE * len(self.signals)))

    @property
    def atoms(self) -> int:
        """How many atoms are learned: not more than the length of signals."""
        return min(self.wanted, self.most)

    @property
    def most(self) -> int:
        """How many could be: there are as many signals to choose from, twice."""
        usable = (len(self.signals) - self.tested) // 2
        return max(1, min(self.signals.shape[1], usable))

    def split(self, seed: int) -> tuple[IntArray, IntArray]:
        """Draw which signals are trained on, and which are for the test."""
        order = np.random.default_rng(seed).permutation(len(self.signals))
        return order[self.tested :], order[: self.tested]


def settings_digest(data: TrainingData, strategy: str, epochs: int | None) -> str:
    """Hash what decides the result of a run, besides its seed.

    Examples
    --------
    >>> data = TrainingData("ones", np.ones((4, 2)), np.array([0, 0, 1, 1]), ("a", "b"))
    >>> settings_digest(data, "plain", 3) == settings_digest(data, "plain", 4)
    False
    """
    row = repr(STRATEGIES.get(strategy) or NETWORKS.get(strategy, BASELINE_RADIUS))
    numbers = repr(
        (FORMAT, epochs, PERCENTS, data.names, data.atoms, strategy, row, torch.__version__)
    )
    return _hashed(numbers, data)


def _hashed(text: str, data: TrainingData) -> str:
    """Hash a text, signals and labels."""
    found = hashlib.sha256(text.encode())
    found.update(repr(data.signals.shape).encode())
    found.update(np.ascontiguousarray(data.signals).tobytes())
    found.update(np.ascontiguousarray(data.labels).tobytes())
    return found.hexdigest()[:16]


def run_strategy(
    data: TrainingData,
    strategy: str,
    seed: int,
    folder: Path,
    *,
    epochs: int | None = None,
    progress: Callable[[str], Any] | None = None,
) -> TrainingRun:
    """Train, certify, attack, and keep the result.

    Parameters
    ----------
    data : TrainingData
    strategy : str
        Of ``STRATEGIES``, or the baseline.
    seed : int
        Of the split into training and test, and of the training.
    folder : Path
    epochs : int, optional
    progress : callable, optional
        Told what is going on.

    Returns
    -------
    TrainingRun

    Raises
    ------
    InputError
        If a file cannot be written.
    """
    torch.set_num_threads(1)
    started = time.process_time()
    say = progress or (lambda text: None)
    learned, tested = data.split(seed)
    scale = NORM / data.norm
    X, y = data.signals[tested], data.labels[tested]
    radii = np.array(PERCENTS) / 100 * data.norm
    if strategy == BASELINE:
        say("training")
        network = train_one_lipschitz(
            scale * data.signals[learned],
            data.labels[learned],
            radius=BASELINE_RADIUS,
            seed=seed,
            **_of_its_own(epochs),
        )
        target, bounds = NetworkTarget(network, scale), BaselineBounds(network, scale)
        found = bounds.radii(X, y)
        logits = target.looked(torch.as_tensor(X))[0].numpy()
        trained, log = None, []
    else:
        trained = trained_on(data, strategy, learned, seed, epochs=epochs, progress=say)
        log = trained.log
        found = radii_of(trained, X, y)
        logits = EncoderTarget(trained).looked(torch.as_tensor(X))[0].numpy()
    say("attack")
    attack = attack_labels(
        EncoderTarget(trained) if trained else target, X, y, radii[list(REPORTED)]
    )
    predicted = logits.argmax(axis=1)
    inside = np.flatnonzero(attack.right & (attack.distance < found * (1 - 1e-9)))
    suspects = X[inside], attack.nearest[inside], y[inside], found[inside]
    proved = proved_broken(trained, *suspects) if trained else bounds.broken(*suspects)
    distance = attack.distance.copy()
    distance[inside[~proved]] = np.inf  # what only float64 sees is no hit
    attack, inside = replace(attack, distance=distance), inside[proved]
    codes = trained.features(X)[0] if trained else None
    run = TrainingRun(
        settings=settings_digest(data, strategy, epochs),
        strategy=strategy,
        seed=seed,
        accuracy=float((predicted == y).mean()),
        active=None if codes is None else float((codes != 0).sum(axis=1).mean()),
        coherence=coherence_of(trained.arrays["D"]) if trained else None,
        certified=tuple(float((found > radius).mean()) for radius in radii),
        left=tuple(float((attack.right & (attack.distance > r)).mean()) for r in radii),
        published=shares_published(trained, X, y, radii) if trained else (),
        broken=tuple(
            BrokenCertificate(int(tested[i]), float(found[i]), float(attack.distance[i]))
            for i in inside
        ),
        inexact=attack.inexact,
        seconds=time.process_time() - started,
        log=tuple(LoggedEpoch(e.epoch, e.loss, e.accuracy, e.active) for e in log),
        gallery=_gallery(data, trained, tested, found, predicted, attack) if trained else (),
        atoms=used_atoms(trained, codes) if trained and codes is not None else (),
    )
    keep_run(folder, run, {**trained.arrays, "Y": X, "y": y} if trained else {})
    return run


def trained_on(
    data: TrainingData,
    strategy: str,
    learned: IntArray,
    seed: int,
    *,
    epochs: int | None = None,
    progress: Callable[[str], Any] | None = None,
) -> TrainedEncoder:
    """Train on some of the signals, all scaled to one norm, and take the network to their own.

    Parameters
    ----------
    data, strategy, seed, epochs, progress
        As in :func:`run_strategy`.
    learned : ndarray of int
        Which signals; with their labels, if there are any.
    """
    scale = NORM / data.norm
    trained = train(
        strategy,
        scale * data.signals[learned],
        data.labels[learned] if data.names else None,
        seed=seed,
        atoms=data.atoms,
        batch=min(64, len(learned)),
        progress=None if progress is None else lambda epoch: progress(f"epoch {epoch.epoch + 1}"),
        **_of_its_own(epochs),
    )
    return replace(trained, arrays=unscaled(trained.arrays, scale))


def _of_its_own(epochs: int | None) -> dict[str, Any]:
    """The number of epochs, if it is not that of the strategy."""
    return {} if epochs is None else {"epochs": epochs}


def unscaled(arrays: dict[str, FloatArray], scale: float) -> dict[str, FloatArray]:
    """Take a network of scaled signals to one of the signals themselves.

    Codes of ``c y`` with thresholds ``c lam`` are ``c`` times those of ``y`` with ``lam``.

    Examples
    --------
    >>> arrays = {"lam": np.array([1.0]), "V": np.array([[3.0]])}
    >>> unscaled(arrays, 2.0)
    {'lam': array([0.5]), 'V': array([[6.]])}
    """
    head = {"V": arrays["V"] * scale} if "V" in arrays else {}
    return {**arrays, "lam": arrays["lam"] / scale, **head}


def radii_of(trained: TrainedEncoder, signals: Any, labels: Any) -> FloatArray:
    """Certify radii, rigorously; of top-k codes by their own gaps."""
    D, V, b = (trained.arrays[name] for name in ("D", "V", "b"))
    if trained.strategy.top_k:
        return top_k_radii(signals, trained.strategy.top_k, D, V, b, labels)
    lam, ridge = trained.arrays["lam"], float(trained.arrays["ridge"])
    found = certified_in_parts(D, signals, lam, V, b, ridge=ridge)
    rows = zip(found, labels, strict=True)
    return np.array([entry.radius if entry.label == label else 0.0 for entry, label in rows])


def shares_published(
    trained: TrainedEncoder, signals: Any, labels: Any, radii: FloatArray
) -> tuple[float, ...]:
    """Shares of signals that the published certificate proves; empty for top-k codes.

    Examples
    --------
    >>> eye = np.eye(2)
    >>> arrays = {"D": eye, "lam": np.full(2, 0.1), "V": eye, "b": np.zeros(2), "ridge": 0.0}
    >>> trained = TrainedEncoder(STRATEGIES["plain"], arrays)
    >>> shares_published(trained, [[2.0, 0.05]], [0], np.array([0.0, 0.02, 0.03]))
    (1.0, 1.0, 0.0)
    """
    if trained.strategy.top_k:
        return ()
    codes, gaps = trained.features(signals)
    D, V, b = (trained.arrays[name] for name in ("D", "V", "b"))
    ridge = float(trained.arrays["ridge"])
    found = published_radii(codes, gaps, D, V, b, labels, ridge=ridge)
    return tuple(float((found > radius).mean()) for radius in radii)


def used_atoms(trained: TrainedEncoder, codes: FloatArray) -> tuple[UsedAtom, ...]:
    """List the atoms that most signals use, by their codes (B, n)."""
    shares = (codes != 0).mean(axis=0)
    order = np.argsort(-shares, kind="stable")[:SHOWN_ATOMS]
    D = trained.arrays["D"]
    return tuple(UsedAtom(int(k), float(shares[k]), _numbers(D[:, k])) for k in order)


def _gallery(
    data: TrainingData,
    trained: TrainedEncoder,
    tested: IntArray,
    radii: FloatArray,
    predicted: IntArray,
    attack: LabelAttack,
) -> tuple[GallerySignal, ...]:
    """Choose a signal that is certified, one that is undecided, and one that is wrong."""
    level = PERCENTS[MIDDLE] / 100 * data.norm
    right, hit = attack.right, np.isfinite(attack.distance)
    undecided = right & (radii <= level) & (attack.distance > level)
    chosen = {
        "certified": right & (radii > level) & hit,
        "undecided": undecided & hit if (undecided & hit).any() else undecided,
        "wrong": predicted != data.labels[tested],
    }
    if not chosen["certified"].any():
        chosen["certified"] = right & (radii > level)
    found = []
    for verdict, mask in chosen.items():
        candidates = np.flatnonzero(mask)
        if not len(candidates):
            continue
        i = int(candidates[np.argsort(radii[candidates], kind="stable")[len(candidates) // 2]])
        y = data.signals[tested[i]]
        codes = trained.features(y[None])[0][0]
        order = [int(k) for k in np.argsort(-codes, kind="stable") if codes[k] != 0][:6]
        D = trained.arrays["D"]
        distance = float(attack.distance[i])
        found.append(
            GallerySignal(
                verdict=verdict,
                signal=int(tested[i]),
                label=data.names[data.labels[tested[i]]],
                predicted=data.names[predicted[i]],
                image=_numbers(y),
                fit=_numbers(D @ codes),
                atoms=tuple(order),
                codes=tuple(float(codes[k]) for k in order),
                pictures=tuple(_numbers(D[:, k]) for k in order),
                radius=float(radii[i]),
                distance=distance if np.isfinite(distance) else None,
                attacked=_numbers(attack.nearest[i]),
                seen_as=data.names[int(attack.seen_as[i])],
            )
        )
    return tuple(found)


def _numbers(values: Any) -> tuple[float, ...]:
    """Shorten numbers: they are only drawn."""
    return tuple(float(f"{value:.4g}") for value in values)
