"""The templates of the pages: escaped by default, one style sheet, one script."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from sparsebound.reports.html.formula import formula
from sparsebound.reports.html.pictures import bar
from sparsebound.reports.wording import duration, near_edge, ratio, tightness
from sparsebound.theory.notation import typeset

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment(folder: Path) -> Environment:
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"ratio": ratio, "duration": duration, "formula": formula}
    made.filters |= {
        "typeset": lambda name: formula(typeset(name)),
        "told": _told,
        "argued": _argued,
    }
    made.filters["minute"] = lambda time: time.strftime("%Y-%m-%d %H:%M")
    made.filters |= {"bar": bar, "prose": _prose, "tightness": tightness, "near_edge": near_edge}
    made.globals |= {
        name: Markup((_TEMPLATES / file).read_text(encoding="utf-8"))
        for name, file in (("style", "style.css"), ("script", "script.js"))
    }
    return made


def render(template: str | Path, **values: Any) -> str:
    """Fill a template in.

    Parameters
    ----------
    template : str or Path
        Name of one of our files, or the path of another, which has the same filters.
    **values
        What it uses; text is escaped, and a name that is missing is an error.

    Returns
    -------
    str
        HTML.
    """
    file = _TEMPLATES / template  # a path stays what it is
    return _environment(file.parent).get_template(file.name).render(**values)


def _argued(text: str, known: Collection[str], address: str = "#{0}") -> Markup:
    """Typeset what stands between double backquotes; link the theorems that have an address."""
    pieces = text.split("``")
    return Markup("").join(
        _named(piece, known, address) if index % 2 else escape(piece)
        for index, piece in enumerate(pieces)
    )


def _named(piece: str, known: Collection[str], address: str) -> Markup:
    if re.fullmatch(r"[a-z]+\.[a-z_]+", piece):
        if piece not in known:
            return Markup("<code>{}</code>").format(piece)
        return Markup('<a href="{1}"><code>{0}</code></a>').format(piece, address.format(piece))
    return formula(typeset(piece))


def _told(line: str) -> Markup:
    """Typeset a line of an explanation: the name of an inequality, or a sentence."""
    return formula(typeset(line[2:])) if line.startswith("- ") else _prose(line)


def _prose(text: str) -> Markup:
    """Set what stands between double backquotes as code."""
    pieces = (escape(piece) for piece in text.split("``"))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if index % 2 else piece
        for index, piece in enumerate(pieces)
    )
