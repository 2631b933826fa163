"""Encoders of one layer, and the worst codes for them, found in rationals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import choice, plain
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.encoders import EncoderStep
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.instance import Instance

ENCODER = choice("encoder", "dictionary", "rounded")
"""Its weights: the dictionary, or that with signs and small integers in the place of entries."""


def encoder_step(given: Posed) -> EncoderStep:
    """Make an encoder, thresholds between what units get, and the worst codes.

    Examples
    --------
    >>> found = encoder_step(Instance([[1, 1], [0, 1]], [[2, 0]]))
    >>> found.units, found.worst
    (array([[0, 0]]), array([[[0., 2.],
            [2., 0.]]]))
    """
    experiment = posed(given)
    known: EncoderStep | None = given_evidence(experiment, "encoder_step")
    if known is not None:
        return known
    instance = experiment.codes
    W = instance.D.data.copy()
    if ENCODER.of(experiment) == "rounded":
        scale = np.abs(W).max(axis=0)
        W = np.sign(W) * np.ceil(np.abs(W) / scale * 2)
    points = np.abs(instance.X)
    products = W.T @ instance.D.data
    off, on = np.maximum(products, 0), np.maximum(-products, 0)
    np.fill_diagonal(off, 0)
    np.fill_diagonal(on, 0)
    rows: list[tuple[list[int], FloatArray]] = []
    middle = np.zeros(points.shape)
    noise = np.abs(instance.E @ W).max(axis=1)
    exact: dict[int, list[Fraction]] = {}
    for code, point in enumerate(points):
        s = int(np.count_nonzero(point))
        most = point.max() if s else 1.0
        least = point[point > 0].min() if s else 1.0
        above = most * np.sort(off, axis=1)[:, ::-1][:, :s].sum(axis=1)
        fewer = most * np.sort(on, axis=1)[:, ::-1][:, : max(s - 1, 0)].sum(axis=1)
        lowest = np.diagonal(products) * least - fewer
        units = [int(above.argmax()), int(lowest.argmin())]  # of most, and of least room
        middle[code] = (above + lowest) / 2
        first = _worst(instance, W, exact, units[0], s, most, 1)
        second = _worst(instance, W, exact, units[1], max(s - 1, 0), most, -1)
        if s:
            second[units[1]] = least
        rows.append((units, np.stack([first, second])))
    bias = np.tile(np.arange(points.shape[1]) % 3 / 8.0, (len(points), 1))
    return EncoderStep(
        W,
        bias,
        middle + bias,
        points,
        np.nextafter(noise * (1 + 2.0**-40), np.inf),
        np.array([units for units, _ in rows]),
        np.stack([worst for _, worst in rows]),
    )


def _worst(
    instance: Instance,
    W: FloatArray,
    exact: dict[int, list[Fraction]],
    unit: int,
    count: int,
    amplitude: float,
    sign: int,
) -> FloatArray:
    """A code with ``amplitude`` on the atoms of the largest products of one sign with a unit."""
    if unit not in exact:
        weights = [Fraction(float(value)) for value in W[:, unit]]
        exact[unit] = [
            sum((a * Fraction(float(b)) for a, b in zip(weights, atom, strict=True)), Fraction(0))
            for atom in instance.D.data.T
        ]
    row = exact[unit]
    order = sorted((j for j in range(len(row)) if j != unit), key=lambda j: -sign * row[j])
    chosen = [j for j in order[:count] if sign * row[j] > 0]
    found = np.zeros(len(row))
    found[chosen] = amplitude
    return found


PROVIDERS = (plain("encoder_step", EncoderStep, encoder_step, ENCODER, common=True),)
