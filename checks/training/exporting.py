"""An encoder and a head as arrays: what ``sparsebound certify`` reads, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from sparsebound.checks.training.encoder import SparseEncoder
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError


def _array(tensor: Any) -> FloatArray:
    return np.asarray(tensor.detach().double().cpu().numpy()).copy()


def to_numpy(encoder: SparseEncoder, head: Any) -> dict[str, FloatArray]:
    """Take an encoder and its head, trained or not, into arrays.

    Parameters
    ----------
    encoder : SparseEncoder
    head : torch.nn.Linear or None
        From features to logits.

    Returns
    -------
    dict
        ``D`` (m, n), ``lam`` (n,), ``V`` (C, n), ``b`` (C,), ``ridge`` (), in float64; without a
        head, no ``V`` and ``b``.

    Raises
    ------
    InputError
        If a number is not finite, or sizes do not agree.

    Examples
    --------
    >>> found = to_numpy(SparseEncoder(np.eye(2), penalty=0.5), torch.nn.Linear(2, 3))
    >>> {name: array.shape for name, array in found.items()}
    {'D': (2, 2), 'lam': (2,), 'V': (3, 2), 'b': (3,), 'ridge': ()}
    """
    found = {"D": _array(encoder.atoms), "lam": _array(encoder.thresholds)}
    if head is not None:
        found.update(_read_by(head, encoder.atoms.shape[1]))
    found["ridge"] = _array(encoder.ridge)
    for name, array in found.items():
        if not np.isfinite(array).all():
            raise InputError(name, array, "finite numbers")
    return found


def _read_by(head: Any, n: int) -> dict[str, FloatArray]:
    V = _array(head.weight)
    if V.ndim != 2 or V.shape[1] != n:
        raise InputError("head.weight.shape", V.shape, f"(C, {n})")
    b = np.zeros(len(V)) if head.bias is None else _array(head.bias)
    return {"V": V, "b": b}


def save(path: Any, encoder: SparseEncoder, head: Any) -> None:
    """Write :func:`to_numpy` to a file ``.npz``; parameters as there, and a path.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "network.npz"
    ...     save(path, SparseEncoder(np.eye(2)), torch.nn.Linear(2, 3))
    ...     sorted(np.load(path))
    ['D', 'V', 'b', 'lam', 'ridge']
    """
    arrays: dict[str, Any] = dict(to_numpy(encoder, head))
    np.savez(path, **arrays)


def from_numpy(
    arrays: Mapping[str, Any], *, nonnegative: bool = True, dtype: Any = torch.float64
) -> tuple[SparseEncoder, Any]:
    """Build an encoder and a head of arrays, as :func:`to_numpy` gives them.

    Parameters
    ----------
    arrays : mapping
        Of the names there; an opened ``.npz`` will do.
    nonnegative : bool
        Whether features have to be.
    dtype : torch.dtype

    Returns
    -------
    encoder : SparseEncoder
    head : torch.nn.Linear

    Raises
    ------
    InputError
        If an array is missing or cannot be used.

    Examples
    --------
    >>> encoder, head = from_numpy(to_numpy(SparseEncoder((4, 3)), torch.nn.Linear(3, 2)))
    >>> head(encoder(torch.zeros(1, 4)).codes).shape
    torch.Size([1, 2])
    """
    for name in ("D", "lam", "V", "b"):
        if name not in arrays:
            raise InputError("arrays", sorted(arrays), f"an array {name}")
    V = np.asarray(arrays["V"], float)
    ridge = float(arrays["ridge"]) if "ridge" in arrays else 0.0
    encoder = SparseEncoder(
        arrays["D"], arrays["lam"], ridge=ridge, nonnegative=nonnegative, dtype=dtype
    )
    # without random numbers
    head = torch.nn.utils.skip_init(torch.nn.Linear, *reversed(V.shape), dtype=dtype)
    with torch.no_grad():
        head.weight.copy_(torch.tensor(V, dtype=dtype))
        head.bias.copy_(torch.tensor(np.asarray(arrays["b"], float), dtype=dtype))
    return encoder, head
