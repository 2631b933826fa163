"""Tensors of torch as arrays, from files that hold nothing that would run, and what they say."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sparsebound.checks.certify.safetensors import Short


class Checkpoint(dict[str | None, Any]):
    """The tensors of a file, as arrays; ``settings`` are its numbers and words, by dotted names."""

    settings: Mapping[str, Any]


def flattened(
    stored: Any, prefix: str = "", nested: tuple[type, ...] = (Mapping,)
) -> dict[str, Any]:
    """The leaves of nested mappings, and of lists if asked for, by names with dots between.

    Examples
    --------
    >>> flattened({"model": {"W": 1}, "steps": [2, 3]})
    {'model.W': 1, 'steps': [2, 3]}
    >>> flattened({"steps": [2, 3]}, nested=(list,))
    {'steps.0': 2, 'steps.1': 3}
    """
    found: dict[str, Any] = {}
    for name, value in stored.items() if isinstance(stored, Mapping) else enumerate(stored):
        path = f"{prefix}.{name}" if prefix else str(name)
        found |= flattened(value, path, nested) if isinstance(value, nested) else {path: value}
    return found


def read_tensors(path: Path) -> Checkpoint:
    """Read all tensors of a file."""
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of files that are refused
        stored = torch.load(path, map_location="cpu", weights_only=True)
    nested = (Mapping, list, tuple)
    leaves = flattened(stored, nested=nested) if isinstance(stored, nested) else {None: stored}
    found = Checkpoint(
        (name, of_tensor(value)) for name, value in leaves.items() if torch.is_tensor(value)
    )
    said = {name: one for name, one in leaves.items() if isinstance(one, int | float | str)}
    found.settings = {str(name): one for name, one in said.items()}
    return found


def of_tensor(value: Any) -> Any:
    """A tensor as an array, sparse or not; numbers that numpy does not have are as float32."""
    dtype = str(value.dtype).rpartition(".")[2]
    short = dtype in ("bfloat16", "float16") or dtype.startswith("float8")
    value = value.detach().float() if short else value.detach()
    if value.ndim == 2 and str(value.layout) in ("torch.sparse_coo", "torch.sparse_csr"):
        return _sparse(value.cpu())
    if str(value.layout) != "torch.strided":
        value = value.to_dense()
    found = np.asarray(value.cpu().numpy())
    if not short:
        return found
    wide = found.view(Short)
    wide.stored_as = dtype
    return wide


def _sparse(value: Any) -> Any:
    """A sparse matrix of scipy."""
    from scipy.sparse import csr_array

    if str(value.layout) == "torch.sparse_csr":
        parts = value.values(), value.col_indices(), value.crow_indices()
        return csr_array(tuple(part.numpy() for part in parts), shape=tuple(value.shape))
    whole = value.coalesce()
    places = tuple(whole.indices().numpy())
    return csr_array((whole.values().numpy(), places), shape=tuple(value.shape))
