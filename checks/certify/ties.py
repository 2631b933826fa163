"""Codes that floating point cannot tell from the edge, decided in exact arithmetic."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.certify.correlations import Gram
from sparsebound.checks.certify.judging import EachCode, on_dependent_atoms
from sparsebound.checks.certify.supports import code_of, dense
from sparsebound.theory.analysis.greedy import greedy_steps
from sparsebound.theory.guarantees.codes import CERTIFIED, OPEN, REFUTED, Judged
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.promise import GREEDY, LASSO_WITH_SIGNS, PURSUIT
from sparsebound.theory.quantities.circuits import kernel
from sparsebound.theory.quantities.recovery import moved_correlations
from sparsebound.theory.quantities.supports import largest_off

LARGEST_EXACT, TIES = 512, 64
"""Up to how many atoms, and for how many codes of each property."""

TIED = 1e-6
"""Margins that are looked at."""


def decide_ties(each: EachCode, gram: Gram, X: np.ndarray) -> None:
    """Decide what is too near to the edge, and enter what is found."""
    if len(gram) > LARGEST_EXACT:
        return
    unknown = np.flatnonzero(np.isinf(each.growth) & (each.sparsity <= gram.atoms.length))
    for row in unknown[:TIES, None]:
        support = np.flatnonzero(dense(X, int(row[0]), int(row[0]) + 1)[0])
        if kernel(Dictionary(gram.atoms.block(0, len(gram))[support].T)).ncols():
            on_dependent_atoms(each, row)
    for name, decide in ((LASSO_WITH_SIGNS, _fuchs), (GREEDY, _greedy)):
        status, margins, atoms = each.of_property(name)
        near = (status == OPEN) & np.isfinite(each.growth) & ~(np.abs(margins) > TIED)
        for row in np.flatnonzero(near)[:TIES, None]:
            found = decide(code_of(gram.atoms, X, int(row[0])).exact())
            if found == OPEN:
                continue
            side = np.nextafter(0, found)
            made = Judged(np.array([found]), np.array([side]), atoms[row])
            each.put(name, row, made)
            if name == LASSO_WITH_SIGNS and found == CERTIFIED:
                each.put(PURSUIT, row, made)


def _fuchs(instance: Instance) -> int:
    """Whether the shortest dual vector is strictly below 1 off the support; that one alone."""
    none, signs = np.zeros((1, instance.D.shape[0])), instance.lift(instance.signs)
    products = moved_correlations(instance, none, instance.support, signs)
    value = largest_off(instance.support, abs(products))
    return {-1: CERTIFIED, 1: REFUTED}.get(int((value - 1).sign[0]), OPEN)


def _greedy(instance: Instance) -> int:
    """Follow the pursuit; unknown at a tie, which may be broken in any way."""
    steps = greedy_steps(instance)
    for step in np.flatnonzero(steps.running[0]):
        if int((steps.ahead - steps.second).sign[0, step]) != 1:
            return OPEN
        side = int((steps.ahead - steps.beside).sign[0, step])
        if side != 1:
            return REFUTED if side == -1 else OPEN
    return CERTIFIED
