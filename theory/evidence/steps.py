"""Steps of gradient descent on whole layers, and on what makes receptive fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.evidence.batched import Batched


@dataclass(frozen=True)
class LayerStep(Batched):
    """One step of a fully connected layer, on data that are closed under shifts of N positions.

    Attributes
    ----------
    signals, codes : ndarray, shape (B, P, m) and (B, P, n)
        Pairs of inputs and outputs, channel by channel; all their joint shifts are the data.
    weights, stepped : ndarray, shape (B, n, m)
        Those of the layer, before and after a step.
    inverse : ndarray, shape (B,)
        ``1/gamma``, the inverse of the size of the step, of either sign.
    biases : ndarray, shape (B, n/N)
        Of a layer of rectified linear units, one for each channel.
    positions : int
        ``N``.
    """

    SHARED: ClassVar[tuple[str, ...]] = ("positions",)
    signals: FloatArray
    codes: FloatArray
    weights: FloatArray
    stepped: FloatArray
    inverse: FloatArray
    biases: FloatArray
    positions: int


@dataclass(frozen=True)
class PowerStep(Batched):
    """One step of a unit towards a receptive field, on samples of codes of some of the atoms.

    Attributes
    ----------
    atoms : ndarray of int, shape (B, F)
        Their numbers.
    samples : ndarray, shape (B, P, F)
        Codes, entries of these atoms alone.
    counts : ndarray of int, shape (B, P)
        How often each of them occurs.
    start : ndarray, shape (B, F)
        The coordinates ``a`` of the weights of the unit.
    stepped : ndarray, shape (B, m)
        The weights after the step.
    """

    atoms: IntArray
    samples: FloatArray
    counts: IntArray
    start: FloatArray
    stepped: FloatArray


@dataclass(frozen=True)
class CodedSignals(Batched):
    """Signals, and codes that a dictionary has for them before its atoms are learned anew.

    Attributes
    ----------
    signals, codes : ndarray, shape (B, N, m) and (B, N, n)
        N samples of both.
    """

    signals: FloatArray
    codes: FloatArray
