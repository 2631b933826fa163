r"""Two sparse explanations of one signal are near each other.

Problem: a signal ``y`` and codes ``x``, ``z`` with at most ``k`` nonzeros each,
``||y - D x|| <= eps`` and ``||y - D z|| <= eps``. Whoever chooses the sparsest code that explains
the signal up to ``eps`` chooses such a ``z``. Checked with ``k = ||x||_0``.

Claim: if ``mu1(2k - 1) < 1``, then ``||x - z||_2^2 <= 4 eps^2 / (1 - mu1(2k - 1))``; so in
particular if ``(2k - 1) mu < 1``, with that in the place of ``mu1(2k - 1)``.

Why: ``h = x - z`` has at most ``2k`` nonzeros, and ``||D h|| <= 2 eps``. By Gershgorin
(``dictionary.gershgorin``) ``||D h||^2 >= (1 - mu1(2k - 1)) ||h||^2``.

Sharp: ``2k`` atoms with all inner products ``-mu``, ``x - z`` constant on them, ``y`` in the
middle between ``D x`` and ``D z``.

Source: Donoho, Elad and Temlyakov 2006.

>>> from sparsebound.theory.evidence import Estimate
>>> from sparsebound.theory.verdict import decide
>>> pair = Estimate(signals=[[0, 2]], points=[[0, -1]], eps=[1])
>>> verdict = decide(THEOREM, THEOREM.sharp(1), {"pair": pair})
>>> verdict.ratio, verdict.attained
(array([1.]), array([ True]))
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import Estimate
from sparsebound.theory.extremal.stability import opposite_halves
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import BY_COHERENCE, BY_PAIRS, STABLE, Constant, Promise
from sparsebound.theory.quantities import babel
from sparsebound.theory.quantities.distances import code_energy, residual_energy
from sparsebound.theory.sources import DONOHO_ELAD_TEMLYAKOV_2006
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, pair: Estimate, *, fewer: int = 1) -> Iterator[Premise]:
    """Incoherent enough, and two sparse codes that explain the signal."""
    k = instance.sparsity
    yield Premise("mu1(2k - 1) < 1", babel(instance.D, 2 * k - fewer), 1)
    yield Premise("||z||_0 - k <= 0", (pair.points != 0).sum(axis=1) - k, 0, strict=False)
    yield from explained(instance, pair)


def explained(instance: Instance, estimate: Estimate) -> Iterator[Premise]:
    """Both codes explain the signal up to ``eps``.

    Premises about evidence are differences: whoever finds it is always at their edge, which says
    nothing about that of the theorem.
    """
    yield Premise("0 <= eps", 0, estimate.eps, strict=False)
    limit = instance.lift(estimate.eps) ** 2
    for name, codes in (("x", instance.X), ("z", estimate.points)):
        energy = residual_energy(instance, estimate.signals, codes)
        yield Premise(f"||y - D {name}||^2 - eps^2 <= 0", energy - limit, 0, strict=False)


def claims(
    instance: Instance, pair: Estimate, *, constant: Fraction = Fraction(4), fewer: int = 1
) -> Iterator[Claim]:
    """The codes differ by no more than the noise allows."""
    distance = code_energy(instance.D, instance.lift(instance.X) - pair.points)
    bound = _bound(instance, instance.lift(pair.eps), constant, fewer)
    yield Claim("||x - z||^2 <= 4 eps^2 / (1 - mu1(2k - 1))", distance, bound)


def _bound(
    instance: Instance, eps: Number, constant: Fraction = Fraction(4), fewer: int = 1
) -> Number:
    """Bound of the squared distance, shape (B,)."""
    return constant * eps**2 / (1 - babel(instance.D, 2 * instance.sparsity - fewer))


def _factor(codes: Instance) -> Number:
    return _bound(codes, codes.lift(1)).sqrt()


THEOREM = Theorem(
    title="Stability of sparse approximation",
    statement=r"\|x\|_0, \|z\|_0 \le k, \; \|y - D x\|_2, \|y - D z\|_2 \le \varepsilon, \; "
    r"\mu_1(2k - 1) < 1 \implies "
    r"\|x - z\|_2^2 \le \frac{4 \varepsilon^2}{1 - \mu_1(2k - 1)}",
    names=("sparsest code",),
    source=DONOHO_ELAD_TEMLYAKOV_2006,
    proof="proofs/stability/p0.v:p0",
    premises=premises,
    claims=claims,
    sharp=opposite_halves,
    mutants=(
        Mutant("4 -> 3.6", {"constant": Fraction(36, 10)}, smallest=(2, 2)),
        Mutant("2k-1 -> 2k-2", {"fewer": 2}, smallest=(2, 2)),
    ),
    promises=(
        Promise(
            STABLE,
            {"coherence": BY_COHERENCE, "babel": BY_PAIRS},
            ("mu1(2k - 1) < 1",),
            (Constant("||x - z||_2 / eps", "2 / sqrt(1 - v)", _factor),),
        ),
    ),
)
