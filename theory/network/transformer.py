r"""A transformer realises the unfolded network: linear convergence, to a floor of its temperature.

Problem: a circular convolutional model, one token a position. One head of softmax attention for
each offset of the kernels of ``-W^T D`` (it reads the codes) and of ``W^T`` (the signals), with
one-hot positions at inverse temperature ``beta``; the residual stream adds ``x``, and the
feed-forward block writes ``h(v) - x``.

Claim: this is the iteration of ``rate.unfolded`` with errors
``rho_k = alpha (H_x (B + b_k) + H_y ||y||_inf)`` and rounding, where
``alpha = 2 (N-1)/(e^beta + N - 1)``, ``H_x = ||W^T D||_inf`` and ``H_y = ||W^T||_inf``. So no layer
has a false positive, and every error is at most ``b_k``. Where ``q + 2 alpha H_x < 1`` these bounds
fall linearly, up to ``2 (nu + alpha (H_x B + H_y ||y||_inf)) / (1 - q - 2 alpha H_x)``: beside the
noise, a term of size ``e^-beta``.

Why: each head is within ``alpha`` of a shift (``network.attention_shift``), applied to values whose
sizes add up to the row sums ``H`` over all heads; and ``|x^k| <= B + b_k``.

Source: Cordonnier, Loukas and Jaggi 2020 for attention as a convolution; the bound is stated and
proved independently.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis import unfolding as quantities
from sparsebound.theory.analysis.attention import shift_distance
from sparsebound.theory.analysis.unfolding import Scalar, column
from sparsebound.theory.analysis.weights import matrix_of
from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.evidence.networks import Transformed
from sparsebound.theory.extremal import networks as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.rate import unfolded
from sparsebound.theory.sources import CORDONNIER_LOUKAS_JAGGI_2020, INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def attention_errors(instance: Instance, transformed: Transformed) -> Number:
    """``alpha (H_x (B + b_k) + H_y ||y||_inf)``, shape (B, K)."""
    network = transformed.unfolding
    alpha = shift_distance(instance.lift(transformed.beta), transformed.tokens)
    bounds = quantities.unfolded_bounds(instance, network)[:, :-1]
    read_x, read_y = reach(instance, matrix_of(network.W))
    signal = abs(instance.Y).max(-1)
    missed: Number = ((bounds + column(network.B)) * read_x + column(signal * read_y)) * alpha
    return missed


def reach(instance: Instance, W: FloatArray) -> tuple[Number, Number]:
    """``H_x = ||W^T D||_inf`` and ``H_y = ||W^T||_inf``, each of shape ()."""
    weights = instance.lift(W)
    products = np.eye(instance.D.shape[1]) - quantities.residual(instance.D, W)
    return abs(products).sum(-1).max(-1), abs(weights).sum(0).max(-1)


def premises(
    instance: Instance, transformed: Transformed, *, share: Scalar = 1
) -> Iterator[Premise]:
    """Those of ``rate.unfolded``, and errors that cover the attention's."""
    network = transformed.unfolding
    yield from unfolded.premises(instance, network)
    missed = attention_errors(instance, transformed)
    name = "alpha (H_x (B + b_k) + H_y ||y||) <= rho_k"
    yield Premise(name, missed * share, network.rho, strict=False, measured=False)


def claims(instance: Instance, transformed: Transformed) -> Iterator[Claim]:
    """No false positives, and those of ``rate.unfolded``: steps as declared, bounded errors."""
    _, off = quantities.error_sizes(instance, transformed.unfolding)
    yield Claim("supports lie in S", off, 0, measured=False)
    yield from unfolded.claims(instance, transformed.unfolding)


THEOREM = Theorem(
    title="A transformer as an inexact unfolded network",
    statement=r"\rho_k = \alpha (H_x (B + b_k) + H_y \| y \|_\infty), \; "
    r"\alpha = \frac{2 (N - 1)}{e^\beta + N - 1} \implies | x^k - x | \le b_k, \; "
    r"\operatorname{supp} x^k \subseteq S",
    names=("CRATE", "ViT", "white-box transformer"),
    source=CORDONNIER_LOUKAS_JAGGI_2020 & INDEPENDENT,
    premises=premises,
    claims=claims,
    mutants=(Mutant("rho = 0", {"share": 0}, extremal.leaky_attention, smallest=(2, 2)),),
    dictionaries=("circular", "cycle", "orthonormal", "blocks", "one_atom"),
    noisy=True,
)
