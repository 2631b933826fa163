"""Steps of dictionary learning, taken in float64, from starts that make theorems on them hard.

As in :mod:`sparsebound.checks.oracles.training`.
"""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.adversaries import ROOM, in_turns
from sparsebound.checks.oracles.training import generators, multiples, said, units
from sparsebound.checks.provider import SEED, plain
from sparsebound.theory.analysis.training import is_orthogonal
from sparsebound.theory.arithmetic import FloatArray, Mask
from sparsebound.theory.evidence import AlternatingStep, BlockStep, LearningStep, NearbyBasis
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import babel

BOUNDS = (1.0, 1.0, 1.25, 2.0)
"""Inverse steps, relative to the least ones that are allowed; in turns."""
SIGNED_START = (False, False, True)
"""Whether a code may have signs; in turns."""
TOKEN = (False, True)
"""Whether a token is both signal and start, where it can be; in turns."""
HOSTILE = (True, True, False)
"""Whether atoms are tilted against one of the samples; in turns."""
TILTS = (1 - 2.0**-10, 1 / 2, 1 - 2.0**-6, 1 / 4)
"""Tilts, relative to the basin; in turns."""
SINGLE = (8.0, 2.0, 0.25, 4.0)
"""Sizes of samples on single atoms; in turns."""
NEARNESS = (1.0, 0.25, 2.0**-8)
"""How near bases are, relative to what is near enough; in turns."""


def alternating_step(given: Posed) -> AlternatingStep:
    """Take one round on two samples: the code of the instance, and another one.

    Examples
    --------
    >>> from sparsebound.theory.extremal.training import atoms_at_the_border
    >>> alternating_step(atoms_at_the_border(1)).new_codes
    array([[[10.]]])
    """
    experiment = posed(given)
    instance, draws = experiment.codes, generators(experiment)
    D, (m, n) = instance.D.data, instance.D.shape
    few = (np.rint(D * 2.0**12) == D * 2.0**12).all()  # digits: then norms are exact
    largest = float(instance.D.norms.mid.max()) * (1.0 if few else ROOM)
    inside = 2.0 ** np.floor(-np.log2(largest))
    if inside * largest > 1:
        inside /= 2
    scale = said(experiment, "scale", np.full(len(draws), inside))
    unit = 2.0 ** np.rint(-np.log2(inside))
    first, rest = (values[:, None] for values in (instance.X, instance.Y.mid))
    near = np.concatenate([first, multiples(draws, -4, 4, (1, n), 1 / 4)], axis=1) * unit
    near += multiples(draws, -4, 4, (2, n), 1 / 8) * unit
    seen = np.concatenate([rest, multiples(draws, -16, 16, (1, m), 1 / 8)], axis=1)
    codes, signals = said(experiment, "codes", near), said(experiment, "signals", seen)
    lam = said(experiment, "lam", multiples(draws, 0, 8, (), 1 / 16))
    square = float(np.linalg.norm(D, 2)) ** 2
    shares = np.array(in_turns(BOUNDS, instance.place))
    code_bound = said(experiment, "code_bound", _above(square * scale**2 * shares))
    atoms = D * scale[:, None, None]
    turned = np.swapaxes(atoms, 1, 2)
    step = codes + (signals - codes @ turned) @ atoms / code_bound[:, None, None]
    level = (lam / code_bound)[:, None, None]
    new_codes = np.sign(step) * np.maximum(abs(step) - level, 0.0)
    norms = np.linalg.norm(new_codes, 2, axis=(1, 2)) ** 2
    atom_bound = said(experiment, "atom_bound", _above(np.maximum(norms * shares, 2.0**-10)))
    change = np.swapaxes(signals - new_codes @ turned, 1, 2) @ new_codes
    moved = atoms + change / atom_bound[:, None, None]
    sizes = np.sqrt((moved * moved).sum(axis=1, keepdims=True))
    new_atoms = moved / np.maximum(sizes, 1.0)
    return AlternatingStep(scale, codes, signals, lam, code_bound, atom_bound, new_codes, new_atoms)


def _above(values: FloatArray) -> FloatArray:
    """Round up to some digits; a little more, so that arithmetic sees that it is above."""
    unit = 2.0 ** (np.floor(np.log2(values)) - 10)
    return np.asarray(np.ceil(values * ROOM / unit) * unit)


def block_step(given: Posed) -> BlockStep:
    """Run one block: on a code without signs, or on one with signs; on a token alone, in turns.

    Examples
    --------
    >>> from sparsebound.theory.extremal.training import token_above
    >>> block_step(token_above(1)).output
    array([[10.]])
    """
    experiment = posed(given)
    instance, draws = experiment.codes, generators(experiment)
    D, (m, n) = instance.D.data, instance.D.shape
    start = instance.X + multiples(draws, -4, 4, (n,), 1 / 8)
    signed = np.array(in_turns(SIGNED_START, instance.place), dtype=bool)
    start = said(experiment, "start", np.where(signed[:, None], start, abs(start)))
    signals = instance.Y.mid
    if m == n:
        token = np.array(in_turns(TOKEN, instance.place), dtype=bool)
        signals = np.where(token[:, None], start, signals)
    signals = said(experiment, "signals", signals)
    square = float(np.linalg.norm(D, 2)) ** 2
    shares = np.array(in_turns(BOUNDS, instance.place))
    gamma = said(experiment, "gamma", 1 / _short_above(square * shares))
    lam = said(experiment, "lam", multiples(draws, 0, 8, (), 1 / 4))
    pull = (signals - start @ D.T) @ D
    output = np.maximum(start + gamma[:, None] * (pull - lam[:, None]), 0.0)
    rival = said(experiment, "rival", abs(instance.X) + multiples(draws, 0, 1, (n,), 1 / 4))
    return BlockStep(signals, start, gamma, lam, output, rival)


def _short_above(values: FloatArray) -> FloatArray:
    """Numbers above these ones whose inverses have few digits."""
    inverse = 1 / (values * ROOM)
    unit = 2.0 ** (np.floor(np.log2(inverse)) - 10)
    return np.asarray(1 / (np.floor(inverse / unit) * unit))


def learning_step(given: Posed) -> LearningStep:
    """Take one step from atoms that are tilted against one of the samples, or anywhere.

    Samples have the moduli of the code in all signs that cancel, on shifts of its support that use
    every atom; where atoms are coherent, moduli are as equal as can be, on its own support.

    Examples
    --------
    >>> from sparsebound.theory.extremal.training import samples_of_one_sign
    >>> learning_step(samples_of_one_sign(1)).updated
    array([[[1., 1.],
            [1., 1.]]])
    """
    experiment = posed(given)
    instance, draws = experiment.codes, generators(experiment)
    D, coherent = instance.D.data, not is_orthogonal(instance.D)
    codes, tilted = [], []
    hostile, shares = in_turns(HOSTILE, instance.place), in_turns(TILTS, instance.place)
    for code, draw, worst, share in zip(instance.X, draws, hostile, shares, strict=True):
        if coherent:
            code = np.where(code != 0, _grid(1 / instance.D.norms.mid), 0.0)  # noqa: PLW2901
        sample = _cancelling(code, draw, spread=not coherent)
        codes.append(sample)
        tilts = _tilts(instance, sample[0], draw, worst=worst, share=share)
        tilted.append(np.asarray(D @ tilts))
    count = max((len(sample) for sample in codes), default=0)
    padded = [np.pad(sample, ((0, count - len(sample)), (0, 0))) for sample in codes]
    shape = (len(codes), count, D.shape[1])
    samples = said(experiment, "samples", np.array(padded).reshape(shape))
    starts = said(experiment, "tilted", np.array(tilted).reshape(len(codes), *D.shape))
    return LearningStep(samples, starts, _signed_means(D, samples, starts))


def _grid(values: FloatArray) -> FloatArray:
    """Round to multiples of 1/2048 of a power of two that is at least one of them, by integers."""
    largest = 2.0 ** np.ceil(np.log2(values.max()))
    return np.asarray(np.rint(values / largest * 2048))


def _cancelling(code: FloatArray, draw: np.random.Generator, *, spread: bool) -> FloatArray:
    """Moduli of a code in signs that cancel, on shifts of its support; (N, n)."""
    n, on = len(code), np.flatnonzero(code)
    order = 1
    patterns: FloatArray = np.ones((1, 1))
    while order < len(on):
        patterns = np.asarray(np.kron(patterns, np.array([[1.0, 1.0], [1.0, -1.0]])))
        order *= 2
    patterns = patterns[:, : len(on)] * draw.choice([-1.0, 1.0], len(on)) * abs(code[on])
    found: list[FloatArray] = []
    used = np.zeros(n, dtype=bool)
    for shift in range(n if spread else 1):
        places = (on + shift) % n
        if not used[places].all() or not found:
            sample = np.zeros((order, n))
            sample[:, places] = patterns
            used[places] = True
            found.append(sample)
    return np.concatenate(found)


def _tilts(
    instance: Instance, x: FloatArray, draw: np.random.Generator, *, worst: bool, share: float
) -> FloatArray:
    """Coordinates of tilted atoms, within a share of what is allowed; (n, n)."""
    n, gram = len(x), instance.D.raw_gram.mid
    towards = np.repeat(x[:, None], n, axis=1) if worst else draw.integers(-4, 5, (n, n)) * 1.0
    towards = np.where(worst & (x != 0), -np.where(x < 0, -1.0, 1.0), 1.0) * towards
    towards = towards * (1 - np.eye(n))
    along = (gram * towards).sum(axis=0)  # with a sign so that angles get no larger by it
    towards = towards * np.where(along < 0, -1.0, 1.0)
    along, squares = abs(along), np.diag(gram)
    lengths = (towards * (gram @ towards)).sum(axis=0) - along**2 / squares
    tangents = np.sqrt(np.maximum(lengths, 0.0) / squares)
    sizes = abs(x * instance.D.norms.mid)
    c, C, s = sizes[x != 0].min(initial=np.inf), sizes.max(initial=0.0), np.count_nonzero(x)
    if not s:
        return np.eye(n)
    limit = c / (C * np.sqrt(s - 1) + np.sqrt(c**2 + (s - 1) * C**2))
    if not is_orthogonal(instance.D):
        near, far = (float(babel(instance.D, k).mid) for k in (s - 1, s))
        limit = max(c - C * (near + far), 0.0) / (2 * C * np.sqrt(s * (1 + near)))
    amounts = share * limit / np.where(tangents > 0, tangents, 1.0)
    unit = 2.0 ** (np.floor(np.log2(np.where(amounts > 0, amounts, 1.0))) - 12)
    return np.asarray(np.eye(n) + np.floor(amounts / unit) * unit * towards)


def _signed_means(D: FloatArray, samples: FloatArray, tilted: FloatArray) -> FloatArray:
    """The step itself: the largest inner products of each sample, and their signs."""
    signals = samples @ D.T
    pulls = signals @ tilted / np.sqrt((tilted * tilted).sum(axis=1, keepdims=True))
    count = (samples != 0).sum(axis=-1, keepdims=True)
    order = np.argsort(-abs(pulls), axis=-1, kind="stable")
    chosen = np.zeros(pulls.shape, dtype=bool)
    np.put_along_axis(chosen, order, np.arange(pulls.shape[-1]) < count, axis=-1)
    return np.asarray(np.swapaxes(signals, 1, 2) @ (np.sign(pulls) * chosen))


def nearby_basis(given: Posed) -> NearbyBasis:
    """Choose samples, many of them on single atoms or few, and a basis near that of the instance.

    Of a basis that is no minimum, the neighbour lies in a direction of descent.

    Examples
    --------
    >>> from sparsebound.theory.extremal.training import almost_a_minimum
    >>> nearby_basis(almost_a_minimum(1)).moved
    array([[[0.   , 0.016],
            [0.   , 0.   ]]])
    """
    experiment = posed(given)
    instance, draws = experiment.codes, generators(experiment)
    n = instance.X.shape[1]
    sizes = said(experiment, "single", np.array(in_turns(SINGLE, instance.place)))
    single = sizes[:, None, None] * np.eye(n)
    size = units(instance.X)[:, None]
    dense = multiples(draws, -8, 8, (2, n), 1 / 8) * size
    samples = np.concatenate([instance.X[:, None], dense, single * size], axis=1)
    gram, eye = instance.D.gram.mid, np.eye(n)
    on, sums = samples != 0, abs(samples).sum(axis=1)
    u = np.swapaxes(np.sign(samples), 1, 2) @ samples - gram * sums[:, None]
    u = u * (1 - eye)
    weights = np.ones(samples.shape[:2])
    bounds = _least_bounds(samples, u)
    minimum: Mask = np.asarray((bounds < 1).all(axis=1))
    anywhere = multiples(draws, -4, 4, (n, n), 1 / 4) * (1 - eye)
    anywhere[:, 0, 1:2] += (abs(anywhere).sum(axis=(1, 2)) == 0)[:, None]
    largest = abs(u).max(axis=2, keepdims=True, initial=0.0)
    steep = np.rint(8 * u / np.where(largest > 0, largest, 1.0)) / 8
    pulls = abs(steep @ np.swapaxes(samples, 1, 2)) * ~np.swapaxes(on, 1, 2)
    gains = (steep * u).sum(axis=2) - pulls.sum(axis=2)
    steepest = gains == gains.max(axis=1, keepdims=True, initial=-np.inf)
    moved = np.where(minimum[:, None, None], anywhere, steep * steepest[..., None])
    share = np.array(in_turns(NEARNESS, instance.place))
    moved = moved * _near(samples, u, bounds, moved, minimum, share)[:, None, None]
    if experiment.get("samples", None) is None:
        return NearbyBasis(samples, weights, moved, minimum)
    names = ("samples", "weights", "moved", "minimum")
    return NearbyBasis(*(said(experiment, name, None) for name in names))


def _least_bounds(samples: FloatArray, u: FloatArray) -> FloatArray:
    """Largest coefficient of the least solution for each atom, infinite without any; (B, n)."""
    batch, _, n = samples.shape
    found = np.full((batch, n), np.inf)
    for j in range(n):
        others = np.delete(np.arange(n), j)
        parts = samples[:, :, others] * (samples[:, :, j] == 0)[..., None]
        matrix = np.swapaxes(parts, 1, 2) @ parts
        values = np.linalg.eigvalsh(matrix)
        regular = values[:, 0] > 2.0**-30 * values[:, -1] if n > 1 else np.ones(batch, dtype=bool)
        inverse = np.linalg.inv(matrix[regular])
        e = parts[regular] @ (inverse @ u[regular][:, j, others, None])
        found[regular, j] = abs(e).max(axis=(1, 2), initial=0.0)
    return found


def _near(
    samples: FloatArray,
    u: FloatArray,
    bounds: FloatArray,
    moved: FloatArray,
    minimum: Mask,
    share: FloatArray,
) -> FloatArray:
    """How much of a direction is so little that the first order decides; powers of two, mostly."""
    rows = np.swapaxes(samples, 1, 2)
    change, lengths, sums = abs(moved @ rows), abs(moved).sum(axis=1), abs(rows).sum(axis=2)
    off = rows == 0
    moduli = (change * off).sum(axis=2)
    slope = moduli.sum(axis=1) - (moved * u).sum(axis=(1, 2))
    gains = ((1 - np.where(np.isfinite(bounds), bounds, 1.0)) * moduli).sum(axis=1)
    first = np.where(minimum, gains, -slope)
    twice = abs(moved) @ (abs(moved) @ abs(rows))
    rest = (lengths**2 * sums + lengths * change.sum(axis=2) + twice.sum(axis=2)).sum(axis=1)
    most = np.where((first > 0) & (rest > 0), first / np.where(rest > 0, rest, 1.0), 2.0**-20)
    turns = np.where(off, 0.0, change) / np.where(off, 1.0, abs(rows))
    most = np.minimum(most, 1 / np.maximum(turns.max(axis=(1, 2), initial=0.0), 1.0))
    most = np.minimum(share * most / (1 + 2 * most), 0.25 / np.maximum(lengths.max(axis=1), 1.0))
    unit = 2.0 ** (np.floor(np.log2(most)) - 5)
    return np.asarray(np.floor(most / unit) * unit)


PROVIDERS = (
    plain("alternating_step", AlternatingStep, alternating_step, SEED),
    plain("block_step", BlockStep, block_step, SEED),
    plain("learning_step", LearningStep, learning_step, SEED),
    plain("nearby_basis", NearbyBasis, nearby_basis, SEED),
)
