"""Small entries beside those of sparse codes, and other codes of the same signals.

The other code is found on a line: along a null vector, the l1 norm is least where an entry
vanishes. Of several lines the best one is taken.
"""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.adversaries import generator
from sparsebound.checks.oracles.basis_pursuit import unit_atoms
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import SEED, plain
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.compressible import Compressible
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities.memo import of_dictionary
from sparsebound.theory.quantities.recovery import null_vectors

SMALL = 64
"""Entries of a tail are multiples of the largest entry over this,"""
LARGEST = 8
"""up to so many of them."""


def compressible(given: Posed) -> Compressible:
    """Draw tails, and find codes that have the signals of the whole with a small l1 norm.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = compressible(Instance([[1, 0, 1], [0, 1, 1]], [[4, 0, 0]]))
    >>> found.tail.shape, bool((found.null @ [1, 1, -1] != 0).all())
    ((1, 3), True)
    """
    experiment = posed(given)
    known: Compressible | None = given_evidence(experiment, "compressible")
    if known is not None:
        return known
    instance = experiment.codes
    batch, n = instance.X.shape
    tail = np.zeros((batch, n))
    for code, (place, support) in enumerate(zip(instance.place, instance.support, strict=True)):
        draw = generator(experiment, place).integers(-LARGEST, LARGEST + 1, n)
        tail[code] = np.where(support, 0, draw) * np.abs(instance.X[code]).max() / SMALL
    null = _shortest(instance.D, instance.X + tail)
    moved = null_vectors(instance, null)
    null[~np.isfinite(moved.rad).all(axis=1)] = 0  # rows that are dependent: it cannot be moved
    return Compressible(tail, null)


def _shortest(D: Dictionary, codes: FloatArray) -> FloatArray:
    """For each code the null vector, on some lines, that makes its l1 norm least; shape (B, n)."""
    norms = np.asarray(D.norms.mid)
    lines, points = null_lines(D), codes * norms
    if not len(lines):
        return np.zeros(codes.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = -points[:, None, :] / lines  # (B, lines, n): where an entry vanishes
    steps = np.where(np.isfinite(steps) & (steps != 0), steps, 1.0)
    moved = points[:, None, None, :] + steps[..., None] * lines[:, None, :]
    lengths = np.abs(moved).sum(axis=-1).reshape(len(points), -1)
    best = lengths.argmin(axis=1)
    line, entry = np.divmod(best, points.shape[1])
    place = np.arange(len(points))
    found: FloatArray = steps[place, line, entry][:, None] * lines[line] / norms
    return found


@of_dictionary
def null_lines(D: Dictionary) -> FloatArray:
    """Null vectors, one a row: projections of the coordinates, without those that are rounding."""
    atoms = unit_atoms(D)
    kernel = np.eye(atoms.shape[1]) - np.linalg.pinv(atoms) @ atoms
    lines = kernel[np.abs(kernel).max(axis=1) > 1 / SMALL**2]
    return np.where(np.abs(lines) > 2.0**-40, lines, 0.0)


PROVIDERS = (plain("compressible", Compressible, compressible, SEED),)
