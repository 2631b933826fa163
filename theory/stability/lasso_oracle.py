r"""The oracle inequality of the Lasso: its error against noise, wherever its support is.

Problem: ``y = D x + e``, atoms normalised, ``x`` on ``S`` with ``|S| = s``, ``x_hat`` any minimiser
of ``1/2 ||y - D z||^2 + lam ||z||_1``, and ``lam > a >= ||D^T e||_inf``. With
``c = (lam + a)/(lam - a)``, let ``kappa > 0`` be such that ``||D h||^2 >= kappa ||h||^2`` for all
``h`` with ``||h_{S^c}||_1 <= c ||h_S||_1``. Two such numbers are known: the least eigenvalue of
``D^T D``, and ``1 + mu - mu (1 + c)^2 s``. The larger one is taken, if it is positive.

Claim: ``||x_hat - x||_2 <= (lam + a) sqrt(s) / kappa``, and
``||D (x_hat - x)||_2^2 <= (lam + a)^2 s / kappa``. For ``lam = 2 a`` the textbook's first bound,
``3 lam sqrt(s) / kappa``, is twice this.

Why: let ``h = x_hat - x``. With the subgradient of optimality u at ``x_hat``,
``<u, h> >= ||h_{S^c}||_1 - ||h_S||_1``, so ``||D h||^2 = <D^T e, h> - lam <u, h>`` is at most
``(lam + a) ||h_S||_1 - (lam - a) ||h_{S^c}||_1``. It is not negative: h is in the cone. And
``||h_S||_1 <= sqrt(s) ||h||``, so ``kappa ||h||^2 <= ||D h||^2 <= (lam + a) sqrt(s) ||h||``. In the
cone, ``||D h||^2 >= (1 + mu) ||h||^2 - mu ||h||_1^2``, and ``||h||_1^2 <= (1 + c)^2 s ||h||^2``.

Sharp: atoms with equal negative inner products, all of them in the code, which is large, and noise
with ``D^T e = -a``.

Source: Bickel, Ritov and Tsybakov 2009; Negahban, Ravikumar, Wainwright and Yu 2012; with this
constant it is stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> found = Minimiser([2], [[1]], [[1]], [[1]])
>>> decide(THEOREM, Instance([[1]], [[5]], [[-1]]), {"oracle_witness": found}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.analysis.lasso import relative_correlations
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.arithmetic.number import larger
from sparsebound.theory.evidence import Minimiser
from sparsebound.theory.extremal.lasso import (
    noise_against_all_atoms,
    weight_below_the_noise,
    weight_of_twice_the_noise,
)
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities import coherence
from sparsebound.theory.quantities.memo import of_dictionary, of_instance
from sparsebound.theory.sources import (
    BICKEL_RITOV_TSYBAKOV_2009,
    INDEPENDENT,
    NEGAHBAN_RAVIKUMAR_WAINWRIGHT_YU_2012,
)
from sparsebound.theory.stability.lasso_witness import minimal, point
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance,
    oracle_witness: Minimiser,
    *,
    above: bool = True,
    positive: bool = True,
) -> Iterator[Premise]:
    """A weight above the noise, atoms that are independent enough, and a minimiser."""
    if positive:
        mu, s = coherence(instance.D), instance.sparsity
        most = _larger(instance.D, 1 + mu - 4 * mu * s)
        yield Premise("1 - kappa < 1 for large lam", 1 - most, 1)
    if above:
        yield Premise("a < lam", _largest_noise(instance), oracle_witness.lam)
    if positive:
        yield Premise("1 - kappa < 1", 1 - _kappa(instance, oracle_witness), 1)
    yield from minimal(instance, oracle_witness)


def claims(
    instance: Instance, oracle_witness: Minimiser, *, factor: Fraction = Fraction(1)
) -> Iterator[Claim]:
    """The error of the code, and that of the fit."""
    found = point(instance, oracle_witness)
    h = found.entries - instance.D.relative_norms * instance.X
    scale = instance.D.raw_gram[0, 0]  # atoms have this squared norm, not 1
    kappa = _kappa(instance, oracle_witness)
    total = _largest_noise(instance) + oracle_witness.lam
    squared = factor * factor * total * total * instance.sparsity / scale
    name = "||x_hat - x||^2 <= (lam + a)^2 s/kappa^2"
    yield Claim(name, (h * h).sum(-1) * scale, squared / (kappa * kappa))
    fit = (h / instance.D.relative_norms) @ instance.D.atoms.swapaxes(0, 1)
    name = "||D (x_hat - x)||^2 <= (lam + a)^2 s/kappa"
    yield Claim(name, (fit * fit).sum(-1), squared / kappa)


@of_instance
def _largest_noise(instance: Instance) -> Number:
    """``||D^T e||_inf`` for atoms scaled to the norm of the first one, shape (B,)."""
    return abs(relative_correlations(instance.D, instance.lift(instance.E))).max(-1)


@of_dictionary
def _least_eigenvalue(D: Dictionary) -> Number:
    return D.gram.eigenvalues().min(-1)


def _larger(D: Dictionary, by_coherence: Number) -> Number:
    """The larger of this and the least eigenvalue, where that is surely positive."""
    if D.shape[1] > D.shape[0] or _least_eigenvalue(D).sign != 1:
        return by_coherence
    return larger(by_coherence, _least_eigenvalue(D) + 0 * by_coherence)


def _kappa(instance: Instance, oracle_witness: Minimiser) -> Number:
    """The larger of the two numbers that are known, shape (B,)."""
    mu, lam = coherence(instance.D), instance.lift(oracle_witness.lam)
    room = lam - _largest_noise(instance)
    room = room.where(room.sign != 0, 1)
    cone = 2 * lam / room  # 1 + c
    by_coherence = 1 + mu - mu * cone * cone * instance.sparsity
    return _larger(instance.D, by_coherence)


THEOREM = Theorem(
    title="The oracle inequality of the Lasso",
    statement=r"\lambda > a \ge \|D^T e\|_\infty, \; \|D h\|_2^2 \ge \kappa \|h\|_2^2 "
    r"\text{ where } \|h_{S^c}\|_1 \le \frac{\lambda + a}{\lambda - a} \, \|h_S\|_1 \implies "
    r"\|\hat{x} - x\|_2 \le \frac{(\lambda + a) \sqrt{s}}{\kappa}, \; "
    r"\|D (\hat{x} - x)\|_2^2 \le \frac{(\lambda + a)^2 s}{\kappa}",
    names=("LASSO", "restricted eigenvalue", "oracle inequality"),
    source=BICKEL_RITOV_TSYBAKOV_2009 & NEGAHBAN_RAVIKUMAR_WAINWRIGHT_YU_2012 & INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=noise_against_all_atoms,
    mutants=(
        Mutant("right sides times 0.95", {"factor": Fraction(19, 20)}, smallest=(1, 1)),
        Mutant("a < lam dropped", {"above": False}, weight_below_the_noise, smallest=(2, 2)),
        Mutant(
            "0 < kappa dropped", {"positive": False}, weight_of_twice_the_noise, smallest=(1, 2)
        ),
    ),
    noisy=True,
)
