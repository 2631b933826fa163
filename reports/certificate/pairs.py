"""The closest pairs of atoms, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sparsebound.reports.certificate.figures import PLACES
from sparsebound.theory.guarantees.decimals import about, up


def lines(found: dict[str, Any]) -> Iterator[str]:
    """List the closest pairs, and what no other pair exceeds.

    Examples
    --------
    >>> pair = {"first": 1, "second": 2, "lower": 0.8 - 1e-15, "upper": 0.8 + 1e-15}
    >>> for line in lines({"pairs": [pair], "others": 0.6}):
    ...     print(line)
    Closest pairs of atoms: 1
      1 and 2: about 0.8
      any other: at most 0.6
    """
    yield f"Closest pairs of atoms: {len(found['pairs'])}"
    for pair in found["pairs"]:
        yield f"  {pair['first']} and {pair['second']}: {product(pair)}"
    yield f"  any other: at most {up(found['others'], PLACES)}"


def product(pair: dict[str, Any]) -> str:
    """Write an inner product; it is known to more digits than are shown.

    Examples
    --------
    >>> product({"lower": -1.0, "upper": -0.9999999999999})
    'about -1'
    """
    return about((pair["lower"] + pair["upper"]) / 2, PLACES)
