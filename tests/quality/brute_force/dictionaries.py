"""Small dictionaries of several sorts, in floats; no atom is zero."""

from __future__ import annotations

import numpy as np

SHARES = {
    "integers": 0.28,
    "gaussian": 0.2,
    "tall": 0.17,
    "extremal": 0.2,
    "wide": 0.07,
    "sparse": 0.07,
    "larger": 0.01,
}
"""The sorts, and how often each is drawn."""


def draw(rng: np.random.Generator, sort: str) -> np.ndarray:
    """Draw a dictionary, shape (m, n)."""
    m, n = int(rng.integers(1, 5)), int(rng.integers(1, 7))
    data: np.ndarray
    if sort == "integers":
        most = int(rng.choice([1, 2, 3, 9]))
        data = rng.integers(-most, most + 1, (m, n))
        data = data if rng.random() < 0.7 else data.astype(rng.choice(["int8", "float64"]))
    elif sort == "gaussian":
        data = rng.standard_normal((m, n)).astype(rng.choice(["float64", "float64", "float32"]))
    elif sort == "tall":
        n = int(rng.integers(1, 6))
        m = n + int(rng.integers(0, 3))
        size = int(rng.choice([3, 6, 12, 40]))
        data = size * np.eye(m, n, dtype=int) + rng.integers(-1, 2, (m, n))
        if rng.random() < 0.3:
            data = data + rng.standard_normal((m, n)) / 8
    elif sort == "extremal":
        data = extremal(str(rng.choice(EXTREMAL)), rng)
    elif sort == "wide":
        data = np.ldexp(rng.integers(-2, 3, (m, n)) + 0.0, rng.integers(-60, 61, (m, n)))
    elif sort == "sparse":
        data = rng.integers(-2, 3, (4, n)) * (rng.random((4, n)) < 0.4)
    else:
        data = (
            rng.standard_normal((8, 12)),
            rng.integers(-2, 3, (8, 12)),
            extremal("hadamard 8", rng),
        )[rng.integers(3)]
    data = np.array(data)
    data[rng.integers(len(data)), ~data.any(axis=0)] = 1
    return data


EXTREMAL = (
    "identity",
    "simplex",
    "tetrahedron",
    "integer simplex",
    "equiangular",
    "equiangular plus",
    "pythagorean",
    "union of bases",
    "cycle",
    "blocks",
    "plus and minus",
)


def extremal(name: str, rng: np.random.Generator) -> np.ndarray:
    """A dictionary that attains some theorem, with signs and atoms in random order."""
    H = np.array([[1, 1], [1, -1]])
    if name == "identity":
        n = int(rng.integers(1, 6))
        data = np.eye(n, dtype=int)
    elif name == "simplex":  # the frame of three atoms at 120 degrees, in three dimensions
        data = 3 * np.eye(3, dtype=int) - 1
    elif name == "tetrahedron":
        data = np.kron(H, H)[1:]
    elif name == "integer simplex":
        n = int(rng.integers(2, 6))
        data = n * np.eye(n, dtype=int) - 1
    elif name == "equiangular":
        n = int(rng.integers(2, 6))
        data = int(rng.integers(n, 12)) * np.eye(n, dtype=int) - 1
    elif name == "equiangular plus":
        data = np.array([[4, -1, 1], [-1, 4, 1], [0, 0, int(rng.integers(1, 9))]])
    elif name == "pythagorean":
        atoms = np.array([[1, 0], [0, 1], [3, 4], [4, 3], [3, -4], [5, 12], [-12, 5]]).T
        data = atoms[:, rng.permutation(7)[: rng.integers(2, 6)]]
    elif name == "union of bases":
        data = np.hstack([np.eye(2, dtype=int), H])
        if rng.random() < 0.2:
            data = np.hstack([np.eye(4, dtype=int), np.kron(H, H)])
    elif name == "cycle":
        n = int(rng.integers(2, 7))
        data = np.eye(n, dtype=int) - np.roll(np.eye(n, dtype=int), 1, axis=0)
        data = data if n > 2 else np.array([[1, -1], [1, 1]])
    elif name == "blocks":
        block = np.array([[1, 3], [0, 4]]) if rng.random() < 0.5 else np.array([[2, -1], [-1, 2]])
        data = np.kron(np.eye(int(rng.integers(2, 4)), dtype=int), block)
    elif name == "plus and minus":
        data = np.array([[1, -1]])[:, : rng.integers(1, 3)]
    else:
        data = np.kron(H, np.kron(H, H))[1:]
    n = data.shape[1]
    return np.asarray(data[:, rng.permutation(n)] * rng.choice([-1, 1], n))
