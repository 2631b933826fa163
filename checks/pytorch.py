"""The same networks as PyTorch modules, to be trained, and the way back.

Needs the extra ``torch``. Modules are built from the networks of numpy, whose parameters become
theirs, in the same floating-point type; filters that blocks share stay shared. ``numpy_network``
and ``evidence`` go back: what was trained becomes a network of numpy, and evidence for
``rate.unfolded``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.checks.networks.convolutional import (
    Structure,
    UnfoldedNetwork,
    convolutional_network,
)
from sparsebound.checks.networks.encoder import Padding
from sparsebound.checks.networks.layers import ConvolutionLayer, Rectifier
from sparsebound.checks.networks.transformer import Attention, FeedForward, Transformer
from sparsebound.checks.subjects.realised import with_thresholds
from sparsebound.theory.analysis.filters import dictionary_of
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.instance import Instance


def _parameter(array: Any) -> Any:
    return nn.Parameter(torch.tensor(np.asarray(array)))


def shrink(v: Any, theta: Any) -> Any:
    """Soft threshold, differentiable in the threshold as well.

    Examples
    --------
    >>> shrink(torch.tensor([-3.0, 0.5]), torch.tensor(1.0))
    tensor([-2., 0.])
    """
    return functional.relu(v - theta) - functional.relu(-v - theta)


def analyse(x: Any, weights: Any, stride: int, circular: bool) -> Any:
    """Correlate signals (B, i, positions) with weights (o, i, taps)."""
    if circular:
        x = functional.pad(x, (0, weights.shape[2] - 1), mode="circular")
    return functional.conv1d(x, weights, stride=stride)


def synthesise(x: Any, weights: Any, length: int, stride: int, circular: bool) -> Any:
    """Transpose :func:`analyse`: codes (B, o, shifts) to signals (B, i, length)."""
    found = functional.conv_transpose1d(x, weights, stride=stride)
    found = functional.pad(found, (0, max(length - found.shape[2], 0)))
    if not circular:
        return found
    inside, beyond = found[:, :, :length], found[:, :, length:]
    return inside + functional.pad(beyond, (0, length - beyond.shape[2]))


class ConvolutionalUnfolding(nn.Module):
    """The unfolded network of a convolutional dictionary.

    Parameters
    ----------
    network : UnfoldedNetwork
        From :func:`sparsebound.checks.networks.convolutional.convolutional_network`, soft
        thresholds.

    Raises
    ------
    InputError
        If it is another network.

    Examples
    --------
    >>> bank = np.array([[1.0, 2.0]])
    >>> network = convolutional_network(Structure(bank, 1, True), bank / 5, 4, np.array([0.5]))
    >>> module = ConvolutionalUnfolding(network)
    >>> sum(parameter.numel() for parameter in module.parameters())
    5
    >>> module(torch.tensor([[5.0, 10, 0, 0]], dtype=torch.float64)).shape
    torch.Size([1, 2, 4])
    """

    def __init__(self, network: UnfoldedNetwork) -> None:
        super().__init__()
        blocks = network.blocks
        plain = blocks and not network.encoder
        if not plain or any(b.activation.function is not soft or not b.residual for b in blocks):
            raise InputError("network", network, "residual blocks of convolutions, soft thresholds")
        first = blocks[0]
        self.filters = _parameter(first.synthesis.weights)
        self.analysis = _parameter(first.analysis.weights)
        self.thresholds = _parameter([float(block.activation.theta) for block in blocks])
        self.length, self.stride = first.synthesis.length, first.synthesis.stride
        self.circular, self.positions = first.synthesis.circular, network.positions

    def forward(self, signals: Any) -> Any:
        """Run signals (B, m); give all states (B, K + 1, n)."""
        y, shape = signals[:, None, :], (self.stride, self.circular)
        x = y.new_zeros((len(y), len(self.filters), self.positions))
        states = [x]
        for theta in self.thresholds:
            residual = y - synthesise(x, self.filters, self.length, *shape)
            x = shrink(x + analyse(residual, self.analysis, *shape), theta)
            states.append(x)
        return torch.stack([state.transpose(1, 2).flatten(1) for state in states], dim=1)


class DenseUnfolding(nn.Module):
    """The unfolded network of a dense dictionary: an encoder of convolutions, 1x1 blocks.

    Parameters
    ----------
    network : UnfoldedNetwork
        From :func:`sparsebound.checks.networks.convolutional.dense_network`.

    Raises
    ------
    InputError
        If it has no encoder.
    """

    def __init__(self, network: UnfoldedNetwork) -> None:
        super().__init__()
        if not network.encoder:
            raise InputError("network", network, "an encoder, and 1x1 blocks")
        self.encoder = nn.Sequential(*(_module(layer) for layer in network.encoder))
        self.gram = _parameter(network.blocks[0].gram.weights)
        self.thresholds = _parameter([float(block.activation.theta) for block in network.blocks])

    def forward(self, signals: Any) -> Any:
        """Run signals (B, m); give all states (B, K + 1, n)."""
        c = self.encoder(signals[:, None, :])
        x = torch.zeros_like(c)
        states = [x]
        for theta in self.thresholds:
            x = shrink(x + (c - functional.conv1d(x, self.gram)), theta)
            states.append(x)
        return torch.stack(states, dim=1).squeeze(-1)


class Shortfall(nn.Module):
    """Zeros at the end, up to a length."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length

    def forward(self, x: Any) -> Any:
        """Pad signals (B, i, positions)."""
        return functional.pad(x, (0, self.length - x.shape[2]))


def _module(layer: Any) -> Any:
    """Make a module of a layer of an encoder."""
    if isinstance(layer, Padding):
        return Shortfall(layer.length)
    if isinstance(layer, Rectifier):
        return nn.ReLU()
    if not isinstance(layer, ConvolutionLayer):
        raise InputError("layer", layer, "padding, a rectifier or a convolution")
    outputs, inputs, taps = layer.weights.shape
    module = nn.Conv1d(inputs, outputs, taps, layer.stride, bias=layer.bias is not None)
    module.weight = _parameter(layer.weights)
    if layer.bias is not None:
        module.bias = _parameter(layer.bias)
    return module


class TransformerUnfolding(nn.Module):
    """The transformer of :mod:`sparsebound.checks.networks.transformer`.

    Its attention is computed from the stream in every layer, as a trained one may need.

    Parameters
    ----------
    network : Transformer
        Whose parameters it takes.
    """

    def __init__(self, network: Transformer) -> None:
        super().__init__()
        heads = network.attention
        self.queries, self.keys = _parameter(heads.queries), _parameter(heads.keys)
        self.values, self.beta = _parameter(heads.values), _parameter(heads.beta)
        for name in ("inner", "bias", "outer"):
            arrays = [_parameter(getattr(block, name)) for block in network.blocks]
            setattr(self, name, nn.ParameterList(arrays))
        self.tokens, self.channels, self.stride = network.tokens, network.channels, network.stride

    def forward(self, signals: Any) -> Any:
        """Run signals (B, m); give the codes after every layer, shape (B, K + 1, n)."""
        count, c, s = len(signals), self.channels, self.stride
        samples = signals.reshape(count, self.tokens, s)
        codes = samples.new_zeros((count, self.tokens, c))
        place = torch.eye(self.tokens, dtype=samples.dtype).expand(count, -1, -1)
        stream = torch.cat([codes, samples, codes, place], dim=2)
        states = [stream]
        for inner, bias, outer in zip(self.inner, self.bias, self.outer, strict=True):
            seen = stream[:, None]
            scores = (seen @ self.queries) @ (seen @ self.keys).transpose(-1, -2)
            weights = torch.softmax(self.beta * scores, dim=-1)
            stream = stream + (weights @ (seen @ self.values)).sum(dim=1)
            stream = stream + functional.relu(stream @ inner + bias) @ outer
            states.append(stream)
        return torch.stack([state[:, :, :c].flatten(1) for state in states], dim=1)


class ConnectedUnfolding(nn.Module):
    """An unfolded network whose layers see all states before them: residual, dense, momentum.

    What was trained is certified by ``sparsebound.certify(D, weights=, thresholds=, skips=)``.

    Parameters
    ----------
    D, W : ndarray, shape (m, n)
        The dictionary, which is not trained, and the weights.
    thresholds : ndarray, shape (K,)
        One a layer.
    skips : ndarray, shape (K, K)
        With which weight each state before enters a layer; what is above the diagonal is not used.
        :mod:`sparsebound.theory.constructions.skips` has the usual ones.

    Raises
    ------
    InputError
        If shapes do not agree.

    Examples
    --------
    >>> from sparsebound.theory.constructions.skips import momentum
    >>> module = ConnectedUnfolding(np.eye(1), np.eye(1) / 2, np.zeros(3), momentum(3))
    >>> module(torch.tensor([[8.0]], dtype=torch.float64)).flatten().tolist()
    [0.0, 4.0, 7.0, 8.25]
    """

    def __init__(
        self, D: FloatArray, W: FloatArray, thresholds: FloatArray, skips: FloatArray
    ) -> None:
        super().__init__()
        layers = len(thresholds)
        for name, array, shape in (("W", W, D.shape), ("skips", skips, (layers, layers))):
            if array.shape != shape:
                raise InputError(f"shape of {name}", array.shape, f"{shape}")
        self.register_buffer("dictionary", torch.tensor(np.asarray(D)))
        self.weights, self.thresholds = _parameter(W), _parameter(thresholds)
        self.skips = _parameter(skips)

    def forward(self, signals: Any) -> Any:
        """Run signals (B, m); give all states (B, K + 1, n)."""
        states = signals.new_zeros((len(signals), 1, self.weights.shape[1]))
        for k, theta in enumerate(self.thresholds):
            share = self.skips[k, : k + 1]
            steps = (signals[:, None] - states @ self.dictionary.T) @ self.weights
            x = torch.tensordot(states + steps, share, dims=([1], [0]))
            states = torch.cat([states, shrink(x, theta)[:, None]], dim=1)
        return states


def _array(tensor: Any) -> FloatArray:
    return np.asarray(tensor.detach().double().cpu().numpy())


def numpy_network(module: ConvolutionalUnfolding) -> UnfoldedNetwork:
    """Take the parameters of a module, trained or not, into a network of numpy.

    Raises
    ------
    InputError
        If a parameter is not finite.

    Examples
    --------
    >>> bank = np.array([[1.0, 2.0]])
    >>> network = convolutional_network(Structure(bank, 1, True), bank / 5, 4, np.array([0.5]))
    >>> numpy_network(ConvolutionalUnfolding(network)).blocks[0].synthesis.weights
    array([[[1., 2.]]])
    """
    structure, analysis = _structure(module)
    return convolutional_network(structure, analysis, module.length, _array(module.thresholds))


def _finite(module: Any) -> None:
    for name, parameter in module.named_parameters():
        if not bool(torch.isfinite(parameter).all()):
            raise InputError(name, _array(parameter), "finite numbers")


def numpy_transformer(module: TransformerUnfolding) -> Transformer:
    """Take the parameters of a transformer, trained or not, into one of numpy.

    Raises
    ------
    InputError
        If a parameter is not finite, or attention depends on more than positions.
    """
    _finite(module)
    queries, keys = _array(module.queries), _array(module.keys)
    for name, part in (("queries", queries), ("keys", keys)):
        if part[:, : -module.tokens].any():
            raise InputError(name, part, "matrices that read positions alone")
    attention = Attention(queries, keys, _array(module.values), float(_array(module.beta)))
    blocks = zip(module.inner, module.bias, module.outer, strict=True)
    found = tuple(FeedForward(*(_array(part) for part in block)) for block in blocks)
    return Transformer(attention, found, module.tokens, module.channels, module.stride)


def _structure(module: ConvolutionalUnfolding) -> tuple[Structure, FloatArray]:
    _finite(module)
    filters = _array(module.filters)[:, 0]
    return Structure(filters, module.stride, module.circular), _array(module.analysis)[:, 0]


def evidence(module: ConvolutionalUnfolding, X: Any, E: Any = None) -> tuple[Instance, Unfolding]:
    """Run a module on signals of its own dictionary, as evidence for ``rate.unfolded``.

    Whether its thresholds are large enough is a premise there: where they are not, the theorem
    says nothing about this network.

    Parameters
    ----------
    module : ConvolutionalUnfolding
        Trained or not.
    X : array_like, shape (B, n)
        Codes.
    E : array_like, shape (B, m), optional
        Noise.

    Returns
    -------
    Instance, Unfolding
        The dictionary that the module's filters make up, with these codes; and what it did.
    """
    structure, analysis = _structure(module)
    shape = module.length, structure.stride, structure.circular
    instance = Instance(dictionary_of(structure.filters, *shape), X, E)
    dtype = str(module.filters.dtype).removeprefix("torch.")
    with torch.no_grad():
        signals = torch.tensor(instance.Y.mid, dtype=module.filters.dtype)
        states = _array(module(signals))
    W = dictionary_of(analysis, *shape)
    return instance, with_thresholds(instance, W, _array(module.thresholds), states, dtype)
