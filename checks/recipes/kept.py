"""Dictionaries that are kept, with all that was computed of them, until a shard ends."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_forgetting: list[Callable[[], None]] = []


def kept(maxsize: int) -> Callable[[F], F]:
    """Keep the last results of a function that builds dictionaries.

    Parameters
    ----------
    maxsize : int
        How many.

    Returns
    -------
    callable
        A decorator; arguments have to be hashable.
    """

    def decorated(function: F) -> F:
        cached = lru_cache(maxsize)(function)
        _forgetting.append(cached.cache_clear)
        return cached  # type: ignore[return-value]

    return decorated


def forget() -> None:
    """Forget all of them: what a shard computes must not depend on which shards came before.

    Examples
    --------
    >>> built = kept(maxsize=1)(lambda name: [name])
    >>> first = built("a")
    >>> again = built("a") is first
    >>> forget()
    >>> again, built("a") is first
    (True, False)
    """
    for clear in _forgetting:
        clear()
