"""What holds for each code of a file, and which atoms are to blame where nothing does.

Codes are looked at in blocks, each in batches of similar sparsity; see ``correlations``. What that
leaves open is looked at again, code by code and up to a limit: near ties in exact arithmetic, and
for a better dual certificate; see ``searches``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.blocked import MEGABYTE, Progress
from sparsebound.checks.certify.correlations import WIDTH, Gram
from sparsebound.checks.certify.elsewhere import Elsewhere, Rows
from sparsebound.checks.certify.judging import EachCode
from sparsebound.checks.certify.kept import KeptBlocks
from sparsebound.checks.certify.looking import chunk_of, look_at
from sparsebound.checks.certify.one_side import one_side
from sparsebound.checks.certify.searches import Searched, search
from sparsebound.checks.certify.statistics import MarginDistribution, distribution
from sparsebound.checks.certify.supports import counts
from sparsebound.checks.provenance import cpus
from sparsebound.theory.arithmetic import IntArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.codes import CERTIFIED, NOT_ASKED, OPEN, PROPERTIES, REFUTED
from sparsebound.theory.guarantees.profile import Profile

SHOWN = 20
"""Codes without a property that are kept, of each property."""

NEARLY = 0.01
"""Margins that are looked at again in float64 where float32 did not decide."""

OFF_SUPPORTS = "block"
"""What the files of blocks are called whose atoms have been looked at."""


@dataclass(frozen=True)
class Share:
    """How many codes have a property, by a theorem, and how many have not."""

    property: str
    theorem: str
    asked: int
    certified: int
    refuted: int
    unknown: int
    share: float
    margins: MarginDistribution


@dataclass(frozen=True)
class Failing:
    """A code that is not certified, whether it is refuted, and the atom to blame."""

    code: int
    property: str
    theorem: str
    refuted: bool
    margin: float | None
    atom: int | None


@dataclass(frozen=True)
class CertifiedCodes:
    """What holds for the codes of a file.

    ``growth`` is the distribution of ``||(D_S^T D_S)^{-1}||`` in the maximum norm, the factor of
    ``lam`` in the error of the Lasso by ``stability.lasso_witness``; ``lasso_reach`` that of the
    ``lam`` up to which the Lasso has the signs of a code, by ``uniqueness.lasso``, where it has
    them for small ``lam``. Both are of normalised atoms. ``each`` has arrays, one entry a code.
    ``lost`` are ranges of codes of which nothing is known: workers of a cluster died of them.
    """

    count: int
    sparsity: tuple[int, int]
    growth: MarginDistribution
    lasso_reach: MarginDistribution
    properties: tuple[Share, ...]
    failing: tuple[Failing, ...]
    searched: Searched
    each: EachCode = field(repr=False, compare=False)
    lost: tuple[Rows, ...] = ()


def certify_codes(
    atoms: Atoms,
    d: Profile,
    X: Any,
    *,
    memory: int = 1024 * MEGABYTE,
    searches: int | None = None,
    progress: Progress | None = None,
    keep: str | Path | None = None,
    network: Callable[[EachCode], None] | None = None,
    elsewhere: Elsewhere | None = None,
) -> CertifiedCodes:
    """Certify each code by its own support.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.
    d : Profile
        Its quantities.
    X : ndarray or sparse array, shape (B, n)
        The codes.
    memory : int
        Bytes that may be used.
    searches : int, optional
        For how many codes a better dual certificate is searched, at most; by default as many as
        take about a minute.
    progress : callable, optional
        Called with the number of steps done and their total.
    keep : str or Path, optional
        A folder for blocks of codes that are done, which a later call with the same input takes
        from there; it is removed in the end.
    network : callable, optional
        What enters for which codes a network is certified.
    elsewhere : Elsewhere, optional
        Who looks at the codes, but for those that are looked at again.

    Raises
    ------
    InputError
        If there are no codes, they are of another length, or too many for the memory.
    """
    n = len(atoms)
    if len(X.shape) != 2 or X.shape[1] != n:
        axis = "; --codes-axis columns takes columns" if n in X.shape[:1] else ""
        raise InputError("shape of --codes", X.shape, f"codes of length {n}, one a row{axis}")
    sparsity = counts(X)
    if not sparsity.any():
        raise InputError("--codes", "zero throughout", "a code that is not zero")
    memory = _beside_codes(len(sparsity), memory)
    side = one_side(atoms)
    each = EachCode.of(sparsity, one_side=side is not None)
    gram = Gram(atoms, memory, side=side)
    everywhere = np.arange(len(sparsity))
    kept = None
    if keep is not None:
        kept = KeptBlocks(keep, atoms.rows, X, chunk_of(gram, sparsity, memory), gram.kind.name)
    lost: list[Rows] = []
    if elsewhere is not None:
        lost = _asked_for(elsewhere, each, gram, d, memory, progress, kept)
    else:
        _looked_at(each, gram, d, X, everywhere, memory, progress, kept)
    if gram.kind == np.float32 and len(again := each.near(NEARLY)):
        precise = Gram(atoms, memory, single=False, side=side)
        _looked_at(each, precise, d, X, again, memory, progress)
    if d.independent:
        each.independent()
    if network is not None:
        network(each)
    searched = search(each, gram, X, searches, progress, kept)
    if kept is not None:
        kept.clear()
    return CertifiedCodes(
        len(sparsity),
        (int(sparsity.min()), int(sparsity.max())),
        distribution(each.growth),
        distribution(each.lasso_reach[each.lasso_reach > 0]),
        tuple(_share(each, column) for column in range(len(PROPERTIES))),
        tuple(_failing(each)),
        searched,
        each,
        tuple(lost),
    )


def _beside_codes(count: int, memory: int) -> int:
    """The memory that is left beside what is known of each code, at least as much as that.

    Raises
    ------
    InputError
        If less is left.
    """
    known = count * (13 * len(PROPERTIES) + 24)
    if 2 * known > memory:
        expected = (
            f"at least {-(-2 * known // MEGABYTE)} MB for {count} codes; or parts of them, which "
            "add_codes adds"
        )
        raise InputError("--memory", f"{memory // MEGABYTE} MB", expected)
    return memory - known


def _asked_for(
    elsewhere: Elsewhere,
    each: EachCode,
    gram: Gram,
    d: Profile,
    memory: int,
    progress: Progress | None,
    kept: KeptBlocks | None,
) -> list[Rows]:
    """Have others look at all codes; of those whose workers were lost again and again, the rows."""
    chunk, count = chunk_of(gram, each.sparsity, memory), len(each.sparsity)
    ranges = [(start, min(start + chunk, count)) for start in range(0, count, chunk)]
    there = [
        kept is not None and kept.get(OFF_SUPPORTS, number, each, np.arange(*rows))[0]
        for number, rows in enumerate(ranges)
    ]
    lost, done = [], sum(there)
    left = (rows for rows, is_there in zip(ranges, there, strict=True) if not is_there)
    single = gram.kind == np.float32
    for rows, came in elsewhere.look(each, gram.atoms, d, single, left):
        done += 1
        if not came:
            lost.append(rows)
        elif kept is not None:
            kept.put(OFF_SUPPORTS, rows[0] // chunk, each, np.arange(*rows))
        if progress is not None:
            progress(done, len(ranges))
    return sorted(lost)


def _looked_at(
    each: EachCode,
    gram: Gram,
    d: Profile,
    X: Any,
    chosen: IntArray,
    memory: int,
    progress: Progress | None,
    kept: KeptBlocks | None = None,
) -> None:
    """Look at all atoms off the supports of chosen codes."""
    chunk = chunk_of(gram, each.sparsity, memory)
    count, steps = len(chosen), -(-len(gram) // WIDTH)
    total, done = -(-count // chunk) * steps, 0
    with ThreadPoolExecutor(cpus()) as pool:
        try:
            for number, start in enumerate(range(0, count, chunk)):
                rows = chosen[start : start + chunk]
                if kept is not None and kept.get(OFF_SUPPORTS, number, each, rows)[0]:
                    done += steps
                    continue
                for _ in look_at(each, gram, d, X, rows, pool):
                    done += 1
                    if progress is not None:
                        progress(done, total)
                if kept is not None:
                    kept.put(OFF_SUPPORTS, number, each, rows)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _share(each: EachCode, column: int) -> Share:
    asked = PROPERTIES[column]
    status, margins, _ = each.of_property(asked.property)
    certified, refuted, unknown, left = (
        int((status == one).sum()) for one in (CERTIFIED, REFUTED, OPEN, NOT_ASKED)
    )
    count = len(status) - left
    share = certified / count if count else 0.0
    margins_found = distribution(margins)
    names = (asked.property, asked.theorem)
    return Share(*names, count, certified, refuted, unknown, share, margins_found)


def _failing(each: EachCode) -> Iterator[Failing]:
    """The worst codes of each property: first those that are refuted."""
    for asked in PROPERTIES:
        status, margins, atoms = each.of_property(asked.property)
        failed = np.flatnonzero((status == REFUTED) | (status == OPEN))
        known = np.where(np.isnan(margins[failed]), 0.0, margins[failed])
        order = np.lexsort((known, status[failed] != REFUTED))
        for code in failed[order[:SHOWN]]:
            margin, atom = float(margins[code]), int(atoms[code])
            yield Failing(
                int(code),
                asked.property,
                asked.theorem,
                bool(status[code] == REFUTED),
                margin if np.isfinite(margin) else None,
                atom if atom >= 0 else None,
            )
