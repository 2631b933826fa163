"""What theorems on training are checked against: steps that were taken, and what they moved.

Plain data as in :mod:`sparsebound.theory.evidence`, in which nothing is trusted.
"""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray, Mask
from sparsebound.theory.evidence.batched import Batched, OfDictionary


@dataclass(frozen=True)
class OrthogonalisationStep(OfDictionary):
    """One step towards orthonormal atoms.

    Attributes
    ----------
    scale, beta : ndarray, shape (1,)
        A power of two by which the atoms are multiplied first, and the size of the step.
    result : ndarray, shape (m, n)
        The atoms after it.
    """

    scale: FloatArray
    beta: FloatArray
    result: FloatArray


@dataclass(frozen=True)
class TurnedAtoms(OfDictionary):
    """The atoms of a dictionary after each of them turned a little.

    Attributes
    ----------
    squared : ndarray, shape (1,)
        A bound of the squared distance that any of them moved, at norm 1.
    atoms : ndarray, shape (m, n)
        The atoms now, of any norms.
    """

    squared: FloatArray
    atoms: FloatArray


@dataclass(frozen=True)
class ThresholdedLayers(Batched):
    """Two layers of one network, at two choices of the thresholds of the first one.

    Attributes
    ----------
    thresholds, raised : ndarray, shape (B, n)
        Those of the first layer.
    signed : ndarray of bool, shape (B,)
        Whether the first layer is a soft threshold, instead of a rectified linear unit.
    first, first_raised : ndarray, shape (B, n)
        What the first layer returned.
    weights : ndarray, shape (B, n, k)
        Those of the second layer.
    second, second_raised : ndarray, shape (B, k)
        What the second layer returned, at the thresholds 1/2.
    """

    thresholds: FloatArray
    raised: FloatArray
    signed: Mask
    first: FloatArray
    first_raised: FloatArray
    weights: FloatArray
    second: FloatArray
    second_raised: FloatArray


@dataclass(frozen=True)
class FactoredStep(Batched):
    """A product of two factors before and after a step of gradient descent with weight decay.

    Attributes
    ----------
    u, v : ndarray, shape (B, n)
        The factors; the code is ``u o v``.
    gamma, lam : ndarray, shape (B,)
        The size of the step, and the weight decay.
    gradient, new_u, new_v : ndarray, shape (B, n)
        The gradient of the misfit at ``u o v``, and the factors after the step.
    signals : ndarray, shape (B, m)
        Signals of a second problem,
    weights, still_u, still_v, other : ndarray, shape (B,) and three times (B, n)
        its weight decay, factors at which it is stationary, and another code.
    deep : ndarray, shape (B, L, n)
        Any L factors.
    """

    u: FloatArray
    v: FloatArray
    gamma: FloatArray
    lam: FloatArray
    gradient: FloatArray
    new_u: FloatArray
    new_v: FloatArray
    signals: FloatArray
    weights: FloatArray
    still_u: FloatArray
    still_v: FloatArray
    other: FloatArray
    deep: FloatArray


@dataclass(frozen=True)
class RescaledUnits(Batched):
    """A layer of rectified linear units, and the same function with other weights.

    Attributes
    ----------
    factors : ndarray, shape (B, n)
        ``t``: the output weight of a unit is multiplied by it, and its other weights are divided.
    outputs, rescaled : ndarray, shape (B,)
        What the network returned for some input, before and after.
    """

    factors: FloatArray
    outputs: FloatArray
    rescaled: FloatArray


@dataclass(frozen=True)
class AlternatingStep(Batched):
    """One round of dictionary learning on N samples: their codes, then the atoms.

    Attributes
    ----------
    scale : ndarray, shape (B,)
        A power of two, by which the atoms of the instance are multiplied first.
    codes, signals : ndarray, shape (B, N, n) and (B, N, m)
        The samples, and their codes before the round.
    lam : ndarray, shape (B,)
        The weight of the l1 norm.
    code_bound, atom_bound : ndarray, shape (B,)
        The inverse steps ``L_X`` and ``L_D``.
    new_codes, new_atoms : ndarray, shape (B, N, n) and (B, m, n)
        What the round gave.
    """

    scale: FloatArray
    codes: FloatArray
    signals: FloatArray
    lam: FloatArray
    code_bound: FloatArray
    atom_bound: FloatArray
    new_codes: FloatArray
    new_atoms: FloatArray


@dataclass(frozen=True)
class BlockStep(Batched):
    """What a sparsification block of a transformer did to one token.

    Attributes
    ----------
    signals, start : ndarray, shape (B, m) and (B, n)
        The token as a signal, and the code that the block begins with.
    gamma, lam : ndarray, shape (B,)
        The size of the step, and the weight of the l1 norm.
    output : ndarray, shape (B, n)
        The code that the block returned.
    rival : ndarray, shape (B, n)
        Any nonnegative code.
    """

    signals: FloatArray
    start: FloatArray
    gamma: FloatArray
    lam: FloatArray
    output: FloatArray
    rival: FloatArray


@dataclass(frozen=True)
class LearningStep(Batched):
    """One step of iterative thresholding and signed means, from atoms that are a little off.

    Attributes
    ----------
    samples : ndarray, shape (B, N, n)
        Codes with respect to the atoms of the instance.
    tilted : ndarray, shape (B, m, n)
        The atoms that the step begins with, of any norms.
    updated : ndarray, shape (B, m, n)
        What it gave, before it is normalised.
    """

    samples: FloatArray
    tilted: FloatArray
    updated: FloatArray


@dataclass(frozen=True)
class NearbyBasis(Batched):
    """Samples in a basis, and another basis near it.

    Attributes
    ----------
    samples : ndarray, shape (B, N, n)
        Codes with respect to the normalised atoms.
    weights : ndarray, shape (B, N)
        Positive; the dual solution is the least one in the norm that they define.
    moved : ndarray, shape (B, n, n)
        How much of atom j (rows) is added to atom k (columns); zero on the diagonal.
    minimum : ndarray of bool, shape (B,)
        Whether the basis is to be shown to be a minimum, or to be none.
    """

    samples: FloatArray
    weights: FloatArray
    moved: FloatArray
    minimum: Mask


@dataclass(frozen=True)
class ParameterRun(Batched):
    """The parameters of a network at every step of gradient descent, one run for each signal.

    Attributes
    ----------
    parameters : ndarray, shape (B, K + 1, 2 n)
        Those of a two-layer diagonal network: first u, then v.
    eta : ndarray, shape (B,)
        The step.
    """

    parameters: FloatArray
    eta: FloatArray
