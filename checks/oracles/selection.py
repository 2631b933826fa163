"""Atoms to keep, chosen by their degrees in graphs that are decided exactly."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.algorithms.least_degree import Graph, grouped, least_degree
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import choice, plain
from sparsebound.theory.evidence.selection import KeptAtoms
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.quantities.selection import conflicts, squared_products

LEVEL = choice("level", "between", "at", "between")
"""Whether thresholds lie between two products of atoms, or at one of them."""
DEGREES = choice("degrees", "initial", "left")
"""Which atoms degrees count."""


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


PROVIDERS = (plain("kept_atoms", KeptAtoms, kept_atoms, LEVEL, DEGREES),)
