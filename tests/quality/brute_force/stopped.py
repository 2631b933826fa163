"""Orthogonal matching pursuit that stops at the noise, run on codes that are just large enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from tests.quality.brute_force.exact import ExactDictionary
from tests.quality.brute_force.pursuits import picks
from tests.quality.brute_force.statements import ELSEWHERE, Statement
from tests.quality.brute_force.surds import rational, root
from tests.quality.brute_force.truths import Truths

TRIES = 2
ABOVE = fmpq(1 + 2**40, 2**40)
"""How far above the bound entries are, and below it the noise."""


def stopped_statements(
    certificate: Any, D: Truths, rng: np.random.Generator
) -> Iterator[Statement]:
    """That entries above the least one of the certificate are found in noise of norm 1."""
    for row in certificate.by_sparsity:
        for constant in row.constants:
            theorem, least = constant.figure.theorem, constant.figure.value
            if (theorem, constant.name) not in ELSEWHERE or not 0 < least < 1e6:
                continue
            for _ in range(TRIES):
                holds = _is_found(D.D, row.sparsity, rational(least) * ABOVE, rng)
                kind = f"constant {theorem} {constant.version} ({constant.name})"
                yield Statement(kind, holds, f"{least!r} at sparsity {row.sparsity}")


def _is_found(D: ExactDictionary, s: int, least: fmpq, rng: np.random.Generator) -> bool:
    """Whether a code with entries of that size is found, the noise towards another atom."""
    order = [int(i) for i in rng.permutation(D.n)]
    support, other = order[:s], order[s] if s < D.n else None
    signal = [fmpq(0)] * D.m
    signs = rng.choice([-1, 1], D.n)
    for i in support:
        size = least / root(fmpq(D.norms[i]), below=True)
        signal = [v + int(signs[i]) * size * a for v, a in zip(signal, D.columns[i], strict=True)]
    first = support[0]
    noise = [
        -int(signs[first]) * fmpq(a) / root(fmpq(D.norms[first]), below=False)
        for a in D.columns[first]
    ]
    if other is not None:
        one = int(signs[other])
        noise = [
            v + one * fmpq(a) / root(fmpq(D.norms[other]), below=False)
            for v, a in zip(noise, D.columns[other], strict=True)
        ]
    energy = sum((v * v for v in noise), fmpq(0))
    if energy != 0:
        scale = 1 / (root(energy, below=False) * ABOVE)
        signal = [v + scale * e for v, e in zip(signal, noise, strict=True)]
    found = picks(D, signal, fmpq(1), s, set(support))
    return found is not None and len(found) == s
