r"""No encoder of one layer is right on all codes of two nonzeros.

Problem: codes ``x >= 0`` of at most ``s`` nonzeros, none above ``B``. A unit sees one number,
``v_i = <w_i, D x>``, and answers with ``h_i(v_i)``, any function of it: a bias, a ReLU, a jump, a
gate on the same direction. With ``G = W^T D``, rows scaled so that ``g_ii > 0``, ``p_i(k)`` and
``n_i(k)`` are the sums of the ``k`` largest positive, and of the ``k`` largest negative entries
(in modulus) of row ``i`` off the diagonal; ``t_i(k)`` that of the ``k`` largest of both.

Claim: the least error that any functions leave on their worst code is exactly
``(B/2) max_i min(1, (p_i(s) + n_i(s-1)) / g_ii)``. Hence, on some code, at least
``(B/2) max_i min(1, t_i(s-1) / g_ii)``; whatever the weights are, at least
``(B/2) min(1, sqrt((s-1)(n-m) / (m(n-1))))``; and for dependent atoms
``(B/2) min(1, (s-1) / (spark - 1))``.

Why: two codes that unit ``i`` cannot tell apart have
``g_ii (x_i - x'_i) = sum_j g_ij (x'_j - x_j)``, most if ``x'_i = 0``, ``x'`` is on ``s`` positive
entries of the row and ``x`` on ``s - 1`` negative ones. One of the two is wrong by half of it; and
the middle of all codes with one ``v_i`` is never wrong by more. Where the bound is below ``B/2``
a ReLU with a bias, ``h_i(v) = max(0, v + B (n_i(s-1) - p_i(s)) / 2) / g_ii``, is as good. Whatever
the weights are: scale rows to ``g_ii = 1``; the rank of ``G`` is at most ``m``, so its trace ``n``
is at most ``sqrt(m) ||G||_F``, and some row has squares of sum ``(n-m)/m`` off the diagonal, of
which the ``s-1`` largest have at least their share. And in the row of the largest entry of a null
vector on ``spark`` atoms the entries of ``spark - 1`` others sum to at least ``g_ii``.

So depth is needed: ``rate.unfolded`` leaves ``q^K B`` after ``K`` layers.

Sharp: the atoms ``e_1 .. e_m`` and ``-(1, .., 1)``, with weights that have the products of a
simplex with them, for every ``s``.

Source: stated and proved independently; O'Neill, Gumran and Klindt 2025 show that there is a gap.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(2)
>>> evidence = {"one_layer": experiment.settings["one_layer"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.encoders import RowsOfEncoder, encoder_products, rows_of_encoder
from sparsebound.theory.arithmetic import FloatArray, IntArray, Number, larger, smaller
from sparsebound.theory.evidence.encoders import OneLayer
from sparsebound.theory.extremal.encoders import (
    opposite_atoms_and_one,
    simplex_products,
    two_opposite_atoms,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import spark
from sparsebound.theory.sources import INDEPENDENT, ONEILL_GUMRAN_KLINDT_2025
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance,
    one_layer: OneLayer,
    *,
    half: Fraction = Fraction(1, 2),
    fewer: int = 1,
    atoms: int = 0,
    circuit: int = 1,
) -> Iterator[Premise]:
    """Units that their atoms switch on, and codes of one kind."""
    own = rows_of_encoder(encoder_products(instance, one_layer.weights)).own
    yield Premise("0 < g_ii", 0, own.min(-1), measured=False)
    s, most = _kind(instance)
    points = one_layer.points
    yield Premise("x >= 0", -points.min(axis=(1, 2)), 0, strict=False, measured=False)
    sizes = np.count_nonzero(points, axis=2).max(axis=1)
    yield Premise("||x||_0 <= s", sizes, s, strict=False, measured=False)
    yield Premise("x_i <= B", points.max(axis=(1, 2)), most, strict=False, measured=False)


def claims(
    instance: Instance,
    one_layer: OneLayer,
    *,
    half: Fraction = Fraction(1, 2),
    fewer: int = 1,
    atoms: int = 0,
    circuit: int = 1,
) -> Iterator[Claim]:
    """What rectified units leave on the worst code, which no bound exceeds; and pairs of codes."""
    s, entries = _kind(instance)
    B = instance.lift(entries).reshape(-1, 1)
    rows = rows_of_encoder(encoder_products(instance, one_layer.weights))
    own, n = rows.own.reshape(1, -1), instance.D.shape[1]
    above, below = _sums(instance, rows, s, B)
    left, cap = _left(instance, one_layer, rows, s, B), own * B
    yield Claim("(B/2) min(g_ii, p_i(s) + n_i(s-1))", half * smaller(above + below, cap), left)
    others = B * rows.both[:, np.clip(s - fewer, 0, n - 1)].swapaxes(0, 1)
    yield Claim("(B/2) min(g_ii, t_i(s-1))", half * smaller(others, cap), left)
    worst = (2 * left / own).max(-1)  # as a multiple of 1/2, times B
    yield from _of_any_weights(instance, worst, entries, s, atoms, circuit)
    points, bias = instance.lift(one_layer.points), instance.lift(one_layer.bias)
    seen = points @ encoder_products(instance, one_layer.weights).swapaxes(0, 1)
    answer = seen + bias.reshape(len(s), 1, n)
    error = abs(larger(answer, 0 * answer) - own * points).max(1)
    yield Claim("error of a code", error, left)
    apart = abs(own * (points[:, 1] - points[:, 2]))
    told = abs(seen[:, 1] - seen[:, 2])
    yield Claim("codes that look alike", apart, told + smaller(above + below, cap))


def _sums(instance: Instance, rows: RowsOfEncoder, s: IntArray, B: Number) -> tuple[Number, Number]:
    """``B p_i(s)`` and ``B n_i(s-1)``, each of shape (B, n)."""
    nothing = instance.lift(np.zeros(len(s)))
    return rows.above(s, B, nothing), rows.below(s, B, nothing)


def _left(
    instance: Instance, found: OneLayer, rows: RowsOfEncoder, s: IntArray, B: Number
) -> Number:
    """``g_ii`` times the largest error of each rectified unit on any code, shape (B, n).

    It is too large by ``b_i + B p_i(s)`` at most, where ``x_i = 0``, and too small by
    ``B n_i(s-1) - b_i`` where ``x_i = B``, unless the unit is off and misses all of it.
    """
    above, below = _sums(instance, rows, s, B)
    bias = instance.lift(found.bias)
    short = smaller(below - bias, rows.own.reshape(1, -1) * B)
    return larger(larger(above + bias, short), 0 * above)


def _of_any_weights(
    instance: Instance,
    worst: Number,
    entries: FloatArray,
    s: IntArray,
    atoms: int,
    circuit: int,
) -> Iterator[Claim]:
    """Two bounds that the weights do not change; none where atoms are too few."""
    m, n = instance.D.shape
    if n == 1:
        return
    B, rest = instance.lift(entries), np.maximum(s - 1, 0)
    square = instance.lift(rest * max(n - m + atoms, 0)) / (m * (n - 1))
    name = "(B/2)^2 min(1, (s-1)(n-m)/(m(n-1)))"
    yield Claim(name, smaller(square, 0 * square + 1) * B**2, worst**2)
    if n > m:
        share = instance.lift(rest) / (spark(instance.D) - circuit)
        yield Claim("(B/2) min(1, (s-1)/(spark-1))", smaller(share, 0 * share + 1) * B, worst)


def _kind(instance: Instance) -> tuple[IntArray, FloatArray]:
    """Nonzeros and largest entry of each code; 1 for the latter where there is none."""
    most = np.abs(instance.X).max(axis=1)
    return np.asarray(instance.sparsity), np.where(most > 0, most, 1.0)


THEOREM = Theorem(
    title="One layer of an encoder is wrong on some codes",
    statement=r"x \ge 0, \; \|x\|_0 \le s, \; x_i \le B \implies "
    r"\min_h \sup_x \| h(W^T D x) - x \|_\infty = "
    r"\frac{B}{2} \max_i \min \left( 1, \frac{p_i(s) + n_i(s - 1)}{g_{ii}} \right) \ge "
    r"\frac{B}{2} \min \left( 1, \sqrt{\frac{(s - 1)(n - m)}{m (n - 1)}} \right)",
    names=(
        "sparse autoencoder",
        "SAE",
        "amortisation gap",
        "encoder",
        "gated",
        "JumpReLU",
        "encoder.one_step",
    ),
    source=INDEPENDENT & ONEILL_GUMRAN_KLINDT_2025,
    premises=premises,
    claims=claims,
    sharp=simplex_products,
    mutants=(
        Mutant("B/2 -> 0.55 B", {"half": Fraction(55, 100)}, two_opposite_atoms, smallest=(1, 2)),
        Mutant("t_i(s-1) -> t_i(s)", {"fewer": 0}, opposite_atoms_and_one, smallest=(1, 2)),
        Mutant("n - m -> n - m + 1", {"atoms": 1}, simplex_products, smallest=(2, 3)),
        Mutant("spark - 1 -> spark - 2", {"circuit": 2}, simplex_products, smallest=(2, 3)),
    ),
    enumerates=True,
)
