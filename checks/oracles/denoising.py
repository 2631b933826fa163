"""Basis pursuit denoising: minimise ``||z||_1`` subject to ``||y - D z|| <= eps``.

Its minimiser is that of a Lasso, for the weight ``lam`` at which the residual has the norm
``eps``. On a support with signs ``s`` the residual's squared norm is
``||(I - P_S) y||^2 + lam^2 <s, (D_S^T D_S)^{-1} s>``, so that ``lam`` has a closed form there; the
support is that of the Lasso for this ``lam``, and so on until it stays. The residual grows with
``lam``, so that a bracket makes this safe.
"""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles import effort, lasso
from sparsebound.checks.oracles.adversaries import HARMLESS, generator, in_turns, norm_bound
from sparsebound.checks.provider import SEED, plain
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import Estimate
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.quantities.distances import residual_energy

ITERATIONS = 60
TOLERANCE = 1e-9


def denoised(given: Posed) -> Estimate:
    """Choose a noisy signal for each code and denoise it, with the norm of the noise as ``eps``.

    The noise is that of the instance if it has any. Otherwise it is the noise that shrinks the
    entries most, of a norm at which none of them vanishes; for every fourth code it is random,
    and at most of the size of the smallest entry.

    Parameters
    ----------
    given : Experiment or Instance
        B codes.

    Returns
    -------
    Estimate

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = denoised(Instance(np.eye(2), [[8, 0]], [[-1, 0]]))
    >>> found.points, found.eps
    (array([[6., 0.]]), array([1.]))
    """
    experiment = posed(given)
    instance = experiment.codes
    atoms = instance.D.data / instance.D.norms.mid
    gram, sizes = instance.D.gram.mid, instance.unit_codes.mid
    signals, points = instance.X @ instance.D.data.T + instance.E, np.zeros(instance.X.shape)
    turns = in_turns(HARMLESS, instance.place)
    codes = np.flatnonzero(instance.sparsity)
    for index in codes:
        if not instance.E[index].any():
            chosen = _any_noise if turns[index] else _shrinking_noise
            rng = generator(experiment, instance.place[index])
            signals[index] += chosen(atoms, gram, sizes[index], rng)
    noise = signals[codes] - instance.X[codes] @ instance.D.data.T
    eps, signs = np.linalg.norm(noise, axis=1), instance.signs[codes]
    points[codes] = denoise(atoms, gram, signals[codes], eps, signs) / instance.D.norms.mid
    energies = (residual_energy(instance, signals, codes) for codes in (instance.X, points))
    return Estimate(signals, points, norm_bound(*energies))


def _any_noise(
    atoms: FloatArray, gram: FloatArray, x: FloatArray, rng: np.random.Generator
) -> FloatArray:
    direction = rng.standard_normal(len(atoms))
    size = rng.uniform(0.1, 1) * np.abs(x[x != 0]).min()
    return np.asarray(size * direction / np.linalg.norm(direction))


def _shrinking_noise(
    atoms: FloatArray, gram: FloatArray, x: FloatArray, rng: np.random.Generator
) -> FloatArray:
    used = np.flatnonzero(x)
    shrink = np.linalg.lstsq(gram[np.ix_(used, used)], np.sign(x[used]))[0]
    size = np.abs(x[used]).min() / (4 * np.abs(shrink).max())
    return np.asarray(-size * (atoms[:, used] @ shrink))


def denoise(
    atoms: FloatArray, gram: FloatArray, signals: FloatArray, eps: FloatArray, signs: FloatArray
) -> FloatArray:
    """Solve problems with unit atoms.

    Parameters
    ----------
    atoms : ndarray, shape (m, n)
        Unit atoms.
    gram : ndarray, shape (n, n)
        Their inner products.
    signals : ndarray, shape (B, m)
        The signals.
    eps : ndarray, shape (B,)
        Bounds on the norms of the residuals.
    signs : ndarray, shape (B, n)
        A guess of the minimisers' signs.

    Returns
    -------
    ndarray, shape (B, n)
        The minimisers; feasible points that are nearly ones where the search does not end.
    """
    targets, energies = signals @ atoms, np.einsum("bm,bm->b", signals, signals)
    high = np.abs(targets).max(axis=1, initial=0.0)
    largest, low, lam = high.copy(), np.zeros(len(high)), np.zeros(len(high))
    signs, points = signs.copy(), np.zeros(targets.shape)
    open_ = np.flatnonzero(energies > eps * eps)  # of the others, the minimiser is 0
    for step in range(ITERATIONS):
        effort.steps("denoising", len(open_))
        again = []
        for code in open_:
            found = _weight(gram, targets[code], energies[code], eps[code], signs[code])
            if found is not None:
                lam[code], point = found
                left = np.abs(targets[code] - gram @ point)
                fits = (left <= lam[code] + TOLERANCE * largest[code]).all()
                if fits and (point * signs[code] >= 0).all():
                    points[code] = point
                    continue
            if step == 0 or found is None or not low[code] < lam[code] < high[code]:
                lam[code] = (low[code] + high[code]) / 2
            again.append(code)
        open_ = np.array(again, dtype=np.intp)
        if not open_.size:
            return points
        signs[open_] = lasso.minimiser_signs(gram, targets[open_], lam[open_])
        for code in open_:
            point = _point(gram, targets[code], lam[code], signs[code])
            residual = energies[code] - 2 * targets[code] @ point + point @ gram @ point
            ends = low if residual <= eps[code] ** 2 else high
            ends[code] = lam[code]
    signs[open_] = lasso.minimiser_signs(gram, targets[open_], low[open_])
    for code in open_:
        points[code] = _point(gram, targets[code], low[code], signs[code])
    return points


def _point(gram: FloatArray, target: FloatArray, lam: float, signs: FloatArray) -> FloatArray:
    point, used = np.zeros(len(target)), np.flatnonzero(signs)
    inner = gram[np.ix_(used, used)]
    point[used] = np.linalg.lstsq(inner, target[used] - lam * signs[used])[0]
    return point


def _weight(
    gram: FloatArray, target: FloatArray, energy: float, eps: float, signs: FloatArray
) -> tuple[float, FloatArray] | None:
    """Weight at which the residual on a support has the norm ``eps``, and the point there."""
    used = np.flatnonzero(signs)
    try:
        both = np.linalg.solve(
            gram[np.ix_(used, used)], np.column_stack([target[used], signs[used]])
        )
    except np.linalg.LinAlgError:
        return None
    square = eps * eps - (energy - target[used] @ both[:, 0])
    growth = signs[used] @ both[:, 1]
    if square < 0 or growth <= 0:
        return None
    lam = float(np.sqrt(square / growth))
    point = np.zeros(len(target))
    point[used] = both[:, 0] - lam * both[:, 1]
    return lam, point


PROVIDERS = (plain("denoised", Estimate, denoised, SEED),)
