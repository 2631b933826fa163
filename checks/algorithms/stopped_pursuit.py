"""Orthogonal matching pursuit that stops at the level of the noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.checks.algorithms.orthogonal_matching_pursuit import (
    exponents,
    orthogonal_matching_pursuit,
)
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence import StoppedPursuit
from sparsebound.theory.instance import Dictionary, Instance


def stopped_pursuit(
    D: Dictionary, signals: Any, eps: Any, max_steps: int | None = None
) -> StoppedPursuit:
    """Select atoms greedily until the norm of the residual is at most ``eps``.

    The residual of the empty selection is tested as well. A guard of ``u (m + n) ||y||`` is added
    to ``eps``: without it, noise of norm ``eps`` that is orthogonal to the atoms selected starts
    another step because of rounding.

    Parameters
    ----------
    D : Dictionary
        The dictionary; atoms of any norm.
    signals : array_like, shape (B, m)
        The signals.
    eps : array_like, shape (B,)
        Where to stop, for each signal.
    max_steps : int, optional
        Largest number of steps; by default ``min(m, n)``.

    Returns
    -------
    StoppedPursuit

    Raises
    ------
    InputError
        If an ``eps`` is negative.

    Examples
    --------
    >>> stopped_pursuit(Dictionary([[1, 0], [0, 1]]), [[5, 1], [1, 0]], [1, 1]).picks
    array([[ 0],
           [-1]])
    """
    signals, eps = np.asarray(signals, dtype=np.float64), np.asarray(eps, dtype=np.float64)
    if (eps < 0).any():
        raise InputError("eps", eps, "numbers that are at least 0")
    m, n = D.shape
    instance = Instance(D, np.zeros((len(signals), n)), signals)
    picks = np.array(orthogonal_matching_pursuit(instance, max_steps).picks)
    power = exponents(signals)
    scaled, level = np.ldexp(signals, -power), np.ldexp(eps, -power[:, 0])
    guard = np.finfo(np.float64).eps * (m + n) * np.linalg.norm(scaled, axis=1)
    norms = _residual_norms(D.data / D.norms.mid, scaled, picks)
    stopped = np.logical_or.accumulate(norms <= (level + guard)[:, None], axis=1)[:, :-1]
    picks[stopped] = -1
    steps = max(int((picks >= 0).sum(axis=1).max(initial=0)), 1)
    return StoppedPursuit(signals, eps, picks[:, :steps])


def _residual_norms(atoms: FloatArray, signals: FloatArray, picks: Any) -> FloatArray:
    """Norm of the residual before each selection and after the last, shape (B, K + 1)."""
    chosen = np.where((picks >= 0)[:, None, :], atoms[:, np.maximum(picks, 0)].swapaxes(0, 1), 0.0)
    frames, _ = np.linalg.qr(chosen)
    residual, norms = np.array(signals), [np.linalg.norm(signals, axis=1)]
    for step in range(picks.shape[1]):
        if step < frames.shape[2]:
            frame = frames[:, :, step] * (picks[:, step] >= 0)[:, None]
            residual = residual - (residual * frame).sum(axis=1, keepdims=True) * frame
        norms.append(np.linalg.norm(residual, axis=1))
    return np.stack(norms, axis=1)
