"""How far a signal has to move until its label changes: dual points from below, signals from above.

All that comes out of it is verified by the theorem.
"""

from __future__ import annotations

import numpy as np

from sparsebound.checks.algorithms.proximal import WEIGHT
from sparsebound.checks.oracles.adversaries import generator, short
from sparsebound.checks.oracles.features import features_at, given_evidence, thresholds_for
from sparsebound.checks.oracles.lasso import DEPENDENT
from sparsebound.checks.oracles.nearest_label import NearestLabel, are_independent, solved
from sparsebound.checks.provider import SEED, plain
from sparsebound.theory.analysis.features import FeaturePoint
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.evidence import (
    FeaturePair,
    Features,
    Head,
    LabelChange,
    RadiusCertificate,
)
from sparsebound.theory.evidence.layers import Points
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.instance import Instance

CLASSES = 3
LEVELS = 3
"""Most levels of atoms that enter."""
MARGINS = (0.5, 0.25, 0.75, 0.125)
"""Margins, relative to the size of what is read; in turns."""
OUTWARD, ROUGHLY, FINELY = 3, 4, 12
"""Steps to a signal with another label: away from the first one, on every ray, and on the best."""
PAST_A_TIE = 2.0**-33
"""How far beyond the place where a label seems to change it is looked at."""
DEPENDENCE = 1e-5
"""Least singular value of normalised atoms that count as independent."""
ROUNDING = 2.0**-36
"""Of what is read out of features, relative to its size."""
PAST = 1 + 2.0**-30
"""How far beyond the place where a label changes a signal is put."""


def head_for(experiment: Experiment, codes: FloatArray) -> Head:
    """Draw a classifier for each code that says class 0, by margins that are dealt out.

    Parameters
    ----------
    experiment : Experiment
        Places and seed.
    codes : ndarray, shape (B, n)
        The features.
    """
    weights, biases = [], []
    for place, z in zip(experiment.codes.place, codes, strict=True):
        draw = generator(experiment, place)
        V = draw.integers(-8, 9, (CLASSES, len(z))) / 8
        read = V @ z
        size = np.abs(V[0] - V).max(axis=1) * np.abs(z).max(initial=0.0)
        margin = MARGINS[place % len(MARGINS)] * np.where(size > 0, size, 1.0)
        bias = read[0] - read - margin
        bias[0] = 0.0
        weights.append(V)
        biases.append(short(bias))
    shape = (len(codes), CLASSES)
    return Head(
        np.reshape(weights, (*shape, codes.shape[1])),
        np.reshape(biases, shape),
        np.zeros(len(codes), dtype=int),
    )


def _prices(
    D: FloatArray, z: FloatArray, gaps: FloatArray
) -> tuple[FloatArray, FloatArray, Mask, FloatArray]:
    """What it costs that atoms enter: prices, ``beta``, whether beside the span, and plain ones."""
    squares = (D * D).sum(axis=0)
    lengths, projected = gaps / squares, np.zeros(gaps.shape, dtype=bool)
    plain_prices = gaps**2 / squares
    prices = plain_prices.copy()
    for code in range(len(z)):
        on = np.flatnonzero(z[code])
        if not on.size:
            continue
        p = np.linalg.lstsq(D[:, on], D, rcond=DEPENDENT)[0]
        kappa = np.maximum(((D - D[:, on] @ p) ** 2).sum(axis=0), 2.0**-40 * squares)
        with np.errstate(divide="ignore", invalid="ignore"):
            caps = np.where(p < 0, -z[code, on, None] / p, np.inf).min(axis=0)
        beta = np.minimum(gaps[code] / kappa, caps * (1 - 2.0**-26))
        beside = 2 * beta * gaps[code] - beta**2 * kappa
        better = beside > prices[code] * (1 + 2.0**-40)
        lengths[code, better], projected[code, better] = beta[better], True
        prices[code, better] = beside[better]
    return prices, lengths, projected, plain_prices


def _levels(prices: FloatArray, off: Mask, most: int = LEVELS) -> IntArray:
    """At most so many levels of atoms off the support, by price."""
    order = np.argsort(np.where(off, prices, -1.0), axis=1, kind="stable")
    rank = np.empty(order.shape, dtype=int)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(order.shape[1]), order.shape), axis=1)
    count = off.sum(axis=1, keepdims=True)
    rank = rank - (off.shape[1] - count)
    few = count <= most
    # the cheapest atoms decide most: a level of their own each
    return np.asarray(np.where(off, np.where(few, rank, np.minimum(rank, most - 1)), 0))


def _independent(D: FloatArray, off: Mask, near: IntArray, most: int = LEVELS) -> IntArray:
    """The level up to which the atoms of the closed form are independent."""
    found = np.full(len(off), most - 1)
    unit = D / np.linalg.norm(D, axis=0)
    if D.shape[0] >= D.shape[1] and np.linalg.svd(unit, compute_uv=False)[-1] > DEPENDENCE:
        return found
    found[:] = -1
    for code in range(len(off)):
        for level in range(most):
            inside = ~off[code] | (near[code] <= level)
            if np.linalg.matrix_rank(unit[:, inside], tol=DEPENDENCE) < inside.sum():
                break
            found[code] = level
    return found


ENTERING = 20
"""Most levels of atoms that enter, where nothing but prices and levels is looked for."""


def price_certificate(D: FloatArray, z: FloatArray, gaps: FloatArray) -> RadiusCertificate:
    """Find prices and levels of atoms, and no dual points of classes: for the closed form.

    Parameters
    ----------
    D : ndarray, shape (m, n)
        The atoms.
    z, gaps : ndarray, shape (B, n)
        Features and their gaps.

    Examples
    --------
    >>> price_certificate(np.eye(2), np.array([[1.0, 0]]), np.array([[0, 0.5]])).lengths
    array([[0. , 0.5]])
    """
    B, n = z.shape
    prices, lengths, projected, _ = _prices(D, z, gaps)
    off = z == 0
    low = np.where(off, prices, np.inf).min(axis=1, keepdims=True, initial=np.inf)
    high = np.where(off, prices, -np.inf).max(axis=1, keepdims=True, initial=-np.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.nan_to_num((prices - low) / (high - low))  # the cheapest decide most
    near = np.where(off, np.minimum(ENTERING * np.sqrt(np.clip(shares, 0, 1)), ENTERING - 1), 0)
    near = near.astype(np.int64)
    return RadiusCertificate(
        np.zeros((B, 1, 1)),
        np.zeros((B, 1, 1, n), dtype=bool),
        near,
        lengths,
        projected,
        near,
        _independent(D, off, near, ENTERING),
    )


def certificate_of(
    D: FloatArray, point: FloatArray, gaps: FloatArray, head: Head
) -> tuple[RadiusCertificate, FloatArray]:
    """Find dual points, and features with another label for each class and level.

    Parameters
    ----------
    D : ndarray, shape (m, n)
        The atoms.
    point, gaps : ndarray, shape (B, n)
        Features and their gaps.
    head : Head
        The classifier.

    Returns
    -------
    RadiusCertificate
    ndarray, shape (B, C, LEVELS + 1, n)
        The nearest features with another label.
    """
    B, C, n = head.weights.shape
    prices, lengths, projected, plain_prices = _prices(D, point, gaps)
    off = point == 0
    levels, near = _levels(prices, off), _levels(plain_prices, off)
    multipliers = np.zeros((B, C, LEVELS + 1))
    free = np.zeros((B, C, LEVELS + 1, n), dtype=bool)
    nearest = np.zeros(free.shape)
    others = np.arange(C)[None, :, None] != head.labels[:, None, None]
    code, rival, level = np.nonzero(np.broadcast_to(others, multipliers.shape))
    label = head.labels[code]
    problem = NearestLabel(
        D.T @ D,
        point[code],
        gaps[code],
        head.weights[code, label] - head.weights[code, rival],
        head.biases[code, label] - head.biases[code, rival],
    )
    tau, x, where = problem.nearest(~off[code] | (levels[code] < level[:, None]))
    kept = are_independent(problem.gram, where)
    multipliers[code, rival, level] = np.where(kept, tau, 0.0)
    free[code, rival, level], nearest[code, rival, level] = where & kept[:, None], x
    found = RadiusCertificate(
        multipliers, free, levels, lengths, projected, near, _independent(D, off, near)
    )
    return found, nearest


def label_change(given: Posed) -> LabelChange:
    """Draw a classifier, certify its label, and look for a signal with another one.

    Examples
    --------
    >>> found = label_change(Instance([[1, 0], [0, 1]], [[4, 1]]))
    >>> found.head.labels, found.pair.signals.values.shape
    (array([0]), (1, 2))
    """
    experiment = posed(given)
    known: LabelChange | None = given_evidence(experiment, "label_change")
    if known is not None:
        return known
    instance = experiment.codes
    thresholds = thresholds_for(experiment)
    none = np.zeros(thresholds.shape)
    unsigned = Features(thresholds, none, none, np.zeros(len(instance), dtype=bool))
    found = features_at(instance, instance.Y.mid, unsigned)
    point = FeaturePoint(instance.D, instance.Y, found)
    z, gaps = point.entries.mid, np.maximum(point.gaps.mid, 0.0)
    head = head_for(experiment, z)
    certificate, nearest = certificate_of(instance.D.data, z, gaps, head)
    directions = _directions(experiment, z, gaps, nearest, certificate, head)
    others = _attacked(instance, found, head, directions)
    y = instance.Y.mid
    seen = y + np.where(instance.place[:, None] % 2, 0.125 * (others - y), 0.0)
    pair = FeaturePair(found, Points(others), features_at(instance, others, found))
    return LabelChange(pair, head, certificate, Points(seen))


def _directions(
    experiment: Experiment,
    z: FloatArray,
    gaps: FloatArray,
    nearest: FloatArray,
    certificate: RadiusCertificate,
    head: Head,
) -> FloatArray:
    """Where another label may be near: shape (B, K, m)."""
    D = experiment.codes.D.data
    moves = (nearest[:, :, :2] - z[:, None, None]) @ D.T
    B, C, _, m = moves.shape
    entering = (certificate.levels == 0) & (z == 0)
    amounts = np.where(entering, certificate.lengths, 0.0)
    with_price = moves[:, :, 1] + (amounts @ D.T)[:, None]
    random = np.array(
        [generator(experiment, place).integers(-8, 9, m) / 8 for place in experiment.codes.place]
    ).reshape(B, 1, m)
    # an atom that speaks against the label, and no features at all
    against = (head.weights - head.weights[:, :1])[:, 1:].argmax(axis=2)
    sizes = np.linalg.norm(D, axis=0)
    far = np.linalg.norm(experiment.codes.Y.mid, axis=1) + (gaps / sizes).max(axis=1, initial=0.0)
    atoms = np.moveaxis((D / sizes)[:, against], 0, -1) * far[:, None, None]
    rivals = slice(1, C)  # labels are 0
    moves = moves[:, rivals].reshape(B, 2 * (C - 1), m)
    nothing = -(z @ D.T)[:, None]
    return np.concatenate([moves, with_price[:, rivals], random, atoms, nothing], axis=1)


def _lead(
    instance: Instance, found: Features, head: Head, others: FloatArray, near: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """How far another label leads at signals (B, m), less rounding; and their features.

    The search for them begins ``near`` them, shape (B, n).
    """
    moved = features_at(instance, others, found, near)
    D, free = instance.D.data, moved.signs != 0
    z = solved(D.T @ D, np.where(free, others @ D - found.thresholds, 0.0), free)
    read = (head.weights * z[:, None]).sum(axis=2) + head.biases
    own = np.take_along_axis(read, head.labels[:, None], axis=1)
    own = own + ROUNDING * np.abs(read).max(axis=1, keepdims=True)
    rivals = np.arange(read.shape[1])[None, :] != head.labels[:, None]
    lead = (np.where(rivals, read, -np.inf) - own).max(axis=1)
    return np.asarray(lead), np.maximum(z, 0.0)


def _attacked(
    instance: Instance, found: Features, head: Head, directions: FloatArray
) -> FloatArray:
    """The nearest signal with another label on some rays, shape (B, m)."""
    B, K, m = directions.shape
    every = np.repeat(np.arange(B), K)
    rays = directions.reshape(B * K, m)
    part = instance.select(every), found.select(every), head.select(every)
    far = _crossing(*part, rays, ROUGHLY)
    norms = np.linalg.norm(rays, axis=1)
    length = np.where(norms > 0, far, np.inf) * np.where(norms > 0, norms, 1.0)
    best = np.arange(B) * K + length.reshape(B, K).argmin(axis=1)
    far = _crossing(instance, found, head, rays[best], FINELY, far[best])
    share = PAST * np.where(np.isfinite(far), far, 0.0)
    return np.asarray(instance.Y.mid + share[:, None] * rays[best])


def _crossing(
    instance: Instance,
    found: Features,
    head: Head,
    rays: FloatArray,
    steps: int,
    far: FloatArray | None = None,
) -> FloatArray:
    """How far along rays (N, m) the label is another one, infinite where it was not found; (N,).

    What is read out is linear between the places where an atom comes or goes, so that a secant
    ends where the label changes; the end that stays counts half in the next one.
    """
    y, N = instance.Y.mid, len(rays)
    low, high = np.zeros(N), np.full(N, 2.0 * PAST) if far is None else far.copy()
    none = np.zeros(instance.X.shape)
    below, _ = _lead(instance, found, head, y, none)
    reached = np.where(np.isfinite(high), high, 0.0)
    above, z = _lead(instance, found, head, y + reached[:, None] * rays, none)
    if far is None:
        for _ in range(OUTWARD):
            missed = above <= 0
            low, below = np.where(missed, high, low), np.where(missed, above, below)
            high = np.where(missed, 4 * high, high)
            above, z = _lead(instance, found, head, y + high[:, None] * rays, z)
    high = np.where(above > 0, high, np.inf)
    open_ = np.flatnonzero(np.isfinite(high) & (below <= 0))
    for _ in range(steps):
        span = high[open_] - low[open_]
        share = -below[open_] / (above[open_] - below[open_])
        middle = np.minimum(low[open_] + span * share + PAST_A_TIE * high[open_], high[open_])
        moves = middle < high[open_] * (1 - 4 * PAST_A_TIE)
        open_, middle = open_[moves], middle[moves]
        if not len(open_):
            break
        part = instance.select(open_), found.select(open_), head.select(open_)
        lead, z[open_] = _lead(*part, y[open_] + middle[:, None] * rays[open_], z[open_])
        lost = lead > 0
        low[open_], high[open_] = (
            np.where(lost, low[open_], middle),
            np.where(lost, middle, high[open_]),
        )
        below[open_], above[open_] = (
            np.where(lost, below[open_] / 2, lead),
            np.where(lost, lead, above[open_] / 2),
        )
    return high


# common: which dual points a search ends at depends on the rounding of the whole batch
PROVIDERS = (plain("label_change", LabelChange, label_change, WEIGHT, SEED, common=True),)
