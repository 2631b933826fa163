"""Whether basis pursuit recovers a code: Tropp's coefficient, and certificates."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import Enclosure, FloatArray, IntArray, Mask, Number
from sparsebound.theory.evidence import RecoveryCertificate
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.circuits import kernel
from sparsebound.theory.quantities.coherence import babel
from sparsebound.theory.quantities.memo import of_dictionary, of_instance
from sparsebound.theory.quantities.supports import largest_off, support_gram
from sparsebound.theory.worst_case import EverySupport

CLOSE = 1e-7
"""Distance at which correlations are guessed to be equal, or atoms to be dependent."""


@of_instance
def exact_recovery_coefficient(instance: Instance) -> Number:
    r"""Tropp's coefficient ``max_{j not in S} ||pinv(D_S) d_j||_1`` of each support, shape (B,).

    About a support of dependent atoms nothing is known.

    References
    ----------
    Tropp 2004.

    Examples
    --------
    >>> exact_recovery_coefficient(Instance([[1, 0, 1], [0, 1, 1]], [[1, 1, 0]])).mid.round(4)
    array([1.4142])
    """
    D = instance.D
    if isinstance(instance, EverySupport):
        known = instance.recovery
        return recovery_bound(D, instance.sparsity) if known is None else known
    gram = support_gram(D.scaled_gram, instance.support)
    sizes = abs(gram.inner.solve(gram.outer)) * _norm_ratios(D)[gram.index]
    return largest_off(instance.support, sizes.where(gram.used[..., None], 0).sum(1))


def recovery_bound(D: Dictionary, k: IntArray, *, fewer: int = 1, factor: Any = 1) -> Number:
    """Bound ``mu1(k) / (1 - mu1(k-1))`` of Tropp's coefficient; unknown where that says nothing.

    Parameters
    ----------
    D : Dictionary
        The dictionary.
    k : ndarray of int, shape (B,)
        Atoms of the support.
    fewer, factor : int, number
        What mutants change: ``k - fewer`` atoms in the denominator, and a factor.

    References
    ----------
    Tropp 2004.

    Examples
    --------
    >>> recovery_bound(Dictionary([[2, -1, -1], [-1, 2, -1], [-1, -1, 2]]), np.array([1])).mid
    array([0.5])
    """
    room = 1 - babel(D, k - fewer)
    bound: Number = factor * babel(D, k) / room
    return bound.where(room.sign == 1, np.nan)


@of_dictionary
def _norm_ratios(D: Dictionary) -> Number:
    """Norm of atom i over that of atom j, shape (n, n): rational if they are equal."""
    squares = D.scaled_squares
    return (squares.reshape(-1, 1) / squares.reshape(1, -1)).sqrt()


def recovery_value(instance: Instance, certificate: RecoveryCertificate) -> Enclosure:
    r"""Enclose ``max <sign(x_S), h_S>`` over ``D h = 0``, ``||h_{S^c}||_1 <= 1``; shape (B,).

    A code whose support has independent atoms is the unique solution of basis pursuit if and
    only if this value is below 1. From above: a dual vector ``p``, moved so that
    ``D_S^T p = sign(x_S)``, gives ``max_{j not in S} |<d_j, p>|`` (for ``p = 0`` this is the
    certificate of Fuchs). From below: a null vector. Both are moved here onto their constraints,
    so that whoever found them need not be trusted. Atoms are normalised.

    Parameters
    ----------
    instance : Instance
        The codes.
    certificate : RecoveryCertificate
        A dual vector and a null vector for each code.

    References
    ----------
    Fuchs 2004.

    Examples
    --------
    >>> instance = Instance([[1, 0, 1], [0, 1, 1]], [[1, 1, 0]])
    >>> value = recovery_value(instance, RecoveryCertificate([[0, 0]], [[-1, -1, 1]]))
    >>> value.lower.mid.round(4), value.upper.mid.round(4)
    (array([1.4142]), array([1.4142]))
    """
    key = (recovery_value, certificate.dual.tobytes(), certificate.null.tobytes())
    if key not in instance.memo:  # whoever looked for the certificate has computed it already
        instance.memo[key] = _enclosed(instance, certificate)
    value: Enclosure = instance.memo[key]
    return value


def _enclosed(instance: Instance, certificate: RecoveryCertificate) -> Enclosure:
    m, n = instance.D.shape
    if n <= m and kernel(instance.D).ncols() == 0:
        nothing = instance.lift(np.zeros(len(instance)))
        return Enclosure(nothing, nothing)
    lower = _from_below(instance, certificate)
    signs = instance.lift(instance.signs)
    moved = moved_correlations(instance, certificate.dual, instance.support, signs)
    plain = largest_off(instance.support, abs(moved))
    tight = _tight(instance, moved.mid, lower.mid)
    polishable = tight.any(axis=1)
    if not polishable.any():
        return Enclosure(lower, plain)
    wanted = (lower.reshape(-1, 1) * np.sign(moved.mid)).where(~instance.support, instance.signs)
    polished = moved_correlations(instance, certificate.dual, instance.support | tight, wanted)
    upper = largest_off(instance.support, abs(polished))
    better = polishable & np.asarray(upper.mid + upper.rad <= plain.mid + plain.rad)
    return Enclosure(lower, upper.where(better, plain))


def moved_correlations(
    instance: Instance, dual: FloatArray, active: Mask, wanted: Number
) -> Number:
    """Correlations of dual vectors (B, m), moved to wanted ones on active atoms, shape (B, n).

    Examples
    --------
    >>> instance = Instance([[1, 3], [0, 4]], [[1, 0]])
    >>> wanted = instance.lift([[1, 0]])
    >>> moved_correlations(instance, np.zeros((1, 2)), instance.support, wanted).mid
    array([[1. , 0.6]])
    """
    D, n = instance.D, instance.D.shape[1]
    gram = support_gram(D.gram, active)
    given = np.asarray(dual.any(axis=1))[:, None]
    correlations = ((instance.lift(dual) @ D.atoms) / D.norms).where(given, 0)
    batch = np.arange(len(instance))[:, None]
    missing = (wanted - correlations)[batch, gram.index].where(gram.used, 0)
    shift = gram.inner.solve(missing.reshape(*gram.index.shape, 1))
    return correlations + (gram.outer.swapaxes(1, 2) @ shift).reshape(len(instance), n)


def _tight(instance: Instance, moved: FloatArray, lower: FloatArray) -> Mask:
    """Atoms off the support whose correlation seems to be the optimal value, independent ones.

    At an optimum they determine the dual vector, together with the support. A wrong guess costs
    nothing: the bound that it gives is no better than the plain one, and not used.
    """
    distance: FloatArray = np.asarray(np.abs(np.abs(moved) - lower[:, None]))
    near = np.array(~instance.support & (distance <= CLOSE), dtype=bool)
    near &= (lower > 0)[:, None]
    atoms = np.ldexp(instance.D.data, instance.D.exponents)
    atoms = atoms / np.linalg.norm(atoms, axis=0)
    for code in np.flatnonzero(near.any(axis=1)):
        basis = np.empty((atoms.shape[0], 0))
        for atom in (*np.flatnonzero(instance.support[code]), *np.flatnonzero(near[code])):
            rest = atoms[:, atom]
            for _ in range(2):  # twice is enough
                rest = rest - basis @ (basis.T @ rest)
            size = np.linalg.norm(rest)
            if size > CLOSE:
                basis = np.column_stack([basis, rest / size])
            else:
                near[code, atom] = False
    return near


def _from_below(instance: Instance, certificate: RecoveryCertificate) -> Number:
    null = null_vectors(instance, certificate.null)
    inside = abs((null * instance.signs).sum(-1))
    outside = abs(null).where(~instance.support, 0).sum(-1)
    # a null vector on the support alone would prove the value infinite; Fuchs then fails as well
    usable = outside.sign == 1
    return (inside / outside.where(usable, 1)).where(usable, 0)


def null_vectors(instance: Instance, directions: FloatArray) -> Number:
    """Move directions into the kernel; in normalised atoms, up to a common factor.

    Parameters
    ----------
    instance : Instance
        The codes.
    directions : ndarray, shape (B, n)
        In the coordinates of the atoms as given.

    Examples
    --------
    >>> null_vectors(Instance([[1, 2]], [[1, 0]]), np.array([[2.0, -1]])).mid
    array([[ 2., -2.]])
    """
    D = instance.D
    null = instance.lift(directions)
    residual = null @ D.atoms.swapaxes(0, 1)
    if (residual.sign != 0).any():
        frame = D.atoms @ D.atoms.swapaxes(0, 1)
        repair = frame.solve(residual.swapaxes(0, 1)).swapaxes(0, 1) @ D.atoms
        null = null - repair.where((residual.sign != 0).any(axis=1)[:, None], 0)
    return null * D.relative_norms
