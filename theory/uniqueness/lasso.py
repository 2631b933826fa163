r"""When the Lasso has one minimiser.

Problem: minimise ``1/2 ||y - D z||^2 + lam ||z||_1`` for ``lam > 0``; atoms of any norm.

Claim: if ``S`` contains the support of a minimiser ``x_hat``, the atoms of ``S`` are independent
and ``|<d_j, y - D x_hat>| < lam`` for ``j`` off ``S``, then ``x_hat`` is the only minimiser: along
every null vector ``h`` the l1 norm grows faster than the fit allows. The growth, for ``h`` of
unit l1 norm and ``c = D^T (y - D x_hat)``, is ``sum |h_j| - c_j h_j / lam`` over ``j`` where
``x_hat`` is zero; it is smallest at a circuit.

Why: the fit ``D z`` and the l1 norm are the same for all minimisers, and so is the correlation
``c``; ``z_j != 0`` needs ``|c_j| = lam``. So every minimiser lives on ``S``, where the fit
determines it.

Source: Fuchs 2004; Tibshirani 2013.

>>> from sparsebound.theory.evidence import Minimiser
>>> from sparsebound.theory.verdict import decide
>>> found = Minimiser([1.0], [[True, False]], [[1.0, 0]], [[True, False]])
>>> decide(THEOREM, Instance([[1, 1], [0, 1]], [[2, 0]], [[1, -1]]), {"minimiser": found}).status
array([1], dtype=int8)
"""

from __future__ import annotations

from collections.abc import Iterator

from sparsebound.theory.analysis.lasso import LassoPoint, lasso_point
from sparsebound.theory.evidence import Minimiser
from sparsebound.theory.extremal.uniqueness import repeated_atom
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import circuits, independence
from sparsebound.theory.sources import FUCHS_2004, TIBSHIRANI_2013
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance, minimiser: Minimiser, *, independent: bool = True
) -> Iterator[Premise]:
    """A minimiser, a strictly feasible dual, and independent atoms."""
    point = _point(instance, minimiser)
    lam, support, active = minimiser.lam, minimiser.support, minimiser.active
    yield Premise("x_hat has its signs", 0, point.signed.min(-1))
    relative = abs(point.correlations) / lam[:, None]
    on = relative.where(active & ~support, 0)
    yield Premise("|c_j| <= lam on S", on, 1, strict=False, measured=False)
    yield Premise("|c_j| < lam off S", relative.where(~active, 0), 1)
    if independent:
        yield Premise("D_S has full column rank", 0, independence(instance.D, active))


def claims(instance: Instance, minimiser: Minimiser) -> Iterator[Claim]:
    """No null vector leads to another minimiser."""
    vectors = circuits(instance.D)
    if not len(vectors):
        yield Claim("growth along null vectors", 0, 1, strict=True)
        return
    correlations = _point(instance, minimiser).correlations
    off = instance.lift(~minimiser.support)
    vectors = vectors / abs(vectors).sum(-1).reshape(-1, 1)
    sizes = off @ abs(vectors).swapaxes(0, 1)
    pull = (correlations * off / minimiser.lam[:, None]) @ vectors.swapaxes(0, 1)
    yield Claim("growth along null vectors", 0, (sizes - abs(pull)).min(-1), strict=True)


def _point(instance: Instance, minimiser: Minimiser) -> LassoPoint:
    """Solve the optimality conditions on the support, for the atoms as given."""
    return lasso_point(instance.D.raw_gram, instance.Y @ instance.D.atoms, minimiser)


THEOREM = Theorem(
    title="Uniqueness of the Lasso minimiser",
    statement=r"\operatorname{rank} D_S = |S|, \; \operatorname{supp} \hat{x} \subseteq S, \; "
    r"| \langle d_j, y - D \hat{x} \rangle | < \lambda \text{ for } j \notin S \implies "
    r"\hat{x} \text{ is the only minimiser}",
    names=("LASSO", "dual certificate"),
    source=FUCHS_2004 & TIBSHIRANI_2013,
    proof="proofs/uniqueness/lasso.v:lasso",
    premises=premises,
    claims=claims,
    mutants=(
        Mutant("rank condition dropped", {"independent": False}, repeated_atom, smallest=(1, 2)),
    ),
    enumerates=True,
    noisy=True,
    # atoms in general position: where many are equally correlated, minimisers are not unique
    dictionaries=(
        "orthonormal",
        "equiangular_plus",
        "tight_frame",
        "union_of_bases",
        "transversal_design",
        "low_coherence",
        "gaussian",
    ),
)
