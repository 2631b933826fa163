"""What becomes of a subject on instances of a theorem."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from sparsebound.checks.draws import Draw, draws
from sparsebound.checks.examine import examine
from sparsebound.checks.library import check_subject
from sparsebound.checks.protocol import Subject
from sparsebound.checks.search import search
from sparsebound.theory.catalogue import catalogue


def counts(run: Callable[..., Any], name: str, examples: int) -> dict[str, int]:
    """How many codes hold, and so on."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        (found,) = check_subject(run, name, examples=examples).summary["theorems"]
    return {**found["counts"], "fault": int(found.get("fault") is not None)}


def refuted(run: Callable[..., Any], name: str, examples: int = 40) -> bool:
    """Whether one of the instances refutes it, which is not made smaller."""
    theorem, subject, found = catalogue()[name], Subject.of(run), list[bool]()

    def look(draw: Draw) -> bool:
        found.append(examine(theorem, draw.recipe, subject=subject).violated)
        return False

    with np.errstate(all="ignore"):
        search(draws(theorem), examples, 1, look, lambda: any(found))
    return any(found)
