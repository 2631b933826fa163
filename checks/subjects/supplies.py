"""From a subject to evidence: what it is given for each theorem, and what its run is made into.

:mod:`sparsebound.checks.subjects.protocol` says what a subject is. Instances, weights, starts and
thresholds are those that our own algorithms and networks get.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np

from sparsebound.checks.algorithms import hard_thresholding, proximal
from sparsebound.checks.oracles import adversaries
from sparsebound.checks.oracles.composite import settled_start
from sparsebound.checks.subjects import unfolded
from sparsebound.checks.subjects.protocol import Call, Subject
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import Pursuit, StoppedPursuit, Trajectory, Unfolding
from sparsebound.theory.instance import Instance
from sparsebound.theory.theorem import Theorem

Supply = Callable[[Call, Instance], Any]
LAYERS = (8, 4, 2, 1)
"""Layers of a network under test; fewer where bounds would overflow in float32."""
PROBE = Instance(
    [[4, 0, 3, 1], [0, 4, 3, 0], [3, 3, 3, 1]],
    [[8, 0, 0, 0], [0, -8, 0, 0]],
    np.full((2, 3), 0.125),
)
"""What a subject is tried on before a run is begun."""


def _descent(call: Call, instance: Instance, start: FloatArray | None = None) -> Trajectory:
    chosen = proximal.problem(instance)
    start = chosen.start if start is None else start
    points = call.iterates(
        start, proximal.STEPS, D=instance.D.data, Y=instance.Y.mid, lam=chosen.lam, L=chosen.L
    )
    return Trajectory(points, chosen.lam, np.full(len(instance), chosen.L))


def _settled(call: Call, instance: Instance) -> Trajectory:
    return _descent(call, instance, settled_start(instance))


def _hard_thresholding(call: Call, instance: Instance) -> Trajectory:
    atoms = instance.D.data / instance.D.norms.mid
    start = hard_thresholding.nearly_tied_starts(instance)
    points = call.iterates(
        start, hard_thresholding.STEPS, D=atoms, Y=instance.Y.mid, s=instance.sparsity
    )
    return Trajectory(points, np.zeros(len(instance)), np.ones(len(instance)))


def _network(name: str, call: Call, instance: Instance) -> Unfolding:
    declared = _precision(name, call)
    plan = _schedule(name, instance, declared)
    if plan.dtype != declared:
        raise call.error(f"data within the range of {declared}", "its states are of that type")
    states = _states(call, instance, plan)
    if states.dtype != declared:
        raise call.error(f"{declared}, as before", f"it returned {states.dtype}")
    return replace(plan, iterates=states, activation=call.subject.name)


@lru_cache(maxsize=8)
def _precision(name: str, call: Call) -> str:
    """Type in which a network computes: thresholds make room for its rounding."""
    return str(_states(call, PROBE, _schedule(name, PROBE, "float64")).dtype)


def _states(call: Call, instance: Instance, plan: Unfolding) -> Any:
    return call.states(
        D=instance.D.data,
        W=plan.W,
        Y=instance.Y.mid,
        thresholds=plan.thresholds,
        sides=plan.sides,
    )


def _schedule(name: str, instance: Instance, dtype: str) -> Unfolding:
    """What our own network of that kind declares, without perturbations."""
    for layers in LAYERS:
        exact = {"rho": 0.0, "p_in": 0.0, "p_out": 0.0}
        plan = unfolded.NETWORKS[name](instance, dtype=dtype, layers=layers, **exact)
        if plan.dtype == dtype and np.isfinite(plan.thresholds).all():
            break
    return plan


def _pursuit(call: Call, instance: Instance) -> Pursuit:
    D, signals = instance.D.data, instance.Y.mid
    picks = call.picks(D=D, Y=signals)
    points = np.zeros(instance.X.shape)
    for point, signal, taken in zip(points, signals, picks, strict=True):
        atoms = taken[taken >= 0]
        point[atoms] = np.linalg.lstsq(D[:, atoms], signal)[0]
    return Pursuit(picks, points)


def _stopped_pursuit(call: Call, instance: Instance) -> StoppedPursuit:
    noisy = adversaries.pursuits(instance)
    return replace(noisy, picks=call.picks(D=instance.D.data, Y=noisy.signals, eps=noisy.eps))


SUPPLIES: dict[str, Supply] = {
    "ista_run": _descent,
    "fista_run": _descent,
    "settled_run": _settled,
    "iht_run": _hard_thresholding,
    "pursuit": _pursuit,
    "stopped_pursuit": _stopped_pursuit,
    **{name: partial(_network, name) for name in unfolded.NETWORKS},
}
"""How a subject supplies evidence, by the name under which theorems ask for it."""


def supplies(subject: Subject, theorem: Theorem) -> dict[str, Callable[[Any, Any], Any]]:
    """Providers of the evidence that a subject supplies for a theorem.

    Parameters
    ----------
    subject : Subject
        Under test.
    theorem : Theorem
        What it is checked against.

    Returns
    -------
    dict
        For ``sparsebound.checks.evidence.gather``.

    Raises
    ------
    SubjectError
        If the theorem asks for nothing that a subject supplies.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> subject = Subject.of("sparsebound.checks.algorithms.proximal:ista")
    >>> list(supplies(subject, catalogue()["rate.ista"]))
    ['ista_run']
    """
    call = Call(subject, theorem.id)
    needed = [need for need in theorem.needs if need in SUPPLIES]
    if not needed:
        needs = ", ".join(theorem.needs) or "a dictionary alone"
        raise call.error(needs, f"subjects supply {', '.join(sorted(SUPPLIES))}")
    return {need: _provider(SUPPLIES[need], call) for need in needed}


def _provider(supply: Supply, call: Call) -> Callable[[Any, Any], Any]:
    return lambda instance, request: supply(call, instance)


def probe(subject: Subject, theorem: Theorem) -> None:
    """Try a subject on a small instance, so that what cannot work fails before anything is run.

    Raises
    ------
    SubjectError
        If the subject does not satisfy the protocol.

    Examples
    --------
    >>> from sparsebound.theory.rate.ista import THEOREM
    >>> probe(Subject("my:last", lambda D, Y: np.zeros((len(Y), D.shape[1]))), THEOREM)
    Traceback (most recent call last):
        ...
    sparsebound.checks.subjects.protocol.SubjectError: my:last cannot be checked against \
rate.ista: rate.ista needs every iterate, shape (2, 13, 4), which my:last does not provide: it \
returned one point a signal, shape (2, 4)
    """
    for provide in supplies(subject, theorem).values():
        provide(PROBE, None)
