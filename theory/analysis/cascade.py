"""How an error of one layer reaches the next, as far as each analysis weight can see.

``P_i`` is the support of the weight ``w_i``, and ``Q_i`` the inputs on which the outputs of
``psi`` in ``P_i`` depend.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from sparsebound.theory.analysis import unfolding_rates as rates
from sparsebound.theory.analysis.weights import LinearMap, analysed
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.maps import Map
from sparsebound.theory.operators import Convolution
from sparsebound.theory.quantities.memo import kept
from sparsebound.theory.theorem import Premise

Choice = Callable[[Number], Number]


def largest(sums: Number) -> Number:
    """Largest entry of each code."""
    return sums.max(-1)


def smallest(sums: Number) -> Number:
    """Smallest entry of each code."""
    return sums.min(-1)


def seen(W: LinearMap, between: Map, values: Number) -> Number:
    """Sums of nonnegative values over ``Q_i``, shape (B, n).

    Where the windows of ``psi`` overlap, values in several of them are counted as often.

    Parameters
    ----------
    W : ndarray of shape (m, n), or Convolution
        The weights.
    between : Map
        The function ``psi``.
    values : Number, shape (B, d)
        One for each input of ``psi``.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> from sparsebound.theory.maps import IDENTITY
    >>> seen(Convolution([[3, 0, -1]], 4), IDENTITY, Ball([[1, 2, 4, 8]])).mid
    array([[ 5., 10.,  5., 10.]])
    """
    if isinstance(W, Convolution):
        structure: LinearMap = W.with_filters(W.filters != 0)
    else:
        structure = (W != 0).astype(np.float64)
    return analysed(structure, between.gather(values))


def longest_weight(layer: Instance, W: LinearMap) -> Number:
    """``max_i ||w_i||_2``, shape ().

    Examples
    --------
    >>> float(longest_weight(Instance([[1, 0], [0, 1]], [[1, 0]]), np.diag([3.0, 4.0])).mid)
    4.0
    """

    def compute() -> Number:
        columns = W.filters.reshape(len(W.filters), -1).T if isinstance(W, Convolution) else W
        return (layer.lift(columns) ** 2).sum(0).max(-1).sqrt()

    result: Number = kept(layer.D.memo, "longest weight", W, compute)
    return result


def first_noise(instance: DeepInstance, W: LinearMap) -> Number:
    """``C_1 l_1 max_i ||(y - x_0) on Q_i||_2``, shape (B,)."""
    layer, between = instance.layers[0], instance.maps[0]
    energies = seen(W, between, layer.lift(layer.E) ** 2)
    return longest_weight(layer, W) * (largest(energies) * between.square).sqrt()


def noise_from_below(
    instance: DeepInstance, index: int, W: LinearMap, bound: Number, *, meeting: Choice = largest
) -> Number:
    """``C_j l_j sqrt(P_j) b_{j-1}``, shape (B,), for the layer of an index above 0.

    ``P_j`` is the largest number of entries of the code below, supported where that is, in one
    ``Q_i``; ``meeting`` takes another one for a mutant.
    """
    layer, below, between = instance.layers[index], instance.layers[index - 1], instance.maps[index]
    counts = seen(W, between, layer.lift(below.support.astype(np.float64)))
    return longest_weight(layer, W) * (meeting(counts) * between.square).sqrt() * bound


def noise_levels(
    instance: DeepInstance, cascade: Cascade, *, meeting: Choice = largest
) -> Iterator[Number]:
    """What the noise of each layer is at most, given the bound of the layer below; shape (B,)."""
    for index, network in enumerate(cascade.networks):
        if index == 0:
            yield first_noise(instance, network.W)
            continue
        below, layer = cascade.networks[index - 1], instance.layers[index - 1]
        bound = rates.linear_bounds(layer, below, rates.local_rate(layer, below.W))[:, -1]
        yield noise_from_below(instance, index, network.W, bound, meeting=meeting)


def filtered_noises(instance: DeepInstance, cascade: Cascade) -> Iterator[Number]:
    """``W_j^T (psi_j(z_{j-1}) - D_j x_j)`` of each layer, ``z_0 = y``; shape (B, n_j)."""
    first = instance.layers[0]
    below = first.lift(instance.X0) + first.E
    for layer, between, network in zip(
        instance.layers, instance.maps, cascade.networks, strict=True
    ):
        noise = between(below) - layer.D.synthesis(layer.lift(layer.X))
        yield analysed(network.W, noise)
        below = layer.lift(network.iterates[:, -1])


def lipschitz(layer: Instance, between: Map) -> Number:
    """Lipschitz constant of a map in the arithmetic of a layer, shape ().

    Examples
    --------
    >>> from sparsebound.theory.maps import average_pooling
    >>> float(lipschitz(Instance([[1]], [[1]]), average_pooling(4)).mid)
    0.5
    """
    return layer.lift(between.square).sqrt()


def fitting(instance: DeepInstance) -> Iterator[Premise]:
    """The layers fit on each other: ``psi_j(x_{j-1}) = D_j x_j``."""
    for index, (layer, below) in enumerate(zip(instance.layers, instance.inputs(), strict=True), 1):
        difference = below - layer.D.synthesis(layer.lift(layer.X))
        name = f"psi_{index}(x_{index - 1}) = D_{index} x_{index}"
        yield Premise(name, abs(difference).max(-1), 0, strict=False)


def noise_norm(instance: DeepInstance) -> Number:
    """``eps_0 = ||y - x_0||_2``, shape (B,)."""
    first = instance.layers[0]
    return (first.lift(first.E) ** 2).sum(-1).sqrt()


def global_noise(instance: DeepInstance, index: int, W: LinearMap, bound: Number) -> Number:
    """``nu_j = C_j l_j eps_0`` or, above the first layer, ``C_j l_j sqrt(s_{j-1}) b_{j-1}``; (B,).

    ``bound`` is ``b_{j-1}``, of no use in the first layer.
    """
    layer, square = instance.layers[index], instance.maps[index].square
    if index == 0:
        return longest_weight(layer, W) * lipschitz(layer, instance.maps[0]) * noise_norm(instance)
    count = layer.lift(instance.layers[index - 1].sparsity)
    return longest_weight(layer, W) * (count * square).sqrt() * bound
