"""Codes of a batch that are the same, with all that was found on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.evidence.batched import OfDictionary, Selectable
from sparsebound.theory.instance import DeepInstance, Instance

Index = NDArray[np.intp]


def distinct(instance: Instance | DeepInstance, evidence: Mapping[str, Any]) -> tuple[Index, Index]:
    """Find the first of each of the codes that differ, and for each code, which of these it is.

    Codes with evidence of an unknown type all count as different.

    Examples
    --------
    >>> distinct(Instance([[1, 2]], [[1, 0], [0, 1], [1, 0]]), {})
    (array([0, 1]), array([0, 1, 0]))
    """
    count = len(instance)
    try:
        columns = [_bytes(array) for array in _arrays(instance, evidence)]
    except TypeError:
        return np.arange(count), np.arange(count)
    rows = np.concatenate(columns, axis=1)
    seen: dict[bytes, int] = {}
    places = np.array([seen.setdefault(row.tobytes(), len(seen)) for row in rows], dtype=np.intp)
    first = np.unique(places, return_index=True)[1]
    return first, places


def _arrays(instance: Instance | DeepInstance, evidence: Mapping[str, Any]) -> Iterator[Any]:
    layers = (instance,) if isinstance(instance, Instance) else instance.layers
    for layer in layers:
        yield from (layer.X, layer.E)
    if isinstance(instance, DeepInstance):
        yield instance.X0
    for item in evidence.values():
        yield from _fields(item)


def _fields(item: Any) -> Iterator[Any]:
    """Go through all that belongs to single codes."""
    if isinstance(item, OfDictionary):
        return
    if isinstance(item, tuple):
        for part in item:
            yield from _fields(part)
    elif isinstance(item, Selectable):
        for name in item.batched_fields():
            yield from _fields(getattr(item, name))
    elif isinstance(item, np.ndarray) and item.dtype != object:
        yield item
    else:
        raise TypeError(f"{type(item).__name__} is no evidence of a known type")


def _bytes(array: NDArray[Any]) -> NDArray[np.uint8]:
    rows = np.ascontiguousarray(array).reshape(len(array), -1)
    return rows.view(np.uint8) if rows.size else np.zeros((len(array), 0), dtype=np.uint8)
