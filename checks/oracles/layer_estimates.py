"""Codes that explain a signal layer by layer, as far as the theorem on them allows from the truth.

Whatever is chosen here is plain data; the theorem computes itself whether it satisfies its
premises.
"""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.linear_programs import once_a_support
from sparsebound.checks.provider import plain
from sparsebound.theory.arithmetic import FloatArray, Mask
from sparsebound.theory.evidence.layers import LayerEstimates, Points
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.quantities.memo import of_instance
from sparsebound.theory.stability.deep import energies
from sparsebound.theory.verdict import LARGEST_DECIDED_EXACTLY

SHRINK = 1 - 2.0**-20
"""What keeps a point inside a ball when its coordinates are rounded."""


def layer_estimates(instance: DeepInstance) -> LayerEstimates:
    """Choose the noise where the instance has none, and then the worst code of each layer.

    In each layer the code moves within its support, along the direction in which its atoms are
    most dependent or the one in which the layer below erred, as far as the residual may grow.

    Parameters
    ----------
    instance : DeepInstance
        B codes a layer; the noise of the first one is that of the signals.

    Examples
    --------
    >>> from sparsebound.theory.extremal.cascades import chain_of_single_atoms
    >>> [layer.values.tolist() for layer in layer_estimates(chain_of_single_atoms(2)).layers]
    [[[1022.0]], [[1020.0]]]
    """
    first = instance.layers[0]
    weakest = _weakest(first) @ first.D.data.T
    quiet = ~first.E.any(axis=1, keepdims=True)
    signals = np.asarray(instance.X0 + np.where(quiet, _short(weakest), first.E))
    noise = first.lift(signals) - instance.X0
    allowed = (noise**2).sum(-1)
    below, found = signals, []
    # a tie is decided by exact arithmetic alone
    exactly = max(layer.D.shape[1] for layer in instance.layers) <= LARGEST_DECIDED_EXACTLY
    for layer, psi, energy in zip(
        instance.layers, instance.maps, energies(instance, allowed), strict=True
    ):
        received = psi(layer.lift(below)).mid
        below = _farthest(
            layer, received, np.sqrt(np.maximum((allowed * psi.square).mid, 0)), exactly=exactly
        )
        found.append(Points(below))
        allowed = energy
    return LayerEstimates(Points(signals), tuple(found))


@of_instance
def _weakest(layer: Instance) -> FloatArray:
    """Directions on the supports, shape (B, n), along which their atoms are most dependent."""

    @once_a_support
    def last(support: Mask) -> FloatArray:
        right: FloatArray = np.linalg.svd(layer.D.data[:, support], full_matrices=False)[2]
        return right[-1]

    found = np.zeros(layer.X.shape)
    for code, support in enumerate(layer.support):
        if support.any():
            found[code, support] = last(support)
    return found


def _explaining(layer: Instance, error: FloatArray) -> FloatArray:
    """Directions on the supports, shape (B, n), that best explain an error."""
    found = np.zeros(layer.X.shape)
    for code, support in enumerate(layer.support):
        if support.any() and error[code].any():
            atoms = layer.D.data[:, support]
            found[code, support] = np.linalg.lstsq(atoms, error[code], rcond=None)[0]
    return found


def _farthest(
    layer: Instance, received: FloatArray, radius: FloatArray, *, exactly: bool
) -> FloatArray:
    """Move each code as far as a residual of the given norm allows, shape (B, n)."""
    error = received - layer.D.synthesis(layer.lift(layer.X)).mid
    best, reached = np.array(layer.X), np.zeros(len(layer))
    choices = [(1.0, _on_the_sphere), (SHRINK, _well_below)] if exactly else [(SHRINK, _well_below)]
    for direction in (_weakest(layer), _explaining(layer, error)):
        moved = direction @ layer.D.data.T
        squares = (moved**2).sum(axis=1)
        along = (moved * error).sum(axis=1)
        room = np.maximum(along**2 - squares * ((error**2).sum(axis=1) - radius**2), 0)
        side = np.where(along < 0, -1.0, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.where(squares > 0, (along + side * np.sqrt(room)) / squares, 0.0)
        for share, within in choices:
            point = layer.X + _short(share * reach[:, None] * direction)
            far = np.linalg.norm(point - layer.X, axis=1)
            left = ((received - point @ layer.D.data.T) ** 2).sum(axis=1)
            better = within(left, radius**2) & (far > reached)
            best[better], reached[better] = point[better], far[better]
    return np.asarray(best)


def _on_the_sphere(left: FloatArray, limit: FloatArray) -> Mask:
    """Exactly at the limit, where data are short enough to tell: those of extremal instances."""
    return np.asarray(left == limit)


def _well_below(left: FloatArray, limit: FloatArray) -> Mask:
    """Below by more than rounding, so that ball arithmetic decides it."""
    return np.asarray(left < limit * (1 - 2.0**-30))


def _short(values: FloatArray) -> FloatArray:
    """Round to multiples of 2^-24, so that exact arithmetic stays quick."""
    return np.asarray(np.rint(values * 2.0**24) / 2.0**24)


PROVIDERS = (
    plain("estimates", LayerEstimates, lambda experiment: layer_estimates(experiment.deep)),
)
