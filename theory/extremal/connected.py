"""Experiments with networks of any graph of layers, in which their bounds are met or mutants fail.

As in :mod:`sparsebound.theory.extremal.unfolding`, data and weights are dyadic; by size.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions.skips import SKIPS
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.unfolding import (
    ONE,
    Design,
    aligned_and_inexact,
    aligned_without_noise,
    designed,
)
from sparsebound.theory.instance import Instance


@dataclass(frozen=True)
class Skips:
    """A graph of layers, by name, and the share of what is not the last state.

    Attributes
    ----------
    kind : str
        A key of :data:`~sparsebound.theory.constructions.skips.SKIPS`.
    share : float
        Between 0 and 1.

    Examples
    --------
    >>> Skips("momentum", 0.5).weights(2)
    array([[ 1. ,  0. ],
           [-0.5,  1.5]])
    """

    kind: str
    share: float

    def weights(self, layers: int) -> FloatArray:
        """Give the weights of so many layers, (K, K)."""
        return SKIPS[self.kind](layers, self.share)


ATTAINED = (Skips("residual", 0.5), Skips("dense", 0.5), Skips("pruned", 0.25))
"""Graphs without negative weights, whose sums are at most 1, in turns."""


def _with(experiment: Experiment, skips: Skips, **design: object) -> Experiment:
    """The same experiment with skips, and another design if anything of it is given."""
    settings = designed(experiment.codes, Design(**design)).settings if design else {}  # type: ignore[arg-type]
    return Experiment(experiment.instance, {**experiment.settings, **settings, "skips": skips})


def aligned_graphs(size: int) -> Experiment:
    """``s = size`` aligned atoms, noise and perturbations, through graphs of three kinds."""
    return _with(aligned_and_inexact(size), ATTAINED[(size - 1) % len(ATTAINED)])


def _half_steps(size: int, skips: Skips) -> Experiment:
    """One atom, and steps that each halve the error of what the layer sees."""
    design = Design(layers=3, weights="gradient")
    return _with(designed(Instance([[1.0]], [[float(size)]]), design), skips)


def carried_on(size: int) -> Experiment:
    """A momentum that carries the entry of one atom beyond the code."""
    return _half_steps(size, Skips("momentum", 0.5))


def two_states_at_once(size: int) -> Experiment:
    """Layers that see two states with equal weights."""
    return _half_steps(size, Skips("residual", 0.5))


def cut_without_rescaling(size: int) -> Experiment:
    """A second layer that sees half of a state."""
    return _with(aligned_without_noise(size), Skips("pruned", 0.5), layers=2)


def noise_twice(size: int) -> Experiment:
    """One layer that sees the start twice, with a threshold that covers the noise once."""
    e = 2.0 ** -(size - 1) * np.eye(2)[1:]
    once = Design(layers=1, share=(ONE, ONE, Fraction(1, 2)))
    alone = designed(Instance(np.eye(2), [[1.0, 0.0]], e), once)
    return _with(alone, Skips("amplified", 1.0))
