"""Orthogonal matching pursuit in rationals."""

from __future__ import annotations

from flint import fmpq, fmpq_mat

from tests.quality.brute_force.exact import ExactDictionary


def picks(
    D: ExactDictionary, signal: list[fmpq], energy: fmpq, steps: int, inside: set[int]
) -> list[int] | None:
    """Atoms that are picked until the squared residual is at most ``energy``.

    ``None`` if an atom that is not ``inside`` may be picked, or if more than ``steps`` are. Of tied
    atoms inside the first is taken.
    """
    norms = D.norms
    chosen: list[int] = []
    outer = [sum((a * b for a, b in zip(c, signal, strict=True)), fmpq(0)) for c in D.columns]
    size = sum((value * value for value in signal), fmpq(0))
    while True:
        inner, left = outer, size
        if chosen:
            wanted = fmpq_mat([[outer[i]] for i in chosen])
            fitted = D.inverse(tuple(chosen)) * wanted
            inner = [
                value - sum((fitted[at, 0] * D.gram[i][j] for at, j in enumerate(chosen)), fmpq(0))
                for i, value in enumerate(outer)
            ]
            left = size - sum((fitted[at, 0] * outer[i] for at, i in enumerate(chosen)), fmpq(0))
        if left <= energy:
            return chosen
        energies = [value * value / norm for value, norm in zip(inner, norms, strict=True)]
        best = [i for i, value in enumerate(energies) if value == max(energies)]
        if len(chosen) == steps or not set(best) <= inside:
            return None
        chosen.append(best[0])
