"""Encoders of one layer, and the worst codes for them, found in rationals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache

import numpy as np

from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import choice, plain
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.encoders import EncoderStep, OneLayer
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.guarantees.encoder import alike
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
    instance, W = experiment.codes, _weights(experiment)
    points = np.abs(instance.X)
    products = _products(W, instance)
    off, on = np.maximum(products, 0), np.maximum(-products, 0)
    np.fill_diagonal(off, 0)
    np.fill_diagonal(on, 0)
    rows: list[tuple[list[int], FloatArray]] = []
    middle = np.zeros(points.shape)
    noise = np.abs(instance.E @ W).max(axis=1)
    beside = _beside(W, instance.D.data)
    largest, lowering = (np.sort(part, axis=1)[:, ::-1] for part in (off, on))
    for code, point in enumerate(points):
        s = int(np.count_nonzero(point))
        most = point.max() if s else 1.0
        least = point[point > 0].min() if s else 1.0
        above = most * largest[:, :s].sum(axis=1)
        fewer = most * lowering[:, : max(s - 1, 0)].sum(axis=1)
        lowest = np.diagonal(products) * least - fewer
        units = [int(above.argmax()), int(lowest.argmin())]  # of most, and of least room
        middle[code] = (above + lowest) / 2
        first, second = np.zeros((2, points.shape[1]))
        first[beside(units[0], 1)[:s]] = most
        second[beside(units[1], -1)[: max(s - 1, 0)]] = most
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


def _weights(experiment: Experiment) -> FloatArray:
    W = experiment.codes.D.data.copy()
    if ENCODER.of(experiment) == "rounded":
        scale = np.abs(W).max(axis=0)
        W = np.sign(W) * np.ceil(np.abs(W) / scale * 2)
    return W


def _products(W: FloatArray, instance: Instance) -> FloatArray:
    """``W^T D``, of which no unit loses its own atom."""
    products = W.T @ instance.D.data
    if not (np.diagonal(products).all() and np.isfinite(products).all()):
        raise FloatingPointError("products of atoms leave the range")
    return np.asarray(products)


def _beside(W: FloatArray, atoms: FloatArray) -> Callable[[int, int], list[int]]:
    """Say, for a unit and a sign, which products with other atoms have that sign, largest first."""

    @cache
    def products(unit: int) -> list[Fraction]:
        weights = [Fraction(float(value)) for value in W[:, unit]]
        return [
            sum((a * Fraction(float(b)) for a, b in zip(weights, atom, strict=True)), Fraction(0))
            for atom in atoms.T
        ]

    @cache
    def found(unit: int, sign: int) -> list[int]:
        row = products(unit)
        signed = [j for j in range(len(row)) if j != unit and sign * row[j] > 0]
        return sorted(signed, key=lambda j: -sign * row[j])

    return found


def one_layer(given: Posed) -> OneLayer:
    """Make an encoder with the bias that is best, and two codes that its worst unit confuses.

    Examples
    --------
    >>> found = one_layer(Instance([[1, -1]], [[2, 2]]))
    >>> found.bias, found.points[0, 1:]
    (array([[1., 1.]]), array([[2., 2.],
           [0., 0.]]))
    """
    experiment = posed(given)
    known: OneLayer | None = given_evidence(experiment, "one_layer")
    if known is not None:
        return known
    instance = experiment.codes
    W = _weights(experiment)
    products = _products(W, instance)
    own = np.diagonal(products).copy()
    beside = products * (1 - np.eye(len(products)))
    codes = np.abs(instance.X)
    points = np.zeros((len(codes), 3, codes.shape[1]))
    bias = np.zeros(codes.shape)
    off, on = (np.sort(np.maximum(sign * beside, 0), axis=1)[:, ::-1] for sign in (1, -1))
    for code, point in enumerate(codes):
        s, most = int(np.count_nonzero(point)), point.max() or 1.0
        above, below = off[:, :s].sum(axis=1), on[:, : max(s - 1, 0)].sum(axis=1)
        bias[code] = most * (below - above) / 2
        points[code, 0] = point
        if s:
            unit = int(((above + below) / own).argmax())
            points[code, 1:] = alike(beside[unit], own[unit], unit, s, most)
    return OneLayer(W, bias, points)


PROVIDERS = (
    plain("encoder_step", EncoderStep, encoder_step, ENCODER, common=True),
    plain("one_layer", OneLayer, one_layer, ENCODER, common=True),
)
