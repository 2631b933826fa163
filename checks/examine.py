"""One recipe, one theorem: build the instance, gather the evidence, decide."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from typing import Any

from sparsebound.checks.calls import Call
from sparsebound.checks.evidence import gather
from sparsebound.checks.faults import Broke, guarded, is_ours, note
from sparsebound.checks.protocol import OutOfRange, Subject, SubjectError
from sparsebound.checks.provider import Request
from sparsebound.checks.recipes import Recipe
from sparsebound.checks.recipes.block import RecipeBlock
from sparsebound.checks.snippet import snippet
from sparsebound.checks.supplies import supplies
from sparsebound.reports.fault import NO_ANSWER
from sparsebound.reports.worst import canonical
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.theorem import Mutant, Theorem, without_steps
from sparsebound.theory.verdict import Status, Verdict, decide
from sparsebound.theory.violations import Violation, violations


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
    call : Call or None
        Of the subject, if one was asked.
    """

    theorem: Theorem
    mutant: Mutant | None
    recipe: Recipe
    instance: Instance | DeepInstance
    settings: Mapping[str, Any]
    evidence: Mapping[str, Any]
    verdict: Verdict
    call: Call | None = None

    @property
    def violated(self) -> bool:
        """Whether some code is a counterexample."""
        return self.verdict.count(Status.VIOLATED) > 0

    @cached_property
    def violations(self) -> tuple[Violation, ...]:
        """What is wrong with the worst code, the cause first."""
        if not self.violated:
            return ()
        changes = self.mutant.changes if self.mutant else {}
        code = self.verdict.worst
        return violations(self.theorem, self.instance, self.evidence, code, changes)

    @property
    def judged(self) -> list[str]:
        """The types of floats in which the answer of a subject was judged, if one was asked."""
        return sorted(set(self.call.types)) if self.call else []

    @property
    def snippet(self) -> str:
        """The call of a subject that went wrong, as a few lines of Python."""
        if self.call is None or not self.violations:
            return ""
        return snippet(self.call, self.verdict.worst, self.violations[0])


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
        cannot be asked at all.
    Broke
        If the subject, or a theorem that is not ours, raises, or the subject's answer is none.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> theorem = catalogue()["dictionary.welch"]
    >>> found = examine(theorem, Recipe("construction", {"name": "tight_frame", "size": 2}))
    >>> found.violated, bool(found.verdict.attained[0])
    (False, True)
    """
    note(lambda: canonical(recipe.to_json()))
    changes = mutant.changes if mutant else {}
    promised = without_steps(theorem) if subject and subject.rate_only else theorem
    try:
        with nullcontext() if is_ours_alone(theorem) else guarded(InputError):
            experiment = recipe.experiment(theorem)
            call = called(subject, theorem, recipe) if subject else None
            instead = supplies(call, theorem) if call else {}
            evidence = gather(theorem, experiment, request, instead)
            verdict = decide(promised, experiment.instance, evidence, changes)
    except OutOfRange:
        evidence, verdict = {}, Verdict.unknown(len(experiment.instance))
    except SubjectError as error:
        if error.answered:
            raise Broke(NO_ANSWER, str(error)) from error
        error.add_note(f"on {canonical(recipe.to_json())}")
        raise
    return Examination(
        promised,
        mutant,
        recipe,
        experiment.instance,
        experiment.settings,
        evidence,
        verdict,
        call,
    )


POWERS = (20, -20, 30, -30)
"""Of two: in such units some instances are given to subjects."""

IN_OTHER_UNITS = 8
"""One recipe in so many."""


def called(subject: Subject, theorem: Theorem, recipe: Recipe) -> Call:
    """Make the call of a subject on the instance of a recipe, in the units of that instance."""
    return Call(subject, theorem.id, power=power_of(recipe))


def power_of(recipe: Recipe) -> int:
    """Say in which units an instance is given to a subject; the same for the same recipe.

    Examples
    --------
    >>> power_of(Recipe("simplex", {"m": 3})), power_of(Recipe("simplex", {"m": 7}))
    (30, 0)
    """
    number = int.from_bytes(blake2b(canonical(recipe.to_json()).encode(), digest_size=4).digest())
    turn, place = number % IN_OTHER_UNITS, number // IN_OTHER_UNITS
    return POWERS[place % len(POWERS)] if turn == 0 else 0


def examine_block(theorem: Theorem, block: RecipeBlock, request: Request | None = None) -> Verdict:
    """Decide a theorem of ours on the codes of all recipes of a block, in one batch.

    Parameters
    ----------
    theorem : Theorem
        What to decide.
    block : RecipeBlock
        What the instance is made from.
    request : Request, optional
        How evidence is to be found.

    Raises
    ------
    InputError
        If the block cannot be built, or nothing provides what the theorem needs.
    """
    note(lambda: block.texts[0])
    experiment = block.experiment(theorem)
    evidence = gather(theorem, experiment, request)
    return decide(theorem, experiment.instance, evidence)


def is_ours_alone(theorem: Theorem) -> bool:
    """Whether no code of anybody else decides a theorem."""
    return _ours(theorem.premises, theorem.claims)


@cache
def _ours(*functions: Callable[..., Any]) -> bool:
    """Whether all of them belong to this package."""
    try:
        return all(is_ours(inspect.getfile(inspect.unwrap(function))) for function in functions)
    except TypeError:
        return False
