"""Schedules of unfolded networks: weights, thresholds, and the errors that are declared.

From the bounds of a theorem, layer by layer, before the network runs. Premises decide whether
thresholds are large enough and sizes are as declared; nothing here has to be trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from sparsebound.checks.oracles import cross_coherence
from sparsebound.theory.analysis import unfolding as quantities
from sparsebound.theory.analysis.activations import FLUSHED, ROUNDINGS
from sparsebound.theory.analysis.floating_point import FloatingPoint
from sparsebound.theory.analysis.unfolding import Rounding
from sparsebound.theory.analysis.unfolding_rates import Rate
from sparsebound.theory.analysis.weights import Computed, LinearMap
from sparsebound.theory.arithmetic import Ball, Exact, FloatArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.extremal.unfolding import Design
from sparsebound.theory.instance import Instance
from sparsebound.theory.operators import Convolution

UP = 1 + 2.0**-40
"""Thresholds and declared bounds are this much larger than needed: far above the rounding of
their own computation. A premise decides whether they are large enough."""

WIDEST = 0.75
"""The share of the powers of two of a type by which bounds may grow, where they grow."""

SPARED = 4
"""Powers of two below the end of its range that the largest numbers, grown, keep away."""


def weights(instance: Instance, kind: str, dtype: str = "float64") -> LinearMap:
    """Choose weights, of a type; see :class:`~sparsebound.theory.extremal.unfolding.Design`.

    Raises
    ------
    InputError
        If the kind is unknown.

    Examples
    --------
    >>> weights(Instance([[1, 2], [1, 0]], [[1, 0]]), "normalised")
    array([[0.5, 0.5],
           [0.5, 0. ]])
    """
    if kind not in WEIGHTS:
        raise InputError("weights", kind, f"one of {sorted(WEIGHTS)}")
    memo, key = instance.D.memo, ("weights of a network", kind, dtype)
    if key not in memo:
        found = WEIGHTS[kind](instance)
        if isinstance(found, np.ndarray) and not np.isfinite(found).all():
            raise ArithmeticError(f"{kind} weights beyond the range of float64")
        memo[key] = _stored(found, dtype)
    stored: LinearMap = memo[key]
    return stored


def _stored(found: LinearMap, dtype: str) -> LinearMap:
    """Round weights to a type."""
    if isinstance(found, Convolution):
        return found.with_filters(found.filters.astype(dtype))
    return found.astype(dtype).astype(np.float64)


def _normalised(instance: Instance) -> LinearMap:
    D = instance.D.linear_map
    if isinstance(D, Convolution):
        squares = (D.filters**2).reshape(len(D.filters), -1).sum(axis=1)
        return D.with_filters((D.filters.T / squares).T)
    return _normalised_atoms(instance)


def _normalised_atoms(instance: Instance) -> FloatArray:
    return np.asarray(instance.D.data / (instance.D.data**2).sum(axis=0))


def _scaled(instance: Instance, found: FloatArray) -> FloatArray:
    """Scale columns to ``<w_i, d_i> = 1``; the normalised dictionary where that is impossible."""
    own = (found * instance.D.data).sum(axis=0)
    sizes = np.linalg.norm(found, axis=0) * np.linalg.norm(instance.D.data, axis=0)
    usable = own > 2.0**-10 * sizes
    return np.where(usable, found / np.where(usable, own, 1), _normalised_atoms(instance))


def _closed_form(instance: Instance) -> FloatArray:
    return _scaled(instance, np.asarray(np.linalg.pinv(instance.D.data).T, dtype=np.float64))


def _gradient(instance: Instance) -> FloatArray:
    """``D/L``, with a power of two for ``L >= ||D||_2^2``, so that nothing is rounded."""
    largest = np.linalg.norm(instance.D.data, 2) ** 2
    return np.asarray(instance.D.data / 2.0 ** np.ceil(np.log2(largest * UP)))


def _least(instance: Instance) -> FloatArray:
    return _scaled(instance, cross_coherence.weights(instance.D).W)


WEIGHTS: dict[str, Callable[[Instance], LinearMap]] = {
    "normalised": _normalised,
    "closed form": _closed_form,
    "gradient": _gradient,
    "least": _least,
}


def _growth(instance: Instance, W: LinearMap) -> float:
    """Largest row sum of ``|I - W^T D|``."""
    filters = quantities.correlated(instance.D, W)
    if filters is not None:
        own = np.abs(1 - filters.diagonal.mid).max()
        return float(filters.rows().mid.sum(axis=1).max() + own)
    return float(np.abs(quantities.residual(instance.D, W).mid).sum(axis=1).max())


def wide_enough(instance: Instance, design: Design, gain: float = 1.0) -> Design:
    """Take float64 where the data of a design, or its bounds, might overflow in its own type.

    ``gain`` is the largest sum of absolute weights with which states enter a layer.

    Examples
    --------
    >>> large = Instance([[1]], [[2.0**124]])
    >>> wide_enough(large, Design(layers=1, dtype="float32")).dtype
    'float64'
    """
    if design.dtype == "float64":
        return design
    W = weights(instance, design.weights)
    growth = gain * (1 + 2 * instance.D.shape[1] * _growth(instance, W))
    bits = design.layers * np.log2(growth)
    most = np.finfo(design.dtype).maxexp
    within = bits <= min(WIDEST * most, most - SPARED - np.log2(max(_reach(instance, W), 1)))
    return design if within else replace(design, dtype="float64")


def _reach(instance: Instance, W: LinearMap) -> float:
    """Bound the data, and all that a step from the code meets."""
    D, weights = (Computed(linear).absolute() for linear in (instance.D.linear_map, W))
    m, n = instance.D.shape
    rows, columns = D.synthesis(np.ones(n)).max(), weights.analysis(np.ones(m)).max()
    states = np.abs(instance.X).max(initial=0.0)
    residuals = np.abs(instance.Y.mid).max(initial=0.0) + rows * states
    return float(max(rows, columns, states, residuals, columns * residuals))


class Schedule:
    """Thresholds and declared errors, layer by layer.

    With rounding, everything is computed in float64 and rounded up; without, in exact rationals.
    Weights are those that the design names, or given. With ``shared``, all codes of the batch have
    the same thresholds, as those of one network; or these are ``given``, shape (K,). With
    ``skips``, shape (K, K), states enter all later layers by these weights.
    """

    def __init__(
        self,
        instance: Instance,
        design: Design,
        W: FloatArray | None = None,
        *,
        shared: bool = False,
        given: FloatArray | None = None,
        skips: FloatArray | None = None,
    ) -> None:
        self.design, self.shared, self.given = design, shared, given
        self.skips = None if skips is None else skips.astype(design.dtype).astype(np.float64)
        self.instance = instance if design.rounded else instance.exact()
        self.W = weights(instance, design.weights, design.dtype) if W is None else W
        self.growth = _growth(instance, self.W)
        shape = (len(instance), design.layers)
        self.theta, self.rho, self.p_in, self.p_out, self.slack = (np.zeros(shape) for _ in "12345")
        self.size = np.abs(instance.X).max(axis=1, initial=0.0)
        self.nu = self.up(quantities.noise_level(self.instance, self.W))
        self.kind = FloatingPoint.of(design.dtype)
        self.unit = self.kind.unit
        zero = np.zeros(len(instance))
        self.rounding = (
            quantities.rounding(instance, self.W, design.dtype)
            if design.rounded
            else Rounding(zero, zero, zero, 0.0)
        )

    def number(self, value: Any, *, least: bool = False) -> Any:
        """Take a quantity into the arithmetic of the schedule: the upper, or the lower end."""
        if not self.design.rounded:
            return self.instance.lift(value)
        if isinstance(value, Ball):
            value = np.maximum(value.lower, 0.0) if least else value.upper
        return np.asarray(value, dtype=np.float64)

    def up(self, value: Any, dtype: str = "float64") -> FloatArray:
        """Round up to a float, a little further if rounding is allowed for.

        What is not known, because something before it is infinite, is infinite.
        """
        if isinstance(value, Exact):
            floats = value.mid
            return np.where((value - floats).sign == 1, np.nextafter(floats, np.inf), floats)
        if not self.design.rounded:
            return np.asarray(value, dtype=np.float64)
        found = np.asarray(self.number(value)) * UP
        found = np.where(np.isnan(found), np.inf, found)
        stored = found.astype(dtype)
        above = np.nextafter(stored, np.array(np.inf, dtype=dtype))
        return np.where(stored < found, above, stored).astype(np.float64)

    def layer(self, k: int, bound: Any, outside: Any, before: Any) -> None:
        """Choose what layer k declares, given what bounds its state.

        ``outside`` bounds the effect of the state off the support, without noise and rounding;
        ``before`` bounds the state itself off the support. With skips, these are bounds of the sum
        of the states that enter.
        """
        design, rounding = self.design, self.rounding
        (total, _), weight = self._sums(k), self._weight(k)
        found = self.up(bound)
        extra = design.rho * self.size * (1 + 2 * rounding.gamma) + self.missed(found)
        within = self.growth * UP * (found + before) + self.nu * weight  # v - x, but for rho
        rounded = rounding.base * weight + rounding.on * found + rounding.off * before
        if self.skips is not None and design.rounded:  # k + 1 are added: states first, or steps
            summed = 2 * (self.size * weight + within + rounded + extra)
            rounded = rounded * (k + 4) + self.kind.error(k + 3, summed, 2 * k + 4)
        extra = extra + rounded
        self.rho[:, k] = self.up(extra)
        self.theta[:, k] = self.up(
            outside + self.number(self.nu) * total * self._share(2) + self.rho[:, k], design.dtype
        )
        if self.given is not None:
            self.theta[:, k] = self.given[k]
        elif self.shared:
            self.theta[:, k] = self.theta[:, k].max(initial=0.0)
        if design.rounded:
            # an activation sees at most |x| + b_{k+1}, twice over for the sum with p
            seen = 2 * (self.size * max(weight, 1) + found + self.theta[:, k])
            seen = seen + within + self.rho[:, k]
            rounded = self.kind.error(ROUNDINGS + 2, seen, FLUSHED + 2)
        else:
            rounded = np.zeros(len(found))
        self.p_in[:, k] = self.up(design.p_in * self.size + rounded)
        self.p_out[:, k] = self.up(design.p_out * self.size, design.dtype)

    def missed(self, bound: FloatArray) -> Any:
        """Bound what else the pre-activation of a state within ``bound`` misses; nothing here."""
        return 0.0

    def _share(self, index: int) -> Any:
        share = self.design.share[index]
        return float(share) if self.design.rounded else share

    def master(self) -> None:
        """Follow the recursion of the master theorem."""
        sums = quantities.row_sums(self.instance, self.W)
        tau_in, tau_out = self.number(sums.tau_in), self.number(sums.tau_out)
        kappa_in, kappa_out = self.number(sums.kappa_in), self.number(sums.kappa_out)
        size, nu = self.number(self.size), self.number(self.nu)
        bounds, beside = [size], [np.zeros(len(self.size))]
        for k in range(self.design.layers):
            bound, before = self.entering(k, bounds), self.entering(k, beside)
            total, missing = self._sums(k)
            outside = tau_out * bound * self._share(0) + kappa_out * before * self._share(1)
            self.layer(k, bound, outside, before)
            moved = nu * total + self.rho[:, k] + self.theta[:, k] + self.p_in[:, k]
            bounds.append(tau_in * bound + kappa_in * before + moved + size * missing)
            beside.append(self.p_out[:, k])

    def entering(self, k: int, bounds: Sequence[Any]) -> Any:
        """Bound what enters layer k by the bounds of all states before."""
        if self.skips is None:
            return bounds[k]
        sizes = (self.number(abs(weight)) for weight in self.skips[k, : k + 1])
        return sum(size * bound for size, bound in zip(sizes, bounds, strict=True))

    def _weight(self, k: int) -> float:
        """Sum of the absolute weights with which states enter layer k."""
        return 1.0 if self.skips is None else float(np.abs(self.skips[k]).sum()) * UP

    def _sums(self, k: int) -> tuple[Any, Any]:
        """How often the noise enters layer k, and how much of the code is missing in it."""
        if self.skips is None:
            return 1, 0
        sums = sum(Fraction(float(weight)) for weight in self.skips[k])
        return self.number(abs(sums)), self.number(abs(sums - 1))

    def linear(self, rate: Rate, size: FloatArray) -> None:
        """Follow the recursion of a corollary.

        The slack is the difference of two enclosed numbers, so both ends are followed.
        """
        q, covered, defect = (self.number(part) for part in (rate.q, rate.outside, rate.defect))
        least, part = (self.number(value, least=True) for value in (rate.q, rate.outside))
        weight, nothing = rate.atoms, np.zeros(len(size))
        nu, margin = self.number(self.nu), UP if self.design.rounded else 1
        low = high = self.number(size)
        for k in range(self.design.layers):
            self.layer(k, high, covered * high * self._share(0), nothing)
            moved = (nu + self.theta[:, k] + self.rho[:, k] + self.p_in[:, k]) * weight
            allowed = (part * low + nu * 2) * weight
            self.slack[:, k] = np.maximum(
                self.up((moved + defect * high) * margin - allowed / margin), 0.0
            )
            added = nu * 2 * weight + self.slack[:, k]
            low, high = (least * low + added) / margin, (q * high + added) * margin

    def perturbations(self, instance: Instance) -> tuple[FloatArray | None, FloatArray | None]:
        """Choose perturbations of the sizes that the design names, of random or the worst signs."""
        design = self.design
        if not (design.rho or design.p_in or design.p_out):
            return None, None
        shape = (len(instance), design.layers, instance.D.shape[1])
        place, on = instance.place, instance.support[:, None, :]
        if design.aligned:
            r = p = np.broadcast_to(self._worst_signs(instance)[:, None, :], shape)
        else:
            rng = np.random.default_rng(design.seed)
            drawn = rng.uniform(-1, 1, (place.max(initial=-1) + 1, 2, *shape[1:]))
            r, p = drawn[place].swapaxes(0, 1)  # the same for a place in every batch
        scale = self.size[:, None, None]
        parts = np.where(on, design.p_in, self.p_out[:, :, None] / np.where(scale > 0, scale, 1))
        limit = np.where(on, np.inf, self.p_out[:, :, None])
        return r * design.rho * scale, np.clip(p * parts * scale, -limit, limit)

    def _worst_signs(self, instance: Instance) -> FloatArray:
        """Against the code on its support; off it, as the missing part of the code pushes."""
        pushed = -instance.signs @ quantities.residual(instance.D, self.W).mid.T
        return np.where(instance.support, -instance.signs, np.where(pushed < 0, -1.0, 1.0))
