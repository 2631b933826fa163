r"""Along the path of a penalty, the penalty falls and the misfit rises.

Problem: minimise ``f(x) + lam Omega(x)``, here the Lasso: ``f(x) = 1/2 ||y - D x||^2``,
``Omega(x) = ||x||_1``, atoms as given, for weights ``0 < lam_1 < lam_2 < ...``.

Claim: exact minimisers satisfy ``Omega(x(lam_2)) <= Omega(x(lam_1))`` and
``f(x(lam_1)) <= f(x(lam_2))``. For the Lasso, by how much:
``||D (x(lam_1) - x(lam_2))||^2 <= (lam_2 - lam_1) (Omega(x(lam_1)) - Omega(x(lam_2)))``.
The *number* of nonzeros may rise with the weight.

Why: each minimiser is no better than the other one for the other weight; the sum of the two
inequalities is ``(lam_2 - lam_1) (Omega(x(lam_2)) - Omega(x(lam_1))) <= 0``, the first claim. Then
the one for ``lam_1`` is the second:
``f(x(lam_1)) - f(x(lam_2)) <= lam_1 (Omega(x(lam_2)) - Omega(x(lam_1))) <= 0``. The third adds the
two variational inequalities ``lam Omega(z) >= lam Omega(x) + <D^T (y - D x), z - x>``, where ``z``
is the other minimiser.

Sharp: the third, wherever both minimisers have the same signs.

Source: stated and proved independently; the first two claims are folklore.

>>> from sparsebound.theory.evidence import LassoPath
>>> from sparsebound.theory.verdict import decide
>>> found = LassoPath([[1.0, 2.0]], [[[True], [True]]], [[[1.0], [1.0]]])
>>> decide(THEOREM, Instance([[1]], [[3]]), {"lasso_path": found}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.lasso import LassoPathPoints, lasso_path_points
from sparsebound.theory.evidence import LassoPath
from sparsebound.theory.extremal.rates import one_atom, rising_support
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import of_evidence
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, lasso_path: LassoPath) -> Iterator[Premise]:
    """Increasing positive weights, and a minimiser for each of them."""
    lam = instance.lift(lasso_path.lam)
    yield Premise("0 < lam_1", 0, lasso_path.lam[:, 0])
    yield Premise("lam_p < lam_{p+1}", lam[:, :-1], lam[:, 1:], measured=False)
    points = _points(instance, lasso_path)
    yield Premise("x(lam) has its signs", 0, points.signed.min(-1))
    relative = abs(points.correlations) / lam.reshape(*lam.shape, 1)
    beyond = relative.where(~lasso_path.support, 0).max(-1)
    name = "|<d_j, y - D x(lam)>| <= lam off supp x(lam)"
    yield Premise(name, beyond, 1, strict=False, measured=False)


def claims(
    instance: Instance,
    lasso_path: LassoPath,
    *,
    counted: bool = False,
    share: Fraction = Fraction(1),
) -> Iterator[Claim]:
    """The penalty does not rise, the misfit does not fall, and the distance between minimisers.

    ``counted`` counts nonzeros in place of adding their sizes.
    """
    points = _points(instance, lasso_path)
    lam, before, after = instance.lift(lasso_path.lam), np.s_[:, :-1], np.s_[:, 1:]
    size = points.l1_norm
    if counted:
        size = instance.lift(lasso_path.support.sum(axis=-1))
    yield Claim("Omega(x(lam)) does not rise", size[after], size[before], measured=counted)
    misfit = points.misfit
    yield Claim("f(x(lam)) does not fall", misfit[before], misfit[after], measured=False)
    first, last = np.s_[:, :1], np.s_[:, -1:]
    moved = points.fitted[first] - points.fitted[last]
    room = (lam[last] - lam[first]) * (points.l1_norm[first] - points.l1_norm[last])
    name = "||D (x_1 - x_P)||^2 <= (lam_P - lam_1) (Omega(x_1) - Omega(x_P))"
    yield Claim(name, (moved**2).sum(-1), share * room)


@of_evidence
def _points(instance: Instance, lasso_path: LassoPath) -> LassoPathPoints:
    """Solve the optimality conditions once for premises and claims."""
    return lasso_path_points(instance, lasso_path)


THEOREM = Theorem(
    title="A larger penalty gives a smaller penalty term",
    statement=r"\lambda_1 < \lambda_2 \implies \Omega(x(\lambda_2)) \le \Omega(x(\lambda_1)), \; "
    r"f(x(\lambda_1)) \le f(x(\lambda_2)), \; x(\lambda) \in \arg\min f + \lambda \Omega; "
    r"\quad \| D (x(\lambda_1) - x(\lambda_2)) \|_2^2 \le (\lambda_2 - \lambda_1) "
    r"(\| x(\lambda_1) \|_1 - \| x(\lambda_2) \|_1)",
    names=("LASSO path", "regularisation path", "homotopy", "LARS"),
    source=INDEPENDENT,
    proof="proofs/training/path_monotone.v:path_monotone",
    premises=premises,
    claims=claims,
    sharp=one_atom,
    mutants=(
        Mutant("||x(lam)||_0 does not rise", {"counted": True}, rising_support, smallest=(2, 3)),
        Mutant("right side times 0.95", {"share": Fraction(95, 100)}, smallest=(1, 1)),
    ),
    noisy=True,
)
