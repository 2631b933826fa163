"""Steps of training, taken in float64, from starts that make theorems on them hard.

Whatever is found for a code depends on the dictionary, the settings, the code, and its place; data
that are chosen lie on a coarse grid, so that most steps are exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.checks.oracles.adversaries import ROOM, generator, in_turns, short
from sparsebound.checks.provider import SEED, choice, plain
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import (
    FactoredStep,
    OrthogonalisationStep,
    RescaledUnits,
    ThresholdedLayers,
    TurnedAtoms,
)
from sparsebound.theory.experiment import Experiment, Posed, posed

SIZE = choice("size", 0.75, 1.5, 0.5, 1.0, 1.25)
"""About the largest singular value, after the atoms are multiplied by a power of two."""
STEP = choice("step", 0.5, 0.25, 1.0, 0.984375, 0.9990234375)
"""The size of a step, or a share of the largest one that is allowed."""
TURN = choice("turn", 2.0**-6, 2.0**-4, 2.0**-2, 1.0)
"""How far atoms move, relative to their norms."""
TOWARDS = choice("towards", True, True, False)
"""Whether each atom moves towards the one that it is most coherent with."""
SLACK = choice("slack", 1.0, 1.5, 1.0, 4.0)
"""What is said of how far atoms moved, relative to how far they did; of squares."""
GRID = 2.0**10
SIGNED_LAYER = (False, True, False)
"""Whether a layer is a soft threshold; in turns."""
RAISED = (1.0, 1.0, 0.0, 1.0)
"""Whether thresholds are raised at all; in turns."""
UNBALANCED = (1.0, 0.0)
"""Whether weights are moved away from where they are shortest; in turns."""


def orthogonalisation_step(given: Posed) -> OrthogonalisationStep:
    """Take one step ``(1 + beta) D - beta D D^T D``, just short enough where atoms are long.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> orthogonalisation_step(Instance([[4]], [[1]])).scale
    array([0.25])
    """
    experiment = posed(given)
    D = experiment.codes.D.data
    norm = float(np.linalg.norm(D, 2))
    scale = experiment.get("scale", 2.0 ** np.rint(np.log2(SIZE.of(experiment) / norm)))
    share, square = STEP.of(experiment), (scale * norm) ** 2
    beta = share if square <= 1 else np.floor(share / (square * ROOM - 1) * GRID) / GRID
    beta = experiment.get("beta", min(float(beta), 4.0) or 2.0**-20)
    atoms = scale * D
    result = (1 + beta) * atoms - beta * (atoms @ (atoms.T @ atoms))
    return OrthogonalisationStep(np.array([scale]), np.array([beta]), result)


def turned_atoms(given: Posed) -> TurnedAtoms:
    """Turn each atom towards the one that it is most coherent with, or in any direction.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> turned_atoms(Instance([[4, 0], [0, 4]], [[1, 0]])).atoms
    array([[4.0625, 0.0625],
           [0.    , 4.    ]])
    """
    experiment = posed(given)
    D = experiment.codes.D
    known: FloatArray | None = experiment.get("turned", None)
    if known is not None:
        return TurnedAtoms(experiment.get("squared", None), known)
    m, n = D.shape
    rng, gram = np.random.default_rng(SEED.of(experiment)), D.gram.mid * (1 - np.eye(n))
    near = abs(gram).argmax(axis=0)
    signs = np.where(gram[near, np.arange(n)] < 0, -1.0, 1.0)
    towards = D.data[:, near] / D.norms.mid[near] * signs
    anywhere = rng.integers(-4, 5, (m, n)) / 4.0
    direction = towards if TOWARDS.of(experiment) and n > 1 else anywhere
    unit = 2.0 ** np.floor(np.log2(D.norms.mid))
    atoms = D.data + unit * TURN.of(experiment) * short(direction)
    atoms = np.where(atoms.any(axis=0), atoms, D.data)
    after = atoms / np.sqrt((atoms * atoms).sum(axis=0))
    moved = ((after - D.data / D.norms.mid) ** 2).sum(axis=0).max()
    squared = np.ceil(moved * SLACK.of(experiment) * 2.0**30 + 1) / 2.0**30
    return TurnedAtoms(np.array([min(squared, 4.0)]), atoms)


def generators(experiment: Experiment) -> list[np.random.Generator]:
    """Random numbers for each code."""
    return [generator(experiment, place) for place in experiment.codes.place]


def said(experiment: Experiment, name: str, found: Any) -> Any:
    """What a construction says, for each code, or else what was found."""
    known = experiment.get(name, None)
    if known is None:
        return found
    codes = len(experiment.codes)
    return np.repeat(known, codes, axis=0) if len(known) == 1 else known


def multiples(
    draws: list[np.random.Generator], low: int, high: int, shape: tuple[int, ...], unit: float
) -> FloatArray:
    """Multiples of a unit for each code, from ``low`` to ``high`` of them."""
    found = [draw.integers(low, high + 1, shape) for draw in draws]
    return np.array(found, dtype=float).reshape(len(draws), *shape) * unit


def units(values: FloatArray) -> FloatArray:
    """Powers of two near the largest modulus of each code, 1 for zeros; (B, 1)."""
    largest = abs(values).max(axis=1, initial=0.0)
    return np.asarray(2.0 ** np.floor(np.log2(np.where(largest > 0, largest, 1.0))))[:, None]


def thresholded_layers(given: Posed) -> ThresholdedLayers:
    """Run two layers at some thresholds, and at the same or higher ones.

    Examples
    --------
    >>> from sparsebound.theory.extremal.training import entries_above
    >>> thresholded_layers(entries_above(1)).first_raised
    array([[1.]])
    """
    experiment = posed(given)
    instance, draws = experiment.codes, generators(experiment)
    n = instance.D.shape[1]
    v = instance.Y.mid @ instance.D.data
    turns = np.array(in_turns(SIGNED_LAYER, instance.place), dtype=bool)
    signed = said(experiment, "signed", turns)
    unit = units(v)
    theta = multiples(draws, -4, 8, (n,), 1 / 8) * unit
    theta = said(experiment, "thresholds", np.where(signed[:, None], abs(theta), theta))
    more = (
        multiples(draws, 0, 3, (n,), 1 / 8)
        * unit
        * np.array(in_turns(RAISED, instance.place))[:, None]
    )
    raised = said(experiment, "raised", theta + more)
    weights = said(experiment, "weights", multiples(draws, -2, 2, (n, 2), 1.0))
    first, second = (_layer(v, level, signed) for level in (theta, raised))
    ahead, ahead_raised = (
        np.maximum(np.einsum("bn,bnk->bk", h, weights) - 0.5, 0.0) for h in (first, second)
    )
    return ThresholdedLayers(theta, raised, signed, first, second, weights, ahead, ahead_raised)


def _layer(v: FloatArray, theta: FloatArray, signed: FloatArray) -> FloatArray:
    soft = np.sign(v) * np.maximum(abs(v) - theta, 0.0)
    return np.where(signed[:, None], soft, np.maximum(v - theta, 0.0))


def factored_step(given: Posed) -> FactoredStep:
    """Take a step of gradient descent on two factors, and choose a stationary point.

    Signals of the second problem are ``D x + r``, with a code on atoms that correlate most with
    ``r``, whose correlation is the weight.

    Examples
    --------
    >>> from sparsebound.theory.extremal.training import one_factor_without_decay
    >>> factored_step(one_factor_without_decay(1)).new_v
    array([[-1.]])
    """
    experiment = posed(given)
    instance, draws = experiment.codes, generators(experiment)
    D, (m, n) = instance.D.data, instance.D.shape
    u = said(experiment, "u", multiples(draws, -8, 8, (n,), 1 / 4))
    v = said(experiment, "v", multiples(draws, -8, 8, (n,), 1 / 4))
    gamma = said(experiment, "gamma", 2.0 ** -multiples(draws, 1, 8, (), 1.0))
    lam = said(experiment, "lam", multiples(draws, 0, 8, (), 1 / 8))
    slope = ((u * v) @ D.T - instance.Y.mid) @ D
    new_u, new_v = (
        kept - gamma[:, None] * (slope * other + lam[:, None] * kept)
        for kept, other in ((u, v), (v, u))
    )
    rest = multiples(draws, -4, 4, (m,), 1 / 4)
    pull = rest @ D
    largest = abs(pull).max(axis=1)
    weights = np.where(largest > 0, largest, 1.0)
    size = multiples(draws, 0, 6, (n,), 1 / 4) * (abs(pull) == weights[:, None])
    side = np.where(multiples(draws, 0, 1, (n,), 1.0) > 0, size, -size)
    still_u = said(experiment, "still_u", side)
    still_v = said(experiment, "still_v", side * np.sign(pull))
    signals = said(experiment, "signals", (still_u * still_v) @ D.T + rest)
    other = still_u * still_v + multiples(draws, -8, 8, (n,), 1 / 64)
    return FactoredStep(
        u,
        v,
        gamma,
        lam,
        slope,
        new_u,
        new_v,
        signals,
        said(experiment, "decay", weights),
        still_u,
        still_v,
        said(experiment, "other", other),
        said(experiment, "deep", multiples(draws, -4, 4, (3, n), 1 / 2)),
    )


def rescaled_units(given: Posed) -> RescaledUnits:
    """Run a layer of rectified linear units, and the same with weights that are moved about.

    Examples
    --------
    >>> from sparsebound.theory.extremal.training import balanced_units
    >>> rescaled_units(balanced_units(1)).factors
    array([[1.]])
    """
    experiment = posed(given)
    instance, draws = experiment.codes, generators(experiment)
    D, (m, n) = instance.D.data, instance.D.shape
    inputs = multiples(draws, -8, 8, (m,), 1 / 4)
    near = np.rint(np.log2(_ratio(instance.D.norms.mid, instance.X)) / 2)
    wide = np.array(in_turns(UNBALANCED, instance.place))[:, None]
    drawn = 2.0 ** (near + wide * multiples(draws, -3, 3, (n,), 1.0))
    t = said(experiment, "factors", drawn)
    outputs, rescaled = (
        (
            instance.X * level * np.maximum(np.einsum("bm,bmn->bn", inputs, D / level[:, None]), 0)
        ).sum(1)
        for level in (np.ones(t.shape), t)
    )
    return RescaledUnits(t, outputs, rescaled)


def _ratio(norms: FloatArray, a: FloatArray) -> FloatArray:
    """``||w_k||/|a_k|``, and 1 where ``a_k`` is zero."""
    return np.where(a != 0, norms / np.where(a != 0, abs(a), 1.0), 1.0)


PROVIDERS = (
    plain("orthogonalisation_step", OrthogonalisationStep, orthogonalisation_step, SIZE, STEP),
    plain("turned_atoms", TurnedAtoms, turned_atoms, TURN, TOWARDS, SLACK, SEED),
    plain("thresholded_layers", ThresholdedLayers, thresholded_layers, SEED),
    plain("factored_step", FactoredStep, factored_step, SEED),
    plain("rescaled_units", RescaledUnits, rescaled_units, SEED),
)
