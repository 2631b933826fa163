"""Python files of somebody else, which a run takes along to machines that do not have them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sparsebound.checks.faults import is_theirs
from sparsebound.checks.places import look_in
from sparsebound.checks.protocol import Subject


@dataclass(frozen=True)
class Sources:
    """Files by their content.

    Attributes
    ----------
    files : mapping
        By absolute path.
    roots : tuple of str
        Folders where they look for modules.

    Examples
    --------
    >>> Sources.of([], None).files
    {}
    """

    files: Mapping[str, bytes]
    roots: tuple[str, ...]

    @classmethod
    def of(cls, load: Sequence[str], subject: Subject | None) -> Self:
        """Collect what is loaded, and what that has imported from beside it.

        Parameters
        ----------
        load : sequence of str
            Absolute paths of files that have been loaded.
        subject : Subject or None
            What is checked. An installed package is not taken along.
        """
        wanted = set(load)
        roots = {os.path.dirname(file) for file in load}
        if subject and subject.file and is_theirs(subject.file):
            wanted.add(subject.file)
            roots.add(_root(subject.name.rpartition(":")[0], Path(subject.file)))
        for module in list(sys.modules.values()):
            file = os.path.abspath(getattr(module, "__file__", None) or "")
            beside = any(file.startswith(os.path.join(root, "")) for root in roots)
            if beside and file.endswith(".py") and is_theirs(file):
                wanted.add(file)
        files = {file: Path(file).read_bytes() for file in sorted(wanted)}
        return cls(files, tuple(sorted(roots)))

    def unpack(self, folder: str) -> None:
        """Write the files below a folder, as they lie below the root of theirs."""
        for file, content in self.files.items():
            path = Path(folder + file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def look(self, folder: str) -> None:
        """Let imports look among the files that were written there."""
        for root in self.roots:
            look_in(folder + root)


def _root(module: str, file: Path) -> str:
    """Find the folder from which a module is imported."""
    if module.endswith(".py"):
        return str(file.parent)
    depth = module.count(".") + (file.name == "__init__.py")
    return str(file.parents[min(depth, len(file.parents) - 1)])
