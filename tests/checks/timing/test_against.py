"""Workers that time trees: a planted slowdown is found, an equal tree is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.timing.against import HEAD, checkout, compare
from checks.timing.paired import Worker, WorkerError
from theory.errors import InputError

KERNELS = """
def linear():
    return lambda: sum(i * i for i in range({size}))

KERNELS = {{"{name}": linear}}
"""


def tree(root: Path, size: int = 20_000, name: str = "linear") -> Path:
    (root / "checks").mkdir(parents=True)
    (root / "checks" / "__init__.py").touch()
    (root / "checks" / "kernels.py").write_text(KERNELS.format(size=size, name=name))
    return root


def test_a_slowdown_of_1_3_is_found_and_no_slowdown_is_not(tmp_path: Path) -> None:
    base, slow = tree(tmp_path / "base"), tree(tmp_path / "slow", size=26_000)
    ((same,), _), ((slower,), _) = compare(base, base), compare(base, slow)
    assert (same.verdict, len(same.runs)) == ("passed", 1)
    assert (slower.verdict, len(slower.runs)) == ("regression", 2)


def test_a_kernel_that_is_renamed(tmp_path: Path) -> None:
    timings, found = compare(tree(tmp_path / "a"), tree(tmp_path / "b", name="other"))
    assert timings == []
    assert {f.now for f in found} == {"gone", "new", "none"}


@pytest.mark.parametrize(
    ("kernels", "message"),
    [
        ("KERNELS = {'k': lambda: lambda: 1 / 0}", "ZeroDivisionError"),
        ("import os; KERNELS = {'k': lambda: os._exit(3)}", "the worker has ended"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
    ],
)
def test_a_worker_that_fails(tmp_path: Path, kernels: str, message: str) -> None:
    (tree(tmp_path) / "checks" / "kernels.py").write_text(kernels)
    with pytest.raises(WorkerError, match=message):
        compare(tmp_path, tmp_path)


def test_a_tree_without_kernels_does_not_use_those_installed(tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match="no checks/kernels"):
        Worker(tmp_path)


def test_a_commit_is_unpacked() -> None:
    if not (HEAD / ".git").exists():
        pytest.skip("not a git checkout: there is no commit to unpack")
    with checkout("HEAD") as base:
        assert (base / "checks" / "__init__.py").is_file()
    assert not base.exists()


def test_no_such_commit() -> None:
    with pytest.raises(InputError, match="--base is"), checkout("no-such-commit"):
        pass
