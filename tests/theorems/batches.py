"""Small batches of different codes on which each theorem holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.checks.draws import Draw, draws
from sparsebound.checks.evidence import gather
from sparsebound.checks.search import search
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.constructions import hadamard, simplex
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status, decide

CODES = 3


@dataclass(frozen=True)
class Batch:
    """Codes on which a theorem holds, all of them different."""

    theorem: Theorem
    instance: Instance | DeepInstance
    evidence: Mapping[str, Any]

    @property
    def codes(self) -> int:
        return 1 if self.theorem.about == "dictionary" else len(self.instance)

    def claims(self) -> list[tuple[str, int]]:
        """Names of the claims; where one occurs several times, with the number of occurrences."""
        seen: Counter[str] = Counter()
        found = []
        for claim in self.theorem.claims_of(self.instance, self.evidence, {}):
            found.append((claim.name, seen[claim.name]))
            seen[claim.name] += 1
        return found


def tetrahedra(*sizes: int, atoms: int = 4) -> Instance:
    """Codes of different sizes and supports on a regular simplex."""
    X = np.arange(atoms) < np.array(sizes)[:, None]
    return Instance(simplex(atoms - 1), np.arange(1, len(sizes) + 1)[:, None] * X)


def _sparse_on_a_simplex() -> Instance:
    """One or two of eight atoms."""
    return Instance(
        simplex(7), [[1.0, 0, 0, 0, 0, 0, 0, 0], np.eye(8)[3] * 2, [0, 3, 0, 0, 0, -3, 0, 0]]
    )


def _orthogonal_and_one_twice() -> Instance:
    """Orthogonal atoms, the first of them twice, and codes on the others."""
    D = [[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0]]
    return Instance(D, [[0, 4, 2, 0], [0, 1, 4, 0], [0, -3, 5, 0]])


def _two_bases() -> Instance:
    """One large entry on the coordinates or the Hadamard basis, and a little noise."""
    X = np.kron([[64.0], [-96.0]], np.eye(8))
    noise = np.roll(np.eye(16, 4), 1, axis=1) / 64
    return Instance(Dictionary(np.hstack([np.eye(4), hadamard(4)])), X, noise)


def _two_even_bases() -> Instance:
    """One large entry on the coordinates or the Hadamard basis, of equal norms."""
    return Instance(np.hstack([2 * np.eye(4), hadamard(4)]), 64 * np.eye(8)[[0, 3, 5]])


def _a_basis_and_a_little_more() -> Instance:
    """One large entry on one of 18 atoms with the coherence 1/4, and a little noise."""
    D = np.hstack([4 * np.eye(16), hadamard(16)[:, 1:3]])
    return Instance(D, 64 * np.eye(18)[:3], np.full((3, 16), 1 / 64))


def _on_a_tetrahedron() -> Instance:
    """One large entry, and a little noise."""
    X = np.kron([[4.0], [5], [-6]], np.eye(4))
    return Instance(simplex(3), X, np.tile(np.eye(3), (4, 1)) / 4)


def _two_layers() -> DeepInstance:
    """One large entry each in two layers, and a little noise."""
    x = 64.0 * np.eye(4)[[0, 1, 3]]
    noise = np.eye(4)[[1, 2, 0]] / 64
    return DeepInstance((Instance(np.eye(4), x, noise), Instance(np.eye(4), x)), x)


def _two_coherent_layers(noise: float = 1 / 64) -> DeepInstance:
    """The same, with atoms that are not orthogonal in either layer."""
    D = np.array([[1.0, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]])
    x = np.array([[64.0, 0, 0, 0], [0, 64, 0, 0], [-96, 0, 0, 0]])
    bottom = Instance(simplex(3), x @ D.T, np.eye(3) * noise)
    return DeepInstance((bottom, Instance(D, x)), bottom.X @ bottom.D.data.T)


def _on_half_turned_atoms() -> Instance:
    """One to three entries, on atoms half of which are negated."""
    signs = np.where(np.arange(8) < 4, -1.0, 1.0)
    return Instance(simplex(7) * signs, tetrahedra(1, 2, 3, atoms=8).X)


def _single_atoms() -> Instance:
    """One large entry each, on four atoms in three dimensions that are all dependent."""
    X = 64.0 * np.eye(4)[[0, 1, 3]]
    return Instance([[4, 0, 2, 1], [0, 4, 2, 0], [1, 1, 4, 3]], X, np.full((3, 3), 1 / 64))


def _below_and_above() -> Experiment:
    """Entries on both sides of the threshold."""
    values = [[3.0, 0.25, -2, 0], [0, 5, -0.25, 4], [-1, 0.375, 0, 0.0625]]
    return Experiment(
        Instance(np.eye(4), values), {"activation": "garrote", "theta": 0.5, "dtype": "float64"}
    )


BATCHES: dict[str, Callable[[], Posed]] = {
    "conjecture.omp_unit_atoms": _two_even_bases,
    "dictionary.babel_growth": lambda: catalogue()["dictionary.babel_growth"].sharp(3),
    "dictionary.spark_coherence": lambda: catalogue()["dictionary.spark_coherence"].sharp(2),
    "network.activity": _sparse_on_a_simplex,
    "network.amortisation_gap": lambda: Instance(
        simplex(3), [[1, 2, 0, 0], [0, 3, 1, 2], [1, 0, 0, 1]]
    ),
    "network.filter_factorization": lambda: Experiment(
        Instance([[1], [3], [5], [2], [1]], [[0]]), {"taps": 3}
    ),
    "network.thresholding": _below_and_above,
    "stability.compressible": _sparse_on_a_simplex,
    "stability.lasso_coherence": _two_bases,
    "stability.lasso_oracle": _a_basis_and_a_little_more,
    "stability.lasso_witness": _two_bases,
    "rate.alista": _single_atoms,
    "rate.block": _sparse_on_a_simplex,
    "rate.depth": _single_atoms,
    "rate.ista_identified": _single_atoms,
    "rate.topk": lambda: Instance(np.eye(4), tetrahedra(1, 2, 3).X),
    "rate.deep": lambda: _two_coherent_layers(noise=0.0),
    "stability.bpdn": lambda: Instance(simplex(7), 8 * np.eye(8)[[0, 3, 5]], np.eye(3, 7) / 64),
    "stability.deep": _two_coherent_layers,
    "stability.omp": _two_bases,
    "stability.layered_basis_pursuit": _two_coherent_layers,
    "stability.layered_thresholding": _two_layers,
    "uniqueness.erc": _sparse_on_a_simplex,
    "uniqueness.greedy": _orthogonal_and_one_twice,
    "uniqueness.lasso": _on_a_tetrahedron,
    "uniqueness.local": _sparse_on_a_simplex,
    "uniqueness.nonnegative": _on_half_turned_atoms,
    "uniqueness.nonnegative_coherence": lambda: tetrahedra(1, 2, 3, atoms=8),
    "uniqueness.nonnegative_witness": _orthogonal_and_one_twice,
    "uniqueness.omp_rip": _two_even_bases,
    "uniqueness.rip": _two_even_bases,
    "uniqueness.null_space": lambda: tetrahedra(4, 5, 6, atoms=8),
}
"""Instances of theorems whose claims say nothing on most of those that are drawn."""


def batch(theorem: Theorem) -> Batch:
    """An instance from the table, or the first one that is drawn with enough different codes."""
    found: list[Batch] = []

    def look(given: Posed) -> None:
        instance, evidence = posed(given).instance, gather(theorem, given)
        held = decide(theorem, instance, evidence).status == Status.HOLDS
        chosen = np.flatnonzero(held)[:CODES]
        if theorem.about != "dictionary":
            if len(chosen) < CODES or not _various(instance.select(chosen)):
                return
            instance = instance.select(chosen)
            evidence = {name: value.select(chosen) for name, value in evidence.items()}
        elif not held.all():
            return
        found.append(Batch(theorem, instance, evidence))

    if theorem.id in BATCHES:
        look(BATCHES[theorem.id]())
    else:

        def visit(draw: Draw) -> bool:
            look(draw.recipe.experiment(theorem))
            return False

        search(draws(theorem), 400, 0, visit, enough=lambda: bool(found))
    return found[0]


def _various(instance: Instance | DeepInstance) -> bool:
    """Whether codes differ, and each layer has entries on the supports and off them."""
    layers = instance.layers if isinstance(instance, DeepInstance) else (instance,)
    different = len(np.unique(layers[-1].X, axis=0)) == len(instance)
    partial = all((~layer.support).any(axis=1).all() for layer in layers)
    return different and partial and all(layer.support.any(axis=1).all() for layer in layers)
