"""How long a certificate of coherence stays valid while atoms turn.

The theorem is ``training.certificate_drift``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray


def _unit(atoms: Any) -> FloatArray:
    D = np.asarray(atoms, float)
    found: FloatArray = D / np.linalg.norm(D, axis=0)
    return found


def coherence_of(atoms: Any) -> float:
    """``mu``, the largest modulus of a cosine of two atoms; 0 for one atom.

    Examples
    --------
    >>> coherence_of([[1, 3], [0, 4]])
    0.6
    """
    D = _unit(atoms)
    cosines = np.abs(D.T @ D)
    np.fill_diagonal(cosines, 0)
    return min(float(cosines.max()), 1.0)


def sparsity_of(coherence: float, atoms: int) -> int:
    """The largest ``s < (1 + 1/mu)/2``: so many nonzeros are unique for every signal.

    Examples
    --------
    >>> sparsity_of(0.3, 10), sparsity_of(1.0, 10), sparsity_of(0.0, 10)
    (2, 0, 10)
    """
    if coherence <= 0:
        return atoms
    return min(atoms, math.ceil((1 + 1 / coherence) / 2) - 1)


def turned(before: Any, after: Any) -> float:
    """The largest angle, in radians, by which an atom has turned; both of shape (m, n).

    Examples
    --------
    >>> round(turned(np.eye(2), [[0.8, 0.0], [0.6, 1.0]]), 4)
    0.6435
    """
    apart = np.linalg.norm(_unit(after) - _unit(before), axis=0)
    return float(2 * np.arcsin(np.minimum(apart / 2, 1)).max())


def drifted_coherence(coherence: float, angle: float) -> float:
    """Bound the coherence after no atom turned by more than an angle: ``cos(arccos mu - 2 a)``.

    Examples
    --------
    >>> round(drifted_coherence(0.0, math.acos(0.8)), 4), drifted_coherence(0.9, 1.0)
    (0.96, 1.0)
    """
    if not angle:
        return coherence
    left = math.acos(min(coherence, 1.0)) - 2 * angle
    return math.cos(left) if left > 0 else 1.0


def allowed_turn(coherence: float, sparsity: int) -> float:
    """The angle up to which a certificate of so many nonzeros stays valid; 0 for no certificate.

    Examples
    --------
    >>> round(allowed_turn(0.0, 2), 4)  # until mu may be 1/3
    0.1699
    """
    if sparsity < 1:
        return 0.0
    level = 1 / (2 * sparsity - 1)
    return max(0.0, (math.acos(min(coherence, 1.0)) - math.acos(level)) / 2)
