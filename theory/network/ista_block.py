r"""One sparsification block of a white-box transformer descends, from a code without signs.

Problem: a signal ``y``, a code ``x``, and the block
``x' = relu(x + gamma D^T (y - D x) - gamma lam)``, with ``lam >= 0`` and ``gamma ||D||^2 <= 1``,
atoms as given. Where a token is both the signal and the start, ``D`` is square.

Claim: with ``F(x) = 1/2 ||y - D x||^2 + lam ||x||_1`` and any ``u >= 0``,
``F(x') <= F(u) + (||u - x||^2 - ||u - x'||^2)/(2 gamma)``, for an ``x`` of any signs. If
``x >= 0``, ``F(x') <= F(x) - ||x' - x||^2/(2 gamma)``. From a code with signs, the block may
ascend; and tokens have signs. What is computed in float64 is the block up to rounding.

Why: ``x'`` minimises ``lam sum_i u_i + <D^T (D x - y), u - x> + ||u - x||^2/(2 gamma)`` over
``u >= 0``, which is strongly convex: at ``u`` it is larger by ``||u - x'||^2/(2 gamma)`` at least.
The misfit ``f`` is convex, so ``f(x) + <f'(x), u - x> <= f(u)``, and as ``gamma ||D||^2 <= 1``,
``f(x') <= f(x) + <f'(x), x' - x> + ||x' - x||^2/(2 gamma)``. Together these are the first
inequality; ``u = x`` gives the second, and has to be in the set, ``x >= 0``.

Sharp: one atom, ``gamma = 1/||d||^2``, and no threshold crossed.

Source: Yu et al. 2023 (the block); Beck and Teboulle 2009.

>>> from sparsebound.theory.verdict import decide
>>> step = BlockStep([[11]], [[11]], [1], [1], [[10]], [[0]])
>>> decide(THEOREM, Instance([[1]], [[11]]), {"block_step": step}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis import activations
from sparsebound.theory.analysis.floating_point import extents
from sparsebound.theory.analysis.training import rounding, squared_norm
from sparsebound.theory.analysis.unfolding import column
from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.evidence import BlockStep
from sparsebound.theory.extremal.training import negative_token, token_above
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import BECK_TEBOULLE_2009, YU_2023
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, block_step: BlockStep) -> Iterator[Premise]:
    """A step that is short enough, and a code without signs to compare with."""
    yield Premise("0 < gamma", 0, block_step.gamma)
    yield Premise("0 <= lam", 0, block_step.lam, strict=False)
    yield Premise("0 <= u", 0, block_step.rival.min(axis=1, initial=0.0), strict=False)
    square = squared_norm(instance.D) * block_step.gamma
    yield Premise("gamma ||D||^2 <= 1", square, 1, strict=False)


def claims(
    instance: Instance,
    block_step: BlockStep,
    *,
    share: Fraction = Fraction(1),
    longer: Fraction = Fraction(1),
    signed: bool = False,
) -> Iterator[Claim]:
    """The block as declared, and both inequalities."""
    found = block_step
    x, lam = instance.lift(found.start), instance.lift(found.lam)
    pull = (instance.lift(found.signals) - instance.D.synthesis(x)) @ instance.D.atoms
    gamma = instance.lift(found.gamma)
    block = _block(x, pull, lam, gamma)
    error = abs(block - found.output) - _allowed(instance, found)
    yield Claim("x' is that block, up to rounding", error.max(-1), 0, measured=False)
    if longer != 1:
        gamma = gamma * longer
        block = _block(x, pull, lam, gamma)
    value, moved = _after(instance, found, block), block - x
    descent = (moved * moved).sum(-1) / gamma * share / 2
    unsigned = np.asarray((found.start >= 0).all(axis=1)) | signed
    name = "F(x') + ||x' - x||^2/(2 gamma) <= F(x) where x >= 0"
    before = _objective(instance, found, x)
    yield Claim(name, (value + descent).where(unsigned, 0), before.where(unsigned, 0))
    u = instance.lift(found.rival)
    far = ((u - x) ** 2).sum(-1) - ((u - block) ** 2).sum(-1)
    said = "F(x') <= F(u) + (||u - x||^2 - ||u - x'||^2)/(2 gamma)"
    yield Claim(said, value, _objective(instance, found, u) + far / gamma / 2)


def _block(x: Number, pull: Number, lam: Number, gamma: Number) -> Number:
    return activations.relu(x + (pull - column(lam)) * column(gamma))


def _after(instance: Instance, found: BlockStep, block: Number) -> Number:
    return _objective(instance, found, block)


def _objective(instance: Instance, found: BlockStep, x: Number) -> Number:
    rest = instance.D.synthesis(x) - found.signals
    return (rest * rest).sum(-1) / 2 + abs(x).sum(-1) * found.lam


def _allowed(instance: Instance, found: BlockStep) -> FloatArray:
    """What rounding explains of each entry, shape (B, n)."""
    atoms, (m, n) = abs(instance.D.data), instance.D.shape
    start, gamma, lam = abs(found.start), found.gamma[:, None], found.lam[:, None]
    pull = (abs(found.signals) + start @ atoms.T) @ atoms
    wide = (1 + extents(instance.D).column) * (1 + gamma)
    return rounding(2 * (m + n) + 12, start + gamma * (pull + lam), 8 * (m + n) * wide)


THEOREM = Theorem(
    title="A sparsification block of a transformer descends",
    statement=r"x' = \operatorname{relu}(x + \gamma D^T (y - D x) - \gamma \lambda), \; "
    r"\gamma \| D \|^2 \le 1, \; x \ge 0 \implies "
    r"F(x') \le F(x) - \tfrac{1}{2 \gamma} \| x' - x \|_2^2",
    names=("CRATE", "ISTA", "white-box transformer", "sparse coding block"),
    source=YU_2023 & BECK_TEBOULLE_2009,
    premises=premises,
    claims=claims,
    sharp=token_above,
    mutants=(
        Mutant("1/(2 gamma) -> 1.1/(2 gamma)", {"share": Fraction(11, 10)}, smallest=(1, 1)),
        Mutant("gamma -> 2.2 gamma", {"longer": Fraction(22, 10)}, smallest=(1, 1)),
        Mutant("x >= 0 dropped", {"signed": True}, negative_token, smallest=(1, 1)),
    ),
    noisy=True,
)
