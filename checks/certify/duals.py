"""Dual vectors of basis pursuit: the exchange that finds them, and what they prove."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.checks.certify.correlations import Gram
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.guarantees.supports import UNIT, Supports

EXCHANGES = 24
"""Of an exchange, at most."""

ADDED = 8
"""Atoms that enter the equations in one round, at most."""

LEVELS = (0.9, 0.7, 0.5)
"""What products that were too large are set to; the lower ones where that is cheap."""

CHEAP = 2**20
"""Entries of a dictionary up to which it is."""

LEEWAY = 0.05
"""By how much a product may be larger than that."""

STEP = 4096
"""Atoms whose products are computed in one go."""


@dataclass
class Duals:
    """What dual vectors of a batch of codes prove."""

    gram: Gram
    codes: Supports
    slack: FloatArray

    def bounds(self, duals: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Largest size and largest value of a product off the support, from above.

        ``p`` misses ``D_S^T p = t`` by ``r``; with ``q = p + D_S (D_S^T D_S)^{-1} r`` nothing is
        missed, and a product of ``q - p`` with a unit atom is at most ``s ||G_SS^{-1}|| |r|``.
        """
        m = self.gram.atoms.length
        norms = np.linalg.norm(duals, axis=1)
        each = (2 * m + 16) * UNIT * norms * (1 + 2.0**-20)
        two, one = np.full(len(duals), -np.inf), np.full(len(duals), -np.inf)
        missed = np.zeros(len(duals))
        codes, places = np.nonzero(self.codes.used)
        atoms = self.codes.index[codes, places]
        for start in range(0, len(self.gram), STEP):
            part = slice(start, start + STEP)
            products = duals @ self.gram.atoms.unit(part).T
            here = (atoms >= start) & (atoms < start + STEP)
            at = (codes[here], atoms[here] - start)
            wrong = np.abs(products[at] - self.codes.signs[codes[here], places[here]])
            np.maximum.at(missed, codes[here], wrong)
            products[at] = -np.inf
            one = np.maximum(one, products.max(axis=1))
            np.abs(products, out=products)
            products[at] = -np.inf
            two = np.maximum(two, products.max(axis=1))
        with np.errstate(invalid="ignore", over="ignore"):
            spread = self.codes.sizes * self.slack * (missed + each)
            extra = (each + spread) * (1 + 2.0**-20)
        extra = np.where(np.isnan(extra), np.inf, extra)
        return np.maximum(two, 0) + extra, np.maximum(one, -1) + extra


def exchange(gram: Gram, codes: Supports, level: float, *, one_sided: bool) -> FloatArray:
    """Dual vectors of least norm whose products with some atoms off the supports are small."""
    batch = len(codes.used)
    chosen = [codes.index[k, codes.used[k]] for k in range(batch)]
    wanted = [codes.signs[k, codes.used[k]] for k in range(batch)]
    duals = np.zeros((batch, gram.atoms.length))
    running = np.ones(batch, dtype=bool)
    for round_ in range(EXCHANGES):
        for k in np.flatnonzero(running):
            rows = gram.atoms.unit(chosen[k])
            duals[k] = np.linalg.lstsq(rows, wanted[k], rcond=None)[0]
        active = np.flatnonzero(running)
        products = duals[active].astype(gram.kind) @ gram.unit.T
        for k, row in zip(active, products, strict=True):
            values = row if one_sided else np.abs(row)
            values[chosen[k]] = 0
            most = min(ADDED, len(values))
            worst = np.argpartition(values, -most)[-most:]
            worst = worst[values[worst] > level + LEEWAY]
            full = len(chosen[k]) + len(worst) > gram.atoms.length
            if not len(worst) or full or round_ == EXCHANGES - 1:
                running[k] = False
                continue
            chosen[k] = np.append(chosen[k], worst)
            wanted[k] = np.append(wanted[k], level * np.sign(row[worst]))
        if not running.any():
            break
    return duals
