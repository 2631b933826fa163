"""Products of blocks of atoms in float32, on the processor or on a GPU: one small seam.

A backend holds blocks of atoms, and gives back only the few entries of a product that can matter.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from sparsebound.theory.errors import InputError

Array = np.ndarray
Found = tuple[Array, Array, Array]
"""Rows, columns and sizes of entries."""


class Backend(Protocol):
    """What computes products of blocks."""

    def put(self, block: Array) -> Any:
        """Take atoms, shape (b, m) in float32, to where products are computed."""

    def within(self, block: Any, count: int) -> Array:
        """For each atom the largest sizes of its products with others of its block, (b, count)."""

    def above(self, a: Any, b: Any, floor_a: Array, floor_b: Array) -> Found:
        """Products whose size exceeds the floor of their row or of their column.

        A floor is the least of the sizes that are kept of an atom: what equals it would take the
        place of an equal one, so that ties lose nothing. Floors only rise; one that is out of date
        lets more through.
        """


class Numpy:
    """On the processor; threads are those of the caller."""

    def put(self, block: Array) -> Array:
        """Nothing to do."""
        return block

    def within(self, block: Array, count: int) -> Array:
        """Find the largest sizes within a block."""
        sizes = np.abs(block @ block.T)
        np.fill_diagonal(sizes, 0)
        return np.partition(sizes, -count, axis=1)[:, -count:] if count < len(block) else sizes

    def above(self, a: Array, b: Array, floor_a: Array, floor_b: Array) -> Found:
        """Find the large products."""
        sizes = a @ b.T
        np.abs(sizes, out=sizes)
        mask = sizes > floor_b
        mask |= sizes > floor_a[:, None]
        flat = np.flatnonzero(mask)
        rows, columns = np.divmod(flat, sizes.shape[1])
        return rows, columns, sizes.ravel()[flat]


class Torch:
    """With torch, on its GPU if there is one; products in full float32."""

    def __init__(self, device: str | None = None) -> None:
        import torch

        self.torch = torch
        self.device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        torch.set_float32_matmul_precision("highest")  # TF32 has 10 bits: no bound would hold

    def put(self, block: Array) -> Any:
        """Copy a block to the device."""
        return self.torch.from_numpy(np.ascontiguousarray(block)).to(self.device)

    def within(self, block: Any, count: int) -> Array:
        """Find the largest sizes within a block."""
        sizes = (block @ block.T).abs_()
        sizes.fill_diagonal_(0)
        return np.asarray(sizes.topk(min(count, len(block)), dim=1).values.cpu().numpy())

    def above(self, a: Any, b: Any, floor_a: Array, floor_b: Array) -> Found:
        """Find the large products."""
        sizes = (a @ b.T).abs_()
        mask = sizes > self.put(floor_b)
        mask |= sizes > self.put(floor_a)[:, None]
        rows, columns = mask.nonzero(as_tuple=True)
        found = (rows, columns, sizes[rows, columns])
        rows, columns, values = (part.cpu().numpy() for part in found)
        return rows, columns, values


BACKENDS = ("auto", "numpy", "torch")
"""What may compute products, or be left to choose."""


def backend(name: str = "auto") -> Backend:
    """Choose what computes products: a GPU if torch finds one, else numpy.

    Parameters
    ----------
    name : {"auto", "numpy", "torch"}
        ``torch`` takes its GPU, or the processor without one.
    """
    if name == "numpy":
        return Numpy()
    if name not in BACKENDS:
        raise InputError("backend", name, ", ".join(BACKENDS))
    if name == "torch":
        return Torch()
    try:
        import torch
    except ImportError:
        return Numpy()
    return Torch() if torch.cuda.is_available() else Numpy()
