"""What the command does, as functions: a theorem on data of yours, a solver against theorems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from sparsebound.checks import runner
from sparsebound.checks.commands.planning import begin, find
from sparsebound.checks.commands.session import concluded
from sparsebound.checks.evidence import gather, settings_of
from sparsebound.checks.faults import TIMEOUT
from sparsebound.checks.loading import theorem_of
from sparsebound.checks.protocol import Subject
from sparsebound.checks.provider import Request
from sparsebound.checks.runner import RunSettings
from sparsebound.checks.supplies import whatever_the_algorithm
from sparsebound.reports.publish import publish
from sparsebound.reports.summary import SUMMARY, exit_status, headline
from sparsebound.reports.wording import ratio
from sparsebound.theory.errors import InputError
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status, Verdict, decide


def check(
    theorem: Theorem | str,
    D: Any,
    X: Any = None,
    *,
    noise: Any = None,
    settings: Mapping[str, Any] | None = None,
    mutant: str | None = None,
    search: bool = True,
) -> Checked:
    """Decide a theorem on a dictionary and codes of yours; the evidence is found for you.

    Parameters
    ----------
    theorem : Theorem or str
        A theorem, or its identifier.
    D : array_like, shape (m, n), or Dictionary, Instance, DeepInstance, Experiment
        The atoms, as columns; or all that is to be decided on.
    X : array_like, shape (B, n) or (n,), optional
        The codes, as coefficients of the atoms as given; none for a theorem about dictionaries.
    noise : array_like, shape (B, m) or (m,), optional
        What is added to the signals ``X D^T``; none by default.
    settings : mapping, optional
        Of what is run on them, by name, such as ``{"weight": 0.25}``; ``check`` says which ones
        there are if a name is unknown. Defaults for those that are absent.
    mutant : str, optional
        Decide this false strengthening of the theorem instead.
    search : bool
        Close enclosures as far as possible, also where that takes a while.

    Returns
    -------
    Checked
        A verdict, one entry a code; in a notebook it shows itself.

    Raises
    ------
    InputError
        If the theorem, the mutant or a setting is unknown, shapes do not agree, or evidence that
        the theorem needs is not to be had.

    Examples
    --------
    >>> verdict = check("uniqueness.coherence", [[4, 0, 1], [0, 4, 1]], [[3, 0, 0], [1, 2, 0]])
    >>> [str(Status(status)) for status in verdict.status]
    ['holds', 'vacuous']
    >>> verdict.premises
    {'(2 ||x||_0 - 1) mu < 1': array([0.707, 2.121])}
    """
    chosen = theorem_of(theorem)
    experiment = _experiment(chosen, D, X, noise, settings)
    changes = chosen.mutant(mutant).changes if mutant is not None else {}
    evidence = gather(chosen, experiment, Request(search=search))
    verdict = decide(chosen, experiment, evidence, changes)
    values = {item.name: getattr(verdict, item.name) for item in fields(Verdict)}
    return Checked(**values, theorem=chosen, mutant=mutant)


@dataclass(frozen=True)
class Checked(Verdict):
    """A verdict, and what it is about.

    Attributes
    ----------
    theorem : Theorem
        What was decided.
    mutant : str, optional
        Its false strengthening, if that was.

    Examples
    --------
    >>> print(check("dictionary.welch", [[1, 0, 1], [0, 1, 1]]))
    dictionary.welch: 1 holds, lhs/rhs at most 0.5
    """

    theorem: Theorem = field(kw_only=True)
    mutant: str | None = None

    def __str__(self) -> str:
        counts = {status: self.count(status) for status in Status}
        said = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
        about = f"{self.theorem.id}{f', mutant {self.mutant!r}' if self.mutant else ''}"
        largest = np.nanmax(self.ratio, initial=-np.inf)
        tight = f", lhs/rhs at most {ratio(float(largest))}" if np.isfinite(largest) else ""
        return f"{about}: {said or 'no codes'}{tight}"

    def _repr_html_(self) -> str:
        from sparsebound.reports.html.notebook import framed
        from sparsebound.reports.html.verdict import verdict_page

        return framed(verdict_page(self.theorem, self, self.mutant))


def check_subject(
    subject: Callable[..., Any] | str,
    *names: str,
    profile: str = "dev",
    examples: int | None = None,
    seed: int = 0,
    jobs: int = 1,
    load: Sequence[str | Path] = (),
    rate_only: bool = False,
    timeout: float = TIMEOUT,
    climb: int = 0,
    steps: int | None = None,
    out: str | Path | None = None,
) -> RunResult:
    """Check a solver or a network of yours against theorems, on generated instances.

    Parameters
    ----------
    subject : callable or str
        It, or its ``module:callable``; :mod:`sparsebound.checks.protocol` says what it is given for
        each theorem, and what it has to return.
    *names : str
        Theorems or topics, such as ``"rate.ista"`` or ``"rate"``. Without any: those that it can
        be asked about its results, whatever its algorithm.
    profile : {"dev", "ci", "nightly"}
        How many examples.
    examples : int, optional
        Examples of each theorem instead.
    seed : int
        Of the whole run.
    jobs : int
        Processes; 1 for a callable that is not found by its name.
    load : sequence of path
        Python files with further theorems.
    rate_only : bool
        Whether it is held against rates alone, and not against the steps of an algorithm.
    timeout : float
        Seconds that one call may take, where there are several jobs: a call in this process cannot
        be given up. What it raises, here or there, is a finding.
    climb : int
        After every 250 instances, so many more on the way up from the worst of them.
    steps : int, optional
        How many steps iterations and pursuits are run for, instead of a number for each theorem.
    out : path, optional
        Where the run is kept, with its report; nowhere by default.

    Returns
    -------
    RunResult
        With the same content as ``sparsebound check --subject`` leaves in ``summary.json``.

    Raises
    ------
    InputError
        If a name is unknown, or the subject cannot be checked against any of the theorems.

    Examples
    --------
    >>> from sparsebound.checks.algorithms.proximal import ista
    >>> def mine(D, Y, lam, L, start, steps):
    ...     return ista(D, Y, lam, L, start, steps).points
    >>> result = check_subject(mine, "rate.ista", examples=20)
    >>> result.passed, [theorem["status"] for theorem in result.summary["theorems"]]
    (True, ['held'])
    """
    tested = Subject.of(subject, rate_only=rate_only)
    asked = list(names)
    chosen, files = find(asked, [str(file) for file in load])
    if not (asked or load):
        chosen = [theorem for theorem in chosen if whatever_the_algorithm(theorem)]
    settings = RunSettings(
        profile,
        examples,
        seed,
        jobs,
        files,
        subject=tested.name,
        rate_only=rate_only,
        timeout=timeout,
        climb=climb,
        steps=steps,
    )
    with TemporaryDirectory() as scratch:
        place = Path(scratch) / "run" if out is None else out
        possible, folder = begin(asked, chosen, settings, tested, place)
        runner.run(possible, settings, folder, subject=tested)
        document = concluded(folder, possible, settings, tested)
        if out is not None:
            folder.keep(SUMMARY, document)
            publish(document, folder.path)
    return RunResult(document)


@dataclass(frozen=True)
class RunResult:
    """What a run found.

    Attributes
    ----------
    summary : dict
        What ``summary.json`` in the folder of a run holds.
    """

    summary: dict[str, Any]

    @property
    def passed(self) -> bool:
        """Whether the command would end with status 0."""
        return exit_status(self.summary) == 0

    def __repr__(self) -> str:
        return f"<{headline(self.summary)}>"

    def _repr_html_(self) -> str:
        from sparsebound.reports.html.notebook import framed
        from sparsebound.reports.html.run import run_page

        return framed(run_page(self.summary))


def _experiment(
    theorem: Theorem, D: Any, X: Any, noise: Any, settings: Mapping[str, Any] | None
) -> Experiment:
    known = settings_of(theorem)
    unknown = sorted(set(settings or {}) - set(known))
    if unknown:
        said = f"some of {sorted(known)}, the settings of {theorem.id}"
        raise InputError("settings", unknown, said)
    taken = {name: known[name].taken(value) for name, value in (settings or {}).items()}
    if isinstance(D, Experiment):
        found, taken = D.instance, {**D.settings, **taken}
    elif isinstance(D, Instance | DeepInstance):
        found = D
    else:
        return Experiment(_codes(theorem, D, X, noise), taken)
    if X is not None or noise is not None:
        given = "X" if X is not None else "noise"
        raise InputError(given, X if X is not None else noise, "None beside an instance")
    _about(theorem, found)
    return Experiment(found, taken)


def _codes(theorem: Theorem, D: Any, X: Any, noise: Any) -> Instance:
    dictionary = D if isinstance(D, Dictionary) else Dictionary(D)
    if X is None and theorem.about != "dictionary":
        raise InputError("X", None, f"codes, as {theorem.id} is about {theorem.about}")
    codes = np.zeros((0, dictionary.shape[1])) if X is None else np.atleast_2d(X)
    found = Instance(dictionary, codes, None if noise is None else np.atleast_2d(noise))
    _about(theorem, found)
    return found


def _about(theorem: Theorem, found: Instance | DeepInstance) -> None:
    layered = theorem.about == "layers"
    if layered != isinstance(found, DeepInstance):
        wanted = "a DeepInstance" if layered else "a dictionary and codes, or an Instance"
        raise InputError("D", found, f"{wanted}, as {theorem.id} is about {theorem.about}")
