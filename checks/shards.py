"""One shard's work: try a theorem on so many examples, or refute one of its mutants."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sparsebound.checks.climbing import can_begin, climb
from sparsebound.checks.demanding import demanding
from sparsebound.checks.describe import describe, describe_experiment
from sparsebound.checks.draws import Draw, DrawnBlock, blocks, mutant_draws
from sparsebound.checks.evidence import has_setting
from sparsebound.checks.examine import Examination, examine, examine_block, is_ours_alone
from sparsebound.checks.executor import Lost
from sparsebound.checks.faults import Broke, guarded
from sparsebound.checks.nicer import entries, nicest, plain_recipes
from sparsebound.checks.oracles.effort import listening
from sparsebound.checks.protocol import Subject
from sparsebound.checks.provider import STEPS, Request
from sparsebound.checks.recipes import Recipe
from sparsebound.checks.recipes.block import RecipeBlock
from sparsebound.checks.recipes.kept import forget
from sparsebound.checks.search import search
from sparsebound.reports.fault import Fault
from sparsebound.reports.run_folder import Shard
from sparsebound.reports.samples import Sample, Samples, by_lot, median
from sparsebound.reports.tally import MutantTally, Part, Tally, Worst
from sparsebound.reports.worst import ViolatedClaim, canonical, most_interesting
from sparsebound.theory.errors import InputError
from sparsebound.theory.theorem import Mutant, Theorem
from sparsebound.theory.verdict import Status, Verdict

if TYPE_CHECKING:
    from sparsebound.checks.runner import RunSettings

SHARD = 250
"""Examples of one shard."""
EXAMINED, DRAWN = 2, 8
"""Examples that are examined, and drawn, at most for each that is wanted: some lie beyond the
premises, and some were drawn before."""
MUTANT_EXAMPLES = {"dev": 200, "ci": 1000, "nightly": 5000}
"""Most examples that are tried to refute a mutant."""
BELOW_THE_TOP = 0.99
"""Where lhs/rhs is larger, no climb begins: it is attained there, or all but attained."""
ANOTHER_ANSWER = (
    "Asked again with the same numbers, the subject gave another answer: it is not deterministic, "
    "and a replay may find something else."
)
CROSS_CHECKED = 64
"""One in so many recipes has its certificates held against an independent solver, cvxpy."""


def run_shard(
    theorem: Theorem, part: str, run_: RunSettings, subject: Subject | None = None
) -> Shard:
    """Do the work of one shard, or of a span of them: as of each alone, added up."""
    start, tally = time.perf_counter(), Tally.empty(theorem.id)
    try:
        for one in _each(part):
            tally += _one(theorem, one, run_, subject)
    except Exception as error:
        error.add_note(f"in {theorem.id}, {part}")
        raise
    return Shard(theorem.id, part, replace(tally, seconds=time.perf_counter() - start))


def _each(part: str) -> Iterator[str]:
    kind, _, rest = part.partition(" ")
    if kind == "mutant":
        yield part
        return
    first, _, last = rest.partition("-")
    for begin in range(int(first), int(last) + 1, SHARD):
        yield f"examples {begin}-{min(begin + SHARD - 1, int(last))}"


def _one(theorem: Theorem, part: str, run_: RunSettings, subject: Subject | None) -> Tally:
    forget()
    number = _hash(f"{run_.seed}|{theorem.id}|{part}")
    kind, _, rest = part.partition(" ")
    if kind == "mutant":
        return _refute(theorem, theorem.mutant(rest), MUTANT_EXAMPLES[run_.profile], number)
    first, _, last = rest.partition("-")
    asked = {STEPS: run_.steps} if run_.steps and has_setting(theorem, STEPS) else {}
    further = demanding(theorem) if subject and int(first) == 0 else ()
    further = tuple(replace(recipe, settings=asked) for recipe in further)
    examples = int(last) - int(first) + 1
    return _examples(theorem, examples, number, subject, further, run_.climb, asked)


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
    theorem: Theorem,
    examples: int,
    number: int,
    subject: Subject | None = None,
    further: tuple[Recipe, ...] = (),
    uphill: int = 0,
    asked: Mapping[str, Any] | None = None,
) -> Tally:
    total = Tally.empty(theorem.id)
    found: Examination | None = None
    broken: tuple[Recipe, Broke] | None = None
    drawn: Worst | None = None
    highest: Worst | None = None  # of those from where a way may lead up
    seen: set[str] = set()

    def refuted(draw: DrawnBlock) -> bool:
        nonlocal total, found, broken, drawn, highest
        block, searching = draw.block, found is None and broken is None
        if searching and not _first_time("\n".join(block.texts), seen):
            return False
        try:
            with listening() as heard:
                verdict, alone, types = _decided(theorem, block, _request(number, block), subject)
        except Broke as error:
            if searching or (broken and broken[1].kind == error.kind):
                broken = block.recipes[0], error
                return True
            return False
        if searching:  # what is tried while shrinking is not counted
            parts = list(map(Part, block.written, draw.meant, block.slices(len(verdict))))
            counted = Tally.of_parts(theorem.id, verdict, parts, work=heard.work, judged=types)
            total = total + counted
            below = counted.worst and (counted.worst.ratio or 0.0) <= BELOW_THE_TOP
            if uphill and below and can_begin(block.recipes[0]):
                highest = most_interesting(highest, counted.worst)
            drawn = by_lot(drawn, _typical(verdict, parts[0]))
        if broken or alone is None:
            return False
        found = alone
        return True

    def enough() -> bool:
        return total.instances >= examples or len(seen) >= EXAMINED * examples

    together = subject is None and is_ours_alone(theorem)
    search(blocks(theorem, together, asked), DRAWN * examples, number, refuted, enough)
    for recipe in further:
        if found is None and broken is None:
            refuted(DrawnBlock(RecipeBlock((recipe,)), (False,)))
    if uphill and highest and found is None and broken is None:
        begin, code = Recipe.from_json(highest.recipe), highest.code
        if higher := climb(theorem, begin, uphill, number, subject, code):
            refuted(DrawnBlock(RecipeBlock((higher,)), (False,)))
    if found:
        found = _nicer(theorem, found, subject)
    if broken:
        broken = _nicer_to_break(theorem, *broken, subject)
    violation = worst(found) if found else None
    if violation and found and not _answers_again(theorem, found.recipe, subject, violation.text):
        violation = replace(violation, text=f"{ANOTHER_ANSWER}\n{violation.text}")
    kept = (_sample(theorem, code, subject) for code in (violation or total.worst, drawn))
    fault = _fault(theorem, *broken) if broken else None
    if fault and broken and not _answers_again(theorem, broken[0], subject, fault.kind):
        fault = replace(fault, text=f"{ANOTHER_ANSWER}\n{fault.text}")
    return replace(total, violation=violation, samples=Samples(*kept), fault=fault)


def _decided(
    theorem: Theorem, block: RecipeBlock, request: Request, subject: Subject | None
) -> tuple[Verdict, Examination | None, list[str]]:
    """Decide a block; also the recipe that violates the theorem, alone, if one does.

    And the types of floats in which a subject's answer was judged, if one was asked.
    """
    if len(block) == 1:
        alone = examine(theorem, block.recipes[0], request=request, subject=subject)
        return alone.verdict, alone if alone.violated else None, alone.judged
    verdict = examine_block(theorem, block, request)
    if not verdict.count(Status.VIOLATED):
        return verdict, None, []
    for recipe, codes in zip(block.recipes, block.slices(len(verdict)), strict=True):
        if (verdict.status[codes] == Status.VIOLATED).any():
            alone = examine(theorem, recipe, request=request)
            if alone.violated:
                return verdict, alone, []
    return verdict, None, []  # counted all the same


def _typical(verdict: Verdict, part: Part) -> Worst | None:
    """Keep a code of a batch that satisfied the premises, if there is one."""
    code = median(verdict.ratio[part.codes])
    return None if code is None else Worst.of(verdict, part.recipe, code)


def _nicer(theorem: Theorem, found: Examination, subject: Subject | None) -> Examination:
    """Prefer an instance that a person can check by hand, if one violates the same claim."""
    claim = found.verdict.claim[found.verdict.worst]
    kept = found

    def same(recipe: Recipe) -> bool:
        nonlocal kept
        try:
            again = examine(theorem, recipe, subject=subject)
        except (Broke, InputError):
            return False
        kept = again
        return again.violated and again.verdict.claim[again.verdict.worst] == claim

    recipe = nicest(found.recipe, _plainer(theorem, found.recipe), same)
    return found if recipe is found.recipe else kept


def _answers_again(theorem: Theorem, recipe: Recipe, subject: Subject | None, outcome: str) -> bool:
    """Whether an instance comes out as it did: as it was described, or broken in that way."""
    try:
        return subject is None or describe(examine(theorem, recipe, subject=subject)) == outcome
    except Broke as error:
        return error.kind == outcome


def _nicer_to_break(
    theorem: Theorem, found: Recipe, error: Broke, subject: Subject | None
) -> tuple[Recipe, Broke]:
    """Prefer an instance that a person can check by hand, if it breaks a check likewise."""
    kept = error

    def same(recipe: Recipe) -> bool:
        nonlocal kept
        try:
            examine(theorem, recipe, subject=subject)
        except Broke as again:
            kept = again
            kind = again.said.partition(":")[0] == error.said.partition(":")[0]
            return kind and again.kind == error.kind
        except InputError:
            pass
        return False

    recipe = nicest(found, _plainer(theorem, found), same)
    return recipe, error if recipe is found else kept


def _plainer(theorem: Theorem, found: Recipe) -> Iterator[Recipe]:
    """List plain instances that suit a theorem, and are smaller than what was found."""
    if theorem.dictionaries and "one_atom" not in theorem.dictionaries:
        return
    size = entries(found.instance(theorem))
    settings = [{}, dict(found.settings)] if found.settings else [{}]
    yield from plain_recipes(size, theorem.about, theorem.noisy, settings)


def _fault(theorem: Theorem, broken: Recipe, error: Broke) -> Fault:
    recipe = broken.to_json()
    text = written_out(theorem, recipe)
    return Fault(error.kind, error.said, error.frames, recipe, text)


def lost_shard(theorem: Theorem, lost: Lost) -> Shard:
    """Report a shard whose process ended, with the instance that it was at."""
    _, part = lost.task
    recipe = json.loads(lost.note) if lost.note else None
    fault = lost.fault(recipe, written_out(theorem, recipe) if recipe else "")
    name = part.removeprefix("mutant ")
    mutants = (MutantTally(name, False, None, 0, None),) if name != part else ()
    return Shard(theorem.id, part, replace(Tally.empty(theorem.id), fault=fault, mutants=mutants))


def written_out(theorem: Theorem, recipe: dict[str, object]) -> str:
    """Write an instance out; nothing if that breaks as well."""
    try:
        with guarded():
            return describe_experiment(Recipe.from_json(recipe), theorem)
    except Broke:
        return ""


def _sample(theorem: Theorem, code: Worst | None, subject: Subject | None) -> Sample | None:
    """Examine one instance again, and keep what a report draws of it."""
    if code is None:
        return None
    try:
        again = examine(theorem, Recipe.from_json(code.recipe), subject=subject)
        with guarded():
            return Sample.of(theorem, again.instance, again.evidence, code)
    except Broke:  # this time, or what a theorem draws
        return None


def _refute(theorem: Theorem, mutant: Mutant, examples: int, number: int) -> Tally:
    tried, closest = 0, MutantTally(mutant.name, False, None, 0, None)
    found: Examination | None = None
    fault: Fault | None = None
    seen: set[str] = set()

    def refuted(draw: Draw) -> bool:
        nonlocal tried, closest, found, fault
        if found is None and not _first_time(canonical(draw.recipe.to_json()), seen):
            return False
        try:
            examination = examine(theorem, draw.recipe, mutant)
        except Broke as error:
            fault = fault or _fault(theorem, draw.recipe, error)
            return False
        if found is None:
            tried += 1
            shown = worst(examination, text=False)
            closest = closest + MutantTally(mutant.name, False, shown.ratio, 1, shown)
        if examination.violated:
            found = examination
        return examination.violated

    search(mutant_draws(theorem, mutant.witness), examples, number, refuted, lambda: bool(fault))
    if found is not None:
        shown = worst(found)
        closest = MutantTally(mutant.name, True, shown.ratio, tried, shown)
    return replace(Tally.empty(theorem.id), mutants=(closest,), fault=fault)


def _first_time(text: str, seen: set[str]) -> bool:
    """Whether a recipe, or a block of them, was not drawn before."""
    new = text not in seen
    seen.add(text)
    return new


def _request(number: int, block: RecipeBlock) -> Request:
    """Ask for a cross-check of one recipe in ``CROSS_CHECKED``, the same in every run."""
    texts = (f"{number}|{text}" for text in block.texts)
    return Request(cross_check=any(_hash(x) % CROSS_CHECKED == 0 for x in texts), seed=number)


def _hash(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:8])


def worst(examination: Examination, *, text: bool = True) -> Worst:
    """Keep what a report needs of the worst code of an examined instance."""
    code = examination.verdict.worst
    return replace(
        Worst.of(examination.verdict, examination.recipe.to_json(), code),
        text=describe(examination) if text else "",
        cause=str(examination.violations[0]) if text and examination.violations else "",
        violated=tuple(map(ViolatedClaim.of, examination.violations)) if text else (),
    )
