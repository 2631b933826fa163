"""Unfolded networks that are to find the features of signals, with thresholds that make them do so.

Thresholds follow the recursion of the theorem, layer by layer, before the network runs, and make
room for rounding. Premises decide whether they are large enough; nothing here has to be trusted.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sparsebound.checks.algorithms.proximal import WEIGHT, largest_correlations
from sparsebound.checks.algorithms.thresholding import relu, soft
from sparsebound.checks.oracles.adversaries import in_turns
from sparsebound.checks.oracles.features import SIGNED, features_at, given_evidence
from sparsebound.checks.oracles.lasso import DEPENDENT, short_weight
from sparsebound.checks.provider import choice, plain
from sparsebound.checks.subjects.unfolded import unfolded_network
from sparsebound.checks.subjects.unfolding_schedules import UP, weights
from sparsebound.theory.analysis.feature_rates import FeatureRun
from sparsebound.theory.analysis.floating_point import FLOAT64
from sparsebound.theory.analysis.unfolding import Rounding, rounding
from sparsebound.theory.analysis.weights import Computed, matrix_of
from sparsebound.theory.arithmetic import Ball, FloatArray, Mask, Number
from sparsebound.theory.evidence import Features, UnfoldedFeatures
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.extremal.unfolding import LAYERS
from sparsebound.theory.instance import Instance

READ_BY = choice("read_by", "normalised", "gradient", "closed form")
"""What reads the residual: atoms, as if of length 1; ``D/L``; or the dual frame."""
TRIALS = 64
"""Steps after which a fixed point for weights that are no multiples of the atoms is to be found."""


def unfolded_features(given: Posed) -> UnfoldedFeatures:
    """Choose a fixed point of layers for each signal, and run a network that is to find it.

    Examples
    --------
    >>> found = unfolded_features(Instance([[1, 0], [0, 1]], [[4, 1]]))
    >>> found.signs, found.states[0, 1].round(6)
    (array([[1., 0.]]), array([2., 0.]))
    """
    experiment = posed(given)
    known: UnfoldedFeatures | None = given_evidence(experiment, "unfolded_features")
    if known is not None:
        return known
    instance = experiment.codes
    signed: Mask = np.array(in_turns(SIGNED, instance.place), dtype=bool)
    found = _started(experiment, signed, READ_BY.of(experiment))
    if found is None:
        found = _started(experiment, signed, "normalised")
        assert found is not None
    return _run(instance, found)


def _started(experiment: Experiment, signed: Mask, kind: str) -> UnfoldedFeatures | None:
    """Weights, a threshold for each signal, and the signs of its fixed point; no layers yet."""
    instance, n = experiment.codes, experiment.codes.D.shape[1]
    D, W = instance.D.data, np.asarray(matrix_of(weights(instance, kind)))
    shares = (W * D).sum(axis=0) / (D * D).sum(axis=0)
    sizes = largest_correlations(instance) * WEIGHT.of(experiment)
    lam = np.array([short_weight(float(size)) for size in sizes * shares.min()])
    if kind == "closed form":
        signs = _settled(D, W, instance.Y.mid, lam, signed)
        if signs is None:
            return None
    else:
        none = np.zeros((len(instance), n))
        like = Features(lam[:, None] / shares, none, none, signed)
        signs = features_at(instance, instance.Y.mid, like).signs
    start, layers = np.zeros((len(instance), 1, n)), np.zeros((len(instance), 0))
    return UnfoldedFeatures(lam, signs, signed, start, layers, np.zeros(len(instance)), layers, W)


def _settled(
    D: FloatArray, W: FloatArray, Y: FloatArray, lam: FloatArray, signed: Mask
) -> FloatArray | None:
    """Signs of the states after many layers; nothing if they still change, or atoms depend."""
    thresholds = np.repeat(lam[:, None], TRIALS, axis=1)
    with np.errstate(over="ignore", invalid="ignore"):
        signs = np.sign(_states(D, W, Y, thresholds, signed)[:, TRIALS // 2 :])
    if np.isnan(signs).any() or (signs != signs[:, -1:]).any():
        return None
    products = W.T @ D
    for on in signs[:, -1] != 0:
        values = np.linalg.svd(products[on][:, on], compute_uv=False)
        if (values < DEPENDENT * values.max(initial=0.0)).any():
            return None
    return np.asarray(signs[:, -1])


def _states(
    D: FloatArray, W: FloatArray, Y: FloatArray, thresholds: FloatArray, signed: Mask
) -> FloatArray:
    """Run the network, with signs or without."""
    found = [unfolded_network(D, W, Y, thresholds, h) for h in (soft, relu)]
    return np.where(signed[:, None, None], *found)


def _run(instance: Instance, network: UnfoldedFeatures) -> UnfoldedFeatures:
    """Choose thresholds for all layers, and run the network."""
    D, W, Y = instance.D.data, network.W, instance.Y
    run = FeatureRun(instance, network)
    known: Mask = np.asarray(np.isfinite(run.fixed_point.rad).all(axis=1))
    if not known.all():  # atoms of the support depend: no fixed point is named
        signs = np.where(known[:, None], network.signs, 0.0)
        return _run(instance, replace(network, signs=signs))
    z, lam = run.fixed_point.mid, network.lam
    size = UP * _upper(abs(run.fixed_point).max(-1))
    c, tau_in, tau_out = map(_upper, (run.largest_pull, run.sums.tau_in, run.sums.tau_out))
    loss = _rounding(instance, network, z)
    stored = 2 * Computed(W).absolute().analysis(Y.rad).max(axis=1)
    theta, rho = np.zeros((2, len(lam), LAYERS))
    bound = size
    for k in range(LAYERS):
        seen = 2 * (size + lam) + (1 + tau_in) * bound
        rounded = loss.base + loss.on * bound + stored + FLOAT64.error(2, seen, 2)
        rho[:, k] = UP * rounded
        theta[:, k] = np.maximum(lam, UP * (c + tau_out * bound + rho[:, k]))
        bound = UP * (tau_in * bound + theta[:, k] - lam + rho[:, k])
    states = _states(D, W, Y.mid, theta, network.signed)
    return replace(network, states=states, thresholds=theta, size=size, rho=rho)


def _rounding(instance: Instance, network: UnfoldedFeatures, z: FloatArray) -> Rounding:
    """What rounding does to layers whose states are near ``z``."""
    near = np.where(network.signs != 0, z, 0.0)
    signals = instance.Y.mid
    return rounding(Instance(instance.D, near, signals - near @ instance.D.data.T), network.W)


def _upper(number: Number) -> FloatArray:
    return np.asarray(Ball.of(number).upper)


PROVIDERS = (
    # common: whether the dual frame will do is decided for the whole batch
    plain("unfolded_features", UnfoldedFeatures, unfolded_features, WEIGHT, READ_BY, common=True),
)
