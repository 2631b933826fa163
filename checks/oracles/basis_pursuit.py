"""Certificates that basis pursuit recovers a code, or does not.

A null vector bounds the recovery value from below, a dual vector from above. Zeros ask for the
dual certificate of Fuchs, which mostly suffices; otherwise a linear program is solved. The
largest ratio is attained at a circuit, so that where there are few of them no program is needed
for the null vector, and it is exact.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from sparsebound.checks.oracles import effort
from sparsebound.checks.oracles.linear_programs import hardest_directions
from sparsebound.theory.arithmetic import Enclosure, FloatArray, Mask
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence import RecoveryCertificate, no_certificate
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.circuits import circuit_count, circuits, kernel, rational
from sparsebound.theory.quantities.memo import of_dictionary
from sparsebound.theory.quantities.recovery import recovery_value

Method = Literal["circuits", "linear program"]

FEW = 10_000
"""Up to which number of candidate circuits times squared nullity they are preferred."""

CLOSED = 1e-9
"""Width at which an enclosure of the recovery value counts as closed."""


def certificates(
    instance: Instance, *, search: bool = False, method: Method | None = None
) -> RecoveryCertificate:
    """Find dual and null vectors that enclose the recovery value of each code.

    Parameters
    ----------
    instance : Instance
        B codes. Noise plays no role.
    search : bool
        Close the enclosure as far as possible, also where it already decides recovery.
    method : {"circuits", "linear program"}, optional
        How null vectors are found; by default from the circuits if there are few.

    Returns
    -------
    RecoveryCertificate
        Zeros where the support has dependent atoms.

    Examples
    --------
    >>> certificates(Instance([[1, 0, 1], [0, 1, 1]], [[1, 1, 0]])).null
    array([[ 1.,  1., -1.]])
    """
    if method not in (None, "circuits", "linear program"):
        raise InputError("method", method, "'circuits' or 'linear program'")
    if method is None:
        expected = circuit_count(instance.D) * kernel(instance.D).ncols() ** 2
        method = "circuits" if expected <= FEW else "linear program"
    (m, n), batch = instance.D.shape, len(instance)
    blank = no_certificate(batch, m, n)
    null = _from_circuits(instance) if method == "circuits" else blank.null
    value = recovery_value(instance, RecoveryCertificate(blank.dual, null))
    wanted = _wanted(value, search, method) & _independent(instance)
    dual, null = blank.dual.copy(), null.copy()
    codes = np.flatnonzero(wanted)
    first = "circuits" if method == "circuits" else "the certificate of Fuchs"
    effort.found("basis pursuit", np.where(wanted, "linear program", first).tolist(), first=first)
    solved = hardest_directions(unit_atoms(instance.D), instance.signs[codes])
    dual[codes] = solved.duals
    if method != "circuits":
        for code, point in zip(codes, solved.points / instance.D.norms.mid, strict=True):
            null[code] = in_kernel(instance.D, point)
    return _better(
        instance, RecoveryCertificate(dual, null), RecoveryCertificate(blank.dual, null), wanted
    )


def _wanted(value: Enclosure, search: bool, method: Method) -> Mask:
    upper, lower = value.upper.mid + value.upper.rad, value.lower.mid - value.lower.rad
    open_ = (upper - lower > CLOSED) | (np.isinf(upper))
    if search:
        return open_
    undecided = (upper >= 1) & (lower < 1)
    return open_ & undecided if method == "circuits" else (upper >= 1)


def _independent(instance: Instance) -> Mask:
    """Where the atoms of the support are independent, as far as floats tell."""
    atoms = unit_atoms(instance.D).T
    masked = np.where(instance.support[:, :, None], atoms, 0.0)
    return np.asarray(np.linalg.matrix_rank(masked) == instance.sparsity)


def _better(
    instance: Instance, found: RecoveryCertificate, plain: RecoveryCertificate, changed: Mask
) -> RecoveryCertificate:
    """Keep a dual vector only where it improves on the certificate of Fuchs."""
    codes = np.flatnonzero(changed)
    if not codes.size:
        return plain
    part = instance.select(codes)
    upper = recovery_value(part, found.select(codes)).upper
    fuchs = recovery_value(part, plain.select(codes)).upper
    with np.errstate(invalid="ignore"):  # nothing is gained where both are infinite
        gain = (fuchs.mid + fuchs.rad) - (upper.mid + upper.rad)
    kept = np.zeros(len(instance), dtype=bool)
    kept[codes] = gain > CLOSED * np.maximum(1, np.abs(upper.mid))
    kept[codes] |= np.isinf(fuchs.rad) & np.isfinite(upper.rad)
    return RecoveryCertificate(np.where(kept[:, None], found.dual, 0.0), found.null)


def unit_atoms(D: Dictionary) -> FloatArray:
    """Normalise the atoms, in floats; shape (m, n)."""
    return np.asarray(D.data / D.norms.mid)


def _from_circuits(instance: Instance) -> FloatArray:
    """For each code, the circuit with the largest ratio; zeros if its atoms are dependent."""
    D = instance.D
    vectors = circuits(D).mid
    if not len(vectors):
        return np.zeros(instance.X.shape)
    unit = vectors * D.norms.mid
    inside = np.abs(instance.signs @ unit.T)
    outside = (~instance.support).astype(np.float64) @ np.abs(unit).T
    dependent = (outside == 0).any(axis=1)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        best = np.argmax(inside / outside, axis=1)
    return np.where(dependent[:, None], 0.0, vectors[best])


def in_kernel(D: Dictionary, direction: FloatArray) -> FloatArray:
    """Improve a null vector: exact integers if they are small, otherwise rounded once.

    A basic solution is determined by its support; the kernel of those atoms is one line.
    """
    scale = np.abs(direction * D.norms.mid).max()
    if not scale > 0:
        return np.zeros_like(direction)
    support = np.flatnonzero(np.abs(direction * D.norms.mid) > CLOSED * scale)
    vector = _line(D, tuple(int(i) for i in support))
    return direction if vector is None else vector * np.sign(vector @ direction)


@of_dictionary
def _line(D: Dictionary, support: tuple[int, ...]) -> FloatArray | None:
    """Find the null vector with a support, if there is only one up to its scale."""
    numerators, _ = rational(D.data[:, list(support)]).numer_denom()
    basis, nullity = numerators.nullspace()
    if nullity != 1:
        return None
    entries = [int(basis[i, 0]) for i in range(len(support))]
    divisor = int(np.gcd.reduce(np.array(entries, dtype=object)))
    entries = [entry // divisor for entry in entries]
    largest = max(map(abs, entries))
    vector = np.zeros(D.shape[1])
    unit = largest if largest >= 2**53 else 1
    vector[list(support)] = [entry / unit for entry in entries]
    return vector
