"""Digests of drawn experiments, to compare machines by: ``python -m tests.quality.bits``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from hashlib import sha256

import numpy as np

from sparsebound.checks.draws import Draw, draws
from sparsebound.checks.search import search
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.theorem import Theorem

RECIPES = 50


def arrays(instance: Instance | DeepInstance) -> Iterator[np.ndarray]:
    """All floats of an instance."""
    if isinstance(instance, DeepInstance):
        yield instance.X0
        for layer in instance.layers:
            yield from arrays(layer)
        return
    D = instance.D.linear_map
    yield D if isinstance(D, np.ndarray) else D.filters
    yield from (instance.X, instance.E)


def digest(draw: Draw, experiment: Experiment) -> str:
    """Digest of a recipe, of every bit of its instance, and of its settings."""
    whole = sha256(json.dumps(draw.recipe.to_json(), sort_keys=True).encode())
    whole.update(repr(sorted(experiment.settings.items())).encode())
    for array in arrays(experiment.instance):
        whole.update(repr(array.shape).encode() + np.ascontiguousarray(array).tobytes())
    return f"{draw.recipe.family} {whole.hexdigest()[:16]}"


def digests(theorem: Theorem, recipes: int = RECIPES) -> list[str]:
    """Digests of the first experiments that are drawn for a theorem."""
    found: list[str] = []

    def visit(draw: Draw) -> bool:
        found.append(digest(draw, draw.recipe.experiment(theorem)))
        return False

    search(draws(theorem), recipes, 7, visit)
    return found


if __name__ == "__main__":
    json.dump({name: digests(theorem) for name, theorem in catalogue().items()}, sys.stdout)
