r"""Why the weights of a layer have to fit together: one that keeps codes is nearly coupled.

Problem: a layer ``soft(V x + U D x, theta)``, ``theta >= 0``, with any weights; ``M = V + U D``.
Codes have one nonzero, of at most ``B`` in modulus. The error of the layer is the largest
``||layer(x) - x||_inf`` of these codes.

Claim: it is at least ``B`` times the largest, over j, of ``min(1, q_j)``, where ``q_j`` is the
largest of ``1 - M_jj``, ``(M_jj - 1)/(1 + M_jj)``, and ``|M_ij|/(1 + M_jj)`` over the other i; it
is 1 if ``M_jj <= 0``. So if the error tends to 0 along the layers of a network, ``M`` tends to
``I``, that is ``V`` to ``I - U D``, and ``theta`` to 0.

Why: let the error be ``eps < B``. For the code ``t e_j`` with ``t = theta / M_jj`` the entry j of
what the layer returns is 0; so t is not above ``B``, where the error would be ``B``, and
``theta <= M_jj eps``. At ``t = B``: ``(M_jj - 1) B <= eps + theta``, ``(1 - M_jj) B <= eps``, and
``|M_ij| B <= eps + theta``. If ``M_jj <= 0``, the entry j has the wrong sign, or is 0. So these
two codes for each j have the error that is claimed, and no others are looked at.

Sharp: two atoms, ``M = [[1, 0], [g, 1]]``, ``theta = g B / 2``.

Source: Chen, Liu, Wang and Yin 2018 (in the limit); this finite form is stated and proved
independently.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> evidence = {"uncoupled_layer": experiment.settings["uncoupled_layer"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.arithmetic import Number, larger, smaller
from sparsebound.theory.evidence.coupling import UncoupledLayer
from sparsebound.theory.extremal.coupling import amplified_entry, leaking_entry
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import CHEN_LIU_WANG_YIN_2018, INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, uncoupled_layer: UncoupledLayer) -> Iterator[Premise]:
    """Thresholds that are none below 0."""
    least = -uncoupled_layer.thresholds
    yield Premise("0 <= theta", least, 0, strict=False, measured=False)


def claims(
    instance: Instance,
    uncoupled_layer: UncoupledLayer,
    *,
    factor: Fraction = Fraction(1),
    alone: bool = False,
) -> Iterator[Claim]:
    """The error on codes of one nonzero, as large as that of each code."""
    M = _products(instance, uncoupled_layer)
    error = _error(instance, M, uncoupled_layer)
    bound = factor * _sizes(instance) * _least_error(M, alone)
    yield Claim("B max_j min(1, q_j) <= the error", bound, error)


def _sizes(instance: Instance) -> Number:
    """``B``, the largest entry of each code, shape (codes,); 1 for the zero code."""
    sizes = np.abs(instance.X).max(axis=1)
    return instance.lift(np.where(sizes > 0, sizes, 1.0))


def _products(instance: Instance, layer: UncoupledLayer) -> Number:
    """``V + U D``, shape (n, n)."""
    result: Number = instance.lift(layer.signal) @ instance.D.atoms + layer.state
    return result


def _least_error(M: Number, alone: bool) -> Number:
    """``max_j min(1, q_j)``, a number; ``alone`` leaves the diagonal out of its denominators."""
    n = M.shape[0]
    place = np.arange(n)
    own = M[place, place]
    positive = np.asarray(own.sign == 1)
    below = (1 + own * (not alone)).where(positive, 1)
    beside = abs(M).where(~np.eye(n, dtype=bool), 0).max(0)
    found = larger(1 - own, larger((own - 1) / below, beside / below))
    return smaller(found, 1 + 0 * own).where(positive, 1).max(-1)


def _error(instance: Instance, M: Number, layer: UncoupledLayer) -> Number:
    """The largest error on the codes ``B e_j`` and ``theta/M_jj e_j``, shape (codes,)."""
    n, codes = M.shape[0], len(instance)
    place, B = np.arange(n), _sizes(instance).reshape(codes, 1)
    theta = instance.lift(layer.thresholds).reshape(codes, 1)
    own = M[place, place]
    beside = abs(M).where(~np.eye(n, dtype=bool), 0).max(-1).max(-1)
    turned = np.where(np.asarray(own.sign == -1), -1.0, 1.0)
    passed = abs(own) * B - theta
    returned = abs(larger(passed, 0 * passed) * turned - B).max(-1)
    positive = np.asarray(own.sign == 1)
    lost = smaller((theta / own.where(positive, 1)).where(positive, 0), B + 0 * passed).max(-1)
    moved = (beside * B - theta).reshape(codes)  # below 0 where nothing passes, and least then
    return larger(larger(returned, lost), moved)


THEOREM = Theorem(
    title="Layers that keep codes are nearly coupled",
    statement=r"M = V + U D, \; \theta \ge 0, \; | t | \le B \implies \sup\limits_{t, \, j} \| "
    r"\operatorname{soft}(M \, t e_j, \theta) - t e_j \|_\infty "
    r"\ge B \max\limits_j \min ( 1, q_j ), \; "
    r"q_j = \max ( 1 - M_{jj}, \; \frac{M_{jj} - 1}{1 + M_{jj}}, \; "
    r"\max\limits_{i \ne j} \frac{|M_{ij}|}{1 + M_{jj}} )",
    names=("LISTA-CP", "weight coupling", "LISTA"),
    source=CHEN_LIU_WANG_YIN_2018 & INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=leaking_entry,
    mutants=(
        Mutant(
            "right side times 1.05",
            {"factor": Fraction(105, 100)},
            amplified_entry,
            smallest=(1, 1),
        ),
        Mutant("1 + M_jj -> 1", {"alone": True}, amplified_entry, smallest=(1, 1)),
    ),
)
