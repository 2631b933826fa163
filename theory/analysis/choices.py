"""One rule for all that choose the largest entries, where rounding may have made another choice.

An algorithm takes the ``c`` entries of the largest sizes, and sees each of them up to rounding, by
``room`` at most. So any set is *allowed* that is right for sizes that are moved by no more than
that: no entry that was left out is ahead of one that was chosen by more than ``2 room``. What
leaves out more has made another choice. What is allowed need not be what exact arithmetic takes;
then by how much entries are ahead is what theorems add to their bounds.

Where entries are not only chosen but kept, as by hard thresholding, the values that were kept say
more than the set: :func:`truncation_defects`. Where not all of a choice is seen, as in CoSaMP,
every allowed choice with what is seen is possible: :attr:`Choice.sure`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.theory.analysis.floating_point import UP, Allowance
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask, Number
from sparsebound.theory.theorem import STEPS, Claim


@dataclass(frozen=True)
class Choice:
    """A choice of the largest of n sizes, in each of K steps, as far as it is seen.

    Attributes
    ----------
    taken : ndarray of bool, shape (B, K, n)
        What was seen to be chosen, and the largest of the others, as many as are missing.
    sure : ndarray of bool, shape (B, K, n)
        Which of these belong to every allowed choice with what was seen.
    ahead : Number, shape (B, K)
        By how much an entry that is not taken exceeds one that is; 0 where none does.
    room : Allowance
        By how much sizes may be moved, shape (B, K).
    """

    taken: Mask
    sure: Mask
    ahead: Number
    room: Allowance

    @classmethod
    def of(cls, sizes: Number, seen: Mask, counts: Any, room: Allowance) -> Choice:
        """Take what was seen, at most ``counts`` entries, an array of shape (B, 1) or a number.

        Examples
        --------
        >>> from sparsebound.theory.arithmetic import Ball
        >>> sizes, seen = Ball.of([[[3.0, 2.0, 1.0, 0.0]]]), np.array([[[0, 1, 0, 0]]]) > 0
        >>> found = Choice.of(sizes, seen, 1, Allowance.of(np.array([[0.25]])))
        >>> found.ahead.mid, found.allowed
        (array([[1.]]), array([[False]]))
        >>> Choice.of(sizes, seen, 2, found.room).taken
        array([[[ True,  True, False, False]]])
        """
        rough = np.where(seen, np.inf, sizes.mid)
        ranks = np.argsort(np.argsort(-rough, axis=-1, kind="stable"), axis=-1)
        taken = np.asarray(ranks < np.asarray(counts)[..., None])
        beside = sizes.where(~taken, 0).max(-1)
        largest = sizes.max(-1).reshape(*taken.shape[:-1], 1)
        ahead = beside - sizes.where(taken, largest).min(-1)
        ahead = ahead.where((ahead.sign != -1) & ~taken.all(axis=-1) & taken.any(axis=-1), 0)
        margin = beside.mid + 2 * UP * room.size + 2 * sizes.rad.max(axis=-1)
        beyond = (sizes.mid > margin[..., None]) & room.known[..., None]
        sure = seen | (taken & (beyond | taken.all(axis=-1, keepdims=True)))
        return cls(taken, np.asarray(sure), ahead, room)

    @property
    def most(self) -> FloatArray:
        """By how much an entry that was left out may be ahead, shape (B, K)."""
        return np.asarray(2 * UP * self.room.size)

    @property
    def allowed(self) -> Mask:
        """Where it surely is allowed, or nothing is known of rounding, shape (B, K)."""
        return np.asarray(((self.ahead - self.most).sign != 1) | ~self.room.known)

    @property
    def settled(self) -> Mask:
        """Where no other choice with what was seen is allowed, shape (B, K)."""
        return np.asarray((self.taken == self.sure).all(axis=-1))

    def claimed(self, name: str, asked: Mask) -> Iterator[Claim]:
        """Claim that the choice is allowed, in the steps that are asked about."""
        ahead = Allowance(self.most, self.room.known).against(self.ahead.where(asked, 0))
        yield Claim(name, ahead, self.most, measured=False, step=True, axes=STEPS)

    def behind(self, missed: IntArray) -> Number:
        """Bound what is lost by entries that were not chosen, in the norm, shape (B, K).

        Each of ``missed`` of them, an array of shape (B, K), is ahead of another one that was
        chosen by no more than ``ahead``; where other choices were possible, than ``2 room``.
        """
        kept = self.ahead.where(self.settled & self.allowed, self.most)
        result: Number = kept * (np.sqrt(missed) * UP)
        return result


def truncation_defects(found: FloatArray, values: Number, s: IntArray) -> Number:
    """What moves values to where their s largest entries are what was found, shape (B, K, n).

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> values = Ball.of([[[3.0, -2.0]]])
    >>> truncation_defects(np.array([[[3.0, 0.0]]]), values, np.array([1])).mid
    array([[[0., 0.]]])
    """
    used = found != 0
    least = np.where(used, np.abs(found), np.inf).min(axis=-1, keepdims=True)
    full = used.sum(axis=-1, keepdims=True) >= np.maximum(s, 1)[:, None, None]
    beyond = abs(values) - np.where(full, least, 0.0)
    moved: Number = found - values
    return moved.where(used, beyond.where(beyond.sign != -1, 0))
