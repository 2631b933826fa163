"""What the largest products off the supports of a batch say about its codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from sparsebound.checks.certify.correlations import Batch, Gram
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray, Mask
from sparsebound.theory.guarantees.codes import (
    CERTIFIED,
    NOT_ASKED,
    OPEN,
    PROPERTIES,
    REFUTED,
    Judged,
    by_support,
    judged,
    lasso_reach,
)
from sparsebound.theory.guarantees.profile import Profile
from sparsebound.theory.guarantees.supports import UNIT
from sparsebound.theory.promise import (
    GREEDY,
    GREEDY_ON_SUPPORT,
    LASSO,
    LASSO_WITH_SIGNS,
    LEAST_SUM,
    ONLY_NONNEGATIVE,
    PURSUIT,
    UNFOLDED,
    UNIQUE,
    YOUR_NETWORK,
)

ASKED = tuple(asked.property for asked in PROPERTIES)
NEEDS_INDEPENDENT_ATOMS = (UNIQUE, PURSUIT, GREEDY, LASSO_WITH_SIGNS, LEAST_SUM, ONLY_NONNEGATIVE)
"""What no code on dependent atoms has."""


@dataclass(frozen=True)
class EachCode:
    """What is known of each code of a file; columns are those of ``PROPERTIES``.

    Attributes
    ----------
    sparsity : ndarray of int, shape (B,)
    status : ndarray of int8, shape (B, P)
        1 certified, 0 unknown, -1 refuted, -2 not asked.
    margin : ndarray, shape (B, P)
    atom : ndarray of int, shape (B, P)
        Which is to blame; -1 if none is.
    growth : ndarray, shape (B,)
        Upper bound of ``||(D_S^T D_S)^{-1}||`` in the maximum norm.
    lasso_reach : ndarray, shape (B,)
        Lower bound of the ``lam`` up to which the Lasso has the signs of the code; 0 if unknown.
    """

    sparsity: IntArray
    status: np.ndarray
    margin: FloatArray
    atom: np.ndarray
    growth: FloatArray
    lasso_reach: FloatArray

    @classmethod
    def of(cls, sparsity: IntArray, *, one_side: bool = False) -> EachCode:
        """Before anything is known; of zero codes all is, since nothing can go wrong.

        Whether a code is the only nonnegative one is asked where atoms are on one side.
        """
        shape = (len(sparsity), len(PROPERTIES))
        zero = sparsity == 0
        status = np.where(zero[:, None], CERTIFIED, np.full(shape, OPEN)).astype(np.int8)
        status[:, ASKED.index(YOUR_NETWORK)] = NOT_ASKED
        if not one_side:
            status[:, ASKED.index(ONLY_NONNEGATIVE)] = NOT_ASKED
        return cls(
            sparsity,
            status,
            np.where(zero[:, None], 1.0, np.full(shape, np.nan)),
            np.full(shape, -1, dtype=np.int32),
            np.where(zero, 0.0, np.inf),
            np.where(zero, np.inf, 0.0),
        )

    def independent(self) -> None:
        """Every signal has one representation: what asks for no more than that is certified."""
        for name in (UNIQUE, PURSUIT, LEAST_SUM, ONLY_NONNEGATIVE):
            column = ASKED.index(name)
            asked = self.status[:, column] != NOT_ASKED
            self.status[asked, column], self.margin[asked, column] = CERTIFIED, 1.0

    def near(self, margin: float) -> IntArray:
        """Codes of which something is open, and near the edge."""
        close = (self.status == OPEN) & ~(np.abs(self.margin) > margin)
        return np.flatnonzero((close & np.isfinite(self.growth)[:, None]).any(axis=1))

    def enter(self, rows: IntArray, known: Mapping[str, np.ndarray]) -> None:
        """Enter all that is known of some codes, array by array."""
        for field in fields(self):
            getattr(self, field.name)[rows] = known[field.name]

    def of_rows(self, rows: IntArray) -> dict[str, np.ndarray]:
        """Take what is known of some codes, array by array."""
        return {field.name: getattr(self, field.name)[rows] for field in fields(self)}

    def put(self, name: str, rows: IntArray, found: Judged) -> None:
        """Enter what was found of a property of some codes."""
        column = ASKED.index(name)
        self.status[rows, column] = found.status
        self.margin[rows, column] = found.margin
        self.atom[rows, column] = found.atom

    def of_property(self, name: str) -> tuple[IntArray, FloatArray, IntArray]:
        """Status, margin and atom of a property, each of shape (B,)."""
        column = ASKED.index(name)
        return self.status[:, column], self.margin[:, column], self.atom[:, column]


def judge(each: EachCode, batch: Batch, gram: Gram, d: Profile) -> None:
    """Enter what is known of a batch, once all atoms have been looked at."""
    codes, off, found, rows = batch.codes, batch.off, batch.spanned, batch.rows
    errors, sizes = batch.errors(gram), batch.codes.sizes
    known = np.isfinite(found.slack)
    fuchs = _ball(np.maximum(off.fuchs, 0), errors["fuchs"])
    one_sided = _ball(off.one_sided.clip(-1), errors["fuchs"])
    recovery = _ball(np.maximum(off.recovery, 0), errors["recovery"])
    inside = Ball(found.inside, errors["outside"])
    outside = Ball(np.maximum(off.outside, 0), errors["outside"])
    each.put(PURSUIT, rows, judged(fuchs.lower, fuchs.upper, off.fuchs_atom, decides=False))
    each.put(LASSO_WITH_SIGNS, rows, judged(fuchs.lower, fuchs.upper, off.fuchs_atom, decides=True))
    pair = np.full(len(rows), d.pair[0] if d.pair else -1)
    blamed = {GREEDY_ON_SUPPORT: off.recovery_atom, LASSO: off.recovery_atom, UNIQUE: pair}
    blamed[UNFOLDED] = np.where(outside.mid > inside.mid, off.outside_atom, codes.index[:, 0])
    values = by_support(d, sizes, recovery, inside, outside)
    for name, value in values.items():
        each.put(name, rows, judged(value.lower, value.upper, blamed[name], decides=False))
    each.put(GREEDY, rows, _pursued(batch, errors, values[GREEDY_ON_SUPPORT]))
    positive: Mask = np.asarray((codes.signs >= 0).all(axis=1))
    least = judged(one_sided.lower, one_sided.upper, off.one_sided_atom, decides=False)
    each.put(LEAST_SUM, rows, _asked(least, positive))
    sided = _ball(off.sided.clip(-1), errors["sided"])
    alone = judged(sided.lower, sided.upper, off.sided_atom, decides=False)
    each.put(ONLY_NONNEGATIVE, rows, _asked(alone, positive & (gram.side is not None)))
    each.growth[rows] = found.slack
    reach = lasso_reach(
        found.fuchs, found.fuchs_error, codes.values, (gram.atoms.length + 16) * UNIT, codes.used
    )
    kept = known & (fuchs.upper < 1)
    with np.errstate(over="ignore", under="ignore"):
        each.lasso_reach[rows] = np.where(kept, np.ldexp(reach, codes.powers), 0.0)


def on_dependent_atoms(each: EachCode, rows: IntArray) -> None:
    """Refute what no code on dependent atoms has."""
    nothing = np.full(len(rows), np.nan)
    for name in NEEDS_INDEPENDENT_ATOMS:
        asked = each.of_property(name)[0][rows] != NOT_ASKED
        status = np.where(asked, REFUTED, NOT_ASKED)
        each.put(name, rows, Judged(status, nothing, np.full(len(rows), -1)))


def _asked(found: Judged, asked: Mask) -> Judged:
    status = np.where(asked, found.status, NOT_ASKED)
    return Judged(status, np.where(asked, found.margin, np.nan), found.atom)


def _ball(values: FloatArray, errors: FloatArray) -> Ball:
    return Ball(np.where(np.isfinite(errors), values, 0.0), errors)


def _pursued(batch: Batch, errors: dict[str, FloatArray], by_coefficient: Ball) -> Judged:
    """Judge the pursuit of each code by the first step that is not certified."""
    found, off = batch.spanned, batch.off
    outer, inner = errors["pursued"], errors["within"]
    asked = found.picks >= 0
    beside = np.maximum(off.pursued, 0)
    with np.errstate(all="ignore"):
        most = np.where(found.ahead > inner, (beside + outer) / (found.ahead - inner), np.inf)
        least = np.where(np.isfinite(outer), (beside - outer) / (found.ahead + inner), -np.inf)
        most, least = np.nextafter(most, np.inf), np.nextafter(least, -np.inf)
        told = (found.second + inner < found.ahead - inner) | ~asked
    sure = (told & (most < 1)) | ~asked
    before: Mask = np.cumsum(~sure, axis=1) - ~sure == 0
    first = before & ~sure  # where something else may happen for the first time
    lower = np.where(first & told, least, -np.inf).max(axis=1)
    upper = np.where(asked & before, np.where(told, most, np.inf), -np.inf).max(axis=1)
    worst = np.where(asked & before, most, -np.inf).argmax(axis=1)
    atom = off.pursued_atom[np.arange(len(worst)), worst]
    by_all = by_coefficient.upper < 1  # whatever the order is
    upper = np.where(by_all, np.minimum(upper, by_coefficient.upper), upper)
    lower = np.where(by_all, 0.0, lower)
    return judged(lower, upper, atom, decides=True)
