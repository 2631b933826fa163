r"""When one layer of an encoder finds the support of a code, exactly.

Problem: ``v = W^T y + b``, ``y = D x + e`` with ``|<w_i, e>| <= nu``; unit ``i`` is active if
``v_i > theta_i``. Codes ``x >= 0`` have at most ``s`` nonzeros, all between ``x_min`` and ``B``.
With ``G = W^T D``, ``p_i(k)`` and ``n_i(k)`` are the sums of the ``k`` largest positive, and of the
``k`` largest negative entries (in modulus) of row ``i`` off the diagonal. Nothing else is assumed.

Claim: ``v_i - b_i <= B p_i(s) + nu`` where ``x_i = 0``, and
``v_i - b_i >= g_ii x_min - B n_i(s-1) - nu`` where it is not (for ``g_ii >= 0``). So the active
units are the support of every such code if, and for ``nu = 0`` only if, for all ``i``:
``B p_i(s) + nu + b_i <= theta_i < g_ii x_min - B n_i(s-1) - nu + b_i``.

Why: ``v_i - b_i = g_ii x_i + sum_j g_ij x_j + <w_i, e>``, and at most ``s`` of the ``x_j`` are not
zero, at most ``s - 1`` if ``x_i > 0``. Both bounds are attained without noise: by ``B`` on the
atoms of the largest entries.

Sharp: atoms at ``-c`` to each other and one further atom at ``c`` to each of them.

Source: stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(2)
>>> evidence = {"encoder_step": experiment.settings["encoder_step"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis.encoders import RowsOfEncoder, encoder_products, rows_of_encoder
from sparsebound.theory.arithmetic import FloatArray, IntArray, Number
from sparsebound.theory.arithmetic.number import UNKNOWN
from sparsebound.theory.evidence.encoders import EncoderStep
from sparsebound.theory.extremal.encoders import (
    noise_against_a_unit,
    positive_and_negative_rows,
    two_negative_units,
    two_positive_units,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance,
    encoder_step: EncoderStep,
    *,
    positive: int = 0,
    negative: int = 0,
    noise: int = 1,
) -> Iterator[Premise]:
    """Nonnegative codes, noise within its bound, units that their atoms do not switch off."""
    found = encoder_step
    yield Premise("x >= 0", -found.points.min(axis=1), 0, strict=False, measured=False)
    seen = abs(instance.lift(instance.E) @ instance.lift(found.weights)).max(-1)
    yield Premise("|<w_i, e>| <= nu", seen - found.noise, 0, strict=False, measured=False)
    least = encoder_products(instance, found.weights)[
        np.arange(_n(instance)), np.arange(_n(instance))
    ].min(-1)
    yield Premise("0 <= g_ii", -least, 0, strict=False, measured=False)
    s, least_entry, most = _kind(found.points)
    sizes = np.count_nonzero(found.worst, axis=2).max(axis=1)
    yield Premise("the worst codes have as few nonzeros", sizes, s, strict=False, measured=False)
    beyond = np.where(found.worst > 0, np.maximum(found.worst - most[:, None, None], 0), 0)
    short = np.where(found.worst != 0, np.maximum(least_entry[:, None, None] - found.worst, 0), 0)
    outside = np.maximum(beyond, short).max(axis=(1, 2))
    yield Premise("and entries between", outside, 0, strict=False, measured=False)
    first, second = _at_units(found)
    wrong = (first != 0) | ((second == 0) & (s > 0))
    yield Premise("of a unit off, and of one on", wrong, False, strict=False, measured=False)


def claims(
    instance: Instance,
    encoder_step: EncoderStep,
    *,
    positive: int = 0,
    negative: int = 0,
    noise: int = 1,
) -> Iterator[Claim]:
    """What units get on the support and off it, which are active, and that both are attained."""
    found = encoder_step
    s, least, most = _kind(found.points)
    products = encoder_products(instance, found.weights)
    rows, on = rows_of_encoder(products), np.asarray(found.points != 0)
    amplitude, nu = instance.lift(most), instance.lift(found.noise * noise)
    above = rows.above(np.maximum(s - positive, 0), amplitude, nu)
    below = rows.below(np.maximum(s - negative, 0), amplitude, nu)
    points = instance.lift(found.points)
    seen = points @ products.swapaxes(0, 1) + instance.lift(instance.E) @ instance.lift(
        found.weights
    )
    yield Claim("v_i - b_i <= B p_i(s) + nu off S", seen.where(~on, 0), above.where(~on, 1))
    own = rows.own * least[:, None]
    yield Claim(
        "g_ii x_min - (v_i - b_i) <= B n_i(s-1) + nu on S",
        (own - seen).where(on, 0),
        below.where(on, 1),
    )
    theta = instance.lift(found.thresholds) - instance.lift(found.bias)
    fits_off = np.asarray((theta - above).sign >= 0) & ~on
    fits_on = np.asarray((own - below - theta).sign == 1) & on
    active = np.asarray((seen - theta).sign)
    wrong = (fits_off & (active == 1)) | (fits_on & (active != 1) & (active != UNKNOWN))
    yield Claim("active other than S", wrong.sum(axis=1), 0, measured=False)
    yield from _attained(instance, found, rows, products, s, least, most)


def _attained(
    instance: Instance,
    found: EncoderStep,
    rows: RowsOfEncoder,
    products: Number,
    s: IntArray,
    least: FloatArray,
    most: FloatArray,
) -> Iterator[Claim]:
    """No smaller bound is true: the worst codes reach them."""
    batch = np.arange(len(s))
    nothing = instance.lift(np.zeros(len(s)))
    amplitude = instance.lift(most)
    off, on = found.units[:, 0], found.units[:, 1]
    reached = [
        (instance.lift(found.worst[:, k]) * products[found.units[:, k]]).sum(-1) for k in (0, 1)
    ]
    short = rows.above(s, amplitude, nothing)[batch, off] - reached[0]
    yield Claim("B p_i(s) is reached", short, 0, measured=False)
    fewest = rows.own[on] * least - rows.below(s, amplitude, nothing)[batch, on]
    excess = (reached[1] - fewest).where(s > 0, 0)
    yield Claim("g_ii x_min - B n_i(s-1) is reached", excess, 0, measured=False)


def _n(instance: Instance) -> int:
    return instance.D.shape[1]


def _kind(points: FloatArray) -> tuple[IntArray, FloatArray, FloatArray]:
    """Nonzeros, least and largest entry of each code; 1 for both where there is none."""
    s = np.count_nonzero(points, axis=1)
    least = np.where(points > 0, points, np.inf).min(axis=1, initial=np.inf)
    most = points.max(axis=1, initial=0.0)
    return s, np.where(s > 0, least, 1.0), np.where(s > 0, most, 1.0)


def _at_units(found: EncoderStep) -> tuple[FloatArray, FloatArray]:
    batch = np.arange(len(found.units))
    first, second = (found.worst[batch, k, found.units[:, k]] for k in (0, 1))
    return first, second


THEOREM = Theorem(
    title="One layer of an encoder finds a support",
    statement=r"x \ge 0, \; \|x\|_0 \le s, \; x_{\min} \le x_i \le B \text{ on } S, \; "
    r"B p_i(s) + \nu + b_i \le \theta_i < g_{ii} x_{\min} - B n_i(s - 1) - \nu + b_i "
    r"\implies \{ i : v_i > \theta_i \} = S",
    names=("sparse autoencoder", "SAE", "encoder.one_step", "JumpReLU", "amortisation", "gated"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=positive_and_negative_rows,
    mutants=(
        Mutant("p_i(s) -> p_i(s-1)", {"positive": 1}, two_positive_units, smallest=(2, 2)),
        Mutant("n_i(s-1) -> n_i(s-2)", {"negative": 1}, two_negative_units, smallest=(2, 2)),
        Mutant("nu dropped", {"noise": 0}, noise_against_a_unit, smallest=(1, 1)),
    ),
    noisy=True,
)
