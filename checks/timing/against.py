"""A base commit: which it is, and its source tree beside the one that runs."""

from __future__ import annotations

import io
import os
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
    module : str
        The module of its kernels.
    """

    root: Path
    python: str = sys.executable
    module: str = "sparsebound.checks.kernels"


HEAD = SourceTree(Path(checks.__file__).resolve().parents[1])
"""Our own, which runs."""


@contextmanager
def checkout(
    ref: str, python: str = sys.executable, head: SourceTree = HEAD
) -> Iterator[SourceTree]:
    """Unpack a commit's source tree.

    Parameters
    ----------
    ref : str
        The commit.
    python : str
        The interpreter of the environment that has what it depends on.
    head : SourceTree
        The tree of which it is an earlier state.

    Yields
    ------
    SourceTree
        In a temporary folder. Of the parent, if the commit is what runs, unchanged.

    Raises
    ------
    InputError
        If the tree is not a git checkout, or has no such commit.
    """
    try:
        top = _git(head, "rev-parse", "--show-toplevel")
    except FileNotFoundError:
        raise InputError("--base", ref, "git to be installed") from None
    if top.returncode:
        raise InputError("--base", ref, f"to measure a git checkout, not {head.root}")
    commit = _git(head, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if commit.returncode:
        raise InputError("--base", ref, "a commit of this repository (a shallow clone has few)")
    found = _other(head, ref, commit.stdout.decode().strip())
    archive = _git(head, "archive", "--format=tar", found)
    archive.check_returncode()
    with TemporaryDirectory(prefix="sparsebound-base-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            unpack(tar, Path(folder))
        yield SourceTree(Path(folder), python, head.module)


def _other(head: SourceTree, ref: str, commit: str) -> str:
    """Take the parent of a commit that is what runs: on a push to main, main is that."""
    here = _git(head, "rev-parse", "HEAD").stdout.decode().strip()
    changed = _git(head, "status", "--porcelain", "--untracked-files=no").stdout.strip()
    if commit != here or changed:
        return commit
    parent = _git(head, "rev-parse", "--verify", "--quiet", f"{commit}^1")
    if parent.returncode:
        expected = "another commit than the one that runs (it has no parent in this clone)"
        raise InputError("--base", ref, expected)
    found = parent.stdout.decode().strip()
    print(f"--base {ref} is the commit that runs: taking the one before, {found[:12]}", flush=True)
    return found


def unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Unpack an archive of a source tree, and nothing that would land outside the folder.

    Parameters
    ----------
    tar : TarFile
        The archive.
    folder : Path
        Where it goes.

    Raises
    ------
    tarfile.TarError
        If a member would land outside, or is neither a file nor a folder nor a link.
    """
    if hasattr(tarfile, "data_filter"):
        tar.extractall(folder, filter="data")
        return
    root = folder.resolve()  # Python 3.11 before 3.11.4, as Debian 12 has it
    for member in tar.getmembers():
        target = root / member.name
        leads = (target.parent / member.linkname) if member.issym() else target
        if not (member.isreg() or member.isdir() or member.issym()):
            raise tarfile.ExtractError(f"{member.name}: neither a file nor a folder nor a link")
        for path in (target, leads):
            if (
                Path(os.path.normpath(path)) != root
                and root not in Path(os.path.normpath(path)).parents
            ):
                raise tarfile.ExtractError(f"{member.name}: outside the archive")
    tar.extractall(root)


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


def _git(head: SourceTree, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", "-C", str(head.root), *words], capture_output=True, check=False)
