"""Unfolded networks, a batch of signals at a time.

:func:`unfolded_network` is the network; the functions after it run it as the theorems on
unfolding ask for it, with a schedule of :mod:`sparsebound.checks.subjects.unfolding_schedules`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np

from sparsebound.checks.algorithms.thresholding import ACTIVATIONS, Activation, relu
from sparsebound.checks.calls import Call
from sparsebound.checks.provider import plain
from sparsebound.checks.subjects.designs import DESIGN, EXACT, design_of, with_design
from sparsebound.checks.subjects.unfolding_schedules import UP, Schedule, wide_enough
from sparsebound.theory.analysis import unfolding_rates as rates
from sparsebound.theory.analysis.unfolding_rates import Rate
from sparsebound.theory.analysis.weights import Computed, LinearMap
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.extremal.unfolding import Design
from sparsebound.theory.instance import Instance
from sparsebound.theory.operators.convolution import Method


def unfolded_network(
    D: LinearMap,
    W: LinearMap,
    Y: FloatArray,
    thresholds: FloatArray,
    activation: Activation,
    *,
    r: FloatArray | None = None,
    p: FloatArray | None = None,
    sides: FloatArray | None = None,
    skips: FloatArray | None = None,
    dtype: str = "float64",
    method: Method = "direct",
) -> FloatArray:
    """Run ``x^{k+1} = h(x^k + W^T (y - D x^k) + r^k; theta_k) + p^{k+1}`` from ``x^0 = 0``.

    With skips, ``sum_j alpha_kj (x^j + W^T (y - D x^j))`` is what layer k sees.

    Parameters
    ----------
    D, W : ndarray of shape (m, n), or Convolution
        The dictionary and the weights.
    Y : ndarray, shape (B, m)
        The signals.
    thresholds : ndarray, shape (B, K)
        One threshold a layer.
    activation : callable
        ``h(v, theta)``.
    r, p : ndarray, shape (B, K, n), optional
        Perturbations of pre-activations and of activations; none by default.
    sides : ndarray, shape (B, n), optional
        Signs with which the activation sees the units and returns them; for one-sided ones.
    skips : ndarray, shape (K, K), optional
        The weights ``alpha_kj`` of the states before layer k; the last one alone by default.
    dtype : str
        The floating-point type in which everything is computed.
    method : {"direct", "fft", "auto"}
        How convolutions are computed. The theorems' bounds on rounding are about direct sums.

    Returns
    -------
    ndarray, shape (B, K + 1, n)
        All states, as float64.

    Examples
    --------
    >>> from sparsebound.checks.algorithms.thresholding import soft
    >>> unfolded_network(np.eye(2), np.eye(2), np.array([[3.0, 0]]), np.array([[1.0]]), soft)
    array([[[0., 0.],
            [2., 0.]]])
    """
    kind = np.dtype(dtype).type
    atoms, weights = Computed(D, method), Computed(W, method)
    signals = Y.astype(kind)
    theta = np.minimum(thresholds, np.finfo(kind).max).astype(kind)  # a schedule may diverge
    states = np.zeros((len(Y), thresholds.shape[1] + 1, D.shape[1]), dtype=kind)
    steps = np.zeros((thresholds.shape[1], *states[:, 0].shape), dtype=kind)
    for k in range(thresholds.shape[1]):
        v = pre_activation(atoms, weights, signals, states[:, k])
        if skips is not None:
            steps[k] = v
            v = np.tensordot(skips[k, : k + 1].astype(kind), steps[: k + 1], 1)
        if r is not None:
            v = v + r[:, k].astype(kind)
        level = theta[:, k, None]
        h = activation(v, level) if sides is None else sides * activation(sides * v, level)
        states[:, k + 1] = h if p is None else h + p[:, k].astype(kind)
    found = states.astype(np.float64, copy=False)
    with np.errstate(over="ignore", invalid="ignore"):
        finite = np.isfinite(np.add.reduce(found, None))
    if not finite:  # beyond the range of the type
        np.putmask(found, np.isnan(found), np.inf)
    return found


def pre_activation(
    atoms: Computed, weights: Computed, signals: FloatArray, x: FloatArray
) -> FloatArray:
    """What a layer makes of a state before its activation: ``x + W^T (y - D x)``."""
    found: FloatArray = x + weights.analysis(signals - atoms.synthesis(x))
    return found


def run(
    schedule: Schedule,
    instance: Instance,
    size: FloatArray,
    sides: FloatArray | None = None,
    tolerance: FloatArray | None = None,
    signals: FloatArray | None = None,
) -> Unfolding:
    """Run the network and hand over what it did and declared."""
    design = schedule.design
    r, p = schedule.perturbations(instance)
    iterates = unfolded_network(
        instance.D.linear_map,
        schedule.W,
        instance.Y.mid if signals is None else signals,
        schedule.theta,
        ACTIVATIONS[design.activation] if sides is None else relu,
        r=r,
        p=p,
        sides=sides,
        skips=schedule.skips,
        dtype=design.dtype,
    )
    if sides is not None:
        return handed_over(schedule, iterates, size, sides, "relu")
    return handed_over(schedule, iterates, size, tolerance=tolerance)


def handed_over(
    schedule: Schedule,
    states: FloatArray,
    size: FloatArray,
    sides: FloatArray | None = None,
    activation: str | None = None,
    tolerance: FloatArray | None = None,
) -> Unfolding:
    """Give what a network did, shape (B, K + 1, n), and what it declares."""
    codes, _, n = states.shape
    return Unfolding(
        iterates=states,
        thresholds=schedule.theta,
        B=size,
        nu=schedule.nu,
        rho=schedule.rho,
        p_in=schedule.p_in,
        p_out=schedule.p_out,
        slack=schedule.slack,
        sides=np.zeros((codes, n)) if sides is None else sides,
        tolerance=np.full(codes, np.inf) if tolerance is None else tolerance,
        W=schedule.W,
        activation=activation or schedule.design.activation,
        dtype=schedule.design.dtype,
        skips=schedule.skips,
    )


def unfolding(given: Posed) -> Unfolding:
    """Any activation, any weights, exact or not, with the thresholds of the master theorem.

    Parameters
    ----------
    given : Experiment or Instance
        B codes with noise, and the design of the network.

    Returns
    -------
    Unfolding

    Examples
    --------
    >>> from sparsebound.theory.extremal.unfolding import aligned_without_noise
    >>> unfolding(aligned_without_noise(1)).iterates[0, :3, 0]
    array([0.  , 0.5 , 0.75])
    """
    instance, design = _asked(given)
    schedule = Schedule(instance, design)
    schedule.master()
    return run(schedule, instance, schedule.size)


def _asked(given: Posed, **fixed: Any) -> tuple[Instance, Design]:
    experiment = posed(given)
    return experiment.codes, design_of(experiment, experiment.codes, **fixed)


def nonnegative_unfolding(given: Posed) -> Unfolding:
    """Rectified linear units, each on the side of its entry of the code."""
    instance, design = _asked(given)
    schedule = Schedule(instance, design)
    schedule.master()
    sides = np.where(instance.X < 0, -1.0, 1.0)
    flipped = -sides if design.flipped else sides
    return run(schedule, instance, schedule.size, sides=flipped)


def coupled_unfolding(given: Posed) -> Unfolding:
    """Thresholds from the cross coherence and the l1 norm."""
    instance, design = _asked(given, **EXACT)
    if design.weights == "gradient":  # these are not scaled to <w_i, d_i> = 1
        design = wide_enough(instance, replace(design, weights="normalised"))
    schedule = Schedule(instance, design)
    size = np.abs(instance.X).sum(axis=1)
    if design.rounded:
        size = size * UP
    schedule.linear(rates.l1_rate(schedule.instance, schedule.W), size)
    return run(schedule, instance, size)


def classical_unfolding(given: Posed) -> Unfolding:
    """The classical step, with thresholds from the Babel function."""
    instance, design = _asked(given, **EXACT, weights="gradient")
    schedule = Schedule(instance, design)
    schedule.linear(rates.gradient_rate(schedule.instance, schedule.W), schedule.size)
    return run(schedule, instance, schedule.size)


def analytic_unfolding(given: Posed) -> Unfolding:
    """Weights of least cross coherence, with thresholds from it."""
    instance, design = _asked(given, **EXACT, weights="least")
    schedule = Schedule(instance, design)
    schedule.linear(rates.coherence_rate(schedule.instance, schedule.W), schedule.size)
    return run(schedule, instance, schedule.size)


def local_unfolding(given: Posed) -> Unfolding:
    """Thresholds from the local sparsity."""
    instance, design = _asked(given, **EXACT, weights="normalised")
    schedule = Schedule(instance, design)
    schedule.linear(rates.local_rate(schedule.instance, schedule.W), schedule.size)
    return run(schedule, instance, schedule.size)


def _fastest(instance: Instance, design: Design) -> tuple[Schedule, Rate]:
    """Build a schedule, with other weights where the plain ones do not converge on every code."""
    found = []
    for kind in (design.weights, "least", "closed form") if design.rounded else (design.weights,):
        schedule = Schedule(instance, wide_enough(instance, replace(design, weights=kind)))
        rate = rates.exact_rate(schedule.instance, schedule.W)
        failing = int((rate.q.mid >= 1).sum())
        if not failing:
            return schedule, rate
        found.append((failing, schedule, rate))
    _, schedule, rate = min(found, key=lambda item: item[0])
    return schedule, rate


def deep_unfolding(given: Posed) -> Unfolding:
    """Enough layers for a tolerance, which is named so that half of them are needed."""
    instance, design = _asked(given, **EXACT, weights="normalised")
    schedule, rate = _fastest(instance, design)
    q = np.minimum(rate.q.mid, 1.0)
    gap = np.maximum(1 - q, 2.0**-20)
    size = schedule.size
    if schedule.design.rounded:
        size = np.maximum(size, 16 * schedule.nu / gap)
    schedule.linear(rate, size)
    level = 2 * schedule.nu + schedule.slack.max(axis=1, initial=0.0)
    bound = size
    for _ in range(max(schedule.design.layers // 2, 1)):
        bound = q * bound + level
    tolerance = bound * (1 + 2.0**-20)
    return run(schedule, instance, size, tolerance=tolerance)


Network = Callable[[Posed], Unfolding]
NETWORKS: dict[str, Network] = {
    network.__name__: network
    for network in (
        unfolding,
        nonnegative_unfolding,
        coupled_unfolding,
        classical_unfolding,
        analytic_unfolding,
        local_unfolding,
        deep_unfolding,
    )
}
"""Networks by the name under which theorems ask for them."""


LAYERS = (8, 4, 2, 1)
"""Layers of a network under test; fewer where bounds would overflow in its type."""
PROBE = posed(
    Instance(
        [[4, 0, 3, 1], [0, 4, 3, 0], [3, 3, 3, 1]],
        [[8, 0, 0, 0], [0, -8, 0, 0]],
        np.full((2, 3), 0.125),
    )
)
"""What a subject is tried on before a run is begun."""


def supplied(network: Network, call: Call, experiment: Experiment) -> Unfolding:
    """Put the states of somebody else's network in the place of ours, which has the same plan."""
    declared = _precision(network, call)
    plan = _schedule(network, experiment, declared)
    if plan.dtype != declared:
        raise call.beyond(declared)
    states = _states(call, experiment.codes, plan)
    if states.dtype != declared:
        raise call.error(f"{declared}, as before", f"it returned {states.dtype}")
    kind = call.subject.activation or call.subject.name
    return replace(plan, iterates=states, activation=kind)


@lru_cache(maxsize=8)
def _precision(network: Network, call: Call) -> str:
    """Type in which a network computes: thresholds make room for its rounding."""
    return str(_states(call, PROBE.codes, _schedule(network, PROBE, "float64")).dtype)


def _states(call: Call, instance: Instance, plan: Unfolding) -> Any:
    further: dict[str, Any] = {} if plan.skips is None else {"skips": plan.skips}
    return call.states(
        D=instance.D.data,
        W=plan.W,
        Y=instance.Y.mid,
        thresholds=plan.thresholds,
        sides=plan.sides,
        **further,
    )


def _schedule(network: Network, experiment: Experiment, dtype: str) -> Unfolding:
    """What our own network of that kind declares, without perturbations."""
    for layers in LAYERS:
        exact = {**EXACT, "rounded": True, "fitting": True}
        asked = with_design(experiment, dtype=dtype, layers=layers, **exact)
        plan = network(asked)
        if plan.dtype == dtype and np.isfinite(plan.thresholds).all():
            break
    return plan


PROVIDERS = tuple(
    plain(
        name,
        Unfolding,
        network,
        DESIGN,
        supply=partial(supplied, network),
        asks="D, W, Y, thresholds, sides -> every state, (B, K + 1, n), the first 0",
        common=network is deep_unfolding,  # with weights that do for most of the codes
    )
    for name, network in NETWORKS.items()
)
