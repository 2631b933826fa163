"""Small pictures of matrices, codes and counts: one path for each colour, so that they stay small.

A plotting library draws an element for each cell, ten times the size. Colours are presentation
attributes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import ArrayLike

from sparsebound.reports.html.charts import BLUE, GREY, ORANGE

LEVELS = 8
"""Shades of each sign."""

_SVG = (
    '<svg class="picture" role="img" aria-label="{label}" width="{width}" height="{height}" '
    'viewBox="0 0 {columns} {rows}" preserveAspectRatio="none" shape-rendering="crispEdges">'
)


def heatmap(matrix: ArrayLike, *, description: str, size: int = 220) -> Markup:
    """Draw a matrix: blue is positive, orange negative, and the largest entry has full colour.

    Parameters
    ----------
    matrix : array_like, shape (m, n)
        Finite numbers.
    description : str
        What a screen reader says.
    size : int
        Width or height, whichever is larger, in pixels.

    Returns
    -------
    Markup
        An SVG element.

    Examples
    --------
    >>> heatmap([[1, 0], [0, -1]], description="signs").count("<path")
    2
    """
    values = np.asarray(matrix, dtype=np.float64)
    rows, columns = values.shape
    largest = np.abs(values).max(initial=0.0)
    levels = np.rint(values / (largest or 1.0) * LEVELS).astype(int)
    cell = min(24.0, size / max(rows, columns))
    parts = [
        Markup(_SVG).format(
            label=description,
            width=round(cell * columns),
            height=round(cell * rows),
            columns=columns,
            rows=rows,
        )
    ]
    for level in np.unique(levels[levels != 0]):
        cells = "".join(f"M{x} {y}h1v1h-1z" for y, x in np.argwhere(levels == level).tolist())
        colour, shade = (BLUE if level > 0 else ORANGE), abs(int(level)) / LEVELS
        parts.append(Markup(f'<path fill="{colour}" fill-opacity="{shade:.3g}" d="{cells}"/>'))
    parts.append(
        Markup(
            f'<rect width="{columns}" height="{rows}" fill="none" stroke="currentColor" '
            'stroke-opacity=".3" vector-effect="non-scaling-stroke"/></svg>'
        )
    )
    return Markup("").join(parts)


def stems(values: Sequence[float], *, description: str, width: int = 220) -> Markup:
    """Draw a code as bars up and down from a line.

    Parameters
    ----------
    values : sequence of float
        The code.
    description : str
        What a screen reader says.
    width : int
        In pixels.

    Returns
    -------
    Markup
        An SVG element.

    Examples
    --------
    >>> stems([1, 0, -1], description="a code").count("h0.7")
    2
    """
    largest = max(map(abs, values), default=0.0) or 1.0
    columns = max(len(values), 1)
    bars = "".join(
        f"M{place + 0.15:.2f} 10v{-9.5 * value / largest:.2f}h0.7V10z"
        for place, value in enumerate(values)
        if value
    )
    cell = min(24.0, width / columns)
    head = Markup(_SVG).format(
        label=description, width=round(cell * columns), height=64, columns=columns, rows=20
    )
    line = f'<path fill="none" stroke="currentColor" stroke-opacity=".4" d="M0 10H{columns}" '
    return head + Markup(
        f'{line}vector-effect="non-scaling-stroke"/><path fill="{BLUE}" d="{bars}"/></svg>'
    )


def spark(counts: Sequence[int], edge: int, *, description: str, good: str = "within") -> Markup:
    """Draw counts as small bars, with a line after those that are within.

    Parameters
    ----------
    counts : sequence of int
        Of the bins.
    edge : int
        How many of the bins are within.
    description : str
        What a screen reader says.
    good : {"within", "beyond"}
        Which of them are blue; the others are grey.

    Returns
    -------
    Markup
        An SVG element.

    Examples
    --------
    >>> spark([1, 2, 3], 2, description="one beyond").count("<path")
    3
    """
    largest = max(counts, default=0) or 1

    def bars(first: int, last: int) -> str:
        return "".join(
            f"M{place} 30v{-max(29 * counts[place] / largest, 1):.3g}h.8V30z"
            for place in range(first, last)
            if counts[place]
        )

    head = Markup(_SVG).format(
        label=description, width=10 * len(counts), height=30, columns=len(counts), rows=30
    )
    left, right = (BLUE, GREY) if good == "within" else (GREY, BLUE)
    return head + Markup(
        f'<path fill="{left}" d="{bars(0, edge)}"/>'
        f'<path fill="{right}" d="{bars(edge, len(counts))}"/>'
        f'<path fill="none" stroke="currentColor" d="M{edge - 0.1:.1f} 0V30" '
        'vector-effect="non-scaling-stroke"/></svg>'
    )


def bar(value: float | None, *, width: int = 72) -> Markup:
    """Draw lhs/rhs as a bar that is full at 1; beyond 1 it is orange.

    Parameters
    ----------
    value : float or None
        The ratio; the number stands beside the bar, so that a screen reader skips it.
    width : int
        In pixels.

    Returns
    -------
    Markup
        An SVG element.

    Examples
    --------
    >>> 'width="36"' in bar(0.5)
    True
    """
    filled = 0.0 if value is None else min(max(value, 0.0), 1.0) * width
    colour = ORANGE if value is not None and value > 1 else BLUE
    return Markup(
        f'<svg class="bar" aria-hidden="true" width="{width}" height="8">'
        f'<rect width="{width}" height="8" rx="2" fill="currentColor" fill-opacity=".12"/>'
        f'<rect width="{filled:.3g}" height="8" rx="2" fill="{colour}"/></svg>'
    )
