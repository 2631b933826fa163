"""Features, classifiers and signals at which a label changes as early as it may; by size.

They come with the evidence: dual points of the certificates, and the signals.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.evidence import FeaturePair, Head, LabelChange, RadiusCertificate
from sparsebound.theory.evidence.layers import Points
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.features import features, signal

MANY = 2.0**20
"""A multiplier that is as good as any larger one."""


def _experiment(
    D: Any,
    lam: Any,
    z: Any,
    r: Any,
    moved: Any,
    v: Any,
    bias: float,
    *,
    tau: Any,
    free: Any,
    lengths: Any,
    projected: Any = False,
    other: Any = None,
    seen: Any = None,
) -> Experiment:
    """Two classes, features ``z`` with what is left ``r``, and ``moved`` of another signal.

    Atoms off the support are at level 0. ``tau`` and ``free`` are those without entering atoms, and
    with them.
    """
    D, z, r = np.array(D, dtype=float), np.array(z, dtype=float), np.array(r, dtype=float)
    n = D.shape[1]
    moved = np.array(moved, dtype=float)
    y = D @ z + r
    after = D @ moved + r if other is None else np.array(other, dtype=float)
    pair = FeaturePair(
        features(lam, z > 0), Points(after[None]), features(lam, np.asarray(moved) > 0)
    )
    weights = np.stack([np.array(v, dtype=float), np.zeros(n)])[None]
    head = Head(weights, np.array([[bias, 0.0]]), np.array([0]))
    multipliers, where = np.zeros((1, 2, 2)), np.zeros((1, 2, 2, n), dtype=bool)
    multipliers[0, 1], where[0, 1] = tau, free
    certificate = RadiusCertificate(
        multipliers,
        where,
        np.zeros((1, n), dtype=int),
        np.broadcast_to(np.array(lengths, dtype=float), (1, n)).copy(),
        np.broadcast_to(projected, (1, n)).copy(),
        np.zeros((1, n), dtype=int),
        np.array([1]),
    )
    near = y if seen is None else np.array(seen, dtype=float)
    change = LabelChange(pair, head, certificate, Points(near[None]))
    return Experiment(signal(D, y), {"label_change": change})


def enters_or_stays(size: int) -> Experiment:
    """``D = I_2``, ``z = (2, 0)``, a gap of 1/8: at ``(15/16, 15/16)`` there is a tie.

    Times ``size``. The other atom enters at the price of its gap; at even sizes it stays away.
    """
    if size % 2 == 0:
        return idle_atom(size)
    g, k = 0.125, float(size)
    half = 1 - g / 2
    # x = (1 - g/2, 1 - g/2): h = (-(1 + g/2), 1 - g/2), tau = 1 + g/2
    return _experiment(
        np.eye(2),
        [k, k],
        [2 * k, 0],
        [k, k - g * k],
        [half * k, half * k],
        [1, -1],
        0.0,
        tau=[2 * k, (1 + g / 2) * k],
        free=[[False, False], [True, True]],
        lengths=[0, g * k],
        other=[half * k + k, half * k + k],
    )


def larger_margin(size: int) -> Experiment:
    """The same with ``z = (4, 0)``: without the atom that enters, the radius would be 4."""
    g, k = 0.125, float(size)
    half = 2 - g / 2
    return _experiment(
        np.eye(2),
        [k, k],
        [4 * k, 0],
        [k, k - g * k],
        [half * k, half * k],
        [1, -1],
        0.0,
        tau=[4 * k, (2 + g / 2) * k],
        free=[[False, False], [True, True]],
        lengths=[0, g * k],
        other=[half * k + k, half * k + k],
    )


def price_at_its_cap(size: int) -> Experiment:
    """A feature of ``1/32`` vanishes before the other atom has its full price."""
    del size
    D = np.array([[5.0, -4.0], [0.0, 3.0]])
    z, r = np.array([1 / 128, 0.0]), np.array([1.0, 2.0])
    lam = np.array([5.0, 3.0])  # <d_1, r> = 5, <d_2, r> = 2: a gap of 1
    enters = 0.0625
    delta = enters * D[:, 1]
    # at y + delta the first atom has left, and the second has entered a little
    other = D @ z + r + delta
    pull = D[:, 1] @ other
    moved = np.array([0.0, (pull - lam[1]) / 25])
    bias = float(np.floor(moved[1] * 2**30) / 2**30)
    return _experiment(
        D,
        lam,
        z,
        r,
        moved,
        [0, -1],
        bias,
        tau=[MANY, MANY],
        free=[[True, False], [True, True]],
        lengths=[0, 1 / 128 * 25 / 20],
        projected=[False, True],
        other=other,
    )


def long_atom(size: int) -> Experiment:
    """An atom of length 10 with a gap of 1 that enters at a distance of little more than 1/10."""
    del size
    return _experiment(
        np.diag([1.0, 10.0]),
        [1, 11],
        [1, 0],
        [1, 1],
        [1, 1 / 1024],
        [1, -1024],
        0.0,
        tau=[MANY, 0],
        free=[[False, False], [True, True]],
        lengths=[0, 0.01],
        other=[2, 1 + 0.1 + 10 / 1024 + 2**-40],
    )


def idle_atom(size: int) -> Experiment:
    """The label is lost on the support, and the other atom has a gap of 10."""
    k = float(size)
    return _experiment(
        np.eye(2),
        [k, 11 * k],
        [2 * k, 0],
        [k, k],
        [k, 0],
        [1, 0],
        -k,
        tau=[k, k],
        free=[[True, False], [True, False]],
        lengths=[0, 10 * k],
    )


def seen_nearer(size: int) -> Experiment:
    """One atom, features 3, a tie at 1, and a signal that is already half of the way there."""
    k = float(size)
    return _experiment(
        [[1]],
        [k],
        [3 * k],
        [k],
        [k],
        [1],
        -k,
        tau=[2 * k, 2 * k],
        free=[[True], [True]],
        lengths=[0],
        seen=[3 * k],
    )
