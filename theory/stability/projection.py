r"""Multi-layer sparse codes, deepest layer first: no factor of a layer is paid twice.

Problem: layers ``x_{j-1} = D_j x_j``, ``j = 1..J``, so that the clean signal is ``E x_J`` with
``E = D_1 .. D_J``, and two such chains of codes, ``x`` and ``z``, that explain a signal ``y`` up to
``eps``. ``N_j`` is the diagonal matrix of the norms of the atoms of ``D_j``, ``N`` that of the
columns of ``E``, none of which is zero; ``mu1(D, k)`` is the Babel function of a dictionary, and
``t_j`` the number of nonzeros of ``x_j - z_j``. Checked with ``s = ||x_J||_0``, and with ``eps`` as
small as it can be.

Claim: if ``||z_J||_0 <= s`` and ``mu1(E, 2s - 1) < 1``, then
``||N (x_J - z_J)||_2^2 <= 4 eps^2 / (1 - mu1(E, 2s - 1))``; and on the way down, ``j = J..2``,
``||x_{j-1} - z_{j-1}||_2^2 <= (1 + mu1(D_j, t_j - 1)) ||N_j (x_j - z_j)||_2^2``.

Why: the first is ``stability.p0`` for the dictionary ``E``. For the second,
``x_{j-1} - z_{j-1} = D_j (x_j - z_j)``, and by Gershgorin (``dictionary.gershgorin``) no eigenvalue
of the Gram matrix of ``t_j`` unit atoms is larger than ``1 + mu1(D_j, t_j - 1)``. Where
``stability.deep`` multiplies ``4 / (1 - mu1(D_j, 2 s_j - 1))`` over all layers, only the deepest is
paid here.

Sharp: a single atom over atoms at equal acute angles, where all bounds are met at once; opposite
halves over orthonormal layers.

Source: Sulam, Papyan, Romano and Elad 2018; factors independently.

>>> [layer.D.shape for layer in THEOREM.sharp(2).layers]
[(2, 2), (2, 2), (2, 2)]
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import numpy as np

from sparsebound.theory.analysis.products import deepest
from sparsebound.theory.arithmetic import Number, larger
from sparsebound.theory.evidence.layers import LayerEstimates
from sparsebound.theory.extremal.products import acute_angles_or_halves, short_columns
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.quantities import babel
from sparsebound.theory.quantities.distances import code_energy, residual_energy
from sparsebound.theory.sources import SULAM_PAPYAN_ROMANO_ELAD_2018
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: DeepInstance, chain: LayerEstimates) -> Iterator[Premise]:
    """Chains of codes, of which the deepest are sparse enough for the product."""
    below = instance.layers[0].lift(instance.X0)
    for index, layer in enumerate(instance.layers, 1):
        rest = below - layer.D.synthesis(layer.lift(layer.X))
        name = f"x_{index - 1} = D_{index} x_{index}"
        yield Premise(name, abs(rest).max(-1), 0, strict=False)
        below = layer.lift(layer.X)
    codes = deepest(instance)
    yield Premise("0 < ||E_i||^2", 0, codes.D.squares.min(-1))
    yield Premise("mu1(E, 2s - 1) < 1", reach(codes), 1)
    last = chain.layers[-1].values
    yield Premise("||z_J||_0 - s <= 0", (last != 0).sum(axis=1) - codes.sparsity, 0, strict=False)
    for index, (lower, upper) in enumerate(pairwise(chain.layers), 2):
        layer = instance.layers[index - 1]
        rest = layer.lift(lower.values) - layer.D.synthesis(layer.lift(upper.values))
        name = f"z_{index - 1} = D_{index} z_{index}"
        yield Premise(name, abs(rest).max(-1), 0, strict=False)


def claims(
    instance: DeepInstance,
    chain: LayerEstimates,
    *,
    constant: Fraction = Fraction(4),
    fewer: int = 1,
    normalised: bool = True,
) -> Iterator[Claim]:
    """The deepest codes are near each other, and none is lost on the way down."""
    codes = deepest(instance)
    difference = codes.lift(codes.X) - chain.layers[-1].values
    distance = code_energy(codes.D, difference) if normalised else (difference**2).sum(-1)
    bound = constant * noise_energy(instance, chain) / (1 - reach(codes))
    yield Claim("||N (x_J - z_J)||^2 <= 4 eps^2 / (1 - mu1(E, 2s - 1))", distance, bound)
    name = "||x_{j-1} - z_{j-1}||^2 <= (1 + mu1(D_j, t_j - 1)) ||N_j (x_j - z_j)||^2"
    pairs = zip(instance.layers, chain.layers, strict=True)
    for (lower, below), (layer, found) in pairwise(pairs):
        lost = lower.lift(lower.X) - below.values
        difference = layer.lift(layer.X) - found.values
        count = (layer.X != found.values).sum(axis=1)
        bound = (1 + babel(layer.D, count - fewer)) * code_energy(layer.D, difference)
        yield Claim(name, (lost**2).sum(-1), bound)


def reach(codes: Instance) -> Number:
    """``mu1(E, 2s - 1)``, shape (B,); whatever it can be where a column of ``E`` may be zero."""
    if (codes.D.squares.sign != 1).any():
        return codes.lift(np.zeros(len(codes))).hull(codes.D.shape[1])
    return babel(codes.D, 2 * codes.sparsity - 1)


def noise_energy(instance: DeepInstance, chain: LayerEstimates) -> Number:
    """``eps^2``, the larger squared norm of what the two chains leave of the signal; shape (B,)."""
    first = instance.layers[0]
    energies = (
        residual_energy(first, chain.signals.values, codes)
        for codes in (first.X, chain.layers[0].values)
    )
    return larger(*energies)


THEOREM = Theorem(
    title="Stability of multi-layer codes, deepest layer first",
    statement=r"x_{j-1} = D_j x_j, \; z_{j-1} = D_j z_j, \; E = D_1 \cdots D_J, \; "
    r"\|x_J\|_0, \|z_J\|_0 \le s, \; \|y - E x_J\|_2, \|y - E z_J\|_2 \le \varepsilon, \; "
    r"\mu_1(E, 2s - 1) < 1 \implies \|N (x_J - z_J)\|_2^2 \le "
    r"\frac{4 \varepsilon^2}{1 - \mu_1(E, 2s - 1)}, \; \|x_{j-1} - z_{j-1}\|_2^2 \le "
    r"(1 + \mu_1(D_j, t_j - 1)) \|N_j (x_j - z_j)\|_2^2",
    names=("ML-CSC", "deep pursuit", "multi-layer projection"),
    source=SULAM_PAPYAN_ROMANO_ELAD_2018,
    premises=premises,
    claims=claims,
    sharp=acute_angles_or_halves,
    mutants=(
        Mutant("4 -> 3.6", {"constant": Fraction(36, 10)}, smallest=(1, 1)),
        Mutant("t_j - 1 -> t_j - 2", {"fewer": 2}, smallest=(2, 2)),
        Mutant("N dropped", {"normalised": False}, short_columns, smallest=(1, 1)),
    ),
    about="layers",
    between=("identity",),
)
