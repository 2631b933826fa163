"""Noise and codes that make the theorems on stability hard: what a malicious world would choose.

Whatever is chosen here is plain data; the theorems compute themselves whether it satisfies their
premises. Choices depend on a code, on its place, by which kinds of problems take turns, and on the
seed that the settings name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

import numpy as np

from sparsebound.checks.algorithms.stopped_pursuit import stopped_pursuit
from sparsebound.checks.calls import Call
from sparsebound.checks.provider import SEED, plain
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask, Number
from sparsebound.theory.evidence import Estimate, StoppedPursuit
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import coherence, local_sparsity, neighbours
from sparsebound.theory.quantities.distances import residual_energy

T = TypeVar("T")

ROOM = 1 + 2.0**-30
"""What a bound on an irrational norm exceeds it by, so that float64 can confirm it."""
DIGITS = 12
"""Binary digits of chosen codes, relative to the largest entry: exact arithmetic stays quick."""


SHARES = (1 - 2**-6, 1 / 2, 1 - 2**-6, 1 / 4, 1 - 2**-6, 1 - 2**-10, 1 - 2**-6, 1 + 2**-4)
"""Noise relative to what the theorem on pursuits allows, in turns; the last is too much."""
HARMLESS = (False, False, False, True)
"""Whether another code, or noise, is any one instead of the worst; in turns."""


def generator(experiment: Experiment, place: int) -> np.random.Generator:
    """Random numbers for the code at a place, whatever other codes are there."""
    return np.random.default_rng(_seeds(SEED.of(experiment), int(place)))


@lru_cache(maxsize=64)
def _seeds(seed: int, place: int) -> np.random.SeedSequence:
    """Mix a seed and a place, once for all recipes of a block."""
    return np.random.SeedSequence([seed, place])


def in_turns(options: Sequence[T], place: IntArray) -> list[T]:
    """Deal options out to codes, by their places, whatever codes are there.

    Examples
    --------
    >>> in_turns("abc", np.array([0, 4, 2]))
    ['a', 'b', 'c']
    """
    return [options[number % len(options)] for number in place]


def norm_bound(*energies: Number) -> FloatArray:
    """Bound the largest root of numbers from above, exactly where they are short; shape (B,).

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> norm_bound(Ball.of([9.0, 2.0]), Ball.of([4.0, 1.0])) - [3, 1.41421356]
    array([0.00000000e+00, 3.7e-09])
    """
    roots = [energy.sqrt() for energy in energies]
    bounds = [np.where(root.rad == 0, root.mid, (root.mid + root.rad) * ROOM) for root in roots]
    return np.asarray(np.max(bounds, axis=0))


def short(values: FloatArray) -> FloatArray:
    """Round to ``DIGITS`` binary digits relative to the largest entry.

    Examples
    --------
    >>> short(np.array([-3 + 1e-15, 1 / 3]))
    array([-3.        , 0.333])
    """
    largest = np.abs(values).max(initial=0.0)
    if largest == 0 or not np.isfinite(largest):
        return np.zeros_like(values)
    unit = 2.0 ** (np.frexp(largest)[1] - DIGITS)
    return np.asarray(np.rint(values / unit) * unit)


def pairs(given: Posed) -> Estimate:
    """For each code another one with as many nonzeros, and a signal between the two.

    The other one is that of least ``||D (x - z)|| / ||x - z||`` on the atoms that correlate most
    with the support; it is random for every fourth code.

    Parameters
    ----------
    given : Experiment or Instance
        B codes.

    Returns
    -------
    Estimate

    Examples
    --------
    >>> found = pairs(Instance([[1, 1], [2, -2]], [[1, 0]]))
    >>> found.points, found.signals, found.eps
    (array([[ 0., -1.]]), array([[0., 2.]]), array([1.]))
    """
    return _pairs(posed(given), local=False)


def local_pairs(given: Posed) -> Estimate:
    """Do the same with codes of the same local sparsity."""
    return _pairs(posed(given), local=True)


def _pairs(experiment: Experiment, *, local: bool) -> Estimate:
    instance = experiment.codes
    gram, norms = instance.D.gram.mid, instance.D.norms.mid
    points = np.zeros(instance.X.shape)
    turns = in_turns(HARMLESS, instance.place)
    for index, (code, support) in enumerate(zip(instance.X, instance.support, strict=True)):
        if not support.any():
            continue
        rng = generator(experiment, instance.place[index])
        harmless = turns[index]
        strength = np.abs(gram[:, support]).sum(axis=1)
        strength = rng.permutation(len(code)) + 1.0 if harmless else strength
        order = np.argsort(np.where(support, np.inf, -strength), kind="stable")
        free = order[: len(code) - int(support.sum())]
        if local:
            chosen = _locally_sparse(instance, free, int(local_sparsity(instance.D, support)))
        else:
            chosen = free[: int(support.sum())]
        if harmless:
            entries = np.zeros(len(code))
            entries[chosen] = rng.integers(-8, 9, len(chosen)) / 8
        else:
            entries = _nearest(gram, code * norms, support, chosen)
        points[index] = short(entries / norms)
    signals = (instance.X + points) @ instance.D.data.T / 2
    energies = (residual_energy(instance, signals, codes) for codes in (instance.X, points))
    return Estimate(signals, points, norm_bound(*energies))


def _locally_sparse(instance: Instance, order: IntArray, limit: int) -> IntArray:
    """Take atoms in order as long as at most ``limit`` of them meet one atom."""
    meets, chosen = neighbours(instance.D), []
    count = np.zeros(len(meets), dtype=np.int64)
    for atom in order:
        if (count + meets[:, atom]).max() <= limit:
            count += meets[:, atom]
            chosen.append(atom)
    return np.array(chosen, dtype=np.int64)


def _nearest(gram: FloatArray, x: FloatArray, support: Mask, chosen: IntArray) -> FloatArray:
    """Find ``z`` on the chosen atoms with the least ``||D (x - z)|| / ||x - z||``; unit atoms."""
    z = np.zeros(len(x))
    if not chosen.size:  # every atom is in use: move along the worst direction of them all
        used = np.flatnonzero(support)
        _, vectors = np.linalg.eigh(gram[np.ix_(used, used)])
        z[used] = x[used] + np.linalg.norm(x) * vectors[:, 0]
        return z
    size = np.linalg.norm(x)
    frame = np.zeros((len(x), 1 + len(chosen)))
    frame[:, 0] = x / size
    frame[chosen, 1 + np.arange(len(chosen))] = 1.0
    _, vectors = np.linalg.eigh(frame.T @ gram @ frame)
    share = vectors[0, 0]
    if abs(share) > 1e-6:
        z[chosen] = -vectors[1:, 0] / share * size
    return z


def pursuits(given: Posed) -> StoppedPursuit:
    """Run the stopped pursuit on noisy signals; the noise is that of the instance if it has any.

    Otherwise it is chosen: against the smallest entry, towards the atom that correlates most
    with the support, along the direction in which the atoms of the support are most dependent,
    or at random; of a norm at which the theorem on it just applies, for most codes.

    Parameters
    ----------
    given : Experiment or Instance
        B codes.

    Returns
    -------
    StoppedPursuit

    Examples
    --------
    >>> found = pursuits(Instance([[1, 0], [0, 1]], [[5, 0]], [[0, -1]]))
    >>> found.picks, found.eps
    (array([[0]]), array([1.]))
    """
    experiment = posed(given)
    instance = experiment.codes
    noisy = np.asarray(instance.E.any(axis=1))
    noise = np.where(noisy[:, None], instance.E, _hostile_noise(experiment, noisy))
    signals = instance.X @ instance.D.data.T + noise
    eps = norm_bound(residual_energy(instance, signals, instance.X))
    most = instance.sparsity + 2
    run = stopped_pursuit(instance.D, signals, eps, int(most.max(initial=0)))
    within = np.arange(run.picks.shape[1]) < most[:, None]
    return replace(run, picks=np.where(within, run.picks, -1))


def _hostile_noise(experiment: Experiment, skip: Mask) -> FloatArray:
    instance = experiment.codes
    atoms, gram = instance.D.data / instance.D.norms.mid, instance.D.gram.mid
    sizes, mu = np.abs(instance.unit_codes.mid), float(coherence(instance.D).mid)
    noise, shares = np.zeros(instance.E.shape), in_turns(SHARES, instance.place)
    for index, support in enumerate(instance.support):
        room = 1 - (2 * int(support.sum()) - 1) * mu
        if skip[index] or room <= 0 or not support.any():
            continue
        rng = generator(experiment, instance.place[index])
        used = np.flatnonzero(support)
        kind = rng.integers(4)
        if kind == 0:
            weakest = used[np.argmin(sizes[index, used])]
            direction = -np.sign(instance.X[index, weakest]) * atoms[:, weakest]
        elif kind == 1 and not support.all():
            strength = np.where(support, -1.0, np.abs(gram[:, used]).sum(axis=1))
            direction = atoms[:, np.argmax(strength)]
        elif kind == 2:
            _, vectors = np.linalg.eigh(gram[np.ix_(used, used)])
            direction = atoms[:, used] @ vectors[:, 0]
        else:
            direction = rng.standard_normal(atoms.shape[0])
        size = np.linalg.norm(direction)
        largest = sizes[index, used].min() * room / 2
        noise[index] = shares[index] * largest * direction / size if size > 0 else 0.0
    return noise


def _supplied_pursuit(call: Call, experiment: Experiment) -> StoppedPursuit:
    noisy = pursuits(experiment)
    given = {"D": experiment.codes.D.data, "Y": noisy.signals, "eps": noisy.eps}
    found = call.pursued(**given)
    return replace(
        noisy, picks=found.picks, dtype=found.dtype, ordered=found.ordered, power=found.power
    )


PROVIDERS = (
    plain("pair", Estimate, pairs, SEED),
    plain("local_pair", Estimate, local_pairs, SEED),
    plain(
        "stopped_pursuit",
        StoppedPursuit,
        pursuits,
        SEED,
        supply=_supplied_pursuit,
        asks="D, Y, eps -> picks (B, any), points (B, n), or both",
    ),
)
