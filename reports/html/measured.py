"""Small pictures of measured numbers: one with its interval, and how one went from run to run."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from sparsebound.reports.html.charts import BLUE, ORANGE


def interval(
    value: float,
    lower: float,
    upper: float,
    expected: float,
    limit: float,
    *,
    colour: str,
    width: int = 180,
) -> Markup:
    """Draw a measured number and its interval; the expected one is a line, the limit is dashed.

    The two lines are at the same places in every picture, whatever the limit, so that pictures
    beneath one another can be compared; what does not fit ends in an arrow.

    Parameters
    ----------
    value, lower, upper : float
        The number and its interval.
    expected, limit : float
        What it should be, and the largest number that passes.
    colour : str
        Of the interval.
    width : int
        In pixels.

    Returns
    -------
    Markup
        An SVG element.

    Examples
    --------
    >>> drawn = interval(1.02, 0.99, 1.05, 1, 1.1, colour=BLUE)
    >>> 'aria-label="1.02, from 0.99 to 1.05; limit 1.1"' in drawn
    True
    """
    least, most = sorted((expected, limit))
    span = (most - least) or 1.0
    ends = 6.0, width - 6.0

    def place(number: float) -> float:
        return width * (0.3 + 0.4 * (number - least) / span)

    left, right, middle = (min(max(place(v), ends[0]), ends[1]) for v in (lower, upper, value))
    arrows = f"M{ends[0]} 8l-4 4l4 4" if place(lower) < ends[0] else ""
    arrows += f"M{ends[1]} 8l4 4l-4 4" if place(upper) > ends[1] else ""
    description = f"{value:.4g}, from {lower:.4g} to {upper:.4g}; limit {limit:.4g}"
    return _drawn(
        description,
        width,
        24,
        f'<path fill="none" stroke="currentColor" stroke-opacity=".15" d="M0 12H{width}"/>'
        '<path fill="none" stroke="currentColor" stroke-opacity=".6" '
        f'd="M{place(expected):.1f} 1V23"/>'
        f'<path fill="none" stroke="{ORANGE}" stroke-width="1.5" stroke-dasharray="4 3" '
        f'd="M{place(limit):.1f} 1V23"/>'
        f'<path fill="none" stroke="{colour}" stroke-width="4" stroke-opacity=".55" '
        f'd="M{left:.1f} 12H{right:.1f}"/>'
        f'<path fill="none" stroke="{colour}" stroke-width="1.5" d="{arrows}"/>'
        f'<circle fill="{colour}" cx="{middle:.1f}" cy="12" r="4"/>',
    )


def trend(
    values: Sequence[float | None],
    *,
    description: str,
    intervals: Sequence[tuple[float, float] | None] = (),
    levels: tuple[float, float] | None = None,
    width: int = 280,
    height: int = 64,
) -> Markup:
    """Draw how a number went from run to run.

    Parameters
    ----------
    values : sequence of float or None
        Of the runs; None leaves a gap.
    description : str
        What a screen reader says.
    intervals : sequence of (float, float) or None, optional
        As many intervals.
    levels : tuple of float, optional
        What it should be, a line, and the largest number that passes, a dashed line.
    width, height : int
        In pixels.

    Returns
    -------
    Markup
        An SVG element.

    Examples
    --------
    >>> trend([1, 2, None, 1], description="up and down").count("L")
    1
    """
    ends = [end for pair in intervals if pair for end in pair]
    drawn = [value for value in (*values, *ends, *(levels or ())) if value is not None]
    least, most = min(drawn, default=0.0), max(drawn, default=0.0)
    step = (width - 12) / max(len(values) - 1, 1)
    dot = min(max(step / 2, 1.5), 5.0)

    def point(place: int, number: float) -> str:
        share = (number - least) / (most - least) if most > least else 0.5
        return f"{6 + step * place:.1f} {height - 6 - (height - 12) * share:.1f}"

    line = points = ""
    before = None
    for place, value in enumerate(values):
        if value is not None:
            line += f"{'M' if before is None else 'L'}{point(place, value)}"
            points += f"M{point(place, value)}h0"
        before = value
    bars = "".join(
        f"M{point(place, pair[0])}L{point(place, pair[1])}"
        for place, pair in enumerate(intervals)
        if pair
    )
    rules = ""
    if levels is not None:
        expected, limit = levels
        across = f"h{width - 12}"
        rules = (
            '<path fill="none" stroke="currentColor" stroke-opacity=".45" '
            f'd="M{point(0, expected)}{across}"/>'
            f'<path fill="none" stroke="{ORANGE}" stroke-width="1.5" stroke-dasharray="4 3" '
            f'd="M{point(0, limit)}{across}"/>'
        )
    shape = f'fill="none" stroke="{BLUE}" stroke-linejoin="round"'
    return _drawn(
        description,
        width,
        height,
        f'{rules}<path {shape} stroke-width="3" stroke-opacity=".35" d="{bars}"/>'
        f'<path {shape} stroke-width="1.5" d="{line}"/>'
        f'<path {shape} stroke-width="{dot:.2g}" stroke-linecap="round" d="{points}"/>',
    )


def _drawn(description: str, width: int, height: int, content: str) -> Markup:
    """Put shapes in pixels, none of which is text of somebody else, into an element."""
    head = Markup(
        '<svg class="picture" role="img" aria-label="{}" width="{}" height="{}" '
        'viewBox="0 0 {} {}">'
    ).format(description, width, height, width, height)
    return head + Markup(content) + Markup("</svg>")
