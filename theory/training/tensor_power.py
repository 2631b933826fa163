r"""Fourth moments make receptive fields: each becomes an atom, at a cubic rate.

Problem: codes of ``n >= 2`` orthogonal atoms of equal norms, written here as if these were 1, for
instance all shifts of one filter. Their fourth moments are those of independent entries of mean 0
and variance ``v``: ``E x_i^2 x_j^2 = v^2``, and 0 for ``x_i^3 x_j``, ``x_i^2 x_j x_k``,
``x_i x_j x_k x_l``, all indices distinct. ``c_i = E x_i^4 - 3 v^2``. A unit has the weights
``w = sum_i a_i d_i``, and a step is ``w' = E <w, y>^3 y - 3 v^2 ||w||^2 w``, divided by anything.

Claim: (a) ``w' = sum_i c_i a_i^3 d_i``, so all ratios of the ``|c_i|^{1/2} |a_i|`` are cubed in
every step. (b) If some ``c_i a_i != 0``, ``w' != 0``. (c) If all ``c_i`` are equal and not 0, and
``r < 1`` is the largest ``|a_i|`` but one, over the largest, then after ``k`` steps the tangent
``t`` of the angle to the line of that atom has ``t <= (n-1)^{1/2} r^{3^k}``. Data with the fourth
moments of a Gaussian, ``c_i = 0``, single out no direction at all.

Why: in ``E (sum_i a_i x_i)^3 x_j`` what is left are ``a_j^3 E x_j^4`` and
``3 a_j sum_{i != j} a_i^2 v^2``, which is ``3 v^2 ||a||^2 a_j - 3 v^2 a_j^3``. The rest by
induction; in (c) each of the ``n - 1`` other coordinates is at most ``r^{3^k}`` of the largest.

Sharp: all other coordinates of the start are equal.

Source: stated and proved independently, in the setting of Ingrosso, Goldt 2022.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> decide(THEOREM, experiment, {"power_step": experiment.settings["power_step"]}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sparsebound.theory.analysis.training import power, rounding
from sparsebound.theory.arithmetic import FloatArray, Mask, Number
from sparsebound.theory.evidence.steps import PowerStep
from sparsebound.theory.extremal.steps import (
    entries_0_and_2,
    entries_with_gaussian_moments,
    equal_other_coordinates,
    one_entry_at_a_time,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import of_evidence
from sparsebound.theory.sources import INDEPENDENT, INGROSSO_GOLDT_2022
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


class Moments(NamedTuple):
    """Means over all samples.

    Attributes
    ----------
    gram : Number, shape (B, F, F)
        Inner products of the atoms, relative to the squared norm of the first one,
    size : Number, shape (B, 1)
        which is this.
    shares : Number, shape (B, P)
        Of each sample.
    variance : Number, shape (B, 1)
        ``v``, of the first entry.
    fourth : Number, shape (B, Q, Q)
        ``E x_i x_j x_k x_l``, for the Q pairs ``i <= j``.
    excess : Number, shape (B, F)
        ``c_i``.
    """

    gram: Number
    size: Number
    shares: Number
    variance: Number
    fourth: Number
    excess: Number


def premises(
    instance: Instance, power_step: PowerStep, *, odd: bool = True, even: bool = True
) -> Iterator[Premise]:
    """Orthogonal atoms of equal norms, and the moments of independent entries."""
    yield Premise("2 <= n", 2, instance.D.shape[1], strict=False)
    yield Premise("0 <= counts", 0, power_step.counts, strict=False)
    yield Premise("0 < sum of the counts", 0, power_step.counts.sum(axis=1))
    found, squares = _moments(instance, power_step), _squares(power_step.start.shape[1])
    same = np.eye(len(squares), dtype=bool)
    apart = abs(found.gram - np.eye(found.gram.shape[1])).max(-1).max(-1)
    yield Premise("atoms are orthogonal, of equal norms", apart, 0, strict=False)
    if even:
        v = found.variance.reshape(len(found.variance), 1, 1)
        largest = abs(found.fourth - v * v).where(same ^ squares, 0).max(-1).max(-1)
        yield Premise("E x_i^2 x_j^2 = v^2", largest, 0, strict=False)
    if odd:
        others = abs(found.fourth).where(~same & ~squares, 0).max(-1).max(-1)
        name = "E x_i^3 x_j = E x_i^2 x_j x_k = E x_i x_j x_k x_l = 0"
        yield Premise(name, others, 0, strict=False)


def claims(
    instance: Instance, power_step: PowerStep, *, base: int = 3, gaussian: bool = False
) -> Iterator[Claim]:
    """One step in the atoms' coordinates, that it is not 0, and the angle after two."""
    found, a = _moments(instance, power_step), instance.lift(power_step.start)
    batch, F = power_step.start.shape
    after = _step(instance, power_step, a)
    atoms = instance.D.atoms[:, power_step.atoms].swapaxes(0, 1)
    weights = (atoms @ after.reshape(batch, F, 1))[..., 0] * power(found.size, 3)
    error = abs(weights - power_step.stepped) - _allowed(instance, power_step)
    yield Claim("w' is the step, up to rounding", error.max(-1), 0, measured=False)
    apart = abs(after - found.excess * power(a, 3)).max(-1)
    yield Claim("w' = sum_i c_i a_i^3 d_i", apart, 0, measured=False)
    moves = (power_step.start != 0) & ((found.excess.sign != 0) | gaussian)
    square = (after * _seen(found, after)).sum(-1).where(moves.any(axis=1), 1)
    yield Claim("0 < ||w'|| where some c_i a_i != 0", 0, square, strict=True, measured=False)
    sizes = abs(power_step.start)
    top = np.arange(F) == sizes.argmax(axis=1)[:, None]
    largest, second = sizes.max(axis=1), np.where(top, 0.0, sizes).max(axis=1)
    alike = abs(found.excess - found.excess[:, :1]).max(-1).sign == 0
    asked = alike & (found.excess[:, 0].sign != 0) & (second < largest)
    ratio = instance.lift(second) / np.where(asked, largest, 1.0)
    for k in (1, 2):
        squares = after * after
        others, own = squares.where(~top, 0).sum(-1), squares.where(top, 0).sum(-1)
        bound = power(ratio * ratio, base**k) * (F - 1) * own
        name = f"t^2 <= (n - 1) r^{2 * 3**k} after k = {k}"
        yield Claim(name, others.where(asked, 0), bound.where(asked, 1))
        after = _step(instance, power_step, after)


def _squares(F: int) -> Mask:
    """Which pairs of pairs ``i <= j``, of F places, are of places taken twice; (Q, Q)."""
    first, second = np.triu_indices(F)
    twice = first == second
    return np.asarray(twice[:, None] & twice)


@of_evidence
def _moments(instance: Instance, power_step: PowerStep) -> Moments:
    samples = instance.lift(power_step.samples)
    batch, count, F = power_step.samples.shape
    chosen = power_step.atoms
    size = instance.D.squares[chosen[:, 0]].reshape(batch, 1)
    gram = instance.D.raw_gram[chosen[:, :, None], chosen[:, None, :]]
    gram = gram / size.reshape(batch, 1, 1)
    counts = instance.lift(power_step.counts)
    shares = counts / counts.sum(-1).reshape(batch, 1)
    first, second = np.triu_indices(F)
    products = samples[..., first] * samples[..., second]
    fourth = (products * shares.reshape(batch, count, 1)).swapaxes(1, 2) @ products
    places = np.flatnonzero(first == second)
    variance = (products[..., 0] * shares).sum(-1).reshape(batch, 1)
    excess = fourth[:, places, places] - variance * variance * 3
    return Moments(gram, size, shares, variance, fourth, excess)


def _seen(found: Moments, a: Number) -> Number:
    """Inner products of atoms with a combination of them; (B, F)."""
    return (found.gram @ a.reshape(*a.shape, 1))[..., 0]


def _step(instance: Instance, power_step: PowerStep, a: Number) -> Number:
    """Coordinates after the step, at norm 1; those as given are larger by its sixth power."""
    found, samples = _moments(instance, power_step), instance.lift(power_step.samples)
    batch, count, F = samples.shape
    inner = _seen(found, a)
    seen = (samples @ inner.reshape(batch, F, 1)).reshape(batch, 1, count)
    mean = ((power(seen, 3) * found.shares.reshape(batch, 1, count)) @ samples)[:, 0]
    square = (a * inner).sum(-1).reshape(batch, 1)
    return mean - a * square * (found.variance * found.variance) * 3


def _allowed(instance: Instance, power_step: PowerStep) -> FloatArray:
    """What rounding explains of each weight after a step."""
    D = np.swapaxes(abs(instance.D.data)[:, power_step.atoms], 0, 1)
    (_, count, F), m = power_step.samples.shape, instance.D.shape[0]
    with np.errstate(over="ignore", invalid="ignore"):  # then nothing is known
        w = np.einsum("bmf,bf->bm", D, abs(power_step.start))
        signals = np.einsum("bpf,bmf->bpm", abs(power_step.samples), D)
        share = power_step.counts / np.maximum(power_step.counts.sum(axis=1, keepdims=True), 1)
        seen = np.einsum("bpm,bm->bp", signals, w)
        mean = np.einsum("bp,bpm->bm", share * seen**3, signals)
        size = (D * D).sum(axis=(1, 2))[:, None]
        most = (abs(power_step.samples) ** 2).sum(axis=2).max(axis=1)[:, None]
        rest = 3 * (size * most) ** 2 * (w * w).sum(axis=1, keepdims=True) * w
        wide = (1 + seen.max(axis=1) + w.sum(axis=1))[:, None] ** 3
        wide = wide * (1 + signals.sum(axis=(1, 2)))[:, None] * (1 + size * most) ** 2
    return rounding(8 * (count + F + m) + 64, mean + rest, 64 * (count + F + m) * wide)


THEOREM = Theorem(
    title="Fourth moments make receptive fields",
    statement=r"d_i^T d_j = \delta_{ij}, \; E x_i^2 x_j^2 = v^2, \; E x_i^4 = 3 v^2 + c_i, \; "
    r"E x_i^3 x_j = E x_i^2 x_j x_k = E x_i x_j x_k x_l = 0, \; "
    r"w' = E \langle w, y \rangle^3 y - 3 v^2 \| w \|^2 w, \; w = \sum_i a_i d_i \implies "
    r"w' = \sum_i c_i a_i^3 d_i",
    names=("receptive fields", "ICA", "kurtosis", "tensor power method", "higher-order statistics"),
    source=INDEPENDENT & INGROSSO_GOLDT_2022,
    premises=premises,
    claims=claims,
    sharp=equal_other_coordinates,
    mutants=(
        Mutant("mean 0 dropped", {"odd": False, "even": False}, entries_0_and_2, smallest=(2, 2)),
        Mutant(
            "uncorrelated squares dropped", {"even": False}, one_entry_at_a_time, smallest=(2, 2)
        ),
        Mutant("3^k -> 4^k", {"base": 4}, smallest=(2, 2)),
        Mutant(
            "c_i != 0 dropped",
            {"gaussian": True},
            entries_with_gaussian_moments,
            smallest=(2, 2),
        ),
    ),
    enumerates=True,
    dictionaries=("orthonormal", "union_of_bases", "mutually_unbiased"),
)
