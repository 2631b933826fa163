"""Which few atoms, removed or merged, extend a guarantee by one nonzero."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from checks.certify.atoms import Atoms
from theory.arithmetic import Ball, FloatArray, IntArray
from theory.arithmetic.ball import SLACK, UNIT
from theory.errors import InputError
from theory.guarantees.figure import Figure, figure
from theory.guarantees.profile import LONGEST

LARGEST = 2048
"""Up to how many atoms the Gram matrix is held."""

FEWEST = 8
"""Atoms that may go from a small dictionary; else a quarter of them."""


@dataclass(frozen=True)
class Step:
    """One atom removed, or merged with its nearest neighbour into their normalised sum.

    Attributes
    ----------
    action : {"remove", "merge"}
    atom, partner : int
        The atom that goes, and the one that it is nearest to; counted in the original dictionary.
    coherence : Figure
        After the step.
    sparsity : int
        Up to which the rate is below 1 after it.
    cost : float or None
        Relative error of the signals of the codes, in the best fit on their remaining atoms.
    """

    action: str
    atom: int
    partner: int
    coherence: Figure
    sparsity: int
    cost: float | None


@dataclass(frozen=True)
class Pruned:
    """What it takes to extend a guarantee; ``from`` and ``to`` in the document.

    Attributes
    ----------
    before, after : int
        The sparsity, and that which is wanted.
    reached : bool
        Whether the steps suffice.
    steps : tuple of Step
    """

    before: int
    after: int
    reached: bool
    steps: tuple[Step, ...]


def prune(atoms: Atoms, codes: FloatArray | None = None) -> Pruned:
    """Remove or merge atoms, the worst first, until one more nonzero is guaranteed.

    The guarantee is ``mu1(s-1) + mu1(s) < 1``: basis pursuit, greedy pursuit, the Lasso and the
    unfolded network. Each step takes the atom with the largest sum and its nearest one, and
    removes the one, the other, or merges the two, whichever leaves the smallest rate.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.
    codes : ndarray, shape (B, n), optional
        To say what the steps cost.

    Returns
    -------
    Pruned
        Not reached if a quarter of the atoms does not suffice.

    Raises
    ------
    InputError
        If the dictionary is too large.

    Examples
    --------
    >>> D = np.array([[1.0, 0, 0.8], [0, 1, 0.6], [0, 0, 0], [0, 0, 0]])
    >>> found = prune(Atoms(D.T, "rows", ""))
    >>> found.before, found.reached, found.steps[0].action, found.steps[0].atom
    (1, True, 'remove', 2)
    """
    if len(atoms) > LARGEST:
        raise InputError("--prune", f"{len(atoms)} atoms", f"a dictionary of at most {LARGEST}")
    now = _Remaining(
        np.asarray(atoms.rows, dtype=np.float64) / atoms.norms[:, None], np.arange(len(atoms))
    )
    before = now.reached(LONGEST)
    steps: list[Step] = []
    while len(steps) < max(FEWEST, len(atoms) // 4) and len(now.rows) > 2:
        i, j = now.worst(before + 1)
        choices = [("remove", i, j, now.without(i)), ("remove", j, i, now.without(j))]
        merged = now.merged(i, j)
        choices += [] if merged is None else [("merge", i, j, merged)]
        action, atom, partner, after = min(
            choices, key=lambda made: float(made[3].rate(before + 1).mid)
        )
        step = Step(
            action,
            int(now.names[atom]),
            int(now.names[partner]),
            figure(after.sums(1), "exact", "quantities.coherence"),
            after.reached(before + 1),
            None if codes is None else after.cost(atoms, codes),
        )
        now = after
        steps.append(step)
        if step.sparsity > before:
            break
    reached = bool(steps) and steps[-1].sparsity > before
    return Pruned(before, before + 1, reached, tuple(steps))


class _Remaining:
    """Unit atoms that are left, and which they were."""

    def __init__(self, rows: FloatArray, names: IntArray) -> None:
        self.rows, self.names = rows, names

    @cached_property
    def largest(self) -> FloatArray:
        """The largest products of each atom with others, in decreasing order, shape (n, K)."""
        sizes = np.abs(self.rows @ self.rows.T)
        np.fill_diagonal(sizes, 0)
        return -np.sort(-sizes, axis=1)[:, :LONGEST]

    def sums(self, k: int) -> Ball:
        """Babel function: products of length m of unit vectors that were rounded twice."""
        k = min(k, len(self.rows) - 1)
        m = self.rows.shape[1]
        error = k * (4 * m + k + 16) * UNIT
        return Ball(self.largest[:, :k].sum(axis=1).max(initial=0.0), error * SLACK)

    def rate(self, s: int) -> Ball:
        """Rate ``mu1(s-1) + mu1(s)``."""
        return self.sums(s - 1) + self.sums(s)

    def reached(self, most: int) -> int:
        """Largest sparsity, of at most ``most``, at which the rate is surely below 1."""
        s = 0
        while s < min(most, len(self.rows)) and int((1 - self.rate(s + 1)).sign) == 1:
            s += 1
        return s

    def worst(self, s: int) -> tuple[int, int]:
        """The atom with the largest sum of ``s`` products, and its nearest one."""
        i = int(self.largest[:, :s].sum(axis=1).argmax())
        sizes = np.abs(self.rows @ self.rows[i])
        sizes[i] = -1
        return i, int(sizes.argmax())

    def without(self, i: int) -> _Remaining:
        """All atoms but one."""
        return _Remaining(np.delete(self.rows, i, axis=0), np.delete(self.names, i))

    def merged(self, i: int, j: int) -> _Remaining | None:
        """Atom j turned towards atom i, which goes; none if their products vanish."""
        sign = np.sign(self.rows[i] @ self.rows[j])
        both = self.rows[j] + sign * self.rows[i]
        if sign == 0:
            return None
        rows = self.rows.copy()
        rows[j] = both / np.linalg.norm(both)
        return _Remaining(np.delete(rows, i, axis=0), np.delete(self.names, i))

    def cost(self, atoms: Atoms, codes: FloatArray) -> float:
        """Relative error of the signals of some codes, fitted on the atoms that are left.

        A code loses its atoms that are gone; the best fit is on all that it keeps.
        """
        signals = codes @ np.asarray(atoms.rows, dtype=np.float64)
        kept = codes[:, self.names] != 0
        lost = 0.0
        for signal, mask in zip(signals, kept, strict=True):
            fitted = np.linalg.lstsq(self.rows[mask].T, signal, rcond=None)[0] @ self.rows[mask]
            lost += float(((signal - fitted) ** 2).sum())
        return float(np.sqrt(lost / max(float((signals**2).sum()), np.finfo(float).tiny)))
