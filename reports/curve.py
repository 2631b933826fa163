"""A claim along a run, as numbers to draw: an error against its bound, step by step.

Which claim it is, the theorem says: :meth:`sparsebound.theory.theorem.Theorem.drawn_of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np

from sparsebound.reports.codec import JsonRecord, Length
from sparsebound.theory.arithmetic import Enclosure, FloatArray, IntArray
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.theorem import Theorem, lift

STATES = 64
"""Most states of a run that are kept; of a longer one, evenly spaced ones."""

LARGEST_SHOWN = 64
"""Most rows and columns of a matrix that is shown beside a curve."""


@dataclass(frozen=True)
class Curve(JsonRecord):
    """A claim along a run: one code's error against its bound, state by state.

    Attributes
    ----------
    claim : str
        The inequality.
    k : tuple of int
        The states that are kept.
    error, bound : tuple of float
        Its two sides.
    missing, false : tuple of int
        Entries of the support that the state lacks, and entries off the support that it has;
        empty where the states are not codes.
    shown : mapping
        Matrices to draw beside it, by what they are.
    continued : bool
        Whether the evidence is the first step alone, and the others were taken for the picture.
    """

    claim: str
    k: tuple[int, ...]
    error: Annotated[tuple[float, ...], Length("k")]
    bound: Annotated[tuple[float, ...], Length("k")]
    missing: Annotated[tuple[int, ...], Length("k", or_empty=True)] = ()
    false: Annotated[tuple[int, ...], Length("k", or_empty=True)] = ()
    shown: Mapping[str, tuple[tuple[float, ...], ...]] = field(default_factory=dict)
    continued: bool = False


def curve(
    theorem: Theorem, instance: Instance | DeepInstance, evidence: Mapping[str, Any], code: int
) -> Curve | None:
    """Take what a theorem says of each step of a run, as numbers.

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
        None if the theorem is not about a run.
    """
    if not isinstance(instance, Instance):
        return None
    part, chosen = instance, evidence
    if theorem.about == "codes":
        part = instance.select([code])
        chosen = {name: value.select([code]) for name, value in evidence.items()}
    drawn = theorem.drawn_of(part, chosen)
    if drawn is None:
        return None
    claim = drawn.claim
    error, bound = np.broadcast_arrays(*(_middle(part, side)[0] for side in (claim.lhs, claim.rhs)))
    finite = np.flatnonzero(np.isfinite(error) & np.isfinite(bound))
    if error.ndim != 1 or not finite.size:
        return None
    kept = finite[np.linspace(0, len(finite) - 1, min(STATES, len(finite))).round().astype(int)]
    k = kept + claim.axes[0][1]
    shown = {name: np.asarray(matrices)[0] for name, matrices in drawn.shown.items()}
    return Curve(
        claim.name,
        tuple(k.tolist()),
        rounded(error[kept]),
        rounded(bound[kept]),
        *_wrong_entries(part, _states(chosen, int(k[-1])), k),
        {
            name: tuple(map(rounded, matrix))
            for name, matrix in shown.items()
            if max(matrix.shape) <= LARGEST_SHOWN
        },
        theorem.drawn is not None,
    )


def _wrong_entries(
    part: Instance, states: FloatArray | None, k: IntArray
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Count entries of the support that states lack, and those that they have in excess."""
    if states is None:
        return (), ()
    present, true = states[k] != 0, part.support[0]
    missing, false = (true & ~present).sum(axis=1), (present & ~true).sum(axis=1)
    return tuple(missing.tolist()), tuple(false.tolist())


def _states(evidence: Mapping[str, Any], last: int) -> FloatArray | None:
    """Find the codes that a run went through, from the start to that step at least."""
    for item in evidence.values():
        for name in ("iterates", "points"):
            value = np.asarray(getattr(item, name, ()))
            if value.ndim == 3 and value.shape[1] > last:
                return np.asarray(value[0], dtype=np.float64)
    return None


def _middle(instance: Instance, side: Any) -> FloatArray:
    number = side.upper if isinstance(side, Enclosure) else lift(instance, side)
    return np.where(np.isfinite(number.rad), np.asarray(number.mid, dtype=np.float64), np.nan)


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
