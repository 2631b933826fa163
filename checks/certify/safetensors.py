"""The safetensors format, bfloat16 and float8 included, which numpy has no types for.

A file is the length of a header (8 bytes, little-endian), the header (JSON: type, shape and place
of each array), and the arrays.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

LARGEST_HEADER = 100_000_000

TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "F8_E5M2": "u1",
    "F8_E4M3": "u1",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
}


class Short(np.ndarray):
    """Numbers of a type that numpy does not have, as float32, which holds them all."""

    stored_as: str = ""


def read_safetensors(path: Path) -> dict[str, Any]:
    """Read all arrays of a file, mapped where that is possible.

    Raises
    ------
    ValueError
        If the file is cut off, its header wrong, or a type not known.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if not 0 < length <= min(LARGEST_HEADER, size - 8):
            raise ValueError("its header does not fit into it")
        header = json.loads(stream.read(length))
    if not isinstance(header, dict):
        raise ValueError("its header names no arrays")
    header.pop("__metadata__", None)
    return {name: _array(path, name, entry, 8 + length, size) for name, entry in header.items()}


def _array(path: Path, name: str, entry: Any, begin: int, size: int) -> np.ndarray:
    """Map one array, of which the header says the type, the shape and the place."""
    fields = entry if isinstance(entry, dict) else {}
    kind, shape, place = (fields.get(name) for name in ("dtype", "shape", "data_offsets"))
    if not (_are_counts(shape) and _are_counts(place) and len(place) == 2):
        raise ValueError(f"the header does not say where {name} is")
    if not isinstance(kind, str) or kind not in TYPES:
        raise ValueError(f"{name} is of the type {kind}")
    dtype, (start, stop) = np.dtype(TYPES[kind]), place
    count = math.prod(shape)
    if stop - start != count * dtype.itemsize:
        raise ValueError(f"the place of {name} has another size than its shape")
    if begin + stop > size:
        raise ValueError(f"{name} is cut off")
    if not count:
        return _decoded(np.zeros(shape, dtype=dtype), kind)
    stored = np.memmap(path, dtype=dtype, mode="r", offset=begin + start, shape=tuple(shape))
    return _decoded(stored, kind)


def _are_counts(value: Any) -> TypeGuard[list[int]]:
    """Whether a part of the header is a list of numbers from 0 on."""
    return isinstance(value, list) and all(type(entry) is int and entry >= 0 for entry in value)


def _decoded(stored: np.ndarray, kind: str) -> np.ndarray:
    """Numbers as numpy has them.

    Examples
    --------
    >>> _decoded(np.array([0x3F80, 0xC000], dtype=np.uint16), "BF16").tolist()
    [1.0, -2.0]
    >>> _decoded(np.array([0x38, 0xC0, 0x01], dtype=np.uint8), "F8_E4M3").tolist()
    [1.0, -2.0, 0.001953125]
    """
    if kind == "BF16":
        wide = (stored.astype(np.uint32) << 16).view(np.float32)
    elif kind == "F8_E5M2":
        wide = (stored.astype(np.uint16) << 8).view(np.float16).astype(np.float32)
    elif kind == "F8_E4M3":
        wide = _E4M3[stored]
    else:
        return stored
    short = wide.view(Short)
    short.stored_as = {"BF16": "bfloat16", "F8_E5M2": "float8_e5m2"}.get(kind, "float8_e4m3")
    return short


def _e4m3() -> np.ndarray:
    """The 256 numbers with a sign, 4 bits of exponent (bias 7) and 3 of mantissa; no infinity."""
    bits = np.arange(256)
    exponent, mantissa = (bits >> 3) & 15, bits & 7
    sizes = np.where(exponent == 0, mantissa * 2.0**-9, np.ldexp(1 + mantissa / 8, exponent - 7))
    sizes = np.where((exponent == 15) & (mantissa == 7), np.nan, sizes)
    return np.where(bits >> 7, -sizes, sizes).astype(np.float32)


_E4M3 = _e4m3()
