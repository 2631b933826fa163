"""Codes whose entries are as uneven, and signals as noisy, as one-step thresholding may bear."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.adversaries import generator, in_turns, short
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import SEED, plain
from sparsebound.theory.arithmetic import Ball, FloatArray
from sparsebound.theory.evidence.pursuits import EvenCode
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.quantities import babel

UNEVENNESS = (2.0**-4, 1.0, 0.5, 2.0**-8)
"""How far the least entry is from what no noise is left for, up to even ones; in turns."""
NOISE = (0.9375, 0.5, 0.0, 1 - 2.0**-8, 0.9375)
"""The share of the rest that noise has; in turns."""


def even_code(given: Posed) -> EvenCode:
    """Make entries even, and add noise against the weakest atom and for the strongest other one.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> even_code(Instance([[1, 0], [0, 1]], [[4, 1]])).codes
    array([[4.    , 1.1875]])
    """
    experiment = posed(given)
    known: EvenCode | None = given_evidence(experiment, "even_code")
    if known is not None:
        return known
    instance = experiment.codes
    D, norms, s = instance.D.data, instance.D.norms.mid, instance.sparsity
    atoms = D / norms
    limits = np.minimum(Ball.of(babel(instance.D, s - 1) + babel(instance.D, s)).upper, 1.0)
    codes, noise = np.zeros(instance.X.shape), np.zeros(instance.E.shape)
    turns = zip(in_turns(UNEVENNESS, instance.place), in_turns(NOISE, instance.place), strict=True)
    for code, (room, share) in enumerate(turns):
        support, x = instance.support[code], instance.X[code] * norms
        if not support.any():
            continue
        largest, limit = np.abs(x).max(), limits[code]
        least = limit + (1 - limit) * room
        sizes = least * largest + (1 - least) * np.abs(x)
        codes[code] = np.where(support, short(np.sign(x) * sizes / norms), 0.0)
        unit = codes[code] * norms
        entries = np.abs(unit[support])
        slack = (entries.min() - limit * entries.max()) / 2 * share
        direction = _against(atoms, unit, generator(experiment, instance.place[code]))
        moved = np.abs(direction @ atoms).max()
        if slack > 0 and moved > 0:
            noise[code] = short(direction * slack / moved)
    return EvenCode(codes, codes @ D.T + noise)


def _against(atoms: FloatArray, code: FloatArray, random: np.random.Generator) -> FloatArray:
    """A direction that makes the weakest product on the support smaller, and one off it larger."""
    if random.integers(4) == 0:
        return random.integers(-8, 9, len(atoms)) / 8
    products = atoms.T @ (atoms @ code)
    sizes, on = np.abs(products), code != 0
    weakest = np.where(on, sizes, np.inf).argmin()
    direction = -np.sign(code[weakest]) * atoms[:, weakest]
    if not on.all():
        strongest = np.where(on, -1.0, sizes).argmax()
        direction = direction + np.copysign(1.0, products[strongest]) * atoms[:, strongest]
    return np.asarray(direction)


PROVIDERS = (plain("even_code", EvenCode, even_code, SEED),)
