r"""Any matrix is a stack of convolutions, one for each factor ``p`` of the signal's length.

Problem: ``T`` is any ``n x d`` matrix (here ``D^T``), ``p >= 2``. Layers are convolutions of
kernel and stride ``p`` with rectified linear units between them; the signal is padded with zeros
to a power of ``p``.

Claim: ``L = max(1, ceil(log_p d))`` layers compute ``T y``: the first ``L - 1`` gather ``p``
neighbours into channels, with the pair ``relu(v), relu(-v)`` for the sign, so that layer ``l`` has
``2 p^l`` channels; the last one is affine. Their parameters are
``sum_l p c_{l-1} c_l + n (p c_{L-1} + 1)`` in number, ``c_0 = 1``, ``c_l = 2 p^l``. Gathering does
not round; the last layer is within twice ``gamma_{d+2} |T| |y|`` of any other computed product.

So the iteration with a dense dictionary is a convolutional network too: this encoder for
``W^T y``, then residual blocks of 1x1 convolutions.

Why: a convolution of kernel and stride ``p`` sees ``p`` neighbours and may copy them into channels;
``v = relu(v) - relu(-v)`` undoes the rectification, which is why each entry travels as a pair.
After ``L - 1`` layers a site holds ``p^{L-1}`` entries of ``y``, and one window of the last layer
all of them: any linear map of them is one affine layer.

Sharp: an equality. With one layer fewer a unit of the output sees ``p^{L-1} < d`` entries.

Source: stated and proved independently; related: Zhou 2020, and Li, Feng and Zhou 2022.

>>> from sparsebound.theory.verdict import decide
>>> encoder = Encoded([[3.0, 4.0]], [[3.0, 4.0]], 2, 1, 6)
>>> decide(THEOREM, Instance([[1, 0], [0, 1]], [[3, 4]]), {"encoded": encoder}).status
array([1], dtype=int8)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis.filters import encoder_layers, encoder_parameters
from sparsebound.theory.analysis.floating_point import FLOAT64
from sparsebound.theory.evidence.networks import Encoded
from sparsebound.theory.extremal import networks as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import INDEPENDENT, LI_FENG_ZHOU_2022, ZHOU_2020
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem, equal


def premises(instance: Instance, encoded: Encoded) -> Iterator[Premise]:
    """A kernel of at least two taps."""
    yield Premise("2 <= p", 2, encoded.kernel, strict=False)


def claims(instance: Instance, encoded: Encoded, *, fewer: int = 0) -> Iterator[Claim]:
    """The number of layers and of parameters, and the outputs."""
    d, n = instance.D.shape
    layers = encoder_layers(d, encoded.kernel) - fewer
    yield from equal("layers = max(1, ceil(log_p d))", encoded.layers, layers)
    yield from equal("parameters", encoded.parameters, encoder_parameters(d, n, encoded.kernel))
    sizes = np.abs(encoded.signals) @ np.abs(instance.D.data)
    room = 2 * FLOAT64.error(d + 2, sizes, 2 * d + 2)
    error = abs(instance.lift(encoded.signals) @ instance.D.atoms - encoded.outputs)
    yield Claim("outputs = T y", error, room, measured=False)


THEOREM = Theorem(
    title="A dense matrix as a stack of convolutions",
    statement=r"T \in R^{n \times d} \text{ is computed by } "
    r"\max(1, \lceil \log_p d \rceil) \text{ convolutions of kernel and stride } p",
    names=("CNN", "universality"),
    source=INDEPENDENT & ZHOU_2020 & LI_FENG_ZHOU_2022,
    premises=premises,
    claims=claims,
    sharp=extremal.powers_of_two,
    mutants=(Mutant("one layer fewer", {"fewer": 1}, smallest=(3, 3)),),
    noisy=True,
    equality=True,
)
