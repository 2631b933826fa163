"""Which atoms to keep: what theorems say of it, against all subsets and all graphs that are few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from sparsebound.checks.algorithms.least_degree import Graph, grouped, least_degree
from sparsebound.checks.evidence import gather
from sparsebound.theory.arithmetic import Mask
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities import coherence
from sparsebound.theory.quantities.selection import conflicts, keeping
from sparsebound.theory.verdict import Status, decide


def graphs(n: int) -> Iterator[Mask]:
    """All graphs on so many nodes."""
    rows, columns = np.triu_indices(n, 1)
    for number in range(2 ** len(rows)):
        pairs = np.zeros((n, n), dtype=bool)
        pairs[rows, columns] = (number >> np.arange(len(rows))) & 1
        yield pairs | pairs.T


@pytest.mark.parametrize("initial", [False, True])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_no_graph_has_fewer_than_promised(n: int, initial: bool) -> None:
    for pairs in graphs(n):
        kept, groups = least_degree(Graph.of(pairs), initial=initial), grouped(Graph.of(pairs))
        assert not pairs[np.ix_(kept, kept)].any()
        promised = sum(Fraction(1, 1 + int(degree)) for degree in pairs.sum(axis=1))
        assert promised <= len(kept) <= groups.max() + 1
        for group in range(groups.max() + 1):
            inside = np.flatnonzero(groups == group)
            assert (pairs[np.ix_(inside, inside)] | np.eye(len(inside), dtype=bool)).all()
        run = keeping(
            pairs[None],
            np.pad(kept, (0, n - len(kept)), constant_values=-1)[None],
            np.array([initial]),
        )
        assert (run.excess, run.left, run.kept.sum()) == (0, 0, len(kept))


@pytest.mark.parametrize("seed", range(6))
def test_the_front_is_between_its_bounds(seed: int) -> None:
    """``M(p)`` of all subsets: at most t up to what is promised, above it beyond the groups."""
    rng = np.random.default_rng(seed)
    D = Dictionary(rng.integers(-3, 4, (3, 7)) + 8 * np.eye(3, 7)).exact()
    front = [
        min(float(coherence(D.data[:, chosen]).mid) for chosen in combinations(range(7), p))
        for p in range(1, 8)
    ]
    assert front == sorted(front)
    for t in (0.25, 0.5, 0.75):
        pairs = conflicts(D, [t]).pairs[0]
        promised = sum(Fraction(1, 1 + int(degree)) for degree in pairs.sum(axis=1))
        for p, least in enumerate(front, start=1):
            if promised > p - 1:
                assert least <= t
            if p > grouped(Graph.of(pairs)).max() + 1:
                assert least > t
            if p > 3:
                assert least**2 >= (p - 3) / (3 * (p - 1)) - 1e-12


@pytest.mark.parametrize("level", ["between", "at"])
@pytest.mark.parametrize("degrees", ["initial", "left"])
def test_evidence_at_ties_is_that_of_the_rule(level: str, degrees: str) -> None:
    """Products of integer atoms, many of them equal to a threshold."""
    theorem = catalogue()["selection.front"]
    rng = np.random.default_rng(0)
    for _ in range(8):
        D = rng.integers(-1, 2, (4, 9)) + 2 * np.eye(4, 9)
        D[:, ~D.any(axis=0)] = 1
        given = Experiment(Instance(D, np.zeros((1, 9))), {"level": level, "degrees": degrees})
        assert decide(theorem, given, gather(theorem, given)).status.tolist() == [Status.HOLDS]


def test_a_run_that_stops_early_is_none() -> None:
    theorem = catalogue()["selection.front"]
    given = theorem.extremal(3)
    found = gather(theorem, given)["kept_atoms"]
    short = replace(found, picks=np.where(np.arange(9) < 2, found.picks, -1))
    assert decide(theorem, given, {"kept_atoms": short}).status.tolist() == [Status.VACUOUS]
    assert decide(theorem, given, {"kept_atoms": found}).status.tolist() == [Status.HOLDS]
