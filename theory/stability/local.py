r"""Two codes that are sparse everywhere and explain one signal are near each other.

Problem: a signal ``y`` and codes ``x``, ``z`` with ``s_loc <= k`` each (the number of atoms of a
support that meet one atom), ``||y - D x|| <= eps`` and ``||y - D z|| <= eps``. Checked with
``k = s_loc(x)``.

Claim: if ``(2k - 1) mu < 1``, then ``||x - z||_2^2 <= 4 eps^2 / (1 - (2k - 1) mu)``. The number of
nonzeros may grow with the length of the signal.

Why: ``h = x - z`` has ``s_loc(h) <= 2k``, and ``||D h|| <= 2 eps``. A row of ``D^T D - I`` has at
most ``2k - 1`` entries where ``h`` is not zero, so ``||D h||^2 >= ||h||^2 - (2k - 1) mu ||h||^2``,
by Gershgorin on the support of ``h``.

Sharp: block-diagonal copies of ``2k`` atoms with all inner products ``-mu``, also where
``(2 ||x||_0 - 1) mu`` exceeds 1.

Source: Papyan, Sulam and Elad 2017.

>>> from sparsebound.theory.evidence import Estimate
>>> from sparsebound.theory.verdict import decide
>>> pair = Estimate(signals=[[0, 12, 0, 16]], points=[[0, -6, 0, -8]], eps=[10])
>>> verdict = decide(THEOREM, THEOREM.sharp(2), {"local_pair": pair})
>>> verdict.ratio, verdict.attained
(array([1.]), array([ True]))
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import Estimate
from sparsebound.theory.extremal.stability import blocks_of_opposite_atoms
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import BY_LOCAL, STABLE, Constant, Promise
from sparsebound.theory.quantities import coherence, local_sparsity
from sparsebound.theory.quantities.distances import code_energy
from sparsebound.theory.sources import PAPYAN_SULAM_ELAD_2017
from sparsebound.theory.stability.p0 import explained
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, local_pair: Estimate) -> Iterator[Premise]:
    """Incoherent enough, and two locally sparse codes that explain the signal."""
    k = local_sparsity(instance.D, instance.support)
    yield Premise("(2k - 1) mu < 1", (2 * k - 1) * coherence(instance.D), 1)
    other = local_sparsity(instance.D, local_pair.points != 0)
    yield Premise("s_loc(z) - k <= 0", other - k, 0, strict=False)
    yield from explained(instance, local_pair)


def claims(
    instance: Instance, local_pair: Estimate, *, constant: Fraction = Fraction(4)
) -> Iterator[Claim]:
    """The codes differ by no more than the noise allows."""
    distance = code_energy(instance.D, instance.lift(instance.X) - local_pair.points)
    bound = _bound(instance, instance.lift(local_pair.eps), constant)
    yield Claim("||x - z||^2 <= 4 eps^2 / (1 - (2k - 1) mu)", distance, bound)


def _bound(instance: Instance, eps: Number, constant: Fraction = Fraction(4)) -> Number:
    """Bound of the squared distance, shape (B,)."""
    k = local_sparsity(instance.D, instance.support)
    return constant * eps**2 / (1 - (2 * k - 1) * coherence(instance.D))


def _factor(codes: Instance) -> Number:
    return _bound(codes, codes.lift(1)).sqrt()


THEOREM = Theorem(
    title="Local stability of sparse approximation",
    statement=r"s_{loc}(x), s_{loc}(z) \le k, \; "
    r"\|y - D x\|_2, \|y - D z\|_2 \le \varepsilon, \; (2k - 1) \mu(D) < 1 \implies "
    r"\|x - z\|_2^2 \le \frac{4 \varepsilon^2}{1 - (2k - 1) \mu(D)}",
    names=("CSC", "stripe norm"),
    source=PAPYAN_SULAM_ELAD_2017,
    proof="proofs/stability/local.v:local",
    premises=premises,
    claims=claims,
    sharp=blocks_of_opposite_atoms,
    mutants=(Mutant("4 -> 3.6", {"constant": Fraction(36, 10)}, smallest=(2, 2)),),
    promises=(
        Promise(
            STABLE,
            {"local": BY_LOCAL},
            ("(2k - 1) mu < 1",),
            (Constant("||x - z||_2 / eps", "2 / sqrt(1 - v)", _factor),),
        ),
    ),
    dictionaries=(
        "orthonormal",
        "simplex",
        "equiangular",
        "blocks",
        "transversal_design",
        "circular",
        "full_length",
        "low_coherence",
    ),
)
