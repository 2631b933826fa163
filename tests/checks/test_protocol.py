"""Subjects of other people: what they are given, what they must return, and what is said if not."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.algorithms import proximal
from sparsebound.checks.commands.main import main
from sparsebound.checks.evidence import providers
from sparsebound.checks.examine import examine
from sparsebound.checks.library import check_subject
from sparsebound.checks.protocol import Subject, SubjectError
from sparsebound.checks.provider import Request
from sparsebound.checks.recipes import Recipe
from sparsebound.checks.subjects.unfolded import PROBE
from sparsebound.checks.supplies import probe, supplies
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status
from tests.subjects import NEED, OURS, SUPPLIED, THEOREMS, ista, network

MODULE = '''
import numpy as np

def ista(D, Y, lam, L, start, steps):
    points = [start]
    for _ in range(steps):
        v = points[-1] + (Y - points[-1] @ D.T) @ D / L
        points.append(np.sign(v) * np.maximum(np.abs(v) - lam[:, None] / L, 0))
    return np.stack(points, axis=1)

def shrinks_too_much(D, Y, lam, L, start, steps):
    return ista(D, Y, 1.1 * lam, L, start, steps)

def jumps(D, Y, lam, L, start, steps):
    """Not ISTA: two steps at a time."""
    return ista(D, Y, lam, L, start, 2 * steps)[:, ::2]

def last(D, Y, lam, L, start, steps):
    return ista(D, Y, lam, L, start, steps)[:, -1]

def breaks_later(D, Y, lam, L, start, steps):
    return ista(D, Y, lam, L, start, steps if D.shape == (3, 4) else 1)

number = 3
'''

MUTANT = "L R^2/(4k) -> L R^2/(4.4k)"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Run]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    Path("other_people.py").write_text(MODULE)
    importlib.invalidate_caches()

    def call(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(["check", *words])
        found = capsys.readouterr()
        return status, found.out, found.err

    yield call
    sys.modules.pop("other_people", None)


# --- on the command line ----------------------------------------------------------------------


def test_a_subject_that_holds_in_one_process_and_in_two(run: Run) -> None:
    words = ("rate.ista", "--subject", "other_people:ista", "--examples", "300")
    documents = []
    for jobs in ("1", "2"):
        status, out, err = run(*words, "--jobs", jobs, "--out", f"with-{jobs}", "--json")
        assert status == 0, err
        documents.append(json.loads(out))
    one, two = (document["theorems"][0] for document in documents)
    assert one["counts"] == two["counts"]
    assert one["counts"]["violated"] == 0
    settings = documents[0]["run"]["settings"]
    assert (settings["subject"], settings["rate_only"]) == ("other_people:ista", False)
    assert "--subject other_people:ista" in documents[0]["run"]["command"]
    assert str(Path("other_people.py").resolve()) in documents[0]["run"]["loaded"]


def test_a_violation_is_shrunk_and_replayed(run: Run) -> None:
    subject = ("--subject", "other_people:shrinks_too_much")
    status, out, _ = run("rate.ista", *subject, "--examples", "20", "--jobs", "1", "--out", "here")
    assert status == 1
    assert "subject: other_people:shrinks_too_much (its steps and its rates)" in out
    assert re.search(r"violated: step \d+, coordinate 0: .* expected, .* found \(a step, up", out)
    document = json.loads(Path("here/summary.json").read_text())["theorems"][0]
    assert document["mutants"][0]["refuted"]  # they are not the subject's affair
    recipe = json.dumps(document["violation"]["recipe"])
    line = next(line for line in out.splitlines() if line.startswith("  replay: "))
    assert f"rate.ista {' '.join(subject)} --replay" in line
    assert run("rate.ista", *subject, "--replay", recipe)[0] == 1
    assert run("rate.ista", "--replay", recipe)[0] == 0
    status, _, err = run("rate.ista", *subject, "--replay", recipe, "--mutant", MUTANT)
    assert (status, "left out with --subject" in err) == (2, True)


def test_a_faster_solver_keeps_the_rate_without_being_the_algorithm(run: Run) -> None:
    words = ("rate.ista", "--subject", "other_people:jumps", "--examples", "40", "--jobs", "1")
    assert run(*words)[0] == 1
    status, out, err = run(*words, "--rate-only")
    assert status == 0, out + err
    assert "(its rates alone)" in out


def test_what_does_not_fit_stays_in_the_list(run: Run) -> None:
    words = ("rate.iht", "rate.ista", "--subject", "other_people:ista", "--examples", "5")
    status, out, _ = run(*words, "--jobs", "1")
    assert status == 1  # not everything that was asked for was checked
    assert "not run: rate.iht: other_people:ista cannot be checked against rate.iht" in out


def test_resumption_asks_for_the_same_subject(run: Run) -> None:
    words = ("rate.ista", "--subject", "other_people:ista", "--examples", "5", "--jobs", "1")
    assert run(*words, "--out", "here")[0] == 0
    assert run("--resume", "here")[0] == 0
    assert "--subject is 'x:y'" in run("--resume", "here", "--subject", "x:y")[2]
    assert "--rate-only is True" in run("--resume", "here", "--rate-only")[2]
    Path("other_people.py").write_text(MODULE + "\n# changed")
    status, _, err = run("--resume", "here")
    assert (status, "other_people.py: not what it was" in err) == (2, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["rate.ista", "--subject", "nowhere:x"], "it raised ModuleNotFoundError"),
        (["rate.ista", "--subject", "other_people:x"], "a callable that exists; there is no 'x'"),
        (
            ["rate.ista", "--subject", "other_people:number"],
            "expected a callable, an estimator of the Lasso, or the place of one, not 3",
        ),
        (["rate.ista", "--subject", "other_people"], "expected package.module:callable"),
        (["rate.ista", "--rate-only"], "to be used together with --subject"),
        (["--subject", "other_people:ista"], "ID is []; expected theorems to check other_people"),
        (
            ["rate.ista", "--subject", "other_people:last"],
            "rate.ista needs every iterate, shape (2, 13, 4), which other_people:last does not "
            "provide: it returned one point a signal, shape (2, 4)",
        ),
    ],
)
def test_what_cannot_be_checked_is_one_line_and_nothing_written(
    run: Run, words: list[str], message: str
) -> None:
    status, out, err = run(*words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err
    assert not Path("runs").exists()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_fails_later_is_a_finding_with_its_instance(run: Run, jobs: str) -> None:
    words = ("rate.ista", "--subject", "other_people:breaks_later", "--examples", "300")
    status, out, _ = run(*words, "--jobs", jobs)
    assert status == 1
    assert "no answer: rate.ista: other_people:breaks_later cannot be checked" in out
    assert "it returned an array of shape" in out
    assert "--replay '{" in out
    assert "1 no answer" in out.splitlines()[-1]


# --- what is given and what is taken ------------------------------------------------------------


def single(**given: Any) -> Any:
    """A network in float32."""
    return network(*(given[name].astype(np.float32) for name in ("D", "W", "Y", "thresholds")))


def test_every_kind_of_evidence_is_tried_here() -> None:
    assert set(OURS) == SUPPLIED


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.id)
def test_ours_as_subjects(theorem: Theorem) -> None:
    subject = Subject.of(OURS[NEED[theorem.id]])
    probe(subject, theorem)
    construction = theorem.sharp or theorem.mutants[0].witness
    recipe = Recipe("construction", {"name": construction.__name__, "size": 2})  # type: ignore[union-attr]
    found = examine(theorem, recipe, subject=subject)
    assert found.verdict.status.tolist() == [Status.HOLDS]


def test_a_network_in_single_precision_has_room_for_its_rounding() -> None:
    theorem = catalogue()["rate.unfolded"]
    recipe = Recipe("construction", {"name": "aligned_and_noisy", "size": 2})

    def declared(run: Callable[..., Any]) -> Any:
        found = examine(theorem, recipe, subject=Subject.of(run))
        assert found.verdict.status.tolist() == [Status.HOLDS]
        return found.evidence["unfolding"]

    def float32(**given: Any) -> Any:
        return single(**given).astype(np.float32)

    assert declared(float32).dtype == "float32"
    assert (declared(float32).thresholds > declared(network).thresholds).all()


def test_a_subject_cannot_spoil_what_it_is_given() -> None:
    theorem = catalogue()["rate.ista"]

    def spoils(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
        found = ista(D, Y, lam, L, start, steps)
        for array in (D, Y, lam, start):
            array[...] = 0
        return found

    provider = supplies(Subject.of(spoils), theorem)["ista_run"]
    first, again = (provider.find(PROBE, Request()) for _ in range(2))
    assert isinstance(first, Trajectory)
    np.testing.assert_array_equal(first.points, again.points)
    assert PROBE.codes.D.data.any()


def returning(value: Any) -> Callable[..., Any]:
    return lambda D, Y, lam, L, start, steps: value(start, steps)


def repeated(start: Any, steps: int) -> Any:
    return np.repeat(start[:, None], steps + 1, axis=1)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (lambda start, steps: start[:, None], "it returned one point a signal, shape (2, 1, 4)"),
        (lambda start, steps: repeated(start, steps)[:, 1:], "an array of shape (2, 12, 4)"),
        (lambda start, steps: None, "needs an array of floats, which <lambda> does not provide: "),
        (lambda start, steps: repeated(start, steps) + 1, "its first one is another point"),
        (lambda start, steps: repeated(start, steps) * 1j, "it returned an array of shape"),
        (lambda start, steps: [[1], [1, 2]], "numpy said ValueError"),
    ],
)
def test_values_that_are_no_run(value: Callable[..., Any], message: str) -> None:
    subject = Subject("<lambda>", returning(value))
    with pytest.raises(SubjectError) as error:
        probe(subject, catalogue()["rate.ista"])
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (repeated, "and the momentum of each of 12 steps"),
        (lambda start, steps: (repeated(start, steps), np.zeros(3)), "a momentum of shape (3,)"),
        (
            lambda start, steps: (repeated(start, steps), np.full(steps, np.nan)),
            "a momentum of shape (12,)",
        ),
        (lambda start, steps: (start[:, None], np.zeros(steps)), "it returned one point a signal"),
    ],
)
def test_values_that_declare_no_momentum(value: Callable[..., Any], message: str) -> None:
    subject = Subject("<lambda>", returning(value))
    with pytest.raises(SubjectError) as error:
        probe(subject, catalogue()["rate.momentum"])
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("picks", "message"),
    [
        ([[0, 4], [0, 1]], "atoms from 0 to 3"),
        ([[-1, 0], [0, 1]], "-1 at the end alone"),
        ([0, 1], "picks of shape (2, steps)"),
        ([[0.5, 1], [0, 1]], "an array of integers"),
    ],
)
def test_picks_that_are_none(picks: Any, message: str) -> None:
    subject = Subject.of(lambda D, Y, eps: picks)
    with pytest.raises(SubjectError) as error:
        probe(subject, catalogue()["stability.omp"])
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (lambda D, Y, alpha: None, "it asks for alpha"),
        (lambda D, Y, /: None, "it asks for D, Y"),
        (lambda: None, "it asks for none of them"),
        (lambda *arrays: None, "it asks for none of them"),
    ],
)
def test_arguments_that_nobody_gives(run: Callable[..., Any], message: str) -> None:
    with pytest.raises(SubjectError) as error:
        probe(Subject.of(run), catalogue()["rate.ista"])
    assert "rate.ista needs a callable of D, Y, lam, L, start, steps" in str(error.value)
    assert message in str(error.value)


def test_theorems_that_are_not_about_algorithms() -> None:
    for name, needs in (("dictionary.welch", "a dictionary alone"), ("uniqueness.spark", "altern")):
        with pytest.raises(SubjectError, match=f"{name} needs {needs}"):
            probe(Subject.of(ista), catalogue()[name])


def test_names_of_subjects() -> None:
    assert Subject.of(proximal.ista).name == "sparsebound.checks.algorithms.proximal:ista"
    assert Subject.of("sparsebound.checks.algorithms.proximal:ista").run is proximal.ista
    assert Subject.of(proximal.ista).found_by_name
    assert not Subject.of(lambda D, Y: None).found_by_name
    with pytest.raises(InputError, match="--subject is 'builtins:int'; expected a callable"):
        Subject.of(3)  # type: ignore[arg-type]


def test_every_theorem_for_subjects_says_what_it_asks_for() -> None:
    for provider in providers().values():
        assert (provider.supply is not None) == bool(provider.asks), provider.name


def test_a_solver_without_start_and_with_steps_of_its_own_begins_at_zero() -> None:
    def mine(D: Any, Y: Any, lam: Any, L: Any, seed: int) -> Any:
        assert seed == 0
        start = np.zeros((len(Y), D.shape[1]))
        return proximal.ista(D, Y, lam, L, start, 5).points

    found = check_subject(mine, "rate.ista", examples=40)
    assert found.passed
    assert found.summary["theorems"][0]["counts"]["holds"] > 40
