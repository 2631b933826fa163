"""Two inputs of each function between layers, as far apart afterwards as can be found."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.adversaries import generator
from sparsebound.checks.provider import SEED, plain
from sparsebound.theory.arithmetic import Ball, FloatArray
from sparsebound.theory.evidence.layers import Displacement, LayerDisplacements
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.maps import Map


def layer_displacements(given: Posed) -> LayerDisplacements:
    """Move the input of each function along the direction that it stretches most, of a few.

    Directions are single entries, constants, windows, and random ones; the input is the true
    one, or its size is random as well.

    Examples
    --------
    >>> from sparsebound.theory.extremal.maps import each_map
    >>> layer_displacements(each_map(1)).layers[0].second
    array([[1., 1., 1., 1.]])
    """
    experiment = posed(given)
    instance = experiment.deep
    below, found = instance.X0, []
    for layer, psi in zip(instance.layers, instance.maps, strict=True):
        d = below.shape[1]
        drawn = {i: generator(experiment, i).integers(-8, 9, d) / 8 for i in np.unique(layer.place)}
        random = np.array([drawn[i] for i in layer.place]).reshape(len(layer), d)
        found.append(_farthest(psi, below, random))
        below = layer.X
    return LayerDisplacements(tuple(found))


def _farthest(psi: Map, start: FloatArray, random: FloatArray) -> Displacement:
    codes, d = start.shape
    steps = np.concatenate([_single(psi, d), _window(psi, d), np.ones((1, d)), -np.ones((1, d))])
    directions = np.concatenate(
        [np.broadcast_to(steps, (codes, *steps.shape)), random[:, None, :]], axis=1
    )
    ends = start[:, None, :] + directions
    flat = ends.reshape(-1, d)
    moved = psi(Ball.of(flat)).mid.reshape(codes, len(steps) + 1, -1)
    outputs = psi(Ball.of(start)).mid[:, None, :]
    size = (directions**2).sum(axis=2)
    ratio = ((moved - outputs) ** 2).sum(axis=2) / np.where(size > 0, size, np.inf)
    best = ratio.argmax(axis=1)
    return Displacement(start, ends[np.arange(codes), best])


def _single(psi: Map, d: int) -> FloatArray:
    """One entry up or down: the first, and one that is in as many windows as any."""
    places = np.minimum([0, psi.window - 1], d - 1)
    unit = np.eye(d)[places]
    return np.concatenate([unit, -unit])


def _window(psi: Map, d: int) -> FloatArray:
    """All entries of the first window."""
    return np.asarray(np.arange(d) < psi.window, dtype=np.float64)[None, :]


PROVIDERS = (plain("displacements", LayerDisplacements, layer_displacements, SEED),)
