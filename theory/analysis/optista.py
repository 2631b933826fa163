"""OptISTA, followed from its iterates: its numbers, its other points, and what rounding adds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from sparsebound.theory.analysis.descent import Descent, norm
from sparsebound.theory.analysis.floating_point import UP, Allowance, extents, gradient_step
from sparsebound.theory.analysis.momentum import columns
from sparsebound.theory.arithmetic import Ball, FloatArray, Number, current_precision
from sparsebound.theory.instance import Dictionary

STEP_ROUNDINGS = 40
"""How many a number meets in one step, at most, besides those of inner products: by the numbers of
the method, which come from roots of roots, and in the points that are not returned."""


@dataclass(frozen=True)
class Numbers:
    """``theta_0, ..., theta_N`` and ``gamma_0, ..., gamma_{N-1}``, each of shape (1,)."""

    theta: tuple[Number, ...]
    gamma: tuple[Number, ...]

    def __len__(self) -> int:
        return len(self.gamma)

    def shares(self, i: int) -> tuple[Number, Number]:
        """``(theta_i - 1)/theta_{i+1}`` and ``theta_i/theta_{i+1}``."""
        return (self.theta[i] - 1) / self.theta[i + 1], self.theta[i] / self.theta[i + 1]


def numbers(D: Dictionary, N: int) -> Numbers:
    """Compute the numbers of N steps in the arithmetic of a dictionary.

    Examples
    --------
    >>> found = numbers(Dictionary([[1]]), 1)
    >>> found.theta[1].mid, found.gamma[0].mid
    (array([2.]), array([1.5]))
    """
    return _numbers(D.arithmetic, N, current_precision())


@lru_cache(maxsize=16)
def _numbers(arithmetic: type[Number], N: int, bits: int) -> Numbers:
    theta = [arithmetic.of(np.ones(1))]
    for i in range(1, N + 1):
        theta.append((1 + (1 + (8 if i == N else 4) * theta[-1] * theta[-1]).sqrt()) / 2)
    last = theta[-1] * theta[-1]
    gamma = [2 * t / last * (last - 2 * t * t + t) for t in theta[:-1]]
    return Numbers(tuple(theta), tuple(gamma))


@dataclass(frozen=True)
class Optista:
    """A run of N steps on the Lasso, held against a reference point; sizes B, N and n.

    Attributes
    ----------
    descent : Descent
        The run, whose points are ``y_0, ..., y_N``.
    """

    descent: Descent

    @property
    def steps(self) -> int:
        """The number N of steps."""
        return int(self.descent.run.points.shape[1]) - 1

    @cached_property
    def numbers(self) -> Numbers:
        """Those of N steps."""
        return numbers(self.descent.instance.D, self.steps)

    @cached_property
    def others(self) -> Number:
        """``x_0, ..., x_{N-1}``, which the iterates tell; shape (B, N, n)."""
        y = self.descent.points
        batch, _, n = y.shape
        x = z = y[:, 0]
        found = [x]
        for i in range(self.steps - 1):
            before, z = z, x + (y[:, i + 1] - y[:, i]) / self.numbers.gamma[i]
            first, second = self.numbers.shares(i)
            x = z + first * (z - before) + second * (z - x)
            found.append(x)
        flat = columns([point.reshape(batch * n) for point in found])
        return flat.reshape(batch, n, self.steps).swapaxes(1, 2)

    @cached_property
    def defects(self) -> Number:
        """``L e_i / gamma_i`` of the steps, in the norm; shape (B, N)."""
        run = self.descent
        lengths = columns([g.reshape(1) for g in self.numbers.gamma]).reshape(1, -1, 1)
        moved = (run.points[:, 1:] - run.points[:, :-1]) / lengths  # by a step of length 1/L
        return norm(run.defects(run.points[:, 1:] - moved, run.slopes_at(self.others)))

    @cached_property
    def rounding(self) -> Allowance:
        """What rounding explains of that; shape (B, N)."""
        run, D = self.descent.run, self.descent.instance.D
        (m, n), atoms = D.shape, np.abs(D.data)
        instance = self.descent.instance
        signals = np.abs(instance.X) @ atoms.T + np.abs(instance.E)
        parts = []
        for i, start in enumerate(self._sizes()):
            roundings = 2 * m + n + STEP_ROUNDINGS * (i + 2)
            L = run.L / self.numbers.gamma[i].mid
            parts.append(
                gradient_step(
                    run.points.dtype,
                    atoms,
                    extents(D),
                    start[:, None],
                    signals,
                    run.lam,
                    L,
                    roundings=roundings,
                    checked=roundings,
                )
            )
        size, known = (
            np.concatenate([getattr(part, name) for part in parts], axis=1)
            for name in ("size", "known")
        )
        before = np.logical_and.accumulate(self.descent.finite, axis=1)[:, :-1]
        return Allowance(size * UP, known & before)

    def _sizes(self) -> list[FloatArray]:
        """What bounds ``|x_i|`` and ``|y_i|`` and all that they are made of, for each step."""
        y = np.abs(self.descent.points.mid)
        x = z = y[:, 0]
        found = [x]
        for i in range(self.steps - 1):
            gamma = float(self.numbers.gamma[i].mid[0])
            before, z = z, x + (y[:, i + 1] + y[:, i]) / gamma
            first, second = (float(share.mid[0]) for share in self.numbers.shares(i))
            x = z + first * (z + before) + second * (z + x)
            found.append(np.maximum(x, y[:, i + 1]) * UP)
        return found

    def allowance(self) -> Number:
        """What the defects add to ``F(y_N)``, at most; shape (B, 1).

        The steps do not expand distances but by these numbers, so ``y_N`` is within some distance
        of where exact steps lead, and F is convex.
        """
        run, gamma = self.descent, [float(Ball.of(g).upper[0]) for g in self.numbers.gamma]
        found = self.defects.where(~self.rounding.exceeded(self.defects), self.rounding.size)
        errors = Ball.of(found).upper * np.array(gamma) / run.run.L[:, None]
        y = x = z = np.zeros(len(errors))
        for i in range(self.steps):
            after = y + gamma[i] * x + errors[:, i]
            before, z = z, x + (after + y) / gamma[i] * UP
            first, second = (float(Ball.of(share).upper[0]) for share in self.numbers.shares(i))
            x, y = z + first * (z + before) + second * (z + x), after
        n = run.points.shape[2]
        slope = Ball.of(norm(run.slopes[:, -1])).upper + run.run.lam * np.sqrt(n)
        return run.instance.lift((slope * y * UP * UP)[:, None])
