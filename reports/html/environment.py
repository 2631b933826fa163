"""The templates of the pages: escaped by default, one style sheet, one script."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from sparsebound.reports.html.formula import formula
from sparsebound.reports.html.pictures import bar
from sparsebound.reports.wording import duration, near_edge, ratio, tightness

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"ratio": ratio, "duration": duration, "formula": formula}
    made.filters |= {"bar": bar, "prose": _prose, "tightness": tightness, "near_edge": near_edge}
    made.globals |= {
        name: Markup((_TEMPLATES / file).read_text(encoding="utf-8"))
        for name, file in (("style", "style.css"), ("script", "script.js"))
    }
    return made


def render(template: str, **values: Any) -> str:
    """Fill a template in.

    Parameters
    ----------
    template : str
        Name of the file.
    **values
        What it uses; text is escaped, and a name that is missing is an error.

    Returns
    -------
    str
        HTML.
    """
    return _environment().get_template(template).render(**values)


def _prose(text: str) -> Markup:
    """Set what stands between double backquotes as code."""
    pieces = (escape(piece) for piece in text.split("``"))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if index % 2 else piece
        for index, piece in enumerate(pieces)
    )
