"""The command line: exit statuses, messages, and what reaches which stream."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sparsebound.checks import provenance, runner
from sparsebound.checks.commands import real_dictionary
from sparsebound.checks.commands.main import main
from sparsebound.checks.runner import Finished
from sparsebound.checks.threads import THREADS
from sparsebound.reports.run_folder import RunFolder, Shard
from sparsebound.reports.tally import MutantTally, Tally
from sparsebound.reports.worst import Worst

ID = "dictionary.welch"
MUTANT = "right side times 1.01"
RECIPE = {"family": "construction", "parameters": {"name": "tight_frame", "size": 1}}

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def call(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(list(words))
        found = capsys.readouterr()
        return status, found.out, found.err

    return call


def fake(
    monkeypatch: pytest.MonkeyPatch, *, stop: BaseException | None = None, **fields: Any
) -> None:
    """Let every shard end at once with a given tally; stop before the last one."""

    def pretend(
        theorems: Any, settings: Any, folder: RunFolder, progress: Any, **others: Any
    ) -> None:
        left = list(folder.missing())
        for number, (theorem, part) in enumerate(left):
            if stop and number == len(left) - 1:
                raise stop
            tally = Tally(theorem, **fields)
            if part.startswith("mutant "):
                name = part.removeprefix("mutant ")
                refuted = fields.get("violated") != 0
                tally = Tally(theorem, mutants=(MutantTally(name, refuted, None, 5, None),))
            shard = Shard(theorem, part, tally)
            folder.write(shard)
            progress(Finished(shard, number + 1, len(left)))

    monkeypatch.setattr(runner, "run", pretend)


def test_a_real_run(run: Run) -> None:
    status, out, err = run("check", ID, "--examples", "5", "--jobs", "1", "--out", "here")
    assert status == 0, err
    assert "held" in out
    assert "mutant refuted: dictionary.welch" in out
    assert out.splitlines()[-1].startswith("passed: 1 theorem: 1 held; 1 of 1 mutant refuted")
    assert err == f"[1/1] {ID}: held, {err.split(', ')[-1]}"
    assert "\x1b" not in out + err
    document = json.loads(Path("here/summary.json").read_text())
    assert document["run"]["seed"] == 0
    assert document["run"]["command"].startswith(f"sparsebound check {ID} --profile dev")
    worst = document["theorems"][0]["worst"]
    status, out, _ = run("check", ID, "--replay", json.dumps(worst))
    assert status == 0, out


@pytest.mark.parametrize(
    ("fields", "status", "word"),
    [
        ({"holds": 3}, 0, "passed: 1 theorem: 1 held"),
        ({"holds": 3, "violated": 1}, 1, "1 violated"),
        ({"vacuous": 3}, 1, "1 vacuous"),
        ({"holds": 3, "violated": 0}, 1, "1 mutant survived"),
        ({"holds": 97, "undecided": 3}, 1, "1 undecided"),
    ],
)
def test_exit_statuses(
    run: Run, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], status: int, word: str
) -> None:
    fake(monkeypatch, **fields)
    found, out, _ = run("check", ID)
    assert found == status
    assert word in out.splitlines()[-1]
    assert [path.suffix for path in Path("runs").iterdir()] != []


def test_json_alone_on_standard_output(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    worst = Worst(RECIPE, 0, "holds", None, "")
    fake(monkeypatch, holds=3, worst=worst)
    monkeypatch.setattr(real_dictionary, "describe", lambda: [("coherence", "1/2")])
    status, out, err = run("check", "--json", "--out", "here", "--examples", "1", "--seed", "3")
    document = json.loads(out)
    assert status == 0
    assert list(document)[:4] == ["schema", "run", "theorems", "not_run"]
    assert document["dictionaries"] == [{"coherence": "1/2"}]
    first = document["theorems"][0]
    keys = ["id", "status", "counts", "max_ratio", "sharp", "equality", "worst", "mutants"]
    assert list(first)[:9] == [*keys, "seconds"]
    assert first["worst"]["recipe"] == RECIPE
    assert first["mutants"][0]["refuted"] is True
    assert document["run"]["seed"] == 3
    assert document == json.loads(Path("here/summary.json").read_text())
    assert err.startswith("[1/")


def test_the_real_dictionary_belongs_to_a_run_of_everything(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(monkeypatch, holds=3)
    monkeypatch.setattr(real_dictionary, "describe", lambda: [("coherence", "exactly one half")])
    assert "exactly one half" in run("check")[1]
    assert "exactly one half" not in run("check", ID)[1]


def test_interrupted_and_resumed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, stop=KeyboardInterrupt(), holds=3)
    status, out, err = run("check", ID, "uniqueness.spark", "--out", "here", "--seed", "7")
    assert (status, out) == (130, "")
    assert "interrupted: 1 of 2 theorems finished (3 of 4 shards)" in err
    assert "sparsebound check --resume here" in err
    fake(monkeypatch, holds=3)
    status, out, _ = run("check", "--resume", "here", "--seed", "7", "--jobs", "3")
    assert status == 0
    assert "2 held" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--seed", "8"], "--seed is 8; expected 0"),
        (["--examples", "8"], "--examples is 8; expected None"),
        (["--profile", "ci"], "--profile is 'ci'; expected 'dev'"),
        (["uniqueness"], r"ID is ['uniqueness']; expected ['dictionary.welch']"),
        (["--load", "x.py"], "--load is "),
        (["--out", "there"], "--out is 'there'; expected to be left out with --resume"),
    ],
)
def test_contradicting_resumption(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    fake(monkeypatch, holds=3)
    assert run("check", ID, "--out", "here")[0] == 0
    status, out, err = run("check", "--resume", "here", *words)
    assert (status, out) == (2, "")
    assert message in err


def test_a_run_is_not_resumed_after_a_change(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, holds=3)
    run("check", ID, "--out", "here")
    plan = json.loads(Path("here/run.json").read_text())
    plan["theorems"][ID]["title"] = "Another"
    Path("here/run.json").write_text(json.dumps(plan))
    status, _, err = run("check", "--resume", "here")
    assert status == 2
    assert "theorems: not what it was when the run began" in err


def test_a_corrupt_folder(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, holds=3)
    run("check", ID, "--out", "here")
    next(Path("here/shards").iterdir()).write_text('{"half')
    status, out, err = run("check", "--resume", "here")
    assert status == 0, err
    assert "shards/dictionary.welch" in err
    assert "expected JSON" in err
    assert "and computed again" in err
    assert len(list(Path("here/set_aside").iterdir())) == 1
    next(Path("here/shards").iterdir()).write_text("{}")
    status, out, err = run("report", "here")
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_a_run_that_cannot_be_done_keeps_what_is_finished(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(monkeypatch, stop=RuntimeError("two oracles\ndisagree"), holds=3)
    status, out, err = run("check", ID, "--out", "here")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "error: RuntimeError: two oracles disagree; 0 of 1 theorem finished (1 of 2" in err
    assert "--resume here" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no command was given"),
        (["chekc"], "invalid choice: 'chekc'"),
        (["check", "uniqness.spark"], "did you mean uniqueness.spark"),
        (["check", "zzz"], "ID is 'zzz'; expected a theorem or a topic (coding, conjecture, "),
        (["check", "--profile", "fast"], "--profile: invalid choice: 'fast' (choose from"),
        (["check", "--examples", "-3"], "--examples: '-3' was given; expected an integer that is"),
        (["check", "--seed", "-1"], "at least 0"),
        (["check", "--jobs", "two"], "--jobs: 'two' was given"),
        (["check", "--prof", "dev"], "unrecognized arguments: --prof"),
        (["check", ID, "--out", "full"], "--out is 'full'; expected a folder that is empty"),
        (["check", ID, "--out", "full/file/x"], "--out is 'full/file/x'; expected a folder that"),
        (["check", "--resume", "full"], "--resume is 'full'; expected the folder of a run"),
        (["check", "--mutant", "m"], "--mutant is 'm'; expected to be used together with"),
        (["check", ID, "--replay", "{"], "--replay is '{'; expected JSON"),
        (["check", ID, "--replay", "gone.json"], "--replay is 'gone.json'; expected a recipe in"),
        (["check", ID, "--replay", '{"family": 3}'], "--replay is {'family': 3}; expected"),
        (["check", "--replay", "{}"], "expected one theorem with --replay"),
        (["check", ID, "--replay", "{}", "--mutant", "m"], "--mutant is 'm'; expected one of"),
        (["check", ID, "--replay", "{}", "--seed", "1"], "--seed is 1; expected to be left out"),
        (["check", "--load", "gone.py"], "gone.py'; expected a Python file"),
        (["explain", "uniqueness.sprak"], "did you mean uniqueness.spark"),
    ],
)
def test_bad_input(run: Run, words: list[str], message: str) -> None:
    Path("full").mkdir()
    Path("full/file").write_text("")
    status, out, err = run(*words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err
    assert sorted(str(path) for path in Path().rglob("*")) == ["full", "full/file"]


FALSE = """
from fractions import Fraction
from sparsebound.theory.quantities import coherence
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Premise, Theorem

def premises(instance):
    yield Premise("never", 1, 0)

def claims(instance):
    yield Claim("mu <= 1/2", coherence(instance.D), Fraction(1, 2))

THEOREM = Theorem(title="False", statement="x", source=INDEPENDENT, claims=claims,
                  about="dictionary", dictionaries=("tight_frame",))
EMPTY = Theorem(title="Vacuous", statement="x", source=INDEPENDENT, claims=claims,
                premises=premises, about="dictionary", id="conjecture.empty")
WISH = Theorem(title="Wish", statement="x", source=INDEPENDENT, about="dictionary",
               claims=lambda instance, wisdom: (), id="conjecture.wish")
"""


def test_conjectures_of_a_user(run: Run) -> None:
    Path("mine.py").write_text(FALSE)
    words = ("--examples", "8", "--jobs", "1")
    status, out, _ = run("check", "--load", "mine.py", *words, "--out", "here")
    assert status == 1
    assert "conjecture.mine (conjecture)" in out
    assert "violated: conjecture.mine: False" in out
    assert "'never' fails" in out
    assert "not run: conjecture.wish: conjecture.wish cannot be checked: it needs 'wisdom'" in out
    assert "uniqueness.spark" not in out
    document = json.loads(Path("here/summary.json").read_text())
    found = {theorem["id"]: theorem for theorem in document["theorems"]}
    Path("recipe.json").write_text(json.dumps(found["conjecture.mine"]["violation"]))
    load = ("--load", "mine.py")
    assert run("check", "conjecture.mine", *load, "--replay", "recipe.json")[0] == 1
    assert run("check", *load, "conjecture.wish", *words)[0] == 2
    assert "conjecture.empty" in run("list", *load)[1]
    assert "a conjecture" not in run("explain", "conjecture.empty", *load)[1]


def test_files_that_cannot_be_loaded(run: Run) -> None:
    Path("bad.py").write_text("x = 1\nraise NameError('oops')\n")
    Path("none.py").write_text("x = 1\n")
    status, _, err = run("check", "--load", "bad.py")
    assert status == 2
    for part in ("bad.py", "NameError", "oops", "line 2"):
        assert part in err
    status, _, err = run("check", "--load", "none.py")
    assert status == 2
    assert "none.py" in err
    assert run("check", "--load", "none.py", "bad.py")[0] == 2


def test_replay(run: Run) -> None:
    status, out, _ = run("check", ID, "--replay", json.dumps(RECIPE))
    assert status == 0
    assert out.endswith(f"codes: 1 holds\n{ID}: held\n")
    status, out, _ = run("check", ID, "--replay", json.dumps(RECIPE), "--mutant", MUTANT)
    assert status == 0
    assert out.endswith(f"{ID}: mutant {MUTANT!r} refuted\n")
    status, out, _ = run("check", "--json", ID, "--replay", json.dumps({"recipe": RECIPE}))
    assert json.loads(out)["codes"][0]["status"] == "holds"


def test_list_and_explain(run: Run) -> None:
    status, out, err = run("list")
    assert (status, err) == (0, "")
    assert "uniqueness.spark" in out
    entries = json.loads(run("list", "--json")[1])["theorems"]
    assert {"id", "title", "statement", "source", "needs", "sharp", "mutants"} <= set(entries[0])
    marks = {line.split()[0]: line for line in out.splitlines()}
    assert marks["network.dense_encoder"].endswith("  equality, 1 mutant")
    assert marks["uniqueness.spark"].endswith("  sharp, proved, 1 mutant")
    out = run("explain", "uniqueness.spark")[1]
    assert "https://doi.org/10.1073/pnas.0437847100" in out
    assert "premise < -> <=" in out


def test_names_may_follow_options(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, holds=1)
    _, out, _ = run("check", ID, "--seed", "1", "uniqueness.spark", "--json")
    assert [theorem["id"] for theorem in json.loads(out)["theorems"]] == [ID, "uniqueness.spark"]


def test_provenance_without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found = provenance.provenance(seed=1, profile="dev", command="c", load=())
    assert found["commit"] is None
    assert found["cpus"] >= 1
    assert set(found["versions"]) == {"numpy", "scipy", "hypothesis", "cvxpy", "python-flint"}
    json.dumps(found)


def test_help_imports_nothing_heavy_and_threads_are_set_first() -> None:
    code = (
        "import sys, os; from sparsebound.checks.commands.main import main; "
        "status = main(['check', '--help']); "
        "assert not {'numpy', 'rich', 'hypothesis'} & set(sys.modules), sorted(sys.modules); "
        f"assert all(os.environ[name] == '1' for name in {THREADS!r}); sys.exit(status)"
    )
    root = Path(provenance.__file__).parents[1]
    environment = {name: value for name, value in os.environ.items() if name not in THREADS}
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        cwd=root,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert "--resume" in done.stdout
