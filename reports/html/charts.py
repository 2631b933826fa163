"""Charts as static SVG: complete without scripts, coloured by presentation attributes alone.

Drawn by Vega-Lite in vl-convert; lines and texts take the colour of the text around them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import vl_convert
from markupsafe import Markup, escape

BLUE, ORANGE, GREY = "#3b7dd8", "#c9670f", "#808891"
"""Legible on white and on black."""

_AXIS = {
    **dict.fromkeys(("labelColor", "titleColor", "domainColor", "tickColor"), "currentColor"),
    "gridColor": "currentColor",
    "gridOpacity": 0.12,
    "domainOpacity": 0.4,
    "tickOpacity": 0.4,
    "labelFontSize": 11,
    "titleFontSize": 11,
    "titleFontWeight": "normal",
    "labelOverlap": True,
    "labelSeparation": 6,
    "titlePadding": 14,
}
_CONFIG = {
    "background": None,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": _AXIS,
    "legend": {
        "labelColor": "currentColor",
        "labelFontSize": 11,
        "title": None,
        "orient": "top",
        "columns": 1,
    },
}
_DROPPED = re.compile(
    r'<path class="(?:back|fore)ground"[^>]*/>'
    r'|<text [^>]*opacity="0"[^>]*>[^<]*</text>'
    r'|(?<=<g) aria-label="[^"]*"| font-weight="normal"| transform="translate\(0,0\)"'
    r'| (?:role|aria-roledescription|aria-hidden|pointer-events|xmlns:xlink|version)="[^"]*"'
    r'| (?:opacity|stroke-width)="1"'
)
_MARKS = re.compile(r'class="mark-\w+ role-mark (error|bound|missing|false)(?:_layer_\d)?_marks"')
_POINTS = 2
"""Up to so many values of a line are drawn as points as well: one alone has no line."""
_FONT = ' font-family="system-ui, sans-serif" font-size="11px"'
_PLACES = re.compile(r' (?:transform|d|x2|y2)="[^"]*"')
_LONG = re.compile(r"\d+\.\d{2,}")
_NAMED = re.compile(r'<(path|rect) aria-label="([^"]*)"([^>]*?)/>')


def histogram(
    labels: Sequence[str], counts: Sequence[int], *, title: str, description: str, beyond: int = 0
) -> Markup:
    """Draw counts as bars of equal width.

    Parameters
    ----------
    labels : sequence of str
        Names of the bins: their upper ends.
    counts : sequence of int
        As many.
    title : str
        Of the horizontal axis.
    description : str
        What a screen reader says.
    beyond : int
        How many of the last bins lie beyond what is allowed; they are orange.

    Returns
    -------
    Markup
        An SVG element.

    Examples
    --------
    >>> str(histogram(["1", "> 1"], [3, 0], title="lhs/rhs", description="all at most 1"))[:4]
    '<svg'
    """
    rows = [
        {"bin": label, "codes": count, "over": index >= len(labels) - beyond}
        for index, (label, count) in enumerate(zip(labels, counts, strict=True))
        if count
    ]
    for row in rows:
        row["name"] = f"{row['bin']}: {row['codes']:,}"
    return _draw(
        {
            "width": 400,
            "height": 130,
            "data": {"values": rows},
            "mark": {"type": "bar"},
            "encoding": {
                "x": {
                    "field": "bin",
                    "type": "ordinal",
                    "scale": {"domain": list(labels), "padding": 0.08},
                    "axis": {"title": title, "labelAngle": 0, "ticks": False},
                },
                "y": {
                    "field": "codes",
                    "type": "quantitative",
                    "axis": {"title": None, "tickCount": 3, "format": "~s"},
                },
                "color": {
                    "field": "over",
                    "type": "nominal",
                    "scale": {"domain": [False, True], "range": [BLUE, ORANGE]},
                    "legend": None,
                },
                "description": {"field": "name"},
            },
        },
        description,
    )


def decay(
    k: Sequence[int],
    error: Sequence[float],
    bound: Sequence[float],
    *,
    description: str,
    missing: Sequence[int] = (),
    false: Sequence[int] = (),
) -> Markup:
    """Draw an error below its bound, state by state, on a log axis, and the support beneath.

    Parameters
    ----------
    k : sequence of int
        The states.
    error, bound : sequence of float
        Values of the two; those that are not positive have no place on a log axis.
    description : str
        What a screen reader says.
    missing, false : sequence of int, optional
        Entries of the support that a state lacks, and those that it has in excess.

    Returns
    -------
    Markup
        An SVG element.

    Examples
    --------
    >>> drawn = decay([0, 1], [1, 0.1], [1, 0.5], description="falls")
    >>> 'data-series="bound"' in drawn
    True
    """
    ticks = _decades([*error, *bound])
    supported = bool(missing or false)
    lines = [
        _line(k, error, "error", BLUE, ticks=ticks, titled=not supported),
        _line(k, bound, "bound", ORANGE, ticks=ticks, titled=not supported, dashed=True),
    ]
    chart: dict[str, Any] = {"width": 380, "height": 150, "layer": lines}
    if supported:
        steps = [
            _line(k, values, name, colour, log=False, top=max(*missing, *false, 1))
            for name, values, colour in (("missing", missing, GREY), ("false", false, ORANGE))
        ]
        support = {"width": 380, "height": 44, "layer": steps}
        chart = {"vconcat": [chart, support], "spacing": 8}
    return _draw(chart, description)


def lines(
    series: dict[str, Sequence[float | None]],
    *,
    start: int,
    x: str,
    y: str,
    description: str,
    log: bool = False,
) -> Markup:
    """Draw a few series over consecutive integers.

    Parameters
    ----------
    series : dict
        Values by the name of the series; None leaves a gap.
    start : int
        The first integer.
    x, y : str
        Titles of the axes.
    description : str
        What a screen reader says.
    log : bool
        Whether the vertical axis is logarithmic; values that are not positive are left out.

    Returns
    -------
    Markup
        An SVG element.

    Examples
    --------
    >>> str(lines({"runs": [1.0, 2.0]}, start=0, x="run", y="ratio", description="rises"))[:4]
    '<svg'
    """
    rows = [
        {"x": start + place, "y": value, "series": name}
        for name, values in series.items()
        for place, value in enumerate(values)
        if value is not None and (value > 0 or not log)
    ]
    colour = {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": list(series), "range": [BLUE, ORANGE, GREY]},
        "legend": {} if len(series) > 1 else None,
    }
    vertical = _position("y", y, log=log)
    if log:
        vertical["axis"]["values"] = _decades(
            [value for values in series.values() for value in values if value]
        )
    return _draw(
        {
            "width": 400,
            "height": 160,
            "data": {"values": rows},
            "mark": {"type": "line", "aria": False},
            "encoding": {
                "x": _position("x", x),
                "y": vertical,
                "color": colour,
                "strokeDash": {**colour, "scale": {"domain": list(series)}},
            },
        },
        description,
    )


def _position(field: str, title: str | None, *, log: bool = False) -> dict[str, Any]:
    axis: dict[str, Any] = {"title": title, "tickCount": 4, "grid": field != "x"}
    axis["format"] = "~e" if log else "~r"
    if field in ("x", "k"):
        axis |= {"tickCount": 8, "format": "d", "tickMinStep": 1, "grid": False}
    scale = {"type": "log"} if log else {"zero": field not in ("x", "k"), "nice": field == "y"}
    return {"field": field, "type": "quantitative", "axis": axis, "scale": scale}


def _decades(values: Sequence[float]) -> list[float]:
    """Choose a few round numbers: powers of ten and, if there are few, 2 and 5 times them."""
    positive = [value for value in values if value > 0]
    if not positive:
        return []
    low = max(math.floor(math.log10(min(positive))), -323)  # the least and the largest power of
    high = min(math.ceil(math.log10(max(positive))), 308)  # ten that are floats
    powers = range(low, high + 1, max(1, (high - low) // 4))
    factors = (1, 2, 5) if high - low <= 1 else (1,)
    return [factor * 10.0**power for power in powers for factor in factors]


def _line(
    k: Sequence[int],
    values: Sequence[float],
    name: str,
    colour: str,
    *,
    log: bool = True,
    ticks: Sequence[float] = (),
    dashed: bool = False,
    titled: bool = True,
    top: int = 1,
) -> dict[str, Any]:
    rows = [
        {"k": state, "y": value}
        for state, value in zip(k, values, strict=True)
        if value > 0 or not log
    ]
    mark: dict[str, Any] = {"type": "line", "color": colour, "strokeWidth": 2, "aria": False}
    if log and len(rows) <= _POINTS:
        mark["point"] = {"size": 20, "color": colour}
    if dashed:
        mark["strokeDash"] = [5, 3]
    if not log:
        mark |= {"interpolate": "step", "strokeWidth": 1.5}
    vertical = _position("y", None if log else "support", log=log)
    if log:
        vertical["axis"]["values"] = list(ticks)
    else:
        vertical["axis"] |= {"values": [0, top], "format": "d"}
        vertical["scale"] = {"domain": [0, top]}
    horizontal = _position("k", "layer or iteration k" if titled else None)
    horizontal["scale"] = {"domain": [min(k), max(k)], "nice": False}
    return {
        "name": name,
        "data": {"values": rows},
        "mark": mark,
        "encoding": {"x": horizontal, "y": vertical},
    }


def _draw(spec: dict[str, Any], description: str) -> Markup:
    """Draw a specification, without what neither a person nor a screen reader needs."""
    svg = vl_convert.vegalite_to_svg({**spec, "config": _CONFIG}, vl_version="5.20")
    svg = _MARKS.sub(r'data-series="\1"', svg)
    svg = _DROPPED.sub("", svg)
    svg = _PLACES.sub(lambda places: _LONG.sub(_short, places[0]), svg)
    svg = svg.replace(_FONT, "").replace("<svg ", f"<svg{_FONT} ", 1)
    svg = re.sub(r' class="(?:mark-|role-|background)[^"]*"', "", svg)
    svg = _NAMED.sub(r"<\1\3><title>\2</title></\1>", svg)
    while (smaller := re.sub(r"<g(?: transform=\"translate\(0,0\)\")?></g>", "", svg)) != svg:
        svg = smaller
    label = escape(description)
    return Markup(svg.replace('class="marks"', f'class="chart" role="img" aria-label="{label}"', 1))


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}"
