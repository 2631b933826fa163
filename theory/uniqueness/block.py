r"""Block sparsity: codes on few orthonormal blocks of atoms, by the coherence of blocks.

Problem: ``y = D x``; normalised atoms in blocks ``D_i`` that are orthonormal, of any sizes; ``x``
meets the ``k`` blocks of ``S``. ``rho`` is the largest spectral norm of ``D_i^T D_j``, i other
than j. (For blocks of d atoms it is d times what is called their coherence.)

Claim: if ``(2k - 1) rho < 1``, every ``h != 0`` with ``D h = 0`` has ``sum ||h_i||`` over ``S``
smaller than over the other blocks, so that x is the only minimiser of ``sum ||z_i||`` subject to
``D z = D x``; and block matching pursuit, which picks the block of the largest
``||D_i^T r||``, finds x in k steps.

Why: a block of ``D^T D h = 0`` says ``(1 + rho) ||h_i|| <= rho sum_j ||h_j||``; add up over ``S``.
In each step of the pursuit the residual is ``D u`` with u on ``S``. For the largest block of u,
``||D_i^T r|| >= (1 - (k - 1) rho) ||u_i||``, and off ``S`` it is at most ``k rho ||u_i||``. Blocks
that were picked are orthogonal to the residual.

Sharp: a block that is nearly between two others. For the pursuit, every k: k blocks at ``-rho`` to
each other, and a further one at ``rho`` to each of them.

Source: Eldar, Kuppinger and Bolcskei 2010, where blocks have one size.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(2)
>>> decide(THEOREM, experiment, {"block_code": experiment.settings["block_code"]}).ratio.round(4)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis.block_greedy import block_greedy_steps
from sparsebound.theory.analysis.blocks import block_coherence, block_norms, blocks_of
from sparsebound.theory.evidence.pursuits import BlockCode
from sparsebound.theory.extremal import block_codes as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import coherence
from sparsebound.theory.quantities.recovery import null_vectors
from sparsebound.theory.sources import ELDAR_KUPPINGER_BOLCSKEI_2010
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance,
    block_code: BlockCode,
    *,
    strict: bool = True,
    entries: bool = False,
) -> Iterator[Premise]:
    """Different atoms, in orthonormal blocks, of which few are in the code."""
    yield Premise("mu < 1", coherence(instance.D), 1, strict, measured=False)
    blocks = block_code.blocks
    within = (blocks[:, None] == blocks) & ~np.eye(len(blocks), dtype=bool)
    inside = abs(instance.D.raw_gram).where(within, 0).max(-1).max(-1)
    yield Premise("D_i^T D_i = I", inside, 0, strict=False, measured=False)
    k = blocks_of(block_code.codes != 0, blocks).sum(axis=1)
    rho = coherence(instance.D) if entries else block_coherence(instance.D, blocks)
    yield Premise("(2k - 1) rho < 1", (2 * k - 1) * rho, 1, strict)


def claims(instance: Instance, block_code: BlockCode) -> Iterator[Claim]:
    """A null vector on the blocks of the code, and beside them; and the steps of the pursuit."""
    blocks, codes = block_code.blocks, block_code.codes
    on = blocks_of(codes != 0, blocks)
    sizes = block_norms(null_vectors(instance, block_code.null), blocks)
    inside, outside = (sizes.where(mask, 0).sum(-1) for mask in (on, ~on))
    some = np.asarray(sizes.max(-1).sign != 0)  # of the vector in the kernel, not of what was given
    name = "sum ||h_i|| on S < sum ||h_j|| off S"
    yield Claim(name, inside.where(some, 0), outside.where(some, 1), strict=True)
    steps = block_greedy_steps(instance, codes, blocks)
    beside, ahead = steps.beside.where(steps.running, 0), steps.ahead.where(steps.running, 1)
    products = "||D_j^T r||^2 < ||D_i^T r||^2 for some i in S, all j off S"
    yield Claim(products, beside, ahead, strict=True, axes=STEPS)


THEOREM = Theorem(
    title="Block sparsity by the coherence of blocks",
    statement=r"D_i^T D_i = I, \; \rho = \max\limits_{i \ne j} \| D_i^T D_j \|_2, \; "
    r"(2k - 1) \rho < 1, \; D h = 0, \; h \ne 0 \implies "
    r"\sum\limits_{i \in S} \| h_i \|_2 < \sum\limits_{j \notin S} \| h_j \|_2, \; "
    r"\text{and block matching pursuit finds } x \text{ in } k \text{ steps}",
    names=("block sparsity", "group sparsity", "group LASSO", "block OMP"),
    source=ELDAR_KUPPINGER_BOLCSKEI_2010,
    premises=premises,
    claims=claims,
    sharp=extremal.nearly_ambiguous_blocks,
    mutants=(
        Mutant("< -> <=", {"strict": False}, extremal.one_block_twice, smallest=(1, 2)),
        Mutant(
            "entries for spectral norms",
            {"entries": True},
            extremal.two_bases_of_a_plane,
            smallest=(2, 4),
        ),
    ),
)
