"""Recipes for the convolutional deep model: sparse filters on sparse filters, long signals too."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from sparsebound.checks.recipes.between import BETWEEN
from sparsebound.checks.recipes.codes import Codes, Several
from sparsebound.checks.recipes.kept import kept
from sparsebound.checks.recipes.layers import MAPS
from sparsebound.theory.constructions import dilated_filters
from sparsebound.theory.convolutional import ConvolutionalDictionary
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.maps import IDENTITY, Map
from sparsebound.theory.operators import Convolution


def convolutional_layers(
    codes: Codes | Several,
    *,
    shifts: int,
    taps: list[int],
    filters: list[int],
    stride: int = 1,
    between: str = "identity",
    signs: int = 0,
) -> DeepInstance:
    """Build layers of circular convolutions whose atoms meet in one tap at most.

    The taps of each filter lie at positions of their own, see
    :func:`~sparsebound.theory.constructions.dilated_filters`; where the signal is shorter than
    twice a kernel, atoms may meet more often. Atoms of the upper layers have as few nonzeros as
    taps, so that sparse codes above are sparse below.

    Parameters
    ----------
    codes : Codes or Several
        The codes of the top layer, and the noise of the signal.
    shifts : int
        Shifts of each filter of the top layer, at least; more where a kernel below needs them.
    taps, filters : list of int
        Nonzero taps of a filter, and number of filters, for each layer, first layer first.
    stride : int
        Distance between shifts at the top.
    between : str
        The function under the top layer, by its name in ``MAPS``; with the ReLU, filters and codes
        are not negative.
    signs : int
        Seed of the signs of the taps.

    Raises
    ------
    InputError
        If a parameter is out of range.

    Examples
    --------
    >>> found = convolutional_layers(Codes(), shifts=8, taps=[2, 2], filters=[1, 2])
    >>> [layer.D.shape for layer in found.layers], found.layers[0].sparsity
    ([(8, 8), (8, 16)], array([2]))
    """
    if len(taps) != len(filters) or len(taps) < 2:
        raise InputError("taps", taps, "one number for each of two layers or more, as filters has")
    for name, values in (("taps", taps), ("filters", filters), ("shifts", [shifts])):
        if min(values) < 1:
            raise InputError(name, values, "integers of at least 1")
    if between not in MAPS:
        raise InputError("between", between, f"one of {', '.join(MAPS)}")
    psi = BETWEEN[between]
    positive = not psi.signed
    dictionaries = _dictionaries(
        shifts, tuple(taps), tuple(filters), stride, between, None if positive else signs
    )
    x = codes.draw(dictionaries[-1].shape[1])
    if positive:
        x = np.abs(x)
    layers = [Instance(dictionaries[-1], x)]
    for above, D in zip(dictionaries[:0:-1], dictionaries[-2::-1], strict=True):
        x = above.operator.synthesis(x, method="direct")
        x = psi.back(x) if above is dictionaries[-1] else x
        layers.insert(0, Instance(D, x))
    bottom = dictionaries[0]
    clean = bottom.operator.synthesis(x, method="direct")
    layers[0] = Instance(bottom, x, codes.draw_noise(bottom.shape[0]))
    maps: tuple[Map, ...] = (*(IDENTITY,) * (len(layers) - 1), psi.map)
    return DeepInstance(tuple(layers), clean, maps)


@kept(maxsize=16)
def _dictionaries(
    shifts: int,
    taps: tuple[int, ...],
    filters: tuple[int, ...],
    stride: int,
    between: str,
    signs: int | None,
) -> tuple[ConvolutionalDictionary, ...]:
    """Dictionaries of all layers, first layer first."""
    banks = []
    for layer, (t, count) in enumerate(zip(taps, filters, strict=True)):
        channels = filters[layer - 1] if layer else 1
        step = channels * (stride if layer == len(taps) - 1 else 1)
        flat = dilated_filters(t, count, step, None if signs is None else signs + layer)
        padded = np.pad(flat, ((0, 0), (0, -flat.shape[1] % channels)))
        banks.append(padded.reshape(count, -1, channels).swapaxes(1, 2))
    stretch = BETWEEN[between].stretch
    least = max(
        banks[-1].shape[2], *(-(-bank.shape[2] // stretch) for bank in banks[:-1]), shifts * stride
    )
    length = -(-least // stride) * stride
    top = Convolution(banks[-1], length, stride=stride)
    lower = (Convolution(bank, stretch * length) for bank in banks[:-1])
    return tuple(ConvolutionalDictionary(operator) for operator in (*lower, top))


@st.composite
def convolutional_layer_parameters(draw: DrawFn, limit: int) -> dict[str, Any]:
    """Strategy for two or three small layers, of at most ``limit`` shifts at the top."""
    depth = draw(st.sampled_from([2, 2, 3]))
    stride = draw(st.integers(1, 2))
    return {
        "taps": [draw(st.integers(2, 4)) for _ in range(depth)],
        "filters": [draw(st.integers(1, 2)) for _ in range(depth)],
        "shifts": draw(st.integers(1, limit)),
        "stride": stride,
        "between": draw(st.sampled_from(MAPS)),
        "signs": draw(st.integers(0, 255)),
    }
