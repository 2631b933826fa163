"""One-sided certificates and other codes, for the sizes of the entries of codes.

Linear programs find the best dual vector and the null vector that decides; the other codes come
from a program that moves as much off the support as it may. Nobody trusts them.
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
from sparsebound.theory.evidence import OneSidedCertificate, OneSidedRival
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.quantities.one_sided import absolute, one_sided_value

NEARLY_ALL = 1 - 2.0**-20
"""How far towards its constraints another code goes, so that rounding does not break them."""

NORMS_OF_NOISE = 2.0
"""How well signals are explained, in norms of the noise."""


SOLVED = 4
"""One in so many codes of a recipe has a linear program that only says how tight a bound is."""


def one_sided_certificate(given: Posed) -> OneSidedCertificate:
    """Find dual and null vectors.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = one_sided_certificate(Instance([[1, 0, 1], [0, 1, 1]], [[1, 1, 0]]))
    >>> found.null
    array([[-1., -1.,  1.]])
    """
    experiment = posed(given)
    known: OneSidedCertificate | None = given_evidence(experiment, "one_sided_certificate")
    if known is not None:
        return known
    instance = absolute(experiment.codes)
    (m, n), batch = instance.D.shape, len(instance)
    plain_one = OneSidedCertificate(np.zeros((batch, m)), np.zeros((batch, n)))
    value = one_sided_value(instance, plain_one)
    open_ = ~(value.upper.mid + value.upper.rad < 1)
    dual, null = plain_one.dual.copy(), plain_one.null.copy()
    atoms = unit_atoms(instance.D)
    hardest = once_a_support(lambda support: _hardest(atoms, support))
    for code in range(batch):  # the null vector says how tight a bound is
        if experiment.codes.place[code] % SOLVED and not open_[code]:
            continue
        solved = hardest(instance.support[code])
        if solved is None:
            continue
        point, vector = solved
        null[code] = in_kernel(instance.D, point / instance.D.norms.mid)
        if open_[code]:
            dual[code] = vector
    found = OneSidedCertificate(dual, null)
    better = one_sided_value(instance, found).upper
    gained = better.mid + better.rad < value.upper.mid + value.upper.rad
    return OneSidedCertificate(np.where(gained[:, None], dual, 0.0), null)


def _hardest(atoms: FloatArray, support: np.ndarray) -> tuple[FloatArray, FloatArray] | None:
    """Solve ``max -sum h_S`` over ``D h = 0``, ``h >= 0`` off ``S``, of sum 1 there."""
    n = atoms.shape[1]
    if support.all():
        return None
    cost = np.where(support, 1.0, 0.0)
    equations = np.concatenate([atoms, np.where(support, 0.0, 1.0)[None]])
    right = np.append(np.zeros(len(atoms)), 1.0)
    bounds = [(None, None) if on else (0, None) for on in support]
    effort.calls("HiGHS")
    solved = scipy.optimize.linprog(cost, A_eq=equations, b_eq=right, bounds=bounds, method="highs")
    if solved.status != 0:
        return None
    return np.asarray(solved.x).reshape(n), np.asarray(solved.eqlin.marginals[:-1])


def one_sided_rival(given: Posed) -> OneSidedRival:
    """Find another code with as much off the support as may be.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = one_sided_rival(Instance([[1, -1]], [[1, 0]], [[0.25]]))
    >>> found.eps, found.point.round(3)
    (array([0.5]), array([[0.875, 0.125]]))
    """
    experiment = posed(given)
    known: OneSidedRival | None = given_evidence(experiment, "one_sided_rival")
    if known is not None:
        return known
    instance = absolute(experiment.codes)
    norms = instance.D.norms.mid
    atoms = unit_atoms(instance.D)
    sizes = np.linalg.norm(instance.E, axis=1)
    eps = np.where(sizes > 0, NORMS_OF_NOISE * sizes, np.abs(instance.X * norms).sum(axis=1) / 64)
    points = instance.X.copy()
    for code in range(len(instance)):
        x, support = instance.X[code] * norms, instance.support[code]
        if experiment.codes.place[code] % SOLVED or support.all() or not eps[code] > 0:
            continue
        moved = _moved_off(atoms, x, instance.E[code], eps[code], support)
        if moved is not None:
            points[code] = (x + NEARLY_ALL * (moved - x)).clip(0) / norms
    return OneSidedRival(eps, points)


def _moved_off(
    atoms: FloatArray, x: FloatArray, rest: FloatArray, eps: float, support: np.ndarray
) -> FloatArray | None:
    """Solve ``max sum z_off``, ``z >= 0``, ``sum z <= sum x``, ``|y - D z| <= eps / sqrt m``."""
    m, n = atoms.shape
    y, width = atoms @ x + rest, eps / np.sqrt(m)
    rows = np.concatenate([atoms, -atoms, np.ones((1, n))])
    right = np.concatenate([y + width, width - y, [x.sum() * (1 - 2.0**-40)]])
    effort.calls("HiGHS")
    solved = scipy.optimize.linprog(
        -np.where(support, 0.0, 1.0), A_ub=rows, b_ub=right, method="highs"
    )
    if solved.status != 0:
        return None
    found = np.asarray(solved.x)
    left = np.linalg.norm(y - atoms @ found)
    return found if left <= eps else None


PROVIDERS = (
    plain("one_sided_certificate", OneSidedCertificate, one_sided_certificate),
    plain("one_sided_rival", OneSidedRival, one_sided_rival),
)
