"""Functions of PyLops, which take operators, and proximal operators of DeepInverse."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from sparsebound.checks.adapters.adapted import Adapted, fresh

PYLOPS = "pylops.optimization.sparsity"
DEEPINV = "deepinv.optim.prior"
EXACT_SIGMA = 1e-10
"""The residual at which a pursuit without noise stops, as a share of the signal."""


def proximal_iteration(given: Any) -> Adapted | None:
    """``ista`` and ``fista`` of PyLops, by their callback: every iterate."""
    if not _is(given, PYLOPS, "ista", "fista"):
        return None

    def run(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
        from pylops import MatrixMult

        found = np.repeat(start[:, None], steps + 1, axis=1)
        for i, y in enumerate(Y):
            seen: list[Any] = []
            given(
                MatrixMult(D),
                y,
                x0=start[i].copy(),
                niter=steps,
                eps=2 * lam[i],  # of ||y - D x||^2 + eps ||x||_1
                alpha=1 / L,
                tol=0.0,
                callback=lambda x, seen=seen: seen.append(x.copy()),
            )
            found[i, 1 : len(seen) + 1] = seen
            found[i, len(seen) + 1 :] = found[i, len(seen)]  # it stops where nothing moves
        return found

    def written(_: Collection[str]) -> str:
        settings = "x0=start[0], niter=steps, eps=2 * lam[0], alpha=1 / L, tol=0.0"
        return f"{given.__name__}(MatrixMult(D), Y[0], {settings})[0]"

    return Adapted(run, written)


def operator_pursuit(given: Any) -> Adapted | None:
    """``omp`` of PyLops: its points; the order is not known."""
    if not _is(given, PYLOPS, "omp"):
        return None

    def run(D: Any, Y: Any) -> Any:
        from pylops import MatrixMult

        points = np.zeros((len(Y), D.shape[1]))
        for i, y in enumerate(Y):
            if y.any():
                sigma = EXACT_SIGMA * np.linalg.norm(y)
                points[i] = given(MatrixMult(D), y, niter_outer=min(D.shape), sigma=sigma)[0]
        return points

    def written(_: Collection[str]) -> str:
        sigma = f"{EXACT_SIGMA} * np.linalg.norm(Y[0])"
        return f"omp(MatrixMult(D), Y[0], niter_outer=min(D.shape), sigma={sigma})[0]"

    return Adapted(run, written, unit_atoms=True)


def proximal_prior(given: Any) -> Adapted | None:
    """``L1Prior`` of DeepInverse, a class or an instance: its proximal operator."""
    kind = given if isinstance(given, type) else type(given)
    if not _is(kind, DEEPINV, "L1Prior"):
        return None

    def run(v: Any, theta: Any) -> Any:
        import torch

        return fresh(given).prox(torch.as_tensor(v), gamma=float(theta)).numpy()

    def written(_: Collection[str]) -> str:
        return "L1Prior().prox(torch.as_tensor(v), gamma=float(theta)).numpy()"

    return Adapted(run, written, activation="soft")


def _is(given: Any, module: str, *names: str) -> bool:
    """Whether it is one of these functions or classes, whatever it is imported from."""
    return getattr(given, "__module__", "") == module and getattr(given, "__name__", "") in names
