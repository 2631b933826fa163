"""Squared norms of signals and of codes; rational wherever the data are."""

from __future__ import annotations

from typing import Any

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.instance import Dictionary, Instance


def residual_energy(instance: Instance, signals: Any, points: Any) -> Number:
    """Squared l2 norm of ``y - D z``, shape (B,).

    Parameters
    ----------
    instance : Instance
        Its dictionary counts, not its codes.
    signals : array_like, shape (B, m)
        The signals ``y``.
    points : array_like, shape (B, n)
        Codes ``z``, with respect to the atoms as given.

    Examples
    --------
    >>> instance = Instance([[3, 0], [4, 1]], [[1, 0]])
    >>> residual_energy(instance, [[3, 5]], instance.X).mid
    array([1.])
    """
    rest = instance.lift(signals) - instance.D.synthesis(instance.lift(points))
    return (rest * rest).sum(-1)


def code_energy(D: Dictionary, codes: Number) -> Number:
    """Squared l2 norm of codes, taken to the normalised atoms, shape (B,).

    Parameters
    ----------
    D : Dictionary
        The dictionary.
    codes : Number, shape (B, n)
        With respect to the atoms as given.

    Examples
    --------
    >>> D = Dictionary([[3, 0], [4, 1]])
    >>> code_energy(D, D.arithmetic.of([[1, -1]])).mid
    array([26.])
    """
    return (codes * codes * D.squares).sum(-1)
