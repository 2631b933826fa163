r"""Sparse codes lose no information, and independent ones have no redundancy.

Problem: ``N`` codes ``x``, all of them equally likely, their signals ``y = D x``, atoms as given,
and ``m`` weights ``w_i`` that span ``R^m``. ``H`` is the entropy of the values that occur, by how
often they do. Its ``exp(N H) = N^N/prod c^c``, over the numbers ``c`` of equal values, is rational,
and is what is computed.

Claim: (a) if ``||x||_0 < spark/2`` for all codes, ``H(y) = H(x)``. (b) The weights have
``H(y) <= sum_i H(<w_i, y>)``. (c) If the entries of the codes are independent, every combination as
often as the numbers of its entries say, and ``D`` is square with ``W^T D`` diagonal, (b) is an
equality.

Why: (a) different codes have different signals (``uniqueness.spark``). (b) ``y`` is a function of
all the ``<w_i, y>``, and entropies of several numbers add up to no less than their joint one.
(c) ``<w_i, y>`` is a multiple of ``x_i``, and for independent numbers they add up to that.

Sharp: (b) for every design of independent entries.

Source: stated and proved independently, in the setting of Yuan, Pan, Zhou, Qin, Liu 2021.

>>> from sparsebound.theory.verdict import decide
>>> codes = SampledCodes([[[0, 0], [0, 1], [1, 0], [1, 1]]] * 2, [np.eye(2), [[1, 1], [1, -1]]])
>>> instance = Instance([[1, 0], [0, 1]], [[0, 1], [0, 1]])
>>> decide(THEOREM, instance, {"sampled_codes": codes}).ratio
array([1.    , 0.0625])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import NamedTuple

import numpy as np

from sparsebound.theory.arithmetic import UNKNOWN, IntArray, Mask, Number
from sparsebound.theory.evidence.coding import SampledCodes
from sparsebound.theory.extremal.coding import (
    every_combination,
    sums_and_differences,
    two_halves_of_a_circuit,
    weights_that_see_nothing,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import spark
from sparsebound.theory.quantities.memo import of_evidence
from sparsebound.theory.sources import INDEPENDENT, YUAN_PAN_ZHOU_QIN_LIU_2021
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


class Repeats(NamedTuple):
    """How often each of the samples occurs.

    Attributes
    ----------
    each : ndarray of int, shape (B, N, k)
        How many samples have an entry in common with it.
    joint : ndarray of int, shape (B, N)
        How many have all of them.
    known : ndarray of bool, shape (B,)
        Whether this is decided.
    """

    each: IntArray
    joint: IntArray
    known: Mask


def premises(
    instance: Instance, sampled_codes: SampledCodes, *, spanning: bool = True
) -> Iterator[Premise]:
    """Weights that determine a signal."""
    if spanning:
        W = instance.lift(sampled_codes.analysis)
        yield Premise("0 < det W^T W", 0, (W.swapaxes(-1, -2) @ W).determinant())


def claims(
    instance: Instance,
    sampled_codes: SampledCodes,
    *,
    diagonal: bool = True,
    beyond: int = 0,
) -> Iterator[Claim]:
    """Nothing is lost, nothing is gained, and nothing is said twice."""
    codes, signals, outputs = _counted(instance, sampled_codes)
    sizes = (sampled_codes.samples != 0).sum(axis=2).max(axis=1, initial=0)
    sparse = (2 * instance.lift(sizes)).compared(spark(instance.D) + beyond) == -1
    before, after, seen = (
        _exponents(counts) for counts in (codes.joint, signals.joint, outputs.each)
    )
    kept = _power(instance, (before - after) * sparse[:, None], codes.known & signals.known)
    yield Claim("H(x) <= H(y) where ||x||_0 < spark/2", kept, 1, measured=False)
    known = outputs.known & signals.known
    yield Claim("H(y) <= sum_i H(<w_i, y>)", _power(instance, after - seen, known), 1)
    alone, told = _independent(codes), codes.known
    if diagonal:
        one_each, decided = _diagonal(instance, sampled_codes)
        alone, told = alone & one_each, told & decided
    redundant = _power(instance, (seen - after) * alone[:, None], known & told)
    said = "sum_i H(<w_i, y>) <= H(y) for independent entries"
    yield Claim(said, redundant, 1, measured=False)


@of_evidence
def _counted(instance: Instance, sampled_codes: SampledCodes) -> tuple[Repeats, Repeats, Repeats]:
    """Of the codes, of their signals, and of what the weights see of these."""
    codes = instance.lift(sampled_codes.samples)
    signals = codes @ instance.D.atoms.swapaxes(0, 1)
    return _repeats(codes), _repeats(signals), _repeats(signals @ sampled_codes.analysis)


def _repeats(values: Number) -> Repeats:
    """Count equal samples; values of shape (B, N, k)."""
    batch, count, entries = values.shape
    apart = values.reshape(batch, count, 1, entries) - values.reshape(batch, 1, count, entries)
    signs = apart.sign
    known = signs != UNKNOWN
    same = (signs == 0) | ~known
    return Repeats(same.sum(axis=2), same.all(axis=3).sum(axis=2), known.all(axis=(1, 2, 3)))


def _exponents(counts: IntArray) -> IntArray:
    """Of 0, ..., N in ``exp(N H)``, for values that occur so often; (B, N) or (B, N, k)."""
    batch, count = counts.shape[:2]
    numbers = np.arange(count + 1)
    found = (counts.reshape(batch, -1, 1) == numbers).sum(axis=1)
    return np.asarray(prod(counts.shape[1:]) * (numbers == count) - found)


def _power(instance: Instance, exponents: IntArray, known: Mask) -> Number:
    """The product of 1, ..., N with these exponents, for each code."""
    numbers = range(1, exponents.shape[1])
    found = []
    for row in exponents[:, 1:].tolist():
        over, under = (
            prod(q**e for q, e in zip(numbers, one, strict=True) if e > 0)
            for one in (row, [-e for e in row])
        )
        found.append(Fraction(over, under))
    return instance.lift(np.array(found, dtype=object)).where(known, np.nan)


def _independent(codes: Repeats) -> Mask:
    """Whether every combination of entries occurs as often as its entries do, on their own."""
    products = np.multiply.reduce(codes.each.astype(object), axis=2)
    _, count, n = codes.each.shape
    joint = codes.joint.astype(object) * count ** (n - 1)
    return np.asarray((joint == products).all(axis=1), dtype=bool)


def _diagonal(instance: Instance, sampled_codes: SampledCodes) -> tuple[Mask, Mask]:
    """Whether each weight sees one atom, and is the only one to see it; and if that is known."""
    (m, n), batch = instance.D.shape, len(sampled_codes.samples)
    if m != n:
        return np.zeros(batch, dtype=bool), np.ones(batch, dtype=bool)
    seen = instance.lift(sampled_codes.analysis).swapaxes(-1, -2) @ instance.D.atoms
    signs = seen.where(~np.eye(n, dtype=bool), 0).sign
    surely_not = ((signs != 0) & (signs != UNKNOWN)).any(axis=(1, 2))
    return (signs == 0).all(axis=(1, 2)), surely_not | (signs != UNKNOWN).all(axis=(1, 2))


THEOREM = Theorem(
    title="Sparse codes lose nothing, independent ones say nothing twice",
    statement=r"\| x \|_0 < \tfrac{1}{2} \operatorname{spark}(D) \implies H(y) = H(x); \quad "
    r"\operatorname{rank} W = m \implies H(y) \le \sum_i H(\langle w_i, y \rangle), "
    r"\text{ with equality for independent entries and } W^T D \text{ diagonal}",
    names=("redundancy reduction", "factorial code", "efficient coding", "subadditivity"),
    source=INDEPENDENT & YUAN_PAN_ZHOU_QIN_LIU_2021,
    premises=premises,
    claims=claims,
    sharp=every_combination,
    mutants=(
        Mutant("||x||_0 <= spark/2", {"beyond": 1}, two_halves_of_a_circuit, smallest=(1, 2)),
        Mutant(
            "independent for all weights",
            {"diagonal": False},
            sums_and_differences,
            smallest=(2, 2),
        ),
        Mutant(
            "weights need not span", {"spanning": False}, weights_that_see_nothing, smallest=(1, 1)
        ),
    ),
    enumerates=True,
    # of integers, whose signals are equal or are not
    dictionaries=(
        "one_atom",
        "orthonormal",
        "simplex",
        "cycle",
        "graph",
        "integer",
        "blocks",
        "transversal_design",
    ),
)
