"""Maps: of all theorems, a band for each family, and of one, between what is before and after it.

A strong line leads from a theorem to one that follows from it, a weak one to a proof that names it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from markupsafe import Markup

from sparsebound.theory.catalogue import catalogue

COLUMNS, WIDTH, HEIGHT, MARGIN, TITLE = 4, 176, 34, 12, 28
"""Theorems beside each other, the cell of one, the edge of the map, and the line of a family."""
BOX = (164, 24)
WIDE, STEP = 212, 250
"""The box of a full identifier, and from one column of them to the next."""


def drawn(families: Mapping[str, Sequence[str]], named: Mapping[str, Collection[str]]) -> Markup:
    """Draw the map as SVG, whose theorems are links.

    Parameters
    ----------
    families : mapping
        Identifiers by topic, in their order.
    named : mapping
        For each theorem, those that its proof names.

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
    links = {(other, name): False for name in places for other in named[name] if other in places}
    links |= {
        (name, found.id): True
        for name in places
        for found in catalogue()[name].implies
        if found.id in places
    }
    parts = [_head("Map of the theorems by family", **size)]
    parts += [
        _line(places[name], places[other], BOX[0], strong=strong)
        for (name, other), strong in sorted(links.items(), key=lambda link: link[1])
    ]
    for topic, height in titles:
        text = Markup('<text class="family" x="{}" y="{}">{}</text>').format(MARGIN, height, topic)
        parts.append(Markup('<a href="{}.html">{}</a>').format(topic, text))
    parts += [
        _theorem(name, *place, name.partition(".")[2], BOX[0]) for name, place in places.items()
    ]
    return Markup("\n").join([*parts, Markup("</svg>")])


def around(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> Markup:
    """Draw one theorem between what it rests on and what rests on it.

    Parameters
    ----------
    name : str
        Its identifier.
    before, after : mapping
        Identifiers, with what is said of the link; it is weak where nothing is.

    Returns
    -------
    Markup
        Empty where there is neither.
    """
    if not before and not after:
        return Markup("")
    rows = max(len(before), len(after), 1)
    middle = MARGIN + (rows - 1) * HEIGHT // 2
    size = {"width": 2 * MARGIN + 2 * STEP + WIDE, "height": 2 * MARGIN + rows * HEIGHT}
    places: dict[str, tuple[int, int]] = {name: (MARGIN + STEP, middle)}
    parts = [_head(f"{name}, what it rests on and what rests on it", **size)]
    for column, others in ((0, before), (2, after)):
        top = MARGIN + (rows - len(others)) * HEIGHT // 2
        for row, (other, how) in enumerate(others.items()):
            places[other] = (MARGIN + column * STEP, top + row * HEIGHT)
            ends = (places[other], places[name]) if column == 0 else (places[name], places[other])
            parts.append(_line(*ends, WIDE, strong=bool(how)))
    parts += [_theorem(other, *place, other, WIDE) for other, place in places.items()]
    return Markup("\n").join([*parts, Markup("</svg>")])


def _head(label: str, width: int, height: int) -> Markup:
    return Markup(
        '<svg class="map" role="group" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} {}">'
    ).format(label, width, height, width, height)


def _theorem(name: str, x: int, y: int, said: str, width: int) -> Markup:
    theorem = catalogue()[name]
    kind = "proved" if theorem.proof else "conjecture" if theorem.conjecture else "checked"
    box = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="5"/>')
    text = Markup('<text x="{}" y="{}">{}</text>').format(x + 8, y + 16, said)
    title = Markup("<title>{}: {}</title>").format(name, theorem.title)
    found = box.format(kind, x, y, width, BOX[1])
    return Markup('<a href="{}.html">{}{}{}</a>').format(name, title, found, text)


def _line(start: tuple[int, int], end: tuple[int, int], width: int, *, strong: bool) -> Markup:
    """From the side of one box to that of another, out of the way of the text."""
    (x, y), (u, v) = start, end
    x, u = (x, u + width) if x > u else (x + width, u) if x < u else (x + width, u + width)
    y, v = y + BOX[1] // 2, v + BOX[1] // 2
    bend = (x + u) // 2 if x != u else x + 24
    kind = Markup(' class="implies"') if strong else Markup("")
    curve = Markup('<path{} d="M{} {}C{} {} {} {} {} {}"/>')
    return curve.format(kind, x, y, bend, y, bend, v, u, v)
