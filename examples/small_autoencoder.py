"""A sparse autoencoder with TopK units: trained on handwritten digits, and certified.

Digits of scikit-learn (64 pixels; ``pip install 'sparsebound[examples]'``) stand for the vectors of
a model. Gradients are written out, so that numpy suffices; the result is laid out as SAELens does,
with codes beside it:

    python examples/small_autoencoder.py small_sae
    sparsebound certify small_sae --codes small_sae/codes.npz
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

UNITS, K, STEPS, BATCH, RATE = 128, 6, 4000, 128, 2e-3


def encode(Y: np.ndarray, parts: dict[str, np.ndarray]) -> np.ndarray:
    """The K largest units, as far as they are positive."""
    v = (Y - parts["b_dec"]) @ parts["W_enc"] + parts["b_enc"]
    lowest = np.partition(v, -K, axis=1)[:, -K, None]
    return np.where((v >= lowest) & (v > 0), v, 0.0)


def train(Y: np.ndarray, seed: int = 0) -> dict[str, np.ndarray]:
    """Train by Adam; atoms have unit norm after every step."""
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((UNITS, Y.shape[1]))
    W /= np.linalg.norm(W, axis=1, keepdims=True)
    parts = {"W_enc": W.T.copy(), "b_enc": np.zeros(UNITS), "W_dec": W, "b_dec": Y.mean(axis=0)}
    first = {name: np.zeros_like(part) for name, part in parts.items()}
    second = {name: np.zeros_like(part) for name, part in parts.items()}
    for step in range(1, STEPS + 1):
        y = Y[rng.integers(0, len(Y), BATCH)]
        x = encode(y, parts)
        error = 2 * (x @ parts["W_dec"] + parts["b_dec"] - y) / BATCH
        back = np.where(x > 0, error @ parts["W_dec"].T, 0.0)
        gradients = {
            "W_enc": (y - parts["b_dec"]).T @ back,
            "b_enc": back.sum(axis=0),
            "W_dec": x.T @ error,
            "b_dec": error.sum(axis=0) - back.sum(axis=0) @ parts["W_enc"].T,
        }
        for name, gradient in gradients.items():
            first[name] = 0.9 * first[name] + 0.1 * gradient
            second[name] = 0.999 * second[name] + 0.001 * gradient**2
            scale = np.sqrt(second[name] / (1 - 0.999**step)) + 1e-8
            parts[name] -= RATE * first[name] / (1 - 0.9**step) / scale
        parts["W_dec"] /= np.linalg.norm(parts["W_dec"], axis=1, keepdims=True)
    return parts


def main(folder: str | Path = "small_sae") -> None:
    """Train, and leave a folder with the autoencoder and the codes of all digits."""
    folder = Path(folder)
    Y = load_digits().data / 16.0
    parts = train(Y)
    X = encode(Y, parts)
    used = (X > 0).any(axis=0)
    left = np.linalg.norm(Y - X @ parts["W_dec"] - parts["b_dec"]) / np.linalg.norm(Y - Y.mean(0))
    folder.mkdir(parents=True, exist_ok=True)
    alive = {
        name: (part[:, used] if name == "W_enc" else part if name == "b_dec" else part[used])
        for name, part in parts.items()
    }
    stored = {name: part.astype(np.float32) for name, part in alive.items()}
    np.savez_compressed(folder / "params.npz", **stored)
    np.savez_compressed(folder / "codes.npz", X=X[:, used].astype(np.float32))
    settings = {"architecture": "topk", "k": K, "apply_b_dec_to_input": True}
    (folder / "cfg.json").write_text(json.dumps(settings))
    print(f"{used.sum()} of {UNITS} units are used; relative error {left:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
