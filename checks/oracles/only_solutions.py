"""Dual vectors that show that nonnegative codes are the only ones of their signals, and others.

The vector that all atoms are turned to decides most codes; a linear program the others. A null
vector that is nonnegative off the support refutes. Nobody trusts either.
"""

from __future__ import annotations

import numpy as np
import scipy

from sparsebound.checks.oracles import effort
from sparsebound.checks.oracles.basis_pursuit import in_kernel, unit_atoms
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.oracles.linear_programs import once_a_support
from sparsebound.checks.provider import plain
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import OnlySolution
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.quantities.one_side import on_one_side, other_solutions, side
from sparsebound.theory.quantities.recovery import null_vectors

SOME = 2.0**-20
"""Entries of a projection onto the kernel above this are no rounding."""


def only_solution(given: Posed) -> OnlySolution:
    """Find dual and null vectors for the atoms turned to one side.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = only_solution(Instance([[1, 0, 1], [0, 1, 1]], [[1, 0, 0]]))
    >>> found.null
    array([[ 1.,  1., -1.]])
    """
    experiment = posed(given)
    known: OnlySolution | None = given_evidence(experiment, "only_solution")
    if known is not None:
        return known
    instance = on_one_side(experiment.codes)
    atoms, n = unit_atoms(instance.D), instance.D.shape[1]
    kernel = np.eye(n) - np.linalg.pinv(atoms) @ atoms
    dual = np.tile(side(experiment.codes.D), (len(instance), 1))
    null = np.zeros((len(instance), n))
    for code in range(len(instance)):
        largest = kernel[:, experiment.codes.place[code] % n]
        if np.abs(largest).max() > SOME:
            null[code] = in_kernel(instance.D, largest / instance.D.norms.mid)
    moved = null_vectors(instance, null)
    null[~np.isfinite(moved.rad).all(axis=1)] = 0  # rows that are dependent: it cannot be moved
    value = other_solutions(instance, OnlySolution(dual, null)).upper
    positive_off = once_a_support(lambda support: _positive_off(atoms, support))
    for code in map(int, np.flatnonzero(~(value.mid + value.rad < 0))):
        solved = positive_off(instance.support[code])
        if solved is None:
            continue
        vector, other = solved
        dual[code] = vector if vector.any() else dual[code]
        if other.any():
            null[code] = in_kernel(instance.D, other / instance.D.norms.mid)
    return OnlySolution(dual, null)


def _positive_off(atoms: FloatArray, support: np.ndarray) -> tuple[FloatArray, FloatArray] | None:
    """Solve ``max t``: products of ``u`` are 0 on the support, at least ``t <= 1`` off it.

    Multipliers are another nonnegative code, less this one, where ``t`` is 0.
    """
    m, n = atoms.shape
    if support.all():
        return None
    cost = np.append(np.zeros(m), -1.0)
    above = np.hstack([-atoms[:, ~support].T, np.ones((n - support.sum(), 1))])
    on = np.hstack([atoms[:, support].T, np.zeros((support.sum(), 1))])
    bounds = [(None, None)] * m + [(None, 1.0)]
    effort.calls("HiGHS")
    solved = scipy.optimize.linprog(
        cost, above, np.zeros(len(above)), on, np.zeros(len(on)), bounds, method="highs"
    )
    if solved.status != 0:
        return None
    null = np.zeros(n)
    if not solved.x[-1] > 0:
        null[~support] = -solved.ineqlin.marginals
        null[support] = -solved.eqlin.marginals
    return np.asarray(solved.x[:m]), null


PROVIDERS = (plain("only_solution", OnlySolution, only_solution),)
