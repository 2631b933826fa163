"""A claim along a trajectory, as numbers to draw: the error of one code against its bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from sparsebound.reports.codec import JsonRecord, Length
from sparsebound.theory.arithmetic import Enclosure, FloatArray
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.theorem import Theorem, lift

STATES = 64
"""Most states of a trajectory that are kept; of a longer one, evenly spaced ones."""


@dataclass(frozen=True)
class Curve(JsonRecord):
    """A claim along a trajectory: one code's error against its bound, state by state.

    Attributes
    ----------
    claim : str
        The inequality.
    k : tuple of int
        The states that are kept.
    error, bound : tuple of float
        Its two sides.
    missing, false : tuple of int
        Entries of the support that the state lacks, and entries off the support that it has.
    """

    claim: str
    k: tuple[int, ...]
    error: Annotated[tuple[float, ...], Length("k")]
    bound: Annotated[tuple[float, ...], Length("k")]
    missing: Annotated[tuple[int, ...], Length("k")]
    false: Annotated[tuple[int, ...], Length("k")]


def curve(
    theorem: Theorem, instance: Instance | DeepInstance, evidence: Mapping[str, Any], code: int
) -> Curve | None:
    """Find the first measured claim that has a number for each state of a trajectory.

    Parameters
    ----------
    theorem : Theorem
        What was decided.
    instance : Instance or DeepInstance
        The batch.
    evidence : mapping
        What the theorem needed, by name.
    code : int
        Which code of the batch.

    Returns
    -------
    Curve or None
        None if the theorem is not about a trajectory.
    """
    states = _states(evidence)
    if states is None or not isinstance(instance, Instance) or code >= len(instance):
        return None
    part = instance.select([code])
    chosen = {name: value.select([code]) for name, value in evidence.items()}
    for claim in theorem.claims_of(part, chosen, {}):
        error, bound = (_middle(part, side) for side in (claim.lhs, claim.rhs))
        if claim.measured and error.ndim == 2 and states.shape[1] - error.shape[1] in (0, 1):
            return _drawn(claim.name, part, states[code], *np.broadcast_arrays(error, bound))
    return None


def _drawn(
    claim: str, part: Instance, states: FloatArray, error: FloatArray, bound: FloatArray
) -> Curve | None:
    first = len(states) - error.shape[1]
    finite = np.flatnonzero(np.isfinite(error[0]) & np.isfinite(bound[0]))
    if not finite.size:
        return None
    places = np.linspace(0, len(finite) - 1, min(STATES, len(finite))).round().astype(int)
    kept = finite[places]
    present, true = states[kept + first] != 0, part.support[0]
    return Curve(
        claim,
        tuple((kept + first).tolist()),
        rounded(error[0, kept]),
        rounded(bound[0, kept]),
        tuple((true & ~present).sum(axis=1).tolist()),
        tuple((present & ~true).sum(axis=1).tolist()),
    )


def _states(evidence: Mapping[str, Any]) -> NDArray[np.float64] | None:
    for item in evidence.values():
        for name in ("iterates", "points"):
            value = np.asarray(getattr(item, name, ()))
            if value.ndim == 3 and value.shape[1] > 2:
                return value
    return None


def _middle(instance: Instance, side: Any) -> FloatArray:
    number = side.upper if isinstance(side, Enclosure) else lift(instance, side)
    return np.asarray(number.mid, dtype=np.float64)


def rounded(values: Iterable[float]) -> tuple[float, ...]:
    """Round to four digits.

    Parameters
    ----------
    values : iterable of float
        Finite numbers.

    Returns
    -------
    tuple of float

    Examples
    --------
    >>> rounded([0.123456, -0.0])
    (0.1235, 0.0)
    """
    return tuple(float(f"{value:.4g}") + 0.0 for value in values)  # no -0.0
