"""Numbers of a certificate, written so that they stay true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from sparsebound.theory.guarantees.decimals import (
    DIGITS,
    EDGES,
    ENOUGH,
    UNKNOWN,
    Real,
    down,
    enclosed,
    given,
    up,
)

BOUND = {"exact": "", "upper": "at most", "lower": "at least"}
"""What is said beside the number of a figure of each kind."""

LISTED, PLACES = 8, 4
"""How many rows of a long table the text shows, and how many digits of margins."""


def number(figure: dict[str, Any], digits: int = DIGITS, *edges: float) -> str:
    """Write the number of a figure, rounded in the direction in which it stays true.

    Parameters
    ----------
    figure : dict
        Of a document: value, kind, error.
    digits : int
        Significant digits, at least.
    *edges : float
        Chosen numbers that it has to be told from, besides 0 and 1.

    Returns
    -------
    str

    Examples
    --------
    >>> number({"value": 0.78432200692, "kind": "upper"}), number({"value": 2 / 3, "kind": "lower"})
    ('0.784323', '0.666666')
    """
    value, kind = figure["value"], figure["kind"]
    if kind != "exact":
        if value in edges:
            digits, edges = ENOUGH, ()
        told: tuple[Real, ...] = (*EDGES, *(Fraction(given(edge)) for edge in edges))
        return (up if kind == "upper" else down)(value, digits, edges=told)
    if value is None or figure["error"] is None:
        return UNKNOWN
    return enclosed(Fraction(value) - Fraction(figure["error"]), value, digits)


def bound(figure: dict[str, Any], words: dict[str, str] = BOUND) -> str:
    """Say what kind of bound a figure is; nothing of one that is exact or unknown.

    Examples
    --------
    >>> bound({"value": 0.5, "kind": "upper"}), bound({"value": None, "kind": "upper"})
    ('at most', '')
    """
    return "" if figure["value"] is None else words[figure["kind"]]


def left_out(margins: dict[str, Any], count: int) -> str:
    """Say of how many codes a number is unknown; the distribution is that of the others.

    Examples
    --------
    >>> left_out({"counts": [1, 1]}, 5), left_out({"counts": [1, 1]}, 2)
    (', unknown of 3', '')
    """
    unknown = count - sum(margins["counts"])
    return f", unknown of {unknown}" if unknown else ""


def shown(figure: dict[str, Any], *edges: float) -> str:
    """Write a figure out, and what kind of bound it is."""
    said = bound(figure)
    return number(figure, DIGITS, *edges) + (f" ({said})" if said else "")


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Write rows below a head, in columns."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()
