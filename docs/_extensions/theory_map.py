"""The map of the theorems: a band for each family, a line where a proof names another theorem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup
from theorem_pages import named_in_proofs

from sparsebound.theory.catalogue import catalogue

COLUMNS, WIDTH, HEIGHT, MARGIN, TITLE = 4, 176, 34, 12, 28
"""Theorems beside each other, the cell of one, the edge of the map, and the line of a family."""
BOX = (164, 24)


def drawn(families: Mapping[str, Sequence[str]]) -> Markup:
    """Draw the map as SVG, whose theorems are links.

    Parameters
    ----------
    families : mapping
        Identifiers by topic, in their order.

    Returns
    -------
    Markup
    """
    places, titles, y = {}, [], MARGIN
    for topic, names in families.items():
        titles.append((topic, y + 16))
        y += TITLE
        for number, name in enumerate(names):
            row, column = divmod(number, COLUMNS)
            places[name] = (MARGIN + column * WIDTH, y + row * HEIGHT)
        y += -(-len(names) // COLUMNS) * HEIGHT + 8
    size = {"width": 2 * MARGIN + COLUMNS * WIDTH, "height": y}
    parts = [
        Markup(
            '<svg class="map" role="group" aria-label="Map of the theorems by family" '
            'width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        ).format(**size)
    ]
    parts += [_line(places[name], places[other]) for name, other in _lines(places)]
    for topic, height in titles:
        text = Markup('<text class="family" x="{}" y="{}">{}</text>').format(MARGIN, height, topic)
        parts.append(Markup('<a href="{}.html">{}</a>').format(topic, text))
    parts += [_theorem(name, *place) for name, place in places.items()]
    return Markup("\n").join([*parts, Markup("</svg>")])


def _lines(places: Mapping[str, tuple[int, int]]) -> list[tuple[str, str]]:
    named = named_in_proofs()
    return [(name, other) for name in places for other in named[name] if other in places]


def _theorem(name: str, x: int, y: int) -> Markup:
    theorem = catalogue()[name]
    kind = "proved" if theorem.proof else "conjecture" if theorem.conjecture else "checked"
    box = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="5"/>')
    text = Markup('<text x="{}" y="{}">{}</text>').format(x + 8, y + 16, name.partition(".")[2])
    title = Markup("<title>{}: {}</title>").format(name, theorem.title)
    found = box.format(kind, x, y, *BOX)
    return Markup('<a href="{}.html">{}{}{}</a>').format(name, title, found, text)


def _line(start: tuple[int, int], end: tuple[int, int]) -> Markup:
    """From the side of one box to that of another, out of the way of the text."""
    (x, y), (u, v) = start, end
    x, u = (x, u + BOX[0]) if x > u else (x + BOX[0], u) if x < u else (x + BOX[0], u + BOX[0])
    y, v = y + BOX[1] // 2, v + BOX[1] // 2
    bend = (x + u) // 2 if x != u else x + 24
    return Markup('<path d="M{} {}C{} {} {} {} {} {}"/>').format(x, y, bend, y, bend, v, u, v)
