"""What a repository says of itself: ``[tool.sparsebound]`` in its ``pyproject.toml``.

::

    [tool.sparsebound]
    baseline = "reviewed/{profile}.json"    # sparsebound-baseline.json by default
    benchmarks = "reviewed/benchmarks.json" # sparsebound-benchmarks.json by default
    kernels = "mypackage.kernels"           # benchmarks of your own; none by default

Paths are relative to the file. A module of kernels has a mapping ``KERNELS`` from names to
functions that prepare a call and return it; it may have ``GROWTH`` and ``KIND``, as
``sparsebound.checks.kernels`` has.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sparsebound.theory.errors import InputError

FILE = "pyproject.toml"
MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True)
class Project:
    """A repository, or the current directory where there is none.

    Attributes
    ----------
    root : Path
        Where its ``pyproject.toml`` is, or its ``.git``; else the current directory.
    baseline : str
        The reviewed run, relative to the root; ``{profile}`` stands for that of the run.
    benchmarks : str
        The reviewed benchmarks, relative to the root.
    kernels : str or None
        The module of its benchmarks.
    """

    root: Path
    baseline: str = "sparsebound-baseline.json"
    benchmarks: str = "sparsebound-benchmarks.json"
    kernels: str | None = None

    def baseline_of(self, profile: str) -> Path:
        """Say where the reviewed run of a profile is.

        Examples
        --------
        >>> Project(Path("."), "reviewed/{profile}.json").baseline_of("ci").as_posix()
        'reviewed/ci.json'
        """
        return self.root / self.baseline.replace("{profile}", profile)


def project(start: Path | None = None) -> Project:
    r"""Find the repository of a directory, and read what it says.

    Parameters
    ----------
    start : Path, optional
        The directory; the current one by default.

    Raises
    ------
    InputError
        If its ``pyproject.toml`` cannot be read, or the table holds something else.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> folder = Path(mkdtemp())
    >>> _ = (folder / "pyproject.toml").write_text("[tool.sparsebound]\nkernels = 'mine.kernels'")
    >>> project(folder).kernels
    'mine.kernels'
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return Project(folder, **_table(folder / FILE))
        if (folder / ".git").exists():
            return Project(folder)
    return Project(here)


def _table(file: Path) -> dict[str, str]:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(FILE, str(file), f"a readable TOML file ({error})") from error
    table: Any = document.get("tool", {}).get("sparsebound", {})
    where = f"[tool.sparsebound] in {file}"
    if not isinstance(table, dict):
        raise InputError(where, table, "a table")
    known = ("baseline", "benchmarks", "kernels")
    if unknown := sorted(set(table) - set(known)):
        raise InputError(where, unknown, f"some of {', '.join(known)}")
    for name, value in table.items():
        if not isinstance(value, str) or not value:
            raise InputError(f"{name} of {where}", value, "a string that is not empty")
        if name == "kernels" and not MODULE.fullmatch(value):
            raise InputError(f"{name} of {where}", value, "a module, such as mypackage.kernels")
        if name != "kernels" and Path(value).is_absolute():
            raise InputError(f"{name} of {where}", value, "a path relative to that file")
    return table
