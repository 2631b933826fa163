r"""Incoherent data can be learned, also where there are more of them than dimensions.

Problem: data of unit norm, here the atoms, with the Gram matrix ``G``; a layer of very many random
units, or any kernel ``phi(t) = sum_r c_r t^r`` with ``c_r >= 0``, ``phi(1) = 1``, entry by entry:
``(((1 - t)(1 + t))^{1/2} + t (pi - a))/pi`` for rectified linear units, with ``a`` the angle whose
cosine is ``t``, and likewise for signs, the error function, exponentials, and polynomials.

Claim: the least eigenvalue of ``phi(G)`` is at least 1 less a Babel function of ``phi``,
``sum_{r<R} c_r + max_i sum_{j != i} (phi(|G_ij|) - sum_{r<R} c_r |G_ij|^r)``, for ``R`` = 1 and 2,
and for any other. Where that is below 1, gradient descent on the last layer fits all data, at a
rate that it bounds. It says nothing of data that are as coherent as the atoms of most trained
dictionaries.

Why: the terms ``c_r G^r``, entry by entry, are positive semidefinite (Schur): the first ``R`` are
dropped. On the rest, the theorem of Gershgorin; its diagonal is ``1 - sum_{r<R} c_r``, and
``|G_ij|^r`` is at least ``|G_ij^r|``.

Sharp: data with all inner products ``-mu``, for odd ``phi``; both bounds on the regular simplex,
where ``lam_min(G) = 0``. And two data with a positive inner product, for any ``phi``.

Source: stated and proved independently, in the setting of Chen, Huang, Gong, Hanin, Wang 2022.

>>> import numpy as np
>>> from sparsebound.theory.verdict import decide
>>> cube = LayerKernel("polynomial", np.array([0, 0, 0, 1]))
>>> simplex = Instance([[1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]], np.zeros((0, 4)))
>>> decide(THEOREM, simplex, {"layer_kernel": cube}).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.analysis.kernels import entrywise, given_coefficients, interactions, kernel
from sparsebound.theory.evidence.kernels import LayerKernel
from sparsebound.theory.extremal.kernels import equal_angles_or_a_pair, near_pair
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import CHEN_HUANG_GONG_HANIN_WANG_2022, INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, layer_kernel: LayerKernel) -> Iterator[Premise]:
    """Coefficients that are not negative, and not all zero."""
    (given,) = given_coefficients([layer_kernel.activation], layer_kernel.coefficients[None])
    yield Premise("0 <= c_r", 0, given[None], strict=False)
    yield Premise("0 < sum_r c_r", 0, given.sum(keepdims=True))


def claims(
    instance: Instance,
    layer_kernel: LayerKernel,
    *,
    factor: Fraction = Fraction(1),
    constant: bool = True,
) -> Iterator[Claim]:
    """The least eigenvalue is no less than both bounds."""
    gram = instance.D.gram
    phi = kernel(layer_kernel.activation, layer_kernel.coefficients, instance.lift(1))
    missing = (1 - entrywise(phi, gram).eigenvalues().min(-1)).reshape(1)
    for dropped, sums in enumerate(interactions(phi, gram), start=1):
        bound = sums if constant else sums - phi.first[0]
        name = f"1 - lam_min(phi(G)) <= the bound at R = {dropped}"
        yield Claim(name, missing, (bound * factor).reshape(1))


THEOREM = Theorem(
    title="Incoherent data can be learned",
    statement=r"\varphi(t) = \sum_r c_r t^r, \; c_r \ge 0, \; \varphi(1) = 1 \implies "
    r"1 - \lambda_{\min}(\varphi(G)) \le \sum_{r < R} c_r + \max\limits_i \sum_{j \ne i} "
    r"(\varphi(| G_{ij} |) - \sum_{r < R} c_r | G_{ij} |^r)",
    names=("neural tangent kernel", "NTK", "arc-cosine kernel", "wide network", "Babel function"),
    source=INDEPENDENT & CHEN_HUANG_GONG_HANIN_WANG_2022,
    premises=premises,
    claims=claims,
    sharp=equal_angles_or_a_pair,
    mutants=(
        Mutant("right side times 0.95", {"factor": Fraction(95, 100)}, smallest=(3, 3)),
        Mutant("c_0 left on the diagonal", {"constant": False}, near_pair, smallest=(2, 2)),
    ),
    about="dictionary",
    enumerates=True,
    dictionaries=(
        "integer",
        "graph",
        "tight_frame",
        "union_of_bases",
        "mutually_unbiased",
        "blocks",
        "transversal_design",
        "low_coherence",
        "gaussian",
    ),
)
