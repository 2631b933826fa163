"""Atoms to keep, chosen by degrees in graphs that are decided exactly; and atoms to remove."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.algorithms.least_degree import Graph, grouped, least_degree
from sparsebound.checks.oracles.adversaries import in_turns
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import choice, plain
from sparsebound.theory.evidence.selection import KeptAtoms, Removal
from sparsebound.theory.experiment import Experiment, Posed, of_experiment, posed
from sparsebound.theory.quantities import coherence
from sparsebound.theory.quantities.selection import conflicts, squared_products

LEVEL = choice("level", "between", "at", "between")
"""Whether thresholds lie between two products of atoms, or at one of them."""
DEGREES = choice("degrees", "initial", "left")
"""Which atoms degrees count."""


REMOVED = (1, 2, 1, 3)
"""How many atoms are removed, at most; in turns."""
REFITTED = ("own", "own", "none", "own", "further")
"""Which entries of a code are fitted again; in turns."""


def kept_atoms(given: Posed) -> KeptAtoms:
    """Keep atoms for three thresholds among the products of atoms.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> kept_atoms(Instance([[1, 0, 1], [0, 1, 1]], [[0, 0, 0]])).picks
    array([[ 0,  1, -1],
           [ 0,  1, -1],
           [ 0,  1, -1]])
    """
    experiment = posed(given)
    known: KeptAtoms | None = given_evidence(experiment, "kept_atoms")
    if known is not None:
        return known
    D = experiment.codes.D
    products = np.unique(np.sqrt(squared_products(D).mid).round(12))
    places = (len(products) * np.array([1, 2, 3])) // 4
    thresholds = products[places]
    if LEVEL.of(experiment) == "between":
        lower = products[np.maximum(places - 1, 0)]
        thresholds = np.rint((thresholds + lower) * 2.0**19) / 2.0**20
    found = conflicts(D, thresholds)
    if not found.known.all():
        found = conflicts(D.exact(), thresholds)
    initial = np.full(len(thresholds), DEGREES.of(experiment) == "initial")
    graphs = [Graph.of(pairs) for pairs in found.pairs]
    picks = np.full(found.degrees.shape, -1)
    for row, graph, counts in zip(picks, graphs, initial, strict=True):
        chosen = least_degree(graph, initial=bool(counts))
        row[: len(chosen)] = chosen
    groups = np.stack([grouped(graph) for graph in graphs])
    return KeptAtoms(thresholds, initial, picks, groups)


@of_experiment
def removal(experiment: Experiment) -> Removal:
    """Remove one or two atoms of each code, and fit others: some of its own, one further, or none.

    Not more than the coherence allows.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> removal(Instance([[1, 0, 1], [0, 1, 1]], [[4, 0, 2]])).points
    array([[0., 0., 4.]])
    """
    known: Removal | None = given_evidence(experiment, "removal")
    if known is not None:
        return known
    instance = experiment.codes
    D, n = instance.D.data, instance.D.shape[1]
    mu = float(coherence(instance.D).mid)
    room = n if mu * n < 1 else 1 + int((1 - 2.0**-30) / mu)  # the most atoms in which codes differ
    removed, points = np.zeros(instance.X.shape, dtype=bool), instance.X.copy()
    turns = zip(in_turns(REMOVED, instance.place), in_turns(REFITTED, instance.place), strict=True)
    for code, (count, others) in enumerate(turns):
        x = instance.X[code]
        on, off = np.flatnonzero(x), np.flatnonzero(x == 0)
        gone, rest = np.split(on, [min(count, room)])
        changed = {"none": rest[:0], "own": rest, "further": np.append(off[:1], rest)}[others]
        changed = changed[: max(room - len(gone), 0)]
        removed[code, gone], points[code, gone] = True, 0.0
        if len(changed) and len(gone):
            missing = D[:, gone] @ x[gone]
            points[code, changed] += np.linalg.lstsq(D[:, changed], missing, rcond=None)[0]
    return Removal(removed, points)


PROVIDERS = (
    plain("kept_atoms", KeptAtoms, kept_atoms, LEVEL, DEGREES),
    plain("removal", Removal, removal),
)
