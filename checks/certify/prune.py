"""How many atoms can carry a guarantee; and which few, removed or merged, are in its way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.blocked import MEGABYTE, Progress, profile_of
from sparsebound.checks.certify.front import Kept, front
from sparsebound.checks.certify.price import Price, Used
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray
from sparsebound.theory.arithmetic.ball import UNIT
from sparsebound.theory.guarantees.figure import Figure, figure
from sparsebound.theory.guarantees.profile import Profile
from sparsebound.theory.quantities import babel

LARGEST_PRUNED = 2048
"""Up to how many atoms the Gram matrix is held, and steps are taken."""

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
        After the step; of merged atoms as exact arithmetic makes them, and as float64 does.
    sparsity : int
        Up to which the rate is below 1 after it.
    cost : float or None
        Relative error of the signals of the codes, in the best fit on their remaining atoms.
    price : Price or None
        Between which bounds it is, as long as atoms were only removed.
    limit : Figure or None
        What merging can make of the coherence, at most, whatever the other atoms are.
    """

    action: str
    atom: int
    partner: int
    coherence: Figure
    sparsity: int
    cost: float | None
    price: Price | None = None
    limit: Figure | None = None


@dataclass(frozen=True)
class Pruned:
    """What it takes to extend a guarantee; ``from`` and ``to`` in the document.

    Attributes
    ----------
    before, after : int
        The sparsity, and that which is wanted.
    reached : bool
        Whether the steps suffice.
    steps : tuple of Step, optional
        None are taken of more than 2,048 atoms.
    front : tuple of Kept
        For some sparsities, how many atoms can carry the guarantee by coherence, and which.
    """

    before: int
    after: int
    reached: bool
    steps: tuple[Step, ...] | None
    front: tuple[Kept, ...] = ()


def prune(
    atoms: Atoms,
    codes: FloatArray | None = None,
    *,
    facts: Profile | None = None,
    memory: int = 1024 * MEGABYTE,
    progress: Progress | None = None,
) -> Pruned:
    """Keep as many atoms as can carry a guarantee; and remove or merge the worst, one by one.

    Atoms are kept for ``(2s - 1) mu < 1``, from the first sparsity on for which not all of them
    can be. Steps are for one more nonzero in ``mu1(s-1) + mu1(s) < 1``, which is enough for basis
    pursuit, greedy pursuit, the Lasso and the unfolded network. Each step takes the atom with the
    largest sum and its nearest one, and removes the one, the other, or merges the two, whichever
    leaves the smallest rate.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.
    codes : ndarray, shape (B, n), optional
        To say what the steps cost.
    facts : Profile, optional
        What is known of the dictionary; else it is computed.
    memory : int
        Bytes that may be used beside the dictionary.
    progress : callable, optional
        Called with the number of blocks done and their total.

    Returns
    -------
    Pruned
        Not reached if a quarter of the atoms does not suffice.

    Examples
    --------
    >>> D = np.array([[1.0, 0, 0.8], [0, 1, 0.6], [0, 0, 0], [0, 0, 0]])
    >>> found = prune(Atoms(D.T, "rows", ""))
    >>> found.before, found.reached, found.steps[0].action, found.steps[0].atom
    (1, True, 'remove', 2)
    >>> [(row.sparsity, row.promised, row.atoms, row.most) for row in found.front]
    [(2, 2, (0, 1), 2)]
    """
    facts = facts or profile_of(atoms, memory=memory)
    numbers = np.arange(len(atoms) + 1)
    first = _reached(facts.coherence * numbers) + 1
    kept = front(atoms, first, memory=memory, progress=progress)
    if len(atoms) > LARGEST_PRUNED:
        before = _reached(facts.by_babel.babel[np.minimum(numbers, len(atoms) - 1)])
        return Pruned(before, before + 1, False, None, kept)
    before, reached, steps = _steps(atoms, codes)
    return Pruned(before, before + 1, reached, steps, kept)


def _steps(atoms: Atoms, codes: FloatArray | None) -> tuple[int, bool, tuple[Step, ...]]:
    """The sparsity before, whether one more is reached, and the steps."""
    n, D = len(atoms), atoms.dictionary
    before = _reached(Ball.of(babel(D, np.arange(n + 1))))
    now = _Remaining(Ball.of(D.gram), atoms.unit(slice(None)), np.arange(n), before + 1)
    steps: list[Step] = []
    used = None if codes is None else Used(atoms, codes)
    while len(steps) < max(FEWEST, n // 4) and len(now.names) > max(2, before + 1):
        i, j = now.worst()
        choices = [("remove", i, j, now.without(i)), ("remove", j, i, now.without(j))]
        merged = now.merged(i, j)
        choices += [] if merged is None else [("merge", i, j, merged)]
        action, atom, partner, after = min(choices, key=lambda made: made[3].rate)
        gone = np.setdiff1d(np.arange(n), after.names)
        only_removed = action == "remove" and all(step.action == "remove" for step in steps)
        step = Step(
            action,
            int(now.names[atom]),
            int(now.names[partner]),
            figure(after.sums[1], "exact", "quantities.coherence"),
            _reached(after.sums),
            None if codes is None else after.cost(atoms, codes),
            used.without(gone) if used and only_removed else None,
            now.limit(i, j) if action == "merge" else None,
        )
        now = after
        steps.append(step)
        if step.sparsity > before:
            break
    return before, bool(steps) and steps[-1].sparsity > before, tuple(steps)


def _reached(sums: Ball) -> int:
    """Largest sparsity at which ``mu1(s-1) + mu1(s) < 1`` surely holds, of sums for 0, 1, ..."""
    surely = (1 - (sums[:-1] + sums[1:])).sign == 1
    return len(surely) if surely.all() else int(surely.argmin())


class _Remaining:
    """The atoms that are left: which they were, and their inner products, enclosed.

    Parameters
    ----------
    gram : Ball, shape (n, n)
        Inner products of the normalised atoms.
    rows : ndarray, shape (n, m)
        The normalised atoms, rounded: for the cost, and for nothing that is promised.
    names : ndarray of int, shape (n,)
        Which atoms of the original dictionary they are.
    wanted : int
        The sparsity that is to be reached.
    """

    def __init__(self, gram: Ball, rows: FloatArray, names: IntArray, wanted: int) -> None:
        self.gram, self.rows, self.names, self.wanted = gram, rows, names, wanted

    @cached_property
    def largest(self) -> FloatArray:
        """The largest products of each atom with others, in decreasing order, shape (n, K)."""
        sizes = np.abs(self.gram.mid)
        np.fill_diagonal(sizes, 0)
        count = min(self.wanted, len(sizes) - 1)
        return -np.sort(np.partition(-sizes, count - 1, axis=1)[:, :count], axis=1)

    @cached_property
    def sums(self) -> Ball:
        """Babel function at ``0, ..., wanted``.

        The largest of some numbers move no more than the one of them that moves most.
        """
        radii = np.broadcast_to(self.gram.rad.max(axis=1)[:, None], self.largest.shape)
        found = Ball(self.largest, radii).largest_sums().max(0)
        return found[np.minimum(np.arange(self.wanted + 1), self.largest.shape[1])]

    @property
    def rate(self) -> float:
        """Upper bound of ``mu1(s-1) + mu1(s)`` at the sparsity that is to be reached."""
        return float((self.sums[self.wanted - 1] + self.sums[self.wanted]).upper)

    def worst(self) -> tuple[int, int]:
        """The atom with the largest sum of products, and its nearest one."""
        i = int(self.largest.sum(axis=1).argmax())
        sizes = np.abs(self.gram.mid[i])
        sizes[i] = -1
        return i, int(sizes.argmax())

    def without(self, i: int) -> _Remaining:
        """All atoms but one."""
        left = np.delete(np.arange(len(self.names)), i)
        gram = self.gram[np.ix_(left, left)]
        return _Remaining(gram, self.rows[left], self.names[left], self.wanted)

    def merged(self, i: int, j: int) -> _Remaining | None:
        """Atom j turned towards atom i, which goes; none if their products may vanish.

        Of ``d = d_j + s d_i``, with ``s`` the sign of their product, the inner products are sums,
        and ``||d||^2 = 2 + 2 |<d_i, d_j>|``. Whoever makes the atom in float64 gets another one:
        normalised, the two are wrong by ``(m/2 + 3) u`` each, and their sum by at most ``u ||d||``
        more, where ``||d|| >= sqrt(2)``; normalising it adds another ``u`` to its direction. All
        of that is below ``(m + 8) u``, and so is what it does to a product with a unit vector.
        """
        sign = int(self.gram[i, j].sign)
        if sign not in (-1, 1):
            return None
        made = self.rows[j] + sign * self.rows[i]
        turned = self.gram[i] if sign == 1 else -self.gram[i]
        towards = (turned + self.gram[j]) / (2 + 2 * abs(self.gram[i, j])).sqrt()
        towards = towards + Ball(np.zeros(len(self.names)), self.rounding)
        at = np.arange(len(self.names)) == j
        gram = self.gram.where(~at[:, None], towards.reshape(1, -1))
        gram = gram.where(~at, towards.reshape(-1, 1)).where(~(at & at[:, None]), 1)
        rows = np.where(at[:, None], made / np.linalg.norm(made), self.rows)
        return _Remaining(gram, rows, self.names, self.wanted).without(i)

    def limit(self, i: int, j: int) -> Figure:
        """The coherence is at most ``sqrt(2/(1 + c)) mu``, and what float64 adds, once merged."""
        factor = (2 / (1 + abs(self.gram[i, j]))).sqrt()
        bound = self.sums[1] * factor + self.rounding
        return figure(bound, "upper", "selection.merge")

    @property
    def rounding(self) -> float:
        """How much products move where float64 merges two atoms; see :meth:`merged`."""
        return (self.rows.shape[1] + 8) * UNIT

    def cost(self, atoms: Atoms, codes: FloatArray) -> float:
        """Relative error of the signals of some codes, fitted on the atoms that are left.

        A code loses its atoms that are gone; the best fit is on all that it keeps.
        """
        entries, powers = np.frexp(codes)
        powers = powers + atoms.powers
        shifts = powers - powers.max(where=codes != 0, initial=np.iinfo(powers.dtype).min)
        # what is relative needs no common factor
        signals = np.ldexp(entries, shifts) @ atoms.scaled(slice(None)).mid
        kept = codes[:, self.names] != 0
        lost = 0.0
        for signal, mask in zip(signals, kept, strict=True):
            fitted = np.linalg.lstsq(self.rows[mask].T, signal, rcond=None)[0] @ self.rows[mask]
            lost += float(((signal - fitted) ** 2).sum())
        return float(np.sqrt(lost / max(float((signals**2).sum()), np.finfo(float).tiny)))
