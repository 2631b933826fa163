"""Repositories with packages, modules and folders of their own named as our folders are."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

NAMES = ("checks", "theory", "reports")
SOLVER = """
from sparsebound.checks.algorithms import proximal

def ista(D, Y, lam, L, start, steps):
    return proximal.ista(D, Y, lam, L, start, steps).points
"""
CONJECTURE = """
from dataclasses import replace
from sparsebound.theory.dictionary.welch import THEOREM
MINE = replace(THEOREM, id="mine.welch", title="Mine")
"""
TEST = """
import pytest
from sparsebound.checks.pytest_plugin import check_theorem
{imports}

@pytest.mark.theorems("rate.ista")
def test_solver(theorem, record_property):
    check_theorem(theorem, record_property, subject=ista)

@pytest.mark.theorems(load=["mine.py"])
def test_mine(theorem, record_property):
    check_theorem(theorem, record_property)
"""
COMMAND = [sys.executable, "-c", "from sparsebound.checks.commands.main import main; "
           "import sys; sys.path[:] = [p for p in sys.path if p]; sys.exit(main())"]  # fmt: skip
"""As the installed script runs: the current directory is not on the path."""


def laid_out(root: Path, kind: str) -> str:
    """Write a repository; say where its solver is."""
    (root / "mine.py").write_text(CONJECTURE)
    for name in NAMES:
        if kind == "modules":
            (root / f"{name}.py").write_text(SOLVER)
            continue
        (root / name).mkdir()
        (root / name / "solver.py").write_text(SOLVER)
        if kind == "packages":
            (root / name / "__init__.py").write_text("OWN = True\n")
    return "checks" if kind == "modules" else "checks.solver"


def run(root: Path, *words: str, path: str = "") -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    if path:
        environment["PYTHONPATH"] = path
    return subprocess.run(
        words, cwd=root, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("packages", "."),
        pytest.param("folders", "", marks=pytest.mark.nightly),
        pytest.param("modules", ".", marks=pytest.mark.nightly),
    ],
)
def test_everything_works_beside_them(kind: str, path: str, tmp_path: Path) -> None:
    solver = laid_out(tmp_path, kind)
    listed = run(tmp_path, *COMMAND, "list", path=path)
    assert "uniqueness.spark" in listed.stdout, listed.stderr
    few = ["--examples", "10", "--jobs", "2" if kind == "packages" else "1"]
    words = ["check", "rate.ista", "--subject", f"{solver}:ista", *few, "--out", "solver"]
    solved = run(tmp_path, *COMMAND, *words, path=path)
    assert solved.returncode == 0, solved.stderr
    assert "1 held" in solved.stdout
    loaded = run(tmp_path, *COMMAND, "check", "--load", "mine.py", *few, "--out", "l", path=path)
    assert loaded.returncode == 0, loaded.stderr
    (tmp_path / "test_mine.py").write_text(TEST.format(imports=f"from {solver} import ista"))
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    options = ["-q", "--sparsebound-examples", "10", "-p", "no:cacheprovider"]
    tested = run(tmp_path, sys.executable, "-m", "pytest", *options, path=path)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "2 passed" in tested.stdout
    own = [name if kind == "modules" else f"{name}.solver" for name in NAMES]
    shown = f"import sparsebound.checks.library, {', '.join(own)}; import sys; "
    shown += f"print(*(sys.modules[name].__file__ for name in {own}), sep='\\n')"
    files = run(tmp_path, sys.executable, "-c", shown, path=path)
    assert [line.startswith(str(tmp_path)) for line in files.stdout.splitlines()] == [True] * 3


@pytest.mark.skipif(find_spec("django") is None, reason="django is not installed")
def test_a_django_project_may_have_an_app_named_reports(tmp_path: Path) -> None:
    place = str(Path(str(find_spec("django").origin)).parents[1])  # type: ignore[union-attr]
    made = run(tmp_path, sys.executable, "-m", "django", "startproject", "site_", ".", path=place)
    assert made.returncode == 0, made.stderr
    for name in NAMES:
        app = run(tmp_path, sys.executable, "manage.py", "startapp", name, path=place)
        assert app.returncode == 0, app.stderr
    listed = run(tmp_path, *COMMAND, "list", path=place)
    assert "uniqueness.spark" in listed.stdout


@pytest.mark.parametrize("name", NAMES)
def test_no_module_of_ours_has_a_name_that_is_everybodys(name: str, tmp_path: Path) -> None:
    """What Django's ``startapp`` asks: can the name be imported already?"""
    code = f"import sparsebound, importlib.util as u; print(u.find_spec({name!r}))"
    assert run(tmp_path, sys.executable, "-c", code).stdout.strip() == "None"
