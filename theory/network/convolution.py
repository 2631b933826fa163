r"""With a convolutional dictionary, one iteration is one residual block of convolutions.

Problem: ``D`` consists of all shifts of a few filters, circular (at most as long as the signal,
a stride that divides it) or of full length (zero padding, all atoms complete); ``W`` likewise.
Signals and filters may have several channels. A block is a transposed convolution ``D x``, a
convolution ``W^T r`` of the residual ``r = y - D x``, the sum with ``x``, and an activation whose
bias is the threshold.

Claim: each block computes ``v = x + W^T (y - D x)`` and ``soft(v, theta)``. Computed, ``v`` is
within ``gamma_{m+n+7} (|x| + |W|^T (|y| + |D| |x|))`` of the exact one, in any order of summation,
and so within twice that of a matrix iteration that is computed as well. A network in float32 or
float16 is allowed what that type may lose. These are sums of products: a Fourier transform, whose
error is relative to a whole signal, is not.

Why: ``D x`` places filters, and ``W^T r`` correlates with them: a convolution with the flipped
filters.

Truncating the padding shortens atoms at the border, which are then no shifts of a filter: there
only ``rate.unfolded``, with its diagonal, applies.

Source: Papyan, Romano and Elad 2017 for the model; the statement is elementary.

>>> from sparsebound.theory.verdict import decide
>>> one = np.ones((1, 1))
>>> block = Convolved([[3.0]], [[[0.0], [2.0]]], [[[3.0]]], [[1.0]], one, one, 1, True)
>>> decide(THEOREM, Instance([[1]], [[3]]), {"convolved": block}).status
array([1], dtype=int8)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis import activations, filters
from sparsebound.theory.analysis.floating_point import Allowance, FloatingPoint
from sparsebound.theory.arithmetic import Enclosure, FloatArray
from sparsebound.theory.evidence.networks import Convolved
from sparsebound.theory.extremal import networks as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import ELEMENTARY, PAPYAN_ROMANO_ELAD_2017
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, convolved: Convolved) -> Iterator[Premise]:
    """The dictionary is that of the network's filters."""
    shape = instance.D.shape[0], convolved.stride, convolved.circular
    expected = filters.dictionary_of(convolved.filters, *shape)
    different = instance.D.data != expected if expected.shape == instance.D.shape else True
    yield Premise("D consists of shifts of filters", float(np.sum(different)), 0, strict=False)


def claims(instance: Instance, convolved: Convolved, *, flipped: bool = True) -> Iterator[Claim]:
    """What every block hands to its activation, and what this makes of it."""
    bank = convolved.analysis if flipped else convolved.analysis[..., ::-1]
    shape = instance.D.shape[0], convolved.stride, convolved.circular
    W = filters.dictionary_of(bank, *shape)
    x, y = _finite(convolved.states[:, :-1]), convolved.signals
    residual = instance.lift(y[:, None]) - instance.lift(x) @ instance.D.atoms.swapaxes(0, 1)
    sums, after = convolved.sums, convolved.states[:, 1:]
    step = Allowance.of(
        filters.step_error(instance, W, convolved.states[:, :-1], y, convolved.dtype)
    )
    theta, kind = convolved.thresholds[:, :, None], FloatingPoint.of(convolved.dtype)
    room = Allowance.of(activations.activation_error(kind, np.abs(sums), theta))
    beyond, lost = ~np.isfinite(sums), ~np.isfinite(after)
    if beyond.any() or lost.any():
        surely, ever = (beyond & step.known) | (lost & room.known), beyond | lost
        found = Enclosure(*(instance.lift(part.astype(np.float64)) for part in (surely, ever)))
        yield Claim("v^k and x^{k+1} are finite", found, 0, measured=False)
    error = abs(instance.lift(_finite(sums)) - (residual @ W + x))
    yield Claim("v^k = x^k + W^T (y - D x^k)", step.against(error), step.size, measured=False)
    moved = abs(activations.soft(instance.lift(_finite(sums)), theta) - _finite(after))
    yield Claim("x^{k+1} = soft(v^k)", room.against(moved), room.size, measured=False)


def _finite(values: FloatArray) -> FloatArray:
    return np.where(np.isfinite(values), values, 0.0)


THEOREM = Theorem(
    title="An iteration as a residual block of convolutions",
    statement=r"x^{k+1} = h\left(x^k + \overline{w} * (y - d * x^k)\right) = "
    r"h\left(x^k + W^T (y - D x^k)\right)",
    names=("CNN", "CSC", "convolutional sparse coding"),
    source=PAPYAN_ROMANO_ELAD_2017 & ELEMENTARY,
    premises=premises,
    claims=claims,
    mutants=(
        Mutant(
            "convolution with unflipped filters",
            {"flipped": False},
            extremal.two_taps,
            smallest=(2, 2),
        ),
    ),
    dictionaries=("circular", "full_length", "cycle", "orthonormal", "blocks", "one_atom"),
    noisy=True,
    equality=True,
)
