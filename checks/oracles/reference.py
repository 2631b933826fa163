"""A second opinion on basis pursuit: the optimal value by cvxpy, with rigorous ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from sparsebound.checks.oracles import effort
from sparsebound.checks.oracles.basis_pursuit import certificates, unit_atoms
from sparsebound.checks.provider import Provider, Request
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence import RecoveryCertificate
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.circuits import kernel
from sparsebound.theory.quantities.memo import of_dictionary
from sparsebound.theory.quantities.recovery import recovery_value
from sparsebound.theory.quantities.supports import independence

REFERENCE_SHARE = 1 / 64
"""Share of all codes that the reference solver sees."""

LARGEST_REFERENCE = 4096
"""Entries of a dictionary up to which the reference solver is used."""


class OracleDisagreement(RuntimeError):  # noqa: N818 - a finding, and said as one
    """Two oracles cannot both be right; one of them has a defect."""


@dataclass(frozen=True)
class Bracket:
    """The optimal value of basis pursuit lies in ``[lower, upper]``; floats."""

    lower: float
    upper: float


def reference_optimum(instance: Instance, code: int) -> Bracket:
    """Enclose ``min ||N z||_1`` over ``D z = D x``, ``N`` the norms of the atoms, by cvxpy.

    Whatever the solver returns is moved onto the constraints in ball arithmetic, so that both
    ends are proved.

    Parameters
    ----------
    instance : Instance
        The codes. Noise plays no role.
    code : int
        Which one.

    Returns
    -------
    Bracket
        ``[0, inf]`` if the solver fails.

    Examples
    --------
    >>> optimum = reference_optimum(Instance([[1, 0, 3], [0, 1, 4]], [[3, 4, 0]]), 0)
    >>> bool(optimum.lower <= 5 <= optimum.upper), round(optimum.upper - optimum.lower, 6)
    (True, 0.0)
    """
    D = instance.D
    if D.arithmetic is not Ball:
        raise InputError("instance", D.arithmetic.__name__, "an instance in ball arithmetic")
    atoms, truth = unit_atoms(D), (D.norms * instance.X[code]).reshape(D.shape[1], 1)
    point, dual = _solved(atoms, atoms @ truth.mid[:, 0])
    if point is None or dual is None:
        return Bracket(0.0, np.inf)
    basis = _basis(D)
    away = D.gram @ (truth - point[:, None])  # inner products of the residual with the atoms
    repair = D.gram[basis[:, None], basis].solve(away[basis])
    repaired = Ball.of(point[:, None]) + _scattered(Ball.of(repair), basis, len(point))
    upper = Ball.of(abs(repaired).sum(0)[0]).upper
    correlations = (Ball.of(dual) @ D.atoms) / D.norms
    scale = max(1.0, float(Ball.of(abs(correlations)).upper.max()))
    gain = Ball.of((correlations.reshape(1, len(point)) @ truth)[0, 0] / scale)
    return Bracket(max(0.0, float(gain.lower)), float(upper))


def cross_check(
    instance: Instance,
    certificate: RecoveryCertificate,
    *,
    share: float = REFERENCE_SHARE,
    seed: int = 0,
) -> int:
    """Hold a share of the certificates against the reference solver.

    Parameters
    ----------
    instance : Instance
        B codes.
    certificate : RecoveryCertificate
        What was found for them.
    share : float
        Which share, from 0 to 1.
    seed : int
        Of the choice.

    Returns
    -------
    int
        How many codes were compared; none of a dictionary with more than 4096 entries.

    Raises
    ------
    OracleDisagreement
        If a code is proved to be the only minimiser and the solver found a smaller l1 norm, or
        is proved not to be one and the solver's dual shows that it is.
    """
    if not 0 <= share <= 1:
        raise InputError("share", share, "a number from 0 to 1")
    if instance.D.data.size > LARGEST_REFERENCE:
        return 0
    chosen = np.flatnonzero(np.random.default_rng(seed).random(len(instance)) < share)
    if not chosen.size:
        return 0
    part = instance.select(chosen)
    value = recovery_value(part, certificate.select(chosen))
    most, least = Ball.of(value.upper).upper, Ball.of(value.lower).lower
    planted = Ball.of(abs(part.unit_codes).sum(-1))
    independent = independence(part.D, part.support).sign == 1
    for index, code in enumerate(chosen):
        optimum = reference_optimum(part, index)
        if independent[index] and most[index] < 1 and optimum.upper < planted.lower[index]:
            claim, found = "is the only minimiser", f"a point with {optimum.upper!r}"
        elif least[index] > 1 and optimum.lower >= planted.upper[index]:
            claim, found = "is not a minimiser", f"a dual point with {optimum.lower!r}"
        else:
            continue
        raise OracleDisagreement(
            f"the certificate of code {code} proves that it {claim} of the l1 norm, "
            f"{float(planted.mid[index])!r} (recovery value in "
            f"[{float(least[index])!r}, {float(most[index])!r}]), but "
            f"the reference solver has {found}"
        )
    return len(chosen)


def _scattered(values: Ball, rows: IntArray, length: int) -> Ball:
    mid, rad = np.zeros((length, 1)), np.zeros((length, 1))
    mid[rows], rad[rows] = values.mid, values.rad
    return Ball(mid, rad)


@of_dictionary
def _basis(D: Dictionary) -> IntArray:
    """As many independent atoms as the rank."""
    rank = D.shape[1] - kernel(D).ncols()
    _, _, order = scipy.linalg.qr(unit_atoms(D), mode="economic", pivoting=True)
    return np.asarray(order[:rank], dtype=np.int64)


def _solved(atoms: FloatArray, signal: FloatArray) -> tuple[FloatArray | None, FloatArray | None]:
    # a fresh problem each time: one with parameters takes longer to compile than 50 of these
    import cvxpy

    effort.calls("cvxpy")
    point = cvxpy.Variable(atoms.shape[1])
    equation = atoms @ point == signal
    problem = cvxpy.Problem(cvxpy.Minimize(cvxpy.norm1(point)), [equation])
    try:
        problem.solve(solver="CLARABEL")
    except cvxpy.error.SolverError:  # a solver that fails proves nothing
        return None, None
    if point.value is None or equation.dual_value is None:
        return None, None
    dual = np.asarray(equation.dual_value)
    return np.asarray(point.value), dual * (np.sign(dual @ signal) or 1.0)


def _certificates(experiment: Experiment, request: Request, **how: Any) -> RecoveryCertificate:
    instance = experiment.codes
    found = certificates(instance, **how)
    if request.cross_check:
        cross_check(instance, found, seed=request.seed)
    return found


PROVIDERS = (
    Provider(
        "certificate",
        RecoveryCertificate,
        lambda experiment, request: _certificates(experiment, request, search=request.search),
    ),
    Provider(
        "linear_program",
        RecoveryCertificate,
        lambda experiment, request: _certificates(
            experiment, request, search=True, method="linear program"
        ),
    ),
)
