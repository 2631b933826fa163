"""Do penalties give sparser features in other networks? Digits, three seeds; needs torch.

Prints, for a dense network, a convolutional one, an unfolded one and a small transformer: accuracy
on a test set, the share of features that are not zero, and Hoyer's measure, each as the mean and
the least to the largest of the seeds. No certificate exists for these features.

    python examples/sparser_networks.py
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from sparsebound.checks.training.data import labelled_digits
from sparsebound.checks.training.networks import (
    FeatureNetwork,
    measured_network,
    small_convolutional,
    small_dense,
    small_transformer,
    train_network,
    unfolded_convolutional,
)

NETWORKS: dict[str, Callable[[], FeatureNetwork]] = {
    "dense": lambda: small_dense(64, 10),
    "convolutional": lambda: small_convolutional(8, 10),
    "unfolded convolutional": lambda: unfolded_convolutional(64, 10),
    "transformer": lambda: small_transformer(64, 10),
}
PENALTIES = {"none": (0.0, 0.0), "l1 0.03": (0.03, 0.0), "hoyer 0.1": (0.0, 0.1)}
EPOCHS, SEEDS, TESTED = 15, 3, 450


def main() -> None:
    """Train all of them and print the table."""
    torch.set_num_threads(1)
    images, labels = labelled_digits()
    print(f"{'network':24}{'penalty':12}{'right %':24}{'active share':24}Hoyer")
    for name, build in NETWORKS.items():
        for penalty, (l1, hoyer) in PENALTIES.items():
            rows = []
            for seed in range(SEEDS):
                order = np.random.default_rng(seed).permutation(len(images))
                test, rest = order[:TESTED], order[TESTED:]
                torch.manual_seed(seed)
                network = build()
                settings = {"l1": l1, "hoyer": hoyer, "seed": seed, "epochs": EPOCHS}
                train_network(network, images[rest], labels[rest], **settings)
                rows.append(measured_network(network, images[test], labels[test]))
            print(f"{name:24}{penalty:12}" + "".join(map(shown, spreads(rows))))


def spreads(rows: list[dict[str, float]]) -> list[tuple[float, float, float]]:
    """Give the mean, the least and the largest of each measure; accuracy in percent."""
    scales = {"accuracy": 100.0, "active_share": 1.0, "hoyer": 1.0}
    values = [[row[name] * scale for row in rows] for name, scale in scales.items()]
    return [(float(np.mean(part)), min(part), max(part)) for part in values]


def shown(spread: tuple[float, float, float]) -> str:
    """Write a measure with its spread."""
    return "{:.2f} ({:.2f} to {:.2f})".format(*spread).ljust(24)


if __name__ == "__main__":
    main()
