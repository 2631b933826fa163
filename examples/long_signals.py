"""A deep network on longer and longer signals: the local bound stays, the global one grows.

Two convolutional layers, of three filters with 11 taps and of five with 4, whose atoms meet in one
tap at most::

    python examples/long_signals.py
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sparsebound.checks.evidence import gather
from sparsebound.checks.recipes import Codes
from sparsebound.checks.recipes.convolutional_layers import convolutional_layers
from sparsebound.theory.analysis import unfolding_rates as rates
from sparsebound.theory.analysis.cascade import longest_weight
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.extremal.unfolding import Design, designed
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.verdict import Status, decide

THEOREM = catalogue()["rate.deep_local"]
LENGTHS = (1009, 2003, 4001, 10_007)
ITERATIONS, SPACING, NOISE = 24, 499, 2.0**-12


class Row(NamedTuple):
    """Bounds and error at the top, for one length."""

    samples: int
    nonzeros: tuple[int, ...]
    error: float
    local: float
    globally: float


def model(samples: int) -> DeepInstance:
    """One atom at the top every ``SPACING`` samples, and noise of one size with random signs."""
    empty = convolutional_layers(Codes(1, 0), shifts=samples, taps=[11, 4], filters=[3, 5], signs=1)
    first, top = empty.layers
    rng = np.random.default_rng(samples)
    x = np.zeros((samples, 5))
    x[: samples - SPACING + 1 : SPACING, 0] = 1
    x = x.reshape(1, -1)
    below = top.D.synthesis(top.lift(x)).mid
    noise = NOISE * rng.choice([-1.0, 1.0], (1, samples))
    layers = (Instance(first.D, below, noise), Instance(top.D, x))
    clean = first.D.synthesis(first.lift(below)).mid
    return DeepInstance(layers, clean, empty.maps)


def global_bound(deep: DeepInstance, cascade: Cascade) -> float:
    """Follow the same recursion with the norm of all the noise, and all nonzeros of a layer."""
    noise = float(np.linalg.norm(deep.layers[0].E))
    bound = 0.0
    for layer, network in zip(deep.layers, cascade.networks, strict=True):
        q = float(rates.local_rate(layer, network.W).q.mid[0])
        nu = float(longest_weight(layer, network.W).mid) * noise
        bound = float(np.abs(layer.X).max())
        for _ in range(ITERATIONS):
            bound = q * bound + 2 * nu
        noise = float(np.sqrt(layer.sparsity[0])) * bound
    return bound


def row(samples: int) -> Row:
    """Run the cascade, check the theorem, and compare."""
    deep = model(samples)
    design = Design(layers=ITERATIONS, rounded=True)
    evidence = gather(THEOREM, designed(deep, design))
    verdict = decide(THEOREM, deep, evidence)
    if verdict.status[0] != Status.HOLDS:
        raise SystemExit(f"{samples} samples: {Status(verdict.status[0])}")
    top, network = deep.layers[-1], evidence["local_cascade"].networks[-1]
    local = rates.linear_bounds(top, network, rates.local_rate(top, network.W))[0, -1]
    return Row(
        samples,
        tuple(int(layer.sparsity[0]) for layer in deep.layers),
        float(np.abs(network.iterates[0, -1] - top.X[0]).max()),
        float(local.mid),
        global_bound(deep, evidence["local_cascade"]),
    )


def main() -> None:
    """Print the table."""
    print(f"{'samples':>8}  {'nonzeros':>12}  {'error':>8}  {'local bound':>11}  {'global':>8}")
    for found in map(row, LENGTHS):
        nonzeros = ", ".join(map(str, found.nonzeros))
        print(
            f"{found.samples:8}  {nonzeros:>12}  {found.error:8.5f}  {found.local:11.5f}  "
            f"{found.globally:8.4f}"
        )


if __name__ == "__main__":
    main()
