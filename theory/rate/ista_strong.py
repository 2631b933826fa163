r"""ISTA with independent atoms converges linearly, from the first step.

Problem: minimise ``F(x) = 1/2 ||y - D x||^2 + lam ||x||_1``, atoms as given, linearly independent
(so ``m >= n``).

Algorithm: ``x^k = soft(x^{k-1} + D^T (y - D x^{k-1})/L, lam/L)`` from any start.

Claim: ``||x^k - x_hat|| <= q^k ||x^0 - x_hat||``, ``q = ||I - D^T D/L||_2``, which is
``1 - sigma_min(D)^2/L`` for ``L >= ||D||_2^2``.

Why: the step is ``(I - D^T D/L) x + D^T y/L`` and then the soft threshold, which is nonexpansive,
and ``x_hat`` is a fixed point of it. The eigenvalues of ``D^T D/L`` lie between
``sigma_min(D)^2/L`` and 1, so those of ``I - D^T D/L`` lie between 0 and ``1 - sigma_min(D)^2/L``.

Sharp for every k: one singular value and signs that stay (one atom).

Rounding: the step contracts, so defects add up to at most their sum
(:mod:`sparsebound.theory.analysis.descent`).

Source: the contraction is folklore; stated and proved independently.

>>> from sparsebound.theory.evidence import Optimum, Trajectory
>>> from sparsebound.theory.verdict import decide
>>> run = Trajectory([[[0.0], [1.0], [1.5]]], [1.0], [2.0])
>>> optimum = Optimum([[2.0]], [[1.0]])
>>> decide(THEOREM, Instance([[1]], [[3]]), {"ista_run": run, "optimum": optimum}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

from sparsebound.theory.analysis.descent import Descent, running, steps_of, upper_end
from sparsebound.theory.analysis.momentum import columns
from sparsebound.theory.analysis.spectrum import independent_atoms, spectrum
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.extremal.rates import one_atom_at_half_step
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(instance: Instance) -> Iterator[Premise]:
    """Independent atoms."""
    yield from independent_atoms(instance)


def claims(
    instance: Instance, ista_run: Trajectory, optimum: Optimum, *, power: int = 1
) -> Iterator[Claim]:
    """The distance to the minimiser, after every step."""
    run = Descent(instance, ista_run, optimum)
    rate = upper_end(abs(1 - spectrum(instance.D) / run.L).max(-1))
    rates = [rate if power == 1 else rate * rate]
    for _ in run.steps[1:]:
        rates.append(rates[-1] * rates[0])
    drift = upper_end(running(run.tilted(run.plain_errors)))
    rhs = columns(rates) * run.distances[:, :1] + drift
    yield from steps_of(run)
    yield Claim("||x^k - x_hat|| <= q^k R", run.distances[:, 1:], rhs, axes=STEPS)


THEOREM = Theorem(
    title="ISTA with independent atoms",
    statement=r"\sigma_{\min}(D) > 0, \; L \ge \|D\|_2^2 \implies \|x^k - \hat{x}\|_2 \le "
    r"\Bigl( 1 - \frac{\sigma_{\min}(D)^2}{L} \Bigr)^k \|x^0 - \hat{x}\|_2",
    names=("linear convergence",),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=one_atom_at_half_step,
    mutants=(Mutant("q -> q^2", {"power": 2}, smallest=(1, 1)),),
    noisy=True,
    dictionaries=(
        "one_atom",
        "orthonormal",
        "equiangular",
        "equiangular_plus",
        "integer",
        "blocks",
        "transversal_design",
        "circular",
        "full_length",
        "gaussian",
    ),
)
