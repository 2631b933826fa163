"""Solutions of the Lasso that somebody found: how far they are from the minimiser, proved.

A better point is searched from each of them, among the atoms that are not surely off. It sharpens
the dual point, and shows by how much a solution misses the least value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.reading import given
from sparsebound.checks.certify.settings import finite
from sparsebound.checks.certify.supports import dense, len_of
from sparsebound.checks.oracles.lasso import feature_signs
from sparsebound.theory.arithmetic import Ball, FloatArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.solutions import THEOREM, Gap, duality_gap, excess
from sparsebound.theory.guarantees.supports import inverted

PRODUCTS_HELD = 2**22
"""Products of signals and atoms that are held at once."""

SEARCHED = 1024
"""Among so many atoms a better point is searched, at most."""

LISTED_SOLUTIONS = 20
"""The worst ones, that are kept."""


@dataclass(frozen=True)
class EachSolution:
    """What is proved of each solution, arrays of shape (B,).

    Attributes
    ----------
    gap : ndarray
        Upper bound of ``P(x) - min P``.
    above : ndarray
        Lower bound of it, by another point; 0 if none is better.
    distance : ndarray
        Upper bound of ``||x - z||`` for the minimiser ``z``, for normalised atoms; infinite where
        the atoms that may be active may be dependent.
    fit : ndarray
        Upper bound of ``||D (x - z)||``.
    off, wrong : ndarray of int
        Atoms that are zero in every minimiser, and how many of them the solution has.
    least : ndarray
        ``P(0)``, to compare with.
    """

    gap: FloatArray
    above: FloatArray
    distance: FloatArray
    fit: FloatArray
    off: np.ndarray
    wrong: np.ndarray
    least: FloatArray


@dataclass(frozen=True)
class JudgedSolution:
    """One solution, and another point that is better, if there is one."""

    code: int
    gap: float
    above: float
    wrong: int
    better: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Solutions:
    """What is proved of all of them.

    ``gaps`` and ``relative`` are the least, the median and the largest gap, the latter as shares
    of ``P(0)``; ``beaten`` counts those that another point is surely below.
    """

    count: int
    lam: float
    nonnegative: bool
    theorem: str
    gaps: tuple[float, float, float]
    relative: tuple[float, float, float]
    distances: tuple[float, float, float]
    off: tuple[int, float, int]
    beaten: int
    wrong: int
    worst: tuple[JudgedSolution, ...]
    each: EachSolution = field(repr=False, compare=False)


def certify_solutions(
    atoms: Atoms, signals: Any, solutions: Any, lam: float, *, nonnegative: bool = False
) -> Solutions:
    """Prove how far solutions are from the minimisers of their signals.

    Parameters
    ----------
    atoms : Atoms
        The dictionary, in whose coordinates, as given, solutions are.
    signals : str or array_like, shape (B, m)
        The signals, one in each row.
    solutions : ndarray or sparse array, shape (B, n)
        The solutions.
    lam : float
        The weight, of ``1/2 ||y - D x||^2 + lam ||x||_1``; scikit-learn's ``alpha`` is ``lam / m``.
    nonnegative : bool
        Whether entries may not be negative.

    Raises
    ------
    InputError
        If shapes do not agree, the weight is not positive, or an entry is negative that may not be.
    """
    lam = finite("--lam", lam, above=True)
    n, m = len(atoms), atoms.length
    Y = np.asarray(given(signals, "--signals", ("Y", "y", "signals")).array, dtype=np.float64)
    Y = Y[None] if Y.ndim == 1 else Y
    if Y.ndim != 2 or Y.shape[1] != m or not len(Y):
        raise InputError("--signals", Y.shape, f"signals of length {m}, one in each row")
    if solutions.shape != (len(Y), n):
        raise InputError("shape of --codes", solutions.shape, f"({len(Y)}, {n}), one for a signal")
    rows, norms = Ball(np.asarray(atoms.rows, dtype=np.float64)), _norms(atoms)
    step = max(1, PRODUCTS_HELD // n)
    parts, points = [], []
    for start in range(0, len_of(solutions), step):
        X = dense(solutions, start, start + step).astype(np.float64)
        if nonnegative and (X < 0).any():
            code, atom = (int(i) for i in np.argwhere(X < 0)[0])
            where = f"--codes[{start + code}, {atom}]"
            raise InputError(where, float(X[code, atom]), "at least 0, with --nonnegative")
        part, found = _judged(rows, norms, Y[start : start + step], X, lam, nonnegative)
        parts.append(part)
        points += found
    each = EachSolution(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    return _summed(each, points, lam, nonnegative)


def _norms(atoms: Atoms) -> Ball:
    """Norms of the atoms as given; infinite bounds where they leave the range of float64."""
    scaled = atoms.scaled_norms(slice(None))
    with np.errstate(over="ignore", under="ignore"):
        mid, rad = np.ldexp(scaled.mid, atoms.powers), np.ldexp(scaled.rad, atoms.powers)
    return Ball(mid, np.where(np.isfinite(mid), rad + 2.0**-1074, np.inf))


def _judged(
    rows: Ball, norms: Ball, Y: FloatArray, X: FloatArray, lam: float, nonnegative: bool
) -> tuple[tuple[Any, ...], list[FloatArray]]:
    """Judge a batch: the columns of :class:`EachSolution`, and the better points."""
    with np.errstate(all="ignore"):
        found = duality_gap(rows, norms, Y, X, lam, nonnegative=nonnegative)
        Z = _better(rows.mid, Y, X, lam, found, nonnegative)
        again = duality_gap(rows, norms, Y, Z, lam, nonnegative=nonnegative)
        above = excess(found.residual, again.residual, X, Z, lam)
        upper = -excess(again.residual, found.residual, Z, X, lam) + again.gap
        gap = np.minimum(found.gap, np.where(np.isnan(upper), np.inf, np.maximum(upper, 0)))
        above = np.where(above > 0, above, 0.0)
        fit = Ball(2 * gap).sqrt().upper
    off = found.off | again.off
    distance = np.array(
        [_distance(rows, norms, x, ~one, size) for x, one, size in zip(X, off, fit, strict=True)]
    )
    wrong = (off & (X != 0)).sum(axis=1)
    least = (Y**2).sum(axis=1) / 2
    columns = (gap, above, distance, fit, off.sum(axis=1), wrong, least)
    return columns, [z if one > 0 else x * 0 for z, x, one in zip(Z, X, above, strict=True)]


def _better(
    atoms: FloatArray, Y: FloatArray, X: FloatArray, lam: float, found: Gap, nonnegative: bool
) -> FloatArray:
    """Points near the minimisers, from the solutions; the solutions where too many atoms are on."""
    Z = X.copy()
    signed = np.array([not nonnegative])
    for code, (y, x) in enumerate(zip(Y, X, strict=True)):
        kept = np.flatnonzero(~found.off[code] | (x != 0))
        if not 0 < len(kept) <= SEARCHED:
            continue
        part = atoms[kept]
        gram, target = part @ part.T, part @ y
        weights = np.full((1, len(kept)), lam)
        signs = feature_signs(gram, target[None], weights, signed, rounds=4 * len(kept) + 20)[0]
        on = np.flatnonzero(signs)
        entries = np.linalg.lstsq(gram[np.ix_(on, on)], target[on] - lam * signs[on], rcond=None)[0]
        Z[code] = 0
        right = np.sign(entries) == signs[on]
        Z[code, kept[on[right]]] = entries[right]
    return Z


def _distance(rows: Ball, norms: Ball, x: FloatArray, on: np.ndarray, fit: float) -> float:
    """Bound ``||x - z||``, of normalised atoms, by the atoms on which the two may differ."""
    chosen = np.flatnonzero(on | (x != 0))
    if len(chosen) > min(SEARCHED, rows.shape[1]):
        return float("inf")
    if not len(chosen):
        return 0.0
    part, sizes = rows[chosen], norms[chosen]
    gram = (part @ part.swapaxes(0, 1)) / (sizes.reshape(-1, 1) * sizes.reshape(1, -1))
    if not np.isfinite(gram.rad).all():
        return float("inf")
    _, bound = inverted(gram.mid[None], float(gram.rad.max()))
    return float(np.nextafter(np.sqrt(bound[0]) * fit * (1 + 2.0**-50), np.inf))


def _summed(
    each: EachSolution, points: list[FloatArray], lam: float, nonnegative: bool
) -> Solutions:
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(each.least > 0, each.gap / each.least, 0.0)
    order = np.lexsort((-each.gap, -each.above))
    worst = [int(code) for code in order[:LISTED_SOLUTIONS] if each.above[code] > 0]
    return Solutions(
        len(each.gap),
        lam,
        nonnegative,
        THEOREM,
        _three(each.gap),
        _three(relative),
        _three(each.distance),
        (int(each.off.min()), float(np.median(each.off)), int(each.off.max())),
        int((each.above > 0).sum()),
        int((each.wrong > 0).sum()),
        tuple(
            JudgedSolution(
                code,
                float(each.gap[code]),
                float(each.above[code]),
                int(each.wrong[code]),
                tuple((int(i), float(points[code][i])) for i in np.flatnonzero(points[code])),
            )
            for code in worst
        ),
        each,
    )


def _three(values: FloatArray) -> tuple[float, float, float]:
    return float(values.min()), float(np.median(values)), float(values.max())
