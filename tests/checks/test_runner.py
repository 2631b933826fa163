"""Runs: the same for any number of processes, resumable, and errors that cross processes."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from sparsebound.checks import runner, shards
from sparsebound.checks.draws import Draw, draws
from sparsebound.checks.evidence import MissingEvidence
from sparsebound.checks.examine import examine
from sparsebound.checks.recipes.recipe import dictionary
from sparsebound.checks.runner import RunSettings, plan, run
from sparsebound.checks.search import search
from sparsebound.checks.shards import run_shard
from sparsebound.reports.run_folder import SCHEMA, RunFolder, Shards
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError
from sparsebound.theory.theorem import Theorem

NAMES = ["dictionary.welch", "uniqueness.coherence", "uniqueness.erc"]
THEOREMS = [catalogue()[name] for name in NAMES]


def shards_of(planned: Shards) -> dict[str, object]:
    without_end = {"open_ended": True} if planned.open_ended else {}
    return {"block": planned.block, "examples": planned.examples, **without_end}


def first_part(planned: Shards) -> str:
    return next(iter(planned))[1]


def folder(path: Path, settings: RunSettings) -> RunFolder:
    return folder_of(path, THEOREMS, settings)


def folder_of(path: Path, theorems: list[Theorem], settings: RunSettings) -> RunFolder:
    document = {
        "schema": SCHEMA,
        "provenance": {},
        "theorems": {
            t.id: {
                "title": t.title,
                "sharp": True,
                "equality": False,
                "conjecture": False,
                "mutants": [m.name for m in t.mutants],
            }
            for t in theorems
        },
        "shards": shards_of(plan(theorems, settings)),
        "not_run": [],
        "settings": {},
        "asked": [],
    }
    return RunFolder.create(path, document)


def results(found: RunFolder) -> dict[str, dict[str, object]]:
    """Tallies without the time they took."""
    return {
        key: {**tally.to_json(), "seconds": 0.0} for key, tally in sorted(found.tallies().items())
    }


def test_a_run_is_the_same_for_any_number_of_processes(tmp_path: Path) -> None:
    one, two = RunSettings(examples=40, seed=5), RunSettings(examples=40, seed=5, jobs=2)
    alone, together = folder(tmp_path / "one", one), folder(tmp_path / "two", two)
    run(THEOREMS, one, alone)
    run(THEOREMS, two, together)
    assert results(alone) == results(together)
    assert all(tally.status == "held" for tally in alone.tallies().values())


def test_other_seeds_give_other_instances(tmp_path: Path) -> None:
    shard = first_part(plan(THEOREMS[1:2], RunSettings(examples=30)))
    first = run_shard(THEOREMS[1], shard, RunSettings(examples=30, seed=1)).tally
    again = run_shard(THEOREMS[1], shard, RunSettings(examples=30, seed=1)).tally
    other = run_shard(THEOREMS[1], shard, RunSettings(examples=30, seed=2)).tally
    assert {**first.to_json(), "seconds": 0} == {**again.to_json(), "seconds": 0}
    assert first.histogram != other.histogram


def test_an_interrupted_run_keeps_what_is_finished_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = RunSettings(examples=20)
    found = folder(tmp_path / "run", settings)

    def interrupt(event: runner.Finished) -> None:
        if event.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(THEOREMS, settings, found, interrupt)
    assert len(list(found.read())) == 2
    done: list[str] = []
    real = runner.run_shard

    def counted(theorem, part, *others):  # type: ignore[no-untyped-def]
        done.append(part)
        return real(theorem, part, *others)

    monkeypatch.setattr(runner, "run_shard", counted)
    run(THEOREMS, settings, found)
    assert len(done) == len(plan(THEOREMS, settings)) - 2


def test_what_is_generated_does_not_depend_on_the_modules_that_are_loaded() -> None:
    import importlib.util
    import sys

    shard = first_part(plan(THEOREMS[1:2], RunSettings(examples=60)))
    before = run_shard(THEOREMS[1], shard, RunSettings(examples=60)).tally
    spec = importlib.util.spec_from_loader("a_module_full_of_constants", None)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__file__ = str(Path(__file__).parents[2] / "examples" / "learn_digits.py")
    sys.modules["a_module_full_of_constants"] = module
    try:
        after = run_shard(THEOREMS[1], shard, RunSettings(examples=60)).tally
    finally:
        del sys.modules["a_module_full_of_constants"]
    assert {**before.to_json(), "seconds": 0} == {**after.to_json(), "seconds": 0}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"profile": "fast"}, "profile is 'fast'; expected one of dev, ci, nightly"),
        ({"examples": 0}, "examples is 0; expected an integer that is at least 1"),
        ({"seed": -1}, "seed is -1"),
        ({"jobs": 0}, "jobs is 0"),
    ],
)
def test_bad_settings_are_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        RunSettings(**changes)  # type: ignore[arg-type]


def test_errors_cross_process_borders() -> None:
    for error in (InputError("k", -1, "more"), MissingEvidence("a.b", "foo", ["bar"])):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.name) == (type(error), str(error), error.name)


@pytest.mark.parametrize("name", ["uniqueness.coherence", "stability.bpdn"])
def test_so_many_instances_as_asked_for_are_not_vacuous(name: str) -> None:
    settings = RunSettings(examples=40)
    theorem = catalogue()[name]  # a fifth of what is drawn lies beyond its premises
    tally = run_shard(theorem, first_part(plan([theorem], settings)), settings).tally
    assert 40 <= tally.instances < 40 + 4  # whole blocks are counted
    assert tally.vacuous > 0


def test_a_shard_begins_without_what_others_computed() -> None:
    """Otherwise what solvers had to do depends on which shards the process did before."""
    bases = {"bases": 3, "dimension": 4}
    before = dictionary("mutually_unbiased", bases)
    assert dictionary("mutually_unbiased", bases) is before
    theorem, settings = catalogue()["uniqueness.spark"], RunSettings(examples=1)
    run_shard(theorem, first_part(plan([theorem], settings)), settings)
    assert dictionary("mutually_unbiased", bases) is not before


@pytest.mark.parametrize(
    ("name", "solver"),
    [
        ("uniqueness.basis_pursuit", "sparsebound.checks.oracles.reference.cross_check"),
        ("rate.ista", "sparsebound.checks.oracles.composite.reference_check"),
    ],
)
def test_a_share_of_a_run_is_held_against_cvxpy(
    name: str, solver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds: list[int] = []
    monkeypatch.setattr(solver, lambda *args, seed, **rest: seeds.append(seed))
    shard = run_shard(catalogue()[name], "examples 0-249", RunSettings())
    expected = shard.tally.instances / shards.CROSS_CHECKED
    assert expected / 3 < len(seeds) < 3 * expected


def test_settings_of_every_kind_are_drawn() -> None:
    kinds: dict[str, set[object]] = {}
    for name in ("rate.ista", "rate.unfolded", "network.thresholding"):

        def visit(draw: Draw) -> bool:
            settings = dict(draw.recipe.settings)
            for design in settings.pop("designs", []):
                settings |= design
            for key, value in settings.items():
                kinds.setdefault(key, set()).add(value)
            return False

        search(draws(catalogue()[name]), 400, 1, visit)
    assert kinds["dtype"] == {"float64", "float32"}
    assert kinds["weight"] == {0.5, 0.25, 0.125, 0.0625}
    assert kinds["start"] == {0, 1, -2}
    assert kinds["weights"] == {"normalised", "closed form", "gradient"}
    assert kinds["aligned"] == {True, False}
    assert len(kinds["activation"]) == 6
    assert kinds["layers"] == set(range(4, 11))


@pytest.mark.parametrize(("name", "need"), [("rate.ista", "ista_run"), ("rate.local", None)])
def test_float32_is_run_where_it_is_drawn(name: str, need: str | None) -> None:
    theorem, found = catalogue()[name], set()

    def visit(draw: Draw) -> bool:
        run_ = examine(theorem, draw.recipe).evidence[need or "local_unfolding"]
        found.add(str(run_.points.dtype) if need else run_.dtype)
        return False

    search(draws(theorem), 60, 0, visit)
    assert found == {"float64", "float32"}
