"""Uphill from an instance: its entries are moved to where lhs/rhs is larger.

Random draws come near many edges, and rarely to the worst case between them. From the worst
instance that was drawn, Powell's method moves the entries of the dictionary, of the code and of
the noise, one line after the other, and begins again beside the best where it gets no further.
What it finds is a recipe with every number written down, and is replayed as any other.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy

from sparsebound.checks.examine import examine
from sparsebound.checks.families import FAMILIES
from sparsebound.checks.faults import Broke
from sparsebound.checks.protocol import Subject
from sparsebound.checks.recipes import Recipe, dictionary
from sparsebound.checks.recipes.recipe import written_recipe
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Instance
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import HOLDS, VIOLATED

MOST_ENTRIES = 400
"""Of a dictionary that is climbed from: every line costs some twenty evaluations."""
MOST_CODES = 8
"""Codes that are kept where a theorem is about a dictionary and data."""
BESIDE_THE_BEST = 1.0
"""How far from the best instance another climb begins, in units of the space."""
FARTHEST = 2.0**10
"""How far from where a climb begins it may end, in the same units."""


class _Over(Exception):  # noqa: N818 - it is no error
    """Ends a climb."""


def can_begin(recipe: Recipe) -> bool:
    """Whether a climb may begin at a recipe: one dictionary, that is small, and no extremal one.

    Examples
    --------
    >>> can_begin(Recipe("simplex", {"m": 3})), can_begin(Recipe("simplex", {"m": 40}))
    (True, False)
    """
    if recipe.family not in FAMILIES:
        return False
    return dictionary(recipe.family, recipe.parameters).data.size <= MOST_ENTRIES


def climb(
    theorem: Theorem,
    begin: Recipe,
    evaluations: int,
    number: int,
    subject: Subject | None = None,
    code: int = 0,
) -> Recipe | None:
    """Find a recipe with a larger lhs/rhs than the one where it begins.

    Parameters
    ----------
    theorem : Theorem
        Whose lhs/rhs it is.
    begin : Recipe
        Where to begin.
    evaluations : int
        How many instances are looked at, at most.
    number : int
        The seed.
    subject : Subject, optional
        What is checked, instead of our own algorithm or network.
    code : int, optional
        Which code of its batch the climb is from.

    Returns
    -------
    Recipe or None
        The highest instance, or the first that violates the theorem or breaks its check; None if
        nothing is higher than the beginning, or that cannot be written down: layers, or more
        entries than can be climbed.

    Examples
    --------
    >>> from sparsebound.theory.dictionary.welch import THEOREM
    >>> begin = Recipe("integer", {"matrix": [[2, 1, 0], [0, 1, 2]]})
    >>> found = climb(THEOREM, begin, 300, 0)
    >>> [round(float(examine(THEOREM, one).verdict.ratio[0]), 3) for one in (begin, found)]
    [0.5, 1.0]
    """
    experiment = begin.experiment(theorem)
    instance = experiment.instance
    if not isinstance(instance, Instance) or instance.D.data.size > MOST_ENTRIES:
        return None
    kept = np.arange(min(len(instance), MOST_CODES)) if theorem.about == "dictionary" else [code]
    part = instance.select(np.asarray(kept, dtype=np.int64)) if len(instance) else instance
    place = _Place(part, theorem.noisy, dict(begin.settings))
    lots = np.random.default_rng(number)
    best, top, left = place.start, -np.inf, evaluations
    found: Recipe | None = None

    def height(point: FloatArray) -> float:
        nonlocal best, top, left, found
        if left <= 0:
            raise _Over
        left -= 1
        recipe = place.recipe(point)
        if recipe is None:
            return np.inf
        reached = _reached(theorem, recipe, subject)
        if reached > top:
            best, top, found = point, reached, recipe
        if reached == np.inf:
            raise _Over
        return -reached if np.isfinite(reached) else 1.0

    try:
        height(place.start)
        found = None  # that is no higher than itself
        _climbed(height, place.start)
        while True:  # until there is no evaluation left
            _climbed(height, best + BESIDE_THE_BEST * lots.standard_normal(best.shape))
    except _Over:
        return found


def _climbed(height: Callable[[FloatArray], float], start: FloatArray) -> None:
    if not start.size:
        raise _Over
    with np.errstate(all="ignore"):
        scipy.optimize.minimize(height, start, method="Powell", options={"xtol": 1e-9})


def _reached(theorem: Theorem, recipe: Recipe, subject: Subject | None) -> float:
    """Measure lhs/rhs: infinite if the theorem is violated, -infinite beyond its premises."""
    try:
        verdict = examine(theorem, recipe, subject=subject).verdict
    except Broke:
        return np.inf
    except InputError:
        return -np.inf
    if (verdict.status == VIOLATED).any():
        return np.inf
    held = (verdict.status == HOLDS) & ~np.isnan(verdict.ratio)
    return float(verdict.ratio[held].max(initial=-np.inf))


class _Place:
    """Points of a space of instances: those that have the shape and the supports of one.

    A coordinate is what is added to an entry, in sixteenths of the largest of its array.
    """

    def __init__(self, instance: Instance, noisy: bool, settings: dict[str, object]) -> None:
        self.arrays = (np.asarray(instance.D.data, dtype=np.float64), instance.X, instance.E)
        moved = (np.ones(self.arrays[0].shape, dtype=bool), instance.X != 0)
        self.moved = (*moved, np.full(instance.E.shape, noisy))
        self.units = [np.abs(array).max(initial=0.0) / 16 or 1.0 for array in self.arrays]
        self.start = np.zeros(sum(int(chosen.sum()) for chosen in self.moved))
        self.settings = settings

    def recipe(self, point: FloatArray) -> Recipe | None:
        """Write down the instance at a point; None if that is too far, or an atom is zero there."""
        if not (np.abs(point) <= FARTHEST).all():
            return None
        arrays, first = [], 0
        for array, chosen, unit in zip(self.arrays, self.moved, self.units, strict=True):
            there, count = array.copy(), int(chosen.sum())
            there[chosen] += unit * point[first : first + count]
            arrays.append(there)
            first += count
        D, X, E = arrays
        return written_recipe(D, X, E, self.settings) if D.any(axis=0).all() else None
