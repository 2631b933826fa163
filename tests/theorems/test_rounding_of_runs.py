"""Runs in floating point: correct ones hold at any scale, what rounding does not explain does not.

A run is computed operation by operation, in any order, fused or not, with subnormal numbers or
without, and its steps are held against exact arithmetic.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sparsebound.checks.algorithms import proximal
from sparsebound.checks.evidence import gather
from sparsebound.theory.analysis.descent import Descent, norm
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance
from sparsebound.theory.rate import fista, iht, ista, ista_identified, ista_strong
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status, decide
from tests.machines import FORMS, SCALES, Machine

SOLVED = {dtype: [s for s in scales if s <= 2.0**300] for dtype, scales in SCALES.items()}
"""Of data whose objectives have squares in the range of float64, as oracles need it."""


def drawn(scale: float = 1.0, atoms: float = 1.0, seed: int = 5) -> Instance:
    rng = np.random.default_rng(seed)
    X = np.where(rng.random((3, 4)) < 0.6, rng.standard_normal((3, 4)), 0)
    E = 0.1 * rng.standard_normal((3, 5))
    return Instance(rng.standard_normal((5, 4)) * atoms, X * scale, E * scale * atoms)


def excess(instance: Instance, run: Trajectory, *, momentum: bool = False) -> float:
    """Largest defect of a step, in units of what rounding explains; by exact arithmetic."""
    batch, _, n = run.points.shape
    optimum = Optimum(np.zeros((batch, n)), np.zeros((batch, instance.D.shape[0])))
    exact = Descent(instance.exact(), run, optimum)
    defects = exact.momentum_defects if momentum else exact.plain_defects
    allowed = exact.momentum_rounding if momentum else exact.plain_rounding
    assert allowed.known.all()
    return float((norm(defects) / allowed.size).mid.max())


def status(theorem: Theorem, instance: Instance, **given: Any) -> set[Status]:
    evidence = {**gather(theorem, instance), **given}
    return {Status(value) for value in decide(theorem, instance, evidence).status}


@pytest.mark.parametrize("flushes", [False, True])
@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dtype", SCALES)
def test_correct_steps_are_explained(dtype: Any, form: str, fused: bool, flushes: bool) -> None:
    """At any scale of the signals, and of the atoms."""
    atoms = 2.0**-40 if dtype is np.float32 else 2.0**-300
    for seed, scale in enumerate(SCALES[dtype]):
        machine = Machine(dtype, fused, flushes, seed)
        for instance in (drawn(scale, seed=seed), drawn(min(scale, 1), atoms, seed)):
            chosen = proximal.problem(instance)
            L = max(chosen.L, proximal.lipschitz(instance.D))
            run = machine.run(form, instance, chosen.lam, L, 1.5 * instance.X)
            assert excess(instance, run) <= 1


@pytest.mark.parametrize("theorem", [ista.THEOREM, ista_strong.THEOREM], ids=lambda t: t.id)
@pytest.mark.parametrize("dtype", SCALES)
def test_correct_runs_hold_at_any_scale(theorem: Theorem, dtype: Any) -> None:
    for scale in SOLVED[dtype]:
        instance = drawn(scale)
        chosen = proximal.problem(Experiment(instance, {"start": 1}))
        for flushes in (False, True):
            machine = Machine(dtype, flushes=flushes)
            run = machine.run(FORMS[0], instance, chosen.lam, chosen.L, chosen.start)
            found = status(theorem, instance, ista_run=run)
            if scale >= np.finfo(dtype).tiny:
                assert found == {Status.HOLDS}
            else:  # data are flushed, and what is left is below the gap of an oracle
                assert found <= {Status.HOLDS, Status.UNDECIDED}


@pytest.mark.parametrize("dtype", SCALES)
def test_correct_runs_with_momentum_are_explained(dtype: Any) -> None:
    for scale in SCALES[dtype]:
        instance = drawn(scale)
        chosen = proximal.problem(instance)
        D, Y = instance.D.data, instance.Y.mid
        run = proximal.fista(D, Y, chosen.lam, chosen.L, chosen.start, 40, dtype=dtype)
        assert excess(instance, run, momentum=True) <= 1


@pytest.mark.parametrize("dtype", SCALES)
def test_momentum_carries_an_iterate_through_zero(dtype: Any) -> None:
    """The next step rounds the point that momentum makes, which is far from zero."""
    low, high, lam, nothing = 0.4, 0.7, np.full(20, 2.0**-100), np.zeros((20, 1))
    start = np.linspace(1, 2, 20)[:, None]

    def run(square: float) -> Trajectory:
        D = np.array([[np.sqrt(square)]])
        return proximal.fista(D, nothing, lam, 1.0, start, 5, dtype=dtype)

    for _ in range(
        60
    ):  # it has crossed zero after 4 steps for a long step, and not for a short one
        square = (low + high) / 2
        low, high = (square, high) if run(square).points[0, 4, 0] > 0 else (low, square)
    found = run(low)
    assert (np.abs(found.points[:, 4]) < 1e-6).all()
    assert (np.abs(found.points[:, 3]) > 0.05).all()
    instance = Instance([[np.sqrt(low)]], nothing)
    assert 0 < excess(instance, found, momentum=True) <= 1


@pytest.mark.parametrize("dtype", SCALES)
def test_atoms_that_are_lost_below_the_range(dtype: Any) -> None:
    """Nothing moves, and the theorem holds of that: a step is as small as what is lost."""
    instance = drawn(atoms=1e-30 if dtype is np.float32 else 1e-200)
    chosen = proximal.problem(Experiment(instance, {"start": 1}))
    run = Machine(dtype).run(FORMS[0], instance, chosen.lam, 1.0, chosen.start)
    for theorem in (ista.THEOREM, ista_strong.THEOREM):
        assert status(theorem, instance, ista_run=run) == {Status.HOLDS}


def moved(instance: Instance, run: Trajectory, times: float) -> Trajectory:
    """Move the third iterate of each code by so many times what rounding explains."""
    batch, _, n = run.points.shape
    optimum = Optimum(np.zeros((batch, n)), np.zeros((batch, instance.D.shape[0])))
    allowed = Descent(instance, run, optimum).plain_rounding.size[:, 2] / run.L
    points = run.points.copy()
    points[:, 3, 0] += np.asarray(times * allowed, dtype=points.dtype)
    return replace(run, points=points)


@pytest.mark.parametrize("dtype", SCALES)
def test_a_step_that_is_off_by_more_is_refuted(dtype: Any) -> None:
    """Eight times what rounding explains, also where most of that is lost below the range."""
    for scale in SOLVED[dtype]:
        instance = drawn(scale)
        chosen = proximal.problem(instance)
        run = Machine(dtype).run(FORMS[0], instance, chosen.lam, chosen.L, chosen.start)
        wrong = moved(instance, run, 8)
        assert excess(instance, wrong) > 4
        assert status(ista.THEOREM, instance, ista_run=wrong) == {Status.VIOLATED}


def long_product(dtype: Any, length: int) -> tuple[Instance, NDArray[Any]]:
    """Terms that each are lost in the sum of ``x (I - D^T D/1024)``, and the start."""
    unit = float(np.finfo(dtype).eps) / 2
    D = np.full((1, length), -(2.0**-2))
    D[0, 0] = 2.0**-2
    start = np.full((1, length), unit * 2.0**14 * 15 / 16)
    start[0, 0] = 1 + 2.0**-10
    return Instance(D, np.zeros((1, length))), start


def long_signal(dtype: Any, length: int) -> Instance:
    """Terms that each are lost in the sum ``D^T y``."""
    unit = float(np.finfo(dtype).eps) / 2
    d, y = np.full(length, 2.0**-12), np.full(length, unit * 2.0**12 * 15 / 16)
    d[0], y[0] = 1, 1 + 2.0**-10
    return Instance(d[:, None], [[0]], y[None])


@pytest.mark.parametrize(("dtype", "share"), [(np.float32, 0.85), (np.float64, 0.42)])
def test_roundings_nearly_add_up_to_what_is_allowed(dtype: Any, share: float) -> None:
    """In a sum over atoms, and in one over rows; in float64 the check counts as much again."""
    lam, machine = np.array([2.0**-100]), Machine(dtype)
    instance, start = long_product(dtype, 400)
    run = machine.run("Gram matrix", instance, lam, 1024.0, start, 1)
    assert share <= excess(instance, run) <= 1
    instance = long_signal(dtype, 400)
    run = machine.run(FORMS[0], instance, lam, 2.0, [[0.0]], 1)
    assert share <= excess(instance, run) <= 1
    assert share <= excess(instance, run, momentum=True) <= 1  # a first step has none yet


@pytest.mark.parametrize("dtype", SCALES)
def test_what_is_flushed_nearly_adds_up_to_what_is_allowed(dtype: Any) -> None:
    """Four hundred products, all just below the range."""
    tiny = float(np.finfo(dtype).tiny)
    instance = Instance(np.full((400, 1), 2.0**-5), [[0]], np.full((1, 400), 31 * tiny))
    machine = Machine(dtype, flushes=True)
    run = machine.run(FORMS[0], instance, np.array([tiny]), 1.0, [[0.0]], 1)
    assert 0.2 <= excess(instance, run) <= 1


@pytest.mark.parametrize("theorem", [ista.THEOREM, ista_strong.THEOREM], ids=lambda t: t.id)
def test_a_range_that_may_have_been_left_decides_nothing(theorem: Theorem) -> None:
    """In float32; the same points are a run in float64."""
    instance = drawn(1e37)
    chosen = proximal.problem(instance)
    run = Machine(np.float64).run(FORMS[0], instance, chosen.lam, chosen.L, chosen.start)
    assert status(theorem, instance, ista_run=run) == {Status.HOLDS}
    single = replace(run, points=run.points.astype(np.float32))
    assert np.isfinite(single.points).all()
    assert status(theorem, instance, ista_run=single) == {Status.UNDECIDED}


@pytest.mark.parametrize(
    "theorem",
    [ista.THEOREM, ista_strong.THEOREM, ista_identified.THEOREM, fista.THEOREM, iht.THEOREM],
    ids=lambda t: t.id,
)
def test_no_iterate_is_infinite(theorem: Theorem) -> None:
    instance = Instance(np.eye(3), [[1, 0, 0], [0, 2, 0]])
    (name,) = (need for need in theorem.needs if need != "optimum")
    run = gather(theorem, instance)[name]
    assert status(theorem, instance, **{name: run}) == {Status.HOLDS}
    points = run.points.copy()
    points[:, -1, 0] = np.inf
    assert status(theorem, instance, **{name: replace(run, points=points)}) == {Status.VIOLATED}


def test_an_infinite_iterate_beyond_the_range_decides_nothing() -> None:
    instance = drawn(1e37)
    chosen = proximal.problem(instance)
    run = Machine(np.float64).run(FORMS[0], instance, chosen.lam, chosen.L, chosen.start)
    points = run.points.astype(np.float32)
    points[:, 3:, 0] = np.inf
    single = replace(run, points=points)
    assert status(ista.THEOREM, instance, ista_run=single) == {Status.UNDECIDED}


def test_what_follows_an_iterate_that_left_the_range_is_no_step() -> None:
    instance = Instance([[1]], [[1]])
    points = np.array([[[3e38], [np.inf], [np.inf], [np.inf]]], dtype=np.float32)
    run = Trajectory(points, np.array([0.5]), np.array([1.0]))
    assert status(ista.THEOREM, instance, ista_run=run) == {Status.UNDECIDED}
    assert status(iht.THEOREM, instance, iht_run=run) == {Status.UNDECIDED}


def test_rates_alone_are_no_rates_of_infinite_iterates() -> None:
    instance = Instance(np.eye(3), [[1, 0, 0], [0, 2, 0]])
    evidence = dict(gather(ista.THEOREM, instance))
    run = evidence["ista_run"]
    points = run.points.copy()
    points[:, -1, 0] = np.inf
    evidence["ista_run"] = replace(run, points=points)
    claims = ista.THEOREM.claims_of(instance, evidence, {})
    (finite,) = (claim for claim in claims if claim.name == "iterates are finite")
    assert not finite.step


def thresholded(machine: Machine, instance: Instance, start: Any, steps: int) -> Trajectory:
    """Iterative hard thresholding on a dictionary of one atom, which drops nothing."""
    atoms = machine.kept(instance.D.data / instance.D.norms.mid)
    y, x = machine.kept(instance.Y.mid), machine.kept(start)
    points = [x]
    for _ in range(steps):
        points.append(machine.gradient_step(FORMS[0], atoms, points[-1], y, machine.dtype(1)))
    batch = len(instance)
    return Trajectory(np.stack(points, axis=1), np.zeros(batch), np.ones(batch))


@pytest.mark.parametrize("flushes", [False, True])
@pytest.mark.parametrize("dtype", SCALES)
def test_hard_thresholding_holds_at_any_scale(dtype: Any, flushes: bool) -> None:
    """And no longer with a step that is off by eight times what rounding explains."""
    rng = np.random.default_rng(3)
    d, E = rng.standard_normal((6, 1)), rng.standard_normal((2, 6))
    for scale in SOLVED[dtype]:
        instance = Instance(d, [[scale], [-scale]], 0.1 * scale * E)
        run = thresholded(Machine(dtype, flushes=flushes, seed=1), instance, [[0], [scale]], 4)
        assert status(iht.THEOREM, instance, iht_run=run) == {Status.HOLDS}
        points = run.points.copy()
        allowed = iht._rounding(instance, run).size
        points[:, 2, 0] += np.asarray(8 * allowed[:, 1], dtype=dtype)
        wrong = replace(run, points=points)
        assert status(iht.THEOREM, instance, iht_run=wrong) == {Status.VIOLATED}


@pytest.mark.parametrize(("dtype", "share"), [(np.float32, 0.85), (np.float64, 0.2)])
def test_roundings_of_hard_thresholding_nearly_add_up(dtype: Any, share: float) -> None:
    """In float64 the norms and the check count three times as much again."""
    unit = float(np.finfo(dtype).eps) / 2
    d, y = np.full(400, 2.0**-12), np.full(400, unit * 2.0**12 * 15 / 16)
    d[0], y[0] = 1, 1 + 2.0**-8
    instance = Instance(d[:, None], [[2.0**-100]], y[None])
    run = thresholded(Machine(dtype), instance, [[0.0]], 1)
    wide = d.astype(np.longdouble)
    wanted = wide @ y / np.sqrt(wide @ wide)
    found = abs(run.points[0, 1, 0] - wanted)
    assert share <= found / iht._rounding(instance, run).size[0, 0] <= 1
