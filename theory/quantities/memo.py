"""Compute what depends on a dictionary, or on an instance, alone once for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sparsebound.theory.instance import Dictionary, Instance

P = ParamSpec("P")
R = TypeVar("R")
E = TypeVar("E")


def of_dictionary(
    function: Callable[Concatenate[Dictionary, P], R],
) -> Callable[..., R]:
    """Accept a dictionary or its data, and remember results on the dictionary.

    Arguments beyond the dictionary have to be hashable.
    """

    @wraps(function)
    def remembered(D: Any, *args: P.args, **kwargs: P.kwargs) -> R:
        dictionary = D if isinstance(D, Dictionary) else Dictionary(D)
        key = (function, args, tuple(sorted(kwargs.items())))
        if key not in dictionary.memo:
            dictionary.memo[key] = function(dictionary, *args, **kwargs)
        result: R = dictionary.memo[key]
        return result

    return remembered


def of_instance(function: Callable[[Instance], R]) -> Callable[[Instance], R]:
    """Remember results on the instance."""

    @wraps(function)
    def remembered(instance: Instance) -> R:
        if function not in instance.memo:
            instance.memo[function] = function(instance)
        result: R = instance.memo[function]
        return result

    return remembered


def of_evidence(function: Callable[[Instance, E], R]) -> Callable[[Instance, E], R]:
    """Remember the last result on the instance, for the evidence that it was computed from."""

    @wraps(function)
    def remembered(instance: Instance, evidence: E) -> R:
        known = instance.memo.get(function)
        if known is None or known[0] is not evidence:
            known = instance.memo[function] = evidence, function(instance, evidence)
        result: R = known[1]
        return result

    return remembered


def kept(memo: dict[Any, Any], name: str, key: Any, compute: Callable[[], Any]) -> Any:
    """Compute once for each object ``key``, which the memo keeps alive."""
    held = memo.get((name, id(key)))
    if held is None or held[0] is not key:
        held = memo[name, id(key)] = (key, compute())
    return held[1]
