"""Work certified radii out again, from the dual points that `certify` stored: plain numpy.

    sparsebound certify NET.npz --signals NET.npz --head NET.npz --atoms columns --out certificate
    python examples/radius_again.py certificate/signals.npz

In float64; what `certify` says was decided in ball arithmetic. Why any dual points give a bound is
the proof of `training.certified_radius`.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


def radius(D: Any, y: Any, lam: Any, V: Any, b: Any, support: Any, points: Any) -> float:
    """Give the distance within which the label of y is the same, by dual points (j, tau, h)."""
    S, off = np.flatnonzero(support), np.flatnonzero(~support)
    z, G = np.zeros(len(lam)), D.T @ D
    z[S] = np.linalg.solve(G[np.ix_(S, S)], D[:, S].T @ y - lam[S])
    g = np.where(support, 0, lam - D.T @ (y - D @ z))
    assert (z[S] > 0).all()  # so that z are the features of y
    assert (g >= 0).all()
    p = np.linalg.solve(G[np.ix_(S, S)], G[S])  # what it costs that an atom enters
    kappa = np.maximum(np.diag(G) - (p * G[S]).sum(axis=0), 1e-12)
    caps = np.where(p < 0, z[S, None] / np.where(p < 0, -p, 1), np.inf).min(axis=0, initial=np.inf)
    beta = np.minimum(g / kappa, caps)
    price = np.maximum(g**2 / np.maximum(np.diag(G), 1e-300), 2 * beta * g - beta**2 * kappa)
    order = off[np.argsort(price[off], kind="stable")]
    label, best = int(np.argmax(V @ z + b)), np.inf
    for j in set(range(len(V))) - {label}:
        v, m = V[label] - V[j], (V[label] - V[j]) @ z + b[label] - b[j]
        rows = [(tau, h) for rival, tau, h in points if rival == j and tau >= 0]
        q = [G @ h + g + tau * v for tau, h in rows]
        bound = [2 * tau * m - h @ G @ h - 2 * z @ w for (tau, h), w in zip(rows, q, strict=True)]
        for k in range(len(order) + 1):  # the k cheapest atoms may enter, and the last one does
            T = np.append(S, order[:k])
            moved = max([x for x, w in zip(bound, q, strict=True) if (w[T] >= 0).all()], default=0)
            best = min(best, (price[order[k - 1]] if k else 0) + max(moved, 0))
    return float(np.sqrt(best))


def main(file: str) -> None:
    """Compare every radius of a file with what its dual points give."""
    with np.load(file) as stored:
        at = dict(stored)
    n, ridge = len(at["lam"]), float(at["ridge"])
    D = np.vstack([at["D"], np.sqrt(ridge) * np.eye(n)]) if ridge else at["D"]
    h = np.zeros((len(at["point_tau"]), n))
    h[at["entry_point"], at["entry_atom"]] = at["entry_value"]
    found = []
    for i in np.flatnonzero(at["radius"] > 0):
        y = np.append(at["Y"][i], np.zeros(len(D) - at["Y"].shape[1]))
        own = np.flatnonzero(at["point_signal"] == i)
        points = [(at["point_class"][k], at["point_tau"][k], h[k]) for k in own]
        again = radius(D, y, at["lam"], at["V"], at["b"], at["support"][i], points)
        found.append(again / at["radius"][i])
    if found:
        shares = f"{min(found):.9f} to {max(found):.9f}"
        print(f"{len(found)} radii, worked out again from dual points: {shares} of what is stated")
    else:
        print("no radius is stated")


if __name__ == "__main__":
    main(*sys.argv[1:])
