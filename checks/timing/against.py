"""A base commit: which it is, and its source tree beside the one that runs."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sparsebound import checks
from sparsebound.theory.errors import InputError


@dataclass(frozen=True)
class SourceTree:
    """What workers run.

    Attributes
    ----------
    root : Path
        Of the tree.
    python : str
        The interpreter of the environment that has what the tree depends on; by default, this one.
    """

    root: Path
    python: str = sys.executable


HEAD = SourceTree(Path(checks.__file__).resolve().parents[1])
"""The one that runs."""


@contextmanager
def checkout(ref: str, python: str = sys.executable) -> Iterator[SourceTree]:
    """Unpack a commit's source tree.

    Parameters
    ----------
    ref : str
        The commit.
    python : str
        The interpreter of the environment that has what it depends on.

    Yields
    ------
    SourceTree
        In a temporary folder.

    Raises
    ------
    InputError
        If what runs is not a git checkout, or has no such commit.
    """
    try:
        top = _git("rev-parse", "--show-toplevel")
    except FileNotFoundError:
        raise InputError("--base", ref, "git to be installed") from None
    if top.returncode or Path(top.stdout.decode().strip()).resolve() != HEAD.root:
        raise InputError("--base", ref, f"sparsebound to run from a git checkout, not {HEAD.root}")
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if commit.returncode:
        raise InputError("--base", ref, "a commit of this repository (a shallow clone has few)")
    archive = _git("archive", "--format=tar", commit.stdout.decode().strip())
    archive.check_returncode()
    with TemporaryDirectory(prefix="sparsebound-base-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            tar.extractall(folder, filter="data")
        yield SourceTree(Path(folder), python)


def interpreter(python: str | None) -> str:
    """Find the interpreter of a base commit's environment.

    Parameters
    ----------
    python : str or None
        A path, or a command; None is this one.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If it cannot be executed.
    """
    if python is None:
        return sys.executable
    found = shutil.which(python)
    if found is None:
        raise InputError("--base-python", python, "an interpreter, such as base/.venv/bin/python")
    return str(Path(found).absolute())  # links are how an environment knows itself


def _git(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", "-C", str(HEAD.root), *words], capture_output=True, check=False)
