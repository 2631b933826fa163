"""How many layers of an unfolded network are enough, by ``rate.unfolded`` and ``rate.depth``."""

from __future__ import annotations

from dataclasses import dataclass

from theory.arithmetic import Ball
from theory.guarantees.dictionary import Version, rate
from theory.guarantees.figure import Figure, figure
from theory.guarantees.profile import Profile

SHOWN = 200
"""How many layers are kept."""

DEEPEST = 1_000_000
"""Up to which depth the recursion is followed."""

UP = 1 + 2.0**-50  # above the rounding of a product and a sum of nonnegative numbers


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
    >>> from theory.guarantees.profile import profile
    >>> from theory.instance import Dictionary
    >>> D = Dictionary([[1, 0, 3], [0, 1, 4]])
    >>> found = unfolded(profile(D), 1, amplitude=1, noise=0, tolerance=0.25)
    >>> found.q.value, found.depth
    (0.8, 7)
    """
    by_coherence, by_babel = d.coherence * (2 * sparsity - 1), rate(d, sparsity)
    closer = float(by_babel.upper) > float(by_coherence.upper)  # rounding alone can do that
    q, outside, version = (
        (by_coherence, d.coherence * sparsity, "coherence")
        if closer
        else (by_babel, d.sums(sparsity), "babel")
    )
    factor, off = float(q.upper), float(outside.upper)
    bounds, thresholds = [float(amplitude)], []
    bound, depth, reason = float(amplitude), 0, None
    if factor >= 1:
        reason = f"the rate is at least 1 at sparsity {sparsity}"
    elif float((2 * Ball.of(noise) / (1 - q)).upper) >= tolerance:
        reason = "2 nu / (1 - q) is not below the tolerance"
    while reason is None and bound > tolerance:
        depth, threshold = depth + 1, (off * bound + noise) * UP
        bound = (factor * bound + 2 * noise) * UP
        if depth <= SHOWN:
            bounds.append(bound)
            thresholds.append(threshold)
        if depth == DEEPEST:
            reason = f"more than {DEEPEST} layers"
    return Depth(
        sparsity,
        "coherence" if version == "coherence" else "babel",
        figure(q, "upper", "rate.unfolded"),
        depth if reason is None else None,
        reason,
        tuple(bounds),
        tuple(thresholds),
    )
