"""Estimators of the Lasso: scikit-learn's, and those of packages that follow it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.checks.adapters.adapted import (
    Adapted,
    converged,
    doubts,
    fresh,
    has,
    name_of,
    parameters,
    rows,
)

CODER_TOLERANCE = 1e-8
"""What ``SparseCoder`` sets ``tol`` of its ``Lasso`` to; it has no parameter for that."""

STATES_A_GAP = ("sklearn", "celer")
"""Packages whose ``tol`` bounds the duality gap, as a share of ``||y||^2``."""


def lasso(given: Any) -> Adapted | None:
    """``Lasso``, ``LassoLars``, ``ElasticNet`` of ratio 1: ``fit``, ``coef_``, ``alpha``.

    They minimise ``1/(2 m) ||y - D x||^2 + alpha ||x||_1``. What has another loss, groups of atoms
    or several tasks is something else.
    """
    names, others = parameters(given), {"loss", "groups"}
    known = ("Lasso" in name_of(given) or "l1_ratio" in names) and not names & others
    if name_of(given).startswith("MultiTask"):  # one support for all signals
        return None
    if not (known and has(given, "fit") and {"alpha", "fit_intercept"} <= names):
        return None
    made = fresh(given, alpha=1.0, fit_intercept=False)
    package = type(made).__module__.partition(".")[0]
    states = package in STATES_A_GAP and hasattr(made, "tol")
    sign_known = "positive" in names
    ratio = {"l1_ratio": 1.0} if "l1_ratio" in names else {}

    def run(D: Any, Y: Any, lam: Any, nonnegative: bool = False) -> Any:
        sign = {"positive": bool(nonnegative)} if sign_known else {}
        points, stated = [], np.full(len(Y), 2.0 * made.tol if states else np.nan)
        for i, y in enumerate(Y):
            settings = {"alpha": lam[i] / len(y), "fit_intercept": False, **ratio, **sign}
            with doubts() as heard:
                points.append(fresh(given, **settings).fit(D, y).coef_)
            if not converged(heard):
                stated[i] = np.inf
        return rows(points), stated

    extra = ", l1_ratio=1.0" if ratio else ""
    extra += ", positive=nonnegative" if sign_known else ""
    written = f"{name_of(given)}(alpha=lam[0] / len(Y[0]), fit_intercept=False{extra})"
    return Adapted(run, lambda _: f"{written}.fit(D, Y[0]).coef_", None if sign_known else False)


def sparse_coder(given: Any) -> Adapted | None:
    """``SparseCoder``: a dictionary, and ``transform``; here by the Lasso."""
    names = parameters(given)
    if not (isinstance(given, type) and {"dictionary", "transform_alpha"} <= names):
        return None

    def coder(D: Any, alpha: float, nonnegative: bool) -> Any:
        return given(
            dictionary=D.T.copy(),
            transform_algorithm="lasso_cd",
            transform_alpha=alpha,
            positive_code=bool(nonnegative),
            transform_max_iter=10000,
        )

    def run(D: Any, Y: Any, lam: Any, nonnegative: bool = False) -> Any:
        points, stated = [], np.full(len(Y), 2 * CODER_TOLERANCE)
        for i, y in enumerate(Y):
            with doubts() as heard:
                points.append(coder(D, lam[i], nonnegative).transform(y[None]))
            if not converged(heard):
                stated[i] = np.inf
        return rows(points), stated

    written = (
        f"{name_of(given)}(D.T, transform_algorithm='lasso_cd', transform_alpha=lam[0], "
        "positive_code=nonnegative)"
        ".transform(Y)"
    )
    return Adapted(run, lambda _: written)


def benchmarked_solver(given: Any) -> Adapted | None:
    """A solver of benchopt's Lasso: ``set_objective``, ``run``, ``get_result``."""
    if not (isinstance(given, type) and has(given, "set_objective", "run", "get_result")):
        return None
    by_tolerance = getattr(given, "stopping_strategy", None) == "tolerance"

    def run(D: Any, Y: Any, lam: Any) -> Any:
        points = []
        for i, y in enumerate(Y):
            solver = given()
            solver.set_objective(X=D, y=y, lmbd=float(lam[i]), fit_intercept=False)
            solver.run(1e-12 if by_tolerance else 10_000)
            result = solver.get_result()
            points.append(next(iter(result.values())) if isinstance(result, dict) else result)
        return rows(points)

    written = (
        "(s := Solver()).set_objective(X=D, y=Y[0], lmbd=lam[0], fit_intercept=False) or "
        "s.run(10_000) or s.get_result()"
    )
    return Adapted(run, lambda _: written, False)
