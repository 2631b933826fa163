"""How far networks of finitely many layers are from the features of a signal.

No sparse model of the signal: features are worked out as a fixed point of the layers, from where
they live, and what is measured is the distance from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sparsebound.theory.analysis.unfolding import (
    RowSums,
    Scalar,
    followed,
    off_and_on_diagonal,
    residual,
    row_sums,
)
from sparsebound.theory.analysis.weights import analysed
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import UnfoldedFeatures
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import of_evidence
from sparsebound.theory.quantities.supports import support_gram
from sparsebound.theory.theorem import STEPS, Claim, Comparison, Premise


@dataclass(frozen=True, eq=False)
class FeatureRun:
    """A network, and the fixed point of ``x -> soft(x + W^T (y - D x), lam)`` that it is to find.

    Attributes
    ----------
    instance : Instance
        For the dictionary, the signals, and the arithmetic.
    network : UnfoldedFeatures
        What the network did, and where the fixed point lives.
    """

    instance: Instance
    network: UnfoldedFeatures

    @cached_property
    def _mixed(self) -> Number:
        """``I - W^T D``, shape (n, n)."""
        return residual(self.instance.D, self.network.W)

    @cached_property
    def _read(self) -> Number:
        """``W^T y``, shape (B, n)."""
        return analysed(self.network.W, self.instance.Y)

    @cached_property
    def fixed_point(self) -> Number:
        """The point ``z``, shape (B, n): ``<w_i, y - D z>`` is ``lam`` with its sign on S."""
        signs, n = self.network.signs, self.instance.D.shape[1]
        within = support_gram(np.eye(n) - self._mixed, signs != 0)
        if not within.index.shape[1]:
            return self._read * 0
        shrunk = self._read - self.network.lam[:, None] * signs
        rows = np.arange(len(signs))[:, None]
        right = shrunk[rows, within.index].where(within.used, 0)
        solved = within.inner.solve(right.reshape(*within.index.shape, 1))
        place = np.maximum(np.cumsum(signs != 0, axis=1) - 1, 0)
        spread = solved.reshape(*within.index.shape)[rows, place]
        return spread.where(signs != 0, 0)

    @cached_property
    def pull(self) -> Number:
        """``<w_i, y - D z>`` off the support, its size where entries may be negative; (B, n)."""
        z = self.fixed_point
        found = self._read + z @ self._mixed.swapaxes(0, 1) - z
        return self._sized(found).where(self.network.signs == 0, 0)

    def _sized(self, values: Number) -> Number:
        """Values, or sizes of those that may be negative; the batch comes first."""
        signed = self.network.signed.reshape(-1, *[1] * (values.ndim - 1))
        return abs(values).where(np.broadcast_to(signed, values.shape), values)

    @cached_property
    def largest_pull(self) -> Number:
        """``c``: the largest of these, or ``-lam`` if they are all below it; shape (B,)."""
        off = self.network.signs == 0
        return self.pull.where(off, -self.network.lam[:, None]).max(-1)

    @cached_property
    def sums(self) -> RowSums:
        """Row sums of ``|I - W^T D|`` over the blocks that the support cuts out."""
        return row_sums(Instance(self.instance.D, self.network.signs), self.network.W)

    @cached_property
    def _bounds(self) -> dict[tuple[Scalar, int], Number]:
        return {}

    def bounds(self, *, share: Scalar = 1, diagonal: int = 1) -> Number:
        """``b_0, ..., b_K``, shape (B, K + 1).

        ``share`` and ``diagonal`` weaken it for mutants: the factor of ``tau_in``, and whether the
        diagonal of ``I - W^T D`` counts.
        """
        if (share, diagonal) not in self._bounds:
            self._bounds[share, diagonal] = self._followed(share, diagonal)
        return self._bounds[share, diagonal]

    def _followed(self, share: Scalar, diagonal: int) -> Number:
        net = self.network
        _, defect = off_and_on_diagonal(self.instance.D, net.W)
        factor = (self.sums.tau_in - (1 - diagonal) * defect) * share
        lifted = self.instance.lift(net.thresholds)
        moved = lifted - net.lam[:, None] + net.rho
        first = self.instance.lift(net.size)
        return followed(first, moved.shape[1], lambda bound, k: factor * bound + moved[:, k])

    def premises(self) -> Iterator[Premise]:
        """Yield what makes it a fixed point, and where the network starts."""
        net = self.network
        yield Premise("0 < lam", 0, net.lam)
        kept = (self.fixed_point * net.signs).where(net.signs != 0, 1)
        yield Premise("z has its signs", 0, kept.min(-1))
        negative = np.where(net.signed[:, None], 0, net.signs).min(axis=1)
        yield Premise("0 <= z", -negative, 0, strict=False)
        relative = self.largest_pull / net.lam
        yield Premise("c <= lam", relative, 1, strict=False, measured=False)
        start = np.abs(net.states[:, 0]).max(axis=1, initial=0.0)
        yield Premise("x^0 = 0", start, 0, strict=False)
        size = abs(self.fixed_point).max(-1)
        yield Premise("||z||_inf <= b_0", size, net.size, strict=False, measured=False)

    def thresholds(self, *, outside: int = 1, bounds: Number) -> Iterator[Premise]:
        """Yield what thresholds have to be; without ``outside``, off the support nothing moves."""
        net = self.network
        short = (net.lam[:, None] - net.thresholds).max(axis=1)
        yield Premise("lam <= theta_k", short, 0, strict=False, measured=False)
        tau = outside * self.sums.tau_out
        covered = self.largest_pull.reshape(-1, 1) + tau.reshape(-1, 1) * bounds[:, :-1]
        needed = covered + net.rho
        name = "c + tau_out b_k + rho_k <= theta_k"
        yield Premise(name, needed, net.thresholds, strict=False, measured=False)

    @cached_property
    def entered(self) -> Number:
        """``v^k = x^k + W^T (y - D x^k)``, shape (B, K, n)."""
        before = self.instance.lift(self.network.iterates[:, :-1])
        batch, n = self._read.shape
        return before @ self._mixed.swapaxes(0, 1) + self._read.reshape(batch, 1, n)

    def steps(self) -> Iterator[Claim]:
        """Claim that each state follows from the one before, within the declared errors.

        ``x^{k+1} = soft(v^k + r, theta_k)`` for some ``|r| <= rho_k`` only if both claims hold, and
        they are all that the theorem needs.
        """
        net, v = self.network, self.entered
        if not net.finite.all():
            lost = ~net.finite[:, 1:]
            name = "states are finite"
            yield Claim(name, lost, False, measured=False, axes=STEPS, comparison=self._compared)
        theta, after = net.thresholds[:, :, None], self.instance.lift(net.iterates[:, 1:])
        up, down = v - theta, -v - theta
        down = down.where(net.signed[:, None, None] & np.ones(v.shape, dtype=bool), 0)
        wanted = up.where(up.sign > 0, 0) - down.where(down.sign > 0, 0)
        name = "x^{k+1} = soft(v^k, theta_k) up to rho_k"
        yield self._step(name, abs(after - wanted).max(-1), net.rho)
        room = self.instance.lift(theta) - net.rho[:, :, None] - self._sized(v)
        stays = abs(after).where((room.sign == 0) | (room.sign == 1), 0).max(-1)
        yield self._step("x^{k+1} = 0 where |v^k| <= theta_k - rho_k", stays, 0)

    def _step(self, name: str, found: Number, allowed: Any) -> Claim:
        return Claim(
            name,
            found,
            allowed,
            measured=False,
            step=True,
            axes=STEPS,
            comparison=self._compared,
        )

    def _compared(self) -> Comparison:
        """What a layer makes of the state before, in float64, and what it did; (B, K, n)."""
        net, v = self.network, self.entered.mid
        theta = net.thresholds[:, :, None]
        below = np.where(net.signed[:, None, None], np.maximum(-v - theta, 0.0), 0.0)
        wanted = np.maximum(v - theta, 0.0) - below
        return Comparison(wanted, wanted, net.states[:, 1:])

    def distances(self) -> tuple[Number, Number]:
        """Largest distances of ``x^1, ..., x^K`` on the support and off it, each (B, K)."""
        z, on = self.fixed_point, (self.network.signs != 0)[:, None, :]
        after = self.instance.lift(self.network.iterates[:, 1:])
        batch, n = z.shape
        away = abs(after - z.reshape(batch, 1, n))
        return away.where(on, 0).max(-1), away.where(~on, 0).max(-1)


@of_evidence
def feature_run(instance: Instance, network: UnfoldedFeatures) -> FeatureRun:
    """Work out the features of the signals of an instance, and what a network made of them.

    Examples
    --------
    >>> one = [[1.0]]
    >>> states = [[[0.0], [2.0]]]
    >>> net = UnfoldedFeatures([1.0], one, [True], states, one, [2.0], [[0.0]], np.eye(1))
    >>> feature_run(Instance([[1]], [[3]]), net).fixed_point.mid
    array([[2.]])
    """
    return FeatureRun(instance, network)
