"""Codes on the workers of a cluster: ranges of rows are sent, and what is known of them comes back.

Every worker reads the two files itself, so these lie where all of them can read them, under one
path; codes in ``.npy`` are mapped, and a worker reads its own rows alone. The dictionary's own
products are shared out by :mod:`sparsebound.checks.certify.tiles`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.atoms import atoms as oriented
from sparsebound.checks.certify.correlations import Gram
from sparsebound.checks.certify.judging import EachCode
from sparsebound.checks.certify.kept import digest_of
from sparsebound.checks.certify.looking import look_at
from sparsebound.checks.certify.one_side import one_side
from sparsebound.checks.certify.own_codes import read_codes, without
from sparsebound.checks.certify.reading import given
from sparsebound.checks.certify.supports import counts
from sparsebound.checks.executor import Executor, Lost
from sparsebound.checks.sources import Sources
from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.profile import Profile

OPTION = "--cluster"
Rows = tuple[int, int]
"""The first row of a range, and the one after its last."""


@dataclass(frozen=True)
class Files:
    """What a worker reads, and how.

    Attributes
    ----------
    dictionary : str
        An absolute path.
    codes : str or None
        Another, if there are codes.
    array, layout : str, optional
        Which array is the dictionary, and how it has its atoms.
    drop_zero : bool
        Whether zero atoms are left out.
    axis : str
        How codes are stored.
    below : float
        What is taken for zero in them.
    memory : int
        Bytes that a worker may use.
    """

    dictionary: str
    codes: str | None
    array: str | None
    layout: str | None
    drop_zero: bool
    axis: str
    below: float
    memory: int

    @classmethod
    def of(cls, dictionary: Any, codes: Any, *reading: Any) -> Files:
        """Take one path or two, and the rest.

        Raises
        ------
        InputError
            If they are no files.
        """
        there = None if codes is None else _absolute(codes, "--codes")
        return cls(_absolute(dictionary, "FILE"), there, *reading)

    def atoms(self, digest: str) -> Atoms:
        """Atoms, which are laid out as is known by now.

        Raises
        ------
        InputError
            If the file cannot be read, or is not what the process that began has read.
        """
        stored = given(self.dictionary, "FILE", array=self.array)
        found = oriented(stored, self.layout, drop_zero=self.drop_zero)
        if digest_of(found.rows, found.layout) != digest:
            raise other_file(self.dictionary)
        return found

    def read(self, digest: str) -> tuple[Atoms, Any]:
        """Atoms, and codes as coefficients of them.

        Raises
        ------
        InputError
            If a file cannot be read, or the atoms are not those of the process that began.
        """
        found = self.atoms(digest)
        X = read_codes(self.codes, axis=self.axis, below=self.below).array
        return found, without(X, found.dropped)


@dataclass
class Elsewhere:
    """Workers of a cluster that look at codes, or at the products of atoms.

    Attributes
    ----------
    files : Files
    cluster : str
        The address of a scheduler, its file, or ``local[N]``.
    any_arithmetic : bool
        Whether workers may round differently: bounds hold all the same, in other last digits.
    """

    files: Files
    cluster: str
    any_arithmetic: bool = False

    def processes(
        self, atoms: Atoms, start: Callable[..., Callable[[Any], Any]], *arguments: Any
    ) -> Executor:
        """Processes of workers that read the same atoms, not entered yet.

        Parameters
        ----------
        atoms : Atoms
            As read here.
        start : callable
            Called with what to read, the digest of the atoms, and ``arguments``.
        *arguments : object
            Whatever else it needs.

        Raises
        ------
        InputError
            If there cannot be such a cluster.
        """
        from sparsebound.checks.cluster import Cluster

        return Cluster(
            self.cluster,
            float("inf"),
            Sources.of([], None),
            start,
            replace(self.files, layout=atoms.layout),
            digest_of(atoms.rows, atoms.layout),
            *arguments,
            any_arithmetic=self.any_arithmetic,
        )

    def look(
        self, each: EachCode, atoms: Atoms, d: Profile, single: bool, ranges: Iterable[Rows]
    ) -> Iterator[tuple[Rows, bool]]:
        """Enter what is known of ranges of codes, as it comes; and say of each whether it came.

        Raises
        ------
        InputError
            If there is no such cluster, or its workers read other files.
        """
        known = replace(d)  # without what has been worked out, and kept, of it
        with self.processes(atoms, start, known, single) as processes:
            for (first, stop), answer in processes.do(ranges):
                if not isinstance(answer, Lost):
                    self._enter(each, np.arange(first, stop), answer)
                yield (first, stop), not isinstance(answer, Lost)

    def _enter(self, each: EachCode, rows: Any, found: EachCode) -> None:
        if not np.array_equal(found.sparsity, each.sparsity[rows]):
            raise other_file(self.files.codes)
        each.enter(rows, vars(found))


def start(
    files: Files, digest: str, d: Profile, single: bool, _place: str | None = None
) -> Callable[[Rows], EachCode]:
    """Read the files in a process of a worker; gives what looks at a range of codes.

    Raises
    ------
    InputError
        If they are not what the process that began has read.
    """
    atoms, X = files.read(digest)
    side = one_side(atoms)
    gram = Gram(atoms, files.memory, single=single, side=side)

    def look(rows: Rows) -> EachCode:
        part = X[slice(*rows)]
        each = EachCode.of(counts(part), one_side=side is not None)
        with ThreadPoolExecutor(1) as pool:
            for _ in look_at(each, gram, d, part, np.arange(len(each.sparsity)), pool):
                pass
        return each

    return look


def other_file(path: str | None) -> InputError:
    """The error of a worker that does not read what was read here."""
    return InputError(OPTION, path, "a file that is the same for all workers")


def lost_with_workers(lost: tuple[Rows, ...]) -> list[str]:
    """Say of which codes nothing is known.

    Examples
    --------
    >>> lost_with_workers(((0, 4096),))
    ['--cluster: nothing is known of codes 0 to 4095: their workers were lost again and again']
    """
    return [
        f"{OPTION}: nothing is known of codes {first} to {stop - 1}: their workers were lost again "
        "and again"
        for first, stop in lost
    ]


def _absolute(value: Any, option: str) -> str:
    if not isinstance(value, str | Path):
        raise InputError(option, "(an array)", f"a file that workers can read, with {OPTION}")
    return str(Path(value).resolve())
