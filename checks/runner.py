"""Run theorems on generated instances, shard by shard, in one process or in several.

A shard is a part of one theorem's work: a block of examples, or the refutation of one mutant. It
has a seed of its own, so that a run is the same for any number of processes, in any order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import takewhile

from sparsebound.checks.budget import Budget
from sparsebound.checks.calls import MOST_STEPS
from sparsebound.checks.executor import Executor, Lost
from sparsebound.checks.faults import TIMEOUT, Broke
from sparsebound.checks.loading import load
from sparsebound.checks.loading import theorems as every_theorem
from sparsebound.checks.protocol import Subject, SubjectError
from sparsebound.checks.recipes import Recipe
from sparsebound.checks.shards import SHARD, lost_shard, replay, run_shard, written_out
from sparsebound.checks.sources import Sources
from sparsebound.checks.supplies import probe
from sparsebound.checks.workers import Workers
from sparsebound.reports.fault import Fault
from sparsebound.reports.run_folder import RunFolder, Shard, Shards
from sparsebound.reports.wording import duration
from sparsebound.theory.errors import InputError
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Verdict

EXAMPLES = {"dev": 250, "ci": 1000, "nightly": 20_000}
"""Examples of each theorem that are not vacuous, by profile."""
ENDLESS = 10**12
"""Examples of a theorem, more than any time is enough for."""
LONG, BRIEF = 60.0, 0.05
"""Seconds: of a run that is said to be long before it begins; of a first call that may only have
loaded what it needs, at least."""
LONGEST = 1e6
"""Seconds: no call is given as many."""


@dataclass(frozen=True)
class RunSettings:
    """What determines the result of a run, and how many processes share the work.

    Attributes
    ----------
    profile : {"dev", "ci", "nightly"}
        How many examples.
    examples : int, optional
        Examples of each theorem that are not vacuous, instead of the profile's.
    seed : int
        Of the whole run.
    jobs : int
        Processes; the result does not depend on it.
    load : tuple of str
        Python files with further theorems.
    subject : str, optional
        What is checked instead of our own algorithms and networks: ``package.module:callable``.
        Mutants are not its affair: they are refuted as ever.
    rate_only : bool
        Whether it is held against rates alone; see :mod:`sparsebound.checks.protocol`.
    timeout : float
        Seconds that one call of a subject, or of a theorem that is loaded, may take where it has a
        process of its own.
    until : str, optional
        A budget of time or of instances, instead of a number of examples: see
        :class:`sparsebound.checks.budget.Budget`. Within a time theorems come in turn, and a run
        ends where they have got.
    climb : int
        Evaluations of a climb from the worst instance of each shard: see
        :mod:`sparsebound.checks.climbing`.
    steps : int, optional
        Of the iterations that theorems are checked on, instead of a number for each theorem.
    """

    profile: str = "dev"
    examples: int | None = None
    seed: int = 0
    jobs: int = 1
    load: tuple[str, ...] = ()
    subject: str | None = None
    rate_only: bool = False
    timeout: float = TIMEOUT
    until: str | None = None
    climb: int = 0
    steps: int | None = None

    def __post_init__(self) -> None:
        if self.profile not in EXAMPLES:
            raise InputError("profile", self.profile, f"one of {', '.join(EXAMPLES)}")
        for name, least in (("examples", 1), ("seed", 0), ("jobs", 1), ("climb", 0)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise InputError(name, value, f"an integer that is at least {least}")
        if self.steps is not None and not 1 <= self.steps <= MOST_STEPS:
            raise InputError("steps", self.steps, f"an integer from 1 to {MOST_STEPS}")
        if self.rate_only and self.subject is None:
            raise InputError("rate_only", True, "to be used together with a subject")
        if not 0 < self.timeout < LONGEST:
            raise InputError("timeout", self.timeout, f"seconds, more than 0 and below {LONGEST:g}")
        if self.examples is not None and self.until is not None:
            raise InputError("--until", self.until, "to be left out where examples are counted")
        _ = self.budget

    @property
    def budget(self) -> Budget:
        """How long it goes on; without an end of its own by default."""
        return Budget() if self.until is None else Budget.of(self.until)

    def tested(self, place: str = "") -> Subject | None:
        """Import the subject, if there is one; its file lies below a folder, if that is given."""
        if self.subject is None:
            return None
        there = place if self.subject.rpartition(":")[0].endswith(".py") else ""
        found = Subject.of(f"{there}{self.subject}", rate_only=self.rate_only)
        return replace(found, name=self.subject, place=there)

    def examples_of(self, theorem: Theorem, together: Sequence[Theorem]) -> int:
        """Count the examples of one theorem of a run; the most of them where it has no end."""
        if self.examples is not None:
            return self.examples
        if self.budget.instances is not None:
            return self.budget.share(theorem.effort, [other.effort for other in together])
        if self.budget.open_ended:
            return ENDLESS
        return max(EXAMPLES[self.profile] // theorem.effort, 50)


@dataclass(frozen=True)
class Finished:
    """A shard, or a span of them, is on disk; so many of the whole are."""

    shard: Shard
    done: int
    total: int


def plan(theorems: list[Theorem], run: RunSettings) -> Shards:
    """Say which shards there are: of what they are computed, not a list of them.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> shards = plan([catalogue()["dictionary.welch"]], RunSettings(examples=300))
    >>> list(shards)[:2]
    [('dictionary.welch', 'examples 0-249'), ('dictionary.welch', 'examples 250-299')]
    """
    return Shards(
        {theorem.id: run.examples_of(theorem, theorems) for theorem in theorems},
        {theorem.id: [mutant.name for mutant in theorem.mutants] for theorem in theorems},
        SHARD,
        run.budget.open_ended,
    )


def executor(
    settings_: RunSettings, cluster: str | None = None, *, any_arithmetic: bool = False
) -> Executor:
    """Choose what does a run's shards, and tries its subject.

    Parameters
    ----------
    settings_ : RunSettings
        Of the run.
    cluster : str, optional
        Which, as in :func:`sparsebound.checks.cluster.Cluster`; processes of this machine by
        default.
    any_arithmetic : bool
        Whether the workers of the cluster may round differently.

    Returns
    -------
    Executor
        Not entered.
    """
    if cluster is None:
        return Workers(settings_.jobs, settings_.timeout, _start, settings_)
    from sparsebound.checks.cluster import Cluster

    sources = Sources.of(settings_.load, settings_.tested())
    timeout = settings_.timeout
    return Cluster(cluster, timeout, sources, _start, settings_, any_arithmetic=any_arithmetic)


def tried(
    subject: Subject, theorems: list[Theorem], processes: Executor | None = None
) -> dict[str, object]:
    """Ask a subject once about each theorem.

    Parameters
    ----------
    subject : Subject
        Under test.
    theorems : list of Theorem
        What to ask.
    processes : Executor, optional
        In which to try; by default here. A process that is lost over the question is no reason
        against it: the run will find that, with its instance.

    Returns
    -------
    dict
        By the identifier of a theorem: a :class:`SubjectError` that says why it cannot be asked,
        or how many seconds it took; or what became of a process that was lost.
    """
    if processes is None:
        return {theorem.id: _tried(subject, theorem) for theorem in theorems}
    tasks = [(theorem.id, PROBE) for theorem in theorems]
    return {identifier: answer for (identifier, _), answer in processes.do(tasks)}


def unfit(
    theorems: list[Theorem], answers: Mapping[str, object]
) -> list[tuple[Theorem, SubjectError]]:
    """Find theorems that a subject cannot be asked, with the reason, in what :func:`tried` says."""
    in_order = ((theorem, answers[theorem.id]) for theorem in theorems)
    return [(theorem, error) for theorem, error in in_order if isinstance(error, SubjectError)]


def slowness(theorems: list[Theorem], answers: Mapping[str, object], run: RunSettings) -> str:
    """Say how long a subject will take for all instances of a run, if that is long.

    Examples
    --------
    >>> from sparsebound.checks.runner import RunSettings
    >>> from sparsebound.theory.catalogue import catalogue
    >>> ista = catalogue()["rate.ista"]
    >>> slowness([ista], {"rate.ista": 1.5}, RunSettings())
    'small instances take it up to 1.50 s each, 250 of them about 6 min; --examples N tries fewer'
    >>> slowness([ista], {"rate.ista": 0.001}, RunSettings())
    ''
    """
    if run.budget.open_ended:
        return ""
    counts = {theorem.id: run.examples_of(theorem, theorems) for theorem in theorems}
    each = {name: answers[name] for name in counts}
    times = {name: seconds for name, seconds in each.items() if isinstance(seconds, float)}
    total = sum(seconds * counts[name] for name, seconds in times.items())
    if total < LONG:
        return ""
    instances = sum(counts[name] for name in times)
    return (
        f"small instances take it up to {duration(max(times.values()))} each, {instances:,} of "
        f"them about {duration(total)}; --examples N tries fewer"
    )


def _tried(subject: Subject, theorem: Theorem) -> SubjectError | float:
    """Say why a subject cannot be asked, or how long it takes: without what a first call loads."""
    for _ in range(2):
        start = time.perf_counter()
        try:
            probe(subject, theorem)
        except SubjectError as error:
            return error
        seconds = time.perf_counter() - start
        if not BRIEF < seconds < LONG:
            break
    return seconds


def run(
    theorems: list[Theorem],
    settings_: RunSettings,
    folder: RunFolder,
    progress: Callable[[Finished | Lost], None] = lambda event: None,
    subject: Subject | None = None,
    processes: Executor | None = None,
) -> None:
    """Run all shards that the folder does not hold yet, and write each as it ends.

    When the time that it has is over, no further one is begun.

    Parameters
    ----------
    theorems : list of Theorem
        What to check.
    settings_ : RunSettings
        How.
    folder : RunFolder
        Where finished shards are, and go.
    progress : callable
        Told of every finished shard, and of every process that was lost.
    subject : Subject, optional
        What is checked; by default what the settings name.
    processes : Executor, optional
        Those that do the work, and are ended by whoever entered them; by default this one alone if
        one job is asked for.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C, with every finished shard on disk.
    InputError
        If something cannot be checked at all, or another run is writing to the folder.
    """
    shards, known = folder.planned, {theorem.id: theorem for theorem in theorems}
    if subject and not subject.found_by_name and settings_.jobs > 1:
        raise InputError("jobs", settings_.jobs, f"1, as {subject.name} is not found by its name")
    done = sum(map(folder.done, shards.examples))
    over = settings_.budget.clock()
    left = takewhile(lambda task: not over(), folder.missing())

    def finish(shard: Shard) -> None:
        nonlocal done
        folder.write(shard)
        done += len(shards.each(shard.theorem, shard.part))
        progress(Finished(shard, done, len(shards)))

    if processes is None and (settings_.jobs == 1 or len(shards) - done <= 1):
        subject = subject or settings_.tested()
        with folder.alone():
            for identifier, part in left:
                finish(run_shard(known[identifier], part, settings_, subject))
        return
    with (
        folder.alone(),
        executor(settings_) if processes is None else nullcontext(processes) as sharing,
    ):
        tasks: Iterable[tuple[str, str]] = left
        again = []
        while tasks:
            shard_by_shard = []
            for task, answer in sharing.do(tasks):
                each = [(task[0], part) for part in shards.each(*task)]
                if not isinstance(answer, Lost):
                    finish(answer)
                elif len(each) > 1:
                    shard_by_shard += each
                    progress(answer)
                elif answer.hung:
                    finish(lost_shard(known[task[0]], answer))
                else:
                    again += each
                    progress(answer)
            tasks = shard_by_shard
        for task, answer in sharing.do(again, jobs=1):
            finish(lost_shard(known[task[0]], answer) if isinstance(answer, Lost) else answer)


def replayed(
    theorem: Theorem,
    recipe: Recipe,
    mutant: str | None,
    subject: Subject | None,
    processes: Executor | None,
) -> tuple[Verdict, str] | Fault:
    """Decide one recipe again, in a process of its own if there is one; or say what broke."""
    stored = recipe.to_json()
    text = ""
    try:
        if processes is None:
            return replay(theorem, recipe, mutant, subject)
        text = written_out(theorem, stored)
        ((_, answer),) = processes.do([(theorem.id, Again(stored, mutant))])
    except Broke as error:
        return Fault(error.kind, error.said, error.frames, stored, text)
    if isinstance(answer, Lost):
        return answer.fault(stored, text)
    found: tuple[Verdict, str] = answer
    return found


PROBE = "probe"
"""The part of a theorem's work that only asks whether a subject can be asked."""


@dataclass(frozen=True)
class Again:
    """One recipe that is decided again."""

    recipe: dict[str, object]
    mutant: str | None


Task = tuple[str, str | Again]
"""A theorem, and a shard, :data:`PROBE`, or a recipe."""


def _start(run_: RunSettings, place: str = "") -> Callable[[Task], object]:
    """Load what a process needs, and give the function that does a task in it.

    Files are those of the same path below a folder, if that is given.
    """
    known = dict(every_theorem())
    for file in run_.load:
        known.update(load(place + file))
    subject = run_.tested(place)

    def work(task: Task) -> object:
        identifier, part = task
        if isinstance(part, Again):
            recipe = Recipe.from_json(part.recipe)
            return replay(known[identifier], recipe, part.mutant, subject)
        if part == PROBE and subject is not None:
            return _tried(subject, known[identifier])
        return run_shard(known[identifier], part, run_, subject)

    return work
