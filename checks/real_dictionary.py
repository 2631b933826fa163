"""The real dictionary that ships, learned from handwritten digits, and what is known of it."""

from __future__ import annotations

from importlib.resources import as_file, files
from math import ceil, sqrt

import numpy as np

from checks.oracles.basis_pursuit import certificates
from theory.instance import Instance
from theory.quantities import (
    babel,
    babel_spark,
    coherence,
    exact_recovery_coefficient,
    kernel,
    recovery_value,
    welch_bound,
)

DESCRIBED = 40
"""Codes whose recovery is certified, each at the price of a linear program."""


def digits() -> Instance:
    """Load 128 atoms of length 64, learned from 8 x 8 digits, and the codes of 100 images.

    ``examples/learn_digits.py`` made the file.

    Examples
    --------
    >>> digits().D.shape, len(digits())
    ((64, 128), 100)
    """
    with as_file(files("checks") / "data" / "digits.npz") as path, np.load(path) as stored:
        return Instance(stored["D"], stored["X"])


def describe() -> list[tuple[str, str]]:
    """Say what is known of the digits dictionary, as labels and values.

    Examples
    --------
    >>> describe()[0]
    ('dictionary', '128 atoms of length 64, learned from handwritten digits')
    """
    instance = digits()
    instance = instance.select(slice(DESCRIBED))
    D = instance.D
    m, n = D.shape
    mu = coherence(D)
    pair = np.unravel_index(np.argmax(np.abs(D.gram.mid - np.eye(n))), (n, n))
    curve = babel(D, np.arange(1, 5)).mid
    least, most = babel_spark(D), n - kernel(D).ncols() + 1
    by_coherence = ceil((1 + 1 / float(mu.mid + mu.rad)) / 2) - 1
    recovered = recovery_value(instance, certificates(instance, search=True)).upper
    shares = [
        f"{np.mean((1 - value).sign == 1):.0%} of {len(instance)} codes with "
        f"{instance.sparsity.max()} nonzeros"
        for value in (exact_recovery_coefficient(instance), recovered)
    ]
    return [
        ("dictionary", f"{n} atoms of length {m}, learned from handwritten digits"),
        ("coherence", f"{mu.mid:.6f}, of atoms {pair[0]} and {pair[1]}"),
        ("Welch bound", f"{sqrt(welch_bound(m, n)):.6f}"),
        ("Babel function, k = 1..4", ", ".join(f"{value:.4f}" for value in curve)),
        ("spark", f"from {least} (dictionary.spark_coherence) to {most} (rank + 1)"),
        ("uniqueness.coherence", f"the sparsest code is unique up to {by_coherence} nonzero"),
        ("uniqueness.spark", f"by the certified lower bound, up to {ceil(least / 2) - 1} nonzero"),
        ("uniqueness.erc", f"ERC(S) < 1 for {shares[0]}"),
        ("basis pursuit", f"certified as unique for {shares[1]}"),
    ]
