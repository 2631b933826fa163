"""The linear programs of basis pursuit, a batch at a time, solved by HiGHS.

The programs of a batch are the blocks of one sparse program: what a call costs is shared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import scipy

from sparsebound.checks.oracles import effort
from sparsebound.theory.arithmetic import FloatArray, Mask

T = TypeVar("T")

AT_ONCE = 2**18
"""Entries of matrices of programs that are solved at once: HiGHS takes some 200 bytes for each."""


@dataclass(frozen=True)
class Solved:
    """Primal and dual solutions, floats as the solver left them.

    Attributes
    ----------
    points : ndarray, shape (B, n)
        Primal solutions.
    duals : ndarray, shape (B, m)
        Multipliers of the equations.
    known : ndarray of bool, shape (B,)
        False, with zeros in the other two, where a program was not solved.
    """

    points: FloatArray
    duals: FloatArray
    known: Mask


def hardest_directions(atoms: FloatArray, signs: FloatArray) -> Solved:
    """Solve ``max <signs, h>`` subject to ``D h = 0``, ``||h off the support||_1 <= 1``.

    Parameters
    ----------
    atoms : ndarray, shape (m, n)
        Normalised atoms ``D``.
    signs : ndarray, shape (B, n)
        Signs of codes, zero off their supports, whose atoms should be independent; otherwise the
        program may be unbounded.

    Returns
    -------
    Solved
        ``h``, and ``p`` with ``D_S^T p = signs`` and least ``max |<d_j, p>|`` off the support.

    Examples
    --------
    >>> atoms = np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.8]])
    >>> solved = hardest_directions(atoms, np.array([[1.0, 1.0, 0.0]]))
    >>> solved.points, solved.duals
    (array([[ 0.6,  0.8, -1. ]]), array([[1., 1.]]))
    """
    inside = signs != 0
    cost = np.concatenate([-signs, np.zeros_like(signs)], axis=1)
    lower = np.concatenate([np.where(inside, -np.inf, 0.0), np.zeros_like(signs)], axis=1)
    upper = np.concatenate([np.full_like(signs, np.inf), np.where(inside, 0.0, np.inf)], axis=1)
    budget = np.tile(~inside, 2).astype(np.float64)
    solved = _solve(atoms, cost, np.zeros((len(signs), len(atoms))), lower, upper, budget)
    return Solved(solved.points, -solved.duals, solved.known)


def least_l1(atoms: FloatArray, signals: FloatArray, allowed: Mask) -> Solved:
    """Solve ``min ||a||_1`` subject to ``D a = signal`` and ``a = 0`` where not allowed.

    Parameters
    ----------
    atoms : ndarray, shape (m, n)
        Atoms ``D``.
    signals : ndarray, shape (B, m)
        What to represent.
    allowed : ndarray of bool, shape (B, n)
        The atoms that may be used.

    Returns
    -------
    Solved
        ``a``, and ``p`` with ``|<d_j, p>| <= 1`` on the allowed atoms and largest
        ``<signal, p>``.

    Examples
    --------
    >>> atoms = np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.8]])
    >>> least_l1(atoms, atoms[:, 2:].T, np.array([[True, True, False]])).points
    array([[0.6, 0.8, 0. ]])
    """
    upper = np.tile(np.where(allowed, np.inf, 0.0), 2)
    return _solve(atoms, np.ones_like(upper), signals, np.zeros_like(upper), upper)


def once_a_support(function: Callable[[Mask], T]) -> Callable[[Mask], T]:
    """Keep what a function says of a support: many codes of a batch have the same.

    Examples
    --------
    >>> calls = []
    >>> size = once_a_support(lambda support: calls.append(support) or int(support.sum()))
    >>> size(np.array([True, False])), size(np.array([True, False])), len(calls)
    (1, 1, 1)
    """
    known: dict[bytes, T] = {}

    def remembered(support: Mask) -> T:
        key = support.tobytes()
        if key not in known:
            known[key] = function(support)
        return known[key]

    return remembered


def _solve(
    atoms: FloatArray,
    cost: FloatArray,
    right: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    budget: FloatArray | None = None,
) -> Solved:
    """Solve ``min <cost, (u, v)>`` with ``D (u - v) = right`` and ``<budget, (u, v)> <= 1``."""
    batch, width = cost.shape
    m, n = atoms.shape
    points, duals = np.zeros((batch, n)), np.zeros((batch, m))
    if not batch:
        return Solved(points, duals, np.ones(0, dtype=bool))

    def halves() -> Solved:
        known = np.zeros(batch, dtype=bool)
        for half in (slice(None, batch // 2), slice(batch // 2, None)):
            part = None if budget is None else budget[half]
            one = _solve(atoms, cost[half], right[half], lower[half], upper[half], part)
            points[half], duals[half], known[half] = one.points, one.duals, one.known
        return Solved(points, duals, known)

    if batch > 1 and batch * m * width > AT_ONCE:
        return halves()
    equations = scipy.sparse.kron(
        scipy.sparse.eye_array(batch), np.hstack([atoms, -atoms]), format="csr"
    )
    limits: dict[str, Any] = {}
    if budget is not None:
        rows = (budget.ravel(), np.arange(batch * width), np.arange(batch + 1) * width)
        budgets = scipy.sparse.csr_array(rows, shape=(batch, batch * width))
        limits = {"A_ub": budgets, "b_ub": np.ones(batch)}
    effort.calls("HiGHS")
    solved = scipy.optimize.linprog(
        cost.ravel(),
        A_eq=equations,
        b_eq=right.ravel(),
        bounds=np.stack([lower.ravel(), upper.ravel()], axis=1),
        method="highs",
        **limits,
    )
    if solved.status == 0:
        parts = solved.x.reshape(batch, 2, n)
        found = solved.eqlin.marginals.reshape(batch, m)
        return Solved(parts[:, 0] - parts[:, 1], found, np.ones(batch, dtype=bool))
    if batch == 1:
        return Solved(points, duals, np.zeros(1, dtype=bool))
    return halves()  # one program has no solution: find out which
