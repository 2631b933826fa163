"""Random small certificates: a seed and a number determine a case on every machine.

Dictionaries are small integers, Gaussians or extremal ones; atoms are then repeated, exactly or
nearly, and scaled by powers of two from 2^-900 to 2^900, one for all or one for each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.quality.brute_force.dictionaries import SHARES, draw
from tests.quality.brute_force.networks import schedule

EDGES = (30, 255, 256, 257, 511, 512, 513, 537, 538, 900)
"""Exponents: squares, or their squares, reach the ends of the range at some of them."""

WIDE = 60
"""Up to which exponents networks are run exactly."""


@dataclass(frozen=True)
class Case:
    """What is certified.

    Attributes
    ----------
    number : int
        Which case it is.
    family : str
        What sort of dictionary.
    data : ndarray, shape (m, n)
        The dictionary.
    arguments : dict
        The further arguments of ``certify``.
    """

    number: int
    family: str
    data: np.ndarray
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def reproduction(self) -> str:
        """A call that certifies it."""
        given = [_shown(self.data), "atoms='columns'"]
        given += [f"{name}={_shown(value)}" for name, value in self.arguments.items()]
        return f"certify({', '.join(given)})"


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()!r}, dtype='{value.dtype}')"
    return repr(value)


def case(seed: int, number: int) -> Case:
    """Draw a case."""
    rng = np.random.default_rng([seed, number])
    family = str(rng.choice(list(SHARES), p=list(SHARES.values())))
    data = draw(rng, family)
    if data.shape[1] <= 6 and rng.random() < 0.3:
        data = _repeated(rng, data)
    n = data.shape[1]
    exponents = _exponents(rng, n) if rng.random() < 0.25 else np.zeros(n, dtype=int)
    if exponents.any():
        data = np.ldexp(np.asarray(data, dtype=np.float64), exponents)
    arguments: dict[str, Any] = {}
    if rng.random() < 0.3:
        arguments["sparsity"] = int(rng.integers(1, n + 1))
    if rng.random() < 0.3:
        arguments["amplitude"] = float(rng.choice([0.1, 0.5, 3.0, 1e6, 2.0**-40]))
    if rng.random() < 0.3:
        arguments["noise"] = float(rng.choice([1e-5, 2.0**-10, 0.1, 1e-300]))
    if rng.random() < 0.2:
        arguments["tolerance"] = float(rng.choice([0.5, 0.01, 1e-9]))
    kind = rng.random()
    if kind < 0.5:
        arguments["codes"] = _codes(rng, n, exponents)
    elif kind < 0.62 and n <= 5 and np.abs(exponents).max() <= WIDE:
        arguments |= _network(rng, data, arguments)
    elif kind < 0.66 and n <= 8:
        arguments["prune"] = True
    return Case(number, family, data, arguments)


def _repeated(rng: np.random.Generator, data: np.ndarray) -> np.ndarray:
    """Another copy of an atom: itself, its opposite, a multiple, or one that is almost equal."""
    n = data.shape[1]
    source = np.asarray(data, dtype=np.float64)
    copy = source[:, rng.integers(n)].copy()
    how = rng.choice(["equal", "opposite", "multiple", "ulp", "near"])
    row = rng.integers(len(copy))
    if how == "opposite":
        copy = -copy
    elif how == "multiple":
        copy = copy * rng.choice([0.5, 3.0, -7.0, 2.0**20])
    elif how == "ulp":
        copy[row] = np.nextafter(copy[row], np.inf * rng.choice([-1, 1]))
    elif how == "near":
        copy[row] += np.abs(copy).max() * 2.0 ** -int(rng.choice([20, 26, 30, 45, 52]))
    if n > 1 and rng.random() < 0.5:
        source[:, rng.integers(n)] = copy
        return source
    return np.column_stack([source, copy])


def _exponents(rng: np.random.Generator, n: int) -> np.ndarray:
    """Powers of two to scale atoms by."""
    how = rng.choice(["one", "each", "edge", "edges"])
    if how == "one":
        return np.full(n, rng.integers(-900, 901))
    if how == "each":
        return rng.integers(-900, 901, n)
    signs = rng.choice([-1, 1], n)
    found = signs * rng.choice(EDGES, n)
    return np.full(n, found[0]) if how == "edge" else found


def _codes(rng: np.random.Generator, n: int, exponents: np.ndarray) -> np.ndarray:
    """A batch of codes: sparse, dense and zero ones next to each other; at least one not zero."""
    count = 20 if rng.random() < 0.02 else int(rng.integers(1, 6))
    X = np.zeros((count, n))
    for x in X:
        how = rng.choice(["sparse", "dense", "full", "zero"], p=[0.6, 0.15, 0.15, 0.1])
        used = {"sparse": min(n, int(rng.integers(1, 4))), "full": n, "zero": 0}.get(
            str(how), int(rng.integers(1, n + 1))
        )
        values = rng.choice(["signs", "integers", "gaussian", "wide"])
        entries = {
            "signs": rng.choice([-1.0, 1.0], n),
            "integers": rng.integers(1, 5, n) * rng.choice([-1.0, 1.0], n),
            "gaussian": rng.standard_normal(n),
            "wide": np.ldexp(rng.choice([-1.0, 1.0], n), rng.integers(-70, 71, n)),
        }[str(values)]
        x[rng.permutation(n)[:used]] = entries[:used]
    if not X.any():
        X[0, 0] = 1
    if exponents.any() and rng.random() < 0.7:
        X = np.ldexp(X, -exponents)  # so that all atoms matter to the signals
    elif (X == np.round(X)).all() and np.abs(X).max() < 100 and rng.random() < 0.3:
        X = X.astype(np.int64)
    return X


def _network(
    rng: np.random.Generator, data: np.ndarray, arguments: dict[str, Any]
) -> dict[str, Any]:
    """Weights, and thresholds at what is needed or some units in the last place from it."""
    D = np.asarray(data, dtype=np.float64)
    n = D.shape[1]
    sparsity = min(n, int(rng.integers(1, 4)))
    amplitude = float(rng.choice([1.0, 0.5, 3.0]))
    noise = float(rng.choice([0.0, 0.0, 2.0**-10, 0.1]))
    layers = int(rng.integers(1, 4))
    how = rng.choice(["analysis", "classical", "integers", "perturbed", "each"])
    squares = (D * D).sum(axis=0)
    W = D / squares
    if how == "classical":
        W = D / squares.sum()
    elif how == "integers":
        W = rng.integers(-2, 3, D.shape) / 4.0
    elif how == "perturbed":
        W = W + rng.integers(-2, 3, D.shape) / 64.0
    weights = np.array([W] * layers)
    if how == "each":
        weights = weights * rng.choice([0.5, 1.0, 1.25], (layers, 1, n))
    thresholds = schedule(
        D,
        weights,
        sparsity,
        amplitude=amplitude,
        noise=noise,
        steps=rng.choice([-6, -3, -1, 0, 0, 0, 1, 1000], (layers, n)),
        shares=rng.choice([1.0, float(rng.choice([0.5, 0.9, 1.0, 2.0]))], (layers, n)),
    )
    return {
        "weights": weights if how == "each" else W,
        "thresholds": thresholds,
        "sparsity": sparsity,
        "amplitude": amplitude,
        "noise": noise,
    }
