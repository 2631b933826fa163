"""Peers that hold parts of the signal: one step of them, and the factor by which it contracts.

With ``h = lambda_min(D^T D)/P``, ``L = max_p ||D_p||^2``, ``H = blockdiag(D_p^T D_p)``, and ``l``
the largest eigenvalue of ``H`` on disagreements, the eigenvalues of ``A (x) I - eta H`` lie between
``lambda_P - eta L`` and the larger one of a matrix of two rows
(:mod:`sparsebound.theory.rate.peers`). Bounds of all of these numbers are certified in float64, on
the side that keeps the factor valid, and are the same in either arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sparsebound.theory.analysis.activations import soft
from sparsebound.theory.analysis.floating_point import FLOAT64, norms_of
from sparsebound.theory.analysis.spectrum import independent_atoms, spectrum
from sparsebound.theory.analysis.training import rounding
from sparsebound.theory.arithmetic import Ball, FloatArray, Number
from sparsebound.theory.evidence.peers import PeerNetwork
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.memo import kept
from sparsebound.theory.theorem import Premise

LARGEST = 48
"""Most entries of all codes together for which disagreements are looked at; beyond, ``l = L``."""


@dataclass(frozen=True)
class Contraction:
    """Certified bounds of what the factor depends on; see :mod:`sparsebound.theory.rate.peers`.

    Attributes
    ----------
    h : float
        At most ``lambda_min(D^T D)``, and at least 0.
    largest, apart : float
        At least ``L``, and at least ``l``.
    second, least : float
        At least ``lambda_2``, and at most ``lambda_P``; of one peer, -1 and 1.
    """

    h: float
    largest: float
    apart: float
    second: float
    least: float


def contraction(D: Dictionary, network: PeerNetwork) -> Contraction:
    """Bound what the factor of a network depends on.

    Examples
    --------
    >>> D = Dictionary([[2.0**-30], [1]])
    >>> edge = PeerNetwork(2, np.array([0, 1]), [[0, 1]], np.array([0.25]), 0.375)
    >>> found = contraction(D, edge)
    >>> round(found.second, 6), round(found.apart, 6), round(found.least, 6)
    (0.5, 0.5, 0.5)
    """
    found: Contraction = kept(D.memo, "contraction", network, lambda: _contraction(D, network))
    return found


def _contraction(D: Dictionary, network: PeerNetwork) -> Contraction:
    P, n = network.peers, D.shape[1]
    h = max(float(Ball.of(spectrum(D).min(-1)).lower), 0.0)
    held = Ball.of(D.data) * network.holds[:, :, None]  # (P, m, n)
    blocks = held.swapaxes(1, 2) @ held
    largest = float(blocks.eigenvalues().max(-1).max(-1).upper)
    if P == 1:
        return Contraction(h, largest, 0.0, -1.0, 1.0)
    apart = largest
    if P * n <= LARGEST:
        mean = blocks.sum(0) / P
        row, column = blocks.reshape(P, 1, n, n), blocks.reshape(1, P, n, n)
        own = np.eye(P)[:, :, None, None]
        within = row * own - row / P - column / P + mean / P  # J H J, by blocks
        whole = within.swapaxes(1, 2).reshape(P * n, P * n)
        apart = min(apart, float(whole.eigenvalues().max(-1).upper))
    mixing = Ball.of(mixing_matrix(Ball.of(network.weights), network))
    beyond = 2 + 4 * float(np.abs(network.weights).sum())  # far below every other eigenvalue
    others = (mixing - np.full((P, P), 1.0) * (beyond / P)).eigenvalues()
    values = mixing.eigenvalues()
    return Contraction(h, largest, apart, float(others.max(-1).upper), float(values.min(-1).lower))


def network_premises(instance: Instance, network: PeerNetwork) -> Iterator[Premise]:
    """Independent atoms, a connected graph, and a step that is short enough."""
    yield from independent_atoms(instance)
    found = contraction(instance.D, network)
    yield Premise("0 < eta", 0, network.eta)
    yield Premise("lambda_2 < 1", found.second, 1, measured=False)
    least, largest = instance.lift(found.least), instance.lift(network.eta) * found.largest
    yield Premise("eta L < 1 + lambda_P", largest, 1 + least, measured=False)


def mixing_matrix(weights: Number, network: PeerNetwork) -> Number:
    """``I - sum_e w_e (e_p - e_r)(e_p - e_r)^T``: its rows sum to 1 in any arithmetic.

    Examples
    --------
    >>> edge = PeerNetwork(2, np.array([0, 1]), [[0, 1]], np.array([0.25]), 0.375)
    >>> mixing_matrix(Ball.of(edge.weights), edge).mid
    array([[0.75, 0.25],
           [0.25, 0.75]])
    """
    ends = network.incidence
    product = (weights.reshape(1, -1) * ends.T) @ weights.of(ends)
    return np.eye(network.peers) - product


def factors(
    instance: Instance, network: PeerNetwork, second: float | None = None
) -> tuple[Number, Number]:
    """``r_+`` and ``eta L - lambda_P``, numbers; with another ``lambda_2`` if that is given."""
    found, lift = contraction(instance.D, network), instance.lift
    eta, h = lift(network.eta), lift(found.h) / network.peers
    other = eta * found.largest - found.least
    mean = 1 - eta * h
    if network.peers == 1:
        return mean, other
    apart = lift(found.second if second is None else second) - eta * found.apart
    half = (mean - apart) / 2
    product = eta * eta * h * found.apart
    return (mean + apart) / 2 + (half * half + product).sqrt(), other


def stepped(
    instance: Instance,
    network: PeerNetwork,
    points: Number,
    lam: FloatArray,
    *,
    exchanged: bool = False,
) -> Number:
    """``soft(sum_r A_pr z_r + eta D_p^T (y_p - D_p z_p), eta lam)`` of points (B, K, P n).

    ``exchanged``, for a mutant, takes the step first and mixes then.
    """
    shape, n = points.shape, instance.D.shape[1]
    points = points.reshape(*shape[:2], network.peers, n)
    mixing = mixing_matrix(instance.lift(network.weights), network)
    moved = slopes(instance, network, points) * instance.lift(network.eta)
    seen = points + moved if exchanged else points
    mixed = (seen.swapaxes(2, 3) @ mixing).swapaxes(2, 3)
    level = instance.lift(lam).reshape(-1, 1, 1, 1) * network.eta
    return soft(mixed if exchanged else mixed + moved, level).reshape(*shape)


def slopes(instance: Instance, network: PeerNetwork, points: Number) -> Number:
    """``D_p^T (y_p - D_p z_p)``, of points (B, K, P, n)."""
    atoms = instance.D.atoms
    rest = instance.Y.reshape(len(instance), 1, 1, -1) - points @ atoms.swapaxes(0, 1)
    return rest.where(network.holds == 1, 0) @ atoms


def allowed(
    instance: Instance, network: PeerNetwork, points: FloatArray, lam: FloatArray
) -> FloatArray:
    """How far float64 may be from a step of points (B, K, P n), in norm: (B, K).

    A datum meets at most ``m + n + P + E`` roundings in products, those of the mixing matrix, and
    16 in the sums, the signal, the step and the threshold.
    """
    (m, n), P, E = instance.D.shape, network.peers, len(network.edges)
    atoms, sizes = np.abs(instance.D.data), np.abs(points).reshape(*points.shape[:2], P, n)
    ends, eta = np.abs(network.incidence), abs(network.eta)
    mixing = np.eye(P) + ends.T @ (np.abs(network.weights)[:, None] * ends)
    signals = (np.abs(instance.X) @ atoms.T + np.abs(instance.E))[:, None, None, :]
    with np.errstate(over="ignore"):
        seen = (signals + sizes @ atoms.T) @ atoms * eta
        threshold = eta * lam[:, None, None, None]
        total = np.einsum("pq,bkqi->bkpi", mixing, sizes) + seen + threshold
        wide = 1 + atoms.sum() + eta + mixing.sum() + lam.max(initial=0.0)
        size = norms_of(total.reshape(*total.shape[:2], P * n)) * (1 + 64 * FLOAT64.unit * P * n)
        operations = 8 * (m + n + P + E + 16) * P * n * wide**3 * (1 + sizes.sum(axis=(2, 3)))
    return rounding(m + n + P + E + 16, size, operations)


@dataclass(frozen=True)
class Limit:
    """Where gradient descent of the peers ends, against the least squares code of all rows.

    Attributes
    ----------
    slopes : Number, shape (B, P, n)
        ``g``: the gradients of the peers at that code; they sum to 0.
    away : Number, shape (B, n)
        How far the mean of the peers is from it.
    apart : Number, shape (B, P, n)
        How far each peer is from the mean.
    """

    slopes: Number
    away: Number
    apart: Number


def limit(instance: Instance, network: PeerNetwork) -> Limit:
    """Solve for the limit: with ``u`` its distance from that code, ``(I - M) u = -eta g``.

    Examples
    --------
    >>> edge = PeerNetwork(2, np.array([0, 1]), [[0, 1]], np.array([0.25]), 0.375)
    >>> found = limit(Instance([[1], [1]], [[1]], [[0, -1]]), edge)
    >>> found.apart.mid.round(6).tolist(), found.away.mid.round(6).tolist()
    ([[[0.214286], [-0.214286]]], [[0.0]])
    """
    atoms, P, n = instance.D.atoms, network.peers, instance.D.shape[1]
    right = instance.Y @ atoms
    code = instance.D.raw_gram.solve(right.swapaxes(0, 1)).swapaxes(0, 1)
    rest = (code @ atoms.swapaxes(0, 1) - instance.Y).reshape(len(instance), 1, -1)
    found = rest.where(network.holds == 1, 0) @ atoms
    held = atoms * network.holds[:, :, None]
    blocks = (held.swapaxes(1, 2) @ held) * instance.lift(network.eta)
    talk = np.eye(P) - mixing_matrix(instance.lift(network.weights), network)
    own = np.eye(P).reshape(P, 1, P, 1) * blocks.reshape(P, n, 1, n)
    matrix = (talk.reshape(P, 1, P, 1) * np.eye(n).reshape(1, n, 1, n) + own).reshape(P * n, P * n)
    pulled = (found * -instance.lift(network.eta)).reshape(len(instance), P * n)
    u = matrix.solve(pulled.swapaxes(0, 1)).swapaxes(0, 1).reshape(len(instance), P, n)
    away = u.sum(1) / P
    return Limit(found, away, u - away.reshape(len(instance), 1, n))
