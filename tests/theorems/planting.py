"""Runs with one fault each: what is changed in evidence so that a claim fails for one code.

A *plant* takes evidence and the position of a code, and yields what the fault is in (a layer, an
entry) together with evidence in which only the part of that code is different.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import wraps
from itertools import islice
from typing import Any

import numpy as np

from sparsebound.theory.evidence import (
    Alternative,
    BlockUnfolding,
    Estimate,
    LargestKept,
    LassoPath,
    LayerAlternatives,
    Minimiser,
    MomentumRun,
    Pursuit,
    SelectiveUnfolding,
    StoppedPursuit,
    Trajectory,
    Unfolding,
)
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.evidence.layers import LayerEstimates, LayerMinimisers, Points
from sparsebound.theory.evidence.networks import (
    Activated,
    Attended,
    Convolved,
    Encoded,
    Factors,
    Rectified,
    Transformed,
)
from sparsebound.theory.theorem import Claim, Theorem

FAR = 2.0**40
"""How far off a planted number is: beyond any bound of the instances that are tried."""
NEAR = 2.0**-20
Place = Any
Plants = Iterator[tuple[Place, Any]]


def alone(theorem: Theorem, name: str, occurrence: int, *, premises: bool) -> Theorem:
    """Keep one of a theorem's claims, the ``occurrence``-th of that name, and its premises."""

    @wraps(theorem.claims)
    def claims(*args: Any, **changes: Any) -> Iterator[Claim]:
        named = (claim for claim in theorem.claims(*args, **changes) if claim.name == name)
        yield from islice(named, occurrence, occurrence + 1)  # those after it are not computed

    kept = theorem.premises if premises else lambda instance: ()
    return replace(theorem, claims=claims, premises=kept, mutants=())


def altered(evidence: Any, code: int, **fields: Any) -> Any:
    """Change the fields of one code by functions, or set them to values."""
    new = {}
    for name, change in fields.items():
        values = np.array(getattr(evidence, name))
        values[code] = change(values[code].copy()) if callable(change) else change
        new[name] = values
    return replace(evidence, **new)


def at(place: Any, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function that changes one place of an array."""

    def apply(values: Any) -> Any:
        values[place] = change(values[place])
        return values

    return apply


def farther(values: Any) -> Any:
    return values + FAR


def where_zero(values: Any) -> Any:
    return np.where(values == 0, FAR, values)


def larger(values: Any) -> Any:
    return values * FAR


def infinite(values: Any) -> Any:
    return np.full_like(values, np.inf)


def erased(values: Any) -> Any:
    return 0 * values


def trajectory(run: Trajectory, code: int) -> Plants:
    """One iterate is elsewhere, dense or as sparse as before, or infinite."""
    for k in range(1, run.points.shape[1]):
        for change in (farther, larger, infinite):
            yield k, altered(run, code, points=at(k, change))


def unfolding(
    run: BlockUnfolding | LargestKept | SelectiveUnfolding | Unfolding, code: int
) -> Plants:
    """One iterate is elsewhere: everywhere, where it was zero, or everything of it is lost."""
    for k in range(1, run.iterates.shape[1]):
        for change in (farther, where_zero, erased):
            yield k, altered(run, code, iterates=at(k, change))


def transformed(run: Transformed, code: int) -> Plants:
    """As in an unfolded network."""
    for k, changed in unfolding(run.unfolding, code):
        yield k, replace(run, unfolding=changed)


def cascade(run: Cascade, code: int) -> Plants:
    """As in one of the networks; and one that declares a negative bound of the code."""
    for place, networks in layered(run.networks, code, unfolding):
        yield place, Cascade(networks)
    for j, network in enumerate(run.networks):
        declared = altered(network, code, B=-FAR)
        networks = (*run.networks[:j], declared, *run.networks[j + 1 :])
        yield f"declared of layer {j + 1}", Cascade(networks)


def layered(layers: tuple[Any, ...], code: int, plant: Any) -> Iterator[tuple[Place, Any]]:
    """Plant in one layer at a time; places are pairs of a layer and a place in it."""
    for j, layer in enumerate(layers):
        for place, changed in plant(layer, code):
            yield (j, place), (*layers[:j], changed, *layers[j + 1 :])


def in_layers(plant: Any) -> Callable[[Any, int], Plants]:
    """The plants of evidence that has ``layers``."""

    def plants(evidence: Any, code: int) -> Plants:
        for place, layers in layered(evidence.layers, code, plant):
            yield place, replace(evidence, layers=layers)

    return plants


def alternative(found: Alternative, code: int) -> Plants:
    """Another code without nonzeros."""
    yield "sparser", altered(found, code, sparsity=0.0, local_sparsity=0.0)


def pursuit(run: Pursuit | StoppedPursuit, code: int) -> Plants:
    """Any atom first; all atoms; none; the first one again, in the end."""
    atoms = run.picks.max() + 1 if isinstance(run, StoppedPursuit) else run.points.shape[1]
    longer = replace(run, picks=np.pad(run.picks, ((0, 0), (0, 1)), constant_values=-1))
    for atom in range(atoms):
        yield "first", altered(run, code, picks=at(0, lambda _, atom=atom: atom))
    yield "none", altered(run, code, picks=-1)
    if isinstance(run, Pursuit):
        yield "far", altered(run, code, points=at(0, lambda _: FAR))

    def again(picks: Any) -> Any:
        picks[(picks >= 0).sum()] = picks[0]
        return picks

    yield "again", altered(longer, code, picks=again)
    if isinstance(run, StoppedPursuit):
        yield "signal", altered(run, code, signals=farther)


def points(found: Estimate | Points, code: int) -> Plants:
    """A point far away."""
    yield "far", altered(found, code, **{"values" if isinstance(found, Points) else "points": FAR})


def minimiser(found: Minimiser, code: int) -> Plants:
    """No minimiser: zero for a small weight, one more atom, all but the last, other signs."""
    nothing = {"support": False, "signs": 0.0, "active": False}
    yield "nothing", altered(found, code, lam=NEAR, **nothing)
    for atom in range(found.support.shape[1]):
        on = at(atom, lambda _: True)
        yield "more", altered(found, code, support=on, active=on)
    most = np.arange(found.support.shape[1]) < found.support.shape[1] - 1
    yield "most", altered(found, code, support=most, active=most, signs=most * 1.0)
    yield "signs", altered(found, code, lam=NEAR, signs=lambda signs: -signs)
    yield "active", altered(found, code, lam=NEAR, active=True)


def path(found: LassoPath, code: int) -> Plants:
    """Zero for the first few weights."""
    for p in range(1, found.lam.shape[1]):
        yield (
            p - 1,
            altered(found, code, support=at(np.s_[:p], erased), signs=at(np.s_[:p], erased)),
        )


def entries(*names: str) -> Callable[[Any, int], Plants]:
    """Plants in each entry of arrays."""

    def plants(evidence: Any, code: int) -> Plants:
        for name in names:
            for place in np.ndindex(getattr(evidence, name).shape[1:]):
                yield (name, *place), altered(evidence, code, **{name: at(place, farther)})

    return plants


def convolved(run: Convolved, code: int) -> Plants:
    """One pre-activation is elsewhere, or one entry of a state."""
    yield from entries("sums")(run, code)
    for (_, k, *place), changed in entries("states")(run, code):
        yield (f"state {k}", *place), changed


def attended(run: Attended, code: int) -> Plants:
    """One entry is elsewhere; or no token looks at others."""
    yield from entries("others", "targets", "outputs")(run, code)
    yield "none", altered(run, code, others=0.0)


def encoded(run: Encoded, code: int) -> Plants:
    """One output is elsewhere; or the architecture, which all codes share."""
    yield from entries("outputs")(run, code)
    for more in (-1, 1):
        yield "shared", replace(run, layers=run.layers + more)
        yield "shared", replace(run, parameters=run.parameters + more)


def factors(found: Factors, code: int) -> Plants:
    """One tap is wrong; or there are more filters than needed."""
    for place in np.ndindex(found.filters.shape):
        changed = found.filters.copy()
        changed[place] += 1.0
        yield ("filters", *place), Factors(changed)
    identity = np.eye(found.filters.shape[1])[-1:]
    yield "more", Factors(np.concatenate([found.filters, identity]))


PLANTS: dict[type, Callable[[Any, int], Plants]] = {
    Activated: entries("values"),
    Alternative: alternative,
    Attended: attended,
    BlockUnfolding: unfolding,
    Cascade: cascade,
    Convolved: convolved,
    Encoded: encoded,
    Estimate: points,
    Factors: factors,
    LargestKept: unfolding,
    LassoPath: path,
    LayerAlternatives: in_layers(alternative),
    LayerEstimates: in_layers(points),
    LayerMinimisers: in_layers(minimiser),
    Minimiser: minimiser,
    MomentumRun: trajectory,
    Pursuit: pursuit,
    Rectified: entries("relu", "soft"),
    StoppedPursuit: pursuit,
    Trajectory: trajectory,
    Transformed: transformed,
    Unfolding: unfolding,
}
"""Plants by the type of the evidence; other evidence proves what is said of it."""
