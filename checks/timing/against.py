"""A base commit: which it is, and its source tree beside the one that runs."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import checks
from theory.errors import InputError

HEAD = Path(checks.__file__).resolve().parents[1]
"""The root of the source tree that runs."""


@contextmanager
def checkout(ref: str) -> Iterator[Path]:
    """Unpack a commit's source tree.

    Parameters
    ----------
    ref : str
        The commit.

    Yields
    ------
    Path
        The tree's root, in a temporary folder.

    Raises
    ------
    InputError
        If what runs is not a git checkout, or has no such commit.
    """
    try:
        top = _git("rev-parse", "--show-toplevel")
    except FileNotFoundError:
        raise InputError("--base", ref, "git to be installed") from None
    if top.returncode or Path(top.stdout.decode().strip()).resolve() != HEAD:
        raise InputError("--base", ref, f"sparsebound to run from a git checkout, not {HEAD}")
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if commit.returncode:
        raise InputError("--base", ref, "a commit of this repository (a shallow clone has few)")
    archive = _git("archive", "--format=tar", commit.stdout.decode().strip())
    archive.check_returncode()
    with TemporaryDirectory(prefix="sparsebound-base-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            tar.extractall(folder, filter="data")
        yield Path(folder)


def _git(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", "-C", str(HEAD), *words], capture_output=True, check=False)
