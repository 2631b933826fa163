"""Solvers as people have them, made into subjects: one row an interface.

A row says what it recognises, and makes of it a function with the arguments of
:mod:`sparsebound.checks.protocol`. To ask something that no row knows, write such a function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sparsebound.checks.adapters import estimators, modules, operators, sklearn_pursuits
from sparsebound.checks.adapters.adapted import Adapted

ADAPTERS: tuple[Callable[[Any], Adapted | None], ...] = (
    estimators.lasso,
    estimators.sparse_coder,
    estimators.benchmarked_solver,
    sklearn_pursuits.pursuit,
    sklearn_pursuits.pursuing_estimator,
    operators.proximal_iteration,
    operators.operator_pursuit,
    operators.proximal_prior,
    modules.torch_module,
)
"""In the order in which they are tried."""


def adapted(given: Any) -> Adapted | None:
    """Make a subject of an estimator, a module or a function with another interface.

    Parameters
    ----------
    given : object
        An instance or a class.

    Returns
    -------
    Adapted or None
        None if no row recognises it.

    Examples
    --------
    >>> adapted(len) is None
    True
    """
    return next((found for adapt in ADAPTERS if (found := adapt(given)) is not None), None)


__all__ = ["ADAPTERS", "Adapted", "adapted"]
