"""What an adapter makes, and what interfaces have in common."""

from __future__ import annotations

import copy
import inspect
import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.theory.errors import InputError


@dataclass(frozen=True)
class Adapted:
    """A function in the place of something with another interface.

    Attributes
    ----------
    run : callable
        With the arguments of the protocol.
    written : callable
        From the names of the arguments that are given, to the same for one signal: a line of
        Python.
    nonnegative : bool, optional
        Whether it minimises over nonnegative codes alone, or over all alone; None if both.
    unit_atoms : bool
        Whether it asks for atoms of unit norm.
    activation : str, optional
        Which thresholding function it is.
    """

    run: Callable[..., Any]
    written: Callable[[Collection[str]], str]
    nonnegative: bool | None = None
    unit_atoms: bool = False
    activation: str | None = None


def parameters(given: Any) -> set[str]:
    """Names of the parameters with which an estimator, or its class, is made.

    Examples
    --------
    >>> sorted(parameters(Adapted))
    ['activation', 'nonnegative', 'run', 'unit_atoms', 'written']
    """
    kind = given if isinstance(given, type) else type(given)
    try:
        return set(inspect.signature(kind).parameters)
    except (TypeError, ValueError):
        return set()


def has(given: Any, *names: str) -> bool:
    """Whether it has these methods."""
    return all(callable(getattr(given, name, None)) for name in names)


def missing(given: Any, **settings: Any) -> list[str]:
    """Parameters that a class asks for to be made, beside these; none of an instance.

    Examples
    --------
    >>> missing(Adapted, run=print), missing(Adapted(print, str))
    (['written'], [])
    """
    if not isinstance(given, type):
        return []
    try:
        known = inspect.signature(given).parameters.items()
    except (TypeError, ValueError):
        return []
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    asked = [name for name, p in known if p.default is p.empty and p.kind not in variable]
    return [name for name in asked if name not in settings]


def fresh(given: Any, **settings: Any) -> Any:
    """A new estimator of a class, or a copy of one, with other settings.

    Raises
    ------
    InputError
        If the class asks for more to be made.
    """
    if asked := missing(given, **settings):
        said = f"an instance of it: {name_of(given)} cannot be made without {', '.join(asked)}"
        raise InputError("--subject", given, said)
    if isinstance(given, type):
        return given(**settings)
    made = copy.deepcopy(given)
    for name, value in settings.items():
        setattr(made, name, value)
    return made


def name_of(given: Any) -> str:
    """The name of a class, or of that of an instance."""
    return (given if isinstance(given, type) else type(given)).__name__


@contextmanager
def doubts() -> Iterator[list[str]]:
    """Hear whether a solver says that it did not converge; that is no tolerance."""
    heard: list[str] = []
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        yield heard
    heard.extend(type(one.message).__name__ for one in found)


def converged(heard: list[str]) -> bool:
    """Whether it did not warn of that."""
    return "ConvergenceWarning" not in heard


def rows(values: list[Any]) -> Any:
    """Stack points, one a signal."""
    return np.stack([np.asarray(value).ravel() for value in values])
