"""What is looked at again, code by code: near ties exactly, and codes in need of another dual.

Basis pursuit finds a code if some ``p`` has products ``t`` (its signs) with its atoms and less than
1, in modulus, with all others. That of Fuchs is the shortest. Where it fails, an exchange adds
atoms whose products are too large to the equations, round by round. What that leaves open is a
linear program's, for small dictionaries: its dual certifies, or another code refutes. Whoever found
a vector need not be trusted: it is corrected, and its products are bounded.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import scipy

from sparsebound.checks.certify.blocked import Progress
from sparsebound.checks.certify.correlations import Gram
from sparsebound.checks.certify.duals import CHEAP, EXCHANGES, LEVELS, Duals, exchange
from sparsebound.checks.certify.judging import EachCode
from sparsebound.checks.certify.kept import KeptBlocks
from sparsebound.checks.certify.supports import code_of, gathered
from sparsebound.checks.certify.ties import decide_ties
from sparsebound.checks.oracles.basis_pursuit import certificates
from sparsebound.checks.oracles.linear_programs import hardest_directions, least_l1
from sparsebound.checks.oracles.nonnegative import one_sided_certificate
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray
from sparsebound.theory.guarantees.codes import (
    OPEN,
    REFUTED,
    Judged,
    judged,
)
from sparsebound.theory.guarantees.supports import Supports
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import LEAST_SUM, PURSUIT
from sparsebound.theory.quantities import recovery_value
from sparsebound.theory.quantities.one_sided import one_sided_value

ENUMERATED = 64
"""Up to how many atoms null vectors are enumerated, in exact arithmetic."""


SEARCHED_AGAIN = "search"
"""What the files of codes are called that have been looked at again."""
AT_A_TIME = 512
"""Codes that are looked at again before the next ones, at most."""
WORK = 5e11
"""Products that exchanges may take, about a minute."""
SECONDS, SLOWEST = 60.0, 4.0
"""What linear programs may take, about, by the time of one of 256 x 1024."""


@dataclass(frozen=True)
class Witness:
    """Why a code is refuted: another code of its signal, or a null vector that leads to one.

    ``entries`` has the index and the value of each that is not zero, of atoms as given for a null
    vector and of normalised ones for a code.
    """

    code: int
    property: str
    kind: str
    entries: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Searched:
    """For how many codes another dual was searched, of those where that of Fuchs fails.

    Attributes
    ----------
    wanted, tried : int
        Codes in need of it, and those that were looked at.
    programs : int
        Linear programs that were solved.
    witnesses : tuple of Witness
        Of codes that basis pursuit does not find.
    """

    wanted: int
    tried: int
    programs: int
    witnesses: tuple[Witness, ...]


def search(
    each: EachCode,
    gram: Gram,
    X: np.ndarray,
    limit: int | None,
    progress: Progress | None = None,
    kept: KeptBlocks | None = None,
) -> Searched:
    """Look again at what is open, and enter what is found.

    Parameters
    ----------
    each : EachCode
        What is known.
    gram : Gram
        The dictionary.
    X : ndarray, shape (B, n)
        The codes.
    limit : int, optional
        For how many codes, at most.
    progress : callable, optional
        Called with the number of parts that are done, and their total.
    kept : KeptBlocks, optional
        Where parts that are done are kept, and taken from.
    """
    n, m = len(gram), gram.atoms.length
    decide_ties(each, gram, X)
    status, _, _ = each.of_property(PURSUIT)
    least, _, _ = each.of_property(LEAST_SUM)
    independent = np.isfinite(each.growth)
    wanted = np.flatnonzero(((status == OPEN) | (least == OPEN)) & independent)
    most = int(WORK / (2.0 * n * m * EXCHANGES)) if limit is None else limit
    tried = wanted[: max(most, 0)]
    one = SLOWEST * (n * m / 2**18) ** 1.45
    allowed = 0 if one > SECONDS else int(SECONDS / one) if limit is None else len(tried)
    programs = Programs(allowed, allowed)
    together = min(AT_A_TIME, max(1, 2**25 // n))
    parts = [tried[start : start + together] for start in range(0, len(tried), together)]
    for number, rows in enumerate(parts):
        there, beside = kept.get(SEARCHED_AGAIN, number, each, rows) if kept else (False, None)
        found = Programs.of_json(beside) if there else None
        if found is None:
            _exchanged(each, gram, X, rows)
            found = programs.solved(each, gram, X, rows)
            if kept:
                kept.put(SEARCHED_AGAIN, number, each, rows, asdict(found))
        programs = programs.after(found)
        if progress is not None:
            progress(number + 1, len(parts))
    solved = 2 * allowed - programs.two_sided - programs.one_sided
    return Searched(len(wanted), len(tried), solved, programs.witnesses)


@dataclass(frozen=True)
class Programs:
    """Linear programs that are still allowed, of each kind, or were solved; and what they found."""

    two_sided: int
    one_sided: int
    witnesses: tuple[Witness, ...] = ()

    @classmethod
    def of_json(cls, data: Any) -> Programs | None:
        """Read what was kept; None if it is nothing of the kind."""
        try:
            witnesses = tuple(
                Witness(
                    int(one["code"]),
                    str(one["property"]),
                    str(one["kind"]),
                    tuple((int(index), float(value)) for index, value in one["entries"]),
                )
                for one in data["witnesses"]
            )
            return cls(int(data["two_sided"]), int(data["one_sided"]), witnesses)
        except (KeyError, TypeError, ValueError):
            return None

    def after(self, part: Programs) -> Programs:
        """What is allowed after the programs of a part."""
        return Programs(
            self.two_sided - part.two_sided,
            self.one_sided - part.one_sided,
            self.witnesses + part.witnesses,
        )

    def solved(self, each: EachCode, gram: Gram, X: np.ndarray, rows: IntArray) -> Programs:
        """Solve those of some codes, as many as are allowed."""
        status, _, _ = each.of_property(PURSUIT)
        two_sided = rows[status[rows] == OPEN][: self.two_sided]
        solve = _enumerated if len(gram) <= ENUMERATED else _solved
        witnesses = solve(each, gram, X, two_sided)
        least, _, _ = each.of_property(LEAST_SUM)
        one_sided = rows[least[rows] == OPEN][: self.one_sided]
        witnesses += _one_sided(each, gram, X, one_sided)
        return Programs(len(two_sided), len(one_sided), tuple(witnesses))


def _enumerated(each: EachCode, gram: Gram, X: np.ndarray, codes: IntArray) -> list[Witness]:
    """Decide by all null vectors of minimal support, and by linear programs."""
    witnesses: list[Witness] = []
    _, _, atoms = each.of_property(PURSUIT)
    for code in codes:  # one by one: what a solver leaves open depends on all that it solves
        instance = code_of(gram.atoms, X, int(code))
        found = certificates(instance, search=True)
        value = recovery_value(instance, found)
        lower, upper = Ball.of(value.lower).lower, Ball.of(value.upper).upper
        row = np.array([code])
        if lower[0] >= 1:
            each.put(
                PURSUIT, row, Judged(np.array([REFUTED]), np.array([1 / lower[0] - 1]), atoms[row])
            )
            witnesses.append(Witness(int(code), PURSUIT, "null vector", _entries(found.null[0])))
        else:
            _improve(each, PURSUIT, row, lower, upper)
    return witnesses


def _one_sided(each: EachCode, gram: Gram, X: np.ndarray, codes: IntArray) -> list[Witness]:
    """Decide by linear programs whether another nonnegative code has no larger sum."""
    witnesses: list[Witness] = []
    _, _, atoms = each.of_property(LEAST_SUM)
    for row in codes[:, None]:
        instance = code_of(gram.atoms, X, int(row[0]))
        found = one_sided_certificate(instance)
        value = one_sided_value(instance, found)
        lower, upper = Ball.of(value.lower).lower, Ball.of(value.upper).upper
        if lower[0] >= 1:
            margin = np.array([min(1 / lower[0] - 1, -0.0)])
            each.put(LEAST_SUM, row, Judged(np.array([REFUTED]), margin, atoms[row]))
            null = _entries(found.null[0])
            witnesses.append(Witness(int(row[0]), LEAST_SUM, "null vector", null))
        else:
            _improve(each, LEAST_SUM, row, lower, upper)
    return witnesses


def _improve(
    each: EachCode, name: str, rows: IntArray, lower: FloatArray, upper: FloatArray
) -> None:
    """Enter bounds that certify more than what is known."""
    status, margins, atoms = each.of_property(name)
    found = judged(lower, upper, atoms[rows], decides=False)
    with np.errstate(invalid="ignore"):
        better = (found.margin > margins[rows]) | np.isnan(margins[rows])
    better &= (status[rows] >= OPEN) & np.isfinite(found.margin)
    chosen = rows[better]
    each.put(name, chosen, Judged(found.status[better], found.margin[better], found.atom[better]))


def _entries(vector: FloatArray) -> tuple[tuple[int, float], ...]:
    return tuple((int(i), float(vector[i])) for i in np.flatnonzero(vector))


def _exchanged(each: EachCode, gram: Gram, X: np.ndarray, rows: IntArray) -> None:
    """Exchange atoms until no product off the support is too large, two-sided and one-sided."""
    for name, one_sided in ((PURSUIT, False), (LEAST_SUM, True)):
        status, _, _ = each.of_property(name)
        asked = rows[status[rows] == OPEN]
        if not len(asked):
            continue
        codes, order = _codes(gram, X, asked)
        nothing = np.full(len(order), -np.inf)
        for level in LEVELS if gram.unit.size <= CHEAP else LEVELS[:1]:
            duals = exchange(gram, codes, level, one_sided=one_sided)
            two, one = Duals(gram, codes, each.growth[order]).bounds(duals)
            if not one_sided:
                _improve(each, PURSUIT, order, nothing, two)
            _improve(each, LEAST_SUM, order, nothing, one)


def _codes(gram: Gram, X: np.ndarray, rows: IntArray) -> tuple[Supports, IntArray]:
    """Gather chosen codes; in the order of their sparsity."""
    return gathered(gram.atoms, X, rows)


def _solved(each: EachCode, gram: Gram, X: np.ndarray, rows: IntArray) -> list[Witness]:
    """Solve linear programs: for a code of less l1 norm, and else for the best dual."""
    witnesses: list[Witness] = []
    if not len(rows):
        return witnesses
    unit = gram.atoms.unit(slice(None)).T
    for code in rows:
        codes, order = _codes(gram, X, np.array([code]))
        instance = code_of(gram.atoms, X, int(code))
        x = instance.unit_codes.mid[0]
        point = least_l1(unit, (unit @ x)[None], np.ones((1, len(gram)), dtype=bool)).points[0]
        other = _of_less_norm(unit, instance, point)
        if other is not None:
            _, _, atoms = each.of_property(PURSUIT)
            found = Judged(np.array([REFUTED]), np.array([np.nan]), atoms[order])
            each.put(PURSUIT, order, found)
            witnesses.append(Witness(int(code), PURSUIT, "code", _entries(other)))
            continue
        signs = np.zeros((1, len(gram)))
        signs[0, codes.index[0, codes.used[0]]] = codes.signs[0, codes.used[0]]
        duals = hardest_directions(unit, signs).duals
        two, one = Duals(gram, codes, each.growth[order]).bounds(duals)
        below = np.full(1, -np.inf)
        _improve(each, PURSUIT, order, below, two)
        _improve(each, LEAST_SUM, order, below, one)
    return witnesses


def _of_less_norm(unit: FloatArray, instance: Instance, point: FloatArray) -> FloatArray | None:
    """A code of the same signal with surely less l1 norm, near a point; None if it is not sure.

    Atoms of the point are completed to a basis, in which the signal has one code: that is enclosed.
    """
    x, D = Ball.of(instance.unit_codes)[0], instance.D
    size = float(Ball.of(abs(x).sum()).lower)
    if not np.abs(point).sum() < size * (1 - 1e-7):
        return None
    weight = np.where(np.abs(point) > 1e-9 * np.abs(point).max(), 1.0 + np.abs(point), 1e-3)
    order = scipy.linalg.qr(unit * weight, mode="economic", pivoting=True)[2]
    basis = np.sort(order[: len(unit)])
    if len(basis) < len(unit):
        return None
    atoms = D.atoms / D.norms.reshape(1, -1)
    entries = atoms[:, basis].solve(atoms @ x.reshape(-1, 1)).reshape(-1)
    if not float(Ball.of(abs(entries).sum()).upper) < size:
        return None
    found = np.zeros(len(point))
    found[basis] = entries.mid
    return found
