r"""ISTA converges linearly once it has found a support of independent atoms.

Problem: minimise ``F(x) = 1/2 ||y - D x||^2 + lam ||x||_1``, atoms as given, any dictionary.

Algorithm: ``x^{k+1} = soft(x^k + D^T (y - D x^k)/L, lam/L)``, ``L >= ||D||_2^2``.

Claim: if ``x^k``, ``x^{k+1}`` and a minimiser ``x_hat`` are supported in T and the atoms of T are
independent, ``||x^{k+1} - x_hat|| <= (1 - sigma_min(D_T)^2/L) ||x^k - x_hat||``.

Why: all three vanish off T, so on T the step is that of the dictionary ``D_T``, with the fixed
point ``x_hat`` and ``||D_T|| <= ||D||``. It contracts as in ``rate.ista_strong``.

Checked in the second half of a run from near the minimiser, each step with the T that it needs. The
premise is that of the last step; where an earlier T is dependent, ``sigma_min = 0`` and nothing is
asserted beyond what always holds. Sharp: one of a few orthogonal
atoms.

Rounding: the defect of the step (:mod:`sparsebound.theory.analysis.descent`).

Source: the contraction is folklore; stated and proved independently.

>>> from sparsebound.theory.evidence import Optimum, Trajectory
>>> from sparsebound.theory.verdict import decide
>>> run = Trajectory([[[0.0], [1.0], [1.5]]], [1.0], [2.0])
>>> optimum = Optimum([[2.0]], [[1.0]])
>>> decide(THEOREM, Instance([[1]], [[3]]), {"settled_run": run, "optimum": optimum}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis.descent import Descent, steps_of, upper_end
from sparsebound.theory.analysis.spectrum import (
    float_gram,
    from_float64,
    gram_eigenvalues,
    spectrum,
)
from sparsebound.theory.arithmetic import Ball, Mask, Number
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.extremal.rates import longer_atom_at_half_step
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.supports import independence, support_gram
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, settled_run: Trajectory, optimum: Optimum) -> Iterator[Premise]:
    """A short step, and independent atoms at the end of the run."""
    last = _supports(settled_run, optimum)[:, -1]
    largest = spectrum(instance.D).max(-1)
    yield Premise("||D||^2 <= L", largest, settled_run.L, strict=False, measured=False)
    m, sizes = instance.D.shape[0], last.sum(axis=1)
    rank = independence(instance.D, last).where(np.asarray(sizes <= m, dtype=bool), 0)
    yield Premise("D_T has full column rank", 0, rank)


def claims(
    instance: Instance, settled_run: Trajectory, optimum: Optimum, *, power: int = 1
) -> Iterator[Claim]:
    """The distance to the minimiser, in each of the last steps."""
    run = Descent(instance, settled_run, optimum)
    supports = _supports(settled_run, optimum)
    batch, steps, n = supports.shape
    least = _least_eigenvalue(instance.D, supports.reshape(-1, n)).reshape(batch, steps)
    rate = upper_end(1 - least.where(least.sign == 1, 0) / run.L)
    rate = rate if power == 1 else rate * rate
    first = run.distances.shape[1] - 1 - steps
    rhs = rate * run.distances[:, first:-1] + run.tilted(run.plain_errors)[:, first:]
    yield from steps_of(run)
    name, axes = "||x^{k+1} - x_hat|| <= q ||x^k - x_hat||", (("step", first + 1),)
    yield Claim(name, run.distances[:, first + 1 :], rhs, axes=axes)


def _supports(run: Trajectory, optimum: Optimum) -> Mask:
    """Where a step of the second half and the reference are not zero, shape (B, K/2, n)."""
    used = run.points[:, (run.points.shape[1] - 1) // 2 :] != 0
    return np.asarray(used[:, 1:] | used[:, :-1] | (optimum.point != 0)[:, None])


def _least_eigenvalue(D: Dictionary, supports: Mask) -> Number:
    """Least eigenvalue of the Gram matrix on each support, shape (B,)."""
    distinct, index = np.unique(supports, axis=0, return_inverse=True)
    place, sizes = index.reshape(-1), distinct.sum(axis=1)
    # of at most one atom it is the square of a norm, exactly
    single = D.squares[distinct.argmax(axis=1)].where(sizes > 0, 1)
    if sizes.max(initial=0) <= 1:
        return single[place]
    products, power = float_gram(D)
    gram = support_gram(Ball(products), distinct).inner.mid
    atom = np.arange(gram.shape[-1])
    diagonal = gram[:, atom, atom]  # what lies beyond a support must not be its least eigenvalue
    unused = atom >= sizes[:, None]
    gram[:, atom, atom] = np.where(unused, diagonal.max(axis=1, keepdims=True), diagonal)
    least = from_float64(D, gram_eigenvalues(gram, D.shape[0])[:, 0], power)
    return single.where(sizes <= 1, least)[place]


THEOREM = Theorem(
    title="ISTA on an identified support",
    statement=r"\operatorname{supp} x^k \cup \operatorname{supp} x^{k+1} \cup "
    r"\operatorname{supp} \hat{x} \subseteq T, \; \operatorname{rank} D_T = |T| \implies "
    r"\|x^{k+1} - \hat{x}\|_2 \le \Bigl( 1 - \frac{\sigma_{\min}(D_T)^2}{L} \Bigr) "
    r"\|x^k - \hat{x}\|_2",
    names=("support identification", "manifold identification"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=longer_atom_at_half_step,
    mutants=(Mutant("q -> q^2", {"power": 2}, smallest=(1, 1)),),
    noisy=True,
    # atoms in general position: where many are equally correlated, minimisers are not unique, and
    # what is found of them need not have independent atoms
    dictionaries=(
        "one_atom",
        "orthonormal",
        "equiangular",
        "cycle",
        "transversal_design",
        "near_duplicate",
        "low_coherence",
        "gaussian",
    ),
)
