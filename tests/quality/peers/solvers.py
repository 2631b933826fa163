"""Solvers of packages whose interface no adapter knows: a few lines each, to copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# --- the Lasso, and basis pursuit ---------------------------------------------------------------


def each(solve: Callable[..., Any]) -> Callable[..., Any]:
    """Points, from a function of one signal and one weight or bound; 0 for a signal that is 0."""

    def run(D: Any, Y: Any, weights: Any) -> Any:
        found = np.zeros((len(Y), D.shape[1]))
        for x, y, weight in zip(found, Y, weights, strict=True):
            if y.any():
                x[:] = np.asarray(solve(D, y, float(weight)), dtype=float).ravel()
        return found

    return run


def spams_lasso(D: Any, Y: Any, lam: Any) -> Any:
    """``spams.lasso``, by LARS."""
    import spams

    def solve(D: Any, y: Any, weight: float) -> Any:
        columns = np.asfortranarray(y[:, None]), np.asfortranarray(D)
        return spams.lasso(*columns, lambda1=weight, mode=2).toarray()

    return each(solve)(D, Y, lam)


def spgl1_bpdn(D: Any, Y: Any, sigma: Any) -> Any:
    """``spgl1.spg_bpdn``, at tolerances of 1e-9."""
    from spgl1 import spg_bpdn

    stop = {"opt_tol": 1e-9, "bp_tol": 1e-9, "iter_lim": 10000}
    return each(lambda D, y, bound: spg_bpdn(D, y, bound, **stop)[0])(D, Y, sigma)


def cvxpy_bpdn(D: Any, Y: Any, sigma: Any) -> Any:
    """``cvxpy.Problem``, with the solver that it chooses."""
    import cvxpy

    def solve(D: Any, y: Any, bound: float) -> Any:
        x = cvxpy.Variable(D.shape[1])
        fits = D @ x == y if bound == 0 else cvxpy.norm(y - D @ x, 2) <= bound
        cvxpy.Problem(cvxpy.Minimize(cvxpy.norm(x, 1)), [fits]).solve()
        return x.value

    return each(solve)(D, Y, sigma)


def cvxopt_bp(D: Any, Y: Any) -> Any:
    """``cvxopt.modeling``: basis pursuit as it is written."""
    from cvxopt import matrix, solvers
    from cvxopt.modeling import op, sum, variable

    solvers.options["show_progress"] = False

    def solve(D: Any, y: Any, _: float) -> Any:
        x = variable(D.shape[1])
        op(sum(abs(x)), [matrix(D) * x == matrix(y)]).solve()
        return np.array(x.value)

    return each(solve)(D, Y, np.zeros(len(Y)))


cvxopt_bp.basis_pursuit = True  # type: ignore[attr-defined]


# --- iterations ---------------------------------------------------------------------------------


def _seen(run: Callable[..., Any], start: Any, steps: int, lam: Any, Y: Any) -> Any:
    """Every iterate, from a function that hands each one to a callback; the last one stays."""
    found = np.repeat(start[:, None], steps + 1, axis=1)
    for i, y in enumerate(Y):
        seen: list[Any] = []
        run(y, float(lam[i]), start[i].copy(), lambda x, seen=seen: seen.append(np.array(x)))
        found[i, 1 : len(seen) + 1] = seen[:steps]
        found[i, len(seen) + 1 :] = found[i, min(len(seen), steps)]
    return found


def _pyproximal(acceleration: str | None) -> Callable[..., Any]:
    def run(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
        from pylops import MatrixMult
        from pyproximal import L1, L2
        from pyproximal.optimization.primal import ProximalGradient

        def one(y: Any, weight: float, x: Any, callback: Any) -> None:
            parts = L2(MatrixMult(D), y), L1(sigma=weight)
            more = {"niter": steps, "acceleration": acceleration, "callback": callback}
            ProximalGradient(*parts, x, tau=1 / L, **more)

        return _seen(one, start, steps, lam, Y)

    return run


def pyproximal_ista(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
    """``pyproximal.optimization.primal.ProximalGradient``, every iterate."""
    return _pyproximal(None)(D, Y, lam, L, start, steps)


def pyproximal_fista(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
    """The same with ``acceleration="fista"``."""
    return _pyproximal("fista")(D, Y, lam, L, start, steps)


def copt_ista(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
    """``copt.minimize_proximal_gradient`` with a constant step, every iterate."""
    from copt import minimize_proximal_gradient

    def one(y: Any, weight: float, x: Any, callback: Any) -> None:
        def shrunk(v: Any, step: float, *_: Any) -> Any:
            return np.sign(v) * np.maximum(np.abs(v) - step * weight, 0)

        minimize_proximal_gradient(
            lambda z: (((D @ z - y) ** 2).sum() / 2, D.T @ (D @ z - y)),
            x,
            prox=shrunk,
            jac=True,
            step=lambda _: 1 / L,
            tol=0,
            max_iter=steps + 1,
            callback=lambda found: callback(found["x"]),  # what a step starts from
        )

    return _seen(one, start, steps + 1, lam, Y)[:, 1:]
