"""How many layers of an unfolded network are enough, by ``rate.unfolded`` and ``rate.depth``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sparsebound.theory.analysis.unfolding import RowSums, row_sums
from sparsebound.theory.analysis.unfolding_rates import exact_rate
from sparsebound.theory.arithmetic import Ball
from sparsebound.theory.guarantees.dictionary import codes
from sparsebound.theory.guarantees.figure import Figure, figure
from sparsebound.theory.guarantees.profile import Profile
from sparsebound.theory.promise import Version

SHOWN = 200
"""How many layers are followed one by one, and kept."""

DEEPEST = 1_000_000
"""Up to which depth a tolerance is looked for."""

BEYOND = f"it is not known whether {DEEPEST} layers are enough"

UP = 1 + 2.0**-50
"""Above the rounding of a threshold, and of the bound after a layer."""


@dataclass(frozen=True)
class Depth:
    """The certified rate, and the layers that a tolerance takes.

    Attributes
    ----------
    sparsity : int
        Of the codes; amplitudes and errors are those of the coefficients of normalised atoms.
    version : str
        Which bound of the row sums is the smaller one.
    q : Figure
        The rate.
    depth : int or None
        Layers that surely suffice.
    reason : str or None
        Why there is no depth.
    bounds, thresholds : tuple of float
        ``b_0, ...`` and ``theta_0, ...``, at most 200 of them.
    """

    sparsity: int
    version: Version
    q: Figure
    depth: int | None
    reason: str | None
    bounds: tuple[float, ...]
    thresholds: tuple[float, ...]


def unfolded(
    d: Profile, sparsity: int, *, amplitude: float, noise: float, tolerance: float
) -> Depth:
    """Follow the recursion of the master theorem to a tolerance, with ``W = D``.

    Parameters
    ----------
    d : Profile
        Of the dictionary.
    sparsity : int
        Nonzeros of the codes.
    amplitude, noise, tolerance : float
        ``B >= ||x||_inf``, ``nu >= ||D^T e||_inf``, and the error that is wanted.

    Examples
    --------
    >>> from sparsebound.theory.guarantees.profile import profile
    >>> from sparsebound.theory.instance import Dictionary
    >>> D = Dictionary([[1, 0, 3], [0, 1, 4]])
    >>> found = unfolded(profile(D), 1, amplitude=1, noise=0, tolerance=0.25)
    >>> found.q.value, found.depth
    (0.8, 7)
    """
    version, q, sums = _smaller_rate(d, sparsity)
    bounds, thresholds = [float(amplitude)], []
    depth, reason = 0, None
    if not float(q.upper) < 1:
        known = "at least 1" if float(q.lower) >= 1 else "not known to be below 1"
        reason = f"the rate is {known} at sparsity {sparsity}"
    elif not float(_limit(q, noise).upper) < tolerance:
        known = (
            "not below" if float(_limit(q, noise).lower) >= tolerance else "not known to be below"
        )
        reason = f"2 nu / (1 - q) is {known} the tolerance"
    while reason is None and bounds[-1] > tolerance and depth < SHOWN:
        bound = Ball(bounds[-1])
        threshold = float(Ball.of(sums.off_support(bound, 0, noise)).upper[0])
        after = Ball.of(sums.on_support(bound, 0, Ball(noise) + threshold))
        bounds.append(float(after.upper[0]))
        thresholds.append(threshold)
        depth += 1
    if reason is None and bounds[-1] > tolerance:
        more = _more_layers(q, bounds[-1], noise, tolerance, DEEPEST - depth)
        depth, reason = depth + more, BEYOND if more == 0 else None
    return Depth(
        sparsity,
        version,
        figure(q, "upper", "rate.depth"),
        depth if reason is None else None,
        reason,
        tuple(bounds),
        tuple(thresholds),
    )


def _smaller_rate(d: Profile, sparsity: int) -> tuple[Version, Ball, RowSums]:
    """The rate, and the row sums that it is made of, of the version in which it is smaller."""

    def found(version: Version) -> tuple[Version, Ball, RowSums]:
        asked = codes(d, version, [sparsity])
        return version, cast(Ball, exact_rate(asked, None).q)[0], row_sums(asked, None)

    versions: tuple[Version, ...] = ("babel", "coherence")  # which may be equal, but for rounding
    return min(map(found, versions), key=lambda version: float(version[1].upper))


def _limit(q: Ball, noise: float) -> Ball:
    """Where the bound ends: ``2 nu / (1 - q)``."""
    return 2 * Ball(noise) / (1 - q)


def _more_layers(q: Ball, bound: float, noise: float, tolerance: float, most: int) -> int:
    """First K with ``c + q^K (b - c) <= tol``, ``c = 2 nu / (1 - q)``; 0 if it is above ``most``.

    What rounding thresholds up adds to a layer is in the rate and in the noise.
    """
    upper = Ball(float(q.upper)) * UP
    level = _limit(upper, noise * UP)

    def within(layers: int) -> bool:
        left = tolerance - (level + _power(upper, layers) * (bound - level))
        return int(left.sign) in (0, 1)

    low, high = 0, most + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if within(middle) else (middle, high)
    return 0 if high > most else high


def _power(base: Ball, exponent: int) -> Ball:
    result = Ball(1)
    for digit in bin(exponent)[2:]:
        result = result * result
        result = result * base if digit == "1" else result
    return result
