r"""Sparse codes have the outputs of largest entropy.

Problem: unit atoms, and weights ``W``, any number of them, with ``W W^T = I``: an orthonormal
basis, or several of them, scaled; here each is made of the one before by a reflection
``I - 2 v v^T/||v||^2``, and has a share ``p_c/(sum_c p_c^2)^{1/2}``. No weight sees more than 1 of
the atoms: ``sum_j <w_i, d_j>^2 <= 1``, as for orthonormal atoms.

Claim: ``sum_i (sum_j <w_i, d_j>^2 x_j^2)^{1/2} >= ||x||_1`` for every code.

What it means: for codes with independent Gaussian amplitudes of sizes ``|x_j|``, the left side is
``(pi/2)^{1/2}`` times the mean of the l1 norm of the outputs ``W^T y``. Outputs of an orthonormal
basis that go through the distribution function of a Laplace distribution of scale ``b`` have as
their entropy that of the signal, less ``n log (2b)``, less that mean over ``b``. So among all
orthonormal bases, none has outputs of larger entropy than the dictionary, and what another one
misses is the difference of the two sides, times ``(2/pi)^{1/2}/b``.

Why: the squares ``P_ij = <w_i, d_j>^2`` sum to ``||W^T d_j||^2 = 1`` in each column, and to at
most 1 in each row. So by Cauchy and Schwarz ``(sum_j P_ij x_j^2)^{1/2} >= sum_j P_ij |x_j|``;
the sum over ``i`` is ``||x||_1``.

Sharp: flat codes, for every orthonormal basis: a dense code says nothing about its dictionary.

Source: stated and proved independently, in the setting of Yuan, Pan, Zhou, Qin, Liu 2021.

>>> from sparsebound.theory.verdict import decide
>>> bases = Rotations([[[1, 2], [1, 2]], [[1, 2], [1, 3]]], [[0, 1], [0, 1]])
>>> decide(THEOREM, Instance([[1, 0], [0, 1]], [[1, 0], [1, 0]]), {"rotations": bases}).ratio
array([1.        , 0.80645161])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence.coding import Rotations
from sparsebound.theory.extremal.coding import flat_codes, one_code_unseen, two_equal_entries
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import of_evidence
from sparsebound.theory.sources import INDEPENDENT, YUAN_PAN_ZHOU_QIN_LIU_2021
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


class Seen(NamedTuple):
    """What the weights see of the atoms as given, but for ``length``; without their shares.

    Attributes
    ----------
    products : Number, shape (B, C, m, n)
    length : Number, shape (B, C, 1)
        What each weight has been multiplied by.
    """

    products: Number
    length: Number


def premises(instance: Instance, rotations: Rotations, *, tight: bool = True) -> Iterator[Premise]:
    """Orthonormal bases, and atoms of which no weight sees too much."""
    lift, squares = instance.lift, instance.D.squares
    lengths = (lift(rotations.vectors) * rotations.vectors).sum(-1).min(-1)
    yield Premise("0 < ||v||", 0, lengths)
    shares = lift(rotations.shares)
    whole = (shares * shares).sum(-1)
    yield Premise("0 < sum_c p_c^2", 0, whole)
    seen = _weights(_seen(instance, rotations), tight=tight)
    batch, bases, _, _ = seen.products.shape
    # relative to the first atom, so that integers stay integers
    rows = (seen.products * seen.products / (squares / squares[0])).sum(-1)
    rows = rows * (shares * shares).reshape(batch, bases, 1)
    most = whole.reshape(batch, 1, 1) * (seen.length * seen.length) * squares[0]
    yield Premise("sum_j <w_i, d_j>^2 <= 1", rows, most, strict=False)


def claims(
    instance: Instance,
    rotations: Rotations,
    *,
    mean: bool = True,
    tight: bool = True,
    factor: Fraction = Fraction(1),
) -> Iterator[Claim]:
    """Outputs are no smaller than the codes, in the l1 norm."""
    sizes = abs(instance.unit_codes).sum(-1)
    outputs = _outputs(instance, rotations, mean, tight)
    name = "||x||_1 <= sum_i (sum_j <w_i, d_j>^2 x_j^2)^{1/2}"
    yield Claim(name, factor * sizes, outputs)


@of_evidence
def _seen(instance: Instance, rotations: Rotations) -> Seen:
    vectors, (m, n) = instance.lift(rotations.vectors), instance.D.shape
    batch, bases, _ = vectors.shape
    found, factors = instance.D.atoms.reshape(1, m, n), instance.lift(np.ones((batch, 1)))
    products = instance.lift(np.zeros((batch, bases, m, n)))
    length = instance.lift(np.zeros((batch, bases, 1)))
    for c in range(bases):
        v, here = vectors[:, c], np.arange(bases) == c
        square = (v * v).sum(-1).reshape(batch, 1)
        reflected = v.reshape(batch, m, 1) * (v.reshape(batch, 1, m) @ found) * 2
        found, factors = found * square.reshape(batch, 1, 1) - reflected, factors * square
        products = products.where(~here[:, None, None], found.reshape(batch, 1, m, n))
        length = length.where(~here[:, None], factors.reshape(batch, 1, 1))
    return Seen(products, length)


def _weights(seen: Seen, *, tight: bool) -> Seen:
    """Those of the theorem, or the first one as often as there are rows, which is not tight."""
    if tight:
        return seen
    _, _, m, _ = seen.products.shape
    return Seen(seen.products[:, :, np.zeros(m, dtype=int)], seen.length)


def _outputs(instance: Instance, rotations: Rotations, mean: bool, tight: bool) -> Number:
    """Sizes of the outputs, summed up: means, in units of a Gaussian's, or for a code; (B,)."""
    seen = _weights(_seen(instance, rotations), tight=tight)
    batch, _, _, n = seen.products.shape
    parts = seen.products * instance.lift(instance.X).reshape(batch, 1, 1, n)
    means = (parts * parts).sum(-1).sqrt() if mean else abs(parts.sum(-1))
    shares = instance.lift(abs(rotations.shares))
    whole = (shares * shares).sum(-1).sqrt()
    return (means.sum(-1) * shares / seen.length[:, :, 0]).sum(-1) / whole


THEOREM = Theorem(
    title="Sparse codes have outputs of largest entropy",
    statement=r"W W^T = I, \; \sum_j \langle w_i, d_j \rangle^2 \le 1 \implies "
    r"\sum_i \sqrt{\sum_j \langle w_i, d_j \rangle^2 x_j^2} \ge \| x \|_1",
    names=("infomax", "efficient coding", "ICA", "independent components", "tight frame"),
    source=INDEPENDENT & YUAN_PAN_ZHOU_QIN_LIU_2021,
    premises=premises,
    claims=claims,
    sharp=flat_codes,
    mutants=(
        Mutant("each code, not the mean", {"mean": False}, two_equal_entries, smallest=(2, 2)),
        Mutant(
            "unit weights, not a tight frame", {"tight": False}, one_code_unseen, smallest=(2, 2)
        ),
        Mutant("left side times 1.05", {"factor": Fraction(105, 100)}, smallest=(1, 1)),
    ),
    enumerates=True,
)
