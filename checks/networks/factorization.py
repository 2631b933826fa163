"""A long filter as the convolution of short ones, ordered so that rounding stays small."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
from flint import arb, fmpq, fmpq_poly

from sparsebound.checks.networks.layers import ConvolutionLayer
from sparsebound.theory.analysis.filters import trimmed
from sparsebound.theory.arithmetic import FloatArray, precision
from sparsebound.theory.errors import InputError

BITS = 320
"""Precision of roots: the taps that are made of them are correctly rounded."""


def short_filters(values: FloatArray, p: int) -> FloatArray:
    """Factor a filter into filters with ``p`` taps, in Leja order (Reichel 1990).

    Roots are isolated exactly, so that multiple ones do no harm. Pairs of roots are visited so
    that each maximises the product of its distances to those before; neighbours are packed
    together.

    Parameters
    ----------
    values : ndarray, shape (S + 1 or more,)
        The filter, zeros around it are left out; at least two taps are left.
    p : int
        Taps of a short filter, at least 3.

    Returns
    -------
    ndarray, shape (F, p)
        Short filters, zeros in front.

    Raises
    ------
    InputError
        If there are too few taps, or p is below 3.

    Examples
    --------
    >>> short_filters(np.ones(5), 3)
    array([[ 1.        ,  1.61803399,  1.        ],
           [ 1.        , -0.61803399,  1.        ]])
    """
    taps = trimmed(np.asarray(values, dtype=np.float64))
    if len(taps) < 2:
        raise InputError("values", values, "a filter with at least two taps that are not zero")
    if p < 3:
        raise InputError("p", p, "an integer that is at least 3")
    with precision(BITS):
        coefficients = [fmpq(*float(tap).as_integer_ratio()) for tap in taps]
        found: Any = fmpq_poly(coefficients).complex_roots()  # pairs of a root and its multiplicity
        units = _leja(_units([root for root, count in found for _ in range(count)], p % 2 == 1))
        groups = _packed([_polynomial(unit) for unit in units], p)
        products = [reduce(_times, group) for group in groups]
        products[0] = [value * coefficients[-1] for value in products[0]]
        rows = [[_float(value) for value in row] for row in products]
    return np.array([[0.0] * (p - len(row)) + row for row in rows])


def _units(roots: list[Any], paired: bool) -> list[tuple[Any, ...]]:
    """Conjugate pairs, and real roots: in pairs as well, if ``paired``, as far as they go."""
    real = sorted((r for r in roots if r.imag == 0), key=lambda r: float(r.real.mid()))
    upper = [r for r in roots if r.imag > 0]
    pairs: list[tuple[Any, ...]] = [(r, r.conjugate()) for r in upper]
    if paired:
        pairs += [tuple(real[i : i + 2]) for i in range(0, len(real), 2)]
        return pairs
    return pairs + [(r,) for r in real]


def _leja(units: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Order units so that each is as far as possible from those before, in the geometric mean."""
    points = [
        np.array([complex(float(r.real.mid()), float(r.imag.mid())) for r in u]) for u in units
    ]
    score = np.array([np.log(np.abs(p) + 1e-300).mean() for p in points])
    order: list[int] = []
    while len(order) < len(units):
        score[order] = -np.inf
        chosen = int(score.argmax())
        order.append(chosen)
        for i, point in enumerate(points):
            gaps = np.abs(point[:, None] - points[chosen])
            score[i] += np.log(gaps + 1e-300).sum() / len(point)
    return [units[i] for i in order]


def _packed(factors: list[list[Any]], p: int) -> list[list[list[Any]]]:
    """Fill filters of degree ``p - 1`` with quadratic factors, then with linear ones."""
    quadratic = [f for f in factors if len(f) == 3]
    linear = [f for f in factors if len(f) == 2]
    groups = []
    while quadratic or linear:
        room, group = p - 1, []
        while room >= 2 and quadratic:
            group.append(quadratic.pop(0))
            room -= 2
        while room and linear:
            group.append(linear.pop(0))
            room -= 1
        groups.append(group)
    return groups


def _polynomial(unit: tuple[Any, ...]) -> list[Any]:
    """Coefficients of the product of ``z - r``, lowest first."""
    if len(unit) == 1:
        return [-unit[0].real, arb(1)]
    first, second = unit
    return [(first * second).real, -(first + second).real, arb(1)]


def _times(left: list[Any], right: list[Any]) -> list[Any]:
    out = [arb(0)] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            out[i + j] = out[i + j] + a * b
    return out


def _float(value: Any) -> float:
    return 0.0 if value.contains(0) else float(value.mid())


def stack(filters: FloatArray) -> tuple[ConvolutionLayer, ...]:
    """Build the convolutions, one after the other; signals lose ``p - 1`` positions in each."""
    return tuple(
        ConvolutionLayer(np.ascontiguousarray(row[::-1])[None, None, :], circular=False)
        for row in filters
    )
