"""Run theorems on generated instances, shard by shard, in one process or in several.

A shard is a part of one theorem's work: a block of examples, or the refutation of one mutant. It
has a seed of its own, so that a run is the same for any number of processes, in any order.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from hashlib import sha256
from multiprocessing import get_context

from sparsebound.checks.describe import describe
from sparsebound.checks.draws import Draw, draws, mutant_draws
from sparsebound.checks.examine import Examination, examine
from sparsebound.checks.loading import load
from sparsebound.checks.loading import theorems as every_theorem
from sparsebound.checks.oracles.effort import listening
from sparsebound.checks.protocol import Subject
from sparsebound.checks.provider import Request
from sparsebound.checks.recipes import Recipe
from sparsebound.checks.recipes.kept import forget
from sparsebound.checks.search import search
from sparsebound.reports.run_folder import RunFolder, Shard
from sparsebound.reports.samples import Sample, Samples, by_lot, median
from sparsebound.reports.tally import MutantTally, Tally, Worst
from sparsebound.reports.worst import canonical
from sparsebound.theory.errors import InputError
from sparsebound.theory.theorem import Mutant, Theorem
from sparsebound.theory.verdict import Verdict

EXAMPLES = {"dev": 250, "ci": 1000, "nightly": 20_000}
"""Examples of each theorem that are not vacuous, by profile."""
EXAMINED, DRAWN = 2, 8
"""Examples that are examined, and drawn, at most for each that is wanted: some lie beyond the
premises, and some were drawn before."""
MUTANT_EXAMPLES = {"dev": 200, "ci": 1000, "nightly": 5000}
"""Most examples that are tried to refute a mutant."""
SHARD = 250
"""Examples of one shard."""
CROSS_CHECKED = 64
"""One in so many recipes has its certificates held against an independent solver, cvxpy."""


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
    """

    profile: str = "dev"
    examples: int | None = None
    seed: int = 0
    jobs: int = 1
    load: tuple[str, ...] = ()
    subject: str | None = None
    rate_only: bool = False

    def __post_init__(self) -> None:
        if self.profile not in EXAMPLES:
            raise InputError("profile", self.profile, f"one of {', '.join(EXAMPLES)}")
        for name, least in (("examples", 1), ("seed", 0), ("jobs", 1)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise InputError(name, value, f"an integer that is at least {least}")
        if self.rate_only and self.subject is None:
            raise InputError("rate_only", True, "to be used together with a subject")

    def tested(self) -> Subject | None:
        """Import the subject, if there is one."""
        return Subject.of(self.subject, rate_only=self.rate_only) if self.subject else None

    def examples_of(self, theorem: Theorem) -> int:
        """Count the examples of one theorem."""
        if self.examples is not None:
            return self.examples
        return max(EXAMPLES[self.profile] // theorem.effort, 50)


@dataclass(frozen=True)
class Finished:
    """A shard is on disk; so many of the whole are."""

    shard: Shard
    done: int
    total: int


def plan(theorems: list[Theorem], run: RunSettings) -> list[tuple[str, str]]:
    """List the shards of a run: identifier and part.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> plan([catalogue()["dictionary.welch"]], RunSettings(examples=300))[:2]
    [('dictionary.welch', 'examples 0-249'), ('dictionary.welch', 'examples 250-299')]
    """
    shards = []
    for theorem in theorems:
        total = run.examples_of(theorem)
        for start in range(0, total, SHARD):
            shards.append((theorem.id, f"examples {start}-{min(start + SHARD, total) - 1}"))
        shards += [(theorem.id, f"mutant {mutant.name}") for mutant in theorem.mutants]
    return shards


def run(
    theorems: list[Theorem],
    settings_: RunSettings,
    folder: RunFolder,
    progress: Callable[[Finished], None] = lambda event: None,
    subject: Subject | None = None,
) -> None:
    """Run all shards that the folder does not hold yet, and write each as it ends.

    Parameters
    ----------
    theorems : list of Theorem
        What to check.
    settings_ : RunSettings
        How.
    folder : RunFolder
        Where finished shards are, and go.
    progress : callable
        Told of every finished shard.
    subject : Subject, optional
        What is checked; by default what the settings name.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C, with every finished shard on disk.
    InputError
        If something cannot be checked at all.
    """
    shards = plan(theorems, settings_)
    finished = folder.finished()
    if subject and not subject.found_by_name and settings_.jobs > 1:
        raise InputError("jobs", settings_.jobs, f"1, as {subject.name} is not found by its name")
    open_ = [shard for shard in shards if shard not in finished]
    done = len(shards) - len(open_)

    def finish(shard: Shard) -> None:
        nonlocal done
        folder.write(shard)
        done += 1
        progress(Finished(shard, done, len(shards)))

    if settings_.jobs == 1 or len(open_) <= 1:
        known = {theorem.id: theorem for theorem in theorems}
        subject = subject or settings_.tested()
        for identifier, part in open_:
            finish(run_shard(known[identifier], part, settings_, subject))
        return
    context = get_context("spawn")
    pool = ProcessPoolExecutor(settings_.jobs, context, _start_worker, (settings_,))
    try:
        futures = {pool.submit(_work, *shard, settings_) for shard in open_}
        while futures:
            ready, futures = wait(futures, return_when=FIRST_COMPLETED)
            for future in ready:
                finish(_result(future))
    except BaseException:
        for process in list(getattr(pool, "_processes", {}).values()):
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def run_shard(
    theorem: Theorem, part: str, run_: RunSettings, subject: Subject | None = None
) -> Shard:
    """Do one shard's work."""
    start = time.perf_counter()
    forget()
    number = _hash(f"{run_.seed}|{theorem.id}|{part}")
    kind, _, rest = part.partition(" ")
    try:
        if kind == "mutant":
            tally = _refute(theorem, theorem.mutant(rest), MUTANT_EXAMPLES[run_.profile], number)
        else:
            first, _, last = rest.partition("-")
            tally = _examples(theorem, int(last) - int(first) + 1, number, subject)
    except Exception as error:
        error.add_note(f"in {theorem.id}, {part}")
        raise
    return Shard(theorem.id, part, replace(tally, seconds=time.perf_counter() - start))


def replay(
    theorem: Theorem,
    recipe: Recipe,
    mutant: str | None = None,
    subject: Subject | None = None,
) -> tuple[Verdict, str]:
    """Decide one recipe again, and describe it."""
    changed = theorem.mutant(mutant) if mutant else None
    examination = examine(theorem, recipe, changed, subject=subject)
    return examination.verdict, describe(examination)


def _examples(
    theorem: Theorem, examples: int, number: int, subject: Subject | None = None
) -> Tally:
    total = Tally.empty(theorem.id)
    found: Examination | None = None
    drawn: Worst | None = None
    seen: set[str] = set()

    def refuted(draw: Draw) -> bool:
        nonlocal total, found, drawn
        if found is None and not _first_time(draw, seen):
            return False
        with listening() as heard:
            request = _request(number, draw)
            examination = examine(theorem, draw.recipe, request=request, subject=subject)
        if found is None:  # what is tried while shrinking is not counted
            recipe, verdict = draw.recipe.to_json(), examination.verdict
            total = total + Tally.of(theorem.id, verdict, recipe, draw.meant, work=heard.work)
            if (code := median(verdict)) is not None:
                drawn = by_lot(drawn, Worst.of(verdict, recipe, code))
        if examination.violated:
            found = examination
        return examination.violated

    def enough() -> bool:
        return total.instances >= examples or len(seen) >= EXAMINED * examples

    search(draws(theorem), DRAWN * examples, number, refuted, enough)
    violation = worst(found) if found else None
    kept = (_sample(theorem, code, subject) for code in (violation or total.worst, drawn))
    return replace(total, violation=violation, samples=Samples(*kept))


def _sample(theorem: Theorem, code: Worst | None, subject: Subject | None) -> Sample | None:
    """Examine one instance again, and keep what a report draws of it."""
    if code is None:
        return None
    again = examine(theorem, Recipe.from_json(code.recipe), subject=subject)
    return Sample.of(theorem, again.instance, again.evidence, code)


def _refute(theorem: Theorem, mutant: Mutant, examples: int, number: int) -> Tally:
    tried, closest = 0, MutantTally(mutant.name, False, None, 0, None)
    found: Examination | None = None
    seen: set[str] = set()

    def refuted(draw: Draw) -> bool:
        nonlocal tried, closest, found
        if found is None and not _first_time(draw, seen):
            return False
        examination = examine(theorem, draw.recipe, mutant)
        if found is None:
            tried += 1
            shown = worst(examination, text=False)
            closest = closest + MutantTally(mutant.name, False, shown.ratio, 1, shown)
        if examination.violated:
            found = examination
        return examination.violated

    search(mutant_draws(theorem, mutant.witness), examples, number, refuted)
    if found is not None:
        shown = worst(found)
        closest = MutantTally(mutant.name, True, shown.ratio, tried, shown)
    return replace(Tally.empty(theorem.id), mutants=(closest,))


def _first_time(draw: Draw, seen: set[str]) -> bool:
    """Whether a recipe was not drawn before."""
    recipe = canonical(draw.recipe.to_json())
    new = recipe not in seen
    seen.add(recipe)
    return new


def _request(number: int, draw: Draw) -> Request:
    """Ask for a cross-check of one recipe in ``CROSS_CHECKED``, the same in every run."""
    text = f"{number}|{canonical(draw.recipe.to_json())}"
    return Request(cross_check=_hash(text) % CROSS_CHECKED == 0, seed=number)


def _hash(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:8])


def worst(examination: Examination, *, text: bool = True) -> Worst:
    """Keep what a report needs of the worst code of an examined instance."""
    code = examination.verdict.worst
    return replace(
        Worst.of(examination.verdict, examination.recipe.to_json(), code),
        text=describe(examination) if text else "",
    )


_LOADED: dict[str, Theorem] = {}
_TESTED: list[Subject | None] = []


def _start_worker(run_: RunSettings) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    _LOADED.update(every_theorem())
    for file in run_.load:
        _LOADED.update(load(file))
    _TESTED.append(run_.tested())


def _work(identifier: str, part: str, run_: RunSettings) -> Shard:
    return run_shard(_LOADED[identifier], part, run_, _TESTED[0])


def _result(future: Future[Shard]) -> Shard:
    return future.result()
