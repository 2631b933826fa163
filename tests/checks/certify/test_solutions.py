"""Somebody's solutions of the Lasso, against optima that cvxpy certifies and by hand."""

from __future__ import annotations

from pathlib import Path

import cvxpy as cp
import numpy as np
import pytest

from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.solutions import Solutions
from sparsebound.checks.commands.main import main
from sparsebound.theory.errors import InputError

DATA = Path(__file__).parent / "data"


def judged(D: np.ndarray, Y: np.ndarray, X: np.ndarray, lam: float, **more: bool) -> Solutions:
    found = certify(D, signals=Y, codes=X, lam=lam, atoms="columns", **more)  # type: ignore[arg-type]
    assert found.solutions is not None
    assert found.codes is None
    return found.solutions


def problem(seed: int, *, nonnegative: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    D, y, lam = rng.standard_normal((12, 20)), rng.standard_normal(12), 1.5
    z = cp.Variable(20, nonneg=nonnegative)
    cp.Problem(cp.Minimize(0.5 * cp.sum_squares(y - D @ z) + lam * cp.norm1(z))).solve(
        solver="CLARABEL", tol_gap_abs=1e-10, tol_gap_rel=1e-10, tol_feas=1e-10
    )
    return D, y, np.asarray(z.value)


def value(D: np.ndarray, y: np.ndarray, x: np.ndarray, lam: float) -> float:
    return float(np.sum((y - D @ x) ** 2) / 2 + lam * np.abs(x).sum())


@pytest.mark.parametrize("nonnegative", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_gaps_enclose_what_a_solution_misses(seed: int, nonnegative: bool) -> None:
    D, y, best = problem(seed, nonnegative=nonnegative)
    rng = np.random.default_rng(seed)
    far = np.abs(best) if nonnegative else best
    X = np.stack([far, far + 0.01 * np.abs(rng.standard_normal(20)), 0 * best])
    found = judged(D, np.stack([y] * 3), X, 1.5, nonnegative=nonnegative)
    least = value(D, y, best, 1.5)
    for x, gap, above, distance in zip(
        X, found.each.gap, found.each.above, found.each.distance, strict=True
    ):
        missed = value(D, y, x, 1.5) - least
        assert above - 1e-8 <= missed <= gap + 1e-8
        norms = np.linalg.norm(D, axis=0)
        assert np.linalg.norm(norms * (x - best)) <= distance + 1e-5
    assert found.each.gap[0] < 1e-6
    assert found.each.above[1] > 0
    off = np.abs(best) < 1e-7
    assert found.each.off[0] <= off.sum()


def test_the_better_of_two_solvers_is_told() -> None:
    """celer issue 173: one column, and two answers."""
    stored = np.load(DATA / "celer173.npz")
    D, y, lam = stored["D"], stored["y"], 20e-4
    exact = max(abs(float(D[:, 0] @ y)) - lam, 0) * np.sign(D[:, 0] @ y) / float(D[:, 0] @ D[:, 0])
    found = judged(D, np.stack([y, y]), np.array([[0.0], [exact]]), lam)
    assert exact == pytest.approx(0.688705, abs=1e-6)
    assert found.beaten == 1
    assert found.worst[0].code == 0
    assert found.worst[0].better[0][1] == pytest.approx(exact)
    missed = value(D, y, np.zeros(1), lam) - value(D, y, np.array([exact]), lam)
    assert found.each.above[0] == pytest.approx(missed, rel=1e-6)
    assert found.each.gap[0] == pytest.approx(missed, rel=1e-6)
    assert found.each.gap[1] < 1e-12


def test_zero_is_the_minimiser_of_a_large_weight() -> None:
    found = judged(np.eye(3), np.array([[1.0, 2, -3]]), np.zeros((1, 3)), 3.0)
    assert found.each.gap[0] == pytest.approx(0, abs=1e-12)
    assert found.beaten == 0
    assert found.each.off[0] == 2  # the last is at the edge


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lam": 1.0}, "together with --signals and --codes"),
        ({"lam": 1.0, "signals": np.ones((1, 2)), "codes": np.ones((2, 3))}, r"expected \(1, 3\)"),
        ({"lam": 0.0, "signals": np.ones((1, 2)), "codes": np.ones((1, 3))}, "--lam is 0.0"),
        ({"nonnegative": True}, "together with --lam"),
        (
            {"lam": 1.0, "signals": np.ones((1, 2)), "codes": np.ones((1, 3)), "penalty": 1},
            "--penalty is 1; expected to be left out",
        ),
        (
            {
                "lam": 1.0,
                "signals": np.ones((1, 2)),
                "codes": -np.ones((1, 3)),
                "nonnegative": True,
            },
            r"--codes\[0, 0\] is -1.0",
        ),
    ],
)
def test_what_cannot_be_judged_is_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        certify(np.array([[1.0, 0, 3], [0, 1, 4]]), **arguments)  # type: ignore[arg-type]


def test_the_command_prints_and_keeps_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    D, y, best = problem(0)
    for name, array in (("D", D), ("Y", y[None]), ("X", 0 * best[None])):
        np.save(tmp_path / f"{name}.npy", array)
    words = ["--signals", "Y.npy", "--lam", "1.5", "--codes", "X.npy", "--out", "out"]
    paths = [str(tmp_path / one) if one.endswith(".npy") or one == "out" else one for one in words]
    assert main(["certify", str(tmp_path / "D.npy"), *paths]) == 0
    said = capsys.readouterr().out
    assert "Your Lasso: 1 solution of min 1/2 ||y - D z||^2 + 1.5 ||z||_1 over all z" in said
    assert "solution 0 is above z[" in said
    page = (tmp_path / "out" / "certificate.html").read_text()
    assert "Surely not minimal" in page
    kept = np.load(tmp_path / "out" / "codes.npz")
    assert kept["above"][0] > 0
