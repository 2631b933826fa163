"""Hypothesis strategies for recipes: constructed, never filtered, and shrinking to small ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

from sparsebound.checks.evidence import is_common, settings_of
from sparsebound.checks.families import FAMILIES, Family, Parameters
from sparsebound.checks.recipes import AMPLITUDES, PATTERNS, Codes, Recipe
from sparsebound.checks.recipes.block import RecipeBlock
from sparsebound.checks.recipes.convolutional_layers import convolutional_layer_parameters
from sparsebound.checks.recipes.layers import layer_parameters
from sparsebound.checks.recipes.recipe import (
    CONSTRUCTION,
    CONVOLUTIONAL_LAYERS,
    LAYERS,
    TOWER,
    dictionary,
)
from sparsebound.checks.recipes.towers import TOWERS, tower_parameters
from sparsebound.reports.worst import canonical
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.theorem import Construction, Theorem
from sparsebound.theory.verdict import within_reach

ATOMS = {"enumerated": 10, "narrow": 24, "other": 20}
"""Most atoms: where supports are enumerated, of those where the kernel is a line, elsewhere."""
SEEDS = st.integers(0, 2**32 - 1)
CODES = 32
SPARSEST = 12
"""Most nonzeros of a generated code."""
LOTS = 2048
"""Lots by which families are drawn."""
SIMPLE = 128
"""Those that go by complexity: shrinking prefers small lots, and so simple families."""
# made once: to make a strategy costs as much as to draw from it
COUNTS = st.integers(1, CODES)
NOISES = st.sampled_from([0.0, 0.125, 0.25, 0.5])
TENTHS = st.integers(0, 9)
DRAWN_LOTS = st.integers(0, LOTS - 1)
PLACES, SIXTEENTHS = st.integers(0, 2 * SPARSEST - 1), st.integers(0, 15)
MOST_BESIDE = 3
"""Most sets of codes beside the first."""
BESIDE = st.integers(0, 4 * MOST_BESIDE + 3)
"""As many, or the most: three choices in four are more than that."""
PLACES_BESIDE = st.integers(0, 16 * 4 * SPARSEST - 1)
"""Three in four of them at the largest sparsity, and one in sixteen beyond the premises."""
MORE_CODES = 1
"""Most times that one network is asked for as many codes again."""
DRAWN_PATTERNS, DRAWN_AMPLITUDES = st.sampled_from(PATTERNS), st.sampled_from(AMPLITUDES)


@dataclass(frozen=True)
class Draw:
    """A recipe, and whether the strategy means it to satisfy the premises.

    Attributes
    ----------
    recipe : Recipe
        What was drawn.
    meant : bool
        Whether it is meant to satisfy the premises.
    reach, beyond : int
        The largest sparsity with which it would be, and one that lies beyond the premises; 0 where
        no other codes are drawn for its dictionary.
    """

    recipe: Recipe
    meant: bool
    reach: int = 0
    beyond: int = 0


@dataclass(frozen=True)
class DrawnBlock:
    """A block of recipes, and for each whether it is meant to satisfy the premises."""

    block: RecipeBlock
    meant: tuple[bool, ...]


def draws(theorem: Theorem, asked: Mapping[str, Any] | None = None) -> SearchStrategy[Draw]:
    """Strategy for recipes that suit a theorem, on both sides of its premises' edge.

    About one in ten is the theorem's extremal instance; of the others, one in sixteen is meant to
    lie beyond the premises. It shrinks to the smallest extremal instance, if there is one, and
    otherwise to one code on the smallest dictionary.

    Parameters
    ----------
    theorem : Theorem
        Its kind, dictionaries, sizes and premises decide what is drawn.
    asked : mapping, optional
        Settings that are asked for, by name, and not drawn; not of an extremal instance.

    Raises
    ------
    InputError
        If the theorem names a family that does not exist.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> from sparsebound.checks.search import search
    >>> search(draws(catalogue()["uniqueness.spark"]), 10, 0, lambda draw: True).recipe.parameters
    {'name': 'regular_simplex_and_a_pair', 'size': 1}
    """
    if CONVOLUTIONAL_LAYERS in theorem.dictionaries:
        generated = _convolutional_layers(theorem)
    elif theorem.about == LAYERS:
        generated = _layered(theorem) if theorem.enumerates else _tower(theorem)
    else:
        generated = _generated(theorem, _suitable(theorem), {})
    strategies = {name: setting.strategy for name, setting in settings_of(theorem).items()}
    settings = {name: one for name, one in strategies.items() if one is not None}
    settings |= {name: st.just(value) for name, value in (asked or {}).items()}
    if settings:
        generated = _set(generated, st.fixed_dictionaries(settings))
    if theorem.sharp is None:
        return generated
    return _mixed(_extremal(theorem, theorem.sharp), generated)


def blocks(
    theorem: Theorem, together: bool = True, asked: Mapping[str, Any] | None = None
) -> SearchStrategy[DrawnBlock]:
    """Strategy for blocks of recipes: one of :func:`draws`, with further codes beside its own.

    To draw a dictionary and to find how far the premises reach on it costs as much as to decide
    a theorem on many codes. Further sets of codes have the pattern of the first, and a sparsity of
    their own; where one network is built for all of them, they are further codes of one recipe.
    It shrinks to a single recipe.

    Parameters
    ----------
    theorem : Theorem
        As for :func:`draws`.
    together : bool
        Whether there are any beside it; without, a block is a single recipe.
    asked : mapping, optional
        As for :func:`draws`.

    Examples
    --------
    >>> from sparsebound.checks.search import search
    >>> from sparsebound.theory.uniqueness.coherence import THEOREM
    >>> len(search(blocks(THEOREM), 10, 0, lambda drawn: len(drawn.block) > 2).block)
    3
    """
    if not together:
        return draws(theorem, asked).map(
            lambda draw: DrawnBlock(RecipeBlock((draw.recipe,)), (draw.meant,))
        )
    return _with_others(theorem, draws(theorem, asked), is_common(theorem))


@st.composite
def _with_others(
    draw: DrawFn, theorem: Theorem, single: SearchStrategy[Draw], common: bool
) -> DrawnBlock:
    """Draw further codes for a dictionary that was drawn."""
    first = draw(single)
    further = min(draw(BESIDE), MOST_BESIDE) if first.reach else 0
    if common:
        codes = first.recipe.codes
        count = codes.count * (1 + min(further, MORE_CODES))
        many = replace(first.recipe, codes=replace(codes, count=count))
        return DrawnBlock(RecipeBlock((many,)), (first.meant,))
    sets = {first.recipe.codes: first.meant}
    for _ in range(further):
        part, place = divmod(draw(PLACES_BESIDE), 4 * SPARSEST)
        inside = part < 15 or not first.beyond
        codes = replace(
            first.recipe.codes,
            count=draw(COUNTS),
            sparsity=_sparsity(place, first.reach) if inside else first.beyond,
            amplitudes=draw(DRAWN_AMPLITUDES),
            seed=draw(SEEDS),
        )
        sets.setdefault(codes, inside)
    recipes = tuple(replace(first.recipe, codes=codes) for codes in sets)
    return DrawnBlock(RecipeBlock(recipes), tuple(sets.values()))


@st.composite
def _mixed(draw: DrawFn, extremal: SearchStrategy[Draw], generated: SearchStrategy[Draw]) -> Draw:
    """One in ten, and the simplest, is extremal."""
    return draw(generated if draw(TENTHS) else extremal)


@st.composite
def _set(
    draw: DrawFn, generated: SearchStrategy[Draw], settings: SearchStrategy[dict[str, Any]]
) -> Draw:
    """Draw the settings of what is run on an instance, too."""
    found = draw(generated)
    return replace(found, recipe=replace(found.recipe, settings=draw(settings)))


def mutant_draws(theorem: Theorem, witness: Construction | None) -> SearchStrategy[Draw]:
    """Strategy for recipes that may refute a mutant: its witness, or whatever suits the theorem."""
    witness = witness or theorem.sharp
    return (
        draws(theorem)
        if witness is None
        else st.one_of(_extremal(theorem, witness), draws(theorem))
    )


def _extremal(theorem: Theorem, construction: Construction) -> SearchStrategy[Draw]:
    name = getattr(construction, "__name__", "construction")
    largest = 4 if theorem.enumerates else 6
    return st.integers(1, largest).map(
        lambda size: Draw(Recipe(CONSTRUCTION, {"name": name, "size": size}), meant=True)
    )


@st.composite
def _layered(draw: DrawFn, theorem: Theorem) -> Draw:
    parameters = draw(layer_parameters(ATOMS["narrow"]))
    recipe = Recipe(LAYERS, parameters, _drawn_codes(draw, 1, noise=0.0))
    if draw(st.integers(0, 7)) == 7:
        return Draw(recipe.with_sparsity(parameters["vertices"] // 2 + 1), meant=False)
    # sparsity at most doubles with each layer down, to a simplex with at least as many atoms
    safe = (parameters["vertices"] - 1) // 2 ** parameters["depth"]
    reach = parameters["vertices"] // 2 if draw(st.booleans()) else safe
    recipes = [recipe.with_sparsity(size) for size in range(reach, 0, -1)]
    within = (r for r in recipes if within_reach(theorem, r.instance(theorem)).all())
    nearest = next(within, None)
    if nearest is None:
        return Draw(recipe, meant=False)
    return Draw(nearest, True, nearest.codes.sparsity, parameters["vertices"] // 2 + 1)


@st.composite
def _tower(draw: DrawFn, theorem: Theorem) -> Draw:
    parameters = draw(tower_parameters(theorem.between))
    noise = draw(st.sampled_from([0.0, 0.125, 0.25, 0.5])) if theorem.noisy else 0.0
    recipe = Recipe(TOWER, parameters, _drawn_codes(draw, 1, noise))
    base = TOWERS[parameters["name"]]
    edge = base.sparsity, base.sparsity + 1
    if draw(st.integers(0, 15)) == 15:
        return Draw(recipe.with_sparsity(edge[1]), False, *edge)
    recipe = recipe.with_sparsity(draw(st.integers(1, base.sparsity)))
    return Draw(recipe, True, *edge)


@st.composite
def _convolutional_layers(draw: DrawFn, theorem: Theorem) -> Draw:
    parameters = draw(convolutional_layer_parameters(ATOMS["enumerated"]))
    noise = draw(st.sampled_from([0.0, 0.125, 0.25, 0.5])) if theorem.noisy else 0.0
    largest = min(3, parameters["shifts"] * parameters["filters"][-1])
    codes = _drawn_codes(draw, draw(st.integers(1, largest)), noise)
    recipe = Recipe(CONVOLUTIONAL_LAYERS, parameters, codes)
    return Draw(recipe, True, largest)


@cache
def _parameters(family: Family, limit: int) -> SearchStrategy[Parameters]:
    return family.parameters(limit)


@cache
def lots(complexities: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
    """Say which family each lot belongs to: a further family takes some, and leaves the others.

    Each lot belongs to the family whose name, hashed with its number, comes first; the first ones
    to the simplest family that is at least as complex as their number.

    Parameters
    ----------
    complexities : tuple of (str, int)
        Names of families and how complex they are, simplest first.

    Examples
    --------
    >>> few, more = lots((("a", 0), ("b", 9))), lots((("a", 0), ("b", 9), ("c", 20)))
    >>> few[0], {now for was, now in zip(few, more) if was != now}
    ('a', {'c'})
    """
    names = [name for name, _ in complexities]
    first = np.argmin([_places(name) for name in names], axis=0)

    def owner(number: int) -> str:
        simple = (name for name, complexity in complexities if SIMPLE > number <= complexity)
        return next(simple, None) or names[first[number]]

    return tuple(map(owner, range(LOTS)))


@cache
def _places(name: str) -> NDArray[np.uint64]:
    """Hash the name of a family with the number of each lot."""
    texts = (f"{number} {name}".encode() for number in range(LOTS))
    hashes = [int.from_bytes(blake2b(text, digest_size=8).digest()) for text in texts]
    return np.array(hashes, dtype=np.uint64)


@st.composite
def _generated(
    draw: DrawFn, theorem: Theorem, suitable: dict[str, Family], known: dict[str, bool]
) -> Draw:
    """Draw a dictionary and codes; what is known of small dictionaries, drawn often, is kept."""
    owners = lots(tuple((name, family.complexity) for name, family in suitable.items()))
    family = suitable[owners[draw(DRAWN_LOTS)]]
    parameters = draw(_parameters(family, _limit(theorem, family)))
    if theorem.about == "dictionary":
        bare = Recipe(family.name, parameters, Codes(count=0, sparsity=0))
        written = canonical(bare.to_json())
        if written not in known:
            known[written] = bool(within_reach(theorem, bare.instance(theorem)).all())
        return Draw(bare, known[written])
    noise = draw(NOISES) if theorem.noisy else 0.0
    recipe = Recipe(family.name, parameters, _drawn_codes(draw, 1, noise))
    D = dictionary(family.name, parameters)
    reach = _reach(theorem, D, recipe.codes)
    # as many choices on every path, since shrinking prefers fewer to smaller ones
    place, inside = draw(PLACES), draw(SIXTEENTHS) < 15
    beyond = min(reach + 1, D.shape[1])
    if not inside or reach == 0:
        return Draw(recipe.with_sparsity(beyond), False, reach, beyond)
    recipe = recipe.with_sparsity(_sparsity(place, reach))
    return Draw(recipe, True, reach, beyond)


def _sparsity(place: int, reach: int) -> int:
    """Half of them the largest sparsity, which is the nearest to the edge."""
    return place % reach + 1 if place < SPARSEST else reach


def _drawn_codes(draw: DrawFn, sparsity: int, noise: float) -> Codes:
    return Codes(
        count=draw(COUNTS),
        sparsity=sparsity,
        pattern=draw(DRAWN_PATTERNS),
        amplitudes=draw(DRAWN_AMPLITUDES),
        noise=noise,
        seed=draw(SEEDS),
    )


def _suitable(theorem: Theorem) -> dict[str, Family]:
    """Families a theorem is tried on: those with members that are small enough, simplest first."""
    unknown = set(theorem.dictionaries) - set(FAMILIES)
    if unknown:
        raise InputError(f"dictionaries of {theorem.id}", sorted(unknown), f"some of {[*FAMILIES]}")
    return {
        name: family
        for name, family in FAMILIES.items()
        if name in (theorem.dictionaries or FAMILIES)
        and family.smallest() <= _limit(theorem, family)
    }


def _limit(theorem: Theorem, family: Family) -> int:
    """Most atoms that a theorem is tried on."""
    return ATOMS["narrow" if family.narrow else "enumerated" if theorem.enumerates else "other"]


def _reach(theorem: Theorem, D: Dictionary, codes: Codes) -> int:
    """Largest sparsity up to which a sample code of each satisfies the premises."""
    n = D.shape[1]
    sample = Instance(D, codes.nested(n, min(n, SPARSEST)))
    if next(theorem.premises_without_evidence(sample), None) is None and theorem.premises_need:
        return min(3, n)
    return int(np.logical_and.accumulate(within_reach(theorem, sample)).sum())
