"""Where a result comes from: versions, machine, commit, time, and the command that repeats it."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from typing import Any

import numpy as np

PLUGINS = "sparsebound.plugins"
"""Entry points by which installed packages extend this one."""
PACKAGES = ("numpy", "scipy", "hypothesis", "cvxpy", "python-flint")


def provenance(*, seed: int, profile: str, command: str, load: tuple[str, ...]) -> dict[str, Any]:
    """Collect what is needed to say where a run came from, and to repeat it.

    Parameters
    ----------
    seed : int
        Of the run.
    profile : str
        Its profile.
    command : str
        The command line that repeats it.
    load : tuple of str
        The user's files; their SHA-256 is kept.

    Returns
    -------
    dict
        For JSON. Versions of packages that are not installed are None, as is the commit outside
        of a checkout.

    Examples
    --------
    >>> found = provenance(seed=0, profile="dev", command="sparsebound check", load=())
    >>> found["seed"], found["versions"]["numpy"] is not None
    (0, True)
    """
    at, changed = commit()
    return {
        "sparsebound": installed("sparsebound"),
        "commit": at,
        "uncommitted_changes": changed,
        "python": platform.python_version(),
        "versions": {name: installed(name) for name in PACKAGES},
        "arithmetic": arithmetic(),
        "platform": platform.platform(),
        "cpus": cpus(),
        "seed": seed,
        "profile": profile,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "loaded": {file: digest(file) for file in load},
    }


def made_of() -> dict[str, str]:
    """Say with what this process computes: another one gives the same results with the same.

    Returns
    -------
    dict
        Versions of Python, of this package, of those that it computes with and of plugins; digests
        of this package's files, as ``code``, and of how this machine rounds, as ``arithmetic``.

    Examples
    --------
    >>> made_of()["arithmetic"] == arithmetic()
    True
    """
    found = {name: installed(name) for name in ("sparsebound", *PACKAGES)}
    plugins = {point.dist for point in entry_points(group=PLUGINS) if point.dist}
    return {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        **{name: version or "none" for name, version in found.items()},
        **{plugin.name: plugin.version for plugin in plugins},
        "code": code(),
        "arithmetic": arithmetic(),
    }


@cache
def code() -> str:
    """Compute a digest of the Python files of this package.

    Returns
    -------
    str

    Examples
    --------
    >>> len(code())
    16
    """
    root, found = Path(__file__).resolve().parents[1], hashlib.sha256()
    for room in ("theory", "checks", "reports"):
        for path in sorted((root / room).rglob("*.py")):
            found.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def arithmetic() -> str:
    """Tell machines apart that round differently: a digest of fixed linear algebra.

    Returns
    -------
    str
        Equal where products, eigenvalues, singular values and solutions agree in every bit.

    Examples
    --------
    >>> arithmetic() == arithmetic()
    True
    """
    A = np.sin(np.arange(48 * 48.0)).reshape(48, 48)
    symmetric = A @ A.T
    values = [symmetric, *np.linalg.eigh(symmetric), *np.linalg.svd(A)]
    values += [np.linalg.solve(A + 48 * np.eye(48), A), np.exp(A)]
    return hashlib.sha256(b"".join(value.tobytes() for value in values)).hexdigest()[:16]


def processor() -> str:
    """Name the kind of processor, on which ratios of times depend.

    Returns
    -------
    str
        "unknown" where the system does not say.

    Examples
    --------
    >>> bool(processor())
    True
    """
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return (named or [platform.processor() or platform.machine() or "unknown"])[0]


def installed(name: str) -> str | None:
    """Look up the version of an installed package.

    Parameters
    ----------
    name : str
        As in the package index.

    Returns
    -------
    str or None

    Examples
    --------
    >>> installed("no-such-package") is None
    True
    """
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def cpus() -> int:
    """Count the processors that this process may use.

    Returns
    -------
    int

    Examples
    --------
    >>> cpus() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def digest(file: str) -> str:
    """Compute the SHA-256 of a file.

    Parameters
    ----------
    file : str
        Its path.

    Returns
    -------
    str
    """
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def commit() -> tuple[str | None, bool | None]:
    """Find the commit of this code, and whether tracked files differ from it.

    Returns
    -------
    commit : str or None
        None for an installation, also inside some other project's checkout.
    changed : bool or None
    """
    here = Path(__file__).resolve()
    if _git(here.parent, "ls-files", "--error-unmatch", here.name) is None:
        return None, None
    at = _git(here.parent, "rev-parse", "HEAD")
    changes = _git(here.parent, "status", "--porcelain", "--untracked-files=no")
    return at, None if changes is None else bool(changes)


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
