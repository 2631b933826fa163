"""Error bounds of unfolded networks: row sums of ``|I - W^T D|``, their recursion, rounding.

Codes, iterates and thresholds are in the coordinates of the atoms as given, and so are all
quantities here: ``D`` is not normalised. Where ``<w_i, d_i> = 1`` the diagonal of ``I - W^T D``
vanishes, and for atoms of unit norm these are the quantities of the literature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from sparsebound.theory.analysis.activations import DECLARED_KINDS, off_the_kind
from sparsebound.theory.analysis.connections import CHAIN, Connections
from sparsebound.theory.analysis.floating_point import UP, FloatingPoint
from sparsebound.theory.analysis.weights import Computed, LinearMap, analysed, matrix_of
from sparsebound.theory.arithmetic import FloatArray, Mask, Number
from sparsebound.theory.convolutional import ConvolutionalDictionary
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence.runs import Declared, SelectiveUnfolding, Unfolding
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.operators import Convolution, Correlation, correlation
from sparsebound.theory.quantities.coherence import coherence
from sparsebound.theory.quantities.memo import kept
from sparsebound.theory.theorem import STEPS, Claim, Comparison, Premise
from sparsebound.theory.worst_case import EverySupport

Scalar = int | float | Fraction


def residual(D: Dictionary, W: LinearMap) -> Number:
    """``I - W^T D``, its diagonal included, shape (n, n).

    Examples
    --------
    >>> residual(Dictionary([[2.0, 1], [0, 1]]), np.array([[0.5, 0.5], [0, 0.5]])).mid
    array([[ 0. , -0.5],
           [-1. ,  0. ]])
    """

    def compute() -> Number:
        products = D.arithmetic.of(matrix_of(W)).swapaxes(0, 1) @ D.atoms
        return np.eye(D.shape[1]) - products

    result: Number = kept(D.memo, "residual", W, compute)
    return result


def correlated(D: Dictionary, W: LinearMap) -> Correlation | None:
    """``W^T D`` from filters, where both are convolutions; ``None`` where there is a matrix."""
    if not (isinstance(D, ConvolutionalDictionary) and isinstance(W, Convolution)):
        return None
    operator, arithmetic = D.operator, D.arithmetic
    found: Correlation = kept(
        D.memo, "correlation", W, lambda: correlation(W, operator, arithmetic)
    )
    return found


def unexplained(D: Dictionary, W: LinearMap, codes: Number) -> Number:
    """``(I - W^T D) x`` of a batch of codes, shape (..., n)."""
    if correlated(D, W) is None:
        return codes @ residual(D, W).swapaxes(0, 1)
    return codes - analysed(W, D.synthesis(codes))


@dataclass(frozen=True)
class RowSums:
    """Largest row sums of ``|I - W^T D|`` over blocks, each of shape (B,); 0 for empty blocks.

    Attributes
    ----------
    tau_in, tau_out : Number
        Rows on the support and off it; columns on the support.
    kappa_in, kappa_out : Number
        Rows on the support and off it; columns off the support.
    """

    tau_in: Number
    tau_out: Number
    kappa_in: Number
    kappa_out: Number

    def on_support(self, bounds: Number, outside: Any, added: Any) -> Number:
        """``tau_in b + kappa_in p0`` and what is added: an error that enters, after a layer."""
        tau, kappa = (_beside(bounds, part) for part in (self.tau_in, self.kappa_in))
        result: Number = tau * bounds + kappa * outside + added
        return result

    def off_support(self, bounds: Number, outside: Any, added: Any) -> Number:
        """``tau_out b + kappa_out p0`` and what is added: what a threshold has to cover."""
        tau, kappa = (_beside(bounds, part) for part in (self.tau_out, self.kappa_out))
        result: Number = tau * bounds + kappa * outside + added
        return result


def _beside(bounds: Number, sums: Number) -> Number:
    """Sums (B,) for bounds of one layer, (B,), or of all of them, (B, K)."""
    result: Number = column(sums) if bounds.ndim == 2 else sums
    return result


def row_sums(instance: Instance, W: LinearMap | None) -> RowSums:
    """Row sums of ``|I - W^T D|`` over the blocks that each support cuts out.

    Of all supports of a size, if ``instance`` stands for them: for unit norms and the dictionary
    as the weights, which is then what ``None`` means.

    Examples
    --------
    >>> sums = row_sums(Instance([[1, 1], [0, 1]], [[1, 0]]), np.eye(2))
    >>> [float(value.mid[0]) for value in (sums.tau_in, sums.tau_out, sums.kappa_in)]
    [0.0, 0.0, 1.0]
    """
    if W is None:
        return RowSums(*_of_every_support(instance).row_sums)

    def compute() -> RowSums:
        on, filters = instance.support, correlated(instance.D, W)
        if filters is None:
            return sums_of(abs(residual(instance.D, W)), on)
        over, rest = (filters.residual_sums(mask) for mask in (on, ~on))
        return _largest(over, rest, on)

    result: RowSums = kept(instance.memo, "row sums", W, compute)
    return result


def sums_of(sizes: Number, on: Mask) -> RowSums:
    """Largest row sums of a matrix (n, n) over the blocks that supports (B, n) cut out."""
    masks = (sizes.of(mask.astype(np.float64)) for mask in (on, ~on))
    over, rest = (mask @ sizes.swapaxes(0, 1) for mask in masks)
    return _largest(over, rest, on)


def _largest(over: Number, rest: Number, on: Mask) -> RowSums:
    return RowSums(*(part.where(rows, 0).max(-1) for part in (over, rest) for rows in (on, ~on)))


def _of_every_support(instance: Instance) -> EverySupport:
    if not isinstance(instance, EverySupport):
        raise InputError("W", None, "weights")
    return instance


def off_and_on_diagonal(D: Dictionary, W: LinearMap | None) -> tuple[Number, Number]:
    """Largest entry of ``|I - W^T D|`` off its diagonal, and on it."""
    if W is None:  # it stands for a normalised dictionary
        return coherence(D), D.arithmetic.of(0)

    def compute() -> tuple[Number, Number]:
        filters = correlated(D, W)
        if filters is not None:
            off, on = filters.rows(), abs(1 - filters.diagonal)
            return off.max(-1).max(-1), on.max(-1)
        sizes, diagonal = abs(residual(D, W)), np.eye(D.shape[1], dtype=bool)
        off, on = sizes.where(~diagonal, 0), sizes.where(diagonal, 0)
        return off.max(-1).max(-1), on.max(-1).max(-1)

    result: tuple[Number, Number] = kept(D.memo, "coherence", W, compute)
    return result


def noise_level(instance: Instance, W: LinearMap) -> Number:
    """``||W^T e||_inf`` of each code, shape (B,)."""
    return abs(_filtered_noise(instance, W)).max(-1)


def _filtered_noise(instance: Instance, W: LinearMap) -> Number:
    def compute() -> Number:
        return analysed(W, instance.lift(instance.E))

    result: Number = kept(instance.memo, "noise", W, compute)
    return result


def column(values: Any) -> Any:
    """Make values (B,) multiply values (B, K); leave what has no batch alone."""
    return values.reshape(-1, 1) if getattr(values, "ndim", 0) == 1 else values


def recursion(first: Number, factor: Number, added: Number) -> Number:
    """``b_0 = first``, ``b_{k+1} = factor b_k + added_k``, shape (B, K + 1).

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> recursion(Ball([8]), Ball([0.5]), Ball([[1, 1]])).mid
    array([[8. , 5. , 3.5]])
    """
    return followed(first, added.shape[1], lambda value, k: factor * value + added[:, k])


def followed(
    first: Number,
    layers: int,
    step: Callable[[Number, int], Number],
    connections: Connections = CHAIN,
) -> Number:
    """Follow a value (B,) through layers, shape (B, K + 1): what enters the first one as well."""
    result: Number = column(first) + np.zeros((1, layers + 1))
    for k in range(layers):
        value = step(connections.entering_layer(result, k), k)
        result = result.where(np.arange(layers + 1) != k + 1, value.reshape(-1, 1))
    return result


def unfolded_bounds(
    instance: Instance,
    unfolding: Unfolding,
    *,
    noise: Scalar = 1,
    fewer: int = 0,
    connections: Connections | None = None,
) -> Number:
    """Bounds ``b_0, ..., b_K`` of the master theorem from the thresholds, shape (B, K + 1).

    ``noise``, ``fewer`` and ``connections`` weaken it for mutants: the factor of ``nu``, by how
    many times ``mu`` the row sum is taken too small, and other ones than the network has.
    """
    if connections is None:
        connections = Connections.of(instance, unfolding.skips)
    sums, mu = row_sums(instance, unfolding.W), off_and_on_diagonal(instance.D, unfolding.W)[0]
    sums = replace(sums, tau_in=sums.tau_in - mu * fewer)
    return bounds_of(instance, unfolding, sums, noise, connections)


def bounds_of(
    instance: Instance,
    unfolding: Declared,
    sums: RowSums,
    noise: Scalar = 1,
    connections: Connections = CHAIN,
) -> Number:
    """The same from row sums that are given."""
    moved = instance.lift(unfolding.rho) + unfolding.thresholds + unfolding.p_in
    moved = moved + connections.noise(column(instance.lift(unfolding.nu) * noise))
    moved = moved + connections.unpaid(column(instance.lift(unfolding.B)))
    outside = connections.entering(before(unfolding.p_out))

    def layer(bound: Number, k: int) -> Number:
        return sums.on_support(bound, outside[:, k], moved[:, k])

    return followed(instance.lift(unfolding.B), moved.shape[1], layer, connections)


def needed_thresholds(
    instance: Instance,
    unfolding: Unfolding,
    *,
    noise: Scalar = 1,
    false_positives: bool = True,
    connections: Connections | None = None,
) -> Number:
    """What thresholds have to cover, off the support, in each layer: shape (B, K).

    The further arguments weaken it for mutants, as in :func:`unfolded_bounds`.
    """
    if connections is None:
        connections = Connections.of(instance, unfolding.skips)
    sums = row_sums(instance, unfolding.W)
    bounds = unfolded_bounds(instance, unfolding, connections=connections)[:, :-1]
    added = connections.noise(column(instance.lift(unfolding.nu) * noise)) + unfolding.rho
    outside = connections.entering(before(unfolding.p_out) * false_positives)
    return sums.off_support(connections.entering(bounds), outside, added)


def before(p_out: FloatArray) -> FloatArray:
    """Errors off the support on entry to each layer: ``p0_0 = 0, ..., p0_{K-1}``."""
    return np.concatenate([np.zeros((len(p_out), 1)), p_out[:, :-1]], axis=1)


def declared(
    instance: Instance, unfolding: Unfolding | SelectiveUnfolding, size: Number
) -> Iterator[Premise]:
    """Premises on the start and on the sizes that a network declares."""
    start = np.abs(unfolding.iterates[:, 0]).max(axis=1, initial=0.0)
    yield Premise("x^0 = 0", start, 0, strict=False)
    yield Premise("||x|| <= B", size, unfolding.B, strict=False, measured=False)
    noise = noise_level(instance, unfolding.W)
    yield Premise("||W^T e||_inf <= nu", noise, unfolding.nu, strict=False, measured=False)


def sided(instance: Instance, unfolding: Unfolding) -> Iterator[Premise]:
    """Premise on codes where units are one-sided."""
    if unfolding.sides.any():
        beyond = -(instance.X * unfolding.sides).min(axis=1, initial=0.0)
        yield Premise("x is on the side of its units", beyond, 0, strict=False, measured=False)


def errors(instance: Instance, unfolding: Unfolding) -> Number:
    """``x^k - x``, shape (B, K + 1, n)."""

    def compute() -> Number:
        codes: FloatArray = instance.X[:, None, :]
        return instance.lift(unfolding.states) - codes

    result: Number = kept(instance.memo, "errors", unfolding, compute)
    return result


def error_sizes(instance: Instance, unfolding: Unfolding) -> tuple[Number, Number]:
    """Largest errors of ``x^1, ..., x^K`` on the support and off it, each of shape (B, K)."""
    sizes, on = abs(errors(instance, unfolding)[:, 1:]), instance.support[:, None, :]
    return sizes.where(on, 0).max(-1), sizes.where(~on, 0).max(-1)


def steps(instance: Instance, unfolding: Unfolding, noise: Number | None = None) -> Iterator[Claim]:
    """Claims that each state follows from those before, within the declared errors.

    With ``v = x^k + W^T (y - D x^k)``, or a weighted sum of this over several states, in exact
    arithmetic: if there are ``|r| <= rho_k`` and a ``theta_k``-thresholding ``h`` such that
    ``x^{k+1} = h(v + r)`` up to ``p``, then ``|x^{k+1} - v| <= theta_k + rho_k + p``, and
    ``|x^{k+1}| <= p`` where ``|v| <= theta_k - rho_k``; and conversely where ``rho_k = 0``. This is
    what a network with a wrong weight, threshold or precision violates. ``noise`` is
    ``W^T (y - D x)``, shape (B, n), where ``y`` is not that of the instance.
    A state that is not finite follows from none.
    """
    found, on = errors(instance, unfolding), instance.support[:, None, :]
    connections = Connections.of(instance, unfolding.skips)
    change = unexplained(instance.D, unfolding.W, connections.mixed(found[:, :-1]))
    noise = _filtered_noise(instance, unfolding.W) if noise is None else noise
    noise, codes = noise.reshape(len(instance), 1, -1), instance.X[:, None, :]
    shift = connections.shifted(change, noise, codes)  # v - x
    p = np.where(on, unfolding.p_in[:, :, None], unfolding.p_out[:, :, None])
    theta, rho = unfolding.thresholds[:, :, None], unfolding.rho[:, :, None]
    compared = partial(_compared, unfolding, codes, shift)
    if not unfolding.finite.all():
        lost = ~unfolding.finite[:, 1:]
        name = "states are finite"
        yield Claim(name, lost, False, measured=False, axes=STEPS, comparison=compared)
    sides = unfolding.sides[:, None, :]
    one = sides != 0  # units that give something on one side alone
    if one.any():
        passed = (shift + codes) * sides - theta
        passed = passed.where(passed.sign > 0, 0) * sides - codes
        off = (abs(found[:, 1:] - passed) - p).where(one, 0).max(-1)
        yield _step(off, instance.lift(unfolding.rho), compared)
        if one.all():
            return
    allowed = instance.lift(unfolding.thresholds) + unfolding.rho
    yield _step((abs(found[:, 1:] - shift) - p).where(~one, 0).max(-1), allowed, compared)
    room = instance.lift(theta) - rho - abs(shift + codes)
    kept = (abs(instance.lift(unfolding.states[:, 1:])) - p).where(
        ~one & ((room.sign == 0) | (room.sign == 1)), 0
    )
    name = "x^{k+1} = p^{k+1} where |v^k| <= theta_k - rho_k"
    yield _step(kept.max(-1), 0, compared, name)
    if unfolding.activation in DECLARED_KINDS:
        x = instance.lift(unfolding.states[:, 1:])
        off = off_the_kind(unfolding.activation, shift + codes, theta, rho, x) - p
        name = "x^{k+1} = h_k(v^k) + p^{k+1}, h_k of the kind declared"
        yield _step(off.where(~one, 0).max(-1), 0, compared, name)


def _step(
    size: Number,
    allowed: Number | int,
    compared: Callable[[], Comparison],
    name: str = "x^{k+1} = h_k(v^k) + p^{k+1}",
) -> Claim:
    return Claim(name, size, allowed, measured=False, step=True, axes=STEPS, comparison=compared)


def _compared(unfolding: Unfolding, codes: FloatArray, shift: Number) -> Comparison:
    """What a layer may make of the state before, in float64, and what it did; (B, K, n)."""
    v, theta = shift.mid + codes, unfolding.thresholds[:, :, None]
    sides = unfolding.sides[:, None, :]
    one = sides * np.maximum(sides * v - theta, 0.0)
    inside = np.abs(v) <= theta
    low, high = np.where(inside, 0.0, v - theta), np.where(inside, 0.0, v + theta)
    low, high = (np.where(sides != 0, one, part) for part in (low, high))
    return Comparison(low, high, unfolding.iterates[:, 1:])


@dataclass(frozen=True)
class Rounding:
    """Bound ``base + on b + off p0 + gamma |r|`` of the error of a computed pre-activation.

    ``b`` and ``p0`` bound the error of the state that enters, on the support and off it; ``r`` is
    a perturbation that is added. The arrays have shape (B,).
    """

    base: FloatArray
    on: FloatArray
    off: FloatArray
    gamma: float


def rounding(instance: Instance, W: LinearMap, dtype: str = "float64") -> Rounding:
    """Bound the rounding of ``x + W^T (y - D x) + r`` in a floating-point type.

    Each path from an entry of the data to the result meets at most ``M = s + a + 7`` roundings:
    the conversion of ``D`` and ``y`` to the type, the ``s`` terms of an entry of ``D x``, one in
    the difference, the ``a`` terms of the second product, three in the sums. So the error is at
    most ``gamma_M`` times ``|x| + |W|^T (|y| + |D| |x|)`` (Higham 2002, section 3.5), for any
    order of summation, and what is flushed to zero
    (:mod:`sparsebound.theory.analysis.floating_point`): in an entry of ``y - D x`` at most ``2 s +
    2`` results, s entries of D that each are multiplied by one of x, and entries of x that are
    multiplied by a row of D; all of this times the entries of a column of W; then ``2 a + 8``
    results, and a weights times the residual. For matrices ``s = n`` and ``a = m``; convolutions
    have as many terms as their filters have taps, whatever the length of the signal. ``W`` has to
    be of that type already. Infinite where a number may leave the range of the type.

    Examples
    --------
    >>> found = rounding(Instance(np.eye(2), [[1, 0]]), np.eye(2))
    >>> 0 < found.base[0] < 1e-14
    np.True_
    """
    kind = FloatingPoint.of(dtype)
    D, weights = (Computed(linear).absolute() for linear in (instance.D.linear_map, W))
    (read, _), (_, written), (m, n) = D.terms, weights.terms, instance.D.shape
    roundings = read + written + 7
    row, column_sum = D.synthesis(np.ones(n)).max(), weights.analysis(np.ones(m)).max()

    def largest(values: FloatArray) -> FloatArray:
        return np.asarray(values.max(axis=1, initial=0.0))

    def error(sizes: Any, signal: Any, results: int) -> FloatArray:
        """Loss for states of these sizes, and so many results that are flushed in each entry."""
        with np.errstate(over="ignore"):
            residuals = D.synthesis(sizes) + signal
            total = largest(sizes + weights.analysis(residuals))
            lost = read * largest(sizes) + results * (2 * read + 2 + row)
            flushed = column_sum * lost + written * largest(residuals) + results * (2 * written + 8)
            reach = 4 * np.maximum(total, largest(residuals))
        return np.where(reach <= kind.largest, kind.error(roundings, total, flushed), np.inf)

    signal = np.abs(instance.Y.mid) + instance.Y.rad
    stored = largest(weights.analysis(instance.Y.rad)) * UP
    base = error(np.abs(instance.X), signal, 1) + 2 * stored
    on, off = (error(mask * 1.0, 0.0, 0) for mask in (instance.support, ~instance.support))
    return Rounding(base, on, off, kind.gamma(roundings) * UP)
