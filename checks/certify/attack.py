"""Search for the codes and noise on which a network errs most, beside what is certified.

The search runs in float64. What it finds is then enclosed in ball arithmetic, layer by layer, for
the network in exact arithmetic, of which the certificate speaks: an error that is surely above a
certified bound refutes the certificate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from flint import arb

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.networks import Trained
from sparsebound.checks.certify.settings import Settings
from sparsebound.theory.analysis.activations import soft
from sparsebound.theory.arithmetic import Ball, Exact, FloatArray, IntArray, Number, precision
from sparsebound.theory.guarantees.figure import Figure

ROWS, RANDOM, KEPT, ROUNDS = 64, 192, 32, 60
"""Worst rows and random supports to begin with, how many are improved, and how often."""

ROOM = 2.0**-40
"""Relative room that noise leaves below its bound, for rounding."""

NEAR = 0.99
"""Share of a certified bound from which on the error of a run is enclosed, layer by layer; and of
that error, what has to be proved before more digits are taken."""

DIGITS = 128
"""Up to how many atoms errors are enclosed with more digits, if float64 has lost them."""


@dataclass(frozen=True)
class Attack:
    """The largest error that was found.

    Attributes
    ----------
    found : Figure
        A lower bound of the worst case: the lower end of the enclosed error of the last layer.
    bound : Figure
        The certified upper bound.
    layers, tried : int
        Layers of the network, codes that were run.
    support : tuple of int
        Nonzeros of the worst code.
    values : tuple of float
        Its entries there.
    beaten : tuple of int
        Layers, counted from 0, after which the error is surely above the certified bound. There
        are none, or the certificate is false.
    """

    found: Figure
    bound: Figure
    layers: int
    tried: int
    support: tuple[int, ...]
    values: tuple[float, ...]
    beaten: tuple[int, ...] = ()


@dataclass(frozen=True)
class Trial:
    """A code, its noise, and an error after some layer: of a run, or a lower bound of it."""

    error: float
    code: FloatArray
    noise: FloatArray


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
    layers, found = network.certified.layers, search.enclosed()
    worst = found[-1]
    support = np.flatnonzero(worst.code)
    return Attack(
        Figure(worst.error, "lower", "attack"),
        layers[-1].bound,
        len(network.thresholds),
        search.tried,
        tuple(map(int, support)),
        tuple(map(float, worst.code[support])),
        tuple(k for k, layer in enumerate(layers) if found[k].error > layer.bound.value),
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
        self.distinct = list({id(W): W for W in network.weights}.values())
        self.tried = 0
        nothing = Trial(0.0, np.zeros(self.D.shape[1]), np.zeros(self.D.shape[0]))
        self.worst = [nothing] * len(network.thresholds)

    def aligned(self) -> FloatArray:
        """Codes whose entries all push one entry of the first layer to the wrong side."""
        with np.errstate(over="ignore", invalid="ignore"):
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
        """Largest error of the last layer on each code, with noise against it; of each the worst.

        A run that overflows has found nothing.
        """
        self.tried += len(codes)
        noise = self.noise(codes)
        errors = np.zeros(len(codes))
        with np.errstate(over="ignore", invalid="ignore"):
            signals = codes @ self.D.T + noise
            state = np.zeros_like(codes)
            for k, (W, theta) in enumerate(self._layers()):
                v = state + (signals - state @ self.D.T) @ W
                state = np.sign(v) * np.maximum(np.abs(v) - theta, 0)
                errors = np.abs(state - codes).max(axis=1)
                errors = np.where(np.isfinite(errors), errors, 0.0)
                at = int(errors.argmax())
                if errors[at] > self.worst[k].error:
                    self.worst[k] = Trial(float(errors[at]), codes[at].copy(), noise[at].copy())
        return errors

    def _layers(self) -> Iterator[tuple[FloatArray, FloatArray]]:
        return zip(self.network.weights, self.network.thresholds, strict=True)

    def noise(self, codes: FloatArray) -> FloatArray:
        """Noise that pushes every entry to zero, as large as it surely may be in every layer.

        Where a number overflows there is none.
        """
        nu = self.settings.noise
        noise = np.zeros((len(codes), self.D.shape[0]))
        if nu == 0:
            return noise
        for row, code in zip(noise, codes, strict=True):
            on = np.flatnonzero(code)
            wanted = -nu * np.sign(code[on])
            row[:] = np.linalg.lstsq(self.distinct[0][:, on].T, wanted, rcond=None)[0]
        with np.errstate(over="ignore", invalid="ignore"):
            level = np.max([np.abs(noise @ W).max(axis=1) for W in self.distinct], axis=0)
            noise *= ((1 - ROOM) * nu / np.maximum(level, nu))[:, None]
        surely = [abs(Ball(noise) @ Ball(W)).upper.max(axis=1) for W in self.distinct]
        allowed = np.max(surely, axis=0) <= nu  # all but some whose products cancel
        return np.where(allowed[:, None], noise, 0.0)

    def enclosed(self) -> list[Trial]:
        """What is proved of the worst codes: after each layer the largest lower bound."""
        found, last = [replace(trial, error=0.0) for trial in self.worst], len(self.worst) - 1
        asked: dict[bytes, list[int]] = {}  # one code may be the worst after many layers
        for k, trial in enumerate(self.worst):
            if k == last or trial.error >= NEAR * self.network.certified.layers[k].bound.value:
                asked.setdefault(trial.code.tobytes(), []).append(k)
        for layers in asked.values():
            trial, run = self.worst[layers[0]], [self.worst[k].error for k in layers]
            errors = self._enclosed(trial, Ball.of(-trial.code))
            if (errors[layers] < NEAR * np.array(run)).any() and len(trial.code) <= DIGITS:
                with precision(128 + 8 * len(self.worst)):  # rows may grow by 8 bits a layer
                    start = [arb(-value) for value in trial.code]
                    errors = self._enclosed(trial, Exact.of(np.array(start, dtype=object)))
            for k, error in enumerate(errors.tolist()):
                if error > found[k].error:
                    found[k] = replace(trial, error=error)
        return found

    def _enclosed(self, trial: Trial, error: Number) -> FloatArray:
        """Lower bounds of the error of exact arithmetic after each layer, from ``x^0 = 0``.

        With ``e_k = x^k - x``: ``x^{k+1} = soft(x + (I - W^T D) e_k + W^T e)``. Few entries of
        ``e_k`` are not zero, so that the radii shrink from layer to layer where the error does.
        """
        of, found = error.of, []
        code, noise = trial.code[:, None], trial.noise[:, None]
        pushed = {id(W): of(W.T) @ of(noise) for W in self.distinct}
        known: dict[tuple[int, bytes], Number] = {}
        for W, theta in self._layers():
            on = np.flatnonzero(error.sign)
            key = (id(W), on.tobytes())
            if key not in known:
                known[key] = np.eye(len(code))[:, on] - of(W.T) @ of(self.D[:, on])
            moved = code + known[key] @ error[on].reshape(-1, 1) + pushed[id(W)]
            error = soft(moved[:, 0], theta) - trial.code
            sizes = abs(error).max(-1)
            found.append(max(float(np.nextafter(sizes.mid - sizes.rad, -np.inf)), 0.0))
        return np.array(found)
