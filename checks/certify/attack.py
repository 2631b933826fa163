"""Search for the codes and noise on which a network errs most, beside what is certified."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from checks.certify.atoms import Atoms
from checks.certify.networks import Trained
from checks.certify.settings import Settings
from theory.arithmetic import FloatArray, IntArray
from theory.guarantees.figure import Figure

ROWS, RANDOM, KEPT, ROUNDS = 64, 192, 32, 60
"""Worst rows and random supports to begin with, how many are improved, and how often."""


@dataclass(frozen=True)
class Attack:
    """The largest error that was found.

    Attributes
    ----------
    found : Figure
        A lower bound of the worst case, computed in float64.
    bound : Figure
        The certified upper bound.
    layers, tried : int
        Layers of the network, codes that were run.
    support : tuple of int
        Nonzeros of the worst code.
    values : tuple of float
        Its entries there.
    """

    found: Figure
    bound: Figure
    layers: int
    tried: int
    support: tuple[int, ...]
    values: tuple[float, ...]


def attack(
    atoms: Atoms, network: Trained, sparsity: int, settings: Settings, *, seed: int = 0
) -> Attack:
    """Search the set of codes that the certificate speaks of for a large error.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.
    network : Trained
        The network, and its certified bounds.
    sparsity : int
        Nonzeros of the codes, at most.
    settings : Settings
        Bounds on entries and noise.
    seed : int
        Of the random choices.

    Returns
    -------
    Attack
        Deterministic for a seed.
    """
    search = Search(atoms, network, sparsity, settings, np.random.default_rng(seed))
    codes = np.concatenate([search.aligned(), search.random(RANDOM)])
    errors = search.errors(codes)
    for _ in range(ROUNDS):
        best = np.argsort(-errors, kind="stable")[:KEPT]
        codes, errors = codes[best], errors[best]
        changed = search.changed(codes)
        codes = np.concatenate([codes, changed])
        errors = np.concatenate([errors, search.errors(changed)])
    worst = codes[int(errors.argmax())]
    support = np.flatnonzero(worst)
    return Attack(
        Figure(float(errors.max()), "lower", "attack"),
        network.certified.layers[-1].bound,
        len(network.thresholds),
        search.tried,
        tuple(map(int, support)),
        tuple(map(float, worst[support])),
    )


class Search:
    """Codes of a set, and the errors of a network on them."""

    def __init__(
        self,
        atoms: Atoms,
        network: Trained,
        sparsity: int,
        settings: Settings,
        rng: np.random.Generator,
    ) -> None:
        self.D = atoms.dictionary.data
        self.network, self.settings, self.rng = network, settings, rng
        self.sparsity = min(sparsity, self.D.shape[1])
        self.tried = 0

    def aligned(self) -> FloatArray:
        """Codes whose entries all push one entry of the first layer to the wrong side."""
        residual = np.eye(self.D.shape[1]) - self.network.weights[0].T @ self.D
        sizes = np.abs(residual)
        np.fill_diagonal(sizes, 0)
        largest = np.argsort(-sizes, axis=1, kind="stable")
        reach = np.take_along_axis(sizes, largest, axis=1)[:, : self.sparsity].sum(axis=1)
        made = []
        for i in np.argsort(-reach, kind="stable")[:ROWS]:
            for support in (largest[i, : self.sparsity], [i, *largest[i, : self.sparsity - 1]]):
                signs = np.where(residual[i] < 0, -1.0, 1.0)
                signs[i] = 1
                made.append(self._code(np.asarray(support), signs[support]))
        return np.array(made)

    def random(self, count: int) -> FloatArray:
        """Codes of random supports and signs."""
        n = self.D.shape[1]
        return np.array(
            [
                self._code(
                    self.rng.choice(n, self.sparsity, replace=False),
                    self.rng.choice([-1.0, 1.0], self.sparsity),
                )
                for _ in range(count)
            ]
        )

    def _code(self, support: IntArray, signs: FloatArray) -> FloatArray:
        code = np.zeros(self.D.shape[1])
        code[support] = self.settings.amplitude * signs
        return code

    def changed(self, codes: FloatArray) -> FloatArray:
        """Each code with one entry flipped, shrunk or moved."""
        changed = codes.copy()
        for code in changed:
            i = self.rng.choice(np.flatnonzero(code))
            kind = self.rng.integers(3)
            if kind == 0:
                code[i] = -code[i]
            elif kind == 1:
                code[i] = self.settings.amplitude * self.rng.uniform(-1, 1) or code[i]
            else:
                j = self.rng.integers(len(code))
                code[i], code[j] = code[j], code[i]
        return changed

    def errors(self, codes: FloatArray) -> FloatArray:
        """Largest error of the last layer on each code, with noise against it."""
        self.tried += len(codes)
        signals = codes @ self.D.T + self._noise(codes)
        state = np.zeros_like(codes)
        for W, theta in zip(self.network.weights, self.network.thresholds, strict=True):
            v = state + (signals - state @ self.D.T) @ W
            state = np.sign(v) * np.maximum(np.abs(v) - theta, 0)
        return np.asarray(np.abs(state - codes).max(axis=1))

    def _noise(self, codes: FloatArray) -> FloatArray:
        """Noise that pushes every entry to zero, as large as it may be in every layer."""
        nu = self.settings.noise
        noise = np.zeros((len(codes), self.D.shape[0]))
        if nu == 0:
            return noise
        distinct = list({id(W): W for W in self.network.weights}.values())
        for row, code in enumerate(codes):
            on = np.flatnonzero(code)
            wanted = -nu * np.sign(code[on])
            e = np.linalg.lstsq(distinct[0][:, on].T, wanted, rcond=None)[0]
            size = max(float(np.abs(W.T @ e).max()) for W in distinct)
            noise[row] = e * min(1.0, nu / size) if size > 0 else 0.0
        return noise
