"""Greedy pursuits in float64: held against theorems where their choice is clear of rounding.

A pursuit is written without scaling and without a guard: as sums of squares, which leave the range
long before the data do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sparsebound.checks.evidence import gather
from sparsebound.theory.analysis.choices import Choice
from sparsebound.theory.analysis.floating_point import UP, pursuit
from sparsebound.theory.evidence import Pursuit, StoppedPursuit, Trajectory, no_certificate
from sparsebound.theory.instance import Instance
from sparsebound.theory.rate import htp
from sparsebound.theory.stability import omp
from sparsebound.theory.uniqueness import erc, greedy
from sparsebound.theory.verdict import Status, decide

CODES = [-1060, -1000, -600, -505, -400, 0, 400, 505, 600, 1000]
ATOMS = [-600, -400, 0, 400, 600]
"""Powers of two; of both together, those that are not beyond the range."""
FORMS = ("atoms normalised", "correlations divided", "squares compared")


def plain(
    form: str, D: NDArray[Any], Y: NDArray[Any], eps: NDArray[Any], steps: int
) -> NDArray[Any]:
    """Pursuits until the residual is at most ``eps``; a pick of -1 is none."""
    with np.errstate(all="ignore"):
        norms = np.sqrt((D * D).sum(axis=0))
        picks = np.full((len(Y), steps), -1)
        for code, (y, enough) in enumerate(zip(Y, eps, strict=True)):
            residual, chosen = y, list[int]()
            for step in range(steps):
                if form == "squares compared":
                    stops = (residual * residual).sum() <= enough * enough
                else:
                    stops = np.sqrt((residual * residual).sum()) <= enough
                if stops:
                    break
                if form == "atoms normalised":
                    found = np.abs(residual @ (D / norms))
                else:
                    found = np.abs(residual @ D) / norms
                found[chosen] = -1
                chosen.append(int(np.nan_to_num(found, nan=0.0).argmax()))
                picks[code, step] = chosen[-1]
                frame, _ = np.linalg.qr(np.nan_to_num(D[:, chosen] / norms[chosen]))
                residual = y - frame @ (frame.T @ y)
    return picks


def drawn(codes: int, atoms: int) -> Instance:
    """Five codes with up to two nonzeros, in a dictionary of small coherence."""
    rng = np.random.default_rng(3)
    D = np.eye(16, 18) + 0.005 * rng.standard_normal((16, 18))
    D[:, 16] += 0.25
    D[:, 17] += np.where(np.arange(16) % 2, 0.25, -0.25)
    X = np.zeros((5, 18))
    for x, support in zip(X, ([0], [1, 2], [3, 4], [17], [16, 0]), strict=True):
        x[support] = rng.uniform(1, 2, len(support)) * rng.choice([-1, 1], len(support))
    with np.errstate(under="ignore"):
        return Instance(np.ldexp(D, atoms), np.ldexp(X, codes))


def scales() -> list[tuple[int, int]]:
    return [(codes, atoms) for codes in CODES for atoms in ATOMS if abs(codes + atoms) <= 1060]


def recovered(instance: Instance, picks: NDArray[Any]) -> list[Status]:
    run = Pursuit(picks, instance.X, np.zeros(len(instance)))
    certificate = no_certificate(len(instance), *instance.D.shape)
    verdict = decide(erc.THEOREM, instance, {"certificate": certificate, "pursuit": run})
    return [Status(int(value)) for value in verdict.status]


def stable(instance: Instance, run: StoppedPursuit) -> list[Status]:
    verdict = decide(omp.THEOREM, instance, {"stopped_pursuit": run})
    return [Status(int(value)) for value in verdict.status]


@pytest.mark.parametrize("form", FORMS)
def test_exact_recovery_is_not_refuted_at_any_scale(form: str) -> None:
    for codes, atoms in scales():
        instance = drawn(codes, atoms)
        Y, ordinary = instance.Y.mid, max(abs(codes), abs(atoms), abs(codes + atoms)) <= 400
        with np.errstate(all="ignore"):
            guard = 1e-12 * np.sqrt((Y * Y).sum(axis=1))
        found = recovered(instance, plain(form, instance.D.data, Y, guard, 5))
        assert Status.VIOLATED not in found, (codes, atoms)
        if ordinary:
            assert found == [Status.HOLDS] * 5
            nothing = np.full((5, 1), -1)
            assert recovered(instance, nothing) == [Status.VIOLATED] * 5


@pytest.mark.parametrize("form", FORMS)
def test_stability_is_not_refuted_at_any_scale(form: str) -> None:
    for codes, atoms in scales():
        base = drawn(codes, atoms)
        rng = np.random.default_rng(1)
        with np.errstate(under="ignore"):
            noise = np.ldexp(0.02 * rng.standard_normal((5, 16)), codes + atoms)
        signals, eps = base.Y.mid + noise, np.linalg.norm(np.ldexp(noise, -(codes + atoms)), axis=1)
        with np.errstate(under="ignore"):
            eps = np.ldexp(1.5 * eps, codes + atoms)
        picks = plain(form, base.D.data, signals, eps, 5)
        found = stable(base, StoppedPursuit(signals, eps, picks))
        assert Status.VIOLATED not in found, (codes, atoms)
        if max(abs(codes), abs(atoms), abs(codes + atoms)) <= 400:
            assert found.count(Status.HOLDS) >= 3
            wrong = np.full((5, 1), 11)
            refuted = stable(base, StoppedPursuit(signals, eps, wrong))
            for before, after in zip(found, refuted, strict=True):
                assert after == (Status.VIOLATED if before == Status.HOLDS else before)


@pytest.mark.parametrize("theorem", [erc.THEOREM, omp.THEOREM], ids=lambda theorem: theorem.id)
def test_our_own_pursuits_are_not_refuted_at_any_scale(theorem: Any) -> None:
    for codes, atoms in scales():
        instance = drawn(codes, atoms)
        verdict = decide(theorem, instance, gather(theorem, instance))
        assert not verdict.count(Status.VIOLATED), (codes, atoms)


@pytest.mark.parametrize("scale", [-508, -400, 0, 400])
def test_an_atom_is_missed_where_it_stands_out_of_rounding(scale: int) -> None:
    """By eight times what rounding explains; half of it is no more than rounding."""
    one = np.ones(1)
    lost = float(pursuit(Instance(np.eye(2), [[1, 1]]).D, one, one, one).size[0])
    size = float(pursuit(Instance(np.eye(2), [[1, 1]]).D, one, one, 2.0**scale * one).size[0])
    assert scale < -500 or size == pytest.approx(lost * 2.0**scale)
    for times, expected in ((8, Status.VIOLATED), (0.5, Status.HOLDS)):
        instance = Instance(np.eye(2), [[2.0**scale, times * 2 * size]])
        small, first = recovered(instance, np.array([[0]])), np.array([[0]])
        assert small == [expected]
        run = StoppedPursuit(instance.Y.mid, np.zeros(1), first)
        assert stable(instance, run) == [expected]


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_picks_that_rounding_does_not_explain_are_wrong_in_every_type(dtype: str) -> None:
    """Of 16 atoms float16 tells the first that is picked, for signals that are not small."""
    instance = Instance(np.eye(16), 64 * np.eye(16)[:1])
    signals, certificate = instance.Y.mid, no_certificate(1, 16, 16)
    for pick, status in ((0, Status.HOLDS), (3, Status.VIOLATED)):
        picks = np.array([[pick]])
        run = Pursuit(picks, instance.X, np.full(1, 2.0**-5), dtype)
        stopped = StoppedPursuit(signals, np.full(1, 0.125), picks, dtype)
        given = {"certificate": certificate, "pursuit": run, "stopped_pursuit": stopped}
        for theorem in (erc.THEOREM, greedy.THEOREM, omp.THEOREM):
            assert decide(theorem, instance, given).status == status, theorem.id


def test_noise_that_no_atom_explains_may_start_another_step() -> None:
    """Where its norm is ``eps``, by rounding alone; and not where it is less."""
    instance = Instance(np.eye(4), [[1.0, 0, 0, 0]])
    noise = np.array([[0, 0.1, 0.2, 0.2]])
    again = np.array([[0, 2]])
    for eps, picks, expected in (
        (0.3, again, Status.HOLDS),
        (0.31, again, Status.VIOLATED),
        (0.3, np.array([[2, 0]]), Status.VIOLATED),
        (0.31, np.array([[0]]), Status.HOLDS),
    ):
        level = np.array([np.nextafter(eps, 1)])
        run = StoppedPursuit(instance.Y.mid + noise, level, picks)
        assert stable(instance, run) == [expected], eps


def test_rounding_of_least_squares_comes_near_what_is_allowed() -> None:
    """Within a fortieth, for a signal whose inner product with an atom loses every term."""
    unit, m = 2.0**-53, 400
    d, y = np.full(m, 2.0**-12), np.full(m, unit * 2.0**12 * 15 / 16)
    d[0], y[0] = 1, 1 + 2.0**-10
    total = 0.0
    for a, b in zip(d, y, strict=True):
        total += a * b
    wide = d.astype(np.longdouble)
    missed = abs(float(wide @ y - total) / float(np.sqrt(wide @ wide)))
    D = Instance(d[:, None], [[1.0]]).D
    one, size = np.ones(1), np.linalg.norm(y) * np.ones(1)
    allowed = pursuit(D, one, one, size * UP).size[0]
    assert 1 / 40 <= missed / allowed <= 1


@pytest.mark.parametrize(
    ("dtype", "expected"), [("float16", Status.HOLDS), ("float32", Status.VIOLATED)]
)
def test_what_a_choice_is_behind_by_is_added_to_the_bound(
    dtype: str, expected: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Near the tie that attains the rate: the other atom is ahead, by what float16 may lose."""
    points = np.array([[[0, 2 - 2.0**-9], [0, 1 / 3]]], dtype=dtype)
    run = Trajectory(points, np.zeros(1), np.full(1, 10.0))

    def status() -> Status:
        return Status(decide(htp.THEOREM, htp.THEOREM.extremal(1), {"htp_run": run}).status[0])

    assert status() == expected
    behind = Choice.behind
    monkeypatch.setattr(Choice, "behind", lambda self, missed: behind(self, missed) * 0)
    assert status() == Status.VIOLATED
