"""Whether basis pursuit recovers a code: Tropp's coefficient, and certificates."""

from __future__ import annotations

import numpy as np

from theory.arithmetic import UNKNOWN, Enclosure, Number
from theory.evidence import Certificate
from theory.instance import Instance
from theory.quantities.supports import support_gram


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
    gram = support_gram(instance.D.gram, instance.support)
    return abs(gram.inner.solve(gram.outer)).sum(1).where(~instance.support, 0).max(-1)


def recovery_value(instance: Instance, certificate: Certificate) -> Enclosure:
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
    certificate : Certificate
        A dual vector and a null vector for each code.

    References
    ----------
    Fuchs 2004.

    Examples
    --------
    >>> instance = Instance([[1, 0, 1], [0, 1, 1]], [[1, 1, 0]])
    >>> value = recovery_value(instance, Certificate([[0, 0]], [[-1, -1, 1]]))
    >>> value.lower.mid.round(4), value.upper.mid.round(4)
    (array([1.4142]), array([1.4142]))
    """
    return Enclosure(_from_below(instance, certificate), _from_above(instance, certificate))


def _from_above(instance: Instance, certificate: Certificate) -> Number:
    D, n = instance.D, instance.D.shape[1]
    gram = support_gram(D.gram, instance.support)
    correlations = (instance.lift(certificate.dual) @ D.atoms) / D.norms
    batch = np.arange(len(instance))[:, None]
    missing = gram.gather(instance.signs) - correlations[batch, gram.index].reshape(
        *gram.index.shape, 1
    ).where(gram.used[..., None], 0)
    shift = gram.inner.solve(missing)
    moved = correlations + (gram.outer.swapaxes(1, 2) @ shift).reshape(len(instance), n)
    return abs(moved).where(~instance.support, 0).max(-1)


def _from_below(instance: Instance, certificate: Certificate) -> Number:
    D = instance.D
    null = instance.lift(certificate.null)
    residual = null @ D.atoms.swapaxes(0, 1)
    if (residual.sign != 0).any():
        frame = D.atoms @ D.atoms.swapaxes(0, 1)
        repair = frame.solve(residual.swapaxes(0, 1)).swapaxes(0, 1) @ D.atoms
        null = null - repair.where((residual.sign != 0).any(axis=1)[:, None], 0)
    null = null * D.norms
    inside = abs((null * instance.signs).sum(-1))
    outside = abs(null).where(~instance.support, 0).sum(-1)
    # a null vector on the support alone would prove the value infinite; Fuchs then fails as well
    usable = (outside.sign != 0) & (outside.sign != UNKNOWN)
    return (inside / outside.where(usable, 1)).where(usable, 0)
