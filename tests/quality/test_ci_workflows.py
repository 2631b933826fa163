"""The workflows of docs/ are tried: their steps run, in order, in a clean clone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
UNTRIED = {
    "pip install": "needs the network; tox has installed the same",
    "git fetch": "needs a main branch of the repository that was cloned",
}
REVIEWED = "--skip-benchmarks --baseline reviewed.json"
SMALLER = {
    "--profile ci": "dictionary.welch --examples 5",
    "--pyargs sparsebound.checks": "--pyargs sparsebound.checks -k welch",
    "--base origin/main": REVIEWED,
    "--base FETCH_HEAD": REVIEWED,
}
"""What is cut down, so that it takes seconds."""


def workflow(name: str) -> Any:
    found = re.search(r"```yaml\n(.*?)```", (ROOT / "docs" / name).read_text("utf-8"), re.S)
    assert found is not None
    return yaml.safe_load(found[1])


def steps_of_github() -> list[str]:
    steps = workflow("ci-github.md")["jobs"]["check"]["steps"]
    return [step["run"] for step in steps if "run" in step]


def steps_of_gitlab() -> list[str]:
    return list(workflow("ci-gitlab.md")["sparsebound"]["script"])


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clean clone, and `sparsebound` and `pytest` that run from it."""
    folder = tmp_path / "clone"
    command = ["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs git, and a checkout to clone")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, module in (("sparsebound", "sparsebound"), ("pytest", "pytest")):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        program.chmod(0o755)
    return folder


@pytest.mark.parametrize("steps", [steps_of_github, steps_of_gitlab])
def test_the_steps_of_a_workflow_run_in_a_clean_clone(steps: Any, clone: Path) -> None:
    page = clone / "step_summary.md"
    path = f"{clone.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(clone / "src"), "CI": "true"}
    environment["GITHUB_STEP_SUMMARY"] = str(page)
    tried = 0
    for step in steps():
        if any(part in step for part in UNTRIED):
            continue
        for part, smaller in SMALLER.items():
            step = step.replace(part, smaller)  # noqa: PLW2901
        if REVIEWED in step:  # the baseline that people commit after a first run
            step = f"sparsebound gate runs/ci {REVIEWED} --update-baseline; {step}"  # noqa: PLW2901
        shell = ["bash", "-eo", "pipefail", "-c", step]
        done = subprocess.run(
            shell, cwd=clone, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        tried += 1
    assert tried >= 2
    for name in ("report.html", "junit.xml", "summary.md"):
        assert "dictionary.welch" in (clone / "runs/ci" / name).read_text(encoding="utf-8")
    assert "reviewed.json" in (clone / "runs/ci" / "gate.html").read_text(encoding="utf-8")
    if steps is steps_of_github:
        assert page.read_text(encoding="utf-8").startswith("### sparsebound: passed")


def test_what_a_workflow_keeps_is_what_a_run_leaves() -> None:
    github = workflow("ci-github.md")["jobs"]["check"]["steps"]
    kept = next(step for step in github if "upload-artifact" in step.get("uses", ""))
    assert kept["with"]["path"] == "runs/ci"
    assert kept["if"] == "always()"
    gitlab = workflow("ci-gitlab.md")["sparsebound"]["artifacts"]
    assert gitlab["when"] == "always"
    assert gitlab["reports"]["junit"] == "runs/ci/junit.xml"
