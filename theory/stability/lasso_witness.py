r"""The Lasso finds no wrong atoms, and entries near the true ones: the primal-dual witness.

Problem: ``y = D x + e``, ``x`` with support ``S``, and ``x_hat`` a minimiser of
``1/2 ||y - D z||^2 + lam ||z||_1``. Atoms are normalised; in the check they are scaled to the
norm of the first one, which changes ``lam`` and the codes by a factor, so that numbers are
rational where the norms are equal.

Claim: if ``D_S`` has full column rank, ``ERC(S) < 1`` and
``max_{j not in S} |<d_j, (I - P_S) e>| < lam (1 - ERC(S))``, then ``x_hat`` is the only minimiser
(``|<d_j, y - D x_hat>| < lam`` off ``S``), its support lies in ``S``, and
``||x_hat - x||_inf <= ||pinv(D_S) e||_inf + lam ||(D_S^T D_S)^{-1}||_{inf -> inf}``.

Why: let ``z`` minimise over codes on ``S``: ``z_S - x_S = pinv(D_S) e - lam (D_S^T D_S)^{-1} g``
for a subgradient ``g``, ``||g||_inf <= 1``, which is the bound. Its residual is
``(I - P_S) e + lam D_S (D_S^T D_S)^{-1} g``; off ``S`` its inner product with ``d_j`` is less than
``lam (1 - ERC(S)) + lam ERC(S) = lam``. So ``z`` is a minimiser, and the only one.

Sharp: atoms with equal negative inner products, and noise against the code.

That ``x_hat`` is a minimiser is computed from the optimality conditions.

Source: Fuchs 2005; Tropp 2006; Wainwright 2009.

>>> from sparsebound.theory.evidence import Minimiser
>>> from sparsebound.theory.verdict import decide
>>> found = Minimiser([0.75], [[True, False]], [[1, 0]], [[True, False]])
>>> decide(THEOREM, Instance([[1, 0], [0, 1]], [[5, 0]], [[-1, 0.5]]), {"witness": found}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.analysis.lasso import (
    LassoPoint,
    Projection,
    lasso_point,
    project,
    relative_correlations,
    relative_gram,
)
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import Minimiser
from sparsebound.theory.extremal.stability import (
    noise_against_the_code_and_a_pair,
    noise_beside_the_code,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import BY_BABEL, LASSO, Constant, Promise
from sparsebound.theory.quantities.memo import of_evidence, of_instance
from sparsebound.theory.quantities.supports import support_independence
from sparsebound.theory.sources import FUCHS_2005, TROPP_2006, WAINWRIGHT_2009
from sparsebound.theory.theorem import Claim, Consequence, Mutant, Premise, Theorem


def premises(
    instance: Instance, witness: Minimiser, *, share: Fraction = Fraction(1)
) -> Iterator[Premise]:
    """Independent atoms, Tropp's condition, a large enough weight, and a minimiser."""
    projected = noise(instance)
    yield Premise("D_S has full column rank", 0, support_independence(instance))
    yield Premise("ERC(S) < 1", projected.coefficient, 1)
    beside = abs(projected.off).max(-1)
    room = instance.lift(witness.lam) * _room(instance)
    yield Premise("max |<d_j, (I - P_S) e>| < lam (1 - ERC(S))", share * beside, room)
    yield from minimal(instance, witness)


def claims(
    instance: Instance, witness: Minimiser, *, factor: Fraction = Fraction(1)
) -> Iterator[Claim]:
    """No wrong atoms, one minimiser, and entries near the true ones."""
    found, projected = point(instance, witness), noise(instance)
    yield from recovered(instance, witness, found)
    bound = factor * (abs(projected.entries).max(-1) + witness.lam * projected.row_sum)
    name = "||x_hat - x||_inf <= ||pinv(D_S) e||_inf + lam ||(D_S^T D_S)^-1||_inf"
    yield Claim(name, error(instance, found), bound)


@of_instance
def noise(instance: Instance) -> Projection:
    """The noise, on the support and beside it."""
    return project(instance, instance.lift(instance.E))


def _room(instance: Instance) -> Number:
    return 1 - noise(instance).coefficient


@of_evidence
def point(instance: Instance, minimiser: Minimiser) -> LassoPoint:
    """The Lasso's minimiser for atoms scaled to the norm of the first one."""
    data = relative_correlations(instance.D, instance.Y)
    return lasso_point(relative_gram(instance.D), data, minimiser)


def minimal(instance: Instance, minimiser: Minimiser) -> Iterator[Premise]:
    """The point satisfies the optimality conditions."""
    found = point(instance, minimiser)
    yield Premise("x_hat has its signs", 0, found.signed.min(-1))
    excess = abs(found.correlations) - minimiser.lam[:, None]
    excess = excess.where(~minimiser.support, 0)
    yield Premise("|c_j| - lam <= 0 off supp x_hat", excess, 0, strict=False)


def recovered(instance: Instance, minimiser: Minimiser, found: LassoPoint) -> Iterator[Claim]:
    """No wrong atoms, and a dual that is strictly feasible off the true support."""
    wrong = (minimiser.support & ~instance.support).sum(axis=1)
    yield Claim("entries of x_hat off S", wrong, 0, measured=False)
    off = abs(found.correlations).where(~instance.support, 0)
    yield Claim("|c_j| < lam off S", off, minimiser.lam, strict=True, measured=False)


def error(instance: Instance, found: LassoPoint) -> Number:
    """Largest error of an entry, for atoms scaled to the norm of the first one, shape (B,)."""
    difference: Number = found.entries - instance.D.relative_norms * instance.X
    return abs(difference).max(-1)


THEOREM = Theorem(
    title="Primal-dual witness of the Lasso",
    statement=r"\operatorname{rank} D_S = |S|, \; \max\limits_{j \notin S} "
    r"| \langle d_j, (I - P_S) e \rangle | < \lambda (1 - \operatorname{ERC}(S)) \implies "
    r"\operatorname{supp} \hat{x} \subseteq S, \; \|\hat{x} - x\|_\infty \le "
    r"\|D_S^+ e\|_\infty + \lambda \|(D_S^T D_S)^{-1}\|_{\infty \to \infty}",
    names=("LASSO", "primal-dual witness", "ERC", "exact recovery condition", "dual certificate"),
    source=FUCHS_2005 & TROPP_2006 & WAINWRIGHT_2009,
    implies=(Consequence("stability.lasso_coherence", "``ERC(S) <= s mu / (1 - (s-1) mu)``"),),
    premises=premises,
    claims=claims,
    sharp=noise_against_the_code_and_a_pair,
    mutants=(
        Mutant("right side times 0.95", {"factor": Fraction(95, 100)}, smallest=(3, 2)),
        Mutant(
            "lam (1 - ERC) > max -> 0.5 max",
            {"share": Fraction(1, 2)},
            noise_beside_the_code,
            smallest=(3, 2),
        ),
    ),
    promises=(
        Promise(
            LASSO,
            {"babel": BY_BABEL},
            ("D_S has full column rank", "ERC(S) < 1"),
            (
                Constant("ERC", "mu1(s) / (1 - mu1(s-1))", lambda codes: noise(codes).coefficient),
                Constant("lam / a", "1 / (1 - ERC)", lambda codes: 1 / _room(codes)),
            ),
        ),
    ),
    noisy=True,
    # nearly parallel atoms leave no room for noise
    dictionaries=(
        "orthonormal",
        "simplex",
        "equiangular",
        "equiangular_plus",
        "cycle",
        "graph",
        "tight_frame",
        "union_of_bases",
        "mutually_unbiased",
        "blocks",
        "transversal_design",
        "circular",
        "full_length",
        "low_coherence",
    ),
)
