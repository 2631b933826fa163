"""Search for signals near others that use other atoms: an upper bound of what can be certified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sparsebound.checks.certify.signals import CertifiedSignal, certified_in_parts
from sparsebound.checks.training.trained import TrainedEncoder
from sparsebound.theory.arithmetic import Ball, FloatArray, Mask

BEYOND = (1 + 2.0**-20, 1.02, 1.2, 2.0)
"""How far beyond the place where an atom seems to come or go signals are looked at."""


@dataclass(frozen=True)
class SupportAttack:
    """The nearest signals that were found to use other atoms.

    Attributes
    ----------
    distance : ndarray, shape (B,)
        Infinite where none was found. Whatever is found is proved, in balls.
    broken : ndarray of bool, shape (B,)
        Where that is surely nearer than what was certified.
    """

    distance: FloatArray
    broken: Mask


def attack_supports(
    trained: TrainedEncoder, signals: FloatArray, found: Sequence[CertifiedSignal]
) -> SupportAttack:
    """Look for other atoms where one of them leaves, and where one enters.

    Parameters
    ----------
    trained : TrainedEncoder
        Exact features.
    signals : ndarray, shape (B, m)
    found : sequence of CertifiedSignal
        What is certified of them.

    Examples
    --------
    >>> from sparsebound.checks.training.strategies import STRATEGIES
    >>> arrays = {"D": np.eye(2), "lam": np.full(2, 0.5), "ridge": 0.0}
    >>> trained, signals = TrainedEncoder(STRATEGIES["plain"], arrays), np.array([[2.0, 0.25]])
    >>> found = certified_in_parts(np.eye(2), signals, arrays["lam"])
    >>> attack_supports(trained, signals, found).distance.round(5)  # the second atom enters
    array([0.25])
    """
    D, lam, ridge = (np.asarray(trained.arrays[name]) for name in ("D", "lam", "ridge"))
    steps = np.stack(
        [_steps(D, lam, float(ridge), y, e.support) for y, e in zip(signals, found, strict=True)]
    )
    used = np.stack([_mask(entry.support, D.shape[1]) for entry in found])
    best, others = np.full(len(signals), np.inf), signals.copy()
    for kind in range(steps.shape[1]):
        open_: Mask = np.asarray(np.isfinite(steps[:, kind]).all(axis=1))
        for factor in BEYOND:
            moved = np.where(open_[:, None], signals + factor * steps[:, kind], signals)
            away = np.linalg.norm(moved - signals, axis=1)
            other = ((trained.features(moved)[0] != 0) != used).any(axis=1)
            differs: Mask = np.asarray(open_ & other)
            nearer = differs & (away < best)
            best[nearer], others[nearer] = away[nearer], moved[nearer]
            open_ &= ~differs
    seen = certified_in_parts(D, others, lam, ridge=float(ridge))
    proved = np.array([entry.unique is True for entry in seen]) & np.isfinite(best)
    proved &= np.array([e.unique is True for e in found])
    proved &= np.array([a.support != b.support for a, b in zip(seen, found, strict=True)])
    square = ((Ball(others) - signals) ** 2).sum(-1) - Ball([e.support_radius for e in found]) ** 2
    return SupportAttack(np.where(proved, best, np.inf), proved & (square.sign == -1))


def _mask(support: tuple[int, ...], n: int) -> Mask:
    found: Mask = np.zeros(n, dtype=bool)
    found[list(support)] = True
    return found


def _steps(
    D: FloatArray, lam: FloatArray, ridge: float, y: FloatArray, support: tuple[int, ...]
) -> FloatArray:
    """Where the first atom leaves, and where the first one enters, shape (2, m); else infinite.

    Both without a ridge; with one, signals cannot move as far as that, and are looked at further
    away.
    """
    on = _mask(support, D.shape[1])
    S, off = np.flatnonzero(on), np.flatnonzero(~on)
    gram = D.T @ D + ridge * np.eye(D.shape[1])
    inner = gram[np.ix_(S, S)]
    found = np.full((2, len(y)), np.inf)
    z = np.linalg.lstsq(inner, D[:, S].T @ y - lam[S], rcond=None)[0]
    if len(S):
        inverse = np.linalg.pinv(inner)
        first = int((z**2 / np.maximum(np.diag(inverse), 1e-300)).argmin())
        # fits that are nearest, of all without that atom; what is left of the signal stays
        found[0] = -z[first] / max(inverse[first, first], 1e-300) * (D[:, S] @ inverse[first])
    if len(off):
        cross: FloatArray = gram[np.ix_(S, off)]
        p = np.asarray(np.linalg.lstsq(inner, cross, rcond=None)[0], dtype=float)
        beside = D[:, off] - D[:, S] @ p
        squares = np.maximum(np.diag(gram)[off] - (p * cross).sum(axis=0), 1e-300)
        gaps = lam[off] - D[:, off].T @ (y - D[:, S] @ z)
        first = int((gaps**2 / squares).argmin())
        found[1] = gaps[first] / squares[first] * beside[:, first]
    return found
