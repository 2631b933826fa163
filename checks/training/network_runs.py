"""Other networks, one run a network and a seed: trained and measured; nothing is certified."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch

from sparsebound.checks.training.experiment import (
    NORM,
    TrainingData,
    settings_digest,
    trained_on,
)
from sparsebound.checks.training.kept import keep_run
from sparsebound.checks.training.network_rows import (
    ANALYTIC,
    ATTENTION,
    CONVOLUTIONAL,
    DENSE,
    LEARNED,
    NETWORKS,
    SHIFT,
    UNFOLDED,
    WEIGHTS,
    NetworkRow,
)
from sparsebound.checks.training.networks import (
    FeatureNetwork,
    measured_network,
    small_convolutional,
    small_dense,
    small_transformer,
    train_network,
    unfolded_convolutional,
)
from sparsebound.checks.training.trained import TrainedEncoder
from sparsebound.checks.training.weights import UnfoldedDictionary, analytic_weights, rate_of
from sparsebound.reports.networks import NetworkRun


def run_network(
    data: TrainingData,
    name: str,
    seed: int,
    folder: Path,
    *,
    epochs: int | None = None,
    progress: Callable[[str], Any] | None = None,
) -> NetworkRun:
    """Train a network, measure its features on the test signals, keep what was found.

    Parameters
    ----------
    data, seed, folder, epochs, progress
        As in :func:`sparsebound.checks.training.experiment.run_strategy`.
    name : str
        In ``NETWORKS``; it has to fit the signals.

    Returns
    -------
    NetworkRun

    Raises
    ------
    ArithmeticError
        If a loss or a feature is not finite.
    """
    torch.set_num_threads(1)
    started = time.process_time()
    if progress is not None:
        progress("training")
    row, (learned, tested) = NETWORKS[name], data.split(seed)
    plain = _plain(data, seed, epochs) if row.network in WEIGHTS else None
    signals = NORM / data.norm * data.signals
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = built(row, data, plain)
        losses = train_network(
            network,
            signals[learned],
            data.labels[learned],
            l1=row.l1,
            hoyer=row.hoyer,
            seed=seed,
            epochs=row.epochs if epochs is None else epochs,
            rate=row.rate,
        )
    found = measured_network(network, signals[tested], data.labels[tested])
    if not all(map(math.isfinite, found.values())):
        raise ArithmeticError(f"{name}: features of test signals are not finite in float32")
    rate = None
    if plain is not None:
        Y = data.signals[tested]
        W = network.body.weights.detach().double().numpy()
        rate = rate_of(plain.arrays["D"], W, plain.features(Y)[0], Y)
    features = network.head.in_features
    run = NetworkRun(
        settings=settings_digest(data, name, epochs),
        strategy=name,
        seed=seed,
        accuracy=found["accuracy"],
        active=features * found["active_share"],
        features=features,
        hoyer=found["hoyer"],
        rate=rate,
        seconds=time.process_time() - started,
        losses=tuple(losses),
    )
    keep_run(folder, run, {})
    return run


@lru_cache(maxsize=1)
def _plain(data: TrainingData, seed: int, epochs: int | None) -> TrainedEncoder:
    """Learn the dictionary of which weights are compared, once for all of them."""
    return trained_on(data, "plain", data.split(seed)[0], seed, epochs=epochs)


def built(row: NetworkRow, data: TrainingData, plain: TrainedEncoder | None) -> FeatureNetwork:
    """Build a network for signals of norm ``NORM``; random numbers are torch's.

    Parameters
    ----------
    row : NetworkRow
    data : TrainingData
    plain : TrainedEncoder or None
        Of the signals as they are; whose dictionary is unfolded, and whose head is learned on.

    Examples
    --------
    >>> import numpy as np
    >>> data = TrainingData("", np.ones((8, 64)), np.arange(8) % 2, ("a", "b"))
    >>> built(NETWORKS["attention"], data, None)(torch.ones(3, 64)).logits.shape
    torch.Size([3, 2])
    """
    length, classes = data.signals.shape[1], len(data.names)
    if plain is None:
        return _OTHERS[row.network](length, classes)
    a, scale = plain.arrays, NORM / data.norm
    D = a["D"]
    W = analytic_weights(D) if row.network == ANALYTIC else D
    body = UnfoldedDictionary(D, W, scale * a["lam"], learned=row.network == LEARNED)
    network = FeatureNetwork(body, D.shape[1], classes)
    with torch.no_grad():
        network.head.weight.copy_(torch.tensor(a["V"] / scale))
        network.head.bias.copy_(torch.tensor(a["b"]))
    return network


_OTHERS: dict[str, Callable[[int, int], FeatureNetwork]] = {
    DENSE: small_dense,
    CONVOLUTIONAL: lambda length, classes: small_convolutional(math.isqrt(length), classes),
    UNFOLDED: lambda length, classes: unfolded_convolutional(length, classes, stride=SHIFT),
    ATTENTION: lambda length, classes: small_transformer(length, classes, tokens=SHIFT),
}
