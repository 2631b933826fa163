"""One recipe, one theorem: build the instance, gather the evidence, decide."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sparsebound.checks.evidence import gather
from sparsebound.checks.protocol import Subject, SubjectError
from sparsebound.checks.provider import Request
from sparsebound.checks.recipes import Recipe
from sparsebound.checks.supplies import supplies
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.theorem import Mutant, Theorem, without_steps
from sparsebound.theory.verdict import Status, Verdict, decide


@dataclass(frozen=True)
class Examination:
    """A decided instance.

    Attributes
    ----------
    theorem : Theorem
        What was decided.
    mutant : Mutant or None
        Its false strengthening, if that was decided instead.
    recipe : Recipe
        What the instance was made from.
    instance, settings, evidence, verdict
        The instance, the settings of what was run on it, what the theorem needed, and what became
        of it.
    """

    theorem: Theorem
    mutant: Mutant | None
    recipe: Recipe
    instance: Instance | DeepInstance
    settings: Mapping[str, Any]
    evidence: Mapping[str, Any]
    verdict: Verdict

    @property
    def violated(self) -> bool:
        """Whether some code is a counterexample."""
        return self.verdict.count(Status.VIOLATED) > 0


def examine(
    theorem: Theorem,
    recipe: Recipe,
    mutant: Mutant | None = None,
    request: Request | None = None,
    subject: Subject | None = None,
) -> Examination:
    """Decide a theorem, or one of its mutants, on the instance of a recipe.

    Parameters
    ----------
    theorem : Theorem
        What to decide.
    recipe : Recipe
        What the instance is made from.
    mutant : Mutant, optional
        Decide this false strengthening instead.
    request : Request, optional
        How evidence is to be found.
    subject : Subject, optional
        What to check, instead of our own algorithm or network.

    Raises
    ------
    InputError
        If the recipe cannot be built, nothing provides what the theorem needs, or the subject
        does not do what it should.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> theorem = catalogue()["dictionary.welch"]
    >>> found = examine(theorem, Recipe("construction", {"name": "tight_frame", "size": 2}))
    >>> found.violated, bool(found.verdict.attained[0])
    (False, True)
    """
    experiment = recipe.experiment(theorem)
    try:
        instead = supplies(subject, theorem) if subject else {}
        evidence = gather(theorem, experiment, request, instead)
    except SubjectError as error:
        error.add_note(f"on {json.dumps(recipe.to_json(), separators=(',', ':'))}")
        raise
    changes = mutant.changes if mutant else {}
    promised = without_steps(theorem) if subject and subject.rate_only else theorem
    instance = experiment.instance
    verdict = decide(promised, instance, evidence, changes)
    return Examination(theorem, mutant, recipe, instance, experiment.settings, evidence, verdict)
