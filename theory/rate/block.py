r"""The master theorem for blocks of atoms: groups, complex dictionaries, codes of several channels.

Problem: ``y = D x + e``; atoms as given, in blocks of any sizes, each atom in one; the code ``x``
meets the blocks of ``S``. (A complex atom is a block of two.) The network starts at 0;
``v^k = x^k + W^T (y - D x^k) + r^k``, ``x^{k+1} = h_k(v^k) + p^{k+1}`` block by block, with
``h(v) = 0`` for ``||v|| <= theta_k``, and ``||h(v) - v|| <= theta_k``. Of blocks, in the l2 norm,
``B`` bounds the code, ``nu`` bounds ``W^T e``, ``rho_k`` bounds ``r^k``, ``pS_k`` and ``p0_k``
bound ``p^k`` on ``S`` and off it.

Claim: let ``A_ij`` be the spectral norm of the block (i, j) of ``I - W^T D``, diagonal blocks
included, and ``tau`` and ``kappa`` the largest row sums of ``A`` as in ``rate.unfolded``. If
``tau_out b_k + kappa_out p0_k + nu + rho_k <= theta_k``, where ``b_0 = B``, ``p0_0 = 0`` and
``b_{k+1} = tau_in b_k + kappa_in p0_k + nu + rho_k + theta_k + pS_{k+1}``, then blocks of
``x^k - x`` are at most ``b_k`` on ``S``, and those of ``x^k`` at most ``p0_k`` off ``S``.

Why: ``v^k - x = (I - W^T D) (x^k - x) + W^T e + r^k``, and a block of the first product is at most
``sum_j A_ij ||u_j||`` for ``u = x^k - x``. So off ``S`` the blocks of ``v^k`` are at most
``theta_k``, and h returns 0; on ``S`` those of ``v^k - x`` are at most
``tau_in b_k + kappa_in p0_k + nu + rho_k``, and h moves ``v^k`` by at most ``theta_k``. Induction.

Sharp for every k: each atom of the sharp instance of ``rate.unfolded`` is repeated on coordinates
of its own, and the code has one entry a block.

Rounding is ``rho`` and ``pS``, as there.

Source: stated and proved independently; the mechanism is that of Chen, Liu, Wang and Yin 2018.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> evidence = {"block_unfolding": experiment.settings["block_unfolding"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.blocks import block_norms, blocks_of, coupling
from sparsebound.theory.analysis.unfolding import (
    RowSums,
    Scalar,
    before,
    bounds_of,
    column,
    sums_of,
)
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import BlockUnfolding
from sparsebound.theory.extremal import blocks as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import CHEN_LIU_WANG_YIN_2018, INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance,
    block_unfolding: BlockUnfolding,
    *,
    share: Scalar = 1,
    false_positives: bool = True,
) -> Iterator[Premise]:
    """Sizes as declared, and thresholds that cover everything off the support."""
    run = block_unfolding
    start = np.abs(run.iterates[:, 0]).max(axis=1, initial=0.0)
    yield Premise("x^0 = 0", start, 0, strict=False)
    largest = block_norms(instance.lift(instance.X), run.blocks).max(-1)
    yield Premise("||x_j|| <= B", largest, run.B, strict=False, measured=False)
    seen = block_norms(_noise(instance, run), run.blocks).max(-1)
    yield Premise("||(W^T e)_j|| <= nu", seen, run.nu, strict=False, measured=False)
    sums = _sums(instance, run)
    bounds = bounds_of(instance, run, sums)[:, :-1]
    entering = before(run.p_out) * false_positives
    needed = sums.off_support(bounds, entering, column(instance.lift(run.nu)) + run.rho)
    name = "tau_out b_k + kappa_out p0_k + nu + rho_k <= theta_k"
    yield Premise(name, needed * share, run.thresholds, strict=False, measured=False)


def claims(
    instance: Instance,
    block_unfolding: BlockUnfolding,
    *,
    moved: Scalar = 1,
    fewer: int = 0,
) -> Iterator[Claim]:
    """Steps as declared, and the error of every layer, block by block, on S and off it."""
    run = block_unfolding
    on = blocks_of(instance.support, run.blocks)[:, None, :]
    states = instance.lift(run.iterates)
    errors = states - instance.X[:, None, :]
    codes, layers, n = errors.shape
    products = coupling_products(instance, run, errors[:, :-1].reshape(-1, n))
    shift = products.reshape(codes, layers - 1, n) + _noise(instance, run).reshape(codes, 1, n)
    p = np.where(on, run.p_in[:, :, None], run.p_out[:, :, None])
    theta, rho = instance.lift(run.thresholds), run.rho
    off = (block_norms(errors[:, 1:] - shift, run.blocks) - p).max(-1)
    name = "x^{k+1} = h_k(v^k) + p^{k+1}"
    yield Claim(name, off, theta + rho, measured=False, step=True, axes=STEPS)
    sizes = block_norms(states[:, 1:], run.blocks)
    seen = block_norms(shift + instance.X[:, None, :], run.blocks)
    room = (theta - rho).reshape(codes, layers - 1, 1) - seen
    left = (sizes - p).where((room.sign == 0) | (room.sign == 1), 0).max(-1)
    name = "x^{k+1} = p^{k+1} where ||v^k|| <= theta_k - rho_k"
    yield Claim(name, left, 0, measured=False, step=True, axes=STEPS)
    sums = _sums(instance, run)
    largest = (
        coupling(instance.D, run.W, run.blocks)
        .where(~np.eye(on.shape[-1], dtype=bool), 0)
        .max(-1)
        .max(-1)
    )
    sums = replace(sums, tau_in=sums.tau_in - largest * fewer)
    bounds = bounds_of(instance, run, sums, moved)[:, 1:]
    wrong = block_norms(errors[:, 1:], run.blocks)
    yield Claim("||x^k - x|| <= b_k on S", wrong.where(on, 0).max(-1), bounds, axes=STEPS)
    false = sizes.where(~on, 0).max(-1)
    yield Claim("||x^k|| <= p0_k off S", false, run.p_out, measured=False, axes=STEPS)


def coupling_products(instance: Instance, run: BlockUnfolding, vectors: Number) -> Number:
    """``(I - W^T D) u`` of vectors (..., n)."""
    back = instance.lift(run.W)
    result: Number = vectors - (vectors @ instance.D.atoms.swapaxes(0, 1)) @ back
    return result


def _noise(instance: Instance, run: BlockUnfolding) -> Number:
    return instance.lift(instance.E) @ instance.lift(run.W)


def _sums(instance: Instance, run: BlockUnfolding) -> RowSums:
    return sums_of(coupling(instance.D, run.W, run.blocks), blocks_of(instance.support, run.blocks))


THEOREM = Theorem(
    title="Unfolded networks with blocks of atoms",
    statement=r"A_{ij} = \| (I - W^T D)_{ij} \|_2, \; "
    r"\theta_k \ge \tau_{out} b_k + \kappa_{out} p^0_k + \nu + \rho_k, \; "
    r"b_{k+1} = \tau_{in} b_k + \kappa_{in} p^0_k + \nu + \rho_k + \theta_k + p^S_{k+1} \implies "
    r"\| x^k_i - x_i \|_2 \le b_k \text{ on } S, \; \| x^k_i \|_2 \le p^0_k \text{ off } S",
    names=("group LISTA", "complex LISTA", "block sparsity", "group sparsity"),
    source=INDEPENDENT & CHEN_LIU_WANG_YIN_2018,
    premises=premises,
    claims=claims,
    sharp=extremal.aligned_blocks,
    mutants=(
        Mutant(
            "theta_k times 0.9",
            {"share": Fraction(9, 10)},
            extremal.half_coupled_and_short,
            smallest=(4, 4),
        ),
        Mutant(
            "2s - 1 -> 2s - 2 in q", {"fewer": 1}, extremal.half_coupled_blocks, smallest=(4, 4)
        ),
        Mutant("2 nu -> 1.8 nu", {"moved": Fraction(4, 5)}, extremal.noisy_block, smallest=(2, 2)),
        Mutant(
            "kappa_out p0 dropped",
            {"false_positives": False},
            extremal.blocks_beside_false_positives,
            smallest=(6, 6),
        ),
    ),
    noisy=True,
)
