"""What is built: one package, the same from a checkout and from a source distribution."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
JUNK = (
    *("venv/pyvenv.cfg", "venv/lib/x.py", "checks/.venv/lib/y.py", "theory/notes.txt"),
    *("theory/scratch/z.py", "tests/junk/j.bin", "top.txt", "checks/a [1].py"),
)
"""Files that lie in a tree and that git does not know."""
DATA = {
    *("sparsebound/checks/data/digits.npz", "sparsebound/py.typed"),
    *(f"sparsebound/reports/html/templates/{name}" for name in ("base.html", "run.html")),
    *("sparsebound/reports/html/templates/style.css", "sparsebound/__init__.py"),
    *("sparsebound/__main__.py", "sparsebound/theory/verdict.py", "sparsebound/checks/library.py"),
    *("sparsebound/proofs/model.v", "sparsebound/proofs/rate/unfolded.v"),
}

if find_spec("hatchling") is None:
    pytest.skip("needs hatchling, which builds", allow_module_level=True)


def run(*words: str, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        words,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def clone(folder: Path, *options: str) -> Path:
    """A clone of this checkout, with what was changed since."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs git, and a checkout to clone")
    run("git", *options, "clone", "-q", "--no-hardlinks", str(ROOT), str(folder), cwd=ROOT)
    for name in ("pyproject.toml", "hatch_build.py"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    return folder


def built(tree: Path, out: Path, kind: str) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(out), cwd=tree)
    (found,) = out.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return found


def files(wheel: Path) -> dict[str, bytes]:
    """What a wheel holds, but for the list of it."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/RECORD")]
        return {name: archive.read(name) for name in names}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in a path with a space, with files that git does not know."""
    folder = clone(tmp_path_factory.mktemp("packaging") / "a b")
    for name in JUNK:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> dict[str, bytes]:
    return files(built(checkout, checkout.parent / "wheel", "wheel"))


@pytest.fixture(scope="module")
def source(checkout: Path) -> Path:
    return built(checkout, checkout.parent / "source", "sdist")


def test_the_wheel_is_one_package(wheel: dict[str, bytes]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    tops = {name.partition("/")[0] for name in wheel}
    assert tops == {"sparsebound", f"sparsebound-{version}.dist-info"}
    assert set(wheel) >= DATA
    assert not [name for name in wheel if "baselines/" in name or "tests" in name]


def test_the_metadata_shows_the_readme_as_an_index_can(wheel: dict[str, bytes]) -> None:
    (metadata,) = (text for name, text in wheel.items() if name.endswith("/METADATA"))
    head, _, shown = metadata.decode("utf-8").partition("\n\n")
    assert "\nDescription-Content-Type: text/markdown" in head
    assert shown.startswith("# sparsebound\n")
    assert "](docs/" not in shown


def test_nothing_untracked_is_taken_in(wheel: dict[str, bytes], source: Path) -> None:
    with tarfile.open(source) as tar:
        members = tar.getnames()
    for name in JUNK:
        end = f"/{name}"
        assert not [member for member in (*wheel, *members) if member.endswith(end)], name


def test_a_wheel_from_the_source_distribution_is_the_same(
    wheel: dict[str, bytes], source: Path, tmp_path: Path
) -> None:
    with tarfile.open(source) as tar:
        safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # not in 3.11.2
        tar.extractall(tmp_path, **safe)
    (tree,) = tmp_path.iterdir()
    assert files(built(tree, tmp_path / "wheel", "wheel")) == wheel
    shown = "import sparsebound, sparsebound.checks.library; print(sparsebound.__file__)"
    path = str(tree / "src")
    assert path in run(sys.executable, "-c", shown, cwd=tmp_path, PYTHONPATH=path)


def test_a_checkout_without_symbolic_links(wheel: dict[str, bytes], tmp_path: Path) -> None:
    tree = clone(tmp_path / "clone", "-c", "core.symlinks=false")
    assert not (tree / "src" / "sparsebound" / "theory").is_symlink()
    assert files(built(tree, tmp_path / "wheel", "wheel")) == wheel
    path = str(tree / "src")
    shown = "import sparsebound.theory as t; print(t.__file__)"
    assert str(tree / "theory") in run(sys.executable, "-c", shown, cwd=tmp_path, PYTHONPATH=path)
    listed = run(sys.executable, "-m", "sparsebound", "list", cwd=tmp_path, PYTHONPATH=path)
    assert "uniqueness.spark" in listed


def test_the_command_is_a_module_too() -> None:
    shown = run(sys.executable, "-m", "sparsebound", "--help", cwd=ROOT)
    assert shown.startswith("usage: sparsebound ")
