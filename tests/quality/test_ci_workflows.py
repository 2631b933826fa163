"""The workflows of docs/ are tried as somebody would who adopts them: in a clean folder, with a new
virtual environment, installation included; so are the action and the hooks that they use."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

ROOT = Path(__file__).parents[2]
SMALLER = {
    "--profile ci": "--examples 20",
    "--sparsebound-profile dev": "--sparsebound-examples 20",
}
"""What is cut down, so that it takes seconds."""
SOLVER = """
import numpy as np

def ista(D, Y, lam, L, start, steps):
    points = [start]
    for _ in range(steps):
        v = points[-1] + (Y - points[-1] @ D.T) @ D / L
        points.append(np.sign(v) * np.maximum(np.abs(v) - lam[:, None] / L, 0))
    return np.stack(points, axis=1)
"""
TEST = """
import pytest
from solver import ista
from sparsebound.checks.pytest_plugin import check_theorem

@pytest.mark.theorems("rate.ista")
def test_solver(theorem, record_property):
    check_theorem(theorem, record_property, subject=ista)
"""


def workflow(name: str, number: int = 0) -> Any:
    text = (ROOT / "docs" / name).read_text("utf-8")
    return yaml.safe_load(re.findall(r"```yaml\n(.*?)```", text, re.S)[number])


def action() -> Any:
    return yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean clone of this checkout, with what was changed since."""
    folder = tmp_path_factory.mktemp("source") / "sparsebound"
    command = ["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(folder)]
    if not (ROOT / ".git").exists() or subprocess.run(command, check=False).returncode:
        pytest.skip("needs git, and a checkout to clone")
    words = ["git", "ls-files", "-z", "--modified", "--others", "--exclude-standard"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
            subprocess.run(["git", "add", "-f", name], cwd=folder, check=True)
        elif not (ROOT / name).exists():
            (folder / name).unlink(missing_ok=True)
    return folder


@pytest.fixture
def adopter(tmp_path: Path) -> Path:
    """A repository of somebody else's, with what the documents speak of."""
    place = tmp_path / "project"
    (place / "theorems").mkdir(parents=True)
    (place / "solver.py").write_text(SOLVER)
    (place / "test_solver.py").write_text(TEST)
    (place / "requirements.txt").write_text("numpy\n")
    shutil.copy(ROOT / "examples" / "template.py", place / "theorems" / "mine.py")
    np.save(place / "dictionary.npy", np.hstack([np.eye(4), np.ones((4, 1)) / 2]))
    return place


def environment(**further: str) -> dict[str, str]:
    """Variables of a runner: nothing of the environment that runs these tests."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL", "TOX"))}
    folders = [
        p for p in os.environ["PATH"].split(os.pathsep) if p != str(Path(sys.executable).parent)
    ]
    base = Path(sys.base_prefix) / "bin"
    return {
        **kept,
        "PATH": os.pathsep.join([str(base), *folders]),
        "PIP_CONSTRAINT": str(ROOT / "constraints.txt"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "CI": "true",
        **further,
    }


def shell(step: str, place: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    for part, smaller in SMALLER.items():
        step = step.replace(part, smaller)
        variables = {name: value.replace(part, smaller) for name, value in variables.items()}
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step]
    return subprocess.run(
        words, cwd=place, env=variables, capture_output=True, text=True, check=False
    )


def steps_of_action(
    given: dict[str, str], job: str
) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """The steps that a job with these inputs runs, and the variables of each."""
    made = action()
    assert set(given) <= set(made["inputs"])
    inputs = {name: str(given.get(name, one["default"])) for name, one in made["inputs"].items()}

    def filled(text: str) -> str:
        text = text.replace("${{ github.job }}", job)
        return re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: inputs[found[1]], text)

    for step in made["runs"]["steps"]:
        condition = str(step.get("if", ""))
        asked = re.fullmatch(r"inputs\.(\w+) != ''", condition)
        assert asked or condition in ("", "always()")
        if asked and not inputs[asked[1]]:
            continue
        yield step, {name: filled(value) for name, value in step.get("env", {}).items()}


def test_the_jobs_of_github_run_in_a_clean_folder(source: Path, adopter: Path) -> None:
    temporary, path = adopter.parent / "runner", adopter.parent / "path.txt"
    temporary.mkdir()
    jobs = workflow("ci-github.md")["jobs"]
    assert set(jobs) == {"solver", "dictionary", "theorems"}
    installed = False
    for name, job in jobs.items():
        page = adopter.parent / f"{name}.md"
        (used,) = (step for step in job["steps"] if "sparsebound" in step.get("uses", ""))
        given = {**used["with"], "folder": f"runs/{name}"}
        for step, variables in steps_of_action(given, name):
            if "run" not in step or (installed and step["name"] == "Install"):
                continue  # the jobs share a machine here
            around = environment(
                RUNNER_TEMP=str(temporary),
                GITHUB_PATH=str(path),
                GITHUB_ACTION_PATH=str(source),
                GITHUB_STEP_SUMMARY=str(page),
                **variables,
            )
            if path.exists():
                around["PATH"] = os.pathsep.join([path.read_text().strip(), around["PATH"]])
            if step["name"] == "Gate":  # the baseline that people commit after a first run
                update = f"sparsebound gate runs/{name} --update-baseline --skip-benchmarks"
                assert shell(update, adopter, around).returncode == 0
            done = shell(step["run"], adopter, around)
            assert done.returncode == 0, done.stdout + done.stderr
            installed = True
        said = page.read_text(encoding="utf-8")
        assert "sparsebound: passed" in said or "atoms" in said
    assert "rate.ista" in (adopter / "runs/solver/junit.xml").read_text(encoding="utf-8")
    assert "sparsebound-baseline.json" in (adopter / "runs/solver/gate.html").read_text("utf-8")
    assert (adopter / "runs/dictionary/certificate/certificate.html").is_file()
    around = environment(GITHUB_STEP_SUMMARY=str(adopter.parent / "late.md"))
    around["PATH"] = os.pathsep.join([path.read_text().strip(), around["PATH"]])
    the_summary_works_after_an_interruption(adopter, around)
    the_hooks_run(adopter, around)


def the_summary_works_after_an_interruption(adopter: Path, around: dict[str, str]) -> None:
    stopped = adopter / "runs" / "theorems"
    for name in ("summary.md", "report.html", "summary.json"):
        (stopped / name).unlink()
    next((stopped / "shards").iterdir()).unlink()
    given = {"folder": "runs/theorems"}
    (step,) = (s for s, _ in steps_of_action(given, "theorems") if s["name"] == "Summary")
    done = shell(step["run"], adopter, {**around, "FOLDER": "runs/theorems"})
    assert done.returncode == 0, done.stderr
    assert "is unfinished" in Path(around["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")
    done = shell(step["run"], adopter, {**around, "FOLDER": "runs/nothing"})
    assert done.returncode == 0
    assert "nothing was checked" in Path(around["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")


def the_hooks_run(adopter: Path, around: dict[str, str]) -> None:
    """As pre-commit runs them: the entry, the arguments, the files."""
    offered = {
        hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    }
    (repository,) = workflow("ci-github.md", 1)["repos"]
    files = [str(file.relative_to(adopter)) for file in adopter.rglob("*.*") if file.is_file()]
    assert {hook["id"] for hook in repository["hooks"]} == set(offered)
    for hook in repository["hooks"]:
        merged = {**offered[hook["id"]], **hook}
        matching = [file for file in files if re.search(merged["files"], file)]
        assert matching
        given = matching if merged.get("pass_filenames", True) else []
        words = [*merged["entry"].split(), *merged.get("args", []), *given]
        done = subprocess.run(
            words, cwd=adopter, env=around, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.nightly  # as long as the one above, and all of it but the words are the same
def test_the_jobs_of_gitlab_run_in_a_clean_folder(source: Path, adopter: Path) -> None:
    made = workflow("ci-gitlab.md")
    common = made.pop(".sparsebound")
    assert set(made) == {"solver", "dictionary", "theorems"}
    place = f"sparsebound[pytest] @ {source.as_uri()}"
    assert common["variables"]["SPARSEBOUND"].startswith("sparsebound[pytest] @ git+https://")
    around = environment(SPARSEBOUND=place)
    done = shell("\n".join(common["before_script"]), adopter, around)
    assert done.returncode == 0, done.stdout + done.stderr
    for job in made.values():
        assert job["extends"] == ".sparsebound"
        for line in job["script"]:
            step = f"source .venv/bin/activate\n{line}"
            if line.startswith("sparsebound gate"):
                update = "sparsebound gate runs/solver --update-baseline --skip-benchmarks"
                step = step.replace(line, f"{update}\n{line}")
            done = shell(step, adopter, around)
            assert done.returncode == 0, done.stdout + done.stderr
    assert list(adopter.glob(common["artifacts"]["reports"]["junit"]))
    assert common["artifacts"]["when"] == "always"


def test_the_action_keeps_what_a_run_leaves() -> None:
    steps = {step["name"]: step for step in action()["runs"]["steps"]}
    assert steps["Report"]["if"] == steps["Summary"]["if"] == "always()"
    assert steps["Report"]["with"]["path"] == "${{ inputs.folder }}"
    assert all(step["shell"] == "bash" for step in steps.values() if "run" in step)
    for step in steps.values():  # what a caller gives is data, never part of a script
        assert "${{" not in step.get("run", "")
