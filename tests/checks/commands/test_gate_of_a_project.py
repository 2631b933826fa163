"""The gate in a repository that is not ours: where its baseline lies, and benchmarks of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sparsebound.checks.commands.main import main
from sparsebound.checks.project import Project, project
from sparsebound.checks.timing.against import unpack
from sparsebound.theory.errors import InputError

KERNELS = """
def work(times):
    return lambda: sum(i * i for i in range(times))

KERNELS = {"mine.sum": lambda: work(%d)}
"""


def git(repository: Path, *words: str) -> None:
    identity = {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER")
                for what in ("NAME", "EMAIL")}  # fmt: skip
    done = subprocess.run(
        ["git", *words],
        cwd=repository,
        env={**os.environ, **identity},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a run of ten examples, and without a word about the gate."""
    (tmp_path / "sub").mkdir()
    git(tmp_path, "init", "-q")
    monkeypatch.chdir(tmp_path / "sub")
    words = ["check", "dictionary.welch", "--examples", "10", "--jobs", "1"]
    assert main([*words, "--out", "run"]) == 0
    return tmp_path


def test_the_baseline_lies_in_the_repository(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gate", "run"]) == 2
    said = capsys.readouterr().err
    assert f"--baseline is '{repository}/sparsebound-baseline.json'" in said
    assert "--update-baseline writes one" in said
    assert main(["gate", "run", "--update-baseline"]) == 0
    assert (repository / "sparsebound-baseline.json").is_file()
    assert not (repository / "sparsebound-benchmarks.json").exists()  # it has no kernels
    assert main(["gate", "run"]) == 0
    assert "passed: 1 theorem against" in capsys.readouterr().out
    for option in ("--base", "--base-python"):
        assert main(["gate", "run", option, "HEAD"]) == 2
        assert "[tool.sparsebound] in pyproject.toml names their module" in capsys.readouterr().err


def test_or_where_its_pyproject_says(repository: Path) -> None:
    table = '[tool.sparsebound]\nbaseline = "reviewed/{profile}.json"\n'
    (repository / "pyproject.toml").write_text(table)
    (repository / "reviewed").mkdir()
    assert main(["gate", "run", "--update-baseline"]) == 0
    assert main(["gate", "run"]) == 0
    assert (repository / "reviewed" / "dev.json").is_file()


def test_benchmarks_of_ones_own(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = repository / "src" / "mine"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "kernels.py").write_text(KERNELS % 20_000)
    (repository / "pyproject.toml").write_text('[tool.sparsebound]\nkernels = "mine.kernels"\n')
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "before")
    assert main(["gate", "run", "--update-baseline"]) == 0
    reviewed = json.loads((repository / "sparsebound-benchmarks.json").read_text())
    assert "mine.sum" in json.dumps(reviewed)
    (package / "kernels.py").write_text(KERNELS % 60_000)
    capsys.readouterr()
    assert main(["gate", "run", "--base", "HEAD"]) == 1
    shown = capsys.readouterr().out
    assert "regression (time): mine.sum" in shown
    assert "failed: 1 theorem" in shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[tool.sparsebound]\nbase = 1",
            "['base']; expected some of baseline, benchmarks, kernels",
        ),
        ("[tool.sparsebound]\nbaseline = 1", "expected a string that is not empty"),
        ('[tool.sparsebound]\nkernels = "a b"', "expected a module, such as mypackage.kernels"),
        ('[tool.sparsebound]\nbaseline = "/x"', "expected a path relative to that file"),
        ("[tool]\nsparsebound = 3", "expected a table"),
        ("[tool", "expected a readable TOML file"),
    ],
)
def test_a_table_that_says_something_else(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(InputError) as error:
        project(tmp_path)
    assert message in str(error.value)


def test_a_directory_that_is_no_repository(tmp_path: Path) -> None:
    assert project(tmp_path).root in (tmp_path, *tmp_path.parents)
    (tmp_path / "pyproject.toml").write_text("")
    assert project(tmp_path) == Project(tmp_path)


def archive(*members: tuple[str, bytes | str]) -> tarfile.TarFile:
    """An archive of files, and of links where a name is given instead of bytes."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            if isinstance(content, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, content
                tar.addfile(entry)
            else:
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    stream.seek(0)
    return tarfile.open(fileobj=stream)


@pytest.fixture(params=["with filters", "as Debian 12 has it"])
def unpacked(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    if request.param != "with filters":
        monkeypatch.delattr(tarfile, "data_filter", raising=False)
        original = tarfile.TarFile.extractall

        def without(self: tarfile.TarFile, path: Path) -> None:
            """Of Python 3.11.2: the argument ``filter`` is unknown."""
            original(self, path, filter="fully_trusted")

        monkeypatch.setattr(tarfile.TarFile, "extractall", without)
    return unpack


def test_a_source_tree_is_unpacked(unpacked: Callable[..., None], tmp_path: Path) -> None:
    with archive(("a/one.py", b"1"), ("src/a", "../a")) as tar:
        unpacked(tar, tmp_path)
    assert (tmp_path / "src" / "a" / "one.py").read_bytes() == b"1"


@pytest.mark.parametrize(
    "member", [("../out.py", b"1"), ("link", "../../elsewhere"), ("a/../../out.py", b"1")]
)
def test_nothing_lands_outside(
    unpacked: Callable[..., None], member: tuple[str, bytes | str], tmp_path: Path
) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with archive(("a.py", b"1"), member) as tar, pytest.raises(tarfile.TarError):
        unpacked(tar, inside)
    assert {path.name for path in tmp_path.iterdir()} == {"inside"}
