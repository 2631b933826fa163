"""Solvers of packages whose interface no adapter knows: a few lines each, to copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def _iterates(
    solve: Callable[..., Any], D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any
) -> Any:
    from pylops import MatrixMult

    found = np.repeat(start[:, None], steps + 1, axis=1)
    for i, y in enumerate(Y):
        seen: list[Any] = []
        solve(
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


def pylops_ista(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
    """``pylops.optimization.sparsity.ista``, every iterate."""
    from pylops.optimization.sparsity import ista

    return _iterates(ista, D, Y, lam, L, start, steps)


def pylops_fista(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
    """``pylops.optimization.sparsity.fista``, every iterate."""
    from pylops.optimization.sparsity import fista

    return _iterates(fista, D, Y, lam, L, start, steps)


def pylops_omp(D: Any, Y: Any) -> Any:
    """``pylops.optimization.sparsity.omp``, the points."""
    from pylops import MatrixMult
    from pylops.optimization.sparsity import omp

    return np.stack(
        [
            omp(MatrixMult(D), y, niter_outer=min(D.shape), sigma=1e-10 * np.linalg.norm(y))[0]
            if y.any()
            else np.zeros(D.shape[1])
            for y in Y
        ]
    )


pylops_omp.unit_atoms = True  # type: ignore[attr-defined]
