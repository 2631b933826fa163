"""Solvers as people have them, without an adapter of their own."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import sparsebound as sb
from sparsebound.checks.adapters import adapted
from sparsebound.checks.calls import Call
from sparsebound.checks.commands.main import main
from sparsebound.checks.protocol import Subject
from sparsebound.checks.snippet import snippet
from sparsebound.checks.supplies import probe
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError

linear_model = pytest.importorskip("sklearn.linear_model")
decomposition = pytest.importorskip("sklearn.decomposition")

D = np.array([[1.0, 0.6, 0.0], [0.0, 0.8, 1.0]])
Y = np.array([[3.0, 1.0], [-1.0, 2.0], [0.0, 0.0]])
LAM = np.array([0.5, 0.25, 1.0])


def value(points: Any) -> Any:
    return ((Y - points @ D.T) ** 2).sum(axis=1) / 2 + LAM * np.abs(points).sum(axis=1)


class Benchmarked:
    """What benchopt asks of a solver."""

    stopping_strategy = "iteration"

    def set_objective(self, X: Any, y: Any, lmbd: float, fit_intercept: bool) -> None:
        assert not fit_intercept
        self.X, self.y, self.lmbd = X, y, lmbd

    def run(self, n_iter: int) -> None:
        L = np.linalg.norm(self.X, 2) ** 2
        x = np.zeros(self.X.shape[1])
        for _ in range(n_iter):
            v = x + self.X.T @ (self.y - self.X @ x) / L
            x = np.sign(v) * np.maximum(np.abs(v) - self.lmbd / L, 0)
        self.x = x

    def get_result(self) -> dict[str, Any]:
        return {"beta": self.x}


GIVEN = {
    "class": linear_model.Lasso,
    "instance": linear_model.Lasso(tol=1e-9, max_iter=10**5),
    "LassoLars": linear_model.LassoLars,
    "ElasticNet": linear_model.ElasticNet,
    "SparseCoder": decomposition.SparseCoder,
    "benchopt": Benchmarked,
}


@pytest.mark.parametrize("name", GIVEN)
def test_estimators_minimise_what_the_protocol_says(name: str) -> None:
    found = adapted(GIVEN[name])
    assert found is not None
    answer = found.run(D=D, Y=Y, lam=LAM)
    points = answer[0] if isinstance(answer, tuple) else answer
    reference = adapted(Benchmarked)
    assert reference is not None
    best = value(reference.run(D=D, Y=Y, lam=LAM))
    assert (value(points) <= best + 1e-3 * (Y**2).sum(axis=1) + 1e-12).all()


def test_nonnegative_minimisers_are_asked_for_where_there_are_any() -> None:
    found = adapted(linear_model.Lasso)
    assert found is not None
    assert found.nonnegative is None
    points, stated = found.run(D=D, Y=-Y, lam=LAM, nonnegative=True)
    assert (points >= 0).all()
    assert stated.tolist() == [2e-4] * 3
    assert Subject.of(Benchmarked).nonnegative is False


def test_a_solver_that_says_that_it_did_not_converge_states_nothing() -> None:
    rng = np.random.default_rng(0)
    found = adapted(linear_model.Lasso(max_iter=1, tol=1e-12))
    assert found is not None
    _, stated = found.run(
        D=rng.standard_normal((5, 9)), Y=rng.standard_normal((1, 5)), lam=np.array([1e-3])
    )
    assert stated.tolist() == [np.inf]


def test_what_is_no_estimator_of_the_lasso_is_none() -> None:
    assert adapted(linear_model.Ridge) is None
    assert adapted(np.linalg.lstsq) is None
    with pytest.raises(InputError, match="expected a callable, an estimator of the Lasso"):
        Subject.of(linear_model.Ridge())


def test_the_first_minute_of_an_author_of_solvers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["check", "--subject", "sklearn.linear_model:Lasso", "--examples", "30", "--jobs", "1"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "stability.near_minimiser" in said
    assert "not run" not in said


def test_units_matter_to_a_pursuit_with_an_absolute_guard() -> None:
    found = sb.check_subject(linear_model.OrthogonalMatchingPursuit, "uniqueness.erc", examples=60)
    assert not found.passed
    (theorem,) = found.summary["theorems"]
    said = theorem["violation"]["text"]
    assert "OrthogonalMatchingPursuit(tol=" in said
    assert "e-" in said  # a signal that is small


@pytest.mark.parametrize("name", ["uniqueness.erc", "uniqueness.greedy", "stability.omp"])
def test_the_path_of_a_pursuit_tells_its_order(name: str) -> None:
    found = adapted(linear_model.orthogonal_mp)
    assert found is not None
    picks, points = found.run(D=np.eye(3), Y=np.array([[1.0, 3.0, 0.0], [0.0, 0.0, 0.0]]))
    assert picks.tolist() == [[1, 0, -1], [-1, -1, -1]]
    assert points.tolist() == [[1, 3, 0], [0, 0, 0]]


def test_an_estimator_that_tells_no_order_is_not_asked_for_it() -> None:
    with pytest.raises(InputError, match="picks in their order"):
        sb.check_subject(linear_model.OrthogonalMatchingPursuit, "uniqueness.greedy", examples=5)


def test_a_solver_that_states_nothing_at_all_has_not_passed() -> None:
    def never(D: Any, Y: Any, lam: Any) -> Any:
        return np.zeros((len(Y), D.shape[1])), np.full(len(Y), np.inf)

    found = sb.check_subject(never, "stability.near_minimiser", examples=20)
    assert not found.passed
    assert found.summary["theorems"][0]["status"] == "vacuous"


@pytest.mark.parametrize(
    ("given", "stop"),
    [
        ({"D": D, "Y": Y}, "tol=1e-20 * (Y[0] @ Y[0])"),
        ({"D": D, "Y": Y, "eps": LAM}, "tol=eps[0] ** 2"),
    ],
)
def test_what_is_printed_is_what_was_called(given: dict[str, Any], stop: str) -> None:
    subject = Subject.of(linear_model.OrthogonalMatchingPursuit)
    lines = snippet(Call(subject, "uniqueness.erc", given), 0).splitlines()
    assert stop in lines[-1]
    printed: list[Any] = []
    exec("\n".join(lines), {"print": printed.append})
    run = adapted(linear_model.OrthogonalMatchingPursuit)
    assert run is not None
    first = {name: value if name == "D" else value[:1] for name, value in given.items()}
    assert (printed[0] == run.run(**first)[0]).all()


@pytest.mark.parametrize("name", ["MultiTaskLasso", "SGDRegressor", "LogisticRegression"])
def test_what_minimises_something_else_is_not_taken_for_the_lasso(name: str) -> None:
    assert adapted(getattr(linear_model, name)) is None


def test_a_pursuit_is_not_taken_for_a_network_of_layers() -> None:
    """Both are given ``D`` and ``Y``."""
    with pytest.raises(InputError, match="a network, with weights W"):
        probe(
            Subject.of(linear_model.OrthogonalMatchingPursuit),
            catalogue()["stability.layered_thresholding"],
        )


def test_further_arguments_excuse_no_missing_ones(capsys: pytest.CaptureFixture[str]) -> None:
    """``lasso_path(X, y, ..., **params)``: nothing fits, and it is said why."""
    assert main(["check", "--subject", "sklearn.linear_model:lasso_path"]) == 2
    said = capsys.readouterr().err
    assert "stability.near_minimiser needs a callable of D, Y, lam, nonnegative" in said
    assert "it asks for X, y" in said
    assert "sparsebound explain ID says what a solver or a network is given" in said


def test_an_answer_of_no_use_is_the_reason_that_is_said() -> None:
    """And not that it asks for other arguments than another theorem gives."""

    def imaginary(v: Any, theta: Any) -> Any:
        return 1j * v

    with pytest.raises(InputError, match=r"network\.thresholding needs an array of floats"):
        sb.check_subject(imaginary)


class AsksForMore:
    """An estimator that is made with a parameter which has no default."""

    def __init__(self, shrinkage: float, alpha: float, fit_intercept: bool = True) -> None:
        self.shrinkage, self.alpha, self.fit_intercept = shrinkage, alpha, fit_intercept

    def fit(self, X: Any, y: Any) -> Any:
        self.coef_ = linear_model.Lasso(self.alpha, fit_intercept=False).fit(X, y).coef_
        return self


class MyLasso(AsksForMore):
    def __init__(self, alpha: float, fit_intercept: bool = True) -> None:
        super().__init__(0.0, alpha, fit_intercept)


class LassoThatAsksForMore(AsksForMore):
    pass


def test_a_weight_without_a_default_is_no_reason_against_an_estimator() -> None:
    found = adapted(MyLasso)
    assert found is not None
    points = found.run(D=D, Y=Y, lam=LAM)[0]
    reference = adapted(linear_model.Lasso)
    assert reference is not None
    assert np.array_equal(points, reference.run(D=D, Y=Y, lam=LAM)[0])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (linear_model.LassoCV, "not a class that no adapter knows: .* that calls LassoCV$"),
        (linear_model.MultiTaskLasso, "not a class that no adapter knows"),
        (dict, "not a class that no adapter knows"),
        (LassoThatAsksForMore, "an instance of it: .* cannot be made without shrinkage$"),
    ],
)
def test_a_class_that_cannot_be_asked_is_one_clear_line(given: Any, said: str) -> None:
    with pytest.raises(InputError, match=said) as found:
        Subject.of(given)
    assert "\n" not in str(found.value)
    if given is LassoThatAsksForMore:
        assert adapted(given(0.5, alpha=1.0)) is not None


def test_a_module_whose_class_asks_for_more_is_one_clear_line() -> None:
    torch = pytest.importorskip("torch", reason="torch is no dependency")
    with pytest.raises(InputError, match="cannot be made without in_features, out_features"):
        Subject.of(torch.nn.Linear)


class Operator:
    """What PyLops makes of a matrix, as far as its solvers look."""

    def __init__(self, matrix: Any) -> None:
        self.matrix = matrix


def ista(Op: Any, y: Any, **settings: Any) -> Any:
    """Of ``||y - D x||^2 + eps ||x||_1``; it stops where nothing moves."""
    x, alpha = settings["x0"], settings["alpha"]
    for _ in range(settings["niter"]):
        v = x + alpha * Op.matrix.T @ (y - Op.matrix @ x)
        new = np.sign(v) * np.maximum(np.abs(v) - settings["eps"] * alpha / 2, 0)
        settings["callback"](new)
        if (new == x).all():
            break
        x = new
    return x, settings["niter"], None


def omp(Op: Any, y: Any, niter_outer: int, sigma: float) -> Any:
    """Least squares on one atom more, until the residual is small."""
    D, chosen, x = Op.matrix, [], np.zeros(Op.matrix.shape[1])
    while np.linalg.norm(y - D @ x) > sigma and len(chosen) < niter_outer:
        chosen.append(int(np.abs(D.T @ (y - D @ x)).argmax()))
        x[chosen] = np.linalg.lstsq(D[:, chosen], y)[0]
    return x, len(chosen), None


class L1Prior:
    def prox(self, x: Any, *, gamma: float) -> Any:
        return x.sign() * (x.abs() - gamma).clamp(min=0)


@pytest.fixture
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects that say to be those of packages which are not installed for the tests."""
    pylops = ModuleType("pylops")
    pylops.MatrixMult = Operator  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pylops", pylops)
    for function in (ista, omp):
        monkeypatch.setattr(function, "__module__", "pylops.optimization.sparsity")
    monkeypatch.setattr(L1Prior, "__module__", "deepinv.optim.prior")


@pytest.mark.usefixtures("stand_ins")
def test_functions_of_pylops_are_taken_as_they_are() -> None:
    steps = adapted(ista)
    assert steps is not None
    L = np.linalg.norm(D, 2) ** 2
    start = np.ones((3, 3))
    points = steps.run(D=D, Y=Y, lam=LAM, L=L, start=start, steps=400)
    assert points.shape == (3, 401, 3)
    assert (points[:, 0] == start).all()
    reference = adapted(linear_model.Lasso(tol=1e-12, max_iter=10**6))
    assert reference is not None
    np.testing.assert_allclose(value(points[:, -1]), value(reference.run(D=D, Y=Y, lam=LAM)[0]))
    for subject, name in ((ista, "rate.ista"), (omp, "uniqueness.erc")):
        (found,) = sb.check_subject(subject, name, examples=20).summary["theorems"]
        assert found["status"] == "held"
    pursuit = adapted(omp)
    assert pursuit is not None
    assert pursuit.unit_atoms
    assert "MatrixMult(D), Y[0]" in pursuit.written(())


@pytest.mark.usefixtures("stand_ins")
def test_a_prior_is_held_to_soft_thresholding() -> None:
    pytest.importorskip("torch", reason="torch is no dependency")
    for given in (L1Prior, L1Prior()):
        assert Subject.of(given).activation == "soft"
    (found,) = sb.check_subject(L1Prior, "network.thresholding", examples=20).summary["theorems"]
    assert found["status"] == "held"


def test_other_functions_of_these_names_are_not_taken_for_them() -> None:
    assert adapted(ista) is None
    assert adapted(omp) is None
    assert adapted(L1Prior) is None
